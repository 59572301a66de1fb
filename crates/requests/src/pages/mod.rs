//! The pages of this slice, one area to a folder. Each area lists its routes with who may come.

mod eye;
mod work;

use access::{RouteRule, SharedSite};
use axum::Router;

/// The routes of every area.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .merge(work::routes())
}

/// Who may come where, area by area.
pub static ROUTES: &[&[RouteRule]] = &[
    work::ROUTES,
];
