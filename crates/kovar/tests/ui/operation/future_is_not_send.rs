use std::rc::Rc;
use std::sync::Mutex;

use kovar::prelude::*;

static COUNT: Mutex<u32> = Mutex::new(0);

async fn wait() {}

#[get("/guard")]
async fn guard() -> NoContent {
    let mut count = COUNT.lock().unwrap();
    wait().await;
    *count += 1;
    NoContent
}

#[get("/shared/{id}")]
async fn shared(Path(id): Path<u32>) -> Json<u32> {
    let shared = Rc::new(id);
    wait().await;
    Json(*shared)
}

fn main() {}
