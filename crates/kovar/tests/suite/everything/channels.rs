//! The channels of the app, and their document as a golden file.

use kovar::live::RawSocket;

use super::*;

/// Where people are.
#[schema]
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Inside of the house.
    Inside,
    /// Outside of it.
    Outside,
}

/// Talk about everything.
///
/// What is sent comes back.
#[channel("/live/{place}/all/{*rest}", tag = "live")]
pub(super) async fn all(
    _: Has<WriteItems>,
    /// Where.
    #[field(example = "Outside")]
    Path(place): Path<Place>,
    Path(rest): Path<String>,
    Query(filter): Query<ItemFilter>,
    /// Which language the client reads.
    #[field(name = "accept-language", max_length = 100)]
    Header(language): Header<Option<String>>,
    #[field(name = "theme")] Cookie(theme): Cookie<String>,
    mut socket: Socket<All, All>,
) {
    let _ = (place, rest, filter, language, theme);
    while let Some(all) = socket.receive().await {
        if socket.send(&all).is_err() {
            return;
        }
    }
}

/// Send figures, get wrapped ones.
#[channel("/live/figures", tag = "live", deprecated)]
pub(super) async fn figures(_: Authenticated<QueryKey>, mut socket: Socket<Figure, Envelope>) {
    while socket.receive().await.is_some() {}
}

/// Send commands, get some list.
#[channel("/live/commands")]
pub(super) async fn commands(
    _: Authenticated<OpenId>,
    mut socket: Socket<Command, Vec<NumberOrText>>,
) -> Result<(), EverythingProblem> {
    match socket.receive().await {
        Some(_) => Ok(()),
        None => Err(EverythingProblem::Conflict),
    }
}

/// Whatever one likes.
#[channel("/live/raw")]
pub(super) async fn raw(_: Option<Authenticated<CookieKey>>, mut socket: RawSocket) {
    while socket.receive().await.is_some() {}
}

/// Nobody knows.
#[channel("/live/hidden", hidden)]
pub(super) async fn hidden(mut socket: RawSocket) {
    while socket.receive().await.is_some() {}
}

#[test]
fn their_document_is_the_golden_one() {
    let document = app().asyncapi().unwrap().to_pretty_string();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/everything.asyncapi.json");
    if std::env::var_os("KOVAR_BLESS").is_some() {
        std::fs::write(path, &document).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(document == golden, "the document has changed; look at it with KOVAR_BLESS=1 and `git diff`");
}
