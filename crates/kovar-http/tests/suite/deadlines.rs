use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kovar_http::dependency::{Dep, Provider};
use kovar_http::extract::{Extract, Phase, Rejection};
use kovar_http::group::Group;
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::{JsonLines, NoContent};
use tokio::time::Instant;

use super::support::{app, client};

/// Sets the flag when it is dropped.
struct OnDrop(Arc<AtomicBool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn wait(flag: Dep<AtomicBool>) -> NoContent {
    let _held = OnDrop(flag.into_arc());
    std::future::pending().await
}

/// An operation that never answers, and sets the flag when it is cancelled.
fn waiting(flag: &Arc<AtomicBool>) -> Operation {
    let flag = Arc::clone(flag);
    Operation::get("/", move || {
        let held = OnDrop(Arc::clone(&flag));
        async move {
            let _held = held;
            std::future::pending::<NoContent>().await
        }
    })
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_30_seconds_and_cancels_the_work() {
    let flag = Arc::new(AtomicBool::new(false));
    let client = client(app([waiting(&flag)])).await;
    let start = Instant::now();
    let problem = client.get("/").send().await.problem();
    assert_eq!((problem.status, problem.kind.as_str()), (503, "/problems/unavailable"));
    assert_eq!(start.elapsed(), Duration::from_secs(30));
    assert!(flag.load(Ordering::SeqCst), "the work is gone");
}

#[tokio::test(start_paused = true)]
async fn an_operation_sets_its_own_deadline() {
    let flag = AtomicBool::new(false);
    let operations = [
        Operation::get("/short", wait).deadline(Some(Duration::from_secs(1))),
        Operation::get("/never", wait).deadline(None),
    ];
    let client = client(app(operations).deadline(Some(Duration::from_secs(5))).provide(flag)).await;
    let start = Instant::now();
    client.get("/short").send().await.assert_status(503);
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    let sent = client.get("/never").send();
    assert!(tokio::time::timeout(Duration::from_secs(3600), sent).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn providers_and_guards_are_inside_the_deadline() {
    struct Slow;
    struct SlowGuard;
    async fn slow() -> Result<Slow, InternalError> {
        std::future::pending().await
    }
    async fn take(_: Dep<Slow>) -> NoContent {
        NoContent
    }
    async fn nothing() -> NoContent {
        NoContent
    }
    impl Extract for SlowGuard {
        const PHASE: Phase = Phase::Guard;

        fn describe(_: &mut kovar_http::describe::Describer<'_>, _: &kovar_http::describe::Argument) {}

        async fn extract(
            _: &kovar_http::RequestContext,
            _: &kovar_http::describe::Argument,
        ) -> Result<Self, Rejection> {
            std::future::pending().await
        }
    }
    let guarded = Group::new("/guarded").require::<SlowGuard>().mount([Operation::get("/", nothing)]);
    let app = app([Operation::get("/provided", take)]).group(guarded).provider(Provider::per_request(slow));
    let client = client(app).await;
    for path in ["/provided", "/guarded"] {
        client.get(path).send().await.assert_status(503);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_streams_is_not_cut_off() {
    async fn ticks() -> JsonLines<u32> {
        JsonLines::new(futures_util::stream::unfold(0, |count| async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            (count < 3).then_some((count, count + 1))
        }))
    }
    let mut stream = client(app([Operation::get("/", ticks)])).await.get("/").stream().await;
    let mut seen = Vec::new();
    while let Some(tick) = stream.json_line::<u32>().await {
        seen.push(tick);
    }
    assert_eq!(seen, [0, 1, 2]);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_the_work() {
    let flag = Arc::new(AtomicBool::new(false));
    let client = client(app([waiting(&flag)])).await;
    let mut sent = Box::pin(client.get("/").send());
    let polled = std::future::poll_fn(|context| std::task::Poll::Ready(sent.as_mut().poll(context))).await;
    assert!(polled.is_pending());
    assert!(!flag.load(Ordering::SeqCst));
    drop(sent);
    assert!(flag.load(Ordering::SeqCst));
}

/// Sets the flag after a while, unless it is cancelled.
fn slow(done: &Arc<AtomicBool>) -> Operation {
    let done = Arc::clone(done);
    Operation::get("/", move || {
        let done = Arc::clone(&done);
        async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            done.store(true, Ordering::SeqCst);
            NoContent
        }
    })
}

#[tokio::test(start_paused = true)]
async fn detached_work_goes_on_without_its_client() {
    for (is_detached, is_done) in [(true, true), (false, false)] {
        let done = Arc::new(AtomicBool::new(false));
        let operation = if is_detached { slow(&done).detached() } else { slow(&done) };
        let app = app([operation]);
        let tasks = app.detached_tasks();
        let client = client(app).await;
        let gone = tokio::time::timeout(Duration::from_secs(1), client.get("/").send()).await;
        assert!(gone.is_err());
        tasks.finished().await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(done.load(Ordering::SeqCst), is_done, "detached: {is_detached}");
    }
}

#[tokio::test(start_paused = true)]
async fn detached_work_has_a_deadline_and_its_panics_are_contained() {
    let done = Arc::new(AtomicBool::new(false));
    let late = slow(&done).detached().deadline(Some(Duration::from_secs(1)));
    let broken = Operation::get("/broken", async || -> NoContent { panic!("on purpose") }).detached();
    let client = client(app([late, broken])).await;
    client.get("/").send().await.assert_status(503);
    client.get("/broken").send().await.assert_status(500);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(!done.load(Ordering::SeqCst));
}
