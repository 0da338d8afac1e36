//! Running other programs: never without a time limit, never with a standard input, and with their words on failure.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// How many lines of a failed program are shown.
const SHOWN_LINES: usize = 200;

/// How many characters of each. A log that quotes a hostile request can have lines of megabytes.
const SHOWN_WIDTH: usize = 500;

/// A command that is killed, with all that it started, when it runs for longer than `limit`.
///
/// Through coreutils' `timeout`, which kills the whole process group: killing only the child from here would leave a
/// browser or a server behind, holding our pipe open.
pub(crate) fn limited(program: impl AsRef<Path>, limit: Duration) -> Command {
    let mut command = Command::new("timeout");
    command.arg("--kill-after=5").arg(limit.as_secs().to_string()).arg(program.as_ref()).stdin(Stdio::null());
    command
}

/// Runs the command quietly and returns its standard output.
///
/// # Errors
/// When it cannot be started or does not exit with 0: the command and the end of what it said.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    output(command).map(|(stdout, _)| stdout)
}

/// As [`run`], with the standard error beside the standard output.
pub(crate) fn output(command: &mut Command) -> Result<(String, String), String> {
    let line = shown(command);
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("Could not run `{line}`: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok((text(&output.stdout), text(&output.stderr))),
        false => Err(format!("`{line}` {}.\n{}", ending(&output), last_words(&output))),
    }
}

/// Runs the command while the reader watches it, and returns whether it exited with 0, and its standard output.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn watched(command: &mut Command) -> Result<(bool, String), String> {
    let line = shown(command);
    println!("$ {line}");
    let unable = |error: std::io::Error| format!("Could not run `{line}`: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(unable)?;
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        for part in BufReader::new(stdout).split(b'\n') {
            let part = part.map_err(unable)?;
            let text = String::from_utf8_lossy(&part);
            println!("{text}");
            said.push_str(&text);
            said.push('\n');
        }
    }
    let status = child.wait().map_err(unable)?;
    Ok((status.success(), said))
}

/// The last lines of a longer text, each cut to a readable width.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let skipped = text.lines().count().saturating_sub(lines);
    let shown = text.lines().skip(skipped).map(|line| match line.char_indices().nth(SHOWN_WIDTH) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    });
    let mut shown = shown.collect::<Vec<_>>().join("\n");
    if skipped > 0 {
        shown.insert_str(0, &format!("({skipped} earlier lines not shown)\n"));
    }
    shown
}

/// The command as one would type it, without the `timeout` that [`limited`] puts before it.
fn shown(command: &Command) -> String {
    let words: Vec<_> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(|w| w.to_string_lossy()).collect();
    let words = if words[0] == "timeout" { &words[3..] } else { &words[..] };
    words.join(" ")
}

fn ending(output: &Output) -> String {
    // 124 is how `timeout` says that the time was up; 137 that it had to kill.
    match output.status.code() {
        Some(124 | 137) => "took too long and was killed".to_owned(),
        Some(code) => format!("failed with exit code {code}"),
        None => "was killed by a signal".to_owned(),
    }
}

fn last_words(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    tail(&text, SHOWN_LINES)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{limited, run, tail};

    #[test]
    fn the_output_comes_back() {
        assert_eq!(run(limited("echo", Duration::from_secs(5)).arg("hello")), Ok("hello\n".to_owned()));
    }

    #[test]
    fn a_failure_says_which_command_and_what_it_said() {
        let failure = run(limited("sh", Duration::from_secs(5)).args(["-c", "echo why >&2; exit 3"]));
        assert_eq!(failure, Err("`sh -c echo why >&2; exit 3` failed with exit code 3.\nwhy".to_owned()));
    }

    #[test]
    fn what_takes_too_long_is_killed() {
        let failure = run(limited("sleep", Duration::from_secs(1)).arg("20"));
        assert_eq!(failure, Err("`sleep 20` took too long and was killed.\n".to_owned()));
    }

    #[test]
    fn a_tail_says_how_much_it_left_out() {
        assert_eq!(tail("a\nb\nc", 2), "(1 earlier lines not shown)\nb\nc");
        assert_eq!(tail("a\nb", 2), "a\nb");
        assert_eq!(tail(&"ä".repeat(501), 1), format!("{}…", "ä".repeat(500)));
    }
}
