use kovar::prelude::*;

#[schema]
#[derive(Debug, PartialEq)]
pub struct Person {
    pub name: String,
}

#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Debug)]
pub enum FromClient {
    Say {
        #[field(min_length = 1)]
        text: String,
    },
}

#[schema]
#[serde(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
pub enum ToClient {
    Said { author: String, text: String },
}

#[problem]
#[derive(Debug)]
pub enum RoomProblem {
    /// Nobody can be told for now.
    #[status(503)]
    Away,
}
