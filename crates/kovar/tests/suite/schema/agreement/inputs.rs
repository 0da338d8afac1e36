//! Inputs made from a JSON Schema: some that it accepts, some on its bounds, and most of them
//! spoiled in one place or a few.

use kovar::contract::Pattern;
use kovar::contract::json::{Object, Value};

use super::chance::Chance;

/// Texts of every format, right and nearly right.
const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "abc",
    "abcd",
    "abcabc",
    "ABC",
    " a ",
    "  ",
    "a b",
    "é",
    "ééé",
    "日本",
    "𝄞",
    "𝄞𝄞𝄞",
    "e\u{301}",
    "\u{0}",
    "\n",
    "12-ab",
    "12-é",
    "1",
    "0",
    "-0",
    "-1",
    "+1",
    "01",
    "1.0",
    "0.01",
    "0.001",
    "12.34",
    "999999.99",
    "1000000",
    "1000000.01",
    "1000001",
    "123456",
    "1234.5",
    "12345.67",
    "0.05",
    "0.07",
    "1e3",
    ".5",
    "5.",
    "NaN",
    "inf",
    "true",
    "null",
    "AQID",
    "AQIDBA==",
    "AQIDBA",
    "AQ==",
    "@@",
    "00ff",
    "00fF1234",
    "00f",
    "0g",
    "2024-02-29T12:00:00Z",
    "2999-01-01T00:00:00Z",
    "2024-02-30T12:00:00Z",
    "2024-02-29T12:00:00",
    "2024-02-29T12:00:00+01:00[Europe/Paris]",
    "2999-02-28T12:00:00+00:00[UTC]",
    "2024-02-29",
    "2023-02-29",
    "2999-12-31",
    "12:30:00",
    "25:00:00",
    "12:30:00.123",
    "PT1H30M",
    "P1Y2M3D",
    "1h 30m",
    "P",
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67E55044-10B1-426F-9247-BB680E5FE0C8",
    "67e5504410b1426f9247bb680e5fe0c8",
    "01890a5d-ac96-774b-bcce-b302099a8057",
    "67e55044-10b1-426f-9247-bb680e5fe0c",
    "ada@example.org",
    "Ada@Example.ORG",
    "ada@localhost",
    "@example.org",
    "a@b.c",
    "http://a",
    "https://example.org/path?q#f",
    "ftp://example.org",
    "HTTP://A",
    "//a",
    "127.0.0.1",
    "256.0.0.1",
    "::1",
    "::g",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "fe80::/10",
    "kind",
    "content",
    "one",
    "two",
    "One",
    "Two",
    "first_one",
    "firstOne",
    "FIRST_ONE",
    "X",
];

/// Numbers as JSON writes them.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3",
    "4",
    "6",
    "9",
    "10",
    "11",
    "99",
    "100",
    "101",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "-32768",
    "-32769",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728",
    "-170141183460469231731687303715884105729",
    "340282366920938463463374607431768211455",
    "340282366920938463463374607431768211456",
    "1.0",
    "0.5",
    "1.5",
    "-0.5",
    "0.1",
    "0.01",
    "0.001",
    "0.57",
    "0.5700000000000001",
    "0.15",
    "0.05",
    "10.25",
    "10.26",
    "1e2",
    "1E-2",
    "1e15",
    "1e16",
    "1e39",
    "3.5e38",
    "-1e39",
    "1e308",
    "1e999",
    "-1e999",
    "123456789012345678901234567890",
    "0.30000000000000004",
    "5e-324",
    "12.34",
    "12.345",
    "123.4",
    "1234567.89",
    "1000000",
    "1000000.01",
];

/// Gives one input after the other.
pub(crate) struct Inputs<'s> {
    schema: &'s Value<'static>,
    chance: Chance,
}

impl<'s> Inputs<'s> {
    pub(crate) fn new(schema: &'s Value<'static>, chance: Chance) -> Self {
        Self { schema, chance }
    }

    /// The text of an input.
    pub(crate) fn next(&mut self) -> String {
        let schema = self.schema.as_object().cloned().unwrap_or_default();
        let mut value = self.fitting(&schema, 0);
        let spoilings = self.chance.one_of(&[0, 0, 1, 1, 1, 2, 4]);
        for _ in 0..spoilings {
            self.spoil_somewhere(&mut value);
        }
        let mut text = value.to_string();
        if self.chance.once_in(40) {
            self.spoil_text(&mut text);
        }
        text
    }

    /// A value that the schema accepts, as far as this knows its keywords.
    fn fitting(&mut self, schema: &Object<'static>, depth: usize) -> Value<'static> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.schema.pointer(reference.trim_start_matches('#')).and_then(Value::as_object);
            return self.fitting(&target.cloned().unwrap_or_default(), depth + 1);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(options) = schema.get(keyword).and_then(Value::as_array) {
                // Deep in a recursion the first option is taken: it is the one that ends it.
                let option = if depth > 12 { options[0].clone() } else { self.chance.one_of(options) };
                return self.fitting(&option.as_object().cloned().unwrap_or_default(), depth + 1);
            }
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.chance.one_of(values);
        }
        let kind = match schema.get("type") {
            Some(Value::Array(kinds)) => self.chance.one_of(kinds).as_str().unwrap_or_default().to_owned(),
            Some(kind) => kind.as_str().unwrap_or_default().to_owned(),
            None if schema.contains_key("allOf") || schema.contains_key("properties") => "object".to_owned(),
            None => self.chance.one_of(&["null", "boolean", "string", "number", "integer"]).to_string(),
        };
        match kind.as_str() {
            "null" => Value::Null,
            "boolean" => Value::Bool(self.chance.once_in(2)),
            "string" => Value::from(self.text(schema)),
            "integer" | "number" => self.number(schema, kind == "integer"),
            "array" => self.array(schema, depth),
            _ => self.object(schema, depth),
        }
    }

    fn text(&mut self, schema: &Object<'_>) -> String {
        let fewest = size(schema, "minLength").unwrap_or(0);
        let most = size(schema, "maxLength").unwrap_or(usize::MAX);
        let pattern =
            schema.get("pattern").and_then(Value::as_str).map(|source| Pattern::new(source.to_owned().leak()));
        let fits = |text: &str| {
            let length = text.chars().count();
            length >= fewest && length <= most && pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
        };
        let is_right = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => |text: &str| text.contains('T') && text.ends_with('Z'),
            Some("uuid") => |text: &str| text.len() == 36,
            Some("email") => |text: &str| text.contains('@'),
            Some("uri") => |text: &str| text.contains("://"),
            Some("date") => |text: &str| text.len() == 10 && text.contains('-'),
            _ => |_: &str| true,
        };
        for _ in 0..400 {
            let text = self.chance.one_of(TEXTS);
            if fits(text) && is_right(text) {
                return text.to_owned();
            }
        }
        "a".repeat(fewest.min(300))
    }

    fn number(&mut self, schema: &Object<'static>, is_integer: bool) -> Value<'static> {
        let bound = |name| schema.get(name).and_then(Value::as_f64);
        let fits = |text: &str| {
            let number: f64 = text.parse().unwrap_or(f64::NAN);
            number.is_finite()
                && !(is_integer && text.contains(['.', 'e', 'E']))
                && bound("minimum").is_none_or(|bound| number >= bound)
                && bound("maximum").is_none_or(|bound| number <= bound)
                && bound("exclusiveMinimum").is_none_or(|bound| number > bound)
                && bound("exclusiveMaximum").is_none_or(|bound| number < bound)
                && bound("multipleOf").is_none_or(|of| (number / of - (number / of).round()).abs() < 1e-9)
        };
        for _ in 0..200 {
            let text = self.chance.one_of(NUMBERS);
            if fits(text) {
                return Value::Number(text.into());
            }
        }
        let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
        let bounds: Vec<_> = keywords.iter().filter_map(|name| schema.get(name)).cloned().collect();
        if bounds.is_empty() { Value::from(0) } else { self.chance.one_of(&bounds) }
    }

    fn array(&mut self, schema: &Object<'static>, depth: usize) -> Value<'static> {
        if let Some(prefix) = schema.get("prefixItems").and_then(Value::as_array) {
            let items =
                prefix.iter().map(|item| self.fitting(&item.as_object().cloned().unwrap_or_default(), depth + 1));
            return Value::Array(items.collect());
        }
        let (fewest, most) = (size(schema, "minItems").unwrap_or(0), size(schema, "maxItems").unwrap_or(4));
        let count = if depth > 12 { fewest } else { fewest + self.chance.below(most.min(fewest + 3) - fewest + 1) };
        let item = schema.get("items").and_then(Value::as_object).cloned().unwrap_or_default();
        Value::Array((0..count).map(|_| self.fitting(&item, depth + 1)).collect())
    }

    fn object(&mut self, schema: &Object<'static>, depth: usize) -> Value<'static> {
        let mut object = Object::new();
        self.add_members(schema, &mut object, depth);
        Value::Object(object)
    }

    fn add_members(&mut self, schema: &Object<'static>, object: &mut Object<'static>, depth: usize) {
        let required = schema.get("required").and_then(Value::as_array).unwrap_or_default();
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, property) in properties.iter() {
            if required.contains(&Value::from(name)) || (depth < 12 && !self.chance.once_in(3)) {
                object
                    .set(name.to_owned(), self.fitting(&property.as_object().cloned().unwrap_or_default(), depth + 1));
            }
        }
        for part in schema.get("allOf").and_then(Value::as_array).unwrap_or_default() {
            if let Value::Object(members) = self.fitting(&part.as_object().cloned().unwrap_or_default(), depth + 1) {
                members.into_iter().for_each(|(name, value)| object.set(name, value));
            }
        }
        if let Some(item) = schema.get("additionalProperties").and_then(Value::as_object).cloned() {
            let fewest = size(schema, "minProperties").unwrap_or(0);
            let names = schema.get("propertyNames").and_then(Value::as_object).cloned().unwrap_or_default();
            for _ in 0..fewest + self.chance.below(3) {
                let name = match names.get("enum").and_then(Value::as_array) {
                    Some(names) => self.chance.one_of(names).as_str().unwrap_or_default().to_owned(),
                    None => self.text(&names),
                };
                object.set(name, self.fitting(&item, depth + 1));
            }
        }
    }

    /// Walks down at random and spoils what it finds.
    fn spoil_somewhere(&mut self, value: &mut Value<'static>) {
        let count = match value {
            Value::Array(items) => items.len(),
            Value::Object(object) => object.len(),
            _ => 0,
        };
        if count > 0 && !self.chance.once_in(3) {
            let index = self.chance.below(count);
            match value {
                Value::Array(items) => return self.spoil_somewhere(&mut items[index]),
                Value::Object(object) => {
                    if let Some((_, member)) = object.iter_mut().nth(index) {
                        return self.spoil_somewhere(member);
                    }
                }
                _ => {}
            }
        }
        if self.chance.once_in(4) {
            *value = self.junk(0);
        } else {
            self.spoil(value);
        }
    }

    fn spoil(&mut self, value: &mut Value<'static>) {
        match value {
            Value::Number(text) => {
                let number: i128 = text.parse().unwrap_or_default();
                *value = match self.chance.below(5) {
                    0 => Value::from(number.saturating_add(1)),
                    1 => Value::from(number.saturating_sub(1)),
                    2 => Value::from(text.to_string()),
                    3 => Value::Number(format!("{number}.{}", self.chance.one_of(&["0", "5", "01", "001"])).into()),
                    _ => Value::Number(self.chance.one_of(NUMBERS).into()),
                };
            }
            Value::String(text) => {
                let mut text = text.to_string();
                match self.chance.below(4) {
                    0 => drop(text.pop()),
                    1 => text.push(self.chance.one_of(&['a', 'é', ' ', '0', '\n'])),
                    2 => text = text.to_uppercase(),
                    _ => text = self.chance.one_of(TEXTS).to_owned(),
                }
                *value = Value::from(text);
            }
            Value::Array(items) => match self.chance.below(4) {
                0 => drop(items.pop()),
                1 => items.extend(items.last().cloned()),
                2 => items.push(self.junk(0)),
                _ => items.clear(),
            },
            Value::Object(object) => self.spoil_object(object).into_iter().for_each(|other| *value = other),
            _ => *value = self.junk(0),
        }
    }

    /// Changes the members, or says what should stand in place of the object.
    fn spoil_object(&mut self, object: &mut Object<'static>) -> Option<Value<'static>> {
        let names: Vec<String> = object.iter().map(|(name, _)| name.to_owned()).collect();
        let name = if names.is_empty() { "v".to_owned() } else { self.chance.one_of(&names) };
        match self.chance.below(7) {
            0 => drop(object.remove(&name)),
            1 => object.push(self.chance.one_of(TEXTS).to_owned(), self.junk(0)),
            2 => object.push(name.clone(), object.get(&name).cloned().unwrap_or_default()),
            3 => {
                let value = object.remove(&name).unwrap_or_default();
                object.push(name.to_uppercase(), value);
            }
            4 => object.set(name, Value::Null),
            // An array where a struct is meant, and a member named as a variant.
            5 => return Some(Value::Array(object.iter().map(|(_, value)| value.clone()).collect())),
            _ => return Some(Object::new().with(name, Value::Null).into()),
        }
        None
    }

    fn junk(&mut self, depth: usize) -> Value<'static> {
        match self.chance.below(9) {
            0 => Value::Null,
            1 => Value::Bool(self.chance.once_in(2)),
            2 | 3 => Value::Number(self.chance.one_of(NUMBERS).into()),
            4 | 5 => Value::from(self.chance.one_of(TEXTS).to_owned()),
            6 => Value::Array((0..self.chance.below(3)).map(|_| self.junk_below(depth)).collect()),
            7 => (0..self.chance.below(70)).fold(Value::Null, |inner, _| Value::Array(vec![inner])),
            _ => {
                let members = (0..self.chance.below(3)).map(|_| (self.chance.one_of(TEXTS), self.junk_below(depth)));
                Value::Object(members.collect())
            }
        }
    }

    fn junk_below(&mut self, depth: usize) -> Value<'static> {
        if depth > 3 { Value::Null } else { self.junk(depth + 1) }
    }

    /// What no tree can hold: half a surrogate pair, escapes, bad syntax.
    fn spoil_text(&mut self, text: &mut String) {
        let quotes: Vec<usize> = text.match_indices('"').map(|(index, _)| index).collect();
        let ends: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
        match self.chance.below(4) {
            0 if !quotes.is_empty() => text.insert_str(self.chance.one_of(&quotes) + 1, "\\ud800"),
            1 if !quotes.is_empty() => text.insert_str(self.chance.one_of(&quotes) + 1, "\\u0061\\/"),
            2 => text.truncate(self.chance.one_of(&ends)),
            _ => text
                .insert_str(self.chance.one_of(&ends), self.chance.one_of(&[" ", "\t\n", ",", "}", "0", "\u{feff}"])),
        }
    }
}

fn size(schema: &Object<'_>, name: &str) -> Option<usize> {
    schema.get(name)?.as_i64()?.try_into().ok()
}
