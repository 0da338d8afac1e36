#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod commands;
mod failures;

use std::process::ExitCode;

use kovar_data::{Migration, Migrations, sql};
use kovar_http::operation::Operation;
use kovar_http::problem::InternalError;
use kovar_http::respond::Undocumented;
use tempfile::TempDir;

use super::*;
use crate::Dep;
use crate::running::{Finished, Running};

static MIGRATIONS: Migrations = Migrations::new(&[
    Migration::new("0001_visits.sql", "create table visits (n integer)"),
    Migration::new("0002_towns.sql", "create table towns (n integer);\n-- down\ndrop table towns\n"),
]);

async fn visit(db: Dep<kovar_data::Db>) -> Result<Undocumented<String>, InternalError> {
    db.execute(sql!("insert into visits values (1)")).await?;
    Ok(Undocumented(db.one::<i64>(sql!("select count(*) from visits")).await?.to_string()))
}

async fn place(url: Dep<DatabaseUrl>) -> Undocumented<String> {
    Undocumented(url.to_string())
}

#[tokio::test]
async fn an_app_that_opens_its_database_itself_is_told_where_it_is() {
    let program = || Program::new(App::new("Shop", "1").mount([Operation::get("/place", place).id("place")]));
    let help = |program: &Program| program.command_line().render_help().to_string();
    assert!(!help(&program()).contains("--database"));
    let mut program = program().opens_database();
    assert!(help(&program).contains("--database"));

    let url = "postgres://ada@127.0.0.1/shop";
    let matches = program.command_line().get_matches_from(["shop", "--database", url]);
    let settings = Settings::from_arg_matches(&matches).unwrap();
    let database_options = kovar_data::Db::options();
    let name = "shop".into();
    let context = Context { settings, name, migrations: None, database_options, opened: Arc::default() };
    program.provide_database(&context);
    let client = kovar_http::testing::TestClient::new(program.app).await.unwrap();
    assert_eq!(client.get("/place").send().await.text(), url);
}

async fn visit_with_luggage(db: Dep<kovar_data::Db>) -> Result<Undocumented<String>, InternalError> {
    db.execute(sql!("insert into visits values (zeroblob(100000))")).await?;
    Ok(Undocumented(String::new()))
}

/// Lets the database be no larger than it is, as a full disk does.
async fn fill(db: Dep<kovar_data::Db>) -> Result<Undocumented<String>, InternalError> {
    db.execute(sql!("pragma max_page_count = 1")).await?;
    Ok(Undocumented(String::new()))
}

async fn make_room(db: Dep<kovar_data::Db>) -> Result<Undocumented<String>, InternalError> {
    db.execute(sql!("pragma max_page_count = 1000000")).await?;
    Ok(Undocumented(String::new()))
}

const PROGRAM: &str = "program::tests::program";
const ARGUMENTS: &str = "KOVAR_TEST_ARGUMENTS";

/// The program; its settings come from the environment.
#[test]
#[ignore = "the child of the tests here"]
fn program() -> ExitCode {
    let app = App::new("Visits", "1").mount([
        Operation::get("/visit", visit).id("visit"),
        Operation::get("/luggage", visit_with_luggage).id("luggage"),
        Operation::get("/fill", fill).id("fill"),
        Operation::get("/make-room", make_room).id("make_room"),
    ]);
    let arguments = std::env::var(ARGUMENTS).unwrap_or_default();
    let words = std::iter::once("visits").chain(arguments.split_ascii_whitespace());
    let words = words.map(OsString::from).collect();
    crate::runtime::run_main(Program::new(app).database(&MIGRATIONS).run_with(words))
}

/// Where the program's database is.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.path("visits.db"))
    }

    fn names(&self) -> Vec<String> {
        let names = self.0.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// Runs one of the program's commands.
    fn run(&self, arguments: &str) -> Finished {
        Finished::of(PROGRAM, &[("DATABASE_URL", &self.url()), (ARGUMENTS, arguments)])
    }
}

#[test]
fn a_clean_end_leaves_one_file() {
    let folder = Folder::new();
    for visits in ["1", "2"] {
        let mut running = Running::start(PROGRAM, &[("DATABASE_URL", &folder.url())]);
        assert_eq!(running.get("/visit", ""), visits);
        assert_eq!(folder.names(), ["visits.db", "visits.db-shm", "visits.db-wal"]);
        running.end();
        assert_eq!(folder.names(), ["visits.db"]);
    }
}
