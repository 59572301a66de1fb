//! What the fields of the filter ask while somebody types: JSON `[{value, label, hint}]`.

use crate::Ctx;
use access::{Noun, SharedSite, Staff, Verb};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Error, Locale, Result};
use serde::Serialize;
use web::PageResult;

/// How many are offered.
const MOST: usize = 12;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Hit {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
}

/// `GET /requests/choices/class?q=`, `…/officer`, `…/unit`, `…/handling`, `…/place`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    Path(what): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    crate::export::open(&ctx, Verb::List, "")?;
    let values = web::form::parse_form(query.unwrap_or_default().as_bytes());
    let q: String = values.one("q").chars().take(100).collect();
    let hits = match what.as_str() {
        "class" => classes(&ctx, visitor.locale(), &q),
        "officer" => officers(&ctx, &q).await?,
        // Whose ledger: only what may be opened.
        "unit" => {
            units(&ctx, visitor.locale(), &q, |u| access::may(&ctx.scope, Verb::List, Noun::Ledger, &u.path))
        }
        "handling" => units(&ctx, visitor.locale(), &q, |_| true),
        "place" => units(&ctx, visitor.locale(), &q, |u| is_place(&ctx, u)),
        _ => return Err(Error::NotFound.into()),
    };
    Ok(Json(hits).into_response())
}

/// Classes of all three levels, the higher ones first.
pub(super) fn classes(ctx: &Ctx, locale: Locale, q: &str) -> Vec<Hit> {
    let pack = &ctx.site.pack;
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    let fits = |c: &&pack::Class| {
        let text = format!("{} {} {}", c.name.zh, c.name.en, c.words.join(" ")).to_lowercase();
        words.iter().all(|w| text.contains(w.as_str()) || c.code.starts_with(w.as_str()))
    };
    let mut found: Vec<&pack::Class> = pack.classes.iter().filter(fits).collect();
    found.sort_by_key(|c| (c.depth(), c.code.clone()));
    found
        .into_iter()
        .take(MOST)
        .map(|c| {
            let above: Vec<&str> = pack.class_path(&c.code).iter().map(|t| t.to(locale)).collect();
            Hit {
                value: c.code.clone(),
                label: c.name.to(locale).to_owned(),
                hint: above[..above.len().saturating_sub(1)].join(" › "),
            }
        })
        .collect()
}

/// Staff by name.
pub(super) async fn officers(ctx: &Ctx, q: &str) -> Result<Vec<Hit>> {
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let names = ctx.read(|tx, _| access::accounts::all_names(tx)).await?;
    let fits = |(_, name): &&(AccountId, String)| name.contains(q.trim());
    let hit = |(id, name): &(AccountId, String)| Hit {
        value: id.to_string(),
        label: name.clone(),
        hint: String::new(),
    };
    Ok(names.iter().filter(fits).take(MOST).map(hit).collect())
}

/// Units by name.
pub(super) fn units(ctx: &Ctx, locale: Locale, q: &str, keep: impl Fn(&register::Unit) -> bool) -> Vec<Hit> {
    ctx.dir
        .search(q, ctx.today(), usize::MAX)
        .into_iter()
        .filter(|u| keep(u))
        .take(MOST)
        .map(|u| Hit {
            value: u.code.clone(),
            label: u.name(locale).to_owned(),
            hint: u.parent.map(|p| ctx.dir.full_name(p, locale)).unwrap_or_default(),
        })
        .collect()
}

/// Whether a unit is somewhere that a matter can be.
pub(super) fn is_place(ctx: &Ctx, unit: &register::Unit) -> bool {
    let pack = &ctx.site.pack;
    pack.level(&unit.level).is_some_and(|l| l.place) && pack.unit_kind(&unit.kind).is_some_and(|k| !k.office)
}
