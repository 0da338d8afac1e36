mod rooms;
mod sessions;
mod support;
