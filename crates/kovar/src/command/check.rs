//! `check`: whether the program's statements fit its database.
//!
//! On SQLite that is one in memory, made by the migrations. PostgreSQL is asked as it is: a check that migrates the
//! database it is pointed at would be no check.

use clap::Command;
use kovar_data::{Checked, Db, MigrationState};

use crate::program::Context;

pub(crate) fn command() -> Command {
    Command::new("check").about("Tells which statements do not fit the database").after_help(
        "SQLite: against the migrations. PostgreSQL: against the database, which must be migrated; it is not changed.\n\
         Ends with 0 if every statement fits, 1 otherwise.",
    )
}

pub(crate) async fn run(context: &Context) -> crate::Result {
    let checked = database(context).await?.check_statements().await?;
    for mismatch in &checked.mismatches {
        println!("{mismatch}\n");
    }
    println!("{}", summary(&checked));
    match checked.mismatches.is_empty() {
        true => Ok(()),
        false => Err("the program's statements do not fit its database".into()),
    }
}

async fn database(context: &Context) -> crate::Result<Db> {
    let url = context.database_url();
    if url.as_str().starts_with("sqlite:") {
        let db = Db::open("sqlite::memory:").await?;
        if let Some(migrations) = context.migrations() {
            db.migrate(migrations).await.map_err(|cause| format!("the migrations cannot be applied: {cause}"))?;
        }
        return Ok(db);
    }
    let db = context.unmigrated_database().await?;
    if let Some(migrations) = context.migrations() {
        let status = db.migration_status(migrations).await?;
        for migration in status {
            let fault = match migration.state {
                MigrationState::Pending => "is not applied: run `migrate` first",
                MigrationState::Changed { .. } => "was changed since it was applied",
                _ => continue,
            };
            return Err(format!("the migration {} of {url} {fault}", migration.name).into());
        }
    }
    Ok(db)
}

fn summary(checked: &Checked) -> String {
    let Checked { statements, with_rows, typed, skipped, mismatches, .. } = checked;
    let mut summary = format!("{statements} statements checked, {} faults found", mismatches.len());
    let silent = with_rows.saturating_sub(*typed);
    if silent > 0 {
        summary += &format!("\n{silent} with rows do not say what those are, as in sql!(Product: \"select …\")");
    }
    if *skipped > 0 {
        summary += &format!("\n{skipped} were not prepared: they change the schema, or are for another database");
    }
    summary
}
