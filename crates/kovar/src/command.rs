//! What every program can do because its contract is inside it.

#[cfg(feature = "sqlite")]
pub(crate) mod migrate;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use kovar_contract::compat::{Change, compare};
use kovar_contract::json;
use kovar_contract::typescript;
use kovar_http::app::{App, Route};

/// Adds the commands of every program.
pub(crate) fn add(command_line: Command) -> Command {
    let directory = Arg::new("out").long("out").value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    let typescript = Command::new("typescript")
        .about("Writes a typed client for browsers and Node")
        .arg(directory.help("Where the files go; made if it is not there"));
    let old = Arg::new("old").value_name("OLD.json").required(true).value_parser(value_parser!(PathBuf));
    command_line
        .subcommand(Command::new("openapi").about("Prints the OpenAPI document"))
        .subcommand(Command::new("routes").about("Prints the operations as a table"))
        .subcommand(Command::new("client").about("Writes a client").subcommand_required(true).subcommand(typescript))
        .subcommand(
            Command::new("compat")
                .about("Tells breaking changes since an older OpenAPI document; exits with 1 if there are any")
                .arg(old.help("The older document")),
        )
}

/// Runs one of the commands of every program.
pub(crate) fn run(app: &App, name: &str, matches: &ArgMatches) -> crate::Result {
    match name {
        "openapi" => {
            print!("{}", app.openapi()?.to_pretty_string());
            Ok(())
        }
        "routes" => {
            print!("{}", routes_table(&app.routes()));
            Ok(())
        }
        "client" => match matches.subcommand() {
            Some(("typescript", matches)) => write_client(app, path_of(matches, "out")?),
            _ => Err("which client? `client typescript --out DIR`".into()),
        },
        "compat" => compat(app, path_of(matches, "old")?),
        other => Err(format!("`{other}` is no command").into()),
    }
}

fn totals(changes: usize, breaking: usize) -> String {
    match changes {
        0 => "no changes".to_owned(),
        1 => format!("1 change, {breaking} breaking"),
        _ => format!("{changes} changes, {breaking} breaking"),
    }
}

fn path_of<'m>(matches: &'m ArgMatches, name: &str) -> crate::Result<&'m Path> {
    matches.get_one::<PathBuf>(name).map(PathBuf::as_path).ok_or_else(|| format!("`{name}` is missing").into())
}

/// The operations in columns as wide as they must be.
fn routes_table(routes: &[Route]) -> String {
    let width = |column: fn(&Route) -> &str| routes.iter().map(|route| column(route).len()).max().unwrap_or(0);
    let methods = width(|route| route.method.as_str()).max("METHOD".len());
    let paths = width(|route| &route.path).max("PATH".len());
    let ids = width(|route| &route.id).max("OPERATION".len());
    let row = |method: &str, path: &str, id: &str, summary: &str| {
        let row = format!("{method:methods$}  {path:paths$}  {id:ids$}  {summary}");
        row.trim_end().to_owned() + "\n"
    };
    let rows = routes.iter().map(|route| row(route.method.as_str(), &route.path, &route.id, &route.summary));
    std::iter::once(row("METHOD", "PATH", "OPERATION", "SUMMARY")).chain(rows).collect()
}

fn write_client(app: &App, directory: &Path) -> crate::Result {
    std::fs::create_dir_all(directory)?;
    for file in typescript::client(&app.openapi()?)? {
        let path = directory.join(file.name);
        std::fs::write(&path, file.text)?;
        println!("{}", path.display());
    }
    Ok(())
}

fn compat(app: &App, old: &Path) -> crate::Result {
    let text = std::fs::read_to_string(old).map_err(|cause| format!("{} cannot be read: {cause}", old.display()))?;
    let old_document =
        json::parse(&text, usize::MAX).map_err(|cause| format!("{} is not JSON: {cause}", old.display()))?;
    let changes = compare(&old_document, &app.openapi()?);
    for change in &changes {
        println!("{change}");
    }
    let breaking = changes.iter().filter(|change| Change::is_breaking(change)).count();
    println!("{}", totals(changes.len(), breaking));
    if breaking > 0 {
        std::process::exit(1);
    }
    Ok(())
}
