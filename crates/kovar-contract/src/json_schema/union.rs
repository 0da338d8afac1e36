//! Schemas of unions: `oneOf` where the variant is told by a tag, `anyOf` where it is tried.

use super::{Writer, with_about};
use crate::json::Object;
use crate::schema::capitalized;
use crate::shape::{Kind, Shape, Tagging, UnionShape, Variant};

impl Writer<'_, '_> {
    pub(super) fn union(&self, union: &UnionShape) -> Object<'static> {
        match union.tagging {
            Tagging::External => {
                let options: Vec<_> = union.variants.iter().map(|variant| self.named_external(variant)).collect();
                Object::new().with("oneOf", options)
            }
            Tagging::Internal { tag } => self.discriminated(union, tag, |variant| self.internal(tag, variant)),
            Tagging::Adjacent { tag, content } => {
                self.discriminated(union, tag, |variant| self.adjacent(tag, content, variant))
            }
            Tagging::Untagged => {
                let options: Vec<_> = union.variants.iter().map(|variant| self.untagged(variant)).collect();
                Object::new().with("anyOf", options)
            }
        }
    }

    fn external(&self, variant: &Variant) -> Object<'static> {
        match &variant.content {
            None => Object::new().with("type", "string").with("const", variant.name),
            Some(content) => Object::new()
                .with("type", "object")
                .with("properties", Object::new().with(variant.name, self.shape(content)))
                .with("required", vec![variant.name])
                .with("additionalProperties", false),
        }
    }

    /// A variant with content is a component: generators name an object by where it stands otherwise.
    fn named_external(&self, variant: &Variant) -> Object<'static> {
        let schema = self.external(variant);
        match &self.owner {
            Some(owner) if variant.content.is_some() => {
                let name = self.variant_name(owner, variant);
                self.components.extra.borrow_mut().insert(name.clone(), with_about(schema, &variant.about));
                self.reference(&name)
            }
            _ => with_about(schema, &variant.about),
        }
    }

    fn internal(&self, tag: &'static str, variant: &Variant) -> Object<'static> {
        match &variant.content {
            None => self.tagged_object(tag, variant.name, None),
            Some(content) => match &self.components.catalog.resolve(content).kind {
                Kind::Object(object) => self.tagged_object(tag, variant.name, Some(object)),
                // What a map asks of its members it does not ask of the tag.
                Kind::Map(..) => {
                    let mut schema = self.shape(self.components.catalog.resolve(content));
                    let own = self.tagged_object(tag, variant.name, None);
                    for keyword in ["properties", "required"] {
                        schema.push(keyword, own.get(keyword).cloned().unwrap_or_default());
                    }
                    schema
                }
                _ => {
                    Object::new().with("allOf", vec![self.tagged_object(tag, variant.name, None), self.shape(content)])
                }
            },
        }
    }

    fn adjacent(&self, tag: &'static str, key: &'static str, variant: &Variant) -> Object<'static> {
        let mut properties = Object::new().with(tag, Object::new().with("type", "string").with("const", variant.name));
        let mut required = vec![tag];
        if let Some(content) = &variant.content {
            properties.push(key, self.shape(content));
            required.push(key);
        }
        Object::new().with("type", "object").with("properties", properties).with("required", required)
    }

    fn untagged(&self, variant: &Variant) -> Object<'static> {
        let null = Shape::new(Kind::Null);
        with_about(self.shape(variant.content.as_ref().unwrap_or(&null)), &variant.about)
    }

    /// Each variant is a component, so that the discriminator can map its tag to it.
    fn discriminated(
        &self,
        union: &UnionShape,
        tag: &'static str,
        write: impl Fn(&Variant) -> Object<'static>,
    ) -> Object<'static> {
        let Some(owner) = &self.owner else { return one_of(union, write) };
        let mut mapping = Object::new();
        let mut options = Vec::new();
        for variant in &union.variants {
            let name = self.variant_name(owner, variant);
            let schema = with_about(write(variant), &variant.about);
            self.components.extra.borrow_mut().insert(name.clone(), schema);
            let reference = self.reference(&name);
            if let Some(pointer) = reference.get("$ref") {
                mapping.push(variant.name, pointer.clone());
            }
            options.push(reference);
        }
        let discriminator = Object::new().with("propertyName", tag).with("mapping", mapping);
        Object::new().with("oneOf", options).with("discriminator", discriminator)
    }

    fn variant_name(&self, owner: &str, variant: &Variant) -> String {
        let words = variant.name.split(|character: char| !character.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        let name: String = words.map(capitalized).collect();
        let name = format!("{owner}{name}");
        if self.components.names.contains(&name) { format!("{name}Variant") } else { name }
    }
}

fn one_of(union: &UnionShape, write: impl Fn(&Variant) -> Object<'static>) -> Object<'static> {
    let options: Vec<_> = union.variants.iter().map(|variant| with_about(write(variant), &variant.about)).collect();
    Object::new().with("oneOf", options)
}
