create table products (id integer primary key, name text not null);
create table reviews (product_id integer not null references products (id) on delete cascade);

insert into products values (1, 'Desk lamp');
insert into reviews values (1);
