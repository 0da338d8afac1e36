use super::{Dialect, Position, Reaction, Role, base64_url};
use crate::bench::live::frames::plain;
use crate::bench::live::message::Message;

const LISTENER: Role = Role::Listener { topic: 3, is_kept: true };
const MESSAGE: Message = Message { number: 7, sent_ns: 5 };

fn at() -> Position {
    Position { epoch: "c0ffee".to_owned(), offset: "42".to_owned() }
}

/// What a new client does about a text.
fn heard(dialect: Dialect, role: Role, text: &str) -> Reaction {
    dialect.heard(role, text, None, None).expect("nothing is refused")
}

/// What a client that has come again does about a text.
fn heard_again(dialect: Dialect, text: &str) -> Result<Reaction, String> {
    dialect.heard(LISTENER, text, Some(&at()), Some("me"))
}

fn opening(dialect: Dialect, role: Role, at: Option<&Position>) -> String {
    String::from_utf8(dialect.opening(role, at)).expect("it is text")
}

fn ready() -> Reaction {
    Reaction { is_ready: true, ..Reaction::default() }
}

fn says(answer: &str) -> Reaction {
    Reaction { answer: Some(answer.to_owned()), ..Reaction::default() }
}

#[test]
fn base64_is_that_of_urls() {
    for (text, encoded) in
        [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("~~~???", "fn5-Pz8_")]
    {
        assert_eq!(base64_url(text), encoded);
    }
}

#[test]
fn kovar_is_told_in_the_path_where_a_client_was() {
    let kovar = Dialect::Kovar;
    assert!(opening(kovar, LISTENER, None).starts_with("GET /live/recovered/t3 HTTP/1.1\r\n"));
    let encoded = base64_url(r#"{"recovered/t3":["c0ffee",42]}"#);
    assert!(opening(kovar, LISTENER, Some(&at())).contains(&format!("/t3?at={encoded} HTTP")));
    assert_eq!(heard(kovar, LISTENER, r#"{"session":"9f"}"#), Reaction::default());
    assert_eq!(heard(kovar, LISTENER, r#"{"topic":"recovered/t3","epoch":"c0","offset":4}"#), ready());
    assert_eq!(heard(kovar, LISTENER, r#"{"ping":true}"#), says(r#"{"pong":true}"#));
    assert!(heard_again(kovar, r#"{"topic":"x","epoch":"c0","offset":4,"recovered":true}"#).is_ok());
    assert!(heard_again(kovar, r#"{"topic":"x","epoch":"c0","offset":4,"recovered":false}"#).is_err());
    assert!(heard_again(kovar, r#"{"problem":{}}"#).is_err());
}

#[test]
fn socket_io_knows_a_client_by_its_session() {
    let socket_io = Dialect::SocketIo;
    assert_eq!(heard(socket_io, LISTENER, r#"0{"sid":"x","pingInterval":25000}"#), says("40"));
    let subscribes = heard(socket_io, LISTENER, r#"40{"sid":"x","pid":"me"}"#);
    let expected = Reaction { session: Some("me".to_owned()), ..says(r#"420["subscribe","t3"]"#) };
    assert_eq!(subscribes, expected);
    assert_eq!(heard(socket_io, LISTENER, r#"430["subscribed"]"#), ready());
    assert!(heard(socket_io, Role::Echo, r#"40{"sid":"x"}"#).is_ready);
    assert_eq!(heard(socket_io, LISTENER, "2"), says("3"));
    let again = heard_again(socket_io, r#"0{"sid":"y"}"#);
    assert_eq!(again, Ok(says(r#"40{"pid":"me","offset":"42"}"#)));
    assert!(heard_again(socket_io, r#"40{"sid":"y","pid":"me"}"#).is_ok_and(|reaction| reaction.is_ready));
    assert!(heard_again(socket_io, r#"40{"sid":"y","pid":"other"}"#).is_err());
}

#[test]
fn centrifugo_is_asked_twice() {
    let centrifugo = Dialect::Centrifugo;
    assert_eq!(centrifugo.upgraded(LISTENER), says(r#"{"id":1,"connect":{}}"#));
    let connected = r#"{"id":1,"connect":{"client":"x","ping":25,"pong":true}}"#;
    assert_eq!(heard(centrifugo, LISTENER, connected), says(r#"{"id":2,"subscribe":{"channel":"recovered:t3"}}"#));
    assert_eq!(heard(centrifugo, Role::Publisher, connected), ready());
    assert_eq!(
        heard_again(centrifugo, connected),
        Ok(says(r#"{"id":2,"subscribe":{"channel":"recovered:t3","recover":true,"epoch":"c0ffee","offset":42}}"#))
    );
    assert_eq!(heard(centrifugo, LISTENER, r#"{"id":2,"subscribe":{}}"#), ready());
    assert_eq!(heard(centrifugo, LISTENER, "{}"), says("{}"));
    assert!(heard_again(centrifugo, r#"{"id":2,"subscribe":{"epoch":"x"}}"#).is_err());
    assert!(centrifugo.heard(LISTENER, r#"{"id":2,"error":{"code":103}}"#, None, None).is_err());
}

#[test]
fn each_says_where_a_client_is() {
    let json = MESSAGE.json();
    for (dialect, opened, message, offset) in [
        (Dialect::Kovar, r#"{"topic":"x","epoch":"c0","offset":0}"#, format!(r#"{{"offset":12,"data":{json}}}"#), "12"),
        (
            Dialect::Centrifugo,
            r#"{"id":2,"subscribe":{"epoch":"c0"}}"#,
            format!(r#"{{"push":{{"pub":{{"data":{json},"offset":9}}}}}}"#),
            "9",
        ),
        (Dialect::SocketIo, "", format!(r#"42["message",{json},"N1a"]"#), "N1a"),
    ] {
        let position = dialect.position(opened, &message).expect("it says so");
        assert_eq!(position.offset, offset, "{dialect:?}");
    }
    assert!(Dialect::Plain.position("", "").is_err());
}

#[test]
fn what_is_published_has_the_message_in_it() {
    let bare = Dialect::Bare.publish(3, false, MESSAGE);
    let (length, frame) = bare.split_at(4);
    assert_eq!(length, (frame.len() as u32).to_be_bytes());
    let text = &frame[frame.len() - super::delivered(3, MESSAGE).len()..];
    assert_eq!(Message::first(text).map(|(message, _)| message), Some(MESSAGE));
    assert_eq!(frame, plain(text));
    assert!(Dialect::Bare.upgraded(LISTENER).is_ready && !Dialect::Bare.upgrades());
}
