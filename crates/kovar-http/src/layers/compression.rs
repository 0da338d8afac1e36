//! Compression of answers.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue};
use http::{Extensions, Request, StatusCode, Version};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate as _, SizeAbove};

use super::Next;

/// Compresses answers as Brotli (quality 4) or gzip (level 6), as `Accept-Encoding` prefers.
///
/// Compressed is text: `text/*`, JSON, XML, JavaScript, SVG, from 1 KiB on, or of unknown length; a
/// stream is flushed whenever it waits. Event streams, images, archives, ranges, what has a
/// `Content-Encoding` already, and what says `Cache-Control: no-transform` stay as they are.
///
/// A proxy in front may do the same for less. And where one answer holds both a secret and
/// something that an attacker chooses, its compressed length tells the secret over many requests
/// (BREACH): turn it off there by `Cache-Control: no-transform`.
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    min_size_bytes: u64,
}

impl Default for Compression {
    fn default() -> Self {
        Self { min_size_bytes: 1024 }
    }
}

impl Compression {
    /// The fewest bytes that are compressed. Default: 1 KiB, below which the packet is sent anyway.
    #[must_use]
    pub fn min_size_bytes(self, min_size_bytes: u64) -> Self {
        Self { min_size_bytes }
    }

    pub(super) fn around(self, next: Next) -> Next {
        let plain = service_fn(move |request| {
            let answered = next(request);
            async { Ok::<_, Infallible>(mark_encoded(answered.await)) }
        });
        let predicate = SizeAbove::new(self.min_size_bytes).and(is_worth_compressing);
        let service = CompressionLayer::new().compress_when(predicate).layer(plain);
        Arc::new(move |mut request| {
            let service = service.clone();
            permit_identity(&mut request);
            Box::pin(async {
                let response = service.oneshot(request).await.unwrap_or_else(|never| match never {});
                weaken_tag(response.map(Body::new))
            })
        })
    }
}

fn is_worth_compressing(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let media_type = text(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    is_text(&media_type) && !text(CACHE_CONTROL).to_ascii_lowercase().contains("no-transform")
}

fn is_text(media_type: &str) -> bool {
    let Some((kind, subtype)) = media_type.split_once('/') else { return false };
    match kind {
        "text" => subtype != "event-stream",
        _ => {
            subtype.ends_with("+json")
                || subtype.ends_with("+xml")
                || matches!(subtype, "json" | "jsonl" | "x-ndjson" | "xml" | "javascript" | "yaml")
        }
    }
}

/// Was encoded before compression saw it.
#[derive(Clone, Copy)]
struct Encoded;

fn mark_encoded(mut response: Response) -> Response {
    if response.headers().contains_key(CONTENT_ENCODING) {
        response.extensions_mut().insert(Encoded);
    }
    response
}

/// RFC 9110 §8.8.1: a strong tag stands for the very bytes, and these are others now.
fn weaken_tag(mut response: Response) -> Response {
    let is_compressed = response.headers().contains_key(CONTENT_ENCODING);
    if !is_compressed || response.extensions().get::<Encoded>().is_some() {
        return response;
    }
    if let Some(tag) = response.headers().get(ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""))
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat())
    {
        response.headers_mut().insert(ETAG, weak);
    }
    response
}

/// A client may refuse all encodings, `identity` too. tower-http then makes the answer a 406, when
/// the operation has long been run; RFC 9110 §12.5.3 sends it as it is.
fn permit_identity(request: &mut Request<Body>) {
    let headers = request.headers_mut();
    let is_refusal = |coding: &str| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        matches!(name.trim().to_ascii_lowercase().as_str(), "identity" | "*")
            && weight.trim().trim_end_matches(['0', '.']).eq_ignore_ascii_case("q=")
    };
    let fields: Vec<&str> = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|field| field.to_str().ok()).collect();
    if !fields.iter().flat_map(|field| field.split(',')).any(is_refusal) {
        return;
    }
    let kept: Vec<&str> =
        fields.iter().flat_map(|field| field.split(',')).filter(|coding| !is_refusal(coding)).collect();
    if let Ok(kept) = HeaderValue::try_from(kept.join(",")) {
        headers.insert(ACCEPT_ENCODING, kept);
    }
}
