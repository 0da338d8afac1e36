//! Writes the OpenAPI 3.1 document. Channels are not in it: they are AsyncAPI's. Clients are generated from one that has
//! both, since a type that is in two documents would be two types.
//!
//! Everything in it comes from what is enforced. Errors that every operation may answer with
//! (404, 405, 414 and such) are one `default` response; those that depend on the signature stand
//! under their status.

mod operation;
pub(super) mod security;

use http::Method;
use kovar_contract::Direction;
use kovar_contract::json::{Object, Value};
use kovar_contract::json_schema::Components;

use super::info::{Info, Server, Tag};
use super::parts::{DocumentParts, DocumentedOperation};
use super::problem;

impl DocumentParts {
    /// Writes the OpenAPI document.
    pub(crate) fn openapi(&self) -> Value<'static> {
        self.write(&self.operations().collect::<Vec<_>>())
    }

    /// Writes the document that clients are generated from: OpenAPI's, with the channels as operations that say in
    /// `x-channel` of which messages they are.
    pub(crate) fn client(&self) -> Value<'static> {
        self.write(&self.operations.iter().collect::<Vec<_>>())
    }

    fn write(&self, operations: &[&DocumentedOperation]) -> Value<'static> {
        let Self { info, catalog, webhooks, of_layers, .. } = self;
        let operations = || operations.iter().copied();
        let mut components = Components::new(catalog, "#/components/schemas/");
        for operation in operations() {
            operation.note_uses(&mut components, Direction::Input, Direction::Output);
        }
        for webhook in webhooks {
            webhook.note_uses(&mut components, Direction::Output, Direction::Input);
        }
        let paths = paths(operations(), &components);
        let hooks: Object<'static> = webhooks
            .iter()
            .map(|hook| {
                (
                    hook.path.trim_start_matches('/').to_owned(),
                    Object::new().with(method_key(&hook.method), hook.to_json(&components, true)),
                )
            })
            .collect();
        let problems = problem::schemas(operations().chain(webhooks), &components);
        let schemes = security::schemes(operations().chain(webhooks));
        let mut schemas = components.into_schemas();
        for (name, schema) in problems {
            schemas.set(name, schema);
        }
        let document = Object::new()
            .with("openapi", "3.1.0")
            .with("info", info_json(info))
            .with_some("servers", (!info.servers.is_empty()).then(|| servers(&info.servers)))
            .with_some("tags", (!info.tags.is_empty()).then(|| tags(&info.tags)))
            .with("security", Vec::<Value<'static>>::new())
            .with("paths", paths)
            .with_some("webhooks", (!hooks.is_empty()).then_some(hooks))
            .with(
                "components",
                Object::new()
                    .with("schemas", sorted(schemas))
                    .with("responses", problem::shared_responses(of_layers))
                    .with_some("securitySchemes", (!schemes.is_empty()).then_some(schemes)),
            );
        Value::Object(document)
    }
}

fn sorted(object: Object<'static>) -> Object<'static> {
    let mut members: Vec<_> = object.into_iter().collect();
    members.sort_by(|left, right| left.0.cmp(&right.0));
    members.into_iter().collect()
}

/// Operations of one path stand together, where the first of them was mounted.
fn paths<'o>(
    operations: impl Iterator<Item = &'o DocumentedOperation>,
    components: &Components<'_>,
) -> Object<'static> {
    let mut order: Vec<(&'o str, Object<'static>)> = Vec::new();
    let mut positions = std::collections::HashMap::new();
    for operation in operations.filter(|operation| !operation.about.is_hidden) {
        let position = *positions.entry(operation.path.as_str()).or_insert_with(|| {
            order.push((&operation.path, Object::new()));
            order.len() - 1
        });
        order[position].1.push(method_key(&operation.method), operation.to_json(components, false));
    }
    // OpenAPI has no name for the rest of a path.
    order.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect()
}

fn method_key(method: &Method) -> String {
    method.as_str().to_ascii_lowercase()
}

fn info_json(info: &Info) -> Object<'static> {
    let contact = info.contact.as_ref().map(|contact| {
        Object::new()
            .with_some("name", contact.name.clone())
            .with_some("url", contact.url.clone())
            .with_some("email", contact.email.clone())
    });
    let license = info.license.as_ref().map(|license| {
        Object::new().with("name", license.name.clone()).with_some("identifier", license.identifier.clone())
    });
    Object::new()
        .with("title", info.title.clone())
        .with_some("summary", info.summary.clone())
        .with_some("description", info.description.clone())
        .with_some("termsOfService", info.terms_of_service.clone())
        .with_some("contact", contact)
        .with_some("license", license)
        .with("version", info.version.clone())
}

fn servers(servers: &[Server]) -> Vec<Object<'static>> {
    let json = |server: &Server| {
        Object::new().with("url", server.url.clone()).with_some("description", server.description.clone())
    };
    servers.iter().map(json).collect()
}

fn tags(tags: &[Tag]) -> Vec<Object<'static>> {
    tags.iter()
        .map(|tag| Object::new().with("name", tag.name.clone()).with("description", tag.description.clone()))
        .collect()
}
