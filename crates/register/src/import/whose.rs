//! Which household of the register a family of the file is, and what stood in the file before. What the file itself brought
//! in is never taken for what was there: so that a look at the file and its import say the same.

use super::families::Family;
use crate::households::{self, By, Household, headed};
use crate::{Directory, Unit};
use access::Site;
use db::Tx;
use kernel::{Error, HouseholdId, PersonId, Result, Say, UnitId};
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
    code: Option<&str>,
    seen: &Seen<'_>,
) -> Result<std::result::Result<Option<HouseholdId>, Clash>> {
    if code.is_some_and(|code| seen.codes.contains(code)) {
        let say = Say::new(
            "这个户编号在本表里出现了两次：一户的人请写在一起，并写明与户主关系。",
            "The code stands in the file twice: write the people of a household together, with what they are to its head.",
        );
        return Ok(Err((0, say)));
    }
    let coded = code.map(|code| households::by_code(tx, code)).transpose()?.flatten();
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
        None => by_head(tx, site, grid, family, code, seen),
    }
}

/// A running number: it tells the households of one list apart, and every village counts from 1.
pub(super) fn is_serial(code: &str) -> bool {
    code.len() <= 4 && code.bytes().all(|b| b.is_ascii_digit())
}

/// The code of a family; a running number is one only where a household of that very grid has it.
pub(super) fn code_of<'f>(tx: &mut dyn Tx, family: &'f Family, grid: &Unit) -> Result<Option<&'f str>> {
    let Some(code) = family.code.as_deref() else { return Ok(None) };
    if !is_serial(code) {
        return Ok(Some(code));
    }
    let there = households::by_code(tx, code)?.is_some_and(|home| home.path == grid.path);
    Ok(Some(code).filter(|_| there))
}

/// Where nobody has a number: the same name at the head of a household of the same grid, and no other telephone. A code
/// that the register does not have is that of another household.
fn by_head(
    tx: &mut dyn Tx,
    site: &Site,
    grid: &Unit,
    family: &Family,
    code: Option<&str>,
    seen: &Seen<'_>,
) -> Result<std::result::Result<Option<HouseholdId>, Clash>> {
    let head = &family.lines[0].new.who;
    let (None, None, Some(name)) = (&head.idno, code, head.name.as_deref()) else {
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

/// The grid: by its code, or by its name where one grid alone has it within what the row says and within `area`, where
/// all rows are. Where no grid is named it is the only one of that village or area.
pub(super) fn grid<'d>(
    site: &Site,
    directory: &'d Directory,
    family: &Family,
    area: Option<&Unit>,
) -> std::result::Result<&'d Unit, Say> {
    let given = family.grid.as_str();
    let (name, village) = (normal(given), normal(&family.village));
    if name.is_empty() && village.is_empty() && area.is_none() {
        return Err(Say::new("网格没有填写。", "The grid is missing."));
    }
    let wanted = |u: &&Unit| is_grid(site, u) && area.is_none_or(|a| u.path.starts_with(&a.path));
    if let Some(unit) = directory.by_code(&plain(given)).filter(wanted) {
        return Ok(unit);
    }
    let full = |u: &Unit| {
        let above: String = directory.ancestors(u.id).iter().map(|a| a.name.zh.clone()).collect();
        normal(&(above + &u.name.zh))
    };
    let within: Vec<&Unit> = directory
        .iter()
        .filter(wanted)
        .filter(|u| village.is_empty() || full(u).contains(&village))
        .collect();
    let mut named: Vec<&Unit> = match name.is_empty() {
        true => within.clone(),
        false => within
            .iter()
            .filter(|u| normal(&u.name.zh) == name || full(u).ends_with(&name))
            .copied()
            .collect(),
    };
    // 第1组 is 一组, where it is said of which village.
    let number = ordinal(&name).filter(|_| area.is_some() || !village.is_empty());
    if let Some(n) = number.filter(|_| named.is_empty()) {
        named = within.iter().filter(|u| ordinal(&normal(&u.name.zh)) == Some(n)).copied().collect();
    }
    let place = area.map_or(family.village.as_str(), |a| a.name.zh.as_str());
    Err(match (named.as_slice(), name.is_empty()) {
        ([one], _) => return Ok(one),
        ([], false) => match area {
            Some(_) => Say::new(
                format!("“{place}”里没有网格“{given}”。"),
                format!("There is no grid \"{given}\" in \"{place}\"."),
            ),
            None => Say::new(format!("没有找到网格“{given}”。"), format!("There is no grid \"{given}\".")),
        },
        ([], true) => {
            Say::new(format!("“{place}”下面没有网格。"), format!("There is no grid in \"{place}\"."))
        }
        (_, false) => Say::new(
            format!("有几个网格都叫“{given}”，请填编码，或把村名写全。"),
            format!("Several grids are called \"{given}\": give the code, or the village as well."),
        ),
        (_, true) => Say::new(
            format!("“{place}”有几个网格，请写明是哪一个：在表里加一列“网格”，或给全表选定一个网格。"),
            format!(
                "There are several grids in \"{place}\": say which one, in a column for it or for all rows."
            ),
        ),
    })
}

fn is_grid(site: &Site, unit: &Unit) -> bool {
    unit.level == site.pack.household.level && unit.is_open(site.today())
}

/// The unit in which all rows are, where it can be that of households: a grid, or one with grids below.
///
/// Errors: at the field `unit`.
pub(super) fn area<'d>(site: &Site, directory: &'d Directory, unit: UnitId) -> Result<&'d Unit> {
    let unit = directory.get(unit).ok_or(Error::NotFound)?;
    match directory.subtree(&unit.path).any(|u| is_grid(site, u)) {
        true => Ok(unit),
        false => Err(Error::field(
            "unit",
            format!("“{}”下面没有网格，户登记在网格里：请选一个村或网格。", unit.name.zh),
            format!(
                "There is no grid in \"{}\", and households stand in grids: choose a village or a grid.",
                unit.name(kernel::Locale::En)
            ),
        )),
    }
}

/// The unit that somebody names for all rows: by its code, or by its name, with those above it where several have it.
///
/// Errors: at the field `unit`.
pub fn unit_said<'d>(site: &Site, directory: &'d Directory, said: &str) -> Result<&'d Unit> {
    let (said, today) = (said.trim(), site.today());
    let mut found = directory.search(said, today, usize::MAX);
    if let Some(coded) = directory.by_code(&plain(said)).filter(|u| u.is_open(today)) {
        found = vec![coded];
    }
    found.retain(|u| area(site, directory, u.id).is_ok());
    if found.iter().any(|u| u.name.zh == said || u.name.en == said) {
        found.retain(|u| u.name.zh == said || u.name.en == said);
    }
    match found.as_slice() {
        [one] => area(site, directory, one.id),
        [] => Err(Error::field(
            "unit",
            format!("没有找到“{said}”这个村或网格，请换个写法，或填编码。"),
            format!("There is no village or grid called \"{said}\": try another spelling, or the code."),
        )),
        many => {
            let names = |locale| {
                let first = many.iter().take(5).map(|u| directory.full_name(u.id, locale));
                first.collect::<Vec<_>>().join(locale.t("、", ", "))
            };
            Err(Error::field(
                "unit",
                format!("“{said}”可能是：{}。请写全，或填编码。", names(kernel::Locale::Zh)),
                format!(
                    "\"{said}\" may be: {}. Write it in full, or give the code.",
                    names(kernel::Locale::En)
                ),
            ))
        }
    }
}

/// The number of a group, however it is written: 一组, 第1组, 1, 十二村民小组.
fn ordinal(name: &str) -> Option<u32> {
    let rest = name.strip_prefix('第').unwrap_or(name);
    let ends = ["村民小组", "村民组", "居民小组", "小组", "网格", "组"];
    let rest = ends.iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).map(|n| n as u32);
    match rest.split_once('十') {
        Some((tens, ones)) => {
            let part = |text: &str, none: u32| match text.chars().collect::<Vec<_>>()[..] {
                [] => Some(none),
                [c] => digit(c),
                _ => None,
            };
            Some(part(tens, 1)? * 10 + part(ones, 0)?)
        }
        None => match rest.chars().collect::<Vec<_>>()[..] {
            [c] if digit(c).is_some() => digit(c),
            _ => rest.parse().ok(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn groups_are_numbered_in_many_ways() {
        for (name, n) in
            [("一组", 1), ("第1组", 1), ("1", 1), ("十组", 10), ("第十二村民小组", 12), ("二十三网格", 23)]
        {
            assert_eq!(ordinal(name), Some(n), "{name}");
        }
        for name in ["", "组", "甲组", "河坝村一组", "十里组"] {
            assert_eq!(ordinal(name), None, "{name}");
        }
    }
}
