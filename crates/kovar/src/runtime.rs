//! The runtime that `#[kovar::main]` starts: one thread, for starting and for commands.
//!
//! Requests have runtimes of their own (see [`crate::serve`]).

use std::future::Future;
use std::process::ExitCode;

/// Runs an async `main`. Its error is printed as a person reads it, and ends with status 1.
pub fn run_main<E: std::fmt::Display>(main: impl Future<Output = Result<(), E>>) -> ExitCode {
    match block_on(main) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("error: {cause}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a future to its end.
///
/// # Panics
///
/// When the operating system gives no runtime: there is nothing a program could do then.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(main),
        Err(cause) => panic!("the operating system gives no runtime: {cause}"),
    }
}
