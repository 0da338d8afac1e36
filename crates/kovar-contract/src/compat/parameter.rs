//! Parameters, those of a path by position and all others by name.

use super::code::{Code, Direction};
use super::comparison::{Comparison, Operation};
use super::located::Located;
use super::schema::Site;
use crate::json::Value;

/// A parameter, and what makes it the same one on the wire.
struct Parameter<'d> {
    place: &'d str,
    name: &'d str,
    /// The position in the path, or the name; headers know no case.
    identity: String,
    own: Located<'d>,
}

impl Parameter<'_> {
    fn subject(&self) -> String {
        format!("the {} parameter `{}`", self.place, self.name)
    }

    /// How the value becomes text: `style`, `explode`, and the media type where it has one.
    fn serialization(&self) -> (&str, bool, Option<&str>) {
        let default_style = if matches!(self.place, "query" | "cookie") { "form" } else { "simple" };
        let style = self.own.text("style").unwrap_or(default_style);
        let explode = self.own.value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
        (style, explode, self.own.members("content").first().map(|(media_type, _)| *media_type))
    }

    fn schema(&self) -> Option<Located<'_>> {
        self.own.get("schema")
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn parameters(&mut self, old: &Operation<'d>, new: &Operation<'d>, direction: Direction) {
        let old_parameters = parameters(self.old, old);
        let new_parameters = parameters(self.new, new);
        let same =
            |one: &Parameter<'d>, other: &Parameter<'d>| one.place == other.place && one.identity == other.identity;
        for old in &old_parameters {
            match new_parameters.iter().find(|new| same(old, new)) {
                Some(new) => self.parameter(old, new, direction),
                None => {
                    let message = format!("{} is gone", old.subject());
                    self.report.add(Code::ParameterRemoved, direction, &old.own.pointer, message);
                }
            }
        }
        for new in new_parameters.iter().filter(|new| !old_parameters.iter().any(|old| same(old, new))) {
            let is_required = new.own.is_set("required");
            let code = if is_required { Code::RequiredParameterAdded } else { Code::ParameterAdded };
            let message = format!("{} is new{}", new.subject(), if is_required { " and required" } else { "" });
            self.report.add(code, direction, &new.own.pointer, message);
        }
    }

    fn parameter(&mut self, old: &Parameter<'d>, new: &Parameter<'d>, direction: Direction) {
        let subject = new.subject();
        let pointer = &new.own.pointer;
        self.deprecation(&old.own, &new.own, direction, &subject);
        if old.place == "path" && old.name != new.name {
            let message = format!("{subject} was called `{}`", old.name);
            self.report.add(Code::PathParameterRenamed, direction, pointer, message);
        }
        match (old.own.is_set("required"), new.own.is_set("required")) {
            (false, true) => {
                self.report.add(
                    Code::ParameterBecameRequired,
                    direction,
                    pointer,
                    format!("{subject} is required now"),
                );
            }
            (true, false) => {
                self.report.add(
                    Code::ParameterBecameOptional,
                    direction,
                    pointer,
                    format!("{subject} is optional now"),
                );
            }
            _ => {}
        }
        if old.serialization() != new.serialization() {
            let message = format!("{subject} is written in another style");
            self.report.add(Code::SerializationChanged, direction, pointer, message);
        }
        self.content(&old.own, &new.own, Site::plain(direction));
        if old.schema().is_some() || new.schema().is_some() {
            self.optional_schemas(old.own.get("schema"), new.own.get("schema"), &new.own, Site::plain(direction));
        }
    }
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
fn parameters<'d>(document: &'d Value<'d>, operation: &Operation<'d>) -> Vec<Parameter<'d>> {
    let mut parameters: Vec<Parameter<'d>> = Vec::new();
    for own in operation.own.items("parameters").into_iter().chain(operation.item.items("parameters")) {
        let own = own.followed(document);
        let (Some(place), Some(name)) = (own.text("in"), own.text("name")) else { continue };
        let identity = match place {
            "path" => position_in(operation.path, name).unwrap_or_else(|| name.to_owned()),
            "header" => name.to_lowercase(),
            _ => name.to_owned(),
        };
        if !parameters.iter().any(|other| other.place == place && other.identity == identity) {
            parameters.push(Parameter { place, name, identity, own });
        }
    }
    parameters
}

fn position_in(path: &str, name: &str) -> Option<String> {
    let mut names = path.split('{').skip(1).map(|piece| piece.split('}').next());
    Some(names.position(|other| other == Some(name))?.to_string())
}
