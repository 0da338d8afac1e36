//! A client that expects its connection to be lost.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::at;

pub(crate) struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// A channel to a room; `None` if there is none to be had.
    pub(crate) async fn open(host: &str, room: &str, name: &str, position: Option<(&str, u64)>) -> Option<Self> {
        let mut url = format!("ws://{host}/live/rooms/{room}?name={name}");
        if let Some((epoch, offset)) = position {
            url.push_str(&format!("&at={}", at(&format!("rooms/{room}"), epoch, offset)));
        }
        let (stream, _) = timeout(Duration::from_secs(5), connect_async(url)).await.ok()?.ok()?;
        Some(Self(stream))
    }

    /// The next frame; `None` if the connection is lost or says nothing for too long.
    pub(crate) async fn frame(&mut self) -> Option<Value> {
        match timeout(Duration::from_secs(10), self.0.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => Some(serde_json::from_str(&text).unwrap()),
            Ok(Some(Ok(Message::Ping(_)))) => Some(Value::Null),
            _ => None,
        }
    }

    /// Says something. Whether it was taken; `None` if that is not known.
    pub(crate) async fn say(&mut self, text: &str, key: Option<&str>, id: u64) -> Option<bool> {
        let frame = json!({ "data": { "type": "say", "text": text, "key": key }, "id": id }).to_string();
        self.0.send(Message::text(frame)).await.ok()?;
        loop {
            let answer = self.frame().await?;
            if answer["re"] == json!(id) {
                // A problem does not say that it was not taken: its answer may have been lost.
                return if answer.get("problem").is_none() { Some(true) } else { None };
            }
        }
    }
}
