pub mod own_command;
