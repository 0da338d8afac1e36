// ANCHOR: parameters
use kovar::prelude::*;

/// Which page of the list.
#[schema(input)]
pub struct Paging {
    #[field(ge = 0, default = 0)]
    pub offset: u32,
    #[field(ge = 1, le = 100, default = 10)]
    pub limit: u32,
}

/// List the reviews of an item.
///
/// The newest comes first.
#[get("/shops/{shop}/items/{item}/reviews", tag = "reviews")]
pub async fn list_reviews(
    Path((shop, item)): Path<(String, u32)>,
    Query(paging): Query<Paging>,
    #[field(max_length = 35, default = "en")] Header(accept_language): Header<String>,
    Cookie(session): Cookie<Option<String>>,
) -> Json<String> {
    let Paging { offset, limit } = paging;
    let reader = session.unwrap_or_else(|| "anonymous".to_owned());
    Json(format!("{shop} {item} {offset}+{limit} {accept_language} {reader}"))
}
// ANCHOR_END: parameters
