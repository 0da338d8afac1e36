//! Bodies of parts: fields of a form beside files.
//!
//! multer takes the body apart. Three things it leaves open are closed here: it reads ahead for as
//! long as a body has bytes at hand, it keeps what comes before the first part and the header of a
//! part in memory whatever their length, and it searches both from the start for each chunk. So it
//! is fed in small pieces, and a head that does not end is refused ([`feed`]).

mod feed;
mod field;
mod form;
mod parts;
mod read;
mod spool;
mod upload;

use kovar_contract::Input;

pub use self::upload::Upload;
use super::{Extract, Phase, Rejection, limit, media_type};
use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::problem::builtin;

/// How many files one body may have. Default: 100. More are a 413.
pub const FILE_LIMIT: usize = 100;

/// How many parts one body may have, files among them. Default: 1000. More are a 413.
pub const PART_LIMIT: usize = 1000;

/// A form of the media type `multipart/form-data`, as an object with files.
///
/// Each part is read as its field says:
///
/// - [`Upload`], `Option<Upload>`, `Vec<Upload>` (one or more) and `Option<Vec<Upload>>` are files.
///   `#[field(max_length = …)]`, of a list `items(max_length = …)`, limits the bytes of each. A file
///   input of a browser in which nothing was chosen counts as absent.
/// - Objects and lists of objects are JSON, whatever the part calls itself. So is any part of the
///   type `application/json` or with the suffix `+json`, even if it has a file name.
/// - Anything else is text, and read as a [`Form`](super::Form) is: `"1"` is a number, a repeated
///   name is a list, `a[b]` is a member.
///
/// A part that no field has is ignored, or an issue where the schema denies unknown fields. All
/// issues of all parts come in one 422.
///
/// The whole body may have 16 MiB (`App::multipart_limit`), all parts that are no files together
/// the limit of other bodies, 1 MiB. There are also [`FILE_LIMIT`], [`PART_LIMIT`] and 16 KiB for
/// the header of a part. A body without its end is a 400.
///
/// # Example
///
/// ```text
/// #[schema(input)]
/// struct Application {
///     name: String,
///     address: Address, // JSON
///     #[field(max_length = 5_000_000)]
///     portrait: Option<Upload>,
/// }
///
/// #[post("/applications")]
/// async fn apply(Multipart(form): Multipart<Application>) -> Text {
///     Text(format!("{}, {:?}", form.name, form.portrait))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multipart<T>(pub T);

const MULTIPART: &str = "multipart/form-data";

impl<T: Input + Send> Extract for Multipart<T> {
    const PHASE: Phase = Phase::Body;

    fn describe(describer: &mut Describer<'_>, _: &Argument) {
        let shape = T::shape(describer.catalog);
        describer.signature.can_break_contract = true;
        describer.problem(&builtin::MALFORMED);
        let json_parts = field::json_parts(describer.catalog, &shape);
        describer.body(MULTIPART, Some(shape));
        if let Some(body) = describer.signature.bodies.last_mut() {
            body.json_parts = json_parts;
        }
    }

    async fn extract(context: &RequestContext, _: &Argument) -> Result<Self, Rejection> {
        if media_type::of(context.headers()) != MULTIPART {
            return Err(media_type::unsupported(context.headers(), MULTIPART));
        }
        let settings = context.endpoint().settings;
        limit::refuse_announced(context.headers(), settings.multipart_limit_bytes)?;
        let body = context.take_body().unwrap_or_default();
        let parts = parts::Parts::new(context.headers(), body, settings.multipart_limit_bytes)?;
        let described = kovar_contract::Described::of::<T>();
        let form = form::receive(parts, &described, settings.body_limit_bytes).await?;
        read::read(form, &described).map(Multipart).map_err(Rejection::Issues)
    }
}

#[cfg(test)]
mod tests;
