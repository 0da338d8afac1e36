// ANCHOR: success
use kovar::http::respond::{Redirect, Text};
use kovar::prelude::*;

#[schema]
pub struct Note {
    pub id: u32,
    pub text: String,
}

/// 201, with a `Location`.
#[post("/notes")]
pub async fn create(Json(text): Json<String>) -> Created<Note> {
    Created::at("/notes/1", Note { id: 1, text })
}

/// 202: taken, and not done yet.
#[post("/notes/export")]
pub async fn export() -> Accepted<String> {
    Accepted("working on it".to_owned())
}

/// 204.
#[delete("/notes/{id}")]
pub async fn delete_note(Path(id): Path<u32>) -> NoContent {
    tracing::info!(id, "a note is gone");
    NoContent
}

/// 308; without a number it is 303.
#[get("/memos")]
pub async fn memos() -> Redirect<308> {
    Redirect::permanent("/notes")
}

#[get("/motto")]
pub async fn motto() -> Text<&'static str> {
    Text("Declared is enforced.")
}
// ANCHOR_END: success
