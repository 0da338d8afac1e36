//! Schemathesis against the running products app: requests generated from the document, good and bad, and every
//! answer checked against what the document promises.
//!
//! The number of examples is fixed and the seed, too, so that two runs send the same. A time budget (`--max-time`) was
//! tried and refused: it makes the run as long as the budget and the number of requests depend on the machine.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::command;
use crate::products::Products;
use crate::tally::Tally;
use crate::workshop::Workshop;

const SEED: &str = "20261120";

/// Past this the run is stuck, not slow.
const LIMIT: Duration = Duration::from_secs(420);

/// One run of schemathesis.
struct Campaign {
    /// Whose requests: also the name of the step's temporary folder.
    name: &'static str,
    role: Option<&'static str>,
    /// Examples for each operation and phase.
    examples: u32,
    /// With fewer requests than this the run has not tested what it should.
    at_least: u64,
}

const CAMPAIGNS: [Campaign; 2] = [
    Campaign { name: "schemathesis-admin", role: Some("admin"), examples: 2_000, at_least: 5_000 },
    Campaign { name: "schemathesis-anonymous", role: None, examples: 400, at_least: 1_000 },
];

/// Runs the campaigns beside each other, each on an app of its own: schemathesis itself uses one core.
pub(crate) fn run(workshop: &Workshop) -> Result<Tally, String> {
    let mut apps = Vec::new();
    for campaign in &CAMPAIGNS {
        let app = Products::start(workshop, campaign.name)?;
        let command = campaign_command(workshop, campaign, &app)?;
        apps.push((campaign, app, command));
    }
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            apps.iter_mut().map(|(campaign, app, command)| scope.spawn(|| attend(campaign, app, command))).collect();
        runs.into_iter().map(|run| run.join().unwrap_or_else(|_| Tally::new(0, 1))).collect()
    });
    Ok(tallies.into_iter().fold(Tally::default(), |mut sum, tally| {
        sum += tally;
        sum
    }))
}

fn campaign_command(workshop: &Workshop, campaign: &Campaign, app: &Products) -> Result<Command, String> {
    let mut schemathesis = workshop.python()?.program("schemathesis", LIMIT);
    schemathesis.arg("--config-file").arg(workshop.root().join("xtask/python/schemathesis.toml"));
    schemathesis.args(["--no-color", "run", &format!("{}/openapi.json", app.url())]);
    schemathesis.args(["--checks", "all", "--seed", SEED, "--generation-database", "none"]);
    schemathesis.args(["--max-examples", &campaign.examples.to_string(), "--request-timeout", "10"]);
    schemathesis.args(["--report", "json", "--report-json-path"]).arg(report(app.folder()));
    if let Some(role) = campaign.role {
        schemathesis.args(["--header", &format!("Authorization: Bearer {}", app.token(role)?)]);
    }
    // It keeps what failed in `.schemathesis` of the current folder.
    schemathesis.current_dir(app.folder());
    Ok(schemathesis)
}

fn report(folder: &Path) -> std::path::PathBuf {
    folder.join("report.json")
}

fn attend(campaign: &Campaign, app: &mut Products, command: &mut Command) -> Tally {
    let ending = command::run(command);
    let text = std::fs::read_to_string(report(app.folder())).unwrap_or_default();
    let mut tally = match serde_json::from_str::<Value>(&text) {
        Ok(report) => judge(campaign, &report, ending.as_ref().err()),
        Err(_) => {
            let mut tally = Tally::default();
            tally.fail(campaign.name, ending.as_ref().err().map_or("It wrote no report.", String::as_str));
            tally
        }
    };
    tally.case(&format!("{}: the app survived", campaign.name), app.survived());
    tally
}

/// Counts each phase as one case, and one more for having sent enough.
fn judge(campaign: &Campaign, report: &Value, failure: Option<&String>) -> Tally {
    let mut tally = Tally::default();
    let phases = report["phases"].as_object();
    for (phase, outcome) in phases.into_iter().flatten() {
        let status = outcome["status"].as_str().unwrap_or("absent");
        let ending = if status == "success" { Ok(()) } else { Err(format!("The phase ended with: {status}.")) };
        tally.case(&format!("{}: {phase}", campaign.name), ending);
    }
    if let Some(failure) = failure {
        tally.case(&format!("{}: exit code", campaign.name), Err(failure.clone()));
    }
    let sent = report["test_cases"]["generated"].as_u64().unwrap_or(0);
    let enough =
        if sent >= campaign.at_least { Ok(()) } else { Err(format!("Only {sent} of {} requests.", campaign.at_least)) };
    tally.case(&format!("{}: {sent} requests", campaign.name), enough);
    tally.note(format!("{}: {sent} requests", campaign.name));
    tally
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CAMPAIGNS, judge};

    fn check(statuses: [&str; 2], sent: u64, passed: u64, failed: u64) {
        let report = json!({
            "phases": {"fuzzing": {"status": statuses[0]}, "stateful": {"status": statuses[1]}},
            "test_cases": {"generated": sent},
        });
        let tally = judge(&CAMPAIGNS[0], &report, None);
        assert_eq!((tally.passed(), tally.failed()), (passed, failed));
    }

    #[test]
    fn each_phase_and_the_number_of_requests_count() {
        check(["success", "success"], 9_000, 3, 0);
        check(["success", "failure"], 9_000, 2, 1);
        check(["success", "skip"], 10, 1, 2);
    }

    #[test]
    fn an_empty_report_is_a_failure() {
        assert_eq!(judge(&CAMPAIGNS[0], &json!({}), None).failed(), 1);
    }
}
