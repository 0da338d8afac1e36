//! The page at `/`: files that are part of the program.
//!
//! Its sources are TypeScript, `page/*.ts`, and use the client that `chat client typescript` writes into `page/client`.
//! What they compile to is `page/built`, which `cargo xtask test --only clients` keeps true.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::get;

/// Nothing but the page's own files and channels, and no markup made from text: what people say may be hostile.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Each file: where it is, what it is, and what is in it.
const FILES: [(&str, &str, &str); 9] = [
    ("/", HTML, include_str!("../page/index.html")),
    ("/page/chat.css", CSS, include_str!("../page/chat.css")),
    ("/page/icon.svg", "image/svg+xml", include_str!("../page/icon.svg")),
    ("/page/chat.js", SCRIPT, include_str!("../page/built/chat.js")),
    ("/page/room.js", SCRIPT, include_str!("../page/built/room.js")),
    ("/page/timeline.js", SCRIPT, include_str!("../page/built/timeline.js")),
    ("/page/words.js", SCRIPT, include_str!("../page/built/words.js")),
    ("/page/client/client.js", SCRIPT, include_str!("../page/built/client/client.js")),
    ("/page/client/live.js", SCRIPT, include_str!("../page/built/client/live.js")),
];

/// What serves the page.
pub fn router() -> Router {
    FILES.into_iter().fold(Router::new(), |router, (path, media_type, text)| {
        router.route(path, get(move || std::future::ready((fields(media_type), text))))
    })
}

fn fields(media_type: &'static str) -> [(axum::http::HeaderName, &'static str); 5] {
    [
        (CONTENT_TYPE, media_type),
        // It is small, and as new as the program.
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}
