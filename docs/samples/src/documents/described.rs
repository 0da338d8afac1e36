// ANCHOR: described
use kovar::Operation;
use kovar::http::documents::{Contact, License, Server};
use kovar::prelude::*;

/// What happened to a parcel.
#[schema]
pub struct ParcelEvent {
    pub parcel: Uuid,
    pub status: String,
}

/// A parcel has a new status.
#[post("/")]
async fn parcel_changed(Json(_event): Json<ParcelEvent>) -> NoContent {
    NoContent
}

/// Track a parcel.
///
/// Events are sent to `callback_url` until it has arrived.
#[post("/parcels", callback(event = "{$request.body#/callback_url}" -> parcel_changed))]
async fn track(Json(_request): Json<Tracking>) -> NoContent {
    NoContent
}

#[schema(input)]
struct Tracking {
    callback_url: Url,
}

pub fn app() -> App {
    App::new("Parcels", "1.0.0")
        .summary("Where things are")
        .contact(Contact { name: Some("The office".into()), url: None, email: None })
        .license(License { name: "MIT".into(), identifier: Some("MIT".into()) })
        .server(Server { url: "https://parcels.example".into(), description: None })
        .mount(operations![track])
        .webhook(Operation::post("parcel-changed", parcel_changed).id("on_parcel_changed"))
}
// ANCHOR_END: described
