//! What an operation tells others, it tells if it succeeds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kovar::data::{InProcess, Message, Outbox, OutboxMessage};
use kovar::http::metrics::Text;
use kovar::prelude::*;
use kovar::testing::TestClient;

#[problem]
#[derive(Debug)]
enum OrderProblem {
    /// There are too many.
    #[status(409)]
    TooMany,
}

/// Order some of an item.
#[post("/orders/{item}/{count}")]
async fn order(Path((item, count)): Path<(String, u32)>, tx: Dep<Tx>) -> Result<NoContent, OrderProblem> {
    Message::new("orders.created", &count).key(&item).in_tx(&tx).await?;
    if count > 10 {
        return Err(OrderProblem::TooMany);
    }
    Ok(NoContent)
}

#[tokio::test]
async fn what_succeeds_is_told() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    let told: Arc<Mutex<Vec<(Option<String>, u32)>>> = Arc::default();
    let list = Arc::clone(&told);
    let publisher = InProcess::new().on("orders.created", move |message: OutboxMessage| {
        let list = Arc::clone(&list);
        async move {
            list.lock().unwrap().push((message.key.clone(), message.json()?));
            Ok(())
        }
    });
    let app = App::new("Shop", "1.0.0").mount(operations![order]).provide(db.clone());
    let app = app.provider(kovar::http::data::transactions()).outbox(Outbox::new(publisher));
    let metrics = app.metrics();
    let client = TestClient::new(app).await.unwrap();
    assert_eq!(client.post("/orders/desk/11").send().await.status(), 409);
    for count in 1..4 {
        assert_eq!(client.post(&format!("/orders/lamp/{count}")).send().await.status(), 204);
    }
    for _ in 0..500 {
        if told.lock().unwrap().len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    client.stop().await;
    assert_eq!(*told.lock().unwrap(), [1, 2, 3].map(|count| (Some("lamp".to_owned()), count)));
    assert_eq!(db.one(sql!(i64: "select count(*) from _kovar_outbox")).await.unwrap(), 0);
    let mut text = Text::default();
    metrics.write_prometheus(&mut text);
    assert!(text.into_string().contains("\nkovar_outbox_published_total 3\n"));
}
