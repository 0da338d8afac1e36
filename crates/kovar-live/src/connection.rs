//! What goes out on a connection.
//!
//! A frame is sent by whoever has it, at once, if nothing waits before it. So a message to ten thousand connections is ten
//! thousand calls of the system and wakes nobody. What there is no room for waits in a queue that is bounded in bytes, and
//! the connection's own task is woken to send it; what happens past the bound is the channel's [`SlowPolicy`].

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::task::AtomicWaker;
use tokio::io::ReadBuf;

use crate::hub::Hub;
use crate::inbox::Inbox;
use crate::line::Line;
use crate::metrics::Counts;
use crate::protocol::{Bye, Encoding, FromServer, frame};
use crate::ws::{CloseCode, Opcode, encode};

/// How many frames are sent in one call.
const TOGETHER: usize = 64;

/// What happens to a connection that reads more slowly than it is sent to, once its queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowPolicy {
    /// It is closed ([`CloseCode::SLOW`]). Its client comes again and recovers what it missed, if the topic has a history.
    #[default]
    Disconnect,
    /// The oldest messages of topics that wait are dropped, and never seen.
    DropOldest,
    /// Of the messages of a topic, only the latest waits.
    KeepLatest,
}

/// The sending side of a connection, which its own task and all who send to it share.
pub(crate) struct Connection {
    line: Line,
    pub(crate) encoding: Encoding,
    /// Whether the client has said that it knows Kovar's frames.
    pub(crate) knows_protocol: bool,
    pub(crate) inbox: Inbox,
    queue: Mutex<Queue>,
    /// The connection's task.
    task: AtomicWaker,
    policy: SlowPolicy,
    /// The most bytes in the queue.
    most: usize,
    sent_bytes: AtomicU64,
    counts: Arc<Counts>,
    /// When it was last heard of, in ticks of its worker.
    heard_at: AtomicU32,
    is_asked: AtomicBool,
    /// How many messages have come in this tick, and how many may.
    taken: AtomicU32,
    most_taken: Option<u32>,
    /// When something was last sent, in such ticks, and how much had been until then.
    said_at: AtomicU32,
    said_bytes: AtomicU64,
    /// How many topics it has, for whoever looks.
    topics: AtomicU32,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Waiting>,
    bytes: usize,
    /// Whether the first frame was sent in part.
    is_begun: bool,
    is_unflushed: bool,
    closing: Option<CloseCode>,
    /// Nothing is sent any more.
    is_over: bool,
}

struct Waiting {
    bytes: Bytes,
    /// The topic whose message it is, if it may be dropped.
    topic: Option<u64>,
}

impl Connection {
    pub(crate) fn new(line: Line, encoding: Encoding, knows_protocol: bool, hub: &Hub) -> Self {
        Self {
            line,
            encoding,
            knows_protocol,
            inbox: Inbox::default(),
            queue: Mutex::default(),
            task: AtomicWaker::new(),
            policy: hub.limits.slow,
            most: hub.limits.queue_bytes,
            sent_bytes: AtomicU64::new(0),
            counts: Arc::clone(&hub.counts),
            heard_at: AtomicU32::new(0),
            is_asked: AtomicBool::new(false),
            taken: AtomicU32::new(0),
            most_taken: hub.limits.messages_per_second,
            said_at: AtomicU32::new(0),
            said_bytes: AtomicU64::new(0),
            topics: AtomicU32::new(0),
        }
    }

    /// Sends a frame, or lets it wait. Whether it may be dropped is said by the topic that it is of.
    pub(crate) fn send(&self, mut bytes: Bytes, topic: Option<u64>) {
        let mut queue = self.queue();
        if queue.is_over || queue.closing.is_some() {
            return;
        }
        if queue.frames.is_empty() && !queue.is_unflushed {
            match self.line.try_write(&bytes) {
                Ok(sent) => {
                    self.sent_bytes.fetch_add(sent as u64, Relaxed);
                    bytes.advance(sent);
                    queue.is_begun = sent > 0;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => {
                    drop(queue);
                    return self.end();
                }
            }
            if bytes.is_empty() {
                queue.is_begun = false;
                return;
            }
        }
        // Where something waits already, the task waits for room. To wake it each time, a client that reads nothing would cost
        // more than one that reads.
        let is_news = queue.frames.is_empty();
        queue.push(bytes, topic);
        // One message alone may be longer.
        if queue.bytes > self.most && queue.frames.len() > 1 {
            self.shorten(&mut queue);
        }
        let is_news = is_news || queue.closing.is_some();
        drop(queue);
        if is_news {
            self.task.wake();
        }
    }

    /// Reads from each place that sending reads from. What it gives means nothing.
    pub(crate) fn touch(&self) -> usize {
        let encoding = usize::from(self.encoding.deflate().is_some());
        encoding
            + usize::from(self.is_fetched())
            + usize::from(self.queue.is_poisoned())
            + self.sent_bytes.load(Relaxed) as usize
    }

    /// Sends frames one after the other, however long they are together: they are there already, and shared.
    pub(crate) fn send_all(&self, frames: impl Iterator<Item = Bytes>) {
        let mut queue = self.queue();
        if queue.is_over || queue.closing.is_some() {
            return;
        }
        frames.for_each(|bytes| queue.push(bytes, None));
        drop(queue);
        self.task.wake();
    }

    /// Reads what has come.
    pub(crate) fn poll_read(&self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.line.poll_read(context, buffer)
    }

    /// Says that nothing more is sent.
    pub(crate) fn shut_down(&self) {
        self.line.shut_down();
    }

    /// Whether the server waits for its connections to end.
    pub(crate) fn is_draining(&self) -> bool {
        self.line.is_draining()
    }

    /// Whether its bytes are fetched: then it is no sign that its client is gone that nothing comes from it.
    pub(crate) fn is_fetched(&self) -> bool {
        matches!(self.line, Line::Fetched)
    }

    /// Whether it gets every message that there is room for.
    pub(crate) fn drops_none(&self) -> bool {
        self.policy == SlowPolicy::Disconnect
    }

    /// What is to be done about a queue that is too long.
    fn shorten(&self, queue: &mut Queue) {
        match self.policy {
            SlowPolicy::Disconnect => {}
            SlowPolicy::DropOldest => self.drop_while(queue, self.most, |_, _| true),
            SlowPolicy::KeepLatest => {
                self.drop_while(queue, 0, |topic, later| later.iter().any(|other| other.topic == Some(topic)));
            }
        }
        if queue.bytes > self.most {
            let dropped = queue.frames.len().saturating_sub(usize::from(queue.is_begun));
            self.counts.dropped.fetch_add(dropped as u64, Relaxed);
            self.counts.slow.fetch_add(1, Relaxed);
            queue.keep_begun();
            queue.close(CloseCode::SLOW, self.encoding);
        }
    }

    /// Drops messages that may be, the oldest first, until few enough bytes wait.
    fn drop_while(&self, queue: &mut Queue, most: usize, may_go: impl Fn(u64, &[Waiting]) -> bool) {
        let mut index = usize::from(queue.is_begun);
        while queue.bytes > most && index < queue.frames.len() {
            let frames = queue.frames.make_contiguous();
            match frames[index].topic {
                Some(topic) if may_go(topic, &frames[index + 1..]) => {
                    queue.bytes -= frames[index].bytes.len();
                    queue.frames.remove(index);
                    self.counts.dropped.fetch_add(1, Relaxed);
                }
                _ => index += 1,
            }
        }
    }

    /// Closes the connection once what waits is sent.
    pub(crate) fn close(&self, code: CloseCode) {
        self.queue().close(code, self.encoding);
        self.task.wake();
    }

    /// Gives the connection up: its client is gone, or as good as.
    pub(crate) fn end(&self) {
        self.queue().end();
        self.inbox.close();
        self.task.wake();
    }

    /// Closes the connection by hand, and tells its client not to come again. What waits is not sent: of a client that reads
    /// slowly, it would keep that from getting there.
    pub(crate) fn disconnect(&self) {
        let mut queue = self.queue();
        if queue.closing.is_none() && !queue.is_over {
            self.counts.disconnected.fetch_add(1, Relaxed);
            queue.keep_begun();
            if self.knows_protocol && !matches!(self.encoding, Encoding::Event | Encoding::Item) {
                queue.push(bye(CloseCode::DISCONNECTED, self.encoding), None);
            }
            queue.close(CloseCode::DISCONNECTED, self.encoding);
        }
        drop(queue);
        self.inbox.close();
        self.task.wake();
    }

    /// Closes a connection whose client may not be there to take notice.
    pub(crate) fn give_up(&self, code: CloseCode) {
        self.counts.silent.fetch_add(1, Relaxed);
        let mut queue = self.queue();
        queue.keep_begun();
        queue.close(code, self.encoding);
        drop(queue);
        self.inbox.close();
        self.task.wake();
    }

    /// Sends what waits. Ready once nothing does.
    pub(crate) fn poll_send(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.task.register(context.waker());
        let mut queue = self.queue();
        while !queue.frames.is_empty() {
            let mut slices = [IoSlice::new(&[]); TOGETHER];
            let count = queue.frames.len().min(TOGETHER);
            for (slice, waiting) in slices.iter_mut().zip(&queue.frames) {
                *slice = IoSlice::new(&waiting.bytes);
            }
            let sent = ready!(self.line.poll_write(context, &slices[..count]))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent_bytes.fetch_add(sent as u64, Relaxed);
            queue.advance(sent);
            queue.is_unflushed = true;
        }
        if queue.is_unflushed {
            ready!(self.line.poll_flush(context))?;
            queue.is_unflushed = false;
        }
        // Of a connection that is silent, nothing is kept.
        queue.frames.shrink_to_fit();
        Poll::Ready(Ok(()))
    }

    /// Takes what waits, up to a length if it is several frames. `None` once nothing comes any more.
    pub(crate) fn poll_fetch(&self, context: &mut Context<'_>, most: usize) -> Poll<Option<Vec<Bytes>>> {
        self.task.register(context.waker());
        let mut queue = self.queue();
        let mut fetched = Vec::new();
        let mut length = 0;
        while let Some(first) = queue.frames.front()
            && (fetched.is_empty() || length + first.bytes.len() <= most)
        {
            length += first.bytes.len();
            fetched.extend(queue.frames.pop_front().map(|waiting| waiting.bytes));
        }
        queue.bytes -= length;
        self.sent_bytes.fetch_add(length as u64, Relaxed);
        match fetched.is_empty() {
            false => Poll::Ready(Some(fetched)),
            true if queue.closing.is_some() || queue.is_over => Poll::Ready(None),
            true => Poll::Pending,
        }
    }

    /// The code with which it is to be closed.
    pub(crate) fn closing(&self) -> Option<CloseCode> {
        self.queue().closing
    }

    pub(crate) fn is_over(&self) -> bool {
        self.queue().is_over
    }

    /// How many bytes were sent, and how many wait.
    pub(crate) fn bytes(&self) -> (u64, usize) {
        (self.sent_bytes.load(Relaxed), self.queue().bytes)
    }

    pub(crate) fn topics(&self) -> usize {
        self.topics.load(Relaxed) as usize
    }

    pub(crate) fn has_topics(&self, count: usize) {
        self.topics.store(u32::try_from(count).unwrap_or(u32::MAX), Relaxed);
    }

    /// Whether another message may come in this tick, which is a second.
    pub(crate) fn takes_another(&self) -> bool {
        let before = self.taken.fetch_add(1, Relaxed);
        self.most_taken.is_none_or(|most| before < most)
    }

    pub(crate) fn next_tick(&self) {
        self.taken.store(0, Relaxed);
    }

    /// Its worker's time begins.
    pub(crate) fn is_known(&self, now: u32) {
        self.was_heard(now);
        self.said_at.store(now, Relaxed);
    }

    pub(crate) fn was_heard(&self, now: u32) {
        self.heard_at.store(now, Relaxed);
        self.is_asked.store(false, Relaxed);
    }

    /// How many ticks it is silent, and whether it was asked for a sign.
    pub(crate) fn silence(&self, now: u32) -> (u32, bool) {
        (now.saturating_sub(self.heard_at.load(Relaxed)), self.is_asked.load(Relaxed))
    }

    /// How many ticks nothing was sent to it. It is to be asked in each.
    pub(crate) fn quiet(&self, now: u32) -> u32 {
        let (sent, waiting) = self.bytes();
        if self.said_bytes.swap(sent, Relaxed) != sent || waiting > 0 {
            self.said_at.store(now, Relaxed);
        }
        now.saturating_sub(self.said_at.load(Relaxed))
    }

    pub(crate) fn is_asked(&self) {
        self.is_asked.store(true, Relaxed);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What closes a connection.
fn goodbye(code: CloseCode, encoding: Encoding) -> Bytes {
    match encoding {
        Encoding::WebSocket | Encoding::Deflated(_) | Encoding::Packed(_) => {
            encode(Opcode::Close, false, &code.0.to_be_bytes())
        }
        Encoding::Event | Encoding::Item => bye(code, encoding),
    }
}

/// What says that the connection is about to be closed, and whether to come again.
fn bye(code: CloseCode, encoding: Encoding) -> Bytes {
    let bye = Some(Bye { code: code.0, reconnect_after_ms: code.comes_again().then_some(0) });
    frame(&FromServer { bye, ..FromServer::default() }, encoding)
}

impl Queue {
    fn push(&mut self, bytes: Bytes, topic: Option<u64>) {
        self.bytes += bytes.len();
        self.frames.push_back(Waiting { bytes, topic });
    }

    fn advance(&mut self, mut sent: usize) {
        self.bytes -= sent;
        while let Some(first) = self.frames.front_mut() {
            if sent < first.bytes.len() {
                first.bytes.advance(sent);
                self.is_begun |= sent > 0;
                return;
            }
            sent -= first.bytes.len();
            self.frames.pop_front();
            self.is_begun = false;
        }
    }

    /// Forgets what waits, but for a frame of which a part is sent.
    fn keep_begun(&mut self) {
        self.frames.truncate(usize::from(self.is_begun));
        self.bytes = self.frames.iter().map(|waiting| waiting.bytes.len()).sum();
    }

    fn close(&mut self, code: CloseCode, encoding: Encoding) {
        if self.closing.is_none() && !self.is_over {
            self.closing = Some(code);
            self.push(goodbye(code, encoding), None);
        }
    }

    fn end(&mut self) {
        self.is_over = true;
        self.frames = VecDeque::new();
        self.bytes = 0;
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
