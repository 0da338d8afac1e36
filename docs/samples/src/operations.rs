pub mod bodies;
pub mod by_hand;
pub mod files;
pub mod groups;
pub mod lists;
pub mod mounted_in_axum;
pub mod mounting_axum;
pub mod parameters;
