pub mod computed;
pub mod newtype;
pub mod optional;
pub mod partial;
pub mod rules;
pub mod secret;
pub mod union;
pub mod validate;
