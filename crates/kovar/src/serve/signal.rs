//! The signals that ask a program to end.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for `SIGTERM` or `SIGINT`.
pub(super) async fn asked_to_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
