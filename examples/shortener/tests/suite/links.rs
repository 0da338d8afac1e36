//! In process, each test on a database of its own.
//!
//! It is a file of SQLite. Where `SHORTENER_TEST_DATABASES` is the beginning of a URL, as
//! `postgres://postgres@127.0.0.1/shortener_`, empty databases are there under the numbers from 0.

use std::sync::atomic::{AtomicUsize, Ordering};

use kovar::data::Db;
use kovar::prelude::*;
use kovar::testing::{TestClient, TestResponse};
use shortener::clicks::Clicks;
use shortener::links::{Link, LinkStats};
use tempfile::TempDir;

struct Links {
    client: TestClient,
    db: Db,
    _folder: TempDir,
}

impl Links {
    async fn open() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let folder = TempDir::new().unwrap();
        let url = match std::env::var("SHORTENER_TEST_DATABASES") {
            Ok(databases) => format!("{databases}{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            Err(_) => format!("sqlite://{}/links.db", folder.path().display()),
        };
        let db = Db::open(&url).await.unwrap();
        db.migrate(&shortener::MIGRATIONS).await.unwrap();
        let client = TestClient::new(shortener::app().provide(db.clone())).await.unwrap();
        Self { client, db, _folder: folder }
    }

    async fn post(&self, body: &str) -> TestResponse {
        self.client.post("/api/links").body(body.to_owned(), "application/json").send().await
    }

    async fn get(&self, path: &str) -> TestResponse {
        self.client.get(path).send().await
    }

    async fn written(&self, slug: &str) -> i64 {
        self.db.one(sql!("select clicks from links where slug = {slug}")).await.unwrap()
    }
}

#[tokio::test]
async fn a_link_is_made_followed_counted_and_deleted() {
    let links = Links::open().await;
    let created = links.post(r#"{"url":"https://example.com/a?b=c#d","slug":"long-way"}"#).await;
    assert_eq!(created.assert_status(201).header("location"), Some("/api/links/long-way/stats"));
    let link: Link = created.json();
    assert_eq!((link.slug.as_str(), link.url.as_str()), ("long-way", "https://example.com/a?b=c#d"));
    for _ in 0..3 {
        let followed = links.get("/long-way").await;
        assert_eq!(followed.assert_status(307).header("location"), Some("https://example.com/a?b=c#d"));
    }
    let stats: LinkStats = links.get("/api/links/long-way/stats").await.assert_status(200).json();
    assert_eq!((stats.slug.as_str(), stats.clicks), ("long-way", 3));
    assert_eq!(links.client.delete("/api/links/long-way").send().await.status(), 204);
    assert_eq!(links.client.delete("/api/links/long-way").send().await.status(), 404);
    assert_eq!(links.get("/long-way").await.assert_status(404).problem().kind, "/problems/link-not-found");
    assert_eq!(links.get("/api/links/long-way/stats").await.status(), 404);
}

#[tokio::test]
async fn a_slug_is_made_or_taken() {
    let links = Links::open().await;
    let made: Link = links.post(r#"{"url":"http://example.com/"}"#).await.assert_status(201).json();
    assert_eq!(made.slug.len(), 8);
    let other: Link = links.post(r#"{"url":"http://example.com/"}"#).await.assert_status(201).json();
    assert_ne!(made.slug, other.slug);
    let taken = links.post(&format!(r#"{{"url":"http://example.com/","slug":"{}"}}"#, made.slug)).await;
    let problem = taken.assert_status(409).problem();
    assert_eq!(problem.kind, "/problems/new-link-slug-taken");
    assert!(problem.detail.unwrap_or_default().contains(&made.slug));
}

#[tokio::test]
async fn what_is_no_link_is_refused() {
    let links = Links::open().await;
    let long = format!("https://example.com/{}", "a".repeat(2048));
    for (body, place) in [
        (r#"{"url":"example.com"}"#.to_owned(), "url"),
        (r#"{"url":"ftp://example.com/"}"#.to_owned(), "url"),
        (r#"{"url":"javascript:alert(1)"}"#.to_owned(), "url"),
        (format!(r#"{{"url":"{long}"}}"#), "url"),
        (r#"{"url":"https://example.com/","slug":"ab"}"#.to_owned(), "slug"),
        (r#"{"url":"https://example.com/","slug":"a/b/c"}"#.to_owned(), "slug"),
        (r#"{"url":"https://example.com/","slug":"größe"}"#.to_owned(), "slug"),
        (r#"{"slug":"abc"}"#.to_owned(), "url"),
    ] {
        let problem = links.post(&body).await.assert_status(422).problem();
        assert!(problem.errors[0].pointer.ends_with(place), "{body}");
    }
}

#[tokio::test]
async fn links_are_listed_without_gaps() {
    let links = Links::open().await;
    for n in 10..35 {
        links.post(&format!(r#"{{"url":"https://example.com/{n}","slug":"link-{n}"}}"#)).await.assert_status(201);
    }
    let (mut seen, mut path) = (Vec::new(), "/api/links?limit=7".to_owned());
    loop {
        let page: Page<Link> = links.get(&path).await.assert_status(200).json();
        seen.extend(page.items().iter().map(|link| link.slug.clone()));
        match page.next_cursor() {
            Some(cursor) => path = format!("/api/links?limit=7&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, (10..35).map(|n| format!("link-{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn clicks_are_written_soon_and_at_the_end() {
    let links = Links::open().await;
    links.post(r#"{"url":"https://example.com/","slug":"abc"}"#).await.assert_status(201);
    for _ in 0..50 {
        links.get("/abc").await.assert_status(307);
    }
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    assert_eq!(links.written("abc").await, 50);
    for _ in 0..50 {
        links.get("/abc").await.assert_status(307);
    }
    links.client.stop().await;
    assert_eq!(links.written("abc").await, 100);
    let stats: LinkStats = links.get("/api/links/abc/stats").await.assert_status(200).json();
    assert_eq!(stats.clicks, 100);
    assert!(stats.last_clicked_at.is_some());
}

#[tokio::test]
async fn the_clicks_of_many_links_are_written_together() {
    let links = Links::open().await;
    let now = Timestamp::now();
    let rows = (0..1_201).map(|n| (format!("link-{n}"), "https://example.com/", now));
    links.db.insert_many(sql!("links (slug, url, created_at)"), rows).await.unwrap();
    let clicks = Clicks::default();
    for round in 1..=3 {
        (0..1_201).for_each(|n| (0..n % 4).for_each(|_| clicks.add(&format!("link-{n}"))));
        clicks.add("link that was deleted");
        clicks.write(&links.db).await.unwrap();
        let written = sql!("select sum(clicks), count(*), count(last_clicked_at) from links where clicks > 0");
        let (sum, counted, dated): (i64, i64, i64) = links.db.one(written).await.unwrap();
        assert_eq!((sum, counted, dated), (1_800 * round, 900, 900));
        assert_eq!(links.written("link-7").await, 3 * round);
    }
    let stats: LinkStats = links.get("/api/links/link-7/stats").await.assert_status(200).json();
    assert!(stats.last_clicked_at.is_some_and(|last| last >= now));

    clicks.add("link-7");
    links.db.close().await;
    assert!(clicks.write(&links.db).await.is_err());
    assert_eq!(clicks.pending("link-7"), 1);
}
