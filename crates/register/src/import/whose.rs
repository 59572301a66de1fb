//! Which household of the register a family of the file is, and what stood in the file before. What the file itself brought
//! in is never taken for what was there: so that a look at the file and its import say the same.

use super::families::Family;
use crate::households::{self, By, Household, headed};
use crate::{Directory, Unit};
use access::Site;
use db::Tx;
use kernel::{HouseholdId, PersonId, Result, Say, UnitId};
use rules::chars::half_width;
use sheets::normal;
use std::collections::HashSet;

/// What stood in the file before, and which codes it gives.
#[derive(Default)]
pub(super) struct Seen<'f> {
    /// Identity numbers.
    pub(super) numbers: HashSet<&'f str>,
    /// Heads without a number: grid, name, telephone.
    pub(super) heads: HashSet<(UnitId, &'f str, &'f str)>,
    /// Every code of the file, also those that stand further down.
    pub(super) given: HashSet<String>,
    /// Codes of households that are new.
    pub(super) codes: HashSet<String>,
    /// Households that were known.
    pub(super) homes: HashSet<HouseholdId>,
    /// Households whose head the file brought in.
    pub(super) added: HashSet<HouseholdId>,
    /// Those who came to households that were known.
    pub(super) people: HashSet<PersonId>,
    /// Marks of households that were known, and of whom.
    pub(super) marks: HashSet<(HouseholdId, Option<PersonId>, String)>,
}

/// A code as it is compared.
pub(super) fn plain(code: &str) -> String {
    half_width(code.trim())
}

/// Why a family cannot be taken, and which of its lines says so.
type Clash = (usize, Say);

/// The household of the register that this one is, or at which of its lines it clashes with another. One that is linked
/// to another means that one, whether its code, its head or somebody's number is given.
pub(super) fn known(
    tx: &mut dyn Tx,
    site: &Site,
    grid: &Unit,
    family: &Family,
    seen: &Seen<'_>,
) -> Result<std::result::Result<Option<HouseholdId>, Clash>> {
    if family.code.as_deref().is_some_and(|code| seen.codes.contains(&plain(code))) {
        let say = Say::new(
            "这个户编号在本表里出现了两次：一户的人请写在一起，并写明与户主关系。",
            "The code stands in the file twice: write the people of a household together, with what they are to its head.",
        );
        return Ok(Err((0, say)));
    }
    let coded = family.code.as_ref().map(|code| households::by_code(tx, code)).transpose()?.flatten();
    let coded = coded.map(|home| households::kept(tx, home)).transpose()?;
    let today = site.today();
    let gone = |home: &Household| home.to.filter(|to| *to <= today);
    if let Some((home, to)) = coded.as_ref().and_then(|home| Some((home, gone(home)?))) {
        let say = Say::new(
            format!("户编号 {} 的那一户已于 {to} 注销；若又回来了，请去掉编号，按新户登记。", home.code),
            format!(
                "The household {} ended on {to}: if it has come back, leave the code out and enter it anew.",
                home.code
            ),
        );
        return Ok(Err((0, say)));
    }
    // Who may write in this grid may not write into a household of another by its code.
    if coded.as_ref().is_some_and(|home| home.path != grid.path) {
        let say = Say::new(
            "这个户编号登记在别的网格，请核对网格或户编号。",
            "A household with this code is in another grid: check the grid, or the code.",
        );
        return Ok(Err((0, say)));
    }
    let mut same: Option<HouseholdId> = coded.map(|home| home.id);
    for (i, line) in family.lines.iter().enumerate() {
        let Some(idno) = line.new.who.idno.as_deref() else { continue };
        for (id, _) in households::find(tx, &site.secret, By::Idno(idno), today)? {
            let Some(home) = households::get(tx, id)? else { continue };
            let home = households::kept(tx, home)?;
            // Whoever lived in one that has ended may come back in another.
            if gone(&home).is_some() {
                continue;
            }
            let id = home.id;
            let clash = home.path != grid.path || same.is_some_and(|s| s != id);
            if clash {
                let say = Say::new(
                    format!("这个身份证号已登记在另一户（{}）。", home.code),
                    format!("This identity number is written down in another household ({}).", home.code),
                );
                return Ok(Err((i, say)));
            }
            same = Some(id);
        }
    }
    match same {
        Some(id) => Ok(Ok(Some(id))),
        None => by_head(tx, site, grid, family, seen),
    }
}

/// Where nobody has a number: the same name at the head of a household of the same grid, and no other telephone. A code
/// that the register does not have is that of another household.
fn by_head(
    tx: &mut dyn Tx,
    site: &Site,
    grid: &Unit,
    family: &Family,
    seen: &Seen<'_>,
) -> Result<std::result::Result<Option<HouseholdId>, Clash>> {
    let head = &family.lines[0].new.who;
    let (None, None, Some(name)) = (&head.idno, &family.code, head.name.as_deref()) else {
        return Ok(Ok(None));
    };
    let phone = head.phone.as_deref().and_then(|phone| By::Phone(phone).key(&site.secret));
    let mut found = headed(tx, &site.secret, name, &grid.path, site.today())?;
    found.retain(|(home, _)| !seen.added.contains(&home.id));
    // The same telephone says which; where one of both has none, the name alone does.
    if phone.is_some() {
        let sure = found.iter().any(|(_, theirs)| *theirs == phone);
        found.retain(|(_, theirs)| *theirs == phone || (theirs.is_none() && !sure));
    }
    found.sort_by_key(|(home, _)| home.id);
    found.dedup_by_key(|(home, _)| home.id);
    if found.len() > 1 {
        let say = Say::new(
            "这个网格有几户户主都叫这个名字，分不清是哪一户，请补上身份证号、联系电话或户编号。",
            "Several heads of this grid have this name and cannot be told apart: give the identity number, the telephone or the household's code.",
        );
        return Ok(Err((0, say)));
    }
    match found.first().map(|(home, _)| home) {
        Some(home) if home.path == grid.path => Ok(Ok(Some(home.id))),
        // It stood in this grid, and is linked to one that stands in another.
        Some(home) => {
            let say = Say::new(
                format!("这一户已并入别的网格的 {}，请到那里登记。", home.code),
                format!(
                    "This household is linked to {}, which is in another grid: enter it there.",
                    home.code
                ),
            );
            Ok(Err((0, say)))
        }
        None => Ok(Ok(None)),
    }
}

/// The grid: by its code, or by its name where one grid alone has it within what the row says.
pub(super) fn grid<'d>(
    site: &Site,
    directory: &'d Directory,
    family: &Family,
) -> std::result::Result<&'d Unit, Say> {
    let level = &site.pack.household.level;
    let given = family.grid.as_str();
    let wanted = |u: &&Unit| u.level == *level && u.is_open(site.today());
    if let Some(unit) = directory.by_code(given).filter(wanted) {
        return Ok(unit);
    }
    let name = normal(given);
    let village = normal(&family.village);
    let fits = |u: &&Unit| {
        let full =
            directory.ancestors(u.id).iter().map(|a| a.name.zh.clone()).collect::<String>() + &u.name.zh;
        let within = village.is_empty() || normal(&full).contains(&village);
        within && (normal(&u.name.zh) == name || (!name.is_empty() && normal(&full).ends_with(&name)))
    };
    let mut named = directory.iter().filter(wanted).filter(fits);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Say::new(
            format!("有几个网格都叫“{given}”，请填编码，或把村名写全。"),
            format!("Several grids are called \"{given}\": give the code, or the village as well."),
        )),
        (None, _) => {
            Err(Say::new(format!("没有找到网格“{given}”。"), format!("There is no grid \"{given}\".")))
        }
    }
}
