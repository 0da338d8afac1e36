//! Operations: typed endpoints with what documents say of them.

#[doc(hidden)]
pub mod check;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use crate::describe::{Argument, Describer};
use crate::handler::{Erased, ErasedHandler, Handler};

/// One typed HTTP endpoint. `#[get]`, `#[post]` and so on write it from a function.
///
/// # Example
///
/// ```
/// use kovar_http::extract::Json;
/// use kovar_http::operation::Operation;
///
/// async fn version() -> Json<String> {
///     Json("1.0".to_owned())
/// }
///
/// let operation = Operation::get("/version", version).id("version").summary("Which version runs");
/// # let _ = operation;
/// ```
#[derive(Clone)]
pub struct Operation {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) handler: Arc<dyn ErasedHandler>,
    pub(crate) describe: fn(&mut Describer<'_>, &[Argument]),
    /// What layers and groups ask for on top of the handler.
    pub(crate) guards: Vec<fn(&mut Describer<'_>)>,
    pub(crate) arguments: &'static [Argument],
    pub(crate) about: OperationAbout,
    pub(crate) limits: OperationLimits,
}

/// What people read about an operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct OperationAbout {
    pub(crate) id: Option<Cow<'static, str>>,
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) tags: Vec<Cow<'static, str>>,
    pub(crate) is_deprecated: bool,
    pub(crate) is_hidden: bool,
    pub(crate) callbacks: Vec<Callback>,
}

/// A request that the app sends back: its name, the expression of its address, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) operation: Operation,
}

/// What an operation sets apart from its app.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OperationLimits {
    pub(crate) body_limit_bytes: Option<Option<usize>>,
    pub(crate) deadline: Option<Option<Duration>>,
    pub(crate) is_detached: bool,
    #[cfg(feature = "data")]
    pub(crate) is_idempotent: bool,
    #[cfg(feature = "data")]
    pub(crate) is_retried: bool,
    #[cfg(feature = "data")]
    pub(crate) isolation: kovar_data::Isolation,
}

macro_rules! methods {
    ($($method:ident $constant:ident)*) => {$(
        #[doc = concat!("An operation of the method `", stringify!($constant), "`.")]
        pub fn $method<Arguments: 'static>(path: impl Into<Cow<'static, str>>, handler: impl Handler<Arguments>) -> Self {
            Self::new(Method::$constant, path, handler)
        }
    )*};
}

impl Operation {
    methods!(get GET post POST put PUT patch PATCH delete DELETE);

    /// An operation of any method. Parameters stand in the path as `{name}`, the rest of a path as `{*name}`.
    pub fn new<Arguments: 'static, H: Handler<Arguments>>(
        method: Method,
        path: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Self {
        Self {
            method,
            path: path.into(),
            handler: Arc::new(Erased { handler, arguments: PhantomData }),
            describe: H::describe,
            guards: Vec::new(),
            arguments: &[],
            about: OperationAbout::default(),
            limits: OperationLimits::default(),
        }
    }

    /// The names and rules of the arguments, in the order of the signature.
    #[must_use]
    pub fn arguments(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    /// The `operationId`: the name in generated clients.
    #[must_use]
    pub fn id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.about.id = Some(id.into());
        self
    }

    /// What it does, in a line.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.about.summary = Some(summary.into());
        self
    }

    /// What it does, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.about.description = Some(description.into());
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.about.tags.push(tag.into());
        self
    }

    /// It should no longer be used.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.about.is_deprecated = true;
        self
    }

    /// Leaves the operation out of the documents. It is enforced all the same.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.about.is_hidden = true;
        self
    }

    /// Documents a request that the app sends to `address`, an expression of OpenAPI such as
    /// `{$request.body#/callback_url}`.
    #[must_use]
    pub fn callback(mut self, name: &'static str, address: &'static str, operation: Operation) -> Self {
        self.about.callbacks.push(Callback { name, address, operation });
        self
    }

    /// The most bytes of a body. Default: the app's, 1 MiB. `None` disables.
    #[must_use]
    pub fn body_limit(mut self, bytes: Option<usize>) -> Self {
        self.limits.body_limit_bytes = Some(bytes);
        self
    }

    /// How long the operation may take. Default: the app's, 30 s. `None` disables.
    #[must_use]
    pub fn deadline(mut self, deadline: Option<Duration>) -> Self {
        self.limits.deadline = Some(deadline);
        self
    }

    /// Runs to its end, or its deadline, even if the client goes away: for work that must not stop
    /// half way and is no transaction. Default: a client that goes takes the work with it.
    ///
    /// It runs on the runtime that built the app, and a program that drains waits for it.
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.limits.is_detached = true;
        self
    }

    /// Takes effect once for each `Idempotency-Key`, however often a request is sent, and answers each time as the first
    /// time. It needs a database, and what it does is in its `Tx`.
    ///
    /// What is done outside of a transaction is done again if the process ends between it and its answer: pass the key
    /// on to whoever does it.
    #[cfg(feature = "data")]
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.limits.is_idempotent = true;
        self
    }

    /// Runs again, up to five times in all and within the deadline, when its transaction ran into another one
    /// ([`Error::is_conflict`](kovar_data::Error::is_conflict)), instead of answering 503. The whole operation runs again, so
    /// what it does outside of its `Tx` it does again.
    ///
    /// Its body is kept while it is read. One that was not read to its end, or is longer than 1 MiB, cannot be read again:
    /// then the answer is the 503.
    #[cfg(feature = "data")]
    #[must_use]
    pub fn retried(mut self) -> Self {
        self.limits.is_retried = true;
        self
    }

    /// How strictly its `Tx` is kept apart from others. Default: read committed.
    #[cfg(feature = "data")]
    #[must_use]
    pub fn isolation(mut self, isolation: kovar_data::Isolation) -> Self {
        self.limits.isolation = isolation;
        self
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operation({} {})", self.method, self.path)
    }
}

/// A type that stands for an operation: what the macros make beside the function, under its name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an operation",
    note = "put `#[get(\"/path\")]`, `#[post(\"/path\")]` or such on the function"
)]
pub trait NamedOperation {
    /// The operation.
    fn operation() -> Operation;
}

/// What [`names_in_path`] finds.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum PathNames {
    Known,
    NoObject,
    UnknownField,
}

/// Whether an object's fields are all parameters of a path; for the macros, at compile time.
#[doc(hidden)]
pub const fn names_in_path(fields: Option<&[&str]>, path: &[&str]) -> PathNames {
    let Some(fields) = fields else { return PathNames::NoObject };
    let mut index = 0;
    while index < fields.len() {
        if !contains(path, fields[index]) {
            return PathNames::UnknownField;
        }
        index += 1;
    }
    PathNames::Known
}

const fn contains(names: &[&str], wanted: &str) -> bool {
    let mut index = 0;
    while index < names.len() {
        if is_equal(names[index].as_bytes(), wanted.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}
