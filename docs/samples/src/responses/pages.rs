// ANCHOR: pages
use kovar::http::respond::{Cursor, Page};
use kovar::prelude::*;

#[schema(input)]
pub struct Paging {
    #[field(ge = 1, le = 100, default = 3)]
    pub limit: u32,
    pub cursor: Option<Cursor<u32>>,
}

/// Count, page by page.
#[get("/numbers")]
pub async fn numbers(Query(paging): Query<Paging>) -> Page<u32> {
    let limit = paging.limit as usize;
    let first = paging.cursor.map_or(1, |Cursor(last)| last + 1);
    // One more than is shown tells whether there is another page.
    let rows: Vec<u32> = (first..=10).take(limit + 1).collect();
    Page::of_rows(rows, limit, |number| *number)
}
// ANCHOR_END: pages
