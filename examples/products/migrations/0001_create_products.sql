create table products (
    id text primary key,
    name text not null,
    description text,
    price real not null,
    stock integer not null,
    category text not null,
    created_at text not null,
    updated_at text not null
) strict;

create index products_by_category on products (category, id);
