//! Households: the register's pages. The list of a grid or of everything below a unit, one household with its facts,
//! people, marks and history, and the forms that change it.

mod add;
mod change;
mod duplicates;
mod export;
mod identity;
mod link;
mod list;
mod people;
mod person;
mod reader;
mod show;
mod tags;
mod ties;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};

/// Who may come where; which households they see is asked of each.
pub(crate) const RULES: &[RouteRule] = &[
    rule("GET", "/households", Access::SignedIn),
    rule("POST", "/households/search", Access::SignedIn),
    rule("GET", "/households/export.csv", Access::SignedIn),
    rule("GET", "/households/export.xlsx", Access::SignedIn),
    rule("GET", "/households/new", Access::SignedIn),
    rule("POST", "/households/new", Access::SignedIn),
    rule("GET", "/households/duplicates", Access::SignedIn),
    rule("GET", "/households/{code}", Access::SignedIn),
    rule("GET", "/households/{code}/identity", Access::SignedIn),
    rule("POST", "/households/{code}/identity", Access::SignedIn),
    rule("GET", "/households/{code}/change", Access::SignedIn),
    rule("POST", "/households/{code}/change", Access::SignedIn),
    rule("GET", "/households/{code}/tags", Access::SignedIn),
    rule("POST", "/households/{code}/tags", Access::SignedIn),
    rule("GET", "/households/{code}/people", Access::SignedIn),
    rule("POST", "/households/{code}/people", Access::SignedIn),
    rule("GET", "/households/{code}/people/{entry}", Access::SignedIn),
    rule("POST", "/households/{code}/people/{entry}", Access::SignedIn),
    rule("GET", "/households/{code}/link", Access::SignedIn),
    rule("POST", "/households/{code}/link", Access::SignedIn),
    rule("GET", "/households/{code}/unlink", Access::SignedIn),
    rule("POST", "/households/{code}/unlink", Access::SignedIn),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/households", get(list::show))
        .route("/households/search", post(list::search))
        .route("/households/export.csv", get(export::csv))
        .route("/households/export.xlsx", get(export::xlsx))
        .route("/households/new", get(add::form).post(add::send))
        .route("/households/duplicates", get(duplicates::show))
        .route("/households/{code}", get(show::show))
        .route("/households/{code}/identity", get(identity::form).post(identity::send))
        .route("/households/{code}/change", get(change::form).post(change::send))
        .route("/households/{code}/tags", get(tags::form).post(tags::send))
        .route("/households/{code}/people", get(people::form).post(people::send))
        .route("/households/{code}/people/{entry}", get(person::form).post(person::send))
        .route("/households/{code}/link", get(link::form).post(link::send))
        .route("/households/{code}/unlink", get(link::undo_form).post(link::undo))
}
