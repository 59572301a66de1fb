//! The pass 凭据: a signed cookie that says "this browser showed the query code of this case".
//!
//! It names the case and the person (who asked and each who joined have codes of their own), lasts half
//! a day, and is worth nothing without the site's secret. Several cases share one cookie.

use super::find;
use crate::ctx::{Ctx, Holder};
use crate::store::request;
use access::{SharedSite, Site, Visitor};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{HOUR, MINUTE, PersonId, RequestId, Result, Scope, Timestamp, Uuid};
use rules::number::RequestNumber;
use std::collections::HashMap;
use web::{Look, WebError};

/// The cookie.
pub(super) const COOKIE: &str = "lx_r";

/// How long a pass lasts.
const LIFETIME: i64 = 12 * HOUR;

/// How long the page goes on showing the receipt, code and all, after the case was registered.
const RECEIPT: i64 = 20 * MINUTE;

/// The most cases one browser keeps open.
const MOST: usize = 8;

/// What a pass says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    pub(super) request: RequestId,
    pub(super) person: Option<PersonId>,
    /// Given with the registration itself, not for a code.
    pub(super) fresh: bool,
    made: Timestamp,
}

impl Pass {
    /// Whether the receipt is still to be shown.
    pub(super) fn receipt(&self, now: Timestamp) -> bool {
        self.fresh && now.0 - self.made.0 < RECEIPT
    }

    fn body(&self) -> Vec<u8> {
        let person = self.person.map_or(Uuid::nil(), |p| p.0);
        let mut out = self.request.bytes();
        out.extend(person.as_bytes());
        out.extend(self.made.0.to_be_bytes());
        out.push(u8::from(self.fresh));
        out
    }

    fn write(&self, site: &Site) -> String {
        let mut out = self.body();
        let mac = site.secret.mac("case-pass", &out);
        out.extend(&mac[..16]);
        hex::encode(out)
    }

    fn read(site: &Site, text: &str) -> Option<Pass> {
        let bytes = hex::decode(text).ok().filter(|b| b.len() == 57)?;
        let (body, mac) = bytes.split_at(41);
        let right = site.secret.mac("case-pass", body);
        // All of it is looked at, so that the time taken tells nothing.
        if right.iter().zip(mac).fold(0, |d, (a, b)| d | (a ^ b)) != 0 {
            return None;
        }
        let person = PersonId::from_bytes(&body[16..32])?;
        let pass = Pass {
            request: RequestId::from_bytes(&body[..16])?,
            person: (person.0 != Uuid::nil()).then_some(person),
            fresh: body[40] == 1,
            made: Timestamp(i64::from_be_bytes(body[32..40].try_into().ok()?)),
        };
        (0..LIFETIME).contains(&(site.now().0 - pass.made.0)).then_some(pass)
    }
}

fn all(site: &Site, headers: &HeaderMap) -> Vec<Pass> {
    let value = web::look::cookie(headers, COOKIE).unwrap_or_default();
    value.split('.').take(2 * MOST).filter_map(|t| Pass::read(site, t)).collect()
}

fn set(site: &Site, mut response: Response, passes: &[Pass]) -> Response {
    let secure = if site.settings.https { "; Secure" } else { "" };
    let value: Vec<String> = passes.iter().take(MOST).map(|p| p.write(site)).collect();
    let age = if passes.is_empty() { 0 } else { LIFETIME / 1000 };
    let cookie =
        format!("{COOKIE}={}; Path=/r; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", value.join("."));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Hands out a pass with the answer.
pub(super) fn grant(
    site: &Site,
    headers: &HeaderMap,
    response: Response,
    holder: &Holder,
    fresh: bool,
) -> Response {
    let pass = Pass { request: holder.request, person: holder.person, fresh, made: site.now() };
    let mut passes = all(site, headers);
    passes.retain(|p| p.request != pass.request);
    passes.insert(0, pass);
    set(site, response, &passes)
}

/// Takes the pass for a case back: this browser is somebody else's, too.
pub(super) fn give_back(
    site: &Site,
    headers: &HeaderMap,
    response: Response,
    request: RequestId,
) -> Response {
    let mut passes = all(site, headers);
    passes.retain(|p| p.request != request);
    set(site, response, &passes)
}

/// A case opened by a pass.
pub(super) struct Held {
    pub(super) ctx: Ctx,
    pub(super) pass: Pass,
    /// As it is written.
    pub(super) number: String,
}

/// The case with this number, where the browser has a pass for it. Nothing otherwise: whether there is
/// such a case is not told. Whoever comes by a pass comes as the person, signed in or not.
pub(super) async fn open(site: &SharedSite, headers: &HeaderMap, number: &str) -> Result<Option<Held>> {
    let passes = all(site, headers);
    let Ok(number) = number.parse::<RequestNumber>() else { return Ok(None) };
    if passes.is_empty() {
        return Ok(None);
    }
    let number = number.to_string();
    let wanted = number.clone();
    let row = site.db.read(move |tx| request::by_number(tx, &wanted)).await?;
    let Some(pass) = row.and_then(|row| passes.into_iter().find(|p| p.request == row.id)) else {
        return Ok(None);
    };
    let ctx = Ctx::new(site, Scope::public(site.today()))
        .held_by(Holder { request: pass.request, person: pass.person });
    Ok(Some(Held { ctx, pass, number }))
}

/// Whoever comes to a page below `/r/{number}` with a pass for that case. Whoever has none is asked for
/// number and code, whether there is such a case or not.
pub(super) struct Holding {
    pub(super) look: Look,
    pub(super) held: Held,
}

impl FromRequestParts<SharedSite> for Holding {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &SharedSite) -> std::result::Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, site).await.map_err(IntoResponse::into_response)?;
        let look = visitor.look;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, site).await;
        let Path(path) = path.map_err(IntoResponse::into_response)?;
        let number = path.get("number").map_or("", String::as_str);
        match open(site, &parts.headers, number).await {
            Ok(Some(held)) => Ok(Holding { look, held }),
            Ok(None) => {
                let page = find::page(site, &look, &find::with_number(number));
                Err(page.status(StatusCode::FORBIDDEN).into_response())
            }
            Err(error) => Err(WebError::with(error, &look).into_response()),
        }
    }
}
