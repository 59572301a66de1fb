//! My households, a line each: what is due first, then where somebody was longest ago. What waits there is behind the
//! line, so that whoever looks after thirty of them finds one on a phone.

use super::books::or_gone;
use crate::standing;
use crate::visits::{KIND, MyHousehold, household_of, households_of};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Date, HouseholdId, Result};
use maud::{Markup, html};
use requests::Ctx;
use rules::assign::{Area, Ways};
use std::collections::HashMap;
use web::components::{Tone, button_link, card, empty_state, fold, main_link, pill};
use web::form::{Field, csrf_field, text_field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// What was typed to find one.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /visits?q=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    list(&site, &staff, asked.q.trim(), None).await
}

/// `POST /visits/near`: those nearest to where the device is first. Posted, so that the position stands in no address
/// and in no log; it sorts this one page and is kept nowhere.
pub(super) async fn near(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    list(&site, &staff, "", Some(position(values.one("gps")))).await
}

/// Longitude and latitude in millionths of a degree.
fn position(gps: &str) -> Option<(i32, i32)> {
    let (lon, lat) = gps.split_once(',')?;
    let part = |text: &str, most: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        #[allow(clippy::cast_possible_truncation)]
        (degrees.abs() <= most).then_some((degrees * 1e6).round() as i32)
    };
    Some((part(lon, 180.0)?, part(lat, 90.0)?))
}

/// Metres from a position to a household, where it is known where that is.
fn metres(from: (i32, i32), home: &MyHousehold) -> Option<u64> {
    let (lon, lat) = home.at?;
    let to = (i32::try_from(lon).ok()?, i32::try_from(lat).ok()?);
    let area = |at| Area { path: String::new(), at: Some(at), border: String::new() };
    Some(Ways::new(&[area(from), area(to)]).between(0, 1))
}

/// My households that fit `q`; with `near` by the way from there, where the device could say where it is.
async fn list(site: &SharedSite, staff: &Staff, q: &str, near: Option<Option<(i32, i32)>>) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(site, staff.scope.clone());
    let (mut all, due) = ctx
        .read(move |tx, ctx| {
            let mut out = Vec::new();
            for (id, kinds) in households_of(tx, me, ctx.today())? {
                out.extend(household_of(tx, ctx, id, kinds)?);
            }
            let mut due: HashMap<HouseholdId, Date> = HashMap::new();
            for home in standing::mine(tx, &ctx.site.pack, me, ctx.today())? {
                let Some(by) = home.due_by(&ctx.site.pack, KIND) else { continue };
                due.entry(home.pairing.household).and_modify(|d| *d = by.min(*d)).or_insert(by);
            }
            Ok((out, due))
        })
        .await?;
    let total = all.len();
    let plans = all.iter().any(|h| h.pairings.iter().any(|k| ctx.site.pack.work.is_for(k)));
    if !q.is_empty() {
        all.retain(|h| fits(h, q));
    }
    let first = |home: &MyHousehold| first_due(home, due.get(&home.id).copied());
    all.sort_by(|a, b| (first(a), a.last, &a.code).cmp(&(first(b), b.last, &b.code)));
    let from = near.flatten();
    let way = |home: &MyHousehold| from.and_then(|from| metres(from, home));
    if from.is_some() {
        all.sort_by_key(|home| way(home).unwrap_or(u64::MAX));
    }
    let placed = all.iter().any(|h| h.at.is_some());
    let look = &staff.look;
    let name = ctx.site.pack.visit.name.to(look.locale);
    let mut values = Values::default();
    values.set("q", q);
    let state = FormState::new(values);
    let page = Page::new(look, look.t("我联系的户", "My households"))
        .at("/visits")
        .lede(html! { p { (lede(look, total, &all)) } })
        .tools(html! {
            (button_link(look.t("该走访谁", "Who is due"), "/duties"))
            (button_link(look.t("办得怎么样了", "What became of it"), "/visits/after"))
            (button_link(look.t("随身本：没信号也能记", "Pocket book, for no signal"), "/visits/pocket"))
            @if total > 1 { (button_link(look.t("一次记多户", "Several at once"), "/visits/round")) }
            (button_link(ctx.site.pack.visit.diary.to(look.locale), "/visits/diary"))
            @if plans { (button_link(ctx.site.pack.work.name.to(look.locale), "/plans")) }
        })
        .main(html! {
            @if total > 5 {
                form.search-line method="get" action="/visits" role="search" {
                    (text_field(look, &state, Field::new("q", look.t("找一户", "Find one")).max(40).autocomplete("off")
                        .hint(look.t("姓名、户编号、地名", "Name, code or place"))))
                    button.btn type="submit" { (look.t("找", "Find")) }
                }
            }
            @if total > 1 && placed { (near_me(look, near)) }
            @if all.is_empty() { (nobody(look, total, q)) }
            @if !all.is_empty() { (card(None, html! { @for home in &all {
                (line(look, &ctx, name, home, due.get(&home.id).copied(), way(home), all.len() == 1))
            } })) }
        });
    Ok(page.into_response())
}

/// The button that sorts by the way from here, and what came of it.
fn near_me(look: &Look, near: Option<Option<(i32, i32)>>) -> Markup {
    let failed = look.t("取不到位置，请用上面的查找", "No position: search above instead");
    html! {
        @match near {
            Some(Some(_)) => p.hint role="status" {
                (look.t("近的在前。位置只用来排这一次，不留存。", "Nearest first. Your position sorted this page and is not kept."))
                " " a href="/visits" { (look.t("按要办的先后排", "Sort by what is due")) }
            },
            Some(None) => p role="status" { span.late { (failed) } },
            None => {},
        }
        form method="post" action="/visits/near" {
            (csrf_field(look))
            input type="hidden" name="gps";
            button.btn.scripted type="button" data-locate=(failed) { (look.t("离我近的在前", "Nearest to me first")) }
            button hidden type="submit" value="here" {}
        }
    }
}

/// `约 350 米`, `about 1.2 km`.
fn way_text(look: &Look, metres: u64) -> String {
    if metres < 1000 {
        let about = metres.div_ceil(50) * 50;
        return look.t(&format!("约 {about} 米"), &format!("about {about} m")).to_owned();
    }
    let (km, tenth) = (metres / 1000, metres % 1000 / 100);
    look.t(&format!("约 {km}.{tenth} 公里"), &format!("about {km}.{tenth} km")).to_owned()
}

/// The nearest day that was promised there, or by which somebody has to come.
fn first_due(home: &MyHousehold, owed: Option<Date>) -> Date {
    home.promises.iter().map(|p| p.due).chain(owed).min().unwrap_or(Date::MAX)
}

fn fits(home: &MyHousehold, q: &str) -> bool {
    home.code.contains(q) || home.place.zh.contains(q) || home.people.iter().any(|p| p.name.contains(q))
}

fn lede(look: &Look, total: usize, all: &[MyHousehold]) -> String {
    let open: usize = all.iter().map(|h| h.promises.len()).sum();
    look.t(
        &format!("{total} 户；答应了还没交代的事 {open} 件"),
        &format!("{total} households; {open} promises open"),
    )
    .to_owned()
}

fn nobody(look: &Look, total: usize, q: &str) -> Markup {
    if total > 0 {
        let text = look
            .t("没有找到。只在您自己联系的户里找。", "Nothing found: only your own households are searched.");
        let _ = q;
        return empty_state(text, Some((look.t("看全部", "All of them"), "/visits")));
    }
    empty_state(
        look.t("现在没有与您结对的户。", "No household is paired with you now."),
        Some((look.t("回到我的事", "To my work"), "/work")),
    )
}

/// One household: a line with what tells it from the others and by when it is due; its one main action is behind the line.
fn line(
    look: &Look,
    ctx: &Ctx,
    name: &str,
    home: &MyHousehold,
    owed: Option<Date>,
    way: Option<u64>,
    open: bool,
) -> Markup {
    let (today, head) = (ctx.today(), home.people.first());
    let tags: Vec<_> = home.tags.iter().filter_map(|tag| ctx.site.pack.tag(tag)).collect();
    let who = head.map(|p| p.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(&home.code);
    let first = first_due(home, owed);
    let summary = html! {
        b { (who) } " " span.quiet { (ctx.dir.name(home.unit, look.locale)) }
        @if let Some(metres) = way { " " (way_text(look, metres)) }
        @if first != Date::MAX { " " (due(look, today, first)) }
        @if let Some(tag) = tags.first() { " " (pill(Tone::Plain, tag.name.to(look.locale))) }
    };
    fold(
        open,
        summary,
        html! {
            p { a href={ "/visits/households/" (home.code) } { (home.code) } " · "
                (home.place.to(look.locale)) @if !home.address.is_empty() { " · " (home.address) } }
            @if tags.len() > 1 { p { @for tag in tags { (pill(Tone::Plain, tag.name.to(look.locale))) " " } } }
            @if let Some(phone) = head.map(|p| p.phone.as_str()).filter(|p| !p.is_empty()) {
                p { a href={ "tel:" (phone) } { (phone) } }
            }
            p { (last(look, today, home.last))
                @if let Some(by) = owed { " · " b { (look.t("该走访了：", "To be seen: ")) } (due(look, today, by)) } }
            @for p in &home.promises {
                p { b { (look.t("答应过：", "Promised: ")) } (or_gone(&p.text, look.locale)) " · " (due(look, today, p.due)) }
            }
            @if !home.needs.is_empty() {
                p.hint { (look.t("在办或等您回话的事 ", "Needs in hand or to be told: ")) (home.needs.len()) }
            }
            div.actions {
                (main_link(look.t(&format!("记一次{name}"), "Note the visit"), &format!("/visits/new?household={}", home.id)))
            }
        },
    )
}

/// When somebody was there last.
pub(super) fn last(look: &Look, today: Date, last: Option<Date>) -> String {
    match last {
        Some(day) => {
            let said = format::day_near(look.locale, day, today);
            look.t(&format!("上次去：{said}"), &format!("Last seen: {said}")).to_owned()
        }
        None => look.t("还没有走访记录", "No visit on record").to_owned(),
    }
}

/// The day that was promised, with a word where it is over.
pub(in crate::pages) fn due(look: &Look, today: Date, due: Date) -> Markup {
    let said = format::day_near(look.locale, due, today);
    html! {
        (look.t(&format!("{said}前"), &format!("by {said}")))
        @if due < today { " " (pill(Tone::Late, look.t("过了", "Overdue"))) }
    }
}

/// [`crate::visits`] gives one household to whoever is paired with it, else to nobody.
pub(super) async fn one(
    ctx: &Ctx,
    me: kernel::AccountId,
    id: kernel::HouseholdId,
) -> Result<Option<MyHousehold>> {
    ctx.read(move |tx, ctx| {
        let mine = households_of(tx, me, ctx.today())?;
        match mine.into_iter().find(|(known, _)| *known == id) {
            Some((id, kinds)) => household_of(tx, ctx, id, kinds),
            None => Ok(None),
        }
    })
    .await
}
