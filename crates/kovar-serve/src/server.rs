//! Servers: what is set, where they listen, and how they end.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use bytes::Buf;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::entrance::Entrance;
use crate::forwarded::{ForwardedFields, Proxies};
use crate::handover::Kept;
use crate::limits::Limits;
use crate::listen::{self, Address, Socket};
use crate::request_body::RequestBody;
use crate::service::{Refusal, Refuse};
use crate::stats::WorkerStats;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::trust::TrustedProxy;
use crate::worker::Worker;

/// What runs the work of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// Each worker is a thread with a runtime and a listener of its own: nothing is shared, nothing
    /// waits for another core. The default.
    #[default]
    PerCore,
    /// One runtime whose threads steal work from one another: for uneven work that does not yield.
    Shared,
}

impl FromStr for Runtime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "per-core" => Ok(Self::PerCore),
            "shared" => Ok(Self::Shared),
            _ => Err("a runtime is `per-core` or `shared`"),
        }
    }
}

/// A server that is bound to its addresses and serves nothing yet.
#[derive(Debug)]
pub struct Server {
    sockets: Vec<Socket>,
    workers: NonZeroUsize,
    runtime: Runtime,
    limits: Limits,
    entrance: Entrance,
    proxies: Proxies,
    drain: CancellationToken,
}

impl Server {
    /// Binds the addresses, for so many workers.
    ///
    /// # Errors
    ///
    /// When an address cannot be listened at; the error names it.
    pub fn bind(addresses: &[Address], runtime: Runtime, workers: NonZeroUsize) -> io::Result<Self> {
        Self::bind_with(listen::bind, addresses, runtime, workers)
    }

    /// As [`Server::bind`], but another program of this user may listen at the addresses at the same
    /// time (`SO_REUSEPORT`): for those that a process that takes over does not inherit.
    ///
    /// # Errors
    ///
    /// When an address cannot be listened at; the error names it.
    pub fn bind_beside(addresses: &[Address], runtime: Runtime, workers: NonZeroUsize) -> io::Result<Self> {
        Self::bind_with(listen::bind_beside, addresses, runtime, workers)
    }

    fn bind_with(
        bind: impl Fn(&Address, usize) -> io::Result<Vec<Socket>>,
        addresses: &[Address],
        runtime: Runtime,
        workers: NonZeroUsize,
    ) -> io::Result<Self> {
        let count = worker_count(runtime, workers);
        let mut sockets = Vec::new();
        for address in addresses {
            let bound = bind(address, count);
            sockets.extend(
                bound.map_err(|cause| {
                    io::Error::new(cause.kind(), format!("{address} cannot be listened at: {cause}"))
                })?,
            );
        }
        Ok(Self::of(sockets, runtime, workers))
    }

    /// A server at the sockets that whoever started the program passed to it (`LISTEN_FDS`, as
    /// systemd says it); `None` if there are none. They can be taken once.
    ///
    /// # Errors
    ///
    /// When what was passed does not listen.
    pub fn inherited(runtime: Runtime, workers: NonZeroUsize) -> io::Result<Option<Self>> {
        let sockets = listen::inherited()?;
        Ok((!sockets.is_empty()).then(|| Self::of(sockets, runtime, workers)))
    }

    fn of(sockets: Vec<Socket>, runtime: Runtime, workers: NonZeroUsize) -> Self {
        Self {
            sockets,
            workers,
            runtime,
            limits: Limits::default(),
            entrance: Entrance::default(),
            proxies: Proxies::default(),
            drain: CancellationToken::new(),
        }
    }

    /// What the server withstands. Default: every limit is on.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Speaks TLS at each address of TCP, and HTTP/1.1 or HTTP/2 by it, as the client chooses (RFC
    /// 7301). Unix sockets, which do not leave the machine, stay as they are. Default: no TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.entrance.tls = Some(tls);
        self
    }

    /// Who begins each connection with a header of the PROXY protocol, version 1 or 2, which says
    /// whose [`Peer::address`](crate::Peer::address) it is. Such a connection without a header is
    /// closed; from anybody else, a header is no request and a 400. Default: nobody.
    #[must_use]
    pub fn proxy_protocol(mut self, proxies: impl IntoIterator<Item = impl Into<TrustedProxy>>) -> Self {
        self.entrance.proxies = proxies.into_iter().map(Into::into).collect();
        self
    }

    /// Whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` are believed, as
    /// [`Peer::client_ip`](crate::Peer::client_ip) and its like tell. Default: nobody's.
    ///
    /// A proxy that is named here must overwrite each of these fields, or add to the first. What it
    /// passes on as its client sent it, is believed.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: impl IntoIterator<Item = impl Into<TrustedProxy>>) -> Self {
        self.proxies.trusted = proxies.into_iter().map(Into::into).collect();
        self
    }

    /// Which fields the trusted proxies write. Default: [`ForwardedFields::XForwarded`].
    #[must_use]
    pub fn forwarded_fields(mut self, fields: ForwardedFields) -> Self {
        self.proxies.fields = fields;
        self
    }

    /// Drains when this token is cancelled, as by [`Running::drain`]. Streams that never end by
    /// themselves may wait for the same token.
    #[must_use]
    pub fn drain_when(mut self, token: CancellationToken) -> Self {
        self.drain = token;
        self
    }

    /// The addresses that are bound.
    pub fn addresses(&self) -> Vec<Address> {
        let mut addresses: Vec<Address> = Vec::new();
        for address in self.sockets.iter().filter_map(Socket::address) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// Serves a service; what the server refuses itself is answered with a status alone.
    ///
    /// # Errors
    ///
    /// When the operating system has no more threads.
    pub fn serve<S, B>(self, service: S) -> io::Result<Running>
    where
        S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
        B: Body + Default + Send + 'static,
        B::Data: Buf + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.serve_with(service, |refusal, _| {
            if let Refusal::Panicked(message) = &refusal {
                tracing::error!(message, "the service panicked");
            }
            let mut response = Response::new(B::default());
            *response.status_mut() = refusal.status();
            response
        })
    }

    /// Serves a service; a function answers what the server refuses itself. Of a panic the head of
    /// the request is gone.
    ///
    /// # Errors
    ///
    /// When the operating system has no more threads.
    pub fn serve_with<S, B>(
        self,
        service: S,
        refuse: impl Fn(Refusal, Option<&Parts>) -> Response<B> + Send + Sync + 'static,
    ) -> io::Result<Running>
    where
        S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
        B: Body + Send + 'static,
        B::Data: Buf + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.entrance.tls {
            tls.follow_files()?;
        }
        let refuse: Refuse<B> = Arc::new(refuse);
        let proxies = Arc::new(self.proxies);
        let (workers, runtime, drain) = (self.workers, self.runtime, self.drain.clone());
        let kept = Kept::of(&self.sockets)?;
        let bound = listen::spread(self.sockets, worker_count(runtime, workers))?;
        let stats: Arc<[Arc<WorkerStats>]> = bound.iter().map(|_| Arc::default()).collect();
        let (give, given): (Vec<_>, Vec<_>) = bound.iter().map(|_| mpsc::unbounded_channel()).unzip();
        let give: Arc<[_]> = give.into();
        let mut threads = Vec::new();
        let services = std::iter::repeat_n(service, bound.len());
        for (index, ((bound, given), service)) in bound.into_iter().zip(given).zip(services).enumerate() {
            let worker = Worker {
                index,
                service,
                refuse: Arc::clone(&refuse),
                limits: self.limits.clone(),
                entrance: self.entrance.clone(),
                proxies: Arc::clone(&proxies),
                drain: drain.clone(),
                stats: Arc::clone(&stats),
                give: Arc::clone(&give),
                given,
                kept: kept.clone(),
            };
            let thread = thread::Builder::new().name(format!("kovar-worker-{index}"));
            threads.push(thread.spawn(move || {
                if let Err(cause) = run(worker, bound, runtime, workers) {
                    tracing::error!(%cause, "a worker could not start");
                }
            })?);
        }
        Ok(Running { threads, drain, stats, kept })
    }
}

/// The shared runtime has one task that accepts.
fn worker_count(runtime: Runtime, workers: NonZeroUsize) -> usize {
    match runtime {
        Runtime::PerCore => workers.get(),
        Runtime::Shared => 1,
    }
}

/// Runs a worker on the calling thread until it has drained.
fn run<S, B>(worker: Worker<S, B>, bound: Vec<Socket>, runtime: Runtime, threads: NonZeroUsize) -> io::Result<()>
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut builder = match runtime {
        Runtime::PerCore => tokio::runtime::Builder::new_current_thread(),
        Runtime::Shared => tokio::runtime::Builder::new_multi_thread(),
    };
    if runtime == Runtime::Shared {
        builder.worker_threads(threads.get()).thread_name("kovar-shared");
    }
    let runtime = builder.enable_all().build()?;
    let listened = runtime.block_on(async {
        let listeners = bound.into_iter().map(Socket::listen).collect::<io::Result<Vec<_>>>()?;
        worker.run(listeners).await;
        Ok(())
    });
    // Work that blocks a thread may never end.
    runtime.shutdown_background();
    listened
}

/// A server that serves.
pub struct Running {
    threads: Vec<JoinHandle<()>>,
    drain: CancellationToken,
    stats: Arc<[Arc<WorkerStats>]>,
    kept: Kept,
}

impl Running {
    /// Stops accepting, and ends what is open: what is in flight has until
    /// [`Limits::drain_timeout`].
    pub fn drain(&self) {
        self.drain.cancel();
    }

    /// The listening sockets, to be handed over to a new process.
    pub fn kept(&self) -> Kept {
        self.kept.clone()
    }

    /// What each worker has counted.
    pub fn stats(&self) -> &Arc<[Arc<WorkerStats>]> {
        &self.stats
    }

    /// Blocks until the server has drained.
    pub fn join(self) {
        for thread in self.threads {
            // A worker that panicked has ended, too.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("stats", &self.stats).finish_non_exhaustive()
    }
}
