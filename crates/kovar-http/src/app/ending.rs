//! What an app still does when its last request is answered.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dependency::{Provider, Values};

/// What an app still has to do; clones are the same.
#[derive(Clone, Default)]
pub struct Ending(Arc<Mutex<Option<Begun>>>);

struct Begun {
    functions: Vec<Provider>,
    values: Arc<Values>,
}

impl Ending {
    /// From now on there is something to end.
    pub(super) fn begin(&self, functions: Vec<Provider>, values: Arc<Values>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Begun { functions, values });
    }

    /// Runs the functions of [`App::on_stop`](super::App::on_stop), the last one first, once. An error is logged, and
    /// keeps none of the others from running.
    pub async fn run(&self) {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Begun { functions, values }) = begun else { return };
        for function in functions.iter().rev() {
            if let Err(cause) = function.run_for_app(&values).await {
                tracing::error!(%cause, "something at the end of the app failed");
            }
        }
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ending")
    }
}
