//! The pages of this slice: one file each.

mod burden;
mod dashboard;
mod map;
mod overview;
mod reader;
mod report_files;
mod reports;
mod rules;
mod signs;

use access::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::get;
use kernel::Role;

/// The routes of this slice.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/dashboard", get(dashboard::show))
        .route("/dashboard/map", get(map::show))
        .route("/dashboard/signs", get(signs::show))
        .route("/burden", get(burden::show))
        .route("/burden.csv", get(burden::csv))
        .route("/reports", get(reports::list).post(reports::issue))
        .route("/reports/{id}", get(reports::one))
        .route("/reports/{id}/check", get(reports::check))
        .route("/reports/{id}/report.csv", get(report_files::csv))
        .route("/reports/{id}/report.xlsx", get(report_files::xlsx))
        .route("/rules", get(rules::show))
        .route("/rules/classes/{code}", get(rules::branch))
        .route("/rules/courses/{id}", get(rules::one_course))
}

/// Those who may take figures out.
const REPORTS: Access = Access::Role(reports::READERS);

/// Those who answer for what is asked of others. By role and week: nobody's own work is seen here.
const BURDENED: &[Role] = &[Role::Lead, Role::Supervisor, Role::Auditor, Role::Admin];
const BURDEN: Access = Access::Role(BURDENED);

/// Who may come to each.
pub const ROUTES: &[RouteRule] = &[
    rule("GET", "/dashboard", Access::SignedIn),
    rule("GET", "/dashboard/map", Access::SignedIn),
    rule("GET", "/dashboard/signs", Access::Role(&[Role::Supervisor, Role::Auditor])),
    rule("GET", "/burden", BURDEN),
    rule("GET", "/burden.csv", BURDEN),
    rule("GET", "/reports", REPORTS),
    rule("POST", "/reports", REPORTS),
    rule("GET", "/reports/{id}", REPORTS),
    rule("GET", "/reports/{id}/check", REPORTS),
    rule("GET", "/reports/{id}/report.csv", REPORTS),
    rule("GET", "/reports/{id}/report.xlsx", REPORTS),
    rule("GET", "/rules", Access::Public),
    rule("GET", "/rules/classes/{code}", Access::Public),
    rule("GET", "/rules/courses/{id}", Access::Public),
];
