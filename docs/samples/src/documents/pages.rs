// ANCHOR: pages
use kovar::prelude::*;

/// Redoc elsewhere, no Swagger UI.
pub fn only_redoc(app: App) -> App {
    app.documents(|pages| {
        pages.docs_path = None;
        pages.redoc_path = Some("/reference".to_owned());
    })
}

/// Nothing at all; `openapi` still prints the document.
pub fn none(app: App) -> App {
    app.without_documents()
}
// ANCHOR_END: pages
