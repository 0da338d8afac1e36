//! Whether a peer does what it is measured for: nobody is quick at the wrong thing.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::database::Databases;
use super::measure::start;
use super::peers::Database;
use super::scripts::PRODUCT;
use super::seed;
use super::workload::App;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::requests::{get, post};
use crate::bench::server::{Log, Server};
use crate::exchange::{Response, exchange};

const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// How long clicks may take to be in the database.
const CLICKS_LIMIT: Duration = Duration::from_secs(5);

/// # Errors
/// With everything that the peer does wrong.
pub(super) fn run(peer: &Peer, places: &Places, databases: &mut Databases) -> Result<(), String> {
    println!("Checking {}", peer.label);
    let server = start(peer, App::Products, Log::Kept, places, databases)?;
    let mut check = Check { server: &server, problems: Vec::new() };
    check.reads();
    check.writes();
    if Database::of(peer) == Database::Postgres {
        check.slowness();
    }
    let mut problems = check.problems;
    drop(server);
    let server = start(peer, App::Shortener, Log::Kept, places, databases)?;
    let mut check = Check { server: &server, problems: Vec::new() };
    check.links();
    check.clicks(databases, Database::of(peer));
    problems.extend(check.problems);
    match problems.is_empty() {
        true => Ok(()),
        false => Err(format!("not measured, since it is wrong: {}", problems.join("; "))),
    }
}

struct Check<'a> {
    server: &'a Server,
    problems: Vec<String>,
}

impl Check<'_> {
    fn reads(&mut self) {
        for id in [1, 70, 10_000] {
            self.get(&format!("/products/{id}"), |response| response.status == 200 && is_seeded(&json(response), id));
        }
        self.get("/products/20000", |response| response.status == 404);
        self.get("/products/lamp", |response| matches!(response.status, 400 | 404 | 422));
        let tenth = |place: usize| 7 + place * 100;
        self.get("/products?category=c7&limit=10", |response| are_seeded(response, (0..10).map(tenth)));
        self.get("/products?category=c7&limit=3", |response| are_seeded(response, (0..3).map(tenth)));
        self.get("/products?category=c7&limit=101", is_refusal);
        for seed in [0, 1, 9_999] {
            self.get(&format!("/bundles/{seed}"), |response| are_seeded(response, seed::bundle(seed)));
        }
    }

    fn writes(&mut self) {
        let is_created = |id: u64| {
            move |response: &Response| {
                let product = json(response);
                response.status == 201 && product["id"] == id && is_the_lamp(&product)
            }
        };
        self.post("/products", PRODUCT, is_created(10_001));
        self.get("/products/10001", |response| response.status == 200 && is_the_lamp(&json(response)));
        let without_description = PRODUCT.replace(r#""description":"Warm light, with a dimmer","#, "");
        self.post("/products", &without_description, |response| {
            response.status == 201 && json(response)["description"].is_null()
        });
        for (from, to) in [
            ("Desk lamp", ""),
            ("Desk lamp", "x".repeat(101).as_str()),
            (r#""name":"Desk lamp","#, ""),
            ("3990", "0"),
            ("3990", "\"much\""),
            ("12", "-1"),
            ("lamps", ""),
            ("}", ""),
        ] {
            self.post("/products", &PRODUCT.replace(from, to), is_refusal);
        }
        for taken in [1, 2] {
            self.post("/products/5/stock", r#"{"change":-1}"#, |response| {
                response.status == 200 && json(response)["stock"] == seed::STOCK - taken
            });
        }
        self.get("/products/5", |response| json(response)["stock"] == seed::STOCK - 2);
        self.post("/products/20000/stock", r#"{"change":-1}"#, |response| response.status == 404);
        for broken in [r#"{"change":1001}"#, r#"{"change":"one"}"#, "{}"] {
            self.post("/products/5/stock", broken, is_refusal);
        }
    }

    fn slowness(&mut self) {
        self.get("/slow", |response| response.status == 204 && response.took > Duration::from_millis(1900));
    }

    fn links(&mut self) {
        for number in [0, 42, 9_999] {
            self.get(&format!("/s{number:05}"), |response| {
                response.status == 307 && response.header("location") == Some(seed::url(number).as_str())
            });
        }
        self.get("/s10000", |response| response.status == 404);
    }

    /// Every click arrives in the database, none twice.
    fn clicks(&mut self, databases: &Databases, database: Database) {
        for _ in 0..5 {
            self.get("/s00077", |response| response.status == 307);
        }
        let (started, query) = (Instant::now(), "select clicks from links where slug = 's00077'");
        let mut clicks = String::new();
        while clicks != "5" {
            if started.elapsed() > CLICKS_LIMIT {
                self.problems.push(format!("of 5 clicks, `{clicks}` are in the database after {CLICKS_LIMIT:?}"));
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
            clicks = databases.query(database, query).unwrap_or_else(|why| why);
        }
    }

    fn get(&mut self, path: &str, is_right: impl Fn(&Response) -> bool) {
        self.expect(&format!("GET {path}"), &get(path, "identity"), is_right);
    }

    fn post(&mut self, path: &str, body: &str, is_right: impl Fn(&Response) -> bool) {
        self.expect(&format!("POST {path} of {body}"), &post(path, body), is_right);
    }

    fn expect(&mut self, what: &str, request: &[u8], is_right: impl Fn(&Response) -> bool) {
        match exchange(self.server.address, request, ANSWER_LIMIT) {
            Ok(response) if is_right(&response) => {}
            Ok(response) => self.problems.push(format!("{what} is answered with {response}")),
            Err(failure) => self.problems.push(format!("{what}: {failure}")),
        }
    }
}

fn are_seeded(response: &Response, ids: impl Iterator<Item = usize>) -> bool {
    let (products, ids) = (json(response), ids.collect::<Vec<_>>());
    let Some(products) = products.as_array() else { return false };
    products.len() == ids.len() && products.iter().zip(ids).all(|(product, id)| is_seeded(product, id))
}

fn is_seeded(product: &Value, id: usize) -> bool {
    let is_described = product["description"].is_string() != id.is_multiple_of(10);
    let is_dated = product["created_at"].as_str().is_some_and(|moment| moment.starts_with("2026-01-01T00:00:00"));
    product["id"] == id
        && product["name"] == format!("Product {id}")
        && product["price_cents"] == 100 + id
        && product["stock"] == seed::STOCK
        && product["category"] == seed::category(id)
        && is_described
        && is_dated
}

fn is_the_lamp(product: &Value) -> bool {
    let wanted: Value = serde_json::from_str(PRODUCT).unwrap_or_default();
    let fields = wanted.as_object().into_iter().flatten();
    fields.into_iter().all(|(name, value)| product[name] == *value) && product["created_at"].is_string()
}

fn is_refusal(response: &Response) -> bool {
    matches!(response.status, 400 | 422)
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}
