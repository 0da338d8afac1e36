mod documents;
mod rooms;
mod sessions;
mod support;
