pub mod model;
pub mod rooms;
