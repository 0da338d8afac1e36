//! The products app, started for a check and gone with it.

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::time::Duration;

use crate::command::{limited, run};
use crate::running::Running;
use crate::workshop::Workshop;

/// A running products app with an empty database of its own.
#[derive(Debug)]
pub(crate) struct Products {
    binary: PathBuf,
    database: String,
    app: Running,
}

impl Products {
    /// Builds the app if need be, starts it on free ports and waits until it accepts connections.
    ///
    /// # Errors
    /// When it does not build, or does not come up: with its log.
    pub(crate) fn start(workshop: &Workshop, check: &str) -> Result<Self, String> {
        let binary = workshop.products()?.to_owned();
        let folder = workshop.temporary(check)?;
        let database = format!("sqlite://{}", folder.path().join("products.db").display());
        let app = Running::start(&binary, &["--database".to_owned(), database.clone()], folder)?;
        Ok(Self { binary, database, app })
    }

    /// Makes a user with `role` and returns a token for it.
    ///
    /// # Errors
    /// When the app's own command fails or prints nothing.
    pub(crate) fn token(&self, role: &str) -> Result<String, String> {
        let mut create = limited(&self.binary, Duration::from_secs(30));
        create.args(["token", "create", "--user", &format!("xtask-{role}"), "--role", role, "--database"]);
        let said = run(create.arg(&self.database))?;
        let token = said.split_whitespace().next_back();
        token.map(str::to_owned).ok_or_else(|| "`products token create` printed no token.".to_owned())
    }
}

impl Deref for Products {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.app
    }
}

impl DerefMut for Products {
    fn deref_mut(&mut self) -> &mut Running {
        &mut self.app
    }
}
