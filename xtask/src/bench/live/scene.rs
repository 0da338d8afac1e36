//! What is done with a server that has just been started, and what is measured meanwhile.

use std::time::{Duration, Instant};

use super::crowd::{Crowd, Heard, Newcomer, What};
use super::dialect::{Dialect, Role};
use super::measured::{Sample, Waits};
use super::memory::Memory;
use super::message::Message;
use super::workload::{self, Workload};
use crate::bench::processes::{Group, running_ms};

/// How many connections are opened at once: fewer than the shortest queue of connections that wait to be accepted, which is
/// that of tokio, since who does not fit in waits for a second.
const AT_ONCE: usize = 100;

/// How many come again at once: as many as may wait to be accepted by those who recover, the fewest Node's.
const AGAIN_AT_ONCE: usize = 500;

/// How many connections publish to many topics. Each waits until all have its message.
const PUBLISHERS: usize = 16;

const OPENING_LIMIT: Duration = Duration::from_secs(60);

/// How long a message may take to all who are to get it.
const DELIVERY_LIMIT: Duration = Duration::from_secs(20);

/// How long it may take until all have come again and know what they missed.
const RECOVERY_LIMIT: Duration = Duration::from_secs(120);

const LOOK: Duration = Duration::from_millis(50);

/// How a server is started, and which workloads it is then measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scene {
    /// Everybody has the same topic.
    Crowd,
    /// There are many topics.
    Topics,
    Echo,
    /// Everybody leaves and comes again.
    Recovery,
}

impl Scene {
    pub(super) const ALL: [Self; 4] = [Self::Crowd, Self::Topics, Self::Echo, Self::Recovery];

    /// In the order in which they are measured.
    pub(super) fn workloads(self) -> &'static [Workload] {
        match self {
            Self::Crowd => &[Workload::Connect, Workload::Idle, Workload::FanOut],
            Self::Topics => &[Workload::Topics, Workload::Latency],
            Self::Echo => &[Workload::Echo],
            Self::Recovery => &[Workload::Recovery],
        }
    }

    /// What tells a peer's app that it is in this scene.
    pub(super) fn app(self) -> &'static str {
        if self == Self::Recovery { "recovered" } else { "topics" }
    }
}

/// How many of everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) connections: usize,
    pub(super) topics: usize,
    pub(super) echoes: usize,
    pub(super) missed: u64,
    /// Messages a second while latencies are measured.
    pub(super) rate: u64,
}

impl Size {
    pub(super) const FULL: Self = Self {
        connections: workload::CONNECTIONS,
        topics: workload::TOPICS,
        echoes: workload::ECHOES,
        missed: workload::MISSED,
        rate: workload::RATE,
    };

    /// Enough to see whether a server does what it is measured for.
    pub(super) const SMALL: Self = Self { connections: 60, topics: 20, echoes: 5, missed: 7, rate: 500 };
}

/// How long everything takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) warm_up: Duration,
    pub(super) measured: Duration,
    /// How long a server is left alone before its memory is looked at.
    pub(super) quiet: Duration,
}

/// A server that is measured.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) address: std::net::SocketAddr,
    pub(super) server: Group,
    pub(super) dialect: Dialect,
    pub(super) size: Size,
    pub(super) times: Times,
}

/// What came of each workload.
pub(super) type Outcomes = Vec<(Workload, Result<Sample, String>)>;

impl Stage {
    /// Does all of a scene that is asked for.
    pub(super) fn play(&self, scene: Scene, asked: &[Workload]) -> Outcomes {
        let mut outcomes = Outcomes::new();
        let failure = match scene {
            Scene::Crowd => self.crowd(asked, &mut outcomes),
            Scene::Topics => self.topics(asked, &mut outcomes),
            Scene::Echo => self.echo(&mut outcomes),
            Scene::Recovery => self.recovery(&mut outcomes),
        };
        if let Err(why) = failure {
            for workload in asked {
                if !outcomes.iter().any(|(of, _)| of == workload) {
                    outcomes.push((*workload, Err(why.clone())));
                }
            }
        }
        outcomes.retain(|(workload, _)| asked.contains(workload));
        outcomes
    }

    fn crowd(&self, asked: &[Workload], outcomes: &mut Outcomes) -> Result<(), String> {
        let count = self.size.connections;
        let mut crowd = Crowd::new(self.address, self.dialect)?;
        let mut heard = Vec::new();
        // First those who publish: what a server needs once is there before it is looked at.
        crowd.admit([Newcomer::new(Role::Publisher)], 1, OPENING_LIMIT, &mut heard)?;
        std::thread::sleep(self.times.quiet);
        let before = Memory::now(self.server);
        heard.clear();
        let meter = Meter::start(self.server);
        let listener = Newcomer::new(Role::Listener { topic: 0, is_kept: false });
        crowd.admit(std::iter::repeat_n(listener, count), AT_ONCE, OPENING_LIMIT, &mut heard)?;
        let spent = meter.stop();
        let took = heard.iter().filter_map(|heard| match heard.what {
            What::Ready { took_ns } => Some(took_ns),
            What::Message(_) => None,
        });
        let waits = Waits::of(took.collect());
        outcomes.push((Workload::Connect, Ok(Sample { waits, ..spent.of_each(count as u64) })));
        std::thread::sleep(self.times.quiet);
        heard.clear();
        crowd.hear(Duration::ZERO, &mut heard)?;
        let memory = Memory::now(self.server).added_since(before, count);
        outcomes.push((Workload::Idle, Ok(Sample { memory: Some(memory), ..Sample::default() })));
        if asked.contains(&Workload::FanOut) {
            let mut published = Published::new(1, 0, count);
            published.publish_to_one(&mut crowd, self.times.warm_up)?;
            outcomes
                .push((Workload::FanOut, self.metered(|| published.publish_to_one(&mut crowd, self.times.measured))));
        }
        said_as_sent(&crowd)
    }

    fn topics(&self, asked: &[Workload], outcomes: &mut Outcomes) -> Result<(), String> {
        let Size { connections, topics, rate, .. } = self.size;
        let mut crowd = Crowd::new(self.address, self.dialect)?;
        let publishers = std::iter::repeat_n(Newcomer::new(Role::Publisher), PUBLISHERS);
        let listener = |index| Newcomer::new(Role::Listener { topic: index % topics, is_kept: false });
        let everybody = publishers.chain((0..connections).map(listener));
        crowd.admit(everybody, AT_ONCE, OPENING_LIMIT, &mut Vec::new())?;
        let mut published = Published::new(topics, 0, connections / topics);
        let Times { warm_up, measured, .. } = self.times;
        if asked.contains(&Workload::Topics) {
            published.publish_to_many(&mut crowd, warm_up)?;
            outcomes.push((Workload::Topics, self.metered(|| published.publish_to_many(&mut crowd, measured))));
        }
        if asked.contains(&Workload::Latency) {
            published.publish_at_a_rate(&mut crowd, rate, warm_up)?;
            outcomes
                .push((Workload::Latency, self.metered(|| published.publish_at_a_rate(&mut crowd, rate, measured))));
        }
        Ok(())
    }

    fn echo(&self, outcomes: &mut Outcomes) -> Result<(), String> {
        let mut crowd = Crowd::new(self.address, self.dialect)?;
        let clients = std::iter::repeat_n(Newcomer::new(Role::Echo), self.size.echoes);
        crowd.admit(clients, AT_ONCE, OPENING_LIMIT, &mut Vec::new())?;
        let mut numbers = vec![0; self.size.echoes];
        echoed(&mut crowd, &mut numbers, self.times.warm_up)?;
        outcomes.push((Workload::Echo, self.metered(|| echoed(&mut crowd, &mut numbers, self.times.measured))));
        said_as_sent(&crowd)
    }

    fn recovery(&self, outcomes: &mut Outcomes) -> Result<(), String> {
        let Size { connections, missed, .. } = self.size;
        let listener = Newcomer::new(Role::Listener { topic: 0, is_kept: true });
        let mut heard = Vec::new();
        // Who stays sees that all was published before anybody comes again.
        let mut staying = Crowd::new(self.address, self.dialect)?;
        staying.admit([Newcomer::new(Role::Publisher), listener.clone()], 1, OPENING_LIMIT, &mut heard)?;
        let before = Memory::now(self.server);
        let mut leaving = Crowd::new(self.address, self.dialect)?;
        leaving.admit(std::iter::repeat_n(listener, connections), AT_ONCE, OPENING_LIMIT, &mut heard)?;
        let mut published = Published::new(1, 0, 1);
        published.is_kept = true;
        published.once(&mut staying)?;
        hear_messages(&mut leaving, connections as u64, DELIVERY_LIMIT, Vec::new())?;
        let absent = leaving.absent()?;
        drop(leaving);
        std::thread::sleep(self.times.quiet);
        for _ in 0..missed {
            published.once(&mut staying)?;
        }
        std::thread::sleep(self.times.quiet);
        let mut crowd = Crowd::new(self.address, self.dialect)?;
        let recovered = self.metered(|| {
            let (started, mut heard) = (Instant::now(), Vec::new());
            crowd.admit(absent, AGAIN_AT_ONCE, RECOVERY_LIMIT, &mut heard)?;
            let all = connections as u64 * missed;
            hear_messages(&mut crowd, all, RECOVERY_LIMIT, heard)?;
            let took_ms = started.elapsed().as_secs_f64() * 1000.0;
            Ok(Tally { count: all, waits: Vec::new(), lasts_ms: vec![took_ms] })
        });
        std::thread::sleep(self.times.quiet);
        let memory = Some(Memory::now(self.server).added_since(before, connections));
        outcomes.push((Workload::Recovery, recovered.map(|sample| Sample { memory, ..sample })));
        Ok(())
    }

    fn metered(&self, run: impl FnOnce() -> Result<Tally, String>) -> Result<Sample, String> {
        let meter = Meter::start(self.server);
        let tally = run()?;
        let spent = meter.stop();
        let last_ms = crate::bench::results::median(tally.lasts_ms);
        Ok(Sample { waits: Waits::of(tally.waits), last_ms, ..spent.of_each(tally.count) })
    }
}

/// What came of a run.
#[derive(Debug, Default)]
struct Tally {
    count: u64,
    /// Of each, in nanoseconds.
    waits: Vec<u64>,
    /// Until all had it, of each message.
    lasts_ms: Vec<f64>,
}

impl Tally {
    fn add(&mut self, message: Message, at_ns: u64) {
        self.count += 1;
        self.waits.push(at_ns.saturating_sub(message.sent_ns));
    }
}

/// What was published to each topic.
#[derive(Debug)]
struct Published {
    /// The number of the last message of each topic.
    numbers: Vec<u64>,
    /// The first of the clients who publish.
    first_publisher: usize,
    /// How many get each message.
    subscribers: usize,
    is_kept: bool,
}

impl Published {
    fn new(topics: usize, first_publisher: usize, subscribers: usize) -> Self {
        Self { numbers: vec![0; topics], first_publisher, subscribers, is_kept: false }
    }

    /// Publishes to a topic; always by the same client, so that its messages keep their order.
    fn publish(&mut self, crowd: &mut Crowd, topic: usize, sent_ns: u64) -> Result<(), String> {
        self.numbers[topic] += 1;
        let message = Message { number: self.numbers[topic], sent_ns };
        let bytes = crowd.dialect().publish(topic, self.is_kept, message);
        crowd.send(self.first_publisher + topic % PUBLISHERS, &bytes)
    }

    /// Publishes one message to the first topic, and waits until all have it.
    fn once(&mut self, crowd: &mut Crowd) -> Result<Tally, String> {
        self.publish(crowd, 0, crowd.now_ns())?;
        hear_messages(crowd, self.subscribers as u64, DELIVERY_LIMIT, Vec::new())
    }

    /// Publishes to the first topic, one message after the other.
    fn publish_to_one(&mut self, crowd: &mut Crowd, long: Duration) -> Result<Tally, String> {
        let (mut all, started) = (Tally::default(), Instant::now());
        while started.elapsed() < long {
            let began = Instant::now();
            let tally = self.once(crowd)?;
            all.lasts_ms.push(began.elapsed().as_secs_f64() * 1000.0);
            all.count += tally.count;
            all.waits.extend(tally.waits);
        }
        Ok(all)
    }

    /// Publishes to all topics in turn, one message of each client at a time.
    fn publish_to_many(&mut self, crowd: &mut Crowd, long: Duration) -> Result<Tally, String> {
        let topics = self.numbers.len();
        let (mut tally, mut heard) = (Tally::default(), Vec::new());
        // Of each topic, how many have its message yet to get.
        let mut left = vec![0; topics];
        let mut under_way = 0;
        for (topic, left) in left.iter_mut().enumerate().take(PUBLISHERS) {
            self.publish(crowd, topic, crowd.now_ns())?;
            *left = self.subscribers;
            under_way += 1;
        }
        let started = Instant::now();
        let mut last = Instant::now();
        while under_way > 0 {
            heard.clear();
            crowd.hear(LOOK, &mut heard)?;
            for Heard { client, what, at_ns } in heard.drain(..) {
                let What::Message(message) = what else { continue };
                tally.add(message, at_ns);
                let topic = (client - PUBLISHERS) % topics;
                left[topic] -= 1;
                if left[topic] > 0 {
                    continue;
                }
                under_way -= 1;
                last = Instant::now();
                if started.elapsed() < long {
                    let next = topic + PUBLISHERS;
                    let next = if next < topics { next } else { topic % PUBLISHERS };
                    self.publish(crowd, next, crowd.now_ns())?;
                    left[next] = self.subscribers;
                    under_way += 1;
                }
            }
            if last.elapsed() > DELIVERY_LIMIT {
                return Err(format!("{under_way} messages have not come to all within {DELIVERY_LIMIT:?}"));
            }
        }
        Ok(tally)
    }

    /// Publishes so many messages a second to all topics in turn, whatever has come of those before. A wait begins when
    /// the message was due.
    fn publish_at_a_rate(&mut self, crowd: &mut Crowd, rate: u64, long: Duration) -> Result<Tally, String> {
        let (mut tally, mut heard) = (Tally::default(), Vec::new());
        let (began_ns, gap_ns) = (crowd.now_ns(), 1_000_000_000 / rate);
        let all = (long.as_secs_f64() * rate as f64) as u64;
        let expected = all * self.subscribers as u64;
        let (mut sent, limit) = (0, long + DELIVERY_LIMIT);
        let started = Instant::now();
        while tally.count < expected {
            let now = crowd.now_ns();
            while sent < all && began_ns + sent * gap_ns <= now {
                self.publish(crowd, sent as usize % self.numbers.len(), began_ns + sent * gap_ns)?;
                sent += 1;
            }
            heard.clear();
            // Never asleep while the next is about to be due: to be woken takes longer than some servers do.
            let wait = if sent < all { Duration::ZERO } else { LOOK };
            crowd.hear(wait, &mut heard)?;
            for Heard { what, at_ns, .. } in heard.drain(..) {
                if let What::Message(message) = what {
                    tally.add(message, at_ns);
                }
            }
            if started.elapsed() > limit {
                return Err(format!("{} of {expected} deliveries have not come", expected - tally.count));
            }
        }
        Ok(tally)
    }
}

/// Hears so many messages, those included that were heard before.
fn hear_messages(crowd: &mut Crowd, count: u64, limit: Duration, mut heard: Vec<Heard>) -> Result<Tally, String> {
    let (mut tally, started) = (Tally::default(), Instant::now());
    loop {
        for Heard { what, at_ns, .. } in heard.drain(..) {
            if let What::Message(message) = what {
                tally.add(message, at_ns);
            }
        }
        if tally.count >= count {
            return Ok(tally);
        }
        if started.elapsed() > limit {
            return Err(format!("{} of {count} deliveries have not come within {limit:?}", count - tally.count));
        }
        crowd.hear(LOOK, &mut heard)?;
    }
}

/// Each client says something, waits for it to come back, and says the next.
fn echoed(crowd: &mut Crowd, numbers: &mut [u64], long: Duration) -> Result<Tally, String> {
    let (mut tally, mut heard, mut under_way) = (Tally::default(), Vec::new(), 0);
    let say = |crowd: &mut Crowd, numbers: &mut [u64], client: usize| {
        numbers[client] += 1;
        let bytes = crowd.dialect().echo(Message { number: numbers[client], sent_ns: crowd.now_ns() });
        crowd.send(client, &bytes)
    };
    for client in 0..numbers.len() {
        say(crowd, numbers, client)?;
        under_way += 1;
    }
    let (started, limit) = (Instant::now(), long + DELIVERY_LIMIT);
    while under_way > 0 {
        heard.clear();
        crowd.hear(LOOK, &mut heard)?;
        for Heard { client, what, at_ns } in heard.drain(..) {
            let What::Message(message) = what else { continue };
            tally.add(message, at_ns);
            under_way -= 1;
            if started.elapsed() < long {
                say(crowd, numbers, client)?;
                under_way += 1;
            }
        }
        if started.elapsed() > limit {
            return Err(format!("{under_way} echoes have not come"));
        }
    }
    Ok(tally)
}

/// Whether the first client has got what was sent, and not only its number.
fn said_as_sent(crowd: &Crowd) -> Result<(), String> {
    let message = crowd.first_message();
    let is_right = message.is_empty() || Message::WORDS.iter().all(|word| message.contains(word));
    if is_right { Ok(()) } else { Err(format!("what came was not what was sent, but {message}")) }
}

/// The CPU time of the server and of the load.
#[derive(Debug)]
struct Meter {
    server: Group,
    server_ms: f64,
    load_ms: f64,
    started: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    server_ms: f64,
    load_ms: f64,
    took: Duration,
}

impl Meter {
    fn start(server: Group) -> Self {
        let (server_ms, load_ms) = (server.running_cpu_ms(), running_ms(std::process::id()));
        Self { server, server_ms, load_ms, started: Instant::now() }
    }

    fn stop(self) -> Spent {
        let took = self.started.elapsed();
        let (server_ms, load_ms) = (self.server.running_cpu_ms(), running_ms(std::process::id()));
        Spent { server_ms: server_ms - self.server_ms, load_ms: load_ms - self.load_ms, took }
    }
}

impl Spent {
    fn of_each(self, count: u64) -> Sample {
        let Self { server_ms, load_ms, took } = self;
        let took_ms = took.as_secs_f64() * 1000.0;
        Sample {
            per_second: Some(count as f64 / took.as_secs_f64()),
            cpu_us: Some(server_ms * 1000.0 / count as f64),
            busy: Some((server_ms / took_ms, load_ms / took_ms)),
            ..Sample::default()
        }
    }
}
