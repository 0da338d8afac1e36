//! One worker: accepts connections, serves them, and looks at how long they wait.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Buf;
use http::{Request, Response};
use http_body::Body;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::connection::{Serving, in_time};
use crate::entrance::Entrance;
use crate::forwarded::Proxies;
use crate::handover::Kept;
use crate::limits::{HTTP1_FIELDS, Limits};
use crate::listen::{Listener, accept};
use crate::peer::Peer;
use crate::refusing::{Words, words};
use crate::request_body::RequestBody;
use crate::service::{Connection, Refuse, Served};
use crate::stats::WorkerStats;
use crate::stream::{Open, Stream, Watched};
use crate::watch::{Registry, TICK};

/// How long to wait when the operating system has no connection to give. Doubles up to the longest.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// How many connections more than the least loaded worker one may have.
const IMBALANCE: usize = 8;

/// Past these, hyper answers 431 itself.
const MOST_HEAD_BYTES: usize = 128 * 1024;

/// What everybody in one worker knows.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) registry: Registry,
    pub(crate) stats: Arc<WorkerStats>,
    is_draining: AtomicBool,
}

impl Shared {
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Relaxed)
    }
}

/// A connection that another worker accepted.
pub(crate) type Given = (StdStream, Peer);

/// A connection that no runtime knows.
#[derive(Debug)]
pub(crate) enum StdStream {
    Tcp(std::net::TcpStream),
    Unix(std::os::unix::net::UnixStream),
}

/// A worker, before it starts.
pub(crate) struct Worker<S, B> {
    pub(crate) index: usize,
    pub(crate) service: S,
    pub(crate) refuse: Refuse<B>,
    pub(crate) limits: Limits,
    pub(crate) entrance: Entrance,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) drain: CancellationToken,
    /// Of all workers.
    pub(crate) stats: Arc<[Arc<WorkerStats>]>,
    /// To all workers.
    pub(crate) give: Arc<[mpsc::UnboundedSender<Given>]>,
    pub(crate) given: mpsc::UnboundedReceiver<Given>,
    pub(crate) kept: Kept,
}

/// What serves the connections of one worker.
struct Host<S, B> {
    service: S,
    refuse: Refuse<B>,
    words: Words,
    entrance: Entrance,
    proxies: Arc<Proxies>,
    shared: Arc<Shared>,
    builder: Builder<TokioExecutor>,
}

impl<S, B> Worker<S, B>
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Accepts until the drain begins, and then waits for what is in flight.
    pub(crate) async fn run(mut self, listeners: Vec<Listener>) {
        let shared = Arc::new(Shared {
            registry: Registry::new(&self.limits),
            limits: self.limits.clone(),
            stats: Arc::clone(&self.stats[self.index]),
            is_draining: AtomicBool::new(false),
        });
        let host = Arc::new(Host {
            service: self.service.clone(),
            refuse: Arc::clone(&self.refuse),
            words: words(Arc::clone(&self.refuse)),
            entrance: self.entrance.clone(),
            proxies: Arc::clone(&self.proxies),
            shared: Arc::clone(&shared),
            builder: builder(&shared.limits),
        });
        let ticking = tokio::spawn(tick(Arc::clone(&shared)));
        self.accept(&listeners, &host).await;
        drop(listeners);
        self.kept.close();
        shared.is_draining.store(true, Relaxed);
        self.given.close();
        while let Some((stream, peer)) = self.given.recv().await {
            host.take(stream, peer, &shared.stats);
        }
        let emptied = async {
            while shared.registry.open() > 0 {
                tokio::time::sleep(TICK / 5).await;
            }
        };
        match shared.limits.drain_timeout {
            None => emptied.await,
            Some(limit) => {
                if tokio::time::timeout(limit, emptied).await.is_err() {
                    let open = shared.registry.open();
                    tracing::warn!(open, "connections were closed before their requests had ended");
                }
            }
        }
        ticking.abort();
    }

    async fn accept(&mut self, listeners: &[Listener], host: &Arc<Host<S, B>>) {
        let shared = &host.shared;
        let drain = self.drain.clone();
        let cancelled = drain.cancelled();
        tokio::pin!(cancelled);
        let mut pause = ACCEPT_PAUSE;
        loop {
            let has_room = shared.limits.connections.is_none_or(|limit| shared.stats.held() < limit);
            tokio::select! {
                () = &mut cancelled => return,
                Some((stream, peer)) = self.given.recv() => host.take(stream, peer, &shared.stats),
                // Looks again once per tick.
                () = tokio::time::sleep(TICK), if !has_room => {}
                accepted = accept(listeners), if has_room => match accepted {
                    Ok((stream, peer)) => {
                        pause = ACCEPT_PAUSE;
                        self.place(stream, peer, host);
                    }
                    // The client was faster; there may be others.
                    Err(error) if is_of_connection(&error) => {}
                    Err(cause) => {
                        tracing::warn!(%cause, "connections cannot be accepted for now");
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(LONGEST_ACCEPT_PAUSE);
                    }
                },
            }
        }
    }

    /// Serves a connection, or gives it to a worker that has clearly fewer.
    fn place(&self, stream: Stream, peer: Peer, host: &Arc<Host<S, B>>) {
        let mine = host.shared.stats.held();
        let least = self.stats.iter().enumerate().min_by_key(|(_, stats)| stats.held());
        match least {
            Some((index, stats)) if index != self.index && mine > stats.held() + IMBALANCE.max(stats.held() / 4) => {
                // A connection that cannot be moved is closed.
                let Ok(given) = stream.into_std() else { return };
                stats.connection_is_given();
                match self.give[index].send((given, peer)) {
                    Ok(()) => host.shared.stats.connection_handed_over(),
                    // The other one drains already, as this one will: whoever was accepted is answered.
                    Err(mpsc::error::SendError((given, peer))) => host.take(given, peer, stats),
                }
            }
            _ => host.serve(stream, peer),
        }
    }
}

impl<S, B> Host<S, B>
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Serves a connection that a worker was given.
    fn take(self: &Arc<Self>, given: StdStream, peer: Peer, whose: &WorkerStats) {
        // A socket that this runtime cannot take is closed.
        if let Ok(stream) = given.into_stream() {
            self.serve(stream, peer);
        }
        whose.connection_was_taken();
    }

    fn serve(self: &Arc<Self>, stream: Stream, peer: Peer) {
        let open = Open::new(Arc::clone(&self.shared));
        if self.entrance.is_open_to(&stream, &peer) {
            tokio::spawn(self.speak_http(stream, peer, open));
        } else {
            open.watch.is_entering();
            tokio::spawn(Arc::clone(self).let_in(stream, peer, open));
        }
    }

    async fn let_in(self: Arc<Self>, stream: Stream, peer: Peer, open: Open) {
        match in_time(self.entrance.pass(stream, peer), &open.watch).await {
            None => {}
            Some(Err(cause)) => tracing::debug!(%cause, "a connection ended before it spoke HTTP"),
            Some(Ok((stream, peer))) => {
                open.watch.has_entered(self.shared.registry.now());
                self.speak_http(stream, peer, open).await;
            }
        }
    }

    fn speak_http(&self, stream: Stream, peer: Peer, open: Open) -> impl Future<Output = ()> + Send + use<S, B> {
        let watch = Arc::clone(&open.watch);
        let connection = Arc::new(Connection {
            shared: Arc::clone(&self.shared),
            watch: Arc::clone(&watch),
            proxies: peer.is_trusted(&self.proxies.trusted).then(|| Arc::clone(&self.proxies)),
            peer,
            refuse: Arc::clone(&self.refuse),
        });
        let service = Served { service: self.service.clone(), connection };
        let stream = TokioIo::new(Watched::new(stream, open, Arc::clone(&self.words)));
        Serving::new(self.builder.serve_connection_with_upgrades(stream, service).into_owned(), watch)
    }
}

/// hyper refuses heads past its limits without a word, so that of bytes is wide: the service's own is
/// tighter. It gets no timer, since waits are watched here.
fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(MOST_HEAD_BYTES);
    if limits.http1_fields != HTTP1_FIELDS {
        builder.http1().max_headers(limits.http1_fields);
    }
    builder
        .http2()
        .max_concurrent_streams(limits.http2_streams)
        .max_pending_accept_reset_streams(limits.http2_pending_resets)
        .max_header_list_size(limits.http2_header_list_bytes);
    builder
}

/// Looks at the connections, and at how late it is itself.
async fn tick(shared: Arc<Shared>) {
    loop {
        let asleep = Instant::now();
        tokio::time::sleep(TICK).await;
        shared.stats.lagged(asleep.elapsed().saturating_sub(TICK));
        shared.registry.tick(shared.is_draining());
    }
}

/// What says nothing about the listener (accept(2)).
fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

impl StdStream {
    fn into_stream(self) -> io::Result<Stream> {
        match self {
            Self::Tcp(stream) => tokio::net::TcpStream::from_std(stream).map(Stream::Tcp),
            Self::Unix(stream) => tokio::net::UnixStream::from_std(stream).map(Stream::Unix),
        }
    }
}

impl<S, B> fmt::Debug for Worker<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("index", &self.index).finish_non_exhaustive()
    }
}
