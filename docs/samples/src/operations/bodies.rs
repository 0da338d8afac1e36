// ANCHOR: bodies
use kovar::http::respond::Text;
use kovar::prelude::*;

#[schema(input)]
pub struct Feedback {
    #[field(ge = 1, le = 5)]
    pub stars: u8,
    pub comment: Option<String>,
}

/// JSON: `application/json`, or a type that ends in `+json`.
#[post("/feedback")]
pub async fn send_feedback(Json(feedback): Json<Feedback>) -> Text {
    Text(feedback.stars.to_string())
}

/// A form of a page: `application/x-www-form-urlencoded`.
#[post("/feedback/form")]
pub async fn send_form(Form(feedback): Form<Feedback>) -> Text {
    Text(feedback.comment.unwrap_or_default())
}

/// Bytes as they are, up to a limit of this operation's own.
#[put("/avatar", body_limit = "64 KiB", deadline = "5 s")]
pub async fn set_avatar(Body(bytes): Body<axum::body::Bytes>) -> Text {
    Text(bytes.len().to_string())
}
// ANCHOR_END: bodies
