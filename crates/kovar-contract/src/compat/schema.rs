//! Two versions of one schema.

use super::alternative::{Alternative, Kind, Normal};
use super::code::{Code, Direction};
use super::comparison::Comparison;
use super::located::{Located, subject};
use super::pairing::{Pairing, tags};
use crate::json::Value;

/// The schema of what has none.
static ANYTHING: Value<'static> = Value::Bool(true);

/// How a schema is used where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Site {
    pub(super) direction: Direction,
    role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    Plain,
    /// The body of an error: a problem, or a union of them.
    Problem,
    /// The property of a problem that tells it from others.
    ProblemType,
}

/// A pair of schemas that has been compared: their pointers, and how they are used.
pub(super) type Visit = (Vec<String>, Vec<String>, Site);

impl Site {
    pub(super) fn plain(direction: Direction) -> Self {
        Self { direction, role: Role::Plain }
    }

    pub(super) fn of_problem(self) -> Self {
        Self { role: Role::Problem, ..self }
    }

    pub(super) fn of_property(self, name: &str) -> Self {
        let is_type = self.role == Role::Problem && name == "type";
        Self { role: if is_type { Role::ProblemType } else { Role::Plain }, ..self }
    }

    pub(super) fn inside(self) -> Self {
        Self::plain(self.direction)
    }

    /// A new problem is no news to a client that reads problems as RFC 9457 says.
    fn code_of_addition(self, code: Code) -> Code {
        match (self.role, code) {
            (Role::Problem, Code::UnionMemberAdded) | (Role::ProblemType, Code::EnumValueAdded) => Code::ProblemAdded,
            _ => code,
        }
    }
}

/// Where a difference is reported.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) site: Site,
    pub(super) pointer: String,
    /// How people call what stands there.
    pub(super) subject: String,
}

impl<'d> Comparison<'d> {
    /// Compares schemas that may be missing: then anything goes.
    pub(super) fn optional_schemas(
        &mut self,
        old: Option<Located<'d>>,
        new: Option<Located<'d>>,
        holder: &Located<'d>,
        site: Site,
    ) {
        let anything = || Located { value: &ANYTHING, pointer: holder.pointer.clone() };
        if old.is_some() || new.is_some() {
            self.schemas(vec![old.unwrap_or_else(anything)], vec![new.unwrap_or_else(anything)], site);
        }
    }

    /// Compares two schemas, each given as one or more that hold together.
    pub(super) fn schemas(&mut self, old: Vec<Located<'d>>, new: Vec<Located<'d>>, site: Site) {
        let (old, new) = self.same_component(old, new);
        let is_same = |(old, new): (&Located<'d>, &Located<'d>)| self.unchanged.are_same(old.value, new.value);
        if old.len() == new.len() && old.iter().zip(&new).all(is_same) {
            return;
        }
        let pointers = |schemas: &[Located<'d>]| schemas.iter().map(|it| it.pointer.clone()).collect::<Vec<_>>();
        if !self.visited.insert((pointers(&old), pointers(&new), site)) {
            return;
        }
        let Some(pointer) = new.first().map(|first| first.pointer.clone()) else { return };
        let spot = Spot { site, subject: subject(&pointer), pointer };
        match (Normal::of(self.old, &old), Normal::of(self.new, &new)) {
            (Some(old), Some(new)) => self.normals(old, new, &spot),
            _ => self.add(Code::RuleChanged, &spot, "a union is too large to be compared"),
        }
        self.discriminators(&old, &new, &spot);
        self.defaults(&old, &new, &spot);
    }

    /// Steps into a component that both sides refer to, so that what changed in it is reported there.
    fn same_component(&self, old: Vec<Located<'d>>, new: Vec<Located<'d>>) -> (Vec<Located<'d>>, Vec<Located<'d>>) {
        let ([old_one], [new_one]) = (old.as_slice(), new.as_slice()) else { return (old, new) };
        let is_plain = |schema: &Located<'d>| schema.value.as_object().is_some_and(|object| object.len() == 1);
        let same = old_one.text("$ref").is_some() && old_one.text("$ref") == new_one.text("$ref");
        match (old_one.target(self.old), new_one.target(self.new)) {
            (Some(old), Some(new)) if same && is_plain(old_one) && is_plain(new_one) => (vec![old], vec![new]),
            _ => (old, new),
        }
    }

    pub(super) fn add(&mut self, code: Code, spot: &Spot, what: &str) {
        let message = format!("{}: {what}", spot.subject);
        self.report.add(spot.site.code_of_addition(code), spot.site.direction, &spot.pointer, message);
    }

    fn normals(&mut self, old: Normal<'d>, new: Normal<'d>, spot: &Spot) {
        let types = format!("is {}, was {}", new.described(), old.described());
        match (old.is_any(), new.is_any()) {
            (false, true) => return self.add(Code::TypeWidened, spot, &types),
            (true, false) => return self.add(Code::TypeNarrowed, spot, &types),
            _ => {}
        }
        match (old.is_nullable, new.is_nullable) {
            (false, true) => self.add(Code::NullableAdded, spot, "may be null now"),
            (true, false) => self.add(Code::NullableRemoved, spot, "may not be null any more"),
            _ => {}
        }
        let Pairing { pairs, removed, added } = Pairing::of(old.alternatives, new.alternatives);
        if pairs.is_empty() && !removed.is_empty() && !added.is_empty() {
            return self.add(Code::TypeChanged, spot, &types);
        }
        for removed in &removed {
            let code = if is_member(removed) { Code::UnionMemberRemoved } else { Code::TypeNarrowed };
            self.add(code, spot, &format!("can no longer be {}", described(removed)));
        }
        for added in &added {
            let code = if is_member(added) { Code::UnionMemberAdded } else { Code::TypeWidened };
            self.add(code, spot, &format!("can be {} now", described(added)));
        }
        for (old, new) in &pairs {
            self.alternative(old, new, spot);
        }
    }

    fn alternative(&mut self, old: &Alternative<'d>, new: &Alternative<'d>, spot: &Spot) {
        match (old.kind, new.kind) {
            (Kind::Integer, Kind::Number) => self.add(Code::TypeWidened, spot, "is number, was integer"),
            (Kind::Number, Kind::Integer) => self.add(Code::TypeNarrowed, spot, "is integer, was number"),
            _ => {}
        }
        self.values(old.values.as_deref(), new.values.as_deref(), spot);
        match new.kind {
            Kind::Object => self.objects(old, new, spot),
            Kind::Array => self.arrays(old, new, spot),
            _ => {}
        }
        if old.values.is_none() && new.values.is_none() {
            self.bounds(old, new, spot);
            self.texts(old, new, spot);
        }
        self.other_rules(old, new, spot);
    }

    fn values(&mut self, old: Option<&[&Value<'_>]>, new: Option<&[&Value<'_>]>, spot: &Spot) {
        match (old, new) {
            (None, Some(_)) => self.add(Code::ValuesRestricted, spot, "can only be one of listed values now"),
            (Some(_), None) => self.add(Code::ValuesUnrestricted, spot, "can be more than the listed values now"),
            (Some(old), Some(new)) => {
                for value in old.iter().filter(|value| !new.contains(value)) {
                    self.add(Code::EnumValueRemoved, spot, &format!("can no longer be {value}"));
                }
                for value in new.iter().filter(|value| !old.contains(value)) {
                    self.add(Code::EnumValueAdded, spot, &format!("can be {value} now"));
                }
            }
            (None, None) => {}
        }
    }

    fn discriminators(&mut self, old: &[Located<'d>], new: &[Located<'d>], spot: &Spot) {
        let find = |schemas: &[Located<'d>], document| {
            let schemas = schemas.iter().map(|schema| schema.clone().followed(document));
            schemas.filter_map(|schema: Located<'d>| schema.get("discriminator")).next()
        };
        let (Some(old), Some(new)) = (find(old, self.old), find(new, self.new)) else { return };
        if old.text("propertyName") != new.text("propertyName") {
            self.add(Code::DiscriminatorChanged, spot, "is told apart by another property");
        }
        let (old, new) = (old.members("mapping"), new.members("mapping"));
        for (tag, old_target) in &old {
            let now = new.iter().find(|(other, _)| other == tag).map(|(_, target)| target.value);
            let is_still_there = new.iter().any(|(_, target)| target.value == old_target.value);
            if now != Some(old_target.value) && is_still_there {
                self.add(Code::DiscriminatorChanged, spot, &format!("the member of \"{tag}\" has another tag"));
            }
        }
    }

    fn defaults(&mut self, old: &[Located<'d>], new: &[Located<'d>], spot: &Spot) {
        let find = |schemas: &[Located<'d>], document| {
            let own = schemas.iter().find_map(|schema| schema.value.get("default"));
            own.or_else(|| schemas.first()?.clone().followed(document).value.get("default"))
        };
        match (find(old, self.old), find(new, self.new)) {
            (Some(old), Some(new)) if old != new => {
                self.add(Code::DefaultChanged, spot, &format!("the default is {new}, was {old}"));
            }
            (Some(old), None) => self.add(Code::DefaultChanged, spot, &format!("the default {old} is gone")),
            (None, Some(new)) => self.add(Code::DefaultAdded, spot, &format!("the default is {new} now")),
            _ => {}
        }
    }
}

/// Whether an alternative is a member of a union, and not just another type.
fn is_member(alternative: &Alternative<'_>) -> bool {
    alternative.reference.is_some() || alternative.kind == Kind::Object
}

fn described(alternative: &Alternative<'_>) -> String {
    let name = alternative.reference.and_then(|reference| reference.rsplit('/').next());
    match (name, tags(alternative).first()) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(("", name))) => format!("an object with {name}"),
        (None, Some((tag, value))) => format!("an object with `{tag}` {value}"),
        (None, None) => alternative.kind.name().to_owned(),
    }
}
