//! The shape of an uploaded file, for whoever receives one.

use crate::shape::{Kind, Shape};

/// Says that a field of a multipart body is a file.
#[derive(Clone, Copy, Debug)]
pub struct FileShape;

impl FileShape {
    /// The shape of one file.
    pub fn shape() -> Shape {
        Shape::new(Kind::File)
    }
}
