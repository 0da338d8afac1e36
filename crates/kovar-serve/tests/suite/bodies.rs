//! Bodies that are not wanted, and those that are announced.

use std::time::Duration;

use super::support::{TestServer, wait_until};

/// The answer must reach a client that is still sending: a reset would overtake it.
#[test]
fn a_client_that_is_refused_while_it_sends_reads_the_answer() {
    let server = TestServer::start();
    for _ in 0..20 {
        let mut client = server.send("POST /ignore HTTP/1.1\r\nhost: a\r\ncontent-length: 104857600\r\n\r\n");
        let mut stream = client.stream.try_clone().unwrap();
        let sending = std::thread::spawn(move || {
            let bytes = vec![0; 64 * 1024];
            for _ in 0..50 {
                if std::io::Write::write_all(&mut stream, &bytes).is_err() {
                    return;
                }
            }
        });
        let answer = client.answer();
        assert_eq!((answer.status, answer.body.as_str()), (413, "no"));
        drop(client);
        sending.join().unwrap();
    }
    wait_until("all is closed", || server.open() == 0);
}

#[test]
fn a_refused_client_that_never_stops_sending_is_closed() {
    let chunk = &format!("400\r\n{}\r\n", "x".repeat(1024));
    std::thread::scope(|scope| {
        for framing in ["content-length: 1048576000", "transfer-encoding: chunked"] {
            scope.spawn(move || {
                let server = TestServer::start();
                let mut client = server.send(format!("POST /ignore HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n"));
                assert_eq!(client.answer().status, 413);
                let start = std::time::Instant::now();
                while server.open() > 0 {
                    client.send(chunk);
                    std::thread::sleep(Duration::from_millis(10));
                    assert!(start.elapsed() < Duration::from_secs(5), "still open");
                }
            });
        }
    });
}

/// RFC 9110 §10.1.1.
#[test]
fn a_body_is_asked_for_when_it_is_read() {
    let server = TestServer::start();
    let mut client = server.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n");
    assert_eq!(client.answer().status, 100);
    client.send("hi");
    assert_eq!(client.answer().body, "hi");
    let refused = "POST /ignore HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n";
    assert_eq!(server.ask(refused).status, 413, "nobody reads it, so it is not asked for");
}

#[test]
fn a_body_that_is_cut_off_is_not_answered_as_if_it_were_whole() {
    let server = TestServer::start();
    let mut client = server.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345");
    client.close_half();
    let answer = client.try_answer();
    assert!(answer.is_none_or(|answer| answer.status >= 400));
}
