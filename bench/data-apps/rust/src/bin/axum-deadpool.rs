//! axum with deadpool-postgres: `axum-deadpool ADDRESS`.

use std::collections::HashMap;

use bench_data_peers::products::{NewProduct, Product, ProductFilter, bundle};
use bench_data_peers::store::{Outcome, Store};
use bench_data_peers::{CONNECTIONS, database_url, server};
use chrono::Utc;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future::try_join_all;
use tokio_postgres::{NoTls, Row};

#[tokio::main]
async fn main() {
    let config = database_url().parse().expect("DATABASE_URL is one");
    // What deadpool calls fast is its default: a connection is used again without asking whether it is there.
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, NoTls, recycling);
    server::serve(Deadpool(Pool::builder(manager).max_size(CONNECTIONS as usize).build().expect("a pool"))).await;
}

#[derive(Clone)]
struct Deadpool(Pool);

impl Store for Deadpool {
    async fn product(&self, id: i32) -> Outcome<Option<Product>> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached("select * from products where id = $1").await?;
        Ok(client.query_opt(&statement, &[&id]).await?.as_ref().map(product))
    }

    async fn products(&self, filter: ProductFilter) -> Outcome<Vec<Product>> {
        let client = self.0.get().await?;
        let statement =
            client.prepare_cached("select * from products where category = $1 order by id limit $2").await?;
        let rows = client.query(&statement, &[&filter.category, &filter.limit]).await?;
        Ok(rows.iter().map(product).collect())
    }

    /// One connection sends all without waiting for the answers.
    async fn bundle(&self, seed: u32) -> Outcome<Vec<Product>> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached("select * from products where id = $1").await?;
        let (client, statement) = (&client, &statement);
        let one = |id: i32| async move { client.query_one(statement, &[&id]).await };
        Ok(try_join_all(bundle(seed).map(one)).await?.iter().map(product).collect())
    }

    async fn insert(&self, new: NewProduct) -> Outcome<Product> {
        let client = self.0.get().await?;
        let insert = "insert into products (name, description, price_cents, stock, category, created_at)
             values ($1, $2, $3, $4, $5, $6) returning *";
        let statement = client.prepare_cached(insert).await?;
        let NewProduct { name, description, price_cents, stock, category } = new;
        let now = Utc::now();
        let row = client.query_one(&statement, &[&name, &description, &price_cents, &stock, &category, &now]).await?;
        Ok(product(&row))
    }

    async fn change_stock(&self, id: i32, change: i32) -> Outcome<Option<Product>> {
        let client = self.0.get().await?;
        let update = "update products set stock = stock + $1 where id = $2 returning *";
        let statement = client.prepare_cached(update).await?;
        Ok(client.query_opt(&statement, &[&change, &id]).await?.as_ref().map(product))
    }

    async fn be_slow(&self) -> Outcome<()> {
        self.0.get().await?.query_one("select 1 from pg_sleep(2)", &[]).await?;
        Ok(())
    }

    async fn url(&self, slug: &str) -> Outcome<Option<String>> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached("select url from links where slug = $1").await?;
        Ok(client.query_opt(&statement, &[&slug]).await?.map(|row| row.get(0)))
    }

    async fn write_clicks(&self, clicks: HashMap<String, i64>) -> Outcome<()> {
        let (slugs, counts): (Vec<String>, Vec<i64>) = clicks.into_iter().unzip();
        let client = self.0.get().await?;
        let update = "update links set clicks = links.clicks + new.clicks, last_clicked_at = $3
             from unnest($1::text[], $2::bigint[]) as new (slug, clicks) where links.slug = new.slug";
        let statement = client.prepare_cached(update).await?;
        client.execute(&statement, &[&slugs, &counts, &Utc::now()]).await?;
        Ok(())
    }
}

fn product(row: &Row) -> Product {
    Product {
        id: row.get("id"),
        name: row.get("name"),
        description: row.get("description"),
        price_cents: row.get("price_cents"),
        stock: row.get("stock"),
        category: row.get("category"),
        created_at: row.get("created_at"),
    }
}
