//! Channels in an app.

#[cfg(feature = "database")]
use kovar_data::Db;
use kovar_http::app::App;
#[cfg(feature = "database")]
use kovar_http::dependency::Dep;

use crate::hub::Live;
use crate::sessions;

/// Gives an app its hub.
pub trait WithLive {
    /// The hub of the app's channels: they find it, whoever asks for `Dep<Live>` gets it, and what it counts is among the
    /// app's metrics.
    #[must_use]
    fn live(self, live: Live) -> Self;
}

/// Keeps topics in the app's database.
#[cfg(feature = "database")]
async fn keep(live: Dep<Live>, db: Dep<Db>) -> Result<(), kovar_data::Error> {
    live.keep_in(&db).await
}

impl WithLive for App {
    fn live(self, live: Live) -> Self {
        let counted = live.clone();
        #[cfg(feature = "database")]
        let app = match live.is_durable() {
            true => self.on_start(keep),
            false => self,
        };
        #[cfg(not(feature = "database"))]
        let app = self;
        app.provide(live).mount(sessions::operations()).add_metrics(move |text| counted.hub().write_metrics(text))
    }
}
