//! The households of a grid or of everything below a unit, page by page, today or on a day; and looking somebody up.

use super::duplicates;
use super::reader::{Found, context, home_page, marks, query, tone};
use access::{Limits, Noun, SharedSite, Staff, Verb, limits};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use db::Tx;
use kernel::{Date, Error, Result};
use maud::{Markup, html};
use pack::HouseholdTag;
use register::Unit;
use register::households::{self, Asked, By, COUNTED, Cursor, Household};
use requests::Ctx;
use web::components::{Chip, Column, Row, Table, card, chips, empty_state, main_link, pager, pill};
use web::form::{self, Choice, Combo, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// The most grids that a form offers to choose from; beyond that their code is typed.
const GRIDS: usize = 400;
/// Households on a page.
const ROWS: usize = 50;

/// What a list shows.
pub(super) struct View {
    pub(super) unit: Unit,
    pub(super) tag: Option<String>,
    pub(super) on: Date,
    after: Option<Cursor>,
}

impl View {
    /// Reads the address. The unit is the one asked for, or the nearest that whoever asks reaches.
    ///
    /// Errors: not found, forbidden.
    pub(super) fn new(ctx: &Ctx, pairs: &[(String, String)], verb: Verb) -> Result<View> {
        let asked = query(pairs);
        let unit = match asked.get("unit") {
            Some(code) => ctx.dir.by_code(code).ok_or(Error::NotFound)?,
            None => home_unit(ctx, &limits(&ctx.scope, verb, Noun::Household)).ok_or(Error::NotFound)?,
        };
        access::demand(&ctx.scope, verb, Noun::Household, &unit.path)?;
        let today = ctx.today();
        let on = asked.get("as_of").and_then(|d| d.parse().ok()).filter(|d| *d < today).unwrap_or(today);
        let known = |id: &&str| ctx.site.pack.tag(id).is_some_and(|t| super::reader::sees(ctx, false, t));
        let after = asked.get("after").and_then(|a| a.rsplit_once(' '));
        let after = after.map(|(path, code)| Cursor { path: path.to_owned(), code: code.to_owned() });
        let tag = asked.get("tag").filter(|t| known(t)).map(|t| (*t).to_owned());
        Ok(View { unit: unit.clone(), tag, on, after })
    }

    /// The address of the same list with one thing changed.
    pub(super) fn href(&self, base: &str, today: Date, changed: &[(&str, &str)]) -> String {
        let on = if self.on == today { String::new() } else { self.on.to_string() };
        let own =
            [("unit", self.unit.code.as_str()), ("tag", self.tag.as_deref().unwrap_or("")), ("as_of", &on)];
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (key, value) in own
            .into_iter()
            .filter(|(k, _)| !changed.iter().any(|(c, _)| c == k))
            .chain(changed.iter().copied())
        {
            if !value.is_empty() {
                out.append_pair(key, value);
            }
        }
        format!("{base}?{}", out.finish())
    }
}

/// Where somebody's list begins.
fn home_unit<'c>(ctx: &'c Ctx, reach: &Limits) -> Option<&'c Unit> {
    if reach.everywhere {
        return ctx.dir.root();
    }
    reach.subtrees.iter().find_map(|p| ctx.dir.by_path(p))
}

/// A household with what its line shows.
pub(super) struct Line {
    pub(super) home: Household,
    pub(super) head: Option<String>,
    pub(super) tags: Vec<HouseholdTag>,
}

/// The lines of these households, as they stood on a day.
pub(super) fn lines(tx: &mut dyn Tx, ctx: &Ctx, all: Vec<Household>, on: Date) -> Result<Vec<Line>> {
    all.into_iter()
        .map(|home| {
            let head = households::head_name(tx, &ctx.site.keyring, &home)?;
            let facts = households::tags(tx, home.id, on)?;
            let tags = marks(ctx, false, &facts).into_iter().cloned().collect();
            Ok(Line { home, head, tags })
        })
        .collect()
}

/// `GET /households?unit=&tag=&as_of=&after=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(pairs): Query<Vec<(String, String)>>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let look = &staff.look;
    let reach = limits(&ctx.scope, Verb::List, Noun::Household);
    if !query(&pairs).contains_key("unit") && home_unit(&ctx, &reach).is_none() {
        return Ok(elsewhere(look).into_response());
    }
    let view = View::new(&ctx, &pairs, Verb::List)?;
    let (path, tag, on, after) = (view.unit.path.clone(), view.tag.clone(), view.on, view.after.clone());
    let merges =
        view.on == ctx.today() && access::may(&ctx.scope, Verb::Merge, Noun::Household, path.as_str());
    let (all, total, alike) = ctx
        .read(move |tx, ctx| {
            let asked = Asked { path: &path, tag: tag.as_deref(), on };
            let page = households::page(tx, &asked, after.as_ref(), ROWS + 1)?;
            let total = if tag.is_none() { Some(households::count(tx, &path, on)?) } else { None };
            let alike = merges.then(|| households::proposed(tx, &path)).transpose()?;
            Ok((lines(tx, ctx, page, on)?, total, alike))
        })
        .await?;
    Ok(page(look, &ctx, &view, &all, total, alike).into_response())
}

/// For whoever reaches no grid: their own households are those they are paired with.
fn elsewhere(look: &Look) -> Page {
    let said = look.t(
        "您的岗位没有网格。与您结对的户在“走访”里。",
        "Your post has no grids. The households you are paired with stand under \"Visits\".",
    );
    Page::new(look, look.t("户", "Households")).at("/households").main(empty_state(said, None))
}

fn page(look: &Look, ctx: &Ctx, view: &View, all: &[Line], total: Option<i64>, alike: Option<i64>) -> Page {
    let today = ctx.today();
    let past = view.on != today;
    let n = match total {
        Some(n) if n > COUNTED => format!("{}+", format::number(COUNTED)),
        Some(n) => format::number(n),
        None => format::number(all.len().min(ROWS) as i64),
    };
    let count = match (total, look.locale) {
        (Some(_), kernel::Locale::Zh) => format!("{n} 户"),
        (Some(_), kernel::Locale::En) => format!("{n} households"),
        _ => String::new(),
    };
    let last = (all.len() > ROWS).then(|| &all[ROWS - 1].home);
    let next = last.map(|h| view.href("/households", today, &[("after", &format!("{} {}", h.path, h.code))]));
    let first = view.after.as_ref().map(|_| view.href("/households", today, &[]));
    let may = |verb| access::may(&ctx.scope, verb, Noun::Household, &view.unit.path);
    let place = ctx.dir.full_name(view.unit.id, look.locale);
    Page::new(look, look.t("户", "Households"))
        .at("/households")
        .lede(html! { p { (place) @if !count.is_empty() { " · " (count) }
            @if past { " · " b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, view.on)) } } } })
        .tools(html! {
            @if may(Verb::Manage) && !past {
                (main_link(look.t("登记新户", "Add a household"), &format!("/households/new?unit={}", view.unit.code)))
            }
        })
        .main(html! {
            (searching(look, &FormState::default()))
            (filters(look, ctx, view))
            (card(None, table(look, ctx, &all[..all.len().min(ROWS)], past.then_some(view.on))))
            (pager(look, first.as_deref(), next.as_deref(), ""))
        })
        .aside(html! {
            (card(Some(look.t("换个网格、换个日期", "Another grid, another day")), elsewhere_form(look, view, today)))
            (below(look, ctx, view))
            @if may(Verb::Merge) && !past {
                (card(Some(look.t("可能重复的户", "Written down twice?")), html! {
                    @match alike {
                        Some(0) => p.hint { (look.t("这里没有发现。", "None was found here.")) },
                        Some(n) => p { b { (duplicates::counted(n)) } (look.t(" 对可能是同一户", " pairs may be one household")) },
                        None => {},
                    }
                    a href={ "/households/duplicates?unit=" (view.unit.code) } { (look.t("去核对", "Look at them")) }
                }))
            }
            @if may(Verb::Export) {
                (card(Some(look.t("导出", "Export")), html! {
                    p.hint { (look.t("与现在的条件一致，姓名只写姓。", "By the conditions shown; of names the surname only.")) }
                    div.do {
                        a.btn href=(view.href("/households/export.xlsx", today, &[])) { "XLSX" }
                        a.btn href=(view.href("/households/export.csv", today, &[])) { "CSV" }
                    }
                }))
            }
        })
}

/// Looked up by a form that is sent, so that no name or number stands in an address.
fn searching(look: &Look, s: &FormState) -> Markup {
    let hint =
        look.t("户编号、姓名、电话或身份证号，都要写全", "Code, name, telephone or identity number, in full");
    form::form(
        look,
        "/households/search",
        html! { div.inline {
            (form::text_field(look, s, Field::new("q", look.t("查一户", "Find a household")).hint(hint).required().private().kind("search")))
            (form::button(look.t("查找", "Search"), "", ""))
        } },
    )
}

fn filters(look: &Look, ctx: &Ctx, view: &View) -> Markup {
    let today = ctx.today();
    let shown = ctx.site.pack.tags.iter().filter(|t| super::reader::sees(ctx, false, t));
    let items: Vec<Chip> = shown
        .map(|t| {
            let on = view.tag.as_deref() == Some(&t.id);
            let href = view.href("/households", today, &[("tag", if on { "" } else { &t.id })]);
            Chip { label: t.name.to(look.locale).to_owned(), href, on, one_of: false }
        })
        .collect();
    chips(look, &items, html! {})
}

fn elsewhere_form(look: &Look, view: &View, today: Date) -> Markup {
    let mut values = Values::default();
    values.set("unit", view.unit.code.as_str());
    if view.on != today {
        values.set("as_of", view.on.to_string());
    }
    let s = FormState::new(values);
    html! {
        form method="get" action="/households" {
            (form::text_field(look, &s, Field::new("unit", look.t("网格或单位编码", "Code of a grid or unit"))))
            (form::date_field(look, &s, Field::new("as_of", look.t("截至哪一天", "As of")).hint(look.t("不填就是今天", "Today where left out"))))
            (form::button(look.t("打开", "Open"), "", ""))
        }
    }
}

/// The units right below, to go down by.
fn below(look: &Look, ctx: &Ctx, view: &View) -> Markup {
    let pack = &ctx.site.pack;
    let area = |u: &&Unit| pack.unit_kind(&u.kind).is_none_or(|k| !k.office) && u.is_open(view.on);
    let all: Vec<&Unit> = ctx.dir.children(view.unit.id).filter(area).collect();
    let up = ctx
        .dir
        .parent(view.unit.id)
        .filter(|u| access::may(&ctx.scope, Verb::List, Noun::Household, &u.path));
    html! {
        @if !all.is_empty() || up.is_some() {
            (card(Some(look.t("上下级", "Above and below")), html! { ul.plain {
                @if let Some(up) = up { li { a href=(view.href("/households", ctx.today(), &[("unit", &up.code)])) { "↑ " (up.name(look.locale)) } } }
                @for u in all { li { a href=(view.href("/households", ctx.today(), &[("unit", &u.code)])) { (u.name(look.locale)) } } }
            } }))
        }
    }
}

fn table(look: &Look, ctx: &Ctx, all: &[Line], as_of: Option<Date>) -> Markup {
    let at = as_of.map(|d| format!("?as_of={d}")).unwrap_or_default();
    Table::new(look, look.t("户", "Households"))
        .column(Column::new(look.t("户主", "Head")).primary())
        .column(Column::new(look.t("户编号", "Code")).bare())
        .column(Column::new(ctx.site.pack.household.grid.to(look.locale)).bare())
        .column(Column::new(look.t("人口", "Persons")).number())
        .column(Column::new(look.t("标签", "Marks")).bare())
        .rows(all.iter().map(|l| {
            let grid = ctx.dir.by_path(&l.home.path).map_or("", |u| u.name(look.locale));
            Row::new(vec![
                html! { (l.head.as_deref().unwrap_or(look.t("（无户主）", "(no head)"))) },
                html! { (l.home.code) },
                html! { (grid) },
                html! { (l.home.persons) },
                html! { @for t in &l.tags { (pill(tone(t), t.name.to(look.locale))) " " } },
            ])
            .href(format!("{}{at}", home_page(&l.home.code)))
        }))
        .empty(empty_state(look.t("这里还没有户。", "No household here."), None))
        .render()
}

/// `POST /households/search`: by code, or by a name or number in full.
pub(super) async fn search(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let q = values.one("q").to_owned();
    let hits = ctx
        .read(move |tx, ctx| {
            let mut hits: Vec<Household> = households::by_code(tx, &q)?.into_iter().collect();
            for by in [By::Name(&q), By::Phone(&q), By::Idno(&q)] {
                for (id, _) in households::find(tx, &ctx.site.secret, by, ctx.today())? {
                    let home = households::get(tx, id)?;
                    hits.extend(home.map(|h| households::kept(tx, h)).transpose()?);
                }
            }
            hits.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
            hits.dedup_by(|a, b| a.id == b.id);
            let mut seen = Vec::new();
            for home in hits {
                let paired = match ctx.account() {
                    Some(me) => crate::read::is_paired(tx, me, home.id, ctx.today())?,
                    None => false,
                };
                let found = Found { home, paired };
                if found.may(ctx, Verb::View) {
                    seen.push(found.home);
                }
            }
            lines(tx, ctx, seen, ctx.today())
        })
        .await?;
    if let [one] = hits.as_slice() {
        return Ok(Redirect::to(&home_page(&one.home.code)).into_response());
    }
    let look = &staff.look;
    let state = FormState::new(values);
    let said = look.t(
        "没有查到。姓名、电话、身份证号要与登记的完全一致。",
        "Nobody found. Names and numbers have to be the very ones that are written down.",
    );
    let page = Page::new(look, look.t("查一户", "Find a household")).at("/households").main(html! {
        (searching(look, &state))
        @if hits.is_empty() { (empty_state(said, Some((look.t("回到列表", "Back to the list"), "/households")))) }
        @else { (card(None, table(look, &ctx, &hits, None))) }
    });
    Ok(page.into_response())
}

/// Where a form asks for a grid: by its code, found while one types.
pub(super) fn grid_field(look: &Look, ctx: &Ctx, s: &FormState) -> Markup {
    let code = s.value("unit").to_owned();
    let level = &ctx.site.pack.household.level;
    let chosen = ctx.dir.by_code(&code);
    let grids = |u: &Unit| {
        let below = ctx.dir.subtree(&u.path);
        below.filter(|u| u.level == *level && u.is_open(ctx.today())).take(GRIDS + 1).collect::<Vec<_>>()
    };
    let around = chosen.and_then(|u| if u.level == *level { ctx.dir.parent(u.id) } else { Some(u) });
    let mut offered = around.map(&grids).unwrap_or_default();
    // As far around as it reaches whoever asks and can still be chosen from.
    let above = around.into_iter().flat_map(|u| ctx.dir.ancestors(u.id).into_iter().rev());
    for up in above.filter(|u| access::may(&ctx.scope, Verb::Manage, Noun::Household, u.path.as_str())) {
        let more = grids(up);
        if more.len() > GRIDS {
            break;
        }
        offered = more;
    }
    if offered.len() > GRIDS {
        return narrowing(look, ctx, s, chosen);
    }
    let near: Vec<Choice> = offered
        .into_iter()
        .map(|u| Choice::new(u.code.clone(), ctx.dir.full_name(u.id, look.locale)))
        .collect();
    let field = Field::new("unit", ctx.site.pack.household.grid.to(look.locale)).required();
    if near.is_empty() {
        return form::text_field(look, s, field.hint(look.t("填网格编码", "The code of the grid")));
    }
    form::combobox(look, s, field, Combo::Choices(&near))
}

/// Where too many grids lie in the place that was asked for: the way to smaller ones, or the code.
fn narrowing(look: &Look, ctx: &Ctx, s: &FormState, chosen: Option<&Unit>) -> Markup {
    let pack = &ctx.site.pack;
    let below = chosen.into_iter().flat_map(|u| ctx.dir.children(u.id));
    let below = below.filter(|u| u.is_open(ctx.today()) && pack.unit_kind(&u.kind).is_none_or(|k| !k.office));
    let mut blank = s.clone();
    blank.values.set("unit", "");
    let hint = look
        .t("先在下面选小一点的地方，或者填网格编码", "Choose a smaller place below, or give the grid's code");
    html! {
        (form::text_field(look, &blank, Field::new("unit", pack.household.grid.to(look.locale)).required().hint(hint)))
        p { (look.t("这里的网格太多，列不全，先选：", "Too many grids to list all of them. First choose:"))
            @for u in below { " " a href={ "/households/new?unit=" (u.code) } { (u.name(look.locale)) } }
        }
    }
}
