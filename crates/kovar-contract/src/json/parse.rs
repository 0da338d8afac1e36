//! A parser of RFC 8259 that keeps order, duplicates and the text of numbers.
//!
//! It runs only after the fast pass has failed, and must accept exactly the documents that
//! `serde_json` accepts (a property test compares them), but for the depth.

use std::borrow::Cow;
use std::fmt;

use super::{Object, Value};

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    kind: SyntaxErrorKind,
    offset: usize,
    line: usize,
    column: usize,
}

/// What kind of thing is wrong with a text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The text ends inside a value.
    UnexpectedEnd,
    /// A character stands where it may not.
    UnexpectedCharacter,
    /// A value is complete, and something follows it.
    TrailingCharacters,
    /// A number is not written as RFC 8259 §6 says.
    InvalidNumber,
    /// An escape in a string is not one of RFC 8259 §7.
    InvalidEscape,
    /// A `\u` escape is half of a surrogate pair.
    LoneSurrogate,
    /// A control character stands unescaped in a string.
    ControlCharacter,
    /// Arrays and objects nest deeper than the limit.
    TooDeep,
    /// The bytes are not UTF-8.
    InvalidUtf8,
}

impl SyntaxErrorKind {
    fn message(self) -> &'static str {
        match self {
            Self::UnexpectedEnd => "unexpected end of input",
            Self::UnexpectedCharacter => "unexpected character",
            Self::TrailingCharacters => "trailing characters",
            Self::InvalidNumber => "invalid number",
            Self::InvalidEscape => "invalid escape",
            Self::LoneSurrogate => "lone surrogate in a unicode escape",
            Self::ControlCharacter => "control character in a string",
            Self::TooDeep => "nested too deeply",
            Self::InvalidUtf8 => "invalid UTF-8",
        }
    }
}

impl SyntaxError {
    /// An error at a byte offset of `text`, which need not be UTF-8.
    pub fn at(text: &[u8], offset: usize, kind: SyntaxErrorKind) -> Self {
        let before = &text[..offset.min(text.len())];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |index| index + 1);
        let is_lead = |byte: &&u8| (**byte & 0xC0) != 0x80;
        Self {
            kind,
            offset,
            line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + before[line_start..].iter().filter(is_lead).count(),
        }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> SyntaxErrorKind {
        self.kind
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The offset in bytes, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong, without the position.
    pub fn reason(&self) -> &'static str {
        self.kind.message()
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {} column {}", self.reason(), self.line, self.column)
    }
}

impl std::error::Error for SyntaxError {}

/// Parses a whole JSON text.
///
/// # Errors
///
/// When the text is not one JSON value, or nests deeper than `depth_limit`.
///
/// # Example
///
/// ```
/// use kovar_contract::json;
///
/// let value = json::parse(r#"{"price": 1e999, "price": 2}"#, 64)?;
/// assert_eq!(value.to_string(), r#"{"price":1e999,"price":2}"#);
/// # Ok::<(), json::SyntaxError>(())
/// ```
pub fn parse(text: &str, depth_limit: usize) -> Result<Value<'_>, SyntaxError> {
    let mut parser = Parser { text, position: 0, depth_left: depth_limit };
    parser.document().map_err(|kind| SyntaxError::at(text.as_bytes(), parser.position, kind))
}

/// Looks whether a text is one JSON value that is not too deep, without keeping it.
pub(super) fn check(text: &str, depth_limit: usize) -> Result<(), SyntaxError> {
    let mut parser = Parser { text, position: 0, depth_left: depth_limit };
    let checked = parser.skip_document();
    checked.map_err(|kind| SyntaxError::at(text.as_bytes(), parser.position, kind))
}

type Parsed<T> = Result<T, SyntaxErrorKind>;

struct Parser<'a> {
    text: &'a str,
    position: usize,
    depth_left: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Parsed<Value<'a>> {
        self.skip_whitespace();
        let value = self.value()?;
        self.end().map(|()| value)
    }

    fn end(&mut self) -> Parsed<()> {
        self.skip_whitespace();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(SyntaxErrorKind::TrailingCharacters),
        }
    }

    fn value(&mut self) -> Parsed<Value<'a>> {
        match self.peek() {
            None => Err(SyntaxErrorKind::UnexpectedEnd),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(SyntaxErrorKind::UnexpectedCharacter),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Parsed<Value<'a>>) -> Parsed<Value<'a>> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(SyntaxErrorKind::TooDeep)?;
        self.position += 1;
        self.skip_whitespace();
        let value = inner(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    fn array(&mut self) -> Parsed<Value<'a>> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_whitespace();
            items.push(self.value()?);
            if !self.another(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Value<'a>> {
        let mut object = Object::new();
        if self.eat(b'}') {
            return Ok(Value::Object(object));
        }
        loop {
            let key = self.key()?;
            object.push(key, self.value()?);
            if !self.another(b'}')? {
                return Ok(Value::Object(object));
            }
        }
    }

    fn key(&mut self) -> Parsed<Cow<'a, str>> {
        self.skip_whitespace();
        let key = match self.peek() {
            Some(b'"') => self.string()?,
            other => return Err(unexpected(other)),
        };
        self.skip_whitespace();
        self.expect(b':')?;
        self.skip_whitespace();
        Ok(key)
    }

    fn skip_document(&mut self) -> Parsed<()> {
        self.skip_whitespace();
        self.skip_value()?;
        self.end()
    }

    fn skip_value(&mut self) -> Parsed<()> {
        let close = match self.peek() {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => return self.value().map(drop),
        };
        self.depth_left = self.depth_left.checked_sub(1).ok_or(SyntaxErrorKind::TooDeep)?;
        self.position += 1;
        self.skip_whitespace();
        let mut has_more = !self.eat(close);
        while has_more {
            if close == b'}' {
                self.key()?;
            }
            self.skip_whitespace();
            self.skip_value()?;
            has_more = self.another(close)?;
        }
        self.depth_left += 1;
        Ok(())
    }

    /// After an item: whether a comma says that another follows, or `close` ends the list.
    fn another(&mut self, close: u8) -> Parsed<bool> {
        self.skip_whitespace();
        if self.eat(close) {
            return Ok(false);
        }
        self.expect(b',').map(|()| true)
    }

    fn string(&mut self) -> Parsed<Cow<'a, str>> {
        self.position += 1;
        let start = self.position;
        self.skip_plain_characters();
        if self.eat(b'"') {
            return Ok(Cow::Borrowed(&self.text[start..self.position - 1]));
        }
        let mut unescaped = self.text[start..self.position].to_owned();
        loop {
            match self.peek() {
                None => return Err(SyntaxErrorKind::UnexpectedEnd),
                Some(b'"') => {
                    self.position += 1;
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => unescaped.push(self.escape()?),
                Some(_) => return Err(SyntaxErrorKind::ControlCharacter),
            }
            let start = self.position;
            self.skip_plain_characters();
            unescaped.push_str(&self.text[start..self.position]);
        }
    }

    fn skip_plain_characters(&mut self) {
        let rest = &self.text.as_bytes()[self.position..];
        let plain = rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
        self.position += plain.count();
    }

    fn escape(&mut self) -> Parsed<char> {
        self.position += 1;
        let character = match self.peek().ok_or(SyntaxErrorKind::UnexpectedEnd)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(SyntaxErrorKind::InvalidEscape),
        };
        self.position += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Parsed<char> {
        let first = self.hex_unit()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(SyntaxErrorKind::LoneSurrogate);
        }
        if !self.text[self.position..].starts_with("\\u") {
            return Err(SyntaxErrorKind::LoneSurrogate);
        }
        self.position += 1;
        let second = self.hex_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(SyntaxErrorKind::LoneSurrogate);
        }
        let scalar = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(scalar).ok_or(SyntaxErrorKind::LoneSurrogate)
    }

    /// Reads `uXXXX`, standing on the `u`.
    fn hex_unit(&mut self) -> Parsed<u32> {
        self.position += 1;
        let digits = self.text.as_bytes().get(self.position..self.position + 4);
        let digits = digits.ok_or(SyntaxErrorKind::UnexpectedEnd)?;
        let unit =
            digits.iter().try_fold(0, |unit, &digit| char::from(digit).to_digit(16).map(|digit| unit * 16 + digit));
        self.position += 4;
        unit.ok_or(SyntaxErrorKind::InvalidEscape)
    }

    /// RFC 8259 §6: `-`, an integer without leading zeros, a fraction, an exponent.
    fn number(&mut self) -> Parsed<Value<'a>> {
        let start = self.position;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(SyntaxErrorKind::InvalidNumber);
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(Value::Number(Cow::Borrowed(&self.text[start..self.position])))
    }

    fn digits(&mut self) -> Parsed<()> {
        let rest = &self.text.as_bytes()[self.position..];
        match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 if rest.is_empty() => Err(SyntaxErrorKind::UnexpectedEnd),
            0 => Err(SyntaxErrorKind::InvalidNumber),
            count => {
                self.position += count;
                Ok(())
            }
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Parsed<Value<'a>> {
        for expected in word.bytes() {
            self.expect(expected)?;
        }
        Ok(value)
    }

    fn expect(&mut self, expected: u8) -> Parsed<()> {
        if self.eat(expected) { Ok(()) } else { Err(unexpected(self.peek())) }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.position += 1;
        }
    }
}

fn unexpected(found: Option<u8>) -> SyntaxErrorKind {
    match found {
        None => SyntaxErrorKind::UnexpectedEnd,
        Some(_) => SyntaxErrorKind::UnexpectedCharacter,
    }
}
