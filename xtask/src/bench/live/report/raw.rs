//! The raw numbers as JSON.

use serde_json::{Map, Value, json};

use crate::bench::live::Results;
use crate::bench::live::measured::{Measured, Sample};
use crate::bench::options::Named as _;
use crate::bench::raw;

pub(super) fn json(results: &Results) -> String {
    raw::json(results, |measured| numbers(results, measured))
}

fn numbers(results: &Results, measured: &Measured) -> Value {
    let samples = results.workloads.iter().map(|workload| {
        let rounds: Vec<Value> = measured.samples.of(*workload).iter().map(sample).collect();
        (workload.name().to_owned(), Value::from(rounds))
    });
    json!({ "samples": samples.collect::<Map<_, _>>(), "failures": raw::failures(measured.samples.failures()) })
}

/// What was not measured is left out.
fn sample(sample: &Sample) -> Value {
    let mut numbers = Map::new();
    let mut add = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            numbers.insert(name.to_owned(), Value::from(raw::microseconds(value)));
        }
    };
    add("per_second", sample.per_second);
    add("cpu_us", sample.cpu_us);
    add("p50_us", sample.waits.map(|waits| waits.p50_us));
    add("p99_us", sample.waits.map(|waits| waits.p99_us));
    add("p999_us", sample.waits.map(|waits| waits.p999_us));
    add("last_ms", sample.last_ms);
    add("rss_bytes", sample.memory.map(|memory| memory.rss));
    add("anonymous_bytes", sample.memory.map(|memory| memory.anonymous));
    add("kernel_bytes", sample.memory.map(|memory| memory.kernel));
    add("server_busy", sample.busy.map(|busy| busy.0));
    add("load_busy", sample.busy.map(|busy| busy.1));
    numbers.into()
}
