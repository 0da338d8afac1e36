//! Compression: of different payloads (12), and with different offers (13).

use std::sync::LazyLock;

use super::Case;
use crate::checks::websocket::data::{Data, HTML, JSON, PDF, PICTURE, PROSE};
use crate::checks::websocket::deflate::Offer;
use crate::checks::websocket::echoes::{Echoes, Source};

/// How long each message is, and in fragments of how many bytes it is sent once it is compressed.
const SIZES: [(usize, Option<usize>); 18] = [
    (16, None),
    (64, None),
    (256, None),
    (1024, None),
    (4096, None),
    (8192, None),
    (16_384, None),
    (32_768, None),
    (65_536, None),
    (131_072, None),
    (8192, Some(256)),
    (16_384, Some(256)),
    (32_768, Some(256)),
    (65_536, Some(256)),
    (131_072, Some(256)),
    (131_072, Some(1024)),
    (131_072, Some(4096)),
    (131_072, Some(32_768)),
];

const PAYLOADS: [(&str, &LazyLock<Data>); 5] =
    [("JSON", &JSON), ("a picture", &PICTURE), ("prose", &PROSE), ("HTML", &HTML), ("a PDF", &PDF)];

const PLAIN: Offer = Offer { server_no_context_takeover: false, server_max_window_bits: None };
const FORGETFUL: Offer = Offer { server_no_context_takeover: true, ..PLAIN };

const OFFERS: [(&str, &[Offer]); 7] = [
    ("nothing asked", &[PLAIN]),
    ("no context", &[FORGETFUL]),
    ("a window of 9", &[Offer { server_max_window_bits: Some(9), ..PLAIN }]),
    ("a window of 15", &[Offer { server_max_window_bits: Some(15), ..PLAIN }]),
    ("no context and a window of 9", &[Offer { server_max_window_bits: Some(9), ..FORGETFUL }]),
    ("no context and a window of 15", &[Offer { server_max_window_bits: Some(15), ..FORGETFUL }]),
    ("three offers", &[Offer { server_max_window_bits: Some(9), ..FORGETFUL }, FORGETFUL, PLAIN]),
];

pub(super) fn cases() -> Vec<Case> {
    let payloads = PAYLOADS.into_iter().zip(1..).map(|((what, data), group)| (12, group, what, data, &[PLAIN][..]));
    let offers = OFFERS.into_iter().zip(1..).map(|((what, offers), group)| (13, group, what, &JSON, offers));
    payloads
        .chain(offers)
        .flat_map(|(chapter, group, what, data, offers)| {
            SIZES.into_iter().zip(1..).map(move |((length, fragment), index)| {
                let cut = fragment.map_or_else(String::new, |size| format!(" in fragments of {size}"));
                let echoes = Echoes { offers: offers.to_vec(), source: Source::Pieces(data), length, fragment };
                Case::echoes(format!("{chapter}.{group}.{index}"), format!("{what}: 1000 times {length}{cut}"), echoes)
            })
        })
        .collect()
}
