//! Who is let in: alternatives of schemes with scopes.

use std::collections::BTreeSet;

use super::code::{Code, Direction};
use super::comparison::Comparison;
use super::located::Located;
use crate::json::{Object, Value};

/// Credentials that are enough together.
type Alternative<'d> = Vec<Credential<'d>>;

struct Credential<'d> {
    name: &'d str,
    /// The scheme without its texts: two schemes that are the same on the wire are the same.
    scheme: Option<Object<'d>>,
    scopes: BTreeSet<&'d str>,
}

impl Credential<'_> {
    fn suffices_for(&self, other: &Self) -> bool {
        let same_scheme = match (&self.scheme, &other.scheme) {
            (Some(own), Some(other)) => own == other,
            _ => self.name == other.name,
        };
        same_scheme && other.scopes.is_subset(&self.scopes)
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn security(&mut self, old: &Located<'d>, new: &Located<'d>) {
        let old_alternatives = alternatives(self.old, old);
        let new_alternatives = alternatives(self.new, new);
        let all_enter = |clients: &[Alternative<'_>], doors: &[Alternative<'_>]| {
            clients.iter().all(|client| doors.iter().any(|door| opens(client, door)))
        };
        let code =
            match (all_enter(&old_alternatives, &new_alternatives), all_enter(&new_alternatives, &old_alternatives)) {
                (true, true) => return,
                (false, _) => Code::SecurityTightened,
                (true, false) => Code::SecurityRelaxed,
            };
        let (old, is) = (described(&old_alternatives), described(&new_alternatives));
        let message = if old == is {
            format!("the scheme behind {is} is another one")
        } else {
            format!("needs {is}, needed {old}")
        };
        self.report.add(code, Direction::Accepted, &new.pointer, message);
    }
}

fn opens(client: &[Credential<'_>], door: &[Credential<'_>]) -> bool {
    door.iter().all(|needed| client.iter().any(|credential| credential.suffices_for(needed)))
}

/// The alternatives of an operation; one without credentials when it declares none.
fn alternatives<'d>(document: &'d Value<'d>, operation: &Located<'d>) -> Vec<Alternative<'d>> {
    let security = operation.value.get("security").or_else(|| document.get("security"));
    let alternatives = security.and_then(Value::as_array).unwrap_or_default().iter().filter_map(Value::as_object);
    let alternatives: Vec<_> = alternatives
        .map(|schemes| schemes.iter().map(|(name, scopes)| credential(document, name, scopes)).collect())
        .collect();
    if alternatives.is_empty() { vec![Vec::new()] } else { alternatives }
}

fn credential<'d>(document: &'d Value<'d>, name: &'d str, scopes: &'d Value<'d>) -> Credential<'d> {
    const WIRE: [&str; 6] = ["type", "scheme", "in", "name", "flows", "openIdConnectUrl"];
    let schemes = Located::root(document).get("components").and_then(|it| it.get("securitySchemes"));
    let scheme = schemes.and_then(|schemes| schemes.get(name)).map(|scheme| scheme.followed(document));
    let scheme = scheme.and_then(|scheme| scheme.value.as_object());
    Credential {
        name,
        scheme: scheme.map(|scheme| {
            WIRE.iter().filter_map(|key| Some((*key, without_scopes(scheme.get(key)?.clone())))).collect()
        }),
        scopes: scopes.as_array().unwrap_or_default().iter().filter_map(Value::as_str).collect(),
    }
}

/// The scopes that a flow offers are texts; those that an operation needs stand with it.
fn without_scopes(mut value: Value<'_>) -> Value<'_> {
    if let Some(flows) = value.as_object_mut() {
        for (_, flow) in flows.iter_mut() {
            flow.as_object_mut().and_then(|flow| flow.remove("scopes"));
        }
    }
    value
}

fn described(alternatives: &[Alternative<'_>]) -> String {
    let credential = |credential: &Credential<'_>| {
        let scopes: Vec<_> = credential.scopes.iter().copied().collect();
        if scopes.is_empty() {
            credential.name.to_owned()
        } else {
            format!("{}({})", credential.name, scopes.join(" "))
        }
    };
    let alternative = |alternative: &Alternative<'_>| {
        let credentials: Vec<_> = alternative.iter().map(credential).collect();
        if credentials.is_empty() { "nothing".to_owned() } else { credentials.join(" and ") }
    };
    alternatives.iter().map(alternative).collect::<Vec<_>>().join(" or ")
}
