//! What each app does in its own way.

use std::collections::HashMap;
use std::error::Error;

use crate::products::{NewProduct, Product, ProductFilter};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub trait Store: Clone + Send + Sync + 'static {
    fn product(&self, id: i32) -> impl Future<Output = Outcome<Option<Product>>> + Send;
    fn products(&self, filter: ProductFilter) -> impl Future<Output = Outcome<Vec<Product>>> + Send;
    fn bundle(&self, seed: u32) -> impl Future<Output = Outcome<Vec<Product>>> + Send;
    fn insert(&self, new: NewProduct) -> impl Future<Output = Outcome<Product>> + Send;
    fn change_stock(&self, id: i32, change: i32) -> impl Future<Output = Outcome<Option<Product>>> + Send;
    fn be_slow(&self) -> impl Future<Output = Outcome<()>> + Send;
    fn url(&self, slug: &str) -> impl Future<Output = Outcome<Option<String>>> + Send;
    fn write_clicks(&self, clicks: HashMap<String, i64>) -> impl Future<Output = Outcome<()>> + Send;
}
