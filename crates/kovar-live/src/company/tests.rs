use std::sync::Arc;
use std::time::Duration;

use serde_json::value::to_raw_value;
use tokio::time::sleep;

use super::{Company, GONE_AFTER, Told};
use crate::hub::Live;
use crate::topic::{Present, Topic, Topics};

static ROOMS: Topics<u32> = Topics::new("rooms").presence();

fn who(id: &str) -> Present {
    Present { id: id.into(), since: jiff::Timestamp::UNIX_EPOCH, data: Some(to_raw_value(id).unwrap().into()) }
}

/// A node that follows a topic.
struct Node {
    company: Company,
    topic: Topic<u32>,
}

impl Node {
    fn new() -> Self {
        let (company, topic) = (Company::new(Arc::default()), Live::new().topic(&ROOMS, 7));
        company.topics.add(&topic.state);
        Self { company, topic }
    }

    /// What it says to that, the last thing first.
    fn hear(&self, told: &Told) -> Option<Told> {
        let told = serde_json::from_slice(&told.payload()).unwrap();
        self.company.hear(told).pop()
    }

    fn ids(&self) -> String {
        self.topic.state.all_present().join(" ")
    }
}

fn joined(changes: u64, id: &str) -> Told {
    Told::Joined { node: "other".into(), topic: "rooms/7".into(), changes, who: who(id) }
}

fn left(changes: u64, id: &str) -> Told {
    Told::Left { node: "other".into(), topic: "rooms/7".into(), changes, who: id.into() }
}

fn all(changes: u64, ids: &[&str]) -> Told {
    let present = ids.iter().map(|id| who(id)).collect();
    Told::All { node: "other".into(), topic: "rooms/7".into(), changes, present }
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_asked_about_and_filled() {
    let node = Node::new();
    node.hear(&Told::Here { node: "other".into(), is_new: true });
    let question = |answer: Option<Told>| matches!(answer, Some(Told::Asks { of: Some(of), .. }) if of == "other");
    assert!(question(node.hear(&joined(3, "c"))), "nothing is known of the other");
    assert!(node.hear(&all(3, &["a", "c"])).is_none());
    assert_eq!(node.ids(), "a c");
    assert!(node.hear(&left(4, "a")).is_none());
    assert!(question(node.hear(&left(6, "c"))), "a change was missed");
    assert_eq!(node.ids(), "c");
    // What was said before what is known changes nothing, and is no gap.
    assert!(node.hear(&joined(3, "c")).is_none() && node.hear(&all(2, &["z"])).is_none());
    assert_eq!(node.ids(), "c");
    assert!(node.hear(&all(6, &[])).is_none());
    assert_eq!(node.ids(), "");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_gives_no_sign_is_gone_with_its_clients() {
    let node = Node::new();
    node.hear(&Told::Here { node: "other".into(), is_new: true });
    node.hear(&all(1, &["a"]));
    sleep(GONE_AFTER - Duration::from_secs(1)).await;
    node.hear(&Told::Here { node: "other".into(), is_new: false });
    sleep(GONE_AFTER - Duration::from_secs(1)).await;
    node.company.forget_silent();
    assert_eq!(node.ids(), "a");
    sleep(Duration::from_secs(1)).await;
    node.company.forget_silent();
    assert_eq!(node.ids(), "");
    assert_eq!(node.company.others(), [""; 0]);
    // Once it gives a sign again, it is asked who is there.
    let sign = Told::Here { node: "other".into(), is_new: false };
    assert!(matches!(node.hear(&sign), Some(Told::Asks { of: Some(of), .. }) if of == "other"));
    assert!(node.hear(&sign).is_none());
}

#[tokio::test(start_paused = true)]
async fn questions_are_answered_by_those_who_are_meant() {
    let node = Node::new();
    node.hear(&Told::Here { node: "other".into(), is_new: true });
    let asks = |of: Option<&str>, topic: &str| {
        node.hear(&Told::Asks { node: "other".into(), topic: topic.into(), of: of.map(str::to_owned) })
    };
    assert!(asks(Some("somebody else"), "rooms/7").is_none());
    assert!(matches!(asks(None, "rooms/7"), Some(Told::All { changes: 0, .. })));
    // Of a topic that it does not have as well: others wait for its answer.
    assert!(matches!(asks(Some(&node.company.own), "rooms/8"), Some(Told::All { .. })));
    assert!(node.hear(&Told::Here { node: node.company.own.clone(), is_new: true }).is_none());
    assert!(matches!(node.hear(&Told::Here { node: "new".into(), is_new: true }), Some(Told::Here { .. })));
}
