//! The description of the JSON API: one table of [`operations`], from which the OpenAPI document and the
//! page for people are made. A test holds the table against the routes.

mod document;
mod operations;
mod page;

use super::client::Base;
use access::SharedSite;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

/// The routes.
pub(super) fn routes() -> Router<SharedSite> {
    Router::new().route("/api", get(page::show)).route("/api/openapi.json", get(show))
}

/// `GET /api/openapi.json`
async fn show(Base(base): Base) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (kind, document::document(&base).to_string()).into_response()
}
