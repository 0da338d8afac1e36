pub mod headers;
pub mod pages;
pub mod problems;
pub mod streams;
pub mod success;
