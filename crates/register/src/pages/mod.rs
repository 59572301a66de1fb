//! The pages of the register, and the rule of each route.

mod browse;
mod search;
mod unit;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::get;

/// Who may come where.
pub static ROUTES: &[RouteRule] = &[
    rule("GET", "/units", Access::SignedIn),
    rule("GET", "/units/search", Access::SignedIn),
    rule("GET", "/units/{code}", Access::SignedIn),
    rule("GET", "/places/search", Access::Public),
    rule("GET", "/subjects/search", Access::Public),
];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/units", get(browse::show))
        .route("/units/search", get(search::units))
        .route("/units/{code}", get(unit::show))
        .route("/places/search", get(search::places))
        .route("/subjects/search", get(search::subjects))
}
