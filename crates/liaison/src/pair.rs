//! Somebody begins to look after a household.

use crate::store::pairings as store;
use crate::{carers, read, tally, tell};
use access::{Noun, Verb};
use db::{Tx, params};
use kernel::{AccountId, Date, Error, HouseholdId, PairingId, Result};
use register::households;
use requests::Ctx;
use serde_json::json;

/// A new pairing.
#[derive(Clone, Debug)]
pub struct NewPairing {
    /// Its id, made by whoever asks.
    pub id: PairingId,
    /// A kind of the pack.
    pub kind: String,
    /// Who.
    pub account: AccountId,
    /// Which household.
    pub household: HouseholdId,
    /// From this day on; not later than today.
    pub from: Date,
    /// What it rests on.
    pub basis: String,
}

/// The longest basis, in characters.
const BASIS: usize = 200;

/// Pairs them. Whoever acts may do so where the household lies. The same id again is the same pairing.
///
/// Errors: not found; invalid at `kind`, `from`, `basis`; refused: `household-linked`, `household-ended`, `not-for-it` (the household has
/// not the tag the kind is for), `may-not-hold` (no such post, or across a border), `taken` (somebody looks after it
/// already: change hands instead), `quota`.
pub fn pair(tx: &mut dyn Tx, ctx: &Ctx, new: &NewPairing) -> Result<PairingId> {
    let household = households::get(tx, new.household)?.ok_or(Error::NotFound)?;
    access::demand(&ctx.scope, Verb::Manage, Noun::Pairing, &household.path)?;
    checked(tx, ctx, new, &household)?;
    tally::around(tx, &ctx.site, new.household, |tx| write(tx, ctx, new, &household.path))?;
    Ok(new.id)
}

/// What has to hold before `new` is written.
pub(crate) fn checked(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    new: &NewPairing,
    household: &households::Household,
) -> Result<()> {
    let kind = ctx
        .site
        .pack
        .pairing(&new.kind)
        .ok_or_else(|| Error::field("kind", "请选一种结对类型。", "Choose a kind of pairing."))?;
    basis(&new.basis)?;
    if new.from > ctx.today() || new.from < household.from {
        return Err(Error::field(
            "from",
            "日期不能晚于今天，也不能早于这一户登记的日子。",
            "The date cannot lie in the future, or before the household was there.",
        ));
    }
    if household.kept.is_some() {
        return Err(Error::refused(
            "household-linked",
            "这一户已并入另一户，请在那一户安排。",
            "This household is linked to another one, which stands for both: arrange it there.",
        ));
    }
    if !household.is_open(ctx.today()) {
        return Err(Error::refused("household-ended", "这一户已经注销。", "The household has ended."));
    }
    if !kind.only.is_empty() {
        let tags = households::tags(tx, household.id, new.from)?;
        if !kind.is_for(tags.iter().filter_map(|t| t.tag())) {
            return Err(Error::refused(
                "not-for-it",
                format!("{}只联系有相应标签的户，这一户没有。", kind.name.zh),
                format!("{} is for households with a tag that this one has not.", kind.name.en),
            ));
        }
    }
    if carers::post_for(tx, &ctx.dir, kind, new.account, &household.path, new.from)?.is_none() {
        return Err(Error::refused(
            "may-not-hold",
            format!("这个人没有可以当“{}”的岗位，或者不在同一个区域。", kind.holder.zh),
            format!("This person has no post to be a {}, or is from beyond the border.", kind.holder.en),
        ));
    }
    if read::load(tx, new.account, &new.kind)? >= i64::from(kind.quota) {
        return Err(Error::refused(
            "quota",
            format!("这个人已经联系 {} 户，到上限了。", kind.quota),
            format!("This person looks after {} households already, which is the most.", kind.quota),
        ));
    }
    Ok(())
}

pub(crate) fn basis(basis: &str) -> Result<()> {
    let n = basis.trim().chars().count();
    if n == 0 || n > BASIS {
        return Err(Error::field(
            "basis",
            "请写依据（如某月某日分工会、群众提出），200 字以内。",
            "Say on what it rests (a meeting, a wish of the family), at most 200 characters.",
        ));
    }
    Ok(())
}

/// Writes the row and its event.
pub(crate) fn write(tx: &mut dyn Tx, ctx: &Ctx, new: &NewPairing, path: &str) -> Result<()> {
    let values = params![
        new.id,
        new.kind.as_str(),
        new.account,
        new.household,
        path,
        new.from,
        new.basis.trim(),
        ctx.at,
        ctx.account()
    ];
    if !tx.exists(&store::INSERT, &values)? {
        if read::by_id(tx, new.id)?.is_some_and(|p| p.household == new.household && p.account == new.account)
        {
            return Ok(());
        }
        return Err(Error::refused(
            "taken",
            "这一户已经有人联系。要换人，请用“交接”。",
            "Somebody looks after this household already. To change that, hand it over.",
        ));
    }
    let payload = json!({ "kind": new.kind, "household": new.household.to_string(),
        "account": new.account.to_string(), "from": new.from, "basis": new.basis.trim() });
    tell(tx, ctx, new.id, "paired", payload)
}
