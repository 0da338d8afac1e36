//! Products in a database.

use futures_util::future::try_join_all;
use kovar::prelude::*;

/// How many products the benchmark's database begins with.
const PRODUCTS: i64 = 10_000;

/// How many statements a bundle takes.
const BUNDLE: i64 = 20;

/// What a client sends to create a product.
#[schema]
pub(crate) struct NewProduct {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(max_length = 500)]
    description: Option<String>,
    #[field(ge = 1, le = 100_000_000)]
    price_cents: i64,
    #[field(ge = 0, le = 1_000_000_000)]
    stock: i64,
    #[field(min_length = 1, max_length = 40)]
    category: String,
}

/// A product.
#[schema]
pub(crate) struct Product {
    id: i64,
    name: String,
    description: Option<String>,
    price_cents: i64,
    stock: i64,
    category: String,
    created_at: Timestamp,
}

/// Which products a list shows.
#[schema(input)]
pub(crate) struct ProductFilter {
    category: String,
    #[field(ge = 1, le = 100, default = 10)]
    limit: u64,
}

/// How many came or went.
#[schema]
pub(crate) struct StockChange {
    #[field(ge = -1000, le = 1000)]
    change: i64,
}

/// What can go wrong with one product.
#[problem]
#[derive(Debug)]
pub(crate) enum ProductProblem {
    /// No product has this id.
    #[status(404)]
    #[detail("no product has the id {product_id}")]
    NotFound {
        /// The id that no product has.
        product_id: i64,
    },
}

/// Show a product.
#[get("/products/{product_id}")]
pub(crate) async fn get_product(Path(product_id): Path<i64>, db: Dep<Db>) -> Result<Json<Product>, ProductProblem> {
    let product = db.optional(sql!("select * from products where id = {product_id}")).await?;
    product.map(Json).ok_or(ProductProblem::NotFound { product_id })
}

/// List products of a category, oldest first.
#[get("/products")]
pub(crate) async fn list_products(
    Query(filter): Query<ProductFilter>,
    db: Dep<Db>,
) -> Result<Json<Vec<Product>>, InternalError> {
    let ProductFilter { category, limit } = filter;
    Ok(Json(db.all(sql!("select * from products where category = {category} order by id limit {limit}")).await?))
}

/// Show twenty products, each read by a statement of its own.
#[get("/bundles/{seed}")]
pub(crate) async fn get_bundle(Path(seed): Path<u32>, db: Dep<Db>) -> Result<Json<Vec<Product>>, InternalError> {
    let ids = (0..BUNDLE).map(|place| (i64::from(seed) * 31 + place * 487) % PRODUCTS + 1);
    let products = ids.map(|id| db.one(sql!("select * from products where id = {id}")));
    Ok(Json(try_join_all(products).await?))
}

/// Create a product.
#[post("/products")]
pub(crate) async fn create_product(
    db: Dep<Db>,
    Json(new): Json<NewProduct>,
) -> Result<Created<Product>, InternalError> {
    let now = Timestamp::now();
    let insert = sql!(
        "insert into products (name, description, price_cents, stock, category, created_at)
         values ({new.name}, {new.description}, {new.price_cents}, {new.stock}, {new.category}, {now}) returning *"
    );
    Ok(Created(db.one(insert).await?))
}

/// Change how many there are.
#[post("/products/{product_id}/stock")]
pub(crate) async fn change_stock(
    Path(product_id): Path<i64>,
    db: Dep<Db>,
    Json(asked): Json<StockChange>,
) -> Result<Json<Product>, ProductProblem> {
    let update = sql!("update products set stock = stock + {asked.change} where id = {product_id} returning *");
    db.optional(update).await?.map(Json).ok_or(ProductProblem::NotFound { product_id })
}

/// Take two seconds, in PostgreSQL.
#[get("/slow")]
pub(crate) async fn be_slow(db: Dep<Db>) -> Result<NoContent, InternalError> {
    let _: i64 = db.one(sql!("select 1 from pg_sleep(2)")).await?;
    Ok(NoContent)
}
