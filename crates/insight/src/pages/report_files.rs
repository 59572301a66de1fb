//! A report as a file, in the words of its page.

use super::reports::{Kept, find, name};
use crate::reports::{CELLS, Figures};
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::{Locale, Text};
use sheets::{CsvOut, Kind, Value, XlsxOut};
use web::PageResult;

/// `GET /reports/{id}/report.csv`
pub(super) async fn csv(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let k = find(&site, staff, &id).await?;
    let (heads, rows) = sheet(&k);
    let mut out = CsvOut::new(Vec::new(), &heads, k.reader.look.locale)?;
    rows.iter().try_for_each(|row| out.row(row))?;
    Ok(file(&k, "csv", "text/csv; charset=utf-8", out.finish()?))
}

/// `GET /reports/{id}/report.xlsx`
pub(super) async fn xlsx(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let k = find(&site, staff, &id).await?;
    let (heads, rows) = sheet(&k);
    let title = Text::new(k.reader.unit.name(Locale::Zh), k.reader.unit.name(Locale::En));
    let mut out = XlsxOut::new(&title, &heads, k.reader.look.locale)?;
    rows.iter().try_for_each(|row| out.row(row))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(&k, "xlsx", kind, out.finish()?))
}

fn sheet(k: &Kept) -> (Vec<sheets::Column>, Vec<Vec<Value>>) {
    let mut heads = vec![sheets::Column::new("单位或分类", "Unit or class", 26, Kind::Text)];
    heads.extend(CELLS.iter().map(|c| sheets::Column::new(c.zh, c.en, 0, Kind::Number)));
    let row = |by: &str, of: &str, f: &Figures| {
        let mut cells = vec![Value::from(name(k, by, of))];
        cells.extend(CELLS.iter().map(|c| Value::Int((c.of)(f))));
        cells
    };
    let c = &k.content;
    let mut rows = vec![row("total", "", &c.total)];
    rows.extend(c.units.iter().map(|l| row("unit", &l.of, &l.figures)));
    rows.extend(c.classes.iter().map(|l| row("class", &l.of, &l.figures)));
    (heads, rows)
}

fn file(k: &Kept, end: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name = format!("report-{}-{}-v{}.{end}", k.report.from, k.report.to, k.report.version);
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
