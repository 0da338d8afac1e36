pub mod first_steps;
pub mod transaction;
