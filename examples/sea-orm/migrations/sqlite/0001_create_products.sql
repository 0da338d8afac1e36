-- `real`, because SeaORM reads a decimal as a double, and `numeric` would keep 1.0 as an integer.
create table products (
    id blob primary key,
    name text not null,
    description text,
    price real not null,
    stock integer not null,
    category text not null,
    created_at text not null,
    updated_at text not null
) strict;

create unique index products_by_category on products (category, name);
