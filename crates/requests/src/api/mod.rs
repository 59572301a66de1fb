//! The doors for other programs: Open311 GeoReport v2, and the JSON API with its description.
//!
//! ```text
//! /open311/…  JSON or XML by the suffix ─┐                      ┌─ sight: what may this program read?
//!                                        ├─▶ client: which key? ─┤
//! /api/v1/…   JSON                      ─┘                      └─ take_in: once, then register()
//! /api, /api/openapi.json ◀── describe: one table of operations, checked against the routes
//! ```
//!
//! A key lets a program take requests in, and read what is public and what it took in itself. No answer
//! ever holds a name, a telephone number or a finer place than the public ledger shows.

mod client;
mod describe;
mod open311;
mod sight;
mod take_in;
mod text;
mod v1;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;

/// Who may come where.
pub const ROUTES: &[RouteRule] = &[
    rule("GET", "/open311/discovery.json", Access::Public),
    rule("GET", "/open311/discovery.xml", Access::Public),
    rule("GET", "/open311/v2/discovery.json", Access::Public),
    rule("GET", "/open311/v2/discovery.xml", Access::Public),
    rule("GET", "/open311/v2/services.json", Access::Public),
    rule("GET", "/open311/v2/services.xml", Access::Public),
    rule("GET", "/open311/v2/services/{code}", Access::Public),
    rule("GET", "/open311/v2/requests.json", Access::Public),
    rule("GET", "/open311/v2/requests.xml", Access::Public),
    rule("POST", "/open311/v2/requests.json", Access::Key),
    rule("POST", "/open311/v2/requests.xml", Access::Key),
    rule("GET", "/open311/v2/requests/{number}", Access::Public),
    rule("GET", "/open311/v2/tokens/{token}", Access::Public),
    rule("GET", "/api", Access::Public),
    rule("GET", "/api/openapi.json", Access::Public),
    rule("GET", "/api/v1/classes", Access::Key),
    rule("GET", "/api/v1/classes/{code}", Access::Key),
    rule("GET", "/api/v1/requests", Access::Key),
    rule("POST", "/api/v1/requests", Access::Key),
    rule("GET", "/api/v1/requests/{number}", Access::Key),
    rule("GET", "/api/v1/requests/{number}/deadline", Access::Key),
    rule("GET", "/api/v1/rules", Access::Key),
    rule("GET", "/api/v1/calendar", Access::Key),
    rule("GET", "/api/v1/journal/heads", Access::Public),
    rule("GET", "/api/v1/journal/inclusion", Access::Public),
    rule("GET", "/api/v1/journal/consistency", Access::Public),
    rule("GET", "/api/v1/journal/leaves", Access::Public),
];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new().merge(open311::routes()).merge(describe::routes()).merge(v1::routes())
}
