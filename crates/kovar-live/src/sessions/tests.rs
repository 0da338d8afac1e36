use kovar_http::app::App;
use kovar_http::operation::Operation;
use kovar_http::testing::TestClient;

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
