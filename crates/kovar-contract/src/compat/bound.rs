//! Minimums, maximums, lengths, counts and divisors.

use std::cmp::Ordering;

use super::alternative::{Alternative, Kind};
use super::code::Code;
use super::comparison::Comparison;
use super::schema::Spot;
use crate::json::Value;

/// A limit of one side.
#[derive(Clone, Copy)]
enum Side {
    Lower,
    Upper,
}

/// The keywords of a limit: inclusive, exclusive where there is one, and what its absence means.
type Limit = (Side, &'static str, Option<&'static str>, Option<&'static str>);

const NUMBER: [Limit; 2] = [
    (Side::Lower, "minimum", Some("exclusiveMinimum"), None),
    (Side::Upper, "maximum", Some("exclusiveMaximum"), None),
];
const STRING: [Limit; 2] = [(Side::Lower, "minLength", None, Some("0")), (Side::Upper, "maxLength", None, None)];
const ARRAY: [Limit; 2] = [(Side::Lower, "minItems", None, Some("0")), (Side::Upper, "maxItems", None, None)];
const OBJECT: [Limit; 2] =
    [(Side::Lower, "minProperties", None, Some("0")), (Side::Upper, "maxProperties", None, None)];

/// One value of a limit: the number as written.
#[derive(Clone, PartialEq)]
struct Bound {
    number: String,
    is_exclusive: bool,
}

impl Bound {
    fn described(bound: Option<&Self>) -> String {
        match bound {
            Some(Self { number, is_exclusive: true }) => format!("{number} (exclusive)"),
            Some(Self { number, .. }) => number.clone(),
            None => "none".to_owned(),
        }
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn bounds(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let limits: &[Limit] = match new.kind {
            Kind::Integer | Kind::Number => &NUMBER,
            Kind::String => &STRING,
            Kind::Array => &ARRAY,
            Kind::Object => &OBJECT,
            _ => &[],
        };
        for limit in limits {
            let (old, new) = (tightest(old, limit), tightest(new, limit));
            let code = match tightness(limit.0, new.as_ref(), old.as_ref()) {
                Ordering::Greater => Code::BoundTightened,
                Ordering::Less => Code::BoundLoosened,
                Ordering::Equal => continue,
            };
            let (is, was) = (Bound::described(new.as_ref()), Bound::described(old.as_ref()));
            self.add(code, spot, &format!("`{}` is {is}, was {was}", limit.1));
        }
        self.divisors(old, new, spot);
        self.uniqueness(old, new, spot);
    }

    fn divisors(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let divisor = |it: &Alternative<'d>| it.parts.iter().find_map(|part| part.value.get("multipleOf")?.as_f64());
        let is_multiple = |one: f64, of: f64| ((one / of).round() * of - one).abs() < f64::EPSILON * one.abs();
        let code = match (divisor(old), divisor(new)) {
            (None, Some(_)) => Code::BoundTightened,
            (Some(_), None) => Code::BoundLoosened,
            (Some(old), Some(new)) if old == new => return,
            (Some(old), Some(new)) if is_multiple(new, old) => Code::BoundTightened,
            (Some(old), Some(new)) if is_multiple(old, new) => Code::BoundLoosened,
            (Some(_), Some(_)) => Code::RuleChanged,
            (None, None) => return,
        };
        self.add(code, spot, "`multipleOf` is another one");
    }

    fn uniqueness(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let is_unique = |it: &Alternative<'d>| it.parts.iter().any(|part| part.is_set("uniqueItems"));
        match (is_unique(old), is_unique(new)) {
            (false, true) => self.add(Code::BoundTightened, spot, "items must be unique now"),
            (true, false) => self.add(Code::BoundLoosened, spot, "items need not be unique any more"),
            _ => {}
        }
    }
}

/// The limit that holds when all parts do.
fn tightest(alternative: &Alternative<'_>, limit: &Limit) -> Option<Bound> {
    let (side, inclusive, exclusive, absent) = *limit;
    let bounds = alternative.parts.iter().flat_map(|part| {
        let read = |keyword: &str, is_exclusive| match part.value.get(keyword)? {
            Value::Number(number) => Some(Bound { number: number.to_string(), is_exclusive }),
            _ => None,
        };
        [read(inclusive, false), exclusive.and_then(|keyword| read(keyword, true))]
    });
    let bounds =
        bounds.flatten().map(|bound| if alternative.kind == Kind::Integer { whole(bound, side) } else { bound });
    let absent = absent.map(|number| Bound { number: number.to_owned(), is_exclusive: false });
    let tighter = |one: Bound, other: Bound| {
        if tightness(side, Some(&one), Some(&other)) == Ordering::Less { other } else { one }
    };
    bounds.chain(absent).reduce(tighter)
}

/// For integers `> 0` is `>= 1`.
fn whole(bound: Bound, side: Side) -> Bound {
    let step = match side {
        Side::Lower => 1,
        Side::Upper => -1,
    };
    match bound.number.parse::<i128>() {
        Ok(number) if bound.is_exclusive => Bound { number: (number + step).to_string(), is_exclusive: false },
        _ => bound,
    }
}

/// Whether one limit lets less through than another: `Greater` when it does.
fn tightness(side: Side, one: Option<&Bound>, other: Option<&Bound>) -> Ordering {
    let (one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => return one.is_some().cmp(&other.is_some()),
    };
    let order = match side {
        Side::Lower => order(&one.number, &other.number),
        Side::Upper => order(&other.number, &one.number),
    };
    order.then(one.is_exclusive.cmp(&other.is_exclusive))
}

/// Integers compare exactly, past what a double holds.
fn order(one: &str, other: &str) -> Ordering {
    match (one.parse::<i128>(), other.parse::<i128>()) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        _ => {
            let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
            number(one).partial_cmp(&number(other)).unwrap_or(Ordering::Equal)
        }
    }
}
