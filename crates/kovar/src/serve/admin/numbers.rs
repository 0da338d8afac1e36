//! The numbers of the server and its process.

use kovar_http::metrics::{Kind, Text};

use super::Inner;
use super::process::Process;

/// Writes the numbers of the workers and of the process.
pub(super) fn write(admin: &Inner, text: &mut Text) {
    text.family("kovar_app_info", Kind::Gauge, "The app that runs.")
        .sample(&[("title", &admin.title), ("version", &admin.version)], 1);
    write_workers(admin, text);
    write_process(&Process::now(), text);
}

fn write_workers(admin: &Inner, text: &mut Text) {
    let names: Vec<String> = (0..admin.workers.len()).map(|index| index.to_string()).collect();
    let mut family = |name, kind, help, value: fn(&kovar_serve::WorkerStats) -> f64| {
        let mut family = text.family(name, kind, help);
        for (name, worker) in names.iter().zip(&*admin.workers) {
            family.sample(&[("worker", name)], value(worker));
        }
    };
    family("kovar_worker_requests_total", Kind::Counter, "Requests that were begun.", |worker| {
        worker.requests() as f64
    });
    family("kovar_worker_requests_in_flight", Kind::Gauge, "Requests that are being answered.", |worker| {
        worker.in_flight() as f64
    });
    family("kovar_worker_connections_total", Kind::Counter, "Connections that were taken.", |worker| {
        worker.accepted() as f64
    });
    family("kovar_worker_connections_open", Kind::Gauge, "Connections that are open.", |worker| worker.open() as f64);
    family(
        "kovar_worker_connections_handed_over_total",
        Kind::Counter,
        "Connections that were given to a worker with fewer.",
        |worker| worker.handed_over() as f64,
    );
    family("kovar_worker_lag_seconds", Kind::Gauge, "How late the worker's last tick came.", |worker| {
        worker.lag().as_secs_f64()
    });
    family("kovar_worker_silent_seconds", Kind::Gauge, "How long ago the worker's last tick was.", |worker| {
        worker.silent_for().as_secs_f64()
    });
}

/// Named as Prometheus's own clients name them.
fn write_process(process: &Process, text: &mut Text) {
    let mut number = |name, kind, help, value: Option<f64>| {
        if let Some(value) = value {
            text.family(name, kind, help).sample(&[], value);
        }
    };
    number("process_cpu_seconds_total", Kind::Counter, "CPU time of the process.", process.cpu_seconds);
    number("process_resident_memory_bytes", Kind::Gauge, "Resident memory.", process.resident_bytes);
    number("process_open_fds", Kind::Gauge, "Open file descriptors.", process.open_files);
    number("process_max_fds", Kind::Gauge, "Most open file descriptors.", process.most_files);
    number("process_threads", Kind::Gauge, "Threads.", process.threads);
    number("process_start_time_seconds", Kind::Gauge, "When the process started, since 1970.", process.started);
}
