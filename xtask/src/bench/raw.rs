//! The raw numbers as JSON, every round of them.

use serde_json::{Map, Value, json};

use super::options::Named;
use super::results::{PeerResult, Results};

/// The document; `numbers` makes the value of what was measured of a peer.
pub(super) fn json<W: Named, M>(results: &Results<W, M>, numbers: impl Fn(&M) -> Value) -> String {
    let machine = &results.machine;
    let document = json!({
        "date": machine.date,
        "command": results.command_line,
        "commit": machine.commit,
        "machine": { "processor": machine.processor, "cores": machine.cores, "kernel": machine.kernel },
        "tools": pairs(&machine.tools),
        "seconds": results.seconds,
        "warm_up_seconds": results.warm_up_seconds,
        "rounds": results.rounds,
        "peers": results.peers.iter().map(|result| peer(result, &numbers)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn peer<M>(result: &PeerResult<M>, numbers: impl Fn(&M) -> Value) -> Value {
    let mut value = json!({
        "name": result.peer.name,
        "label": result.peer.label,
        "command": result.peer.command,
        "environment": result.peer.environment.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(),
        "versions": pairs(&result.versions),
    });
    match &result.outcome {
        Ok(measured) => value["measured"] = numbers(measured),
        Err(why) => value["skipped"] = Value::from(why.as_str()),
    }
    value
}

/// Each failure with its workload.
pub(super) fn failures<W: Named>(failures: &[(W, String)]) -> Value {
    failures.iter().map(|(workload, why)| json!({ "workload": workload.name(), "why": why })).collect()
}

/// Microseconds, to the nanosecond.
pub(super) fn microseconds(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}
