//! Connections as strangers make them: over raw sockets.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod suite;
