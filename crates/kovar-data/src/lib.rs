//! Databases for Kovar: statements whose values are bound, rows that are your types, transactions, migrations.
//!
//! SQL is SQL: there is no query language of Kovar's own, and no ORM. What this crate adds is that a value never
//! becomes SQL ([`sql!`]), that a row becomes any `serde` type with an error that names the column ([`Db::one`]),
//! that a future may be dropped at any point ([`Db`]), and that the schema is where the app expects it
//! ([`Migrations`]).
//!
//! ```
//! use kovar_data::{Db, migrations, sql};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Product {
//!     id: i64,
//!     name: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), kovar_data::Error> {
//! let db = Db::open("sqlite::memory:").await?;
//! db.execute(sql!("create table products (id integer primary key, name text not null)")).await?;
//!
//! let name = "Lamp";
//! let lamp: Product = db.one(sql!("insert into products (name) values ({name}) returning *")).await?;
//! assert_eq!((lamp.id, lamp.name.as_str()), (1, "Lamp"));
//! # Ok(())
//! # }
//! ```
//!
//! The URL says which database it is: SQLite, which is compiled in, or a PostgreSQL server.

mod check;
mod db;
mod engine;
mod error;
mod explain;
mod hash;
mod listener;
mod migrations;
mod options;
mod origin;
mod outbox;
mod parameter;
mod postgres;
mod rows;
mod sqlite;
mod statement;
mod ticket;
mod transaction;
mod watch;

pub use check::{Checked, Mismatch, ParameterKind, ParameterType};
pub use db::Db;
pub use engine::{Dialect, Isolation, Load};
pub use error::Error;
pub use listener::{Listener, Notice};
pub use migrations::{Migration, MigrationState, MigrationStatus, Migrations};
pub use options::Options;
pub use origin::Origin;
pub use outbox::{
    InProcess, Message, Outbox, OutboxCounts, OutboxMessage, ParkedMessage, PublishError, Publisher, RunningOutbox,
};
pub use parameter::{AsJson, AsText, List, Parameter, ToParameter, ToRow};
pub use statement::{Gives, Rows, Statement, Untyped};
pub use transaction::Tx;
pub use watch::{RepeatedStatement, SlowStatement, StatementCost, Tally};

/// A [`Statement`] from a text in which each `{expression}` is bound as a parameter.
///
/// The expression is any Rust expression; it is borrowed, so a field stays where it is. Its type must be
/// [`ToParameter`]. Braces of SQL are written `{{` and `}}`. The text must be a literal: SQL that is pasted together
/// from strings does not compile. Statements are put together with [`Statement::append`] and its neighbours.
///
/// ```
/// # use kovar_data::sql;
/// # struct Filter { min_price: i64 }
/// # let (product_id, filter) = (7, Filter { min_price: 10 });
/// let statement = sql!("select * from products where id = {product_id} and price > {filter.min_price}");
/// ```
///
/// A type in front of the text says what the rows are, and one behind an expression what the value is. The compiler
/// holds to both, and so does the app's `check` ([`Db::check_statements`]), which compares them with the database's:
///
/// ```
/// # use kovar_data::{Db, sql};
/// # #[derive(serde::Deserialize)] struct Product { id: i64, name: String }
/// # async fn example(db: Db, id: i64) -> Result<(), kovar_data::Error> {
/// let product = db.optional(sql!(Product: "select id, name from products where id = {id: i64}")).await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use kovar_data::{Db, sql};
/// # async fn example(db: Db) -> Result<(), kovar_data::Error> {
/// let count = db.one::<String>(sql!(i64: "select count(*) from products")).await?;
/// # Ok(())
/// # }
/// ```
///
/// A statement for one database begins with the word, as in `sql!(postgres: "…")` or `sql!(sqlite Product: "…")`, and
/// one that `check` is to leave alone with `unchecked`.
///
/// A string is not SQL:
///
/// ```compile_fail
/// # use kovar_data::sql;
/// let text = String::from("select 1");
/// let statement = sql!(text);
/// ```
#[macro_export]
macro_rules! sql {
    ($($text:tt)*) => { $crate::__private::sql!($crate; $($text)*) };
}

/// What the macros expand to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::check::{Only, ParameterType, Registered, RowShape, reflect};
    pub use crate::statement::{of, statement, typed};
    pub use inventory;

    /// An error of a transaction that ran into another, for tests.
    pub fn conflict() -> crate::Error {
        crate::Error::new(crate::error::Kind::Conflict, "made by hand")
    }
    pub use kovar_macros::sql;
}
