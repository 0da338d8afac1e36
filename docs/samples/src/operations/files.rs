// ANCHOR: files
use kovar::prelude::*;

/// Where letters go.
#[schema(input)]
pub struct Address {
    #[field(min_length = 1)]
    pub city: String,
}

#[schema(input)]
pub struct Application {
    /// A text part.
    #[field(min_length = 1)]
    pub name: String,
    /// A JSON part.
    pub address: Address,
    /// A file, of at most 1 MB.
    #[field(max_length = 1_000_000)]
    pub portrait: Option<Upload>,
}

#[post("/applications", body_limit = "4 MiB")]
pub async fn apply(Multipart(form): Multipart<Application>) -> Json<String> {
    let bytes = form.portrait.as_ref().map_or(0, Upload::size);
    Json(format!("{} of {}, {bytes} bytes", form.name, form.address.city))
}
// ANCHOR_END: files
