//! The tables that the generated client reads at run time: operations and security schemes.

use super::Error;
use super::content::{answered, sent};
use super::names::{property_key, string_literal};
use super::operation::{Content, Operation, members};
use super::parameter::Place;
use super::reference::resolved;
use super::schema::Schemas;
use crate::json::Value;

/// One entry of the table `operations`.
pub(super) fn entry(schemas: &Schemas<'_>, operation: &Operation<'_>) -> Result<String, Error> {
    let mut lines = vec![format!("method: {}", string_literal(&operation.method))];
    lines.extend(route(operation));
    if let Some(body) = &operation.body {
        let encoding = |(media_type, media)| Ok((media_type, sent(schemas, media_type, media)?.coding));
        lines.push(format!("body: {}", table(&body.content, encoding)?));
    }
    lines.push(format!("answers: {}", answers(schemas, operation)?));
    let lines: String = lines.iter().map(|line| format!("    {line},\n")).collect();
    Ok(format!("  {}: {{\n{lines}  }},\n", property_key(&operation.name)))
}

/// The members of an entry that say where a request goes, and with which credentials.
pub(super) fn route(operation: &Operation<'_>) -> Vec<String> {
    let mut lines = vec![format!("path: {}", string_literal(operation.path))];
    if let Some(styles) = styles(operation) {
        lines.push(format!("styles: {styles}"));
    }
    if !operation.security.is_empty() {
        let alternatives =
            operation.security.iter().map(|schemes| list(schemes.iter().map(|name| string_literal(name))));
        lines.push(format!("auth: {}", list(alternatives)));
    }
    lines
}

fn answers(schemas: &Schemas<'_>, operation: &Operation<'_>) -> Result<String, Error> {
    let decoding = |(media_type, media)| Ok((media_type, answered(schemas, media_type, media)?.coding));
    let mut lines = String::new();
    for answer in &operation.answers {
        let status = property_key(answer.status);
        lines.push_str(&format!("      {status}: {},\n", table(&answer.content, decoding)?));
    }
    Ok(if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{lines}    }}") })
}

/// Media types and their codings, lower case and without parameters, as answers are looked up.
fn table<'d>(
    content: &Content<'d>,
    coding: impl Fn((&'d str, &'d Value<'d>)) -> Result<(&'d str, &'static str), Error>,
) -> Result<String, Error> {
    let mut entries = Vec::new();
    for media in content {
        let (media_type, coding) = coding(*media)?;
        entries.push((string_literal(media_type), string_literal(coding)));
    }
    Ok(braces(&entries))
}

fn styles(operation: &Operation<'_>) -> Option<String> {
    let group = |place: Place| {
        let parameters = operation.parameters.iter().filter(|parameter| parameter.place == place);
        let styles = parameters.filter_map(|it| Some((property_key(it.name), string_literal(it.style?))));
        let styles: Vec<_> = styles.collect();
        (!styles.is_empty()).then(|| (place.group().to_owned(), braces(&styles)))
    };
    let groups: Vec<_> = Place::ALL.into_iter().filter_map(group).collect();
    (!groups.is_empty()).then(|| braces(&groups))
}

/// A security scheme, as a client meets it.
pub(super) struct Scheme<'d> {
    pub(super) name: &'d str,
    pub(super) object: &'d Value<'d>,
    /// The type of its credentials.
    pub(super) credentials: &'static str,
    /// Its entry of the table `securitySchemes`.
    pub(super) entry: String,
}

/// All schemes but those that are no member of a request, as mutual TLS.
pub(super) fn schemes<'d>(document: &'d Value<'d>) -> Result<Vec<Scheme<'d>>, Error> {
    let mut schemes = Vec::new();
    for (name, object) in members(document.pointer("/components/securitySchemes")) {
        let object = resolved(document, object)?;
        if let Some((credentials, entry)) = scheme_entry(object) {
            schemes.push(Scheme { name, object, credentials, entry: format!("  {}: {entry},\n", property_key(name)) });
        }
    }
    Ok(schemes)
}

fn scheme_entry(scheme: &Value<'_>) -> Option<(&'static str, String)> {
    let text = |key| scheme.get(key).and_then(Value::as_str);
    let authorization = |prefix: &str| format!("{{ kind: \"authorization\", prefix: {} }}", string_literal(prefix));
    match (text("type")?, text("scheme").map(str::to_lowercase).as_deref()) {
        ("http", Some("basic")) => Some(("BasicCredentials", "{ kind: \"basic\" }".to_owned())),
        ("http", Some("bearer")) | ("oauth2" | "openIdConnect", _) => Some(("string", authorization("Bearer"))),
        ("http", _) => Some(("string", authorization(text("scheme")?))),
        ("apiKey", _) => {
            let (kind, name) = (text("in")?, text("name")?);
            Some(("string", format!("{{ kind: {}, name: {} }}", string_literal(kind), string_literal(name))))
        }
        _ => None,
    }
}

fn braces(entries: &[(String, String)]) -> String {
    let entries: Vec<_> = entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
