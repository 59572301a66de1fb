//! One household: where it stands, who lives there, what marks it carries, and everything that was ever written down.

use super::reader::{codes, context, find, frame, from, grid_name, home_page, marks, sees, tone};
use super::ties::{self, Ties};
use crate::pages::visits::section::{self, Section};
use crate::visits::photos;
use access::{Noun, SharedSite, Staff, Target, Verb, accounts, identity};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use db::Tx;
use journal::Event;
use kernel::{AccountId, Date, HouseholdId, PersonId, Result};
use maud::{Markup, html};
use register::households::{self, Fact, Household, Member, Standing};
use requests::Ctx;
use rules::mask::surname_only;
use std::collections::HashMap;
use web::components::{
    Column, Flash, FlashKind, Pair, Row, Table, Tone, card, card_with, definitions, disclosure, pill,
};
use web::{Look, PageResult, format};

/// As known for which day.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    as_of: String,
}

/// Everything the page shows.
struct Shown {
    home: Household,
    paired: bool,
    there: Option<Standing>,
    kept: Option<String>,
    facts: Vec<Fact>,
    members: Vec<Member>,
    people: HashMap<PersonId, Somebody>,
    names: HashMap<AccountId, String>,
    looks: Vec<Event>,
    /// The codes of this household and of those that are linked to it.
    codes: HashMap<HouseholdId, String>,
    ties: Option<Ties>,
    visits: Option<Section>,
}

impl Shown {
    /// Where something was written down, unless it was here.
    fn entered(&self, look: &Look, at: HouseholdId) -> Markup {
        let code = self.codes.get(&at).filter(|_| at != self.home.id);
        html! { @if let Some(code) = code { div.quiet { (from(look, code)) } } }
    }
}

/// What is shown of somebody: in full to whoever is paired, otherwise the surname.
#[derive(Default)]
struct Somebody {
    name: String,
    phone: Option<String>,
    address: Option<String>,
}

/// `GET /households/{code}?as_of=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let today = ctx.today();
    let on = asked.as_of.parse::<Date>().ok().filter(|d| *d < today).unwrap_or(today);
    let shown = ctx.read(move |tx, ctx| read(tx, ctx, &code, on)).await?;
    Ok(page(&staff.look, &ctx, &shown, on).into_response())
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, code: &str, on: Date) -> Result<Shown> {
    let found = find(tx, ctx, code, Verb::View)?;
    let (home, paired) = (found.home, found.paired);
    let there = households::standing(tx, home.id, on)?;
    let members = households::members(tx, home.id)?;
    let facts = households::history(tx, home.id)?;
    let mut people = HashMap::new();
    for m in members.iter().chain(there.iter().flat_map(|t| &t.members)) {
        if people.contains_key(&m.person) {
            continue;
        }
        let who = identity::get(tx, &ctx.site.keyring, m.person)?;
        let name = who.as_ref().and_then(|p| p.name.clone()).unwrap_or_default();
        let seen = match who {
            // Whoever is paired needs no look each time: the pairing is the need that was stated.
            Some(p) if paired => Somebody { name, phone: p.phone, address: p.address },
            _ => Somebody { name: surname_only(&name), ..Somebody::default() },
        };
        people.insert(m.person, seen);
    }
    let mut names = HashMap::new();
    let writers =
        facts.iter().filter_map(|f| f.recorded_by).chain(members.iter().filter_map(|m| m.recorded_by));
    let events = journal::events(tx, home.id.0)?;
    let looks: Vec<Event> =
        events.into_iter().filter(|e| matches!(e.kind.as_str(), "household-look" | "look")).collect();
    for id in writers.chain(looks.iter().filter_map(|e| e.actor.account())) {
        if let std::collections::hash_map::Entry::Vacant(gap) = names.entry(id) {
            gap.insert(accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default());
        }
    }
    let kept = home.kept.map(|id| households::get(tx, id)).transpose()?.flatten().map(|h| h.code);
    let codes = codes(tx, home.id)?;
    // Of a household that is linked to another both stand on the page of that one.
    let (mut ties, mut visits) = (None, None);
    if kept.is_none() {
        ties = ties::read(tx, ctx, &home, paired, on)?;
        if access::may(&ctx.scope, Verb::View, Noun::Visit, Target::at(&home.path).paired(paired)) {
            let known = (on != ctx.today()).then(|| records::as_of(ctx.site.zone, on));
            visits = Some(section::read(tx, ctx, home.id, known)?);
        }
    }
    Ok(Shown { home, paired, there, kept, facts, members, people, names, looks, codes, ties, visits })
}

fn page(look: &Look, ctx: &Ctx, s: &Shown, on: Date) -> web::Page {
    let (home, past) = (&s.home, on != ctx.today());
    let target = access::Target::at(&home.path).paired(s.paired);
    let may = |verb| access::may(&ctx.scope, verb, Noun::Household, target);
    let now = s.there.as_ref().map_or(home, |t| &t.household);
    let head = now.head.and_then(|p| s.people.get(&p)).map_or("", |p| p.name.as_str());
    let whose = match (head, look.locale) {
        ("", _) => home.code.clone(),
        (head, kernel::Locale::Zh) => format!("{head}家"),
        (head, kernel::Locale::En) => format!("Household of {head}"),
    };
    let mut page = frame(look, home, &whose).lede(html! {
        p { (home.code) " · " (ctx.dir.full_name(now.unit, look.locale))
            @if past { " · " b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, on)) } }
            @if let Some(to) = home.to { " · " (pill(Tone::Plain, look.t("已注销", "Ended"))) " " (format::day_year(look.locale, to)) } }
    });
    if let Some(kept) = &s.kept {
        let text = html! { (look.t("与另一户是同一户，以那一户为准：", "The same household as another one, which stands for both: "))
        a href=(home_page(kept)) { (kept) }
        @if may(Verb::Merge) { " · " a href={ (home_page(&home.code)) "/unlink" } { (look.t("其实是两户", "They are two")) } } };
        page = page.notice(Flash { kind: FlashKind::Info, text });
    }
    let mut others: Vec<&String> = s.codes.values().filter(|c| **c != home.code).collect();
    others.sort();
    if !others.is_empty() {
        let text = html! { (look.t("这一户登记过两次，也代表：", "Written down twice; it stands for as well: "))
        @for other in others {
            a href=(home_page(other)) { (other) } " "
            @if may(Verb::Merge) { a href={ (home_page(other)) "/unlink" } { (look.t("（解除）", "(undo)")) } " " }
        } };
        page = page.notice(Flash { kind: FlashKind::Info, text });
    }
    let Some(there) = &s.there else {
        return page
            .main(card(
                None,
                html! { p { (look.t("那一天没有这一户。", "The household was not there on that day.")) } },
            ))
            .main(history(look, ctx, s));
    };
    page.main(about(look, there, s.codes.len() > 1))
        .main(living(look, ctx, s, there, may(Verb::ViewIdentity) && !s.paired, may(Verb::Manage) && !past))
        .main(carried(look, ctx, s, there, may(Verb::Manage) && !past))
        .main(html! {
            @if let Some(ties) = &s.ties { (ties::view(look, ctx, home, ties, past)) }
            @if let Some(visits) = &s.visits { (section::view(look, ctx, visits)) }
        })
        .main(history(look, ctx, s))
        .aside(html! {
            @if may(Verb::Manage) && !past {
                (card(Some(look.t("可以做的", "What to do")), html! { div.do {
                    a.btn href={ (home_page(&home.code)) "/change" } { (look.t("变更或更正", "Change or correct")) }
                    a.btn href={ (home_page(&home.code)) "/people" } { (look.t("家里人来去、更正", "Who lives there: come, left, correct")) }
                    a.btn href={ (home_page(&home.code)) "/tags" } { (look.t("标签", "Marks")) }
                    @if may(Verb::Merge) && s.kept.is_none() {
                        a.btn href={ (home_page(&home.code)) "/link" } { (look.t("与另一户是同一户", "Same as another household")) }
                    }
                } }))
            }
            (card(Some(look.t("以前的样子", "As it was")), html! {
                form method="get" action=(home_page(&home.code)) {
                    (web::form::date_field(look, &web::FormState::default(), web::form::Field::new("as_of", look.t("截至哪一天", "As of"))))
                    (web::form::button(look.t("看那一天", "Show that day"), "", ""))
                }
            }))
        })
}

fn about(look: &Look, there: &Standing, both: bool) -> Markup {
    let h = &there.household;
    let since = format::day_year(look.locale, h.from);
    let mut count = h.persons.to_string();
    if both {
        // How many live there is said once for each row; who is entered at either can be counted.
        let n = there.members.len();
        count += look.t(&format!("（两户合起来在册 {n} 人）"), &format!(" ({n} on record at both together)"));
    }
    card(
        None,
        definitions(&[
            Pair::text(look.t("人口", "Persons"), &count),
            Pair::text(look.t("登记自", "Since"), &since),
            Pair::text(look.t("依据", "Basis"), &h.basis),
        ]),
    )
}

fn living(look: &Look, ctx: &Ctx, s: &Shown, there: &Standing, may_look: bool, may_change: bool) -> Markup {
    let code = &s.home.code;
    let tools = html! {
        @if may_look { a href={ (home_page(code)) "/identity" } { (look.t("看姓名和联系方式", "See names and numbers")) } }
        @if may_change { " " a href={ (home_page(code)) "/people" } { (look.t("登记、更正", "Add or correct")) } }
    };
    let address = there.members.iter().find_map(|m| s.people.get(&m.person)?.address.clone());
    let mark = |m: &Member| {
        let own: Vec<Fact> = there.tags.iter().filter(|f| f.person == Some(m.person)).cloned().collect();
        html! { @for t in marks(ctx, s.paired, &own) { (pill(tone(t), t.name.to(look.locale))) " " } }
    };
    let table = Table::new(look, look.t("家里人", "Who lives there"))
        .column(Column::new(look.t("姓名", "Name")).primary())
        .column(Column::new(look.t("与户主关系", "To the head")).bare())
        .column(Column::new(look.t("电话", "Telephone")))
        .column(Column::new(look.t("标签", "Marks")).bare())
        .rows(there.members.iter().map(|m| {
            let who = s.people.get(&m.person);
            Row::new(vec![
                html! { (who.map_or("—", |p| p.name.as_str())) (s.entered(look, m.household)) },
                html! { (m.relation.name().to(look.locale)) },
                html! { @match who.and_then(|p| p.phone.as_deref()) { Some(phone) => a href={ "tel:" (phone) } { (phone) }, None => "—" } },
                mark(m),
            ])
        }))
        .empty(html! { p { (look.t("还没有登记家里人。", "Nobody is entered yet.")) } })
        .render();
    let body = html! {
        (table)
        @if let Some(address) = address { p { (look.t("住址：", "Address: ")) (address) } }
        @if s.paired { p.hint { (look.t("您与这一户结对，看姓名和电话不用每次说明。", "You are paired with this household: names and telephone are shown without a look each time.")) } }
    };
    card_with(look.t("家里人", "Who lives there"), tools, body)
}

fn carried(look: &Look, ctx: &Ctx, s: &Shown, there: &Standing, may_change: bool) -> Markup {
    let shown: Vec<(&Fact, &pack::HouseholdTag)> = there
        .tags
        .iter()
        .filter_map(|f| Some((f, ctx.site.pack.tag(f.tag()?)?)))
        .filter(|(_, t)| sees(ctx, s.paired, t))
        .collect();
    let tools = html! { @if may_change { a href={ (home_page(&s.home.code)) "/tags" } { (look.t("加或去标签", "Add or end one")) } } };
    card_with(
        look.t("标签", "Marks"),
        tools,
        html! {
            @if shown.is_empty() { p.hint { (look.t("没有标签。", "No marks.")) } }
            ul.plain.stack { @for (f, t) in &shown { li {
                (pill(tone(t), t.name.to(look.locale)))
                @if let Some(who) = f.person.and_then(|p| s.people.get(&p)) { " " (who.name) }
                " · " (format::day_year(look.locale, f.from)) (look.t("起", " on"))
                @if !f.basis.is_empty() { " · " (look.t("依据：", "basis: ")) (f.basis) }
                (s.entered(look, f.household))
                div.hint { (look.t("为了：", "For: ")) (t.need.to(look.locale)) }
            } } }
        },
    )
}

/// Entries in one shape: facts and people.
struct Line<'a> {
    what: String,
    value: String,
    from: Date,
    to: Option<Date>,
    basis: &'a str,
    by: Option<AccountId>,
    superseded: bool,
}

fn history(look: &Look, ctx: &Ctx, s: &Shown) -> Markup {
    let name = |p: &PersonId| s.people.get(p).map_or(String::new(), |p| p.name.clone());
    let mut all: Vec<Line<'_>> = Vec::new();
    for f in &s.facts {
        let value = f.value.as_deref().unwrap_or("");
        let (what, value) = match (f.field.as_str(), f.tag()) {
            (_, Some(tag)) => {
                let Some(tag) = ctx.site.pack.tag(tag).filter(|t| sees(ctx, s.paired, t)) else { continue };
                (look.t("标签", "Mark").to_owned(), tag.name.to(look.locale).to_owned())
            }
            ("grid", _) => {
                (ctx.site.pack.household.grid.to(look.locale).to_owned(), grid_name(ctx, look.locale, value))
            }
            ("persons", _) => (look.t("人口", "Persons").to_owned(), value.to_owned()),
            ("head", _) => {
                (look.t("户主", "Head").to_owned(), value.parse().map(|p| name(&p)).unwrap_or_default())
            }
            _ => (
                look.t("位置", "Place").to_owned(),
                look.t("（地图上的点）", "(a point on the map)").to_owned(),
            ),
        };
        let superseded = f.superseded_at.is_some();
        all.push(Line {
            what,
            value,
            from: f.from,
            to: f.to,
            basis: &f.basis,
            by: f.recorded_by,
            superseded,
        });
    }
    for m in &s.members {
        let value = format!("{} {}", name(&m.person), m.relation.name().to(look.locale));
        let what = look.t("家里人", "Lives there").to_owned();
        let superseded = m.superseded_at.is_some();
        all.push(Line {
            what,
            value,
            from: m.from,
            to: m.to,
            basis: &m.basis,
            by: m.recorded_by,
            superseded,
        });
    }
    all.sort_by_key(|l| l.from);
    let day = |d: Date| format::day_year(look.locale, d);
    let table = Table::new(look, look.t("变更记录", "What was written down"))
        .column(Column::new(look.t("内容", "What")).primary())
        .column(Column::new(look.t("是", "Is")).bare())
        .column(Column::new(look.t("从", "From")))
        .column(Column::new(look.t("至（不含）", "Until (not including)")))
        .column(Column::new(look.t("依据", "Basis")))
        .column(Column::new(look.t("登记人", "By")))
        .rows(all.iter().map(|l| {
            Row::new(vec![
                html! { (l.what) @if l.superseded { " " (pill(Tone::Plain, look.t("已更正", "Corrected"))) } },
                html! { (l.value) },
                html! { (day(l.from)) },
                html! { (l.to.map(day).unwrap_or_default()) },
                html! { (l.basis) },
                html! { (l.by.and_then(|id| s.names.get(&id)).map_or("—", String::as_str)) },
            ])
        }))
        .render();
    html! {
        (disclosure(look.t("变更记录", "What was written down"), table))
        @if !s.looks.is_empty() { (disclosure(look.t("谁看过姓名和号码", "Who looked at names and numbers"), looked(look, ctx, s))) }
    }
}

fn looked(look: &Look, ctx: &Ctx, s: &Shown) -> Markup {
    html! { ul.plain.stack { @for e in s.looks.iter().rev() { li {
        (format::moment_year(look.locale, ctx.site.zone, e.at)) " · "
        (e.actor.account().and_then(|id| s.names.get(&id)).map_or("—", String::as_str)) " · "
        (why(look, e))
    } } } }
}

/// What somebody looked for: the purpose they gave, or what they did.
fn why<'a>(look: &Look, e: &'a Event) -> &'a str {
    let said = |name: &str| e.payload.get(name).and_then(|w| w.as_str());
    match said("purpose") {
        Some(photos::LOOK) => look.t("打开走访的照片", "Opened a picture of a visit"),
        _ => {
            said("why").unwrap_or(look.t("结对的户，带到手机上", "Paired with it: taken along on the phone"))
        }
    }
}
