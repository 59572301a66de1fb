//! `GET /healthz`: whether the site can serve, for load balancers and supervisors.

use crate::store;
use access::SharedSite;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;

/// 200 where the database answers, 503 where it does not.
pub(super) async fn show(State(site): State<SharedSite>) -> Response {
    let alive = site.db.read(|tx| tx.exists(&store::ALIVE, &[])).await;
    let (status, database) = match alive {
        Ok(true) => (StatusCode::OK, "ok"),
        Ok(false) | Err(kernel::Error::Busy) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "down")
        }
    };
    let body = json!({
        "status": if status == StatusCode::OK { "ok" } else { "unavailable" },
        "database": database,
        "engine": site.db.engine().to_string(),
        "pack": site.pack.id,
        "pack_version": site.pack.version,
        "version": env!("CARGO_PKG_VERSION"),
    });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
