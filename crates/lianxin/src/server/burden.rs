//! Counts what forms ask of people: notes what came in with each, once it was taken.

use access::{SharedSite, Visitor};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use insight::burden::Meter;
use web::form::Came;

/// Whoever holds no post.
const RESIDENT: &str = "resident";

/// The middleware. A form that was refused is counted when it is sent again and taken.
pub(super) async fn count(State(site): State<SharedSite>, mut request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Some(route) = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()) else {
        return next.run(request).await;
    };
    let visitor = request.extensions().get::<Visitor>();
    let role = visitor.and_then(|v| v.scope.grants.first()).map_or(RESIDENT, |grant| grant.role.key());
    let came = Came::default();
    request.extensions_mut().insert(came.clone());
    let response = next.run(request).await;
    let taken = response.status().is_success() || response.status().is_redirection();
    if taken && site.kept.get::<Meter>().note(&site, role, &route, &came.take()) {
        tokio::spawn(async move {
            if let Err(error) = site.kept.get::<Meter>().write(&site).await {
                tracing::warn!(%error, "what forms cost could not be written; it is tried again");
            }
        });
    }
    response
}
