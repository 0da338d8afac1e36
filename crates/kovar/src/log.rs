//! Where the log goes: to standard error, for people in a terminal, as JSON otherwise.
//!
//! A line for each request must not cost a system call for each request, and a terminal or pipe that
//! nobody reads must not stop the workers. So lines are gathered, and a thread of its own writes
//! them ([`writer`]).

mod json_line;
mod writer;

use std::env::VarError;
use std::io::IsTerminal as _;
use std::sync::Arc;

use kovar_http::request_log::RequestLog;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;

use self::json_line::{JsonLine, RequestLines};
use self::writer::Lines;
use crate::traces::Traces;

/// What NATS's client logs at each attempt to reach it is said once by `kovar-live`.
const QUIET: &str = if cfg!(feature = "live-nats") { "async_nats=off," } else { "" };

/// Starts logging, unless the program has done so itself. `RUST_LOG` says how much; default: `info`. Gives who writes
/// the lines of requests, if they need not be events.
pub(crate) fn start(traces: &mut Traces) -> crate::Result<Option<Arc<dyn RequestLog>>> {
    let (filter, lines) = (filter(traces)?, Lines::to(std::io::stderr()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone());
    if std::io::stderr().is_terminal() {
        traces.subscribe(log.finish());
        return Ok(None);
    }
    let is_started = traces.subscribe(log.fmt_fields(JsonFields::new()).event_format(JsonLine).finish());
    Ok(is_started.then(|| Arc::new(RequestLines(lines)) as Arc<dyn RequestLog>))
}

fn filter(traces: &Traces) -> crate::Result<EnvFilter> {
    let wanted = match std::env::var("RUST_LOG") {
        Ok(wanted) if !wanted.is_empty() => wanted,
        Ok(_) | Err(VarError::NotPresent) => "info".to_owned(),
        Err(cause @ VarError::NotUnicode(_)) => return Err(format!("RUST_LOG cannot be read: {cause}").into()),
    };
    let filter = EnvFilter::try_new(traces.let_through(&format!("{QUIET}{wanted}")));
    filter
        .map_err(|cause| format!("RUST_LOG=`{wanted}`: {cause}; write a level, as `info`, or `info,name=debug`").into())
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Waits until everything that was logged is written. The last thing before a program ends.
pub(crate) fn flush() {
    writer::flush_all();
}
