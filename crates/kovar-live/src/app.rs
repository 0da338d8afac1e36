//! Channels in an app.

use kovar_http::app::App;

use crate::hub::Live;
use crate::sessions;

/// Gives an app its hub.
pub trait WithLive {
    /// The hub of the app's channels: they find it, whoever asks for `Dep<Live>` gets it, and what it counts is among the
    /// app's metrics.
    #[must_use]
    fn live(self, live: Live) -> Self;
}

impl WithLive for App {
    fn live(self, live: Live) -> Self {
        let counted = live.clone();
        self.provide(live).mount(sessions::operations()).add_metrics(move |text| counted.hub().write_metrics(text))
    }
}
