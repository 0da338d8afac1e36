//! What an operation takes and what it gives: its `…Input` and `…Result` types.

use super::Error;
use super::comment::Comment;
use super::content::{any_answered, sent};
use super::expression::{Member, Type, block};
use super::names::string_literal;
use super::operation::{Answer, Body, Operation};
use super::parameter::{Parameter, Place};
use super::schema::Schemas;
use super::view::View;

/// The input of an operation.
pub(super) struct Input {
    name: String,
    /// Parameters, and the body when it has one media type.
    members: Vec<Member>,
    /// The bodies of the media types among which the caller chooses.
    bodies: Vec<Type>,
    /// Whether a call may leave the input out.
    pub(super) optional: bool,
}

impl Input {
    pub(super) fn of(schemas: &Schemas<'_>, operation: &Operation<'_>) -> Result<Self, Error> {
        let mut members = Vec::new();
        for place in Place::ALL {
            let parameters: Vec<_> = operation.parameters.iter().filter(|it| it.place == place).collect();
            if !parameters.is_empty() {
                let required = parameters.iter().any(|parameter| parameter.required);
                let group = parameters.iter().map(|parameter| parameter_member(schemas, parameter));
                let group = Type::Object(group.collect::<Result<_, _>>()?);
                members.push(Member::required(place.group(), group).optional(!required));
            }
        }
        let mut bodies = Vec::new();
        match &operation.body {
            Some(body) if body.content.len() == 1 => members.extend(body_members(schemas, body)?.pop()),
            Some(body) => bodies = alternatives(schemas, body)?,
            None => {}
        }
        let needs_body = operation.body.as_ref().is_some_and(|body| body.required);
        let optional = !needs_body && !operation.parameters.iter().any(|parameter| parameter.required);
        Ok(Self { name: format!("{}Input", operation.type_prefix()), members, bodies, optional })
    }

    /// How the type is called where a method takes it.
    pub(super) fn type_name(&self) -> &str {
        if self.is_empty() { "NoInput" } else { &self.name }
    }

    /// The declaration; none for an operation that takes nothing.
    pub(super) fn declaration(&self) -> String {
        let name = &self.name;
        if self.is_empty() {
            return String::new();
        }
        if self.bodies.is_empty() {
            return format!("export interface {name} {}\n\n", block(&self.members, 0));
        }
        let bodies = Type::union(self.bodies.iter().cloned());
        let members = if self.members.is_empty() { Type::unknown() } else { Type::Object(self.members.clone()) };
        format!("export type {name} = {};\n\n", Type::intersection([members, bodies]).to_source(0))
    }

    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.bodies.is_empty()
    }
}

/// The declaration of everything that a call can resolve to.
pub(super) fn result_declaration(schemas: &Schemas<'_>, operation: &Operation<'_>) -> Result<String, Error> {
    let outcomes = operation.answers.iter().map(|answer| outcome(schemas, answer));
    let mut outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
    outcomes.push(Type::name("Undeclared"));
    let source = Type::union(outcomes).to_source(0);
    let space = if source.starts_with('\n') { "" } else { " " };
    Ok(format!("export type {}Result ={space}{source};\n\n", operation.type_prefix()))
}

fn outcome(schemas: &Schemas<'_>, answer: &Answer<'_>) -> Result<Type, Error> {
    of_status(schemas, if answer.is_success() { "Success" } else { "Failure" }, answer)
}

/// A type of the runtime whose arguments are an answer's status and content.
pub(super) fn of_status(schemas: &Schemas<'_>, name: &str, answer: &Answer<'_>) -> Result<Type, Error> {
    let is_number = answer.status.bytes().all(|byte| byte.is_ascii_digit());
    let status = if is_number { answer.status.to_owned() } else { string_literal(answer.status) };
    let arguments = [Type::name(status), any_answered(schemas, &answer.content)?];
    Ok(Type::generic(name, &arguments))
}

/// `undefined` may be given for what may be left out: the client skips it.
fn parameter_member(schemas: &Schemas<'_>, parameter: &Parameter<'_>) -> Result<Member, Error> {
    let schema = parameter.schema;
    let own = schema.map_or(Ok(Type::unknown()), |schema| schemas.type_of(schema, View::Request))?;
    let undefined = (!parameter.required).then(Type::undefined);
    let mut comment = schema.map(Comment::of_schema).unwrap_or_default();
    if parameter.object.get("description").is_some() {
        comment = Comment::of_schema(parameter.object);
    }
    let value = Type::union([own].into_iter().chain(undefined));
    Ok(Member::required(parameter.name, value).optional(!parameter.required).comment(comment))
}

/// A `body` for each media type.
fn body_members(schemas: &Schemas<'_>, body: &Body<'_>) -> Result<Vec<Member>, Error> {
    let member = |(media_type, media)| {
        Ok(Member::required("body", sent(schemas, media_type, media)?.body).optional(!body.required))
    };
    body.content.iter().copied().map(member).collect()
}

/// `{ body: A; contentType?: "application/json" } | { body: B; contentType: "…" }`: the first is the default.
fn alternatives(schemas: &Schemas<'_>, body: &Body<'_>) -> Result<Vec<Type>, Error> {
    let members = body_members(schemas, body)?;
    let with_type = members.into_iter().zip(&body.content).enumerate().map(|(index, (member, (media_type, _)))| {
        let content_type = Member::required("contentType", Type::name(string_literal(media_type)));
        Type::Object(vec![member, content_type.optional(index == 0)])
    });
    Ok(with_type.collect())
}
