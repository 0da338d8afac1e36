//! Unions: which variant was meant, and what is wrong with it.

use super::object::{not_an_object, without};
use super::{Diagnosis, duplicate, missing};
use crate::attempt::Attempts;
use crate::issue::{Invalid, Segment};
use crate::json::{Object, Value};
use crate::shape::{Kind, Shape, Tagging, UnionShape, Variant};

impl Diagnosis<'_> {
    pub(super) fn union(&mut self, shape: &Shape, union: &UnionShape, value: &Value<'_>) {
        match union.tagging {
            Tagging::External => self.external(shape, union, value),
            Tagging::Internal { tag } => self.internal(shape, union, tag, value),
            Tagging::Adjacent { tag, content } => self.adjacent(shape, union, (tag, content), value),
            Tagging::Untagged => self.untagged(shape, union, value),
        }
    }

    fn external(&mut self, shape: &Shape, union: &UnionShape, value: &Value<'_>) {
        match value {
            Value::String(name) => match union.variant(name) {
                Some(variant) if variant.content.is_none() => {}
                Some(variant) => {
                    self.below(Segment::Variant(variant.name), |diagnosis| diagnosis.report_input(missing(), None));
                }
                None => self.report(union.unknown_tag(None, name), shape, value),
            },
            Value::Object(object) => match object.iter().next() {
                Some((name, content)) if object.len() == 1 => match union.variant(name) {
                    Some(Variant { content: Some(expected), .. }) => {
                        self.below(Segment::Key(name.to_owned().into()), |diagnosis| diagnosis.walk(expected, content));
                    }
                    Some(_) => self.report(Invalid::value("Value error, this variant is a string"), shape, value),
                    None => self.report(union.unknown_tag(None, name), shape, value),
                },
                _ => {
                    let finding = Invalid::value("Value error, the object should have exactly one member");
                    self.report(finding, shape, value);
                }
            },
            _ => self.report(not_an_object(), shape, value),
        }
    }

    fn internal(&mut self, shape: &Shape, union: &UnionShape, tag: &'static str, value: &Value<'_>) {
        let Value::Object(members) = value else {
            return self.report(not_an_object(), shape, value);
        };
        let Some(variant) = self.tagged_variant(shape, union, tag, members) else { return };
        if let Some(content) = &variant.content {
            let rest = Value::Object(without(members, |key| key == tag));
            self.below(Segment::Variant(variant.name), |diagnosis| diagnosis.walk(content, &rest));
        }
    }

    fn adjacent(
        &mut self,
        shape: &Shape,
        union: &UnionShape,
        (tag, content): (&'static str, &'static str),
        value: &Value<'_>,
    ) {
        let Value::Object(members) = value else {
            return self.report(not_an_object(), shape, value);
        };
        let Some(variant) = self.tagged_variant(shape, union, tag, members) else { return };
        self.below(Segment::Key(content.into()), |diagnosis| {
            let mut given = members.iter().filter(|(key, _)| *key == content);
            match (given.next(), given.next(), &variant.content) {
                (_, Some(_), _) => diagnosis.report_input(duplicate(), None),
                (Some((_, value)), None, Some(expected)) => diagnosis.walk(expected, value),
                (None, None, Some(_)) => diagnosis.report_input(missing(), None),
                (_, None, None) => {}
            }
        });
    }

    fn tagged_variant<'u>(
        &mut self,
        shape: &Shape,
        union: &'u UnionShape,
        tag: &'static str,
        members: &Object<'_>,
    ) -> Option<&'u Variant> {
        let mut tags = members.iter().filter(|(key, _)| *key == tag).map(|(_, value)| value);
        let whole = || Value::Object(members.clone());
        match (tags.next(), tags.next()) {
            (None, _) => {
                let message = format!("Unable to extract tag using discriminator '{tag}'");
                let finding = Invalid::new("union_tag_not_found", message).with("discriminator", tag);
                self.report(finding, shape, &whole());
                None
            }
            (Some(Value::String(name)), None) => {
                let variant = union.variant(name);
                if variant.is_none() {
                    self.report(union.unknown_tag(Some(tag), name), shape, &whole());
                }
                variant
            }
            (Some(value), None) => {
                let finding = Invalid::new("string_type", "Input should be a valid string").at(tag);
                self.report(finding, shape, &Value::Object(Object::new().with(tag, value.clone())));
                None
            }
            _ => {
                self.report(duplicate().at(tag), shape, &Value::Null);
                None
            }
        }
    }

    /// The issues of the one variant that was meant, if that can be told; otherwise those of each.
    ///
    /// A variant was meant if nothing is wrong with the type of the value as a whole.
    ///
    /// What fits no variant may be meant for the one that holds a secret.
    fn untagged(&mut self, shape: &Shape, union: &UnionShape, value: &Value<'_>) {
        let is_hidden = self.is_hidden || self.holds_secret(shape);
        let limit = Attempts::of(value);
        let mut attempts = Vec::new();
        for variant in &union.variants {
            if !limit.take() {
                return self
                    .report_input(Invalid::value("Value error, too many variants would have to be tried"), None);
            }
            let mut probe = self.probe();
            probe.is_hidden = is_hidden;
            let depth = probe.location.len();
            probe.location.push(Segment::Variant(variant.name));
            match &variant.content {
                Some(content) => probe.walk(content, value),
                None if value.is_null() => {}
                None => {
                    probe.report(Invalid::new("none_required", "Input should be null"), &Shape::new(Kind::Null), value);
                }
            }
            if probe.issues.is_empty() {
                return;
            }
            let was_meant =
                probe.issues.iter().all(|issue| issue.location.len() > depth + 1 || !issue.kind.ends_with("_type"));
            attempts.push((was_meant, probe.issues));
        }
        let meant = attempts.iter().filter(|(was_meant, _)| *was_meant).count();
        for (was_meant, issues) in attempts {
            if meant != 1 || was_meant {
                self.issues.extend(issues);
            }
        }
        self.issues.truncate(crate::issue::ISSUE_LIMIT);
    }
}

impl UnionShape {
    fn variant(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.is_named(name))
    }

    fn unknown_tag(&self, discriminator: Option<&'static str>, tag: &str) -> Invalid {
        let expected = crate::rule::quoted_list(self.variants.iter().map(|variant| variant.name));
        let shown: String = tag.chars().take(64).collect();
        let message = match discriminator {
            Some(discriminator) => format!(
                "Input tag '{shown}' found using '{discriminator}' does not match any of the expected tags: {expected}"
            ),
            None => format!("Input tag '{shown}' does not match any of the expected tags: {expected}"),
        };
        Invalid::new("union_tag_invalid", message)
            .with("discriminator", discriminator.map_or(Value::Null, Value::from))
            .with("tag", shown)
            .with("expected_tags", expected)
            .quoting("Input tag does not match any of the expected tags")
    }
}
