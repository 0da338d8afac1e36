//! What arguments and results say about their operation, for the documents and the start-up checks.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::BTreeMap;

use http::StatusCode;
use kovar_contract::json::Value;
use kovar_contract::shape::{About, Shape};
use kovar_contract::text::TextPlace;
use kovar_contract::{Catalog, Rules};

use crate::problem::ProblemDeclaration;
use crate::problem::builtin::Builtin;
use crate::security::{Requirement, SchemeDeclaration};

/// One argument of a handler as its signature has it. [`Argument::NONE`] is one without a name.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// The names that the argument's pattern binds; a parameter is called after the first.
    pub names: &'static [&'static str],
    /// The rules that `#[field(…)]` adds.
    pub rules: &'static Rules,
    /// What stands for the parameter where it is absent.
    pub default: Option<fn() -> Value<'static>>,
    /// Whether a list is one comma-separated value.
    pub is_comma_separated: bool,
    /// What people read.
    pub description: Option<&'static str>,
    /// Whether it should no longer be sent.
    pub is_deprecated: bool,
}

impl Argument {
    /// An argument without a name and rules.
    pub const NONE: Argument = Argument {
        names: &[],
        rules: &Rules::NONE,
        default: None,
        is_comma_separated: false,
        description: None,
        is_deprecated: false,
    };

    /// The name of the parameter; [`Describer::mistake`] has stopped the start of an app where there is none.
    pub(crate) fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// What people read about it.
    pub(crate) fn about(&self) -> About {
        let mut about = About::new();
        about.description = self.description.map(Cow::Borrowed);
        about.is_deprecated = self.is_deprecated;
        about
    }
}

/// What an operation takes and gives, gathered from its signature.
#[derive(Debug)]
pub struct Describer<'c> {
    /// The named schemas of the app.
    pub catalog: &'c mut Catalog,
    /// What is gathered.
    pub signature: Signature,
}

/// What an operation takes and gives.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    /// Parameters of the text places.
    pub parameters: Vec<ParameterDescription>,
    /// The body, one entry for each media type.
    pub bodies: Vec<BodyDescription>,
    /// Whether a request without a body is accepted.
    pub is_body_optional: bool,
    /// The answers by status; errors are problems.
    pub responses: BTreeMap<u16, ResponseDescription>,
    /// The problems, each once.
    pub problems: Vec<ProblemDeclaration>,
    /// Whether an answer can be a 422.
    pub can_break_contract: bool,
    /// Alternatives of security requirements, each of which is enough; several lists are all needed.
    pub security: Vec<Vec<Requirement>>,
    /// The schemes that the requirements name.
    pub schemes: Vec<SchemeDeclaration>,
    /// The values that the operation asks for.
    pub needs: Vec<Need>,
    /// Those of them that are looked at before the request's own values are made.
    pub app_needs: Vec<Need>,
    /// Whether something is taken or given that the contract cannot describe.
    pub is_partly_undocumented: bool,
    /// Of a channel: what clients send and get; `None` for whatever they like.
    pub channel: Option<Option<(Shape, Shape)>>,
    /// Parameters that are the protocol's: no argument may be called so.
    pub reserved: Vec<(TextPlace, Cow<'static, str>)>,
    /// What cannot mean what was meant: any of it stops the start.
    pub mistakes: Vec<String>,
}

/// A value that an operation or provider asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which type.
    pub type_id: TypeId,
    /// Its name, for errors.
    pub type_name: &'static str,
}

/// A parameter of a text place.
#[derive(Clone, Debug)]
pub struct ParameterDescription {
    /// Where it stands.
    pub place: TextPlace,
    /// Its name on the wire.
    pub name: Cow<'static, str>,
    /// What it looks like.
    pub shape: Shape,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// What stands for it where it is absent.
    pub default: Option<Value<'static>>,
    /// Whether a list is one comma-separated value.
    pub is_comma_separated: bool,
    /// What people read.
    pub about: About,
}

/// A body of one media type.
#[derive(Clone, Debug)]
pub struct BodyDescription {
    /// The media type.
    pub media_type: Cow<'static, str>,
    /// What it looks like; `None` for bytes.
    pub shape: Option<Shape>,
    /// The fields of a multipart body that are sent as JSON.
    pub json_parts: Vec<String>,
}

/// An answer of one status.
#[derive(Clone, Debug, Default)]
pub struct ResponseDescription {
    /// When it is given.
    pub description: Cow<'static, str>,
    /// What it looks like in each media type; `None` for bytes or text.
    pub contents: Vec<ContentDescription>,
    /// Header fields that it has.
    pub headers: Vec<HeaderDescription>,
}

/// The content of an answer in one media type.
#[derive(Clone, Debug)]
pub struct ContentDescription {
    /// The media type.
    pub media_type: Cow<'static, str>,
    /// What it looks like; `None` for bytes or text.
    pub shape: Option<Shape>,
    /// Whether the content is a sequence of such items.
    pub is_sequence: bool,
}

/// A header field of an answer.
#[derive(Clone, Debug)]
pub struct HeaderDescription {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub description: &'static str,
}

impl Describer<'_> {
    /// Says that requests have this parameter.
    pub fn parameter(&mut self, parameter: ParameterDescription) {
        // The router leaves no parameter of the path absent, empty or twice.
        self.signature.can_break_contract |= parameter.place != TextPlace::Path || !parameter.shape.takes_any_text();
        let is_this = |(place, name): &(TextPlace, Cow<'_, str>)| *place == parameter.place && *name == parameter.name;
        if self.signature.reserved.iter().any(is_this) {
            self.mistake(is_reserved(&parameter));
        }
        if !self.has(&parameter) {
            self.signature.parameters.push(parameter);
        }
    }

    /// Says that requests have this parameter, and that it is the protocol's own: an argument of the same name is a
    /// mistake.
    pub fn reserved_parameter(&mut self, parameter: ParameterDescription) {
        if self.has(&parameter) {
            self.mistake(is_reserved(&parameter));
        }
        let reserved = (parameter.place, parameter.name.clone());
        self.parameter(parameter);
        self.signature.reserved.push(reserved);
    }

    fn has(&self, parameter: &ParameterDescription) -> bool {
        self.signature.parameters.iter().any(|other| other.place == parameter.place && other.name == parameter.name)
    }

    /// Says that requests have a body of this media type.
    pub fn body(&mut self, media_type: impl Into<Cow<'static, str>>, shape: Option<Shape>) {
        self.problem(&crate::problem::builtin::BODY_TOO_LARGE);
        self.problem(&crate::problem::builtin::MEDIA_TYPE);
        self.signature.bodies.push(BodyDescription { media_type: media_type.into(), shape, json_parts: Vec::new() });
    }

    /// Says that the operation is a channel, and what its clients send and get; `None` for whatever they like.
    pub fn channel(&mut self, messages: Option<(Shape, Shape)>) {
        self.signature.channel = Some(messages);
    }

    /// Says that an argument or result makes no sense here: an app with such an operation does not start.
    pub fn mistake(&mut self, mistake: impl Into<String>) {
        self.signature.mistakes.push(mistake.into());
    }

    /// Says that answers of this status look like this.
    pub fn response(&mut self, status: StatusCode, response: ResponseDescription) {
        let known = self.signature.responses.entry(status.as_u16()).or_default();
        if known.description.is_empty() {
            known.description = response.description;
        }
        known.contents.extend(response.contents);
        known.headers.extend(response.headers);
    }

    /// Says that every answer that is no error has this header field.
    pub fn header(&mut self, name: &'static str, description: &'static str) {
        for response in self.signature.responses.values_mut() {
            response.headers.push(HeaderDescription { name, description });
        }
    }

    /// Says that this problem of the framework may be the answer.
    pub fn problem(&mut self, builtin: &Builtin) {
        self.declared_problem(builtin.declaration());
    }

    /// Says that this problem may be the answer.
    pub fn declared_problem(&mut self, problem: ProblemDeclaration) {
        let known = &mut self.signature.problems;
        if !known.iter().any(|other| other.kind == problem.kind && other.status == problem.status) {
            known.push(problem);
        }
    }

    /// Says that the operation asks for a value.
    pub fn need(&mut self, need: Need) {
        if !self.signature.needs.iter().any(|other| other.type_id == need.type_id) {
            self.signature.needs.push(need);
        }
    }

    /// Says that the operation asks for a value before those of the request are made: it must be the app's.
    pub fn app_need(&mut self, need: Need) {
        self.signature.app_needs.push(need);
        self.need(need);
    }

    /// Says that credentials are needed: one of the alternatives.
    pub fn security(&mut self, alternatives: Vec<Requirement>, schemes: impl IntoIterator<Item = SchemeDeclaration>) {
        self.signature.security.push(alternatives);
        for scheme in schemes {
            if !self.signature.schemes.iter().any(|known| known.name == scheme.name) {
                self.signature.schemes.push(scheme);
            }
        }
    }
}

impl ResponseDescription {
    /// An answer without content.
    pub fn empty(description: &'static str) -> Self {
        Self { description: Cow::Borrowed(description), ..Self::default() }
    }

    /// Adds what the content looks like in a media type.
    #[must_use]
    pub fn content(mut self, media_type: &'static str, shape: Option<Shape>) -> Self {
        self.contents.push(ContentDescription { media_type: Cow::Borrowed(media_type), shape, is_sequence: false });
        self
    }

    /// Adds what each item of a sequence looks like in a media type.
    #[must_use]
    pub fn sequence(mut self, media_type: &'static str, shape: Shape) -> Self {
        self.contents.push(ContentDescription {
            media_type: Cow::Borrowed(media_type),
            shape: Some(shape),
            is_sequence: true,
        });
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str) -> Self {
        self.headers.push(HeaderDescription { name, description });
        self
    }
}

fn is_reserved(parameter: &ParameterDescription) -> String {
    format!("the parameter `{}` is the protocol's own: call yours differently", parameter.name)
}
