//! The desk: my work, the case page with everything that may be done there, and the queues.

mod act;
mod beside;
mod classes;
mod desk;
mod drawn;
mod form;
mod lots;
mod next;
mod people;
pub(in crate::pages) mod propose;
mod queue;
mod sheet;
mod shielded;
mod waiting;

pub(crate) use act::RULES as ACTS;
pub use beside::{AskDuties, Beside, Duties, UnitDuty};
pub(in crate::pages) use form::unit_of;
pub use waiting::{Waiting, waiting};

use access::{Access, RouteRule, SharedSite, Staff, rule};
use act::Act;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::{get, post};
pub(super) use desk::receiving_units;
use kernel::Role;
use web::MultipartBody;

const TRIAGE: Access = Access::Role(&[Role::Triage, Role::Operator, Role::Auditor]);
/// The line of a case in that queue can be sent from other pages, too.
const DISPATCH: Access = Access::Role(&[Role::Triage, Role::Operator, Role::Clerk, Role::Supervisor]);
const SUPERVISE: Access = Access::Role(&[Role::Supervisor, Role::Auditor]);
const CALL: Access = Access::Role(&[Role::Clerk, Role::Operator, Role::Supervisor, Role::Auditor]);
const SIGN: Access = Access::Role(&[Role::Lead, Role::Supervisor, Role::Auditor]);
const MODERATE: Access = Access::Role(&[Role::Moderator, Role::Auditor]);
const TELL: Access = Access::Role(&[Role::Clerk, Role::Operator, Role::Supervisor, Role::Auditor]);

/// Whoever may decide on a case or answer for it: which ones they see is asked of each.
pub(super) const SHIELDERS: &[Role] =
    &[Role::Lead, Role::Officer, Role::Triage, Role::Operator, Role::Supervisor, Role::Auditor];
const SHIELDED: Access = Access::Role(SHIELDERS);

/// Who may come where; each act has its own rule in [`ACTS`].
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/work", Access::SignedIn),
    rule("GET", "/classes/search", Access::Public),
    rule("GET", "/requests/{number}", Access::SignedIn),
    rule("GET", "/requests/{number}/why/{clock}", Access::SignedIn),
    rule("GET", "/requests/{number}/record", Access::SignedIn),
    rule("GET", "/requests/{number}/files/{id}", Access::SignedIn),
    rule("GET", "/requests/{number}/identity", Access::SignedIn),
    rule("POST", "/requests/{number}/identity", Access::SignedIn),
    rule("GET", "/requests/{number}/hold", Access::SignedIn),
    rule("POST", "/requests/{number}/hold", Access::SignedIn),
    rule("GET", "/lots", SUPERVISE),
    rule("GET", "/lots/drawn", Access::Role(drawn::READERS)),
    rule("GET", "/requests/{number}/shield", Access::SignedIn),
    rule("POST", "/requests/{number}/shield", Access::SignedIn),
    rule("GET", "/shielded", SHIELDED),
    rule("GET", "/queues/triage", TRIAGE),
    rule("POST", "/queues/triage/{number}", DISPATCH),
    rule("GET", "/queues/arbitration", SUPERVISE),
    rule("GET", "/queues/callback", CALL),
    rule("GET", "/queues/callback/{number}", CALL),
    rule("GET", "/queues/review", SUPERVISE),
    rule("GET", "/queues/signoff", SIGN),
    rule("GET", "/queues/supervision", SUPERVISE),
    rule("GET", "/queues/moderation", MODERATE),
    rule("GET", "/queues/notices", TELL),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    let pages = Router::new()
        .route("/work", get(desk::show))
        .route("/classes/search", get(classes::search))
        .route("/requests/{number}", get(sheet::show))
        .route("/requests/{number}/why/{clock}", get(sheet::why))
        .route("/requests/{number}/record", get(sheet::record))
        .route("/requests/{number}/files/{id}", get(sheet::file))
        .route("/requests/{number}/identity", get(sheet::identity_form).post(sheet::identity))
        .route("/requests/{number}/hold", get(sheet::hold::form).post(sheet::hold::send))
        .route("/lots", get(lots::show))
        .route("/lots/drawn", get(drawn::show))
        .route("/requests/{number}/shield", get(sheet::shield::form).post(sheet::shield::send))
        .route("/shielded", get(shielded::show))
        .route("/queues/triage/{number}", post(queue::dispatch))
        .route("/queues/callback/{number}", get(queue::call))
        .merge(queue::routes());
    Act::ALL.iter().fold(pages, |router, act| router.merge(act_routes(*act)))
}

/// The form of an act and what it is sent to.
fn act_routes(act: Act) -> Router<SharedSite> {
    let show =
        move |site: State<SharedSite>, staff: Staff, number: Path<String>, asked: Query<form::Asked>| {
            form::show(site, staff, number, asked, act)
        };
    let submit = move |site: State<SharedSite>, staff: Staff, number: Path<String>, body: MultipartBody| {
        form::submit(site, staff, number, body, act)
    };
    Router::new().route(act.path(), get(show).post(submit)).layer(DefaultBodyLimit::max(web::csrf::MAX_BODY))
}
