//! Slow statements.

use std::time::Duration;

use kovar_data::Db;

use crate::file::File;

#[tokio::test]
async fn a_slow_statement_is_explained() {
    let file = File::new();
    let db = Db::options().slow(Duration::ZERO).open(&file.url()).await.unwrap();
    crate::shared::slow::a_slow_statement_is_explained(db).await;
}
