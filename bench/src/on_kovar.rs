//! The app on Kovar, with all that is on by default.

use std::sync::Mutex;

use kovar::http::describe::Argument;
use kovar::http::operation::Operation;
use kovar::prelude::*;

/// What a client sends to create a product.
#[schema]
#[derive(Debug)]
pub struct NewProduct {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(max_length = 500)]
    description: Option<String>,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    price: Decimal,
    #[field(ge = 0)]
    stock: i64,
    #[field(min_length = 1)]
    category: String,
}

/// A product.
#[schema]
#[derive(Clone, Debug)]
pub struct Product {
    id: Uuid,
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(max_length = 500)]
    description: Option<String>,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    price: Decimal,
    #[field(ge = 0)]
    stock: i64,
    #[field(min_length = 1)]
    category: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The last product, in memory.
#[derive(Debug, Default)]
pub struct Store(Mutex<Option<Product>>);

/// Create a product.
#[post("/api/v1/products")]
async fn create_product(Json(new): Json<NewProduct>, store: Dep<Store>) -> Created<Product> {
    let now = Timestamp::UNIX_EPOCH;
    let NewProduct { name, description, price, stock, category } = new;
    let product =
        Product { id: Uuid::nil(), name, description, price, stock, category, created_at: now, updated_at: now };
    if let Ok(mut last) = store.0.lock() {
        *last = Some(product.clone());
    }
    Created(product)
}

/// The app.
pub fn app() -> App {
    App::new("Products", "1.0.0").provide(Store::default()).mount(operations![create_product])
}

/// An app of so many operations like each other.
pub fn many(count: u32) -> App {
    let operation = |number: u32| {
        let answer = move |Path(id): Path<u64>| async move { Json(u64::from(number) + id) };
        let arguments = const { &[Argument { names: &["id"], ..Argument::NONE }] };
        Operation::get(format!("/resources{number:05}/items/{{id}}"), answer)
            .arguments(arguments)
            .id(format!("resource_{number:05}"))
    };
    App::new("Many", "1.0.0").mount((0..count).map(operation))
}
