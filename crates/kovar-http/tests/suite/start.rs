use kovar_http::app::App;
use kovar_http::dependency::{Dep, Provider};
use kovar_http::extract::Path;
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::NoContent;

use super::support::{ID, app, arguments, refused};

struct A;
struct B;
struct C;

async fn nothing() -> NoContent {
    NoContent
}

async fn needs_a(_: Dep<A>) -> NoContent {
    NoContent
}

async fn by_id(Path(_): Path<u32>) -> NoContent {
    NoContent
}

async fn a_of_b(_: Dep<B>) -> Result<A, InternalError> {
    Ok(A)
}

async fn b_of_c(_: Dep<C>) -> Result<B, InternalError> {
    Ok(B)
}

async fn c_of_a(_: Dep<A>) -> Result<C, InternalError> {
    Ok(C)
}

/// The app does not start, and its document cannot be printed, for the same reason.
async fn check(app: impl Fn() -> App, expected: &str) {
    let message = refused(app().build().await);
    assert!(message.contains(expected), "{message}");
    if let Err(error) = app().openapi() {
        assert_eq!(error.to_string(), message);
    }
}

fn name<T>() -> String {
    format!("`{}`", std::any::type_name::<T>().rsplit("::").next().unwrap())
}

#[tokio::test]
async fn a_missing_provider_is_told_with_the_chain() {
    let app = || app([Operation::get("/a", needs_a)]).provider(Provider::per_request(a_of_b));
    check(app, &format!("nobody provides {}: `GET /a` -> {} asks for it", name::<B>(), name::<A>())).await;
    let of_app = || app().provider(Provider::app(a_of_b));
    check(of_app, &format!("nobody provides {}: `GET /a` -> {}", name::<B>(), name::<A>())).await;
}

#[cfg(feature = "data")]
#[tokio::test]
async fn a_missing_database_is_told_as_apps_know_it() {
    async fn writes(_: Dep<kovar_data::Tx>) -> NoContent {
        NoContent
    }
    async fn reads(_: Dep<kovar_data::Db>) -> NoContent {
        NoContent
    }
    for (operation, name) in [(Operation::get("/a", writes), "Tx"), (Operation::get("/a", reads), "Db")] {
        let message = refused(app([operation]).build().await);
        assert!(message.starts_with(&format!("nobody provides `{name}`: `GET /a` asks for it;")), "{message}");
        assert!(message.contains("`Program::database`"), "{message}");
    }
}

#[tokio::test]
async fn a_cycle_is_told_with_the_chain() {
    let circle = format!("`GET /a` -> {} -> {} -> {} -> {}", name::<A>(), name::<B>(), name::<C>(), name::<A>());
    let requests = || {
        app([Operation::get("/a", needs_a)])
            .provider(Provider::per_request(a_of_b))
            .provider(Provider::per_request(b_of_c))
            .provider(Provider::per_request(c_of_a))
    };
    check(requests, &circle).await;
    let apps = || {
        app([Operation::get("/a", needs_a)])
            .provider(Provider::app(a_of_b))
            .provider(Provider::app(b_of_c))
            .provider(Provider::app(c_of_a))
    };
    check(apps, &circle).await;
}

#[tokio::test]
async fn what_the_app_makes_cannot_need_what_a_request_makes() {
    async fn b() -> Result<B, InternalError> {
        Ok(B)
    }
    let app =
        || app([Operation::get("/a", needs_a)]).provider(Provider::app(a_of_b)).provider(Provider::per_request(b));
    check(
        app,
        &format!("{} lives for a request, but `GET /a` -> {} lives as long as the app", name::<B>(), name::<A>()),
    )
    .await;
}

#[tokio::test]
async fn a_value_that_cannot_be_made_stops_the_start() {
    async fn broken() -> Result<A, InternalError> {
        Err(InternalError::new("no route to the database"))
    }
    let app = app([Operation::get("/a", needs_a)]).provider(Provider::app(broken));
    let message = refused(app.build().await);
    assert_eq!(message, format!("{} could not be made: no route to the database", name::<A>()));
}

#[tokio::test]
async fn two_operations_of_one_path_and_method_are_refused() {
    let twice = || app([Operation::get("/a", nothing), Operation::get("/a", nothing)]);
    check(twice, "two operations are mounted at GET /a").await;
}

#[tokio::test]
async fn paths_that_cannot_be_told_apart_are_refused() {
    let names = || {
        app([
            Operation::get("/a/{id}", by_id).arguments(ID),
            Operation::post("/a/{other}", by_id).arguments(arguments!["other"]),
        ])
    };
    check(names, "the path /a/{other} cannot be mounted").await;
}

#[tokio::test]
async fn ids_are_unique_over_operations_webhooks_and_callbacks() {
    let operation = |path: &'static str, id: &'static str| Operation::get(path, nothing).id(id);
    let twice = || app([operation("/a", "same"), operation("/b", "same")]);
    check(twice, "two operations have the id `same`: at /a and at /b").await;
    let webhook = || app([operation("/a", "same")]).webhook(Operation::post("told", nothing).id("same"));
    check(webhook, "two operations have the id `same`: at /a and at told").await;
    let called =
        || operation("/a", "a").callback("back", "{$request.query.url}", Operation::post("/", nothing).id("a"));
    check(|| app([called()]), "two operations have the id `a`").await;
}

#[tokio::test]
async fn each_path_parameter_is_taken() {
    check(|| app([Operation::get("/a/{id}", nothing)]), "GET /a/{id} does not take `id` from its path").await;
    check(
        || app([Operation::get("/a", by_id).arguments(ID)]),
        "GET /a takes `id` from its path, which does not have it",
    )
    .await;
}

#[tokio::test]
async fn a_path_starts_with_a_slash() {
    check(|| app([Operation::get("a", nothing)]), "the path `a` does not start with a slash").await;
}

#[tokio::test]
async fn a_router_is_mounted_at_a_prefix_of_its_own() {
    let at = |prefix: &'static str| move || app([]).mount_router(prefix, axum::Router::new());
    check(at("old"), "a router cannot be mounted at `old`").await;
    check(at("/{id}"), "a router cannot be mounted at `/{id}`").await;
    let twice = || at("/old")().mount_router("/old/", axum::Router::new());
    check(twice, "two routers are mounted at `/old/`").await;
}

#[tokio::test]
async fn an_extractor_of_axum_that_kovar_has_is_refused() {
    async fn query(_: axum::extract::Query<Vec<(String, u32)>>) -> NoContent {
        NoContent
    }
    check(|| app([Operation::get("/a", query)]), "GET /a: `Query` is axum's, of which the contract knows nothing")
        .await;
}
