//! The components of the Rust toolchain that a minimal installation lacks.

use std::time::Duration;

use super::download;
use crate::command::{limited, run};

/// Makes sure that `cargo SUBCOMMAND` works, by adding the rustup component that brings it.
///
/// # Errors
/// When it is missing and rustup cannot add it.
pub(crate) fn component(subcommand: &str, component: &str) -> Result<(), String> {
    if run(limited("cargo", Duration::from_secs(60)).args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    download(limited("rustup", Duration::from_secs(300)).args(["component", "add", component]))
        .map_err(|why| format!("`cargo {subcommand}` is missing and `rustup component add {component}` failed: {why}"))
}
