//! A pairing's page: the plan, what was done for it, the checks; which together are the wrap-up of the year. Printed as it
//! stands, as of any day, or as a file.

use super::reader::{Asked, Found, context, find};
use super::words::{help_line, item_name, state, until};
use super::{sheet, words};
use crate::pages::visits::books::or_gone;
use crate::visits::PromiseState;
use crate::work::{self, ItemState, WrapUp, wrap_up};
use access::{Noun, SharedSite, Staff, Target, Verb, accounts};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Date, Result};
use maud::{Markup, html};
use requests::Ctx;
use std::collections::HashMap;
use web::components::{
    Chip, Flash, Tile, Tone, button_link, card, chips, disclosure, empty_state, main_link, pill, tiles,
};
use web::form::{Field, date_field, hidden};
use web::{FormState, Look, Page, PageResult, Values, format};

/// A year with the names of whoever has part in it.
pub(super) struct Shown {
    pub found: Found,
    pub wrap: WrapUp,
    pub names: HashMap<AccountId, String>,
}

impl Shown {
    pub fn name(&self, id: AccountId) -> &str {
        self.names.get(&id).map_or("—", String::as_str)
    }
}

/// `GET /plans/{code}?kind=&year=&as_of=&format=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let given = asked.clone();
    let shown = ctx.read(move |tx, ctx| read(tx, ctx, &code, &given)).await?;
    if !asked.format.is_empty() {
        let target = Target::at(&shown.found.home.path).officer(ctx.account().filter(|_| shown.found.holder));
        access::demand(&ctx.scope, Verb::Export, Noun::Visit, target)?;
        return Ok(sheet::of_pairing(&staff.look, &ctx, &shown).file(&asked.format, staff.look.locale)?);
    }
    let mut page = page(&staff.look, &ctx, &shown);
    let look = &staff.look;
    let said = match asked.done.as_str() {
        "plan" => Some(look.t(
            "计划记好了，家里人扫联系卡就能看到。",
            "The plan is on record; the family sees it by its card.",
        )),
        "help" => Some(look.t("帮扶记好了，不用另报。", "The help is on record; nothing else is reported.")),
        "check" => {
            Some(look.t(
                "检查记好了，结对的人会看到。",
                "The check is on record; whoever looks after them sees it.",
            ))
        }
        _ => None,
    };
    if let Some(said) = said {
        page = page.notice(Flash::ok(said));
    }
    Ok(page.into_response())
}

fn read(tx: &mut dyn db::Tx, ctx: &Ctx, code: &str, asked: &Asked) -> Result<Shown> {
    let found = find(tx, ctx, code, asked)?;
    let mut wrap = wrap_up(tx, ctx, found.home.id, &found.kind.id, found.year, found.on)?;
    // Own words stay on the page: a file is passed on.
    if found.holder
        && asked.format.is_empty()
        && let Some(plan) = &mut wrap.plan
    {
        work::in_own_words(tx, &ctx.site.keyring, plan)?;
        for line in &mut wrap.items {
            if let Some(own) = plan.items.iter().find(|i| i.item == line.item.item) {
                line.item.text.clone_from(&own.text);
            }
        }
    }
    let mut names = HashMap::new();
    let who = wrap.pairings.iter().map(|p| p.account).chain(wrap.checks.iter().map(|c| c.account));
    let helped = wrap.items.iter().flat_map(|i| &i.helps).chain(&wrap.beside).map(|h| h.account);
    for id in who.chain(helped) {
        if let std::collections::hash_map::Entry::Vacant(gap) = names.entry(id) {
            gap.insert(accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default());
        }
    }
    Ok(Shown { found, wrap, names })
}

fn page(look: &Look, ctx: &Ctx, s: &Shown) -> Page {
    let (f, w, today) = (&s.found, &s.wrap, ctx.today());
    let past = f.on < today;
    let l = look.locale;
    let place = ctx.dir.full_name(f.home.unit, l);
    let title = format!("{} · {}", f.whose(look), look.t(&format!("{}年", f.year), &f.year.to_string()));
    let this_year = f.year >= today.year();
    let mut page =
        f.frame(look, ctx, &title).lede(html! { p { (f.home.code) " · " (place) " · " (f.kind.name.to(l))
        @if past { " · " b { (look.t("截至 ", "as known on ")) (format::day_year(l, f.on)) } } } });
    page = page.tools(html! {
        @if f.holder && !past && this_year {
            @if w.plan.is_some() {
                (main_link(look.t("记一次帮扶", "Note help"), &f.href("help", &[])))
                (button_link(look.t("改计划", "Revise the plan"), &f.href("plan", &[])))
            } @else { (main_link(look.t("做计划", "Make the plan"), &f.href("plan", &[]))) }
        }
        @if f.checker && !past { (button_link(look.t("检查", "Check"), &f.href("check", &[]))) }
    });
    page.main(years(look, f, today))
        .main(asked(look, s, today))
        .main(figures(look, w))
        .main(plan(look, ctx, s))
        .main(owed(look, ctx, w, past))
        .main(promises(look, w, today))
        .main(needs(look, w))
        .main(judged(look, s, today))
        .main(history(look, ctx, w))
        .main(other(look, f))
}

fn years(look: &Look, f: &Found, today: Date) -> Markup {
    let items: Vec<Chip> = (today.year() - 2..=today.year() + 1)
        .filter(|y| *y <= today.year() || *y == f.year || today.month() == 12)
        .map(|year| Chip {
            label: look.t(&format!("{year}年"), &year.to_string()).to_owned(),
            href: Found { year, ..f.clone() }.href("", &[]),
            on: year == f.year,
            one_of: true,
        })
        .collect();
    chips(look, &items, html! {})
}

/// What the last check asked, first of all.
fn asked(look: &Look, s: &Shown, today: Date) -> Markup {
    let Some(last) = s.wrap.checks.first().filter(|c| !c.ask.is_empty()) else { return html! {} };
    card(
        Some(look.t("检查时请您做的", "What the check asked for")),
        html! {
            p { b { (last.ask) } }
            p.hint { (s.name(last.account)) " · " (format::day_near(look.locale, last.on, today)) }
        },
    )
}

fn figures(look: &Look, w: &WrapUp) -> Markup {
    if w.plan.is_none() {
        return html! {};
    }
    let n = |n: usize| format::number(i64::try_from(n).unwrap_or(i64::MAX));
    let tile = |zh: &str, en: &str, value: String, note: String, tone| Tile {
        label: look.t(zh, en).to_owned(),
        value,
        note,
        href: None,
        tone,
    };
    let of = |all: usize| look.t(&format!("共 {all} 项"), &format!("of {all} items")).to_owned();
    let late = w.count(ItemState::Lagging);
    let helps = w.items.iter().map(|i| i.helps.len()).sum::<usize>() + w.beside.len();
    tiles(&[
        tile("完成", "Done", n(w.count(ItemState::Done)), of(w.items.len()), Tone::Plain),
        tile("落后", "Lagging", n(late), of(w.items.len()), if late > 0 { Tone::Late } else { Tone::Plain }),
        tile("帮扶", "Help", n(helps), look.t("次", "times").to_owned(), Tone::Plain),
        tile("走访", "Visits", n(w.visits.len()), look.t("次", "times").to_owned(), Tone::Plain),
    ])
}

fn plan(look: &Look, ctx: &Ctx, s: &Shown) -> Markup {
    let (f, w) = (&s.found, &s.wrap);
    let Some(known) = &w.plan else {
        let action = f.href("plan", &[]);
        let offer =
            (f.holder && f.on == ctx.today()).then_some((look.t("做计划", "Make the plan"), action.as_str()));
        return html! {
            (empty_state(look.t("这一年还没有计划。", "There is no plan for this year."), offer))
            (beside(look, ctx, s))
        };
    };
    let holder = w.pairings.last().map_or("—", |p| s.name(p.account));
    html! {
        (card(Some(look.t("这一家想达到的", "What the family wishes to reach")), html! {
            p { (or_gone(&known.wish, look.locale)) }
            p.hint { (holder) " · " (look.t("商定于 ", "agreed on ")) (format::day_year(look.locale, known.made))
                @if known.household != w.household { " · " (look.t("并入的户原来的计划", "of the household that is linked")) }
                @if known.corrects.is_some() { " · " (look.t("改于 ", "revised on ")) (format::day_year(look.locale, known.on)) } }
        }))
        h2 { (look.t("帮什么，做到哪里了", "What is done for it, and how far it is")) }
        ul.plain.stack { @for line in &w.items { li { (card(None, html! {
            p { b { (item_name(look, ctx, &line.item)) } " " (state(look, line.state)) }
            p.hint { (until(look, line.item.by, w.year)) }
            @for help in &line.helps { p { (help_line(look, ctx, help)) } }
            @if f.holder && f.on == ctx.today() && line.state != ItemState::Done {
                p { a href=(f.href("help", &[("item", &line.item.item)])) { (look.t("这一项记一次帮扶", "Note help towards this")) } }
            }
        })) } } }
        (beside(look, ctx, s))
    }
}

fn beside(look: &Look, ctx: &Ctx, s: &Shown) -> Markup {
    html! { @if !s.wrap.beside.is_empty() {
        (card(Some(look.t("计划以外帮的", "Help beside the plan")), html! {
            @for help in &s.wrap.beside {
                p { @if help.item.is_some() { (words::name_of(look, ctx, help.item.as_deref())) " · " } (help_line(look, ctx, help)) }
            }
        }))
    } }
}

/// What was owed by the rules of the pack.
fn owed(look: &Look, ctx: &Ctx, w: &WrapUp, past: bool) -> Markup {
    if w.duties.is_empty() {
        return html! {};
    }
    card(
        Some(look.t("该做的做到没有", "What was owed")),
        html! { (crate::pages::past::duties(look, past)) ul.plain { @for d in &w.duties {
            @let name = ctx.site.pack.obligation(&d.obligation).map_or("", |o| o.name.to(look.locale));
            li { (name) " · " (look.t("到现在该 ", "")) (d.owed) (look.t(" 期，做到 ", " owed so far, done ")) (d.met)
                @if d.missed > 0 { " " (pill(Tone::Late, look.t(&format!("{} 期没做到", d.missed), &format!("{} missed", d.missed)))) } }
        } } },
    )
}

fn promises(look: &Look, w: &WrapUp, today: Date) -> Markup {
    html! { @if !w.promises.is_empty() {
        (card(Some(look.t("答应的事", "Promises")), html! { ul.plain.stack { @for (p, said) in &w.promises { li {
            (or_gone(&p.text, look.locale)) " · "
            @match p.state {
                PromiseState::Kept => { (pill(Tone::Ok, look.t("做到了", "Kept"))) },
                PromiseState::Cannot => { (pill(Tone::Plain, look.t("做不到", "Cannot be kept"))) },
                PromiseState::Open => { (super::super::visits::mine::due(look, today.min(w.on), p.due)) },
            }
            @if let Some(why) = said.last().map(|s| s.text.as_str()).filter(|t| !t.is_empty()) { div.hint { (why) } }
        } } } }))
    } }
}

fn needs(look: &Look, w: &WrapUp) -> Markup {
    html! { @if !w.needs.is_empty() {
        (card(Some(look.t("提出的事，怎么了结的", "Needs, and how they ended")), html! { ul.plain.stack { @for n in &w.needs { li {
            (n.number) " " (n.title) " · " (pill(Tone::Plain, n.state.name().to(look.locale)))
            @if let Some(answer) = &n.answer { div.hint { @if n.unsolvable { (look.t("不能解决：", "Cannot be solved: ")) } (answer) } }
        } } } }))
    } }
}

/// Checks with their sentences, and the family's own.
fn judged(look: &Look, s: &Shown, today: Date) -> Markup {
    let w = &s.wrap;
    html! {
        @if !w.checks.is_empty() {
            (card(Some(look.t("检查", "Checks")), html! { ul.plain.stack { @for c in &w.checks { li {
                b { (format::day_near(look.locale, c.on, today)) } " · " (s.name(c.account)) " · "
                @let late = c.items.iter().filter(|i| i.state == ItemState::Lagging).count();
                @let done = c.items.iter().filter(|i| i.state == ItemState::Done).count();
                (look.t(&format!("完成 {done} 项，落后 {late} 项"), &format!("{done} done, {late} lagging")))
                @if !c.ask.is_empty() { div { (look.t("请做：", "Asked: ")) (c.ask) } }
                @if !c.word.is_empty() { div { (look.t("评价：", "Judgement: ")) (c.word) } }
            } } } }))
        }
        @if let Some(word) = &w.word {
            (card(Some(look.t("家里人说的", "What the family says")), html! {
                p { (or_gone(&word.text, look.locale)) } p.hint { (format::day_year(look.locale, word.on)) }
            }))
        }
    }
}

fn history(look: &Look, ctx: &Ctx, w: &WrapUp) -> Markup {
    html! { @if !w.former.is_empty() {
        (disclosure(look.t("以前的计划", "Earlier versions of the plan"), html! { ul.plain.stack { @for p in &w.former { li {
            b { (format::day_year(look.locale, p.on)) } " · " (or_gone(&p.wish, look.locale))
            @if p.household != w.household { div.quiet { (look.t("并入的户原来的计划", "of the household that is linked")) } }
            ul { @for i in &p.items { li { (item_name(look, ctx, i)) " · " (until(look, i.by, w.year)) } } }
        } } } }))
    } }
}

/// Another day, and the files.
fn other(look: &Look, f: &Found) -> Markup {
    let mut values = Values::default();
    values.set("as_of", f.on.to_string());
    let state = FormState::new(values);
    let day = f.on.to_string();
    html! {
        (disclosure(look.t("看某一天的情况、导出", "As of another day, files"), html! {
            form method="get" action={ "/plans/" (f.home.code) } {
                (hidden("kind", &f.kind.id)) (hidden("year", &f.year.to_string()))
                (date_field(look, &state, Field::new("as_of", look.t("截至哪天已知的", "As known on"))))
                div.actions { button.btn type="submit" { (look.t("看", "Show")) } }
            }
            p { a href=(f.href("", &[("as_of", &day), ("format", "xlsx")])) { "XLSX" } " "
                a href=(f.href("", &[("as_of", &day), ("format", "csv")])) { "CSV" } }
            p.hint { (look.t("这一页从纪实里算出来，没有人为它填表；直接打印就是年终总结。",
                "This page is computed from records and nobody fills it in; printed, it is the wrap-up of the year.")) }
        }))
    }
}
