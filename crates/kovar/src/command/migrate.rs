//! `migrate`: applies what is not applied yet.

use clap::Command;

use crate::program::Context;

pub(crate) fn command() -> Command {
    Command::new("migrate").about("Applies the migrations that are not applied yet")
}

pub(crate) async fn run(context: &Context) -> crate::Result {
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
