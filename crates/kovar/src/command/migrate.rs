//! `migrate`: what is applied to the database, and what is not yet.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, ArgMatches, Command};
use kovar_data::{MigrationState, MigrationStatus, Migrations};

use crate::program::Context;

pub(crate) fn command() -> Command {
    let yes = Arg::new("yes").long("yes").action(ArgAction::SetTrue).help("Do it: what it drops is gone");
    Command::new("migrate")
        .about("Applies the migrations that are not applied yet")
        .subcommand(Command::new("up").about("Applies the migrations that are not applied yet; the default"))
        .subcommand(Command::new("status").about("Prints which migrations are applied; changes nothing"))
        .subcommand(
            Command::new("redo")
                .about("Undoes the last migration and applies it again: for development")
                .after_help("How a migration is undone, its file says below a line `-- down`.")
                .arg(yes),
        )
}

pub(crate) async fn run(context: &Context, migrations: &Migrations, matches: &ArgMatches) -> crate::Result {
    match matches.subcommand() {
        Some(("status", _)) => status(context, migrations).await,
        Some(("redo", matches)) => redo(context, migrations, matches.get_flag("yes")).await,
        _ => up(context).await,
    }
}

async fn up(context: &Context) -> crate::Result {
    let (_, applied) = context.migrated_database().await?;
    for name in &applied {
        println!("applied {name}");
    }
    let url = context.database_url();
    match applied.len() {
        0 => println!("{url}: nothing to apply"),
        count => println!("{url}: {count} applied"),
    }
    Ok(())
}

async fn status(context: &Context, migrations: &Migrations) -> crate::Result {
    let found = context.existing_database().await?.migration_status(migrations).await?;
    print!("{}", table(&found));
    Ok(())
}

async fn redo(context: &Context, migrations: &Migrations, is_meant: bool) -> crate::Result {
    let (database, url) = (context.existing_database().await?, context.database_url());
    if !is_meant {
        let found = database.migration_status(migrations).await?;
        let last = found.iter().rev().find(|status| status.state != MigrationState::Pending);
        if let Some((last, down)) = last.and_then(|last| Some((last, migrations.down(&last.name)?))) {
            let (name, down) = (&last.name, down.trim());
            println!("{url}: to redo {name}, it is undone with\n\n{down}\n\nand applied again.");
            return Err("nothing was done: what this drops is gone; with `--yes` it is done".into());
        }
    }
    // Without a way down it is refused, and says why.
    let name = database.redo_migration(migrations).await?;
    println!("{url}: {name} was undone and applied again");
    Ok(())
}

/// The migrations in columns as wide as they must be.
fn table(found: &[MigrationStatus]) -> String {
    let names = found.iter().map(|status| status.name.len()).max().unwrap_or(0).max("MIGRATION".len());
    let mut text = format!("{:names$}  {:20}  STATE\n", "MIGRATION", "APPLIED");
    for MigrationStatus { name, state, .. } in found {
        let (at, state) = match state {
            MigrationState::Applied { at } => (Some(at), "applied"),
            MigrationState::Changed { at } => (Some(at), "changed since it was applied"),
            MigrationState::Unknown { at } => (Some(at), "unknown to this program"),
            _ => (None, "pending"),
        };
        let at = at.map(|at| format!("{at:.0}")).unwrap_or_default();
        let _ = writeln!(text, "{name:names$}  {at:20}  {state}");
    }
    text
}

#[cfg(test)]
mod tests {
    use kovar_data::{Db, Migration, Migrations, sql};

    use super::table;

    #[tokio::test]
    async fn each_state_has_a_row() {
        const BOOKS: Migration = Migration::new("0001_books.sql", "create table books (n)");
        const LOANS: Migration = Migration::new("0002_loans.sql", "create table loans (n)");
        const GONE: Migration = Migration::new("0003_gone.sql", "create table gone (n)");
        const CHANGED: Migration = Migration::new("0002_loans.sql", "create table loans (m)");
        const NEXT: Migration = Migration::new("0004_readers_of_books.sql", "create table readers (n)");
        let db = Db::open("sqlite::memory:").await.unwrap();
        db.migrate(&const { Migrations::new(&[BOOKS, LOANS, GONE]) }).await.unwrap();
        let then = "2026-11-20T01:02:03.123456789Z".to_owned();
        db.execute(sql!("update _kovar_migrations set applied_at = {then}")).await.unwrap();
        let found = db.migration_status(&const { Migrations::new(&[BOOKS, CHANGED, NEXT]) }).await.unwrap();
        let expected = "\
MIGRATION                  APPLIED               STATE
0001_books.sql             2026-11-20T01:02:03Z  applied
0002_loans.sql             2026-11-20T01:02:03Z  changed since it was applied
0003_gone.sql              2026-11-20T01:02:03Z  unknown to this program
0004_readers_of_books.sql                        pending
";
        assert_eq!(table(&found), expected);
    }
}
