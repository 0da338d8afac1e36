//! The operations of a document, with everything that they refer to looked up.

use super::Error;
use super::names::{UniqueNames, capitalised, method_name};
use super::parameter::{Parameter, Place};
use super::reference::resolved;
use crate::json::{Object, Value};

/// The methods that a path item has, in the order of the standard.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The extension by which a document says that an operation opens a channel, and of what its messages are.
pub(super) const CHANNEL: &str = "x-channel";
pub(super) const RECEIVES: &str = "receives";
pub(super) const SENDS: &str = "sends";

/// The query parameter in which the client itself says where it was.
const AT: &str = "at";

/// One operation.
#[derive(Debug)]
pub(super) struct Operation<'d> {
    /// The name of the client's method.
    pub(super) name: String,
    /// Upper case.
    pub(super) method: String,
    pub(super) path: &'d str,
    /// The object itself, for its texts.
    pub(super) object: &'d Value<'d>,
    pub(super) kind: Kind<'d>,
    pub(super) parameters: Vec<Parameter<'d>>,
    pub(super) body: Option<Body<'d>>,
    pub(super) answers: Vec<Answer<'d>>,
    /// Alternatives, each a list of schemes.
    pub(super) security: Vec<Vec<&'d str>>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum Kind<'d> {
    /// It is answered.
    Request,
    /// Its connection becomes a channel.
    Channel(Messages<'d>),
    /// Its connection becomes a channel without a contract: there is nothing that a client could add.
    RawChannel,
}

/// The schemas of what is said on a channel, as its server sees it.
#[derive(Debug)]
pub(super) struct Messages<'d> {
    pub(super) receives: &'d Value<'d>,
    pub(super) sends: &'d Value<'d>,
}

/// What a request carries.
#[derive(Debug)]
pub(super) struct Body<'d> {
    pub(super) required: bool,
    pub(super) content: Content<'d>,
}

/// What is answered with one status.
#[derive(Debug)]
pub(super) struct Answer<'d> {
    /// A number, a range such as `4XX`, or `default`.
    pub(super) status: &'d str,
    pub(super) content: Content<'d>,
}

/// Media types and what the document says of each.
pub(super) type Content<'d> = Vec<(&'d str, &'d Value<'d>)>;

impl Answer<'_> {
    pub(super) fn is_success(&self) -> bool {
        self.status.starts_with(['1', '2', '3'])
    }
}

impl Operation<'_> {
    /// The name that the operation's types begin with.
    pub(super) fn type_prefix(&self) -> String {
        capitalised(&self.name)
    }
}

/// All operations in the order of the document.
pub(super) fn read_all<'d>(document: &'d Value<'d>) -> Result<Vec<Operation<'d>>, Error> {
    let mut names = UniqueNames::default();
    let mut operations = Vec::new();
    for (path, item) in members(document.get("paths")) {
        let item = resolved(document, item)?;
        for (method, operation) in METHODS.iter().filter_map(|method| Some((*method, item.get(method)?))) {
            let id = operation.get("operationId").and_then(Value::as_str);
            let name = names.claim(&method_name(&id.map_or_else(|| format!("{method} {path}"), str::to_owned)));
            let kind = read_kind(operation);
            let mut parameters = Parameter::read_all(document, item, operation)?;
            if let Kind::Channel(_) = kind {
                parameters.retain(|parameter| !(parameter.place == Place::Query && parameter.name == AT));
            }
            operations.push(Operation {
                name,
                method: method.to_uppercase(),
                path,
                object: operation,
                kind,
                parameters,
                body: operation.get("requestBody").map(|body| read_body(document, body)).transpose()?,
                answers: read_answers(document, method, operation)?,
                security: read_security(document, operation),
            });
        }
    }
    Ok(operations)
}

fn read_kind<'d>(operation: &'d Value<'d>) -> Kind<'d> {
    let Some(channel) = operation.get(CHANNEL) else { return Kind::Request };
    match (channel.get(RECEIVES), channel.get(SENDS)) {
        (Some(receives), Some(sends)) => Kind::Channel(Messages { receives, sends }),
        _ => Kind::RawChannel,
    }
}

fn read_body<'d>(document: &'d Value<'d>, body: &'d Value<'d>) -> Result<Body<'d>, Error> {
    let body = resolved(document, body)?;
    let required = body.get("required").and_then(Value::as_bool) == Some(true);
    Ok(Body { required, content: members(body.get("content")).collect() })
}

fn read_answers<'d>(document: &'d Value<'d>, method: &str, operation: &'d Value<'d>) -> Result<Vec<Answer<'d>>, Error> {
    members(operation.get("responses"))
        .map(|(status, response)| {
            let response = resolved(document, response)?;
            // An answer to HEAD describes the body that GET would have, and has none.
            let content = response.get("content").filter(|_| method != "head");
            Ok(Answer { status, content: members(content).collect() })
        })
        .collect()
}

/// The alternative without credentials comes last: who has a token wants it sent.
fn read_security<'d>(document: &'d Value<'d>, operation: &'d Value<'d>) -> Vec<Vec<&'d str>> {
    let security = operation.get("security").or_else(|| document.get("security"));
    let alternatives = security.and_then(Value::as_array).unwrap_or_default().iter().filter_map(Value::as_object);
    let mut alternatives: Vec<_> = alternatives.map(|schemes| schemes.iter().map(|(name, _)| name).collect()).collect();
    alternatives.sort_by_key(|schemes: &Vec<_>| schemes.is_empty());
    alternatives
}

/// The members of an object that may not be there.
pub(super) fn members<'d>(object: Option<&'d Value<'d>>) -> impl Iterator<Item = (&'d str, &'d Value<'d>)> {
    object.and_then(Value::as_object).into_iter().flat_map(Object::iter)
}
