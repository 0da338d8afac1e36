//! Plain async functions as handlers of operations.

use std::future::Future;
use std::sync::Arc;

use axum::response::Response;
use futures_util::future::BoxFuture;
use kovar_contract::Issue;

use crate::context::RequestContext;
use crate::dependency::Outcome;
use crate::describe::{Argument, Describer};
use crate::extract::{Extract, Phase, Rejection};
use crate::idempotency;
use crate::problem::{ProblemDetails, builtin};
use crate::respond::Respond;

/// An async function whose arguments can be extracted and whose result is a response.
///
/// `Arguments` tells functions of different arguments apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "this function cannot be an operation",
    label = "not an operation",
    note = "an operation is an `async fn` of at most twelve arguments, each an extractor, that returns a response"
)]
pub trait Handler<Arguments>: Send + Sync + 'static {
    /// Says what the documents show.
    fn describe(describer: &mut Describer<'_>, arguments: &[Argument]);

    /// Runs the function for one request.
    fn call(&self, context: &RequestContext) -> impl Future<Output = Response> + Send;
}

/// A handler without its type.
pub(crate) trait ErasedHandler: Send + Sync {
    fn call(self: Arc<Self>, context: Arc<RequestContext>) -> BoxFuture<'static, Response>;
}

pub(crate) struct Erased<H, Arguments> {
    pub(crate) handler: H,
    pub(crate) arguments: std::marker::PhantomData<fn(Arguments)>,
}

impl<H: Handler<Arguments>, Arguments: 'static> ErasedHandler for Erased<H, Arguments> {
    fn call(self: Arc<Self>, context: Arc<RequestContext>) -> BoxFuture<'static, Response> {
        Box::pin(async move {
            let mut response = self.handler.call(&context).await;
            if let Some(trace) = context.asked_trace() {
                response.extensions_mut().insert(trace.clone());
            }
            response
        })
    }
}

const NONE: &Argument = &Argument::NONE;

macro_rules! handler {
    ($($argument:ident $via:ident $value:ident $index:literal),*) => {
        impl<F, Fut, R, $($argument, $via),*> Handler<(R, $(($argument, $via),)*)> for F
        where
            F: Fn($($argument),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = R> + Send,
            R: Respond,
            $($argument: Extract<$via>, $via: 'static,)*
        {
            #[allow(unused_variables)]
            fn describe(describer: &mut Describer<'_>, arguments: &[Argument]) {
                $($argument::describe(describer, arguments.get($index).unwrap_or(NONE));)*
                R::describe(describer);
            }

            #[allow(unused_mut, unused_variables)]
            async fn call(&self, context: &RequestContext) -> Response {
                let (arguments, is_plain) = (context.endpoint().arguments, context.endpoint().is_plain());
                let mut issues = Vec::new();
                $(let mut $value: Option<$argument> = None;)*
                macro_rules! read {
                    ($phase:expr) => {
                        $(
                            if $argument::PHASE == $phase {
                                match $argument::extract(context, arguments.get($index).unwrap_or(NONE)).await {
                                    Ok(extracted) => $value = Some(extracted),
                                    Err(Rejection::Issues(more)) => issues.extend(more),
                                    Err(rejection) => return refuse(rejection, context),
                                }
                            }
                        )*
                    };
                }
                if !is_plain && let Some(refused) = check(context, Phase::Guard, &mut issues).await {
                    return refused;
                }
                read!(Phase::Guard);
                if !is_plain && let Some(refused) = check(context, Phase::Parameters, &mut issues).await {
                    return refused;
                }
                read!(Phase::Parameters);
                read!(Phase::Body);
                if !issues.is_empty() {
                    return refuse(Rejection::Issues(issues), context);
                }
                let mut claim = None;
                if !is_plain {
                    claim = match idempotency::claim(context).await {
                        Ok(claim) => claim,
                        Err(answer) => return answer,
                    };
                    if let Some(refused) = make(context).await {
                        return refused;
                    }
                }
                read!(Phase::Dependency);
                $(
                    let Some($value) = $value else { return refuse(Rejection::Issues(issues), context) };
                )*
                let response = self($($value),*).await.respond(context);
                match claim {
                    None if is_plain => response,
                    None => finish(context, response).await,
                    Some(claim) => claim.finish(context, response).await,
                }
            }
        }
    };
}

handler!();
handler!(A VA a 0);
handler!(A VA a 0, B VB b 1);
handler!(A VA a 0, B VB b 1, C VC c 2);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6, I VI i 7);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6, I VI i 7, J VJ j 8);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6, I VI i 7, J VJ j 8, K VK k 9);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6, I VI i 7, J VJ j 8, K VK k 9, L VL l 10);
handler!(A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, G VG g 5, H VH h 6, I VI i 7, J VJ j 8, K VK k 9, L VL l 10, M VM m 11);

/// Lets the groups' guards and request-scoped providers look at the request. Compiled once for all
/// handlers, as is what follows.
async fn check(context: &RequestContext, phase: Phase, issues: &mut Vec<Issue>) -> Option<Response> {
    let mut collect = |checked| match checked {
        Ok(()) => None,
        Err(Rejection::Issues(more)) => {
            issues.extend(more);
            None
        }
        Err(rejection) => Some(refuse(rejection, context)),
    };
    if let Some(refused) = collect(run_checks(context, phase).await) {
        return Some(refused);
    }
    collect(context.endpoint().plan.check(context, phase).await)
}

async fn run_checks(context: &RequestContext, phase: Phase) -> Result<(), Rejection> {
    let mut issues = Vec::new();
    for check in context.endpoint().checks.iter().filter(|check| check.phase == phase) {
        match (check.run)(context).await {
            Ok(()) => {}
            Err(Rejection::Issues(more)) => issues.extend(more),
            Err(rejection) => return Err(rejection),
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(Rejection::Issues(issues)) }
}

async fn make(context: &RequestContext) -> Option<Response> {
    let mut made = context.endpoint().plan.make(context).await;
    if made.is_ok() {
        made = run_checks(context, Phase::Dependency).await;
    }
    match made {
        Ok(()) => None,
        Err(rejection) => {
            let refused = refuse(rejection, context);
            Some(finish(context, refused).await)
        }
    }
}

/// Values finish before the response is sent; one that cannot takes the place of a success.
async fn finish(context: &RequestContext, response: Response) -> Response {
    let plan = &context.endpoint().plan;
    let is_success = response.status().as_u16() < 400;
    let outcome = if is_success { Outcome::Success } else { Outcome::Failure };
    match plan.finish(context, outcome).await {
        Err(rejection) if is_success => refuse(rejection, context),
        _ => response,
    }
}

#[cold]
pub(crate) fn refuse(rejection: Rejection, context: &RequestContext) -> Response {
    match rejection {
        Rejection::Problem(details) => context.problem(*details),
        Rejection::Response(response) => *response,
        Rejection::Issues(mut issues) if !issues.is_empty() => {
            issues.truncate(kovar_contract::issue::ISSUE_LIMIT);
            context.problem(ProblemDetails::validation(issues))
        }
        Rejection::Issues(_) => context.problem(builtin::INTERNAL.details().log("an argument was not extracted")),
    }
}
