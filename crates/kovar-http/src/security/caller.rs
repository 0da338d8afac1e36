//! Who a request is from, in words that can be compared and shown.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::{Arc, LazyLock};

use super::{Scheme, credential};
use crate::context::{AnyArc, RequestContext};

/// How many digits of a credential's mark are shown.
const DIGITS: usize = 8;

/// The key of marks: whoever sees one cannot try credentials on it.
static MARKS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Who a request is from, as a scheme has found out. Requests of one caller have equal `Caller`s within this process.
///
/// It says no secret: a caller that its scheme does not [name](Scheme::name) is told from others by a mark of its
/// credential, which is another one in each process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    scheme: &'static str,
    name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Given(Box<str>),
    Marked(u64),
}

impl Caller {
    /// The name of the scheme that knows the caller.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Who it is: the name that the scheme gives, or `#` and eight digits of the credential's mark.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.name {
            Name::Given(name) => Cow::Borrowed(name),
            Name::Marked(mark) => Cow::Owned(format!("#{:.DIGITS$}", format!("{mark:016x}"))),
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scheme, self.name())
    }
}

/// A principal that a scheme has found, and how to tell who that is, should somebody ask.
pub(crate) struct Found {
    scheme: TypeId,
    principal: AnyArc,
    caller: fn(&RequestContext, &(dyn Any + Send + Sync)) -> Option<Caller>,
}

impl Found {
    pub(crate) fn by<S: Scheme>(principal: Arc<S::Principal>) -> Self {
        Self { scheme: TypeId::of::<S>(), principal, caller: caller::<S> }
    }

    /// The principal, if this scheme has found it.
    pub(crate) fn principal_of<S: Scheme>(&self) -> Option<Arc<S::Principal>> {
        let principal = (self.scheme == TypeId::of::<S>()).then(|| Arc::clone(&self.principal))?;
        principal.downcast().ok()
    }

    pub(crate) fn caller(&self, context: &RequestContext) -> Option<Caller> {
        (self.caller)(context, &*self.principal)
    }
}

fn caller<S: Scheme>(context: &RequestContext, principal: &(dyn Any + Send + Sync)) -> Option<Caller> {
    let declaration = S::declare();
    let name = match S::name(principal.downcast_ref()?) {
        Some(name) => Name::Given(name.into()),
        None => Name::Marked(MARKS.hash_one(credential::shown(context, &declaration)?)),
    };
    Some(Caller { scheme: declaration.name, name })
}
