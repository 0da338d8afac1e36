//! The API as its clients meet it, in process, each test on a database of its own.

use kovar::prelude::*;
use kovar::testing::{TestClient, TestResponse};

use {{crate}}::clock::Clock;
use {{crate}}::notes::{NewNote, Note};
use {{crate}}::{MIGRATIONS, app};

/// When everything in these tests happens.
const NOON: Timestamp = Timestamp::constant(1_800_014_400, 0);

/// The app on an empty database.
async fn empty_app() -> App {
    let db = Db::open("sqlite::memory:").await;
    let db = db.expect("SQLite has memory");
    let migrated = db.migrate(&MIGRATIONS).await;
    migrated.expect("the migrations are right");
    app()
        .provide(db)
        .provider(kovar::http::data::transactions())
}

/// Asks the app; its clock stands still.
async fn client() -> TestClient {
    let client = TestClient::builder(empty_app().await);
    let client = client.override_value(Clock::Stopped(NOON));
    client.build().await.expect("the app starts")
}

async fn create(client: &TestClient, title: &str) -> Note {
    let new = NewNote {
        title: title.to_owned(),
        body: "Two lamps".to_owned(),
    };
    let created = client.post("/api/v1/notes").json(&new).send().await;
    created.assert_status(201).json()
}

async fn get(client: &TestClient, path: &str) -> TestResponse {
    client.get(&format!("/api/v1/notes{path}")).send().await
}

async fn patch(client: &TestClient, id: Uuid, body: &'static str) -> TestResponse {
    let request = client.patch(&format!("/api/v1/notes/{id}"));
    request.body(body, "application/json").send().await
}

#[tokio::test]
async fn a_note_is_created_shown_changed_and_deleted() {
    let client = client().await;
    let note = create(&client, "Shopping").await;
    assert_eq!((note.title.as_str(), note.created_at), ("Shopping", NOON));
    let path = format!("/{}", note.id);
    assert_eq!(get(&client, &path).await.json::<Note>(), note);

    let changed = patch(&client, note.id, r#"{"body":"A chair"}"#).await;
    let changed: Note = changed.assert_status(200).json();
    assert_eq!(changed.body, "A chair");
    assert_eq!(changed.title, note.title);

    let delete = client.delete(&format!("/api/v1/notes/{}", note.id));
    delete.send().await.assert_status(204);
    get(&client, &path).await.assert_status(404);
}

#[tokio::test]
async fn a_created_note_says_where_it_is() {
    let client = client().await;
    let request = client.post("/api/v1/notes");
    let body = r#"{"title":"Shopping","body":""}"#;
    let created = request.body(body, "application/json").send().await;
    let note: Note = created.assert_status(201).json();
    let path = format!("/api/v1/notes/{}", note.id);
    assert_eq!(created.header("location"), Some(path.as_str()));
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let client = client().await;
    let request = client.post("/api/v1/notes");
    let refused = request.body(r#"{"title":""}"#, "application/json");
    let problem = refused.send().await.assert_status(422).problem();
    let expected = ["body.body: missing", "body.title: string_too_short"];
    assert_eq!(problem.issues(), expected);
}

#[tokio::test]
async fn a_note_that_is_not_there_is_a_404() {
    let client = client().await;
    let id = Uuid::now_v7();
    let shown = get(&client, &format!("/{id}")).await;
    let changed = patch(&client, id, r#"{"title":"New"}"#).await;
    let delete = client.delete(&format!("/api/v1/notes/{id}"));
    for response in [shown, changed, delete.send().await] {
        let problem = response.assert_status(404).problem();
        assert_eq!(problem.kind, "/problems/note-not-found");
    }
}

#[tokio::test]
async fn an_update_that_names_nothing_is_a_400() {
    let client = client().await;
    let note = create(&client, "Shopping").await;
    patch(&client, note.id, "{}").await.assert_status(400);
    let nothing = patch(&client, note.id, r#"{"title":null}"#).await;
    nothing.assert_status(422);
}

#[tokio::test]
async fn a_list_is_paged_without_gaps() {
    let client = client().await;
    let titles: Vec<String> = (1..=5).map(|number| format!("Note {number}")).collect();
    for title in &titles {
        create(&client, title).await;
    }
    let mut seen = Vec::new();
    let mut path = "?limit=2".to_owned();
    loop {
        let page: Page<Note> = get(&client, &path).await.assert_status(200).json();
        seen.extend(page.items().iter().map(|note| note.title.clone()));
        let Some(cursor) = page.next_cursor() else {
            break;
        };
        path = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, titles);
    for wrong in ["?limit=0", "?limit=101", "?limit=x", "?cursor=x"] {
        get(&client, wrong).await.assert_status(422);
    }
}

/// `openapi.json` lies in the repository, so that a change of the contract shows in review.
#[tokio::test]
async fn the_committed_document_is_the_apps() {
    let document = empty_app().await.openapi().expect("the app is whole");
    let document = document.to_pretty_string();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(path, &document).expect("openapi.json can be written");
    }
    let committed = std::fs::read_to_string(path).expect("openapi.json is there");
    assert!(
        committed == document,
        "the contract changed: write it with `KOVAR_BLESS=1 cargo test`, and look at `git diff`"
    );
}
