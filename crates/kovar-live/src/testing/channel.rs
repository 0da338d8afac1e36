//! A client of a channel.

use std::collections::{HashMap, VecDeque};
use std::fmt::{self, Debug};
use std::marker::PhantomData;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kovar_http::testing::TestProblem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::answer::TestAnswer;
use super::frame::{TestFrame, TestMessage, TestPresence, TestSubscribed};
use super::line::{Came, Said, carry};
use crate::topic::Position;

/// How long something is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client of a channel, in the same process. Dropping it cuts the connection off.
///
/// What comes waits until a test reads it. Each reader takes the next of its own kind and leaves the others: a test that
/// reads messages need not know who has come meanwhile. [`next`](Self::next) takes what is next, whatever it is.
///
/// Each reader waits for 5 s ([`time_limit`](Self::time_limit)), and then panics with all that has come instead.
pub struct TestChannel<In, Out> {
    /// For messages.
    name: String,
    limit: Duration,
    said: mpsc::UnboundedSender<Said>,
    came: mpsc::UnboundedReceiver<Came>,
    unread: VecDeque<TestFrame<Out>>,
    session: Option<String>,
    /// The last message of each topic that has come, or was there when the client said where it was.
    places: HashMap<String, Position>,
    closed: Option<u16>,
    last_id: u64,
    message: PhantomData<fn(In)>,
}

impl<In: Serialize, Out: DeserializeOwned + Debug> TestChannel<In, Out> {
    /// Waits so long for each thing. Default: 5 s.
    #[must_use]
    pub fn time_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The connection's name, under which others see it.
    ///
    /// # Panics
    ///
    /// When the server does not say it in time.
    pub async fn session(&mut self) -> &str {
        let end = Instant::now() + self.limit;
        while self.session.is_none() && self.more_until(end).await {}
        if self.session.is_none() {
            self.fail("its name was expected");
        }
        self.session.as_deref().unwrap_or_default()
    }

    /// Sends a message. To a channel that is closed, it is lost.
    ///
    /// # Panics
    ///
    /// When serde cannot serialise it.
    #[track_caller]
    pub fn send(&self, message: &In) {
        self.say(json!({ "data": value(message) }));
    }

    /// Sends a message that wants an answer, and waits for that.
    ///
    /// # Panics
    ///
    /// When serde cannot serialise it, or no answer comes in time.
    pub async fn request(&mut self, message: &In) -> TestAnswer<Out> {
        self.last_id += 1;
        let id = self.last_id;
        self.say(json!({ "data": value(message), "id": id }));
        let said = self.expect("an answer", |frame| match frame {
            TestFrame::Answer { re, message } if re == id => Ok(Ok(message)),
            TestFrame::Problem { re: Some(re), problem } if re == id => Ok(Err(problem)),
            other => Err(other),
        });
        let said = said.await;
        TestAnswer::new(&self.name, said)
    }

    /// Answers a message of the server that [asks](TestMessage::asks), with a message or with nothing but that it has come.
    ///
    /// # Panics
    ///
    /// When serde cannot serialise the message.
    #[track_caller]
    pub fn answer(&self, question: u64, message: Option<&In>) {
        self.say(match message {
            Some(message) => json!({ "re": question, "data": value(message) }),
            None => json!({ "re": question }),
        });
    }

    /// The next message, of whatever topic or of none.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    pub async fn receive(&mut self) -> Out {
        self.message().await.message
    }

    /// The next message, with where it was published.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    pub async fn message(&mut self) -> TestMessage<Out> {
        self.expect("a message", message).await
    }

    /// The next message, if one comes in so long a time.
    pub async fn message_within(&mut self, limit: Duration) -> Option<TestMessage<Out>> {
        self.find(Instant::now() + limit, message).await
    }

    /// The next topic that the client has subscribed to, or of which something was lost.
    ///
    /// # Panics
    ///
    /// When there is none in time.
    pub async fn subscribed(&mut self) -> TestSubscribed {
        let subscribed = self.expect("a subscription", |frame| match frame {
            TestFrame::Subscribed(subscribed) => Ok(subscribed),
            other => Err(other),
        });
        subscribed.await
    }

    /// The next who has come.
    ///
    /// # Panics
    ///
    /// When nobody does in time.
    pub async fn joined(&mut self) -> TestPresence {
        let joined = self.expect("somebody who comes", |frame| match frame {
            TestFrame::Joined(who) => Ok(who),
            other => Err(other),
        });
        joined.await
    }

    /// The next who has gone.
    ///
    /// # Panics
    ///
    /// When nobody does in time.
    pub async fn left(&mut self) -> TestPresence {
        let left = self.expect("somebody who leaves", |frame| match frame {
            TestFrame::Left(who) => Ok(who),
            other => Err(other),
        });
        left.await
    }

    /// The next problem that is no answer to a request: of a message that wanted none, or the one with which the channel
    /// ends.
    ///
    /// # Panics
    ///
    /// When none comes in time.
    pub async fn problem(&mut self) -> TestProblem {
        let problem = self.expect("a problem", |frame| match frame {
            TestFrame::Problem { re: None, problem } => Ok(*problem),
            other => Err(other),
        });
        problem.await
    }

    /// What is next, whatever it is; `None` once the channel is closed.
    ///
    /// # Panics
    ///
    /// When nothing comes in time.
    pub async fn next(&mut self) -> Option<TestFrame<Out>> {
        let next = self.find(Instant::now() + self.limit, Ok).await;
        if next.is_none() && self.closed.is_none() {
            self.fail("anything was expected");
        }
        next
    }

    /// The code with which the server closes the channel; 1006 if it does not say one.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    pub async fn closed(&mut self) -> u16 {
        let end = Instant::now() + self.limit;
        while self.more_until(end).await {}
        self.closed.unwrap_or_else(|| self.fail("it was to be closed"))
    }

    /// Closes the channel, and waits until the server has closed it, too.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    pub async fn close(mut self) {
        // Who has closed already needs no goodbye.
        let _ = self.said.send(Said::Close);
        self.closed().await;
    }

    /// Where the client is: what the query parameter `at` of the next opening says, so that what was not read comes again.
    /// A message that has come counts once the test has read it.
    ///
    /// ```ignore
    /// let at = bob.at();
    /// bob.close().await;
    /// let mut bob = client.get("/live/rooms/lamps").query(&[("at", at)]).channel::<FromClient, ToClient>().await?;
    /// assert_eq!(bob.subscribed().await.recovered, Some(true));
    /// ```
    pub fn at(&self) -> String {
        let all = self.places.iter().map(|(topic, Position { epoch, offset })| {
            let unread = self.unread.iter().find_map(|frame| match frame {
                TestFrame::Message(message) if message.topic.as_ref() == Some(topic) => message.offset,
                _ => None,
            });
            (topic.clone(), json!([epoch, unread.map_or(*offset, |offset| offset - 1)]))
        });
        URL_SAFE_NO_PAD.encode(Value::Object(all.collect()).to_string())
    }

    fn say(&self, frame: Value) {
        // A channel that is closed takes nothing: whoever reads next is told.
        let _ = self.said.send(Said::Frame(frame));
    }

    async fn expect<T>(&mut self, what: &str, pick: impl FnMut(TestFrame<Out>) -> Picked<T, Out>) -> T {
        match self.find(Instant::now() + self.limit, pick).await {
            Some(found) => found,
            None => self.fail(&format!("{what} was expected")),
        }
    }

    /// The first that is picked. All others stay unread, in their order.
    async fn find<T>(&mut self, end: Instant, mut pick: impl FnMut(TestFrame<Out>) -> Picked<T, Out>) -> Option<T> {
        let mut looked_at = 0;
        loop {
            while let Some(frame) = self.unread.remove(looked_at) {
                match pick(frame) {
                    Ok(found) => return Some(found),
                    Err(other) => self.unread.insert(looked_at, other),
                }
                looked_at += 1;
            }
            if !self.more_until(end).await {
                return None;
            }
        }
    }

    /// Waits for one more thing; whether there was one.
    async fn more_until(&mut self, end: Instant) -> bool {
        match timeout_at(end, self.came.recv()).await {
            Ok(Some(Came::Frame(frame))) => self.take(&frame),
            Ok(Some(Came::Closed(code))) => self.closed = Some(code),
            Ok(None) | Err(_) => return false,
        }
        true
    }

    fn take(&mut self, frame: &Value) {
        if let Some(session) = frame["session"].as_str() {
            self.session = Some(session.to_owned());
            return;
        }
        let read = TestFrame::read(frame)
            .unwrap_or_else(|cause| panic!("{}: this is no `{}`: {cause}: {frame}", self.name, type_name::<Out>()));
        match &read {
            // What was missed comes next.
            TestFrame::Subscribed(TestSubscribed { recovered: Some(true), .. }) => {}
            TestFrame::Subscribed(TestSubscribed { topic, epoch, offset, .. }) => {
                let epoch = epoch.clone().unwrap_or_default();
                self.places.insert(topic.clone(), Position { epoch, offset: *offset });
            }
            TestFrame::Message(TestMessage { topic: Some(topic), offset: Some(offset), .. }) => {
                if let Some(place) = self.places.get_mut(topic) {
                    place.offset = *offset;
                }
            }
            TestFrame::Ended { topic } => drop(self.places.remove(topic)),
            _ => {}
        }
        self.unread.push_back(read);
    }

    /// Fails the test, and says what there is instead.
    fn fail(&self, expected: &str) -> ! {
        let closed = self.closed.map_or_else(|| "it is open".to_owned(), |code| format!("it was closed with {code}"));
        let unread: Vec<_> = self.unread.iter().map(|frame| format!("\n  {frame:?}")).collect();
        let unread = if unread.is_empty() { "nothing".to_owned() } else { unread.concat() };
        panic!("{}: {expected} within {:?}; {closed}, and what came is: {unread}", self.name, self.limit);
    }
}

/// What was looked for, or the frame again.
type Picked<T, Out> = Result<T, TestFrame<Out>>;

fn message<Out>(frame: TestFrame<Out>) -> Picked<TestMessage<Out>, Out> {
    match frame {
        TestFrame::Message(message) => Ok(message),
        other => Err(other),
    }
}

fn type_name<T>() -> &'static str {
    std::any::type_name::<T>()
}

#[track_caller]
fn value(message: &impl Serialize) -> Value {
    serde_json::to_value(message).unwrap_or_else(|cause| panic!("this cannot be serialised: {cause}"))
}

impl<In, Out> TestChannel<In, Out> {
    pub(super) fn new(name: String, places: HashMap<String, Position>, line: DuplexStream, is_packed: bool) -> Self {
        let (said, to_say) = mpsc::unbounded_channel();
        let (has_come, came) = mpsc::unbounded_channel();
        tokio::spawn(carry(line, is_packed, to_say, has_come));
        Self {
            name,
            limit: PATIENCE,
            said,
            came,
            unread: VecDeque::new(),
            session: None,
            places,
            closed: None,
            last_id: 0,
            message: PhantomData,
        }
    }
}

impl<In, Out: Debug> Debug for TestChannel<In, Out> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TestChannel")
            .field("name", &self.name)
            .field("unread", &self.unread)
            .finish_non_exhaustive()
    }
}
