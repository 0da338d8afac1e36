//! The typed, validated POST, and a list that is worth compressing.

use kovar::prelude::*;

use crate::shelf::Shelf;

pub(crate) type ProductShelf = Shelf<Product>;

/// What a client sends to create a product.
#[schema]
pub(crate) struct NewProduct {
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
pub(crate) struct Product {
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

/// Create a product.
#[post("/products")]
pub(crate) async fn create_product(Json(new): Json<NewProduct>, shelf: Dep<ProductShelf>) -> Created<Product> {
    let (id, now) = (Uuid::now_v7(), Timestamp::now());
    let NewProduct { name, description, price, stock, category } = new;
    let product = Product { id, name, description, price, stock, category, created_at: now, updated_at: now };
    shelf.put(product.clone());
    Created(product)
}

/// A hundred products that are always there.
#[derive(Debug)]
pub(crate) struct Catalogue(Vec<Product>);

impl Default for Catalogue {
    fn default() -> Self {
        Self((0..100).map(catalogue_product).collect())
    }
}

fn catalogue_product(number: i64) -> Product {
    Product {
        id: Uuid::from_u128(0x4000_8000_0000_0000_0000 + number as u128),
        name: format!("Desk lamp {number}"),
        description: Some("Warm light, with a dimmer".to_owned()),
        price: Decimal::new(3990 + number, 2),
        stock: number,
        category: "lamps".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

/// List the catalogue.
#[get("/catalogue")]
pub(crate) async fn catalogue(catalogue: Dep<Catalogue>) -> Json<Vec<Product>> {
    Json(catalogue.0.clone())
}
