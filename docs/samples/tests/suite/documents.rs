use guide_samples::documents::{described, pages};
use guide_samples::operations::by_hand;

use super::client::get;

#[tokio::test]
async fn pages_are_moved_and_switched_off() {
    for (path, status) in [("/reference", 200), ("/docs", 404), ("/openapi.json", 200)] {
        assert_eq!(get(pages::only_redoc(by_hand::app()), path).await.status, status, "{path}");
    }
    assert_eq!(get(pages::none(by_hand::app()), "/openapi.json").await.status, 404);
    assert!(pages::none(by_hand::app()).openapi().is_ok());
}

#[test]
fn the_document_has_what_was_said() {
    let document = described::app().openapi().expect("the app is sound");
    let text = |pointer: &str| document.pointer(pointer).and_then(|value| value.as_str()).map(str::to_owned);
    assert_eq!(text("/openapi").as_deref(), Some("3.1.0"));
    assert_eq!(text("/paths/~1parcels/post/summary").as_deref(), Some("Track a parcel"));
    assert_eq!(text("/info/license/name").as_deref(), Some("MIT"));
    assert!(document.pointer("/webhooks/parcel-changed/post").is_some(), "{document:#}");
    let callback = "/paths/~1parcels/post/callbacks/event/{$request.body#~1callback_url}/post";
    assert!(document.pointer(callback).is_some(), "{document:#}");
}
