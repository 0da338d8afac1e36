//! What every program can do because its contract is inside it.

#[cfg(feature = "data")]
pub(crate) mod backup;
#[cfg(feature = "data")]
pub(crate) mod check;
#[cfg(feature = "data")]
pub(crate) mod migrate;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use kovar_contract::compat::{Change, compare};
use kovar_contract::json::{self, Value};
use kovar_contract::typescript;
use kovar_http::app::{App, Route};

/// The commands that need nothing but the app's contract.
pub(crate) const OF_EVERY_PROGRAM: &[&str] = &["openapi", "asyncapi", "routes", "client", "compat"];

/// The commands of a program with a database.
#[cfg(feature = "data")]
pub(crate) fn with_database() -> [Command; 3] {
    [migrate::command(), check::command(), backup::command()]
}

/// Adds the commands of every program.
pub(crate) fn add(command_line: Command) -> Command {
    let directory = Arg::new("out").long("out").value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    let typescript = Command::new("typescript")
        .about("Writes a typed client for browsers and Node")
        .arg(directory.help("Where the files go; made if it is not there"));
    let old = Arg::new("old").value_name("OLD.json").required(true).value_parser(value_parser!(PathBuf));
    command_line
        .subcommand(Command::new("openapi").about("Prints the OpenAPI document"))
        .subcommand(Command::new("asyncapi").about("Prints the AsyncAPI document, of channels"))
        .subcommand(Command::new("routes").about("Prints the operations as a table"))
        .subcommand(Command::new("client").about("Writes a client").subcommand_required(true).subcommand(typescript))
        .subcommand(
            Command::new("compat")
                .about("Tells breaking changes since an older OpenAPI document")
                .after_help("Ends with 0 if nothing is breaking, 1 if something is, 2 if OLD.json cannot be compared.")
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
        "asyncapi" => {
            print!("{}", app.asyncapi()?.to_pretty_string());
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
    let unable = |path: &Path, cause: std::io::Error| format!("{} cannot be written: {cause}", path.display());
    std::fs::create_dir_all(directory).map_err(|cause| unable(directory, cause))?;
    for file in typescript::client(&app.client_document()?)? {
        let path = directory.join(file.name);
        std::fs::write(&path, file.text).map_err(|cause| unable(&path, cause))?;
        println!("{}", path.display());
    }
    Ok(())
}

fn compat(app: &App, old: &Path) -> crate::Result {
    let new_document = app.openapi()?;
    let text = std::fs::read_to_string(old).map_err(|cause| format!("cannot be read: {cause}"));
    let old_document = text.as_deref().map_err(Clone::clone).and_then(document);
    let old_document = old_document.unwrap_or_else(|problem| {
        eprintln!("error: {} {problem}", old.display());
        std::process::exit(2)
    });
    let changes = compare(&old_document, &new_document);
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

/// Reads an OpenAPI document. Anything else would have no operations, and nothing that breaks.
fn document(text: &str) -> Result<Value<'_>, String> {
    let document = json::parse(text, usize::MAX).map_err(|cause| format!("is not JSON: {cause}"))?;
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.1.") => {}
        Some(version) => return Err(format!("is of OpenAPI {version}; only 3.1 can be compared")),
        None => return Err("is no OpenAPI 3.1 document: it has no text `openapi`".to_owned()),
    }
    // OpenAPI 3.1 §4.8.1: at least one of them must be there.
    let has = |part: &&str| document.get(part).is_some_and(|part| part.as_object().is_some());
    match ["paths", "webhooks", "components"].iter().any(has) {
        true => Ok(document),
        false => Err("is no OpenAPI 3.1 document: it has neither `paths` nor `webhooks` nor `components`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn what_is_no_document_is_not_compared() {
        for (text, problem) in [
            ("{", "is not JSON"),
            ("{}", "no text `openapi`"),
            ("[]", "no text `openapi`"),
            (r#""x""#, "no text `openapi`"),
            (r#"{"openapi": 3.1}"#, "no text `openapi`"),
            (r#"{"swagger": "2.0", "paths": {}}"#, "no text `openapi`"),
            (r#"{"openapi": "3.0.3", "paths": {}}"#, "is of OpenAPI 3.0.3"),
            (r#"{"openapi": "3.10.0", "paths": {}}"#, "is of OpenAPI 3.10.0"),
            (r#"{"openapi": "3.1.0"}"#, "neither `paths`"),
            (r#"{"openapi": "3.1.0", "paths": []}"#, "neither `paths`"),
        ] {
            let found = document(text).expect_err(text);
            assert!(found.contains(problem), "{text}: {found}");
        }
        assert!(document(r#"{"openapi": "3.1.1", "paths": {}}"#).is_ok());
    }
}
