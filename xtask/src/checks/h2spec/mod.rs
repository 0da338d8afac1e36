//! h2spec against the running products app: what the specifications of HTTP/2 and of HPACK want, case by case.
//!
//! Its cases bear the sections of RFC 7540, which RFC 9113 has replaced with few changes. What fails is tried again,
//! alone: where a case sends a wrong frame after a good request, the answer may be faster than the frame, and then
//! there is no stream left to have an error on. What is really wrong fails each time.

mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::command::{limited, run as run_command};
use crate::products::Products;
use crate::tally::Tally;
use crate::toolbox::go;
use crate::workshop::Workshop;
use report::Case;

/// All cases take a second; each has a limit of its own.
const LIMIT: Duration = Duration::from_secs(300);

/// How long a case waits for what must happen. Generous, for a busy machine.
const CASE_LIMIT_S: &str = "5";

/// How often a case may be tried.
const ATTEMPTS: u32 = 3;

/// With fewer cases than this it has not tested what it should.
const AT_LEAST: usize = 146;

/// A case that fails, and will as long as hyper and h2 are as they are.
struct Known {
    case: &'static str,
    reason: &'static str,
}

/// Also in the guide: `docs/src/program.md`.
const KNOWN: &[Known] = &[Known {
    case: "http2/3.5/2",
    reason: "One port speaks both versions, so a wrong preface is a request of HTTP/1.1, and gets a 400.",
}];

/// One case for each of h2spec's, one for their number, and one for survival.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let program = go::h2spec(workshop)?;
    let mut app = Products::start(workshop, "h2spec")?;
    let cases = ask(&program, &app, None)?;
    let mut tally = Tally::default();
    for case in &cases {
        let name = format!("{} {}", case.id, case.name);
        tally.case(&name, judge(case, || (1..ATTEMPTS).any(|_| passes_alone(&program, &app, case))));
    }
    tally.case(&format!("{} cases", cases.len()), has_all(&cases));
    tally.case("the app survived", app.survived());
    tally.note(format!("{} known failures", KNOWN.len()));
    Ok(tally)
}

/// Runs h2spec, whole or one case, with all that only SHOULD be.
fn ask(program: &Path, app: &Products, case: Option<&str>) -> Result<Vec<Case>, String> {
    let report: PathBuf = app.folder().join(case.unwrap_or("all").replace('/', "-")).with_extension("xml");
    let mut h2spec = limited(program, LIMIT);
    h2spec.args(case).args(["--strict", "--timeout", CASE_LIMIT_S, "--path", "/api/v1/products", "--host"]);
    h2spec.args([&app.address().ip().to_string(), "--port", &app.address().port().to_string()]);
    // It ends with an error when a case fails, but then there is a report.
    let ending = run_command(h2spec.arg("--junit-report").arg(&report));
    match std::fs::read_to_string(&report) {
        Ok(text) => Ok(report::cases(&text)),
        Err(error) => Err(ending.err().unwrap_or_else(|| format!("It wrote no report: {error}"))),
    }
}

fn passes_alone(program: &Path, app: &Products, case: &Case) -> bool {
    println!("again   {}", case.id);
    let cases = ask(program, app, Some(&case.id)).unwrap_or_default();
    !cases.is_empty() && cases.iter().all(|case| case.failure.is_none())
}

fn judge(case: &Case, passes_later: impl FnOnce() -> bool) -> Result<(), String> {
    let known = KNOWN.iter().find(|known| known.case == case.id);
    match (&case.failure, known) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err("It passes now, so it must leave the list of known failures.".to_owned()),
        (Some(_), Some(known)) => {
            println!("known   {}: {}", case.id, known.reason);
            Ok(())
        }
        (Some(_), None) if passes_later() => Ok(()),
        (Some(failure), None) => Err(failure.clone()),
    }
}

fn has_all(cases: &[Case]) -> Result<(), String> {
    if cases.len() < AT_LEAST {
        return Err(format!("There should be at least {AT_LEAST}."));
    }
    match KNOWN.iter().find(|known| cases.iter().all(|case| case.id != known.case)) {
        Some(known) => Err(format!("There is no {} any more.", known.case)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, KNOWN, has_all, judge};

    fn case(id: &str, failure: Option<&str>) -> Case {
        Case { id: id.to_owned(), name: "x".to_owned(), failure: failure.map(str::to_owned) }
    }

    #[test]
    fn a_failure_must_be_known_or_go_away() {
        let known = KNOWN[0].case;
        assert_eq!(judge(&case("http2/1/1", None), || false), Ok(()));
        assert_eq!(judge(&case("http2/1/1", Some("why")), || true), Ok(()));
        assert_eq!(judge(&case("http2/1/1", Some("why")), || false), Err("why".to_owned()));
        assert_eq!(judge(&case(known, Some("why")), || false), Ok(()));
        assert!(judge(&case(known, None), || true).is_err(), "the list is out of date");
    }

    #[test]
    fn all_cases_are_wanted() {
        let mut cases: Vec<_> = (0..200).map(|index| case(&format!("http2/1/{index}"), None)).collect();
        assert!(has_all(&cases).is_err(), "what is known to fail is not there");
        cases.extend(KNOWN.iter().map(|known| case(known.case, Some("why"))));
        assert_eq!(has_all(&cases), Ok(()));
        assert!(has_all(&cases[190..]).is_err());
    }

    #[test]
    fn the_guide_lists_what_is_known_to_fail() {
        let guide = include_str!("../../../../docs/src/program.md");
        for known in KNOWN {
            assert!(guide.contains(&format!("| `{}` |", known.case)), "{}", known.case);
        }
        assert_eq!(guide.matches("| `http2/").count() + guide.matches("| `hpack/").count(), KNOWN.len());
    }
}
