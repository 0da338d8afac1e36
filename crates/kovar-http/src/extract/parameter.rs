//! What path, query, header and cookie share: an object of parameters, or one by its name.

use kovar_contract::text::{Pairs, TextPlace};
use kovar_contract::{Input, Parameter, read_text};

use super::Rejection;
use crate::describe::{Argument, Describer, ParameterDescription};

/// Describes the fields of an object as parameters, or a scalar as one.
pub(super) fn describe<T: Input>(describer: &mut Describer<'_>, argument: &Argument, place: TextPlace) {
    let shape = T::shape(describer.catalog);
    let Some(object) = object_fields::<T>(describer, &shape) else {
        describer.parameter(ParameterDescription {
            place,
            name: place.wire_name(argument.name()),
            shape: shape.with_rules(argument.rules),
            is_required: argument.default.is_none() && !T::ACCEPTS_ABSENCE,
            default: argument.default.map(|default| default()),
            is_comma_separated: argument.is_comma_separated,
            about: argument.about(),
        });
        return;
    };
    // Its validators judge it as a whole.
    describer.signature.can_break_contract = true;
    for field in object {
        describer.parameter(ParameterDescription {
            place,
            name: place.wire_name(&field.name).into_owned().into(),
            shape: field.shape,
            is_required: field.is_required || place == TextPlace::Path,
            default: field.default,
            is_comma_separated: field.is_comma_separated,
            about: field.about,
        });
    }
}

fn object_fields<T: Input>(
    describer: &Describer<'_>,
    shape: &kovar_contract::shape::Shape,
) -> Option<Vec<kovar_contract::shape::Field>> {
    T::FIELD_NAMES?;
    let object = describer.catalog.object(shape)?;
    let mut fields = object.fields.clone();
    for flattened in &object.flattened {
        if let Some(object) = describer.catalog.object(flattened) {
            fields.extend(object.fields.iter().cloned());
        }
    }
    fields.retain(|field| field.access != kovar_contract::shape::Access::ReadOnly);
    Some(fields)
}

/// Reads the object, or the one parameter.
pub(super) fn read<T: Input>(pairs: Pairs<'_>, argument: &Argument, place: TextPlace) -> Result<T, Rejection> {
    if T::FIELD_NAMES.is_some() {
        return read_text(pairs, place).map_err(Rejection::Issues);
    }
    let parameter =
        Parameter { name: argument.name(), rules: argument.rules, is_comma_separated: argument.is_comma_separated };
    match parameter.read(pairs, place)? {
        Some(value) => Ok(value),
        None => absent(&parameter, argument, place),
    }
}

fn absent<T: Input>(parameter: &Parameter, argument: &Argument, place: TextPlace) -> Result<T, Rejection> {
    let stand_in = match argument.default {
        Some(default) => default().read(),
        None if T::ACCEPTS_ABSENCE => kovar_contract::json::Value::Null.read(),
        None => return Err(Rejection::Issues(vec![parameter.missing(place)])),
    };
    stand_in.map_err(|_| Rejection::Issues(vec![parameter.missing(place)]))
}
