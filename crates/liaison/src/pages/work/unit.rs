//! Pairing work of a unit: figures by what is below it, and the pairings themselves, with a button that checks all that are
//! in order.

use super::mine::{YEAR, beside, figures};
use super::reader::{Asked, context};
use super::sheet::{cells_of, of_pairings};
use crate::pages::past;
use crate::pages::visits::export::cells;
use crate::work::{self, Of, PairingLine, Sums, figures as sums_of, lines, owed_in, year_of};
use access::{Noun, SharedSite, Staff, Verb, accounts};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use db::Tx;
use kernel::{AccountId, Date, Error, Result, Timestamp};
use maud::{Markup, html};
use pack::PairingKind;
use register::Unit;
use requests::Ctx;
use rules::obligation::Window;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use web::components::{Chip, Column, Row, Table, Tone, button_link, card, chips, empty_state, pager, pill};
use web::form::{self, hidden};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// Pairings of one page.
pub(super) const PAGE: usize = 50;
/// Pairings of a file that are read at a time: between two of these others have their turn.
const BATCH: usize = 500;

/// What is asked, for whom.
pub(super) struct Desk {
    pub look: Look,
    pub ctx: Ctx,
    pub unit: Unit,
    pub kind: PairingKind,
    pub asked: Asked,
    pub year: i16,
    on: Date,
    known: Timestamp,
}

impl Desk {
    pub fn open(site: &SharedSite, staff: &Staff, asked: Asked) -> Result<Desk> {
        let ctx = context(site, staff);
        let verb = if asked.format.is_empty() { Verb::View } else { Verb::Export };
        let unit = match asked.unit.as_str() {
            "" => topmost(&ctx).ok_or(Error::NotFound)?,
            code => ctx.dir.by_code(code).ok_or(Error::NotFound)?.clone(),
        };
        if !access::may(&ctx.scope, verb, Noun::Visit, unit.path.as_str()) {
            return Err(Error::NotFound);
        }
        let pack = &ctx.site.pack;
        let first = pack.work.pairings.first().and_then(|k| pack.pairing(k));
        let kind = pack.pairing(&asked.kind).filter(|k| pack.work.is_for(&k.id)).or(first);
        let kind = kind.cloned().ok_or(Error::NotFound)?;
        let (year, on) = (asked.year(ctx.today()), asked.on(ctx.today()));
        let known = if on < ctx.today() { records::as_of(ctx.site.zone, on) } else { Timestamp(i64::MAX) };
        Ok(Desk { look: staff.look.clone(), unit, kind, year, on, known, asked, ctx })
    }

    pub fn href(&self, unit: &str, more: &[(&str, &str)]) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("unit", unit).append_pair("year", &self.year.to_string());
        let kind = more.iter().find(|(n, _)| *n == "kind").map_or(self.kind.id.as_str(), |(_, v)| v);
        out.append_pair("kind", kind);
        if self.on < self.ctx.today() {
            out.append_pair("as_of", &self.on.to_string());
        }
        for (name, value) in more.iter().filter(|(n, v)| *n != "kind" && !v.is_empty()) {
            out.append_pair(name, value);
        }
        format!("/plans/unit?{}", out.finish())
    }

    /// The first day of the period of today in which a check is owed; of the quarter where the pack asks for none.
    fn since(&self) -> Date {
        let rules = self.ctx.site.pack.obligations.iter();
        let mut windows =
            rules.filter(|o| o.record == work::CHECK && o.pairing == self.kind.id).map(|o| o.window);
        let window = windows.next().unwrap_or(Window::Quarter);
        window.at(self.on).map_or(self.on, |p| p.from)
    }

    /// The path of the unit right below in which `path` lies.
    fn child_of<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(self.unit.path.as_str()).unwrap_or("");
        rest.find('/').map_or(path, |end| &path[..self.unit.path.len() + end + 1])
    }
}

fn topmost(ctx: &Ctx) -> Option<Unit> {
    let limits = access::limits(&ctx.scope, Verb::View, Noun::Visit);
    if limits.everywhere {
        return ctx.dir.root().cloned();
    }
    let paths = limits.subtrees.iter().chain(limits.units.iter().map(|(_, path)| path));
    paths.filter_map(|p| ctx.dir.by_path(p)).min_by_key(|u| u.depth()).cloned()
}

/// `GET /plans/unit?unit=&kind=&year=&as_of=&format=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let d = Desk::open(&site, &staff, asked)?;
    if !d.asked.format.is_empty() {
        return Ok(file(&d).await?);
    }
    let after = d.asked.after.split_once('|').unwrap_or_default();
    let of = Of::Unit(d.unit.path.clone(), (after.0.to_owned(), after.1.to_owned()), PAGE + 1);
    let (kind, path, year, on, known) = (d.kind.id.clone(), d.unit.path.clone(), d.year, d.on, d.known);
    let wanted = d.asked.only == YEAR;
    let (grids, list, names, own) = d
        .ctx
        .read(move |tx, ctx| {
            let list = lines(tx, &of, &kind, year, on, known)?;
            let own = if wanted { year_of(tx, ctx, &path, &kind, year, (on, known))? } else { None };
            let mut names = HashMap::new();
            named(tx, &mut names, &list)?;
            Ok((sums_of(tx, &kind, &path, year, (on, known), ctx.today())?, list, names, own))
        })
        .await?;
    let look = &d.look;
    let title = format!("{} · {}", d.ctx.site.pack.work.name.to(look.locale), d.unit.name(look.locale));
    let mut page = Page::new(look, title)
        .at("/duties")
        .crumbs(crumbs(&d))
        .lede(html! { p { (d.kind.name.to(look.locale)) " · " (look.t(&format!("{year}年"), &year.to_string()))
            @if on < d.ctx.today() { " · " b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, on)) } } } })
        .tools(html! {
            (button_link(look.t("走访进度", "Visits due"), &format!("/duties/unit?unit={}", d.unit.code)))
            @if !wanted { (button_link(d.ctx.site.pack.work.wrap_up.to(look.locale), &d.href(&d.unit.code, &[("only", YEAR)]))) }
        });
    page = page.main(kinds(&d));
    if let Some(grids) = &grids {
        let mut all = Sums::default();
        grids.values().for_each(|s| all.add(s));
        page = page.main(figures(look, &all));
    }
    if grids.is_none() || (wanted && own.is_none()) {
        page = page.main(too_many(look));
    }
    if let Some(own) = &own {
        page = page.main(beside(look, own));
    }
    if list.is_empty() && d.asked.after.is_empty() {
        let text = look.t("这里现在没有这类结对。", "There are no such pairings here.");
        return Ok(page.main(empty_state(text, None)).into_response());
    }
    let below = grids.as_ref().map_or_else(|| below_alone(&d), |grids| below(&d, grids));
    let next = list.get(PAGE).map(|_| {
        let last = &list[PAGE - 1];
        d.href(&d.unit.code, &[("after", &format!("{}|{}", last.path, last.code))])
    });
    let first = (!d.asked.after.is_empty()).then(|| d.href(&d.unit.code, &[]));
    let shown = &list[..list.len().min(PAGE)];
    Ok(page
        .main(below)
        .main(card(Some(look.t("结对", "Pairings")), html! { (table(&d, shown, &names)) (pager(look, first.as_deref(), next.as_deref(), "")) }))
        .main(html! { p { (look.t("导出：", "Files: "))
            a href=(d.href(&d.unit.code, &[("format", "xlsx")])) { "XLSX" } " " a href=(d.href(&d.unit.code, &[("format", "csv")])) { "CSV" } }
            p.quiet { (look.t("从计划和帮扶纪实里算出来，没有人填报；不排名。", "Computed from plans and records of help; nobody reports it, nobody is ranked.")) }
            (past::items(look, on < d.ctx.today())) })
        .into_response())
}

/// The names of whoever looks after these, beside those that are known.
fn named(tx: &mut dyn Tx, names: &mut HashMap<AccountId, String>, lines: &[PairingLine]) -> Result<()> {
    for line in lines {
        if let Entry::Vacant(gap) = names.entry(line.account) {
            gap.insert(accounts::by_id(tx, line.account)?.map(|a| a.name).unwrap_or_default());
        }
    }
    Ok(())
}

/// Every pairing of the unit as a file, read in parts: however many there are, none is left out.
async fn file(d: &Desk) -> Result<Response> {
    let sheet = of_pairings(&d.ctx, d.year);
    let mut out = sheet.begin(&d.asked.format, d.look.locale)?;
    let (kind, year, on, known) = (d.kind.id.clone(), d.year, d.on, d.known);
    let (path, own) = (d.unit.path.clone(), kind.clone());
    let owed = d.ctx.read(move |tx, ctx| owed_in(tx, ctx, &path, &own, year, on)).await?;
    let mut names = HashMap::new();
    let mut after = Some((String::new(), String::new()));
    while let Some(from) = after {
        let (kind, known_names) = (kind.clone(), names.clone());
        let of = Of::Unit(d.unit.path.clone(), from, BATCH);
        let (list, more) = d
            .ctx
            .read(move |tx, _| {
                let (list, mut names) = (lines(tx, &of, &kind, year, on, known)?, known_names.clone());
                named(tx, &mut names, &list)?;
                Ok((list, names))
            })
            .await?;
        names = more;
        for mut line in list.iter().cloned() {
            (line.beside.owed, line.beside.met) = owed.get(&line.household).copied().unwrap_or_default();
            let name = names.get(&line.account).map_or("", String::as_str);
            out.row(&cells(&cells_of(&d.look, &d.ctx, &line, name)))?;
        }
        after = list.get(BATCH - 1).map(|last| (last.path.clone(), last.code.clone()));
    }
    let name = format!("wrap-up-{}-{year}.{}", d.unit.code, d.asked.format);
    out.send(&name, &name)
}

fn crumbs(d: &Desk) -> Vec<Crumb> {
    let above = d.ctx.dir.ancestors(d.unit.id).into_iter();
    above
        .filter(|u| access::may(&d.ctx.scope, Verb::View, Noun::Visit, u.path.as_str()))
        .map(|u| Crumb { href: d.href(&u.code, &[]), label: u.name(d.look.locale).to_owned() })
        .collect()
}

fn kinds(d: &Desk) -> Markup {
    let pack = &d.ctx.site.pack;
    if pack.work.pairings.len() < 2 {
        return html! {};
    }
    let items: Vec<Chip> = pack
        .work
        .pairings
        .iter()
        .filter_map(|k| pack.pairing(k))
        .map(|k| Chip {
            label: k.name.to(d.look.locale).to_owned(),
            href: d.href(&d.unit.code, &[("kind", &k.id)]),
            on: k.id == d.kind.id,
            one_of: true,
        })
        .collect();
    chips(&d.look, &items, html! {})
}

/// The figures of the units right below; nothing where there are none.
fn below(d: &Desk, grids: &BTreeMap<String, Sums>) -> Markup {
    let mut below: BTreeMap<&str, Sums> = BTreeMap::new();
    for (path, sum) in grids {
        below.entry(d.child_of(path)).or_default().add(sum);
    }
    below.retain(|path, _| *path != d.unit.path);
    if below.is_empty() {
        return html! {};
    }
    let look = &d.look;
    let table = Table::new(look, look.t("各单位", "Units"))
        .column(Column::new(look.t("单位", "Unit")).primary())
        .column(Column::new(look.t("结对", "Pairings")).number())
        .column(Column::new(look.t("有计划", "Planned")).number())
        .column(Column::new(look.t("项目", "Items")).number())
        .column(Column::new(look.t("完成", "Done")).number())
        .column(Column::new(look.t("落后", "Lagging")).number())
        .rows(below.iter().filter_map(|(path, s)| {
            let unit = d.ctx.dir.by_path(path)?;
            let cells = [s.pairings, s.planned, s.items, s.done, s.late];
            let mut row = vec![html! { (unit.name(look.locale)) }];
            row.extend(cells.map(|n| html! { (format::number(n)) }));
            Some(Row::new(row).href(d.href(&unit.code, &[])))
        }));
    card(Some(look.t("各单位", "By unit")), table.render())
}

/// The units right below where nothing is added up for them: each with a way there.
fn below_alone(d: &Desk) -> Markup {
    let look = &d.look;
    let units: Vec<&Unit> = d.ctx.dir.children(d.unit.id).collect();
    if units.is_empty() {
        return html! {};
    }
    card(
        Some(look.t("各单位", "By unit")),
        html! { ul.plain { @for unit in units { li { a href=(d.href(&unit.code, &[("only", d.asked.only.as_str())])) { (unit.name(look.locale)) } } } } },
    )
}

/// What is said where there are more pairings than a page adds up one by one.
fn too_many(look: &Look) -> Markup {
    let text = look.t(
        "这个单位的结对太多，这一天、这一年没有现成的合计。请点下面的一个单位看，或者导出全部，每一对都在里面。",
        "This unit has too many pairings to be added up on a page, and no counter says it for this day and year. Choose a unit below, or take the file: every pairing is in it.",
    );
    card(None, html! { p { (text) } })
}

/// The pairings; whoever may check them finds those ticked that are in order and were not checked in this period.
fn table(d: &Desk, lines: &[PairingLine], names: &HashMap<AccountId, String>) -> Markup {
    let (look, today, since) = (&d.look, d.ctx.today(), d.since());
    let me = d.ctx.account();
    let may = d.on == today
        && d.year == today.year()
        && access::may(&d.ctx.scope, Verb::Manage, Noun::Pairing, d.unit.path.as_str());
    let fresh = |l: &PairingLine| l.checked.is_some_and(|c| c >= since);
    let day =
        |date: Option<Date>| date.map_or_else(|| "—".to_owned(), |x| format::day_near(look.locale, x, today));
    let mut table = Table::new(look, look.t("结对", "Pairings"));
    if may {
        table = table.column(Column::new(look.t("检查", "Check")).bare());
    }
    let table = table
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("结对的人", "Who looks after it")))
        .column(Column::new(look.t("计划", "Plan")).bare())
        .column(Column::new(look.t("最近一次帮扶", "Last help")))
        .column(Column::new(look.t("最近一次检查", "Last check")))
        .rows(lines.iter().map(|l| {
            let href = format!("/plans/{}?kind={}&year={}", l.code, d.kind.id, d.year);
            let name = names.get(&l.account).map_or("—", String::as_str);
            let mut cells = Vec::new();
            if may {
                let own = Some(l.account) == me;
                cells.push(html! { @if own { "—" } @else {
                    input type="checkbox" name="home" value=(l.household) aria-label=(look.t(&format!("检查 {}", l.code), &format!("Check {}", l.code)))
                        checked[l.items > 0 && l.late == 0 && !fresh(l)];
                } });
            }
            cells.extend([
                html! { a href=(href) { (l.code) } },
                html! { a href={ "/plans?person=" (l.account) "&year=" (d.year) } { (name) } },
                html! { @if l.items == 0 { (look.t("还没有", "None yet")) } @else {
                    (l.done) " / " (l.items) @if l.late > 0 { " " (pill(Tone::Late, look.t(&format!("落后 {}", l.late), &format!("{} lagging", l.late)))) }
                } },
                html! { (day(l.helped)) },
                html! { (day(l.checked)) },
            ]);
            Row::new(cells)
        }));
    if !may {
        return table.render();
    }
    html! {
        p.hint { (look.t("没有落后、这一期还没检查的已经勾上；有落后的请点进去看了再查。",
            "Those that are in order and not checked in this period are ticked; look at the others one by one.")) }
        (form::form(look, "/plans/unit", html! {
            (hidden("unit", &d.unit.code)) (hidden("kind", &d.kind.id)) (hidden("after", &d.asked.after))
            (table.render())
            div.actions { (form::submit(look.t("勾上的检查过了", "Those ticked are checked"))) }
        }))
    }
}
