//! The statements of one request, or of another piece of work.
//!
//! Whoever polls the work's future says whose it is, and the statements that are begun meanwhile are counted for it.
//! So nothing has to be passed through an app's functions. What the work does in tasks of its own is not seen.

use std::cell::RefCell;

use crate::{Origin, Statement};

/// How many statements of a piece of work are told apart. Those that come later are not counted.
const STATEMENTS: usize = 64;

/// How often a statement runs in one piece of work until it counts as repeated.
const REPEATED: u32 = 5;

thread_local! {
    static CURRENT: RefCell<Option<Tally>> = const { RefCell::new(None) };
}

/// Counts the statements of one piece of work, such as a request, to find those that are repeated: a statement for each
/// row of another one (N+1), where one with a join or a list would do.
#[derive(Debug, Default)]
pub struct Tally {
    ran: Vec<Ran>,
}

#[derive(Debug)]
struct Ran {
    key: u64,
    times: u32,
    /// `None` until it is repeated: before, nobody asks.
    text: Option<String>,
    origin: Origin,
}

/// A statement that ran five times or more in one piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RepeatedStatement {
    /// Its text, with `?` for each value.
    pub text: String,
    /// Where it stands in the app's source.
    pub origin: Origin,
    /// How often it ran.
    pub times: u32,
}

impl Tally {
    /// Polls a part of the work. Statements that are begun in it are counted here.
    pub fn enter<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let outer = CURRENT.replace(Some(std::mem::take(self)));
        let _left_also_by_a_panic = Inside { tally: self, outer };
        work()
    }

    /// The statements that ran five times or more.
    pub fn repeated(&self) -> impl Iterator<Item = RepeatedStatement> {
        self.ran.iter().filter_map(|ran| {
            let text = ran.text.clone()?;
            Some(RepeatedStatement { text, origin: ran.origin, times: ran.times })
        })
    }
}

struct Inside<'t> {
    tally: &'t mut Tally,
    outer: Option<Tally>,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if let Some(tally) = CURRENT.replace(self.outer.take()) {
            *self.tally = tally;
        }
    }
}

/// Counts a statement for whoever is polled now.
pub(super) fn count(key: u64, statement: &Statement) {
    CURRENT.with_borrow_mut(|current| {
        let Some(Tally { ran }) = current else { return };
        let known = ran.iter().position(|ran| ran.key == key);
        let place = match known {
            Some(place) => place,
            None if ran.len() == STATEMENTS => return,
            None => {
                ran.push(Ran { key, times: 0, text: None, origin: statement.origin() });
                ran.len() - 1
            }
        };
        ran[place].times += 1;
        if ran[place].times == REPEATED {
            ran[place].text = Some(statement.normalised());
        }
    });
}
