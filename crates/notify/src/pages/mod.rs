//! The pages of the outbox, and who may come to each.

mod list;
mod message;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};
use kernel::Role;

const LISTS: Access =
    Access::Role(&[Role::Clerk, Role::Operator, Role::Lead, Role::Supervisor, Role::Auditor, Role::Admin]);
/// The administrator sees that messages go out, never what they say.
const READS: Access =
    Access::Role(&[Role::Clerk, Role::Operator, Role::Lead, Role::Supervisor, Role::Auditor]);
const ACTS: Access = Access::Role(&[Role::Clerk, Role::Operator, Role::Supervisor]);

/// Who may come where.
pub static ROUTES: &[RouteRule] = &[
    rule("GET", "/outbox", LISTS),
    rule("GET", "/outbox/{id}", READS),
    rule("POST", "/outbox/{id}/replacement", ACTS),
    rule("POST", "/outbox/{id}/resending", ACTS),
];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/outbox", get(list::show))
        .route("/outbox/{id}", get(message::show))
        .route("/outbox/{id}/replacement", post(message::replace))
        .route("/outbox/{id}/resending", post(message::resend))
}

/// What a purpose is called: its template in the pack in force; or its key where the pack no longer has it,
/// or it begins with a name.
fn purpose_name(site: &SharedSite, locale: kernel::Locale, purpose: &str) -> String {
    let name = site.pack.template(purpose).map_or("", |t| t.name(locale));
    if name.is_empty() { purpose.to_owned() } else { name.to_owned() }
}

/// The colour of a state; cinnabar only for what somebody has to act on.
fn tone(state: crate::State) -> web::components::Tone {
    use crate::State as S;
    use web::components::Tone;
    match state {
        S::Delivered | S::Replaced => Tone::Ok,
        S::PermanentFailure => Tone::Late,
        S::TemporaryFailure | S::TechnicalFailure => Tone::Soon,
        S::Created | S::Sending | S::Sent | S::CalledOff => Tone::Plain,
    }
}
