//! The raw numbers as JSON.

use serde_json::{Map, Value, json};

use crate::bench::http::Results;
use crate::bench::http::measured::{Measured, Sample};
use crate::bench::http::workload::loads;
use crate::bench::options::Named as _;
use crate::bench::raw;

pub(super) fn json(results: &Results) -> String {
    raw::json(results, |measured| numbers(results, measured))
}

fn numbers(results: &Results, measured: &Measured) -> Value {
    let loads = loads(&results.workloads).map(|workload| {
        let rounds: Vec<Value> = measured.loads.of(workload).iter().map(sample).collect();
        (workload.name().to_owned(), Value::from(rounds))
    });
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
        "failures": raw::failures(measured.loads.failures()),
    })
}

fn sample(sample: &Sample) -> Value {
    json!({
        "requests_per_second": sample.requests_per_second.round(),
        "cpu_us": raw::microseconds(sample.cpu_us),
        "p50_us": sample.p50_us,
        "p99_us": sample.p99_us,
        "p999_us": sample.p999_us,
        "rss_kib": sample.rss_kib,
    })
}
