//! What a generator does not come to: recursion, generics, validators, nested tags, tuples.

#![allow(dead_code)]

use std::collections::{BTreeMap, HashMap};

use kovar::contract::Invalid;
use kovar::schema;

use super::{Case, Document};

#[schema]
struct Tree {
    #[field(ge = 0)]
    value: i64,
    #[field(max_items = 2)]
    children: Vec<Tree>,
    next: Option<Box<Tree>>,
}

#[schema]
#[serde(untagged)]
enum Expression {
    Number(i64),
    Name(#[field(min_length = 1)] String),
    Call { name: String, arguments: Vec<Expression> },
}

#[schema]
#[serde(untagged)]
enum Ambiguous {
    Number(u8),
    Left(Vec<Ambiguous>),
    Right(Vec<Ambiguous>),
    Third(Vec<Ambiguous>),
}

#[schema]
struct Page<T> {
    #[field(max_items = 3)]
    items: Vec<T>,
    next: Option<T>,
}

#[schema]
struct UniqueItems<T: Eq + std::hash::Hash> {
    #[field(unique, max_items = 40)]
    items: Vec<T>,
}

#[schema]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Pet {
    Cat { name: String, lives: u8 },
    Dog(Dog),
    Stone,
}

#[schema]
#[serde(tag = "breed", rename_all = "snake_case")]
enum Dog {
    Poodle { curls: u32 },
    Pug,
}

#[schema]
#[serde(tag = "kind")]
enum Loose {
    Numbers(BTreeMap<String, i64>),
    Nothing {},
}

#[schema(validate = starts_before_it_ends)]
struct Range {
    from: i64,
    #[field(validate = is_even)]
    to: i64,
    #[field(validate = is_even)]
    step: Option<i64>,
}

fn is_even(number: &i64) -> Result<(), Invalid> {
    if number % 2 == 0 { Ok(()) } else { Err(Invalid::new("odd", "Input should be even")) }
}

fn starts_before_it_ends(range: &Range) -> Result<(), Invalid> {
    if range.from <= range.to { Ok(()) } else { Err(Invalid::value("ends before it starts").at("to")) }
}

#[schema(validate = is_not_nine)]
#[serde(untagged)]
enum Judged {
    Small(#[field(le = 9, validate = is_even)] i64),
    Pair(#[field(validate = is_even)] i64, #[field(unique)] Vec<i64>),
    Big { big: i64 },
}

fn is_not_nine(judged: &Judged) -> Result<(), Invalid> {
    if matches!(judged, Judged::Big { big: 9 } | Judged::Small(8)) { Err("Value error, nine".into()) } else { Ok(()) }
}

#[schema]
struct Triple(#[field(ge = 0)] i64, #[field(min_length = 1)] String, #[field(unique)] Vec<u8>);

#[schema(validate = is_short)]
struct Tags(#[field(items(pattern = "^[a-c]+$"), unique)] Vec<String>);

fn is_short(tags: &Tags) -> Result<(), Invalid> {
    if tags.0.len() < 3 { Ok(()) } else { Err("too many".into()) }
}

#[schema]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    #[field(le = 100)]
    size: u8,
    name: String,
    level: Option<i8>,
    tags: Vec<String>,
}

#[schema]
#[derive(Default)]
#[serde(default)]
struct FlatSettings {
    size: u8,
    #[serde(flatten)]
    more: Settings2,
}

#[schema]
#[derive(Default)]
struct Settings2 {
    #[field(default = 7, le = 8)]
    other: u8,
    #[serde(default)]
    names: Vec<String>,
}

#[schema]
struct Directions {
    #[serde(skip_deserializing)]
    #[field(ge = 5)]
    read_only: i64,
    #[serde(skip_serializing)]
    #[field(ge = 5)]
    write_only: i64,
    #[serde(skip)]
    cache: u8,
}

#[schema(partial = "DirectionsPatch")]
struct Patched {
    #[field(min_length = 1, validate = is_not_x)]
    name: String,
    #[field(validate = is_not_x)]
    note: Option<String>,
    #[field(not_null)]
    given: Option<i64>,
    #[serde(rename = "Tags", default)]
    #[field(unique)]
    tags: Vec<u8>,
}

fn is_not_x(text: &String) -> Result<(), Invalid> {
    if text == "X" { Err("X".into()) } else { Ok(()) }
}

#[schema]
struct Arrays {
    three: [u8; 3],
    pair: (i64, Option<String>),
    nested: Vec<HashMap<String, Vec<(u8, bool)>>>,
}

#[schema]
struct Outer {
    #[serde(flatten)]
    middle: Middle,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[schema]
struct Middle {
    #[serde(flatten)]
    inner: Settings2,
    middle: bool,
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new::<Tree>("Tree", Document::Agrees),
        Case::new::<Expression>("Expression", Document::Agrees),
        Case::new::<Ambiguous>("Ambiguous", Document::Agrees),
        Case::new::<Page<Tree>>("Page<Tree>", Document::Agrees),
        Case::new::<Page<Option<u8>>>("Page<Option<u8>>", Document::Agrees),
        Case::new::<UniqueItems<String>>("UniqueItems<String>", Document::Agrees),
        Case::new::<UniqueItems<i64>>("UniqueItems<i64>", Document::Agrees),
        Case::new::<Pet>("Pet", Document::Agrees),
        Case::new::<Loose>("Loose", Document::Agrees),
        Case::new::<Range>("Range", Document::Permits),
        Case::new::<Judged>("Judged", Document::Permits),
        Case::new::<Triple>("Triple", Document::Permits),
        Case::new::<Tags>("Tags", Document::Permits),
        Case::new::<Settings>("Settings", Document::Agrees),
        Case::new::<FlatSettings>("FlatSettings", Document::Agrees),
        Case::new::<Directions>("Directions", Document::Agrees),
        Case::new::<Patched>("Patched", Document::Permits),
        Case::new::<DirectionsPatch>("DirectionsPatch", Document::Permits),
        Case::new::<Arrays>("Arrays", Document::Agrees),
        Case::new::<Outer>("Outer", Document::Agrees),
        Case::new::<Vec<Option<i64>>>("Vec<Option<i64>>", Document::Agrees),
        Case::new::<HashMap<i64, u8>>("HashMap<i64, u8>", Document::Permits),
        Case::new::<HashMap<i128, u8>>("HashMap<i128, u8>", Document::Permits),
        Case::new::<HashMap<u128, u8>>("HashMap<u128, u8>", Document::Permits),
        Case::new::<HashMap<bool, u8>>("HashMap<bool, u8>", Document::Permits),
    ]
}
