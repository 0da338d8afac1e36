create table products (
    id integer primary key,
    name text not null,
    description text,
    price_cents integer not null,
    stock integer not null,
    category text not null,
    created_at timestamptz not null
);

create index products_by_category on products (category, id);
