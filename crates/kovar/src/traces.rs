//! Whether the spans of requests are exported, so that the rest of the program need not know whether it can.

use kovar_http::app::App;
use tracing::Subscriber;
use tracing_subscriber::registry::LookupSpan;

#[cfg(feature = "otlp")]
use crate::otlp::Exporter;

/// The target of the spans that requests are.
#[cfg(feature = "otlp")]
pub(crate) const TARGET: &str = "kovar::trace";

/// The export of traces, if there is one.
#[derive(Default)]
pub(crate) struct Traces {
    #[cfg(feature = "otlp")]
    exporter: Option<Exporter>,
}

impl Traces {
    /// What the environment asks for: nothing, unless it names a collector.
    pub(crate) fn from_environment(app: &App, program: &str) -> crate::Result<Self> {
        #[cfg(feature = "otlp")]
        return Ok(Self { exporter: Exporter::from_environment(program, app.version())? });
        #[cfg(not(feature = "otlp"))]
        {
            let _ = (app, program);
            Ok(Self::default())
        }
    }

    /// The directives of a log's filter, with one for the spans that are exported. It comes first, so that whoever
    /// names their target wins.
    pub(crate) fn let_through(&self, directives: &str) -> String {
        #[cfg(feature = "otlp")]
        if self.exporter.is_some() {
            return format!("{TARGET}=info,{directives}");
        }
        directives.to_owned()
    }

    /// Makes this log the program's, unless that has one of its own, and lets the exporter see the spans, too. Says
    /// whether it is.
    pub(crate) fn subscribe<S>(&mut self, log: S) -> bool
    where
        S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync + 'static,
    {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = &self.exporter {
            use tracing_subscriber::layer::SubscriberExt as _;
            if tracing::subscriber::set_global_default(log.with(exporter.layer())).is_err() {
                tracing::warn!(
                    "traces are not exported: the program has a log of its own, which does not pass them on"
                );
                self.exporter = None;
                return false;
            }
            return true;
        }
        tracing::subscriber::set_global_default(log).is_ok()
    }

    /// The app, whose requests are followed.
    pub(crate) fn of(&self, app: App) -> App {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = &self.exporter {
            return app.tracer(exporter.tracer());
        }
        app
    }

    /// Sends what is not sent yet, for a bounded time.
    pub(crate) async fn finish(self) {
        #[cfg(feature = "otlp")]
        if let Some(exporter) = self.exporter {
            exporter.finish().await;
        }
    }
}

#[cfg(test)]
mod tests;
