use kovar_http::app::App;
use kovar_http::describe::Argument;
use kovar_http::extract::Query;
use kovar_http::operation::Operation;
use kovar_http::testing::TestClient;

use super::{Opened, Opening};
use crate::app::WithLive as _;
use crate::hub::Live;
use crate::socket::{RawSocket, Socket};

type Numbers = Opening<Socket<u32, u32>>;

async fn before(_: Query<String>, opening: Numbers) -> Opened {
    opening.run(async |_| {})
}

async fn after(opening: Numbers, _: Query<String>) -> Opened {
    opening.run(async |_| {})
}

async fn raw(_: Query<String>, opening: Opening<RawSocket>) -> Opened {
    opening.run(async |_| {})
}

#[tokio::test]
async fn the_parameter_in_which_clients_say_where_they_were_is_no_argument() {
    const AT: Argument = Argument { names: &["at"], ..Argument::NONE };
    const DAY: Argument = Argument { names: &["day"], ..Argument::NONE };
    let start = async |operation: Operation| {
        let app = App::new("Test", "1.0.0").live(Live::new()).mount([operation]);
        TestClient::new(app).await.map(drop).map_err(|error| error.to_string())
    };
    for operation in [
        Operation::get("/numbers", before).arguments(&[AT, Argument::NONE]),
        Operation::get("/numbers", after).arguments(&[Argument::NONE, AT]),
    ] {
        let mistake = start(operation).await.unwrap_err();
        assert!(mistake.contains("the parameter `at` is the protocol's own"), "{mistake}");
    }
    start(Operation::get("/numbers", after).arguments(&[Argument::NONE, DAY])).await.unwrap();
    start(Operation::get("/numbers", raw).arguments(&[AT, Argument::NONE])).await.unwrap();
}
