//! The ledger of needs 民情台账, promises that are not met, and needs by class.

use super::{Asked, BATCH, Desk, Names, PROMISES, Part, Sheet, or_gone};
use crate::visits::{self, NeedsAsked, NeedsOf, OnlyNeeds, PromisesAsked, PromisesOf, needs_by_class};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use db::Tx;
use kernel::{Result, Text};
use web::components::Chip;
use web::{PageResult, format};

/// Where the ledger of needs is.
const NEEDS: &str = "/visits/needs";

/// `GET /visits/needs`
pub(in crate::pages::visits) async fn needs(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    Desk::open(&site, &staff, asked).await?.serve(NEEDS, needs_of).await
}

/// What the address asks for, behind the page before.
fn list_of(desk: &Desk) -> NeedsAsked {
    let only = OnlyNeeds::from_key(&desk.asked.only);
    let of = match (only, desk.needs_of()) {
        // Whoever looks after a family tells it, whoever heard it.
        (OnlyNeeds::ToTell, NeedsOf::Account(who, on)) => NeedsOf::Keeper(who, on),
        (_, of) => of,
    };
    let after = desk.asked.after.split_once('.');
    let after = after.and_then(|(day, ord)| Some((day.parse().ok()?, ord.parse().ok()?)));
    NeedsAsked { of, from: Some(desk.from), to: Some(desk.to), known: desk.known, only, after }
}

fn filters(desk: &Desk) -> Vec<Chip> {
    let chip = |value: OnlyNeeds, zh: &str, en: &str| {
        let on = desk.asked.only == value.key();
        let href = desk.asked.href(NEEDS, &[("only", if on { "" } else { value.key() })]);
        Chip { label: desk.look.t(zh, en).to_owned(), href, on, one_of: false }
    };
    vec![
        chip(OnlyNeeds::Open, "还没了结", "Not ended"),
        chip(OnlyNeeds::Again, "又提起的", "Came up again"),
        chip(OnlyNeeds::ToTell, "该告诉家里人的", "Family to be told"),
    ]
}

fn needs_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Part> {
    let asked = list_of(desk);
    let mut all = visits::needs_page(tx, &asked, desk.most + 1)?;
    let more = all.len() > desk.most;
    all.truncate(desk.most);
    let next = all.last().filter(|_| more).map(|n| format!("{}.{}", n.on, n.request.ord()));
    let count = if desk.is_page() { Some(visits::needs_all(tx, &asked)?) } else { None };
    let mut names = Names::default();
    let (l, zone, look) = (desk.look.locale, desk.ctx.site.zone, &desk.look);
    let mut sheet = Sheet::new(
        desk.ctx.site.pack.visit.ledger.clone(),
        &[
            ("编号", "Number", false),
            ("接件时间", "Heard on", false),
            ("渠道", "Channel", true),
            ("户编号", "Household", false),
            ("事由", "About", false),
            ("类别", "Class", true),
            ("接待人", "Heard by", false),
            ("受理部门", "Held by", false),
            ("责任人", "Officer", true),
            ("处理进度", "Stands", false),
            ("答复期限", "Answer due", true),
            ("结果", "Result", false),
            ("又提起", "Again", true),
            ("告诉家里人", "Family told", true),
        ],
    );
    let channel =
        desk.ctx.site.pack.channel(&desk.ctx.site.pack.visit.channel).map(|c| c.name.to(l).to_owned());
    for n in all {
        let class = desk
            .ctx
            .site
            .pack
            .class(&n.class)
            .map(|c| c.name.to(l))
            .unwrap_or(look.t("待定分类", "Not classified yet"));
        let officer = match n.officer {
            Some(id) => names.staff(tx, id)?,
            None => String::new(),
        };
        let stands = if n.settled {
            look.t("当场办好", "Settled on the spot").to_owned()
        } else {
            n.state.name().to(l).to_owned()
        };
        let href = n.href(&desk.ctx);
        sheet.rows.push((
            vec![
                n.number.clone(),
                format::day_year(l, n.on),
                match n.from_card() {
                    true => look.t("联系卡", "Contact card").to_owned(),
                    false => channel.clone().unwrap_or_default(),
                },
                names.home(tx, &desk.ctx, n.household)?.0,
                n.title.clone(),
                class.to_owned(),
                n.account.map(|who| names.staff(tx, who)).transpose()?.unwrap_or_default(),
                desk.unit_name(n.unit),
                officer,
                stands,
                n.due.map(|at| format::day_year(l, zone.date(at))).unwrap_or_default(),
                n.answer.clone().unwrap_or_default(),
                if n.again { look.t("是", "yes").to_owned() } else { String::new() },
                n.told_on.map(|d| format::day_year(l, d)).unwrap_or_default(),
            ],
            href,
        ));
    }
    Ok(Part { sheet, next, all: count, filters: filters(desk) })
}

/// `GET /visits/promises`: what was promised and stands open.
pub(in crate::pages::visits) async fn promises(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    Desk::open(&site, &staff, asked).await?.serve(PROMISES, promises_of).await
}

fn promises_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Part> {
    let spans = desk.spans(PROMISES);
    let after = desk.asked.after.split_once('.');
    let asked = PromisesAsked {
        of: match &desk.unit {
            Some(path) => PromisesOf::Unit(path.clone()),
            None => PromisesOf::Account(desk.of, desk.last()),
        },
        from: Some(desk.from).filter(|_| spans),
        to: Some(desk.to).filter(|_| spans),
        known: desk.known,
        after: after.and_then(|(due, id)| Some((due.parse().ok()?, id.parse().ok()?))),
    };
    let mut all = visits::promises_page(tx, &asked, desk.most + 1)?;
    let more = all.len() > desk.most;
    all.truncate(desk.most);
    let next = all.last().filter(|_| more).map(|p| format!("{}.{}", p.due, p.id));
    let all = visits::promises_open_readable(tx, &desk.ctx, all)?;
    let mut names = Names::default();
    let (l, look) = (desk.look.locale, &desk.look);
    let mut sheet = Sheet::new(
        Text::new("答应了还没做到的", "Promises not met yet"),
        &[
            ("答应的事", "Promised", false),
            ("户编号", "Household", false),
            ("地点", "Place", false),
            ("谁答应的", "By whom", false),
            ("哪天答应的", "On", true),
            ("原定日期", "First day", true),
            ("哪天以前", "By", false),
            ("过期", "Overdue", false),
        ],
    );
    let last = desk.last();
    for p in all {
        let late = if p.due < last { look.t("过了", "Overdue").to_owned() } else { String::new() };
        sheet.rows.push((
            vec![
                or_gone(&p.text, l).to_owned(),
                names.home(tx, &desk.ctx, p.household)?.0,
                desk.place(&p.path),
                names.staff(tx, p.account)?,
                format::day_year(l, p.made_on),
                format::day_year(l, p.first_due),
                format::day_year(l, p.due),
                late,
            ],
            None,
        ));
    }
    Ok(Part { next, ..Part::whole(sheet) })
}

/// `GET /visits/classes`: how often which class of need was heard.
pub(in crate::pages::visits) async fn classes(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    Desk::open(&site, &staff, asked).await?.serve("/visits/classes", classes_of).await
}

fn classes_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Part> {
    let rows = match &desk.unit {
        Some(path) => needs_by_class(tx, path, desk.from, desk.to, desk.known)?,
        None => {
            let mut counts: Vec<(String, i64, i64, i64)> = Vec::new();
            let mut asked = NeedsAsked { only: OnlyNeeds::All, after: None, ..list_of(desk) };
            asked.of = desk.needs_of();
            loop {
                let some = visits::needs_page(tx, &asked, BATCH)?;
                for n in &some {
                    let (settled, again) = (i64::from(n.settled), i64::from(n.again));
                    match counts.iter_mut().find(|c| c.0 == n.class) {
                        Some(c) => (c.1, c.2, c.3) = (c.1 + 1, c.2 + settled, c.3 + again),
                        None => counts.push((n.class.clone(), 1, settled, again)),
                    }
                }
                asked.after = some.last().filter(|_| some.len() == BATCH).map(|n| (n.on, n.request.ord()));
                if asked.after.is_none() {
                    break;
                }
            }
            counts.sort_by_key(|c| (-c.1, c.0.clone()));
            counts
        }
    };
    let mut sheet = Sheet::new(
        Text::new(
            "走访听到、联系卡上提的诉求，按类别",
            "Needs heard at visits or asked from cards, by class",
        ),
        &[
            ("类别", "Class", false),
            ("件数", "Needs", false),
            ("当场办好", "On the spot", false),
            ("又提起", "Again", false),
        ],
    );
    for (class, all, settled, again) in rows {
        let names = desk.ctx.site.pack.class_path(&class);
        let name = match names.is_empty() {
            true => desk.look.t("待定分类", "Not classified yet").to_owned(),
            false => names.iter().map(|t| t.to(desk.look.locale)).collect::<Vec<_>>().join(" › "),
        };
        sheet.rows.push((vec![name, all.to_string(), settled.to_string(), again.to_string()], None));
    }
    Ok(Part::whole(sheet))
}
