//! The raw numbers as JSON, every round of them.

use serde_json::{Map, Value, json};

use crate::bench::results::{Measured, PeerResult, Results, Sample};

pub(crate) fn json(results: &Results) -> String {
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
        "peers": results.peers.iter().map(|result| peer(results, result)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn peer(results: &Results, result: &PeerResult) -> Value {
    let mut value = json!({
        "name": result.peer.name,
        "label": result.peer.label,
        "command": result.peer.command,
        "environment": result.peer.environment.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(),
        "versions": pairs(&result.versions),
    });
    match &result.outcome {
        Ok(measured) => value["measured"] = numbers(results, measured),
        Err(why) => value["skipped"] = Value::from(why.as_str()),
    }
    value
}

fn numbers(results: &Results, measured: &Measured) -> Value {
    let loads = results.loads().map(|workload| {
        let rounds: Vec<Value> = measured.samples(workload).iter().map(sample).collect();
        (workload.name().to_owned(), Value::from(rounds))
    });
    let failures = measured.failures().iter().map(|(workload, why)| json!({ "workload": workload.name(), "why": why }));
    json!({
        "shipped_bytes": measured.size.bytes,
        "start_to_first_answer_ms": measured.started_ms,
        "start_with_1000_operations_ms": measured.started_with_operations_ms,
        "rss_idle_kib": measured.idle_kib,
        "rss_peak_kib": measured.peak_kib,
        "loads": loads.collect::<Map<_, _>>(),
        "idle_connections": measured.idle.iter().map(|cost| json!({
            "kib_per_connection": cost.kib_per_connection,
            "cpu_ms_per_second": cost.cpu_ms_per_second,
        })).collect::<Vec<_>>(),
        "failures": failures.collect::<Vec<_>>(),
    })
}

fn sample(sample: &Sample) -> Value {
    json!({
        "requests_per_second": sample.requests_per_second.round(),
        "cpu_us": (sample.cpu_us * 1000.0).round() / 1000.0,
        "p50_us": sample.p50_us,
        "p99_us": sample.p99_us,
        "p999_us": sample.p999_us,
        "rss_kib": sample.rss_kib,
    })
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}
