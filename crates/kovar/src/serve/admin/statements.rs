//! What an app asks its database for: `/debug/statements`.

use kovar_console::{Table, Tables};
use kovar_http::metrics::Metrics;

pub(super) fn page(metrics: &Metrics) -> Tables {
    #[cfg(feature = "data")]
    let tables = metrics.database().map(|db| of_database::tables(metrics, &db));
    #[cfg(not(feature = "data"))]
    let (tables, _) = (None::<Vec<Table>>, metrics);
    let none = || vec![Table { caption: "The app has no database.".to_owned(), columns: Vec::new(), rows: Vec::new() }];
    Tables { title: "Statements".to_owned(), tables: tables.unwrap_or_else(none) }
}

#[cfg(feature = "data")]
mod of_database {
    use std::time::Duration;

    use jiff::Timestamp;
    use kovar_console::Table;
    use kovar_data::{Db, Load, SlowStatement, StatementCost};
    use kovar_http::metrics::{Metrics, Repeated};

    /// How many of the costliest statements are shown.
    const MOST: usize = 200;

    pub(super) fn tables(metrics: &Metrics, db: &Db) -> Vec<Table> {
        vec![repeated(&metrics.repeated_statements()), slow(db), costs(db), load(db)]
    }

    fn repeated(repeated: &[Repeated]) -> Table {
        let row = |repeated: &Repeated| {
            let statement = &repeated.statement;
            vec![
                statement.text.clone(),
                statement.origin.to_string(),
                repeated.operation.clone(),
                format!("{} times", statement.times),
                repeated.requests.to_string(),
                moment(repeated.at),
            ]
        };
        Table {
            caption: match repeated {
                [] => "Repeated (N+1): no request ran a statement five times or more".to_owned(),
                _ => {
                    "Repeated (N+1): requests that ran a statement five times or more, where one with a join or a list \
                  would do"
                        .to_owned()
                }
            },
            columns: vec!["Statement", "Place", "Operation", "At most", "Requests", "Last"],
            rows: repeated.iter().map(row).collect(),
        }
    }

    fn slow(db: &Db) -> Table {
        let row = |slow: SlowStatement| {
            let plan = slow.plan.map_or_else(String::new, |plan| format!("{}\n", plan.trim_end()));
            vec![
                slow.text,
                slow.origin.to_string(),
                milliseconds(slow.took),
                slow.times.to_string(),
                moment(slow.at),
                slow.hint.unwrap_or_default(),
                plan,
            ]
        };
        let slow = db.slow_statements();
        Table {
            caption: match slow.len() {
                0 => "Slow: none".to_owned(),
                _ => "Slow: the last, with how the database goes about them".to_owned(),
            },
            columns: vec!["Statement", "Place", "Took, ms", "Times", "Last", "Hint", "Plan"],
            rows: slow.into_iter().map(row).collect(),
        }
    }

    fn costs(db: &Db) -> Table {
        let costs = db.statements();
        let all: Duration = costs.iter().map(|cost| cost.total).sum();
        let row = |cost: &StatementCost| {
            let part = 100.0 * cost.total.as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE);
            vec![
                cost.text.clone(),
                cost.origin.to_string(),
                cost.runs.to_string(),
                format!("{part:.1}"),
                milliseconds(cost.mean()),
                milliseconds(cost.longest),
                cost.rows.to_string(),
                cost.failures.to_string(),
                cost.dropped.to_string(),
            ]
        };
        Table {
            caption: format!("{} statements since the start, those that took the most time first", costs.len()),
            columns: vec![
                "Statement",
                "Place",
                "Runs",
                "% of time",
                "Mean, ms",
                "Longest, ms",
                "Rows",
                "Failed",
                "Dropped",
            ],
            rows: costs.iter().take(MOST).map(row).collect(),
        }
    }

    fn load(db: &Db) -> Table {
        let Load { reading, writing, lent, most_lent, lanes, .. } = db.load();
        let rows = [
            ("Single statements that read, or wait to", reading.to_string()),
            ("Single statements that wait to write", writing.to_string()),
            ("Connections that one caller has to itself", format!("{lent} of {most_lent}")),
            ("Connections that single statements share", lanes.to_string()),
        ];
        Table {
            caption: "Now".to_owned(),
            columns: vec!["What", "How many"],
            rows: rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]).collect(),
        }
    }

    fn milliseconds(time: Duration) -> String {
        format!("{:.3}", time.as_secs_f64() * 1e3)
    }

    /// To the second.
    fn moment(at: Timestamp) -> String {
        at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}
