//! Pages of a list, each naming the next by a cursor.
//!
//! A cursor says after which item the next page begins, so pages neither skip nor repeat items
//! when others are added meanwhile, and the database seeks instead of counting; numbers of pages
//! do both. What a client gets is opaque, so that the key behind it can change.

mod cursor;
mod link;

use std::fmt::Display;

use axum::response::Response;
use http::StatusCode;
use http::header::LINK;
use kovar_contract::shape::{About, Field, Kind, ObjectShape, Shape};
use kovar_contract::{Catalog, Direction, Output, Rules, Schema};
use serde::{Deserialize, Serialize};

use self::cursor::Token;
pub use self::cursor::{Cursor, InvalidCursor};
use super::{Respond, json};
use crate::context::RequestContext;
use crate::describe::{Describer, ResponseDescription};

/// One page of a list: status 200 with `{"items": […], "next_cursor": …}`.
///
/// `next_cursor` is `null` on the last page. The `Link` field (RFC 8288) names the next page, for
/// the parameter `cursor` of the query, and the first one; the other parameters are kept.
///
/// # Example
///
/// ```
/// use kovar_http::extract::Query;
/// use kovar_http::respond::{Cursor, Page};
///
/// // A handler asks for one row more than it shows, to see whether there are more.
/// async fn numbers(Query(cursor): Query<Option<Cursor<u32>>>) -> Page<u32> {
///     let first = cursor.map_or(1, |Cursor(last)| last + 1);
///     let rows: Vec<u32> = (first..).take(10 + 1).collect();
///     Page::of_rows(rows, 10, |number| *number)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<Token>,
}

impl<T> Page<T> {
    /// A page and where the next one begins; `None` when there is none.
    ///
    /// A key that serde cannot serialise makes the answer a 500.
    pub fn new<K: Serialize>(items: Vec<T>, next: Option<Cursor<K>>) -> Self {
        Self { items, next_cursor: next.map(|cursor| Token::of(&cursor)) }
    }

    /// The last page.
    pub fn last(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// A page of at most `limit` rows out of `limit + 1` that were asked for: one more row means
    /// that there is a next page, which begins after the key of the last row shown.
    pub fn of_rows<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl FnOnce(&T) -> K) -> Self {
        if rows.len() <= limit {
            return Self::last(rows);
        }
        rows.truncate(limit);
        let next = rows.last().map(|row| Cursor(key(row)));
        Self::new(rows, next)
    }

    /// The same with the key itself as the cursor, for keys that clients may see: an id. As a
    /// parameter it is then declared as what it is, say `Option<Uuid>`.
    pub fn by_plain_key<K: Display>(mut rows: Vec<T>, limit: usize, key: impl FnOnce(&T) -> K) -> Self {
        if rows.len() <= limit {
            return Self::last(rows);
        }
        rows.truncate(limit);
        let next_cursor = rows.last().map(|row| Token::plain(key(row)));
        Self { items: rows, next_cursor }
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, moved out.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Where the next page begins, as a client sends it back.
    pub fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_ref().and_then(Token::as_str)
    }

    /// The same page of other items.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(map).collect(), next_cursor: self.next_cursor }
    }
}

impl<T: Schema> Schema for Page<T> {
    fn shape(catalog: &mut Catalog) -> Shape {
        catalog.define::<Self>(Self::name, module_path!(), |catalog| {
            let items = Shape::new(Kind::List("List", Box::new(T::shape(catalog))));
            let about = |text: &'static str| About::new().description(text);
            let shape =
                ObjectShape::new().field(Field::new("items", items).about(about("The items of this page."))).field(
                    Field::new("next_cursor", Shape::text().nullable())
                        .about(about("What to send as `cursor` for the next page; `null` on the last one.")),
                );
            (about("One page of a list."), Shape::new(Kind::Object(shape)))
        })
    }

    fn accepts(&self, _: &Rules, direction: Direction) -> bool {
        self.items.iter().all(|item| item.accepts(&Rules::NONE, direction))
    }

    fn name() -> String {
        format!("Page{}", T::name())
    }
}

impl<T: Output> Respond for Page<T> {
    fn describe(describer: &mut Describer<'_>) {
        let shape = Self::shape(describer.catalog);
        let response = ResponseDescription::empty("One page; `next_cursor` and `Link` name the next")
            .content("application/json", Some(shape))
            .header("Link", "The next page and the first one, as `rel=\"next\"` and `rel=\"first\"` (RFC 8288)");
        describer.response(StatusCode::OK, response);
    }

    fn respond(self, context: &RequestContext) -> Response {
        let mut response = json(StatusCode::OK, &self, context);
        if response.status() == StatusCode::OK
            && let Some(links) = link::links(context.uri(), self.next_cursor())
        {
            response.headers_mut().insert(LINK, links);
        }
        response
    }
}

#[cfg(test)]
mod tests;
