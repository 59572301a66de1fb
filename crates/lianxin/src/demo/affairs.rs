//! A handful of affairs, handled by living people as far as each has come: papers taken in, on their way to the
//! window, at the window, and back with whoever brought them.

use super::seat::{Seat, staff_of, villages};
use access::SharedSite;
use access::identity::NewPerson;
use kernel::{HOUR, Result, Role, Scope, UnitId};
use requests::Ctx;
use requests::acts::affair;
use requests::acts::assign::{Assign, assign};
use requests::acts::papers::{self, HandOver, TakeIn};
use requests::acts::take::{Name, name};
use requests::notices::Told;
use requests::register::{NewRequest, register};
use rules::papers::{Goal, PaperForm};

/// What is asked for: class, text, who asks, and how far it has come (0 asked for, 5 back with the person).
const MATTERS: [(&str, &str, &str, u8); 6] = [
    ("17.04.02", "老年证旧了要换，腿脚不便，请帮忙代办。", "田秀英", 3),
    ("05.02.02", "上月住院的发票，请帮忙拿去报销。", "周正发", 2),
    ("06.03.01", "满八十了，高龄补贴的手续请帮忙跑一趟。", "冯桂兰", 5),
    ("17.04.01", "水费和电视费请帮忙代缴，存折交给你们。", "石大明", 1),
    ("17.04.02", "残疾证到期，自己去不了镇上。", "罗永贵", 4),
    ("17.04.01", "娃娃的学费请帮忙代缴。", "杨启兰", 0),
];

/// How many of `requests` are of this kind: none on a small site, which is for something else.
pub(super) fn how_many(requests: u32) -> u32 {
    if requests < 300 { 0 } else { MATTERS.len() as u32 }
}

/// Handles the first `n` of them, one after the other over the last days.
///
/// Errors: those of the acts; a pack without these classes, or a place without these posts, gets fewer.
pub(super) fn write(site: &SharedSite, n: u32) -> Result<()> {
    let villages = villages(site);
    for (at, (class, text, who, far)) in MATTERS.iter().take(n as usize).enumerate() {
        let Some(village) = villages.get(at * villages.len() / MATTERS.len()).copied() else { return Ok(()) };
        if site.pack.affair_of(class).is_none() {
            continue;
        }
        one(site, village, (class, text, who), *far, -HOUR * (70 - at as i64))?;
    }
    Ok(())
}

fn one(
    site: &SharedSite,
    village: UnitId,
    (class, text, who): (&str, &str, &str),
    far: u8,
    from: i64,
) -> Result<()> {
    let mut ctx = Ctx::new(site, Scope::public(site.today()));
    ctx.at = ctx.at.plus(from);
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.to_owned();
    new.body = text.to_owned();
    new.place = Some(village);
    new.person = NewPerson { name: Some(who.to_owned()), ..NewPerson::default() };
    new.told = Told::OnPage;
    site.db.write_now(move |tx| {
        let got = register(tx, &ctx, &new)?;
        let hall =
            ctx.dir.ancestors(village).iter().rev().find_map(|above| {
                ctx.dir.children(above.id).find(|u| u.kind == "township-hall").map(|u| u.id)
            });
        let (Some(hall), true) = (hall, far > 0) else { return Ok(()) };
        let hours = |n: i64| ctx.at.plus(n * HOUR);
        let who = |tx: &mut dyn db::Tx, role, unit, at| staff_of(tx, &ctx, &Seat { role, unit, at });
        let Some(desk) = who(tx, Role::Triage, hall, hours(1))? else { return Ok(()) };
        let Some(lead) = who(tx, Role::Lead, village, hours(2))? else { return Ok(()) };
        let Some(officer) = who(tx, Role::Officer, village, hours(4))? else { return Ok(()) };
        let Some(clerk) = who(tx, Role::Clerk, hall, hours(26))? else { return Ok(()) };
        let on = got.id.into();
        assign(tx, &desk, &Assign { on, unit: village, note: String::new() })?;
        let Some(account) = officer.account() else { return Ok(()) };
        name(tx, &lead, &Name { on, officer: account, note: String::new() })?;
        let affair = ctx.site.pack.affair_of(&new.class);
        let papers: Vec<(String, PaperForm)> =
            affair.iter().flat_map(|a| &a.papers).map(|p| (p.id.clone(), p.form)).collect();
        let steps: Vec<&str> = affair.iter().flat_map(|a| &a.steps).map(|s| s.id.as_str()).collect();
        let (case, _) = papers::take_in(tx, &officer, &TakeIn { on, papers })?;
        let all: Vec<i64> = case.papers.iter().map(|p| p.no).collect();
        let originals: Vec<i64> = case.papers.iter().filter(|p| p.rule().is_out()).map(|p| p.no).collect();
        steps.first().map_or(Ok(()), |s| affair::done(tx, &officer, on, s).map(drop))?;
        if far < 2 {
            return Ok(());
        }
        let (_, slip) = papers::hand_over(tx, &officer, &HandOver { on, papers: all, to: Goal::Unit(hall) })?;
        if far < 3 {
            return Ok(());
        }
        papers::confirm(tx, &clerk, on, slip, false)?;
        steps.get(1).map_or(Ok(()), |s| affair::done(tx, &clerk, on, s).map(drop))?;
        if far < 4 {
            return Ok(());
        }
        let Some(later) = who(tx, Role::Clerk, hall, hours(50))? else { return Ok(()) };
        let (_, back) = papers::hand_over(tx, &later, &HandOver { on, papers: originals, to: Goal::Person })?;
        if far < 5 {
            return Ok(());
        }
        papers::confirm(tx, &later, on, back, true).map(drop)
    })
}
