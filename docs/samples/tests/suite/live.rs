use guide_samples::live::{model, rooms};
use kovar::testing::{TestChannels as _, TestClient};

// ANCHOR: channel
use guide_samples::live::rooms::{FromClient, ToClient};

#[tokio::test]
async fn people_in_a_room_hear_each_other_and_miss_nothing() {
    let client = TestClient::new(rooms::app()).await.expect("the app starts");
    let path = "/live/rooms/kitchen";
    let mut ada = client.get(path).query(&[("name", "Ada")]).channel::<FromClient, ToClient>().await.unwrap();
    let mut bob = client.get(path).query(&[("name", "Bob")]).channel::<FromClient, ToClient>().await.unwrap();
    assert_eq!(ada.joined().await.member.data["name"], "Bob");

    ada.request(&FromClient::Say { text: "Good evening".into() }).await.assert_acknowledged();
    assert_eq!(bob.receive().await, ToClient::Said { author: "Ada".into(), text: "Good evening".into() });

    let at = bob.at();
    bob.close().await;
    ada.request(&FromClient::Say { text: "Are you there?".into() }).await.assert_acknowledged();
    let again = client.get(path).query(&[("name", "Bob"), ("at", &at)]);
    let mut bob = again.channel::<FromClient, ToClient>().await.unwrap();
    assert_eq!(bob.subscribed().await.recovered, Some(true));
    assert_eq!(bob.receive().await, ToClient::Said { author: "Ada".into(), text: "Are you there?".into() });

    let problem = ada.request(&FromClient::Say { text: "".into() }).await.problem();
    assert_eq!(problem.issues(), ["body.say.text: string_too_short"]);
    let refused = client.get(path).channel::<FromClient, ToClient>().await.unwrap_err();
    assert_eq!(refused.problem().issues(), ["query.name: missing"]);
}
// ANCHOR_END: channel

#[tokio::test]
async fn whoever_watches_an_answer_gets_all_of_it() {
    let client = TestClient::new(model::app::app()).await.expect("the app starts");
    let mut viewer = client.get("/live/answers/7").channel::<(), model::Writing>().await.unwrap();
    viewer.subscribed().await;
    client.post("/answers/7").json(&"one two three").send().await.assert_status(202);
    let mut text = String::new();
    loop {
        match viewer.receive().await {
            model::Writing::Delta { text: more } => text.push_str(&more),
            model::Writing::Ended { is_whole } => break assert!(is_whole),
        }
    }
    assert_eq!(text, "one two three");
}
