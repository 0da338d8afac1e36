//! Statements: SQL from literals, with the values that go into it kept apart.
//!
//! A statement is a row of parts, not a text with `?` in it. Putting two together is putting their parts in a row,
//! and the placeholders get their numbers once, when a database asks for its text. Renumbering placeholders inside
//! text was refused: it needs a parser for every dialect's quotes.

use std::fmt;

use crate::{Origin, Parameter, ToParameter};

/// One SQL statement with its parameters, made by [`sql!`](crate::sql!).
///
/// ```
/// # use kovar_data::sql;
/// # struct Filter { category: Option<String>, limit: u64 }
/// # let filter = Filter { category: None, limit: 20 };
/// let page = sql!("select * from products where true")
///     .and_if(filter.category, |category| sql!("category = {category}"))
///     .order_by("name, id")
///     .limit(filter.limit);
/// ```
#[derive(Clone)]
#[must_use = "a statement does nothing until a Db or a Tx runs it"]
pub struct Statement {
    parts: Vec<Part>,
    origin: Origin,
}

#[derive(Clone)]
enum Part {
    Text(&'static str),
    Parameter(Parameter),
}

impl Statement {
    /// Adds `other` behind this statement, with a space between. The origin stays this statement's.
    pub fn append(mut self, other: Self) -> Self {
        self.parts.push(Part::Text(" "));
        self.parts.extend(other.parts);
        self
    }

    /// Adds ` and (condition)` when there is a value for it.
    ///
    /// The parentheses keep an `or` inside the condition from reaching what stands before it.
    pub fn and_if<T>(self, value: Option<T>, condition: impl FnOnce(T) -> Self) -> Self {
        let Some(value) = value else { return self };
        self.text(" and (").with_parts_of(condition(value)).text(")")
    }

    /// Adds ` order by terms`. The terms are a literal: to let a client choose, match its choice to one.
    ///
    /// ```
    /// # use kovar_data::sql;
    /// # enum Sort { Name, Newest }
    /// # let sort = Sort::Newest;
    /// let statement = sql!("select * from products").order_by(match sort {
    ///     Sort::Name => "name, id",
    ///     Sort::Newest => "created_at desc, id",
    /// });
    /// ```
    pub fn order_by(self, terms: &'static str) -> Self {
        self.text(" order by ").text(terms)
    }

    /// Adds ` limit rows`.
    pub fn limit(self, rows: u64) -> Self {
        self.text(" limit ").parameter(&rows)
    }

    /// Adds ` offset rows`. SQLite allows it only behind [`limit`](Self::limit).
    pub fn offset(self, rows: u64) -> Self {
        self.text(" offset ").parameter(&rows)
    }

    /// Where the statement stands in the app's source.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What the statement begins with: `select`, `insert`. Empty if that is a comment.
    pub(crate) fn first_word(&self) -> &'static str {
        let Some(Part::Text(text)) = self.parts.first() else { return "" };
        let text = text.trim_start();
        let end = text.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(text.len());
        &text[..end]
    }

    /// The statement's text, with `placeholder` writing what stands for the parameter of a number, from 1.
    pub(crate) fn render(&self, placeholder: fn(&mut String, usize)) -> String {
        let mut text = String::with_capacity(128);
        let mut number = 0;
        for part in &self.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Parameter(_) => {
                    number += 1;
                    placeholder(&mut text, number);
                }
            }
        }
        text
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Parameter(parameter) => Some(parameter),
        })
    }

    fn text(mut self, text: &'static str) -> Self {
        self.parts.push(Part::Text(text));
        self
    }

    fn parameter(mut self, value: &dyn ToParameter) -> Self {
        self.parts.push(Part::Parameter(value.to_parameter()));
        self
    }

    fn with_parts_of(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }
}

/// Shows the text and where it stands, never the values.
impl fmt::Debug for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.render(|text, _| text.push('?'));
        formatter.debug_struct("Statement").field("text", &text).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// What `sql!` calls: `pieces` is the SQL around the `parameters`, one more than there are of them.
pub fn statement(file: &'static str, line: u32, pieces: &[&'static str], parameters: &[&dyn ToParameter]) -> Statement {
    let mut statement =
        Statement { parts: Vec::with_capacity(pieces.len() + parameters.len()), origin: Origin::new(file, line) };
    let mut parameters = parameters.iter();
    for piece in pieces {
        statement = statement.text(piece);
        if let Some(parameter) = parameters.next() {
            statement = statement.parameter(*parameter);
        }
    }
    statement
}

#[cfg(test)]
mod tests;
