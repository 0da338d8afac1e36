//! Traces for an OpenTelemetry collector, by OTLP over HTTP.
//!
//! What is exported, and where to, is for the environment to say, in OpenTelemetry's own words
//! (`OTEL_…`). Spans wait in a bounded queue for a thread of their own; no request waits for a
//! collector. `reqwest`, which the exporter would take by default, is not used: it brings a second
//! HTTP client where hyper's is enough ([`client`]).

mod client;
mod environment;
mod report;
mod request;

use std::sync::Arc;
use std::time::Duration;

use kovar_http::trace::Tracer;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

use self::client::Client;
use self::report::Reported;
use self::request::Requests;

/// How long the end of the program waits for spans that are not sent yet.
const LONGEST_FLUSH: Duration = Duration::from_secs(5);

/// The name under which the spans say who made them.
const SCOPE: &str = "kovar";

/// Sends spans to a collector.
pub(crate) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// The exporter that the environment asks for; `None` if it names no collector.
    ///
    /// # Errors
    ///
    /// When it asks for what there is not.
    pub(crate) fn from_environment(program: &str, version: &str) -> crate::Result<Option<Self>> {
        if !environment::wants_traces()? {
            return Ok(None);
        }
        let client = Client::new(environment::timeout())?;
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|cause| format!("traces cannot be exported: {cause}"))?;
        let provider = SdkTracerProvider::builder().with_resource(resource(program, version));
        Ok(Some(Self(provider.with_batch_exporter(Reported::new(exporter)).build())))
    }

    /// What sees the program's spans.
    pub(crate) fn layer<S>(&self) -> OpenTelemetryLayer<S, opentelemetry_sdk::trace::SdkTracer>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer(SCOPE));
        layer.with_threads(false).with_tracked_inactivity(false).with_location(false).with_target(false)
    }

    /// What makes a span of each request.
    #[expect(clippy::unused_self, reason = "without an exporter, nobody would see the spans")]
    pub(crate) fn tracer(&self) -> Arc<dyn Tracer> {
        Arc::new(Requests)
    }

    /// Sends what is not sent yet. A collector that is away takes five seconds at most.
    pub(crate) async fn finish(self) {
        let finished = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LONGEST_FLUSH)).await;
        if !matches!(finished, Ok(Ok(()))) {
            tracing::warn!("the last spans were not exported: the collector did not take them in time");
        }
    }
}

/// Who the spans are from. The environment's name wins over the program's.
fn resource(program: &str, version: &str) -> Resource {
    let detected = Resource::builder().build();
    let has = |key: &'static str| detected.get(&key.into()).filter(|value| !value.as_str().starts_with("unknown"));
    let mut own = Vec::new();
    if has("service.name").is_none() {
        own.push(KeyValue::new("service.name", program.to_owned()));
    }
    if has("service.version").is_none() {
        own.push(KeyValue::new("service.version", version.to_owned()));
    }
    Resource::builder().with_attributes(own).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_from_the_program_unless_the_environment_says_otherwise() {
        let resource = resource("shop", "1.2.3");
        let of = |key: &'static str| resource.get(&key.into()).map(|value| value.to_string());
        assert_eq!((of("service.name"), of("service.version")), (Some("shop".to_owned()), Some("1.2.3".to_owned())));
    }
}
