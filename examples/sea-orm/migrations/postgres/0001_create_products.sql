create table products (
    id uuid primary key,
    name text not null,
    description text,
    price numeric not null,
    stock bigint not null,
    category text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create unique index products_by_category on products (category, name);
