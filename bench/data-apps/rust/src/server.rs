//! The HTTP side, on any store. `BENCH_APP=shortener` sends on who follows a link; otherwise there are products.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use garde::Validate;
use tokio::net::TcpListener;

use crate::clicks::Clicks;
use crate::products::{NewProduct, Product, ProductFilter, StockChange};
use crate::store::{Outcome, Store};

pub async fn serve(store: impl Store) {
    let address = std::env::args().nth(1).expect("the address to listen at is the first argument");
    let listener = TcpListener::bind(address).await.expect("the address is free");
    let app = match std::env::var("BENCH_APP").as_deref() {
        Ok("shortener") => shortener(store),
        _ => products(store),
    };
    axum::serve(listener, app).await.expect("the server runs");
}

fn products<S: Store>(store: S) -> Router {
    Router::new()
        .route("/products", get(list_products::<S>).post(create_product::<S>))
        .route("/products/{id}", get(get_product::<S>))
        .route("/products/{id}/stock", post(change_stock::<S>))
        .route("/bundles/{seed}", get(get_bundle::<S>))
        .route("/slow", get(be_slow::<S>))
        .with_state(store)
}

async fn get_product<S: Store>(State(store): State<S>, Path(id): Path<i32>) -> Response {
    one(store.product(id).await)
}

async fn list_products<S: Store>(State(store): State<S>, Query(filter): Query<ProductFilter>) -> Response {
    if let Err(report) = filter.validate() {
        return refused(&report);
    }
    answered(store.products(filter).await.map(|products| Json(products).into_response()))
}

async fn get_bundle<S: Store>(State(store): State<S>, Path(seed): Path<u32>) -> Response {
    answered(store.bundle(seed).await.map(|products| Json(products).into_response()))
}

async fn create_product<S: Store>(State(store): State<S>, Json(new): Json<NewProduct>) -> Response {
    if let Err(report) = new.validate() {
        return refused(&report);
    }
    answered(store.insert(new).await.map(|product| (StatusCode::CREATED, Json(product)).into_response()))
}

async fn change_stock<S: Store>(
    State(store): State<S>,
    Path(id): Path<i32>,
    Json(asked): Json<StockChange>,
) -> Response {
    if let Err(report) = asked.validate() {
        return refused(&report);
    }
    one(store.change_stock(id, asked.change).await)
}

async fn be_slow<S: Store>(State(store): State<S>) -> Response {
    answered(store.be_slow().await.map(|()| StatusCode::NO_CONTENT.into_response()))
}

fn one(product: Outcome<Option<Product>>) -> Response {
    answered(product.map(|product| match product {
        Some(product) => Json(product).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }))
}

fn refused(report: &garde::Report) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, report.to_string()).into_response()
}

fn answered(outcome: Outcome<Response>) -> Response {
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

#[derive(Clone)]
struct Links<S> {
    store: S,
    clicks: Arc<Clicks>,
}

fn shortener<S: Store>(store: S) -> Router {
    let links = Links { store, clicks: Arc::default() };
    tokio::spawn(write_regularly(links.clone()));
    Router::new().route("/{slug}", get(follow::<S>)).with_state(links)
}

async fn follow<S: Store>(State(links): State<Links<S>>, Path(slug): Path<String>) -> Response {
    let url = links.store.url(&slug).await;
    answered(url.map(|url| match url {
        Some(url) => {
            links.clicks.add(slug);
            Redirect::temporary(&url).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }))
}

async fn write_regularly<S: Store>(links: Links<S>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let clicks = links.clicks.take();
        if !clicks.is_empty()
            && let Err(error) = links.store.write_clicks(clicks).await
        {
            eprintln!("clicks are lost: {error}");
        }
    }
}
