//! The parser, the tree's reading and `serde_json` accept the same texts and read the same values.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

/// Texts that are JSON, nearly.
fn json_like() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("fals".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,3})?",
        "\"[a-z\\\\\"/\u{e9}\u{1d11e}\u{1}]{0,4}\"",
        "\"\\\\(u[dD][89abcdAB][0-9a-f]{2}|u[0-9a-fx]{4}|[bfnrtx/\\\\\"]){1,3}\"",
        Just("1e999".to_owned()),
        Just("\"\\ud83d\\ude00\"".to_owned()),
        Just("\"\\ud83d\\u0041\"".to_owned()),
        Just(String::new()),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let space = prop_oneof![Just(""), Just(" "), Just("\n\t"), Just("\u{a0}")];
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..4), space.clone())
                .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(","))),
            (prop::collection::vec(("[a-c]{0,1}", inner), 0..4), space).prop_map(|(members, space)| {
                let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\"{space}:{value}")).collect();
                format!("{{{}}}", members.join(&format!("{space},")))
            }),
        ]
    })
}

/// Types of every way that serde reads.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Everything {
    null: (),
    flag: bool,
    letter: Option<char>,
    small: i8,
    large: u64,
    ratio: f64,
    single: f32,
    text: String,
    list: Vec<Option<i32>>,
    pair: Option<(u8, String)>,
    map: BTreeMap<String, i64>,
    by_number: BTreeMap<i16, bool>,
    boxed: Option<Box<Everything>>,
    union: Option<Union>,
    any: serde_json::Value,
    unit: Unit,
    wrapped: Option<Wrapped>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(u16);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Union {
    Nothing,
    One(i64),
    Two(i64, bool),
    Named { value: u8 },
}

/// An object whose members fit [`Everything`], or nearly.
fn members() -> impl Strategy<Value = String> {
    let names = [
        "null",
        "flag",
        "letter",
        "small",
        "large",
        "ratio",
        "single",
        "text",
        "list",
        "pair",
        "map",
        "by_number",
        "boxed",
        "union",
        "any",
        "unit",
        "wrapped",
        "other",
    ];
    let value = prop_oneof![
        Just("null"),
        Just("true"),
        Just("\"a\""),
        Just("\"ab\""),
        Just("0"),
        Just("-0"),
        Just("-129"),
        Just("300"),
        Just("70000"),
        Just("18446744073709551616"),
        Just("0.1"),
        Just("1.7976931348623159e308"),
        Just("3.4028236e38"),
        Just("123456789.123456789123456789"),
        Just("[]"),
        Just("[1,null,\"x\"]"),
        Just("[1,\"x\"]"),
        Just("[1,2]"),
        Just("{}"),
        Just("{\"a\":1,\"b\":-1}"),
        Just("{\"1\":true,\"-2\":false}"),
        Just("{\"01\":true}"),
        Just("{\"+1\":true}"),
        Just("{\"flag\":true}"),
        Just("\"Nothing\""),
        Just("{\"Nothing\":null}"),
        Just("{\"One\":1}"),
        Just("{\"Two\":[1,true]}"),
        Just("{\"Named\":{\"value\":1}}"),
        Just("{\"Named\":{\"value\":1},\"One\":1}"),
    ];
    prop::collection::vec((prop::sample::select(names.to_vec()), value), 0..4).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_parser_accepts_what_serde_json_accepts(text in json_like()) {
        let is_json = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        let parsed = parse(&text, DEPTH_LIMIT);
        // `serde_json` skips a raw value without looking at its surrogates.
        let is_lone = matches!(&parsed, Err(error) if error.kind() == SyntaxErrorKind::LoneSurrogate);
        prop_assert_eq!(parsed.is_ok(), is_json && !is_lone, "{}: {:?}", text, parsed);
        prop_assert_eq!(parse::check(&text, DEPTH_LIMIT), parsed.clone().map(drop));
        if let Ok(value) = &parsed && let Ok(expected) = serde_json::from_str::<serde_json::Value>(&text) {
            let written: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
            prop_assert_eq!(written, expected);
        }
    }

    #[test]
    fn the_tree_is_read_as_the_text_is(text in members()) {
        let value = parse(&text, DEPTH_LIMIT).unwrap();
        let expected = from_str::<Everything>(&text).map_err(drop);
        prop_assert_eq!(value.read::<Everything>().map_err(drop), expected, "{}", text);
    }

    #[test]
    fn a_tree_is_copied_as_it_is(text in json_like()) {
        if let Ok(value) = parse(&text, DEPTH_LIMIT) {
            prop_assert_eq!(value.read::<Value<'static>>().unwrap(), value);
        }
    }
}

#[test]
fn errors_name_their_place() {
    let error = parse("{\"a\":\n  \"é\", x}", 64).unwrap_err();
    assert_eq!((error.line(), error.column(), error.kind()), (2, 8, SyntaxErrorKind::UnexpectedCharacter));
    assert_eq!(error.to_string(), "unexpected character at line 2 column 8");
    assert_eq!(parse("[1", 64).unwrap_err().kind(), SyntaxErrorKind::UnexpectedEnd);
    assert_eq!(parse("1 1", 64).unwrap_err().kind(), SyntaxErrorKind::TrailingCharacters);
    assert_eq!(parse("\"\\ud800\"", 64).unwrap_err().kind(), SyntaxErrorKind::LoneSurrogate);
    assert_eq!(parse("[[]]", 1).unwrap_err().kind(), SyntaxErrorKind::TooDeep);
}

#[test]
fn pointers_step_through_arrays_and_escaped_keys() {
    let value = parse(r#"{"a~/b": [1, {"": 2}]}"#, 64).unwrap();
    assert_eq!(value.pointer("/a~0~1b/1/"), Some(&Value::Number("2".into())));
    assert_eq!(value.pointer(""), Some(&value));
    assert_eq!(value.pointer("a"), None);
}
