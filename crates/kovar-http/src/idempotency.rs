//! Requests that take effect once, however often they are sent.
//!
//! A client that got no answer cannot know whether its request took effect. With an `Idempotency-Key` it sends the
//! request again: whoever has it done answers as the first time, byte for byte, and nothing is done twice
//! (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! The key is claimed in one statement before the operation's values are made, and the answer is written in the
//! operation's own transaction: either both are there or none. A claim has a lease, by the database's clock, and a
//! token that grows with each claim; who lost the lease cannot write an answer any more, and its transaction is undone.

mod store;
mod stored;

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use kovar_contract::shape::{About, Shape};
use kovar_contract::text::TextPlace;
use kovar_data::{Db, Tx};
use sha2::{Digest as _, Sha256};

pub(crate) use self::store::prepare;
use self::store::{Held, Taken};
use self::stored::Stored;
use crate::context::{RequestContext, RunAgain};
use crate::dependency::Outcome;
use crate::describe::{Describer, Need, ParameterDescription};
use crate::extract::Rejection;
use crate::handler::refuse;
use crate::problem::ProblemDetails;
use crate::problem::builtin::{self, OF_IDEMPOTENCY};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How many characters a key has at most.
const LONGEST_KEY: usize = 255;

/// How often a claim is tried when the one before it vanishes meanwhile.
const TRIES: usize = 5;

/// What a lease is longer than its operation may take, for the answer to be written.
const MARGIN: Duration = Duration::from_secs(10);

/// The lease of an operation without a deadline.
const LONGEST_LEASE: Duration = Duration::from_secs(600);

/// Who asks, as far as keys are concerned.
type Caller = Arc<dyn Fn(&RequestContext) -> String + Send + Sync>;

/// How an app's idempotent operations treat keys.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use kovar_http::app::App;
/// use kovar_http::idempotency::Idempotency;
///
/// let app = App::new("Example", "1.0.0").idempotency(Idempotency::new().keep(Duration::from_secs(7 * 24 * 3600)));
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct Idempotency {
    keep: Duration,
    lease: Option<Duration>,
    is_required: bool,
    caller: Caller,
}

impl Default for Idempotency {
    fn default() -> Self {
        Self::new()
    }
}

impl Idempotency {
    /// Keys are kept for a day, are the caller's own, and may be left out.
    pub fn new() -> Self {
        Self { keep: Duration::from_secs(24 * 3600), lease: None, is_required: false, caller: Arc::new(credentials) }
    }

    /// How long an answer is kept; after that, the same key is a new request. Default: 24 hours.
    #[must_use]
    pub fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// How long a process that has claimed a key may take; after that, another may. Default: the operation's deadline
    /// and 10 s.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = Some(lease);
        self
    }

    /// Refuses requests without a key, with a 400. Default: they are carried out as any other.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Who asks: keys of different callers are different. Default: whoever has the same `Authorization`. Where that
    /// changes between two tries, as a token that is renewed does, say here what stays the same, such as a tenant.
    #[must_use]
    pub fn by(mut self, caller: impl Fn(&RequestContext) -> String + Send + Sync + 'static) -> Self {
        self.caller = Arc::new(caller);
        self
    }
}

impl std::fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idempotency").field("keep", &self.keep).field("lease", &self.lease).finish_non_exhaustive()
    }
}

fn credentials(context: &RequestContext) -> String {
    let authorization = context.headers().get(http::header::AUTHORIZATION);
    authorization.map(|value| hex(&Sha256::digest(value.as_bytes()))).unwrap_or_default()
}

/// Says in the documents what an idempotent operation takes, and what it may answer.
pub(crate) fn describe(describer: &mut Describer<'_>, settings: &Idempotency) {
    let hours = settings.keep.as_secs().div_ceil(3600);
    let about = About::new().description(format!(
        "The same for each try of one request, such as a UUID, and another for the next. The answer to it is kept for \
         {hours} hours; until then the same request with the same key gets the same answer, and nothing is done twice."
    ));
    describer.parameter(ParameterDescription {
        place: TextPlace::Header,
        name: "Idempotency-Key".into(),
        shape: Shape::text(),
        is_required: settings.is_required,
        default: None,
        is_comma_separated: false,
        about,
    });
    for problem in OF_IDEMPOTENCY {
        describer.problem(problem);
    }
    describer.header("Idempotency-Replayed", "`true` where the request was carried out before, and this is its answer");
    describer.app_need(Need::of::<Db>());
    if describer.signature.bodies.iter().any(|body| body.media_type.starts_with("multipart/")) {
        describer.mistake("an idempotent operation takes no multipart body: it would have to be kept to be compared");
    }
    let contents = describer.signature.responses.values().flat_map(|response| &response.contents);
    if contents.into_iter().any(|content| content.is_sequence) {
        describer.mistake("the answer of an idempotent operation is kept, which a stream cannot be");
    }
}

/// The right to carry out the request of a key. Dropped, it is given back.
pub(crate) struct Claim {
    db: Arc<Db>,
    held: Option<Held>,
}

/// Claims the key of a request whose arguments are read. `None` if it has none and needs none.
pub(crate) async fn claim(context: &RequestContext) -> Result<Option<Claim>, Response> {
    let Some(settings) = &context.endpoint().idempotency else { return Ok(None) };
    match try_claim(context, settings).await {
        Ok(Claimed::Unkeyed) => Ok(None),
        Ok(Claimed::Mine(claim)) => Ok(Some(claim)),
        Ok(Claimed::Done(stored)) => Err(stored.replay()),
        Err(rejection) => Err(refuse(rejection, context)),
    }
}

enum Claimed {
    Unkeyed,
    Mine(Claim),
    Done(Stored),
}

async fn try_claim(context: &RequestContext, settings: &Idempotency) -> Result<Claimed, Rejection> {
    let Some(key) = key(context)? else {
        return match settings.is_required {
            true => Err(builtin::KEY_MISSING.details().into()),
            false => Ok(Claimed::Unkeyed),
        };
    };
    // Without the store nobody knows whether it was done before, so it is not done.
    let db = context.values().get::<Db>().ok_or_else(|| unavailable("there is no database"))?;
    let endpoint = context.endpoint();
    let scope = digest([endpoint.operation.as_bytes(), (settings.caller)(context).as_bytes()]);
    let target = context.uri().path_and_query().map_or("", |target| target.as_str());
    let fingerprint = digest([context.method().as_str().as_bytes(), target.as_bytes(), context.body_digest()]);
    let deadline = endpoint.settings.deadline.map(|deadline| deadline + MARGIN);
    let lease = settings.lease.or(deadline).unwrap_or(LONGEST_LEASE);
    for _ in 0..TRIES {
        let taken = store::take(&db, &scope, &key, &fingerprint, lease, settings.keep).await;
        match taken.map_err(unavailable)? {
            Taken::Mine(held) => return Ok(Claimed::Mine(Claim { db, held: Some(held) })),
            Taken::Vanished => {}
            Taken::OtherRequest => return Err(builtin::KEY_REUSED.details().into()),
            Taken::InFlight { seconds } => {
                let seconds = HeaderValue::from(seconds.max(1));
                return Err(builtin::KEY_IN_FLIGHT.details().header(http::header::RETRY_AFTER, seconds).into());
            }
            Taken::Done(stored) => return Ok(Claimed::Done(stored)),
        }
    }
    Err(unavailable("its key is claimed and let go again and again").into())
}

fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ProblemDetails {
    builtin::UNAVAILABLE.details().header(http::header::RETRY_AFTER, HeaderValue::from_static("1")).log(cause)
}

/// The key: a string of a structured field (RFC 9651 §3.3.3), or the same without its quotes.
fn key(context: &RequestContext) -> Result<Option<String>, Rejection> {
    let mut values = context.headers().get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_key = (1..=LONGEST_KEY).contains(&key.len())
        && key.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte));
    match is_key && values.next().is_none() {
        true => Ok(Some(key.to_owned())),
        false => Err(builtin::KEY_INVALID.details().into()),
    }
}

impl Claim {
    /// Ends what the operation began, and keeps its answer with it.
    pub(crate) async fn finish(mut self, context: &RequestContext, response: Response) -> Response {
        if RunAgain::is_for(&response) {
            let _ = context.endpoint().plan.finish(context, Outcome::Failure).await;
            return self.given_back(response).await;
        }
        let stored = match Stored::of(response).await {
            Ok(stored) => stored,
            Err(why) => {
                let _ = context.endpoint().plan.finish(context, Outcome::Failure).await;
                return context.problem(builtin::INTERNAL.details().log(why));
            }
        };
        let outcome = match stored.status() {
            ..400 => self.succeed(context, &stored).await,
            400..500 => self.decline(context, &stored).await,
            // Nothing has happened, so the next try is a first one.
            _ => {
                let _ = context.endpoint().plan.finish(context, Outcome::Failure).await;
                Ok(())
            }
        };
        match outcome {
            Ok(()) => stored.into_response(),
            Err(rejection) => match refuse(rejection, context) {
                response if RunAgain::is_for(&response) => self.given_back(response).await,
                response => response,
            },
        }
    }

    /// Lets go of the key, so that the same request can claim it when it runs again.
    async fn given_back(mut self, response: Response) -> Response {
        if let Some(held) = self.held.take() {
            held.release(&self.db).await;
        }
        response
    }

    /// What was done and its answer are there together.
    async fn succeed(&mut self, context: &RequestContext, stored: &Stored) -> Result<(), Rejection> {
        let (plan, held) = (&context.endpoint().plan, self.held.as_ref());
        let Some(held) = held else { return Ok(()) };
        match context.value_of_request::<Tx>() {
            Some(tx) => {
                let kept = held.complete_in(&tx, stored).await;
                if let Err(cause) = kept {
                    let _ = plan.finish(context, Outcome::Failure).await;
                    return Err(unavailable(cause).into());
                }
                plan.finish(context, Outcome::Success).await?;
            }
            None => {
                plan.finish(context, Outcome::Success).await?;
                let kept = held.complete(&self.db, stored).await;
                // It was done, and nothing undoes it: the key stays claimed until its lease ends.
                self.held = None;
                return kept.map_err(|cause| unavailable(cause).into());
            }
        }
        self.held = None;
        Ok(())
    }

    /// Nothing was done, and that is the answer.
    async fn decline(&mut self, context: &RequestContext, stored: &Stored) -> Result<(), Rejection> {
        let _ = context.endpoint().plan.finish(context, Outcome::Failure).await;
        if let Some(held) = &self.held {
            held.complete(&self.db, stored).await.map_err(unavailable)?;
        }
        self.held = None;
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let (Some(held), db) = (self.held.take(), Arc::clone(&self.db)) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // What cannot be given back is when its lease ends.
            runtime.spawn(async move { held.release(&db).await });
        }
    }
}

/// A digest of several texts, of which none can be taken for a part of its neighbour.
fn digest<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a method can be idempotent by a key: the others are by themselves (RFC 9110 §9.2.2).
pub(crate) fn is_for(method: &Method) -> bool {
    [Method::POST, Method::PATCH, Method::PUT, Method::DELETE].contains(method)
}
