//! What `#[get]` and its like expand to calls of, so that each mistake is told once, at the type
//! that is to blame.
//!
//! rustc tells of every bound that does not hold, and one wrong type breaks many: a body that is no
//! schema is not read, hence no argument, hence the function no operation. So each check asks first
//! whether the one that it stands on holds. An inherent method of [`Probe`] whose bound holds is
//! found before the one of [`Otherwise`], which has no bound: what they return tells which.

use std::marker::PhantomData;

use axum::response::Response;
use kovar_contract::{Input, Output, Schema};

use crate::context::RequestContext;
use crate::describe::{Argument, Describer};
use crate::extract::Extract;
use crate::handler::Handler;
use crate::problem::Problem;
use crate::respond::Respond;
use crate::security::Permission;

/// Compiles only for a type that can be an argument: puts the error at the type.
pub const fn is_argument<Via, T: Extract<Via>>() {}

/// Compiles only for a schema.
pub const fn is_schema<T: Schema>() {}

/// Compiles only for a type that can be returned.
pub const fn is_response<T: Respond>() {}

/// Compiles only for a type that can be returned as an error.
pub const fn is_problem<T: Problem>() {}

/// Compiles only for a future that may move between threads; where it may not, rustc says why.
pub fn is_send<F: Send>(_: F) {}

/// Asks whether a bound holds of a type, without an error where it does not.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

/// The bound holds.
#[derive(Debug)]
pub struct Holds;

/// The bound does not hold, which is told elsewhere.
#[derive(Debug)]
pub struct Fails;

impl<T> Probe<T> {
    /// Asks about a type.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// Asks about the type that a function returns.
    pub fn of_result<Arguments>(_: impl Fn(Arguments) -> T) -> Self {
        Self::new()
    }
}

macro_rules! probes {
    ($($(#[$doc:meta])* $name:ident: [$($generics:tt)*] $type:ty;)*) => {
        $(impl<$($generics)*> Probe<$type> {
            $(#[$doc])*
            pub fn $name(&self) -> Holds {
                Holds
            }
        })*

        /// The same questions where the bounds do not hold.
        pub trait Otherwise {
            $(
                $(#[$doc])*
                fn $name(&self) -> Fails {
                    Fails
                }
            )*
        }
    };
}

probes! {
    /// Whether it is a schema.
    schema: [T: Schema] T;
    /// Whether it is a schema that can be read.
    input: [T: Input] T;
    /// Whether it is a schema that can be written.
    output: [T: Output] T;
    /// Whether it can be an argument.
    argument: [Via, T: Extract<Via>] (T, Via);
    /// Whether it can be returned.
    response: [T: Respond] T;
    /// Whether it can be returned as an error.
    problem: [T: Problem] T;
    /// Whether it may move between threads.
    send: [T: Send] T;
}

impl<T> Otherwise for Probe<T> {}

impl Holds {
    /// Goes on with the handler.
    pub fn keep<H>(self, handler: H) -> H {
        handler
    }

    /// Compiles only for a schema that can be read.
    pub fn is_input<T: Input>(self) {}

    /// Compiles only for a schema that can be written.
    pub fn is_output<T: Output>(self) {}

    /// Compiles only for a type that can be an argument.
    pub fn is_argument<Via, T: Extract<Via>>(self) {}

    /// Compiles only for a type that can be returned.
    pub fn is_response<T: Respond>(self) {}

    /// Asks nothing.
    pub fn or_permission<P>(self) {}
}

impl Fails {
    /// Goes on with a handler of which nothing more can be wrong.
    pub fn keep<H>(self, _: H) -> Refused {
        Refused(())
    }

    /// Asks nothing.
    pub fn is_input<T>(self) {}

    /// Asks nothing.
    pub fn is_output<T>(self) {}

    /// Asks nothing.
    pub fn is_argument<Via, T>(self) {}

    /// Asks nothing.
    pub fn is_response<T>(self) {}

    /// Compiles only for a permission: what is not one is the reason.
    pub fn or_permission<P: IsPermission>(self) {}
}

/// A permission.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission",
    label = "nobody can have it",
    note = "write `impl Permission for {Self}` with its `Scheme`, its `SCOPES`, and `permits`, which looks at the caller"
)]
pub trait IsPermission {}

#[diagnostic::do_not_recommend]
impl<P: Permission> IsPermission for P {}

/// Stands for a handler of which something wrong has been told; no program with one compiles.
#[derive(Debug)]
pub struct Refused(());

impl Handler<Refused> for Refused {
    fn describe(_: &mut Describer<'_>, _: &[Argument]) {}

    async fn call(&self, _: &RequestContext) -> Response {
        Response::default()
    }
}
