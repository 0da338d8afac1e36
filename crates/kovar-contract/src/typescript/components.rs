//! `types.ts`: a type for every component schema.

use std::collections::HashMap;

use super::Error;
use super::comment::Comment;
use super::expression::{Member, Type, block};
use super::names::{UniqueNames, type_name};
use super::schema::Schemas;
use super::view::{Reach, View};
use crate::json::{Object, Value};

/// The component schemas of a document, and how their types are called.
#[derive(Debug)]
pub(super) struct Components<'d> {
    list: Vec<Component<'d>>,
    index: HashMap<&'d str, usize>,
}

#[derive(Debug)]
struct Component<'d> {
    name: &'d str,
    schema: &'d Value<'d>,
    view: View,
    type_name: String,
    /// How the type of the request's side is called, where it is another one.
    request_name: Option<String>,
}

impl<'d> Components<'d> {
    pub(super) fn read(document: &'d Value<'d>) -> Self {
        let reach = Reach::of(document);
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let schemas: Vec<_> = schemas.into_iter().flat_map(Object::iter).collect();
        let mut names = UniqueNames::default();
        let mut list: Vec<_> = schemas
            .into_iter()
            .map(|(name, schema)| Component {
                name,
                schema,
                view: reach.main_view(name),
                type_name: names.claim(&type_name(name)),
                request_name: None,
            })
            .collect();
        for component in list.iter_mut().filter(|it| reach.is_split(document, it.name, it.schema)) {
            component.request_name = Some(names.claim(&format!("{}Input", component.type_name)));
        }
        let index = list.iter().enumerate().map(|(index, component)| (component.name, index)).collect();
        Self { list, index }
    }

    /// How a component's type is called as one side sees it.
    pub(super) fn type_name(&self, name: &str, view: View) -> Option<&str> {
        let component = self.list.get(*self.index.get(name)?)?;
        let request_name = component.request_name.as_deref().filter(|_| view == View::Request);
        Some(request_name.unwrap_or(&component.type_name))
    }
}

/// The text of `types.ts`, without its header.
pub(super) fn render(schemas: &Schemas<'_>) -> Result<String, Error> {
    let mut text = String::new();
    for component in &schemas.components().list {
        let comment = Comment::of_schema(component.schema);
        text.push_str(&declaration(schemas, component, &component.type_name, component.view, &comment)?);
        if let Some(name) = &component.request_name {
            let mut comment = Comment::default();
            let summary =
                format!("What a request sends as `{}`: what only the server sets is not in it.", component.type_name);
            comment.paragraph(Some(&summary));
            text.push_str(&declaration(schemas, component, name, View::Request, &comment)?);
        }
    }
    if text.is_empty() {
        text.push_str("export {};\n");
    }
    Ok(text)
}

fn declaration(
    schemas: &Schemas<'_>,
    component: &Component<'_>,
    name: &str,
    view: View,
    comment: &Comment,
) -> Result<String, Error> {
    let comment = comment.to_source(0);
    Ok(match schemas.type_of(component.schema, view)? {
        Type::Object(members) if !members.iter().any(Member::is_mapped) => {
            format!("{comment}export interface {name} {}\n\n", block(&members, 0))
        }
        Type::Union(members) => {
            let source = Type::Union(members).to_source(0);
            let space = if source.starts_with('\n') { "" } else { " " };
            format!("{comment}export type {name} ={space}{source};\n\n")
        }
        alias => format!("{comment}export type {name} = {};\n\n", alias.to_source(0)),
    })
}
