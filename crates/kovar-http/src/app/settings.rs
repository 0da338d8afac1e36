//! What an app sets for all of its operations.

use std::time::Duration;

use crate::problem::ErrorFormat;
use crate::router::HeadLimits;

/// What an app sets for all of its operations; each is on by default.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The most bytes of a body. Default: 1 MiB. `None` disables.
    pub body_limit_bytes: Option<usize>,
    /// The most bytes of a multipart body. Default: 16 MiB. `None` disables.
    pub multipart_limit_bytes: Option<usize>,
    /// How long an operation may take. Default: 30 s. `None` disables.
    pub deadline: Option<Duration>,
    /// How problems are written. Default: RFC 9457.
    pub error_format: ErrorFormat,
    /// The most bytes of path and query. Default: 8 KiB. `None` disables.
    pub target_limit_bytes: Option<usize>,
    /// The most bytes of the head. Default: 16 KiB. `None` disables.
    pub head_limit_bytes: Option<usize>,
    /// The most header fields. Default: 100. `None` disables.
    pub field_limit: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_limit_bytes: Some(1024 * 1024),
            multipart_limit_bytes: Some(16 * 1024 * 1024),
            deadline: Some(Duration::from_secs(30)),
            error_format: ErrorFormat::Problem,
            target_limit_bytes: Some(8 * 1024),
            head_limit_bytes: Some(16 * 1024),
            field_limit: Some(100),
        }
    }
}

impl Settings {
    pub(crate) fn head_limits(&self) -> HeadLimits {
        HeadLimits {
            target_bytes: self.target_limit_bytes,
            head_bytes: self.head_limit_bytes,
            fields: self.field_limit,
        }
    }
}
