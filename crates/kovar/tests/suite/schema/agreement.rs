//! The two passes and the document accept the same inputs.
//!
//! Types are fixed when a program is compiled, so the schemas are generated as Rust source:
//! `generate` writes `generated.rs`, which combines every type, rule and wrapper, and a test holds
//! the two together. The inputs are generated at run time from each type's own JSON Schema.

mod chance;
mod generate;
#[rustfmt::skip]
mod generated;
mod handwritten;
mod inputs;

use kovar::contract::catalog::Described;
use kovar::contract::diagnose::{Spelling, diagnose};
use kovar::contract::json::{self, DEPTH_LIMIT, Value};
use kovar::contract::{Direction, Input, Unreadable, read_json};

use self::chance::Chance;
use self::inputs::Inputs;

/// What the JSON Schema of a type says of an input, compared with what Kovar does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Document {
    /// No claim: a rule changes the input before it judges (`strip_whitespace`, `to_lower`), or
    /// the document leaves out what is read too (aliases).
    Silent,
    /// It never refuses what is accepted, though it cannot express all that is refused: formats,
    /// `past`, validators, digits of decimals.
    Permits,
    /// It accepts exactly the same.
    Agrees,
}

/// One type under test.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    document: Document,
    judge: fn(&str) -> Judgement,
    schema: fn() -> Value<'static>,
}

impl Case {
    pub(crate) const fn new<T: Input>(name: &'static str, document: Document) -> Self {
        Self {
            name,
            document,
            judge: judge::<T>,
            schema: || kovar::contract::json_schema::standalone::<T>(Direction::Input),
        }
    }
}

/// What each pass does with an input.
struct Judgement {
    is_accepted: bool,
    /// What the diagnosing pass finds; `None` where the input is no JSON.
    findings: Option<Vec<String>>,
    /// Whether what was answered is only that something was not accepted.
    is_unexplained: bool,
}

fn judge<T: Input>(text: &str) -> Judgement {
    let read = read_json::<T>(text.as_bytes());
    let is_unexplained = matches!(&read, Err(Unreadable::Issues(issues))
        if issues.iter().any(|issue| issue.message.contains("the input was not accepted")));
    let findings = json::parse(text, DEPTH_LIMIT).ok().map(|value| {
        let described = Described::of::<T>();
        let issues = diagnose(&described.catalog, &described.shape, &value, "body", Spelling::Json);
        issues.iter().map(|issue| format!("{} at {}", issue.kind, issue.pointer())).collect()
    });
    Judgement { is_accepted: read.is_ok(), findings, is_unexplained }
}

/// Inputs to each type.
const INPUTS: usize = 120;

#[test]
fn both_passes_and_the_document_accept_the_same_inputs() {
    let (mut compared, mut accepted, mut documented) = (0, 0, 0);
    let mut disagreements = Vec::new();
    for case in generated::cases().into_iter().chain(handwritten::cases()) {
        let schema = (case.schema)();
        let document: serde_json::Value = serde_json::from_str(&schema.to_string()).unwrap();
        let validator =
            jsonschema::draft202012::new(&document).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let mut inputs = Inputs::new(&schema, Chance::seeded(case.name));
        for _ in 0..INPUTS {
            let text = inputs.next();
            let judgement = (case.judge)(&text);
            compared += 1;
            accepted += usize::from(judgement.is_accepted);
            if let Some(disagreement) = disagreement_of_passes(&judgement) {
                disagreements.push(format!("{} on {text}: {disagreement}", case.name));
            }
            let Ok(instance) = serde_json::from_str(&text) else { continue };
            if case.document == Document::Silent || differs_deliberately(&text) {
                continue;
            }
            documented += 1;
            let is_valid = validator.is_valid(&instance);
            if (judgement.is_accepted && !is_valid)
                || (is_valid && !judgement.is_accepted && case.document == Document::Agrees)
            {
                let found = judgement.findings;
                disagreements.push(format!("{} on {text}: the document says {is_valid}, {found:?}", case.name));
            }
        }
        if disagreements.len() > 20 {
            break;
        }
    }
    assert!(disagreements.is_empty(), "{}\n{compared} inputs", disagreements.join("\n"));
    assert!(accepted * 5 > compared && accepted * 5 < compared * 4, "{accepted} of {compared} inputs were accepted");
    assert!(documented * 3 > compared, "the document was asked about {documented} of {compared}");
}

fn disagreement_of_passes(judgement: &Judgement) -> Option<String> {
    match (&judgement.findings, judgement.is_accepted) {
        (None, true) => Some("read, though it is no JSON".to_owned()),
        (Some(findings), true) if !findings.is_empty() => Some(format!("read, though {findings:?}")),
        (Some(findings), false) if findings.is_empty() => Some("refused, though nothing is found".to_owned()),
        _ if judgement.is_unexplained => Some("refused without a reason".to_owned()),
        _ => None,
    }
}

/// Where JSON Schema and Kovar differ on purpose, whatever the type.
fn differs_deliberately(text: &str) -> bool {
    let Ok(value) = json::parse(text, DEPTH_LIMIT) else { return true };
    has_deliberate_difference(&value)
}

fn has_deliberate_difference(value: &Value<'_>) -> bool {
    match value {
        Value::Number(text) => is_special_number(text),
        Value::String(text) => is_special_decimal(text),
        Value::Array(items) => items.iter().any(has_deliberate_difference),
        Value::Object(object) => {
            let mut keys: Vec<&str> = object.iter().map(|(key, _)| key).collect();
            keys.sort_unstable();
            // `serde_json` keeps the last of two members with one key; here they are an issue.
            let is_repeating = keys.windows(2).any(|pair| pair[0] == pair[1]);
            is_repeating || object.iter().any(|(_, value)| has_deliberate_difference(value))
        }
        _ => false,
    }
}

fn is_special_number(text: &str) -> bool {
    let Ok(number) = text.parse::<f64>() else { return true };
    // Validators compute with doubles (or with 64 bits), Kovar with the width of the type.
    let is_long = text.bytes().filter(u8::is_ascii_digit).count() > 15;
    is_long || number.abs() > 1e15 || (number != 0.0 && number.abs() < 1e-20)
}

/// The document shows one spelling of decimals; the parser also reads `.5`, `1.`, `+1`, `1_000`,
/// `1e3`, `-0`, and what a double makes of a decimal (`0.30000000000000004`).
fn is_special_decimal(text: &str) -> bool {
    let is_decimal =
        text.parse::<rust_decimal::Decimal>().is_ok() || rust_decimal::Decimal::from_scientific(text).is_ok();
    let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal && (!is_digits(whole) || !is_digits(fraction) || text.len() > 15 || text == "-0")
}

#[test]
fn the_generated_schemas_are_those_of_the_generator() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/schema/agreement/generated.rs");
    let generated = generate::source();
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(path, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == generated, "run this test with KOVAR_BLESS=1 to write {path} anew");
}
