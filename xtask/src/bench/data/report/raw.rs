//! The raw numbers as JSON.

use serde_json::{Map, Value, json};

use crate::bench::data::Results;
use crate::bench::data::measured::{Measured, Sample};
use crate::bench::options::Named as _;
use crate::bench::raw;

pub(super) fn json(results: &Results) -> String {
    raw::json(results, |measured| numbers(results, measured))
}

fn numbers(results: &Results, measured: &Measured) -> Value {
    let loads = results.workloads.iter().map(|workload| {
        let rounds: Vec<Value> = measured.loads.of(*workload).iter().map(sample).collect();
        (workload.name().to_owned(), Value::from(rounds))
    });
    json!({ "loads": loads.collect::<Map<_, _>>(), "failures": raw::failures(measured.loads.failures()) })
}

fn sample(sample: &Sample) -> Value {
    json!({
        "requests_per_second": sample.requests_per_second.round(),
        "app_cpu_us": raw::microseconds(sample.app_cpu_us),
        "database_cpu_us": sample.database_cpu_us.map(raw::microseconds),
        "p50_us": sample.p50_us,
        "p99_us": sample.p99_us,
        "quiet_p99_us": sample.quiet_p99_us,
        "times_quiet": sample.times_quiet,
    })
}
