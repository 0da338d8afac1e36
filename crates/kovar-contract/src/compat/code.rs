//! The one table of codes: what each change means for what an app accepts, and for what it sends.

use std::fmt;

use super::Severity::{self, Breaking, Safe};

/// Which way a value crosses the contract, seen from the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    /// From a client to the app.
    Accepted,
    /// From the app to a client.
    Sent,
}

impl Direction {
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Accepted => Self::Sent,
            Self::Sent => Self::Accepted,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $name:literal $accepted:ident $sent:ident $reason:literal)*) => {
        /// What kind of change it is: a stable code, to be filtered and suppressed by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[doc = concat!("\n\n`", $name, "`: ", $reason, ".")] $code,)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// The code as it is printed and suppressed: stable.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }

            /// Why the change is judged as it is.
            pub fn reason(self) -> &'static str {
                match self {
                    $(Self::$code => $reason,)*
                }
            }

            /// The judgement in what the app accepts: requests, and the answers to its webhooks.
            pub fn severity_accepted(self) -> Severity {
                match self {
                    $(Self::$code => $accepted,)*
                }
            }

            /// The judgement in what the app sends: responses, and its webhooks.
            pub fn severity_sent(self) -> Severity {
                match self {
                    $(Self::$code => $sent,)*
                }
            }
        }
    };
}

codes! {
    /// An operation is gone.
    OperationRemoved "operation-removed" Breaking Breaking "a client calls it"
    /// There is a new operation.
    OperationAdded "operation-added" Safe Safe "nobody calls it yet"
    /// An `operationId` is another one.
    OperationIdChanged "operation-id-changed" Breaking Breaking "generated clients name their methods by it"
    /// An operation, parameter or property should no longer be used.
    Deprecated "deprecated" Safe Safe "it still works"
    /// A path parameter has another name.
    PathParameterRenamed "path-parameter-renamed" Safe Safe "the URL stays the same; code that a client generates anew must follow"

    /// A parameter is gone.
    ParameterRemoved "parameter-removed" Breaking Breaking "a filter that is ignored answers, or deletes, more than was asked for"
    /// There is a new optional parameter.
    ParameterAdded "parameter-added" Safe Safe "a client may leave it out"
    /// There is a new required parameter.
    RequiredParameterAdded "required-parameter-added" Breaking Safe "a client does not send it"
    /// An optional parameter is required.
    ParameterBecameRequired "parameter-became-required" Breaking Safe "a client may leave it out today"
    /// A required parameter is optional.
    ParameterBecameOptional "parameter-became-optional" Safe Breaking "who reads it must cope without it"
    /// A parameter or form field is written in another style.
    SerializationChanged "serialization-changed" Breaking Breaking "the same value is other text on the wire"

    /// A request has a body now, which may be left out.
    BodyAdded "body-added" Safe Safe "a client may leave it out"
    /// A request has a body now, which is required.
    RequiredBodyAdded "required-body-added" Breaking Safe "a client does not send it"
    /// A request has no body any more.
    BodyRemoved "body-removed" Breaking Breaking "what a client sends is no longer read"
    /// An optional body is required.
    BodyBecameRequired "body-became-required" Breaking Safe "a client may leave it out today"
    /// A required body is optional.
    BodyBecameOptional "body-became-optional" Safe Breaking "who reads it must cope without it"
    /// A body no longer has a media type.
    MediaTypeRemoved "media-type-removed" Breaking Breaking "a client sends it, or asks for nothing else"
    /// A body has a new media type.
    MediaTypeAdded "media-type-added" Safe Safe "a client is answered with what its `Accept` names"

    /// A status below 400 is gone.
    SuccessStatusRemoved "success-status-removed" Breaking Breaking "a client takes it for the sign of success"
    /// There is a new status below 400.
    SuccessStatusAdded "success-status-added" Safe Breaking "a client does not know what it means, or which body comes with it"
    /// A status of 400 or above is gone.
    ErrorStatusRemoved "error-status-removed" Breaking Safe "a client's case for it is never reached; an app that no longer knows the refusal of its webhook fails"
    /// There is a new status of 400 or above.
    ErrorStatusAdded "error-status-added" Safe Safe "a client treats a status that it does not know as the x00 of its class: RFC 9110 §15"
    /// A response no longer has a header.
    HeaderRemoved "header-removed" Safe Breaking "a client reads it"
    /// A response has a new header.
    HeaderAdded "header-added" Safe Safe "a client ignores headers that it does not know"
    /// A header that was always there may be missing.
    HeaderBecameOptional "header-became-optional" Safe Breaking "a client reads it without asking whether it is there"

    /// Credentials that were enough are not.
    SecurityTightened "security-tightened" Breaking Breaking "a client that is let in today is refused"
    /// Fewer or other credentials are enough, too.
    SecurityRelaxed "security-relaxed" Safe Safe "whoever is let in today still is"

    /// A value has another type.
    TypeChanged "type-changed" Breaking Breaking "neither type takes in the other"
    /// A type takes in less.
    TypeNarrowed "type-narrowed" Breaking Safe "a client sends what is no longer accepted"
    /// A type takes in more.
    TypeWidened "type-widened" Safe Breaking "a client gets what it cannot read"
    /// `null` is no longer a value.
    NullableRemoved "nullable-removed" Breaking Safe "a client sends `null`"
    /// `null` is a value now.
    NullableAdded "nullable-added" Safe Breaking "a client does not expect `null`"
    /// One value of an enumeration is gone.
    EnumValueRemoved "enum-value-removed" Breaking Safe "a client sends it"
    /// An enumeration has a new value.
    EnumValueAdded "enum-value-added" Safe Breaking "a client that covers every value has no case for it, and typed clients refuse it"
    /// Only listed values are left.
    ValuesRestricted "values-restricted" Breaking Safe "a client sends other values"
    /// Values are no longer only the listed ones.
    ValuesUnrestricted "values-unrestricted" Safe Breaking "a client that covers every value has no case for others"
    /// A union has lost a member.
    UnionMemberRemoved "union-member-removed" Breaking Safe "a client sends it"
    /// A union has a new member.
    UnionMemberAdded "union-member-added" Safe Breaking "a client that covers every member has no case for it"
    /// A status that had problems has another one.
    ProblemAdded "problem-added" Safe Safe "a client falls back on the status when it does not know the problem's type: RFC 9457 §3.1"
    /// A union is told apart by another property or other values of it.
    DiscriminatorChanged "discriminator-changed" Breaking Breaking "the same value is read as another member, or as none"

    /// A property is gone, and is ignored where it is sent.
    PropertyRemoved "property-removed" Safe Breaking "a client reads it; where a client sends it, it is ignored"
    /// A property is gone, and is refused where it is sent.
    PropertyRefused "property-refused" Breaking Safe "a client sends it, and other properties are forbidden"
    /// There is a new property, which a request may leave out.
    PropertyAdded "property-added" Safe Safe "a client ignores properties that it does not know"
    /// There is a new property, which a request must have.
    RequiredPropertyAdded "required-property-added" Breaking Safe "a client does not send it"
    /// An optional property is required.
    PropertyBecameRequired "property-became-required" Breaking Safe "a client may leave it out today"
    /// A required property is optional.
    PropertyBecameOptional "property-became-optional" Safe Breaking "a client reads it without asking whether it is there"
    /// Properties that are not described are forbidden.
    UnknownRefused "unknown-refused" Breaking Safe "a client sends more than is described"
    /// Properties that are not described are allowed.
    UnknownAllowed "unknown-allowed" Safe Safe "a client ignores properties that it does not know"

    /// A minimum, maximum, length, count or divisor lets less through.
    BoundTightened "bound-tightened" Breaking Safe "a client sends what is past it"
    /// A minimum, maximum, length, count or divisor lets more through.
    BoundLoosened "bound-loosened" Safe Breaking "a client has made room for what was promised, such as a column's width"
    /// A format is new, or takes in less.
    FormatNarrowed "format-narrowed" Breaking Safe "a client sends text of another form"
    /// A format is gone, or takes in more.
    FormatWidened "format-widened" Safe Breaking "a client parses it by its format"
    /// A format, content encoding or media type of a string is another one.
    FormatChanged "format-changed" Breaking Breaking "the same text means something else"
    /// A pattern is new.
    PatternAdded "pattern-added" Breaking Safe "a client sends what does not match"
    /// A pattern is gone.
    PatternRemoved "pattern-removed" Safe Breaking "a client takes the text apart by it"
    /// A pattern is another one.
    PatternChanged "pattern-changed" Breaking Breaking "which of two patterns matches more cannot be told"
    /// An array has other places at its beginning.
    TupleChanged "tuple-changed" Breaking Breaking "a client writes and reads by position"
    /// A default is another one, or gone.
    DefaultChanged "default-changed" Breaking Safe "a client that leaves it out asks for something else than today"
    /// There is a default now.
    DefaultAdded "default-added" Safe Safe "the contract did not say what leaving it out means"
    /// A rule changed that cannot be compared, such as `not` or `if`.
    RuleChanged "rule-changed" Breaking Breaking "which of two such rules lets more through cannot be told"
}

impl Code {
    pub(super) fn severity(self, direction: Direction) -> Severity {
        match direction {
            Direction::Accepted => self.severity_accepted(),
            Direction::Sent => self.severity_sent(),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
