//! The admin listener: health, on a thread of its own, so that it answers however busy the app is.

use std::convert::Infallible;
use std::net::TcpListener;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio_util::sync::CancellationToken;

/// Answers health checks on the calling thread until the program ends.
pub(super) fn serve(listener: TcpListener, draining: CancellationToken) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(accept(listener, draining)),
        Err(cause) => tracing::error!(%cause, "the admin listener has no runtime"),
    }
}

async fn accept(listener: TcpListener, draining: CancellationToken) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let draining = draining.clone();
        tokio::spawn(async move {
            let answer = hyper::service::service_fn(move |request| {
                let response = answer(&request, !draining.is_cancelled());
                async move { Ok::<_, Infallible>(response) }
            });
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

fn answer(request: &Request<Incoming>, is_ready: bool) -> Response<String> {
    let (status, text) = match request.uri().path() {
        "/health/live" => (StatusCode::OK, "live\n"),
        "/health/ready" if is_ready => (StatusCode::OK, "ready\n"),
        "/health/ready" => (StatusCode::SERVICE_UNAVAILABLE, "ending\n"),
        _ => (StatusCode::NOT_FOUND, "the admin listener has /health/live and /health/ready\n"),
    };
    let mut response = Response::new(text.to_owned());
    *response.status_mut() = status;
    response
}
