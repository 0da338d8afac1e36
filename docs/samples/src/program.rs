pub mod own_command;
pub mod trace;
