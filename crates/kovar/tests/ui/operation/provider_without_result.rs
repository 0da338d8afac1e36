use kovar::prelude::*;

struct Clock;
struct Tenant(String);

async fn clock() -> Clock {
    Clock
}

async fn tenant() -> kovar::Result<Tenant> {
    Ok(Tenant(String::new()))
}

fn main() {
    let _ = Provider::app(clock);
    let _ = Provider::per_request(tenant);
}
