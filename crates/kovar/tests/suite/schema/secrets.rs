//! A secret shows up nowhere: not in an issue of its own, of its siblings, or of what holds it.

use kovar::contract::text::TextPlace;
use kovar::contract::{Email, Input, Secret, Unreadable, read_json, read_text};
use kovar::schema;

const SECRET: &str = "hunter2";

#[schema]
#[serde(deny_unknown_fields)]
struct Login {
    email: Email,
    #[field(min_length = 20)]
    password: Secret<String>,
}

#[schema]
struct Outer {
    login: Login,
    count: i64,
}

#[schema]
enum Credential {
    Password(Secret<String>),
    Token(Secret<uuid::Uuid>),
}

#[schema]
#[serde(tag = "kind")]
enum Tagged {
    Password { password: Secret<String> },
    Nothing,
}

#[schema]
#[serde(untagged)]
enum Untagged {
    Password { password: Secret<String> },
    Number(i64),
}

#[schema]
struct Formats {
    id: Secret<uuid::Uuid>,
    at: Secret<jiff::Timestamp>,
    on: Secret<jiff::civil::Date>,
    link: Secret<url::Url>,
    mail: Secret<Email>,
    blob: Secret<kovar::contract::Base64>,
    number: Secret<i64>,
    many: Vec<Secret<bool>>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Profile {
    name: String,
}

#[schema]
struct Nested {
    profile: Profile,
    password: Secret<String>,
}

#[track_caller]
fn check<T: Input>(body: &str) {
    let body = body.replace('$', SECRET);
    let Err(Unreadable::Issues(issues)) = read_json::<T>(body.as_bytes()) else { panic!("{body} was read") };
    for issue in &issues {
        let shown = format!("{issue:?} {} {}", issue.to_json(), issue.to_fastapi_json());
        assert!(!shown.contains("hunter"), "{body}: {shown}");
    }
}

#[test]
fn no_issue_shows_a_secret() {
    check::<Login>(r#"{"email": "a", "password": "$"}"#);
    check::<Login>(r#"{"password": "$"}"#);
    check::<Login>(r#"{"email": "a@b.c", "password": ["$"]}"#);
    check::<Login>(r#"{"email": "a@b.c", "pasword": "$"}"#);
    check::<Login>(r#"["$"]"#);
    check::<Outer>(r#"{"login": {"password": "$"}, "count": "x"}"#);
    check::<Outer>(r#"{"login": "$"}"#);
    check::<Credential>(r#""$""#);
    check::<Credential>(r#"{"$": 1}"#);
    check::<Credential>(r#"{"Password": 5, "Token": "$"}"#);
    check::<Credential>(r#"{"Token": "$"}"#);
    check::<Tagged>(r#"{"password": "$"}"#);
    check::<Tagged>(r#"{"kind": "$", "password": "$"}"#);
    check::<Tagged>(r#"{"kind": ["$"], "password": "$"}"#);
    check::<Untagged>(r#"{"pasword": "$"}"#);
    check::<Untagged>(r#"{"password": ["$"]}"#);
    check::<Untagged>(r#""$""#);
    check::<Nested>(r#"{"profile": {"name": "a", "password": "$"}, "password": "$"}"#);
    let formats =
        ["id", "at", "on", "link", "mail", "blob", "number"].map(|field| format!(r#""{field}": "$""#)).join(",");
    check::<Formats>(&format!(r#"{{{formats}, "many": ["$"]}}"#));
}

#[test]
fn nor_does_one_of_a_text_place() {
    let pairs =
        vec![("email".into(), "a".into()), ("pasword".into(), SECRET.into()), ("password".into(), SECRET.into())];
    let issues = read_text::<Login>(pairs, TextPlace::Form).err().unwrap();
    assert_eq!(issues.len(), 3);
    assert!(!format!("{issues:?}").contains(SECRET));
}

#[test]
fn nor_does_writing_or_logging_it() {
    let login: Login = read_json(br#"{"email": "a@b.c", "password": "a password of hunter2"}"#).unwrap();
    assert!(!serde_json::to_string(&login).unwrap().contains(SECRET));
    assert!(!format!("{:?}", login.password).contains(SECRET));
    assert_eq!(login.password.expose(), "a password of hunter2");
}
