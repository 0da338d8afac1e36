//! A database of its own for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use kovar_data::{Db, Options};
use tokio_postgres::{Client, NoTls};

use crate::proxy::Proxy;

/// A database that goes when the test does.
pub(crate) struct Database {
    name: String,
}

fn server() -> String {
    variable("KOVAR_TEST_POSTGRES")
}

/// What the test run says about its servers.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is missing: run cargo xtask test --only postgres"))
}

impl Database {
    pub(crate) async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("kovar_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self::admin().await.batch_execute(&format!("create database {name}")).await.unwrap();
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", server(), self.name)
    }

    pub(crate) async fn open(&self) -> Db {
        self.open_with(Db::options()).await
    }

    pub(crate) async fn open_with(&self, options: Options) -> Db {
        options.open(&self.url()).await.unwrap()
    }

    /// The way to it through a proxy, and that.
    pub(crate) async fn through_a_proxy(&self) -> (String, Proxy) {
        let url = self.url();
        let (user, rest) = url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let proxy = Proxy::before(server.to_owned()).await;
        (format!("{user}@{}/{name}", proxy.address), proxy)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A connection beside the ones under test.
    pub(crate) async fn client(&self) -> Client {
        connect(&self.url()).await
    }

    async fn admin() -> Client {
        connect(&format!("{}/postgres", server())).await
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = self.name.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let drop = format!("drop database {name} with (force)");
            runtime.block_on(async { Self::admin().await.batch_execute(&drop).await })
        });
        let _ = dropped.join();
    }
}

/// An empty database, and what keeps it.
pub(crate) async fn empty() -> (Db, Database) {
    let database = Database::new().await;
    (database.open().await, database)
}

/// The same through a pool of sessions that are nobody's own.
pub(crate) async fn empty_behind_pgbouncer() -> (Db, Database) {
    let database = Database::new().await;
    let url = format!("{}/{}?pgbouncer=true", variable("KOVAR_TEST_PGBOUNCER"), database.name());
    (Db::open(&url).await.unwrap(), database)
}
