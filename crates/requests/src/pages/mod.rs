//! The pages of this slice, one area to a folder. Each area lists its routes with who may come.

pub(crate) mod attach;
pub(crate) mod eye;
mod intake;
mod ledger;
mod mediation;
mod papers;
#[macro_use]
pub(crate) mod public;
pub(crate) mod qr;
pub(crate) mod spot;
pub(crate) mod subject;
pub(crate) mod turn;
mod work;

use access::{RouteRule, SharedSite};
use axum::Router;
use std::sync::LazyLock;

pub use ledger::send_file;
pub use work::{AskDuties, Beside, Duties, UnitDuty, Waiting, waiting};

/// The routes of every area.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .merge(crate::api::routes())
        .merge(intake::routes())
        .merge(ledger::routes())
        .merge(mediation::routes())
        .merge(papers::routes())
        .merge(public::routes())
        .merge(work::routes())
}

/// Who may come where, area by area.
const AREAS: &[&[RouteRule]] = &[
    crate::api::ROUTES,
    intake::ROUTES,
    ledger::ROUTES,
    mediation::ROUTES,
    papers::ROUTES,
    public::ROUTES,
    work::ROUTES,
    work::ACTS,
];

/// Who may come where.
pub static ROUTES: LazyLock<Vec<RouteRule>> = LazyLock::new(|| AREAS.concat());
