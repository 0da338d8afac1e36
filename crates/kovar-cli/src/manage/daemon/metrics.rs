//! What an app measures itself: requests and their times, from `/metrics` of its admin listener.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How often an app is asked.
pub(super) const ASK_EVERY: Duration = Duration::from_secs(5);

/// So many answers are compared, the newest with the oldest: half a minute.
const WINDOW: usize = 7;

/// A longer answer is cut, and then it is not understood.
const ANSWER_LIMIT: u64 = 8 << 20;

const ANSWER_TIME_LIMIT: Duration = Duration::from_secs(2);

/// The histogram of all requests, in seconds: OpenTelemetry's name for it.
const DURATIONS: &str = "http_server_request_duration_seconds";

/// What `ls` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) requests_per_second: Option<f64>,
    pub(super) p95_ms: Option<f64>,
}

/// Compares what an app answers now with what it answered before.
#[derive(Debug, Default)]
pub(super) struct Scraper {
    answers: VecDeque<(Instant, Durations)>,
}

/// How many requests took at most so many seconds. The last bound is infinite, so its count is that
/// of all requests.
#[derive(Clone, Debug, Default, PartialEq)]
struct Durations(Vec<(f64, f64)>);

impl Scraper {
    /// Asks the app.
    pub(super) async fn ask(&mut self, admin: SocketAddr) -> Rates {
        let answer = tokio::time::timeout(ANSWER_TIME_LIMIT, fetch(admin)).await;
        match answer.ok().and_then(Result::ok).and_then(|text| Durations::read(&text)) {
            Some(durations) => self.compare(Instant::now(), durations),
            None => Rates::default(),
        }
    }

    fn compare(&mut self, now: Instant, durations: Durations) -> Rates {
        // A new process counts from zero, and was started since the last answer.
        if let Some((then, _)) = self.answers.back().filter(|(_, last)| last.count() > durations.count()) {
            self.answers = VecDeque::from([(*then, Durations::default())]);
        }
        self.answers.push_back((now, durations));
        if self.answers.len() > WINDOW {
            self.answers.pop_front();
        }
        match (self.answers.front(), self.answers.back()) {
            (Some((then, old)), Some((now, new))) if then < now => {
                let durations = new.since(old);
                let seconds = (*now - *then).as_secs_f64();
                let p95_ms = durations.quantile(0.95).map(|seconds| seconds * 1_000.0);
                Rates { requests_per_second: Some(durations.count() / seconds), p95_ms }
            }
            _ => Rates::default(),
        }
    }
}

impl Durations {
    /// The buckets of the histogram, summed over its labels.
    fn read(text: &str) -> Option<Self> {
        let mut buckets: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
        for line in text.lines() {
            let Some((bound, count)) = bucket(line) else { continue };
            // Bits of positive numbers are ordered as the numbers are.
            buckets.entry(bound.to_bits()).or_insert((bound, 0.0)).1 += count;
        }
        let buckets: Vec<_> = buckets.into_values().collect();
        buckets.last().is_some_and(|(bound, _)| bound.is_infinite()).then_some(Self(buckets))
    }

    fn count(&self) -> f64 {
        self.0.last().map_or(0.0, |(_, count)| *count)
    }

    fn since(&self, old: &Self) -> Self {
        let before = |bound: f64| old.0.iter().find(|(other, _)| *other == bound).map_or(0.0, |(_, count)| *count);
        Self(self.0.iter().map(|(bound, count)| (*bound, count - before(*bound))).collect())
    }

    /// Interpolated in the bucket, as Prometheus' `histogram_quantile` does it.
    fn quantile(&self, quantile: f64) -> Option<f64> {
        let rank = quantile * self.count();
        if rank <= 0.0 {
            return None;
        }
        let (mut low, mut below) = (0.0, 0.0);
        for &(bound, count) in &self.0 {
            if count >= rank {
                let share = (rank - below) / (count - below);
                return Some(if bound.is_infinite() { low } else { low + (bound - low) * share });
            }
            (low, below) = (bound, count);
        }
        None
    }
}

/// A line such as `NAME_bucket{route="/",le="0.1"} 24`.
fn bucket(line: &str) -> Option<(f64, f64)> {
    let (labels, count) = line.strip_prefix(DURATIONS)?.strip_prefix("_bucket{")?.rsplit_once('}')?;
    let (_, bound) = labels.rsplit_once("le=\"")?;
    let bound = bound.split('"').next()?.parse().ok()?;
    Some((bound, count.split_whitespace().next()?.parse().ok()?))
}

async fn fetch(admin: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(admin).await?;
    // HTTP/1.0: the end of the connection is the end of the answer.
    let request = format!("GET /metrics HTTP/1.0\r\nHost: {admin}\r\nAccept: text/plain\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_LIMIT).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn durations(fast: u32, slow: u32) -> Durations {
        let all = fast + slow;
        let text = format!(
            "# TYPE {DURATIONS} histogram\n\
             {DURATIONS}_bucket{{route=\"/a\",le=\"0.01\"}} {fast}\n\
             {DURATIONS}_bucket{{route=\"/b\",le=\"0.01\"}} 0\n\
             {DURATIONS}_bucket{{route=\"/a\",le=\"0.1\"}} {all}\n\
             {DURATIONS}_bucket{{route=\"/a\",le=\"+Inf\"}} {all}\n\
             {DURATIONS}_count{{route=\"/a\"}} {all}\n"
        );
        Durations::read(&text).unwrap()
    }

    #[test]
    fn two_answers_make_a_rate() {
        let (mut scraper, start) = (Scraper::default(), Instant::now());
        assert_eq!(scraper.compare(start, durations(1_000, 0)), Rates::default());
        let rates = scraper.compare(start + Duration::from_secs(10), durations(1_090, 10));
        assert_eq!(rates.requests_per_second, Some(10.0));
        let p95 = rates.p95_ms.unwrap();
        assert!((54.9..55.1).contains(&p95), "{p95}");
    }

    #[test]
    fn a_new_process_counts_from_zero_and_no_requests_have_no_p95() {
        let (mut scraper, start) = (Scraper::default(), Instant::now());
        scraper.compare(start, durations(1_000, 0));
        let rates = scraper.compare(start + Duration::from_secs(5), durations(30, 0));
        assert_eq!((rates.requests_per_second, rates.p95_ms.is_some()), (Some(6.0), true));
        let mut idle = Scraper::default();
        idle.compare(start, durations(3, 0));
        let rates = idle.compare(start + Duration::from_secs(5), durations(3, 0));
        assert_eq!(rates, Rates { requests_per_second: Some(0.0), p95_ms: None });
    }

    #[test]
    fn other_text_is_no_histogram() {
        for text in ["", "HTTP/1.0 404 Not Found\r\n\r\n", "http_server_request_duration_seconds_bucket{le=\"1\"} 4"] {
            assert_eq!(Durations::read(text), None, "{text}");
        }
    }
}
