//! The app on plain axum, with serde for reading and garde for rules.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use garde::Validate;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Deserialize, Validate)]
struct NewProduct {
    #[garde(length(chars, min = 1, max = 100))]
    name: String,
    #[garde(inner(length(chars, max = 500)))]
    description: Option<String>,
    #[garde(custom(is_price))]
    price: Decimal,
    #[garde(range(min = 0))]
    stock: i64,
    #[garde(length(chars, min = 1))]
    category: String,
}

fn is_price(price: &Decimal, (): &()) -> garde::Result {
    let is_in_range = *price > Decimal::ZERO && *price <= Decimal::from(1_000_000);
    if is_in_range && price.normalize().scale() <= 2 {
        return Ok(());
    }
    Err(garde::Error::new("not a price"))
}

#[derive(Clone, Debug, Serialize)]
struct Product {
    id: Uuid,
    name: String,
    description: Option<String>,
    price: Decimal,
    stock: i64,
    category: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

type Store = Arc<Mutex<Option<Product>>>;

async fn create_product(State(store): State<Store>, Json(new): Json<NewProduct>) -> Response {
    if let Err(report) = new.validate() {
        return (StatusCode::UNPROCESSABLE_ENTITY, report.to_string()).into_response();
    }
    let now = Timestamp::UNIX_EPOCH;
    let NewProduct { name, description, price, stock, category } = new;
    let product =
        Product { id: Uuid::nil(), name, description, price, stock, category, created_at: now, updated_at: now };
    if let Ok(mut last) = store.lock() {
        *last = Some(product.clone());
    }
    (StatusCode::CREATED, Json(product)).into_response()
}

/// The app.
pub fn app() -> Router {
    Router::new().route("/api/v1/products", post(create_product)).with_state(Store::default())
}
