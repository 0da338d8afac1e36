mod links;
mod process;
