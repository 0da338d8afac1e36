//! Without a database nothing is kept.

use axum::response::Response;

use crate::context::RequestContext;

pub(crate) enum Claim {}

#[expect(clippy::unused_async, reason = "it is called as the one with a database is")]
pub(crate) async fn claim(_: &RequestContext) -> Result<Option<Claim>, Response> {
    Ok(None)
}

impl Claim {
    #[expect(clippy::unused_async, reason = "it is called as the one with a database is")]
    pub(crate) async fn finish(self, _: &RequestContext, _: Response) -> Response {
        match self {}
    }
}
