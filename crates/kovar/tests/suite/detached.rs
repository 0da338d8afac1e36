//! `detached`: an operation that goes on when its client has gone.

use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use kovar::prelude::*;
use kovar::testing::TestClient;
use tokio::sync::Notify;

#[derive(Default)]
struct Gate {
    opens: Notify,
    is_passed: AtomicBool,
}

async fn pass(gate: &Gate) -> NoContent {
    gate.opens.notified().await;
    gate.is_passed.store(true, Ordering::SeqCst);
    NoContent
}

#[post("/stays", detached, deadline = "60 s")]
async fn stays(gate: Dep<Arc<Gate>>) -> NoContent {
    pass(&gate).await
}

#[post("/goes", deadline = "60 s")]
async fn goes(gate: Dep<Arc<Gate>>) -> NoContent {
    pass(&gate).await
}

/// Whether an operation passes a gate that opens when its client has gone.
async fn passes(path: &str) -> bool {
    let gate = Arc::new(Gate::default());
    let app = App::new("Gates", "1").mount(operations![stays, goes]).provide(Arc::clone(&gate));
    let tasks = app.detached_tasks();
    let client = TestClient::new(app).await.unwrap();
    let mut sent = Box::pin(client.post(path).send());
    assert!(poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await.is_pending());
    drop(sent);
    gate.opens.notify_one();
    tasks.finished().await;
    gate.is_passed.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_operation_that_says_so_outlives_its_client() {
    assert!(passes("/stays").await);
    assert!(!passes("/goes").await);
}
