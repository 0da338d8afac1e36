//! The axum app. `BENCH_RUNTIME=current-thread` gives it tokio's runtime for one thread.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bench_peers::orders::NewOrder;
use bench_peers::products::{self, NewProduct, Product};
use bench_peers::shelf::Shelf;
use bench_peers::{Answer, Greeting, Variant, address};
use garde::Validate;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tower_http::compression::CompressionLayer;

#[derive(Clone)]
struct Shelves {
    products: Arc<Shelf<Product>>,
    catalogue: Arc<Vec<Product>>,
}

fn main() {
    let mut builder = match std::env::var("BENCH_RUNTIME").as_deref() {
        Ok("current-thread") => Builder::new_current_thread(),
        // As `#[tokio::main]` makes it; `TOKIO_WORKER_THREADS` says how many.
        _ => Builder::new_multi_thread(),
    };
    builder.enable_all().build().expect("a runtime").block_on(serve());
}

async fn serve() {
    let listener = TcpListener::bind(address()).await.expect("the address is free");
    axum::serve(listener, app(Variant::from_environment())).await.expect("the server runs");
}

fn app(variant: Variant) -> Router {
    let shelves = Shelves { products: Arc::default(), catalogue: Arc::new(products::catalogue()) };
    let mut app = Router::new()
        .route("/plaintext", get(|| async { "Hello, World!" }))
        .route("/json", get(|| async { Json(Greeting { message: "Hello, World!" }) }))
        .route("/products", post(create_product))
        .route("/orders", post(create_order))
        .route("/catalogue", get(catalogue));
    if variant == Variant::Operations {
        app = (0..1000).fold(app, with_operation);
    }
    if variant == Variant::Compression {
        app = app.layer(CompressionLayer::new());
    }
    app.with_state(shelves)
}

fn with_operation(app: Router<Shelves>, operation: u32) -> Router<Shelves> {
    let answer = move |Path(id): Path<u64>| async move { Json(Answer { operation, id }) };
    app.route(&format!("/resources{operation:03}/items/{{id}}"), get(answer))
}

async fn create_product(State(shelves): State<Shelves>, Json(new): Json<NewProduct>) -> Response {
    if let Err(report) = new.validate() {
        return (StatusCode::UNPROCESSABLE_ENTITY, report.to_string()).into_response();
    }
    let product = new.create();
    shelves.products.put(product.clone());
    (StatusCode::CREATED, Json(product)).into_response()
}

async fn create_order(Json(order): Json<NewOrder>) -> Response {
    if let Err(report) = order.validate() {
        return (StatusCode::UNPROCESSABLE_ENTITY, report.to_string()).into_response();
    }
    (StatusCode::CREATED, Json(order.receipt())).into_response()
}

async fn catalogue(State(shelves): State<Shelves>) -> Response {
    Json(&*shelves.catalogue).into_response()
}
