//! Asking for operations by their types, as the macros make them beside functions.

use kovar_http::app::App;
use kovar_http::extract::{Json, Path};
use kovar_http::group::Group;
use kovar_http::operation::{NamedOperation, Operation};

use super::support::{ID, client};

enum Doubled {}

impl NamedOperation for Doubled {
    fn operation() -> Operation {
        async fn doubled(Path(id): Path<u32>) -> Json<u32> {
            Json(2 * id)
        }
        Operation::get("/doubled/{id}", doubled).arguments(ID).id("doubled")
    }
}

fn mounted() -> App {
    App::new("Test", "1").group(Group::new("/api/v1").mount([Doubled::operation()]))
}

#[tokio::test]
async fn an_operation_is_asked_where_it_is_mounted() {
    let client = client(mounted()).await;
    let response = client.operation::<Doubled>().path("id", 21).send().await;
    assert_eq!(response.json::<u32>(), 42);
}

#[tokio::test]
#[should_panic = "the parameter `id` of the path /api/v1/doubled/{id} was not given"]
async fn a_parameter_that_is_not_given_is_told() {
    client(mounted()).await.operation::<Doubled>().send().await;
}

#[tokio::test]
#[should_panic = "the operation `doubled` (GET /doubled/{id}) is not mounted in this app"]
async fn an_operation_that_is_not_mounted_is_told() {
    let _ = client(App::new("Test", "1")).await.operation::<Doubled>();
}
