//! One file: looked at, being taken in, or done with; and what can be done with it.

use super::{Of, done, find, look, looked, path, wait};
use crate::imports::upload::{self, Part};
use crate::imports::{Import, State, desk, store};
use access::{SharedSite, Staff};
use axum::extract::{Path, State as Held};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{Error, MINUTE, Result, Say};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use web::PageResult;

/// After how long a run of which nothing was heard counts as broken off, in milliseconds. Should it still
/// go on, nothing comes of trying again: the second finds every row there.
const STALE: i64 = 10 * MINUTE;

/// `GET /imports/{what}/{id}`
pub(super) async fn show(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let running = desk::progress(&site, import.id);
    let stale = import.begun_at.is_none_or(|at| at.0 < site.now().0 - STALE);
    match import.state {
        State::Done => {
            let (dir, id) = (site.dir.clone(), import.id);
            let fresh = tokio::task::spawn_blocking(move || upload::is_there(&dir, id, Part::Passwords));
            Ok(done::page(&staff.look, &import, fresh.await.map_err(Error::internal)?).into_response())
        }
        State::Running if running.is_some() || !stale => {
            let said = staff.look.t("正在导入…", "Importing…");
            Ok(wait(&staff.look, &import, said, running))
        }
        State::Open | State::Running => match looked(&site, &staff, &import).await? {
            Ok(seen) => Ok(look::page(&site, &staff.look, &import, &seen, None).into_response()),
            Err(wait) => Ok(*wait),
        },
    }
}

/// Keeps what was chosen.
///
/// Errors: a conflict where the file is being taken in, or was.
pub(super) async fn keep(site: &SharedSite, import: &Import) -> Result<()> {
    let (id, choice) = (import.id, import.choice.clone());
    if site.db.write(move |tx| store::choose(tx, id, &choice)).await? {
        return Ok(());
    }
    Err(Error::Conflict(Say::new(
        "这个文件正在导入或已经导入，不能再改。",
        "This file is being imported, or was: nothing can be changed any more.",
    )))
}

/// `POST /imports/{what}/{id}/run`
pub(super) async fn run(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let (id, now) = (import.id, site.now());
    // A second click finds it begun, and is shown how far it is.
    if site.db.write(move |tx| store::begin(tx, id, now, now.plus(-STALE))).await? {
        desk::start(&site, &staff.scope, &import).await?;
        register::look(&site).await?;
    }
    Ok(Redirect::to(&path(&import, "")).into_response())
}

/// `GET /imports/{what}/{id}/refused`: the refused rows with their reasons.
pub(super) async fn refused(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let seen = match looked(&site, &staff, &import).await? {
        Ok(seen) => seen,
        Err(wait) => return Ok(*wait),
    };
    let outlook = seen.outlook.as_ref().map_err(|_| Error::NotFound)?;
    let (name, bytes) = outlook.refused_file(staff.look.locale).ok_or(Error::NotFound)?;
    Ok(download(name, bytes.clone()))
}

/// `POST /imports/{what}/{id}/passwords`: the first passwords, once.
pub(super) async fn passwords(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let (dir, id) = (site.dir.clone(), import.id);
    let taken = tokio::task::spawn_blocking(move || {
        let bytes = upload::read(&dir, id, Part::Passwords)?.ok_or(Error::NotFound)?;
        upload::remove(&dir, id, Part::Passwords);
        Ok::<_, Error>(bytes)
    });
    let bytes = taken.await.map_err(Error::internal)??;
    let stem = import.name.rsplit_once('.').map_or(import.name.as_str(), |(stem, _)| stem);
    Ok(download(&format!("{stem}-passwords.csv"), bytes))
}

/// `POST /imports/{what}/{id}/removal`
pub(super) async fn remove(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let (id, dir) = (import.id, site.dir.clone());
    if site.db.write(move |tx| store::drop_one(tx, id)).await? {
        desk::forget(&site, id);
        let gone = tokio::task::spawn_blocking(move || {
            upload::remove(&dir, id, Part::Sheet);
            upload::remove(&dir, id, Part::Passwords);
        });
        gone.await.map_err(Error::internal)?;
    }
    Ok(Redirect::to("/imports").into_response())
}

/// A file to save, under its own name.
fn download(name: &str, bytes: Vec<u8>) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let real = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let way = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{real}");
    let kind = match name.rsplit('.').next() {
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Made of our own letters and of what was encoded.
    if let Ok(way) = HeaderValue::from_str(&way) {
        headers.insert(header::CONTENT_DISPOSITION, way);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
