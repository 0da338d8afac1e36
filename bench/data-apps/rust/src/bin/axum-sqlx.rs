//! axum with sqlx on PostgreSQL: `axum-sqlx ADDRESS`.

use std::collections::HashMap;

use bench_data_peers::products::{NewProduct, Product, ProductFilter, bundle};
use bench_data_peers::store::{Outcome, Store};
use bench_data_peers::{CONNECTIONS, database_url, server};
use chrono::Utc;
use sqlx::postgres::{PgPool, PgPoolOptions};

#[tokio::main]
async fn main() {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).min_connections(CONNECTIONS);
    server::serve(Sqlx(pool.connect(&database_url()).await.expect("the database is there"))).await;
}

#[derive(Clone)]
struct Sqlx(PgPool);

impl Store for Sqlx {
    async fn product(&self, id: i32) -> Outcome<Option<Product>> {
        let found = sqlx::query_as("select * from products where id = $1").bind(id).fetch_optional(&self.0);
        Ok(found.await?)
    }

    async fn products(&self, filter: ProductFilter) -> Outcome<Vec<Product>> {
        let found = sqlx::query_as("select * from products where category = $1 order by id limit $2");
        Ok(found.bind(filter.category).bind(filter.limit).fetch_all(&self.0).await?)
    }

    /// One after the other on one connection: at once on many takes longer, since each is taken from the pool.
    async fn bundle(&self, seed: u32) -> Outcome<Vec<Product>> {
        let mut connection = self.0.acquire().await?;
        let mut products = Vec::new();
        for id in bundle(seed) {
            let one = sqlx::query_as("select * from products where id = $1").bind(id);
            products.push(one.fetch_one(&mut *connection).await?);
        }
        Ok(products)
    }

    async fn insert(&self, new: NewProduct) -> Outcome<Product> {
        let insert = sqlx::query_as(
            "insert into products (name, description, price_cents, stock, category, created_at)
             values ($1, $2, $3, $4, $5, $6) returning *",
        );
        let insert = insert.bind(new.name).bind(new.description).bind(new.price_cents).bind(new.stock);
        Ok(insert.bind(new.category).bind(Utc::now()).fetch_one(&self.0).await?)
    }

    async fn change_stock(&self, id: i32, change: i32) -> Outcome<Option<Product>> {
        let update = sqlx::query_as("update products set stock = stock + $1 where id = $2 returning *");
        Ok(update.bind(change).bind(id).fetch_optional(&self.0).await?)
    }

    async fn be_slow(&self) -> Outcome<()> {
        sqlx::query("select 1 from pg_sleep(2)").execute(&self.0).await?;
        Ok(())
    }

    async fn url(&self, slug: &str) -> Outcome<Option<String>> {
        let found = sqlx::query_scalar("select url from links where slug = $1").bind(slug).fetch_optional(&self.0);
        Ok(found.await?)
    }

    async fn write_clicks(&self, clicks: HashMap<String, i64>) -> Outcome<()> {
        let (slugs, counts): (Vec<String>, Vec<i64>) = clicks.into_iter().unzip();
        let update = sqlx::query(
            "update links set clicks = links.clicks + new.clicks, last_clicked_at = $3
             from unnest($1, $2) as new (slug, clicks) where links.slug = new.slug",
        );
        update.bind(slugs).bind(counts).bind(Utc::now()).execute(&self.0).await?;
        Ok(())
    }
}
