//! Asking an app in the same process, without a socket.
//!
//! A test that opens a port is slow, is flaky, and needs a client with opinions of its own. Here a
//! request goes straight into the app: all of it runs (routing, layers, guards, problems), on the
//! test's own runtime, so that `tokio::time::pause` works on deadlines, too.
//!
//! A client panics where a test should fail, with the status and the body in the message. It does
//! not follow redirects.

mod cookies;
mod events;
mod multipart;
mod problem;
mod query;
mod request;
mod response;
mod stream;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{Method, Request};
use tower::{Service, ServiceExt as _};

use self::cookies::CookieJar;
pub use self::events::TestEvent;
pub use self::multipart::TestMultipart;
pub use self::problem::{TestIssue, TestProblem};
pub use self::request::TestRequest;
pub use self::response::TestResponse;
pub use self::stream::TestStream;
use crate::app::{App, BoxService, Ending, Route};
use crate::dependency::Provider;
use crate::error::StartError;
use crate::operation::NamedOperation;

/// A client of an app in the same process.
///
/// # Example
///
/// ```
/// use kovar_http::app::App;
/// use kovar_http::extract::Json;
/// use kovar_http::operation::Operation;
/// use kovar_http::testing::TestClient;
///
/// async fn version() -> Json<String> {
///     Json("1.0".to_owned())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), kovar_http::StartError> {
/// let app = App::new("Example", "1.0.0").mount([Operation::get("/version", version)]);
/// let client = TestClient::new(app).await?;
///
/// let response = client.get("/version").send().await;
/// assert_eq!(response.assert_status(200).json::<String>(), "1.0");
///
/// let problem = client.get("/nowhere").send().await.problem();
/// assert_eq!((problem.status, problem.kind.as_str()), (404, "/problems/not-found"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TestClient {
    service: BoxService,
    routes: Arc<[Route]>,
    cookies: Option<CookieJar>,
    ending: Ending,
}

/// A client that is being made: what stands in for the app's own values.
#[derive(Debug)]
pub struct TestClientBuilder(App);

impl TestClient {
    /// Builds the app and makes a client of it.
    ///
    /// # Errors
    ///
    /// Those of [`App::build`].
    pub async fn new(app: App) -> Result<Self, StartError> {
        let (routes, ending) = (app.routes().into(), app.ending());
        Ok(Self { service: BoxService::new(app.build().await?), routes, cookies: None, ending })
    }

    /// A client of an app in which other values stand in for some of its own.
    pub fn builder(app: App) -> TestClientBuilder {
        TestClientBuilder(app)
    }

    /// A client of any service, such as a router of axum in which an app is mounted. It knows no operations.
    pub fn of_service<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        Self { service: BoxService::new(service), routes: Arc::new([]), cookies: None, ending: Ending::default() }
    }

    /// Keeps the cookies that responses set and sends them with later requests, whatever their path
    /// and domain. Clones made from now on share them.
    #[must_use]
    pub fn with_cookies(self) -> Self {
        Self { cookies: Some(CookieJar::default()), ..self }
    }

    /// Does what the app does at its end ([`App::on_stop`]), once.
    pub async fn stop(&self) {
        self.ending.run().await;
    }

    /// A request of the method `GET`.
    #[track_caller]
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A request of the method `POST`.
    #[track_caller]
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// A request of the method `PUT`.
    #[track_caller]
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// A request of the method `PATCH`.
    #[track_caller]
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// A request of the method `DELETE`.
    #[track_caller]
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// A request of any method. The path may have a query, and parameters in braces that
    /// [`TestRequest::path`] fills; everything else is sent as it stands.
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::new(self.clone(), method, path.to_owned())
    }

    /// A request for an operation, by the type that `#[get]` and such make beside the function:
    /// `client.operation::<get_product>().path("product_id", 7)`.
    ///
    /// # Panics
    ///
    /// When the operation is not mounted in the app.
    #[track_caller]
    pub fn operation<O: NamedOperation>(&self) -> TestRequest {
        let operation = O::operation();
        let id = operation.about.id.as_deref().unwrap_or_default();
        let Some(route) = self.routes.iter().find(|route| route.id == id && route.method == operation.method) else {
            panic!("the operation `{id}` ({} {}) is not mounted in this app", operation.method, operation.path)
        };
        TestRequest::new(self.clone(), route.method.clone(), route.path.clone()).filling_all_parameters()
    }

    /// Sends a request as it is.
    ///
    /// Dropping the future drops the request where it stands, as when a client goes away.
    pub async fn send(&self, mut request: Request<Body>) -> Response {
        if let Some(cookies) = &self.cookies {
            cookies.add_to(request.headers_mut());
        }
        let answered = self.service.clone().oneshot(request).await;
        let response = answered.unwrap_or_else(|never| match never {});
        if let Some(cookies) = &self.cookies {
            cookies.keep_from(response.headers());
        }
        response
    }
}

impl TestClientBuilder {
    /// Stands in for the value of its type.
    #[must_use]
    pub fn override_value<T: Send + Sync + 'static>(self, value: T) -> Self {
        Self(self.0.provide(value))
    }

    /// Stands in for the provider of its type.
    #[must_use]
    pub fn override_provider(self, provider: Provider) -> Self {
        Self(self.0.provider(provider))
    }

    /// Builds the app and makes a client of it.
    ///
    /// # Errors
    ///
    /// Those of [`App::build`].
    pub async fn build(self) -> Result<TestClient, StartError> {
        TestClient::new(self.0).await
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient").field("routes", &self.routes.len()).finish_non_exhaustive()
    }
}
