//! The problems that every app may answer with: one table of codes.

use super::{ErrorStatus, ProblemDeclaration, ProblemDetails};

/// A problem of the framework: `/problems/<code>`.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// The name of its schema in documents.
    pub name: &'static str,
    /// The status.
    pub status: u16,
    /// The `type`.
    pub kind: &'static str,
    /// The `title`.
    pub title: &'static str,
    /// When it is sent.
    pub when: &'static str,
}

impl Builtin {
    /// The problem, to be sent.
    pub fn details(&self) -> ProblemDetails {
        ProblemDetails::new(ErrorStatus::new(self.status), self.kind, self.title)
    }

    /// The problem, to be documented.
    pub fn declaration(&self) -> ProblemDeclaration {
        ProblemDeclaration {
            name: self.name.to_owned(),
            status: ErrorStatus::new(self.status),
            kind: self.kind.into(),
            title: self.title.into(),
            description: Some(self.when.into()),
            extensions: Vec::new(),
        }
    }
}

macro_rules! builtin {
    ($(#[$about:meta])* $list:ident: $($constant:ident = $status:literal $name:literal $kind:literal $title:literal: $when:literal;)*) => {
        $(
            #[doc = $when]
            pub const $constant: Builtin = Builtin {
                name: $name,
                status: $status,
                kind: concat!("/problems/", $kind),
                title: $title,
                when: $when,
            };
        )*

        $(#[$about])*
        pub const $list: &[Builtin] = &[$($constant),*];
    };
}

builtin! {
    /// Those that every app may answer with, by status.
    ALL:
    MALFORMED = 400 "MalformedRequest" "malformed-request" "The request is malformed":
        "The body is not JSON, with line and column; or the path, the query or a header cannot be read at all.";
    UNAUTHENTICATED = 401 "Unauthenticated" "unauthenticated" "Authentication is required":
        "Credentials are missing or not accepted; `WWW-Authenticate` says which are wanted.";
    FORBIDDEN = 403 "Forbidden" "forbidden" "This is not permitted":
        "The credentials are good and do not permit the operation.";
    NOT_FOUND = 404 "NotFound" "not-found" "Not found":
        "No operation has this path.";
    METHOD_NOT_ALLOWED = 405 "MethodNotAllowed" "method-not-allowed" "Method not allowed":
        "The path has operations, but not of this method; `Allow` lists the methods.";
    NOT_ACCEPTABLE = 406 "NotAcceptable" "not-acceptable" "No representation is acceptable":
        "The operation answers in no media type that `Accept` permits.";
    BODY_TIMEOUT = 408 "RequestTimeout" "request-timeout" "The request did not arrive in time":
        "The body stopped arriving, or arrived too slowly; the connection is closed.";
    BODY_TOO_LARGE = 413 "ContentTooLarge" "content-too-large" "The body is too large":
        "The body is larger than the limit; answered before it is read where its length is announced.";
    TARGET_TOO_LONG = 414 "UriTooLong" "uri-too-long" "The target is too long":
        "The path and query are longer than 8 KiB.";
    MEDIA_TYPE = 415 "UnsupportedMediaType" "unsupported-media-type" "The media type is not supported":
        "The body is of another media type than the operation reads.";
    VALIDATION = 422 "ValidationProblem" "validation" "The request breaks the contract":
        "The request is well-formed and breaks its schema; `errors` lists everything that is wrong with it.";
    FIELDS_TOO_LARGE = 431 "HeaderFieldsTooLarge" "header-fields-too-large" "The header fields are too large":
        "The header has more than 16 KiB or more than 100 fields.";
    INTERNAL = 500 "InternalProblem" "internal" "Internal error":
        "Something went wrong that the operation does not declare; the log has it under the request id.";
    UNAVAILABLE = 503 "Unavailable" "unavailable" "Temporarily unavailable":
        "The operation did not finish before its deadline, or something that it needs is busy.";
}

builtin! {
    /// Those of layers that an app asks for.
    OF_LAYERS:
    CROSS_SITE = 403 "CrossSiteRequest" "cross-site-request" "Another site's page sends this":
        "A browser says that a page of another site sends the request.";
    MISDIRECTED = 421 "MisdirectedRequest" "misdirected-request" "The host is another one's":
        "The app does not answer for the host that is asked.";
    TOO_MANY_REQUESTS = 429 "TooManyRequests" "too-many-requests" "Too many requests":
        "The caller has used up its requests; `Retry-After` says when there is another.";
}

builtin! {
    /// Those of files, on operations that answer with one.
    OF_FILES:
    FILE_NOT_FOUND = 404 "FileNotFound" "file-not-found" "The file does not exist":
        "There is no such file, or it is not for everybody.";
    PRECONDITION_FAILED = 412 "PreconditionFailed" "precondition-failed" "A precondition failed":
        "`If-Match`, `If-Unmodified-Since` or `If-None-Match` does not hold for what is there.";
    RANGE_NOT_SATISFIABLE = 416 "RangeNotSatisfiable" "range-not-satisfiable" "No such range":
        "`Range` names no bytes that the file has; `Content-Range` says how many it has.";
}

builtin! {
    /// Those of idempotent operations.
    OF_IDEMPOTENCY:
    KEY_MISSING = 400 "IdempotencyKeyMissing" "idempotency-key-missing" "An idempotency key is missing":
        "The operation wants an `Idempotency-Key`, and the request has none.";
    KEY_INVALID = 400 "IdempotencyKeyInvalid" "idempotency-key-invalid" "The idempotency key is no key":
        "`Idempotency-Key` is there twice, or is no string of 1 to 255 characters of ASCII.";
    KEY_IN_FLIGHT = 409 "IdempotencyKeyInFlight" "idempotency-key-in-flight" "The request is being carried out":
        "A request with this key is being carried out; `Retry-After` says when it has either an answer or failed.";
    KEY_REUSED = 422 "IdempotencyKeyReused" "idempotency-key-reused" "The idempotency key is another request's":
        "The key was used for a request with another target or body; nothing was done.";
}

builtin! {
    /// Those of channels.
    OF_CHANNELS:
    UPGRADE_REQUIRED = 426 "UpgradeRequired" "upgrade-required" "This is a channel":
        "The path is a channel, and the request does not open it in a way that is known; `Upgrade` says which is.";
    SESSION_UNKNOWN = 404 "SessionUnknown" "session-unknown" "There is no such session":
        "Its client was away for too long, or the session is another server's: open the channel again.";
    TOO_MANY_CHANNELS = 429 "TooManyChannels" "too-many-channels" "Too many channels are open":
        "The caller has as many channels open as it may; one that is closed makes room.";
}
