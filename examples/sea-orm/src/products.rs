//! Products: what they look like, and what can be done with them.
//!
//! The schemas are those of `examples/products`. What differs is that a category has each name once, so that there is
//! a statement for the database to refuse.

use kovar::http::respond::Page;
use kovar::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, SqlErr,
};

use crate::entity::product::{Column, Entity, Model};
use crate::entity::{from_column, to_column};
use crate::tokens::Admin;
use crate::transaction::Transaction;

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

/// What can go wrong with a new product.
#[problem]
#[derive(Debug)]
pub enum NewProductProblem {
    /// The category has a product of this name.
    #[status(409)]
    #[code("/problems/product-name-taken")]
    NameTaken,
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
    /// The category has a product of this name.
    #[status(409)]
    #[code("/problems/product-name-taken")]
    NameTaken,
    /// The update changes nothing.
    ///
    /// A partial update names at least one field.
    #[status(400)]
    Empty,
}

// ANCHOR: create
/// Create a product.
#[post("/api/v1/products", tag = "products")]
pub async fn create_product(
    _: Has<Admin>,
    tx: Dep<Transaction>,
    Json(new): Json<NewProduct>,
) -> Result<Created<Product>, NewProductProblem> {
    let row = new.into_row(Uuid::now_v7(), Timestamp::now()).into_active_model().reset_all();
    match row.insert(&*tx).await {
        Ok(row) => Ok(Created::at(format!("/api/v1/products/{}", row.id), row.into())),
        Err(cause) if is_taken(&cause) => Err(NewProductProblem::NameTaken),
        Err(cause) => Err(cause.into()),
    }
}
// ANCHOR_END: create

/// Show a product.
#[get("/api/v1/products/{product_id}", tag = "products")]
pub async fn get_product(
    Path(product_id): Path<Uuid>,
    database: Dep<DatabaseConnection>,
) -> Result<Json<Product>, ProductProblem> {
    let row = Entity::find_by_id(product_id).one(&*database).await?;
    row.map(|row| Json(row.into())).ok_or(ProductProblem::NotFound { product_id })
}

/// List products, oldest first.
#[get("/api/v1/products", tag = "products")]
pub async fn list_products(
    Query(filter): Query<ProductFilter>,
    database: Dep<DatabaseConnection>,
) -> Result<Page<Product>, InternalError> {
    let limit = filter.limit as usize;
    let rows = Entity::find()
        .apply_if(filter.category, |rows, category| rows.filter(Column::Category.eq(category)))
        .apply_if(filter.min_price, |rows, price| rows.filter(Column::Price.gte(price)))
        .apply_if(filter.max_price, |rows, price| rows.filter(Column::Price.lte(price)))
        .apply_if(filter.cursor, |rows, id| rows.filter(Column::Id.gt(id)))
        .order_by_asc(Column::Id)
        // One more than asked for tells whether there is another page.
        .limit(limit as u64 + 1)
        .all(&*database)
        .await?;
    let products = rows.into_iter().map(Product::from).collect();
    Ok(Page::by_plain_key(products, limit, |last: &Product| last.id))
}

/// Change some fields of a product.
#[patch("/api/v1/products/{product_id}", tag = "products")]
pub async fn update_product(
    _: Has<Admin>,
    Path(product_id): Path<Uuid>,
    tx: Dep<Transaction>,
    Json(patch): Json<ProductPatch>,
) -> Result<Json<Product>, ProductUpdateProblem> {
    if patch.gives_nothing() {
        return Err(ProductUpdateProblem::Empty);
    }
    // Locks the row, so that nobody else changes it meanwhile. SQLite has no such lock, and needs none: it has one writer.
    let found = Entity::find_by_id(product_id).lock(LockType::Update).one(&*tx).await?;
    let mut row = found.ok_or(ProductUpdateProblem::NotFound { product_id })?;
    patch.apply_to(&mut row);
    row.updated_at = to_column(Timestamp::now());
    match row.into_active_model().reset_all().update(&*tx).await {
        Ok(row) => Ok(Json(row.into())),
        Err(cause) if is_taken(&cause) => Err(ProductUpdateProblem::NameTaken),
        Err(cause) => Err(cause.into()),
    }
}

/// Delete a product.
#[delete("/api/v1/products/{product_id}", tag = "products")]
pub async fn delete_product(
    _: Has<Admin>,
    Path(product_id): Path<Uuid>,
    tx: Dep<Transaction>,
) -> Result<NoContent, ProductProblem> {
    match Entity::delete_by_id(product_id).exec(&*tx).await?.rows_affected {
        0 => Err(ProductProblem::NotFound { product_id }),
        _ => Ok(NoContent),
    }
}

fn is_taken(cause: &DbErr) -> bool {
    matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

impl NewProduct {
    fn into_row(self, id: Uuid, now: Timestamp) -> Model {
        let Self { name, description, price, stock, category } = self;
        let now = to_column(now);
        Model { id, name, description, price, stock, category, created_at: now, updated_at: now }
    }
}

impl ProductPatch {
    fn apply_to(self, row: &mut Model) {
        // Without `..`, so that a field that is added is not forgotten here.
        let Self { name, description, price, stock, category } = self;
        name.apply_to(&mut row.name);
        description.apply_to(&mut row.description);
        price.apply_to(&mut row.price);
        stock.apply_to(&mut row.stock);
        category.apply_to(&mut row.category);
    }
}

impl From<Model> for Product {
    fn from(row: Model) -> Self {
        let Model { id, name, description, price, stock, category, created_at, updated_at } = row;
        let (created_at, updated_at) = (from_column(created_at), from_column(updated_at));
        Self { id, name, description, price, stock, category, created_at, updated_at }
    }
}
