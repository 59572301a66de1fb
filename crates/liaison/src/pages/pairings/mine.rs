//! Who is due for me, today or on a day before: a date before a status, what is due first.

use super::feed;
use super::reader::{duty_name, standing};
use crate::pages::heads::{called, head};
use crate::standing::{Duty, MyHousehold, mine, my_own};
use crate::visits::KIND as VISIT;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Date, HouseholdId, Locale};
use maud::{Markup, html};
use pack::Pack;
use register::households;
use requests::Ctx;
use rules::obligation::Standing;
use std::collections::HashMap;
use web::components::{
    Column, Flash, Row, Table, Tile, Tone, button_link, card, disclosure, empty_state, pill, tiles,
};
use web::form::{self, Field};
use web::{FormState, Look, Page, PageResult, format};

/// What was done before this page, and the day that is asked for.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    on: String,
}

/// `GET /duties?on=2026-08-31`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let me = staff.account()?.id;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let on = asked.on.parse::<Date>().ok().filter(|d| *d < site.today()).unwrap_or(site.today());
    let past = on < site.today();
    let (homes, heads, own, feed) = ctx
        .read(move |tx, ctx| {
            let pack = &ctx.site.pack;
            let homes = mine(tx, pack, me, on)?;
            let mut heads = HashMap::new();
            for id in homes.iter().map(|h| h.pairing.household) {
                let Some(home) = households::get(tx, id)? else { continue };
                // All of these are mine.
                heads.insert(id, called(&head(tx, ctx, &home)?, true));
            }
            Ok((homes, heads, my_own(tx, pack, me, on)?, crate::calendar::feed_of(tx, me)?))
        })
        .await?;
    let look = &staff.look;
    let (pack, today) = (&site.pack, site.today());
    let mut page = Page::new(look, look.t("该走访的户", "Households to see")).at("/duties");
    if asked.done == "digest" {
        page = page.notice(Flash::ok(look.t("已保存。", "Saved.")));
    }
    let limits = access::limits(&staff.scope, Verb::List, Noun::Pairing);
    if limits.everywhere || !limits.subtrees.is_empty() || !limits.units.is_empty() {
        page = page.tools(html! {
            (button_link(look.t("本单位", "My unit"), "/duties/unit"))
            (button_link(look.t("联系覆盖", "Coverage"), "/coverage"))
        });
    }
    if homes.is_empty() {
        let text = look.t(
            "还没有您联系的户。结对以后，这里按日期排出该走访谁。",
            "Nobody is paired with you yet. Once there is, this page says whom to see by when.",
        );
        return Ok(page
            .main(empty_state(text, None))
            .main(other_day(look, on))
            .main(feed::card_of(look, &site, feed.as_ref()))
            .into_response());
    }
    let n = Numbers::of(pack, &homes);
    let home = look.t("户", "households");
    let mut shown = vec![
        tile(look.t("还要走访", "To see"), n.due, Tone::Plain, home),
        tile(look.t("本期已走访", "Seen"), n.seen, Tone::Plain, home),
    ];
    if n.missed > 0 {
        shown.push(tile(look.t("没走到", "Missed"), n.missed, Tone::Late, home));
    }
    if n.free() > 0 {
        shown.push(tile(look.t("本期不要求", "Not asked"), n.free(), Tone::Plain, home));
    }
    let said = html! {
        @if past { b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, on)) } " · " }
        (lede(look.locale, &n))
    };
    page = page.lede(said).main(tiles(&shown));
    if !own.is_empty() {
        page = page.main(card(Some(look.t("下户日", "Days to go out")), own_days(look, pack, &own, today)));
    }
    Ok(page
        .main(card(Some(look.t("按日期", "By date")), html! { (table(look, pack, &homes, &heads, today)) (crate::pages::past::duties(look, past)) }))
        .main(other_day(look, on))
        .main(disclosure(look.t("结对卡和日历", "Cards and calendar"), html! {
            p { a href={ "/people/" (me) "/cards" } { (look.t("打印联系服务卡", "Print contact cards")) } }
            p { a href={ "/people/" (me) "/pairings" } { (look.t("结对和交接的记录", "Pairings and hand-overs on record")) } }
            (feed::card_of(look, &site, feed.as_ref()))
        }))
        .into_response())
}

/// A small form that asks for the same as of another day.
fn other_day(look: &Look, on: Date) -> Markup {
    let state = FormState::new([("on".to_owned(), on.to_string())].into_iter().collect());
    html! {
        form.inline method="get" action="/duties" {
            (form::date_field(look, &state, Field::new("on", look.t("看某一天的情况", "As of a day"))))
            (form::button(look.t("看", "Show"), "", ""))
        }
    }
}

fn tile(label: &str, n: usize, tone: Tone, note: &str) -> Tile {
    let value = format::number(i64::try_from(n).unwrap_or(i64::MAX));
    Tile { label: label.to_owned(), value, note: note.to_owned(), href: None, tone }
}

/// Households, each once however many pairings it has with me, by how it stands with coming by.
struct Numbers {
    all: usize,
    due: usize,
    /// Nothing is due any more, and nothing was missed.
    seen: usize,
    missed: usize,
}

impl Numbers {
    fn of(pack: &Pack, homes: &[MyHousehold]) -> Numbers {
        let visits = |h: &MyHousehold| {
            let of_it = |d: &&Duty| pack.obligation(&d.obligation).is_some_and(|o| o.record == VISIT);
            h.duties.iter().filter(of_it).map(|d| d.standing.clone()).collect::<Vec<_>>()
        };
        let mut each: HashMap<HouseholdId, Vec<Standing>> = HashMap::new();
        for h in homes {
            each.entry(h.pairing.household).or_default().extend(visits(h));
        }
        let mut n = Numbers { all: each.len(), due: 0, seen: 0, missed: 0 };
        for standings in each.values() {
            let any = |fits: fn(&Standing) -> bool| standings.iter().any(fits);
            match () {
                () if any(|s| matches!(s, Standing::Due { .. })) => n.due += 1,
                () if any(|s| matches!(s, Standing::Missed { .. })) => n.missed += 1,
                () if any(|s| matches!(s, Standing::Met { .. })) => n.seen += 1,
                () => {}
            }
        }
        n
    }

    /// Of which nothing is asked in the period.
    fn free(&self) -> usize {
        self.all - self.due - self.seen - self.missed
    }
}

fn lede(locale: Locale, n: &Numbers) -> String {
    let Numbers { all, due, seen, missed } = *n;
    match locale {
        Locale::Zh if due > 0 => format!("联系 {all} 户，{due} 户还要走访。记一次走访就算，不用另报。"),
        Locale::Zh if seen == all => format!("联系 {all} 户，本期都走到了。"),
        Locale::Zh if missed == 0 => format!("联系 {all} 户，本期要走访的 {seen} 户都走到了。"),
        Locale::Zh => format!("联系 {all} 户，现在没有要走访的。"),
        Locale::En if due > 0 => format!(
            "{all} households, {due} to be seen. A visit that is noted counts; nothing else is reported."
        ),
        Locale::En if seen == all => format!("{all} households, all of them seen in this period."),
        Locale::En if missed == 0 => {
            format!("{all} households; all {seen} that were owed a visit were seen.")
        }
        Locale::En => format!("{all} households, none to be seen now."),
    }
}

fn own_days(look: &Look, pack: &Pack, own: &[Duty], today: Date) -> Markup {
    html! { ul { @for duty in own { @if let Some(rule) = pack.obligation(&duty.obligation) {
        li {
            @match duty.standing {
                Standing::Due { by, .. } => { b { (format::day_week(look.locale, by)) } " " (rule.name.to(look.locale)) },
                _ => { (duty_name(look, rule, duty.period)) " " (standing(look, &rule.record, &duty.standing, today)) },
            }
        }
    } } } }
}

fn table(
    look: &Look,
    pack: &Pack,
    homes: &[MyHousehold],
    heads: &HashMap<HouseholdId, String>,
    today: Date,
) -> Markup {
    let several = pack.pairings.len() > 1;
    let record = |d: &Duty| pack.obligation(&d.obligation).map_or("", |o| o.record.as_str());
    // What else is owed than coming by: a plan, help.
    let owes = |h: &MyHousehold| h.duties.iter().any(|d| record(d) != VISIT);
    let plans = homes.iter().any(owes);
    let mut table = Table::new(look, look.t("我联系的户", "My households"))
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("下次走访", "Next visit")).bare())
        .column(Column::new(look.t("上次", "Last seen")))
        .column(Column::new(look.t("标签", "Marks")).bare());
    if plans {
        table = table.column(Column::new(pack.work.name.to(look.locale)).bare());
    }
    if several {
        table = table.column(Column::new(look.t("结对", "Pairing")).seldom());
    }
    table
        .rows(homes.iter().map(|h| {
            let mut visits = h.duties.iter().filter(|d| record(d) == VISIT);
            let due = |d: &&Duty| matches!(d.standing, Standing::Due { .. });
            let next = match visits.clone().find(due).or_else(|| visits.next()) {
                Some(duty) => standing(look, VISIT, &duty.standing, today),
                None => html! { "—" },
            };
            let tags = html! { @for tag in &h.tags { @if let Some(known) = pack.tag(tag).filter(|t| !t.sensitive) {
                (pill(Tone::Plain, known.name.to(look.locale))) " "
            } } };
            let mut cells = vec![
                html! { @match heads.get(&h.pairing.household).filter(|head| !head.is_empty()) {
                    Some(head) => { (look.t(&format!("{head}家"), head)) " " span.quiet { (h.code) } },
                    None => (h.code),
                } },
                next,
                html! { (h.last.map_or_else(|| "—".to_owned(), |d| format::day_near(look.locale, d, today))) },
                tags,
            ];
            if plans {
                let href = format!("/plans/{}?kind={}", h.code, h.pairing.kind);
                let mut open = h.duties.iter().filter(|d| record(d) != VISIT);
                let open = open.clone().find(due).or_else(|| open.next());
                cells.push(html! { @match open.and_then(|d| Some((d, pack.obligation(&d.obligation)?))) {
                    Some((d, rule)) => {
                        a href=(href) { (rule.name.to(look.locale)) } " " (standing(look, &rule.record, &d.standing, today))
                    },
                    None if pack.work.is_for(&h.pairing.kind) => { a href=(href) { (look.t("看计划", "The plan")) } },
                    None => "—",
                } });
            }
            if several {
                cells.push(html! { (pack.pairing(&h.pairing.kind).map_or("", |k| k.name.to(look.locale))) });
            }
            Row::new(cells).href(format!("/visits/new?household={}", h.pairing.household))
        }))
        .render()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pairing;
    use kernel::{AccountId, PairingId, Timestamp, Uuid};
    use rules::obligation::{Excuse, Period};

    #[test]
    fn what_is_not_owed_was_not_seen_and_a_household_counts_once() {
        let pack = pack::load("county").unwrap();
        let d = |text: &str| text.parse::<Date>().unwrap();
        let duty = pack.obligations.iter().find(|o| o.record == VISIT).unwrap();
        let home = |id: u128, standing: Standing| MyHousehold {
            pairing: Pairing {
                id: PairingId(Uuid::from_u128(id)),
                kind: duty.pairing.clone(),
                account: AccountId(Uuid::from_u128(1)),
                household: HouseholdId(Uuid::from_u128(id)),
                path: "/9/".into(),
                from: d("2026-01-01"),
                to: None,
                basis: String::new(),
                ended_basis: None,
                recorded_at: Timestamp(0),
                recorded_by: None,
            },
            code: String::new(),
            tags: Vec::new(),
            last: None,
            duties: vec![Duty {
                obligation: duty.id.clone(),
                period: Period { from: d("2026-10-01"), to: d("2027-01-01") },
                standing,
            }],
        };
        let met = || Standing::Met { by: vec![0], on: d("2026-11-01") };
        let late = Standing::Missed { by: d("2026-12-31"), lacking: 1 };
        let homes = [
            home(1, met()),
            home(2, Standing::Excused(Excuse::Short)),
            home(3, late),
            home(4, Standing::Due { by: d("2026-12-31"), more: 1, late: false }),
            // The same household by another pairing.
            home(4, met()),
        ];
        let n = Numbers::of(&pack, &homes);
        assert_eq!((n.all, n.due, n.seen, n.missed, n.free()), (4, 1, 1, 1, 1));
        let n = Numbers::of(&pack, &homes[..2]);
        assert_eq!(lede(Locale::Zh, &n), "联系 2 户，本期要走访的 1 户都走到了。");
    }
}
