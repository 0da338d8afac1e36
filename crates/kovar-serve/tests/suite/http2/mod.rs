//! HTTP/2 as strangers speak it: frames written by hand (RFC 9113).

mod ending;
mod floods;
mod frames;
mod messages;
mod waits;
