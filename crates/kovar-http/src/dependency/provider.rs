//! How values are made.

use std::any::{TypeId, type_name};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Dep, Outcome, Values};
use crate::context::{AnyArc, RequestContext};
use crate::describe::{Argument, Describer, Need};
use crate::extract::{Extract, Phase, Rejection};
use crate::problem::Problem;

/// How long a value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// From start to end of the app; one for all.
    App,
    /// For one request.
    Request,
}

type BoxError = Box<dyn Error + Send + Sync>;
type Describe = fn(&mut Describer<'_>);
type MakeForApp = Arc<dyn for<'a> Fn(&'a Values) -> BoxFuture<'a, Result<AnyArc, BoxError>> + Send + Sync>;
type MakeForRequest = Arc<dyn for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<AnyArc, Rejection>> + Send + Sync>;
type Check = Arc<dyn for<'a> Fn(&'a RequestContext, Phase) -> BoxFuture<'a, Result<(), Rejection>> + Send + Sync>;
type Finish = Arc<dyn Fn(AnyArc, Outcome) -> BoxFuture<'static, Result<(), Rejection>> + Send + Sync>;

/// How the value of one type is made.
#[derive(Clone)]
pub struct Provider {
    pub(crate) type_id: TypeId,
    pub(crate) type_name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) finish: Option<Finish>,
}

/// How a value is made; only a [`Provider`] holds one.
#[derive(Clone)]
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub enum Kind {
    /// A value that is there.
    Value(AnyArc),
    /// A function that runs once, at start.
    App { needs: fn() -> Vec<Need>, make: MakeForApp },
    /// A function that runs once a request.
    Request { describe: Describe, check: Check, make: MakeForRequest },
}

impl Provider {
    /// Provides a value that is there.
    pub fn value<T: Send + Sync + 'static>(value: T) -> Self {
        Self::new::<T>(Kind::Value(Arc::new(value)))
    }

    /// Provides what an async function returns, which runs once, when the app starts.
    ///
    /// Its arguments are other app-scoped values, as [`Dep`]; its error stops the start.
    pub fn app<Args, F: AppFunction<Args>>(function: F) -> Self {
        Self::new::<F::Value>(function.into_kind())
    }

    /// Provides what an async function returns, which runs once for each request that asks.
    ///
    /// Its arguments are those of an operation, but for the body; its error is a problem.
    pub fn per_request<Args, F: RequestFunction<Args>>(function: F) -> Self {
        Self::new::<F::Value>(function.into_kind())
    }

    /// Runs an async function with the value and the outcome before the response is sent.
    ///
    /// Its error takes the place of the response. It does not run when the handler panics or the
    /// client goes away: then the value is dropped, and must undo on its own what is half done.
    #[must_use]
    pub fn finish<T, P, F, Fut>(mut self, function: F) -> Self
    where
        T: Send + Sync + 'static,
        P: Problem,
        F: Fn(Arc<T>, Outcome) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), P>> + Send + 'static,
    {
        debug_assert_eq!(self.type_id, TypeId::of::<T>(), "a value finishes as what it was provided as");
        self.finish = Some(Arc::new(move |value, outcome| match value.downcast::<T>() {
            Ok(value) => {
                let finished = function(value, outcome);
                Box::pin(async move { finished.await.map_err(|problem| problem.into_details().into()) })
            }
            Err(_) => Box::pin(std::future::ready(Ok(()))),
        }));
        self
    }

    /// How long the value lives.
    pub fn scope(&self) -> Scope {
        match self.kind {
            Kind::Value(_) | Kind::App { .. } => Scope::App,
            Kind::Request { .. } => Scope::Request,
        }
    }

    /// Runs the function of an app-scoped value for what it does, not for its value.
    pub(crate) async fn run_for_app(&self, values: &Values) -> Result<(), BoxError> {
        match &self.kind {
            Kind::App { make, .. } => make(values).await.map(drop),
            Kind::Value(_) | Kind::Request { .. } => Ok(()),
        }
    }

    fn new<T: 'static>(kind: Kind) -> Self {
        Self { type_id: TypeId::of::<T>(), type_name: type_name::<T>(), kind, finish: None }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("of", &self.type_name).field("scope", &self.scope()).finish_non_exhaustive()
    }
}

/// What can be taken from the app-scoped values alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app-scoped value",
    note = "what is made once, at start, can ask only for `Dep<T>` of other app-scoped values; there is no request yet"
)]
pub trait FromApp: Sized + Send {
    /// What is asked for.
    fn needs(needs: &mut Vec<Need>);

    /// Takes it; `None` if it is not there, which the start-up check has ruled out.
    fn from_app(values: &Values) -> Option<Self>;
}

impl<T: Send + Sync + 'static> FromApp for Dep<T> {
    fn needs(needs: &mut Vec<Need>) {
        needs.push(Need::of::<T>());
    }

    fn from_app(values: &Values) -> Option<Self> {
        values.get::<T>().map(Dep::from)
    }
}

impl FromApp for () {
    fn needs(_: &mut Vec<Need>) {}

    fn from_app(_: &Values) -> Option<Self> {
        Some(())
    }
}

macro_rules! from_app_tuple {
    ($(($($part:ident),+);)*) => {$(
        impl<$($part: FromApp),+> FromApp for ($($part,)+) {
            fn needs(needs: &mut Vec<Need>) {
                $($part::needs(needs);)+
            }

            fn from_app(values: &Values) -> Option<Self> {
                Some(($($part::from_app(values)?,)+))
            }
        }
    )*};
}

from_app_tuple! {
    (A);
    (A, B);
    (A, B, C);
    (A, B, C, D);
}

/// An async function that makes an app-scoped value.
#[diagnostic::on_unimplemented(
    message = "this function cannot make an app-scoped value",
    label = "not such a function",
    note = "it is an `async fn` of at most eight `Dep<T>` that returns a `Result`: `async fn connect(settings: Dep<Settings>) -> kovar::Result<Pool>`",
    note = "its error is anything that `?` turns into a boxed error; a value that is there already is provided with `App::provide`"
)]
pub trait AppFunction<Args>: Send + Sync + 'static {
    /// What it makes.
    type Value: Send + Sync + 'static;

    #[doc(hidden)]
    fn into_kind(self) -> Kind;
}

/// An async function that makes a request-scoped value.
#[diagnostic::on_unimplemented(
    message = "this function cannot make a request-scoped value",
    label = "not such a function",
    note = "it is an `async fn` of at most eight arguments of an operation, no body among them, that returns a `Result`: `async fn tenant(Header(fields): Header<TenantFields>) -> Result<Tenant, TenantProblem>`",
    note = "its error is a `#[problem]` enum, or `InternalError` where a failure is nobody's fault but the server's; `kovar::Result` has neither"
)]
pub trait RequestFunction<Args>: Send + Sync + 'static {
    /// What it makes.
    type Value: Send + Sync + 'static;

    #[doc(hidden)]
    fn into_kind(self) -> Kind;
}

macro_rules! functions {
    ($($argument:ident $via:ident),*) => {
        impl<F, Fut, T, E, $($argument),*> AppFunction<(E, $($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<T, E>> + Send,
            T: Send + Sync + 'static,
            E: Into<BoxError>,
            $($argument: FromApp,)*
        {
            type Value = T;

            fn into_kind(self) -> Kind {
                let function = Arc::new(self);
                Kind::App {
                    needs: || {
                        #[allow(unused_mut)]
                        let mut needs = Vec::new();
                        $($argument::needs(&mut needs);)*
                        needs
                    },
                    make: Arc::new(move |values| {
                        let _ = &values;
                        let function = Arc::clone(&function);
                        Box::pin(async move {
                            let made = function($($argument::from_app(values).ok_or("a value is missing")?),*).await;
                            made.map(|value| Arc::new(value) as AnyArc).map_err(Into::into)
                        })
                    }),
                }
            }
        }

        impl<F, Fut, T, P, $($argument, $via),*> RequestFunction<(P, $(($argument, $via),)*)> for F
        where
            F: Fn($($argument),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<T, P>> + Send,
            T: Send + Sync + 'static,
            P: Problem,
            $($argument: Extract<$via> + 'static, $via: 'static,)*
        {
            type Value = T;

            fn into_kind(self) -> Kind {
                $(
                    const {
                        assert!(!matches!($argument::PHASE, Phase::Body), "a provider cannot take the body: the operation reads it");
                    }
                )*
                let function = Arc::new(self);
                Kind::Request {
                    describe: |describer| {
                        $($argument::describe(describer, &Argument::NONE);)*
                        for problem in P::declare(describer.catalog) {
                            describer.declared_problem(problem);
                        }
                    },
                    check: Arc::new(|context, phase| {
                        let _ = (context, phase);
                        Box::pin(async move {
                            #[allow(unused_mut)]
                            let mut issues = Vec::new();
                            $(
                                if $argument::PHASE == phase {
                                    match $argument::extract(context, &Argument::NONE).await {
                                        Ok(_) => {}
                                        Err(Rejection::Issues(more)) => issues.extend(more),
                                        Err(rejection) => return Err(rejection),
                                    }
                                }
                            )*
                            if issues.is_empty() { Ok(()) } else { Err(Rejection::Issues(issues)) }
                        })
                    }),
                    make: Arc::new(move |context| {
                        let _ = &context;
                        let function = Arc::clone(&function);
                        Box::pin(async move {
                            let made = function($($argument::extract(context, &Argument::NONE).await?),*).await;
                            made.map(|value| Arc::new(value) as AnyArc).map_err(|problem| problem.into_details().into())
                        })
                    }),
                }
            }
        }
    };
}

functions!();
functions!(A VA);
functions!(A VA, B VB);
functions!(A VA, B VB, C VC);
functions!(A VA, B VB, C VC, D VD);
functions!(A VA, B VB, C VC, D VD, E1 VE);
functions!(A VA, B VB, C VC, D VD, E1 VE, F1 VF);
functions!(A VA, B VB, C VC, D VD, E1 VE, F1 VF, G VG);
functions!(A VA, B VB, C VC, D VD, E1 VE, F1 VF, G VG, H VH);
