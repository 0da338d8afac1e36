use std::time::Duration;

use kovar_http::app::App;
use kovar_http::describe::Argument;
use kovar_http::extract::{Path, Query};
use kovar_http::operation::Operation;
use kovar_http::problem::{ErrorStatus, Problem, ProblemDeclaration, ProblemDetails};
use kovar_http::testing::TestClient;
use serde_json::{Value, json};

use super::{TestChannel, TestChannels as _, TestFrame};
use crate::app::WithLive as _;
use crate::hub::Live;
use crate::opening::{Opened, Opening};
use crate::socket::Socket;
use crate::topic::Topics;

static NUMBERS: Topics<u32> = Topics::new("numbers").history(100, Duration::from_secs(60)).presence();

/// What is wrong with thirteen.
struct Unlucky;

impl Problem for Unlucky {
    fn declare(_: &mut kovar_contract::Catalog) -> Vec<ProblemDeclaration> {
        Vec::new()
    }

    fn into_details(self) -> ProblemDetails {
        ProblemDetails::new(ErrorStatus::new(409), "/problems/unlucky", "It is unlucky")
    }
}

/// Tells all what each says. What is odd is answered; 100 is asked back, 13 refused, and 1,000 too much.
async fn room(
    Path(room): Path<u32>,
    Query(name): Query<String>,
    opening: Opening<Socket<u32, u32>>,
) -> Opened<Result<(), Unlucky>> {
    opening.run(async move |mut socket| {
        let topic = socket.live().topic(&NUMBERS, room);
        let _ = socket.join(&topic, &name).await;
        while let Some(number) = socket.receive().await {
            match *number {
                13 => number.refuse(Unlucky),
                100 => {
                    let answer = socket.ask(&100, Duration::from_secs(1)).await;
                    let _ = socket.send(&answer.map_or(0, |answer| answer.unwrap_or(1)));
                }
                1_000 => return Err(Unlucky),
                1_001 => return Ok(()),
                odd if odd % 2 == 1 => drop(number.answer(&(odd + 1))),
                even => {
                    let _ = topic.publish(&even).await;
                    number.acknowledge();
                }
            }
        }
        Ok(())
    })
}

async fn client() -> TestClient {
    const ROOM: Argument = Argument { names: &["room"], ..Argument::NONE };
    const NAME: Argument = Argument { names: &["name"], ..Argument::NONE };
    let operation = Operation::get("/rooms/{room}", room).arguments(&[ROOM, NAME, Argument::NONE]);
    TestClient::new(App::new("Test", "1.0.0").live(Live::new()).mount([operation])).await.unwrap()
}

async fn join(client: &TestClient, name: &str) -> TestChannel<u32, u32> {
    client.get("/rooms/7").query(&[("name", name)]).channel().await.unwrap()
}

#[tokio::test]
async fn people_hear_each_other_and_see_who_is_there() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    let subscribed = ada.subscribed().await;
    assert_eq!((&*subscribed.topic, subscribed.offset, subscribed.recovered), ("numbers/7", 0, None));
    assert_eq!(subscribed.present.unwrap()[0].id, ada.session().await);
    let bob = join(&client, "Bob").await;
    // Whoever wants messages need not know who has come.
    bob.send(&2);
    let heard = ada.message().await;
    assert_eq!((heard.message, heard.topic.as_deref(), heard.offset), (2, Some("numbers/7"), Some(1)));
    assert_eq!(ada.joined().await.member.data, json!("Bob"));
    bob.close().await;
    assert_eq!(ada.left().await.member.data, json!("Bob"));
    assert_eq!(ada.message_within(Duration::from_millis(10)).await, None);
}

#[tokio::test]
async fn requests_are_answered_acknowledged_and_refused() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    ada.request(&2).await.assert_acknowledged();
    assert_eq!(ada.request(&3).await.message(), 4);
    let problem = ada.request(&13).await.problem();
    assert_eq!((problem.status, &*problem.kind), (409, "/problems/unlucky"));
    assert_eq!(ada.receive().await, 2);
}

#[tokio::test]
async fn whoever_prefers_it_speaks_messagepack_with_all_others() {
    let client = client().await;
    let mut bob = join(&client, "Bob").await;
    let packed = client.get("/rooms/7?name=Ada").header("sec-websocket-protocol", "kovar.msgpack");
    let mut ada = packed.channel::<u32, u32>().await.unwrap();
    assert_eq!(ada.subscribed().await.present.unwrap().len(), 2);
    bob.request(&2).await.assert_acknowledged();
    ada.request(&70_000).await.assert_acknowledged();
    for guest in [&mut ada, &mut bob] {
        assert_eq!((guest.receive().await, guest.receive().await), (2, 70_000));
    }
    assert_eq!(ada.request(&3).await.message(), 4);
    let at = ada.at();
    ada.close().await;
    bob.request(&6).await.assert_acknowledged();
    // What was missed in one encoding comes in another.
    let mut ada = client.get("/rooms/7?name=Ada").query(&[("at", at)]).channel::<u32, u32>().await.unwrap();
    assert_eq!((ada.subscribed().await.recovered, ada.receive().await), (Some(true), 6));
}

#[tokio::test]
async fn what_is_packed_is_held_to_the_contract() {
    let client = client().await;
    let packed = client.get("/rooms/7?name=Ada").header("sec-websocket-protocol", "kovar.msgpack");
    let mut ada = packed.channel::<Value, Value>().await.unwrap();
    let problem = ada.request(&json!("two")).await.problem();
    assert_eq!((problem.status, problem.issues()), (422, vec!["body: int_type".to_owned()]));
    assert_eq!(ada.request(&json!(-1)).await.problem().status, 422);
}

#[tokio::test]
async fn what_breaks_the_contract_is_a_problem() {
    let client = client().await;
    let mut ada = client.get("/rooms/7?name=Ada").channel::<Value, Value>().await.unwrap();
    assert_eq!(ada.request(&json!("two")).await.problem().status, 422);
    ada.send(&json!(-1));
    assert_eq!(ada.problem().await.status, 422);
    ada.request(&json!(2)).await.assert_acknowledged();
}

#[tokio::test]
async fn the_server_asks_and_is_answered() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    for (answer, said) in [(Some(&9), 9), (None, 1)] {
        ada.send(&100);
        let question = ada.message().await;
        assert_eq!(question.message, 100);
        ada.answer(question.asks.unwrap(), answer);
        assert_eq!(ada.receive().await, said);
    }
}

#[tokio::test]
async fn who_comes_again_gets_what_was_not_read() {
    let client = client().await;
    let (mut ada, mut bob) = (join(&client, "Ada").await, join(&client, "Bob").await);
    bob.subscribed().await;
    for number in [2, 4, 6] {
        ada.request(&number).await.assert_acknowledged();
    }
    assert_eq!(bob.receive().await, 2);
    let mut at = bob.at();
    bob.close().await;
    for rest in [vec![4, 6], vec![6]] {
        let request = client.get("/rooms/7?name=Bob").query(&[("at", &at)]);
        let mut bob = request.channel::<u32, u32>().await.unwrap();
        assert_eq!(bob.subscribed().await.recovered, Some(true));
        assert_eq!(bob.at(), at, "nothing was read yet");
        assert_eq!(bob.receive().await, rest[0]);
        at = bob.at();
    }
}

#[tokio::test]
async fn an_opening_that_is_refused_is_a_response() {
    let client = client().await;
    let refused = client.get("/rooms/seven").channel::<u32, u32>().await.unwrap_err();
    let issues = refused.problem().issues();
    assert_eq!(issues, ["path.room: int_parsing", "query.name: missing"]);
    assert_eq!(client.get("/nowhere").channel::<u32, u32>().await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn a_function_that_ends_closes_the_channel_after_its_problem() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    ada.send(&1_000);
    assert_eq!(ada.closed().await, 4409);
    assert_eq!(ada.problem().await.kind, "/problems/unlucky");
    assert!(matches!(ada.next().await, Some(TestFrame::Subscribed(_))));
    assert_eq!(ada.next().await, None);
    let mut bob = join(&client, "Bob").await;
    bob.send(&1_001);
    assert_eq!(bob.closed().await, 1000);
}

#[tokio::test]
async fn who_is_dropped_has_left_without_a_word() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    drop(join(&client, "Bob").await);
    assert_eq!(ada.left().await.member.data, json!("Bob"));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_answered() {
    let client = client().await;
    let mut ada = join(&client, "Ada").await;
    tokio::time::sleep(Duration::from_secs(200)).await;
    ada.request(&2).await.assert_acknowledged();
}

#[tokio::test(start_paused = true)]
#[should_panic = "the channel /rooms/7?name=Ada: a message was expected within 5s; it is open, and what came is: \n  Subscribed("]
async fn what_does_not_come_fails_the_test_with_what_came_instead() {
    let client = client().await;
    join(&client, "Ada").await.receive().await;
}

#[tokio::test]
#[should_panic = "a problem was expected as the answer, but the channel /rooms/7?name=Ada answered 4"]
async fn another_answer_fails_the_test() {
    let client = client().await;
    join(&client, "Ada").await.request(&3).await.problem();
}
