//! `LISTEN`: a connection that the server tells something.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::failure::{Failure, Remedy};
use super::pool::Pool;
use super::server::{Role, Server};
use super::wait::{Backoff, Wait};
use crate::error::{Error, Kind};
use crate::listener::{Line, Listener, Notice};

/// How often the server is asked whether it is there, and how long it may take to say so. A connection that only waits
/// would not notice for hours.
const PULSE: Duration = Duration::from_secs(5);

/// PostgreSQL cuts longer names of channels where it listens, and refuses them where it is told to notify.
const LONGEST_NAME: usize = 63;

/// Ready when it listens.
pub(super) async fn listen(
    pool: &Arc<Pool>,
    server: &Arc<Server>,
    channels: &[String],
    wait: Wait,
) -> Result<Listener, Error> {
    if server.is_pooled() {
        let message = "listening takes a session of its own, which a PgBouncer does not give: use a URL of the server";
        return Err(Error::new(Kind::Other, message));
    }
    let text = statement(channels)?;
    let place = pool.reserve(&wait).await?;
    let line = Arc::new(Line::default());
    let session = Session::open_within(&wait, server, &text, &line).await?;
    let follow = follow(session, Arc::clone(server), text, Arc::clone(&line), Ends(Arc::clone(&line), place));
    let closed = pool.closed();
    let task = tokio::spawn(async move {
        tokio::select! {
            () = follow => {}
            () = closed => {}
        }
    });
    Ok(Listener::new(line, task.abort_handle()))
}

fn statement(channels: &[String]) -> Result<String, Error> {
    let refused = |reason: &str| Err(Error::new(Kind::Parameter, format!("the name of a channel {reason}")));
    if channels.is_empty() {
        return Err(Error::new(Kind::Parameter, "there is no channel to listen to"));
    }
    let mut text = String::new();
    for name in channels {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return refused("has 1 to 63 bytes");
        }
        if name.contains('\0') {
            return refused("has no zero byte");
        }
        // PostgreSQL's manual, §4.1.1: a quote within quotes is written twice.
        text.push_str(&format!("listen \"{}\";", name.replace('"', "\"\"")));
    }
    Ok(text)
}

/// What a listener holds: whoever waits for it is told when it goes, however that comes about.
struct Ends(Arc<Line>, #[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end(Error::closed());
    }
}

/// Passes on what the server says, on one connection after the other.
async fn follow(mut session: Session, server: Arc<Server>, text: String, line: Arc<Line>, _held: Ends) {
    loop {
        session.pass_on(&line).await;
        drop(session);
        tracing::warn!("a connection that listens was lost");
        session = match Session::open_within(&Wait::of(None), &server, &text, &line).await {
            Ok(session) => session,
            Err(error) => return line.end(error),
        };
    }
}

/// A connection that listens.
struct Session {
    client: Client,
    messages: BoxStream<'static, Result<AsyncMessage, tokio_postgres::Error>>,
}

impl Session {
    async fn open_within(wait: &Wait, server: &Server, text: &str, line: &Line) -> Result<Self, Error> {
        let mut backoff = Backoff::new();
        loop {
            match wait.reach(Self::open(server, text, line)).await {
                Err(failure) if [Remedy::Connect, Remedy::Lost].contains(&failure.remedy) => {
                    wait.pause(&mut backoff, failure).await?;
                }
                outcome => return outcome.map_err(|failure| failure.error),
            }
        }
    }

    async fn open(server: &Server, text: &str, line: &Line) -> Result<Self, Failure> {
        let (client, mut connection) = server.open(Role::Any, Arc::default()).await?;
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context)).boxed();
        let mut early = Vec::new();
        {
            let (mut listening, mut limit) = (pin!(client.batch_execute(text)), pin!(sleep(PULSE)));
            loop {
                tokio::select! {
                    outcome = &mut listening => break outcome.map_err(|cause| Failure::of(&cause))?,
                    message = messages.next() => match message {
                        Some(Ok(message)) => early.extend(notice(message)),
                        Some(Err(cause)) => return Err(Failure::of(&cause)),
                        None => return Err(lost()),
                    },
                    () = &mut limit => return Err(lost()),
                }
            }
        }
        line.push(Notice::Listening);
        early.into_iter().for_each(|notice| line.push(notice));
        Ok(Self { client, messages })
    }

    /// Passes on what comes, until the connection is lost.
    async fn pass_on(&mut self, line: &Line) {
        let Self { client, messages } = self;
        let receive = async {
            while let Some(Ok(message)) = messages.next().await {
                notice(message).into_iter().for_each(|notice| line.push(notice));
            }
        };
        let is_there = async {
            loop {
                sleep(PULSE).await;
                if !timeout(PULSE, client.batch_execute("")).await.is_ok_and(|answer| answer.is_ok()) {
                    return;
                }
            }
        };
        tokio::select! {
            () = receive => {}
            () = is_there => {}
        }
    }
}

fn notice(message: AsyncMessage) -> Option<Notice> {
    match message {
        AsyncMessage::Notification(sent) => {
            Some(Notice::Notified { channel: sent.channel().to_owned(), payload: sent.payload().to_owned() })
        }
        _ => None,
    }
}

fn lost() -> Failure {
    Failure::new(Error::new(Kind::Unavailable, "the connection to the database was lost"), Remedy::Lost)
}

#[cfg(test)]
mod tests {
    use super::statement;

    #[test]
    fn names_of_channels_are_quoted() {
        let of = |names: &[&str]| statement(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&["orders", "\"; drop table a; --"]).unwrap(),
            r#"listen "orders";listen """; drop table a; --";"#
        );
        for refused in [&[][..], &[""], &["a\0b"], &["a", &"é".repeat(32)]] {
            assert!(of(refused).unwrap_err().is_parameter_refused(), "{refused:?}");
        }
        assert!(of(&[&"a".repeat(63)]).is_ok());
    }
}
