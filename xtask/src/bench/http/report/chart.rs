//! Bar charts as SVG, by hand: a dozen rectangles and texts need no library.
//!
//! The colours follow the reader's light or dark mode, and the background is the page's.

use crate::bench::http::measured::Measured;
use crate::bench::http::peers::is_floor;
use crate::bench::http::workload::{Workload, loads};
use crate::bench::http::{PeerResult, Results};
use crate::bench::options::Named as _;
use crate::bench::results::median;
use crate::bench::table::number;

const WIDTH: u32 = 760;
const LABELS_WIDTH: u32 = 290;
const VALUES_WIDTH: u32 = 70;
const BAR_HEIGHT: u32 = 18;
const ROW_HEIGHT: u32 = 26;
const HEAD_HEIGHT: u32 = 48;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:15px}.unit{fill:#59636e}\
.value{font-variant-numeric:tabular-nums}.kovar{fill:#c2410c}.peer{fill:#7d8fa3}.floor{fill:#c4ccd4}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.unit{fill:#9198a1}.kovar{fill:#fb923c}.peer{fill:#6b7f95}\
.floor{fill:#3d4753}}";

#[derive(Debug)]
pub(super) struct Chart {
    name: String,
    title: String,
    unit: &'static str,
    bars: Vec<Bar>,
}

#[derive(Debug)]
struct Bar {
    label: &'static str,
    class: &'static str,
    value: f64,
}

/// One chart for each workload, and those of starting and of memory.
pub(super) fn all(results: &Results) -> Vec<Chart> {
    let mut charts: Vec<Chart> = loads(&results.workloads).map(|workload| cpu(results, workload)).collect();
    charts.push(chart(results, "start", "Start to first answer", "milliseconds, less is better", |measured| {
        median(measured.started_ms.iter().copied())
    }));
    charts.push(chart(results, "memory", "Resident memory after load", "MB, less is better", |measured| {
        median(measured.peak_kib.iter().map(|kib| kib * 1024.0 / 1e6))
    }));
    charts.push(chart(results, "idle", Workload::Idle.title(), "KiB for each, less is better", |measured| {
        median(measured.idle.iter().map(|cost| cost.kib_per_connection))
    }));
    charts.retain(|chart| !chart.bars.is_empty());
    charts
}

fn cpu(results: &Results, workload: Workload) -> Chart {
    let unit = "CPU µs for each request, less is better";
    chart(results, &format!("cpu-{}", workload.name()), workload.title(), unit, |measured| {
        Some(measured.median(workload)?.cpu_us)
    })
}

fn chart(
    results: &Results,
    name: &str,
    title: &str,
    unit: &'static str,
    value: impl Fn(&Measured) -> Option<f64>,
) -> Chart {
    let bar = |(result, measured): (&PeerResult, &Measured)| {
        Some(Bar { label: result.peer.label, class: class(result), value: value(measured)? })
    };
    let mut bars: Vec<Bar> = results.measured().filter_map(bar).collect();
    bars.sort_by(|left, right| left.value.total_cmp(&right.value));
    Chart { name: name.to_owned(), title: title.to_owned(), unit, bars }
}

fn class(result: &PeerResult) -> &'static str {
    match result.peer {
        peer if peer.is_kovar() => "kovar",
        peer if is_floor(peer) => "floor",
        _ => "peer",
    }
}

impl Chart {
    pub(super) fn file_name(&self) -> String {
        format!("{}.svg", self.name)
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn svg(&self) -> String {
        let height = HEAD_HEIGHT + ROW_HEIGHT * self.bars.len() as u32 + 8;
        let most = self.bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
        let rows: String = self.bars.iter().zip(0..).map(|(bar, row)| bar.svg(row, most)).collect();
        let (title, unit) = (escaped(&self.title), escaped(self.unit));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" aria-label=\"{title}: {unit}\">\n<style>{STYLE}</style>\n\
             <text class=\"title\" x=\"0\" y=\"16\">{title}</text>\n<text class=\"unit\" x=\"0\" y=\"34\">{unit}</text>\n\
             {rows}</svg>\n"
        )
    }
}

impl Bar {
    fn svg(&self, row: u32, most: f64) -> String {
        let room = f64::from(WIDTH - LABELS_WIDTH - VALUES_WIDTH);
        // A bar that is too short to be seen would look as if it were missing.
        let width = (self.value / most * room).max(1.0);
        let top = HEAD_HEIGHT + ROW_HEIGHT * row;
        let (baseline, label_end, value_start) = (top + 14, LABELS_WIDTH - 10, f64::from(LABELS_WIDTH) + width + 6.0);
        let (class, label, value) = (self.class, escaped(self.label), number(self.value));
        format!(
            "<text x=\"{label_end}\" y=\"{baseline}\" text-anchor=\"end\">{label}</text>\
             <rect class=\"{class}\" x=\"{LABELS_WIDTH}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR_HEIGHT}\" rx=\"2\"/>\
             <text class=\"value\" x=\"{value_start:.1}\" y=\"{baseline}\">{value}</text>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, Chart};

    fn chart() -> Chart {
        let bars = vec![
            Bar { label: "Kovar", class: "kovar", value: 5.0 },
            Bar { label: "a < \"b\" & c", class: "peer", value: 50.0 },
            Bar { label: "none", class: "floor", value: 0.0 },
        ];
        Chart { name: "cpu-json".to_owned(), title: "GET JSON".to_owned(), unit: "CPU µs", bars }
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let svg = chart().svg();
        for width in ["width=\"40.0\"", "width=\"400.0\"", "width=\"1.0\""] {
            assert!(svg.contains(width), "{width} in {svg}");
        }
    }

    #[test]
    fn nothing_in_a_label_is_markup() {
        let svg = chart().svg();
        assert!(svg.contains("a &lt; &quot;b&quot; &amp; c"), "{svg}");
        assert_eq!(svg.matches("<rect").count(), 3);
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }

    #[test]
    fn it_can_be_read_in_the_dark() {
        assert!(chart().svg().contains("prefers-color-scheme:dark"));
    }
}
