//! What a request on a channel was answered with.

use std::fmt::Debug;

use kovar_http::testing::TestProblem;

/// What a request on a channel was answered with.
///
/// What reads it panics where the answer is something else, and shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct TestAnswer<Out> {
    /// The channel, for messages.
    name: String,
    said: Result<Option<Out>, Box<TestProblem>>,
}

impl<Out: Debug> TestAnswer<Out> {
    pub(super) fn new(name: &str, said: Result<Option<Out>, Box<TestProblem>>) -> Self {
        Self { name: name.to_owned(), said }
    }

    /// The message was taken, and nothing else was said to it.
    ///
    /// # Panics
    ///
    /// When the answer is a message or a problem.
    #[track_caller]
    pub fn assert_acknowledged(&self) {
        assert!(matches!(self.said, Ok(None)), "the message was to be acknowledged, but {}", self.shown());
    }

    /// The message that is the answer.
    ///
    /// # Panics
    ///
    /// When the message was only acknowledged, or the answer is a problem.
    #[track_caller]
    pub fn message(self) -> Out {
        let shown = self.shown();
        match self.said {
            Ok(Some(message)) => message,
            _ => panic!("a message was expected as the answer, but {shown}"),
        }
    }

    /// The problem that is the answer.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[track_caller]
    pub fn problem(self) -> TestProblem {
        let shown = self.shown();
        match self.said {
            Err(problem) => *problem,
            Ok(_) => panic!("a problem was expected as the answer, but {shown}"),
        }
    }

    fn shown(&self) -> String {
        let name = &self.name;
        match &self.said {
            Ok(None) => format!("{name} acknowledged it"),
            Ok(Some(message)) => format!("{name} answered {message:?}"),
            Err(problem) => format!("{name} answered {problem:?}"),
        }
    }
}
