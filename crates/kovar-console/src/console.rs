//! The console: who watches, what they are told, and how often.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream;
use http::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::{Notify, watch};

use crate::history::{History, STEP};
use crate::live::Live;
use crate::page;
use crate::sample::{About, Check, Sample};
use crate::snapshot::Snapshot;

/// How often everybody who watches is told.
const PERIOD: Duration = Duration::from_secs(1);

/// A snapshot that is at most so old is not made anew: less than a period, since clocks are not exact.
const FRESH: Duration = Duration::from_millis(900);

/// How often the checks are asked while somebody watches.
const CHECK_PERIOD: Duration = Duration::from_secs(5);

/// What the console shows.
pub trait Source: Send + Sync + 'static {
    /// What was counted until now. It must not block: whoever looks at the page waits for it.
    fn sample(&self) -> Sample;

    /// Asks the checks of health.
    fn check(&self) -> BoxFuture<'static, Vec<Check>>;

    /// What is open and busy among the app's channels; `None` if it has none. It is asked only while somebody looks.
    fn live(&self) -> Option<Live> {
        None
    }

    /// Closes a connection of a channel, by its name. Gives whether there was one.
    fn disconnect(&self, connection: &str) -> bool {
        let _ = connection;
        false
    }
}

/// A page that shows live how an app is.
pub struct Console {
    about: About,
    source: Box<dyn Source>,
    start: Instant,
    state: Mutex<State>,
    /// What everybody who watches is told; who watches holds a receiver.
    events: watch::Sender<Bytes>,
    begins_to_watch: Notify,
}

struct State {
    history: History,
    latest: Option<(Instant, Bytes)>,
    checks: Option<Vec<Check>>,
    asked_checks: Option<Instant>,
}

impl Console {
    /// A console that begins to count now.
    pub fn new(about: About, source: impl Source) -> Self {
        let start = Instant::now();
        Self {
            about,
            source: Box::new(source),
            start,
            state: Mutex::new(State { history: History::new(start), latest: None, checks: None, asked_checks: None }),
            events: watch::Sender::new(Bytes::new()),
            begins_to_watch: Notify::new(),
        }
    }

    /// Keeps the last minutes, and tells everybody who watches once a second, until the console is
    /// dropped.
    pub async fn run(console: Weak<Self>) {
        while let Some(console) = console.upgrade() {
            let pause = console.tell();
            // Whoever begins to watch ends a long pause.
            let _ = tokio::time::timeout(pause, console.begins_to_watch.notified()).await;
        }
    }

    /// Looks, and tells those who watch. How long to wait until the next time.
    fn tell(self: &Arc<Self>) -> Duration {
        if self.events.receiver_count() == 0 {
            let now = Instant::now();
            self.see(&mut self.state(), now);
            return STEP;
        }
        self.ask_checks();
        self.events.send_replace(self.data());
        PERIOD
    }

    /// Closes a connection of a channel, by its name. Gives whether there was one.
    pub fn disconnect(&self, connection: &str) -> bool {
        let is_done = self.source.disconnect(connection);
        // Who looks next sees it gone.
        self.state().latest = None;
        is_done
    }

    /// The answer to `GET` of one of the console's paths.
    pub fn answer(self: &Arc<Self>, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        match path {
            "/console/data" => {
                self.ask_checks();
                Some(uncached("application/json", Body::from(self.data())))
            }
            "/console/events" => Some(uncached("text/event-stream", self.events())),
            _ => page::answer(path, headers),
        }
    }

    /// What the page shows, made anew if it is older than a second.
    fn data(&self) -> Bytes {
        let (mut state, now) = (self.state(), Instant::now());
        if let Some((at, data)) = &state.latest
            && now.saturating_duration_since(*at) < FRESH
        {
            return data.clone();
        }
        let sample = self.see(&mut state, now);
        let (checks, live) = (state.checks.as_deref(), self.source.live());
        let snapshot = Snapshot::new(&self.about, &state.history, &sample, checks, live.as_ref(), (self.start, now));
        // Numbers and texts can always be written.
        let data = Bytes::from(serde_json::to_vec(&snapshot).unwrap_or_default());
        state.latest = Some((now, data.clone()));
        data
    }

    /// Takes a sample, and notice of it.
    fn see(&self, state: &mut State, now: Instant) -> Sample {
        let sample = self.source.sample();
        state.history.see(now, &sample);
        sample
    }

    /// What is there at once, and then whatever comes.
    fn events(self: &Arc<Self>) -> Body {
        let mut told = self.events.subscribe();
        told.mark_unchanged();
        self.begins_to_watch.notify_one();
        let first = Some(self.data());
        Body::from_stream(stream::unfold((told, first), async |(mut told, first)| {
            let data = match first {
                Some(data) => data,
                None => {
                    told.changed().await.ok()?;
                    told.borrow_and_update().clone()
                }
            };
            Some((Ok::<_, Infallible>(event(&data)), (told, None)))
        }))
    }

    /// Asks the checks beside everything else, since they may take seconds, unless they were just asked.
    fn ask_checks(self: &Arc<Self>) {
        let mut state = self.state();
        if state.asked_checks.is_some_and(|at| at.elapsed() < CHECK_PERIOD) {
            return;
        }
        state.asked_checks = Some(Instant::now());
        let (console, check) = (Arc::downgrade(self), self.source.check());
        tokio::spawn(async move {
            let found = check.await;
            if let Some(console) = console.upgrade() {
                console.state().checks = Some(found);
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One event; JSON has no line ends of its own. A browser comes again after a second.
fn event(data: &[u8]) -> Bytes {
    [b"retry: 1000\ndata: ", data, b"\n\n"].concat().into()
}

fn uncached(media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = page::guarded(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("about", &self.about).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;
    use crate::sample::Worker;

    /// Counts how often it was asked.
    #[derive(Clone, Default)]
    struct Asked(Arc<AtomicUsize>, Arc<AtomicUsize>);

    impl Source for Asked {
        fn sample(&self) -> Sample {
            let requests = self.0.fetch_add(1, Relaxed) as u64;
            Sample { workers: vec![Worker { requests, ..Worker::default() }], ..Sample::default() }
        }

        fn live(&self) -> Option<Live> {
            Some(Live { topics: self.1.fetch_add(1, Relaxed), ..Live::default() })
        }

        fn disconnect(&self, connection: &str) -> bool {
            connection == "known"
        }

        fn check(&self) -> BoxFuture<'static, Vec<Check>> {
            async { vec![Check { name: "database".to_owned(), failure: Some("gone".to_owned()) }] }.boxed()
        }
    }

    fn text(chunk: Option<Result<Bytes, axum::Error>>) -> String {
        String::from_utf8(chunk.unwrap().unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn many_who_watch_ask_once() {
        let asked = Asked::default();
        let console = Arc::new(Console::new(About::default(), asked.clone()));
        let running = tokio::spawn(Console::run(Arc::downgrade(&console)));
        let mut streams: Vec<_> = (0..5).map(|_| console.events().into_data_stream()).collect();
        for stream in &mut streams {
            assert!(text(stream.next().await).starts_with("retry: 1000\ndata: {\"title\":"));
        }
        let next_checked = async |stream: &mut axum::body::BodyDataStream| {
            loop {
                let event = text(stream.next().await);
                if event.contains("\"failure\":\"gone\"") {
                    return event;
                }
            }
        };
        let events = futures_util::future::join_all(streams.iter_mut().map(next_checked)).await;
        assert!(events.iter().all(|event| event == &events[0]), "{events:?}");
        assert!((2..=4).contains(&asked.0.load(Relaxed)), "{} times", asked.0.load(Relaxed));
        drop((streams, console));
        tokio::time::timeout(2 * STEP, running).await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn while_nobody_looks_nobody_asks_for_channels() {
        let asked = Asked::default();
        let console = Arc::new(Console::new(About::default(), asked.clone()));
        let running = tokio::spawn(Console::run(Arc::downgrade(&console)));
        tokio::time::sleep(10 * STEP).await;
        assert!(asked.0.load(Relaxed) >= 9, "samples are taken");
        assert_eq!(asked.1.load(Relaxed), 0);
        console.answer("/console/data", &HeaderMap::new()).unwrap();
        assert_eq!(asked.1.load(Relaxed), 1);
        running.abort();
    }

    #[tokio::test]
    async fn what_was_closed_by_hand_is_gone_for_who_looks_next() {
        let asked = Asked::default();
        let console = Arc::new(Console::new(About::default(), asked.clone()));
        let before = console.data();
        assert!(console.disconnect("known") && !console.disconnect("unknown"));
        assert_ne!(console.data(), before);
        assert_eq!(asked.1.load(Relaxed), 2);
    }

    #[tokio::test]
    async fn data_asked_twice_at_once_is_made_once() {
        let asked = Asked::default();
        let console = Arc::new(Console::new(About::default(), asked.clone()));
        for _ in 0..3 {
            assert!(console.answer("/console/data", &HeaderMap::new()).is_some());
        }
        assert_eq!(asked.0.load(Relaxed), 1);
    }
}
