//! Clients of HTTP/2 that are slow or silent: each limit, provoked with frames.

use std::io::Write as _;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use kovar_serve::Limits;

use super::super::support::{TestServer, short, wait_until};
use super::frames::*;

/// With which error the connection ends, and when: not before the limit, and not long after it.
fn check_end(name: &str, mut client: Http2, start: Instant, error: Option<u32>, least: u64) {
    assert_eq!(client.goodbye(), error, "{name}");
    let waited = u64::try_from(start.elapsed().as_millis()).unwrap();
    assert!((least - 100..least + 4000).contains(&waited), "{name}: {waited} ms");
}

/// With connections that are soon idle.
fn impatient() -> Limits {
    Limits { keep_alive_timeout: Some(Duration::from_millis(300)), ..short() }
}

fn is_empty(server: &TestServer) {
    wait_until("nothing is left", || (server.open(), server.in_flight()) == (0, 0));
    assert_eq!(server.begun.load(SeqCst), server.cancelled.load(SeqCst));
}

/// RFC 9113 §3.4: the preface ends with settings.
#[test]
fn a_preface_that_does_not_arrive() {
    let server = TestServer::start();
    std::thread::scope(|scope| {
        for (name, bytes, error) in
            [("half", &PREFACE[..10], None), ("without settings", PREFACE, Some(ENHANCE_YOUR_CALM))]
        {
            let start = Instant::now();
            let client = Http2::silent(server.send(bytes));
            scope.spawn(move || check_end(name, client, start, error, 500));
        }
        let start = Instant::now();
        let mut dripping = server.connect();
        scope.spawn(move || {
            for byte in &PREFACE[..9] {
                dripping.send([*byte]);
                std::thread::sleep(Duration::from_millis(30));
            }
            check_end("byte by byte", Http2::silent(dripping), start, None, 500);
        });
    });
    is_empty(&server);
}

#[test]
fn a_preface_may_come_in_pieces() {
    let server = TestServer::start();
    let mut client = server.connect();
    for byte in [PREFACE, &settings(&[]), &get(1, "/")].concat() {
        client.send([byte]);
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut client = Http2::silent(client);
    assert_eq!(client.status(1), 200);
    client.send(&get(3, "/")[..5]);
    assert_eq!(client.goodbye(), Some(ENHANCE_YOUR_CALM), "it is watched as what it is");
}

/// RFC 9113 §4.3: nothing else can be read before a head has ended.
#[test]
fn a_head_that_does_not_arrive() {
    let server = TestServer::start();
    let begin = |stream| frame(HEADERS, END_STREAM, stream, head("GET", "/"));
    let half = get(1, "/");
    std::thread::scope(|scope| {
        for (name, bytes) in [
            ("without its end", begin(1)),
            ("half a frame", half[..half.len() - 3].to_vec()),
            ("half the head of a frame", half[..5].to_vec()),
            ("beside another", [get(1, "/sleep/60000"), begin(3)].concat()),
        ] {
            let mut client = Http2::connect(&server);
            let start = Instant::now();
            client.send(bytes);
            scope.spawn(move || check_end(name, client, start, Some(ENHANCE_YOUR_CALM), 500));
        }
    });
    is_empty(&server);
}

#[test]
fn a_head_that_drips() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    let mut sender = client.sender();
    let start = Instant::now();
    client.send(frame(HEADERS, END_STREAM, 1, head("GET", "/")));
    let dripping = std::thread::spawn(move || {
        let more = frame(CONTINUATION, 0, 1, fields([("x", "y".repeat(80))]));
        for byte in more.iter().cycle().take(60) {
            if sender.write_all(&[*byte]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    check_end("dripping", client, start, Some(ENHANCE_YOUR_CALM), 500);
    dripping.join().unwrap();
}

/// RFC 9113 §6.8.
#[test]
fn an_idle_connection_is_told_to_go() {
    let server = TestServer::with(impatient());
    let mut client = Http2::connect(&server);
    client.send(get(1, "/"));
    assert_eq!(client.status(1), 200);
    let start = Instant::now();
    let goaway = client.find("goaway", |frame| frame.kind == GOAWAY);
    assert_eq!(goaway.error(), NO_ERROR);
    assert!((250..1500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert_eq!(client.goodbye(), None, "who does not answer is closed");
    is_empty(&server);
}

#[test]
fn a_body_that_stops_is_a_408() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send([frame(HEADERS, END_HEADERS, 1, head("POST", "/echo")), frame(DATA, 0, 1, b"x")].concat());
    let start = Instant::now();
    client.send(get(3, "/"));
    assert_eq!(client.status(3), 200, "the others go on");
    assert_eq!(client.status(1), 408);
    assert!((450..1500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

/// RFC 9113 §6.9: a window that is never opened is an answer that is not taken.
#[test]
fn windows_that_stay_closed() {
    let server = TestServer::start();
    let closed = (INITIAL_WINDOW_SIZE, 0);
    let narrow = (INITIAL_WINDOW_SIZE, 1);
    let wide = (INITIAL_WINDOW_SIZE, 0x7fff_ffff);
    std::thread::scope(|scope| {
        for (name, window, path) in [
            ("a body that its service has", closed, "/"),
            ("a stream of events", closed, "/events"),
            ("a body that was given whole", narrow, "/mebibyte"),
            ("the window of the connection", wide, "/mebibyte"),
        ] {
            let mut client = Http2::with(&server, &[window]);
            scope.spawn(move || {
                let start = Instant::now();
                client.send([get(1, path), get(3, path)].concat());
                assert_eq!(client.status(1), 200, "{name}");
                check_end(name, client, start, None, 700);
            });
        }
    });
    is_empty(&server);
}

/// What comes in must not count as taking.
#[test]
fn a_client_that_asks_on_and_takes_nothing_is_closed() {
    let server = TestServer::start();
    let mut client = Http2::with(&server, &[(INITIAL_WINDOW_SIZE, 0)]);
    let mut sender = client.sender();
    client.find("settings", |frame| frame.kind == SETTINGS);
    let start = Instant::now();
    client.send(get(1, "/"));
    let asking = std::thread::spawn(move || {
        for stream in (3..203).step_by(2) {
            let head = frame(HEADERS, WHOLE, stream, head("HEAD", "/"));
            if sender.write_all(&[head, frame(PING, 0, 0, [0; 8])].concat()).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    check_end("asking", client, start, None, 700);
    asking.join().unwrap();
}

/// RFC 9113 §6.9: flow control is not the socket's; a client that reads nothing is stopped by both.
#[test]
fn a_client_that_reads_nothing_is_closed() {
    let server = TestServer::with(Limits { http2_control_frames: None, ..short() });
    let mut client = Http2::with(&server, &[(INITIAL_WINDOW_SIZE, 0x7fff_ffff)]);
    client.send([window(0, 0x7fff_0000), get(1, "/big")].concat());
    wait_until("it is being answered", || server.in_flight() == 1 || server.stats()[0].requests() == 1);
    wait_until("it is closed", || server.open() == 0);
    is_empty(&server);
}

/// Opens the window byte by byte for longer than an idle connection lasts, and then wide: an answer that the service
/// gave long ago, and that waits in h2, arrives whole.
fn read_slowly(server: &TestServer, meanwhile: impl FnOnce(&TestServer)) {
    let mut client = Http2::with(server, &[(INITIAL_WINDOW_SIZE, 1)]);
    client.send(get(1, "/mebibyte"));
    assert_eq!(client.status(1), 200);
    wait_until("the service has given it", || server.in_flight() == 0);
    meanwhile(server);
    for _ in 0..13 {
        std::thread::sleep(Duration::from_millis(200));
        client.send(window(1, 1));
    }
    client.send([window(1, 0x7000_0000), window(0, 0x7000_0000)].concat());
    let mut read = 0;
    loop {
        let part = client.next().unwrap_or_else(|| panic!("cut off after {read} bytes"));
        match part.kind {
            PING if part.flags & ACK == 0 => client.send(frame(PING, ACK, 0, &part.payload)),
            DATA => read += part.payload.len(),
            _ => {}
        }
        if part.kind == DATA && part.ends_stream() {
            break;
        }
    }
    assert_eq!(read, 1 << 20);
}

#[test]
fn an_answer_that_is_taken_slowly_arrives_whole() {
    std::thread::scope(|scope| {
        scope.spawn(|| read_slowly(&TestServer::with(impatient()), |_| {}));
        scope.spawn(|| {
            let server = TestServer::with(Limits { drain_timeout: Some(Duration::from_secs(20)), ..impatient() });
            read_slowly(&server, TestServer::begin_drain);
            assert!(server.join() < Duration::from_secs(5));
        });
    });
}

#[test]
fn a_client_that_goes_takes_its_work_with_it() {
    let server = TestServer::start();
    let mut client = Http2::connect(&server);
    client.send((0..50).flat_map(|index| get(index * 2 + 1, "/sleep/60000")).collect::<Vec<u8>>());
    wait_until("all have begun", || server.begun.load(SeqCst) == 50);
    client.send(reset(1));
    wait_until("one was given up", || server.cancelled.load(SeqCst) == 1);
    drop(client);
    wait_until("all were given up", || server.cancelled.load(SeqCst) == 50);
    is_empty(&server);
}
