//! What OpenTelemetry's variables ask for, as far as the exporter does not read them itself.
//!
//! The exporter takes a wrong endpoint and a protocol that it does not speak without a word, so
//! both are looked at here: an app that was told to export traces must not start without.

use std::time::Duration;

use http::Uri;

/// OpenTelemetry's default for `OTEL_EXPORTER_OTLP_TIMEOUT`.
const TIMEOUT: Duration = Duration::from_secs(10);

const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];

/// Whether a collector is named, and no other variable turns traces off.
pub(super) fn wants_traces() -> Result<bool, String> {
    wants_traces_by(&variable)
}

/// How long one export may take.
pub(super) fn timeout() -> Duration {
    timeout_by(&variable)
}

/// An empty variable counts as one that is not set.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The first of these that is set.
fn first(names: [&'static str; 2], variable: &dyn Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| Some((name, variable(name)?)))
}

fn wants_traces_by(variable: &dyn Fn(&str) -> Option<String>) -> Result<bool, String> {
    let is = |name, wanted: &str| variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted));
    let Some((name, endpoint)) = first(ENDPOINTS, variable) else { return Ok(false) };
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return Ok(false);
    }
    check_endpoint(name, &endpoint)?;
    match first(PROTOCOLS, variable) {
        Some((name, protocol)) if protocol != "http/protobuf" => Err(format!(
            "{name}=`{protocol}` is not spoken here: set http/protobuf, and the collector's port for it, which is mostly 4318"
        )),
        _ => Ok(true),
    }
}

fn check_endpoint(name: &str, endpoint: &str) -> Result<(), String> {
    let is_url = endpoint.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    // What is wrong with it may be a password.
    if is_url { Ok(()) } else { Err(format!("{name} is no URL: write it as http://127.0.0.1:4318")) }
}

fn timeout_by(variable: &dyn Fn(&str) -> Option<String>) -> Duration {
    let milliseconds = first(TIMEOUTS, variable).and_then(|(_, value)| value.trim().parse().ok());
    milliseconds.map_or(TIMEOUT, Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'e>(set: &'e [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'e {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    #[test]
    fn traces_are_wanted_where_a_collector_is_named() {
        for (set, expected) in [
            (&[][..], false),
            (&[COLLECTOR], true),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector.example/v1/traces")], true),
            (&[COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")], true),
            (&[COLLECTOR, ("OTEL_SDK_DISABLED", "TRUE")], false),
            (&[COLLECTOR, ("OTEL_SDK_DISABLED", "false")], true),
            (&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "none")], false),
            (&[COLLECTOR, ("OTEL_TRACES_EXPORTER", "otlp")], true),
        ] {
            assert_eq!(wants_traces_by(&of(set)), Ok(expected), "{set:?}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (set, expected) in [
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318")][..], "OTEL_EXPORTER_OTLP_ENDPOINT is no URL"),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://host")], "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no URL"),
            (&[COLLECTOR, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], "OTEL_EXPORTER_OTLP_PROTOCOL=`grpc`"),
        ] {
            let refused = wants_traces_by(&of(set)).unwrap_err();
            assert!(refused.starts_with(expected), "{refused}");
        }
        let secret = wants_traces_by(&of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "ada:s3cret@host")])).unwrap_err();
        assert!(!secret.contains("s3cret"), "{secret}");
    }

    #[test]
    fn an_export_has_its_time() {
        let timeouts = [("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1500")];
        assert_eq!(timeout_by(&of(&timeouts)), Duration::from_millis(1500));
        assert_eq!(timeout_by(&of(&timeouts[..1])), Duration::from_millis(2500));
        assert_eq!(timeout_by(&of(&[])), Duration::from_secs(10));
    }
}
