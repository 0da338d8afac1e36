//! The actix-web app, with one worker.

use std::time::Duration;

use actix_web::middleware::{Compress, Condition};
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer, Responder, get, post};
use bench_peers::orders::NewOrder;
use bench_peers::products::{self, NewProduct, Product};
use bench_peers::shelf::Shelf;
use bench_peers::{Answer, Greeting, Variant, address};
use garde::Validate;

/// As long as most of the others hold an idle connection. Actix's default is 5 s.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let variant = Variant::from_environment();
    let products = Data::new(Shelf::<Product>::default());
    let catalogue = Data::new(products::catalogue());
    let app = move || {
        App::new()
            .wrap(Condition::new(variant == Variant::Compression, Compress::default()))
            .app_data(products.clone())
            .app_data(catalogue.clone())
            .service((plaintext, json, create_product, create_order, list_catalogue))
            .configure(|app| with_operations(app, variant))
    };
    HttpServer::new(app).workers(1).keep_alive(KEEP_ALIVE).bind(address())?.run().await
}

fn with_operations(app: &mut ServiceConfig, variant: Variant) {
    if variant != Variant::Operations {
        return;
    }
    for operation in 0..1000 {
        let answer = move |id: Path<u64>| async move { Json(Answer { operation, id: id.into_inner() }) };
        app.route(&format!("/resources{operation:03}/items/{{id}}"), web::get().to(answer));
    }
}

#[get("/plaintext")]
async fn plaintext() -> impl Responder {
    "Hello, World!"
}

#[get("/json")]
async fn json() -> impl Responder {
    Json(Greeting { message: "Hello, World!" })
}

#[post("/products")]
async fn create_product(shelf: Data<Shelf<Product>>, new: Json<NewProduct>) -> HttpResponse {
    if let Err(report) = new.validate() {
        return HttpResponse::UnprocessableEntity().body(report.to_string());
    }
    let product = new.into_inner().create();
    shelf.put(product.clone());
    HttpResponse::Created().json(product)
}

#[post("/orders")]
async fn create_order(order: Json<NewOrder>) -> HttpResponse {
    if let Err(report) = order.validate() {
        return HttpResponse::UnprocessableEntity().body(report.to_string());
    }
    HttpResponse::Created().json(order.receipt())
}

#[get("/catalogue")]
async fn list_catalogue(catalogue: Data<Vec<Product>>) -> HttpResponse {
    HttpResponse::Ok().json(&**catalogue)
}
