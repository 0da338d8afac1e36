//! Media types: what a body of each is in TypeScript, and how it is encoded or decoded.

use super::Error;
use super::expression::Type;
use super::operation::{Content, members};
use super::reference::resolved;
use super::schema::Schemas;
use super::view::View;
use crate::json::Value;

/// The type of a body, and the `Encoding` or `Decoding` of `runtime.ts` that it takes.
pub(super) struct Coded {
    pub(super) coding: &'static str,
    pub(super) body: Type,
}

/// What a request of this media type carries.
pub(super) fn sent(schemas: &Schemas<'_>, media_type: &str, media: &Value<'_>) -> Result<Coded, Error> {
    let schema = || media.get("schema").map_or(Ok(Type::unknown()), |schema| schemas.type_of(schema, View::Request));
    let (coding, body) = match kind(media_type) {
        Kind::Json => ("json", schema()?),
        Kind::Form => ("form", schema()?),
        Kind::Multipart => ("multipart", schema()?),
        Kind::JsonLines => ("jsonl", Type::generic("Iterable", &[line(schemas, media, View::Request)?])),
        Kind::Text | Kind::Events => ("text", Type::string()),
        Kind::Binary => ("blob", Type::union([Type::name("Blob"), Type::name("ArrayBuffer")])),
    };
    Ok(Coded { coding, body })
}

/// What an answer of this media type carries.
pub(super) fn answered(schemas: &Schemas<'_>, media_type: &str, media: &Value<'_>) -> Result<Coded, Error> {
    let stream = |item: Type| Type::generic("AsyncIterable", &[item]);
    let (coding, body) = match kind(media_type) {
        Kind::Json => {
            let schema = media.get("schema");
            ("json", schema.map_or(Ok(Type::unknown()), |schema| schemas.type_of(schema, View::Response))?)
        }
        Kind::JsonLines => ("jsonl", stream(line(schemas, media, View::Response)?)),
        Kind::Events => {
            let events = Events::read(schemas, media)?;
            (if events.are_text { "textEvents" } else { "events" }, stream(Type::union(events.types)))
        }
        Kind::Text | Kind::Form => ("text", Type::string()),
        Kind::Multipart | Kind::Binary => ("blob", Type::name("Blob")),
    };
    Ok(Coded { coding, body })
}

/// What an answer carries with any of its media types; `undefined` when it has no body.
pub(super) fn any_answered(schemas: &Schemas<'_>, content: &Content<'_>) -> Result<Type, Error> {
    if content.is_empty() {
        return Ok(Type::undefined());
    }
    let bodies = content.iter().map(|(media_type, media)| Ok(answered(schemas, media_type, media)?.body));
    Ok(Type::union(bodies.collect::<Result<Vec<_>, Error>>()?))
}

enum Kind {
    Json,
    JsonLines,
    Events,
    Form,
    Multipart,
    Text,
    Binary,
}

fn kind(media_type: &str) -> Kind {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    match essence.as_str() {
        "application/json" => Kind::Json,
        "application/jsonl" | "application/x-ndjson" => Kind::JsonLines,
        "text/event-stream" => Kind::Events,
        "application/x-www-form-urlencoded" => Kind::Form,
        "application/xml" => Kind::Text,
        essence if essence.ends_with("+json") => Kind::Json,
        essence if essence.ends_with("+xml") || essence.starts_with("text/") => Kind::Text,
        essence if essence.starts_with("multipart/") => Kind::Multipart,
        _ => Kind::Binary,
    }
}

/// One line of a stream of lines: `itemSchema` as in OpenAPI 3.2, or the items of an array.
fn line(schemas: &Schemas<'_>, media: &Value<'_>, view: View) -> Result<Type, Error> {
    let items = || media.get("schema").and_then(|schema| schema.get("items"));
    item_schema(media).or_else(items).map_or(Ok(Type::unknown()), |item| schemas.type_of(item, view))
}

/// The events of a stream.
struct Events {
    types: Vec<Type>,
    /// Whether their data is text, and not JSON. Where a stream has both, all data is given as text.
    are_text: bool,
}

impl Events {
    /// OpenAPI 3.2 describes an event as an object with `event` and `data`; where the schema is no
    /// such object, it is taken to be that of the data.
    fn read(schemas: &Schemas<'_>, media: &Value<'_>) -> Result<Self, Error> {
        let document = schemas.document();
        let Some(item) = item_schema(media).or_else(|| media.get("schema")) else {
            return Ok(Self { types: vec![event_type(None, Type::string())], are_text: true });
        };
        let whole = resolved(document, item)?;
        let union = ["oneOf", "anyOf"].iter().find_map(|key| whole.get(key)).and_then(Value::as_array);
        let variants = union.map_or_else(|| vec![whole], |members| members.iter().collect());
        let variants = variants.into_iter().map(|variant| resolved(document, variant));
        let variants = variants.collect::<Result<Vec<_>, _>>()?;
        if !variants.iter().all(|variant| is_event(variant)) {
            let is_text = whole.get("type").and_then(Value::as_str) == Some("string") && whole.get("enum").is_none();
            return Ok(Self {
                types: vec![event_type(None, schemas.type_of(item, View::Response)?)],
                are_text: is_text,
            });
        }
        let data: Vec<_> = variants.iter().map(|variant| json_data(variant)).collect();
        let are_text = data.iter().any(Option::is_none);
        let types = variants.iter().zip(data).map(|(variant, data)| {
            let data =
                data.filter(|_| !are_text).map_or(Ok(Type::string()), |data| schemas.type_of(data, View::Response))?;
            let name = variant.pointer("/properties/event").map(|name| schemas.type_of(name, View::Response));
            Ok(event_type(name.transpose()?, data))
        });
        Ok(Self { types: types.collect::<Result<Vec<_>, Error>>()?, are_text })
    }
}

fn event_type(name: Option<Type>, data: Type) -> Type {
    let arguments: Vec<_> = [data].into_iter().chain(name.filter(|name| *name != Type::string())).collect();
    Type::generic("ServerSentEvent", &arguments)
}

/// Whether a schema has no members but those of an event, `data` among them.
fn is_event(schema: &Value<'_>) -> bool {
    const FIELDS: [&str; 4] = ["data", "event", "id", "retry"];
    let names: Vec<_> = members(schema.get("properties")).map(|(name, _)| name).collect();
    names.contains(&"data") && names.iter().all(|name| FIELDS.contains(name))
}

/// The schema of an event's data, when the data is JSON.
fn json_data<'d>(event: &'d Value<'d>) -> Option<&'d Value<'d>> {
    let data = event.pointer("/properties/data")?;
    let text = |key| data.get(key).and_then(Value::as_str);
    match (data.get("contentSchema"), text("contentMediaType"), text("type")) {
        (Some(schema), _, _) => Some(schema),
        (None, Some("application/json"), _) => Some(&Value::Bool(true)),
        (None, _, Some("string")) => None,
        _ => Some(data),
    }
}

/// The schema of one item of a stream: `itemSchema` of OpenAPI 3.2, or the extension that stands for it in 3.1.
fn item_schema<'d>(media: &'d Value<'_>) -> Option<&'d Value<'d>> {
    media.get("itemSchema").or_else(|| media.get("x-itemSchema"))
}
