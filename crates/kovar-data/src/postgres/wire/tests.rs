use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::frame::head;
use super::{Pace, Role, UNANSWERED, Wire};

/// A message without or with a text.
fn message(kind: u8, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len() + 4).unwrap();
    [&[kind], length.to_be_bytes().as_slice(), text.as_bytes()].concat()
}

fn messages(kinds: &str) -> Vec<u8> {
    kinds.bytes().flat_map(|kind| message(kind, "")).collect()
}

/// What each message is, in its first byte.
fn kinds(mut bytes: &[u8]) -> String {
    let mut kinds = String::new();
    while let Some((kind, length)) = head(bytes) {
        kinds.push(char::from(kind));
        bytes = &bytes[length..];
    }
    assert!(bytes.is_empty(), "{bytes:?}");
    kinds
}

/// The codes of those that are errors.
fn codes(mut bytes: &[u8]) -> Vec<String> {
    let mut codes = Vec::new();
    while let Some((kind, length)) = head(bytes) {
        let (message, rest) = bytes.split_at(length);
        if kind == b'E' {
            let fields = message[5..].split(|byte| *byte == 0);
            codes
                .extend(fields.filter_map(|field| Some(str::from_utf8(field.strip_prefix(b"C")?).unwrap().to_owned())));
        }
        bytes = rest;
    }
    codes
}

struct Between {
    app: Wire,
    server: DuplexStream,
}

impl Between {
    fn new(role: Role) -> Self {
        let (line, server) = duplex(8 * 1024 * 1024);
        Self { app: Wire::new(Box::new(line), role, Arc::new(Pace::default())), server }
    }

    /// Sends at once, and gives what comes to the server. How long the answers before took does not count.
    async fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.app.pace = Arc::default();
        self.app.write_all(bytes).await.unwrap();
        let mut came = vec![0; 1024 * 1024];
        let length = self.server.read(&mut came).await.unwrap();
        came.truncate(length);
        came
    }

    /// Answers, and gives what comes to the app.
    async fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.server.write_all(bytes).await.unwrap();
        self.come().await
    }

    async fn come(&mut self) -> Vec<u8> {
        let mut came = vec![0; 4 * 1024 * 1024];
        let length = self.app.read(&mut came).await.unwrap();
        came.truncate(length);
        came
    }
}

#[tokio::test]
async fn statements_that_travel_together_have_one_sync_and_an_answer_each() {
    let mut between = Between::new(Role::Reader);
    assert_eq!(kinds(&between.send(&messages("BESBESBES")).await), "BEBEBES");
    assert_eq!(kinds(&between.answer(&messages("2DC2C2DDCZ")).await), "2DCZ2CZ2DDCZ");
    // And again, alone.
    assert_eq!(kinds(&between.send(&messages("BES")).await), "BES");
    assert_eq!(kinds(&between.answer(&messages("2DCZ")).await), "2DCZ");
}

#[tokio::test]
async fn as_many_travel_together_as_there_are() {
    let mut between = Between::new(Role::Reader);
    let sent = kinds(&between.send(&messages(&"BES".repeat(70))).await);
    assert_eq!(sent, format!("{0}S{0}S{1}S", "BE".repeat(32), "BE".repeat(6)));
    let answer = format!("{0}Z{0}Z{1}Z", "2C".repeat(32), "2C".repeat(6));
    assert_eq!(kinds(&between.answer(&messages(&answer)).await), "2CZ".repeat(70));
}

#[tokio::test]
async fn what_is_no_statement_has_its_own_sync() {
    let mut between = Between::new(Role::Reader);
    for alone in ["PDS", "CS", "Q", "BS", "ES", "BDES"] {
        let sent = format!("BES{alone}BES");
        assert_eq!(kinds(&between.send(&messages(&sent)).await), sent);
        assert_eq!(kinds(&between.answer(&messages("2CZ1Z2CZ")).await), "2CZ1Z2CZ");
    }
}

#[tokio::test]
async fn the_handshake_goes_through_as_it_is() {
    let mut between = Between::new(Role::Reader);
    let hello = [0, 0, 0, 9, 0, 3, 0, 0, 0];
    assert_eq!(between.send(&hello).await, hello);
    assert_eq!(kinds(&between.answer(&messages("R")).await), "R");
    assert_eq!(kinds(&between.send(&messages("p")).await), "p");
    assert_eq!(kinds(&between.answer(&messages("RSSKZ")).await), "RSSKZ");
    assert_eq!(kinds(&between.send(&messages("BESBES")).await), "BEBES");
}

#[tokio::test]
async fn those_beside_a_failure_are_to_be_sent_again() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBESBES")).await;
    // The second fails, after its first row; the answer to the first has come, but its transaction is undone.
    let failure = message(b'E', "C22012\0\0");
    let answer = [messages("2DC2D"), failure, messages("Z")].concat();
    let came = between.answer(&answer).await;
    assert_eq!(kinds(&came), "EZEZEZ");
    assert_eq!(codes(&came), [UNANSWERED, "22012", UNANSWERED]);
    assert_eq!(kinds(&between.send(&messages("BESBES")).await), "BEBES");
    assert_eq!(kinds(&between.answer(&messages("2DC2DCZ")).await), "2DCZ2DCZ");
}

#[tokio::test]
async fn a_transaction_that_cannot_end_is_nobodys_answer() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    let came = between.answer(&[messages("2DC2DC"), message(b'E', "C40001\0\0"), messages("Z")].concat()).await;
    assert_eq!(codes(&came), [UNANSWERED, UNANSWERED]);
}

#[tokio::test]
async fn what_others_tell_comes_in_between() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    assert_eq!(kinds(&between.answer(&messages("2DN")).await), "N");
    assert_eq!(kinds(&between.answer(&messages("C2DCZ")).await), "2DCZ2DCZ");
}

#[tokio::test]
async fn large_answers_are_not_kept() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBESBES")).await;
    let row = message(b'D', &"x".repeat(1024 * 1024));
    let mut came = between.answer(&[messages("2"), row.clone()].concat()).await;
    let rest = [messages("C2D"), message(b'E', "C22012\0\0"), messages("Z")].concat();
    between.server.write_all(&rest).await.unwrap();
    while !kinds(&came).ends_with("EZEZ") {
        came.extend(between.come().await);
    }
    assert_eq!(kinds(&came), "2DCZ2DEZEZ");
    assert_eq!(codes(&came), ["22012", UNANSWERED]);
}

#[tokio::test]
async fn messages_come_in_pieces() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    let mut came = Vec::new();
    for byte in [message(b'D', "a row"), messages("CC"), message(b'Z', "I")].concat() {
        between.server.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
        let mut some = [0; 1024];
        if let Ok(length) = tokio::time::timeout(std::time::Duration::ZERO, between.app.read(&mut some)).await {
            came.extend_from_slice(&some[..length.unwrap()]);
        }
    }
    assert_eq!(kinds(&came), "DCZCZ");
}

#[tokio::test]
async fn a_lost_connection_gives_no_half_answers() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    between.server.write_all(&messages("2DC2D")).await.unwrap();
    drop(between.server);
    let mut came = Vec::new();
    between.app.read_to_end(&mut came).await.unwrap();
    assert!(came.is_empty(), "{came:?}");

    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    between.server.write_all(&[messages("2DC2D"), message(b'E', "C57P01\0\0")].concat()).await.unwrap();
    drop(between.server);
    between.app.read_to_end(&mut came).await.unwrap();
    assert_eq!(codes(&came), ["57P01"]);
}

#[tokio::test]
async fn writes_travel_together_only_within_a_transaction() {
    let mut between = Between::new(Role::Any);
    assert_eq!(kinds(&between.send(&messages("BESBES")).await), "BESBES");
    between.answer(&messages("2CZ2CZ")).await;
    let sent =
        [message(b'Q', "begin\0"), messages("BESBESBES"), message(b'Q', "commit\0"), messages("BESBES")].concat();
    assert_eq!(kinds(&between.send(&sent).await), "QBEBEBESQBESBES");
    assert_eq!(kinds(&between.answer(&messages("CZ2C2C2CZCZ2CZ2CZ")).await), "CZ2CZ2CZ2CZCZ2CZ2CZ");

    // What has failed is what had failed without this; the first's answer stands, as that of any in a transaction.
    let sent = [message(b'Q', "begin\0"), messages("BESBESBES"), message(b'Q', "rollback\0")].concat();
    assert_eq!(kinds(&between.send(&sent).await), "QBEBEBESQ");
    let answer = [messages("CZ2C2"), message(b'E', "C23505\0\0"), messages("ZCZ")].concat();
    let came = between.answer(&answer).await;
    assert_eq!(kinds(&came), "CZ2CZ2EZEZCZ");
    assert_eq!(codes(&came), ["23505", "25P02"]);
}

#[tokio::test]
async fn rows_are_copied_within_a_transaction() {
    let mut between = Between::new(Role::Any);
    between.send(&message(b'Q', "begin\0")).await;
    between.answer(&messages("CZ")).await;
    // The server ignores the Sync that comes before the rows.
    assert_eq!(kinds(&between.send(&messages("BESBES")).await), "BEBES");
    assert_eq!(kinds(&between.answer(&messages("2C2G")).await), "2CZ2G");
    assert_eq!(kinds(&between.send(&messages("dddcS")).await), "dddcS");
    assert_eq!(kinds(&between.answer(&messages("CZ")).await), "CZ");
    assert_eq!(kinds(&between.send(&messages("BESBES")).await), "BEBES");
    assert_eq!(kinds(&between.answer(&messages("2C2CZ")).await), "2CZ2CZ");
}

#[tokio::test]
async fn a_server_that_answers_too_few_is_not_believed() {
    let mut between = Between::new(Role::Reader);
    between.send(&messages("BESBES")).await;
    between.server.write_all(&messages("2CZ")).await.unwrap();
    assert!(between.app.read(&mut [0; 64]).await.is_err());
}

#[test]
fn slow_statements_travel_in_small_groups() {
    let pace = Pace::default();
    assert_eq!(pace.most(), 32);
    for _ in 0..100 {
        pace.took(std::time::Duration::from_micros(200), 10);
    }
    assert!((4..=8).contains(&pace.most()), "{}", pace.most());
    assert!(!pace.was_slow_since(0));
    for _ in 0..100 {
        pace.took(std::time::Duration::from_millis(11), 1);
    }
    assert_eq!(pace.most(), 1);
    assert!(pace.was_slow_since(0));
}
