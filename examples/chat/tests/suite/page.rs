//! The page, and what it consists of.

use super::support::{Running, ask};

/// The status, the head and the body of an answer.
async fn fetch(running: &Running, path: &str) -> (u16, String, String) {
    ask(running.address(), &format!("GET {path}"), "").await
}

/// What stands between a word and the next quotation mark.
fn named<'t>(text: &'t str, before: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

#[tokio::test]
async fn everything_that_the_page_names_is_there_and_under_its_policy() {
    let running = Running::start();
    let (_, _, html) = fetch(&running, "/").await;
    assert!(html.contains("<title>Chat</title>") && !html.contains("style="), "{html}");
    // Of each script: what it imports.
    let mut paths: Vec<String> = vec!["/".to_owned()];
    paths.extend(named(&html, r#"src=""#).chain(named(&html, r#"rel="icon" href=""#)).map(str::to_owned));
    paths.extend(named(&html, r#"rel="stylesheet" href=""#).map(str::to_owned));
    let mut index = 0;
    while let Some(path) = paths.get(index).cloned() {
        let (status, head, body) = fetch(&running, &path).await;
        assert_eq!(status, 200, "{path}");
        for field in ["default-src 'none'; script-src 'self'", "nosniff", "no-referrer"] {
            assert!(head.contains(field), "{path}: {head}");
        }
        let folder = path.rsplit_once('/').unwrap().0;
        for import in named(&body, r#" from "./"#) {
            let path = format!("{folder}/{import}");
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        index += 1;
    }
    for script in ["/page/chat.js", "/page/room.js", "/page/client/live.js", "/page/client/client.js"] {
        assert!(paths.iter().any(|path| path == script), "{script} is not in {paths:?}");
    }
    assert_eq!(fetch(&running, "/page/nothing.js").await.0, 404);
}
