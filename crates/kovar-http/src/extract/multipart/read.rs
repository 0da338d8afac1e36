//! Types a form that was received.

use std::collections::HashSet;
use std::sync::Arc;

use kovar_contract::diagnose::{Spelling, diagnose};
use kovar_contract::json::{Object, Value};
use kovar_contract::text::{TextPlace, gather};
use kovar_contract::{Described, Direction, Input, Issue, Rules, Segment};

use super::form::{Form, Member, issue};
use super::upload::{Registry, Upload};

/// Reads the typed form, or lists everything that is wrong with its parts.
pub(super) fn read<T: Input>(form: Form, described: &Described) -> Result<T, Vec<Issue>> {
    let Form { texts, values, files, mut issues } = form;
    // A field whose part could not be read is not reported as missing, too.
    let unread: HashSet<String> = issues.iter().filter_map(field_of).map(str::to_owned).collect();
    issues.extend(file_issues(&files));
    let registry = Arc::new(Registry::new(files.iter().map(|(member, _)| member.value.clone()).collect()));
    // JSON is not coerced: a string in it is no number.
    let json_fields: HashSet<String> = values.iter().map(|member| member.field.clone().into_owned()).collect();
    let mut tree = gather(&described.catalog, &described.shape, texts, TextPlace::Form);
    if let Value::Object(object) = &mut tree {
        values.into_iter().for_each(|member| add(object, member));
        for (index, (member, _)) in files.into_iter().enumerate() {
            let value = Value::String(registry.token(index).into());
            add(object, Member { field: member.field, is_list: member.is_list, value });
        }
    }
    registry.enter(|| {
        if issues.is_empty()
            && let Some(typed) = accept(&tree)
        {
            return Ok(typed);
        }
        let is_json = |issue: &Issue| field_of(issue).is_some_and(|field| json_fields.contains(field));
        let is_unread = |issue: &Issue| field_of(issue).is_some_and(|field| unread.contains(field));
        issues.extend(diagnosed(described, &tree, is_json).filter(|issue| !is_unread(issue)));
        Err(shown(issues, &registry))
    })
}

fn accept<T: Input>(tree: &Value<'_>) -> Option<T> {
    let mut typed: T = tree.read().ok()?;
    typed.normalize(&Rules::NONE);
    typed.accepts(&Rules::NONE, Direction::Input).then_some(typed)
}

/// Adds a value to its field. Parts of a list are its items; an array in JSON is several.
fn add(object: &mut Object<'static>, member: Member<Value<'static>>) {
    let Member { field, is_list, value } = member;
    if !is_list {
        return object.push(field, value);
    }
    let items = match value {
        Value::Array(items) => items,
        item => vec![item],
    };
    match object.get_mut(&field) {
        Some(Value::Array(known)) => known.extend(items),
        _ => object.push(field, Value::Array(items)),
    }
}

/// What is wrong with the values: those of texts as text, those of JSON as JSON.
fn diagnosed(
    described: &Described,
    tree: &Value<'_>,
    is_json: impl Fn(&Issue) -> bool + Copy,
) -> impl Iterator<Item = Issue> {
    let all = |spelling| diagnose(&described.catalog, &described.shape, tree, "body", spelling).into_iter();
    let of_texts = all(Spelling::Text).filter(move |issue| !is_json(issue));
    of_texts.chain(all(Spelling::Json).filter(move |issue| is_json(issue)))
}

/// The issues as a client may see them; at least one.
fn shown(mut issues: Vec<Issue>, registry: &Registry) -> Vec<Issue> {
    if issues.is_empty() {
        issues.push(Issue {
            location: vec![Segment::Key("body".into())],
            ..issue("", "value_error", "Value error, the input was not accepted", Object::new())
        });
    }
    issues.iter_mut().filter_map(|issue| issue.input.as_mut()).for_each(|input| show_names(input, registry));
    issues
}

fn field_of(issue: &Issue) -> Option<&str> {
    match issue.location.get(1) {
        Some(Segment::Key(field)) => Some(field),
        _ => None,
    }
}

/// Files that have too few or too many bytes. The shape cannot say it: the tree does not have them.
fn file_issues(files: &[(Member<Upload>, &'static Rules)]) -> Vec<Issue> {
    let mut issues = Vec::new();
    for (index, (member, rules)) in files.iter().enumerate() {
        let size = member.value.size();
        let found = match (rules.min_length, rules.max_length) {
            (Some(fewest), _) if size < fewest as u64 => ("bytes_too_short", "min_length", "at least", fewest),
            (_, Some(most)) if size > most as u64 => ("bytes_too_long", "max_length", "at most", most),
            _ => continue,
        };
        let (kind, rule, word, bytes) = found;
        let unit = if bytes == 1 { "byte" } else { "bytes" };
        let message = format!("Data should have {word} {bytes} {unit}");
        let mut issue = issue(&member.field, kind, message, Object::new().with(rule, bytes));
        if member.is_list {
            let is_before = |(other, _): &&(Member<Upload>, &Rules)| other.field == member.field;
            issue.location.push(Segment::Index(files[..index].iter().filter(is_before).count()));
        }
        issues.push(issue);
    }
    issues
}

/// Shows the name of a file in place of its token.
fn show_names(input: &mut Value<'static>, registry: &Registry) {
    match input {
        Value::String(text) => {
            if let Some(upload) = registry.find(text) {
                *text = upload.file_name().unwrap_or("file").to_owned().into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| show_names(item, registry)),
        Value::Object(object) => object.iter_mut().for_each(|(_, value)| show_names(value, registry)),
        _ => {}
    }
}
