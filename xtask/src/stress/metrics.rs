//! What the admin listener says at `/metrics`, as far as the checks read it.

/// The text of Prometheus.
#[derive(Debug)]
pub(super) struct Metrics(pub(super) String);

impl Metrics {
    /// The values of one name, whatever their labels.
    pub(super) fn values(&self, name: &str) -> Vec<f64> {
        let of_name = self.0.lines().filter_map(|line| line.strip_prefix(name));
        let samples = of_name.filter(|rest| rest.starts_with(['{', ' ']));
        samples.filter_map(|rest| rest.rsplit_once(' ')?.1.parse().ok()).collect()
    }

    pub(super) fn sum(&self, name: &str) -> f64 {
        self.values(name).iter().sum()
    }

    /// Connections to the app that are open.
    pub(super) fn open_connections(&self) -> usize {
        self.sum("kovar_worker_connections_open") as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;

    #[test]
    fn values_are_of_one_name_only() {
        let text = "# TYPE a gauge\na{worker=\"0\"} 1\na{worker=\"1\"} 2.5\na_total 7\nab 9\n";
        let metrics = Metrics(text.to_owned());
        assert_eq!(metrics.values("a"), [1.0, 2.5]);
        assert_eq!(metrics.values("a_total"), [7.0]);
        assert_eq!(metrics.sum("b"), 0.0);
    }
}
