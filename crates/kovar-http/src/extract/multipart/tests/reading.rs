//! How the parts of each kind of field are read.

use super::*;

async fn check(parts: &[String], expected: &str) {
    let answer = post(parts).await;
    assert_eq!(answer.text(), expected);
}

async fn check_issues(parts: &[String], expected: &[(&str, &str)]) {
    let found = issues(&post(parts).await);
    let found: Vec<_> = found.iter().map(|(kind, location)| (kind.as_str(), location.as_str())).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn texts_are_read_as_those_of_a_form() {
    check(&[text("name", "ann"), text("age", "7")], r#"ann Some(7) []"#).await;
    check(&[text("name", "ann"), text("age", "")], r#"ann None []"#).await;
    check(&[text("name", "ann"), text("tags", "a"), text("tags", "b")], r#"ann None ["a", "b"]"#).await;
    check(&[text("name", "ann"), text("tags[]", "a")], r#"ann None ["a"]"#).await;
    check(&[text("name", "ann"), text("address[street]", "s"), text("address[number]", "1")], "ann None [] s 1").await;
    check(&[part("name=\"name\"", "Content-Type: text/plain; charset=utf-8\r\n", "ü")], "ü None []").await;
}

#[tokio::test]
async fn objects_are_json_whatever_they_call_themselves() {
    let address = r#"{"street": "s", "number": 1}"#;
    let blob = part("name=\"address\"; filename=\"blob\"", "Content-Type: application/json\r\n", address);
    for part in [text("address", address), json("address", address), blob] {
        check(&[text("name", "ann"), part], "ann None [] s 1").await;
    }
    let both = format!("[{address}, {address}]");
    check(&[text("name", "ann"), json("addresses", &both)], "ann None [] s 1 s 1").await;
    check(&[text("name", "ann"), text("addresses", address), text("addresses", address)], "ann None [] s 1 s 1").await;
}

#[tokio::test]
async fn a_scalar_can_be_json_and_is_not_coerced_then() {
    check(&[json("name", "\"ann\""), json("age", "7")], "ann Some(7) []").await;
    check_issues(&[text("name", "ann"), json("age", "\"7\"")], &[("int_type", r#"["body","age"]"#)]).await;
    check_issues(&[text("name", "ann"), text("age", "x")], &[("int_parsing", r#"["body","age"]"#)]).await;
    check(&[text("name", "ann"), json("tags", r#"["a", "b"]"#)], r#"ann None ["a", "b"]"#).await;
}

#[tokio::test]
async fn a_file_has_its_name_type_and_bytes() {
    let expected = r#"ann None [] [Some("a.png") Some("image/png") 5 false]"#;
    check(&[text("name", "ann"), file("portrait", "C:\\\\x\\\\a.png", "bytes")], expected).await;
    let expected = r#"ann None [] [Some("a") Some("image/png") 1 false] [Some("a") Some("image/png") 0 false]"#;
    check(&[text("name", "ann"), file("papers", "a", "1"), file("papers[]", "a", "")], expected).await;
}

#[tokio::test]
async fn an_input_in_which_no_file_was_chosen_is_absent() {
    check(&[text("name", "ann"), file("portrait", "", ""), file("papers", "", "")], "ann None []").await;
}

#[tokio::test]
async fn what_looks_like_a_boundary_belongs_to_the_file() {
    let content = format!("a\r\n--{BOUNDAR}\r\n\r\r\n--X\r\n-", BOUNDAR = &BOUNDARY[..BOUNDARY.len() - 1]);
    let whole = body(&[text("name", "ann"), file("portrait", "a", &content)]);
    let expected = format!(r#"ann None [] [Some("a") Some("image/png") {} false]"#, content.len());
    for bytes in [1, 2, 3, 7, 64, 10_000] {
        let answer = send(application(), request(in_chunks(&whole, bytes))).await;
        assert_eq!(answer.text(), expected, "{bytes}");
    }
}

#[tokio::test]
async fn all_issues_come_together() {
    let parts = [
        text("name", ""),
        text("age", "300"),
        json("address", "{\"street\": 1, \"more\": 2}"),
        json("addresses", "[1,"),
        file("portrait", "a", "x"),
        part("name=\"tags\"", "", "ok"),
    ];
    let expected = [
        ("json_invalid", r#"["body","addresses"]"#),
        ("bytes_too_short", r#"["body","portrait"]"#),
        ("string_too_short", r#"["body","name"]"#),
        ("int_parsing_size", r#"["body","age"]"#),
        ("string_type", r#"["body","address","street"]"#),
        ("missing", r#"["body","address","number"]"#),
        ("extra_forbidden", r#"["body","address","more"]"#),
    ];
    let mut found = issues(&post(&parts).await);
    let mut expected: Vec<_> = expected.map(|(kind, location)| (kind.to_owned(), location.to_owned())).into();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_is_missing_or_twice_is_an_issue() {
    check_issues(&[], &[("missing", r#"["body","name"]"#)]).await;
    let twice = issues(&post(&[text("name", "a"), file("portrait", "a", "xx"), file("portrait", "a", "xx")]).await);
    assert_eq!(twice.len(), 1);
    assert_eq!(twice[0].1, r#"["body","portrait"]"#);
}

#[tokio::test]
async fn unknown_and_read_only_parts_are_ignored() {
    let parts = [text("name", "ann"), text("other", "x"), file("else", "a", "y"), text("computed", "z")];
    check(&parts, "ann None []").await;
}

#[tokio::test]
async fn unknown_parts_are_issues_where_the_schema_says_so() {
    async fn handler(_: Multipart<Address>) -> Text<&'static str> {
        Text("ok")
    }
    let parts = [text("street", "s"), text("number", "1"), text("other", "x"), file("else", "a", "y")];
    let answer = send(app([Operation::post("/", handler)]), request(body(&parts))).await;
    let expected = [r#"["body","other"]"#, r#"["body","else"]"#];
    assert_eq!(issues(&answer), expected.map(|location| ("extra_forbidden".to_owned(), location.to_owned())));
}

#[tokio::test]
async fn an_answer_shows_no_token() {
    let answer = post(&[text("name", ""), file("portrait", "a.png", "xx"), file("portrait", "a.png", "xx")]).await;
    assert!(!answer.text().contains("upload:"), "{}", answer.text());
}

#[tokio::test]
async fn a_map_takes_texts_of_any_name() {
    async fn handler(Multipart(form): Multipart<std::collections::BTreeMap<String, u8>>) -> Text<String> {
        Text(format!("{form:?}"))
    }
    let answer = send(app([Operation::post("/", handler)]), request(body(&[text("a", "1"), text("b", "2")]))).await;
    assert_eq!(answer.text(), r#"{"a": 1, "b": 2}"#);
}

#[tokio::test]
async fn a_text_cannot_pass_for_a_file() {
    async fn handler(_: Multipart<std::collections::HashMap<String, Upload>>) -> Text<&'static str> {
        Text("passed")
    }
    let parts = [text("a", "upload:0:0")];
    let answer = send(app([Operation::post("/", handler)]), request(body(&parts))).await;
    assert_eq!(answer.status, http::StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn the_document_has_the_files_and_the_encoding() {
    let document = application().openapi().unwrap();
    let content = document.pointer("/paths/~1/post/requestBody/content/multipart~1form-data").unwrap();
    let encoding = content.get("encoding").map(ToString::to_string).unwrap();
    let expected = r#"{"address":{"contentType":"application/json"},"addresses":{"contentType":"application/json"}}"#;
    assert_eq!(encoding, expected);
    let reference = content.pointer("/schema/$ref").and_then(Value::as_str).unwrap();
    let papers = document.pointer(&format!("{}/properties/papers/items", &reference[1..])).unwrap();
    assert_eq!(papers.get("format").and_then(Value::as_str), Some("binary"));
    for status in ["400", "413", "415", "422"] {
        assert!(document.pointer(&format!("/paths/~1/post/responses/{status}")).is_some(), "{status}");
    }
}
