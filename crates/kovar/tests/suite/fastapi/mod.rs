//! What FastAPI does, one behaviour at a time: `docs/src/coming-from-fastapi.md` names a test of this
//! module, or of another, for each row of its table.

mod defects;
mod dependencies;
mod documents;
mod errors;
mod requests;
mod responses;
mod routing;
mod security;
mod table;

use kovar::http::testing::TestClient;
use kovar::{App, Operation};
use serde_json::Value;

fn app(operations: impl IntoIterator<Item = Operation>) -> App {
    App::new("Example", "1.0.0").mount(operations)
}

async fn client(app: App) -> TestClient {
    TestClient::new(app).await.expect("the app starts")
}

/// A client of an app with these operations.
async fn client_of(operations: impl IntoIterator<Item = Operation>) -> TestClient {
    client(app(operations)).await
}

fn document(app: &App) -> Value {
    let document = app.openapi().expect("the app is sound").to_string();
    serde_json::from_str(&document).expect("the document is JSON")
}

/// What the document says of the one operation of an app.
fn documented(operations: impl IntoIterator<Item = Operation>, method: &str, path: &str) -> Value {
    let document = document(&app(operations));
    let operation = &document["paths"][path][method];
    assert!(operation.is_object(), "{method} {path} is not in {document:#}");
    operation.clone()
}
