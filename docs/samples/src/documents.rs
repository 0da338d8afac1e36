pub mod described;
pub mod pages;
