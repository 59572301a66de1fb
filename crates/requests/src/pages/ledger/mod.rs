//! The ledger 台账 and what belongs to it: search, views, files, tables by this and that; and two small
//! pages of everybody's own, wordings of answers and handing cases over.

mod by;
mod by_open;
mod by_tally;
mod choices;
mod download;
mod filters;
mod hand_over;
mod kept;
mod known;
mod labels;
mod list;
mod search;
mod tail;
mod templates;
mod views;

pub use download::send_file;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};
use kernel::Role::{Auditor, Clerk, Lead, Liaison, Officer, Operator, Supervisor, Triage};

/// Those for whom a post opens a ledger.
const READERS: Access = Access::Role(&[Clerk, Operator, Officer, Liaison, Lead, Triage, Supervisor, Auditor]);
/// Those who may take it out as a file.
const TAKERS: Access = Access::Role(&[Officer, Lead, Supervisor, Auditor]);
/// Those who answer for cases, and those who may hand them over for somebody.
const HOLDERS: Access = Access::Role(&[Officer, Lead, Supervisor]);

/// Who may come where.
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/requests", READERS),
    rule("GET", "/requests/export.csv", TAKERS),
    rule("GET", "/requests/export.xlsx", TAKERS),
    rule("GET", "/requests/by/{dimension}", READERS),
    rule("GET", "/requests/choices/{what}", READERS),
    rule("GET", "/requests/views", READERS),
    rule("POST", "/requests/views", READERS),
    rule("POST", "/requests/views/name", READERS),
    rule("POST", "/requests/views/removal", READERS),
    rule("GET", "/search", READERS),
    rule("GET", "/templates", Access::SignedIn),
    rule("POST", "/templates", Access::SignedIn),
    rule("GET", "/templates/change", Access::SignedIn),
    rule("POST", "/templates/change", Access::SignedIn),
    rule("POST", "/templates/removal", Access::SignedIn),
    rule("POST", "/templates/copy", Access::SignedIn),
    rule("GET", "/hand-over", HOLDERS),
    rule("POST", "/hand-over", HOLDERS),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/requests", get(list::show))
        .route("/requests/export.csv", get(download::csv))
        .route("/requests/export.xlsx", get(download::xlsx))
        .route("/requests/by/{dimension}", get(by::show))
        .route("/requests/choices/{what}", get(choices::show))
        .route("/requests/views", get(views::show).post(views::save))
        .route("/requests/views/name", post(views::rename))
        .route("/requests/views/removal", post(views::remove))
        .route("/search", get(search::show))
        .route("/templates", get(templates::show).post(templates::add))
        .route("/templates/change", get(templates::form).post(templates::change))
        .route("/templates/removal", post(templates::remove))
        .route("/templates/copy", post(templates::copy))
        .route("/hand-over", get(hand_over::show).post(hand_over::hand_over))
}
