//! What is said on one node is heard on all.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::broker::{Broker, Kind};
use crate::support::{Client, Running, at};

over_each_broker!(
    what_is_said_on_one_node_is_heard_on_the_other_in_one_order,
    who_comes_back_to_another_node_gets_what_was_missed,
    while_the_broker_is_away_those_of_a_node_are_told_and_who_publishes_knows,
    a_node_that_was_not_told_catches_up,
    a_broker_that_was_away_is_told_of_and_nothing_that_was_taken_is_lost,
    a_broker_that_comes_late_is_found,
    a_broker_that_hangs_is_away,
    many_nodes_that_publish_at_the_same_time_are_heard_in_one_order,
);

async fn join(node: &Running, name: &str) -> (Client, Value) {
    let mut client = node.open(&format!("/live/rooms/lamps?name={name}")).await;
    let joined = client.frame_with("epoch").await;
    (client, joined)
}

/// Says something until it is taken.
pub(crate) async fn insist(client: &mut Client, text: &str) {
    loop {
        client.say(text, 9).await;
        let answer = client.frame_with("re").await;
        if answer.get("problem").is_none() {
            return;
        }
        assert_eq!(answer["problem"]["status"], json!(503), "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub(crate) async fn heard(client: &mut Client) -> (u64, String) {
    let frame = client.frame_with("data").await;
    (frame["offset"].as_u64().unwrap(), frame["data"]["text"].as_str().unwrap().to_owned())
}

async fn what_is_said_on_one_node_is_heard_on_the_other_in_one_order(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let (mut ada, joined) = join(&one, "Ada").await;
    let (mut bob, joined_other) = join(&other, "Bob").await;
    assert_eq!(joined["epoch"], joined_other["epoch"]);
    for n in 0..50 {
        let (speaker, text) = if n % 2 == 0 { (&mut ada, "a") } else { (&mut bob, "b") };
        speaker.say(&format!("{text}{n}"), n).await;
    }
    let (mut by_ada, mut by_bob) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        by_ada.push(heard(&mut ada).await);
        by_bob.push(heard(&mut bob).await);
    }
    assert_eq!(by_ada, by_bob);
    assert!(by_ada.iter().map(|(offset, _)| *offset).eq(1..=50));
}

async fn who_comes_back_to_another_node_gets_what_was_missed(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (bob, joined) = join(&one, "Bob").await;
    bob.close().await;
    for n in 1..=2_500 {
        ada.say(&format!("m{n}"), n).await;
        ada.frame_with("re").await;
        // No client may say more than a thousand in a second.
        if n % 500 == 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    let epoch = joined["epoch"].as_str().unwrap();
    let come_back = async |node: &Running, offset| {
        let path = format!("/live/rooms/lamps?name=Bob&at={}", at("rooms/lamps", epoch, offset));
        let mut bob = node.open(&path).await;
        (bob.frame_with("recovered").await["recovered"].clone(), bob)
    };
    // The room keeps a thousand.
    for node in [&other, &one] {
        let (recovered, mut bob) = come_back(node, 1_500).await;
        assert_eq!(recovered, json!(true));
        for n in 1_501..=2_500 {
            assert_eq!(heard(&mut bob).await, (n, format!("m{n}")));
        }
        assert_eq!(come_back(node, 1_499).await.0, json!(false));
    }
}

async fn while_the_broker_is_away_those_of_a_node_are_told_and_who_publishes_knows(kind: Kind) {
    let mut broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let ((mut ada, _), (mut bob, _)) = (join(&one, "Ada").await, join(&one, "Bob").await);
    let (mut eve, _) = join(&other, "Eve").await;
    insist(&mut ada, "before").await;
    assert_eq!([heard(&mut bob).await, heard(&mut eve).await], [(1, "before".into()), (1, "before".into())]);

    broker.kill();
    // Of the first that finds nobody there, it is not known whether the broker has it.
    for n in 2..=4 {
        ada.say(&format!("meanwhile {n}"), n).await;
        let answer = ada.frame_with("re").await;
        assert_eq!((&answer["re"], &answer["problem"]["status"]), (&json!(n), &json!(503)));
    }
    let frame = bob.frame_with("data").await;
    assert!(
        frame["data"]["text"].as_str().unwrap().starts_with("meanwhile") && frame.get("offset").is_none(),
        "{frame}"
    );

    broker.start_again();
    insist(&mut ada, "after").await;
    for client in [&mut bob, &mut eve] {
        let frame = loop {
            let frame = client.frame_with("data").await;
            // The one of which it was not known may have come through.
            if frame.get("offset").is_some() && frame["data"]["text"] != json!("meanwhile 2") {
                break frame;
            }
        };
        assert_eq!(frame["data"]["text"], json!("after"));
        assert!([2, 3].map(|offset| json!(offset)).contains(&frame["offset"]), "{frame}");
    }
}

async fn a_node_that_was_not_told_catches_up(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.distant_node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (mut bob, _) = join(&other, "Bob").await;
    for n in 1..=200 {
        if n % 20 == 0 {
            broker.cut();
        }
        insist(&mut ada, &format!("m{n}")).await;
    }
    for n in 1..=200 {
        assert_eq!(heard(&mut bob).await, (n, format!("m{n}")));
    }
}

async fn a_broker_that_was_away_is_told_of_and_nothing_that_was_taken_is_lost(kind: Kind) {
    let mut broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (mut bob, _) = join(&other, "Bob").await;
    insist(&mut ada, "before").await;
    assert_eq!(heard(&mut bob).await, (1, "before".to_owned()));
    broker.kill();
    ada.say("while it is away", 7).await;
    let answer = ada.frame_with("re").await;
    assert_eq!(answer["problem"]["status"], json!(503), "{answer}");
    broker.start_again();
    insist(&mut ada, "after").await;
    let mut next = heard(&mut bob).await;
    if next == (2, "while it is away".to_owned()) {
        next = heard(&mut bob).await;
    }
    assert_eq!(next.1, "after");

    // One that comes back with nothing: nobody is made to believe that nothing was missed.
    broker.empty();
    insist(&mut ada, "a new life").await;
    assert_eq!(bob.frame_with("recovered").await["recovered"], json!(false));
}

async fn a_broker_that_comes_late_is_found(kind: Kind) {
    let mut broker = Broker::start(kind);
    broker.kill();
    let (one, other) = (broker.node(), broker.node());
    let mut ada = one.open("/live/rooms/lamps?name=Ada").await;
    let mut bob = other.open("/live/rooms/lamps?name=Bob").await;
    for client in [&mut ada, &mut bob] {
        let subscribed = client.frame_with("present").await;
        assert!(subscribed.get("epoch").is_none(), "{subscribed}");
    }
    ada.say("too early", 1).await;
    assert_eq!(ada.frame_with("re").await["problem"]["status"], json!(503));
    broker.start_again();
    // Once it is there, the node tells where the room is, and who is in it.
    assert_eq!(bob.frame_with("joined").await["joined"]["data"]["name"], json!("Ada"));
    insist(&mut ada, "at last").await;
    let frame = loop {
        let frame = bob.frame_with("offset").await;
        if frame["data"]["text"] == json!("at last") || frame.get("recovered").is_some() {
            break frame;
        }
    };
    assert!(frame.get("recovered").is_none_or(|recovered| *recovered == json!(false)), "{frame}");
}

async fn a_broker_that_hangs_is_away(kind: Kind) {
    let broker = Broker::start(kind);
    let (one, other) = (broker.node(), broker.node());
    let (mut ada, _) = join(&one, "Ada").await;
    let (mut bob, _) = join(&other, "Bob").await;
    insist(&mut ada, "before").await;
    broker.signal("-STOP");
    let start = Instant::now();
    ada.say("while it hangs", 1).await;
    assert_eq!(ada.frame_with("re").await["problem"]["status"], json!(503));
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    broker.signal("-CONT");
    insist(&mut ada, "after").await;
    let mut texts = Vec::new();
    while texts.last().is_none_or(|text| text != "after") {
        let (offset, text) = heard(&mut bob).await;
        texts.push(text);
        assert_eq!(offset, texts.len() as u64);
    }
    assert!(texts[0] == "before" && texts.len() <= 3, "{texts:?}");
}

async fn many_nodes_that_publish_at_the_same_time_are_heard_in_one_order(kind: Kind) {
    const EACH: u64 = 100;
    let broker = Broker::start(kind);
    let nodes = [broker.node(), broker.node(), broker.node()];
    let (mut ear, _) = join(&nodes[0], "ear").await;
    let talking = nodes.iter().flat_map(|node| [node, node]).enumerate().map(|(speaker, node)| async move {
        let (mut client, _) = join(node, &format!("s{speaker}")).await;
        for n in 0..EACH {
            client.say(&format!("{speaker}:{n}"), n).await;
            assert!(client.frame_with("re").await.get("problem").is_none());
        }
    });
    futures_util::future::join_all(talking).await;
    let mut next = [0; 6];
    for place in 1..=6 * EACH {
        let (offset, text) = heard(&mut ear).await;
        let (speaker, n) = text.split_once(':').unwrap();
        let next = &mut next[speaker.parse::<usize>().unwrap()];
        assert_eq!((offset, n.parse::<u64>().unwrap()), (place, *next), "{text}");
        *next += 1;
    }
}
