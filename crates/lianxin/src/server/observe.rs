//! Every request gets an id, is timed and counted. What is logged is the verb, the route as the
//! router knows it, status and time: never an address, a query or a person.

use super::metrics::Metrics;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use kernel::{Chance, SystemChance};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer slower than this is worth a line in the log.
const SLOW_MS: u128 = 1000;

/// The middleware.
pub(super) async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let mut bytes = [0u8; 8];
    SystemChance.fill(&mut bytes);
    let id = hex::encode(bytes);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let route = route.unwrap_or_else(|| "-".to_owned());
    let span = tracing::info_span!("request", %id);
    let under_way = metrics.begin();
    let began = Instant::now();
    let mut response = db::in_turn(next.run(request)).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status();
    under_way.end(status.as_u16(), took);
    let _in_span = span.enter();
    let ms = took.as_millis();
    if status.is_server_error() || ms > SLOW_MS {
        tracing::warn!(%method, route, status = status.as_u16(), ms, "answered");
    } else {
        tracing::debug!(%method, route, status = status.as_u16(), ms, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
