//! The product API as its clients meet it, in process.

use kovar::prelude::*;
use products_sea_orm::products::Product;

use super::shop::Shop;

#[tokio::test]
async fn a_product_is_created_read_changed_and_deleted() {
    let shop = Shop::open().await;
    let created = shop.post(r#"{"name":"Lamp","description":null,"price":"39.90","stock":3,"category":"lamps"}"#).await;
    let product: Product = created.assert_status(201).json();
    assert_eq!(created.header("location"), Some(format!("/api/v1/products/{}", product.id).as_str()));
    assert_eq!(product.id.get_version_num(), 7);
    assert_eq!(shop.get(&format!("/{}", product.id)).await.assert_status(200).json::<Product>(), product);

    let changed: Product =
        shop.patch(product.id, r#"{"stock":2,"description":"Warm"}"#).await.assert_status(200).json();
    assert_eq!((changed.stock, changed.description.as_deref()), (2, Some("Warm")));
    assert_eq!((&changed.name, changed.price, changed.created_at), (&product.name, product.price, product.created_at));
    assert!(changed.updated_at >= product.updated_at);
    let emptied: Product = shop.patch(product.id, r#"{"description":null}"#).await.assert_status(200).json();
    assert_eq!(emptied.description, None);

    let path = format!("/api/v1/products/{}", product.id);
    let deleted = shop.client.delete(&path).bearer(&shop.admin).send().await;
    assert_eq!(deleted.assert_status(204).text(), "");
    let gone = shop.get(&format!("/{}", product.id)).await.assert_status(404).problem();
    assert_eq!(gone.kind, "/problems/product-not-found");
    assert!(gone.detail.unwrap_or_default().contains(&product.id.to_string()));
}

#[tokio::test]
async fn writing_needs_an_admin() {
    let shop = Shop::open().await;
    let body = r#"{"name":"","price":0}"#;
    let request = || shop.client.post("/api/v1/products").body(body, "application/json");
    let nobody = request().send().await;
    assert_eq!(nobody.assert_status(401).header("www-authenticate"), Some(r#"Bearer realm="api_token""#));
    let stranger = request().bearer("0000").send().await;
    assert!(
        stranger.assert_status(401).header("www-authenticate").is_some_and(|value| value.contains("invalid_token"))
    );
    let reader = request().bearer(&shop.reader).send().await;
    assert!(
        reader.assert_status(403).header("www-authenticate").is_some_and(|value| value.contains("insufficient_scope"))
    );
    assert_eq!(request().bearer(&shop.admin).send().await.status(), 422);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let shop = Shop::open().await;
    let long = "x".repeat(101);
    let body = format!(
        r#"{{"name":"{long}","description":"{}","price":1000000.01,"stock":-1,"category":""}}"#,
        "y".repeat(501)
    );
    let problem = shop.post(&body).await.assert_status(422).problem();
    let kinds: Vec<&str> = problem.errors.iter().map(|issue| issue.kind.as_str()).collect();
    let expected = ["string_too_long", "string_too_long", "less_than_equal", "greater_than_equal", "string_too_short"];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn an_update_that_names_nothing_is_a_400() {
    let shop = Shop::open().await;
    let product = shop.add("Lamp", "lamps", "1").await;
    assert_eq!(shop.patch(product.id, "{}").await.assert_status(400).problem().kind, "/problems/product-update-empty");
    assert_eq!(shop.patch(product.id, r#"{"name":null}"#).await.status(), 422);
}

#[tokio::test]
async fn a_list_is_filtered_and_paged_without_gaps() {
    let shop = Shop::open().await;
    for number in 1..=25 {
        let category = if number % 2 == 0 { "even" } else { "odd" };
        shop.add(&format!("Product {number}"), category, &format!("{number}.50")).await;
    }
    let page: Page<Product> = shop.get("").await.assert_status(200).json();
    assert_eq!(page.items().len(), 10);

    let mut seen = Vec::new();
    let mut path = "?limit=7".to_owned();
    loop {
        let page: Page<Product> = shop.get(&path).await.assert_status(200).json();
        seen.extend(page.items().iter().map(|product| product.name.clone()));
        match page.next_cursor() {
            Some(cursor) => path = format!("?limit=7&cursor={cursor}"),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=25).map(|number| format!("Product {number}")).collect();
    assert_eq!(seen, expected);

    let few: Page<Product> = shop.get("?category=even&min_price=4.50&max_price=10.50").await.assert_status(200).json();
    let names: Vec<&str> = few.items().iter().map(|product| product.name.as_str()).collect();
    assert_eq!(names, ["Product 4", "Product 6", "Product 8", "Product 10"]);
    for wrong in ["?limit=0", "?limit=101", "?limit=x", "?limit=1&limit=2", "?cursor=x", "?min_price=-1"] {
        assert_eq!(shop.get(wrong).await.status(), 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_name_is_there_once_in_a_category() {
    let shop = Shop::open().await;
    let lamp = shop.add("Lamp", "lamps", "1").await;
    let again = shop.post(r#"{"name":"Lamp","price":"2","stock":1,"category":"lamps"}"#).await;
    assert_eq!(again.assert_status(409).problem().kind, "/problems/product-name-taken");
    let other = shop.add("Torch", "lamps", "2").await;
    let renamed = shop.patch(other.id, r#"{"name":"Lamp"}"#).await;
    assert_eq!(renamed.assert_status(409).problem().kind, "/problems/product-name-taken");
    assert_eq!(shop.get(&format!("/{}", other.id)).await.json::<Product>(), other);
    shop.client.delete(&format!("/api/v1/products/{}", lamp.id)).bearer(&shop.admin).send().await.assert_status(204);
    shop.patch(other.id, r#"{"name":"Lamp"}"#).await.assert_status(200);
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let shop = Shop::open().await;
    let id = Uuid::now_v7();
    let path = format!("/api/v1/products/{id}");
    assert_eq!(shop.get(&format!("/{id}")).await.status(), 404);
    assert_eq!(shop.patch(id, r#"{"stock":2}"#).await.status(), 404);
    assert_eq!(shop.client.delete(&path).bearer(&shop.admin).send().await.status(), 404);
    assert_eq!(shop.get("/7").await.status(), 422);
}
