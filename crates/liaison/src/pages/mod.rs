//! The pages of this slice, one area to a folder. Each area lists its routes with who may come.

mod heads;
mod households;
mod out;
mod pairings;
mod past;
mod pocket;
mod visits;
mod work;

use access::{RouteRule, SharedSite};
use axum::Router;
use std::sync::LazyLock;

/// Who may come to each of them.
pub static ROUTES: LazyLock<Vec<RouteRule>> = LazyLock::new(|| {
    [households::RULES, pairings::ROUTES, visits::RULES, pocket::RULES, work::RULES].concat()
});

/// The routes.
pub fn routes() -> Router<SharedSite> {
    households::routes()
        .merge(pairings::routes())
        .merge(visits::routes())
        .merge(pocket::routes())
        .merge(work::routes())
}
