mod commands;
mod process;
mod products;
