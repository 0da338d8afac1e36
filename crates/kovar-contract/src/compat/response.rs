//! Responses: statuses, headers and bodies.

use super::code::{Code, Direction};
use super::comparison::Comparison;
use super::located::Located;
use super::schema::Site;

impl<'d> Comparison<'d> {
    pub(super) fn responses(&mut self, old: &Located<'d>, new: &Located<'d>, direction: Direction) {
        let (old_responses, new_responses) = (old.members("responses"), new.members("responses"));
        for (status, old) in &old_responses {
            match covering(&new_responses, status) {
                Some(new) => self.response(status, old, new, direction),
                None => {
                    let code = if is_error(status) { Code::ErrorStatusRemoved } else { Code::SuccessStatusRemoved };
                    self.report.add(code, direction, &old.pointer, format!("the status {status} is gone"));
                }
            }
        }
        for (status, new) in &new_responses {
            if old_responses.iter().any(|(other, _)| other == status) {
                continue;
            }
            match covering(&old_responses, status) {
                Some(old) => self.response(status, old, new, direction),
                None => {
                    let code = if is_error(status) { Code::ErrorStatusAdded } else { Code::SuccessStatusAdded };
                    self.report.add(code, direction, &new.pointer, format!("the status {status} is new"));
                }
            }
        }
    }

    fn response(&mut self, status: &str, old: &Located<'d>, new: &Located<'d>, direction: Direction) {
        let (old, new) = (old.clone().followed(self.old), new.clone().followed(self.new));
        self.headers(&old, &new, direction);
        let site = Site::plain(direction);
        self.content(&old, &new, if is_error(status) { site.of_problem() } else { site });
    }

    fn headers(&mut self, old: &Located<'d>, new: &Located<'d>, direction: Direction) {
        let (old_headers, new_headers) = (old.members("headers"), new.members("headers"));
        for (name, old) in &old_headers {
            let old = old.clone().followed(self.old);
            let Some((_, new)) = new_headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) else {
                let message = format!("the header `{name}` is gone");
                self.report.add(Code::HeaderRemoved, direction, &old.pointer, message);
                continue;
            };
            let new = new.clone().followed(self.new);
            if old.is_set("required") && !new.is_set("required") {
                let message = format!("the header `{name}` may be missing");
                self.report.add(Code::HeaderBecameOptional, direction, &new.pointer, message);
            }
            if old.get("schema").is_some() || new.get("schema").is_some() {
                self.optional_schemas(old.get("schema"), new.get("schema"), &new, Site::plain(direction));
            }
        }
        for (name, new) in &new_headers {
            if !old_headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                let message = format!("the header `{name}` is new");
                self.report.add(Code::HeaderAdded, direction, &new.pointer, message);
            }
        }
    }
}

/// The response that a status gets: its own, that of its range, or the default.
fn covering<'r, 'd>(responses: &'r [(&'d str, Located<'d>)], status: &str) -> Option<&'r Located<'d>> {
    let range = status.get(..1).map(|class| format!("{class}XX")).unwrap_or_default();
    let keys = [status, &range, "default"];
    keys.iter().find_map(|key| responses.iter().find(|(other, _)| other == key)).map(|(_, response)| response)
}

fn is_error(status: &str) -> bool {
    !status.starts_with(['1', '2', '3'])
}
