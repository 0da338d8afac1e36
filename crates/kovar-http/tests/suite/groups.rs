use kovar_http::RequestContext;
use kovar_http::app::App;
use kovar_http::dependency::{Dep, Provider};
use kovar_http::describe::{Argument, Describer};
use kovar_http::extract::{Extract, Header, Json, Path, Phase, Query, Rejection};
use kovar_http::group::Group;
use kovar_http::operation::Operation;
use kovar_http::problem::{InternalError, builtin};
use kovar_http::respond::{NoContent, Text};
use kovar_http::testing::TestClient;
use tower::util::MapResponseLayer;

use super::support::{ID, Value, arguments, client};

async fn shown(Path(id): Path<String>) -> Text<String> {
    Text(id)
}

async fn nothing() -> NoContent {
    NoContent
}

async fn page(Query(_): Query<u32>) -> NoContent {
    NoContent
}

type Trail = MapResponseLayer<fn(axum::response::Response) -> axum::response::Response>;

/// A layer that leaves its name in the response.
macro_rules! trail {
    ($name:literal) => {{
        let leave: fn(axum::response::Response) -> axum::response::Response = |mut response| {
            response.headers_mut().append("x-trail", http::HeaderValue::from_static($name));
            response
        };
        let layer: Trail = MapResponseLayer::new(leave);
        layer
    }};
}

async fn with_group(group: Group) -> TestClient {
    client(App::new("Test", "1").group(group)).await
}

#[tokio::test]
async fn groups_nest_their_prefixes() {
    let items = Group::new("/items/").mount([
        Operation::get("/{id}", shown).arguments(ID),
        Operation::get("/", nothing),
        Operation::post("", nothing),
    ]);
    let client = with_group(Group::new("/api").group(Group::new("/v1").group(items))).await;
    assert_eq!(client.get("/api/v1/items/7").send().await.text(), "7");
    client.get("/api/v1/items").send().await.assert_status(204);
    client.post("/api/v1/items").send().await.assert_status(204);
    client.get("/api/v1/items/").send().await.assert_status(404);
}

#[tokio::test]
async fn a_prefix_may_have_parameters() {
    async fn both(Path(shop): Path<String>, Path(id): Path<u32>) -> Text<String> {
        Text(format!("{shop} {id}"))
    }
    let operation = Operation::get("/items/{id}", both).arguments(arguments!["shop", "id"]);
    let client = with_group(Group::new("/shops/{shop}").mount([operation])).await;
    assert_eq!(client.get("/shops/a%2Fb/items/7").send().await.text(), "a/b 7");
}

#[tokio::test]
async fn tags_stand_outermost_first() {
    let operation = Operation::get("/", nothing).tag("own");
    let app = App::new("Test", "1")
        .group(Group::new("/a").tag("outer").group(Group::new("/b").tag("inner").mount([operation])));
    let tags = app.openapi().unwrap().pointer("/paths/~1a~1b/get/tags").unwrap().to_string();
    assert_eq!(tags, r#"["outer","inner","own"]"#);
}

#[tokio::test]
async fn layers_wrap_their_group_alone() {
    let inner = Group::new("/inner").layer(trail!("inner")).mount([Operation::get("/{id}", shown).arguments(ID)]);
    let outer = Group::new("/outer").layer(trail!("first")).layer(trail!("second")).group(inner);
    let app = App::new("Test", "1").group(outer).mount([Operation::get("/", nothing)]).layer(trail!("app"));
    let client = client(app).await;
    let trail = |response: &kovar_http::testing::TestResponse| {
        let names: Vec<_> =
            response.headers().get_all("x-trail").iter().map(|name| name.to_str().unwrap().to_owned()).collect();
        names.join(" ")
    };
    let response = client.get("/outer/inner/7%2F8").send().await;
    assert_eq!((response.text(), trail(&response)), ("7/8", "inner first second app".to_owned()));
    assert_eq!(trail(&client.get("/").send().await), "app");
    assert_eq!(trail(&client.get("/nowhere").send().await), "app");
    assert!(response.header("x-request-id").is_some());
}

#[tokio::test]
async fn a_layer_may_put_another_path_into_the_request() {
    let layer = tower::util::MapRequestLayer::new(|mut request: http::Request<axum::body::Body>| {
        *request.uri_mut() = http::Uri::from_static("/x");
        request
    });
    let group = Group::new("/long").layer(layer).mount([Operation::get("/{id}", shown).arguments(ID)]);
    let response = with_group(group).await.get("/long/identifier").send().await;
    assert_eq!(response.status(), 400, "no panic, and no other part of the path: {}", response.text());
}

#[tokio::test]
async fn what_a_group_requires_is_told_with_all_other_issues() {
    let operation = Operation::get("/", page).arguments(arguments!["page"]);
    let group = Group::new("/a").require::<Header<Value>>().mount([operation]);
    let problem = with_group(group).await.get("/a").send().await.problem();
    assert_eq!(problem.issues(), ["header.value: missing", "query.page: missing"]);
}

#[tokio::test]
async fn a_group_may_require_a_value() {
    struct Open;
    async fn open(Query(_): Query<Value>) -> Result<Open, InternalError> {
        Err(InternalError::new("closed"))
    }
    async fn seen() -> Json<u32> {
        Json(7)
    }
    let app = |provider| {
        let group = Group::new("/a").require::<Dep<Open>>().mount([Operation::get("/", seen)]);
        App::new("Test", "1").group(group).provider(provider)
    };
    let closed = client(app(Provider::per_request(open))).await;
    closed.get("/a?value=1").send().await.assert_status(500);
    closed.get("/a?value=x").send().await.assert_status(422);
    let opened = client(app(Provider::value(Open))).await;
    assert_eq!(opened.get("/a").send().await.json::<u32>(), 7);
}

#[tokio::test]
async fn a_guard_that_runs_last_refuses_all_the_same() {
    struct Late;
    impl Extract for Late {
        const PHASE: Phase = Phase::Dependency;

        fn describe(_: &mut Describer<'_>, _: &Argument) {}

        async fn extract(_: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
            Err(builtin::FORBIDDEN.details().into())
        }
    }
    let group = Group::new("/a").require::<Late>().mount([Operation::get("/", nothing)]);
    with_group(group).await.get("/a").send().await.assert_status(403);
}
