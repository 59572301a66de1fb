//! The desk: my work, the case page with everything that may be done there, and the queues.

use access::{RouteRule, SharedSite};
use axum::Router;

/// Who may come where.
pub(crate) const ROUTES: &[RouteRule] = &[];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
}
