mod client;
mod documents;
mod marks;
mod messages;
mod page;
mod rooms;
mod sessions;
mod support;
