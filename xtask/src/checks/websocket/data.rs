//! What is compressed: as long as the suite's files, and of their kinds. Those are texts and pictures of others.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

pub(super) static JSON: LazyLock<Data> = LazyLock::new(|| Data::text(json(194_056)));
pub(super) static PICTURE: LazyLock<Data> = LazyLock::new(|| Data::binary(picture()));
pub(super) static PROSE: LazyLock<Data> = LazyLock::new(|| Data::binary(prose(222_218).into_bytes()));
pub(super) static HTML: LazyLock<Data> = LazyLock::new(|| Data::text(html(263_647)));
pub(super) static PDF: LazyLock<Data> = LazyLock::new(|| Data::binary(pdf(1_042_328)));

#[derive(Debug)]
pub(super) struct Data {
    bytes: Vec<u8>,
    /// Where the characters begin, and where the last ends; of text only.
    marks: Option<Vec<usize>>,
}

impl Data {
    fn text(text: String) -> Self {
        let marks = text.char_indices().map(|(index, _)| index).chain([text.len()]).collect();
        Self { bytes: text.into_bytes(), marks: Some(marks) }
    }

    fn binary(bytes: Vec<u8>) -> Self {
        Self { bytes, marks: None }
    }

    pub(super) fn is_text(&self) -> bool {
        self.marks.is_some()
    }

    /// So many characters of text, or bytes, from a place on that may be past the end: it goes on at the start.
    pub(super) fn piece(&self, from: usize, length: usize) -> Cow<'_, [u8]> {
        let all = self.marks.as_ref().map_or(self.bytes.len(), |marks| marks.len() - 1);
        let mark = |index: usize| self.marks.as_ref().map_or(index, |marks| marks[index]);
        let (start, end) = (from % all, from % all + length);
        match end <= all {
            true => Cow::Borrowed(&self.bytes[mark(start)..mark(end)]),
            false => Cow::Owned([&self.bytes[mark(start)..], &self.bytes[..mark(end - all)]].concat()),
        }
    }
}

/// Numbers that look like chance, and are always the same (splitmix64).
#[derive(Debug)]
pub(super) struct Noise(pub(super) u64);

impl Noise {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

const WORDS: [&str; 40] = [
    "und", "die", "der", "ist", "ein", "nicht", "Straße", "über", "Wetter", "Haus", "schön", "früher", "Garten",
    "kommt", "wieder", "Mädchen", "gehen", "weil", "Abend", "morgen", "Brücke", "Wasser", "immer", "groß", "klein",
    "Bäume", "zwischen", "Stadt", "Zug", "fährt", "langsam", "durch", "Regen", "Fenster", "offen", "Tür", "leise",
    "hört", "man", "Schritte",
];

fn json(length: usize) -> String {
    let mut noise = Noise(1);
    let mut text = "{\n".to_owned();
    while text.len() < length {
        let (id, pieces, cents) = (noise.below(100_000), noise.below(90), noise.below(10_000));
        let _ = write!(
            text,
            "   \"order-{id}\": {{\n      \"article\": \"{} {}\",\n      \"pieces\": {pieces},\n      \
             \"price\": {}.{:02},\n      \"status\": \"{}\"\n   }},\n",
            noise.word(),
            noise.word(),
            cents / 100,
            cents % 100,
            if pieces % 7 == 0 { "cancelled" } else { "delivered" },
        );
    }
    cut(text, length)
}

fn html(length: usize) -> String {
    let mut noise = Noise(2);
    let mut text = "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n<table>\n".to_owned();
    while text.len() < length {
        let id = noise.below(10_000);
        let _ = writeln!(
            text,
            "   <tr class=\"row\"><td class=\"name\"><a href=\"/articles/{id}\">{}</a></td>\
             <td class=\"number\">{}</td></tr>",
            noise.word(),
            noise.below(1000),
        );
    }
    cut(text, length)
}

fn prose(length: usize) -> String {
    let mut noise = Noise(3);
    let mut text = String::new();
    while text.len() < length {
        text.push_str(noise.word());
        text.push_str(if noise.below(9) == 0 { ",\n" } else { " " });
    }
    cut(text, length)
}

/// A grey bitmap of 512 pixels each way: hills, and some grain.
fn picture() -> Vec<u8> {
    let mut noise = Noise(4);
    let mut bytes = b"BM".to_vec();
    bytes.extend([0; 52]);
    bytes.extend((0..=255).flat_map(|grey| [grey, grey, grey, 0]));
    for y in 0..512_u64 {
        bytes.extend((0..512_u64).map(|x| (((x * y) >> 10) + (x >> 2) + noise.below(8)) as u8));
    }
    bytes
}

/// Objects in plain words, and streams that are compressed already.
fn pdf(length: usize) -> Vec<u8> {
    let mut noise = Noise(5);
    let mut bytes = b"%PDF-1.4\n".to_vec();
    for number in 1.. {
        if bytes.len() >= length {
            break;
        }
        let stream = noise.below(8000) as usize + 200;
        let head = format!("{number} 0 obj\n<< /Length {stream} /Filter /FlateDecode >>\nstream\n");
        bytes.extend(head.into_bytes());
        bytes.extend(noise.bytes(stream));
        bytes.extend(b"\nendstream\nendobj\n");
    }
    bytes.truncate(length);
    bytes
}

/// The text so long, or a few bytes less where a character would be cut.
fn cut(mut text: String, length: usize) -> String {
    text.truncate(text.floor_char_boundary(length));
    text
}

#[cfg(test)]
mod tests {
    use super::{Data, HTML, JSON, PDF, PICTURE, PROSE};

    #[test]
    fn pieces_go_round() {
        let data = Data::text("aäb".to_owned());
        assert_eq!(&*data.piece(0, 2), "aä".as_bytes());
        assert_eq!(&*data.piece(1, 2), "äb".as_bytes());
        assert_eq!(&*data.piece(5, 2), "ba".as_bytes());
        assert_eq!(&*Data::binary(vec![1, 2, 3]).piece(4, 3), [2, 3, 1]);
    }

    #[test]
    fn each_is_as_long_as_it_should_be() {
        for (data, length, is_text) in [
            (&JSON, 194_056, true),
            (&PICTURE, 263_222, false),
            (&PROSE, 222_218, false),
            (&HTML, 263_647, true),
            (&PDF, 1_042_328, false),
        ] {
            assert!((length - 3..=length).contains(&data.bytes.len()), "{}", data.bytes.len());
            assert_eq!(data.is_text(), is_text);
        }
    }
}
