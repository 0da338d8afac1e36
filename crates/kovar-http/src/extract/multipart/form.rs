//! Receives the parts of a form.

use std::borrow::Cow;

use bytes::BytesMut;
use kovar_contract::json::{self, Object, Value};
use kovar_contract::text::Pairs;
use kovar_contract::{Described, Issue, Rules, Segment};

use super::field::{Fields, Found, Reading, UnknownParts};
use super::parts::{Part, Parts};
use super::spool::Spool;
use super::upload::Upload;
use super::{FILE_LIMIT, PART_LIMIT};
use crate::extract::{Rejection, limit};
use crate::problem::builtin;

/// What was received, before it is typed.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Parts that are text.
    pub(super) texts: Pairs<'static>,
    /// Parts that are JSON.
    pub(super) values: Vec<Member<Value<'static>>>,
    /// Parts that are files, and the rules that they keep.
    pub(super) files: Vec<(Member<Upload>, &'static Rules)>,
    /// What is wrong with the parts themselves.
    pub(super) issues: Vec<Issue>,
}

/// A value of a field.
#[derive(Debug)]
pub(super) struct Member<V> {
    pub(super) field: Cow<'static, str>,
    pub(super) is_list: bool,
    pub(super) value: V,
}

/// Receives all parts: files on disk, everything else in memory, up to its own limit.
pub(super) async fn receive(
    mut parts: Parts,
    described: &Described,
    memory_limit: Option<usize>,
) -> Result<Form, Rejection> {
    let fields = Fields::of(&described.catalog, &described.shape);
    let mut receiver = Receiver { form: Form::default(), memory: 0, memory_limit };
    let mut count = 0;
    while let Some(part) = parts.next().await? {
        count += 1;
        if count > PART_LIMIT {
            return Err(too_many("parts", PART_LIMIT));
        }
        let name = part.name()?;
        receiver.take_memory(name.len())?;
        match fields.find(&name) {
            Some(found) => receiver.field(part, name, found).await?,
            None => receiver.unknown(part, name, fields.unknown).await?,
        }
    }
    Ok(receiver.form)
}

struct Receiver {
    form: Form,
    /// Bytes in memory so far, and how many there may be.
    memory: usize,
    memory_limit: Option<usize>,
}

impl Receiver {
    async fn field(&mut self, part: Part, name: String, found: Found<'_>) -> Result<(), Rejection> {
        let is_json = part.is_json();
        match found.reading {
            Reading::File(rules) => self.file(part, found, rules).await,
            Reading::Json => self.json(part, found).await,
            Reading::JsonOrText | Reading::Text if is_json => self.json(part, found).await,
            Reading::JsonOrText => {
                let Some(text) = self.text(part, &name).await? else { return Ok(()) };
                match text.trim_start().starts_with(['{', '[']) {
                    true => self.json_text(&text, found),
                    false => self.form.texts.push((name.into(), text.into())),
                }
                Ok(())
            }
            Reading::Text => {
                if let Some(text) = self.text(part, &name).await? {
                    self.form.texts.push((name.into(), text.into()));
                }
                Ok(())
            }
        }
    }

    async fn unknown(&mut self, mut part: Part, name: String, unknown: UnknownParts) -> Result<(), Rejection> {
        if unknown == UnknownParts::Kept && part.file_name().is_none() {
            if let Some(text) = self.text(part, &name).await? {
                self.form.texts.push((name.into(), text.into()));
            }
            return Ok(());
        }
        part.skip().await?;
        if unknown != UnknownParts::Ignored {
            self.form.texts.push((name.into(), Cow::Borrowed("")));
        }
        Ok(())
    }

    async fn file(&mut self, mut part: Part, found: Found<'_>, rules: &'static Rules) -> Result<(), Rejection> {
        if self.form.files.len() == FILE_LIMIT {
            return Err(too_many("files", FILE_LIMIT));
        }
        let mut spool = Spool::new(rules.max_length);
        while let Some(chunk) = part.chunk().await? {
            spool.write(&chunk).await?;
        }
        let upload = spool.finish(part.file_name(), part.content_type()).await?;
        // HTML, "constructing the entry list": an input in which no file was chosen sends one
        // without a name and bytes.
        if upload.size() > 0 || upload.file_name().is_some() {
            let member = Member { field: found.field.name.clone(), is_list: found.is_list, value: upload };
            self.form.files.push((member, rules));
        }
        Ok(())
    }

    async fn json(&mut self, part: Part, found: Found<'_>) -> Result<(), Rejection> {
        if let Some(text) = self.text(part, &found.field.name).await? {
            self.json_text(&text, found);
        }
        Ok(())
    }

    fn json_text(&mut self, text: &str, found: Found<'_>) {
        match json::parse(text, json::DEPTH_LIMIT) {
            Ok(value) => {
                let value = value.into_owned();
                self.form.values.push(Member { field: found.field.name.clone(), is_list: found.is_list, value });
            }
            Err(error) => {
                let context = Object::new().with("error", error.to_string());
                let message = format!("Invalid JSON: {error}");
                self.form.issues.push(issue(&found.field.name, "json_invalid", message, context));
            }
        }
    }

    /// The content as text; `None`, with an issue, where it is not UTF-8.
    async fn text(&mut self, mut part: Part, name: &str) -> Result<Option<String>, Rejection> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = part.chunk().await? {
            self.take_memory(chunk.len())?;
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes.into());
        if text.is_err() {
            let message = "Input should be a valid string, unable to parse raw data as a unicode string";
            self.form.issues.push(issue(name, "string_unicode", message, Object::new()));
        }
        Ok(text.ok())
    }

    fn take_memory(&mut self, bytes: usize) -> Result<(), Rejection> {
        self.memory += bytes;
        match self.memory_limit.filter(|limit| self.memory > *limit) {
            Some(limit) => {
                let detail = format!("the parts that are no files may have at most {limit} bytes together");
                Err(limit::too_large(limit).detail(detail).into())
            }
            None => Ok(()),
        }
    }
}

fn too_many(what: &str, limit: usize) -> Rejection {
    builtin::BODY_TOO_LARGE.details().detail(format!("the body may have at most {limit} {what}")).into()
}

/// What is wrong with a part as such.
pub(super) fn issue(
    field: &str,
    kind: &'static str,
    message: impl Into<Cow<'static, str>>,
    context: Object<'static>,
) -> Issue {
    Issue {
        location: vec![Segment::Key("body".into()), Segment::Key(field.to_owned().into())],
        kind: kind.into(),
        message: message.into(),
        context,
        input: None,
    }
}
