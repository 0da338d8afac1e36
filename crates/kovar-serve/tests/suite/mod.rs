mod bodies;
mod draining;
mod hosts;
mod limits;
mod listening;
mod messages;
mod requests;
mod support;
