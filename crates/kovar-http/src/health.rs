//! Whether an app can answer: what its parts say when they are asked.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use crate::dependency::{Provider, Providers, Values};
use crate::error::StartError;

/// How long a check may take. Past it, it has failed.
const LONGEST_CHECK: Duration = Duration::from_secs(2);

/// The checks of an app; clones are the same. It has none before the app is built.
#[derive(Clone, Default)]
pub struct Health(Arc<OnceLock<Ready>>);

struct Ready {
    checks: Vec<Check>,
    values: Arc<Values>,
}

/// One check, by its name.
#[derive(Clone)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) run: Provider,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of what was checked.
    pub name: String,
    /// Why it cannot answer; `None` if it can.
    pub failure: Option<String>,
}

impl Health {
    pub(crate) fn begin(
        &self,
        checks: Vec<Check>,
        providers: &Providers,
        values: &Arc<Values>,
    ) -> Result<(), StartError> {
        for check in &checks {
            providers.check_task(&check.run)?;
        }
        let _ = self.0.set(Ready { checks, values: Arc::clone(values) });
        Ok(())
    }

    /// Runs all checks at the same time, each for at most two seconds.
    pub async fn check(&self) -> Vec<Finding> {
        let Some(ready) = self.0.get() else { return Vec::new() };
        join_all(ready.checks.iter().map(|check| check.find(&ready.values))).await
    }
}

impl Check {
    async fn find(&self, values: &Values) -> Finding {
        let run = self.run.run_for_app(values);
        let failure = match tokio::time::timeout(LONGEST_CHECK, AssertUnwindSafe(run).catch_unwind()).await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(cause))) => Some(cause.to_string()),
            Ok(Err(_)) => Some("the check panicked".to_owned()),
            Err(_) => Some(format!("no answer within {LONGEST_CHECK:?}")),
        };
        Finding { name: self.name.clone(), failure }
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("is_ready", &self.0.get().is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::app::App;
    use crate::dependency::Dep;

    struct Pool(bool);

    async fn has_pool(pool: Dep<Pool>) -> Result<(), &'static str> {
        if pool.0 { Ok(()) } else { Err("the pool is empty") }
    }

    async fn found(app: App) -> Vec<Option<String>> {
        let health = app.health();
        assert!(health.check().await.is_empty(), "nothing is checked before the app is built");
        app.build().await.unwrap();
        health.check().await.into_iter().map(|finding| finding.failure).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn each_check_says_what_it_found() {
        let app = |is_full| App::new("a", "1").provide(Pool(is_full)).health_check("pool", has_pool);
        assert_eq!(found(app(true)).await, [None]);
        assert_eq!(found(app(false)).await, [Some("the pool is empty".to_owned())]);
        let stuck = app(true)
            .health_check("stuck", std::future::pending::<Result<(), String>>)
            .health_check("broken", async || -> Result<(), String> { panic!("on purpose") });
        let late = Some("no answer within 2s".to_owned());
        assert_eq!(found(stuck).await, [None, late, Some("the check panicked".to_owned())]);
    }

    #[tokio::test]
    async fn a_check_that_cannot_have_what_it_asks_for_stops_the_start() {
        assert!(App::new("a", "1").health_check("pool", has_pool).build().await.is_err());
    }
}
