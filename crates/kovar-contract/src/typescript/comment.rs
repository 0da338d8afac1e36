//! Doc comments: what the document says of a thing, where an editor shows it.

use crate::json::Value;

/// Rules that a type cannot say, as the tags that editors and validators know.
const RULES: &[&str] = &[
    "format",
    "pattern",
    "contentMediaType",
    "contentEncoding",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
];

/// The lines of a comment; none is no comment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Comment {
    lines: Vec<String>,
}

impl Comment {
    /// A schema's description, rules and deprecation.
    pub(super) fn of_schema(schema: &Value<'_>) -> Self {
        let mut comment = Self::default();
        comment.paragraph(text(schema, "description"));
        comment.paragraph(variants(schema).as_deref());
        for rule in RULES {
            if let Some(value) = schema.get(rule).filter(|value| !is_of_type(value)) {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                comment.tag(&format!("@{rule} {value}"));
            }
        }
        comment.deprecation(schema);
        comment
    }

    pub(super) fn paragraph(&mut self, text: Option<&str>) {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return };
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.extend(text.lines().map(str::to_owned));
    }

    pub(super) fn deprecation(&mut self, described: &Value<'_>) {
        if described.get("deprecated").and_then(Value::as_bool) == Some(true) {
            self.tag("@deprecated");
        }
    }

    fn tag(&mut self, tag: &str) {
        if self.lines.last().is_some_and(|line| !line.starts_with('@')) {
            self.lines.push(String::new());
        }
        self.lines.extend(tag.lines().map(str::to_owned));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The comment with its indentation and line ends, or nothing.
    pub(super) fn to_source(&self, indent: usize) -> String {
        let lines: Vec<_> = self.lines.iter().map(|line| line.replace("*/", "*\\/")).collect();
        match lines.as_slice() {
            [] => String::new(),
            [line] => format!("{:indent$}/** {line} */\n", ""),
            lines => {
                let lines = lines.iter().map(|line| format!("{:indent$} * {line}", "").trim_end().to_owned() + "\n");
                format!("{:indent$}/**\n{}{:indent$} */\n", "", lines.collect::<String>(), "")
            }
        }
    }
}

/// Whether a rule only says what the type of the server's language is, which tells a client nothing.
fn is_of_type(rule: &Value<'_>) -> bool {
    const LARGEST_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
    match rule {
        Value::String(format) => matches!(&**format, "int32" | "int64" | "uint32" | "uint64" | "float" | "double"),
        Value::Number(_) => rule.as_f64().is_none_or(|number| number.abs() > LARGEST_SAFE_INTEGER),
        _ => false,
    }
}

/// A list of the values that are described one by one, as Rust enums are.
fn variants(schema: &Value<'_>) -> Option<String> {
    let described = |variant: &Value<'_>| {
        let (value, description) = (variant.get("const")?, text(variant, "description")?);
        Some(format!("- `{value}`: {}", description.split_whitespace().collect::<Vec<_>>().join(" ")))
    };
    let lines: Vec<_> = schema.get("oneOf")?.as_array()?.iter().filter_map(described).collect();
    Some(lines.join("\n"))
}

fn text<'v>(value: &'v Value<'_>, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}
