//! Two versions of one operation: its name, its request, its responses.

use super::code::{Code, Direction};
use super::comparison::{Comparison, Operation};
use super::located::Located;
use super::schema::Site;

impl<'d> Comparison<'d> {
    pub(super) fn operation(&mut self, old: &Operation<'d>, new: &Operation<'d>, requests: Direction) {
        self.operation_id(&old.own, &new.own, requests);
        self.deprecation(&old.own, &new.own, requests, "the operation");
        self.parameters(old, new, requests);
        self.request_body(&old.own, &new.own, requests);
        self.responses(&old.own, &new.own, requests.reversed());
        if requests == Direction::Accepted {
            self.security(&old.own, &new.own);
        }
    }

    fn operation_id(&mut self, old: &Located<'d>, new: &Located<'d>, requests: Direction) {
        let (old_id, new_id) = (old.text("operationId"), new.text("operationId"));
        if let Some(old_id) = old_id.filter(|_| old_id != new_id) {
            let message = format!("the operation's id is {}, was `{old_id}`", quoted(new_id));
            self.report.add(Code::OperationIdChanged, requests, &new.pointer, message);
        }
    }

    pub(super) fn deprecation(&mut self, old: &Located<'d>, new: &Located<'d>, direction: Direction, subject: &str) {
        if new.is_set("deprecated") && !old.is_set("deprecated") {
            self.report.add(Code::Deprecated, direction, &new.pointer, format!("{subject} is deprecated"));
        }
    }

    fn request_body(&mut self, old: &Located<'d>, new: &Located<'d>, direction: Direction) {
        let old_body = old.get("requestBody").map(|body| body.followed(self.old));
        let new_body = new.get("requestBody").map(|body| body.followed(self.new));
        let (code, message, pointer) = match (&old_body, &new_body) {
            (None, None) => return,
            (Some(old), None) => (Code::BodyRemoved, "the request has no body any more", &old.pointer),
            (None, Some(new)) if new.is_set("required") => {
                (Code::RequiredBodyAdded, "the request needs a body now", &new.pointer)
            }
            (None, Some(new)) => (Code::BodyAdded, "the request may have a body now", &new.pointer),
            (Some(old), Some(new)) => {
                self.content(old, new, Site::plain(direction));
                match (old.is_set("required"), new.is_set("required")) {
                    (false, true) => (Code::BodyBecameRequired, "the request's body is required now", &new.pointer),
                    (true, false) => (Code::BodyBecameOptional, "the request's body is optional now", &new.pointer),
                    _ => return,
                }
            }
        };
        self.report.add(code, direction, pointer, message.to_owned());
    }

    /// Compares the media types of two bodies.
    pub(super) fn content(&mut self, old: &Located<'d>, new: &Located<'d>, site: Site) {
        let (old_media, new_media) = (old.members("content"), new.members("content"));
        for (media_type, old) in &old_media {
            match new_media.iter().find(|(other, _)| other.eq_ignore_ascii_case(media_type)) {
                Some((_, new)) => self.media(old, new, site),
                None => {
                    let message = format!("`{media_type}` is gone");
                    self.report.add(Code::MediaTypeRemoved, site.direction, &old.pointer, message);
                }
            }
        }
        for (media_type, new) in &new_media {
            if !old_media.iter().any(|(other, _)| other.eq_ignore_ascii_case(media_type)) {
                let message = format!("`{media_type}` is new");
                self.report.add(Code::MediaTypeAdded, site.direction, &new.pointer, message);
            }
        }
    }

    /// A stream's `itemSchema` says more than the `schema` beside it, which is there for old readers.
    fn media(&mut self, old: &Located<'d>, new: &Located<'d>, site: Site) {
        let is_in_both = |keyword: &&&str| old.get(keyword).is_some() && new.get(keyword).is_some();
        let keyword = ["itemSchema", "x-itemSchema"].iter().find(is_in_both).copied().unwrap_or("schema");
        self.optional_schemas(old.get(keyword), new.get(keyword), new, site);
        if old.value.get("encoding") != new.value.get("encoding") {
            let message = "the encoding of the fields is another one".to_owned();
            self.report.add(Code::SerializationChanged, site.direction, &new.pointer, message);
        }
    }
}

pub(super) fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"))
}
