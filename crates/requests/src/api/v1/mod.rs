//! The JSON API: classes, requests, deadlines, rules, the calendar, the sealed journal.
//!
//! A program shows its key in the header `X-Api-Key` at every address, but for those of the journal, which
//! are for everybody. Faults come as
//! `application/problem+json` in both languages. The types here are what the description shows: a field
//! that is not in a type cannot be in an answer.

mod calendar;
mod classes;
mod deadline;
mod journal;
mod keyed;
mod new;
mod problem;
mod query;
mod requests;
mod rules;

pub(super) use calendar::CalendarDays;
pub(super) use classes::{ClassDetail, ClassList};
pub(super) use deadline::Deadline;
pub(super) use journal::{
    HEADS, HEADS_MAX, HeadsConsistency, Inclusion, LEAVES, LEAVES_MAX, Leaves, SealHeads,
};
pub(super) use new::{NewCase, Registered};
pub(super) use problem::ProblemBody;
pub(super) use requests::{Case, CaseList, LIMIT, LIMIT_MAX};
pub(super) use rules::Rules;

use access::SharedSite;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use problem::Problem;

/// What a handler returns.
type Answer<T> = Result<Json<T>, Problem>;

/// The routes.
pub(super) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/api/v1/classes", get(classes::list))
        .route("/api/v1/classes/{code}", get(classes::show))
        .route("/api/v1/requests", get(requests::list).post(new::create))
        .route("/api/v1/requests/{number}", get(requests::show))
        .route("/api/v1/requests/{number}/deadline", get(deadline::show))
        .route("/api/v1/rules", get(rules::show))
        .route("/api/v1/calendar", get(calendar::show))
        .route("/api/v1/journal/heads", get(journal::heads))
        .route("/api/v1/journal/inclusion", get(journal::inclusion))
        .route("/api/v1/journal/consistency", get(journal::consistency))
        .route("/api/v1/journal/leaves", get(journal::leaves))
        .method_not_allowed_fallback(not_allowed)
}

/// The address is right and the method is not.
async fn not_allowed() -> Response {
    Problem::not_allowed().into_response()
}
