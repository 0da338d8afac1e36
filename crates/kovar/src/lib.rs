//! Kovar: one typed contract for HTTP, data and documents.
//!
//! A type that is declared once with [`schema`] is parsed, validated, documented and typed on the
//! other side. An async function with [`get`], [`post`] and so on is an operation. An [`App`] of
//! operations is a service, and the program around it is its own tool: it prints its documents,
//! its routes and its clients.
//!
//! # Example
//!
//! ```no_run
//! use kovar::prelude::*;
//!
//! /// A greeting.
//! #[schema]
//! struct Greeting {
//!     text: String,
//! }
//!
//! /// Greet somebody.
//! #[get("/hello/{name}")]
//! async fn hello(Path(name): Path<String>) -> Json<Greeting> {
//!     Json(Greeting { text: format!("Hello, {name}!") })
//! }
//!
//! #[kovar::main]
//! async fn main() -> kovar::Result {
//!     Program::new(App::new("Hello", "1.0.0").mount(operations![hello])).run().await
//! }
//! ```
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `docs-ui` | yes | Swagger UI and Redoc, embedded |
//! | `mimalloc` | yes | `#[kovar::main]` makes mimalloc the program's allocator; off for one of your own |
//! | `data` | no | `Db`, `Tx`, `sql!` and migrations, on SQLite and PostgreSQL |
//! | `live` | no | channels over WebSocket: `Socket`, `Topics`, `Live` |
//! | `live-nats` | no | channels of several nodes, by way of NATS |
//! | `live-redis` | no | channels of several nodes, by way of Redis |
//! | `jwt` | no | JSON Web Tokens |
//! | `jwks-http` | no | JWK sets over HTTPS |
//! | `tls` | no | TLS: `--tls-cert` and `--tls-key` |
//! | `otlp` | no | traces for an OpenTelemetry collector: `OTEL_EXPORTER_OTLP_ENDPOINT` |

pub mod command;
mod environment;
mod log;
#[cfg(feature = "otlp")]
mod otlp;
pub mod program;
#[cfg(test)]
mod running;
mod runtime;
pub mod serve;
pub mod settings;
mod traces;

/// What commands and their arguments are made of: [`Program::command`] takes its types.
#[doc(no_inline)]
pub use clap;
#[doc(inline)]
pub use kovar_contract as contract;
pub use kovar_contract::{
    Base64, Bound, Direction, Email, Hex, Input, Invalid, Issue, Output, Patch, Pattern, Rules, Schema, Secret,
};
#[cfg(feature = "data")]
#[doc(inline)]
pub use kovar_data as data;
#[cfg(feature = "data")]
pub use kovar_data::{migrations, sql};
#[doc(inline)]
pub use kovar_http as http;
pub use kovar_http::app::App;
pub use kovar_http::dependency::{Dep, Outcome, Provider};
pub use kovar_http::group::Group;
pub use kovar_http::operation::Operation;
#[cfg(feature = "live")]
#[doc(inline)]
pub use kovar_live as live;
#[cfg(feature = "live")]
pub use kovar_macros::channel;
pub use kovar_macros::{delete, get, head, main, options, patch, post, problem, put, schema};
/// Who asks: of a request that came over a network, the extractor `axum::Extension<Peer>` has it.
pub use kovar_serve::Peer;

pub use kovar_serve::Limits;

pub use self::program::Program;
pub use self::settings::Settings;

/// Asking an app in the same process, without a socket: its operations, and its channels.
pub mod testing {
    #[doc(inline)]
    pub use kovar_http::testing::*;
    #[cfg(feature = "live")]
    #[doc(inline)]
    pub use kovar_live::testing::*;
}

/// Any error that ends a program.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What `main` returns.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// The allocator of a program: what a crowd of clients needed is given back, which glibc's does not do, and each
/// request costs less.
#[cfg(feature = "mimalloc")]
#[doc(hidden)]
#[macro_export]
macro_rules! __allocator {
    () => {
        #[global_allocator]
        static KOVAR_ALLOCATOR: $crate::__private::MiMalloc = $crate::__private::MiMalloc;
    };
}

/// The allocator of a program: the system's, or its own.
#[cfg(not(feature = "mimalloc"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __allocator {
    () => {};
}

/// A list of operations, by the names of their functions.
///
/// # Example
///
/// ```
/// use kovar::prelude::*;
///
/// #[get("/ping")]
/// async fn ping() -> NoContent {
///     NoContent
/// }
///
/// let app = App::new("Example", "1.0.0").mount(operations![ping]);
/// # assert_eq!(app.routes().len(), 1);
/// ```
#[macro_export]
macro_rules! operations {
    ($($operation:path),* $(,)?) => {
        [$(<$operation as $crate::http::operation::NamedOperation>::operation()),*]
    };
}

/// What most files of an app use.
pub mod prelude {
    pub use jiff::Timestamp;
    #[cfg(feature = "data")]
    pub use kovar_data::{Db, Tx};
    pub use kovar_http::extract::{Body, Cookie, Form, Header, Json, LastEventId, Multipart, Path, Query, Upload};
    pub use kovar_http::problem::InternalError;
    pub use kovar_http::respond::{
        Accepted, Binary, Created, Cursor, Event, EventStream, File, FileRoot, Html, JsonLines, NoContent, Page,
        Redirect, RespondExt as _, SetCookie, Text,
    };
    pub use kovar_http::security::{Authenticated, Has};
    #[cfg(feature = "live")]
    pub use kovar_live::{Live, Socket, Topics, WithLive as _};
    pub use rust_decimal::Decimal;
    pub use url::Url;
    pub use uuid::Uuid;

    #[cfg(feature = "live")]
    pub use crate::channel;
    #[cfg(feature = "data")]
    pub use crate::sql;
    pub use crate::{
        App, Base64, Dep, Email, Group, Hex, Invalid, Patch, Program, Provider, Secret, delete, get, operations, patch,
        post, problem, put, schema,
    };
}

#[doc(hidden)]
pub mod __private {
    pub use kovar_contract as contract;
    pub use kovar_http as http;
    #[cfg(feature = "mimalloc")]
    pub use mimalloc::MiMalloc;
    pub use serde;

    pub use crate::runtime::run_main;
}
