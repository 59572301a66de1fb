//! Desks at which staff take needs in for others.
//!
//! ```text
//! /intake   window:  what, class, place, person ─┐   ┌─ settled on the spot ─┐
//! /hotline  call:    number first, keys only ────┼─▶─┼─ sent to a unit ──────┼─▶ receipt, next one
//!           beside it: the caller's cases,       │   ├─ left to triage ──────┤
//!           open matters like this one ──────────┘   └─ joined to another ───┘
//! /meeting  a sheet of needs ─▶ all or none ─▶ the list with numbers
//! ```
//!
//! Parts that follow what is typed are posted, so that nothing of it stands in an address; without a
//! script the page is shown once more with them before anything is written.

/// A text with values in it, in both languages.
macro_rules! both {
    ($locale:expr, $zh:literal, $en:literal) => {
        match $locale {
            kernel::Locale::Zh => format!($zh),
            kernel::Locale::En => format!($en),
        }
    };
}

mod caller;
mod class;
mod desk;
mod fields;
mod hotline;
mod join;
mod meeting;
mod near;
mod plan;
mod read;
mod receipt;
mod standing;
mod ticket;
mod window;

pub(in crate::pages) use read::named_unit;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use kernel::Role;

/// Who sits at a desk, the one by whose post they take in first.
const DESKS: &[Role] =
    &[Role::Clerk, Role::Operator, Role::Triage, Role::Officer, Role::Lead, Role::Supervisor];
/// Who answers the hotline.
const HOTLINE: &[Role] = &[Role::Operator];

/// Who may come where.
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/intake", Access::Role(DESKS)),
    rule("POST", "/intake", Access::Role(DESKS)),
    rule("POST", "/intake/suggestions", Access::Role(DESKS)),
    rule("POST", "/intake/class", Access::Role(DESKS)),
    rule("POST", "/intake/plan", Access::Role(DESKS)),
    rule("POST", "/intake/near", Access::Role(DESKS)),
    rule("POST", "/intake/caller", Access::Role(DESKS)),
    rule("POST", "/intake/joinings", Access::Role(DESKS)),
    rule("POST", "/intake/supplements", Access::Role(DESKS)),
    rule("GET", "/intake/receipts/{number}", Access::Role(DESKS)),
    rule("GET", "/hotline", Access::Role(HOTLINE)),
    rule("POST", "/hotline", Access::Role(HOTLINE)),
    rule("POST", "/hotline/case", Access::Role(HOTLINE)),
    rule("POST", "/hotline/lookups", Access::Role(HOTLINE)),
    rule("GET", "/meeting", Access::Role(DESKS)),
    rule("POST", "/meeting", Access::Role(DESKS)),
    rule("GET", "/meeting/{id}", Access::Role(DESKS)),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/intake", get(window::show).post(window::submit))
        .route("/intake/suggestions", post(class::suggestions))
        .route("/intake/class", post(class::about))
        .route("/intake/plan", post(plan::show))
        .route("/intake/near", post(near::show))
        .route("/intake/caller", post(caller::show))
        .route("/intake/joinings", post(join::submit))
        .route("/intake/supplements", post(standing::supplement))
        .route("/intake/receipts/{number}", get(receipt::show))
        .route("/hotline", get(hotline::show).post(hotline::submit))
        .route("/hotline/case", post(standing::show))
        .route("/hotline/lookups", post(hotline::looked_up))
        .route("/meeting", get(meeting::form::show).post(meeting::form::submit))
        .route("/meeting/{id}", get(meeting::sheet::show))
        .layer(DefaultBodyLimit::max(web::csrf::MAX_BODY))
}
