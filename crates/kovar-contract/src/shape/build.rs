//! Shapes written by hand, a call for each thing to say; `#[schema]` expands to the same calls.

use std::borrow::Cow;

use super::{About, Access, EnumerationValue, Field, ObjectShape, Shape, Unknown, Validator, Variant};
use crate::json::Value;
use crate::schema::Direction;

impl ObjectShape {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Adds a shape whose fields stand in this object.
    #[must_use]
    pub fn flatten(mut self, shape: Shape) -> Self {
        self.flattened.push(shape);
        self
    }

    /// Refuses members that no field has.
    #[must_use]
    pub fn deny_unknown(mut self) -> Self {
        self.unknown = Unknown::Denied;
        self
    }

    /// Adds a function that judges the object as a whole.
    #[must_use]
    pub fn validator(mut self, validator: Validator) -> Self {
        self.validators.push(validator);
        self
    }
}

impl ObjectShape {
    /// The fields that exist in a direction.
    pub(crate) fn fields_in(&self, direction: Direction) -> impl Iterator<Item = &Field> {
        let hidden = match direction {
            Direction::Input => Access::ReadOnly,
            Direction::Output => Access::WriteOnly,
        };
        self.fields.iter().filter(move |field| field.access != hidden)
    }

    /// Whether a field of the object itself is read from this key.
    pub(crate) fn reads(&self, key: &str) -> bool {
        self.fields_in(Direction::Input).any(|field| field.is_named(key))
    }
}

impl Field {
    /// A required field that is always sent.
    pub fn new(name: impl Into<Cow<'static, str>>, shape: Shape) -> Self {
        Self {
            name: name.into(),
            aliases: Vec::new(),
            shape,
            is_required: true,
            is_always_sent: true,
            access: Access::Both,
            default: None,
            is_comma_separated: false,
            validators: Vec::new(),
            about: About::default(),
        }
    }

    /// Adds a key that is read as this one.
    #[must_use]
    pub fn alias(mut self, alias: &'static str) -> Self {
        self.aliases.push(alias);
        self
    }

    /// Accepts inputs without the field.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    /// Accepts inputs without the field where its type does.
    #[must_use]
    pub fn optional_if(mut self, is_optional: bool) -> Self {
        self.is_required &= !is_optional;
        self
    }

    /// Accepts inputs without the field and says what they get.
    #[must_use]
    pub fn default_value(mut self, default: Option<Value<'static>>) -> Self {
        self.is_required = false;
        self.default = default;
        self
    }

    /// Outputs may leave the field out.
    #[must_use]
    pub fn sometimes_sent(mut self) -> Self {
        self.is_always_sent = false;
        self
    }

    /// The field exists only in one direction.
    #[must_use]
    pub fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// In text places the list is one comma-separated value.
    #[must_use]
    pub fn comma_separated(mut self) -> Self {
        self.is_comma_separated = true;
        self
    }

    /// Adds a function that judges the field's value.
    #[must_use]
    pub fn validator(mut self, validator: Validator) -> Self {
        self.validators.push(validator);
        self
    }

    /// Says what people read about the field.
    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    /// Whether a key of an input is this field's.
    pub(crate) fn is_named(&self, key: &str) -> bool {
        self.name == key || self.aliases.contains(&key)
    }
}

impl Variant {
    /// A variant with its content, or none.
    pub fn new(name: &'static str, content: Option<Shape>) -> Self {
        Self { name, aliases: Vec::new(), content, about: About::default() }
    }

    /// Adds a name that is read as this one.
    #[must_use]
    pub fn alias(mut self, alias: &'static str) -> Self {
        self.aliases.push(alias);
        self
    }

    /// Says what people read about the variant.
    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

impl EnumerationValue {
    /// A value without aliases.
    pub fn new(name: &'static str) -> Self {
        Self { name, aliases: Vec::new(), about: About::default() }
    }

    /// Adds a string that is read as this one.
    #[must_use]
    pub fn alias(mut self, alias: &'static str) -> Self {
        self.aliases.push(alias);
        self
    }

    /// Says what people read about the value.
    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = about;
        self
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

impl About {
    /// Nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// A short name.
    #[must_use]
    pub fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// What it is.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds an example; what serde cannot serialise is left out.
    #[must_use]
    pub fn example(mut self, example: impl serde::Serialize) -> Self {
        self.examples.extend(crate::json::to_value(&example));
        self
    }

    /// It should no longer be used.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }
}
