//! Operations that tell their requests apart, and some that fail on purpose.

use std::fs::File;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use kovar::prelude::*;

/// What was asked for, so that a client sees whether the answer is its own.
#[schema]
pub(crate) struct Number {
    number: u64,
}

/// Say the number again.
#[get("/numbers/{number}")]
pub(crate) async fn number(Path(number): Path<u64>) -> Json<Number> {
    Json(Number { number })
}

/// What a client sends.
#[schema]
pub(crate) struct NewItem {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(ge = 0)]
    stock: i64,
}

/// What became of it.
#[schema]
pub(crate) struct Item {
    name: String,
    stock: i64,
}

/// Create an item.
#[post("/items")]
pub(crate) async fn create_item(Json(new): Json<NewItem>) -> Created<Item> {
    Created(Item { name: new.name, stock: new.stock })
}

/// The same, for clients that do not keep to what they begin: their requests are counted apart.
#[post("/abandoned")]
pub(crate) async fn abandoned(Json(new): Json<NewItem>) -> Created<Item> {
    Created(Item { name: new.name, stock: new.stock })
}

/// 256 KiB, each line of which differs.
static LARGE: LazyLock<String> = LazyLock::new(|| (0..16 * 1024).map(|line| format!("{line:015}\n")).collect());

/// Say more than a socket takes from a client that does not read. It is copied and not composed: what a client costs
/// by being slow is not to be mistaken for what its answer costs.
#[get("/large")]
pub(crate) async fn large() -> Text {
    Text(LARGE.clone())
}

/// The same, for clients that do not read on: their requests are counted apart.
#[get("/unread")]
pub(crate) async fn unread() -> Text {
    Text(LARGE.clone())
}

/// Answer after a moment, in which a client may close its half.
#[get("/unhurried/{number}")]
pub(crate) async fn unhurried(Path(number): Path<u64>) -> Json<Number> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    Json(Number { number })
}

/// Miss the deadline.
#[get("/late", deadline = "100 ms")]
pub(crate) async fn late() -> Json<Number> {
    tokio::time::sleep(Duration::from_secs(60)).await;
    Json(Number { number: 0 })
}

/// Panic.
#[get("/panics")]
pub(crate) async fn panics() -> Json<Number> {
    panic!("on purpose")
}

static FILES: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// Open files until no more can be opened, and keep them.
#[post("/files")]
pub(crate) async fn open_files() -> Json<Number> {
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    files.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
    Json(Number { number: files.len() as u64 })
}

/// Close them.
#[delete("/files")]
pub(crate) async fn close_files() -> Json<Number> {
    let files = std::mem::take(&mut *FILES.lock().unwrap_or_else(PoisonError::into_inner));
    Json(Number { number: files.len() as u64 })
}
