//! What the tests share: apps of builders, since the macros are a crate above.

use kovar_contract::shape::{Field, Kind, ObjectShape, Shape};
use kovar_contract::{Catalog, Schema};
use kovar_http::StartError;
use kovar_http::app::App;
use kovar_http::describe::Argument;
use kovar_http::operation::Operation;
use kovar_http::testing::TestClient;

/// Arguments of these names, in the order of the signature.
macro_rules! arguments {
    ($($name:literal),*) => {
        &[$(::kovar_http::describe::Argument { names: &[$name], ..::kovar_http::describe::Argument::NONE }),*]
    };
}

pub(crate) use arguments;

pub(crate) const ID: &[Argument] = arguments!["id"];

/// An object of one number: providers and guards take parameters as fields, which have names.
#[derive(serde::Deserialize)]
pub(crate) struct Value {
    pub(crate) value: u32,
}

impl Schema for Value {
    const FIELD_NAMES: Option<&'static [&'static str]> = Some(&["value"]);

    fn shape(catalog: &mut Catalog) -> Shape {
        Shape::new(Kind::Object(ObjectShape::new().field(Field::new("value", u32::shape(catalog)))))
    }
}

pub(crate) fn app(operations: impl IntoIterator<Item = Operation>) -> App {
    App::new("Test", "1.0.0").mount(operations)
}

pub(crate) async fn client(app: App) -> TestClient {
    TestClient::new(app).await.unwrap()
}

/// The message of an app that does not start.
#[track_caller]
pub(crate) fn refused<T>(built: Result<T, StartError>) -> String {
    match built {
        Ok(_) => panic!("the app starts"),
        Err(error) => error.to_string(),
    }
}
