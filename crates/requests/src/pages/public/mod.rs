//! What residents see, without an account: asking, following their own case, the public ledger.
//!
//! ```text
//! /ask ──▶ POST /ask ──▶ 303 /r/{number} with a signed cookie ◀── POST /find: number and query code
//!                            │ add to it, take it back, judge it, have it opened again, the slip
//! /public ──▶ /public/{number} ──▶ "I have this too" ──▶ 303 /r/{number} with the joiner's own code
//! ```
//!
//! A query code opens a case once, at [`find`]; from then on a cookie that names case and person does
//! ([`pass`]). No code, name or telephone number ever stands in an address.

/// A text with values in it, in both languages.
macro_rules! say {
    ($look:expr, $zh:literal, $en:literal $(, $name:ident = $value:expr)*) => {
        match $look.locale {
            kernel::Locale::Zh => format!($zh $(, $name = $value)*),
            kernel::Locale::En => format!($en $(, $name = $value)*),
        }
    };
}

mod ask;
pub(crate) mod attach;
mod find;
mod join;
mod ledger;
pub(crate) mod lots;
mod matter;
mod mine;
mod numbers;
mod pass;
pub(crate) mod place;
pub(crate) mod questions;
mod spot;
mod throttle;
mod wishes;
mod words;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Who may come where.
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/ask", Access::Public),
    rule("POST", "/ask", Access::Public),
    rule("POST", "/ask/classes", Access::Public),
    rule("POST", "/ask/places/{level}", Access::Public),
    rule("POST", "/ask/similar", Access::Public),
    rule("POST", "/ask/map", Access::Public),
    rule("GET", "/find", Access::Public),
    rule("POST", "/find", Access::Public),
    rule("GET", "/r/{number}", Access::Code),
    rule("GET", "/r/{number}/slip", Access::Code),
    rule("GET", "/r/{number}/receipt", Access::Code),
    rule("GET", "/r/{number}/files/{id}", Access::Code),
    rule("GET", "/r/{number}/papers/{slip}", Access::Code),
    rule("POST", "/r/{number}/papers/{slip}/receipt", Access::Code),
    rule("GET", "/r/{number}/copy", Access::Code),
    rule("GET", "/r/{number}/erasure", Access::Code),
    rule("POST", "/r/{number}/erasure", Access::Code),
    rule("GET", "/r/{number}/withdrawal", Access::Code),
    rule("GET", "/r/{number}/departure", Access::Code),
    rule("POST", "/r/{number}/departure", Access::Code),
    rule("POST", "/r/{number}/supplement", Access::Code),
    rule("POST", "/r/{number}/withdrawal", Access::Code),
    rule("POST", "/r/{number}/judgement", Access::Code),
    rule("POST", "/r/{number}/reopening", Access::Code),
    rule("POST", "/r/{number}/leave", Access::Code),
    rule("GET", "/proof/lots", Access::Public),
    rule("GET", "/proof/lots/{from}", Access::Public),
    rule("GET", "/proof/lots/{from}/draw.txt", Access::Public),
    rule("GET", "/public", Access::Public),
    rule("GET", "/wishes", Access::Public),
    rule("POST", "/wishes/{number}/taking-up", Access::SignedIn),
    rule("GET", "/public/numbers", Access::Public),
    rule("GET", "/public/numbers/{head}", Access::Public),
    rule("GET", "/public/series/{series}", Access::Public),
    rule("GET", "/public/{number}", Access::Public),
    rule("GET", "/public/{number}/files/{id}", Access::Public),
    rule("GET", "/public/{number}/join", Access::Public),
    rule("POST", "/public/{number}/joining", Access::Public),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/ask", get(ask::open).post(ask::step))
        .route("/ask/classes", post(ask::live_classes))
        .route("/ask/places/{level}", post(ask::live_places))
        .route("/ask/similar", post(ask::live_similar))
        .route("/ask/map", post(ask::live_map))
        .route("/find", get(find::show).post(find::submit))
        .route("/r/{number}", get(mine::show))
        .route("/r/{number}/slip", get(mine::slip::show))
        .route("/r/{number}/receipt", get(mine::receipt::show))
        .route("/r/{number}/files/{id}", get(mine::file))
        .route("/r/{number}/papers/{slip}", get(mine::papers::show))
        .route("/r/{number}/papers/{slip}/receipt", post(mine::papers::receipt))
        .route("/r/{number}/copy", get(mine::copy::show))
        .route("/r/{number}/erasure", get(mine::erasure::show).post(mine::erasure::erase))
        .route("/r/{number}/supplement", post(mine::acts::supplement))
        .route("/r/{number}/withdrawal", get(mine::acts::ask_withdrawal).post(mine::acts::withdraw))
        .route("/r/{number}/departure", get(mine::departure::show).post(mine::departure::depart))
        .route("/r/{number}/judgement", post(mine::acts::judge))
        .route("/r/{number}/reopening", post(mine::acts::reopen))
        .route("/r/{number}/leave", post(mine::leave))
        .route("/proof/lots", get(lots::show))
        .route("/proof/lots/{from}", get(lots::one))
        .route("/proof/lots/{from}/draw.txt", get(lots::file))
        .route("/public", get(ledger::show))
        .route("/wishes", get(wishes::show))
        .route("/wishes/{number}/taking-up", post(wishes::take_up))
        .route("/public/numbers", get(numbers::show))
        .route("/public/numbers/{head}", get(numbers::day))
        .route("/public/series/{series}", get(numbers::series))
        .route("/public/{number}", get(matter::show))
        .route("/public/{number}/files/{id}", get(matter::file))
        .route("/public/{number}/join", get(join::show))
        .route("/public/{number}/joining", post(join::submit))
        .layer(DefaultBodyLimit::max(web::csrf::MAX_BODY))
}
