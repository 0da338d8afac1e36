use serde_json::{Value, json};

use super::{from_json, to_json};

fn back(packed: &[u8]) -> Result<String, String> {
    to_json(packed).map(|json| String::from_utf8(json.to_vec()).unwrap()).map_err(|error| error.to_string())
}

#[test]
fn frames_are_the_same_there_and_back() {
    for frame in [
        json!({ "data": { "text": "Grüße \"\\\u{1}\u{1F600}", "at": null }, "id": 5 }),
        json!({ "data": [0, 1, -1, 127, 128, 255, 65_536, -32, -33, -40_000, u64::MAX, i64::MIN], "re": 3 }),
        json!({ "data": [0.5, -2.5e10, true, false, "", [], {}, [[{ "a": [1] }]]], "offset": 4_294_967_296_u64 }),
        json!({ "data": "x".repeat(70_000), "topic": "y".repeat(40) }),
        json!({ "data": vec![7; 70_000] }),
    ] {
        let packed = from_json(frame.to_string().as_bytes());
        assert!(packed.len() < frame.to_string().len());
        let again: Value = serde_json::from_str(&back(&packed).unwrap()).unwrap();
        assert_eq!(again, frame);
    }
}

#[test]
fn packed_bytes_are_those_of_the_specification() {
    assert_eq!(from_json(br#"{"re":5}"#), b"\x81\xa2re\x05");
    assert_eq!(from_json(br#"{"data":[-1,1.5,null,true],"id":300}"#), {
        let expected: &[u8] = b"\x82\xa4data\x94\xff\xcb\x3f\xf8\0\0\0\0\0\0\xc0\xc3\xa2id\xcd\x01\x2c";
        expected
    });
    assert_eq!(back(b"\x81\xa4data\xca\x3f\xc0\0\0"), Ok(r#"{"data":1.5}"#.to_owned()));
}

#[test]
fn a_key_that_comes_twice_is_left_to_whoever_reads_the_message() {
    assert_eq!(back(b"\x82\xa1a\x01\xa1a\x02").unwrap(), r#"{"a":1,"a":2}"#);
}

#[test]
fn what_json_has_not_is_refused() {
    for (packed, why) in [
        (&b"\x81\x01\x02"[..], "a string as a map's key"),
        (b"\x81\xc0\x02", "a string as a map's key"),
        (b"\x81\xc4\x01a\x02", "a string as a map's key"),
        (b"\x91\xc4\x01a", "byte array"),
        (b"\xd4\x01\x02", "newtype struct"),
        (b"\xd6\xff\0\0\0\0", "newtype struct"),
        (b"\xcb\x7f\xf0\0\0\0\0\0\0", "not finite"),
        (b"\xca\x7f\xc0\0\0", "not finite"),
        (b"\xa2\xff\xfe", "utf-8"),
        (b"\x81\xa1\xff\x02", "utf-8"),
        (b"\xc1", ""),
        (b"\x01\x02", "bytes follow"),
    ] {
        let error = back(packed).unwrap_err();
        assert!(error.to_lowercase().contains(why), "{packed:x?}: {error}");
    }
}

#[test]
fn what_is_cut_off_is_refused_wherever_it_is() {
    let packed = from_json(br#"{"data":{"text":"good evening","numbers":[1,70000,0.5]},"id":300}"#);
    for end in 0..packed.len() {
        assert!(back(&packed[..end]).is_err(), "{end}");
    }
    back(&packed).unwrap();
}

#[test]
fn lengths_that_are_claimed_cost_nothing() {
    for head in
        [&b"\xdd\xff\xff\xff\xff"[..], b"\xdf\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"]
    {
        let begun = std::time::Instant::now();
        for _ in 0..1_000 {
            assert!(back(head).is_err());
            assert!(back(&[head, b"\xa1a\x01"].concat()).is_err());
        }
        assert!(begun.elapsed().as_secs() < 5, "{head:x?}: {:?}", begun.elapsed());
    }
}

#[test]
fn what_nests_too_deep_is_refused() {
    let nested = |depth: usize| [vec![0x91; depth], vec![0xc0]].concat();
    assert_eq!(back(&nested(60)).unwrap(), format!("{}null{}", "[".repeat(60), "]".repeat(60)));
    assert!(back(&nested(100)).is_err());
    assert!(back(&nested(10_000)).is_err());
    assert!(back(&[b"\x81\xa1a".repeat(10_000), vec![0xc0]].concat()).is_err());
}

#[test]
fn json_is_at_most_six_times_as_long() {
    for packed in [vec![0x01; 60], vec![0xc0; 60], vec![0xc2; 60]] {
        let packed = [vec![0xdc, 0, 60], packed].concat();
        assert!(back(&packed).unwrap().len() <= 6 * packed.len());
    }
    let packed = [vec![0xd9, 200], vec![1; 200]].concat();
    assert!(back(&packed).unwrap().len() <= 6 * packed.len());
}
