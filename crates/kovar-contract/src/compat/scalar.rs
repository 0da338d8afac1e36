//! What a text looks like, and the rules that can only be compared as text.

use std::collections::BTreeSet;

use super::alternative::{Alternative, Kind};
use super::code::Code;
use super::comparison::Comparison;
use super::operation::quoted;
use super::schema::Spot;

/// Formats of which the first takes in less than the second.
const NARROWER: [(&str, &str); 3] = [("int32", "int64"), ("float", "double"), ("hostname", "idn-hostname")];

/// Rules whose versions cannot be ordered.
const OTHER_RULES: [&str; 13] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "unevaluatedItems",
    "contentSchema",
    "$dynamicRef",
];

impl<'d> Comparison<'d> {
    pub(super) fn texts(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        self.formats(old, new, spot);
        self.patterns(old, new, spot);
        for keyword in ["contentEncoding", "contentMediaType"] {
            let (is, was) = (first(new, keyword), first(old, keyword));
            if new.kind == Kind::String && is != was {
                let message = format!("`{keyword}` is {}, was {}", quoted(is), quoted(was));
                self.add(Code::FormatChanged, spot, &message);
            }
        }
    }

    fn formats(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let (was, is) = (first(old, "format"), first(new, "format"));
        let code = match (was, is) {
            _ if was == is => return,
            // The format of a number follows from its type.
            _ if old.kind != new.kind => return,
            (None, _) => Code::FormatNarrowed,
            (_, None) => Code::FormatWidened,
            (Some(was), Some(is)) if NARROWER.contains(&(is, was)) => Code::FormatNarrowed,
            (Some(was), Some(is)) if NARROWER.contains(&(was, is)) => Code::FormatWidened,
            _ => Code::FormatChanged,
        };
        self.add(code, spot, &format!("the format is {}, was {}", quoted(is), quoted(was)));
    }

    fn patterns(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        let patterns =
            |it: &Alternative<'d>| it.parts.iter().filter_map(|part| part.text("pattern")).collect::<BTreeSet<_>>();
        let (old, new) = (patterns(old), patterns(new));
        let code = match (old.is_subset(&new), new.is_subset(&old)) {
            (true, true) => return,
            (true, false) => Code::PatternAdded,
            (false, true) => Code::PatternRemoved,
            (false, false) => Code::PatternChanged,
        };
        let listed = |patterns: &BTreeSet<&str>| {
            let patterns: Vec<_> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
            if patterns.is_empty() { "none".to_owned() } else { patterns.join(" and ") }
        };
        self.add(code, spot, &format!("the pattern is {}, was {}", listed(&new), listed(&old)));
    }

    pub(super) fn other_rules(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        for keyword in OTHER_RULES {
            let rules =
                |it: &Alternative<'d>| it.parts.iter().filter_map(|part| part.value.get(keyword)).collect::<Vec<_>>();
            if rules(old) != rules(new) {
                self.add(Code::RuleChanged, spot, &format!("the rule `{keyword}` changed"));
            }
        }
    }
}

fn first<'d>(alternative: &Alternative<'d>, keyword: &str) -> Option<&'d str> {
    alternative.parts.iter().find_map(|part| part.text(keyword))
}
