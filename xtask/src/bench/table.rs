//! Tables in Markdown, aligned so that they can be read without being rendered.

/// A table whose first column is text and whose others are numbers.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<'a>(heads: impl IntoIterator<Item = &'a str>) -> Self {
        Self { rows: vec![heads.into_iter().map(str::to_owned).collect()] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(crate) fn markdown(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell = |row: usize, column: usize| self.rows[row].get(column).map_or("", String::as_str);
        let width =
            |column| (0..self.rows.len()).map(|row| cell(row, column).chars().count()).max().unwrap_or(0).max(2);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in 0..self.rows.len() {
            let cells = (0..columns).map(|column| padded(cell(row, column), widths[column], column == 0));
            text.push_str(&line(cells));
            if row == 0 {
                text.push_str(&line(widths.iter().enumerate().map(|(column, width)| rule(*width, column == 0))));
            }
        }
        text
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

fn padded(text: &str, width: usize, is_text: bool) -> String {
    let missing = " ".repeat(width - text.chars().count());
    if is_text { format!("{text}{missing}") } else { format!("{missing}{text}") }
}

fn rule(width: usize, is_text: bool) -> String {
    if is_text { "-".repeat(width) } else { format!("{}:", "-".repeat(width - 1)) }
}

/// Three significant digits, and no more than a reader can use: `0.42`, `7.53`, `18.9`, `187`, `54,321`.
pub(crate) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        small if small < 10.0 => 2,
        medium if medium < 100.0 => 1,
        _ => 0,
    };
    grouped(&format!("{value:.decimals$}"))
}

/// Commas between thousands.
fn grouped(digits: &str) -> String {
    if digits.contains('.') {
        return digits.to_owned();
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Table, number};

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["who", "CPU µs"]);
        table.row(vec!["Kovar".to_owned(), "7.53".to_owned()]);
        table.row(vec!["x".to_owned()]);
        let expected = "| who   | CPU µs |\n| ----- | -----: |\n| Kovar |   7.53 |\n| x     |        |\n";
        assert_eq!(table.markdown(), expected);
    }

    #[test]
    fn numbers_have_as_many_digits_as_they_are_worth() {
        for (value, text) in [
            (0.423, "0.42"),
            (7.526, "7.53"),
            (18.94, "18.9"),
            (187.4, "187"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
