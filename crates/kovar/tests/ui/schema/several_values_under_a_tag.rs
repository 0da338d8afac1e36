use kovar::schema;

#[schema]
#[serde(tag = "kind")]
enum Event {
    Moved(i64, i64),
}

fn main() {}
