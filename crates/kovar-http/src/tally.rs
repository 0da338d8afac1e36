//! The statements of a request, where there is no database.

/// Counts nothing.
#[derive(Debug, Default)]
pub(crate) struct Tally {}

impl Tally {
    #[expect(clippy::unused_self, reason = "it is called as the one that counts is")]
    pub(crate) fn enter<T>(&mut self, work: impl FnOnce() -> T) -> T {
        work()
    }
}
