//! An operation that is ready to run: its handler with its plan and its settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::dependency::Plan;
use crate::describe::Argument;
use crate::detached::DetachedTasks;
use crate::group::Check;
use crate::handler::ErasedHandler;
use crate::problem::ErrorFormat;

/// An operation that is ready to run.
pub(crate) struct Endpoint {
    pub(crate) handler: Arc<dyn ErasedHandler>,
    pub(crate) arguments: &'static [Argument],
    /// Its path as it is declared.
    pub(crate) route: Arc<str>,
    pub(crate) path_parameters: Vec<String>,
    /// What its groups require.
    pub(crate) checks: Vec<Check>,
    pub(crate) plan: Plan,
    pub(crate) settings: EndpointSettings,
    /// The limit of bodies, where the operation sets one itself.
    pub(crate) own_body_limit_bytes: Option<usize>,
    pub(crate) tasks: DetachedTasks,
    /// The media types that it answers in, for `Accept`; empty where that is not known.
    pub(crate) produces: Vec<String>,
    /// Its method and path, which with a key is a request of its own.
    #[cfg(feature = "data")]
    pub(crate) operation: String,
    /// Where its statements are counted.
    #[cfg(feature = "data")]
    pub(crate) metrics: crate::metrics::Metrics,
    /// How keys are treated, of an idempotent operation.
    #[cfg(feature = "data")]
    pub(crate) idempotency: Option<crate::idempotency::Idempotency>,
}

/// The settings of one operation: the app's, but for what the operation sets itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointSettings {
    pub(crate) body_limit_bytes: Option<usize>,
    pub(crate) multipart_limit_bytes: Option<usize>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) is_detached: bool,
    #[cfg(feature = "data")]
    pub(crate) is_retried: bool,
    #[cfg(feature = "data")]
    pub(crate) isolation: kovar_data::Isolation,
    pub(crate) error_format: ErrorFormat,
}

impl Endpoint {
    /// Whether nothing looks at its requests but the handler, and no value is made for them.
    pub(crate) fn is_plain(&self) -> bool {
        self.checks.is_empty() && self.plan.slot_count() == 0 && !self.is_idempotent()
    }

    /// Takes notice of the statements that a request ran.
    #[cfg(feature = "data")]
    pub(crate) fn ran(&self, tally: &kovar_data::Tally) {
        self.metrics.ran(&self.operation, tally);
    }

    /// Whether a key makes two requests one.
    pub(crate) fn is_idempotent(&self) -> bool {
        #[cfg(feature = "data")]
        return self.idempotency.is_some();
        #[cfg(not(feature = "data"))]
        false
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("path_parameters", &self.path_parameters).finish_non_exhaustive()
    }
}
