//! What became of what the families that I look after asked, at visits and from their cards: who holds it now, how it
//! ended, and whether the family was told. Where nobody looks after a family any more, of what I heard there.

use crate::pages::heads::{called, head};
use crate::visits::{self, HeardNeed, NeedsAsked, NeedsOf, OnlyNeeds, Told};
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{AccountId, HouseholdId, RequestId, Result, Timestamp};
use maud::{Markup, html};
use register::households;
use requests::Ctx;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use web::components::{Tone, card, empty_state, pill};
use web::form::{self, hidden};
use web::{FormBody, Look, Page, PageResult, format};

/// The most that one page shows of those that are to be told, and of all others.
const MOST: usize = 200;

/// `GET /visits/after`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (all, cut) = ctx
        .read(move |tx, ctx| {
            let asked = NeedsAsked::new(NeedsOf::Keeper(me, ctx.today()));
            // What waits for me comes first, however long ago it was heard.
            let tell = NeedsAsked { only: OnlyNeeds::ToTell, ..asked.clone() };
            let mut needs = visits::needs_page(tx, &tell, MOST)?;
            let latest = visits::needs_page(tx, &asked, MOST)?;
            let cut = needs.len() == MOST || latest.len() == MOST;
            needs.extend(latest.into_iter().filter(|n| !n.to_tell()));
            let (mut out, mut names) = (Vec::new(), HashMap::new());
            for need in needs {
                if let Entry::Vacant(new) = names.entry(need.household) {
                    new.insert(name(tx, ctx, me, need.household)?);
                }
                let of = names.get(&need.household).cloned().unwrap_or_default();
                out.push((need, of));
            }
            Ok((out, cut))
        })
        .await?;
    let look = &staff.look;
    let (tell, rest): (Vec<_>, Vec<_>) = all.iter().partition(|(n, _)| n.to_tell());
    let (open, ended): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(n, _)| n.ended_at.is_none() && n.answer.is_none());
    let part = |title: &str, some: &[&(HeardNeed, String)]| {
        html! { @if !some.is_empty() { h2 { (title) " " small.quiet { (some.len()) } }
        ul.plain.stack { @for (need, home) in some { li { (one(look, &ctx, need, home)) } } } } }
    };
    let page = Page::new(look, look.t("办得怎么样了", "What became of it"))
        .at("/visits")
        .narrow()
        .main(html! {
            @if all.is_empty() { (empty_state(look.t("走访中、联系卡上还没有提过诉求。", "No need was registered yet, at a visit or from a card."), Some((look.t("我联系的户", "My households"), "/visits")))) }
            (part(look.t("有结果了，请告诉家里人", "There is a result: tell the family"), &tell))
            (part(look.t("正在办", "In hand"), &open))
            (part(look.t("已经了结", "Ended"), &ended))
            @if cut { p.hint { (look.t(&format!("只列最近的 {MOST} 件。"), &format!("The latest {MOST} are listed. "))) a href="/visits/needs" { (ctx.site.pack.visit.ledger.to(look.locale)) } } }
        });
    Ok(page.into_response())
}

/// A household as whoever looks after it calls it, with its code.
fn name(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId, id: HouseholdId) -> Result<String> {
    let Some(home) = households::get(tx, id)? else { return Ok(String::new()) };
    let paired = !crate::read::kinds_between(tx, me, id, ctx.today())?.is_empty();
    Ok(format!("{} {}", called(&head(tx, ctx, &home)?, paired), home.code).trim().to_owned())
}

/// `POST /visits/after`: the family was told.
pub(super) async fn told(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let request: RequestId = values.parsed("request").ok_or(kernel::Error::NotFound)?;
    ctx.write(move |tx, ctx| visits::told(tx, ctx, Told { request })).await?;
    Ok(axum::response::Redirect::to("/visits/after").into_response())
}

fn one(look: &Look, ctx: &Ctx, need: &HeardNeed, home: &str) -> Markup {
    let l = look.locale;
    let day = |at: Timestamp| format::day_near(l, ctx.site.zone.date(at), ctx.today());
    card(
        None,
        html! {
            h3 { (need.title) }
            p { (pill(if need.to_tell() { Tone::Soon } else { Tone::Plain }, need.state.name().to(l)))
                @if need.again { " " (pill(Tone::Plain, look.t("又提起", "Came up again"))) } }
            p { @match need.href(ctx) { Some(href) => { a href=(href) { (need.number) } }, None => { (need.number) } } " · " (home) " · " @if need.from_card() { (look.t("家里从联系卡上提的，", "asked from the family's card, ")) } @else { (look.t("听到于 ", "heard ")) } (format::day_near(l, need.on, ctx.today())) }
            p { (look.t("现在由 ", "Held by ")) (ctx.dir.name(need.unit, l)) (look.t(" 负责", ""))
                @if let Some(due) = need.due.filter(|_| need.ended_at.is_none()) { " · " (look.t("答复期限 ", "answer due ")) (day(due)) } }
            @if let Some(answer) = &need.answer {
                p { b { @if need.unsolvable { (look.t("不能解决：", "Cannot be solved: ")) } @else { (look.t("结果：", "Result: ")) } } (answer) }
            }
            @if need.to_tell() {
                (form::form(look, "/visits/after", html! {
                    (hidden("request", &need.request.to_string()))
                    div.actions { (form::submit(look.t("已经告诉家里人", "The family was told"))) }
                }))
            } @else if let Some(told) = need.told_on {
                p.hint { (look.t("告诉家里人：", "Family told: ")) (format::day_near(l, told, ctx.today())) }
            }
        },
    )
}
