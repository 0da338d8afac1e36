//! A program around an app: it serves, and it is its own tool.

use std::ffi::OsString;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
#[cfg(feature = "data")]
use std::sync::{Mutex, PoisonError};
#[cfg(feature = "data")]
use std::time::Duration;

use clap::{ArgMatches, Args as _, FromArgMatches as _};
use kovar_http::app::App;

use crate::command;
use crate::environment::Environment;
use crate::serve;
use crate::settings::{DatabaseUrl, Settings};
use crate::traces::Traces;

/// The setting that only a program with a database has a use for.
const DATABASE: &str = "database";

type Running = Pin<Box<dyn Future<Output = crate::Result>>>;
type Run = Box<dyn FnOnce(Context, ArgMatches) -> Running>;

/// A program around an app: `serve` (the default), `openapi`, `asyncapi`, `routes`, `client`, `compat`, with
/// a database also `migrate`, `check` and `backup`, and the commands that it adds itself.
pub struct Program {
    app: App,
    name: String,
    commands: Vec<(clap::Command, Run)>,
    limits: kovar_serve::Limits,
    opens_database: bool,
    #[cfg(feature = "data")]
    migrations: Option<&'static kovar_data::Migrations>,
    #[cfg(feature = "data")]
    database_options: kovar_data::Options,
}

/// What a command may use.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the person who started the program set.
    pub settings: Settings,
    name: Arc<str>,
    #[cfg(feature = "data")]
    migrations: Option<&'static kovar_data::Migrations>,
    #[cfg(feature = "data")]
    database_options: kovar_data::Options,
    /// What was opened, to be closed at the end.
    #[cfg(feature = "data")]
    opened: Arc<Mutex<Vec<kovar_data::Db>>>,
}

/// How long the end of a program waits for its databases, which may have much to write.
#[cfg(feature = "data")]
const LONGEST_CLOSE: Duration = Duration::from_secs(10);

impl Context {
    /// The name of the program.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database, with all migrations applied.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened or migrated.
    #[cfg(feature = "data")]
    pub async fn database(&self) -> crate::Result<kovar_data::Db> {
        let (database, applied) = self.migrated_database().await?;
        for name in applied {
            tracing::info!(migration = name, "migrated");
        }
        Ok(database)
    }

    /// The app's migrations.
    #[cfg(feature = "data")]
    pub(crate) fn migrations(&self) -> Option<&'static kovar_data::Migrations> {
        self.migrations
    }

    /// The database as it is.
    #[cfg(feature = "data")]
    pub(crate) async fn unmigrated_database(&self) -> crate::Result<kovar_data::Db> {
        let url = self.database_url();
        let database = self.database_options.clone().open(url.as_str()).await;
        let database = database.map_err(|cause| format!("{url}: {cause}"))?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(database.clone());
        Ok(database)
    }

    /// The database, and the names of the migrations that were applied just now.
    #[cfg(feature = "data")]
    pub(crate) async fn migrated_database(&self) -> crate::Result<(kovar_data::Db, Vec<String>)> {
        let (url, database) = (self.database_url(), self.unmigrated_database().await?);
        let Some(migrations) = self.migrations else { return Ok((database, Vec::new())) };
        let applied = database.migrate(migrations).await;
        let applied = applied.map_err(|cause| format!("{url}: {cause}"))?;
        Ok((database, applied))
    }

    /// The database as it is, for commands that have no use for a new one.
    #[cfg(feature = "data")]
    pub(crate) async fn existing_database(&self) -> crate::Result<kovar_data::Db> {
        let url = self.database_url();
        match url.file() {
            Some(file) if !file.exists() => Err(format!("{url}: there is no such file").into()),
            _ => self.unmigrated_database().await,
        }
    }

    /// Closes what was opened, so that nothing is left beside the database's file.
    #[cfg(feature = "data")]
    async fn close_databases(&self) {
        let opened = std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for database in opened {
            if tokio::time::timeout(LONGEST_CLOSE, database.close()).await.is_err() {
                tracing::warn!("the database was not closed: a transaction does not end");
            }
        }
    }

    /// Where the database is: what is set, or a file of SQLite named like the program.
    pub fn database_url(&self) -> DatabaseUrl {
        self.settings.database_url(&self.name)
    }
}

impl Program {
    /// A program around an app. It is named like its file.
    pub fn new(app: App) -> Self {
        Self {
            app,
            name: program_name(),
            commands: Vec::new(),
            limits: kovar_serve::Limits::default(),
            opens_database: false,
            #[cfg(feature = "data")]
            migrations: None,
            #[cfg(feature = "data")]
            database_options: kovar_data::Db::options(),
        }
    }

    /// Gives the app a database: provides `Db` and `Tx`, applies the migrations when it serves, and
    /// adds the commands `migrate`, `check` and `backup`.
    #[cfg(feature = "data")]
    #[must_use]
    pub fn database(mut self, migrations: &'static kovar_data::Migrations) -> Self {
        self.migrations = Some(migrations);
        self
    }

    /// How the database is opened: its connections, its waits, from when on a statement is slow, its replicas. Default:
    /// [`Db::options`](kovar_data::Db::options).
    #[cfg(feature = "data")]
    #[must_use]
    pub fn database_options(mut self, options: kovar_data::Options) -> Self {
        self.database_options = options;
        self
    }

    /// For an app that opens its database itself, such as an ORM's: provides the [`DatabaseUrl`] that is set, and shows
    /// the setting `--database`.
    ///
    /// # Example
    ///
    /// ```
    /// use kovar::prelude::*;
    /// use kovar::settings::DatabaseUrl;
    ///
    /// struct Pool;
    ///
    /// async fn connect(url: Dep<DatabaseUrl>) -> kovar::Result<Pool> {
    ///     println!("connecting to {}", *url);
    ///     Ok(Pool)
    /// }
    ///
    /// let app = App::new("Example", "1.0.0").provider(Provider::app(connect));
    /// let program = Program::new(app).opens_database();
    /// ```
    #[must_use]
    pub fn opens_database(mut self) -> Self {
        self.opens_database = true;
        self
    }

    /// What the server withstands: silent, slow and too many clients. Default: every limit is on.
    #[must_use]
    pub fn limits(mut self, limits: kovar_serve::Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a command: its arguments, and the async function that runs it.
    #[must_use]
    pub fn command<F, Fut>(mut self, command: clap::Command, run: F) -> Self
    where
        F: FnOnce(Context, ArgMatches) -> Fut + 'static,
        Fut: Future<Output = crate::Result> + 'static,
    {
        self.commands.push((command, Box::new(move |context, matches| Box::pin(run(context, matches)))));
        self
    }

    /// Reads the command line and does what it says.
    ///
    /// Wrong arguments and `--help` end the process, as usual for command lines.
    ///
    /// # Errors
    ///
    /// Those of the command.
    pub async fn run(self) -> crate::Result {
        // Boxed, as is each large part below: a future that holds all of them is deeper than the compiler looks into.
        Box::pin(self.run_with(std::env::args_os().collect())).await
    }

    /// Does what a command line says.
    pub(crate) async fn run_with(mut self, arguments: Vec<OsString>) -> crate::Result {
        let environment = Environment::load()?;
        let matches = environment.matches(&self.command_line(), &arguments);
        let settings = Settings::from_arg_matches(&matches)?;
        let mut traces = match matches.subcommand_name() {
            None | Some("serve") => Traces::from_environment(&self.app, &self.name)?,
            Some(_) => Traces::default(),
        };
        let request_log = crate::log::start(&mut traces)?;
        self.app = traces.of(self.app);
        if let Some(log) = request_log {
            self.app = self.app.request_log(log);
        }
        let ended = Box::pin(self.dispatch(settings, &matches)).await;
        traces.finish().await;
        crate::log::flush();
        ended
    }

    fn command_line(&self) -> clap::Command {
        let about = format!("{} {}", self.app.title(), self.app.version());
        let command_line = clap::Command::new(self.name.clone())
            .version(self.app.version().to_owned())
            .subcommand(clap::Command::new("serve").about("Answers requests; the default"));
        let command_line = command::add(command_line);
        #[cfg(feature = "data")]
        let command_line = match self.migrations {
            Some(_) => command_line.subcommands(command::with_database()),
            None => command_line,
        };
        let own = self.commands.iter().map(|(command, _)| command.clone());
        let command_line = Settings::augment_args(command_line.subcommands(own)).about(about);
        let command_line = command_line.mut_subcommands(|command| self.without_idle_settings(command));
        match self.has_database() {
            true => command_line,
            false => command_line.mut_arg(DATABASE, |argument| argument.hide(true)),
        }
    }

    /// Hides from a command's help the settings that change nothing about it. It takes them all the same, so that
    /// one set of flags fits every command.
    fn without_idle_settings(&self, command: clap::Command) -> clap::Command {
        let name = command.get_name();
        if name == "serve" {
            return command;
        }
        let uses_database = self.has_database() && !command::OF_EVERY_PROGRAM.contains(&name);
        let settings = Settings::augment_args(clap::Command::new(""));
        let idle = settings.get_arguments().filter(|setting| !(uses_database && setting.get_id() == DATABASE));
        let idle = idle.filter(|setting| {
            let is_same = |own: &clap::Arg| own.get_id() == setting.get_id() || own.get_long() == setting.get_long();
            !command.get_arguments().any(is_same)
        });
        let idle: Vec<clap::Arg> = idle.map(|setting| setting.clone().hide(true)).collect();
        command.args(idle)
    }

    fn has_database(&self) -> bool {
        #[cfg(feature = "data")]
        if self.migrations.is_some() {
            return true;
        }
        self.opens_database
    }

    async fn dispatch(mut self, settings: Settings, matches: &ArgMatches) -> crate::Result {
        let context = Context {
            settings,
            name: self.name.clone().into(),
            #[cfg(feature = "data")]
            migrations: self.migrations,
            #[cfg(feature = "data")]
            database_options: self.database_options.clone(),
            #[cfg(feature = "data")]
            opened: Arc::default(),
        };
        self.provide_database(&context);
        let ended = Box::pin(self.run_command(context.clone(), matches)).await;
        #[cfg(feature = "data")]
        context.close_databases().await;
        ended
    }

    async fn run_command(mut self, context: Context, matches: &ArgMatches) -> crate::Result {
        match matches.subcommand() {
            None | Some(("serve", _)) => Box::pin(self.serve(context)).await,
            #[cfg(feature = "data")]
            Some(("check", _)) => Box::pin(command::check::run(&context)).await,
            #[cfg(feature = "data")]
            Some(("migrate", matches)) if let Some(migrations) = self.migrations => {
                Box::pin(command::migrate::run(&context, migrations, matches)).await
            }
            #[cfg(feature = "data")]
            Some(("backup", matches)) if self.migrations.is_some() => {
                Box::pin(command::backup::run(&context, matches)).await
            }
            Some((name, matches)) => {
                let own = self.commands.iter().position(|(command, _)| command.get_name() == name);
                match own {
                    Some(index) => {
                        let (_, run) = self.commands.swap_remove(index);
                        run(context, matches.clone()).await
                    }
                    None => command::run(&self.app, name, matches),
                }
            }
        }
    }

    /// The database is opened, and migrated, only when the app is built.
    fn provide_database(&mut self, context: &Context) {
        if self.opens_database {
            self.app = std::mem::take(&mut self.app).provide(context.database_url());
        }
        #[cfg(feature = "data")]
        if self.migrations.is_some() {
            let context = context.clone();
            let open = move || {
                let context = context.clone();
                async move { context.database().await }
            };
            let app = std::mem::take(&mut self.app);
            let app = app.provider(crate::Provider::app(open)).provider(kovar_http::data::transactions());
            self.app = app.health_check("database", answers);
        }
    }

    async fn serve(self, context: Context) -> crate::Result {
        let bound = serve::bind(&context.settings)?;
        if self.has_database() {
            println!("Database       {}", context.database_url());
        }
        Box::pin(bound.serve(self.app, self.limits)).await
    }
}

/// Whether the database answers.
#[cfg(feature = "data")]
async fn answers(db: crate::Dep<kovar_data::Db>) -> Result<(), kovar_data::Error> {
    db.one::<i64>(kovar_data::sql!("select 1")).await.map(drop)
}

/// The file name of the running program, without its extension.
fn program_name() -> String {
    let path = std::env::args_os().next().map(std::path::PathBuf::from);
    let stem = path.as_deref().and_then(std::path::Path::file_stem);
    stem.map_or_else(|| "app".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("name", &self.name).field("app", &self.app).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "data"))]
mod tests;
