//! The checks themselves, one file or folder per step.

pub(crate) mod attacks;
pub(crate) mod brokers;
pub(crate) mod browser;
pub(crate) mod clients;
pub(crate) mod cost;
pub(crate) mod documents;
pub(crate) mod guide;
pub(crate) mod h2spec;
pub(crate) mod postgres;
pub(crate) mod rust;
pub(crate) mod schemathesis;
mod script_output;
pub(crate) mod sea_orm;
pub(crate) mod websocket;
