create table notes (
    id text primary key,
    title text not null,
    body text not null,
    created_at text not null,
    updated_at text not null
) strict;
