//! Papers of an affair 材料交接: taken in from the person with a slip, handed on, given back; each time the side that
//! receives confirms. Who holds what is decided in [`rules::papers`]; no case ends while an original is out.

use super::{On, open};
use crate::case::{Case, PaperRow, SlipRow};
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step;
use crate::store::papers as store;
use access::{Noun, Verb, accounts};
use db::Tx;
use kernel::{AccountId, Error, Result, Role, UnitId};
use rules::papers::{Fault, Goal, Hand, PaperForm, Papers};
use serde_json::json;
use std::collections::BTreeSet;

/// The papers that go in one slip, at most.
pub const MOST: usize = 40;

/// How a hand-over was confirmed.
pub mod how {
    /// By whoever received it, signed in.
    pub const DESK: &str = "desk";
    /// By the person on their own page.
    pub const PAGE: &str = "page";
    /// By the person's signature on the printed slip, which whoever gave it wrote down.
    pub const SIGNED: &str = "signed";
}

/// Papers that the person hands in.
#[derive(Clone, Debug)]
pub struct TakeIn {
    /// Which case.
    pub on: On,
    /// Which papers, each by its key in the pack, and in what form.
    pub papers: Vec<(String, PaperForm)>,
}

/// Whether whoever acts may take papers of this case in and hand them on.
pub fn may_handle(ctx: &Ctx, case: &Case) -> bool {
    case.may(ctx, Verb::Register) && ctx.account().is_some()
}

/// Takes papers in from the person; gives back the number of the slip.
///
/// Errors: refused where the class is no affair, or the case has ended; [`Error::Invalid`] without a paper.
pub fn take_in(tx: &mut dyn Tx, ctx: &Ctx, input: &TakeIn) -> Result<(Case, i64)> {
    let (mut case, ctx, account, unit) = handler(tx, ctx, input.on)?;
    is_live(&case)?;
    if ctx.site.pack.affair_of(&case.row.class).is_none() {
        return Err(Error::refused(
            "no-affair",
            "这类事项没有代办清单，不收材料。",
            "Cases of this class are no affairs: no papers are taken in.",
        ));
    }
    let unknown = input.papers.iter().any(|(key, _)| ctx.site.pack.paper(key).is_none());
    if unknown || input.papers.len() > MOST {
        return Err(Error::field("paper", "请从清单里选材料。", "Please choose papers from the list."));
    }
    let mut book = Book::read(tx, &case)?;
    let forms: Vec<PaperForm> = input.papers.iter().map(|(_, form)| *form).collect();
    let slip = book.rules.take_in(account, unit, &forms)?;
    let new = case.papers.len();
    for ((key, _), paper) in input.papers.iter().zip(&book.rules.papers[new..]) {
        store::save_paper(tx, case.row.id, key, paper, ctx.at)?;
    }
    book.settle(tx, &ctx, &mut case, slip, Some(account), how::DESK)?;
    said(tx, &ctx, &mut case, "papers-in", slip, json!({}))?;
    Ok((case, slip))
}

/// Papers that go on to somebody else, or back.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// Which case.
    pub on: On,
    /// Which papers, by their numbers within the case.
    pub papers: Vec<i64>,
    /// To whom.
    pub to: Goal,
}

/// Offers papers; gives back the number of the slip. They stay with whoever holds them until the other side
/// confirms. A lead may do it for somebody else ([`stands_in_for`]), and then does not receive them as well.
///
/// Errors: those of [`rules::papers::Fault`]; of a shielded case a unit of the conflict set is refused.
pub fn hand_over(tx: &mut dyn Tx, ctx: &Ctx, input: &HandOver) -> Result<(Case, i64)> {
    let (mut case, ctx, account, _) = handler(tx, ctx, input.on)?;
    if let Goal::Unit(unit) = input.to {
        super::triage::unit(&ctx, unit)?;
        if let Some(shield) = &case.shield {
            crate::shield::unit_outside(&ctx, shield, unit)?;
        }
    }
    let mut book = Book::read(tx, &case)?;
    let giver = input.papers.first().and_then(|no| case.papers.iter().find(|p| p.no == *no));
    let stands = stands_in_for(tx, &ctx, &case)?;
    let giver = giver.map_or(account, |p| stands_in(&stands, p.holder, account));
    let slip = book.rules.offer(giver, account, &input.papers, input.to)?;
    book.settle(tx, &ctx, &mut case, slip, None, "")?;
    let to = match input.to {
        Goal::Person => json!({}),
        Goal::Unit(unit) => json!({ "unit": unit.to_string() }),
    };
    said(tx, &ctx, &mut case, "papers-offered", slip, to)?;
    Ok((case, slip))
}

/// Confirms a slip: by somebody of the unit that receives, by the person on their page, or, `signed`, by whoever
/// gives and holds the person's signature on the printed slip.
///
/// Errors: those of [`rules::papers::Fault`].
pub fn confirm(tx: &mut dyn Tx, ctx: &Ctx, on: On, slip: i64, signed: bool) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    let mut book = Book::read(tx, &case)?;
    let row = book.slips.iter().find(|s| s.slip.no == slip).cloned().ok_or(Error::NotFound)?;
    // Also who left the case to the others: the papers are theirs.
    if ctx.holder.as_ref().is_some_and(|h| h.request == case.row.id) {
        // Who joined has handed nothing in.
        if ctx.holder.as_ref().and_then(|h| h.person) != case.row.person {
            return Err(Fault::NotYours.into());
        }
        book.rules.confirm(slip, Hand::Person, &[])?;
        book.settle(tx, ctx, &mut case, slip, None, how::PAGE)?;
        said(tx, ctx, &mut case, "papers-received", slip, json!({ "how": how::PAGE }))?;
        return Ok(case);
    }
    let (_, ctx, account, unit) = handler(tx, ctx, on)?;
    let (ctx, hand, how) = match (row.slip.to, row.slip.from) {
        (Goal::Unit(unit), _) => (ctx.seated(unit), Hand::Staff(account, unit), how::DESK),
        (Goal::Person, from) if signed => {
            let stands = stands_in_for(tx, &ctx, &case)?;
            if !matches!(from, Hand::Staff(giver, _) if giver == stands_in(&stands, from, account)) {
                return Err(Fault::NotYours.into());
            }
            (ctx.seated(unit), Hand::Person, how::SIGNED)
        }
        (Goal::Person, _) => return Err(Fault::NotYours.into()),
    };
    let seats: Vec<UnitId> = ctx.scope.grants.iter().map(|g| g.unit).collect();
    book.rules.confirm(slip, hand, &seats)?;
    book.settle(tx, &ctx, &mut case, slip, Some(account), how)?;
    said(tx, &ctx, &mut case, "papers-received", slip, json!({ "how": how }))?;
    Ok(case)
}

/// Calls an offer back that nobody has confirmed.
///
/// Errors: those of [`rules::papers::Fault`].
pub fn recall(tx: &mut dyn Tx, ctx: &Ctx, on: On, slip: i64) -> Result<Case> {
    let (mut case, ctx, account, _) = handler(tx, ctx, on)?;
    let mut book = Book::read(tx, &case)?;
    let row = book.slips.iter().find(|s| s.slip.no == slip).ok_or(Error::NotFound)?;
    let giver = stands_in(&stands_in_for(tx, &ctx, &case)?, row.slip.from, account);
    book.rules.recall(slip, giver)?;
    book.settle(tx, &ctx, &mut case, slip, Some(account), "")?;
    said(tx, &ctx, &mut case, "papers-recalled", slip, json!({}))?;
    Ok(case)
}

/// Who acts, for somebody who may handle papers of the case: account and unit.
fn handler(tx: &mut dyn Tx, ctx: &Ctx, on: On) -> Result<(Case, Ctx, AccountId, UnitId)> {
    let case = open(tx, ctx, on)?;
    case.demand(ctx, Verb::Register)?;
    let ctx = case.acting(ctx, Verb::Register, Noun::Request);
    match (ctx.account(), ctx.unit()) {
        (Some(account), Some(unit)) => Ok((case, ctx, account, unit)),
        _ => Err(Error::SignIn),
    }
}

/// The units for whose people whoever acts gives papers of a case away, who may have left, or from whom the case is
/// kept now: the unit that they lead; and where a unit has no lead, or one from whom the case is kept, the next superior
/// with one, and the unit that holds the case. So there is always somebody who can give an original back.
pub fn stands_in_for(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<BTreeSet<UnitId>> {
    let leads = |unit: UnitId| ctx.scope.sits_in(&[Role::Lead], unit);
    let mut out = BTreeSet::new();
    if !ctx.scope.has(Role::Lead) {
        return Ok(out);
    }
    let held = case.papers.iter().filter_map(|p| match p.holder {
        Hand::Staff(_, unit) => Some(unit),
        Hand::Person => None,
    });
    for unit in held.collect::<BTreeSet<UnitId>>() {
        if leads(unit)
            || (!is_led(tx, ctx, case, unit)? && (leads(case.row.unit) || is_next(tx, ctx, case, unit)?))
        {
            out.insert(unit);
        }
    }
    Ok(out)
}

/// Whether a unit has a lead from whom the case is not kept.
fn is_led(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, unit: UnitId) -> Result<bool> {
    for (lead, _) in accounts::holders(tx, unit, Role::Lead, ctx.today())? {
        let out = match &case.shield {
            Some(shield) => shield.shuts_out_account(tx, ctx, lead)?,
            None => false,
        };
        if !out {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether whoever acts leads the next superior of a unit that has a lead from whom the case is not kept: the unit above,
/// or a centre before it, whose lead may not reach the case.
fn is_next(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, unit: UnitId) -> Result<bool> {
    for above in crate::shield::superiors(ctx, unit) {
        if is_led(tx, ctx, case, above)? {
            if ctx.scope.sits_in(&[Role::Lead], above) {
                return Ok(true);
            }
            if ctx.path(unit).starts_with(ctx.path(above)) {
                return Ok(false);
            }
        }
    }
    Ok(false)
}

/// For whom whoever acts gives papers away: for themselves, or for somebody of a unit for which they stand in.
pub fn stands_in(stands: &BTreeSet<UnitId>, holder: Hand, account: AccountId) -> AccountId {
    match holder {
        Hand::Staff(other, unit) if stands.contains(&unit) => other,
        _ => account,
    }
}

pub(super) fn is_live(case: &Case) -> Result<()> {
    match case.row.is_live() {
        true => Ok(()),
        false => Err(Error::refused(
            "ended",
            "这件已经了结，先重启才能再收材料、办步骤。",
            "The case has ended: it has to be opened again first.",
        )),
    }
}

/// Papers and slips of a case while something is done to them.
struct Book {
    rules: Papers,
    slips: Vec<SlipRow>,
}

impl Book {
    fn read(tx: &mut dyn Tx, case: &Case) -> Result<Book> {
        let slips = store::slips(tx, case.row.id)?;
        Ok(Book { rules: store::book(&case.papers, &slips), slips })
    }

    /// Writes what the rules made of a slip and of its papers.
    fn settle(
        &self,
        tx: &mut dyn Tx,
        ctx: &Ctx,
        case: &mut Case,
        slip: i64,
        by: Option<AccountId>,
        how: &str,
    ) -> Result<()> {
        let id = case.row.id;
        let new = self.rules.slips.iter().find(|s| s.no == slip).ok_or(Error::NotFound)?.clone();
        let open = new.end == rules::papers::SlipEnd::Open;
        let at = self.slips.iter().find(|s| s.slip.no == slip).map_or(ctx.at, |s| s.at);
        let ended_at = (!open).then_some(ctx.at);
        let row = SlipRow { slip: new, at, ended_at, by, how: how.to_owned() };
        store::save_slip(tx, id, &row)?;
        for paper in self.rules.papers.iter().filter(|p| row.slip.papers.contains(&p.no)) {
            // One that was just taken in is written already.
            let Some(was) = case.papers.iter().find(|p| p.no == paper.no) else { continue };
            let since = if was.holder == paper.holder { was.since } else { ctx.at };
            store::save_paper(tx, id, &was.paper, paper, since)?;
        }
        case.papers = store::papers(tx, id)?;
        case.facts.originals_out = self.rules.out();
        Ok(())
    }
}

/// Puts it on record, with papers by their keys: the journal names nobody and nothing that stands on a paper.
fn said(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    kind: &str,
    slip: i64,
    mut data: serde_json::Value,
) -> Result<()> {
    let slips = store::slips(tx, case.row.id)?;
    let numbers = slips.iter().find(|s| s.slip.no == slip).map(|s| s.slip.papers.clone()).unwrap_or_default();
    let word = |p: &PaperRow| format!("{}:{}", p.paper, p.form.key());
    let papers: Vec<String> = case.papers.iter().filter(|p| numbers.contains(&p.no)).map(word).collect();
    data["slip"] = slip.into();
    data["papers"] = papers.into();
    step::note(tx, ctx, case, kind, Audience::Person, "", data)
}
