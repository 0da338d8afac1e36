//! Whether a peer does what it is measured for: nobody is quick at the wrong thing.

use std::time::Duration;

use serde_json::Value;

use super::bodies;
use super::peers::is_floor;
use super::workload::Variant;
use crate::bench::peer::Peer;
use crate::bench::places::Places;
use crate::bench::requests::{get, post};
use crate::bench::server::{Log, Server};
use crate::exchange::{Response, exchange};

const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// # Errors
/// With everything that the peer does wrong.
pub(super) fn run(peer: &Peer, places: &Places) -> Result<(), String> {
    println!("Checking {}", peer.label);
    let start = |variant: Variant| Server::start(peer, &variant.start(Log::Kept), places);
    let mut problems = standard(&start(Variant::Standard)?, is_floor(peer));
    if !is_floor(peer) {
        problems.extend(operations(&start(Variant::Operations)?));
        problems.extend(compression(&start(Variant::Compression)?));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(format!("not measured, since it is wrong: {}", problems.join("; "))),
    }
}

fn standard(server: &Server, is_floor: bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expect = |what: &str, request: Vec<u8>, is_right: &dyn Fn(&Response) -> bool| {
        problems.extend(problem(server, what, &request, is_right));
    };
    expect("GET /plaintext", get("/plaintext", "identity"), &|response| response.body == b"Hello, World!");
    expect("a good product", post("/products", bodies::PRODUCT), &is_product);
    if is_floor {
        return problems;
    }
    expect("GET /json", get("/json", "identity"), &|response| {
        response.status == 200 && json(response)["message"] == "Hello, World!"
    });
    let without_description = bodies::PRODUCT.replace(r#""Warm light, with a dimmer""#, "null");
    expect("a product without a description", post("/products", &without_description), &is_product);
    for (what, body) in bodies::broken_products() {
        expect(what, post("/products", &body), &is_refusal);
    }
    expect("a good order", post("/orders", &bodies::order()), &is_receipt);
    expect("an order with a quantity of 0", post("/orders", &bodies::broken_order()), &is_refusal);
    problems
}

fn operations(server: &Server) -> Vec<String> {
    let answers = |operation: u64| {
        let path = format!("/resources{operation:03}/items/{}", operation + 7);
        problem(server, &path, &get(&path, "identity"), &|response| {
            let answer = json(response);
            response.status == 200 && answer["operation"] == operation && answer["id"] == operation + 7
        })
    };
    let refused = problem(server, "an id that is no number", &get("/resources007/items/x", "identity"), &|r| {
        matches!(r.status, 400 | 404 | 422)
    });
    [0, 1, 500, 999].into_iter().filter_map(answers).chain(refused).collect()
}

fn compression(server: &Server) -> Vec<String> {
    let path = "/catalogue";
    let compressed = problem(server, "GET /catalogue as gzip", &get(path, "gzip"), &|response| {
        let is_gzip = response.header("content-encoding") == Some("gzip") && response.body.starts_with(&[0x1f, 0x8b]);
        response.status == 200 && is_gzip && (500..4000).contains(&response.body.len())
    });
    let plain = problem(server, "GET /catalogue as it is", &get(path, "identity"), &|response| {
        response.status == 200 && json(response).as_array().map(Vec::len) == Some(100)
    });
    compressed.into_iter().chain(plain).collect()
}

fn problem(server: &Server, what: &str, request: &[u8], is_right: &dyn Fn(&Response) -> bool) -> Option<String> {
    match exchange(server.address, request, ANSWER_LIMIT) {
        Ok(response) if is_right(&response) => None,
        Ok(response) => Some(format!("{what} is answered with {response}")),
        Err(failure) => Some(format!("{what}: {failure}")),
    }
}

fn is_product(response: &Response) -> bool {
    let product = json(response);
    // Some write decimals as texts, others as numbers.
    let price = product["price"].as_f64().or_else(|| product["price"].as_str()?.parse().ok());
    let has = |field: &str| product[field].as_str().is_some_and(|text| !text.is_empty());
    response.status == 201
        && product["name"] == "Desk lamp"
        && price == Some(39.9)
        && product["stock"] == 12
        && has("id")
        && has("created_at")
        && has("updated_at")
}

fn is_receipt(response: &Response) -> bool {
    let lines = serde_json::from_str::<Value>(&bodies::order()).map(|order| order["lines"].as_array().map(Vec::len));
    response.status == 201 && json(response)["lines"].as_u64() == lines.ok().flatten().map(|count| count as u64)
}

fn is_refusal(response: &Response) -> bool {
    matches!(response.status, 400 | 422)
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}
