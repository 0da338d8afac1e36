//! What is asked of each peer.

use crate::bench::options::Named;
use crate::bench::server::{Log, Start};

/// What is switched on by `BENCH_APP` beyond the standard app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Standard,
    Operations,
    Compression,
}

impl Variant {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Operations => "operations",
            Self::Compression => "compression",
        }
    }

    pub(super) fn start(self, log: Log) -> Start {
        Start { app: self.name(), environment: Vec::new(), first_path: "/plaintext", log }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    Plaintext,
    Json,
    Product,
    Order,
    Operations,
    Compressed,
    Idle,
}

impl Workload {
    pub(super) const ALL: &[Self] =
        &[Self::Plaintext, Self::Json, Self::Product, Self::Order, Self::Operations, Self::Compressed, Self::Idle];

    /// A few words, for the head of a column.
    pub(super) fn short(self) -> &'static str {
        match self {
            Self::Plaintext => "text",
            Self::Json => "JSON",
            Self::Product => "product",
            Self::Order => "32 KB order",
            Self::Operations => "1,000 routes",
            Self::Compressed => "gzip",
            Self::Idle => "idle",
        }
    }

    /// Whether requests are sent as fast as they are answered.
    pub(super) fn is_load(self) -> bool {
        self != Self::Idle
    }

    /// The floor finds no operation and compresses nothing.
    pub(super) fn fits_floor(self) -> bool {
        !matches!(self, Self::Operations | Self::Compressed)
    }

    fn variant(self) -> Variant {
        match self {
            Self::Operations => Variant::Operations,
            Self::Compressed => Variant::Compression,
            _ => Variant::Standard,
        }
    }
}

impl Named for Workload {
    fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::Json => "json",
            Self::Product => "product",
            Self::Order => "order",
            Self::Operations => "operations",
            Self::Compressed => "compressed",
            Self::Idle => "idle",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Plaintext => "GET plain text",
            Self::Json => "GET JSON",
            Self::Product => "POST a product, typed and validated",
            Self::Order => "POST an order, 32 KB, nested and validated",
            Self::Operations => "GET one of 1,000 operations",
            Self::Compressed => "GET 22 KB of JSON as gzip",
            Self::Idle => "10,000 idle keep-alive connections",
        }
    }
}

/// The workloads that put load on a server.
pub(super) fn loads(workloads: &[Workload]) -> impl Iterator<Item = Workload> + '_ {
    workloads.iter().copied().filter(|workload| workload.is_load())
}

/// What is measured between one start of a server and its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) variant: Variant,
    pub(super) workloads: Vec<Workload>,
}

/// The starts that the workloads need. Idle connections get a start of their own, since memory that load has left
/// behind would hide what they need.
pub(super) fn stages(workloads: &[Workload]) -> Vec<Stage> {
    let of = |variant, is_load| {
        let fits = |workload: &&Workload| workload.variant() == variant && workload.is_load() == is_load;
        Stage { variant, workloads: workloads.iter().filter(fits).copied().collect() }
    };
    let all = [
        of(Variant::Standard, true),
        of(Variant::Operations, true),
        of(Variant::Compression, true),
        of(Variant::Standard, false),
    ];
    all.into_iter().filter(|stage| !stage.workloads.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Variant, Workload, stages};

    #[test]
    fn every_workload_is_in_one_stage() {
        let stages = stages(Workload::ALL);
        assert_eq!(stages.iter().map(|stage| stage.workloads.len()).collect::<Vec<_>>(), [4, 1, 1, 1]);
    }

    #[test]
    fn a_variant_that_nothing_needs_is_not_started() {
        let stages = stages(&[Workload::Compressed]);
        assert_eq!(stages.iter().map(|stage| stage.variant).collect::<Vec<_>>(), [Variant::Compression]);
    }
}
