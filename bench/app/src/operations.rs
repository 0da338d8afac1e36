//! A thousand operations, for what routing costs.

use kovar::http::describe::Argument;
use kovar::http::operation::Operation;
use kovar::prelude::*;

const ID: &[Argument] = &[Argument { names: &["id"], ..Argument::NONE }];

/// Which operation answered, and about what.
#[schema]
pub(crate) struct Answer {
    operation: u32,
    id: u64,
}

/// `GET /resources000/items/{id}` to `GET /resources999/items/{id}`.
pub(crate) fn thousand() -> impl Iterator<Item = Operation> {
    (0..1000).map(|operation| {
        let answer = move |Path(id): Path<u64>| async move { Json(Answer { operation, id }) };
        Operation::get(format!("/resources{operation:03}/items/{{id}}"), answer)
            .arguments(ID)
            .id(format!("resource_{operation:03}"))
    })
}
