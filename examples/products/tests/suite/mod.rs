mod commands;
mod products;
