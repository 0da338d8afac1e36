//! The `Content-Disposition` field (RFC 6266).

use http::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is escaped in `filename*`: all but the `attr-char` of RFC 8187 §3.2.1.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `attachment` with the name, twice where it is not plain ASCII (RFC 6266 §4.3 and appendix D).
pub(super) fn attachment(name: &str) -> HeaderValue {
    let name: String = name.chars().map(without_meaning).collect();
    // A percent sign would be read as an escape by some browsers.
    let is_plain = |character: char| matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%');
    let plain: String = name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        value.push_str("; filename*=UTF-8''");
        value.extend(utf8_percent_encode(&name, ESCAPED));
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// A name is no path, and has no control characters.
fn without_meaning(character: char) -> char {
    match character {
        '/' | '\\' => '_',
        control if control.is_control() => '_',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(attachment(name).to_str().unwrap(), expected);
    }

    #[test]
    fn names_are_written_so_that_every_browser_reads_them() {
        check("report.pdf", r#"attachment; filename="report.pdf""#);
        check("my report.pdf", r#"attachment; filename="my report.pdf""#);
        check("€ 5%.pdf", r#"attachment; filename="_ 5_.pdf"; filename*=UTF-8''%E2%82%AC%205%25.pdf"#);
    }

    #[test]
    fn a_name_cannot_inject_anything() {
        check("a\"; x=\"b", r#"attachment; filename="a_; x=_b"; filename*=UTF-8''a%22%3B%20x%3D%22b"#);
        check("a\r\nSet-Cookie: b", r#"attachment; filename="a__Set-Cookie: b""#);
        check("../../etc\\passwd\0", r#"attachment; filename=".._.._etc_passwd_""#);
    }
}
