//! Pages about pairings and duties: who looks after whom, who is to be seen, who has nobody.

mod cards;
mod changing;
mod coverage;
mod due;
mod feed;
mod list;
mod mine;
mod person;
mod proposal;
mod reader;

pub(in crate::pages) use reader::{duty_name, standing};

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};

/// Who may come where; whom it is about is asked inside.
pub const ROUTES: &[RouteRule] = &[
    rule("GET", "/duties", Access::SignedIn),
    rule("GET", "/duties/unit", Access::SignedIn),
    rule("GET", "/duties/list", Access::SignedIn),
    rule("POST", "/duties/feed", Access::SignedIn),
    rule("GET", "/duties/calendar/{token}", Access::Public),
    rule("GET", "/coverage", Access::SignedIn),
    rule("POST", "/proposals", Access::SignedIn),
    rule("GET", "/proposals/{id}", Access::SignedIn),
    rule("POST", "/proposals/{id}", Access::SignedIn),
    rule("GET", "/pairings/{file}", Access::SignedIn),
    rule("GET", "/people/{id}/pairings", Access::SignedIn),
    rule("POST", "/people/{id}/pairings", Access::SignedIn),
    rule("GET", "/people/{id}/cards", Access::SignedIn),
];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/duties", get(mine::show))
        .route("/duties/unit", get(due::show))
        .route("/duties/list", get(due::list))
        .route("/duties/feed", post(feed::change))
        .route("/duties/calendar/{token}", get(feed::calendar))
        .route("/coverage", get(coverage::show))
        .route("/proposals", post(proposal::make))
        .route("/proposals/{id}", get(proposal::show).post(proposal::apply))
        .route("/pairings/{file}", get(list::file))
        .route("/people/{id}/pairings", get(person::show).post(person::change))
        .route("/people/{id}/cards", get(cards::show))
}
