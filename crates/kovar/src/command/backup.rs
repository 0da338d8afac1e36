//! `backup`: a copy of the database, while the app runs.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::program::Context;

pub(crate) fn command() -> Command {
    let file = Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf));
    Command::new("backup")
        .about("Copies the database into a new file, also while the app runs")
        .after_help("PostgreSQL has a program of its own for this: pg_dump.")
        .arg(file.help("Where the copy goes; nothing is overwritten"))
}

pub(crate) async fn run(context: &Context, matches: &ArgMatches) -> crate::Result {
    let (database, url) = (context.existing_database().await?, context.database_url());
    let file = super::path_of(matches, "file")?;
    database.backup(file).await?;
    let bytes = std::fs::metadata(file)?.len();
    println!("{url}: copied into {}, {bytes} bytes", file.display());
    Ok(())
}
