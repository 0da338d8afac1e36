//! Where a SQLite database lies.

use std::path::PathBuf;

use crate::Error;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

impl Place {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        if url == "sqlite::memory:" {
            return Ok(Self::Memory);
        }
        match url.strip_prefix("sqlite://") {
            None => Err(Error::url("is of an unknown kind")),
            Some("") => Err(Error::url("names no file")),
            Some(path) if path.contains('?') => Err(Error::url("has settings after `?`, which are not supported")),
            Some(path) => Ok(Self::File(path.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[expect(clippy::needless_pass_by_value, reason = "the calls below read better")]
    fn check(url: &str, expected: Option<Place>) {
        assert_eq!(Place::parse(url).ok(), expected, "{url}");
    }

    #[test]
    fn a_url_names_a_file_or_memory() {
        check("sqlite::memory:", Some(Place::Memory));
        check("sqlite://data/app.db", Some(Place::File("data/app.db".into())));
        check("sqlite:///var/lib/app.db", Some(Place::File("/var/lib/app.db".into())));
        check("sqlite://", None);
        check("sqlite://app.db?mode=ro", None);
        check("mysql://user:secret@host/db", None);
    }
}
