//! The server: all routes under one frame, with limits around them, until it is told to stop.
//!
//! ```text
//! connection ─▶ observe (id, time, count) ─▶ compress ─▶ strict headers ─▶ size, time
//!            ─▶ access::frame (look, visitor, form token, errors) ─▶ waiting (numbers beside
//!               the navigation of staff) ─▶ route
//! ```

mod burden;
mod fallback;
mod health;
pub(crate) mod here;
mod metrics;
mod observe;
mod overview;
mod robots;
mod run;
mod start;
mod start_demo;
mod waiting;

pub use metrics::Metrics;
pub(crate) use run::told_to_stop;
pub use run::{Running, run};

use crate::capability::{self, public};
use access::{Access, RouteRule, SharedSite, rule};
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use kernel::Role;
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;

/// Who may come to the routes of the shell itself.
pub static ROUTES: &[RouteRule] = &[
    public("GET", "/"),
    rule("GET", "/my", Access::SignedIn),
    public("POST", "/look"),
    public("GET", "/assets/{hash}/{file}"),
    public("GET", "/favicon.ico"),
    public("GET", "/manifest.webmanifest"),
    public("GET", "/robots.txt"),
    public("GET", "/healthz"),
    public("GET", "/metrics"),
    rule("GET", "/admin/health", Access::Role(&[Role::Admin, Role::Auditor])),
];

/// The routes of the shell itself.
pub fn routes() -> Router<SharedSite> {
    web::router()
        .route("/", get(start::show))
        .route("/my", get(start::my))
        .route("/robots.txt", get(robots::show))
        .route("/healthz", get(health::show))
        .route("/metrics", get(metrics::show))
        .route("/admin/health", get(overview::show))
}

/// What one visitor may take of the machine.
#[derive(Clone, Debug)]
pub struct Guards {
    /// The largest body, in bytes.
    pub body: usize,
    /// The longest an answer may take.
    pub time: Duration,
    /// What `/metrics` asks for; empty: only this machine may read it.
    pub metrics_token: String,
}

impl Default for Guards {
    fn default() -> Self {
        Guards { body: 32 << 20, time: Duration::from_secs(60), metrics_token: String::new() }
    }
}

impl Guards {
    /// As the site's settings say.
    pub fn of(config: &crate::config::Config) -> Self {
        Guards {
            body: config.limits.body_mib.max(1) << 20,
            time: Duration::from_secs(config.limits.seconds.max(1)),
            metrics_token: config.metrics_token.clone(),
        }
    }
}

/// The whole site as one service. `metrics` is counted into and printed by `/metrics`.
pub fn app(site: SharedSite, guards: &Guards, metrics: Arc<Metrics>) -> Router {
    site.kept.get::<requests::pages::Beside>().ask(liaison::standing::waits);
    site.kept.get::<requests::led::Led>().by(liaison::visits::FROM_CARD);
    let routes = capability::routes()
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::not_allowed)
        .layer(middleware::from_fn_with_state(guards.time, fallback::in_time))
        .layer(middleware::from_fn_with_state(site.clone(), waiting::tell))
        .layer(middleware::from_fn_with_state(site.clone(), burden::count));
    // Pictures and archives are squeezed already.
    let squeeze = DefaultPredicate::new()
        .and(NotForContentType::new("application/vnd.openxmlformats"))
        .and(NotForContentType::new("application/zip"));
    access::frame(routes, site)
        .layer(DefaultBodyLimit::max(guards.body))
        // The frame answers a body that is too large with a page; this stops what goes on all the same.
        .layer(RequestBodyLimitLayer::new(guards.body + (1 << 20)))
        .layer(middleware::from_fn(web::assets::security_headers))
        .layer(CompressionLayer::new().compress_when(squeeze))
        .layer(Extension(metrics::Watchword(guards.metrics_token.clone())))
        .layer(Extension(metrics.clone()))
        .layer(middleware::from_fn_with_state(metrics, observe::observe))
}
