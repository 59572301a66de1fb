//! The pages of importing, and the rule of each route.

mod column;
mod done;
mod file;
mod look;
mod options;
mod start;

use super::desk::seen;
use super::look::Seen;
use super::{Import, What, store};
use access::{Access, RouteRule, SharedSite, Staff, rule};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{HeaderValue, header};
use kernel::{Error, Result, Role, Uuid};
use maud::html;
use std::sync::Arc;
use web::page::Crumb;
use web::{Look, Page, WebError};

const SUPERVISOR: Access = Access::Role(&[Role::Supervisor]);
const ADMIN: Access = Access::Role(&[Role::Admin]);
const KEEPERS: Access = Access::Role(&[Role::Supervisor, Role::Admin]);

macro_rules! routes_of {
    ($($what:literal: $access:expr),+) => {
        &[
            rule("GET", "/imports", Access::Role(&[Role::Supervisor, Role::Admin])),
            $(
                rule("GET", concat!("/imports/", $what), $access),
                rule("POST", concat!("/imports/", $what), $access),
                rule("GET", concat!("/imports/", $what, "/{id}"), $access),
                rule("POST", concat!("/imports/", $what, "/{id}/options"), $access),
                rule("GET", concat!("/imports/", $what, "/{id}/columns/{column}"), $access),
                rule("POST", concat!("/imports/", $what, "/{id}/columns/{column}"), $access),
                rule("POST", concat!("/imports/", $what, "/{id}/run"), $access),
                rule("GET", concat!("/imports/", $what, "/{id}/refused"), $access),
                rule("POST", concat!("/imports/", $what, "/{id}/passwords"), $access),
                rule("POST", concat!("/imports/", $what, "/{id}/removal"), $access),
            )+
        ]
    };
}

/// Who may come where.
pub static ROUTES: &[RouteRule] =
    routes_of!("requests": SUPERVISOR, "units": ADMIN, "accounts": ADMIN, "households": KEEPERS);

/// The routes.
pub fn routes() -> Router<SharedSite> {
    What::ALL.into_iter().fold(Router::new().route("/imports", get(start::all)), |router, what| {
        let at = |path: &str| format!("/imports/{}{path}", what.key());
        router
            .route(&at(""), get(start::form).post(start::send))
            .route(&at("/{id}"), get(file::show))
            .route(&at("/{id}/options"), post(options::choose))
            .route(&at("/{id}/columns/{column}"), get(column::show).post(column::choose))
            .route(&at("/{id}/run"), post(file::run))
            .route(&at("/{id}/refused"), get(file::refused))
            .route(&at("/{id}/passwords"), post(file::passwords))
            .route(&at("/{id}/removal"), post(file::remove))
    })
}

/// What the address is about.
struct Of(What);

impl FromRequestParts<SharedSite> for Of {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &SharedSite) -> std::result::Result<Self, WebError> {
        let word = parts.uri.path().split('/').nth(2).unwrap_or("");
        What::from_key(word).map(Of).ok_or_else(|| Error::NotFound.into())
    }
}

/// Whether this visitor may import such a sheet at all, and for the whole site.
///
/// Errors: what the table refuses.
fn may(site: &SharedSite, staff: &Staff, what: What) -> Result<()> {
    let directory = register::directory(site);
    what.demand(&staff.scope, directory.root().map_or("", |u| u.path.as_str()))
}

/// A file that this visitor has sent in.
///
/// Errors: not found where it is not theirs, or no longer there.
async fn find(site: &SharedSite, staff: &Staff, what: What, id: &str) -> Result<Import> {
    may(site, staff, what)?;
    let (id, account): (Uuid, _) = (id.parse().map_err(|_| Error::NotFound)?, staff.account()?.id);
    let found = site.db.read(move |tx| store::get(tx, id, account)).await?;
    found.filter(|i| i.what == what).ok_or(Error::NotFound)
}

/// What a look at it shows; or the page that says that the file is still being read.
async fn looked(
    site: &SharedSite,
    staff: &Staff,
    import: &Import,
) -> Result<std::result::Result<Arc<Seen>, Box<Response>>> {
    Ok(match seen(site, &staff.scope, import).await? {
        Some(seen) => Ok(seen),
        None => Err(Box::new(wait(
            &staff.look,
            import,
            staff.look.t("正在读取表格…", "Reading the sheet…"),
            None,
        ))),
    })
}

/// The page of something that goes on: it asks for itself again in a moment.
fn wait(look: &Look, import: &Import, what: &str, progress: Option<(u64, u64)>) -> Response {
    let (done, of) = progress.unwrap_or_default();
    let body = html! {
        div.card role="status" {
            @if of > 0 { (web::components::progress(what, done, of)) }
            @else { div.progress { span { (what) } span.n {} progress aria-label=(what) {} } }
            p.hint { (look.t("这一页会自己更新，也可以先离开，稍后再来。", "This page renews itself; you may also leave and come back.")) }
        }
    };
    let mut response = page(look, import).main(body).into_response();
    response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
    response
}

/// The frame of a page about one file.
fn page(look: &Look, import: &Import) -> Page {
    let crumb = |href: String, label: &str| Crumb { href, label: label.to_owned() };
    Page::new(look, &import.name).at("/imports").crumbs(vec![
        crumb("/imports".into(), look.t("导入", "Import")),
        crumb(format!("/imports/{}", import.what.key()), title(look, import.what)),
    ])
}

/// What importing such a sheet is called.
fn title<'a>(look: &Look, what: What) -> &'a str {
    match what {
        What::Requests => look.t("导入诉求", "Import requests"),
        What::Units => look.t("导入单位", "Import units"),
        What::Accounts => look.t("导入账号", "Import accounts"),
        What::Households => look.t("导入户和人口", "Import households"),
    }
}

fn path(import: &Import, rest: &str) -> String {
    format!("/imports/{}/{}{rest}", import.what.key(), import.id)
}
