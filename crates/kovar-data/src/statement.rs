//! Statements: SQL from literals, with the values that go into it kept apart.
//!
//! A statement is a row of parts, not a text with `?` in it. Putting two together is putting their parts in a row,
//! and the placeholders get their numbers once, when a database asks for its text. Renumbering placeholders inside
//! text was refused: it needs a parser for every dialect's quotes.

use std::cmp::Ordering;
use std::fmt;
use std::hash::Hasher as _;
use std::marker::PhantomData;

use crate::hash::Quick;
use crate::parameter::Kind;
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
///
/// A statement that says what its rows are, as in `sql!(Product: "select …")`, is a `Statement<Rows<Product>>`.
#[must_use = "a statement does nothing until a Db or a Tx runs it"]
pub struct Statement<R = Untyped> {
    parts: Vec<Part>,
    origin: Origin,
    marks: Marks,
    rows: PhantomData<fn() -> R>,
}

/// Of a statement that does not say what its rows are: whoever runs it does.
#[derive(Debug)]
pub enum Untyped {}

/// Of a statement whose rows are each a `T`.
#[derive(Debug)]
pub struct Rows<T>(PhantomData<fn() -> T>);

/// A statement whose rows can be read as `T`: one that does not say what they are, or says that they are `T`.
#[diagnostic::on_unimplemented(
    message = "the statement does not give rows of `{T}`",
    label = "it says that its rows are something else",
    note = "the type in `sql!(Type: \"…\")` is that of the rows that are read"
)]
pub trait Gives<T>: Sized {
    /// The statement, without what it says of its rows.
    fn into_statement(self) -> Statement;
}

impl<T> Gives<T> for Statement {
    fn into_statement(self) -> Statement {
        self
    }
}

impl<T> Gives<T> for Statement<Rows<T>> {
    fn into_statement(self) -> Statement {
        self.of()
    }
}

/// What the app knows about a statement and the database does not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    /// Running it twice is as running it once.
    pub(crate) is_idempotent: bool,
    /// A replica may answer it.
    pub(crate) may_be_stale: bool,
    /// That it runs many times is meant.
    pub(crate) is_repeated: bool,
}

#[derive(Clone)]
enum Part {
    Text(&'static str),
    Parameter(Parameter),
    /// Values in parentheses.
    List(Vec<Parameter>),
}

impl<R> Statement<R> {
    /// Adds `other` behind this statement, with a space between. The origin stays this statement's.
    pub fn append(mut self, other: Statement) -> Self {
        self.parts.push(Part::Text(" "));
        self.parts.extend(other.parts);
        self
    }

    /// Adds ` and (condition)` when there is a value for it.
    ///
    /// The parentheses keep an `or` inside the condition from reaching what stands before it.
    pub fn and_if<T>(self, value: Option<T>, condition: impl FnOnce(T) -> Statement) -> Self {
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

    /// Says that running it twice is as running it once. So it is sent again when a connection to PostgreSQL was lost
    /// before its answer came, instead of being [in doubt](crate::Error::is_in_doubt). What only reads needs no saying.
    ///
    /// ```
    /// # use kovar_data::sql;
    /// # let (id, name) = (7, "Lamp");
    /// let statement = sql!("update products set name = {name} where id = {id}").idempotent();
    /// ```
    pub fn idempotent(mut self) -> Self {
        self.marks.is_idempotent = true;
        self
    }

    /// Says that a [replica](crate::Options::replica) may answer it, which may not have the last changes yet. Without
    /// one, or outside its reach, it is answered as any other.
    pub fn stale(mut self) -> Self {
        self.marks.may_be_stale = true;
        self
    }

    /// Says that running it many times in one request is meant, and nothing that one statement should do: nobody is told of
    /// it as repeated (N+1).
    pub fn repeated(mut self) -> Self {
        self.marks.is_repeated = true;
        self
    }

    fn of<O>(self) -> Statement<O> {
        Statement { parts: self.parts, origin: self.origin, marks: self.marks, rows: PhantomData }
    }

    pub(crate) fn marks(&self) -> Marks {
        self.marks
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
        let mut next = |text: &mut String| {
            number += 1;
            placeholder(text, number);
        };
        for part in &self.parts {
            match part {
                Part::Text(piece) => text.push_str(piece),
                Part::Parameter(_) => next(&mut text),
                Part::List(values) => {
                    text.push('(');
                    for index in 0..values.len() {
                        text.push_str(if index == 0 { "" } else { ", " });
                        next(&mut text);
                    }
                    text.push(')');
                }
            }
        }
        text
    }

    /// The statement's text with `?` for each value, where a list is one however long.
    pub(crate) fn normalised(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            text.push_str(match part {
                Part::Text(piece) => piece,
                Part::Parameter(_) => "?",
                Part::List(_) => "(…)",
            });
        }
        text
    }

    /// Says of two statements whether they have the same normalised text and stand at the same place, but for one in many
    /// millions of millions. Two that do may have different keys.
    pub(crate) fn key(&self) -> u64 {
        let pieces = self.parts.iter().map(|part| match part {
            Part::Text(piece) => (piece.as_ptr().addr() as u64, piece.len() as u64),
            Part::Parameter(_) => (1, 0),
            Part::List(_) => (2, 0),
        });
        let place = (self.origin.file().as_ptr().addr() as u64, u64::from(self.origin.line()));
        let mut key = Quick::default();
        for (one, other) in std::iter::once(place).chain(pieces) {
            key.add(one);
            key.add(other);
        }
        key.finish()
    }

    pub(crate) fn parameters(&self) -> impl DoubleEndedIterator<Item = &Parameter> {
        self.parts.iter().flat_map(|part| match part {
            Part::Text(_) => &[],
            Part::Parameter(parameter) => std::slice::from_ref(parameter),
            Part::List(values) => values.as_slice(),
        })
    }

    /// Orders statements of the same text by their values, the last first, which tend to say which row it is. Which order
    /// it is means nothing; it is the same everywhere.
    pub(crate) fn cmp_values(&self, other: &Self) -> Ordering {
        let (mut mine, mut others) = (self.parameters().rev(), other.parameters().rev());
        loop {
            match (mine.next(), others.next()) {
                (Some(mine), Some(other)) => match mine.0.order(&other.0) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                },
                (None, None) => return Ordering::Equal,
                (mine, _) => return if mine.is_none() { Ordering::Less } else { Ordering::Greater },
            }
        }
    }

    fn text(mut self, text: &'static str) -> Self {
        self.parts.push(Part::Text(text));
        self
    }

    fn parameter(mut self, value: &dyn ToParameter) -> Self {
        match value.to_parameter() {
            Parameter(Kind::List(values)) if values.is_empty() => self.empty_list(),
            Parameter(Kind::List(values)) => self.list(values),
            value => {
                self.parts.push(Part::Parameter(value));
                self
            }
        }
    }

    /// Adds a list without values, for which neither database has a form. What is compared with NULL is neither true
    /// nor false, so it is said which it is: nothing is in it, and everything is not.
    fn empty_list(self) -> Self {
        let before = match self.parts.last() {
            Some(Part::Text(text)) => text.trim_end().to_ascii_lowercase(),
            _ => String::new(),
        };
        let words: Vec<&str> = before.split_ascii_whitespace().rev().take(2).collect();
        self.text(if words == ["in", "not"] { "(null) is not false" } else { "(null) is true" })
    }

    /// Adds a list in parentheses.
    fn list(mut self, values: Vec<Parameter>) -> Self {
        self.parts.push(Part::List(values));
        self
    }

    fn with_parts_of(mut self, other: Statement) -> Self {
        self.parts.extend(other.parts);
        self
    }
}

impl Statement {
    /// The statement that inserts a row into this one, which is a table and its columns.
    pub(crate) fn insert(&self, row: Vec<Parameter>) -> Self {
        let parts = vec![Part::Text("insert into")];
        let insert = Self { parts, origin: self.origin, marks: self.marks, rows: PhantomData };
        insert.append(self.clone()).text(" values ").list(row)
    }
}

impl<R> Clone for Statement<R> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), origin: self.origin, marks: self.marks, rows: PhantomData }
    }
}

/// Shows the text and where it stands, never the values.
impl<R> fmt::Debug for Statement<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.render(|text, _| text.push('?'));
        formatter.debug_struct("Statement").field("text", &text).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// What `sql!` calls: `pieces` is the SQL around the `parameters`, one more than there are of them.
pub fn statement(file: &'static str, line: u32, pieces: &[&'static str], parameters: &[&dyn ToParameter]) -> Statement {
    let parts = Vec::with_capacity(pieces.len() + parameters.len());
    let (origin, marks) = (Origin::new(file, line), Marks::default());
    let mut statement = Statement { parts, origin, marks, rows: PhantomData };
    let mut parameters = parameters.iter();
    for piece in pieces {
        statement = statement.text(piece);
        if let Some(parameter) = parameters.next() {
            statement = statement.parameter(*parameter);
        }
    }
    statement
}

/// What `sql!` calls with the type of a value.
pub fn of<T: ?Sized>(value: &T) -> &T {
    value
}

/// What `sql!` calls with the type of the rows.
pub fn typed<T>(statement: Statement) -> Statement<Rows<T>> {
    statement.of()
}

#[cfg(test)]
mod tests;
