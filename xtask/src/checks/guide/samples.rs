//! The samples of a page, word for word as they stand in the files that the tests compile and run.
//!
//! A comment names the file and the part of it between `ANCHOR: name` and `ANCHOR_END: name`; the code below is a copy:
//!
//! ````text
//! <!-- sample: ../samples/src/schemas/union.rs:union -->
//! ```rust,ignore
//! …
//! ```
//! ````
//!
//! mdBook's own `{{#include …}}` is not used: a code host shows that line in place of the code. Whoever writes one gets
//! it turned into a sample.

use std::path::Path;

use super::{beside, read};

const FENCE: &str = "```";

/// The page with each sample as its file has it, and the lines on which that is a difference.
///
/// # Errors
/// The lines of samples that lead nowhere, with the reason.
pub(super) fn renewed(page: &Path, text: &str) -> Result<(String, Vec<usize>), Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut renewed, mut different, mut problems) = (Vec::<String>::new(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < lines.len() {
        let Some((reference, length)) = sample(&lines[at..]) else {
            if lines[at].contains("{{#include") {
                problems.push(format!("line {}: an include that is not alone in a block of code.", at + 1));
            }
            renewed.push(lines[at].to_owned());
            at += 1;
            continue;
        };
        let fence = lines[at..at + length].iter().find(|line| line.starts_with(FENCE)).unwrap_or(&FENCE);
        match part(page, reference) {
            Ok(code) => {
                let comment = format!("<!-- sample: {reference} -->");
                let block = [vec![comment, (*fence).to_owned()], code, vec![FENCE.to_owned()]].concat();
                if block != lines[at..at + length] {
                    different.push(at + 1);
                }
                renewed.extend(block);
            }
            Err(problem) => problems.push(format!("line {}: {problem}", at + 1)),
        }
        at += length;
    }
    if problems.is_empty() { Ok((renewed.join("\n") + "\n", different)) } else { Err(problems) }
}

/// The file and part that the first of these lines begins a sample of, and how many lines it has.
fn sample<'t>(lines: &[&'t str]) -> Option<(&'t str, usize)> {
    let comment = lines.first()?.strip_prefix("<!-- sample: ").and_then(|rest| rest.strip_suffix(" -->"));
    let start = usize::from(comment.is_some());
    lines.get(start).filter(|line| line.starts_with(FENCE))?;
    let code = lines[start + 1..].iter().position(|line| *line == FENCE)?;
    let reference = comment.or_else(|| {
        let [line] = lines[start + 1..start + 1 + code] else { return None };
        line.strip_prefix("{{#include ")?.strip_suffix("}}")
    });
    Some((reference?, start + code + 2))
}

/// The lines of `path:anchor`, or of a whole file, without those that mark anchors.
fn part(page: &Path, reference: &str) -> Result<Vec<String>, String> {
    let (path, anchor) = reference.split_once(':').map_or((reference, None), |(path, anchor)| (path, Some(anchor)));
    let text = read(&beside(page, path))?;
    let marks = |line: &str, word: &str| {
        anchor.is_some_and(|anchor| line.split_whitespace().collect::<Vec<_>>().ends_with(&[word, anchor]))
    };
    let lines: Vec<&str> = text.lines().collect();
    let (start, end) = match anchor {
        None => (0, lines.len()),
        Some(anchor) => {
            let find = |word: &str| lines.iter().position(|line| marks(line, word));
            match (find("ANCHOR:"), find("ANCHOR_END:")) {
                (Some(start), Some(end)) if start < end => (start, end),
                _ => return Err(format!("{path} has no `ANCHOR: {anchor}` with an `ANCHOR_END: {anchor}`.")),
            }
        }
    };
    let code = lines[start..end].iter().filter(|line| !line.contains("ANCHOR: ") && !line.contains("ANCHOR_END: "));
    let code: Vec<String> = code.map(|line| (*line).to_owned()).collect();
    match code.iter().any(|line| line.starts_with(FENCE)) {
        true => Err(format!("{reference} has a line that would end the block of code.")),
        false => Ok(code),
    }
}
