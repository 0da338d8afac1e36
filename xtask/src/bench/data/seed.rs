//! What every database begins with. The rows are literals, so that both databases get the same ones.

use std::fmt::Write as _;

use super::peers::Database;
use super::workload::App;

const PRODUCTS: usize = 10_000;
const CATEGORIES: usize = 100;
const LINKS: usize = 10_000;

/// How many of each product there are: enough for whatever is taken away.
pub(super) const STOCK: u64 = 1_000_000_000;

const ROWS_PER_STATEMENT: usize = 500;

const MOMENT: &str = "2026-01-01T00:00:00.000000000Z";

/// The statements that fill the tables of an app.
pub(super) fn sql(app: App, database: Database) -> String {
    let mut text = match app {
        App::Products => rows("products", 1..=PRODUCTS, product),
        App::Shortener => rows("links (slug, url, created_at)", 0..=LINKS - 1, link),
    };
    if (app, database) == (App::Products, Database::Postgres) {
        let _ = writeln!(text, "alter table products alter column id restart with {};", PRODUCTS + 1);
    }
    text
}

/// The category of a product.
pub(super) fn category(id: usize) -> String {
    format!("c{}", id % CATEGORIES)
}

/// The products of a bundle, as every app derives them.
pub(super) fn bundle(seed: usize) -> impl Iterator<Item = usize> {
    (0..20).map(move |place| (seed * 31 + place * 487) % PRODUCTS + 1)
}

/// Where a link leads.
pub(super) fn url(number: usize) -> String {
    format!("https://example.com/{number}/a/long/way/to/what/is/there")
}

fn rows(table: &str, numbers: std::ops::RangeInclusive<usize>, row: fn(usize) -> String) -> String {
    let numbers: Vec<usize> = numbers.collect();
    let statement = |numbers: &[usize]| {
        let rows: Vec<String> = numbers.iter().map(|number| row(*number)).collect();
        format!("insert into {table} values\n{};\n", rows.join(",\n"))
    };
    numbers.chunks(ROWS_PER_STATEMENT).map(statement).collect()
}

fn product(id: usize) -> String {
    let description = match id.is_multiple_of(10) {
        true => "null".to_owned(),
        false => format!("'What there is to say of product {id}, in a sentence'"),
    };
    let (category, price_cents) = (category(id), 100 + id);
    format!("({id}, 'Product {id}', {description}, {price_cents}, {STOCK}, '{category}', '{MOMENT}')")
}

fn link(number: usize) -> String {
    format!("('s{number:05}', '{}', '{MOMENT}')", url(number))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Database, bundle, sql};
    use crate::bench::data::workload::App;

    #[test]
    fn all_rows_are_there() {
        let count = |app, database| sql(app, database).lines().filter(|line| line.starts_with('(')).count();
        assert_eq!(count(App::Products, Database::Postgres), 10_000);
        assert_eq!(count(App::Shortener, Database::Sqlite), 10_000);
    }

    #[test]
    fn only_postgres_has_a_sequence_to_set() {
        assert!(sql(App::Products, Database::Postgres).ends_with("restart with 10001;\n"));
        assert!(!sql(App::Products, Database::Sqlite).contains("alter table"));
    }

    #[test]
    fn a_bundle_has_twenty_products_that_are_there() {
        for seed in [0, 1, 9_999] {
            let ids: HashSet<usize> = bundle(seed).collect();
            assert!(ids.len() == 20 && ids.iter().all(|id| (1..=10_000).contains(id)), "{ids:?}");
        }
    }
}
