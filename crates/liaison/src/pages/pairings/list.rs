//! Pairings as a spreadsheet, `list.csv` or `list.xlsx`: what is kept as a ledger today, with nothing typed for it.

use super::reader::{Reader, names};
use crate::Pairing;
use crate::store::pairings as store;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use db::params;
use http::header;
use kernel::{Error, Text, path_end};
use sheets::{Column, CsvOut, Kind, Value, XlsxOut};
use web::PageResult;

/// The most rows of one file.
const MOST: i64 = 400_000;

/// `GET /pairings/list.xlsx?unit=CODE&kind=…&on=2026-08-31`
pub(super) async fn file(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(file): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let csv = match file.as_str() {
        "list.csv" => true,
        "list.xlsx" => false,
        _ => return Err(Error::NotFound.into()),
    };
    let r = Reader::new(&site, staff, query)?;
    r.visitor.demand(Verb::Export, Noun::Pairing, &r.unit.path)?;
    let kind = r.kind()?;
    let (path, id, on) = (r.unit.path.clone(), kind.id.clone(), r.on());
    let (rows, names) = r
        .ctx
        .read(move |tx, _| {
            let values = params![id.as_str(), path.as_str(), path_end(&path), on, MOST];
            let rows: Vec<(Pairing, String)> =
                tx.query_map(&store::LISTED, &values, |row| Ok((Pairing::from_row(row)?, row.get(11)?)))?;
            let names = names(tx, rows.iter().map(|(p, _)| p.account))?;
            Ok((rows, names))
        })
        .await?;
    let heads = [
        Column::new("户号", "Household", 22, Kind::Text),
        Column::new("网格", "Grid", 26, Kind::Text),
        Column::new("结对类型", "Kind", 18, Kind::Text),
        Column::new("联系人", "Who", 14, Kind::Text),
        Column::new("从", "Since", 12, Kind::Text),
        Column::new("依据", "On what ground", 30, Kind::Text),
    ];
    let locale = r.look.locale;
    let lines = rows.iter().map(|(p, code)| {
        vec![
            Value::from(code.as_str()),
            Value::from(r.place(&p.path)),
            Value::from(kind.name.to(locale)),
            Value::from(names.get(&p.account).map_or("", String::as_str)),
            Value::from(p.from.to_string()),
            Value::from(p.basis.as_str()),
        ]
    });
    let (mime, bytes) = if csv {
        let mut out = CsvOut::new(Vec::new(), &heads, locale)?;
        for line in lines {
            out.row(&line)?;
        }
        ("text/csv; charset=utf-8", out.finish()?)
    } else {
        let title = Text::new(kind.name.zh.clone(), kind.name.en.clone());
        let mut out = XlsxOut::new(&title, &heads, locale)?;
        for line in lines {
            out.row(&line)?;
        }
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.finish()?)
    };
    let name = format!("pairings-{}-{}.{}", r.unit.code, r.on(), if csv { "csv" } else { "xlsx" });
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
