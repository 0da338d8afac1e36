//! Parameters from anything that `serde` can write.

use serde::Serialize;

use crate::parameter::{Kind, Parameter, ToParameter};

/// Binds a value that `serde` writes as a string, such as an enum without fields, as that text.
///
/// A value that is not a string to `serde` is refused when the statement runs.
///
/// ```
/// # use kovar_data::{AsText, sql};
/// #[derive(serde::Serialize)]
/// #[serde(rename_all = "snake_case")]
/// enum State { InStock, SoldOut }
///
/// let state = State::SoldOut;
/// let statement = sql!("select * from products where state = {AsText(&state)}"); // binds 'sold_out'
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AsText<T>(pub T);

/// Binds any value that `serde` can write as JSON text. A row reads it back into a struct, a map or a list.
///
/// ```
/// # use kovar_data::{AsJson, sql};
/// # let (id, tags) = (7, vec!["new", "sale"]);
/// let statement = sql!("update products set tags = {AsJson(&tags)} where id = {id}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AsJson<T>(pub T);

impl<T: Serialize> ToParameter for AsText<T> {
    fn to_parameter(&self) -> Parameter {
        Parameter(match serde_json::to_value(&self.0) {
            Ok(serde_json::Value::String(text)) => Kind::Text(text),
            Ok(serde_json::Value::Null) => Kind::Null,
            _ => Kind::Refused("serde does not write it as a string, which `AsText` needs"),
        })
    }
}

impl<T: Serialize> ToParameter for AsJson<T> {
    fn to_parameter(&self) -> Parameter {
        Parameter(match serde_json::to_string(&self.0) {
            Ok(text) => Kind::Text(text),
            Err(_) => Kind::Refused("serde cannot write it as JSON"),
        })
    }
}
