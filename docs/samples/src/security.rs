pub mod api_key;
pub mod caller;
pub mod json_web_token;
pub mod layers;
pub mod permission;
