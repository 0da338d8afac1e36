mod bodies;
mod draining;
mod forwarding;
mod hosts;
mod http2;
mod limits;
mod listening;
mod messages;
mod proxying;
mod requests;
mod support;
#[cfg(feature = "tls")]
mod tls;
