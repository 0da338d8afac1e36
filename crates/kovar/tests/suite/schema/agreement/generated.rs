//! Written by `generate`; `KOVAR_BLESS=1 cargo test -p kovar --test main agreement` writes it anew.

#![allow(dead_code, unused_imports)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, Zoned};
use kovar::contract::{Base64, Email, Hex, Patch, Secret};
use kovar::schema;
use rust_decimal::Decimal;
use url::Url;
use uuid::Uuid;

use super::{Case, Document};

#[schema]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Level {
    FirstOne,
    Two,
    #[serde(rename = "X")]
    Third,
}

#[schema]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Single {
    One,
}

#[schema]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Open {
    One,
    #[serde(other)]
    Unknown,
}

#[schema]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Aliased {
    #[serde(alias = "one", alias = "first_one")]
    One,
    Two,
}

#[schema]
struct Newtype1(String);

#[schema]
struct Newtype2(#[field(min_length = 2)] String);

#[schema]
struct Newtype3(#[field(min_length = 2)] String);

#[schema]
struct Newtype4(#[field(pattern = "^.$")] String);

#[schema]
struct Newtype5(#[field(ascii_only, pattern = "^a", max_length = 3)] String);

#[schema]
struct Newtype6(i8);

#[schema]
struct Newtype7(#[field(gt = 0, le = 10)] i8);

#[schema]
struct Newtype8(#[field(gt = -2)] i16);

#[schema]
struct Newtype9(#[field(gt = -2)] i16);

#[schema]
struct Newtype10(#[field(gt = 0, le = 10)] i16);

#[schema]
struct Newtype11(#[field(gt = 0, le = 10)] i32);

#[schema]
struct Newtype12(#[field(gt = 0, le = 10)] i64);

#[schema]
struct Newtype13(#[field(gt = 0, le = 10)] i128);

#[schema]
struct Newtype14(#[field(gt = -2)] isize);

#[schema]
struct Newtype15(#[field(ge = -1, lt = 10)] isize);

#[schema]
struct Newtype16(#[field(ge = 4)] u8);

#[schema]
struct Newtype17(#[field(ge = 4)] u8);

#[schema]
struct Newtype18(u64);

#[schema]
struct Newtype19(#[field(ge = 4)] u128);

#[schema]
struct Newtype20(#[field(multiple_of = 3)] usize);

#[schema]
struct Newtype21(#[field(gt = 3, lt = 100)] std::num::NonZeroU8);

#[schema]
struct Newtype22(std::num::NonZeroU64);

#[schema]
struct Newtype23(#[field(le = 100)] std::num::NonZeroU64);

#[schema]
struct Newtype24(f64);

#[schema]
struct Newtype25(#[field(ge = 0.5)] f64);

#[schema]
struct Newtype26(#[field(multiple_of = 0.5)] f64);

#[schema]
struct Newtype27(#[field(ge = 0, lt = 37)] Decimal);

#[schema]
struct Newtype28(#[field(decimal_places = 0)] Decimal);

#[schema]
struct Newtype29(#[field(gt = -1.5, le = 12.34)] Decimal);

#[schema]
struct Newtype30(Base64);

#[schema]
struct Newtype31(#[field(min_length = 1, max_length = 4)] Base64);

#[schema]
struct Newtype32(#[field(max_length = 2)] Hex);

#[schema]
struct Newtype33(#[field(past)] Timestamp);

#[schema]
struct Newtype34(Zoned);

#[schema]
struct Newtype35(#[field(future)] Zoned);

#[schema]
struct Newtype36(#[field(future)] Date);

#[schema]
struct Newtype37(#[field(future)] Date);

#[schema]
struct Newtype38(DateTime);

#[schema]
struct Newtype39(DateTime);

#[schema]
struct Newtype40(Uuid);

#[schema]
struct Newtype41(Uuid);

#[schema]
struct Newtype42(Email);

#[schema]
struct Newtype43(#[field(max_length = 12)] Email);

#[schema]
struct Newtype44(#[field(max_length = 12)] Url);

#[schema]
#[serde(deny_unknown_fields)]
struct Struct0 {
    field_0: String,
    field_1: Newtype1,
    field_2: BTreeMap<String, String>,
}

#[schema]
struct Struct1 {
    #[field(min_items = 1)] field_0: VecDeque<String>,
    #[field(min_items = 2)] field_1: Vec<String>,
    #[field(min_length = 2)] field_2: String,
}

#[schema]
struct Struct2 {
    field_0: Newtype2,
    #[field(items(min_length = 2))] field_1: HashSet<String>,
    #[field(min_length = 2)] field_2: Patch<String>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct3 {
    field_0: Newtype3,
    #[field(max_length = 3)] field_1: String,
    #[field(min_items = 2, items(max_length = 3))] field_2: Vec<String>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct4 {
    #[field(max_length = 3)] field_0: Box<String>,
    #[field(max_items = 3, keys(max_length = 3))] field_1: HashMap<String, i64>,
    #[field(max_items = 3, keys(max_length = 3))] field_2: HashMap<String, i64>,
}

#[schema]
struct Struct5 {
    #[field(min_length = 1, max_length = 3)] field_0: String,
    #[serde(alias = "Two")]
    #[field(items(min_length = 1, max_length = 3))] field_1: HashSet<String>,
    #[serde(alias = "X")]
    #[field(min_length = 1, max_length = 3)] field_2: Secret<String>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct6 {
    #[field(items(min_length = 1, max_length = 3), max_items = 2)] field_0: Vec<String>,
    #[field(min_items = 2, items(min_length = 1, max_length = 3))] field_1: Vec<String>,
    #[field(pattern = "^[a-c]+$")] field_2: String,
}

#[schema]
struct Struct7 {
    #[serde(alias = "one")]
    #[field(pattern = "^[a-c]+$")] field_0: Patch<Option<String>>,
    #[field(required, pattern = "^[a-c]+$")] field_1: Option<String>,
    #[serde(alias = "X")]
    #[field(pattern = "^[a-c]+$")] field_2: Patch<String>,
}

#[schema]
struct Struct8 {
    #[field(pattern = "^[a-c]+$")] field_0: Secret<String>,
    #[field(pattern = r"^\d{2}-\w+$")] field_1: String,
    #[field(values(pattern = r"^\d{2}-\w+$"))] field_2: BTreeMap<String, String>,
}

#[schema]
struct Struct9 {
    #[field(pattern = r"^\d{2}-\w+$")] field_0: Option<String>,
    #[field(pattern = r"^\d{2}-\w+$")] field_1: Box<String>,
    #[field(required, pattern = r"^\d{2}-\w+$")] field_2: Option<String>,
}

#[schema]
struct Struct10 {
    #[field(pattern = r"\s")] field_0: String,
    #[field(min_items = 2, items(pattern = r"\s"))] field_1: Vec<String>,
    #[field(values(pattern = r"\s"))] field_2: BTreeMap<String, String>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct11 {
    #[field(pattern = r"\s")] field_0: Box<String>,
    #[field(pattern = r"\s")] field_1: Patch<String>,
    #[field(pattern = "^.$")] field_2: String,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct12 {
    field_0: Newtype4,
    #[field(min_items = 2, items(pattern = "^.$"))] field_1: Vec<String>,
    #[field(not_null, pattern = "^.$")] field_2: Option<String>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct13 {
    #[field(pattern = "^.$")] field_0: Option<String>,
    #[field(ascii_only)] field_1: String,
    #[field(min_items = 2, items(ascii_only))] field_2: Vec<String>,
}

#[schema]
struct Struct14 {
    #[field(ascii_only)] field_0: Option<String>,
    #[field(ascii_only)] field_1: Patch<Option<String>>,
    #[field(items(ascii_only), max_items = 2)] field_2: Vec<String>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct15 {
    #[field(ascii_only, pattern = "^a", max_length = 3)] field_0: String,
    #[field(ascii_only, pattern = "^a", max_length = 3)] field_1: Box<String>,
    #[field(min_items = 2, items(ascii_only, pattern = "^a", max_length = 3))] field_2: Vec<String>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct16 {
    #[field(items(ascii_only, pattern = "^a", max_length = 3), max_items = 2)] field_0: Vec<String>,
    field_1: Newtype5,
    #[field(strip_whitespace, min_length = 1)] field_2: String,
}

#[schema]
struct Struct17 {
    #[field(strip_whitespace, min_length = 1)] field_0: Patch<Option<String>>,
    #[field(items(strip_whitespace, min_length = 1), max_items = 2)] field_1: Vec<String>,
    #[field(strip_whitespace, min_length = 1)] field_2: Secret<String>,
}

#[schema]
struct Struct18 {
    #[field(max_items = 3, keys(strip_whitespace, min_length = 1))] field_0: HashMap<String, i64>,
    #[field(to_lower, pattern = "^[a-z ]*$")] field_1: String,
    #[field(required, to_lower, pattern = "^[a-z ]*$")] field_2: Option<String>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct19 {
    #[field(items(to_lower, pattern = "^[a-z ]*$"))] field_0: HashSet<String>,
    #[serde(alias = "Two")]
    #[field(values(to_lower, pattern = "^[a-z ]*$"))] field_1: BTreeMap<String, String>,
    #[field(items(to_lower, pattern = "^[a-z ]*$"), max_items = 2)] field_2: Vec<String>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct20 {
    #[field(to_upper, strip_whitespace, max_length = 3)] field_0: String,
    #[field(min_items = 2, items(to_upper, strip_whitespace, max_length = 3))] field_1: Vec<String>,
    #[field(required, to_upper, strip_whitespace, max_length = 3)] field_2: Option<String>,
}

#[schema]
struct Struct21 {
    #[field(to_upper, strip_whitespace, max_length = 3)] field_0: Secret<String>,
    #[field(max_items = 3, keys(to_upper, strip_whitespace, max_length = 3))] field_1: HashMap<String, i64>,
    field_2: i8,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct22 {
    #[field(min_items = 2)] field_0: Vec<i8>,
    #[field(min_items = 2)] field_1: Vec<i8>,
    #[serde(alias = "X")]
    field_2: Newtype6,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct23 {
    field_0: Patch<i8>,
    #[field(gt = -2)] field_1: i8,
    #[field(gt = -2)] field_2: Box<i8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct24 {
    #[field(items(gt = -2))] field_0: HashSet<i8>,
    #[field(gt = -2)] field_1: Option<i8>,
    #[field(gt = -2)] field_2: Patch<Option<i8>>,
}

#[schema]
struct Struct25 {
    #[field(ge = -1, lt = 10)] field_0: i8,
    #[field(ge = -1, lt = 10)] field_1: Patch<Option<i8>>,
    #[field(values(ge = -1, lt = 10))] field_2: BTreeMap<String, i8>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct26 {
    #[field(items(ge = -1, lt = 10))] field_0: HashSet<i8>,
    #[field(items(ge = -1, lt = 10), max_items = 2)] field_1: Vec<i8>,
    #[serde(alias = "X")]
    #[field(le = -1)] field_2: i8,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct27 {
    #[serde(alias = "one")]
    #[field(required, le = -1)] field_0: Option<i8>,
    #[field(required, le = -1)] field_1: Option<i8>,
    #[field(values(le = -1))] field_2: BTreeMap<String, i8>,
}

#[schema]
struct Struct28 {
    #[field(max_items = 3, keys(le = -1))] field_0: HashMap<i8, i64>,
    #[field(gt = 0, le = 10)] field_1: i8,
    #[field(gt = 0, le = 10)] field_2: Patch<i8>,
}

#[schema]
struct Struct29 {
    #[field(min_items = 2, items(gt = 0, le = 10))] field_0: Vec<i8>,
    field_1: Newtype7,
    #[field(not_null, gt = 0, le = 10)] field_2: Option<i8>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct30 {
    field_0: i16,
    #[field(max_items = 2)] field_1: Vec<i16>,
    field_2: Box<i16>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct31 {
    #[field(min_items = 1)] field_0: VecDeque<i16>,
    #[field(not_null)] field_1: Option<i16>,
    #[field(gt = -2)] field_2: i16,
}

#[schema]
struct Struct32 {
    #[serde(alias = "one")]
    #[field(gt = -2)] field_0: Box<i16>,
    #[serde(alias = "Two")]
    field_1: Newtype8,
    field_2: Newtype9,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct33 {
    #[serde(alias = "one")]
    #[field(min_items = 2, items(gt = -2))] field_0: Vec<i16>,
    #[serde(alias = "Two")]
    #[field(ge = -1, lt = 10)] field_1: i16,
    #[field(not_null, ge = -1, lt = 10)] field_2: Option<i16>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct34 {
    #[field(values(ge = -1, lt = 10))] field_0: BTreeMap<String, i16>,
    #[field(not_null, ge = -1, lt = 10)] field_1: Option<i16>,
    #[field(ge = -1, lt = 10)] field_2: Secret<i16>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct35 {
    #[field(le = -1)] field_0: i16,
    #[field(le = -1)] field_1: Option<i16>,
    #[field(le = -1)] field_2: Secret<i16>,
}

#[schema]
struct Struct36 {
    #[field(required, le = -1)] field_0: Option<i16>,
    #[field(le = -1)] field_1: Box<i16>,
    #[serde(alias = "X")]
    #[field(gt = 0, le = 10)] field_2: i16,
}

#[schema]
struct Struct37 {
    #[field(min_items = 1, items(gt = 0, le = 10))] field_0: VecDeque<i16>,
    #[field(gt = 0, le = 10)] field_1: Option<i16>,
    #[serde(alias = "X")]
    field_2: Newtype10,
}

#[schema]
struct Struct38 {
    #[field(gt = 0, le = 10)] field_0: Box<i16>,
    field_1: i32,
    field_2: Option<i32>,
}

#[schema]
#[serde(rename_all = "lowercase")]
#[serde(deny_unknown_fields)]
struct Struct39 {
    field_0: HashSet<i32>,
    field_1: BTreeMap<String, i32>,
    #[field(min_items = 2)] field_2: Vec<i32>,
}

#[schema]
struct Struct40 {
    #[serde(alias = "one")]
    #[field(gt = -2)] field_0: i32,
    #[field(min_items = 1, items(gt = -2))] field_1: VecDeque<i32>,
    #[field(min_items = 1, items(gt = -2))] field_2: VecDeque<i32>,
}

#[schema]
struct Struct41 {
    #[field(min_items = 1, items(gt = -2))] field_0: VecDeque<i32>,
    #[serde(alias = "Two")]
    #[field(min_items = 1, items(gt = -2))] field_1: VecDeque<i32>,
    #[field(ge = -1, lt = 10)] field_2: i32,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct42 {
    #[serde(alias = "one")]
    #[field(required, ge = -1, lt = 10)] field_0: Option<i32>,
    #[field(items(ge = -1, lt = 10), max_items = 2)] field_1: Vec<i32>,
    #[field(required, ge = -1, lt = 10)] field_2: Option<i32>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
#[serde(deny_unknown_fields)]
struct Struct43 {
    #[field(items(ge = -1, lt = 10))] field_0: HashSet<i32>,
    #[field(le = -1)] field_1: i32,
    #[field(le = -1)] field_2: Patch<Option<i32>>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct44 {
    #[field(le = -1)] field_0: Secret<i32>,
    #[serde(alias = "Two")]
    #[field(le = -1)] field_1: Box<i32>,
    #[serde(alias = "X")]
    #[field(items(le = -1), max_items = 2)] field_2: Vec<i32>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct45 {
    #[field(gt = 0, le = 10)] field_0: i32,
    #[field(gt = 0, le = 10)] field_1: Box<i32>,
    field_2: Newtype11,
}

#[schema]
#[serde(rename_all = "camelCase")]
struct Struct46 {
    #[serde(alias = "one")]
    #[field(min_items = 1, items(gt = 0, le = 10))] field_0: VecDeque<i32>,
    #[field(items(gt = 0, le = 10), max_items = 2)] field_1: Vec<i32>,
    field_2: i64,
}

#[schema]
struct Struct47 {
    #[field(not_null)] field_0: Option<i64>,
    field_1: Box<i64>,
    #[serde(alias = "X")]
    field_2: Secret<i64>,
}

#[schema]
struct Struct48 {
    #[field(max_items = 3)] field_0: HashMap<i64, i64>,
    #[field(gt = -2)] field_1: i64,
    #[field(gt = -2)] field_2: Secret<i64>,
}

#[schema]
struct Struct49 {
    #[field(values(gt = -2))] field_0: BTreeMap<String, i64>,
    #[field(min_items = 2, items(gt = -2))] field_1: Vec<i64>,
    #[field(items(gt = -2))] field_2: HashSet<i64>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct50 {
    #[serde(alias = "one")]
    #[field(ge = -1, lt = 10)] field_0: i64,
    #[field(items(ge = -1, lt = 10), max_items = 2)] field_1: Vec<i64>,
    #[field(max_items = 3, keys(ge = -1, lt = 10))] field_2: HashMap<i64, i64>,
}

#[schema]
struct Struct51 {
    #[field(ge = -1, lt = 10)] field_0: Option<i64>,
    #[field(items(ge = -1, lt = 10), max_items = 2)] field_1: Vec<i64>,
    #[field(le = -1)] field_2: i64,
}

#[schema]
struct Struct52 {
    #[field(values(le = -1))] field_0: BTreeMap<String, i64>,
    #[field(max_items = 3, keys(le = -1))] field_1: HashMap<i64, i64>,
    #[field(items(le = -1))] field_2: HashSet<i64>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct53 {
    #[field(max_items = 3, keys(le = -1))] field_0: HashMap<i64, i64>,
    #[field(gt = 0, le = 10)] field_1: i64,
    field_2: Newtype12,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct54 {
    #[field(gt = 0, le = 10)] field_0: Secret<i64>,
    #[field(items(gt = 0, le = 10))] field_1: HashSet<i64>,
    #[serde(alias = "X")]
    #[field(required, gt = 0, le = 10)] field_2: Option<i64>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct55 {
    field_0: i128,
    #[serde(alias = "Two")]
    #[field(min_items = 2)] field_1: Vec<i128>,
    #[field(required)] field_2: Option<i128>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(deny_unknown_fields)]
struct Struct56 {
    field_0: Secret<i128>,
    #[field(max_items = 3)] field_1: HashMap<i128, i64>,
    #[field(gt = -2)] field_2: i128,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct57 {
    #[field(min_items = 1, items(gt = -2))] field_0: VecDeque<i128>,
    #[field(gt = -2)] field_1: Secret<i128>,
    #[field(gt = -2)] field_2: Secret<i128>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Struct58 {
    #[field(not_null, gt = -2)] field_0: Option<i128>,
    #[field(ge = -1, lt = 10)] field_1: i128,
    #[field(min_items = 1, items(ge = -1, lt = 10))] field_2: VecDeque<i128>,
}

#[schema]
struct Struct59 {
    #[serde(alias = "one")]
    #[field(values(ge = -1, lt = 10))] field_0: BTreeMap<String, i128>,
    #[field(not_null, ge = -1, lt = 10)] field_1: Option<i128>,
    #[field(values(ge = -1, lt = 10))] field_2: BTreeMap<String, i128>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct60 {
    #[field(le = -1)] field_0: i128,
    #[field(values(le = -1))] field_1: BTreeMap<String, i128>,
    #[field(le = -1)] field_2: Secret<i128>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct61 {
    #[field(le = -1)] field_0: Patch<i128>,
    #[field(max_items = 3, keys(le = -1))] field_1: HashMap<i128, i64>,
    #[field(gt = 0, le = 10)] field_2: i128,
}

#[schema]
struct Struct62 {
    #[field(not_null, gt = 0, le = 10)] field_0: Option<i128>,
    field_1: Newtype13,
    #[field(items(gt = 0, le = 10), max_items = 2)] field_2: Vec<i128>,
}

#[schema]
struct Struct63 {
    #[field(not_null, gt = 0, le = 10)] field_0: Option<i128>,
    field_1: isize,
    #[field(max_items = 2)] field_2: Vec<isize>,
}

#[schema]
struct Struct64 {
    field_0: Patch<isize>,
    #[field(min_items = 1)] field_1: VecDeque<isize>,
    #[field(max_items = 2)] field_2: Vec<isize>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[serde(deny_unknown_fields)]
struct Struct65 {
    #[field(gt = -2)] field_0: isize,
    field_1: Newtype14,
    #[field(items(gt = -2), max_items = 2)] field_2: Vec<isize>,
}

#[schema]
struct Struct66 {
    #[field(max_items = 3, keys(gt = -2))] field_0: HashMap<isize, i64>,
    #[field(gt = -2)] field_1: Patch<Option<isize>>,
    #[field(ge = -1, lt = 10)] field_2: isize,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct67 {
    #[field(ge = -1, lt = 10)] field_0: Option<isize>,
    #[field(min_items = 1, items(ge = -1, lt = 10))] field_1: VecDeque<isize>,
    #[field(max_items = 3, keys(ge = -1, lt = 10))] field_2: HashMap<isize, i64>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct68 {
    field_0: Newtype15,
    #[field(le = -1)] field_1: isize,
    #[field(le = -1)] field_2: Option<isize>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct69 {
    #[field(le = -1)] field_0: Patch<isize>,
    #[field(max_items = 3, keys(le = -1))] field_1: HashMap<isize, i64>,
    #[field(min_items = 2, items(le = -1))] field_2: Vec<isize>,
}

#[schema]
struct Struct70 {
    #[field(gt = 0, le = 10)] field_0: isize,
    #[serde(alias = "Two")]
    #[field(gt = 0, le = 10)] field_1: Box<isize>,
    #[field(min_items = 1, items(gt = 0, le = 10))] field_2: VecDeque<isize>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct71 {
    #[field(items(gt = 0, le = 10))] field_0: HashSet<isize>,
    #[field(gt = 0, le = 10)] field_1: Patch<Option<isize>>,
    field_2: u8,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct72 {
    #[serde(alias = "one")]
    field_0: Secret<u8>,
    field_1: Box<u8>,
    #[field(required)] field_2: Option<u8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct73 {
    field_0: Option<u8>,
    #[field(gt = 3, lt = 100)] field_1: u8,
    #[field(items(gt = 3, lt = 100))] field_2: HashSet<u8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct74 {
    #[serde(alias = "one")]
    #[field(items(gt = 3, lt = 100))] field_0: HashSet<u8>,
    #[field(min_items = 2, items(gt = 3, lt = 100))] field_1: Vec<u8>,
    #[field(gt = 3, lt = 100)] field_2: Patch<Option<u8>>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct75 {
    #[field(ge = 1, le = 10)] field_0: u8,
    #[field(ge = 1, le = 10)] field_1: Patch<u8>,
    #[field(min_items = 1, items(ge = 1, le = 10))] field_2: VecDeque<u8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct76 {
    #[serde(alias = "one")]
    #[field(items(ge = 1, le = 10))] field_0: HashSet<u8>,
    #[field(ge = 1, le = 10)] field_1: Patch<Option<u8>>,
    #[field(multiple_of = 3)] field_2: u8,
}

#[schema]
struct Struct77 {
    #[field(multiple_of = 3)] field_0: Patch<u8>,
    #[field(items(multiple_of = 3))] field_1: HashSet<u8>,
    #[field(multiple_of = 3)] field_2: Secret<u8>,
}

#[schema]
#[serde(rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
struct Struct78 {
    #[field(min_items = 2, items(multiple_of = 3))] field_0: Vec<u8>,
    #[field(ge = 4)] field_1: u8,
    field_2: Newtype16,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct79 {
    #[field(not_null, ge = 4)] field_0: Option<u8>,
    field_1: Newtype17,
    #[field(required, ge = 4)] field_2: Option<u8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct80 {
    field_0: u16,
    #[serde(alias = "Two")]
    #[field(max_items = 2)] field_1: Vec<u16>,
    #[serde(alias = "X")]
    #[field(max_items = 3)] field_2: HashMap<u16, i64>,
}

#[schema]
struct Struct81 {
    #[field(max_items = 3)] field_0: HashMap<u16, i64>,
    #[field(max_items = 2)] field_1: Vec<u16>,
    #[field(gt = 3, lt = 100)] field_2: u16,
}

#[schema]
struct Struct82 {
    #[field(gt = 3, lt = 100)] field_0: Option<u16>,
    #[field(values(gt = 3, lt = 100))] field_1: BTreeMap<String, u16>,
    #[field(max_items = 3, keys(gt = 3, lt = 100))] field_2: HashMap<u16, i64>,
}

#[schema]
#[serde(rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
struct Struct83 {
    #[field(max_items = 3, keys(gt = 3, lt = 100))] field_0: HashMap<u16, i64>,
    #[field(ge = 1, le = 10)] field_1: u16,
    #[field(ge = 1, le = 10)] field_2: Box<u16>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct84 {
    #[field(required, ge = 1, le = 10)] field_0: Option<u16>,
    #[field(max_items = 3, keys(ge = 1, le = 10))] field_1: HashMap<u16, i64>,
    #[field(max_items = 3, keys(ge = 1, le = 10))] field_2: HashMap<u16, i64>,
}

#[schema]
struct Struct85 {
    #[serde(alias = "one")]
    #[field(multiple_of = 3)] field_0: u16,
    #[field(required, multiple_of = 3)] field_1: Option<u16>,
    #[field(values(multiple_of = 3))] field_2: BTreeMap<String, u16>,
}

#[schema]
struct Struct86 {
    #[field(multiple_of = 3)] field_0: Secret<u16>,
    #[field(not_null, multiple_of = 3)] field_1: Option<u16>,
    #[field(ge = 4)] field_2: u16,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct87 {
    #[field(ge = 4)] field_0: Patch<u16>,
    #[field(ge = 4)] field_1: Box<u16>,
    #[field(ge = 4)] field_2: Patch<Option<u16>>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct88 {
    #[serde(alias = "one")]
    #[field(not_null, ge = 4)] field_0: Option<u16>,
    #[serde(alias = "Two")]
    field_1: u32,
    field_2: Patch<u32>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct89 {
    field_0: Patch<u32>,
    field_1: Patch<u32>,
    #[field(required)] field_2: Option<u32>,
}

#[schema]
#[serde(rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
struct Struct90 {
    #[field(gt = 3, lt = 100)] field_0: u32,
    #[serde(alias = "Two")]
    #[field(gt = 3, lt = 100)] field_1: Box<u32>,
    #[field(items(gt = 3, lt = 100))] field_2: HashSet<u32>,
}

#[schema]
struct Struct91 {
    #[field(required, gt = 3, lt = 100)] field_0: Option<u32>,
    #[field(items(gt = 3, lt = 100), max_items = 2)] field_1: Vec<u32>,
    #[serde(alias = "X")]
    #[field(ge = 1, le = 10)] field_2: u32,
}

#[schema]
struct Struct92 {
    #[field(ge = 1, le = 10)] field_0: Option<u32>,
    #[field(ge = 1, le = 10)] field_1: Patch<Option<u32>>,
    #[field(required, ge = 1, le = 10)] field_2: Option<u32>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct93 {
    #[field(min_items = 1, items(ge = 1, le = 10))] field_0: VecDeque<u32>,
    #[field(multiple_of = 3)] field_1: u32,
    #[field(min_items = 1, items(multiple_of = 3))] field_2: VecDeque<u32>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct94 {
    #[field(min_items = 2, items(multiple_of = 3))] field_0: Vec<u32>,
    #[field(multiple_of = 3)] field_1: Patch<u32>,
    #[field(min_items = 2, items(multiple_of = 3))] field_2: Vec<u32>,
}

#[schema]
struct Struct95 {
    #[field(ge = 4)] field_0: u32,
    #[field(ge = 4)] field_1: Patch<u32>,
    #[field(items(ge = 4))] field_2: HashSet<u32>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct96 {
    #[field(not_null, ge = 4)] field_0: Option<u32>,
    #[field(ge = 4)] field_1: Box<u32>,
    field_2: u64,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct97 {
    field_0: BTreeMap<String, u64>,
    #[field(not_null)] field_1: Option<u64>,
    field_2: Newtype18,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct98 {
    #[field(default = 9)] field_0: u64,
    #[serde(alias = "Two")]
    #[field(gt = 3, lt = 100)] field_1: u64,
    #[field(gt = 3, lt = 100)] field_2: Option<u64>,
}

#[schema]
struct Struct99 {
    #[field(gt = 3, lt = 100)] field_0: Option<u64>,
    #[field(min_items = 1, items(gt = 3, lt = 100))] field_1: VecDeque<u64>,
    #[field(gt = 3, lt = 100)] field_2: Secret<u64>,
}

#[schema]
#[serde(rename_all = "PascalCase")]
#[serde(deny_unknown_fields)]
struct Struct100 {
    #[field(ge = 1, le = 10)] field_0: u64,
    #[field(items(ge = 1, le = 10))] field_1: HashSet<u64>,
    #[field(ge = 1, le = 10)] field_2: Patch<u64>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct101 {
    #[field(items(ge = 1, le = 10), max_items = 2)] field_0: Vec<u64>,
    #[field(required, ge = 1, le = 10)] field_1: Option<u64>,
    #[serde(alias = "X")]
    #[field(multiple_of = 3)] field_2: u64,
}

#[schema]
struct Struct102 {
    #[serde(alias = "one")]
    #[field(items(multiple_of = 3))] field_0: HashSet<u64>,
    #[field(max_items = 3, keys(multiple_of = 3))] field_1: HashMap<u64, i64>,
    #[serde(alias = "X")]
    #[field(items(multiple_of = 3), max_items = 2)] field_2: Vec<u64>,
}

#[schema]
struct Struct103 {
    #[field(not_null, multiple_of = 3)] field_0: Option<u64>,
    #[field(ge = 4)] field_1: u64,
    #[field(ge = 4)] field_2: Option<u64>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct104 {
    #[field(ge = 4)] field_0: Box<u64>,
    #[field(items(ge = 4), max_items = 2)] field_1: Vec<u64>,
    #[field(ge = 4)] field_2: Box<u64>,
}

#[schema]
struct Struct105 {
    field_0: u128,
    field_1: Patch<u128>,
    #[field(required)] field_2: Option<u128>,
}

#[schema]
struct Struct106 {
    #[field(min_items = 1)] field_0: VecDeque<u128>,
    #[field(max_items = 3)] field_1: HashMap<u128, i64>,
    #[field(gt = 3, lt = 100)] field_2: u128,
}

#[schema]
struct Struct107 {
    #[field(items(gt = 3, lt = 100))] field_0: HashSet<u128>,
    #[field(max_items = 3, keys(gt = 3, lt = 100))] field_1: HashMap<u128, i64>,
    #[field(gt = 3, lt = 100)] field_2: Secret<u128>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct108 {
    #[field(required, gt = 3, lt = 100)] field_0: Option<u128>,
    #[field(ge = 1, le = 10)] field_1: u128,
    #[field(items(ge = 1, le = 10))] field_2: HashSet<u128>,
}

#[schema]
struct Struct109 {
    #[field(values(ge = 1, le = 10))] field_0: BTreeMap<String, u128>,
    #[field(required, ge = 1, le = 10)] field_1: Option<u128>,
    #[serde(alias = "X")]
    #[field(ge = 1, le = 10)] field_2: Secret<u128>,
}

#[schema]
struct Struct110 {
    #[serde(alias = "one")]
    #[field(multiple_of = 3)] field_0: u128,
    #[field(values(multiple_of = 3))] field_1: BTreeMap<String, u128>,
    #[field(min_items = 2, items(multiple_of = 3))] field_2: Vec<u128>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct111 {
    #[field(multiple_of = 3)] field_0: Secret<u128>,
    #[field(multiple_of = 3)] field_1: Option<u128>,
    #[field(ge = 4)] field_2: u128,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct112 {
    #[field(min_items = 1, items(ge = 4))] field_0: VecDeque<u128>,
    #[field(ge = 4)] field_1: Secret<u128>,
    field_2: Newtype19,
}

#[schema]
struct Struct113 {
    #[field(max_items = 3, keys(ge = 4))] field_0: HashMap<u128, i64>,
    field_1: usize,
    #[field(min_items = 1)] field_2: VecDeque<usize>,
}

#[schema]
struct Struct114 {
    #[field(max_items = 2)] field_0: Vec<usize>,
    #[serde(alias = "Two")]
    field_1: Patch<usize>,
    #[field(max_items = 2)] field_2: Vec<usize>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct115 {
    #[field(gt = 3, lt = 100)] field_0: usize,
    #[field(values(gt = 3, lt = 100))] field_1: BTreeMap<String, usize>,
    #[field(gt = 3, lt = 100)] field_2: Patch<Option<usize>>,
}

#[schema]
struct Struct116 {
    #[field(gt = 3, lt = 100)] field_0: Box<usize>,
    #[field(gt = 3, lt = 100)] field_1: Patch<usize>,
    #[field(ge = 1, le = 10)] field_2: usize,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct117 {
    #[field(required, ge = 1, le = 10)] field_0: Option<usize>,
    #[field(ge = 1, le = 10)] field_1: Patch<Option<usize>>,
    #[field(ge = 1, le = 10)] field_2: Secret<usize>,
}

#[schema]
struct Struct118 {
    #[field(min_items = 1, items(ge = 1, le = 10))] field_0: VecDeque<usize>,
    #[field(multiple_of = 3)] field_1: usize,
    field_2: Newtype20,
}

#[schema]
struct Struct119 {
    #[field(values(multiple_of = 3))] field_0: BTreeMap<String, usize>,
    #[field(min_items = 1, items(multiple_of = 3))] field_1: VecDeque<usize>,
    #[field(min_items = 2, items(multiple_of = 3))] field_2: Vec<usize>,
}

#[schema]
struct Struct120 {
    #[field(ge = 4)] field_0: usize,
    #[field(items(ge = 4), max_items = 2)] field_1: Vec<usize>,
    #[field(ge = 4)] field_2: Option<usize>,
}

#[schema]
struct Struct121 {
    #[field(ge = 4)] field_0: Patch<Option<usize>>,
    #[field(min_items = 1, items(ge = 4))] field_1: VecDeque<usize>,
    #[serde(alias = "X")]
    field_2: std::num::NonZeroU8,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct122 {
    #[field(min_items = 2)] field_0: Vec<std::num::NonZeroU8>,
    #[field(max_items = 3)] field_1: HashMap<std::num::NonZeroU8, i64>,
    field_2: Option<std::num::NonZeroU8>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct123 {
    field_0: Secret<std::num::NonZeroU8>,
    #[field(gt = 3, lt = 100)] field_1: std::num::NonZeroU8,
    field_2: Newtype21,
}

#[schema]
struct Struct124 {
    #[field(gt = 3, lt = 100)] field_0: Option<std::num::NonZeroU8>,
    #[field(gt = 3, lt = 100)] field_1: Option<std::num::NonZeroU8>,
    #[field(items(gt = 3, lt = 100))] field_2: HashSet<std::num::NonZeroU8>,
}

#[schema]
#[serde(rename_all = "PascalCase")]
#[serde(deny_unknown_fields)]
struct Struct125 {
    #[field(ge = 1, le = 10)] field_0: std::num::NonZeroU8,
    #[field(required, ge = 1, le = 10)] field_1: Option<std::num::NonZeroU8>,
    #[field(ge = 1, le = 10)] field_2: Patch<std::num::NonZeroU8>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct126 {
    #[serde(alias = "one")]
    #[field(ge = 1, le = 10)] field_0: Patch<std::num::NonZeroU8>,
    #[field(items(ge = 1, le = 10), max_items = 2)] field_1: Vec<std::num::NonZeroU8>,
    #[serde(alias = "X")]
    #[field(multiple_of = 3)] field_2: std::num::NonZeroU8,
}

#[schema]
struct Struct127 {
    #[field(not_null, multiple_of = 3)] field_0: Option<std::num::NonZeroU8>,
    #[serde(alias = "Two")]
    #[field(multiple_of = 3)] field_1: Box<std::num::NonZeroU8>,
    #[field(max_items = 3, keys(multiple_of = 3))] field_2: HashMap<std::num::NonZeroU8, i64>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
#[serde(deny_unknown_fields)]
struct Struct128 {
    #[field(multiple_of = 3)] field_0: Option<std::num::NonZeroU8>,
    #[field(ge = 4)] field_1: std::num::NonZeroU8,
    #[field(ge = 4)] field_2: Patch<Option<std::num::NonZeroU8>>,
}

#[schema]
struct Struct129 {
    #[field(items(ge = 4), max_items = 2)] field_0: Vec<std::num::NonZeroU8>,
    #[field(values(ge = 4))] field_1: BTreeMap<String, std::num::NonZeroU8>,
    #[field(ge = 4)] field_2: Option<std::num::NonZeroU8>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct130 {
    field_0: std::num::NonZeroU64,
    field_1: Patch<Option<std::num::NonZeroU64>>,
    field_2: Patch<std::num::NonZeroU64>,
}

#[schema]
#[serde(rename_all = "PascalCase")]
struct Struct131 {
    field_0: Patch<std::num::NonZeroU64>,
    field_1: Newtype22,
    #[field(le = 100)] field_2: std::num::NonZeroU64,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct132 {
    #[field(not_null, le = 100)] field_0: Option<std::num::NonZeroU64>,
    #[field(le = 100)] field_1: Box<std::num::NonZeroU64>,
    field_2: Newtype23,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct133 {
    #[field(le = 100)] field_0: Box<std::num::NonZeroU64>,
    field_1: f64,
    #[serde(alias = "X")]
    field_2: Option<f64>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct134 {
    #[field(not_null)] field_0: Option<f64>,
    field_1: Newtype24,
    field_2: Box<f64>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct135 {
    #[field(gt = 0, le = 10.25)] field_0: f64,
    #[field(gt = 0, le = 10.25)] field_1: Patch<f64>,
    #[field(not_null, gt = 0, le = 10.25)] field_2: Option<f64>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct136 {
    #[field(gt = 0, le = 10.25)] field_0: Box<f64>,
    #[field(gt = 0, le = 10.25)] field_1: Patch<Option<f64>>,
    #[serde(alias = "X")]
    #[field(ge = 0.5)] field_2: f64,
}

#[schema]
#[serde(rename_all = "camelCase")]
struct Struct137 {
    #[field(ge = 0.5)] field_0: Patch<Option<f64>>,
    #[field(ge = 0.5)] field_1: Patch<f64>,
    field_2: Newtype25,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct138 {
    #[serde(alias = "one")]
    #[field(not_null, ge = 0.5)] field_0: Option<f64>,
    #[field(multiple_of = 0.5)] field_1: f64,
    #[field(multiple_of = 0.5)] field_2: Patch<Option<f64>>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Struct139 {
    #[field(items(multiple_of = 0.5), max_items = 2)] field_0: Vec<f64>,
    field_1: Newtype26,
    #[field(not_null, multiple_of = 0.5)] field_2: Option<f64>,
}

#[schema]
struct Struct140 {
    #[field(allow_inf_nan)] field_0: f64,
    #[field(items(allow_inf_nan), max_items = 2)] field_1: Vec<f64>,
    #[field(allow_inf_nan)] field_2: Patch<Option<f64>>,
}

#[schema]
struct Struct141 {
    #[field(not_null, allow_inf_nan)] field_0: Option<f64>,
    #[field(not_null, allow_inf_nan)] field_1: Option<f64>,
    field_2: f32,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct142 {
    field_0: Patch<f32>,
    #[field(not_null)] field_1: Option<f32>,
    #[field(min_items = 1)] field_2: VecDeque<f32>,
}

#[schema]
struct Struct143 {
    field_0: Box<f32>,
    #[field(ge = 0.5, le = 10.25)] field_1: f32,
    #[field(ge = 0.5, le = 10.25)] field_2: Box<f32>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct144 {
    #[field(ge = 0.5, le = 10.25)] field_0: Patch<f32>,
    #[field(not_null, ge = 0.5, le = 10.25)] field_1: Option<f32>,
    #[field(not_null, ge = 0.5, le = 10.25)] field_2: Option<f32>,
}

#[schema]
struct Struct145 {
    #[serde(alias = "one")]
    #[field(multiple_of = 0.5)] field_0: f32,
    #[field(not_null, multiple_of = 0.5)] field_1: Option<f32>,
    #[serde(alias = "X")]
    #[field(multiple_of = 0.5)] field_2: Secret<f32>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct146 {
    #[field(multiple_of = 0.5)] field_0: Option<f32>,
    #[field(not_null, multiple_of = 0.5)] field_1: Option<f32>,
    field_2: Decimal,
}

#[schema]
struct Struct147 {
    field_0: Patch<Option<Decimal>>,
    #[serde(alias = "Two")]
    #[field(max_items = 2)] field_1: Vec<Decimal>,
    field_2: Secret<Decimal>,
}

#[schema]
#[serde(rename_all = "PascalCase")]
#[serde(deny_unknown_fields)]
struct Struct148 {
    #[field(max_items = 2)] field_0: Vec<Decimal>,
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)] field_1: Decimal,
    #[field(items(gt = 0, le = 1_000_000, decimal_places = 2), max_items = 2)] field_2: Vec<Decimal>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct149 {
    #[field(gt = 0, le = 1_000_000, decimal_places = 2)] field_0: Patch<Decimal>,
    #[field(min_items = 1, items(gt = 0, le = 1_000_000, decimal_places = 2))] field_1: VecDeque<Decimal>,
    #[field(not_null, gt = 0, le = 1_000_000, decimal_places = 2)] field_2: Option<Decimal>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct150 {
    #[field(ge = 0, lt = 37)] field_0: Decimal,
    #[field(ge = 0, lt = 37)] field_1: Secret<Decimal>,
    #[field(not_null, ge = 0, lt = 37)] field_2: Option<Decimal>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct151 {
    field_0: Newtype27,
    #[field(not_null, ge = 0, lt = 37)] field_1: Option<Decimal>,
    #[field(decimal_places = 0)] field_2: Decimal,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct152 {
    field_0: Newtype28,
    #[field(min_items = 1, items(decimal_places = 0))] field_1: VecDeque<Decimal>,
    #[field(decimal_places = 0)] field_2: Box<Decimal>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[serde(deny_unknown_fields)]
struct Struct153 {
    #[field(min_items = 2, items(decimal_places = 0))] field_0: Vec<Decimal>,
    #[field(max_digits = 5, decimal_places = 2)] field_1: Decimal,
    #[field(items(max_digits = 5, decimal_places = 2))] field_2: HashSet<Decimal>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct154 {
    #[field(items(max_digits = 5, decimal_places = 2), max_items = 2)] field_0: Vec<Decimal>,
    #[field(values(max_digits = 5, decimal_places = 2))] field_1: BTreeMap<String, Decimal>,
    #[field(max_items = 3, keys(max_digits = 5, decimal_places = 2))] field_2: HashMap<Decimal, i64>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct155 {
    #[field(max_digits = 4)] field_0: Decimal,
    #[field(values(max_digits = 4))] field_1: BTreeMap<String, Decimal>,
    #[field(values(max_digits = 4))] field_2: BTreeMap<String, Decimal>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
#[serde(deny_unknown_fields)]
struct Struct156 {
    #[field(max_items = 3, keys(max_digits = 4))] field_0: HashMap<Decimal, i64>,
    #[field(min_items = 1, items(max_digits = 4))] field_1: VecDeque<Decimal>,
    #[field(multiple_of = 0.05)] field_2: Decimal,
}

#[schema]
struct Struct157 {
    #[field(min_items = 2, items(multiple_of = 0.05))] field_0: Vec<Decimal>,
    #[field(multiple_of = 0.05)] field_1: Option<Decimal>,
    #[field(multiple_of = 0.05)] field_2: Patch<Decimal>,
}

#[schema]
struct Struct158 {
    #[serde(alias = "one")]
    #[field(min_items = 2, items(multiple_of = 0.05))] field_0: Vec<Decimal>,
    #[field(gt = -1.5, le = 12.34)] field_1: Decimal,
    #[field(gt = -1.5, le = 12.34)] field_2: Patch<Option<Decimal>>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct159 {
    field_0: Newtype29,
    #[serde(alias = "Two")]
    #[field(not_null, gt = -1.5, le = 12.34)] field_1: Option<Decimal>,
    #[field(items(gt = -1.5, le = 12.34), max_items = 2)] field_2: Vec<Decimal>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[serde(deny_unknown_fields)]
struct Struct160 {
    field_0: bool,
    field_1: BTreeMap<String, bool>,
    #[field(max_items = 3)] field_2: HashMap<bool, i64>,
}

#[schema]
struct Struct161 {
    field_0: Patch<bool>,
    #[field(min_items = 2)] field_1: Vec<bool>,
    field_2: char,
}

#[schema]
struct Struct162 {
    field_0: BTreeMap<String, char>,
    #[field(max_items = 3)] field_1: HashMap<char, i64>,
    #[serde(alias = "X")]
    #[field(max_items = 2)] field_2: Vec<char>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct163 {
    #[field(max_items = 2)] field_0: Vec<char>,
    field_1: (),
    field_2: Secret<()>,
}

#[schema]
#[serde(rename_all = "lowercase")]
#[serde(deny_unknown_fields)]
struct Struct164 {
    #[field(not_null)] field_0: Option<()>,
    field_1: Patch<()>,
    field_2: Secret<()>,
}

#[schema]
struct Struct165 {
    field_0: serde_json::Value,
    #[serde(alias = "Two")]
    field_1: Patch<Option<serde_json::Value>>,
    field_2: Box<serde_json::Value>,
}

#[schema]
struct Struct166 {
    field_0: Patch<Option<serde_json::Value>>,
    #[serde(alias = "Two")]
    field_1: BTreeMap<String, serde_json::Value>,
    field_2: kovar::contract::json::Value<'static>,
}

#[schema]
struct Struct167 {
    #[field(min_items = 1)] field_0: VecDeque<kovar::contract::json::Value<'static>>,
    field_1: Patch<Option<kovar::contract::json::Value<'static>>>,
    #[field(min_items = 1)] field_2: VecDeque<kovar::contract::json::Value<'static>>,
}

#[schema]
struct Struct168 {
    field_0: Secret<kovar::contract::json::Value<'static>>,
    field_1: Base64,
    field_2: BTreeMap<String, Base64>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct169 {
    field_0: Newtype30,
    #[field(min_items = 1)] field_1: VecDeque<Base64>,
    field_2: BTreeMap<String, Base64>,
}

#[schema]
struct Struct170 {
    #[field(min_length = 1, max_length = 4)] field_0: Base64,
    #[field(min_length = 1, max_length = 4)] field_1: Patch<Option<Base64>>,
    #[serde(alias = "X")]
    field_2: Newtype31,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct171 {
    #[field(min_items = 2, items(min_length = 1, max_length = 4))] field_0: Vec<Base64>,
    #[field(min_items = 1, items(min_length = 1, max_length = 4))] field_1: VecDeque<Base64>,
    field_2: Hex,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct172 {
    #[field(required)] field_0: Option<Hex>,
    #[serde(alias = "Two")]
    field_1: Secret<Hex>,
    field_2: BTreeMap<String, Hex>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct173 {
    field_0: Patch<Hex>,
    #[field(min_length = 2)] field_1: Hex,
    #[field(items(min_length = 2), max_items = 2)] field_2: Vec<Hex>,
}

#[schema]
struct Struct174 {
    #[field(min_items = 2, items(min_length = 2))] field_0: Vec<Hex>,
    #[field(max_items = 3, keys(min_length = 2))] field_1: HashMap<Hex, i64>,
    #[field(max_items = 3, keys(min_length = 2))] field_2: HashMap<Hex, i64>,
}

#[schema]
struct Struct175 {
    #[field(max_length = 2)] field_0: Hex,
    #[field(items(max_length = 2), max_items = 2)] field_1: Vec<Hex>,
    #[field(not_null, max_length = 2)] field_2: Option<Hex>,
}

#[schema]
#[serde(rename_all = "PascalCase")]
struct Struct176 {
    field_0: Newtype32,
    #[field(items(max_length = 2), max_items = 2)] field_1: Vec<Hex>,
    field_2: Timestamp,
}

#[schema]
#[serde(rename_all = "PascalCase")]
#[serde(deny_unknown_fields)]
struct Struct177 {
    field_0: Patch<Timestamp>,
    field_1: Secret<Timestamp>,
    field_2: HashSet<Timestamp>,
}

#[schema]
struct Struct178 {
    field_0: Patch<Timestamp>,
    #[serde(alias = "Two")]
    #[field(past)] field_1: Timestamp,
    #[field(min_items = 1, items(past))] field_2: VecDeque<Timestamp>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
#[serde(deny_unknown_fields)]
struct Struct179 {
    field_0: Newtype33,
    #[field(required, past)] field_1: Option<Timestamp>,
    #[field(min_items = 1, items(past))] field_2: VecDeque<Timestamp>,
}

#[schema]
struct Struct180 {
    #[field(future)] field_0: Timestamp,
    #[field(future)] field_1: Patch<Timestamp>,
    #[field(future)] field_2: Option<Timestamp>,
}

#[schema]
struct Struct181 {
    #[field(future)] field_0: Patch<Timestamp>,
    #[serde(alias = "Two")]
    #[field(future)] field_1: Secret<Timestamp>,
    field_2: Zoned,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Struct182 {
    field_0: Patch<Option<Zoned>>,
    #[serde(alias = "Two")]
    field_1: Option<Zoned>,
    field_2: Newtype34,
}

#[schema]
struct Struct183 {
    #[field(min_items = 1)] field_0: VecDeque<Zoned>,
    #[field(past)] field_1: Zoned,
    #[field(past)] field_2: Option<Zoned>,
}

#[schema]
struct Struct184 {
    #[field(past)] field_0: Patch<Zoned>,
    #[field(past)] field_1: Box<Zoned>,
    #[field(past)] field_2: Secret<Zoned>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct185 {
    #[field(future)] field_0: Zoned,
    #[field(items(future), max_items = 2)] field_1: Vec<Zoned>,
    field_2: Newtype35,
}

#[schema]
struct Struct186 {
    #[field(future)] field_0: Box<Zoned>,
    #[field(required, future)] field_1: Option<Zoned>,
    field_2: Date,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct187 {
    field_0: Option<Date>,
    field_1: Box<Date>,
    #[field(max_items = 3)] field_2: HashMap<Date, i64>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(deny_unknown_fields)]
struct Struct188 {
    field_0: Patch<Date>,
    #[field(past)] field_1: Date,
    #[field(past)] field_2: Secret<Date>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct189 {
    #[field(past)] field_0: Box<Date>,
    #[field(not_null, past)] field_1: Option<Date>,
    #[field(min_items = 1, items(past))] field_2: VecDeque<Date>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct190 {
    #[field(future)] field_0: Date,
    #[field(required, future)] field_1: Option<Date>,
    #[field(future)] field_2: Secret<Date>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct191 {
    field_0: Newtype36,
    field_1: Newtype37,
    field_2: Time,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct192 {
    #[field(min_items = 1)] field_0: VecDeque<Time>,
    #[field(max_items = 2)] field_1: Vec<Time>,
    #[field(min_items = 1)] field_2: VecDeque<Time>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(deny_unknown_fields)]
struct Struct193 {
    field_0: Option<Time>,
    field_1: DateTime,
    field_2: Newtype38,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct194 {
    field_0: HashSet<DateTime>,
    #[field(min_items = 1)] field_1: VecDeque<DateTime>,
    field_2: Newtype39,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct195 {
    field_0: SignedDuration,
    field_1: Patch<Option<SignedDuration>>,
    field_2: Patch<SignedDuration>,
}

#[schema]
struct Struct196 {
    #[serde(alias = "one")]
    field_0: Secret<SignedDuration>,
    field_1: Patch<Option<SignedDuration>>,
    field_2: Uuid,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct197 {
    field_0: Newtype40,
    field_1: Newtype41,
    field_2: BTreeMap<String, Uuid>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Struct198 {
    #[serde(alias = "one")]
    #[field(min_items = 2)] field_0: Vec<Uuid>,
    #[field(uuid_version = 4)] field_1: Uuid,
    #[field(uuid_version = 4)] field_2: Patch<Option<Uuid>>,
}

#[schema]
#[serde(rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
struct Struct199 {
    #[field(uuid_version = 4)] field_0: Patch<Uuid>,
    #[field(not_null, uuid_version = 4)] field_1: Option<Uuid>,
    #[field(uuid_version = 4)] field_2: Patch<Uuid>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct200 {
    #[field(uuid_version = 7)] field_0: Uuid,
    #[field(items(uuid_version = 7), max_items = 2)] field_1: Vec<Uuid>,
    #[field(uuid_version = 7)] field_2: Patch<Uuid>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct201 {
    #[field(max_items = 3, keys(uuid_version = 7))] field_0: HashMap<Uuid, i64>,
    #[field(values(uuid_version = 7))] field_1: BTreeMap<String, Uuid>,
    field_2: Email,
}

#[schema]
struct Struct202 {
    field_0: HashSet<Email>,
    #[field(not_null)] field_1: Option<Email>,
    #[field(max_items = 2)] field_2: Vec<Email>,
}

#[schema]
#[serde(rename_all = "snake_case")]
struct Struct203 {
    field_0: Newtype42,
    #[field(max_length = 12)] field_1: Email,
    #[field(max_length = 12)] field_2: Secret<Email>,
}

#[schema]
struct Struct204 {
    #[field(required, max_length = 12)] field_0: Option<Email>,
    #[serde(alias = "Two")]
    #[field(not_null, max_length = 12)] field_1: Option<Email>,
    field_2: Newtype43,
}

#[schema]
struct Struct205 {
    field_0: Url,
    field_1: HashSet<Url>,
    field_2: Patch<Url>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct206 {
    #[field(not_null)] field_0: Option<Url>,
    field_1: HashSet<Url>,
    #[field(schemes = ["http", "https"])] field_2: Url,
}

#[schema]
#[serde(rename_all = "lowercase")]
#[serde(deny_unknown_fields)]
struct Struct207 {
    #[serde(alias = "one")]
    #[field(required, schemes = ["http", "https"])] field_0: Option<Url>,
    #[serde(alias = "Two")]
    #[field(schemes = ["http", "https"])] field_1: Patch<Option<Url>>,
    #[field(items(schemes = ["http", "https"]), max_items = 2)] field_2: Vec<Url>,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
#[serde(deny_unknown_fields)]
struct Struct208 {
    #[field(min_items = 2, items(schemes = ["http", "https"]))] field_0: Vec<Url>,
    #[field(max_length = 12)] field_1: Url,
    #[field(max_length = 12)] field_2: Patch<Option<Url>>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
#[serde(deny_unknown_fields)]
struct Struct209 {
    field_0: Newtype44,
    #[field(not_null, max_length = 12)] field_1: Option<Url>,
    #[field(max_length = 12)] field_2: Secret<Url>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct210 {
    field_0: IpAddr,
    field_1: Secret<IpAddr>,
    #[field(min_items = 1)] field_2: VecDeque<IpAddr>,
}

#[schema]
struct Struct211 {
    field_0: BTreeMap<String, IpAddr>,
    #[field(not_null)] field_1: Option<IpAddr>,
    field_2: Ipv4Addr,
}

#[schema]
#[serde(rename_all = "UPPERCASE")]
struct Struct212 {
    #[field(not_null)] field_0: Option<Ipv4Addr>,
    #[serde(alias = "Two")]
    field_1: Secret<Ipv4Addr>,
    field_2: Patch<Ipv4Addr>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Struct213 {
    #[field(max_items = 3)] field_0: HashMap<Ipv4Addr, i64>,
    field_1: Ipv6Addr,
    field_2: HashSet<Ipv6Addr>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct214 {
    #[serde(alias = "one")]
    #[field(max_items = 3)] field_0: HashMap<Ipv6Addr, i64>,
    #[field(not_null)] field_1: Option<Ipv6Addr>,
    field_2: Option<Ipv6Addr>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct215 {
    field_0: IpNet,
    field_1: Box<IpNet>,
    #[field(max_items = 3)] field_2: HashMap<IpNet, i64>,
}

#[schema]
#[serde(rename_all = "lowercase")]
struct Struct216 {
    field_0: Box<IpNet>,
    field_1: BTreeMap<String, IpNet>,
    field_2: Level,
}

#[schema]
struct Struct217 {
    #[field(min_items = 1)] field_0: VecDeque<Level>,
    #[serde(alias = "Two")]
    field_1: Box<Level>,
    field_2: HashSet<Level>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct218 {
    #[field(max_items = 3)] field_0: HashMap<Level, i64>,
    field_1: Single,
    #[field(not_null)] field_2: Option<Single>,
}

#[schema]
#[serde(rename_all = "kebab-case")]
struct Struct219 {
    field_0: Box<Single>,
    field_1: Secret<Single>,
    field_2: Patch<Single>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct220 {
    field_0: Open,
    field_1: BTreeMap<String, Open>,
    field_2: Secret<Open>,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Struct221 {
    #[field(required)] field_0: Option<Open>,
    field_1: Option<Open>,
    field_2: Aliased,
}

#[schema]
struct Struct222 {
    #[field(min_items = 1)] field_0: VecDeque<Aliased>,
    field_1: BTreeMap<String, Aliased>,
    field_2: Option<Aliased>,
}

#[schema]
#[serde(deny_unknown_fields)]
struct Struct223 {
    field_0: Patch<Aliased>,
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "PascalCase")]
enum Union0 {
    One(#[field(items(future))] Vec<Timestamp>, Option<DateTime>),
    TwoThree(Option<i32>, #[field(items(future))] Vec<Date>),
    Four(#[field(items(ge = -1, lt = 10))] Vec<i8>),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Union1 {
    One(Struct160),
    TwoThree {
        first_one: Option<Ipv6Addr>,
        two: f64,
    },
    Four {
        #[field(items(max_length = 12))] first_one: Vec<Email>,
        #[field(ge = 4)] two: u8,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "lowercase", rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Union2 {
    One(u64, Base64),
    TwoThree {
        first_one: Option<Level>,
        two: Vec<i8>,
    },
    Four {
        #[field(items(uuid_version = 7))] first_one: Vec<Uuid>,
        two: Vec<usize>,
    },
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "kebab-case")]
enum Union3 {
    One,
    TwoThree(Struct182),
    Four,
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "camelCase")]
enum Union4 {
    One(Option<SignedDuration>, Date),
    TwoThree(Ipv4Addr, SignedDuration),
    Four(Struct118),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "PascalCase", rename_all_fields = "camelCase")]
enum Union5 {
    One,
    TwoThree(Struct189),
    Four {
        first_one: Open,
        two: Option<Level>,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "kebab-case", rename_all_fields = "PascalCase")]
enum Union6 {
    One,
    TwoThree(Struct151),
    Four,
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "PascalCase", rename_all_fields = "camelCase")]
enum Union7 {
    One(#[field(items(gt = 0, le = 10))] Vec<i64>),
    TwoThree(Struct209),
    Four(Vec<bool>, #[field(items(max_length = 12))] Vec<Email>),
}

#[schema]
#[serde(rename_all = "UPPERCASE", rename_all_fields = "camelCase")]
enum Union8 {
    One(i8),
    TwoThree {
        #[field(max_length = 12)] first_one: Option<Email>,
        two: Url,
    },
    Four(Time),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "camelCase", rename_all_fields = "UPPERCASE")]
enum Union9 {
    One {
        first_one: Vec<Single>,
        two: Option<Base64>,
    },
    TwoThree,
    Four {
        first_one: Vec<SignedDuration>,
        #[field(multiple_of = 3)] two: u64,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "camelCase", rename_all_fields = "UPPERCASE")]
enum Union10 {
    One(#[field(min_length = 2)] Option<String>),
    TwoThree {
        first_one: Vec<()>,
        #[field(past)] two: Zoned,
    },
    Four(#[field(le = -1)] i16, #[field(gt = 0, le = 10)] i128),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "lowercase", rename_all_fields = "camelCase")]
enum Union11 {
    One(Struct2),
    TwoThree,
    Four(Option<Zoned>, #[field(items(past))] Vec<Zoned>),
}

#[schema]
#[serde(rename_all = "UPPERCASE", rename_all_fields = "lowercase")]
enum Union12 {
    One,
    TwoThree {
        #[field(uuid_version = 4)] first_one: Option<Uuid>,
        #[field(items(le = 100))] two: Vec<std::num::NonZeroU64>,
    },
    Four {
        #[field(items(max_length = 12))] first_one: Vec<Email>,
        #[field(items(uuid_version = 7))] two: Vec<Uuid>,
    },
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "PascalCase", rename_all_fields = "camelCase")]
enum Union13 {
    One {
        first_one: Option<serde_json::Value>,
        two: Vec<IpNet>,
    },
    TwoThree {
        first_one: Vec<bool>,
        #[field(items(ge = -1, lt = 10))] two: Vec<i128>,
    },
    Four,
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "PascalCase")]
enum Union14 {
    One,
    TwoThree,
    Four(#[field(ge = 4)] Option<std::num::NonZeroU8>, #[field(gt = -1.5, le = 12.34)] Decimal),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "camelCase", rename_all_fields = "kebab-case")]
enum Union15 {
    One(Date, #[field(gt = 0, le = 10)] i8),
    TwoThree {
        first_one: Option<Base64>,
        two: Option<kovar::contract::json::Value<'static>>,
    },
    Four,
}

#[schema]
#[serde(rename_all = "camelCase", rename_all_fields = "SCREAMING_SNAKE_CASE")]
enum Union16 {
    One(Option<Level>),
    TwoThree {
        #[field(uuid_version = 7)] first_one: Option<Uuid>,
        two: Vec<Ipv4Addr>,
    },
    Four,
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "camelCase", rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Union17 {
    One(Struct220),
    TwoThree(Struct53),
    Four {
        first_one: Vec<SignedDuration>,
        two: kovar::contract::json::Value<'static>,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Union18 {
    One {
        first_one: Option<char>,
        two: Option<Single>,
    },
    TwoThree(#[field(gt = 0, le = 10)] i8, Vec<usize>),
    Four {
        first_one: Option<IpAddr>,
        #[field(le = -1)] two: Option<i16>,
    },
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "lowercase", rename_all_fields = "snake_case")]
enum Union19 {
    One,
    TwoThree(Vec<Single>, Vec<IpNet>),
    Four(i128, #[field(ge = 1, le = 10)] Option<u32>),
}

#[schema]
#[serde(rename_all = "PascalCase", rename_all_fields = "UPPERCASE")]
enum Union20 {
    One(DateTime, Vec<Single>),
    TwoThree(#[field(le = 100)] std::num::NonZeroU64, #[field(past)] Timestamp),
    Four(Struct64),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "UPPERCASE", rename_all_fields = "PascalCase")]
enum Union21 {
    One {
        first_one: Option<Ipv4Addr>,
        #[field(le = 100)] two: std::num::NonZeroU64,
    },
    TwoThree {
        first_one: Option<Time>,
        two: Vec<bool>,
    },
    Four,
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "kebab-case", rename_all_fields = "SCREAMING_SNAKE_CASE")]
enum Union22 {
    One(#[field(gt = 0, le = 10)] i16, #[field(min_length = 2)] Option<Hex>),
    TwoThree(Struct112),
    Four(Struct34),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "camelCase")]
enum Union23 {
    One,
    TwoThree(std::num::NonZeroU64),
    Four(#[field(items(gt = 0, le = 10))] Vec<i8>, Open),
}

#[schema]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Union24 {
    One,
    TwoThree(Struct96),
    Four(#[field(ge = 1, le = 10)] u16, kovar::contract::json::Value<'static>),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "snake_case")]
enum Union25 {
    One {
        first_one: Option<char>,
        #[field(gt = 3, lt = 100)] two: Option<u8>,
    },
    TwoThree {
        first_one: u16,
        two: Url,
    },
    Four {
        first_one: Vec<Zoned>,
        two: Vec<Url>,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "kebab-case", rename_all_fields = "lowercase")]
enum Union26 {
    One(Struct182),
    TwoThree(#[field(items(ge = 1, le = 10))] Vec<u128>),
    Four {
        first_one: Vec<Time>,
        #[field(to_lower, pattern = "^[a-z ]*$")] two: Option<String>,
    },
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "snake_case", rename_all_fields = "PascalCase")]
enum Union27 {
    One,
    TwoThree {
        first_one: Vec<Timestamp>,
        two: u128,
    },
    Four,
}

#[schema]
#[serde(rename_all = "lowercase", rename_all_fields = "snake_case")]
enum Union28 {
    One(Struct24),
    TwoThree(Option<i32>),
    Four(#[field(ge = 1, le = 10)] u8),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "PascalCase", rename_all_fields = "camelCase")]
enum Union29 {
    One {
        #[field(schemes = ["http", "https"])] first_one: Url,
        two: Single,
    },
    TwoThree,
    Four {
        #[field(le = -1)] first_one: Option<i128>,
        #[field(gt = 0, le = 10)] two: isize,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "UPPERCASE", rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Union30 {
    One,
    TwoThree(#[field(gt = 0, le = 10)] Option<i64>, Ipv4Addr),
    Four(DateTime, Option<i64>),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "PascalCase", rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Union31 {
    One,
    TwoThree,
    Four(Struct165),
}

#[schema]
#[serde(rename_all = "lowercase", rename_all_fields = "snake_case")]
enum Union32 {
    One(Option<IpNet>),
    TwoThree {
        #[field(ascii_only, pattern = "^a", max_length = 3)] first_one: String,
        #[field(max_digits = 5, decimal_places = 2)] two: Decimal,
    },
    Four,
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "camelCase", rename_all_fields = "kebab-case")]
enum Union33 {
    One {
        #[field(ge = 1, le = 10)] first_one: u16,
        #[field(past)] two: Option<Date>,
    },
    TwoThree {
        first_one: isize,
        #[field(multiple_of = 0.5)] two: f32,
    },
    Four(Struct140),
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "snake_case", rename_all_fields = "PascalCase")]
enum Union34 {
    One {
        #[field(min_length = 1, max_length = 4)] first_one: Option<Base64>,
        two: Vec<IpAddr>,
    },
    TwoThree {
        #[field(ge = 1, le = 10)] first_one: std::num::NonZeroU8,
        #[field(items(multiple_of = 3))] two: Vec<u32>,
    },
    Four,
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "lowercase", rename_all_fields = "camelCase")]
enum Union35 {
    One {
        first_one: u128,
        two: Vec<usize>,
    },
    TwoThree(Vec<Time>),
    Four {
        #[field(items(ge = 4))] first_one: Vec<u8>,
        two: Vec<char>,
    },
}

#[schema]
#[serde(rename_all = "UPPERCASE", rename_all_fields = "kebab-case")]
enum Union36 {
    One {
        #[field(max_length = 12)] first_one: Url,
        two: IpNet,
    },
    TwoThree(Struct27),
    Four(Open, Option<Zoned>),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "snake_case", rename_all_fields = "UPPERCASE")]
enum Union37 {
    One {
        #[field(ge = 4)] first_one: Option<u32>,
        #[field(items(gt = 3, lt = 100))] two: Vec<u128>,
    },
    TwoThree {
        first_one: Option<Base64>,
        #[field(items(ge = 0.5))] two: Vec<f64>,
    },
    Four {
        first_one: Vec<Url>,
        two: char,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "PascalCase", rename_all_fields = "lowercase")]
enum Union38 {
    One {
        #[field(ge = 1, le = 10)] first_one: Option<u64>,
        two: (),
    },
    TwoThree,
    Four {
        first_one: Option<SignedDuration>,
        two: Ipv6Addr,
    },
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "kebab-case")]
enum Union39 {
    One,
    TwoThree(#[field(uuid_version = 7)] Option<Uuid>, #[field(items(future))] Vec<Zoned>),
    Four(kovar::contract::json::Value<'static>, #[field(le = -1)] i128),
}

#[schema]
#[serde(rename_all = "lowercase", rename_all_fields = "lowercase")]
enum Union40 {
    One,
    TwoThree(#[field(ge = 4)] Option<u128>),
    Four(Vec<usize>, #[field(items(ge = 4))] Vec<u64>),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "lowercase")]
enum Union41 {
    One,
    TwoThree {
        first_one: Vec<Single>,
        two: u32,
    },
    Four {
        first_one: Vec<()>,
        two: Option<Uuid>,
    },
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "camelCase", rename_all_fields = "PascalCase")]
enum Union42 {
    One {
        first_one: Vec<Timestamp>,
        #[field(ge = 4)] two: usize,
    },
    TwoThree(Struct133),
    Four(Struct12),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "camelCase", rename_all_fields = "PascalCase")]
enum Union43 {
    One {
        #[field(future)] first_one: Date,
        two: Option<Level>,
    },
    TwoThree(Struct25),
    Four {
        #[field(ge = -1, lt = 10)] first_one: i16,
        two: Vec<SignedDuration>,
    },
}

#[schema]
#[serde(rename_all = "SCREAMING-KEBAB-CASE", rename_all_fields = "snake_case")]
enum Union44 {
    One(Vec<Ipv6Addr>, Vec<IpAddr>),
    TwoThree(Uuid),
    Four(Struct81),
}

#[schema]
#[serde(tag = "kind")]
#[serde(rename_all = "lowercase", rename_all_fields = "kebab-case")]
enum Union45 {
    One {
        first_one: Option<char>,
        #[field(ge = 1, le = 10)] two: Option<u128>,
    },
    TwoThree {
        first_one: i32,
        two: Timestamp,
    },
    Four(Struct200),
}

#[schema]
#[serde(tag = "kind", content = "content")]
#[serde(rename_all = "PascalCase", rename_all_fields = "SCREAMING_SNAKE_CASE")]
enum Union46 {
    One {
        first_one: SignedDuration,
        two: Option<Time>,
    },
    TwoThree(#[field(items(multiple_of = 3))] Vec<u128>, std::num::NonZeroU8),
    Four(DateTime, Vec<serde_json::Value>),
}

#[schema]
#[serde(untagged)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
enum Union47 {
    One(Option<char>),
    TwoThree {
        first_one: Vec<Hex>,
        two: Option<Uuid>,
    },
    Four {
        #[field(ge = 1, le = 10)] first_one: Option<u8>,
        #[field(le = -1)] two: isize,
    },
}

#[schema]
struct Part0 {
    inner: i32,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat0 {
    #[field(ge = -1, lt = 10)] own: Option<i16>,
    #[serde(flatten)]
    part: Part0,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part1 {
    inner: Option<Timestamp>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat1 {
    own: Ipv4Addr,
    #[serde(flatten)]
    part: Part1,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part2 {
    #[field(le = -1)] inner: Option<i128>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice2 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat2 {
    own: (),
    #[serde(flatten)]
    part: Part2,
    #[serde(flatten)]
    choice: Choice2,
}

#[schema]
struct Part3 {
    #[field(ge = -1, lt = 10)] inner: i32,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe3 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat3 {
    own: Option<Ipv6Addr>,
    #[serde(flatten)]
    part: Part3,
    #[serde(flatten)]
    maybe: Option<Maybe3>,
}

#[schema]
struct Part4 {
    inner: Option<Ipv6Addr>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat4 {
    own: IpNet,
    #[serde(flatten)]
    part: Part4,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part5 {
    inner: Ipv4Addr,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat5 {
    #[field(multiple_of = 3)] own: std::num::NonZeroU8,
    #[serde(flatten)]
    part: Part5,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part6 {
    inner: Vec<Zoned>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice6 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat6 {
    own: Vec<DateTime>,
    #[serde(flatten)]
    part: Part6,
    #[serde(flatten)]
    choice: Choice6,
}

#[schema]
struct Part7 {
    inner: char,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe7 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat7 {
    #[field(future)] own: Option<Timestamp>,
    #[serde(flatten)]
    part: Part7,
    #[serde(flatten)]
    maybe: Option<Maybe7>,
}

#[schema]
struct Part8 {
    inner: char,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat8 {
    own: Option<serde_json::Value>,
    #[serde(flatten)]
    part: Part8,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part9 {
    inner: Option<()>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat9 {
    own: u128,
    #[serde(flatten)]
    part: Part9,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part10 {
    inner: Vec<Single>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice10 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat10 {
    #[field(max_length = 12)] own: Option<Email>,
    #[serde(flatten)]
    part: Part10,
    #[serde(flatten)]
    choice: Choice10,
}

#[schema]
struct Part11 {
    #[field(ge = 1, le = 10)] inner: Option<std::num::NonZeroU8>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe11 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat11 {
    own: Vec<()>,
    #[serde(flatten)]
    part: Part11,
    #[serde(flatten)]
    maybe: Option<Maybe11>,
}

#[schema]
struct Part12 {
    inner: Level,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat12 {
    own: Option<Aliased>,
    #[serde(flatten)]
    part: Part12,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part13 {
    inner: Option<Level>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat13 {
    #[field(multiple_of = 3)] own: u128,
    #[serde(flatten)]
    part: Part13,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part14 {
    #[field(ge = 0.5, le = 10.25)] inner: f32,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice14 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat14 {
    own: Option<Ipv4Addr>,
    #[serde(flatten)]
    part: Part14,
    #[serde(flatten)]
    choice: Choice14,
}

#[schema]
struct Part15 {
    #[field(multiple_of = 3)] inner: usize,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe15 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat15 {
    own: Vec<kovar::contract::json::Value<'static>>,
    #[serde(flatten)]
    part: Part15,
    #[serde(flatten)]
    maybe: Option<Maybe15>,
}

#[schema]
struct Part16 {
    #[field(items(le = 100))] inner: Vec<std::num::NonZeroU64>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat16 {
    #[field(ge = 1, le = 10)] own: std::num::NonZeroU8,
    #[serde(flatten)]
    part: Part16,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part17 {
    #[field(ge = 0.5, le = 10.25)] inner: Option<f32>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat17 {
    own: Vec<Ipv6Addr>,
    #[serde(flatten)]
    part: Part17,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part18 {
    inner: Option<Single>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice18 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat18 {
    own: Option<DateTime>,
    #[serde(flatten)]
    part: Part18,
    #[serde(flatten)]
    choice: Choice18,
}

#[schema]
struct Part19 {
    inner: Option<Timestamp>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe19 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat19 {
    own: Vec<IpNet>,
    #[serde(flatten)]
    part: Part19,
    #[serde(flatten)]
    maybe: Option<Maybe19>,
}

#[schema]
struct Part20 {
    #[field(future)] inner: Option<Zoned>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat20 {
    #[field(gt = -2)] own: Option<isize>,
    #[serde(flatten)]
    part: Part20,
    #[serde(flatten)]
    rest: HashMap<String, i64>,
}

#[schema]
struct Part21 {
    inner: Base64,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Flat21 {
    #[field(gt = 3, lt = 100)] own: usize,
    #[serde(flatten)]
    part: Part21,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[schema]
struct Part22 {
    inner: Vec<f32>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
#[serde(tag = "kind")]
enum Choice22 {
    One { one: u8 },
    Two,
}

#[schema]
struct Flat22 {
    own: Vec<bool>,
    #[serde(flatten)]
    part: Part22,
    #[serde(flatten)]
    choice: Choice22,
}

#[schema]
struct Part23 {
    inner: Option<kovar::contract::json::Value<'static>>,
    #[field(max_length = 3)]
    note: Option<String>,
}

#[schema]
struct Maybe23 {
    one: u8,
    two: Option<String>,
}

#[schema]
struct Flat23 {
    own: Option<IpNet>,
    #[serde(flatten)]
    part: Part23,
    #[serde(flatten)]
    maybe: Option<Maybe23>,
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new::<Struct0>("Struct0", Document::Agrees),
        Case::new::<Struct1>("Struct1", Document::Permits),
        Case::new::<Struct2>("Struct2", Document::Agrees),
        Case::new::<Struct3>("Struct3", Document::Permits),
        Case::new::<Struct4>("Struct4", Document::Silent),
        Case::new::<Struct5>("Struct5", Document::Silent),
        Case::new::<Struct6>("Struct6", Document::Permits),
        Case::new::<Struct7>("Struct7", Document::Silent),
        Case::new::<Struct8>("Struct8", Document::Agrees),
        Case::new::<Struct9>("Struct9", Document::Agrees),
        Case::new::<Struct10>("Struct10", Document::Permits),
        Case::new::<Struct11>("Struct11", Document::Agrees),
        Case::new::<Struct12>("Struct12", Document::Permits),
        Case::new::<Struct13>("Struct13", Document::Permits),
        Case::new::<Struct14>("Struct14", Document::Agrees),
        Case::new::<Struct15>("Struct15", Document::Permits),
        Case::new::<Struct16>("Struct16", Document::Silent),
        Case::new::<Struct17>("Struct17", Document::Silent),
        Case::new::<Struct18>("Struct18", Document::Silent),
        Case::new::<Struct19>("Struct19", Document::Silent),
        Case::new::<Struct20>("Struct20", Document::Silent),
        Case::new::<Struct21>("Struct21", Document::Silent),
        Case::new::<Struct22>("Struct22", Document::Silent),
        Case::new::<Struct23>("Struct23", Document::Agrees),
        Case::new::<Struct24>("Struct24", Document::Agrees),
        Case::new::<Struct25>("Struct25", Document::Agrees),
        Case::new::<Struct26>("Struct26", Document::Silent),
        Case::new::<Struct27>("Struct27", Document::Silent),
        Case::new::<Struct28>("Struct28", Document::Silent),
        Case::new::<Struct29>("Struct29", Document::Permits),
        Case::new::<Struct30>("Struct30", Document::Agrees),
        Case::new::<Struct31>("Struct31", Document::Agrees),
        Case::new::<Struct32>("Struct32", Document::Silent),
        Case::new::<Struct33>("Struct33", Document::Silent),
        Case::new::<Struct34>("Struct34", Document::Agrees),
        Case::new::<Struct35>("Struct35", Document::Agrees),
        Case::new::<Struct36>("Struct36", Document::Silent),
        Case::new::<Struct37>("Struct37", Document::Silent),
        Case::new::<Struct38>("Struct38", Document::Agrees),
        Case::new::<Struct39>("Struct39", Document::Permits),
        Case::new::<Struct40>("Struct40", Document::Silent),
        Case::new::<Struct41>("Struct41", Document::Silent),
        Case::new::<Struct42>("Struct42", Document::Silent),
        Case::new::<Struct43>("Struct43", Document::Agrees),
        Case::new::<Struct44>("Struct44", Document::Silent),
        Case::new::<Struct45>("Struct45", Document::Agrees),
        Case::new::<Struct46>("Struct46", Document::Silent),
        Case::new::<Struct47>("Struct47", Document::Silent),
        Case::new::<Struct48>("Struct48", Document::Silent),
        Case::new::<Struct49>("Struct49", Document::Permits),
        Case::new::<Struct50>("Struct50", Document::Silent),
        Case::new::<Struct51>("Struct51", Document::Agrees),
        Case::new::<Struct52>("Struct52", Document::Silent),
        Case::new::<Struct53>("Struct53", Document::Silent),
        Case::new::<Struct54>("Struct54", Document::Silent),
        Case::new::<Struct55>("Struct55", Document::Silent),
        Case::new::<Struct56>("Struct56", Document::Silent),
        Case::new::<Struct57>("Struct57", Document::Agrees),
        Case::new::<Struct58>("Struct58", Document::Agrees),
        Case::new::<Struct59>("Struct59", Document::Silent),
        Case::new::<Struct60>("Struct60", Document::Agrees),
        Case::new::<Struct61>("Struct61", Document::Silent),
        Case::new::<Struct62>("Struct62", Document::Agrees),
        Case::new::<Struct63>("Struct63", Document::Agrees),
        Case::new::<Struct64>("Struct64", Document::Agrees),
        Case::new::<Struct65>("Struct65", Document::Agrees),
        Case::new::<Struct66>("Struct66", Document::Silent),
        Case::new::<Struct67>("Struct67", Document::Silent),
        Case::new::<Struct68>("Struct68", Document::Agrees),
        Case::new::<Struct69>("Struct69", Document::Silent),
        Case::new::<Struct70>("Struct70", Document::Silent),
        Case::new::<Struct71>("Struct71", Document::Agrees),
        Case::new::<Struct72>("Struct72", Document::Silent),
        Case::new::<Struct73>("Struct73", Document::Agrees),
        Case::new::<Struct74>("Struct74", Document::Silent),
        Case::new::<Struct75>("Struct75", Document::Agrees),
        Case::new::<Struct76>("Struct76", Document::Silent),
        Case::new::<Struct77>("Struct77", Document::Agrees),
        Case::new::<Struct78>("Struct78", Document::Permits),
        Case::new::<Struct79>("Struct79", Document::Agrees),
        Case::new::<Struct80>("Struct80", Document::Silent),
        Case::new::<Struct81>("Struct81", Document::Silent),
        Case::new::<Struct82>("Struct82", Document::Silent),
        Case::new::<Struct83>("Struct83", Document::Silent),
        Case::new::<Struct84>("Struct84", Document::Silent),
        Case::new::<Struct85>("Struct85", Document::Silent),
        Case::new::<Struct86>("Struct86", Document::Agrees),
        Case::new::<Struct87>("Struct87", Document::Agrees),
        Case::new::<Struct88>("Struct88", Document::Silent),
        Case::new::<Struct89>("Struct89", Document::Agrees),
        Case::new::<Struct90>("Struct90", Document::Silent),
        Case::new::<Struct91>("Struct91", Document::Silent),
        Case::new::<Struct92>("Struct92", Document::Agrees),
        Case::new::<Struct93>("Struct93", Document::Agrees),
        Case::new::<Struct94>("Struct94", Document::Permits),
        Case::new::<Struct95>("Struct95", Document::Agrees),
        Case::new::<Struct96>("Struct96", Document::Agrees),
        Case::new::<Struct97>("Struct97", Document::Agrees),
        Case::new::<Struct98>("Struct98", Document::Silent),
        Case::new::<Struct99>("Struct99", Document::Agrees),
        Case::new::<Struct100>("Struct100", Document::Agrees),
        Case::new::<Struct101>("Struct101", Document::Silent),
        Case::new::<Struct102>("Struct102", Document::Silent),
        Case::new::<Struct103>("Struct103", Document::Agrees),
        Case::new::<Struct104>("Struct104", Document::Agrees),
        Case::new::<Struct105>("Struct105", Document::Agrees),
        Case::new::<Struct106>("Struct106", Document::Silent),
        Case::new::<Struct107>("Struct107", Document::Silent),
        Case::new::<Struct108>("Struct108", Document::Agrees),
        Case::new::<Struct109>("Struct109", Document::Silent),
        Case::new::<Struct110>("Struct110", Document::Silent),
        Case::new::<Struct111>("Struct111", Document::Agrees),
        Case::new::<Struct112>("Struct112", Document::Agrees),
        Case::new::<Struct113>("Struct113", Document::Silent),
        Case::new::<Struct114>("Struct114", Document::Silent),
        Case::new::<Struct115>("Struct115", Document::Agrees),
        Case::new::<Struct116>("Struct116", Document::Agrees),
        Case::new::<Struct117>("Struct117", Document::Agrees),
        Case::new::<Struct118>("Struct118", Document::Agrees),
        Case::new::<Struct119>("Struct119", Document::Permits),
        Case::new::<Struct120>("Struct120", Document::Agrees),
        Case::new::<Struct121>("Struct121", Document::Silent),
        Case::new::<Struct122>("Struct122", Document::Silent),
        Case::new::<Struct123>("Struct123", Document::Agrees),
        Case::new::<Struct124>("Struct124", Document::Agrees),
        Case::new::<Struct125>("Struct125", Document::Agrees),
        Case::new::<Struct126>("Struct126", Document::Silent),
        Case::new::<Struct127>("Struct127", Document::Silent),
        Case::new::<Struct128>("Struct128", Document::Agrees),
        Case::new::<Struct129>("Struct129", Document::Agrees),
        Case::new::<Struct130>("Struct130", Document::Agrees),
        Case::new::<Struct131>("Struct131", Document::Agrees),
        Case::new::<Struct132>("Struct132", Document::Agrees),
        Case::new::<Struct133>("Struct133", Document::Silent),
        Case::new::<Struct134>("Struct134", Document::Agrees),
        Case::new::<Struct135>("Struct135", Document::Agrees),
        Case::new::<Struct136>("Struct136", Document::Silent),
        Case::new::<Struct137>("Struct137", Document::Agrees),
        Case::new::<Struct138>("Struct138", Document::Silent),
        Case::new::<Struct139>("Struct139", Document::Silent),
        Case::new::<Struct140>("Struct140", Document::Agrees),
        Case::new::<Struct141>("Struct141", Document::Permits),
        Case::new::<Struct142>("Struct142", Document::Permits),
        Case::new::<Struct143>("Struct143", Document::Silent),
        Case::new::<Struct144>("Struct144", Document::Silent),
        Case::new::<Struct145>("Struct145", Document::Silent),
        Case::new::<Struct146>("Struct146", Document::Silent),
        Case::new::<Struct147>("Struct147", Document::Silent),
        Case::new::<Struct148>("Struct148", Document::Agrees),
        Case::new::<Struct149>("Struct149", Document::Agrees),
        Case::new::<Struct150>("Struct150", Document::Agrees),
        Case::new::<Struct151>("Struct151", Document::Agrees),
        Case::new::<Struct152>("Struct152", Document::Agrees),
        Case::new::<Struct153>("Struct153", Document::Permits),
        Case::new::<Struct154>("Struct154", Document::Silent),
        Case::new::<Struct155>("Struct155", Document::Permits),
        Case::new::<Struct156>("Struct156", Document::Silent),
        Case::new::<Struct157>("Struct157", Document::Permits),
        Case::new::<Struct158>("Struct158", Document::Silent),
        Case::new::<Struct159>("Struct159", Document::Silent),
        Case::new::<Struct160>("Struct160", Document::Silent),
        Case::new::<Struct161>("Struct161", Document::Permits),
        Case::new::<Struct162>("Struct162", Document::Silent),
        Case::new::<Struct163>("Struct163", Document::Agrees),
        Case::new::<Struct164>("Struct164", Document::Agrees),
        Case::new::<Struct165>("Struct165", Document::Silent),
        Case::new::<Struct166>("Struct166", Document::Silent),
        Case::new::<Struct167>("Struct167", Document::Agrees),
        Case::new::<Struct168>("Struct168", Document::Permits),
        Case::new::<Struct169>("Struct169", Document::Permits),
        Case::new::<Struct170>("Struct170", Document::Silent),
        Case::new::<Struct171>("Struct171", Document::Permits),
        Case::new::<Struct172>("Struct172", Document::Silent),
        Case::new::<Struct173>("Struct173", Document::Permits),
        Case::new::<Struct174>("Struct174", Document::Silent),
        Case::new::<Struct175>("Struct175", Document::Permits),
        Case::new::<Struct176>("Struct176", Document::Permits),
        Case::new::<Struct177>("Struct177", Document::Permits),
        Case::new::<Struct178>("Struct178", Document::Silent),
        Case::new::<Struct179>("Struct179", Document::Permits),
        Case::new::<Struct180>("Struct180", Document::Permits),
        Case::new::<Struct181>("Struct181", Document::Silent),
        Case::new::<Struct182>("Struct182", Document::Silent),
        Case::new::<Struct183>("Struct183", Document::Permits),
        Case::new::<Struct184>("Struct184", Document::Permits),
        Case::new::<Struct185>("Struct185", Document::Permits),
        Case::new::<Struct186>("Struct186", Document::Permits),
        Case::new::<Struct187>("Struct187", Document::Silent),
        Case::new::<Struct188>("Struct188", Document::Permits),
        Case::new::<Struct189>("Struct189", Document::Permits),
        Case::new::<Struct190>("Struct190", Document::Permits),
        Case::new::<Struct191>("Struct191", Document::Permits),
        Case::new::<Struct192>("Struct192", Document::Permits),
        Case::new::<Struct193>("Struct193", Document::Permits),
        Case::new::<Struct194>("Struct194", Document::Permits),
        Case::new::<Struct195>("Struct195", Document::Permits),
        Case::new::<Struct196>("Struct196", Document::Silent),
        Case::new::<Struct197>("Struct197", Document::Permits),
        Case::new::<Struct198>("Struct198", Document::Silent),
        Case::new::<Struct199>("Struct199", Document::Silent),
        Case::new::<Struct200>("Struct200", Document::Silent),
        Case::new::<Struct201>("Struct201", Document::Silent),
        Case::new::<Struct202>("Struct202", Document::Permits),
        Case::new::<Struct203>("Struct203", Document::Permits),
        Case::new::<Struct204>("Struct204", Document::Silent),
        Case::new::<Struct205>("Struct205", Document::Permits),
        Case::new::<Struct206>("Struct206", Document::Silent),
        Case::new::<Struct207>("Struct207", Document::Silent),
        Case::new::<Struct208>("Struct208", Document::Silent),
        Case::new::<Struct209>("Struct209", Document::Silent),
        Case::new::<Struct210>("Struct210", Document::Permits),
        Case::new::<Struct211>("Struct211", Document::Permits),
        Case::new::<Struct212>("Struct212", Document::Silent),
        Case::new::<Struct213>("Struct213", Document::Silent),
        Case::new::<Struct214>("Struct214", Document::Silent),
        Case::new::<Struct215>("Struct215", Document::Silent),
        Case::new::<Struct216>("Struct216", Document::Permits),
        Case::new::<Struct217>("Struct217", Document::Silent),
        Case::new::<Struct218>("Struct218", Document::Silent),
        Case::new::<Struct219>("Struct219", Document::Agrees),
        Case::new::<Struct220>("Struct220", Document::Agrees),
        Case::new::<Struct221>("Struct221", Document::Silent),
        Case::new::<Struct222>("Struct222", Document::Silent),
        Case::new::<Struct223>("Struct223", Document::Silent),
        Case::new::<Union0>("Union0", Document::Permits),
        Case::new::<Union1>("Union1", Document::Silent),
        Case::new::<Union2>("Union2", Document::Silent),
        Case::new::<Union3>("Union3", Document::Silent),
        Case::new::<Union4>("Union4", Document::Permits),
        Case::new::<Union5>("Union5", Document::Permits),
        Case::new::<Union6>("Union6", Document::Agrees),
        Case::new::<Union7>("Union7", Document::Silent),
        Case::new::<Union8>("Union8", Document::Permits),
        Case::new::<Union9>("Union9", Document::Permits),
        Case::new::<Union10>("Union10", Document::Permits),
        Case::new::<Union11>("Union11", Document::Permits),
        Case::new::<Union12>("Union12", Document::Silent),
        Case::new::<Union13>("Union13", Document::Permits),
        Case::new::<Union14>("Union14", Document::Permits),
        Case::new::<Union15>("Union15", Document::Permits),
        Case::new::<Union16>("Union16", Document::Silent),
        Case::new::<Union17>("Union17", Document::Silent),
        Case::new::<Union18>("Union18", Document::Permits),
        Case::new::<Union19>("Union19", Document::Permits),
        Case::new::<Union20>("Union20", Document::Permits),
        Case::new::<Union21>("Union21", Document::Permits),
        Case::new::<Union22>("Union22", Document::Permits),
        Case::new::<Union23>("Union23", Document::Agrees),
        Case::new::<Union24>("Union24", Document::Agrees),
        Case::new::<Union25>("Union25", Document::Permits),
        Case::new::<Union26>("Union26", Document::Silent),
        Case::new::<Union27>("Union27", Document::Permits),
        Case::new::<Union28>("Union28", Document::Agrees),
        Case::new::<Union29>("Union29", Document::Silent),
        Case::new::<Union30>("Union30", Document::Permits),
        Case::new::<Union31>("Union31", Document::Silent),
        Case::new::<Union32>("Union32", Document::Permits),
        Case::new::<Union33>("Union33", Document::Silent),
        Case::new::<Union34>("Union34", Document::Permits),
        Case::new::<Union35>("Union35", Document::Permits),
        Case::new::<Union36>("Union36", Document::Silent),
        Case::new::<Union37>("Union37", Document::Permits),
        Case::new::<Union38>("Union38", Document::Permits),
        Case::new::<Union39>("Union39", Document::Silent),
        Case::new::<Union40>("Union40", Document::Agrees),
        Case::new::<Union41>("Union41", Document::Permits),
        Case::new::<Union42>("Union42", Document::Silent),
        Case::new::<Union43>("Union43", Document::Permits),
        Case::new::<Union44>("Union44", Document::Silent),
        Case::new::<Union45>("Union45", Document::Silent),
        Case::new::<Union46>("Union46", Document::Permits),
        Case::new::<Union47>("Union47", Document::Permits),
        Case::new::<Flat0>("Flat0", Document::Agrees),
        Case::new::<Flat1>("Flat1", Document::Permits),
        Case::new::<Flat2>("Flat2", Document::Agrees),
        Case::new::<Flat3>("Flat3", Document::Permits),
        Case::new::<Flat4>("Flat4", Document::Permits),
        Case::new::<Flat5>("Flat5", Document::Permits),
        Case::new::<Flat6>("Flat6", Document::Permits),
        Case::new::<Flat7>("Flat7", Document::Permits),
        Case::new::<Flat8>("Flat8", Document::Agrees),
        Case::new::<Flat9>("Flat9", Document::Agrees),
        Case::new::<Flat10>("Flat10", Document::Permits),
        Case::new::<Flat11>("Flat11", Document::Agrees),
        Case::new::<Flat12>("Flat12", Document::Silent),
        Case::new::<Flat13>("Flat13", Document::Agrees),
        Case::new::<Flat14>("Flat14", Document::Silent),
        Case::new::<Flat15>("Flat15", Document::Agrees),
        Case::new::<Flat16>("Flat16", Document::Agrees),
        Case::new::<Flat17>("Flat17", Document::Silent),
        Case::new::<Flat18>("Flat18", Document::Permits),
        Case::new::<Flat19>("Flat19", Document::Permits),
        Case::new::<Flat20>("Flat20", Document::Permits),
        Case::new::<Flat21>("Flat21", Document::Permits),
        Case::new::<Flat22>("Flat22", Document::Permits),
        Case::new::<Flat23>("Flat23", Document::Permits),
    ]
}
