use std::fmt::Write;

use crate::{Statement, sql};

/// Checks the text as SQLite gets it, and how many parameters go with it.
#[track_caller]
fn check(statement: &Statement, text: &str, parameters: usize) {
    let rendered = statement.render(|text, number| write!(text, "?{number}").unwrap());
    assert_eq!((rendered.as_str(), statement.parameters().count()), (text, parameters));
}

struct Filter {
    name: String,
    min_price: Option<i64>,
}

impl Filter {
    fn doubled(&self) -> Option<i64> {
        self.min_price.map(|price| price * 2)
    }
}

#[test]
fn expressions_become_parameters_in_order() {
    let filter = Filter { name: "lamp".to_owned(), min_price: Some(3) };
    let product_id = 7;
    check(&sql!("select 1"), "select 1", 0);
    check(
        &sql!("select * from p where id = {product_id} and name = {filter.name} and price > {filter.doubled()}"),
        "select * from p where id = ?1 and name = ?2 and price > ?3",
        3,
    );
    check(&sql!("{product_id}{product_id}"), "?1?2", 2);
    check(&sql!("select {product_id + 1}, {[1, 2][1]}, {&filter.name}"), "select ?1, ?2, ?3", 3);
    // Nothing was moved out of the struct.
    assert_eq!(filter.name, "lamp");
}

#[test]
fn braces_of_sql_are_doubled() {
    let value = 1;
    check(&sql!("select '{{}}', {value}"), "select '{}', ?1", 1);
    check(&sql!("{{{value}}}"), "{?1}", 1);
}

#[test]
fn an_expression_may_have_braces_and_text_of_its_own() {
    let found = Some(1);
    check(&sql!("select {found.map(|n| { n + 1 })}"), "select ?1", 1);
    check(&sql!(r#"select {format!("{{}}{}", "}")}"#), "select ?1", 1);
}

#[test]
fn quotes_and_comments_are_passed_on() {
    let value = 1;
    check(&sql!("select 'it''s', {value}"), "select 'it''s', ?1", 1);
    check(
        &sql!(
            "select \"it's\" -- it's
            , /* it's */ {value}"
        ),
        "select \"it's\" -- it's\n            , /* it's */ ?1",
        1,
    );
}

#[test]
fn parts_are_numbered_as_a_whole() {
    let (category, name, rest) = (Some("lamps"), "a", 5);
    let statement = sql!("select * from p where shop = {rest}")
        .and_if(category, |category| sql!("category = {category} or category is null"))
        .and_if(None::<i64>, |price| sql!("price = {price}"))
        .append(sql!("and name > {name}"))
        .order_by("name, id")
        .limit(10)
        .offset(20);
    check(
        &statement,
        "select * from p where shop = ?1 and (category = ?2 or category is null) and name > ?3 \
         order by name, id limit ?4 offset ?5",
        5,
    );
}

#[test]
fn a_statement_knows_where_it_stands() {
    let statement = sql!("select 1").append(sql!("where true"));
    assert!(statement.origin().file().ends_with("statement/tests.rs"), "{}", statement.origin());
    assert_eq!(statement.origin().line(), line!() - 2);
}

#[test]
fn debug_shows_no_values() {
    let secret = "hunter2";
    let shown = format!("{:?}", sql!("select {secret}"));
    assert!(shown.contains("select ?") && !shown.contains(secret), "{shown}");
}
