//! The runtime that `#[kovar::main]` starts: one thread, for starting and for commands.
//!
//! Requests have runtimes of their own (see [`crate::serve`]).

use std::future::Future;

/// Runs an async `main`.
///
/// # Panics
///
/// When the operating system gives no runtime: there is nothing a program could do then.
pub fn block_on<T>(main: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(main),
        Err(cause) => panic!("the operating system gives no runtime: {cause}"),
    }
}
