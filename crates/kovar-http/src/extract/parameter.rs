//! What path, query, header and cookie share: an object of parameters, or one by its name.

use kovar_contract::json::Value;
use kovar_contract::shape::Shape;
use kovar_contract::text::{Pairs, TextPlace};
use kovar_contract::{Input, Parameter, read_text};

use super::Rejection;
use crate::describe::{Argument, Describer, ParameterDescription};
use crate::type_name::short_of;

/// Describes the fields of an object as parameters, or a scalar as one.
pub(super) fn describe<T: Input>(describer: &mut Describer<'_>, argument: &Argument, place: TextPlace) {
    let shape = T::shape(describer.catalog);
    refuse_unspellable::<T>(describer, &shape, argument, place);
    let Some(object) = object_fields::<T>(describer, &shape) else {
        if argument.names.is_empty() {
            return describer.mistake(nameless::<T>(place));
        }
        if let Some(default) = argument.default {
            refuse_wrong_default(describer, argument, &shape.clone().with_rules(argument.rules), &default());
        }
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

fn nameless<T>(place: TextPlace) -> String {
    format!(
        "a `{}` from the {} has no name there: a closure or provider does not tell those of its arguments; \
         take the fields of a `#[schema]` struct, or name them with `Operation::arguments`",
        short_of::<T>(),
        place.name()
    )
}

fn refuse_wrong_default(describer: &mut Describer<'_>, argument: &Argument, shape: &Shape, default: &Value<'_>) {
    if let Some(reason) = describer.catalog.wrong_default(shape, default) {
        describer.mistake(format!("the default of `{}` breaks its own rule: {reason}", argument.name()));
    }
}

/// Refuses what no request could spell.
pub(super) fn refuse_unspellable<T>(
    describer: &mut Describer<'_>,
    shape: &Shape,
    argument: &Argument,
    place: TextPlace,
) {
    if describer.catalog.holds_file(shape) {
        return describer.mistake(no_file::<T>());
    }
    let Some(field) = describer.catalog.unspellable(shape) else { return };
    let field = if field.is_empty() { argument.name().to_owned() } else { field };
    let place = if place == TextPlace::Form { "form" } else { place.name() };
    describer.mistake(format!(
        "`{field}` in `{}` is a list of lists or objects, which no {place} can spell; take it as `Json`",
        short_of::<T>()
    ));
}

pub(super) fn no_file<T>() -> String {
    format!("`{}` holds a file, which comes only in a multipart body; take it as `Multipart`", short_of::<T>())
}

fn object_fields<T: Input>(describer: &Describer<'_>, shape: &Shape) -> Option<Vec<kovar_contract::shape::Field>> {
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
        None if T::ACCEPTS_ABSENCE => Value::Null.read(),
        None => return Err(Rejection::Issues(vec![parameter.missing(place)])),
    };
    stand_in.map_err(|_| Rejection::Issues(vec![parameter.missing(place)]))
}
