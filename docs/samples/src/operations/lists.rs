// ANCHOR: lists
use std::collections::BTreeMap;

use kovar::prelude::*;

/// What a search is narrowed down by.
#[schema(input)]
pub struct Search {
    /// `?tag=a&tag=b`
    #[field(max_items = 10)]
    #[serde(default)]
    pub tag: Vec<String>,
    /// `?id=1,2,3`
    #[field(comma_separated, default = Vec::new())]
    pub id: Vec<u32>,
    /// `?price[min]=1&price[max]=9`
    #[serde(default)]
    pub price: BTreeMap<String, u32>,
}

#[get("/search")]
pub async fn search(Query(search): Query<Search>) -> Json<String> {
    Json(format!("{:?} {:?} {:?}", search.tag, search.id, search.price))
}
// ANCHOR_END: lists
