//! Pages of pairing work: the plan of a pairing and its year, help in half a minute, checks, the figures of a person and of
//! a unit. Nothing here is filled in for a report: the year is a view.

pub(super) mod at_visit;
mod check;
mod checks;
mod help;
mod mine;
mod plan;
mod reader;
mod sheet;
mod show;
mod unit;
pub(super) mod words;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::get;

/// Who may come where. Whose pairing it is is asked inside.
pub(super) const RULES: &[RouteRule] = &[
    rule("GET", "/plans", Access::SignedIn),
    rule("GET", "/plans/unit", Access::SignedIn),
    rule("POST", "/plans/unit", Access::SignedIn),
    rule("GET", "/plans/{code}", Access::SignedIn),
    rule("GET", "/plans/{code}/plan", Access::SignedIn),
    rule("POST", "/plans/{code}/plan", Access::SignedIn),
    rule("GET", "/plans/{code}/help", Access::SignedIn),
    rule("POST", "/plans/{code}/help", Access::SignedIn),
    rule("GET", "/plans/{code}/check", Access::SignedIn),
    rule("POST", "/plans/{code}/check", Access::SignedIn),
];

/// The routes.
pub(super) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/plans", get(mine::show))
        .route("/plans/unit", get(unit::show).post(checks::send))
        .route("/plans/{code}", get(show::show))
        .route("/plans/{code}/plan", get(plan::form).post(plan::send))
        .route("/plans/{code}/help", get(help::form).post(help::send))
        .route("/plans/{code}/check", get(check::form).post(check::send))
}
