pub mod own_command;
pub mod own_metrics;
pub mod trace;
