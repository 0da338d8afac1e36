//! Parameters: where they stand, and how they are written there.

use super::Error;
use super::operation::members;
use super::reference::resolved;
use crate::json::Value;

/// Headers that OpenAPI 3.1 §4.8.12.2 leaves to other parts of the document.
const IGNORED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    pub(super) const ALL: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    /// The member of an operation's input that holds the parameters of this place.
    pub(super) fn group(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "headers",
            Self::Cookie => "cookies",
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text {
            "path" => Some(Self::Path),
            "query" => Some(Self::Query),
            "header" => Some(Self::Header),
            "cookie" => Some(Self::Cookie),
            _ => None,
        }
    }
}

/// One parameter.
#[derive(Debug)]
pub(super) struct Parameter<'d> {
    pub(super) name: &'d str,
    pub(super) place: Place,
    pub(super) required: bool,
    /// The object itself, for its texts.
    pub(super) object: &'d Value<'d>,
    pub(super) schema: Option<&'d Value<'d>>,
    /// How it is written, where that is not the default of its place; a `Style` of `runtime.ts`.
    pub(super) style: Option<&'static str>,
}

impl<'d> Parameter<'d> {
    /// The parameters of an operation: its own, and those of its path that it does not replace.
    pub(super) fn read_all(
        document: &'d Value<'d>,
        item: &'d Value<'d>,
        operation: &'d Value<'d>,
    ) -> Result<Vec<Self>, Error> {
        let mut parameters: Vec<Self> = Vec::new();
        for holder in [item, operation] {
            for object in holder.get("parameters").and_then(Value::as_array).unwrap_or_default() {
                let Some(parameter) = Self::read(resolved(document, object)?)? else { continue };
                let same = |other: &Self| other.name == parameter.name && other.place == parameter.place;
                match parameters.iter_mut().find(|other| same(other)) {
                    Some(other) => *other = parameter,
                    None => parameters.push(parameter),
                }
            }
        }
        Ok(parameters)
    }

    fn read(object: &'d Value<'d>) -> Result<Option<Self>, Error> {
        let text = |key| object.get(key).and_then(Value::as_str);
        let (Some(name), Some(place)) = (text("name"), text("in").and_then(Place::read)) else { return Ok(None) };
        if place == Place::Header && IGNORED_HEADERS.contains(&name.to_lowercase().as_str()) {
            return Ok(None);
        }
        let media = members(object.get("content")).next().map(|(_, media)| media);
        Ok(Some(Self {
            name,
            place,
            // A browser sends its cookies itself, and lets no script do so.
            required: place != Place::Cookie && object.get("required").and_then(Value::as_bool) == Some(true),
            object,
            schema: media.map_or_else(|| object.get("schema"), |media| media.get("schema")),
            style: if media.is_some() { Some("json") } else { read_style(object, name, place)? },
        }))
    }
}

fn read_style(object: &Value<'_>, name: &str, place: Place) -> Result<Option<&'static str>, Error> {
    let style = object.get("style").and_then(Value::as_str);
    let explode = object.get("explode").and_then(Value::as_bool);
    Ok(match (place, style) {
        (Place::Path, Some(style @ ("label" | "matrix"))) => {
            return Err(Error::PathStyle { parameter: name.to_owned(), style: style.to_owned() });
        }
        (Place::Path | Place::Header, _) => explode.filter(|explode| *explode).map(|_| "pairs"),
        (Place::Cookie, _) => None,
        (Place::Query, Some("deepObject")) => Some("deepObject"),
        (Place::Query, Some("spaceDelimited")) if explode != Some(true) => Some("space"),
        (Place::Query, Some("pipeDelimited")) if explode != Some(true) => Some("pipe"),
        (Place::Query, _) => explode.filter(|explode| !explode).map(|_| "comma"),
    })
}
