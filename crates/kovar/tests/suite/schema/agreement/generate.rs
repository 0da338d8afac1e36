//! Writes `generated.rs`: every type with every rule, each in several wrappers, in structs, maps,
//! unions of all four taggings and flattened objects.

use std::fmt::Write;

use super::chance::Chance;

/// What the document can say of a type under a rule; the worst of a schema's parts is the schema's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Document {
    Silent,
    Permits,
    Agrees,
}

use Document::{Agrees, Permits, Silent};

impl Document {
    fn name(self) -> &'static str {
        match self {
            Silent => "Silent",
            Permits => "Permits",
            Agrees => "Agrees",
        }
    }
}

/// A type, the rules it is tried with, and what it can be used for.
struct Base {
    ty: &'static str,
    rules: &'static [(&'static str, Document)],
    default: Option<&'static str>,
    is_item_of_set: bool,
    is_key: bool,
}

const fn base(ty: &'static str, rules: &'static [(&'static str, Document)], default: Option<&'static str>) -> Base {
    Base { ty, rules, default, is_item_of_set: true, is_key: true }
}

const fn value(ty: &'static str, rules: &'static [(&'static str, Document)], default: Option<&'static str>) -> Base {
    Base { ty, rules, default, is_item_of_set: false, is_key: false }
}

const SMALL: &[(&str, Document)] = &[
    ("", Agrees),
    ("gt = 3, lt = 100", Agrees),
    ("ge = 1, le = 10", Agrees),
    ("multiple_of = 3", Agrees),
    ("ge = 4", Agrees),
];
const SIGNED: &[(&str, Document)] = &[
    ("", Agrees),
    ("gt = -2", Agrees),
    ("ge = -1, lt = 10", Agrees),
    ("le = -1", Agrees),
    ("gt = 0, le = 10", Agrees),
];
/// A number that is no double is rounded before it is judged, so its document only permits.
const DOUBLE: &[(&str, Document)] = &[
    ("", Agrees),
    ("gt = 0, le = 10.25", Agrees),
    ("ge = 0.5", Agrees),
    ("multiple_of = 0.5", Silent),
    ("allow_inf_nan", Agrees),
];
const SINGLE: &[(&str, Document)] = &[("", Permits), ("ge = 0.5, le = 10.25", Silent), ("multiple_of = 0.5", Silent)];
/// Digits are counted in the string form, which a pattern cannot do across the point.
const DECIMAL: &[(&str, Document)] = &[
    ("", Agrees),
    ("gt = 0, le = 1_000_000, decimal_places = 2", Agrees),
    ("ge = 0, lt = 37", Agrees),
    ("decimal_places = 0", Agrees),
    ("max_digits = 5, decimal_places = 2", Permits),
    ("max_digits = 4", Permits),
    ("multiple_of = 0.05", Permits),
    ("gt = -1.5, le = 12.34", Permits),
];
const FORMAT: &[(&str, Document)] = &[("", Permits)];
const MOMENT: &[(&str, Document)] = &[("", Permits), ("past", Permits), ("future", Permits)];

const BASES: &[Base] = &[
    base(
        "String",
        &[
            ("", Agrees),
            ("min_length = 2", Agrees),
            ("max_length = 3", Agrees),
            ("min_length = 1, max_length = 3", Agrees),
            ("pattern = \"^[a-c]+$\"", Agrees),
            (r#"pattern = r"^\d{2}-\w+$""#, Agrees),
            (r#"pattern = r"\s""#, Agrees),
            ("pattern = \"^.$\"", Agrees),
            ("ascii_only", Agrees),
            ("ascii_only, pattern = \"^a\", max_length = 3", Agrees),
            ("strip_whitespace, min_length = 1", Silent),
            ("to_lower, pattern = \"^[a-z ]*$\"", Silent),
            ("to_upper, strip_whitespace, max_length = 3", Silent),
        ],
        Some("\"abc\""),
    ),
    base("i8", SIGNED, Some("3")),
    base("i16", SIGNED, Some("3")),
    base("i32", SIGNED, Some("3")),
    base("i64", SIGNED, Some("3")),
    base("i128", SIGNED, Some("3")),
    base("isize", SIGNED, Some("3")),
    base("u8", SMALL, Some("9")),
    base("u16", SMALL, Some("9")),
    base("u32", SMALL, Some("9")),
    base("u64", SMALL, Some("9")),
    base("u128", SMALL, Some("9")),
    base("usize", SMALL, Some("9")),
    base("std::num::NonZeroU8", SMALL, None),
    base("std::num::NonZeroU64", &[("", Agrees), ("le = 100", Agrees)], None),
    value("f64", DOUBLE, Some("1.5")),
    value("f32", SINGLE, Some("1.5")),
    base("Decimal", DECIMAL, None),
    base("bool", &[("", Agrees)], Some("true")),
    base("char", &[("", Agrees)], Some("'x'")),
    value("()", &[("", Agrees)], None),
    value("serde_json::Value", &[("", Agrees)], None),
    value("kovar::contract::json::Value<'static>", &[("", Agrees)], None),
    base("Base64", &[("", Permits), ("min_length = 1, max_length = 4", Permits)], None),
    base("Hex", &[("", Permits), ("min_length = 2", Permits), ("max_length = 2", Permits)], None),
    base("Timestamp", MOMENT, None),
    value("Zoned", MOMENT, None),
    base("Date", MOMENT, None),
    base("Time", FORMAT, None),
    base("DateTime", FORMAT, None),
    value("SignedDuration", FORMAT, None),
    // Its schemas ask for hyphens, which the parser does not: only what names a version says so.
    base("Uuid", &[("", Permits), ("uuid_version = 4", Silent), ("uuid_version = 7", Silent)], None),
    base("Email", &[("", Permits), ("max_length = 12", Permits)], None),
    // Lengths and schemes are those of the URL as it is kept.
    base("Url", &[("", Permits), ("schemes = [\"http\", \"https\"]", Silent), ("max_length = 12", Silent)], None),
    base("IpAddr", FORMAT, None),
    base("Ipv4Addr", FORMAT, None),
    base("Ipv6Addr", FORMAT, None),
    base("IpNet", FORMAT, None),
    base("Level", &[("", Agrees)], Some("Level::FirstOne")),
    base("Single", &[("", Agrees)], None),
    base("Open", &[("", Agrees)], None),
    base("Aliased", &[("", Silent)], None),
];

const HEAD: &str = r#"//! Written by `generate`; `KOVAR_BLESS=1 cargo test -p kovar --test main agreement` writes it anew.

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
"#;

/// The whole file.
pub(super) fn source() -> String {
    let mut generator =
        Generator { chance: Chance::seeded("schemas"), out: HEAD.to_owned(), cases: Vec::new(), newtypes: 0 };
    generator.structs();
    generator.unions();
    generator.flattened();
    generator.finish()
}

struct Generator {
    chance: Chance,
    out: String,
    cases: Vec<(String, Document)>,
    newtypes: usize,
}

/// A field without its name: attributes, type, and what the document can say.
struct Slot {
    attributes: String,
    ty: String,
    document: Document,
}

impl Generator {
    /// Each type and rule plain, and in four wrappers, three fields to a struct.
    fn structs(&mut self) {
        let mut slots = Vec::new();
        for base in BASES {
            for &(rules, document) in base.rules {
                slots.push(field(rules, base.ty, document));
                for _ in 0..4 {
                    slots.push(self.wrapped(base, rules, document));
                }
            }
        }
        let mut index = 0;
        while !slots.is_empty() {
            let rest = slots.split_off(slots.len().min(3));
            self.structure(&format!("Struct{index}"), &slots);
            slots = rest;
            index += 1;
        }
    }

    fn wrapped(&mut self, base: &Base, rules: &str, document: Document) -> Slot {
        let ty = base.ty;
        let with =
            |extra: &str| [extra, rules].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ");
        let within = |word: &str| if rules.is_empty() { String::new() } else { format!("{word}({rules})") };
        // A set that must have so many items counts those that differ, its document all.
        let counted = document.min(Permits);
        loop {
            return match self.chance.below(15) {
                0 => field(rules, &format!("Option<{ty}>"), document),
                1 => field(&with("required"), &format!("Option<{ty}>"), document),
                2 => field(&with("not_null"), &format!("Option<{ty}>"), document),
                3 => field(rules, &format!("Patch<{ty}>"), document),
                4 => field(rules, &format!("Patch<Option<{ty}>>"), document),
                5 => match base.default {
                    // A default that breaks a rule would never be accepted, which no document says.
                    Some(default) if rules.is_empty() => field(&format!("default = {default}"), ty, document),
                    _ => continue,
                },
                6 => field(&[within("items"), "max_items = 2".to_owned()].join(", "), &format!("Vec<{ty}>"), document),
                7 => field(&format!("min_items = 1, {}", within("items")), &format!("VecDeque<{ty}>"), document),
                8 if base.is_item_of_set => field(&within("items"), &format!("HashSet<{ty}>"), document),
                9 if base.is_item_of_set && !matches!(ty, "IpNet" | "Email") => {
                    field(&format!("min_items = 2, {}", within("items")), &format!("Vec<{ty}>"), counted)
                }
                10 => field(&within("values"), &format!("BTreeMap<String, {ty}>"), document),
                // One key may be spelled in several ways, and then stands once.
                11 if base.is_key => {
                    field(&format!("max_items = 3, {}", within("keys")), &format!("HashMap<{ty}, i64>"), Silent)
                }
                12 => field(rules, &format!("Box<{ty}>"), document),
                13 => field(rules, &format!("Secret<{ty}>"), document),
                14 => self.newtype(ty, rules, document),
                _ => continue,
            };
        }
    }

    fn newtype(&mut self, ty: &str, rules: &str, document: Document) -> Slot {
        self.newtypes += 1;
        let name = format!("Newtype{}", self.newtypes);
        let attributes = attributes(rules);
        let _ = writeln!(self.out, "\n#[schema]\nstruct {name}({attributes}{ty});");
        field("", &name, document)
    }

    fn structure(&mut self, name: &str, slots: &[Slot]) {
        let mut document = slots.iter().map(|slot| slot.document).min().unwrap_or(Agrees);
        let _ = writeln!(self.out, "\n#[schema]");
        if self.chance.once_in(3) {
            let case = self.case();
            let _ = writeln!(self.out, "#[serde(rename_all = {case:?})]");
        }
        if self.chance.once_in(3) {
            let _ = writeln!(self.out, "#[serde(deny_unknown_fields)]");
        }
        let _ = writeln!(self.out, "struct {name} {{");
        for (index, slot) in slots.iter().enumerate() {
            if self.chance.once_in(9) {
                // The document shows the one name that is written.
                let _ = writeln!(self.out, "    #[serde(alias = {:?})]", ["one", "Two", "X"][index]);
                document = Silent;
            }
            let _ = writeln!(self.out, "    {}field_{index}: {},", slot.attributes, slot.ty);
        }
        let _ = writeln!(self.out, "}}");
        self.cases.push((name.to_owned(), document));
    }

    fn case(&mut self) -> &'static str {
        self.chance.one_of(&[
            "lowercase",
            "UPPERCASE",
            "PascalCase",
            "camelCase",
            "snake_case",
            "SCREAMING_SNAKE_CASE",
            "kebab-case",
            "SCREAMING-KEBAB-CASE",
        ])
    }

    fn unions(&mut self) {
        let taggings = ["", "tag = \"kind\"", "tag = \"kind\", content = \"content\"", "untagged"];
        for index in 0..48 {
            self.union(&format!("Union{index}"), taggings[index % taggings.len()]);
        }
    }

    fn union(&mut self, name: &str, tagging: &str) {
        let is_internal = tagging == "tag = \"kind\"";
        let mut document = Agrees;
        let mut variants = String::new();
        for variant in ["One", "TwoThree", "Four"] {
            let _ = write!(variants, "    {variant}");
            match self.chance.below(5) {
                0 => {}
                1 => {
                    let holds = self.earlier_struct(&mut document);
                    let _ = write!(variants, "({holds})");
                }
                2 if !is_internal => {
                    let slot = self.any_slot(&mut document);
                    let _ = write!(variants, "({}{})", slot.attributes, slot.ty);
                }
                3 if !is_internal => {
                    let (first, second) = (self.any_slot(&mut document), self.any_slot(&mut document));
                    let _ = write!(variants, "({}{}, {}{})", first.attributes, first.ty, second.attributes, second.ty);
                }
                _ => {
                    let (first, second) = (self.any_slot(&mut document), self.any_slot(&mut document));
                    let _ = write!(variants, " {{\n        {}first_one: {},", first.attributes, first.ty);
                    let _ = write!(variants, "\n        {}two: {},\n    }}", second.attributes, second.ty);
                }
            }
            let _ = writeln!(variants, ",");
        }
        let _ = writeln!(self.out, "\n#[schema]");
        if !tagging.is_empty() {
            let _ = writeln!(self.out, "#[serde({tagging})]");
        }
        let (of_variants, of_fields) = (self.case(), self.case());
        let _ = writeln!(self.out, "#[serde(rename_all = {of_variants:?}, rename_all_fields = {of_fields:?})]");
        let _ = writeln!(self.out, "enum {name} {{\n{variants}}}");
        self.cases.push((name.to_owned(), document));
    }

    fn any_slot(&mut self, document: &mut Document) -> Slot {
        let base = &BASES[self.chance.below(BASES.len())];
        let (rules, of_rule) = self.chance.one_of(base.rules);
        let slot = match self.chance.below(3) {
            0 => field(rules, base.ty, of_rule),
            1 => field(rules, &format!("Option<{}>", base.ty), of_rule),
            _ => {
                let within = if rules.is_empty() { String::new() } else { format!("items({rules})") };
                field(&within, &format!("Vec<{}>", base.ty), of_rule)
            }
        };
        *document = slot.document.min(*document);
        slot
    }

    fn earlier_struct(&mut self, document: &mut Document) -> String {
        let structs: Vec<_> = self.cases.iter().filter(|(name, _)| name.starts_with("Struct")).cloned().collect();
        let (name, of_struct) = self.chance.one_of(&structs);
        *document = of_struct.min(*document);
        name
    }

    /// An own field, a struct, and one of: a map for the rest, an `Option`, a tagged union.
    fn flattened(&mut self) {
        for index in 0..24 {
            let mut document = Agrees;
            let own = self.any_slot(&mut document);
            let inner = self.any_slot(&mut document);
            let _ = writeln!(
                self.out,
                "\n#[schema]\nstruct Part{index} {{\n    {}inner: {},\n    #[field(max_length = 3)]\n    note: Option<String>,\n}}",
                inner.attributes, inner.ty
            );
            let more = match index % 4 {
                0 => "\n    #[serde(flatten)]\n    rest: HashMap<String, i64>,".to_owned(),
                1 => "\n    #[serde(flatten)]\n    rest: BTreeMap<String, serde_json::Value>,".to_owned(),
                2 => {
                    let _ = writeln!(
                        self.out,
                        "\n#[schema]\n#[serde(tag = \"kind\")]\nenum Choice{index} {{\n    One {{ one: u8 }},\n    Two,\n}}"
                    );
                    format!("\n    #[serde(flatten)]\n    choice: Choice{index},")
                }
                _ => {
                    let _ = writeln!(
                        self.out,
                        "\n#[schema]\nstruct Maybe{index} {{\n    one: u8,\n    two: Option<String>,\n}}"
                    );
                    format!("\n    #[serde(flatten)]\n    maybe: Option<Maybe{index}>,")
                }
            };
            let _ = writeln!(
                self.out,
                "\n#[schema]\nstruct Flat{index} {{\n    {}own: {},\n    #[serde(flatten)]\n    part: Part{index},{more}\n}}",
                own.attributes, own.ty
            );
            self.cases.push((format!("Flat{index}"), document));
        }
    }

    fn finish(mut self) -> String {
        let _ = writeln!(self.out, "\npub(super) fn cases() -> Vec<Case> {{\n    vec![");
        for (name, document) in &self.cases {
            let _ = writeln!(self.out, "        Case::new::<{name}>({name:?}, Document::{}),", document.name());
        }
        let _ = writeln!(self.out, "    ]\n}}");
        self.out
    }
}

fn field(rules: &str, ty: &str, document: Document) -> Slot {
    Slot { attributes: attributes(rules.trim_end_matches(", ").trim_start_matches(", ")), ty: ty.to_owned(), document }
}

fn attributes(rules: &str) -> String {
    if rules.is_empty() { String::new() } else { format!("#[field({rules})] ") }
}
