use kovar_http::app::App;
use kovar_http::operation::Operation;
use kovar_http::testing::TestClient;
use serde_json::{Value, json};

use crate::app::WithLive as _;
use crate::hub::Live;
use crate::limits::Limits;
use crate::opening::{Opened, Opening};
use crate::socket::Socket;

async fn listen(opening: Opening<Socket<u32, u32>>) -> Opened {
    opening.run(async |mut socket| while socket.receive().await.is_some() {})
}

#[tokio::test]
async fn there_are_no_more_sessions_than_there_may_be() {
    let live = Live::new().limits(Limits { sessions: 2, ..Limits::default() });
    let app = App::new("Test", "1.0.0").live(live.clone()).mount([Operation::get("/numbers", listen)]);
    let client = TestClient::new(app).await.unwrap();
    let open = async |accept: &str| client.get("/numbers").header("accept", accept).send().await.status();
    assert_eq!(open("application/json").await, 200);
    assert_eq!(open("application/json").await, 200);
    for accept in ["application/json", "text/event-stream"] {
        assert_eq!(open(accept).await, 503, "{accept}");
    }
    assert_eq!(live.hub().sessions.len(), 2);
}

async fn fail(opening: Opening<Socket<u32, u32>>) -> Opened {
    opening.run(async |_| panic!("on purpose"))
}

async fn end(opening: Opening<Socket<u32, u32>>) -> Opened {
    opening.run(async |_| {})
}

#[tokio::test]
async fn the_last_frame_says_whether_its_client_is_to_come_again() {
    let operations = [Operation::get("/fail", fail), Operation::get("/end", end)];
    let app = App::new("Test", "1.0.0").live(Live::new()).mount(operations);
    let client = TestClient::new(app).await.unwrap();
    for (path, bye) in [
        ("/fail", json!({ "bye": { "code": 1011, "reconnect_after_ms": 0 } })),
        ("/end", json!({ "bye": { "code": 1000 } })),
    ] {
        let mut stream = client.get(path).header("accept", "text/event-stream").stream().await;
        let mut last = Value::Null;
        while let Some(event) = stream.event().await {
            last = event.json();
        }
        assert_eq!(last, bye, "{path}");
    }
}
