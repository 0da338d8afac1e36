//! Values that operations ask for: app-scoped, made once, or request-scoped, made once a request.
//!
//! What is asked for is known from the signatures, so it is resolved into a plan at start-up: a
//! missing provider or a cycle stops the start with the chain of who asks for whom. FastAPI walks
//! the graph on every request and has no app scope.
//!
//! A request-scoped value may finish with the outcome before the response is sent. A transaction
//! that cannot commit turns the answer into the problem that it is.

mod plan;
mod provider;

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

pub(crate) use self::plan::{Plan, Providers, Step};
pub use self::provider::{AppFunction, FromApp, Provider, RequestFunction, Scope};
use crate::context::{AnyArc, RequestContext};
use crate::describe::{Argument, Describer, Need};
use crate::extract::{Extract, Phase, Rejection};
use crate::problem::builtin;

/// A value that somebody provides: `App::provide`, or a [`Provider`].
///
/// It is shared: all who ask for it in one request (or, app-scoped, in the app) get the same one.
pub struct Dep<T>(Arc<T>);

impl<T> Dep<T> {
    /// Shares a value, to call a handler from a test.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// The value itself, shared.
    pub fn into_arc(self) -> Arc<T> {
        self.0
    }
}

impl<T> Clone for Dep<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Dep<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Dep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> From<Arc<T>> for Dep<T> {
    fn from(value: Arc<T>) -> Self {
        Self(value)
    }
}

/// How a request ended, for values that finish with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With a status below 400.
    Success,
    /// With an error, a panic, or because the client went away.
    Failure,
}

impl Need {
    /// The need for a value of a type.
    pub(crate) fn of<T: 'static>() -> Self {
        Self { type_id: TypeId::of::<T>(), type_name: type_name::<T>() }
    }

    /// How a missing value is provided: the type's own way, where it has one.
    pub(crate) fn remedy(&self) -> &'static str {
        #[cfg(feature = "data")]
        if let Some(remedy) = crate::data::remedy(self.type_id) {
            return remedy;
        }
        "provide it with `App::provide` or a `Provider`"
    }
}

impl<T: Send + Sync + 'static> Extract for Dep<T> {
    const PHASE: Phase = Phase::Dependency;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        describer.need(Need::of::<T>());
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        let value = context.endpoint().plan.value(TypeId::of::<T>(), &context.slots);
        let value = value.and_then(|value| value.downcast::<T>().ok()).map(Self);
        value.ok_or_else(|| {
            let message = format!("`{}` is not in the plan of this operation", type_name::<T>());
            builtin::INTERNAL.details().log(message).into()
        })
    }
}

/// The app-scoped values, by type.
#[derive(Clone, Default)]
pub struct Values(HashMap<TypeId, AnyArc, foldhash::fast::RandomState>);

impl Values {
    /// The value of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.get(&TypeId::of::<T>()).cloned().and_then(|value| value.downcast().ok())
    }

    pub(crate) fn insert(&mut self, type_id: TypeId, value: AnyArc) {
        self.0.insert(type_id, value);
    }

    pub(crate) fn any(&self, type_id: TypeId) -> Option<AnyArc> {
        self.0.get(&type_id).cloned()
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Values({})", self.0.len())
    }
}
