//! Where settings come from, so that a wrong one is blamed on the place where it stands.
//!
//! clap reads variables itself, and speaks of the flag whichever of the two was wrong.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::ffi::OsString;
use std::io::ErrorKind;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgMatches, Command};

/// The variables that a file `.env` in the working directory sets.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    from_file: BTreeSet<String>,
}

impl Environment {
    /// Sets the variables of `.env` that are not set already. No such file is the usual case.
    pub(crate) fn load() -> crate::Result<Self> {
        let text = match std::fs::read_to_string(".env") {
            Ok(text) => text,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(format!(".env cannot be read: {cause}").into()),
        };
        let names = names(&text)?;
        let from_file = names.into_iter().filter(|name| std::env::var_os(name).is_none()).collect();
        dotenvy::from_read(text.as_bytes())?;
        Ok(Self { from_file })
    }

    /// Reads the command line. Wrong arguments and `--help` end the process.
    pub(crate) fn matches(&self, command_line: &Command, arguments: &[OsString]) -> ArgMatches {
        let matches = command_line.clone().try_get_matches_from(arguments);
        matches.unwrap_or_else(|error| self.blamed(command_line, arguments, error).exit())
    }

    /// The error, speaking of the variable if it is the variable's value that is wrong.
    fn blamed(&self, command_line: &Command, arguments: &[OsString], error: clap::Error) -> clap::Error {
        let text = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => Some(text.as_str()),
            _ => None,
        };
        // As in `--listen <ADDRESS>`.
        let flag = text(ContextKind::InvalidArg).and_then(|usage| usage.split(' ').next()?.strip_prefix("--"));
        let Some(argument) = flag.and_then(|flag| argument(command_line, flag)) else { return error };
        let Some(variable) = argument.get_env().map(|name| name.to_string_lossy()) else { return error };
        if flag.is_some_and(|flag| is_given(arguments, flag)) {
            return error;
        }
        let place = if self.from_file.contains(&*variable) { " in .env" } else { "" };
        let value = text(ContextKind::InvalidValue).filter(|_| !argument.is_hide_env_values_set());
        let value = value.map(|value| format!(" '{value}'")).unwrap_or_default();
        let why = match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(valid)) if !valid.is_empty() => format!(": it is one of {}", valid.join(", ")),
            _ => error.source().map(|source| format!(": {source}")).unwrap_or_default(),
        };
        clap::Error::raw(error.kind(), format!("invalid value{value} of the variable {variable}{place}{why}\n"))
    }
}

/// The names that a file sets. What is wrong with it is told without its text, which may be a secret.
fn names(text: &str) -> Result<Vec<String>, String> {
    let names = dotenvy::from_read_iter(text.as_bytes()).map(|variable| match variable {
        Ok((name, _)) => Ok(name),
        Err(dotenvy::Error::LineParse(line, _)) => {
            let before = text.find(line.as_str()).map_or("", |at| &text[..at]);
            let number = before.matches('\n').count() + 1;
            Err(format!(".env, line {number}: not `NAME=value`; a value with white space stands in quotes"))
        }
        Err(cause) => Err(format!(".env: {cause}")),
    });
    names.collect()
}

/// The argument of this flag, wherever it stands.
fn argument<'c>(command: &'c Command, flag: &str) -> Option<&'c Arg> {
    let own = command.get_arguments().find(|argument| argument.get_long() == Some(flag));
    own.or_else(|| command.get_subcommands().find_map(|command| argument(command, flag)))
}

fn is_given(arguments: &[OsString], flag: &str) -> bool {
    let given = arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix("--"));
    given.map(|given| given.split_once('=').map_or(given, |(name, _)| name)).any(|name| name == flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_sets_names() {
        let text = "# settings\n\nKOVAR_LISTEN=127.0.0.1:80 # here\nexport A='b c'\n";
        assert_eq!(names(text), Ok(vec!["KOVAR_LISTEN".to_owned(), "A".to_owned()]));
    }

    #[test]
    fn a_line_that_sets_nothing_is_told_without_its_text() {
        for text in ["A=1\n\nPASSWORD s3cret\nB=2", "A=1\n\nPASSWORD=s3cret s3cret"] {
            let problem = names(text).expect_err(text);
            assert!(problem.starts_with(".env, line 3: ") && !problem.contains("s3cret"), "{problem}");
        }
    }

    fn message(environment: &Environment, arguments: &[&str]) -> String {
        let port = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no port"));
        let port = Arg::new("port").long("port").value_name("PORT").env("CARGO_PKG_NAME").value_parser(port);
        let command = Command::new("app").subcommand(Command::new("serve").arg(port));
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let error = command.clone().try_get_matches_from(&arguments).expect_err("it is no port");
        environment.blamed(&command, &arguments, error).to_string()
    }

    #[test]
    fn who_set_a_wrong_value_is_named() {
        // A variable that cargo sets for tests.
        let mut environment = Environment::default();
        let expected = "error: invalid value 'kovar' of the variable CARGO_PKG_NAME: `kovar` is no port\n";
        assert_eq!(message(&environment, &["app", "serve"]), expected);
        environment.from_file.insert("CARGO_PKG_NAME".to_owned());
        assert!(message(&environment, &["app", "serve"]).contains("CARGO_PKG_NAME in .env: "));
        for given in [vec!["app", "serve", "--port", "x"], vec!["app", "serve", "--port=x"]] {
            let message = message(&environment, &given);
            assert!(message.contains("'x' for '--port <PORT>'") && !message.contains("CARGO_PKG"), "{message}");
        }
    }
}
