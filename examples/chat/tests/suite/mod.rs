mod documents;
mod in_process;
mod rooms;
mod sessions;
mod support;
