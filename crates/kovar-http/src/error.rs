//! Why an app cannot start.

use std::error::Error;
use std::fmt;

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

    pub(crate) fn missing_provider(chain: &[&str], missing: &str) -> Self {
        let chain = written(chain);
        match of_database(missing) {
            Some(name) => Self::new(format!("nobody provides `{name}`: {chain} asks for it; {DATABASE_REMEDY}")),
            None => Self::new(format!("nobody provides `{missing}`: {chain} asks for it; {REMEDY}")),
        }
    }

    pub(crate) fn cycle(chain: &[&str], again: &str) -> Self {
        Self::new(format!("values ask for each other in a circle: {} -> `{again}`", written(chain)))
    }

    pub(crate) fn scope(chain: &[&str], needed: &str) -> Self {
        Self::new(format!(
            "`{needed}` lives for a request, but {} lives as long as the app and asks for it",
            written(chain)
        ))
    }

    pub(crate) fn too_early(chain: &[&str], needed: &str) -> Self {
        Self::new(format!(
            "`{needed}` is made for a request that is accepted, but a security scheme of {} asks for it before",
            written(chain)
        ))
    }

    pub(crate) fn task_failed(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self { message: cause.to_string(), cause: Some(cause) }
    }

    pub(crate) fn provider_failed(name: &str, cause: Box<dyn Error + Send + Sync>) -> Self {
        let name = of_database(name).unwrap_or(name);
        Self { message: format!("`{name}` could not be made: {cause}"), cause: Some(cause) }
    }
}

const REMEDY: &str = "provide it with `App::provide` or a `Provider`";
const DATABASE_REMEDY: &str = "give the program a database with `Program::database`, or a test one with \
                               `App::provide(db)` and `App::provider(kovar::http::data::transactions())`";

/// The name that apps know a type of the database by; its path leads through private modules.
fn of_database(type_name: &str) -> Option<&'static str> {
    #[cfg(feature = "data")]
    {
        let names = [(std::any::type_name::<kovar_data::Db>(), "Db"), (std::any::type_name::<kovar_data::Tx>(), "Tx")];
        names.iter().find(|(path, _)| *path == type_name).map(|(_, name)| *name)
    }
    #[cfg(not(feature = "data"))]
    {
        let _ = type_name;
        None
    }
}

fn written(chain: &[&str]) -> String {
    chain.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" -> ")
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
