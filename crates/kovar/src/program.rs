//! A program around an app: it serves, and it is its own tool.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use clap::{ArgMatches, Args as _, FromArgMatches as _};
use kovar_http::app::App;

use crate::command;
use crate::serve;
use crate::settings::Settings;

type Running = Pin<Box<dyn Future<Output = crate::Result>>>;
type Run = Box<dyn FnOnce(Context, ArgMatches) -> Running>;

/// A program around an app: `serve` (the default), `openapi`, `routes`, `client`, `compat`, with
/// a database also `migrate`, and the commands that it adds itself.
pub struct Program {
    app: App,
    name: String,
    commands: Vec<(clap::Command, Run)>,
    #[cfg(feature = "sqlite")]
    migrations: Option<&'static kovar_data::Migrations>,
}

/// What a command may use.
#[derive(Clone, Debug)]
pub struct Context {
    /// What the person who started the program set.
    pub settings: Settings,
    name: Arc<str>,
    #[cfg(feature = "sqlite")]
    migrations: Option<&'static kovar_data::Migrations>,
}

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
    #[cfg(feature = "sqlite")]
    pub async fn database(&self) -> crate::Result<kovar_data::Db> {
        let database = self.unmigrated_database().await?;
        if let Some(migrations) = self.migrations {
            for name in database.migrate(migrations).await? {
                tracing::info!(migration = name, "migrated");
            }
        }
        Ok(database)
    }

    /// The database as it is.
    #[cfg(feature = "sqlite")]
    pub(crate) async fn unmigrated_database(&self) -> crate::Result<kovar_data::Db> {
        let url = self.settings.database_url(&self.name);
        kovar_data::Db::open(&url).await.map_err(|cause| format!("the database {url} cannot be opened: {cause}").into())
    }
}

impl Program {
    /// A program around an app. It is named like its file.
    pub fn new(app: App) -> Self {
        Self {
            app,
            name: program_name(),
            commands: Vec::new(),
            #[cfg(feature = "sqlite")]
            migrations: None,
        }
    }

    /// Gives the app a database: provides `Db` and `Tx`, applies the migrations when it serves, and
    /// adds the command `migrate`.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn database(mut self, migrations: &'static kovar_data::Migrations) -> Self {
        self.migrations = Some(migrations);
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
        // A missing `.env` is the usual case.
        let _ = dotenvy::dotenv();
        let matches = self.command_line().get_matches();
        let settings = Settings::from_arg_matches(&matches)?;
        crate::log::start();
        let ended = self.dispatch(settings, &matches).await;
        crate::log::flush();
        ended
    }

    fn command_line(&self) -> clap::Command {
        let about = format!("{} {}", self.app.title(), self.app.version());
        let command_line = clap::Command::new(self.name.clone())
            .version(self.app.version().to_owned())
            .subcommand(clap::Command::new("serve").about("Answers requests; the default"));
        let command_line = command::add(command_line);
        #[cfg(feature = "sqlite")]
        let command_line = match self.migrations {
            Some(_) => command_line.subcommand(command::migrate::command()),
            None => command_line,
        };
        let own = self.commands.iter().map(|(command, _)| command.clone());
        Settings::augment_args(command_line.subcommands(own)).about(about)
    }

    async fn dispatch(mut self, settings: Settings, matches: &ArgMatches) -> crate::Result {
        let context = Context {
            settings,
            name: self.name.clone().into(),
            #[cfg(feature = "sqlite")]
            migrations: self.migrations,
        };
        self.provide_database(&context);
        match matches.subcommand() {
            None | Some(("serve", _)) => self.serve(context).await,
            #[cfg(feature = "sqlite")]
            Some(("migrate", _)) => command::migrate::run(&context, self.migrations).await,
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
        #[cfg(feature = "sqlite")]
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
        let _ = context;
    }

    async fn serve(self, context: Context) -> crate::Result {
        serve::bind(&context.settings)?.serve(self.app).await
    }
}

/// Whether the database answers.
#[cfg(feature = "sqlite")]
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
