//! Only programs with a key, and each only so often.

use super::problem::Problem;
use crate::api::client::{self, Client};
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

/// A program that sends something in. Whoever sends more than may be sent from one address or by one key
/// ends with 429, before anything is read.
pub(super) struct Sending(pub(super) Client);

impl FromRequestParts<SharedSite> for Sending {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &SharedSite) -> Result<Self, Problem> {
        client::admit(site, parts)?;
        let Keyed(client) = Keyed::from_request_parts(parts, site).await?;
        client.admit(site)?;
        Ok(Sending(client))
    }
}
