use super::{END_HEADERS, END_STREAM, Frames, kind};

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// However the bytes are cut, the same is seen.
#[test]
fn streams_are_open_from_their_head_to_the_end_of_their_answer() {
    let heads = [frame(kind::HEADERS, END_HEADERS, 1, &[7; 40]), frame(kind::HEADERS, END_HEADERS, 3, b"")].concat();
    let answer = [frame(kind::HEADERS, END_HEADERS, 1, b"x"), frame(kind::DATA, END_STREAM, 1, b"hello")].concat();
    for size in 1..heads.len() {
        let mut frames = Frames::new(None, 1);
        heads.chunks(size).for_each(|bytes| _ = frames.came(bytes, 1));
        assert_eq!(frames.open(), 2, "cut into {size}");
        let bodies = answer.chunks(size).filter(|bytes| frames.went(bytes)).count();
        assert_eq!((frames.open(), bodies > 0), (1, true), "cut into {size}");
        frames.came(&frame(kind::RST_STREAM, 0, 3, &[0; 4]), 1);
        assert_eq!(frames.open(), 0);
    }
}

#[test]
fn trailers_begin_no_stream() {
    let mut frames = Frames::new(None, 1);
    frames.came(&frame(kind::HEADERS, END_HEADERS, 1, b""), 1);
    frames.went(&frame(kind::HEADERS, END_HEADERS | END_STREAM, 1, b""));
    frames.came(&frame(kind::HEADERS, END_STREAM, 1, b""), 1);
    assert!(frames.awaits_more());
    frames.came(&frame(kind::CONTINUATION, END_HEADERS, 1, b""), 1);
    assert_eq!((frames.open(), frames.awaits_more()), (0, false));
}

/// RFC 9113 §6.8.
#[test]
fn streams_after_the_last_are_not_open() {
    let mut frames = Frames::new(None, 1);
    for stream in [1, 3, 5] {
        frames.came(&frame(kind::HEADERS, END_HEADERS, stream, b""), 1);
    }
    frames.went(&frame(kind::GOAWAY, 0, 0, &[0, 0, 0, 3, 0, 0, 0, 0]));
    frames.came(&frame(kind::HEADERS, END_HEADERS, 7, b""), 1);
    assert_eq!((frames.open(), frames.left_in_anger()), (2, false));
    frames.went(&frame(kind::GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 1]));
    assert_eq!((frames.open(), frames.left_in_anger()), (1, true));
}

#[test]
fn more_is_awaited_within_the_preface_and_within_a_head_but_not_within_a_body() {
    let mut frames = Frames::new(None, 1);
    assert!(frames.awaits_more(), "settings are a part of the preface");
    assert!(frames.came(&frame(4, 0, 0, b""), 1));
    assert!(!frames.awaits_more());
    for (bytes, awaits_more) in [
        (&frame(kind::HEADERS, END_HEADERS, 1, b"abc")[..5], true),
        (&frame(kind::HEADERS, END_HEADERS, 1, b"abc")[5..11], true),
        (b"c", false),
        (&frame(kind::DATA, 0, 1, b"abc")[..10], false),
        (b"bc", false),
        (&frame(kind::HEADERS, 0, 3, b""), true),
    ] {
        let is_finished = frames.came(bytes, 1);
        assert_eq!(frames.awaits_more(), awaits_more, "{bytes:?}");
        assert!(!(is_finished && bytes.len() > 8), "a head without its end is not finished: {bytes:?}");
    }
}

#[test]
fn control_frames_are_spent_and_earned() {
    let ping = frame(6, 0, 0, &[0; 8]);
    let send = |frames: &mut Frames, count, now| (0..count).for_each(|_| _ = frames.came(&ping, now));
    let mut frames = Frames::new(Some(50), 1);
    send(&mut frames, 49, 1);
    assert!(!frames.is_flood());
    frames.went(&frame(kind::DATA, 0, 1, b"x"));
    send(&mut frames, 1, 1);
    assert!(!frames.is_flood(), "a frame of an answer earns one");
    send(&mut frames, 10, 2);
    assert!(!frames.is_flood(), "a tick earns ten");
    frames.came(&frame(kind::WINDOW_UPDATE, 0, 0, &[0; 4]), 2);
    frames.came(&frame(kind::DATA, END_STREAM, 1, b""), 2);
    assert!(!frames.is_flood());
    frames.came(&frame(kind::DATA, 0, 1, b""), 2);
    assert!(frames.is_flood());
    frames.came(&ping, 100);
    assert!(frames.is_flood(), "and stays one");
}
