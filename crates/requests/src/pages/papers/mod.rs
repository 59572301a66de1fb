//! Papers of an affair and its steps: who holds what, taking in, handing on, giving back, and the slips.
//!
//! ```text
//!  /papers ─ in my hands, waiting for me          /r/{number} ─ the person reads the same, and confirms
//!     └─> /requests/{number}/papers ─ take in, hand over, confirm, steps ─> …/papers/{slip}, for printing
//! ```

mod desk;
mod mine;
pub(in crate::pages) mod part;
mod send;
pub(in crate::pages) mod slip;

use crate::model::Entry;
use crate::pages::eye::Eye;
use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};
use kernel::Locale;
use rules::papers::{Hand, PaperForm};
use serde_json::Value;

/// Who may come where. What each may do is asked of the case.
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/papers", Access::SignedIn),
    rule("GET", "/requests/{number}/papers", Access::SignedIn),
    rule("POST", "/requests/{number}/papers", Access::SignedIn),
    rule("POST", "/requests/{number}/papers/hand-over", Access::SignedIn),
    rule("GET", "/requests/{number}/papers/{slip}", Access::SignedIn),
    rule("POST", "/requests/{number}/papers/{slip}/receipt", Access::SignedIn),
    rule("POST", "/requests/{number}/papers/{slip}/recall", Access::SignedIn),
    rule("POST", "/requests/{number}/steps", Access::SignedIn),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/papers", get(mine::show))
        .route("/requests/{number}/papers", get(desk::show).post(send::take_in))
        .route("/requests/{number}/papers/hand-over", post(send::hand_over))
        .route("/requests/{number}/papers/{slip}", get(slip::show))
        .route("/requests/{number}/papers/{slip}/receipt", post(send::receipt))
        .route("/requests/{number}/papers/{slip}/recall", post(send::recall))
        .route("/requests/{number}/steps", post(send::step))
}

/// A paper with its form: `身份证（原件）`.
pub(in crate::pages) fn called(eye: &Eye, key: &str, form: PaperForm) -> String {
    let name = eye.ctx.site.pack.paper(key).map_or(key, |p| p.name.to(eye.locale()));
    match eye.locale() {
        Locale::Zh => format!("{name}（{}）", form.name().zh),
        Locale::En => format!("{name} ({})", form.name().en.to_lowercase()),
    }
}

/// In whose hands something is; `own` is what the person is called to whoever reads.
pub(in crate::pages) fn in_hands(eye: &Eye, hand: Hand, own: &str) -> String {
    match hand {
        Hand::Person => own.to_owned(),
        Hand::Staff(account, unit) => {
            let (name, unit) = (eye.officer(Some(account)), eye.unit(unit));
            match eye.locale() {
                _ if name == "—" => unit.to_owned(),
                Locale::Zh => format!("{name}（{unit}）"),
                Locale::En => format!("{name} ({unit})"),
            }
        }
    }
}

/// What an entry about papers or steps is about: the papers, and to whom they go; the step.
pub(in crate::pages) fn about(eye: &Eye, e: &Entry) -> String {
    let locale = eye.locale();
    let text = |key: &str| e.data.get(key).and_then(Value::as_str).unwrap_or("");
    if e.verb == "affair-step" {
        let step = text("step");
        let affair = eye.ctx.site.pack.affairs.iter().find(|a| a.id == text("affair"));
        let known = affair.and_then(|a| a.step(step));
        return known.map_or(step, |s| s.what.to(locale)).to_owned();
    }
    let papers = e.data.get("papers").and_then(Value::as_array).cloned().unwrap_or_default();
    let named: Vec<String> = papers
        .iter()
        .filter_map(|p| p.as_str()?.split_once(':'))
        .filter_map(|(key, form)| Some(called(eye, key, PaperForm::from_key(form)?)))
        .collect();
    let to = text("unit").parse().map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let papers = named.join(locale.t("、", ", "));
    match to.is_empty() {
        true => papers,
        false => format!("{papers} → {to}"),
    }
}
