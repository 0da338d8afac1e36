//! Whether the types of a statement and those of its database fit.

use super::described::{ANY_WIDTH, Class, Described, DescribedColumn, SqlType};
use super::probe::{Field, RowShape, Wants};
use super::registered::{ParameterKind, Registered};

/// What does not fit of the values that go in.
pub(super) fn parameters(statement: &Registered, described: &[Option<SqlType>]) -> impl Iterator<Item = String> {
    let declared = statement.parameters.iter().zip(described).enumerate();
    declared.filter_map(|(index, (kind, sql_type))| {
        let (kind, sql_type) = (kind.as_ref()?, sql_type.as_ref()?);
        (!goes_into(*kind, &sql_type.class)).then(|| {
            format!("parameter {} is {} in the source, and `{sql_type}` in the database", index + 1, kind.name())
        })
    })
}

/// What does not fit of the rows that come out.
pub(super) fn rows(statement: &Registered, described: &Described) -> Vec<String> {
    let Some(reflect) = statement.rows else { return Vec::new() };
    let columns = &described.columns;
    match reflect() {
        RowShape::Unknown => Vec::new(),
        RowShape::Scalar(field) => match columns.as_slice() {
            [column] => value(&field, column, "the value").into_iter().collect(),
            _ => vec![format!("the rows have {} columns, and `{}` is read from one", columns.len(), field.rust_type)],
        },
        RowShape::Columns(fields) if fields.len() != columns.len() => {
            vec![format!("the rows have {} columns, and the tuple has {} elements", columns.len(), fields.len())]
        }
        RowShape::Columns(fields) => {
            let pairs = fields.iter().zip(columns);
            pairs.filter_map(|(field, column)| value(field, column, &format!("`{}`", column.name))).collect()
        }
        RowShape::Fields(fields, missing) => {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let missing = missing(&names).into_iter().map(|name| format!("field `{name}` has no column"));
            let pairs = fields.iter().filter_map(|field| {
                let column = columns.iter().find(|column| column.name == field.name)?;
                value(field, column, &format!("field `{}`", field.name))
            });
            pairs.chain(missing).collect()
        }
    }
}

fn value(field: &Field, column: &DescribedColumn, what: &str) -> Option<String> {
    let rust_type = &field.rust_type;
    if let Some(sql_type) = &column.sql_type {
        if let Wants::Enum(variants) = field.wants
            && let Class::Enum(labels) = &sql_type.class
            && let Some(label) = labels.iter().find(|label| !variants.contains(&label.as_str()))
        {
            return Some(format!("{what} is `{rust_type}`, which has no variant for `{label}` of `{sql_type}`"));
        }
        if !comes_out_of(field, sql_type) {
            return Some(format!("{what} is `{rust_type}` in the source, and `{sql_type}` in the database"));
        }
    }
    if column.is_nullable == Some(true) && !field.takes_null {
        return Some(format!("{what} is `{rust_type}`, and the column may be NULL: `Option<{rust_type}>` takes that"));
    }
    None
}

impl ParameterKind {
    fn name(self) -> String {
        match self {
            Self::Bool => "a boolean".to_owned(),
            Self::Integer(bits) => format!("an integer of {bits} bits"),
            Self::Real => "a float".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::Uuid => "a UUID".to_owned(),
            Self::Decimal => "a decimal".to_owned(),
            Self::Timestamp => "a timestamp".to_owned(),
            Self::Date => "a date".to_owned(),
        }
    }
}

/// As each database binds parameters; the table stands at [`ToParameter`](crate::ToParameter).
fn goes_into(kind: ParameterKind, class: &Class) -> bool {
    match kind {
        // Into whatever type, in its written form.
        ParameterKind::Text => true,
        ParameterKind::Bool => matches!(class, Class::Bool | Class::Integer(_) | Class::Numeric),
        ParameterKind::Integer(bits) => match class {
            Class::Integer(wide) => bits <= *wide,
            class => matches!(class, Class::Numeric | Class::Float),
        },
        ParameterKind::Real => matches!(class, Class::Float | Class::Numeric),
        ParameterKind::Bytes => matches!(class, Class::Bytes),
        ParameterKind::Uuid => matches!(class, Class::Uuid | Class::Text),
        ParameterKind::Decimal => matches!(class, Class::Numeric | Class::Float | Class::Integer(_) | Class::Text),
        ParameterKind::Timestamp => matches!(class, Class::Timestamp | Class::DateTime | Class::Text),
        ParameterKind::Date => matches!(class, Class::Date | Class::Text),
    }
}

/// As rows are read; the rules stand at [`Db`](crate::Db#mapping-rows).
fn comes_out_of(field: &Field, sql_type: &SqlType) -> bool {
    let class = &sql_type.class;
    if matches!(class, Class::Other) {
        return true;
    }
    let is_a = |name: &str| field.rust_type.contains(name);
    match &field.wants {
        Wants::Anything if is_a("Decimal") => {
            matches!(class, Class::Numeric | Class::Integer(_) | Class::Float | Class::Text)
        }
        Wants::Anything => true,
        Wants::Bool => matches!(class, Class::Bool | Class::Integer(ANY_WIDTH)),
        Wants::Integer(bits) => match class {
            Class::Integer(wide) => wide <= bits,
            class => matches!(class, Class::Numeric),
        },
        Wants::Float => matches!(class, Class::Float | Class::Numeric | Class::Integer(_)),
        Wants::Text if is_a("Uuid") => matches!(class, Class::Uuid | Class::Text),
        Wants::Text if is_a("Timestamp") => matches!(class, Class::Timestamp | Class::Text),
        Wants::Text if is_a("DateTime") => matches!(class, Class::DateTime | Class::Text),
        Wants::Text if is_a("Date") => matches!(class, Class::Date | Class::Text),
        Wants::Text => !matches!(class, Class::Bool | Class::Integer(_) | Class::Float | Class::Bytes | Class::Array),
        Wants::Bytes => matches!(class, Class::Bytes),
        Wants::List => matches!(class, Class::Array | Class::Bytes | Class::Json | Class::Text),
        Wants::Object => matches!(class, Class::Json | Class::Text),
        Wants::Enum(_) => matches!(class, Class::Enum(_) | Class::Text | Class::Json),
    }
}
