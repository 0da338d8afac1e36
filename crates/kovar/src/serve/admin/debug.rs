//! Tables of what an app is made of: `/debug/routes` and `/debug/settings`.

use std::fmt::Display;
use std::time::Duration;

use kovar_console::{Table, Tables};
use kovar_http::app::Route;
use kovar_serve::Runtime;

use super::Shown;

/// The operations.
pub(super) fn routes(routes: &[Route]) -> Tables {
    let row =
        |route: &Route| vec![route.path.clone(), route.method.to_string(), route.id.clone(), route.summary.clone()];
    let table = Table {
        caption: format!("{} operations, by path", routes.len()),
        columns: vec!["Path", "Method", "Operation", "Summary"],
        rows: routes.iter().map(row).collect(),
    };
    Tables { title: "Operations".to_owned(), tables: vec![table] }
}

/// What is in effect, without secrets.
pub(super) fn settings(shown: &Shown) -> Tables {
    let rows = [started_with(shown), of_the_app(shown), of_the_server(shown)].concat();
    let table = Table {
        caption: "What is in effect, and what sets it".to_owned(),
        columns: vec!["Setting", "Value", "Set by"],
        rows: rows.into_iter().map(|(name, value, by)| vec![name.to_owned(), value, by.to_owned()]).collect(),
    };
    Tables { title: "Settings".to_owned(), tables: vec![table] }
}

/// All limits of the server are set together.
const SERVER: &str = "Program::limits";

type Row = (&'static str, String, &'static str);

fn started_with(shown: &Shown) -> Vec<Row> {
    let settings = &shown.settings;
    let runtime = match settings.runtime {
        Runtime::PerCore => "per-core",
        Runtime::Shared => "shared",
    };
    vec![
        ("app", format!("{} {}", shown.title, shown.version), "App::new"),
        ("requests at", list(&shown.addresses), "--listen"),
        ("admin at", settings.admin.to_string(), "--admin"),
        ("console's names", list(&settings.admin_hosts), "--admin-hosts"),
        ("workers", settings.worker_count().to_string(), "--workers"),
        ("runtime", runtime.to_owned(), "--runtime"),
        (
            "database",
            settings.database.as_ref().map_or_else(|| "the default".to_owned(), ToString::to_string),
            "--database",
        ),
    ]
}

fn of_the_app(shown: &Shown) -> Vec<Row> {
    let app = &shown.app;
    vec![
        ("body", size(app.body_limit_bytes), "App::body_limit"),
        ("multipart body", size(app.multipart_limit_bytes), "App::multipart_limit"),
        ("operation's deadline", time(app.deadline), "App::deadline"),
        ("target", size(app.target_limit_bytes), "App::target_limit"),
        ("head", size(app.head_limit_bytes), "App::head_limit"),
        ("header fields", count(app.field_limit), "App::field_limit"),
    ]
}

fn of_the_server(shown: &Shown) -> Vec<Row> {
    let limits = &shown.limits;
    vec![
        ("requests in flight, each worker", count(limits.in_flight), SERVER),
        ("connections, each worker", count(limits.connections), SERVER),
        ("head arrives within", time(limits.head_timeout), SERVER),
        ("body silent for at most", time(limits.body_idle_timeout), SERVER),
        ("body's bytes a second at least", count(limits.body_bytes_per_second), SERVER),
        ("idle connection", time(limits.keep_alive_timeout), SERVER),
        ("stalled write", time(limits.write_stall_timeout), SERVER),
        ("HTTP/2 streams of a connection", limits.http2_streams.to_string(), SERVER),
        ("HTTP/2 pending resets", limits.http2_pending_resets.to_string(), SERVER),
        ("HTTP/2 header list", size(usize::try_from(limits.http2_header_list_bytes).ok()), SERVER),
        ("HTTP/2 control frames at once", count(limits.http2_control_frames), SERVER),
        ("drain", time(limits.drain_timeout), SERVER),
    ]
}

fn list<T: Display>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn off<T>(limit: Option<T>, write: impl FnOnce(T) -> String) -> String {
    limit.map_or_else(|| "off".to_owned(), write)
}

fn count<T: Display>(limit: Option<T>) -> String {
    off(limit, |limit| limit.to_string())
}

fn time(limit: Option<Duration>) -> String {
    off(limit, |limit| format!("{} s", limit.as_secs_f64()))
}

fn size(limit: Option<usize>) -> String {
    off(limit, |bytes| match bytes {
        bytes if bytes > 0 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes if bytes > 0 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_as_people_say_them() {
        assert_eq!(
            [size(Some(16 << 20)), size(Some(8 << 10)), size(Some(1000)), size(None)],
            ["16 MiB", "8 KiB", "1000 bytes", "off"]
        );
        assert_eq!(time(Some(Duration::from_millis(1500))), "1.5 s");
    }
}
