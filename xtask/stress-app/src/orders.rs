//! Orders, each of which is placed once.

use kovar::data::{Migration, Migrations};
use kovar::prelude::*;

pub(crate) static MIGRATIONS: Migrations = Migrations::new(&[Migration::new(
    "0001_orders.sql",
    "create table orders (id uuid primary key, name text not null)",
)]);

/// An order. Its id is another one each time that it is placed.
#[schema]
pub(crate) struct Order {
    id: Uuid,
    name: String,
}

/// How many there are.
#[schema]
pub(crate) struct Counts {
    orders: i64,
    names: i64,
}

/// Place an order.
#[post("/orders", idempotent)]
pub(crate) async fn place_order(tx: Dep<Tx>, Json(name): Json<String>) -> Result<Created<Order>, InternalError> {
    let id = Uuid::now_v7();
    Ok(Created(tx.one(sql!("insert into orders (id, name) values ({id}, {name}) returning *")).await?))
}

/// Count the orders, and their names.
#[get("/orders")]
pub(crate) async fn count_orders(db: Dep<Db>) -> Result<Json<Counts>, InternalError> {
    Ok(Json(db.one(sql!("select count(*) as orders, count(distinct name) as names from orders")).await?))
}
