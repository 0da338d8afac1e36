//! Rows 1 to 15: apps, routing, the command line.

use axum::Router;
use axum::routing::get as axum_get;
use clap::Args as _;
use kovar::http::documents::{Contact, License, Server};
use kovar::http::problem::ErrorFormat;
use kovar::http::respond::{File, FileRoot, Html};
use kovar::http::testing::TestClient;
use kovar::prelude::*;
use kovar::{Operation, Settings};

use super::{app, client, client_of, document, documented};

#[get("/items/{item_id}", tag = "items")]
async fn read_item(#[field(ge = 1)] Path(item_id): Path<u32>) -> Json<u32> {
    Json(item_id)
}

#[test]
fn info_is_in_the_document() {
    let app = app(operations![read_item])
        .summary("In short")
        .description("In **full**")
        .terms_of_service("https://example.com/terms")
        .contact(Contact { name: Some("Ada".into()), url: None, email: Some("ada@example.com".into()) })
        .license(License { name: "MIT".into(), identifier: Some("MIT".into()) })
        .server(Server { url: "https://api.example.com".into(), description: None })
        .tag("items", "Things");
    let document = document(&app);
    assert_eq!(document["openapi"], "3.1.0");
    let info = &document["info"];
    assert_eq!((&info["title"], &info["version"]), (&"Example".into(), &"1.0.0".into()));
    assert_eq!((&info["summary"], &info["description"]), (&"In short".into(), &"In **full**".into()));
    assert_eq!((&info["contact"]["name"], &info["license"]["identifier"]), (&"Ada".into(), &"MIT".into()));
    assert_eq!(info["termsOfService"], "https://example.com/terms");
    assert_eq!(document["servers"][0]["url"], "https://api.example.com");
    assert_eq!(
        (&document["tags"][0]["name"], &document["tags"][0]["description"]),
        (&"items".into(), &"Things".into())
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let client = client_of(operations![read_item]).await;
    let nowhere = client.get("/nowhere").send().await.problem();
    assert_eq!((nowhere.status, nowhere.kind.as_str()), (404, "/problems/not-found"));
    let response = client.post("/items/1").send().await;
    assert_eq!(response.assert_status(405).header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(response.problem().kind, "/problems/method-not-allowed");
}

#[tokio::test]
async fn head_and_options_are_answered() {
    let client = client_of(operations![read_item]).await;
    let head = client.request(http::Method::HEAD, "/items/42").send().await;
    assert_eq!((head.assert_status(200).text(), head.header("content-length")), ("", Some("2")));
    let options = client.request(http::Method::OPTIONS, "/items/42").send().await;
    assert_eq!(options.assert_status(204).header("allow"), Some("GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn every_method_has_its_attribute() {
    #[put("/thing")]
    async fn put_thing() -> NoContent {
        NoContent
    }
    #[patch("/thing")]
    async fn patch_thing() -> NoContent {
        NoContent
    }
    #[kovar::head("/thing")]
    async fn head_thing() -> NoContent {
        NoContent
    }
    #[kovar::options("/thing")]
    async fn options_thing() -> Json<&'static str> {
        Json("own")
    }
    let client = client_of(operations![put_thing, patch_thing, head_thing, options_thing]).await;
    client.put("/thing").send().await.assert_status(204);
    client.patch("/thing").send().await.assert_status(204);
    client.request(http::Method::HEAD, "/thing").send().await.assert_status(204);
    assert_eq!(client.request(http::Method::OPTIONS, "/thing").send().await.json::<String>(), "own");
    assert_eq!(client.get("/thing").send().await.header("allow"), Some("HEAD, OPTIONS, PATCH, PUT"));
}

#[tokio::test]
async fn static_segments_come_before_parameters() {
    #[get("/items/me")]
    async fn read_mine() -> Json<&'static str> {
        Json("mine")
    }
    let client = client_of(operations![read_item, read_mine]).await;
    assert_eq!(client.get("/items/me").send().await.json::<String>(), "mine");
    assert_eq!(client.get("/items/7").send().await.json::<u32>(), 7);
}

#[tokio::test]
async fn path_parameters_are_typed() {
    #[schema]
    #[derive(Debug)]
    #[serde(rename_all = "lowercase")]
    enum Model {
        Alexnet,
        Resnet,
    }
    #[get("/models/{model}/{*file}")]
    async fn read_model(Path((model, file)): Path<(Model, String)>) -> Json<String> {
        Json(format!("{model:?} {file}"))
    }
    let client = client_of(operations![read_item, read_model]).await;
    assert_eq!(client.get("/items/x").send().await.problem().issues(), ["path.item_id: int_parsing"]);
    assert_eq!(client.get("/items/0").send().await.problem().issues(), ["path.item_id: greater_than_equal"]);
    assert_eq!(client.get("/models/resnet/a/b.txt").send().await.json::<String>(), "Resnet a/b.txt");
    let problem = client.get("/models/lenet/a").send().await.problem();
    assert_eq!(problem.issues(), ["path.model: enum"]);
    assert_eq!(problem.errors[0].ctx["expected"], "'alexnet' or 'resnet'");
    let described = documented(operations![read_item], "get", "/items/{item_id}");
    let parameter = &described["parameters"][0];
    assert_eq!((&parameter["in"], &parameter["required"]), (&"path".into(), &true.into()));
    assert_eq!(parameter["schema"]["minimum"], 1);
}

#[tokio::test]
async fn a_trailing_slash_is_another_path() {
    let client = client_of(operations![read_item]).await;
    client.get("/items/1/").send().await.assert_status(404);
}

#[tokio::test]
async fn groups_nest() {
    let inner = Group::new("/inner").tag("inner").mount(operations![read_item]);
    let app = app([]).group(Group::new("/api").tag("outer").group(inner));
    let described = document(&app);
    let tags = &described["paths"]["/api/inner/items/{item_id}"]["get"]["tags"];
    assert_eq!(*tags, serde_json::json!(["outer", "inner", "items"]));
    assert_eq!(client(app).await.get("/api/inner/items/3").send().await.json::<u32>(), 3);
}

#[tokio::test]
async fn an_app_in_a_router_has_its_own_document() {
    let inside = app(operations![read_item]).build().await.expect("the app starts");
    let router = Router::new().nest_service("/sub", inside);
    let outside = app([]).mount_router("/outer", router);
    assert!(document(&outside)["paths"].as_object().is_none_or(serde_json::Map::is_empty));
    let client = client(outside).await;
    assert_eq!(client.get("/outer/sub/items/3").send().await.json::<u32>(), 3);
    let own = client.get("/outer/sub/openapi.json").send().await.json::<serde_json::Value>();
    assert!(own["paths"]["/items/{item_id}"].is_object());
}

#[tokio::test]
async fn a_router_of_axum_is_mounted() {
    let app = app([]).mount_router("/old", Router::new().route("/ping", axum_get(async || "pong")));
    let client = client(app).await;
    assert_eq!(client.get("/old/ping").send().await.text(), "pong");
    assert_eq!(client.get("/old/nothing").send().await.problem().status, 404);
}

#[tokio::test]
#[cfg(feature = "docs-ui")]
async fn pages_work_below_a_prefix() {
    let inside = app(operations![read_item]).build().await.expect("the app starts");
    let client = TestClient::of_service(Router::new().nest_service("/api/v1", inside));
    let page = client.get("/api/v1/docs").send().await;
    assert!(!page.assert_status(200).text().contains("\"/openapi.json"), "{}", page.text());
    assert!(!page.text().contains("=\"/docs"), "{}", page.text());
}

#[test]
fn settings_have_the_documented_defaults() {
    let command = Settings::augment_args(clap::Command::new("app"));
    let matches = command.get_matches_from(["app", "--workers", "3"]);
    let settings = <Settings as clap::FromArgMatches>::from_arg_matches(&matches).expect("they are complete");
    assert_eq!(settings.listen, ["127.0.0.1:8000".parse().unwrap()]);
    assert_eq!(settings.admin.to_string(), "127.0.0.1:8001");
    assert_eq!((settings.worker_count().get(), settings.database_url("shop").as_str()), (3, "sqlite://data/shop.db"));
}

#[tokio::test]
async fn start_up_runs_before_the_first_request() {
    struct Model(u32);
    #[get("/model")]
    async fn version(model: Dep<Model>) -> Json<u32> {
        Json(model.0)
    }
    let load = async || Ok::<_, kovar::Error>(Model(7));
    let loaded = app(operations![version]).provider(Provider::app(load));
    assert_eq!(client(loaded).await.get("/model").send().await.json::<u32>(), 7);
    let refused = app([]).on_start(async || Err::<(), kovar::Error>("no disk".into())).build().await;
    assert_eq!(refused.expect_err("the start is stopped").to_string(), "no disk");
}

#[tokio::test]
async fn the_end_comes_after_the_last_answer() {
    static SAID: std::sync::Mutex<Vec<&str>> = std::sync::Mutex::new(Vec::new());
    fn say(word: &'static str) {
        SAID.lock().expect("nobody panics").push(word);
    }
    #[post("/words")]
    async fn word() -> NoContent {
        say("word");
        NoContent
    }
    let fails = async |last: Dep<&'static str>| {
        say(&last);
        Err::<(), kovar::Error>("it is logged".into())
    };
    let first = async || {
        say("first");
        Ok::<(), kovar::Error>(())
    };
    let client = client(app(operations![word]).provide("last").on_stop(first).on_stop(fails)).await;
    client.post("/words").send().await.assert_status(204);
    client.stop().await;
    client.stop().await;
    assert_eq!(*SAID.lock().expect("nobody panics"), ["word", "last", "first"]);
    let missing = app([]).on_stop(async |_: Dep<u8>| Ok::<(), kovar::Error>(())).build().await;
    assert!(missing.is_err(), "what the end needs is known at the start");
}

#[tokio::test]
async fn files_have_tags_and_ranges() {
    let folder = std::env::temp_dir().join(format!("kovar-fastapi-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("it can be made");
    std::fs::write(folder.join("hello.txt"), "hello, world").expect("it can be written");
    #[get("/static/{*path}")]
    async fn asset(Path(path): Path<String>, root: Dep<FileRoot>) -> Result<File, kovar::http::respond::FileError> {
        root.open(&path).await
    }
    let root = FileRoot::new(&folder).expect("it is a folder");
    let client = client(app(operations![asset]).provide(root)).await;
    let whole = client.get("/static/hello.txt").send().await;
    let tag = whole.assert_status(200).header("etag").expect("there is a tag").to_owned();
    assert!(whole.header("last-modified").is_some());
    client.get("/static/hello.txt").header("if-none-match", &tag).send().await.assert_status(304);
    let part = client.get("/static/hello.txt").header("range", "bytes=7-").send().await;
    assert_eq!(part.assert_status(206).text(), "world");
    client.get("/static/../Cargo.toml").send().await.assert_status(404);
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

#[tokio::test]
async fn pages_of_any_template_engine_are_html() {
    let page = async || Html(format!("<h1>{}</h1>", "Kovar"));
    let response = client_of([Operation::get("/page", page)]).await.get("/page").send().await;
    assert_eq!(
        (response.header("content-type"), response.text()),
        (Some("text/html; charset=utf-8"), "<h1>Kovar</h1>")
    );
}

#[tokio::test]
async fn fastapis_shape_of_errors_is_there_for_who_reads_it() {
    let client = client(app(operations![read_item]).error_format(ErrorFormat::FastApi)).await;
    assert_eq!(client.get("/nowhere").send().await.text(), r#"{"detail":"no operation has this path"}"#);
    let expected = r#"{"detail":[{"type":"greater_than_equal","loc":["path","item_id"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}]}"#;
    assert_eq!(client.get("/items/0").send().await.assert_status(422).text(), expected);
}
