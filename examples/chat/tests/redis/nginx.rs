//! Two nodes behind nginx, one of which is killed while people talk.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::client::Client;
use crate::support::{Running, ask, events};
use crate::{Redis, free_address};

/// What the guide shows.
const SITE: &str = include_str!("../../nginx.conf");

/// What is around it where nginx is nobody's service.
const PRIVATE: &str = "
daemon off;
worker_processes 1;
pid nginx.pid;
error_log log;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}
";

const SPEAKERS: usize = 4;
const LISTENERS: usize = 12;
const MESSAGES: usize = 150;
/// What is said last.
const END: &str = "end";

/// An nginx of its own.
struct Nginx {
    address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Nginx {
    fn before(nodes: [SocketAddr; 2]) -> Self {
        let (address, folder) = (free_address(), TempDir::new().unwrap());
        let mut site = SITE.replace("127.0.0.1:8000", &address.to_string());
        for (port, node) in [8001, 8002].into_iter().zip(nodes) {
            site = site.replace(&format!("127.0.0.1:{port}"), &node.to_string());
        }
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        std::fs::write(folder.path().join("nginx.conf"), PRIVATE).unwrap();
        let child = Command::new("nginx")
            .args(["-e", "log", "-c", "nginx.conf", "-p"])
            .arg(folder.path())
            .spawn()
            .expect("nginx is installed: cargo xtask test --only brokers sees to it");
        let nginx = Self { address, child, folder };
        for _ in 0..500 {
            if TcpStream::connect(address).is_ok() {
                return nginx;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("nginx does not listen: {}", std::fs::read_to_string(nginx.folder.path().join("log")).unwrap())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked, its master ends its worker, too.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A channel through nginx, tried until there is one.
async fn open(host: &str, name: &str, position: Option<(&str, u64)>) -> Client {
    loop {
        if let Some(client) = Client::open(host, "lamps", name, position).await {
            return client;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Says each message until it is taken, always under its key. Gives how often one was said again.
async fn speak(host: String, speaker: usize) -> usize {
    let name = format!("s{speaker}");
    let (mut client, mut again) = (open(&host, &name, None).await, 0);
    for sequence in 0..MESSAGES {
        let key = format!("00000000-0000-4000-8000-{speaker:04}{sequence:08}");
        while client.say(&format!("{speaker}:{sequence}"), Some(&key), sequence as u64).await != Some(true) {
            client = open(&host, &name, None).await;
            again += 1;
        }
    }
    again
}

/// The ids and texts of what somebody has heard, in the order in which it came.
async fn listen(host: String, listener: usize, there: Arc<AtomicUsize>) -> Vec<(i64, String)> {
    let (mut heard, mut position, mut recoveries) = (Vec::new(), None::<(String, u64)>, 0);
    loop {
        let at = position.as_ref().map(|(epoch, offset)| (epoch.as_str(), *offset));
        let mut client = open(&host, &format!("l{listener}"), at).await;
        while let Some(frame) = client.frame().await {
            if frame["topic"] != json!("rooms/lamps") {
                continue;
            }
            match (frame["epoch"].as_str(), &mut position) {
                (Some(epoch), None) => {
                    position = Some((epoch.to_owned(), frame["offset"].as_u64().unwrap()));
                    there.fetch_add(1, Relaxed);
                }
                (Some(_), Some(_)) => {
                    assert_eq!(frame["recovered"], json!(true), "listener {listener} has missed something: {frame}");
                    recoveries += 1;
                }
                (None, Some((_, last))) if frame["data"]["type"] == json!("said") => {
                    *last += 1;
                    assert_eq!(frame["offset"], json!(*last), "listener {listener}");
                    let text = frame["data"]["text"].as_str().unwrap().to_owned();
                    if text == END {
                        assert!(recoveries > 0, "listener {listener} was never cut off");
                        return heard;
                    }
                    heard.push((frame["data"]["id"].as_i64().unwrap(), text));
                }
                _ => {}
            }
        }
    }
}

/// All that is kept, in order.
async fn kept(node: &Running) -> Vec<(i64, String)> {
    let (mut kept, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = node.get(&format!("/rooms/lamps/messages?limit=100{cursor}")).await;
        let items = page["items"].as_array().unwrap().iter();
        kept.extend(items.map(|item| (item["id"].as_i64().unwrap(), item["text"].as_str().unwrap().to_owned())));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    kept.reverse();
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_talks_through_nginx_misses_nothing_and_gets_nothing_twice_when_nodes_are_killed() {
    let redis = Redis::start();
    let addresses = [free_address(), free_address()];
    let mut nodes = addresses.map(|address| redis.node_at(address));
    let nginx = Nginx::before(addresses);
    let host = nginx.address.to_string();

    let there = Arc::new(AtomicUsize::new(0));
    let listening: Vec<_> =
        (0..LISTENERS).map(|index| tokio::spawn(listen(host.clone(), index, Arc::clone(&there)))).collect();
    while there.load(Relaxed) < LISTENERS {
        sleep(Duration::from_millis(20)).await;
    }
    let is_over = AtomicBool::new(false);
    let speaking = async {
        let again = join_all((0..SPEAKERS).map(|speaker| tokio::spawn(speak(host.clone(), speaker)))).await;
        is_over.store(true, Relaxed);
        again.into_iter().map(Result::unwrap).sum::<usize>()
    };
    // Each node is killed at least twice, and one is always there.
    let killing = async {
        let mut kills = 0;
        while kills < 4 || !is_over.load(Relaxed) {
            let node = &mut nodes[kills % 2];
            node.kill();
            sleep(Duration::from_millis(400)).await;
            node.start_again();
            sleep(Duration::from_millis(400)).await;
            kills += 1;
        }
        kills
    };
    let (again, kills) = tokio::join!(speaking, killing);
    let mut last = open(&host, "end", None).await;
    assert_eq!(last.say(END, None, 1).await, Some(true));
    let heard: Vec<_> = join_all(listening).await.into_iter().map(Result::unwrap).collect();

    let mut kept = kept(&nodes[0]).await;
    assert_eq!(kept.pop().unwrap().1, END);
    assert!(kept.iter().map(|(id, _)| *id).eq(1..=(SPEAKERS * MESSAGES) as i64));
    for speaker in 0..SPEAKERS {
        let of_speaker = kept.iter().filter(|(_, text)| text.starts_with(&format!("{speaker}:")));
        let expected = (0..MESSAGES).map(|sequence| format!("{speaker}:{sequence}"));
        assert!(of_speaker.map(|(_, text)| text.clone()).eq(expected), "of speaker {speaker}, something is amiss");
    }
    for mut heard in heard {
        heard.sort_unstable();
        let first = heard.iter().zip(&kept).find(|(heard, kept)| heard != kept);
        assert!(heard.len() == kept.len() && first.is_none(), "{} of {}: {first:?}", heard.len(), kept.len());
    }
    println!("nginx: {} messages to {LISTENERS}, {kills} nodes killed, {again} said again", kept.len());
}

#[tokio::test]
async fn a_channel_that_is_a_stream_of_events_goes_through_nginx() {
    let redis = Redis::start();
    let addresses = [free_address(), free_address()];
    let _nodes = addresses.map(|address| redis.node_at(address));
    let nginx = Nginx::before(addresses);
    let mut ada = events(nginx.address, "/live/rooms/lamps?name=Ada").await;
    let post = ada.frame_with("session").await["post"].as_str().unwrap().to_owned();
    ada.heard("marks").await;
    for round in 0..6 {
        let frame = json!({ "data": { "type": "say", "text": format!("by post {round}") }, "id": round }).to_string();
        let (status, _, body) = ask(nginx.address, &format!("POST {post}"), &frame).await;
        assert_eq!(status, 204, "{body}");
        // It comes at once, and not when there is more of it.
        assert_eq!(ada.heard("said").await["data"]["text"], json!(format!("by post {round}")));
    }
}
