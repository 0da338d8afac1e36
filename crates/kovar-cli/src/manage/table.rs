//! Tables whose columns are aligned.

/// A table: its head, its rows, and which columns hold numbers, which stand at the right.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// The names of the columns.
    pub(crate) head: &'a [&'a str],
    /// The columns that are aligned at the right.
    pub(crate) numbers: &'a [usize],
    /// The cells.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table<'_> {
    /// The table as lines, without spaces at their ends.
    pub(crate) fn lines(&self) -> Vec<String> {
        let head: Vec<String> = self.head.iter().map(|&name| name.to_owned()).collect();
        std::iter::once(&head).chain(&self.rows).map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &[String]) -> String {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = self.width(column);
            if self.numbers.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([self.head[column].len()]).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = vec![vec!["a".into(), "1".into(), "x".into()], vec!["long".into(), "234".into(), "y".into()]];
        let table = Table { head: &["name", "n", "z"], numbers: &[1], rows };
        assert_eq!(table.lines(), ["name    n  z", "a       1  x", "long  234  y"]);
    }
}
