//! The pages of this slice.

mod households;

use access::{RouteRule, SharedSite};
use axum::Router;

/// Who may come to each of them.
pub static ROUTES: &[RouteRule] = households::RULES;

/// The routes.
pub fn routes() -> Router<SharedSite> {
    households::routes()
}
