// ANCHOR: request_scope
use kovar::http::problem::InternalError;
use kovar::prelude::*;

#[schema(input)]
struct Tenancy {
    /// Whose data is asked for.
    #[field(pattern = "^[a-z]{2,12}$")]
    x_tenant: String,
}

pub struct Tenant(String);

/// Runs once a request, however many ask for it.
async fn find_tenant(Header(tenancy): Header<Tenancy>) -> Result<Tenant, InternalError> {
    Ok(Tenant(tenancy.x_tenant))
}

#[get("/orders")]
async fn orders(tenant: Dep<Tenant>) -> Json<String> {
    Json(format!("orders of {}", tenant.0))
}

pub fn app() -> App {
    App::new("Tenants", "1.0.0").provider(Provider::per_request(find_tenant)).mount(operations![orders])
}
// ANCHOR_END: request_scope
