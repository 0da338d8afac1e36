//! Inputs that are made to cost: none takes more than its size asks for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kovar::contract::text::{Pairs, TextPlace};
use kovar::contract::{Input, read_json, read_text};
use kovar::schema;

const MANY: usize = 100_000;

#[schema]
#[serde(deny_unknown_fields)]
struct Strict {
    name: String,
    tags: Vec<String>,
    filter: HashMap<String, i64>,
}

#[schema]
struct Flat {
    name: String,
    #[serde(flatten)]
    strict: Part,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part {
    other: i64,
}

#[schema]
#[serde(untagged)]
enum Either {
    Pair(i64, i64),
    Object { name: String },
}

#[schema]
#[serde(untagged)]
enum Ambiguous {
    Number(u8),
    Left(Vec<Ambiguous>),
    Right(Vec<Ambiguous>),
    Both { both: Vec<Ambiguous> },
}

/// Debug builds on a busy machine; what is quadratic takes minutes.
const LIMIT: Duration = Duration::from_secs(10);

#[track_caller]
fn check_json<T: Input>(body: &str) {
    let start = Instant::now();
    assert!(read_json::<T>(body.as_bytes()).is_err());
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

#[track_caller]
fn check_text<T: Input>(pairs: impl Iterator<Item = (String, String)>) {
    let pairs: Pairs<'_> = pairs.map(|(key, value)| (key.into(), value.into())).collect();
    let start = Instant::now();
    assert!(read_text::<T>(pairs, TextPlace::Query).is_err());
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

fn members(key: impl Fn(usize) -> String) -> String {
    let members: Vec<_> = (0..MANY).map(|index| format!("\"{}\":1", key(index))).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn objects_of_many_members() {
    check_json::<Strict>(&members(|index| format!("k{index}")));
    check_json::<Strict>(&members(|_| "name".to_owned()));
    check_json::<Strict>(&members(|_| "k".to_owned()));
    check_json::<HashMap<String, i64>>(&members(|_| "k".to_owned()));
    check_json::<HashMap<String, bool>>(&members(|index| format!("k{index}")));
    check_json::<serde_json::Value>(&members(|_| "k".to_owned()));
    check_json::<Flat>(&members(|index| format!("k{index}")));
    check_json::<Flat>(&members(|_| "k".to_owned()));
    check_json::<Either>(&members(|index| format!("k{index}")));
}

#[test]
fn arrays_of_many_items() {
    let of = |item: &str| format!("[{}{item}]", format!("{item},").repeat(MANY));
    check_json::<Vec<i64>>(&of("null"));
    check_json::<Vec<Strict>>(&of("[]"));
    check_json::<Vec<Either>>(&of("null"));
    check_json::<Vec<(i64, i64)>>(&of("[1]"));
    check_json::<std::collections::HashSet<i64>>(&of("\"1\""));
    check_json::<Vec<Either>>(&format!("[{}null]", "[1,2],".repeat(MANY)));
}

#[test]
fn unions_that_fit_until_deep_inside() {
    check_json::<Ambiguous>(&format!("{}\"x\"{}", "[".repeat(60), "]".repeat(60)));
    check_json::<Ambiguous>(&format!("{}\"x\"{}", "[[1],".repeat(30), "]".repeat(30)));
    check_json::<Ambiguous>(&format!("[{}\"x\"]", "[[[1]]],".repeat(10_000)));
}

#[test]
fn queries_of_many_pairs() {
    check_text::<Strict>((0..MANY).map(|index| (format!("k{index}"), "1".to_owned())));
    check_text::<Strict>((0..MANY).map(|_| ("name".to_owned(), "1".to_owned())));
    check_text::<Strict>((0..MANY).map(|index| (["tags", "x"][index % 2].to_owned(), "1".to_owned())));
    check_text::<Strict>((0..MANY).map(|index| (format!("filter[k{index}]"), "1".to_owned())));
    check_text::<Strict>((0..MANY).map(|index| (format!("filter[k{index}][a]"), "1".to_owned())));
    check_text::<Flat>((0..MANY).map(|index| (format!("k{index}"), "1".to_owned())));
    check_text::<Either>((0..MANY).map(|index| (format!("k{index}"), "1".to_owned())));
}

#[test]
fn keys_of_many_brackets() {
    check_text::<Strict>(std::iter::once((format!("filter{}", "[a]".repeat(10_000)), "1".to_owned())));
    check_text::<Strict>(std::iter::once((format!("filter{}", "[".repeat(500_000)), "1".to_owned())));
    check_text::<Strict>(std::iter::once((format!("tags{}", "[]".repeat(100_000)), "1".to_owned())));
    check_text::<Strict>((0..50).map(|depth| (format!("filter{}", "[a]".repeat(depth)), "1".to_owned())));
}
