//! The page's client is the one that the app writes: `chat client typescript`.

use std::path::Path;

use kovar::contract::typescript;

use super::documents::app;

/// What it compiles to is held against it where there is a compiler: `cargo xtask test --only clients`.
#[tokio::test]
async fn the_committed_client_is_the_apps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page/client");
    for file in typescript::client(&app().await.client_document().unwrap()).unwrap() {
        let path = folder.join(file.name);
        if std::env::var_os("KOVAR_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &file.text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == file.text, "{}: look at the change with KOVAR_BLESS=1 and `git diff`", file.name);
    }
}
