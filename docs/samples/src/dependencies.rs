pub mod app_scope;
pub mod finish;
pub mod request_scope;
