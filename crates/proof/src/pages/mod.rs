//! What everybody may read: the signed heads, whether a record stands in the tree, and the page that checks a
//! receipt in the browser.

mod check;
mod heads;
mod leaf;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::get;
use journal::Hash;
use journal::tree::Head;
use web::Look;

/// Who may come to each.
pub const ROUTES: &[RouteRule] = &[
    rule("GET", "/proof", Access::Public),
    rule("GET", "/proof/heads.txt", Access::Public),
    rule("GET", "/proof/heads/{head}", Access::Public),
    rule("GET", "/proof/leaf", Access::Public),
    rule("GET", "/proof/check", Access::Public),
    rule("GET", "/proof/check.js", Access::Public),
    rule("GET", "/proof/check.html", Access::Public),
];

/// The routes of this slice.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/proof", get(heads::show))
        .route("/proof/heads.txt", get(heads::all))
        .route("/proof/heads/{head}", get(heads::one))
        .route("/proof/leaf", get(leaf::show))
        .route("/proof/check", get(check::show))
        .route("/proof/check.js", get(check::script))
        .route("/proof/check.html", get(check::file))
}

/// A hash as people compare it: in groups of four signs.
pub fn grouped(hash: &[u8]) -> String {
    let signs = hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let groups: Vec<&str> =
        (0..signs.len()).step_by(4).map(|at| &signs[at..(at + 4).min(signs.len())]).collect();
    groups.join(" ")
}

/// The root that a head names; zeros where its note cannot be read, which verifying tells.
fn root_of(head: &Head) -> Hash {
    head.checkpoint().map_or([0; 32], |c| c.root)
}

/// A number of records.
fn records(look: &Look, n: u64) -> String {
    let n = web::format::number(n.min(i64::MAX as u64) as i64);
    match look.locale {
        kernel::Locale::Zh => format!("{n} 条"),
        kernel::Locale::En => format!("{n} records"),
    }
}
