// ANCHOR: by_hand
use kovar::Operation;
use kovar::prelude::*;

pub fn app() -> App {
    let now = async || Json(Timestamp::UNIX_EPOCH);
    App::new("By hand", "1.0.0").mount([Operation::get("/time", now).id("time").summary("Tell the time").tag("clock")])
}
// ANCHOR_END: by_hand
