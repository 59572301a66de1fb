//! A proposal, before and after: what it covers, what it changes and whom, and the button that applies it.

use super::coverage::{by_child, map, most_without};
use super::reader::{Reader, names};
use crate::coverage::{after, of};
use crate::propose::{self, by_id, changes, make as compute};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, RequestId, Uuid};
use maud::{Markup, html};
use requests::Ctx;
use rules::assign::Gap;
use web::components::{
    Column, Flash, FlashKind, Row, Table, Tile, Tone, button_link, card, empty_state, pager, pill, tiles,
};
use web::form::{self, FormBody};
use web::{Look, Page, PageResult, format};

/// Changes on one page.
const PAGE: usize = 50;
/// Changes made at once, in one transaction.
const ROUND: i64 = 100;
/// Rounds in one go; what is left is made by another.
const ROUNDS: usize = 30;

/// `POST /proposals`: `unit`, `kind`.
pub(super) async fn make(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let unit = ctx.dir.by_code(values.one("unit")).ok_or(Error::NotFound)?;
    let (path, kind) = (unit.path.clone(), values.one("kind").to_owned());
    let id = RequestId::new(ctx.at, &*site.chance).0;
    ctx.write(move |tx, ctx| compute(tx, ctx, id, &kind, &path)).await?;
    Ok(Redirect::to(&format!("/proposals/{id}")).into_response())
}

/// `POST /proposals/{id}`: applies it, as far as one go takes.
pub(super) async fn apply(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    for _ in 0..ROUNDS {
        if !ctx.write(move |tx, ctx| propose::apply(tx, ctx, id, ROUND)).await?.more {
            break;
        }
    }
    Ok(Redirect::to(&format!("/proposals/{id}?done=1")).into_response())
}

/// `GET /proposals/{id}?after=…`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(mut query): Query<Vec<(String, String)>>,
) -> PageResult {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let proposal = site.db.read(move |tx| by_id(tx, id)).await?.ok_or(Error::NotFound)?;
    staff.demand(Verb::List, Noun::Pairing, &proposal.path)?;
    let dir = register::directory(&site);
    let code = dir.by_path(&proposal.path).map(|u| u.code.clone()).ok_or(Error::NotFound)?;
    query.retain(|(name, _)| name != "unit");
    query.push(("unit".to_owned(), code));
    let r = Reader::new(&site, staff, query)?;
    let kind = site.pack.pairing(&proposal.kind).cloned().ok_or(Error::NotFound)?;
    let (path, unit, on, one) = (proposal.path.clone(), r.unit.id, proposal.on, kind.clone());
    let cursor =
        r.one("after").rsplit_once('!').map(|(p, c)| (p.to_owned(), c.to_owned())).unwrap_or_default();
    let applied = proposal.applied_at.is_some();
    let (before, then, rows, outlines, names) = r
        .ctx
        .read(move |tx, ctx| {
            let now = of(tx, &one, &path, if applied { ctx.today() } else { on })?;
            // What was applied is in the pairings by now.
            let then = if applied { now.clone() } else { after(tx, id, &now)? };
            let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
            let rows = changes(tx, id, (&cursor.0, &cursor.1), most)?;
            let names = names(tx, rows.iter().flat_map(|c| [c.from, c.to]).flatten())?;
            Ok((now, then, rows, register::outline::below(tx, unit)?, names))
        })
        .await?;
    let look = &r.look;
    let p = &proposal;
    let title = format!("{} · {}", look.t("结对建议", "Proposal"), r.unit.name(look.locale));
    let mut page = Page::new(look, title)
        .at("/duties")
        .crumbs(r.crumbs("/coverage", &[("kind", &kind.id)]))
        .lede(html! { (kind.name.to(look.locale)) " · " (format::moment_near(look.locale, site.zone, p.made_at, r.ctx.at)) })
        .tools(html! { (button_link(look.t("回联系覆盖", "Back to coverage"), &r.here("/coverage", &r.unit.code, &[("kind", &kind.id)]))) });
    if applied {
        let said = match look.locale {
            kernel::Locale::Zh => format!("已采用：改了 {} 户；{} 户情况变了，没有动。", p.applied, p.stale),
            kernel::Locale::En => format!(
                "Applied: {} households changed; {} were left, since things had changed.",
                p.applied, p.stale
            ),
        };
        page = page.notice(Flash::new(FlashKind::Ok, &said));
    }
    let number = |label: &str, n: i64, note: String, tone| Tile {
        label: label.into(),
        value: format::number(n),
        note,
        href: None,
        tone,
    };
    let none = String::new;
    page = page.main(tiles(&[
        number(look.t("保持不变", "Kept"), p.kept, format::of(p.kept, p.homes), Tone::Plain),
        number(look.t("新结对", "New"), p.added, none(), Tone::Plain),
        number(look.t("换人", "Changed"), p.moved, none(), Tone::Plain),
        number(
            look.t("还是没人", "Still nobody"),
            p.without,
            none(),
            if p.without > 0 { Tone::Late } else { Tone::Plain },
        ),
    ]));
    let left = p.changes() - p.applied - p.stale;
    if r.visitor.may(Verb::Manage, Noun::Pairing, &p.path) && left > 0 && p.added + p.moved > 0 {
        let label = if applied {
            look.t("接着采用剩下的", "Apply the rest")
        } else {
            look.t("采用这个建议", "Apply this proposal")
        };
        page = page.main(card(None, html! {
            p { (look.t("采用以后，原来的结对当天结束、新的当天开始，记录都留着。情况有变的户不动。",
                "Pairings end and begin today, and everything stays on record. Households where things have changed are left.")) }
            (form::form(look, &format!("/proposals/{id}"), html! { div.actions { (form::submit(label)) } }))
        }));
    }
    let (before, then) = (by_child(&r, &before), by_child(&r, &then));
    if before.len() > 1 && !applied {
        let most = most_without(&before).max(most_without(&then));
        let (was, becomes) = (
            look.t("采用前：没人联系的户", "Before: households with nobody"),
            look.t("采用后：没人联系的户", "After: households with nobody"),
        );
        page = page
            .main(card(None, map(&r, was, &kind.id, &before, &outlines, most)))
            .main(card(None, map(&r, becomes, &kind.id, &then, &outlines, most)));
    }
    if p.without > 0 {
        page = page.main(card(
            Some(look.t("为什么还有没人的户", "Why some have nobody")),
            why(look, p.carers, p.homes, kind.quota),
        ));
    }
    let next = rows.get(PAGE).map(|_| {
        let last = &rows[PAGE - 1];
        format!(
            "/proposals/{id}?after={}",
            form_urlencoded::byte_serialize(format!("{}!{}", last.path, last.code).as_bytes())
                .collect::<String>()
        )
    });
    let who = |a: Option<kernel::AccountId>| {
        a.and_then(|a| names.get(&a)).map_or_else(|| look.t("没人", "nobody").to_owned(), Clone::clone)
    };
    let table = Table::new(look, look.t("改动", "Changes"))
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("现在", "Now")))
        .column(Column::new(look.t("建议", "Proposed")))
        .column(Column::new(look.t("网格", "Grid")))
        .rows(rows.iter().take(PAGE).map(|c| {
            let to = match c.gap {
                Some(Gap::Full) => {
                    html! { (pill(Tone::Late, look.t("没人：都满了", "Nobody: all are full"))) }
                }
                Some(Gap::Nobody) => {
                    html! { (pill(Tone::Late, look.t("没人：没有可去的人", "Nobody may go there"))) }
                }
                None => html! { (who(c.to)) },
            };
            Row::new(vec![
                r.home(&c.code, &c.path),
                html! { (who(c.from)) },
                to,
                html! { (r.full_place(&c.path)) },
            ])
        }))
        .empty(empty_state(look.t("不用改，每户都有人。", "Nothing to change."), None));
    Ok(page
        .main(card(
            Some(look.t("逐户改动", "Household by household")),
            html! { (table.render()) (pager(look, None, next.as_deref(), "")) },
        ))
        .into_response())
}

fn why(look: &Look, carers: i64, homes: i64, quota: u32) -> Markup {
    let room = carers * i64::from(quota);
    html! { p { @match look.locale {
        kernel::Locale::Zh => { "可以联系的有 " (carers) " 人，每人不超过 " (quota) " 户，最多 " (format::number(room)) " 户；要联系 " (format::number(homes)) " 户。请增加联系人，或者放宽区域和上限。" },
        kernel::Locale::En => { (carers) " people with at most " (quota) " each make " (format::number(room)) " households; there are " (format::number(homes)) ". More people, or wider borders or quotas, are needed." },
    } } }
}
