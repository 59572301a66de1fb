//! The search box in the head of every page: straight to the case by its number, otherwise the ledger.

use crate::Ctx;
use crate::case::Case;
use access::{SharedSite, Staff};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, Result};
use rules::number::RequestNumber;
use web::PageResult;

/// `GET /search?q=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    let values = web::form::parse_form(query.unwrap_or_default().as_bytes());
    let ctx = Ctx::new(&site, visitor.scope.clone());
    // As the page it leads to.
    crate::export::open(&ctx, access::Verb::List, "")?;
    let to = match exact(&ctx, values.one("q")).await? {
        Some(number) => case_page(&number),
        None => crate::export::Asked::default().with("q", values.one("q")).href(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The page of a case.
pub(super) fn case_page(number: &str) -> String {
    format!("/requests/{number}")
}

/// The number, where `q` is one of a case that the reader may look at.
pub(super) async fn exact(ctx: &Ctx, q: &str) -> Result<Option<String>> {
    let Ok(number) = q.parse::<RequestNumber>() else { return Ok(None) };
    let number = number.to_string();
    let found = ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await;
    match found {
        Ok(case) => Ok(Some(case.row.number)),
        Err(Error::NotFound) => Ok(None),
        Err(e) => Err(e),
    }
}
