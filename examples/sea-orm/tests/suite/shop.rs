//! The app on a database of its own.
//!
//! It is a file of SQLite. Where `SEA_ORM_TEST_DATABASES` is the beginning of a URL, as
//! `postgres://postgres@127.0.0.1/sea_orm_`, empty databases are there under the numbers from 0.

use std::sync::atomic::{AtomicUsize, Ordering};

use kovar::prelude::*;
use kovar::settings::DatabaseUrl;
use kovar::testing::{TestClient, TestResponse};
use products_sea_orm::database::connect;
use products_sea_orm::products::Product;
use products_sea_orm::statements::Statements;
use products_sea_orm::tokens::{self, Role};
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait};
use tempfile::TempDir;

/// The app on a fresh database, with a token of each role.
pub(crate) struct Shop {
    pub(crate) client: TestClient,
    pub(crate) admin: String,
    pub(crate) reader: String,
    /// Connections that are not the app's.
    pub(crate) beside: DatabaseConnection,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::of(products_sea_orm::app()).await
    }

    /// Of the app with something added.
    pub(crate) async fn of(app: App) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = TempDir::new().unwrap();
        let url = match std::env::var("SEA_ORM_TEST_DATABASES") {
            Ok(databases) => format!("{databases}{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            Err(_) => format!("sqlite://{}/data/products.db", folder.path().display()),
        };
        let client = TestClient::new(app.provide(DatabaseUrl::from(&url))).await.unwrap();
        let beside = connect(Dep::new(DatabaseUrl::from(&url)), Dep::new(Statements::default())).await.unwrap();
        let admin = tokens::create(&beside, "ada", Role::Admin).await.unwrap();
        let reader = tokens::create(&beside, "bob", Role::Reader).await.unwrap();
        Self { client, admin, reader, beside, url, _folder: folder }
    }

    pub(crate) async fn post(&self, body: &str) -> TestResponse {
        self.client.post("/api/v1/products").bearer(&self.admin).body(body.to_owned(), "application/json").send().await
    }

    pub(crate) async fn add(&self, name: &str, category: &str, price: &str) -> Product {
        let body = format!(r#"{{"name":"{name}","price":{price},"stock":1,"category":"{category}"}}"#);
        self.post(&body).await.assert_status(201).json()
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.client.get(&format!("/api/v1/products{path}")).send().await
    }

    pub(crate) async fn patch(&self, id: Uuid, body: &str) -> TestResponse {
        let path = format!("/api/v1/products/{id}");
        self.client.patch(&path).bearer(&self.admin).body(body.to_owned(), "application/json").send().await
    }

    /// How many products others see.
    pub(crate) async fn count_beside(&self) -> u64 {
        products_sea_orm::entity::product::Entity::find().count(&self.beside).await.unwrap()
    }
}
