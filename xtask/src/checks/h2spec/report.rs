//! The report of h2spec in the format of `JUnit`. Only what h2spec writes is read, so no XML parser is needed.

/// One case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// As h2spec takes it for an argument: `http2/6.9.1/3`.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) failure: Option<String>,
}

/// All cases of a report, in their order. Within a section they are numbered from one.
pub(super) fn cases(report: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let (mut section, mut number) = ("", 0);
    for text in report.split("<testcase ").skip(1) {
        let text = text.split("</testcase>").next().unwrap_or_default();
        let package = attribute(text, "package");
        number = if package == section { number + 1 } else { 1 };
        section = package;
        cases.push(Case {
            id: format!("{package}/{number}"),
            name: plain(attribute(text, "classname")),
            failure: failure(text),
        });
    }
    cases
}

fn attribute<'text>(text: &'text str, name: &str) -> &'text str {
    let value = text.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    value.map_or("", |(value, _)| value)
}

/// What is within a case is why it did not pass: `<error>`, `<failure>` or `<skipped>`.
fn failure(text: &str) -> Option<String> {
    let (_, within) = text.split_once('>')?;
    let (element, rest) = within.split_once('<')?.1.split_once('>')?;
    let reason = rest.split("</").next().unwrap_or_default();
    Some(if reason.trim().is_empty() { element.to_owned() } else { plain(reason) })
}

fn plain(text: &str) -> String {
    let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{Case, cases};

    #[test]
    fn cases_are_numbered_within_their_section() {
        let report = r#"<testsuites><testsuite name="3.5. X" package="http2/3.5" tests="2">
            <testcase package="http2/3.5" classname="Sends &#34;a&#34;" time="0.1"></testcase>
            <testcase package="http2/3.5" classname="Sends b" time="0.1">
              <error>Connection closed
Error: &lt;eof&gt;</error>
            </testcase></testsuite><testsuite>
            <testcase package="hpack/2" classname="Sends c" time="0.1"><skipped></skipped></testcase>
            </testsuite></testsuites>"#;
        let case = |id: &str, name: &str, failure: Option<&str>| Case {
            id: id.to_owned(),
            name: name.to_owned(),
            failure: failure.map(str::to_owned),
        };
        let expected = [
            case("http2/3.5/1", "Sends \"a\"", None),
            case("http2/3.5/2", "Sends b", Some("Connection closed\nError: <eof>")),
            case("hpack/2/1", "Sends c", Some("skipped")),
        ];
        assert_eq!(cases(report), expected);
        assert_eq!(cases(""), []);
    }
}
