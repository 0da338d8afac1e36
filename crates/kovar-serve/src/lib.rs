//! Serves any [`tower`] service of [`http`] types over HTTP/1.1 and HTTP/2: one worker for each
//! core, every limit on by default, and an end that loses nothing.
//!
//! hyper speaks the protocols. What it leaves to whoever serves is here: connections that are silent
//! or slow, bodies that stop, hosts, too much at a time, the end. It knows nothing of what it serves,
//! so a router of axum is served as well as an app of Kovar.
//!
//! # Example
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use kovar_serve::{Runtime, Server};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let router: Router = Router::new().route("/", get(async || "Hello"));
//! let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
//! let server = Server::bind(&["127.0.0.1:8000".parse()?], Runtime::PerCore, workers)?;
//! server.serve(router)?.join();
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `tls` | no | TLS 1.2 and 1.3, with certificates that are loaded again when they change |

mod connection;
mod entrance;
mod forwarded;
mod frames;
mod handover;
mod host;
mod limits;
mod listen;
mod peer;
mod proxy;
mod refusing;
mod request_body;
mod server;
mod service;
mod stats;
mod stream;
mod taken;
#[cfg(feature = "tls")]
mod tls;
mod trust;
mod watch;
mod worker;

pub use self::forwarded::ForwardedFields;
pub use self::handover::{HandOverError, Kept, MANAGER_RELOADS, MANAGER_SOCKET};
pub use self::host::HostError;
pub use self::limits::Limits;
pub use self::listen::{Address, AddressError};
pub use self::peer::Peer;
pub use self::request_body::RequestBody;
pub use self::server::{Running, Runtime, Server};
pub use self::service::Refusal;
pub use self::stats::WorkerStats;
pub use self::taken::Taken;
#[cfg(feature = "tls")]
pub use self::tls::{Tls, TlsError};
pub use self::trust::{TrustedProxy, TrustedProxyError};
