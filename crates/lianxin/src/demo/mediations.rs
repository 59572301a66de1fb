//! A few disputes before a mediator, each with the file as far as it has come.

use super::seat::{Seat, staff_of, villages};
use access::SharedSite;
use access::identity::NewPerson;
use kernel::{HOUR, Result, Role, Scope, UnitId};
use requests::Ctx;
use requests::acts::assign::{Assign, assign};
use requests::acts::mediation::{Filed, ItemFacts, NewParty, Side, Who, file, party};
use requests::acts::take::{Name, name};
use requests::notices::Told;
use requests::register::{NewRequest, register};
use rules::mediation::FileItem;

/// What it is about: class, text, the two sides, and how many items the file holds.
const MATTERS: [(&str, &str, &str, &str, usize); 3] = [
    ("16.01.02", "两家为水沟的走向吵了一个月，想请人调解。", "欧阳春", "蒋家兴", 3),
    ("16.03.02", "田埂被挖窄了一尺，两家说不拢。", "田茂才", "石光荣", 5),
    ("16.04.01", "借出去的三千块钱两年没有还。", "杨再明", "罗世华", 1),
];

/// What is filed, in the order in which it comes.
const ITEMS: [(FileItem, &str); 5] = [
    (FileItem::Application, ""),
    (FileItem::Rights, ""),
    (FileItem::Identity, ""),
    (FileItem::Record, "双方到场，各自说了经过；愿意各让一步。"),
    (FileItem::Agreement, "按原来的界恢复，十天内做好，今后互不追究。"),
];

/// How many of `requests` are of this kind: none on a small site, which is for something else.
pub(super) fn how_many(requests: u32) -> u32 {
    if requests < 300 { 0 } else { MATTERS.len() as u32 }
}

/// Brings the first `n` of them before a mediator.
///
/// Errors: those of the acts; a pack without mediation, or a place without these posts, gets fewer.
pub(super) fn write(site: &SharedSite, n: u32) -> Result<()> {
    let villages = villages(site);
    for (at, matter) in MATTERS.iter().take(n as usize).enumerate() {
        let Some(village) = villages.get(at * villages.len() / MATTERS.len()).copied() else { return Ok(()) };
        let track = site.pack.class(matter.0).map(|c| c.track.clone()).unwrap_or_default();
        if site.pack.mediation_on(&track).is_some() {
            one(site, village, *matter, -HOUR * (50 - at as i64))?;
        }
    }
    Ok(())
}

fn one(
    site: &SharedSite,
    village: UnitId,
    (class, text, first, second, items): (&str, &str, &str, &str, usize),
    from: i64,
) -> Result<()> {
    let mut ctx = Ctx::new(site, Scope::public(site.today()));
    ctx.at = ctx.at.plus(from);
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.to_owned();
    new.body = text.to_owned();
    new.answers.insert("parties".to_owned(), vec!["2".to_owned()]);
    new.answers.insert("violence".to_owned(), vec!["no".to_owned()]);
    new.place = Some(village);
    new.person = NewPerson { name: Some(first.to_owned()), ..NewPerson::default() };
    new.told = Told::OnPage;
    let sides = [(Side::Applicant, first.to_owned()), (Side::Respondent, second.to_owned())];
    site.db.write_now(move |tx| {
        let got = register(tx, &ctx, &new)?;
        let on = got.id.into();
        let near = |kind: &str| {
            let above = ctx.dir.ancestors(village);
            above.iter().rev().find_map(|a| ctx.dir.children(a.id).find(|u| u.kind == kind).map(|u| u.id))
        };
        let (Some(hall), Some(peace)) = (near("township-hall"), near("township-peace")) else {
            return Ok(());
        };
        let seat = |role, unit, hours: i64| Seat { role, unit, at: ctx.at.plus(hours * HOUR) };
        let Some(desk) = staff_of(tx, &ctx, &seat(Role::Triage, hall, 1))? else { return Ok(()) };
        let Some(lead) = staff_of(tx, &ctx, &seat(Role::Lead, peace, 3))? else { return Ok(()) };
        let Some(mediator) = staff_of(tx, &ctx, &seat(Role::Officer, peace, 26))? else { return Ok(()) };
        assign(tx, &desk, &Assign { on, unit: peace, note: String::new() })?;
        let Some(account) = mediator.account() else { return Ok(()) };
        name(tx, &lead, &Name { on, officer: account, note: String::new() })?;
        for (side, name) in &sides {
            let who = Who { name: name.clone(), ..Who::default() };
            party(tx, &mediator, &NewParty { on, side: *side, who })?;
        }
        for (item, words) in ITEMS.iter().take(items) {
            let date = ctx.site.zone.date(mediator.at);
            let perform_by = (*item == FileItem::Agreement).then_some(date);
            let words = (*words).to_owned();
            let facts = ItemFacts::default();
            let filed = Filed { on, item: *item, date, perform_by, words, facts, files: Vec::new() };
            file(tx, &mediator, &filed)?;
        }
        Ok(())
    })
}
