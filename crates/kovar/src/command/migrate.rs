//! `migrate`: applies what is not applied yet.

use clap::Command;
use kovar_data::Migrations;

use crate::program::Context;

pub(crate) fn command() -> Command {
    Command::new("migrate").about("Applies the migrations that are not applied yet")
}

pub(crate) async fn run(context: &Context, migrations: Option<&'static Migrations>) -> crate::Result {
    let Some(migrations) = migrations else { return Ok(()) };
    let applied = context.unmigrated_database().await?.migrate(migrations).await?;
    for name in &applied {
        println!("applied {name}");
    }
    if applied.is_empty() {
        println!("nothing to apply");
    }
    Ok(())
}
