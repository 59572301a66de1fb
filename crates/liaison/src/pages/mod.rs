//! The pages of this slice.

use access::{RouteRule, SharedSite};
use axum::Router;

/// Who may come to each of them.
pub static ROUTES: &[RouteRule] = &[];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new()
}
