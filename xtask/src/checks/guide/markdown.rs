//! As much of Markdown as finding its links and headings takes. Not a parser: a page that is too
//! clever for this reading is too clever for its readers.

/// Something on a page that points elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// `[text](target)`, an image, or `[label]: target`; never to another site.
    Link { target: String },
    /// `[text][label]` without a `[label]: …`.
    Undefined { label: String },
}

/// The references of a page with the number of the line that each stands on.
pub(super) fn references(text: &str) -> Vec<(usize, Reference)> {
    let labels: Vec<String> =
        prose(text).filter_map(|(_, line)| definition(&line).map(|(label, _)| label.to_lowercase())).collect();
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let mut targets: Vec<Reference> = match definition(&line) {
            Some((_, target)) => vec![Reference::Link { target: target.to_owned() }],
            None => links(&line),
        };
        targets.retain(|reference| !matches!(reference, Reference::Link { target } if leads_outside(target)));
        targets.retain(
            |reference| !matches!(reference, Reference::Undefined { label } if labels.contains(&label.to_lowercase())),
        );
        found.extend(targets.into_iter().map(|reference| (number, reference)));
    }
    found
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    let mut anchors = Vec::new();
    for (_, line) in prose_with_code(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let slug = slug(title.trim());
        // The second heading of the same words is `words-1`.
        let copies = slugs.iter().filter(|earlier| **earlier == slug).count();
        anchors.push(if copies == 0 { slug.clone() } else { format!("{slug}-{copies}") });
        slugs.push(slug);
    }
    anchors
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        other => other.is_alphanumeric().then_some(other),
    });
    kept.flat_map(char::to_lowercase).collect()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// The lines outside fenced code.
fn prose_with_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    numbered(text).filter(move |(_, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => return true,
            _ => {}
        }
        false
    })
}

/// The lines outside fenced code, with what stands in `` `code` `` blanked.
fn prose(text: &str) -> impl Iterator<Item = (usize, String)> {
    prose_with_code(text).map(|(number, line)| (number, without_code(line)))
}

fn without_code(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    // An odd part lies between two ticks; a last tick without a partner is only a tick.
    let code = |index: usize| index % 2 == 1 && index + 1 < parts.len();
    parts.iter().enumerate().map(|(index, part)| if code(index) { "code" } else { part }).collect()
}

/// `[label]: target`, but not the footnote `[^label]: text`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (label, target) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    (!label.contains(']') && !label.starts_with('^'))
        .then(|| (label, target.split_whitespace().next().unwrap_or_default()))
}

/// `[text](target)` and `[text][label]`, also inside one another, as an image in a link is.
fn links(line: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("](") {
        let target = line[at + 2..].split_whitespace().next().unwrap_or_default();
        found.push(Reference::Link { target: until_closed(target).trim_matches(['<', '>']).to_owned() });
    }
    for (at, _) in line.match_indices("][") {
        let label = line[at + 2..].split_once(']').map_or("", |(label, _)| label);
        found.push(Reference::Undefined { label: label.to_owned() });
    }
    found
}

/// The part before the parenthesis that closes a link; pairs within it belong to the target.
fn until_closed(target: &str) -> &str {
    let mut open = 0_u32;
    for (at, character) in target.char_indices() {
        match character {
            '(' => open += 1,
            ')' if open == 0 => return &target[..at],
            ')' => open -= 1,
            _ => {}
        }
    }
    target
}

fn leads_outside(target: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}
