//! Text places: lax about numbers, and as thorough as a body is.

use std::collections::HashMap;

use kovar::contract::text::{Pairs, TextPlace};
use kovar::contract::{Input, Parameter, Rules, read_text};
use kovar::schema;
use rust_decimal::Decimal;

use super::line;

#[schema]
#[derive(Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Search {
    #[field(ge = 1, default = 10)]
    limit: u32,
    #[field(allow_inf_nan)]
    ratio: Option<f64>,
    price: Option<Decimal>,
    is_open: Option<bool>,
    #[field(default = Vec::new(), max_items = 3)]
    tags: Vec<String>,
    #[field(comma_separated, default = Vec::new())]
    ids: Vec<i64>,
    filter: Option<Filter>,
    #[field(default = HashMap::new())]
    counts: HashMap<String, i64>,
    name: Option<String>,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Filter {
    price: Option<Range>,
    tags: Option<Vec<i64>>,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Range {
    gte: Option<i64>,
    lt: Option<i64>,
}

fn pairs<'a>(text: &'a str) -> Pairs<'a> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

fn read(query: &str) -> Result<Search, Vec<String>> {
    read_text(pairs(query), TextPlace::Query).map_err(|issues| issues.iter().map(line).collect())
}

#[track_caller]
fn check(query: &str, expected: &[&str]) {
    let lines = read(query).err().unwrap_or_default();
    let types: Vec<_> = lines.iter().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(types, expected, "{query}: {lines:?}");
}

#[test]
fn what_spells_a_number_is_one() {
    for (text, limit) in [("1", 1), ("+7", 7), ("007", 7)] {
        assert_eq!(read(&format!("limit={text}")).unwrap().limit, limit);
    }
    assert_eq!(read("ratio=1e3").unwrap().ratio, Some(1000.0));
    assert_eq!(read("ratio=.5").unwrap().ratio, Some(0.5));
    assert_eq!(read("ratio=-inf").unwrap().ratio, Some(f64::NEG_INFINITY));
    assert_eq!(read("price=0.10").unwrap().price, Some(Decimal::new(10, 2)));
    for (text, value) in [("true", true), ("1", true), ("ON", true), ("no", false), ("f", false)] {
        assert_eq!(read(&format!("is_open={text}")).unwrap().is_open, Some(value));
    }
    assert_eq!(read("name=5").unwrap().name.as_deref(), Some("5"));
}

#[test]
fn what_spells_none_is_an_issue() {
    check("limit=a", &["int_parsing at /limit"]);
    check("limit=", &["int_parsing at /limit"]);
    check("limit=1.5", &["int_parsing at /limit"]);
    check("limit=-1", &["int_parsing_size at /limit"]);
    check("limit=0", &["greater_than_equal at /limit"]);
    check("limit=99999999999999999999", &["int_parsing_size at /limit"]);
    check("ratio=x", &["float_parsing at /ratio"]);
    check("ratio=%2B1e999", &["float_parsing at /ratio"]);
    check("ratio=+1e999", &["finite_number at /ratio"]);
    check("price=x", &["decimal_parsing at /price"]);
    check("is_open=maybe", &["bool_parsing at /is_open"]);
    check("limit=1&limit=2", &["duplicate_key at /limit"]);
    check("other=1", &["extra_forbidden at /other"]);
    check(
        "limit=a&ratio=b&other=1&name=x&name=y",
        &["int_parsing at /limit", "float_parsing at /ratio", "duplicate_key at /name", "extra_forbidden at /other"],
    );
}

#[test]
fn lists_and_objects() {
    assert_eq!(read("tags=a&limit=3&tags=b").unwrap().tags, ["a", "b"]);
    assert_eq!(read("tags[]=a&tags[]=b").unwrap().tags, ["a", "b"]);
    assert_eq!(read("ids=1,2,3").unwrap().ids, [1, 2, 3]);
    assert_eq!(read("ids=1,,2&ids=3").unwrap().ids, [1, 2, 3]);
    check("ids=1,x", &["int_parsing at /ids/1"]);
    check("tags=a&tags=b&tags=c&tags=d", &["too_long at /tags"]);
    let filter = read("filter[price][gte]=1&filter[price][lt]=5&filter[tags]=1&filter[tags][]=2").unwrap().filter;
    assert_eq!(filter, Some(Filter { price: Some(Range { gte: Some(1), lt: Some(5) }), tags: Some(vec![1, 2]) }));
    check("filter[price][gte]=x", &["int_parsing at /filter/price/gte"]);
    check("filter[price][gte]=1&filter[price][gte]=2", &["duplicate_key at /filter/price/gte"]);
    check("filter=x", &["model_type at /filter"]);
    check("filter=x&filter[price][gte]=1", &["model_type at /filter", "duplicate_key at /filter"]);
    assert_eq!(read("counts[a]=1&counts[b]=2").unwrap().counts.len(), 2);
    check("counts[a]=1&counts[a]=2", &["duplicate_key at /counts/a"]);
    check("limit[a]=1", &["int_type at /limit"]);
    check("filter[price=1", &["extra_forbidden at /filter[price"]);
}

#[schema]
#[derive(Debug)]
struct Headers {
    x_request_count: u8,
    #[serde(alias = "x_old")]
    x_new: Option<String>,
}

#[test]
fn header_names_have_hyphens_and_no_case() {
    let headers: Headers = read_text(pairs("X-Request-Count=5&X-OLD=a&Accept=b"), TextPlace::Header).unwrap();
    assert_eq!((headers.x_request_count, headers.x_new.as_deref()), (5, Some("a")));
    let issues = read_text::<Headers>(pairs("x-request-count=500"), TextPlace::Header).err().unwrap();
    assert_eq!(issues[0].pointer(), "/x-request-count");
    let issues = read_text::<Headers>(pairs("x_request_count=5"), TextPlace::Header).err().unwrap();
    assert_eq!(issues[0].kind, "missing");
}

#[test]
fn an_empty_control_of_a_form_is_absent_unless_it_is_text() {
    let form: Search = read_text(pairs("limit=&name=&is_open="), TextPlace::Form).unwrap();
    assert_eq!((form.limit, form.name.as_deref(), form.is_open), (10, Some(""), None));
}

#[test]
fn what_is_refused_is_shown_as_json() {
    #[schema]
    #[derive(Debug)]
    struct Open {
        #[field(allow_inf_nan, le = 5)]
        ratio: f64,
    }
    let issues = read_text::<Open>(pairs("ratio=inf"), TextPlace::Query).err().unwrap();
    serde_json::from_str::<serde_json::Value>(&issues[0].to_json().to_string()).unwrap();
    let issues = read_text::<Open>(pairs("ratio=.1e999"), TextPlace::Query).err().unwrap();
    serde_json::from_str::<serde_json::Value>(&issues[0].to_json().to_string()).unwrap();
}

#[test]
fn single_parameters() {
    fn parameter<T: Input>(query: &str) -> Result<Option<T>, Vec<String>> {
        static RULES: Rules = Rules { max_items: Some(2), ..Rules::NONE };
        let parameter = Parameter { name: "id", rules: &RULES, is_comma_separated: true };
        parameter.read(pairs(query), TextPlace::Query).map_err(|issues| issues.iter().map(line).collect())
    }
    assert_eq!(parameter::<Vec<u8>>("id=1,2"), Ok(Some(vec![1, 2])));
    assert_eq!(parameter::<Vec<u8>>("other=1"), Ok(None));
    assert_eq!(
        parameter::<Option<u8>>("id=7&id=8").unwrap_err(),
        ["duplicate_key at /id: Key is given more than once"]
    );
    assert!(parameter::<Vec<u8>>("id=1,2,3").unwrap_err()[0].starts_with("too_long at /id"));
    assert!(parameter::<u8>("id=256").unwrap_err()[0].starts_with("int_parsing_size at /id"));
}
