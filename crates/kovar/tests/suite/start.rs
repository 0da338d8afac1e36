//! What makes no sense, and is known when an app starts: it does not.

use kovar::contract::diagnose::diagnose_output;
use kovar::http::problem::InternalError;
use kovar::prelude::*;
use kovar::{Direction, Operation, Rules, Schema as _};

fn app() -> App {
    App::new("Test", "1.0.0")
}

/// The app does not start, and says this.
async fn check(app: App, expected: &str) {
    let message = app.build().await.expect_err("it makes no sense").to_string();
    assert!(message.contains(expected), "{message}");
}

struct Tenant;

#[get("/tenant")]
async fn tenant(_: Dep<Tenant>) -> NoContent {
    NoContent
}

#[tokio::test]
async fn a_parameter_without_a_name() {
    async fn of_header(Header(_): Header<String>) -> Result<Tenant, InternalError> {
        Ok(Tenant)
    }
    check(
        app().mount(operations![tenant]).provider(Provider::per_request(of_header)),
        "the provider of `Tenant`: a `String` from the header has no name there",
    )
    .await;
    let closure = || Operation::get("/", async |Query(_): Query<Option<u32>>| NoContent);
    check(app().mount([closure()]), "GET /: a `Option<u32>` from the query has no name there").await;
    check(app().webhook(closure()), "has no name there").await;
    let guarded = Group::new("/a").require::<Cookie<String>>().mount([Operation::get("/b", async || NoContent)]);
    check(app().group(guarded), "GET /a/b: a `String` from the cookie has no name there").await;
}

#[cfg(all(feature = "data", feature = "live"))]
#[tokio::test]
async fn a_channel_with_a_transaction() {
    #[channel("/live/orders")]
    async fn orders(_: Dep<Tx>, _: Socket<i64, i64>) {}
    let app = app().mount(operations![orders]).live(Live::new()).provider(kovar::http::data::transactions());
    check(
        app.provide(Db::open("sqlite::memory:").await.unwrap()),
        "/live/orders: `Tx` ends when the channel begins: its function makes one whenever it needs one",
    )
    .await;
}

#[tokio::test]
async fn an_extractor_of_axum_with_a_namesake() {
    use axum::extract::Path as Segment;
    #[get("/maybe/{id}")]
    async fn maybe(_: Option<Segment<u32>>) -> NoContent {
        NoContent
    }
    #[get("/{id}")]
    async fn read(Segment(_): Segment<u32>) -> NoContent {
        NoContent
    }
    check(app().mount(operations![maybe]), "GET /maybe/{id}: `Path` is axum's").await;
    check(app().mount(operations![read]), "GET /{id}: `Path` is axum's").await;
    #[get("/raw")]
    async fn raw(_: axum::extract::RawQuery) -> NoContent {
        NoContent
    }
    assert!(app().mount(operations![raw]).build().await.is_ok());
}

const MOST: u32 = 10;

#[tokio::test]
async fn a_default_that_breaks_its_own_rule() {
    #[schema]
    struct Paging {
        #[field(le = MOST, default = 20)]
        limit: u32,
    }
    #[post("/")]
    async fn in_body(Json(_): Json<Vec<Paging>>) -> NoContent {
        NoContent
    }
    #[get("/")]
    async fn in_query(#[field(le = MOST, default = 20)] Query(limit): Query<u32>) -> Json<u32> {
        Json(limit)
    }
    let reason = "breaks its own rule: Input should be less than or equal to 10";
    check(app().mount(operations![in_body]), &format!("the default of `limit` in `Paging` {reason}")).await;
    check(app().mount(operations![in_query]), &format!("GET /: the default of `limit` {reason}")).await;
}

#[schema]
struct Portrait {
    name: String,
}

#[tokio::test]
async fn what_no_request_can_spell() {
    #[schema(input)]
    struct Person {
        portrait: Option<Upload>,
    }
    #[schema]
    struct Filter {
        portraits: Vec<Portrait>,
    }
    #[post("/json")]
    async fn json(Json(_): Json<Person>) -> NoContent {
        NoContent
    }
    #[post("/form")]
    async fn form(Form(_): Form<Filter>) -> NoContent {
        NoContent
    }
    #[get("/query")]
    async fn query(Query(_): Query<Filter>) -> NoContent {
        NoContent
    }
    #[get("/one")]
    async fn one(Query(portraits): Query<Vec<Portrait>>) -> Json<Vec<Portrait>> {
        Json(portraits)
    }
    check(app().mount(operations![json]), "`Person` holds a file, which comes only in a multipart body").await;
    let list = "is a list of lists or objects, which no";
    check(app().mount(operations![form]), &format!("`portraits` in `Filter` {list} form can spell")).await;
    check(app().mount(operations![query]), &format!("`portraits` in `Filter` {list} query can spell")).await;
    check(app().mount(operations![one]), &format!("`portraits` in `Vec<Portrait>` {list} query can spell")).await;
}

mod other {
    pub(super) struct Tenant;
}

#[tokio::test]
async fn a_missing_value_is_named_as_it_is_written() {
    check(app().mount(operations![tenant]), "nobody provides `Tenant`: `GET /tenant` asks for it; provide it with")
        .await;
    let namesake = app().mount(operations![tenant]).provide(other::Tenant);
    check(namesake, "nobody provides `Tenant` (the type is `main::suite::start::Tenant`; `main::suite::start::other::Tenant` is provided)").await;
}

#[cfg(feature = "data")]
#[tokio::test]
async fn a_missing_database_is_told_how_to_give_one() {
    #[get("/")]
    async fn products(_: Dep<Tx>) -> NoContent {
        NoContent
    }
    check(app().mount(operations![products]), "nobody provides `Tx`: `GET /` asks for it; give the program a database")
        .await;
}

#[test]
fn an_answer_that_breaks_its_schema_is_told_by_its_fields() {
    fn never(_: &str) -> Result<(), Invalid> {
        Err("never".into())
    }
    #[schema(computed(double: u32 = Self::double))]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[field(min_length = 3, validate = never)]
        sku: String,
        #[field(ge = 1)]
        pieces: u32,
        #[field(past)]
        made: Timestamp,
        #[field(min_length = 50)]
        secret: Secret<String>,
        #[serde(skip_serializing)]
        hint: u32,
    }
    impl Line {
        fn double(&self) -> u32 {
            self.pieces * 2
        }
    }
    let line = |sku: &str, pieces| Line {
        sku: sku.to_owned(),
        pieces,
        made: Timestamp::MAX,
        secret: Secret::new("x".to_owned()),
        hint: 0,
    };
    let lines = vec![line("tea", 1), line("no", 0)];
    assert!(!lines.accepts(&Rules::NONE, Direction::Output));
    let issues = diagnose_output(&lines);
    let told: Vec<_> = issues.iter().map(|issue| format!("{} {}", issue.pointer(), issue.kind)).collect();
    assert_eq!(told, ["/1/sku string_too_short", "/1/pieces greater_than_equal"]);
    assert!(issues.iter().all(|issue| issue.input.is_none()));
}

#[test]
fn a_partial_update_knows_whether_it_gives_anything() {
    #[schema(partial = "ThingPatch")]
    struct Thing {
        name: String,
        note: Option<String>,
    }
    let patch = |text: &str| kovar::contract::read_json::<ThingPatch>(text.as_bytes()).unwrap();
    assert!(patch("{}").gives_nothing());
    assert!(!patch(r#"{"note": null}"#).gives_nothing());
    assert!(!patch(r#"{"name": "Tea"}"#).gives_nothing());
    let _ = |thing: Thing| (thing.name, thing.note);
}
