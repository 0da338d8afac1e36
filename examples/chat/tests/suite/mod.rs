mod rooms;
mod support;
