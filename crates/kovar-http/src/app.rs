//! Apps: operations, values and settings, put together and checked before the first request.

mod build;
mod ending;
mod layers;
mod service;
mod settings;
mod values;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kovar_contract::json::Value;

pub(crate) use self::build::path_parameters;
pub use self::ending::Ending;
pub use self::service::{AppFuture, AppService};
pub use self::settings::Settings;
pub use self::values::AppValues;
use crate::dependency::{AppFunction, Provider, Providers};
use crate::detached::DetachedTasks;
use crate::documents::pages::PagesConfig;
use crate::documents::{Contact, Info, License, Server, Tag};
use crate::error::StartError;
pub use crate::group::BoxService;
use crate::group::{Group, Operations};
use crate::health::{Check, Health};
use crate::layers::Layers;
use crate::metrics::{Metrics, Text};
use crate::operation::Operation;
use crate::problem::ErrorFormat;
use crate::request_log::RequestLog;
use crate::trace::Tracer;

/// An app: what it offers, what it needs, and how it behaves.
///
/// # Example
///
/// ```
/// use kovar_http::app::App;
/// use kovar_http::extract::Json;
/// use kovar_http::operation::Operation;
///
/// async fn version() -> Json<String> {
///     Json("1.0".to_owned())
/// }
///
/// let app = App::new("Example", "1.0.0").mount([Operation::get("/version", version).id("version")]);
/// let document = app.openapi().expect("the app is sound");
/// assert!(document.pointer("/paths/~1version/get").is_some());
/// ```
#[derive(Default)]
pub struct App {
    info: Info,
    providers: Providers,
    on_start: Vec<Provider>,
    on_stop: Vec<Provider>,
    ending: Ending,
    root: Group,
    webhooks: Vec<Operation>,
    mounted: Vec<(String, axum::Router)>,
    layers: Layers,
    settings: Settings,
    pages: PagesConfig,
    metrics: Metrics,
    checks: Vec<Check>,
    health: Health,
    values: AppValues,
    tasks: DetachedTasks,
    tracer: Option<Arc<dyn Tracer>>,
    request_log: Option<Arc<dyn RequestLog>>,
    #[cfg(feature = "data")]
    idempotency: crate::idempotency::Idempotency,
}

impl App {
    /// An app with a name and the version of its API.
    pub fn new(title: impl Into<Cow<'static, str>>, version: impl Into<Cow<'static, str>>) -> Self {
        let info = Info { title: title.into(), version: version.into(), ..Info::default() };
        Self { info, ..Self::default() }
    }

    /// More about the app, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.info.description = Some(description.into());
        self
    }

    /// A line about the app.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.info.summary = Some(summary.into());
        self
    }

    /// Where the terms of service are.
    #[must_use]
    pub fn terms_of_service(mut self, url: impl Into<Cow<'static, str>>) -> Self {
        self.info.terms_of_service = Some(url.into());
        self
    }

    /// Who answers for the app.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.info.contact = Some(contact);
        self
    }

    /// Under which license the API is.
    #[must_use]
    pub fn license(mut self, license: License) -> Self {
        self.info.license = Some(license);
        self
    }

    /// Adds an address at which the app runs. Default: where the document is.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.info.servers.push(server);
        self
    }

    /// What people read about a tag.
    #[must_use]
    pub fn tag(mut self, name: impl Into<Cow<'static, str>>, description: impl Into<Cow<'static, str>>) -> Self {
        self.info.tags.push(Tag { name: name.into(), description: description.into() });
        self
    }

    /// Provides a value to all operations that ask for a `Dep` of its type.
    ///
    /// What is provided later takes the place of what was provided before, so a test overrides any value.
    #[must_use]
    pub fn provide<T: Send + Sync + 'static>(self, value: T) -> Self {
        self.provider(Provider::value(value))
    }

    /// Provides a value by a function: once for the app, or once for each request.
    #[must_use]
    pub fn provider(mut self, provider: Provider) -> Self {
        self.providers.insert(provider);
        self
    }

    /// Runs an async function of app-scoped values when the app is built, before the first request.
    ///
    /// Its error stops the start.
    #[must_use]
    pub fn on_start<Args, F: AppFunction<Args, Value = ()>>(mut self, function: F) -> Self {
        self.on_start.push(Provider::app(function));
        self
    }

    /// Runs an async function of app-scoped values at the end: every request has been answered, and the values are all
    /// still there. The last one that was added runs first. They have half a minute together; an error is logged.
    ///
    /// It is for what was not written yet. A process may also be killed, so what must not be lost is written before
    /// its request is answered.
    #[must_use]
    pub fn on_stop<Args, F: AppFunction<Args, Value = ()>>(mut self, function: F) -> Self {
        self.on_stop.push(Provider::app(function));
        self
    }

    /// What is to be done at the end of the app, for whoever serves it.
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Adds a check to those that say whether the app can answer (`/health/ready`): an async
    /// function of app-scoped values, whose error says what is wrong. It has two seconds.
    #[must_use]
    pub fn health_check<Args, F: AppFunction<Args, Value = ()>>(mut self, name: &str, function: F) -> Self {
        self.checks.push(Check { name: name.to_owned(), run: Provider::app(function) });
        self
    }

    /// Adds operations.
    #[must_use]
    pub fn mount(mut self, operations: impl Operations) -> Self {
        self.root = self.root.mount(operations);
        self
    }

    /// Adds a group of operations.
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        self.root = self.root.group(group);
        self
    }

    /// Documents a request that the app sends on its own: its path, without the slash, is its name.
    #[must_use]
    pub fn webhook(mut self, operation: Operation) -> Self {
        self.webhooks.push(operation);
        self
    }

    /// Mounts a router of axum at a prefix. It is not in the documents.
    #[must_use]
    pub fn mount_router(mut self, prefix: impl Into<String>, router: axum::Router) -> Self {
        self.mounted.push((prefix.into(), router));
        self
    }

    /// How problems are written. Default: RFC 9457.
    #[must_use]
    pub fn error_format(mut self, format: ErrorFormat) -> Self {
        self.settings.error_format = format;
        self
    }

    /// The most bytes of a body. Default: 1 MiB. `None` disables.
    #[must_use]
    pub fn body_limit(mut self, bytes: Option<usize>) -> Self {
        self.settings.body_limit_bytes = bytes;
        self
    }

    /// The most bytes of a multipart body. Default: 16 MiB. `None` disables.
    #[must_use]
    pub fn multipart_limit(mut self, bytes: Option<usize>) -> Self {
        self.settings.multipart_limit_bytes = bytes;
        self
    }

    /// The most bytes of path and query. Default: 8 KiB. `None` disables. Past it: 414.
    #[must_use]
    pub fn target_limit(mut self, bytes: Option<usize>) -> Self {
        self.settings.target_limit_bytes = bytes;
        self
    }

    /// The most bytes of a request's head. Default: 16 KiB. `None` disables. Past it: 431.
    #[must_use]
    pub fn head_limit(mut self, bytes: Option<usize>) -> Self {
        self.settings.head_limit_bytes = bytes;
        self
    }

    /// The most header fields. Default: 100. `None` disables. Past it: 431.
    #[must_use]
    pub fn field_limit(mut self, fields: Option<usize>) -> Self {
        self.settings.field_limit = fields;
        self
    }

    /// How long an operation may take. Default: 30 s. `None` disables.
    #[must_use]
    pub fn deadline(mut self, deadline: Option<Duration>) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// How idempotent operations treat their keys. Default: [`Idempotency::new`](crate::idempotency::Idempotency::new).
    #[cfg(feature = "data")]
    #[must_use]
    pub fn idempotency(mut self, idempotency: crate::idempotency::Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// Who writes the line of each request. Default: nobody; it is an event of `tracing`.
    #[must_use]
    pub fn request_log(mut self, log: Arc<dyn RequestLog>) -> Self {
        self.request_log = Some(log);
        self
    }

    /// Keeps a span for each request to an operation. Default: nobody does.
    #[must_use]
    pub fn tracer(mut self, tracer: Arc<dyn Tracer>) -> Self {
        self.tracer = Some(tracer);
        self
    }

    /// Adds metrics of the app's own to `/metrics`: the function writes them whenever somebody asks. It is called on
    /// another thread than requests are, and must not wait.
    ///
    /// # Example
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    ///
    /// use kovar_http::app::App;
    /// use kovar_http::metrics::Kind;
    ///
    /// let sent = Arc::new(AtomicU64::new(0));
    /// let app = App::new("Example", "1.0.0").provide(Arc::clone(&sent)).add_metrics(move |text| {
    ///     let mut mails = text.family("example_mails_total", Kind::Counter, "Mails that were sent.");
    ///     mails.sample(&[("kind", "welcome")], sent.load(Relaxed));
    /// });
    /// ```
    #[must_use]
    pub fn add_metrics(self, write: impl Fn(&mut Text) + Send + Sync + 'static) -> Self {
        self.metrics.add(write);
        self
    }

    /// What is counted of the app's requests once it is built.
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// The app's checks, to be run once it is built.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// The app's values, to be asked for once it is built.
    pub fn values(&self) -> AppValues {
        self.values.clone()
    }

    /// The work of detached operations, to be waited for at the end.
    pub fn detached_tasks(&self) -> DetachedTasks {
        self.tasks.clone()
    }

    /// What is set for all operations.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Which documents are served, where, and how they look.
    #[must_use]
    pub fn documents(mut self, configure: impl FnOnce(&mut PagesConfig)) -> Self {
        configure(&mut self.pages);
        self
    }

    /// Serves no documents. They can still be printed.
    #[must_use]
    pub fn without_documents(self) -> Self {
        self.documents(|pages| {
            pages.openapi_path = None;
            pages.asyncapi_path = None;
        })
    }

    /// The name of the app.
    pub fn title(&self) -> &str {
        &self.info.title
    }

    /// The version of the app's API.
    pub fn version(&self) -> &str {
        &self.info.version
    }

    /// The operations as a table: method, path, name, and what they need.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes: Vec<Route> = self.root.mounted().iter().map(|mounted| Route::of(&mounted.operation)).collect();
        routes.sort_by(|left, right| (&left.path, left.method.as_str()).cmp(&(&right.path, right.method.as_str())));
        routes
    }

    /// The OpenAPI 3.1 document, of all operations that are no channels.
    ///
    /// # Errors
    ///
    /// When the app is not sound: two operations of one path and method, a value that nobody provides.
    pub fn openapi(&self) -> Result<Value<'static>, StartError> {
        self.described().map(|described| described.document.openapi())
    }

    /// The document that clients are generated from: the OpenAPI document with the channels, each an operation that says
    /// in `x-channel` of which messages it is.
    ///
    /// # Errors
    ///
    /// When the app is not sound, as [`openapi`](Self::openapi).
    pub fn client_document(&self) -> Result<Value<'static>, StartError> {
        self.described().map(|described| described.document.client())
    }

    /// The AsyncAPI 3.0 document, of all channels.
    ///
    /// # Errors
    ///
    /// When the app is not sound, as [`openapi`](Self::openapi).
    pub fn asyncapi(&self) -> Result<Value<'static>, StartError> {
        self.described().map(|described| described.document.asyncapi())
    }
}

/// One row of [`App::routes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: http::Method,
    /// The path, with parameters in braces.
    pub path: String,
    /// The `operationId`.
    pub id: String,
    /// What it does, in a line.
    pub summary: String,
}

impl Route {
    fn of(operation: &Operation) -> Self {
        let text = |text: &Option<Cow<'static, str>>| text.as_deref().unwrap_or_default().to_owned();
        Self {
            method: operation.method.clone(),
            path: operation.path.clone().into_owned(),
            id: text(&operation.about.id),
            summary: text(&operation.about.summary),
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("title", &self.info.title).field("root", &self.root).finish_non_exhaustive()
    }
}
