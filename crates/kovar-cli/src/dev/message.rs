//! What a compiler writes for a terminal, written for a page.

/// The text without the control sequences of terminals (ECMA-48), safe to stand in HTML.
pub(super) fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => skip_sequence(&mut letters),
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' | '\t' => html.push(letter),
            letter if letter.is_control() => {}
            letter => html.push(letter),
        }
    }
    html
}

/// `ESC [ … letter` is a control sequence, `ESC ] … BEL` or `ESC ] … ESC \` a link or title.
fn skip_sequence(letters: &mut std::str::Chars<'_>) {
    match letters.next() {
        Some('[') => {
            letters.find(|letter| ('\u{40}'..='\u{7e}').contains(letter));
        }
        Some(']') => {
            let mut last = ' ';
            letters.find(|&letter| {
                let is_end = letter == '\u{7}' || (last == '\u{1b}' && letter == '\\');
                last = letter;
                is_end
            });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_html_is_escaped() {
        let cases = [
            (
                "\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: `Vec<T>` & \"x\"\r\n",
                "error: `Vec&lt;T&gt;` &amp; &quot;x&quot;\n",
            ),
            ("\u{1b}]8;;https://doc\u{1b}\\E0308\u{1b}]8;;\u{1b}\\", "E0308"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("<script>", "&lt;script&gt;"),
            ("cut \u{1b}[3", "cut "),
        ];
        for (text, expected) in cases {
            assert_eq!(to_html(text), expected, "{text:?}");
        }
    }
}
