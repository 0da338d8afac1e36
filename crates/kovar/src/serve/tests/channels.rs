//! Channels, as the console shows them and closes them, and as many as a caller may have.

use std::borrow::Cow;

use kovar_http::security::{Authenticated, AuthenticationError, Bearer, Scheme, SchemeDeclaration};
use kovar_live::{Limits as LiveLimits, Live, Opened, Opening, Socket, Topics, WithLive as _};
use serde_json::{Value, json};

use super::*;

/// A token is the name of its owner.
struct Token;

impl Scheme for Token {
    type Credential = Bearer;
    type Principal = String;
    type Needs = ();

    fn declare() -> SchemeDeclaration {
        SchemeDeclaration::bearer("token")
    }

    async fn authenticate(bearer: Bearer, (): ()) -> Result<String, AuthenticationError> {
        Ok(bearer.token().to_owned())
    }

    fn name(owner: &String) -> Option<Cow<'_, str>> {
        Some(owner.into())
    }
}

static NUMBERS: Topics<u32> = Topics::new("numbers").history(10, Duration::from_secs(60));

/// Panics when it is told to.
async fn numbers(_: Authenticated<Token>, Path(key): Path<String>, opening: Opening<Socket<u32, u32>>) -> Opened {
    opening.run(async move |mut socket| {
        let topic = socket.live().topic(&NUMBERS, key);
        socket.subscribe(&topic).await.unwrap();
        while let Some(number) = socket.receive().await {
            assert_ne!(*number, 13, "on purpose");
            topic.publish(&number).await.unwrap();
        }
    })
}

fn app(most: usize) -> (App, Live) {
    const ARGUMENTS: &[Argument] = &[Argument::NONE, Argument { names: &["key"], ..Argument::NONE }, Argument::NONE];
    let live = Live::new().limits(LiveLimits { connections_per_principal: Some(most), ..LiveLimits::default() });
    let operation = Operation::get("/numbers/{key}", numbers).arguments(ARGUMENTS).id("numbers");
    (App::new("Numbers", "1").live(live.clone()).mount([operation]), live)
}

/// The client of a WebSocket.
struct Client(TcpStream);

impl Client {
    /// Opens a channel, or gives the status with which that is refused.
    fn open(served: &Served, token: &str, path: &str) -> Result<Self, u16> {
        let mut stream = TcpStream::connect(served.requests).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let fields = "host: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
                      sec-websocket-protocol: kovar.json\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
        let head = format!("GET {path} HTTP/1.1\r\n{fields}\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.extend(byte);
        }
        let status = String::from_utf8(answer).unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        if status == 101 { Ok(Self(stream)) } else { Err(status) }
    }

    /// Opens a channel as soon as there is a place.
    fn open_at_last(served: &Served, token: &str, path: &str) -> Self {
        let end = Instant::now() + PATIENCE;
        loop {
            match Self::open(served, token, path) {
                Ok(client) => return client,
                Err(status) => assert!(status == 429 && Instant::now() < end, "{status}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Of the next frame, what kind it is of, and its payload.
    fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        assert!(head[1] < 126, "the frames of these tests are short");
        let mut payload = vec![0; head[1].into()];
        self.0.read_exact(&mut payload).unwrap();
        (head[0] & 0xf, payload)
    }

    /// The next message that has a member.
    fn frame_with(&mut self, member: &str) -> Value {
        loop {
            let (kind, payload) = self.frame();
            assert_eq!(kind, 1, "{}", String::from_utf8_lossy(&payload));
            let frame: Value = serde_json::from_slice(&payload).unwrap();
            if frame.get(member).is_some() {
                return frame;
            }
        }
    }

    /// The code with which the server closes.
    fn closed(&mut self) -> u16 {
        loop {
            if let (8, payload) = self.frame() {
                return u16::from_be_bytes(payload[..2].try_into().unwrap());
            }
        }
    }

    fn say(&mut self, number: u32) {
        let text = json!({ "data": number }).to_string();
        let mut frame = vec![0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).unwrap();
    }
}

fn post(address: SocketAddr, path: &str, fields: &str) -> String {
    sent(address, &format!("POST {path} HTTP/1.1\r\n{fields}connection: close\r\ncontent-length: 0\r\n\r\n"))
}

fn connections(data: &Value) -> &[Value] {
    data["live"]["connections"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn the_console_shows_a_channel_and_closes_it() {
    let (app, live) = app(9);
    let served = serve(app, 2);
    let markup = "%3Cb%3E";
    let mut ada = Client::open(&served, "ada", &format!("/numbers/{markup}")).unwrap();
    let session = ada.frame_with("session")["session"].as_str().unwrap().to_owned();
    ada.say(7);
    assert_eq!(ada.frame_with("data")["data"], 7);
    let data = data_when(served.admin, |data| connections(data).iter().any(|open| open["topics"] == 1));
    let [open] = connections(&data) else { panic!("{data}") };
    assert_eq!((&open["id"], &open["channel"]), (&json!(session), &json!("/numbers/{key}")));
    assert_eq!((&open["transport"], &open["caller"]), (&json!("WebSocket"), &json!("token ada")));
    assert_eq!((&open["queued_bytes"], open["sent_bytes"].as_u64() > Some(50)), (&json!(0), true), "{open}");
    assert_eq!((&data["live"]["web_sockets"], &data["live"]["counted"]["published"]), (&json!(1), &json!(1)));
    let topic = &data["live"]["busiest"][0];
    assert_eq!((&topic["name"], &topic["subscribers"], &topic["kept"]), (&json!("numbers/<b>"), &json!(1), &json!(1)));
    assert!(topic["per_second"].as_f64() > Some(0.0), "{topic}");

    let path = format!("/console/connections/{session}/disconnect");
    let own = format!("host: {0}\r\norigin: http://{0}\r\nsec-fetch-site: same-origin\r\n", served.admin);
    assert!(post(served.admin, &path, &own).starts_with("HTTP/1.1 204"));
    assert_eq!(ada.frame_with("bye"), json!({ "bye": { "code": 4003 } }));
    assert_eq!(ada.closed(), 4003);
    drop(ada);
    let data = data_when(served.admin, |data| data["live"]["web_sockets"] == 0);
    assert_eq!((connections(&data).len(), &data["live"]["counted"]["disconnected"]), (0, &json!(1)));
    assert!(get(served.admin, "/metrics").contains("\nkovar_live_disconnected_total 1\n"));
    assert!(post(served.admin, &path, &own).starts_with("HTTP/1.1 404"));
    drop(live);
}

#[test]
fn a_console_without_channels_has_none() {
    let served = serve(statuses(), 1);
    assert!(data_when(served.admin, |data| data["at"].is_number())["live"].is_null());
    let answer = post(served.admin, "/console/connections/0000000000000000/disconnect", "host: localhost\r\n");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[test]
fn a_channel_is_closed_by_the_consoles_own_page_and_by_no_other() {
    let (app, live) = app(9);
    let served = serve(app, 1);
    let mut ada = Client::open(&served, "ada", "/numbers/1").unwrap();
    let session = ada.frame_with("session")["session"].as_str().unwrap().to_owned();
    let path = format!("/console/connections/{session}/disconnect");
    for (fields, status) in [
        ("host: evil.example\r\n", 421),
        ("host: evil.example\r\norigin: http://evil.example\r\nsec-fetch-site: same-origin\r\n", 421),
        ("host: localhost\r\norigin: http://evil.example\r\n", 403),
        ("host: localhost\r\norigin: null\r\n", 403),
        ("host: localhost\r\nsec-fetch-site: cross-site\r\n", 403),
        ("host: localhost:8001\r\norigin: http://localhost:3000\r\nsec-fetch-site: same-site\r\n", 403),
    ] {
        let answer = post(served.admin, &path, fields);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{fields}{answer}");
    }
    let answer = get(served.admin, &path);
    assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("allow: POST"), "{answer}");
    let answer = post(served.requests, &path, "host: localhost\r\n");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert_eq!((live.overview(9).web_sockets, live.overview(9).counted.disconnected), (1, 0));
    ada.say(1);
    assert_eq!(ada.frame_with("data")["data"], 1);
    assert!(post(served.admin, &path, "host: localhost\r\n").starts_with("HTTP/1.1 204"), "no browser");
    assert_eq!(ada.closed(), 4003);
}

#[test]
fn a_caller_has_as_many_web_sockets_as_it_may_over_all_workers_and_each_end_makes_room() {
    let (app, live) = app(2);
    let served = serve(app, 2);
    let open = |token| Client::open(&served, token, "/numbers/1");
    let (first, mut second) = (open("ada").unwrap(), open("ada").unwrap());
    for _ in 0..8 {
        // Wherever the kernel brings it.
        assert_eq!(open("ada").err(), Some(429));
    }
    let _bob = open("bob").unwrap();
    assert!(get(served.admin, "/metrics").contains("\nkovar_live_refused_total 8\n"));

    drop(first);
    let mut third = Client::open_at_last(&served, "ada", "/numbers/1");
    second.say(13);
    assert_eq!(second.closed(), 1011);
    drop(second);
    let _fourth = Client::open_at_last(&served, "ada", "/numbers/1");
    let session = third.frame_with("session")["session"].as_str().unwrap().to_owned();
    assert!(live.disconnect(&session));
    assert_eq!(third.closed(), 4003);
    // It does not say goodbye, and is still there.
    let _fifth = Client::open_at_last(&served, "ada", "/numbers/1");
}

#[test]
fn a_server_that_ends_leaves_no_channel_open() {
    let (app, live) = app(2);
    let served = serve(app, 2);
    let mut clients = [(); 2].map(|()| Client::open(&served, "ada", "/numbers/1").unwrap());
    served.serving.requests.drain();
    for client in &mut clients {
        assert_eq!(client.closed(), 1001);
    }
    let end = Instant::now() + PATIENCE;
    while live.overview(9).web_sockets > 0 {
        assert!(Instant::now() < end, "{:?}", live.overview(9));
        std::thread::sleep(Duration::from_millis(20));
    }
}
