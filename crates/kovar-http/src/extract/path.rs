//! Parameters in the path.

use kovar_contract::issue::Segment;
use kovar_contract::json::Value;
use kovar_contract::text::{TextPlace, coerce};
use kovar_contract::{Described, Input, Rules, read_value};

use super::{Extract, Phase, Rejection, parameter};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer, ParameterDescription};
use crate::problem::builtin;

/// Parameters in the path: one by its name, a tuple by their names, or an object of them.
///
/// The names are checked against the path at compile time. A value that is no UTF-8 after
/// percent-decoding is a 400.
///
/// # Example
///
/// ```text
/// #[get("/shops/{shop}/items/{item}")]
/// async fn item(Path((shop, item)): Path<(String, u32)>) -> Json<Item> { … }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: Input + Send> Extract for Path<T> {
    const PHASE: Phase = Phase::Parameters;

    fn describe(describer: &mut Describer<'_>, argument: &Argument) {
        if argument.names.len() < 2 {
            return parameter::describe::<T>(describer, argument, TextPlace::Path);
        }
        let shape = T::shape(describer.catalog);
        let shapes = match shape.kind {
            kovar_contract::shape::Kind::Tuple(shapes) => shapes,
            _ => vec![shape],
        };
        for (name, shape) in argument.names.iter().zip(shapes) {
            describer.parameter(ParameterDescription {
                place: TextPlace::Path,
                name: (*name).into(),
                shape,
                is_required: true,
                default: None,
                is_comma_separated: false,
                about: argument.about(),
            });
        }
    }

    async fn extract(context: &RequestContext, argument: &Argument) -> Result<Self, Rejection> {
        if argument.names.len() >= 2 {
            return read_tuple(context, argument).map(Path);
        }
        let pairs = context.path_pairs();
        if pairs.len() < context.endpoint().path_parameters.len() {
            return Err(not_utf8());
        }
        parameter::read(pairs, argument, TextPlace::Path).map(Path)
    }
}

fn read_tuple<T: Input>(context: &RequestContext, argument: &Argument) -> Result<T, Rejection> {
    let values = argument.names.iter().map(|name| context.path_parameter(name).map(Value::String));
    let values: Option<Vec<_>> = values.collect();
    let described = Described::of::<T>();
    let mut tuple = Value::Array(values.ok_or_else(not_utf8)?);
    coerce(&described.catalog, &described.shape, &mut tuple);
    read_value(&tuple, &Rules::NONE, "path").map_err(|mut issues| {
        for issue in &mut issues {
            if let Some(segment @ Segment::Index(_)) = issue.location.get_mut(1) {
                let Segment::Index(index) = *segment else { continue };
                *segment = Segment::Key(argument.names.get(index).copied().unwrap_or_default().into());
            }
        }
        Rejection::Issues(issues)
    })
}

fn not_utf8() -> Rejection {
    builtin::MALFORMED.details().detail("a parameter in the path is not UTF-8 after percent-decoding").into()
}
