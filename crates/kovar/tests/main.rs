//! Everything that a user of the facade relies on, in one binary.
use kovar::*;
#[schema]
#[derive(Debug)]
struct NewProduct {
    #[field(min_length = 1, max_length = 100)]
    name: String,
    #[field(max_length = 500)]
    description: Option<String>,
    #[field(gt = 0, le = 1_000_000)]
    price: i64,
    #[field(unique, max_items = 3, items(pattern = "^a"))]
    tags: Vec<String>,
    #[field(default = 10)]
    limit: u32,
}
#[schema(partial = "PPatch", computed(/// Hi
 total: i64 = P::total))]
#[derive(Debug)]
struct P {
    a: i64,
    #[field(max_length = 3)]
    b: Option<String>,
}
impl P {
    fn total(&self) -> i64 {
        self.a
    }
}
#[schema]
#[derive(Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Ev {
    Made {
        #[field(gt = 3)]
        x: i64,
    },
    Gone(P),
    Nil,
}
#[schema]
#[derive(Debug)]
#[serde(untagged)]
enum Un {
    A(#[field(max_length = 3)] String),
    B(i64),
    C { z: bool },
}
#[schema]
#[derive(Debug)]
struct Fl {
    own: i64,
    #[serde(flatten)]
    p: P,
    #[serde(flatten)]
    rest: std::collections::HashMap<String, i64>,
}
#[test]
fn it() {
    println!("{:#}", kovar::json_schema::standalone::<NewProduct>(Direction::Input));
    println!("{:#}", kovar::json_schema::standalone::<P>(Direction::Output));
    println!("{:#}", kovar::json_schema::standalone::<Ev>(Direction::Input));
    println!("{:#}", kovar::json_schema::standalone::<Un>(Direction::Input));
    println!("{:#}", kovar::json_schema::standalone::<Fl>(Direction::Input));
    println!("{:?}", read_json::<NewProduct>(br#"{"name": "", "price": 0, "tags": ["a","a", "b"]}"#));
    println!("{:?}", read_json::<NewProduct>(br#"{"name": "x", "price": 1, "tags": ["a"]}"#));
    println!("{:?}", read_json::<Ev>(br#"{"kind": "made", "x": 1}"#));
    println!("{:?}", read_json::<Ev>(br#"{"kind": "gone", "a": 1}"#));
    println!("{:?}", read_json::<Un>(br#"{"z": 1}"#));
    println!("{:?}", read_json::<Un>(br#"{"z": true}"#));
    println!("{:?}", read_json::<Fl>(br#"{"own": 1, "a": 4, "q": 7}"#));
    println!("{:?}", read_json::<PPatch>(br#"{"b": null}"#));
}
