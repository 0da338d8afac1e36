//! Why a file is not sent.

use std::error::Error;
use std::{fmt, io};

use kovar_contract::Catalog;

use crate::problem::{Problem, ProblemDeclaration, ProblemDetails, builtin};

/// Why a file cannot be opened.
#[derive(Debug)]
pub enum FileError {
    /// There is no such regular file, or it is not to be seen: a 404.
    NotFound,
    /// The disk failed: a 500.
    Io(io::Error),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such file"),
            Self::Io(_) => f.write_str("the file could not be opened"),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotFound => None,
            Self::Io(cause) => Some(cause),
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidFilename => Self::NotFound,
            _ => Self::Io(error),
        }
    }
}

impl Problem for FileError {
    fn declare(_: &mut Catalog) -> Vec<ProblemDeclaration> {
        vec![builtin::FILE_NOT_FOUND.declaration()]
    }

    fn into_details(self) -> ProblemDetails {
        match self {
            Self::NotFound => builtin::FILE_NOT_FOUND.details(),
            Self::Io(_) => builtin::INTERNAL.details().log(self),
        }
    }
}
