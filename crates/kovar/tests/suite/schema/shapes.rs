//! Objects, optional fields, unions, defaults, partial and recursive types, limits.

use kovar::contract::issue::{INPUT_LIMIT, ISSUE_LIMIT};
use kovar::contract::{Patch, Unreadable, read_json};
use kovar::schema;

use super::{check, check_types};

#[schema(partial = "ItemPatch")]
#[derive(Debug, PartialEq)]
struct Item {
    #[field(min_length = 1)]
    name: String,
    note: Option<String>,
    #[field(required)]
    owner: Option<i64>,
    #[field(not_null)]
    rank: Option<u8>,
    #[field(default = 10, le = 100)]
    limit: u32,
    #[field(default = "new")]
    state: String,
}

#[test]
fn optional_nullable_default_and_required_nullable_are_apart() {
    let item: Item = read_json(br#"{"name": "a", "owner": null}"#).unwrap();
    let expected = Item { name: "a".into(), note: None, owner: None, rank: None, limit: 10, state: "new".into() };
    assert_eq!(item, expected);
    check::<Item>("{}", &["missing at /name: Field required", "missing at /owner: Field required"]);
    check_types::<Item>(
        r#"{"name": null, "owner": 1, "note": null, "rank": null, "limit": null}"#,
        &["string_type", "int_type", "int_type"],
    );
    check::<Item>("[1, 2]", &["model_type at : Input should be an object"]);
}

#[test]
fn a_partial_update_tells_absent_from_null() {
    let patch: ItemPatch = read_json(br#"{"note": null, "rank": 3}"#).unwrap();
    assert_eq!((patch.name, patch.note, patch.rank), (Patch::Absent, Patch::Set(None), Patch::Set(3)));
    assert_eq!(patch.limit, Patch::Absent);
    check_types::<ItemPatch>(
        r#"{"name": null, "rank": null, "limit": 101}"#,
        &["string_type", "int_type", "less_than_equal"],
    );
}

#[schema]
struct Breaking {
    #[field(default = i64::default(), ge = 1)]
    count: i64,
}

#[test]
fn a_default_that_breaks_its_rule_says_so() {
    check_types::<Breaking>("{}", &["greater_than_equal"]);
}

#[schema]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(rename = "a~/b", alias = "ab")]
    odd: i64,
}

#[test]
fn pointers_are_escaped_and_unknown_and_repeated_members_are_issues() {
    check::<Strict>(
        r#"{"a~/b": "x", "c~/d": 1}"#,
        &[
            "int_type at /a~0~1b: Input should be a valid integer",
            "extra_forbidden at /c~0~1d: Extra inputs are not permitted",
        ],
    );
    check::<Strict>(r#"{"a~/b": 1, "ab": 1}"#, &["duplicate_key at /ab: Key is given more than once"]);
    check_types::<Strict>(r#"{"ab": 1, "ab": 1, "ab": 2}"#, &["duplicate_key", "duplicate_key"]);
    check::<serde_json::Value>(
        r#"{"a": [{"b": 1, "b": 2}]}"#,
        &["duplicate_key at /a/0/b: Key is given more than once"],
    );
    check_types::<serde_json::Value>(r#"{"a": 1e999}"#, &["finite_number"]);
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
    #[serde(alias = "azure")]
    DarkBlue,
}

#[schema]
#[derive(Debug, PartialEq)]
enum Only {
    #[serde(rename = "v1")]
    V1,
}

#[schema]
#[derive(Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Tolerant {
    Known,
    #[serde(other)]
    Unknown,
}

#[test]
fn enumerations_and_literals() {
    assert_eq!(read_json(b"\"azure\""), Ok(Colour::DarkBlue));
    assert_eq!(read_json(b"\"anything\""), Ok(Tolerant::Unknown));
    check::<Colour>(
        "\"green\"",
        &[r#"enum at : Input should be 'red' or 'dark_blue' {"expected":"'red' or 'dark_blue'"}"#],
    );
    check::<Only>("\"v2\"", &[r#"literal_error at : Input should be 'v1' {"expected":"'v1'"}"#]);
    check_types::<Colour>(r#"{"red": null}"#, &["enum"]);
}

#[schema]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Pet {
    Cat { lives: u8 },
    Dog(Dog),
}

#[schema]
#[derive(Debug)]
#[serde(tag = "breed")]
enum Dog {
    Poodle { curls: u32 },
    Pug,
}

#[schema]
#[derive(Debug)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Number(i64),
    Nothing,
}

#[schema]
#[derive(Debug)]
enum External {
    Number(#[field(ge = 0)] i64),
    Nothing,
}

#[schema]
#[derive(Debug)]
#[serde(untagged)]
enum Either {
    Number(#[field(ge = 0)] i64),
    Object { name: String },
}

#[test]
fn unions_are_told_by_their_tags() {
    check::<Pet>(
        "{}",
        &[r#"union_tag_not_found at : Unable to extract tag using discriminator 'kind' {"discriminator":"kind"}"#],
    );
    check::<Pet>(
        r#"{"kind": "cow"}"#,
        &[
            r#"union_tag_invalid at : Input tag 'cow' found using 'kind' does not match any of the expected tags: 'cat' or 'dog' {"discriminator":"kind","tag":"cow","expected_tags":"'cat' or 'dog'"}"#,
        ],
    );
    check::<Pet>(
        r#"{"kind": "cat", "lives": 300}"#,
        &["int_parsing_size at /lives: Input should be an integer from 0 to 255"],
    );
    check_types::<Pet>(r#"{"kind": "dog", "breed": "Poodle"}"#, &["missing"]);
    check_types::<Pet>(r#"{"kind": "dog", "breed": "Cat"}"#, &["union_tag_invalid"]);
    check_types::<Pet>(r#"{"kind": 5}"#, &["string_type"]);
    check_types::<Pet>(r#"{"kind": "cat", "kind": "dog"}"#, &["duplicate_key"]);
    check_types::<Adjacent>(r#"{"t": "Number", "c": 1, "c": 2}"#, &["duplicate_key"]);
    check_types::<Adjacent>(r#"{"t": "Nothing", "c": 1, "c": 2}"#, &["duplicate_key"]);
    check_types::<Adjacent>(r#"{"t": "Number"}"#, &["missing"]);
    check_types::<External>(r#"{"Number": -1}"#, &["greater_than_equal"]);
    check_types::<External>(r#"{"Nothing": null}"#, &["value_error"]);
    check_types::<External>(r#""Number""#, &["missing"]);
    check_types::<External>(r#"{"Number": 1, "Nothing": 2}"#, &["value_error"]);
}

#[test]
fn an_untagged_union_reports_the_variant_that_was_meant() {
    let Err(Unreadable::Issues(issues)) = read_json::<Either>(br#"{"name": 5}"#) else { panic!("it was read") };
    assert_eq!(issues.len(), 1);
    assert_eq!((issues[0].kind.as_ref(), issues[0].pointer().as_str()), ("string_type", "/name"));
    check_types::<Either>("-1", &["greater_than_equal"]);
    check_types::<Either>("true", &["int_type", "model_type"]);
}

#[schema]
#[derive(Debug)]
struct Tree {
    children: Vec<Tree>,
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", r#"{"children":["#.repeat(depth), "]}".repeat(depth));
    check::<Tree>(&nested(32), &[]);
    let Err(Unreadable::Syntax(error)) = read_json::<Tree>(nested(33).as_bytes()) else { panic!("it was read") };
    assert_eq!(error.reason(), "nested too deeply");
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    check::<serde_json::Value>(&arrays(64), &[]);
    assert!(matches!(read_json::<serde_json::Value>(arrays(65).as_bytes()), Err(Unreadable::Syntax(_))));
    assert!(matches!(read_json::<Item>(arrays(10_000).as_bytes()), Err(Unreadable::Syntax(_))));
    let ignored = format!(r#"{{"name": "a", "owner": 1, "other": {}}}"#, arrays(64));
    assert!(matches!(read_json::<Item>(ignored.as_bytes()), Err(Unreadable::Syntax(_))));
}

#[test]
fn issues_and_what_they_show_are_bounded() {
    let Err(Unreadable::Issues(issues)) = read_json::<Vec<i64>>(format!("[{}null]", "null,".repeat(500)).as_bytes())
    else {
        panic!("it was read")
    };
    assert_eq!(issues.len(), ISSUE_LIMIT);
    for body in [
        format!("\"{}\"", "é".repeat(5_000)),
        format!("[{}1]", "1,".repeat(5_000)),
        format!("{{\"{}\":1}}", "k".repeat(9_000)),
    ] {
        let Err(Unreadable::Issues(issues)) = read_json::<jiff::civil::Date>(body.as_bytes()) else {
            panic!("it was read")
        };
        assert!(issues[0].input.as_ref().unwrap().to_string().len() < 8 * INPUT_LIMIT);
        assert!(issues[0].message.len() < 2 * INPUT_LIMIT, "{}", issues[0].message);
    }
}

#[schema]
struct Flat {
    own: i64,
    #[serde(flatten)]
    item: Item,
    #[serde(flatten)]
    extra: Option<Extra>,
}

#[schema]
struct Extra {
    colour: Colour,
    size: u8,
}

#[test]
fn a_flattened_option_is_there_as_a_whole_or_not() {
    let flat: Flat = read_json(br#"{"own": 1, "name": "a", "owner": 1}"#).unwrap();
    assert!(flat.extra.is_none());
    check_types::<Flat>(r#"{"own": 1, "name": "", "owner": 1, "size": 1}"#, &["string_too_short", "missing"]);
}
