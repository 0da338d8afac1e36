//! Kovar's own data layer in the same program.

use kovar::data::{Db, sql};

use super::shop::Shop;

#[tokio::test]
async fn what_the_orm_has_written_is_read_with_sql() {
    let shop = Shop::open().await;
    shop.add("Lamp", "lamps", "1").await;
    let db = Db::open(&shop.url).await.unwrap();
    let names = db.all(sql!((String, i64): "select name, stock from products")).await.unwrap();
    assert_eq!(names, [("Lamp".to_owned(), 1)]);
}
