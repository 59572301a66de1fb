//! Only programs with a key.

use super::problem::Problem;
use crate::api::client::Client;
use access::SharedSite;
use axum::extract::FromRequestParts;
use http::request::Parts;

/// The program whose key came with the request; without one the request ends with 401.
pub(super) struct Keyed(pub(super) Client);

impl FromRequestParts<SharedSite> for Keyed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &SharedSite) -> Result<Self, Problem> {
        Client::by_header(site, &parts.headers).await?.map(Keyed).ok_or_else(Problem::key)
    }
}
