create table links (
    slug text primary key,
    url text not null,
    clicks bigint not null default 0,
    created_at timestamptz not null,
    last_clicked_at timestamptz
);
