//! The control socket: each connection asks one question.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};

use crate::manage::Error;
use crate::manage::daemon::registry::Registry;
use crate::manage::home::Home;
use crate::manage::protocol::{Failure, PROTOCOL, Question, Reply};

/// The longest question: an environment may be large, but `execve` takes no more than this.
const QUESTION_LIMIT: u64 = 4 << 20;

/// Answers questions until `SIGTERM` or `SIGINT`, then ends all apps.
pub(super) async fn serve(home: Home) -> Result<(), Error> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = listen(&home)?;
    let registry = Registry::restore(home)?;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                tokio::spawn(answer(stream, Arc::clone(&registry)));
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    registry.shut_down().await;
    Ok(())
}

/// The socket is made anew: the lock says that nobody else listens at it.
fn listen(home: &Home) -> Result<UnixListener, Error> {
    let path = home.control_socket();
    // It is usually not there.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn answer(stream: UnixStream, registry: Arc<Registry>) {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    let read = BufReader::new(reader.take(QUESTION_LIMIT)).read_line(&mut line).await;
    // A command that only looks whether the daemon runs asks nothing.
    if read.is_err() || line.is_empty() {
        return;
    }
    let reply = reply(&line, &registry).await;
    let Ok(mut reply) = serde_json::to_string(&reply) else { return };
    reply.push('\n');
    // Whoever asked may have gone.
    let _ = writer.write_all(reply.as_bytes()).await;
}

async fn reply(line: &str, registry: &Registry) -> Reply {
    let question: Question = match serde_json::from_str(line) {
        Ok(question) => question,
        Err(cause) => return Reply::Failed(Failure::new(format!("the daemon cannot read this: {cause}"))),
    };
    if question.protocol != PROTOCOL {
        return Reply::Failed(Failure::new(
            "the daemon is of another version than this command: `kovar kill` ends it and its apps, and the next \
             `kovar start` or `kovar daemon` brings them back",
        ));
    }
    match serde_json::from_value(question.request) {
        Ok(request) => registry.handle(request).await,
        Err(cause) => Reply::Failed(Failure::new(format!("the daemon does not know this request: {cause}"))),
    }
}
