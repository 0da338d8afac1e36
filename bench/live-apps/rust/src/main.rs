//! axum with a channel of `tokio::sync::broadcast` for each topic: `axum-broadcast ADDRESS`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{any, get};
use futures_util::{SinkExt as _, StreamExt as _};
use garde::Validate;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// How many messages a slow subscriber may be behind: about what axum's example of a chat has.
const BEHIND: usize = 128;

type Topics = Arc<Mutex<HashMap<String, Sender<Utf8Bytes>>>>;

#[derive(Deserialize, Validate)]
struct Published {
    #[garde(length(min = 1, max = 40))]
    topic: String,
    #[garde(dive)]
    message: Message,
}

#[derive(Deserialize, Serialize, Validate)]
struct Message {
    #[garde(skip)]
    number: u64,
    #[garde(skip)]
    sent_ns: u64,
    #[garde(length(min = 1, max = 40))]
    author: String,
    #[garde(length(min = 1, max = 2000))]
    text: String,
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).expect("the address to listen at is the first argument");
    let listener = TcpListener::bind(address).await.expect("the address is free");
    let app = Router::new()
        .route("/hello", get(async || "ok"))
        .route("/live/echo", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)))
        .route("/live/topics/{topic}", any(subscribe))
        .route("/live/publish", any(publish))
        .with_state(Topics::default());
    axum::serve(listener, app).await.expect("the server runs");
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(frame)) = socket.recv().await {
        if let Frame::Text(_) | Frame::Binary(_) = frame
            && socket.send(frame).await.is_err()
        {
            return;
        }
    }
}

async fn subscribe(upgrade: WebSocketUpgrade, Path(topic): Path<String>, State(topics): State<Topics>) -> Response {
    let said = {
        let mut topics = topics.lock().expect("nobody panics");
        topics.entry(topic.clone()).or_insert_with(|| broadcast::channel(BEHIND).0).subscribe()
    };
    upgrade.on_upgrade(async move |mut socket| {
        if socket.send(Frame::text(format!(r#"{{"subscribed":"{topic}"}}"#))).await.is_ok() {
            listen(socket, said).await;
        }
    })
}

/// One task sends and one receives, as in axum's example of a chat: each wakes for its own.
async fn listen(socket: WebSocket, mut said: Receiver<Utf8Bytes>) {
    let (mut sender, mut receiver) = socket.split();
    let mut sending = tokio::spawn(async move {
        loop {
            match said.recv().await {
                Ok(text) => {
                    if sender.send(Frame::Text(text)).await.is_err() {
                        return;
                    }
                }
                Err(RecvError::Lagged(count)) => eprintln!("{count} messages are lost to a slow subscriber"),
                Err(RecvError::Closed) => return,
            }
        }
    });
    let mut receiving = tokio::spawn(async move { while let Some(Ok(_)) = receiver.next().await {} });
    tokio::select! {
        _ = &mut sending => receiving.abort(),
        _ = &mut receiving => sending.abort(),
    }
}

async fn publish(upgrade: WebSocketUpgrade, State(topics): State<Topics>) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(frame)) = socket.recv().await {
            let Frame::Text(text) = frame else { continue };
            let Ok(published) = serde_json::from_str::<Published>(&text) else { return };
            if published.validate().is_err() {
                return;
            }
            let text = serde_json::to_string(&published.message).expect("it is JSON");
            if let Some(topic) = topics.lock().expect("nobody panics").get(&published.topic) {
                // It says so when nobody listens.
                let _ = topic.send(text.into());
            }
        }
    })
}
