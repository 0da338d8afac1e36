//! The document is that of `examples/products`, but for what the database refuses here and there.

use kovar::settings::DatabaseUrl;
use serde_json::Value;

const ALL: &str = "/paths/~1api~1v1~1products";
const ONE: &str = "/paths/~1api~1v1~1products~1{product_id}";

fn of_products() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../products/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn own() -> Value {
    let app = products_sea_orm::app().provide(DatabaseUrl::from("sqlite::memory:"));
    serde_json::from_str(&app.openapi().unwrap().to_pretty_string()).unwrap()
}

fn remove(document: &mut Value, place: &str, name: &str) {
    let found = document.pointer_mut(place).and_then(|object| object.as_object_mut()?.remove(name));
    assert!(found.is_some(), "there is no {place}/{name}");
}

#[test]
fn the_document_is_that_of_products() {
    let (mut own, products) = (own(), of_products());
    for operation in [format!("{ALL}/post"), format!("{ONE}/patch"), format!("{ONE}/delete")] {
        remove(&mut own, &format!("{operation}/responses"), "503");
    }
    for operation in [format!("{ALL}/post"), format!("{ONE}/patch")] {
        remove(&mut own, &format!("{operation}/responses"), "409");
    }
    for schema in ["NewProductNameTaken", "ProductUpdateNameTaken", "TransactionBusy"] {
        remove(&mut own, "/components/schemas", schema);
    }
    let scheme = own.pointer_mut("/components/securitySchemes/api_token/description").unwrap();
    *scheme = scheme.as_str().unwrap().replace("products-sea-orm", "products").into();
    assert!(own == products, "{own:#}\n\nis not\n\n{products:#}");
}
