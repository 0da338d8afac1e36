//! `openapi-python-client`, and strict mypy over what it wrote.

use super::LIMIT;
use crate::checks::documents::Document;
use crate::command::{output, run};
use crate::temporary::emptied;
use crate::workshop::Workshop;

/// What this generator does not know and therefore leaves out of its client. A warning of any other kind is a defect
/// of our document.
const KNOWN_GAPS: [&str; 2] = [
    // `application/jsonl`, `image/png`: a media type other than JSON, text and bytes.
    "Unsupported content",
    // A body without a schema, which in OpenAPI 3.1 is how raw bytes are said.
    "Missing schema",
];

pub(super) fn generate_and_check(workshop: &Workshop, document: &Document) -> Result<(), String> {
    let python = workshop.python()?;
    let folder = workshop.made("generated-python").join(document.name);
    emptied(&folder)?;
    let mut generator = python.program("openapi-python-client", LIMIT);
    generator.args(["generate", "--overwrite", "--path"]).arg(&document.path);
    generator.arg("--output-path").arg(&folder);
    generator.arg("--config").arg(workshop.source("python/openapi-python-client.yaml"));
    let (_, warnings) = output(&mut generator)?;
    only_known_gaps(&warnings)?;
    let mut mypy = python.program("mypy", LIMIT);
    run(mypy.args(["--strict", "--cache-dir", ".mypy_cache", "."]).current_dir(&folder)).map(drop)
}

/// Fails on the first `WARNING` whose explanation, the next line with text, is none of [`KNOWN_GAPS`].
fn only_known_gaps(warnings: &str) -> Result<(), String> {
    let mut lines = warnings.lines().filter(|line| !line.trim().is_empty());
    while let Some(line) = lines.next() {
        if !line.starts_with("WARNING") {
            continue;
        }
        let explanation = lines.next().unwrap_or_default();
        if !KNOWN_GAPS.iter().any(|gap| explanation.contains(gap)) {
            return Err(format!("{line}\n{explanation}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::only_known_gaps;

    const GAP: &str = "\
Warning(s) encountered while generating. Client was generated, but some pieces may be missing
WARNING parsing GET /image within default.

Cannot parse response for status code 200 (Unsupported content_type image/png), response will be omitted
";

    #[test]
    fn what_the_generator_cannot_do_is_no_defect_of_ours() {
        assert_eq!(only_known_gaps(GAP), Ok(()));
        assert_eq!(only_known_gaps(""), Ok(()));
    }

    #[test]
    fn any_other_warning_is() {
        let text =
            format!("{GAP}WARNING parsing POST /a within default.\n\nReference to schema X could not be resolved\n");
        let problem = only_known_gaps(&text).expect_err("the second warning is ours");
        assert!(problem.ends_with("Reference to schema X could not be resolved"), "{problem}");
    }
}
