//! The list as a file, exactly as it is shown: of names the surname only.

use super::list::{View, lines};
use super::reader::context;
use access::{SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use register::households::{self, Asked, Cursor};
use sheets::{Column, Kind, Table, Value};
use web::PageResult;

/// Households of a file read at a time.
const BATCH: usize = 500;
/// The most of one file; a county is taken township by township.
const MOST: usize = 50_000;

/// `GET /households/export.csv`
pub(super) async fn csv(
    site: State<SharedSite>,
    staff: Staff,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    file(site, staff, query, "csv").await
}

/// `GET /households/export.xlsx`
pub(super) async fn xlsx(
    site: State<SharedSite>,
    staff: Staff,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    file(site, staff, query, "xlsx").await
}

async fn file(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(pairs): Query<Vec<(String, String)>>,
    ending: &'static str,
) -> PageResult {
    let ctx = context(&site, &staff);
    let view = View::new(&ctx, &pairs, Verb::Export)?;
    let (path, tag, on, locale) = (view.unit.path.clone(), view.tag.clone(), view.on, staff.look.locale);
    let rows = ctx
        .read(move |tx, ctx| {
            let asked = Asked { path: &path, tag: tag.as_deref(), on };
            let (mut rows, mut after) = (Vec::new(), None);
            while rows.len() < MOST {
                let page = households::page(tx, &asked, after.as_ref(), BATCH)?;
                let Some(last) = page.last() else { break };
                after = Some(Cursor::behind(last));
                for l in lines(tx, ctx, page, on)? {
                    let grid = ctx.dir.by_path(&l.home.path).map(|u| ctx.dir.full_name(u.id, locale));
                    let tags: Vec<&str> = l.tags.iter().map(|t| t.name.to(locale)).collect();
                    rows.push(vec![
                        Value::from(l.home.code),
                        grid.into(),
                        l.head.into(),
                        l.home.persons.into(),
                        tags.join(locale.t("、", ", ")).into(),
                        l.home.from.into(),
                    ]);
                }
            }
            Ok(rows)
        })
        .await?;
    let grid = &ctx.site.pack.household.grid;
    let table = Table {
        title: kernel::Text::new("户台账", "Households"),
        columns: vec![
            Column::new("户编号", "Code", 18, Kind::Text),
            Column::new(grid.zh.clone(), grid.en.clone(), 34, Kind::Text),
            Column::new("户主", "Head", 10, Kind::Text),
            Column::new("人口", "Persons", 8, Kind::Number),
            Column::new("标签", "Marks", 24, Kind::Text),
            Column::new("登记自", "Since", 12, Kind::Date),
        ],
        rows,
    };
    let (bytes, kind) = match ending {
        "csv" => (table.to_csv(locale)?, "text/csv; charset=utf-8"),
        _ => (table.to_xlsx(locale)?, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let name = format!("attachment; filename=\"households-{}-{on}.{ending}\"", view.unit.code);
    if let Ok(way) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, way);
    }
    Ok(response)
}
