//! The values of an app, for whoever shows or serves it.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::dependency::Values;

/// The app-scoped values of an app; clones are the same. There are none before the app is built.
#[derive(Clone, Default)]
pub struct AppValues(Arc<OnceLock<Arc<Values>>>);

impl AppValues {
    /// From now on there are some.
    pub(super) fn begin(&self, values: Arc<Values>) {
        let _ = self.0.set(values);
    }

    /// The value of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.get()?.get()
    }
}

impl fmt::Debug for AppValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AppValues").field(&self.0.get()).finish()
    }
}
