//! Groups: operations with a prefix, tags, guards and layers of their own.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Request;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceBuilder};

use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::extract::{Extract, Phase, Rejection};
use crate::operation::Operation;

/// A service that takes a request and cannot fail.
pub type BoxService = BoxCloneSyncService<Request<Body>, Response, Infallible>;

pub(crate) type BoxLayer = std::sync::Arc<dyn Fn(BoxService) -> BoxService + Send + Sync>;

/// Operations under one prefix.
///
/// # Example
///
/// ```
/// use kovar_http::extract::Json;
/// use kovar_http::group::Group;
/// use kovar_http::operation::Operation;
///
/// async fn version() -> Json<String> {
///     Json("1.0".to_owned())
/// }
///
/// let group = Group::new("/api/v1").tag("meta").mount([Operation::get("/version", version)]);
/// # let _ = group;
/// ```
#[derive(Default)]
pub struct Group {
    prefix: String,
    tags: Vec<Cow<'static, str>>,
    guards: Vec<fn(&mut Describer<'_>)>,
    checks: Vec<Check>,
    layers: Vec<BoxLayer>,
    operations: Vec<Mounted>,
}

/// Operations that can be mounted: any iterator of them, such as what `operations![…]` makes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be mounted",
    label = "not a list of operations",
    note = "functions under `#[get]`, `#[post]` and such are mounted by their names: `.mount(operations![list, create])`",
    note = "an operation that is built by hand is mounted in a list: `.mount([operation])`"
)]
pub trait Operations {
    /// The operations, one by one.
    fn into_operations(self) -> impl Iterator<Item = Operation>;
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item = Operation>> Operations for I {
    fn into_operations(self) -> impl Iterator<Item = Operation> {
        self.into_iter()
    }
}

/// An operation with what its groups put around it, innermost first.
#[derive(Clone)]
pub(crate) struct Mounted {
    pub(crate) operation: Operation,
    pub(crate) checks: Vec<Check>,
    pub(crate) layers: Vec<BoxLayer>,
}

/// A guard of a group: an extractor that is run, in its phase, for what it refuses.
#[derive(Clone)]
pub(crate) struct Check {
    pub(crate) phase: Phase,
    pub(crate) run: for<'a> fn(&'a RequestContext) -> BoxFuture<'a, Result<(), Rejection>>,
}

impl Check {
    fn of<G: Extract>() -> Self {
        const {
            assert!(!matches!(G::PHASE, Phase::Body), "a group cannot require a body: its operations read it");
        }
        Self {
            phase: G::PHASE,
            run: |context| Box::pin(async { G::extract(context, &Argument::NONE).await.map(drop) }),
        }
    }
}

impl Group {
    /// A group whose paths start with a prefix such as `/api/v1`; empty for none.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..Self::default() }
    }

    /// Adds a tag to each operation.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Asks each request for something that the handlers do not need to see: a permission, a header,
    /// a value that somebody provides.
    ///
    /// It is documented with each operation, and refuses as an argument of each would.
    #[must_use]
    pub fn require<G: Extract + 'static>(mut self) -> Self {
        self.guards.push(|describer| G::describe(describer, &Argument::NONE));
        self.checks.push(Check::of::<G>());
        self
    }

    /// Puts a tower layer around each operation of the group. The last one added is the outermost.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxService> + Clone + Send + Sync + 'static,
        L::Service: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Response: axum::response::IntoResponse + 'static,
        <L::Service as Service<Request<Body>>>::Future: Send + 'static,
    {
        self.layers.push(boxed_layer(layer));
        self
    }

    /// Adds operations.
    #[must_use]
    pub fn mount(mut self, operations: impl Operations) -> Self {
        let operations = operations.into_operations();
        let mounted = operations.map(|operation| Mounted { operation, checks: Vec::new(), layers: Vec::new() });
        self.operations.extend(mounted);
        self
    }

    /// Adds a group inside this one.
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        self.operations.extend(group.into_mounted());
        self
    }

    /// The operations of a group that itself adds nothing to them: an app's.
    pub(crate) fn mounted(&self) -> &[Mounted] {
        &self.operations
    }

    /// The operations with all that the group gives them.
    pub(crate) fn into_mounted(self) -> Vec<Mounted> {
        let Self { prefix, tags, guards, checks, layers, operations } = self;
        let wrap = |mut mounted: Mounted| {
            let operation = &mut mounted.operation;
            operation.path = join(&prefix, &operation.path).into();
            operation.about.tags.splice(0..0, tags.iter().cloned());
            operation.guards.extend(&guards);
            mounted.checks.splice(0..0, checks.iter().cloned());
            mounted.layers.extend(layers.iter().cloned());
            mounted
        };
        operations.into_iter().map(wrap).collect()
    }
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group")
            .field("prefix", &self.prefix)
            .field("operations", &self.operations.len())
            .finish_non_exhaustive()
    }
}

/// `/api` and `/items` as `/api/items`; `/` under a prefix is the prefix itself.
fn join(prefix: &str, path: &str) -> String {
    match (prefix.trim_end_matches('/'), path) {
        ("", path) => path.to_owned(),
        (prefix, "/" | "") => prefix.to_owned(),
        (prefix, path) => format!("{prefix}{path}"),
    }
}

pub(crate) fn boxed_layer<L>(layer: L) -> BoxLayer
where
    L: Layer<BoxService> + Clone + Send + Sync + 'static,
    L::Service: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request<Body>>>::Response: axum::response::IntoResponse + 'static,
    <L::Service as Service<Request<Body>>>::Future: Send + 'static,
{
    std::sync::Arc::new(move |service| {
        let layered = ServiceBuilder::new()
            .map_response(axum::response::IntoResponse::into_response)
            .layer(layer.clone())
            .service(service);
        BoxCloneSyncService::new(layered)
    })
}
