//! The pages of visits: my households, the form of half a minute, rounds, what became of it, the books, the card.

mod after;
mod api;
pub(in crate::pages) mod books;
mod card;
mod correct;
pub(in crate::pages) mod export;
mod form;
pub(in crate::pages) mod mine;
mod photo;
mod read;
mod round;
pub(crate) mod section;
mod take;

use crate::visits::uploads::PIECE_MOST;
use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

/// Who may come where. Whose households these are is asked of the pairings.
pub(crate) static RULES: &[RouteRule] = &[
    rule("GET", "/visits", Access::SignedIn),
    rule("POST", "/visits/near", Access::SignedIn),
    rule("GET", "/visits/new", Access::SignedIn),
    rule("POST", "/visits/new", Access::SignedIn),
    rule("GET", "/visits/round", Access::SignedIn),
    rule("POST", "/visits/round", Access::SignedIn),
    rule("GET", "/visits/after", Access::SignedIn),
    rule("POST", "/visits/after", Access::SignedIn),
    rule("GET", "/visits/diary", Access::SignedIn),
    rule("GET", "/visits/needs", Access::SignedIn),
    rule("GET", "/visits/promises", Access::SignedIn),
    rule("GET", "/visits/classes", Access::SignedIn),
    rule("GET", "/visits/households/{code}", Access::SignedIn),
    rule("GET", "/visits/{id}/correction", Access::SignedIn),
    rule("POST", "/visits/{id}/correction", Access::SignedIn),
    rule("GET", "/visits/photos/{id}", Access::SignedIn),
    rule("POST", "/visits/photos/{id}/removal", Access::SignedIn),
    rule("GET", "/api/liaison/mine", Access::SignedIn),
    rule("POST", "/api/liaison/visits", Access::SignedIn),
    rule("GET", "/api/liaison/photos/{id}", Access::SignedIn),
    rule("POST", "/api/liaison/photos/{id}", Access::SignedIn),
    rule("GET", "/card/{card}", Access::Public),
    rule("POST", "/card/{card}/rating", Access::Public),
    rule("POST", "/card/{card}/word", Access::Public),
];

/// The most bytes of one upload: some hundred visits.
const UPLOAD: usize = 4 << 20;
/// The most bytes of a form with pictures: what the look at its token lets through.
const FORM: usize = web::csrf::MAX_BODY;

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/visits", get(mine::show))
        .route("/visits/near", post(mine::near))
        .route("/visits/new", get(take::show).post(take::send).layer(DefaultBodyLimit::max(FORM)))
        .route("/visits/round", get(round::show).post(round::send))
        .route("/visits/after", get(after::show).post(after::told))
        .route("/visits/diary", get(books::diary))
        .route("/visits/needs", get(books::needs))
        .route("/visits/promises", get(books::promises))
        .route("/visits/classes", get(books::classes))
        .route("/visits/households/{code}", get(section::show))
        .route(
            "/visits/{id}/correction",
            get(correct::show).post(correct::send).layer(DefaultBodyLimit::max(FORM)),
        )
        .route("/visits/photos/{id}", get(photo::show))
        .route("/visits/photos/{id}/removal", post(photo::take_out))
        .route("/api/liaison/mine", get(api::mine))
        .route("/api/liaison/visits", post(api::visits).layer(DefaultBodyLimit::max(UPLOAD)))
        .route(
            "/api/liaison/photos/{id}",
            get(api::photo_there).post(api::photo).layer(DefaultBodyLimit::max(PIECE_MOST)),
        )
        .route("/card/{card}", get(card::show))
        .route("/card/{card}/rating", post(card::rate))
        .route("/card/{card}/word", post(card::word))
}
