-- Tokens are random, so a fast hash keeps them as safe as a slow one would.
create table tokens (
    hash bytea primary key,
    owner text not null,
    role text not null check (role in ('admin', 'reader')),
    created_at timestamptz not null
);
