//! What a phone reads and sends: JSON with the session of its holder.

use crate::visits::uploads::{self, Piece};
use crate::visits::{self, Mine, Outcome, Uploaded, Visit};
use access::{SharedSite, Staff};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kernel::{AttachmentId, Error, RecordId, Say, Uuid};
use requests::Ctx;
use serde::Serialize;
use serde_json::Value;
use web::PageResult;
use web::form::Came;

/// The most visits of one upload.
const MOST: usize = 500;

/// [`Mine`], with the token that a later upload has to bring in the header `x-csrf`.
#[derive(Serialize)]
struct Given {
    csrf: String,
    #[serde(flatten)]
    mine: Mine,
}

/// `GET /api/liaison/mine`
pub(super) async fn mine(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let mine = ctx.write(|tx, ctx| visits::mine(tx, ctx)).await?;
    Ok(unkept(Json(Given { csrf: staff.look.csrf.clone(), mine }).into_response()))
}

/// `POST /api/liaison/visits`: `{"sent_at": …, "visits": […]}`, each answered apart.
pub(super) async fn visits(
    State(site): State<SharedSite>,
    staff: Staff,
    came: Option<Extension<Came>>,
    body: Bytes,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let sent: Value = serde_json::from_slice(&body).map_err(|_| unreadable())?;
    let list = sent.get("visits").and_then(Value::as_array).ok_or_else(unreadable)?;
    if list.len() > MOST {
        return Err(Error::field(
            "visits",
            format!("一次最多上传 {MOST} 条。"),
            format!("At most {MOST} visits at once."),
        )
        .into());
    }
    let sent_at = sent.get("sent_at").and_then(Value::as_i64);
    let mut out = Vec::with_capacity(list.len());
    for one in list {
        // One that cannot be read keeps none of the others back.
        match serde_json::from_value::<Visit>(one.clone()) {
            Ok(visit) => {
                let asked = visit.asked();
                let done = visits::confirm_all(&ctx, vec![visit], sent_at).await;
                if let Some(Extension(came)) =
                    came.as_ref().filter(|_| done.iter().any(|o| o.outcome == "taken"))
                {
                    came.fields(asked);
                }
                out.extend(done);
            }
            Err(e) => out.push(malformed(one, &e)),
        }
    }
    let answer = Uploaded { received_at: ctx.at.0, visits: out };
    Ok(unkept(Json(answer).into_response()))
}

/// `GET /api/liaison/photos/{id}`: how much of a picture is there, so that a phone goes on from where it broke off.
pub(super) async fn photo_there(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let id: AttachmentId = id.parse().map_err(|_| Error::NotFound)?;
    let there = ctx.read(move |tx, ctx| uploads::there(tx, ctx, id)).await?;
    Ok(unkept(Json(there).into_response()))
}

/// `POST /api/liaison/photos/{id}`: a piece of a picture, as it is. Addresses get into logs, so what the picture is and
/// where it belongs stands in headers: `x-visit`, its visit; `x-size`, bytes of the whole; `x-sum`, SHA-256 of the whole in
/// hexadecimal digits; `x-from`, where the piece begins.
pub(super) async fn photo(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let said = |name: &str| headers.get(name)?.to_str().ok();
    let read = || {
        Some(Piece {
            id: id.parse().ok()?,
            visit: said("x-visit")?.parse().ok()?,
            size: said("x-size")?.parse().ok()?,
            sum: hex::decode(said("x-sum")?).ok()?.try_into().ok()?,
            from: said("x-from")?.parse().ok()?,
            bytes: body.to_vec(),
        })
    };
    let piece = read().ok_or_else(unreadable)?;
    Ok(unkept(Json(uploads::take(&ctx, piece).await?).into_response()))
}

/// Names of people: nothing between us and the phone keeps them.
fn unkept(mut response: Response) -> Response {
    let never = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

fn unreadable() -> Error {
    Error::field("", "内容不是约定的 JSON。", "This is not the JSON that was agreed.")
}

fn malformed(one: &Value, e: &serde_json::Error) -> Outcome {
    let id = one.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    Outcome {
        id: id.unwrap_or(RecordId(Uuid::nil())),
        outcome: "refused",
        needs: Vec::new(),
        code: Some("malformed"),
        reason: Some(Say::new(format!("这条读不懂：{e}"), format!("This visit cannot be read: {e}"))),
        fields: Vec::new(),
    }
}
