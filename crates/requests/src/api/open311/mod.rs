//! Open311 GeoReport v2: discovery, services and their questions, requests, tokens.
//!
//! Every answer comes as JSON or XML, as the end of the path says, faults too. Reading needs no key; what
//! a key adds to reading is the program's own cases. `jurisdiction_id` is taken and means nothing: a site
//! is one jurisdiction.

mod discovery;
mod form;
mod node;
mod post;
mod questions;
mod requests;
mod services;

use access::SharedSite;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// The routes.
pub(super) fn routes() -> Router<SharedSite> {
    let list = || get(requests::list).post(post::post);
    Router::new()
        .route("/open311/discovery.json", get(discovery::show))
        .route("/open311/discovery.xml", get(discovery::show))
        .route("/open311/v2/discovery.json", get(discovery::show))
        .route("/open311/v2/discovery.xml", get(discovery::show))
        .route("/open311/v2/services.json", get(services::list))
        .route("/open311/v2/services.xml", get(services::list))
        .route("/open311/v2/services/{code}", get(services::show))
        .route("/open311/v2/requests.json", list())
        .route("/open311/v2/requests.xml", list())
        .route("/open311/v2/requests/{number}", get(requests::show))
        .route("/open311/v2/tokens/{token}", get(requests::token))
        .layer(DefaultBodyLimit::max(post::BODY_MAX))
}
