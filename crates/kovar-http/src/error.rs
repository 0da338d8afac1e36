//! Why an app cannot start.

use std::error::Error;
use std::fmt;

use crate::type_name::short;

/// Why an app cannot start: the whole reason in one message, for the person who starts it.
#[derive(Debug)]
pub struct StartError {
    message: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None }
    }

    /// `remedy` says how such a value is provided; `namesake` is a type that is provided and only called the same.
    pub(crate) fn missing_provider(chain: &[&str], missing: &str, remedy: &str, namesake: Option<&str>) -> Self {
        let (name, chain) = (short(missing), written(chain));
        let namesake = namesake.map(|other| format!(" (the type is `{missing}`; `{other}` is provided)"));
        let namesake = namesake.unwrap_or_default();
        Self::new(format!("nobody provides `{name}`{namesake}: {chain} asks for it; {remedy}"))
    }

    /// Something in an operation, or in a provider, that cannot mean what was meant.
    pub(crate) fn mistake(whose: &str, mistake: &str) -> Self {
        Self::new(format!("{whose}: {mistake}"))
    }

    pub(crate) fn cycle(chain: &[&str], again: &str) -> Self {
        Self::new(format!("values ask for each other in a circle: {} -> `{}`", written(chain), short(again)))
    }

    pub(crate) fn scope(chain: &[&str], needed: &str) -> Self {
        let needed = short(needed);
        Self::new(format!(
            "`{needed}` lives for a request, but {} lives as long as the app and asks for it",
            written(chain)
        ))
    }

    pub(crate) fn too_early(chain: &[&str], needed: &str) -> Self {
        let needed = short(needed);
        Self::new(format!(
            "`{needed}` is made for a request that is accepted, but a security scheme of {} asks for it before",
            written(chain)
        ))
    }

    pub(crate) fn task_failed(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self { message: cause.to_string(), cause: Some(cause) }
    }

    pub(crate) fn provider_failed(name: &str, cause: Box<dyn Error + Send + Sync>) -> Self {
        Self { message: format!("`{}` could not be made: {cause}", short(name)), cause: Some(cause) }
    }
}

/// An operation, which stays as it is, and types that ask for each other.
fn written(chain: &[&str]) -> String {
    let shown = |name: &&str| if name.contains('/') { (*name).to_owned() } else { short(name) };
    chain.iter().map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(" -> ")
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().and_then(Error::source)
    }
}
