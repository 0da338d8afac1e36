//! Writes the AsyncAPI 3.0 document: the channels, and what is said on them.
//!
//! A message is described as it is on the wire, in its frame (`docs/src/live-protocol.md`), so that what a client sees
//! there is what it reads here. Each kind of message of a tagged union is a message of its own.
//!
//! Schemas are rewritten to draft 7 of JSON Schema ([`draft_07`]), which is AsyncAPI's own. To name another dialect
//! (`schemaFormat`) was refused: a reader without a plug-in for it takes no such document.
//!
//! What AsyncAPI has no words for stands under `x-`: `x-problems` of a channel are the problems that refuse its
//! opening or end it, `x-schema` of a parameter is its schema, `x-security` of an operation are requirements in OpenAPI's
//! form, `x-comma-separated` says how a list is written, and `x-deprecated` what it says.

mod channel;
mod draft_07;
mod frame;
mod keys;
mod security;

use http::Uri;
use kovar_contract::json::{Object, Value};
use kovar_contract::json_schema::Components;

use self::channel::Channel;
use super::info::{Info, Server};
use super::parts::DocumentParts;
use super::problem;

const SCHEMAS: &str = "#/components/schemas/";

impl DocumentParts {
    /// Writes the AsyncAPI document.
    pub(crate) fn asyncapi(&self) -> Value<'static> {
        let mut components = Components::new(&self.catalog, SCHEMAS);
        self.channels().for_each(|operation| channel::note_uses(operation, &mut components));
        let keys = keys::unique(self.channels().map(|channel| channel.about.id.as_deref().unwrap_or(&channel.path)));
        let channels = keys.into_iter().zip(self.channels());
        let channels = channels.map(|(key, operation)| Channel::new(key, operation, self, &components));
        let channels: Vec<Channel<'_>> = channels.collect();
        let problems = problem::schemas(self.channels(), &components);
        let mut schemas = components.into_schemas();
        for (name, schema) in problems {
            schemas.set(name, schema);
        }
        let (mut described, mut operations) = (Object::new(), Object::new());
        for channel in &channels {
            let messages = channel.messages(&schemas);
            for (key, operation) in channel.operations(&messages) {
                operations.push(key, operation);
            }
            described.push(channel.key.clone(), channel.to_json(messages));
        }
        let has_frames = channels.iter().any(Channel::is_framed);
        let schemes = security::schemes(self.channels());
        let components = Object::new()
            .with("schemas", draft_07::all(schemas))
            .with_some("messages", has_frames.then(frame::shared))
            .with_some("securitySchemes", (!schemes.is_empty()).then_some(schemes));
        let document = Object::new()
            .with("asyncapi", "3.0.0")
            .with("info", info_json(&self.info))
            .with_some("servers", servers(&self.info.servers))
            .with("defaultContentType", "application/json")
            .with("channels", described)
            .with("operations", operations)
            .with("components", components);
        Value::Object(document)
    }
}

/// AsyncAPI has no line about an app: it stands before what is said more.
fn info_json(info: &Info) -> Object<'static> {
    let description: Vec<&str> = [&info.summary, &info.description].into_iter().flatten().map(|text| &**text).collect();
    let contact = info.contact.as_ref().map(|contact| {
        Object::new()
            .with_some("name", contact.name.clone())
            .with_some("url", contact.url.clone().filter(|url| is_absolute(url)))
            .with_some("email", contact.email.clone())
    });
    let license = info.license.as_ref().map(|license| Object::new().with("name", license.name.clone()));
    let tags: Vec<_> = info
        .tags
        .iter()
        .map(|tag| Object::new().with("name", tag.name.clone()).with("description", tag.description.clone()))
        .collect();
    Object::new()
        .with("title", info.title.clone())
        .with("version", info.version.clone())
        .with_some("description", (!description.is_empty()).then(|| description.join("\n\n")))
        .with_some("termsOfService", info.terms_of_service.clone().filter(|url| is_absolute(url)))
        .with_some("contact", contact)
        .with_some("license", license)
        .with_some("tags", (!tags.is_empty()).then_some(tags))
}

/// AsyncAPI takes no relative URLs.
fn is_absolute(url: &str) -> bool {
    url.parse().is_ok_and(|uri: Uri| uri.scheme().is_some())
}

/// A server of AsyncAPI has a host, so that one whose address is relative is none.
fn servers(servers: &[Server]) -> Option<Object<'static>> {
    let known: Vec<_> = servers.iter().filter_map(server_json).collect();
    let named = known.into_iter().zip(1..).map(|(server, number)| (format!("server{number}"), server));
    let named: Object<'static> = named.collect();
    (!named.is_empty()).then_some(named)
}

fn server_json(server: &Server) -> Option<Object<'static>> {
    let uri: Uri = server.url.parse().ok().filter(|_| !server.url.contains('{'))?;
    let protocol = match uri.scheme_str()? {
        "https" | "wss" => "wss",
        "http" | "ws" => "ws",
        _ => return None,
    };
    let path = uri.path().trim_end_matches('/');
    let json = Object::new()
        .with("host", uri.authority()?.as_str().to_owned())
        .with_some("pathname", (!path.is_empty()).then(|| path.to_owned()))
        .with("protocol", protocol)
        .with_some("description", server.description.clone());
    Some(json)
}
