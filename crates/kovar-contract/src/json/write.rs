//! Writes a tree as JSON text, compact or indented.

use std::fmt::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Object, Value};

/// Compact text; `{:#}` indents by two spaces.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(self, f, f.alternate().then_some(0))
    }
}

/// Compact text; `{:#}` indents by two spaces.
impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_object(self, f, f.alternate().then_some(0))
    }
}

impl Value<'_> {
    /// The text indented by two spaces, ending with a newline: a file.
    pub fn to_pretty_string(&self) -> String {
        let mut text = self.text(Some(0));
        text.push('\n');
        text
    }

    /// Compact text: that of `Display`, without going through a formatter.
    pub fn to_compact_string(&self) -> String {
        self.text(None)
    }

    fn text(&self, indent: Option<usize>) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write_value(self, &mut text, indent);
        text
    }
}

fn write_value(value: &Value<'_>, out: &mut impl Write, indent: Option<usize>) -> fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(true) => out.write_str("true"),
        Value::Bool(false) => out.write_str("false"),
        Value::Number(text) => out.write_str(text),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            write_list('[', ']', items.iter(), out, indent, |item, out, indent| write_value(item, out, indent))
        }
        Value::Object(object) => write_object(object, out, indent),
    }
}

fn write_object(object: &Object<'_>, out: &mut impl Write, indent: Option<usize>) -> fmt::Result {
    write_list('{', '}', object.iter(), out, indent, |(key, value), out, indent| {
        write_string(key, out)?;
        out.write_str(if indent.is_some() { ": " } else { ":" })?;
        write_value(value, out, indent)
    })
}

fn write_list<T, W: Write>(
    open: char,
    close: char,
    items: impl ExactSizeIterator<Item = T>,
    out: &mut W,
    indent: Option<usize>,
    write_item: impl Fn(T, &mut W, Option<usize>) -> fmt::Result,
) -> fmt::Result {
    out.write_char(open)?;
    let inner = indent.filter(|_| items.len() > 0).map(|level| level + 1);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.write_char(',')?;
        }
        write_line_break(out, inner)?;
        write_item(item, out, inner)?;
    }
    if inner.is_some() {
        write_line_break(out, indent)?;
    }
    out.write_char(close)
}

fn write_line_break(out: &mut impl Write, indent: Option<usize>) -> fmt::Result {
    match indent {
        Some(level) => {
            out.write_char('\n')?;
            (0..level).try_for_each(|_| out.write_str("  "))
        }
        None => Ok(()),
    }
}

fn write_string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut plain_start = 0;
    for (index, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.write_str(&text[plain_start..index])?;
        plain_start = index + 1;
        match byte {
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
    }
    out.write_str(&text[plain_start..])?;
    out.write_char('"')
}

/// Numbers keep their value, not their text: serde has no way to say it.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(text) => match (text.parse::<i64>(), text.parse::<u64>()) {
                (Ok(integer), _) => serializer.serialize_i64(integer),
                (_, Ok(integer)) => serializer.serialize_u64(integer),
                _ => serializer.serialize_f64(text.parse().map_err(serde::ser::Error::custom)?),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => serializer.collect_seq(items),
            Value::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                for (key, value) in object.iter() {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
