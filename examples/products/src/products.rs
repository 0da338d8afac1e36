//! Products: what they look like, and what can be done with them.

use kovar::http::respond::Page;
use kovar::prelude::*;

use crate::tokens::Admin;

/// What a client sends to create a product.
#[schema(partial = "ProductPatch")]
#[derive(Clone, Debug)]
pub struct NewProduct {
    /// What it is called.
    #[field(min_length = 1, max_length = 100, example = "Desk lamp")]
    pub name: String,
    /// More about it.
    #[field(max_length = 500, example = "Warm light, with a dimmer")]
    pub description: Option<String>,
    /// What one costs.
    #[field(gt = 0, le = 1_000_000, decimal_places = 2, example = "39.90")]
    pub price: Decimal,
    /// How many there are.
    #[field(ge = 0, example = 12)]
    pub stock: i64,
    /// What kind of thing it is.
    #[field(min_length = 1, example = "lamps")]
    pub category: String,
}

/// A product.
#[schema]
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Which one.
    #[field(uuid_version = 7)]
    pub id: Uuid,
    /// What it is called.
    #[field(min_length = 1, max_length = 100)]
    pub name: String,
    /// More about it.
    #[field(max_length = 500)]
    pub description: Option<String>,
    /// What one costs.
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)]
    pub price: Decimal,
    /// How many there are.
    #[field(ge = 0)]
    pub stock: i64,
    /// What kind of thing it is.
    #[field(min_length = 1)]
    pub category: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which products a list shows.
#[schema(input)]
#[derive(Clone, Debug)]
pub struct ProductFilter {
    /// Only of this category.
    pub category: Option<String>,
    /// Only at this price or above.
    #[field(ge = 0, le = 1_000_000, decimal_places = 2)]
    pub min_price: Option<Decimal>,
    /// Only at this price or below.
    #[field(ge = 0, le = 1_000_000, decimal_places = 2)]
    pub max_price: Option<Decimal>,
    /// How many at most.
    #[field(ge = 1, le = 100, default = 10)]
    pub limit: u32,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
}

/// What can go wrong with one product.
#[problem]
#[derive(Debug)]
pub enum ProductProblem {
    /// No product has this id.
    #[status(404)]
    #[detail("no product has the id {product_id}")]
    NotFound {
        /// The id that no product has.
        product_id: Uuid,
    },
}

/// What can go wrong with an update.
#[problem]
#[derive(Debug)]
pub enum ProductUpdateProblem {
    /// No product has this id.
    #[status(404)]
    #[code("/problems/product-not-found")]
    #[detail("no product has the id {product_id}")]
    NotFound {
        /// The id that no product has.
        product_id: Uuid,
    },
    /// The update changes nothing.
    ///
    /// A partial update names at least one field.
    #[status(400)]
    Empty,
}

/// Create a product.
#[post("/api/v1/products", tag = "products")]
pub async fn create_product(
    _: Has<Admin>,
    tx: Dep<Tx>,
    Json(new): Json<NewProduct>,
) -> Result<Created<Product>, InternalError> {
    let (id, now) = (Uuid::now_v7(), Timestamp::now());
    let product = tx
        .one(sql!(
            Product: "insert into products (id, name, description, price, stock, category, created_at, updated_at)
             values ({id}, {new.name}, {new.description}, {new.price}, {new.stock}, {new.category}, {now}, {now})
             returning *"
        ))
        .await?;
    Ok(Created::at(format!("/api/v1/products/{id}"), product))
}

/// Show a product.
#[get("/api/v1/products/{product_id}", tag = "products")]
pub async fn get_product(Path(product_id): Path<Uuid>, db: Dep<Db>) -> Result<Json<Product>, ProductProblem> {
    let product = db.optional(sql!(Product: "select * from products where id = {product_id: Uuid}")).await?;
    product.map(Json).ok_or(ProductProblem::NotFound { product_id })
}

/// List products, oldest first.
#[get("/api/v1/products", tag = "products")]
pub async fn list_products(Query(filter): Query<ProductFilter>, db: Dep<Db>) -> Result<Page<Product>, InternalError> {
    let limit = filter.limit as usize;
    let statement = sql!(Product: "select * from products where true")
        .and_if(filter.category, |category| sql!("category = {category}"))
        .and_if(filter.min_price, |price| sql!("price >= {price}"))
        .and_if(filter.max_price, |price| sql!("price <= {price}"))
        .and_if(filter.cursor, |id| sql!("id > {id}"))
        .order_by("id")
        .limit(limit as u64 + 1);
    // One more than asked for tells whether there is another page.
    Ok(Page::by_plain_key(db.all(statement).await?, limit, |last: &Product| last.id))
}

/// Change some fields of a product.
#[patch("/api/v1/products/{product_id}", tag = "products")]
pub async fn update_product(
    _: Has<Admin>,
    Path(product_id): Path<Uuid>,
    tx: Dep<Tx>,
    Json(patch): Json<ProductPatch>,
) -> Result<Json<Product>, ProductUpdateProblem> {
    if patch.gives_nothing() {
        return Err(ProductUpdateProblem::Empty);
    }
    // Writes to the row before it is read, so that nobody else changes it meanwhile.
    let now = Timestamp::now();
    let update = sql!(Product: "update products set updated_at = {now} where id = {product_id} returning *");
    let mut product = tx.optional(update).await?.ok_or(ProductUpdateProblem::NotFound { product_id })?;
    patch.apply_to(&mut product);
    let changed = tx
        .one(sql!(
            Product: "update products set name = {product.name}, description = {product.description}, price = {product.price},
                stock = {product.stock}, category = {product.category}
             where id = {product_id} returning *"
        ))
        .await?;
    Ok(Json(changed))
}

/// Delete a product.
#[delete("/api/v1/products/{product_id}", tag = "products")]
pub async fn delete_product(
    _: Has<Admin>,
    Path(product_id): Path<Uuid>,
    tx: Dep<Tx>,
) -> Result<NoContent, ProductProblem> {
    match tx.execute(sql!("delete from products where id = {product_id}")).await? {
        0 => Err(ProductProblem::NotFound { product_id }),
        _ => Ok(NoContent),
    }
}

impl ProductPatch {
    fn apply_to(self, product: &mut Product) {
        // Without `..`, so that a field that is added is not forgotten here.
        let Self { name, description, price, stock, category } = self;
        name.apply_to(&mut product.name);
        description.apply_to(&mut product.description);
        price.apply_to(&mut product.price);
        stock.apply_to(&mut product.stock);
        category.apply_to(&mut product.category);
    }
}
