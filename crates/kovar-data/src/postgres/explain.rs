//! What PostgreSQL makes of a statement: its plan for any values, so that no value is shown to anybody.

use serde_json::Value;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::failure::Failure;
use super::pool::Lent;
use super::{CHANGING, READING, placeholder};
use crate::explain::{LARGE, Plan, hint};
use crate::{Error, Statement};

/// `None` of a statement that has no plan.
pub(super) async fn explain(lent: Lent, statement: &Statement) -> Result<Option<Plan>, Error> {
    let word = statement.first_word();
    if !READING.iter().chain(&CHANGING).any(|known| word.eq_ignore_ascii_case(known)) {
        return Ok(None);
    }
    let client = lent.connection().ok_or_else(Error::closed)?.client();
    lent.is_busy();
    let plan = read(client, statement).await.map_err(|cause| Failure::of(&cause).error);
    // Its own statement and no other: the connection goes on using those that it has prepared.
    let ended = client.batch_execute("rollback; deallocate kovar_explained").await;
    let plan = plan?;
    ended.map_err(|cause| Failure::of(&cause).error)?;
    lent.is_free();
    Ok(Some(plan))
}

async fn read(client: &Client, statement: &Statement) -> Result<Plan, tokio_postgres::Error> {
    let text = statement.render(placeholder);
    let begin = "begin read only; set local plan_cache_mode = force_generic_plan; prepare kovar_explained as ";
    client.batch_execute(&format!("{begin}{text}")).await?;
    let values = vec!["null"; statement.parameters().count()].join(", ");
    let execute = match values.is_empty() {
        true => "execute kovar_explained".to_owned(),
        false => format!("execute kovar_explained({values})"),
    };
    let text = lines(client, &format!("explain {execute}")).await?;
    let json = lines(client, &format!("explain (format json, verbose) {execute}")).await?;
    let mut scans = Vec::new();
    find_scans(&serde_json::from_str(&json).unwrap_or_default(), &mut scans);
    for scan in scans {
        let rows = lines(client, &scan.rows_query()).await?;
        if rows.parse().is_ok_and(|rows: i64| rows >= LARGE) {
            let hint = hint(&format!("all rows, about {rows},"), &scan.table, &format!("those where {}", scan.filter));
            return Ok(Plan { text, hint: Some(hint) });
        }
    }
    Ok(Plan { text, hint: None })
}

/// A table that is read as a whole for those of its rows that fit.
#[derive(Debug, PartialEq, Eq)]
struct Scan {
    schema: String,
    table: String,
    filter: String,
}

impl Scan {
    /// About how many rows it has, from what the server last counted.
    fn rows_query(&self) -> String {
        let quoted = |text: &str| text.replace('\'', "''");
        format!(
            "select c.reltuples::bigint from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = '{}' and c.relname = '{}'",
            quoted(&self.schema),
            quoted(&self.table)
        )
    }
}

fn find_scans(plan: &Value, scans: &mut Vec<Scan>) {
    match plan {
        Value::Array(plans) => plans.iter().for_each(|plan| find_scans(plan, scans)),
        Value::Object(node) => {
            let text = |name: &str| node.get(name).and_then(Value::as_str).map(str::to_owned);
            if text("Node Type").is_some_and(|kind| kind == "Seq Scan")
                && let (Some(schema), Some(table), Some(filter)) =
                    (text("Schema"), text("Relation Name"), text("Filter"))
            {
                scans.push(Scan { schema, table, filter });
            }
            node.values()
                .filter(|value| value.is_array() || value.is_object())
                .for_each(|node| find_scans(node, scans));
        }
        _ => {}
    }
}

/// The first column of all rows, a line for each.
async fn lines(client: &Client, text: &str) -> Result<String, tokio_postgres::Error> {
    let messages = client.simple_query(text).await?;
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(rows.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Scan, find_scans};

    #[test]
    fn only_what_looks_for_rows_without_an_index_is_found() {
        let scan = |filter: Option<&str>| {
            let mut node = json!({"Node Type": "Seq Scan", "Schema": "public", "Relation Name": "products"});
            if let Some(filter) = filter {
                node["Filter"] = filter.into();
            }
            node
        };
        let plans = [scan(None), scan(Some("(price > $1)")), json!({"Node Type": "Index Scan", "Filter": "(a)"})];
        let plan = json!([{"Plan": {"Node Type": "Limit", "Plans": plans}}]);
        let mut found = Vec::new();
        find_scans(&plan, &mut found);
        let (schema, table) = ("public".to_owned(), "products".to_owned());
        assert_eq!(found, [Scan { schema, table, filter: "(price > $1)".to_owned() }]);
    }
}
