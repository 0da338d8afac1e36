//! One worker: accepts connections and answers their requests.

use std::net::TcpListener;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use kovar_http::app::BoxService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::DRAIN;

/// How long a request's head may take to arrive. Default: 10 s.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait when the operating system has no connection to give, before asking again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Runs one worker on the calling thread until it is stopped and has drained.
pub(super) fn serve(listener: TcpListener, service: BoxService, stopped: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(accept(listener, service, stopped)),
        Err(cause) => tracing::error!(%cause, "a worker has no runtime"),
    }
}

async fn accept(listener: TcpListener, service: BoxService, mut stopped: watch::Receiver<bool>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(cause) => return tracing::error!(%cause, "a worker cannot listen"),
    };
    let connections = GracefulShutdown::new();
    let builder = builder();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => spawn(stream, &builder, service.clone(), &connections),
                Err(cause) => {
                    tracing::warn!(%cause, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("connections were closed before their requests had ended");
    }
}

/// hyper refuses heads past these limits without a word; the app's own limits are tighter, and
/// answer with a problem.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_headers(256).half_close(true);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100).max_pending_accept_reset_streams(20);
    builder
}

fn spawn(stream: TcpStream, builder: &Builder<TokioExecutor>, service: BoxService, connections: &GracefulShutdown) {
    // A small answer should not wait for the next one.
    let _ = stream.set_nodelay(true);
    let answer = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        service.clone().oneshot(request.map(Body::new))
    });
    let connection = builder.serve_connection(TokioIo::new(stream), answer).into_owned();
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(cause) = connection.await {
            tracing::debug!(cause = %cause, "a connection ended early");
        }
    });
}
