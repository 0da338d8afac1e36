-- SQLite changes a column by rebuilding its table: the drop must not delete the reviews.
create table products_new (id integer primary key, kind text not null, name text not null);
insert into products_new select id, 'lamp', name from products;
drop table products;
alter table products_new rename to products;
