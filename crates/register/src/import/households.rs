//! Households and who lives in them out of a spreadsheet: one row a person, the head first, or one row a household.
//!
//! Lists are kept for reading: the cells of the household are merged over its people or empty below the head, so a row
//! without its own head belongs to the household before. A household goes in whole or not at all: one bad row sends all
//! of its rows back.

use super::families::{Family, gather};
use super::grow::Growth;
use super::tags::household_columns;
use super::whose::{Seen, grid, known, plain};
use super::{Options, Progress, Report};
use crate::Directory;
use crate::households::{self, NewHousehold, NewMember, NewTag, add_beside, objections};
use access::accounts::Act;
use access::{Noun, SharedSite, Site, Verb};
use db::Tx;
use kernel::{Date, Error, HouseholdId, PersonId, Result, Say, Scope};
use sheets::{Row, Workbook};
use std::sync::Arc;

/// Does what changes a household that others know of, in the same transaction together with whatever hangs on it: the
/// register itself knows of no pairings and no counters.
pub type Around =
    fn(&mut dyn Tx, &Site, HouseholdId, &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

/// Imports households with their people. What changes one that is known goes through `around`. Blocks.
///
/// Errors: what the table refuses; a sheet without headings.
pub fn import_households(
    site: &SharedSite,
    scope: &Scope,
    book: &Workbook,
    options: &Options,
    around: Around,
    progress: Progress<'_>,
) -> Result<Report> {
    if !access::may_somewhere(scope, Verb::Import, Noun::Household) {
        access::demand(scope, Verb::Import, Noun::Household, "")?;
    }
    let known = household_columns(&site.pack);
    let reading = book.read(&known, options.map.as_ref())?;
    let mut missing = reading.headings.missing(&["name", "grid"]);
    // A village and its group name a grid as well.
    missing.retain(|f| *f != "grid" || !reading.headings.has("village"));
    if !missing.is_empty() {
        return Err(Error::refused(
            "columns-missing",
            format!(
                "要有姓名、网格两列，没有找到：{}。标题行若分成两行，请合并成一行再试。",
                missing
                    .iter()
                    .map(|f| if *f == "name" { "姓名" } else { "网格" })
                    .collect::<Vec<_>>()
                    .join("、")
            ),
            format!(
                "Columns for name and grid are needed; not found: {}. Where the heading stands in two rows, make it one.",
                missing.join(", ")
            ),
        ));
    }
    let rows: Vec<Row<'_>> = reading.rows().collect();
    let families = gather(site, &rows, reading.map().date_order, reading.headings.has("relation"));
    let (site_of, scope) = (site.clone(), scope.clone());
    let job = Arc::new(Job { site: site_of, scope, families, dry_run: options.dry_run, around });
    let (total, work) = (job.families.len() as u64, job.clone());
    progress(0, total);
    // One transaction looks and writes, so that nothing comes between.
    let fates = match options.dry_run {
        true => site.db.snapshot_now(move |tx| work.run(tx))?,
        false => site.db.write_now(move |tx| work.run(tx))?,
    };
    progress(total, total);
    let mut report = Report::new(&reading, options.dry_run);
    for (family, fate) in job.families.iter().zip(fates) {
        tell(&mut report, &rows, family, fate);
    }
    Ok(report)
}

/// What becomes of a household of the file.
enum Fate {
    /// It is new, with its code and so many people; the code is none where it is only looked at.
    Added(Option<String>, usize),
    /// So many of its rows say something new: somebody more, or a mark.
    Grown(String, usize),
    /// It says nothing new.
    Known,
    /// It cannot be taken: for each of its rows the reasons, where it has any.
    Refused(Vec<Vec<Say>>),
}

fn tell(report: &mut Report, rows: &[Row<'_>], family: &Family, fate: Fate) {
    let n = family.lines.len();
    let first = &rows[family.lines[0].row];
    for (line, say) in family.lines.iter().flat_map(|l| l.warnings.iter().map(move |w| (l, w))) {
        let number = rows[line.row].number;
        report
            .notes
            .push(Say::new(format!("第 {number} 行：{}", say.zh), format!("Row {number}: {}", say.en)));
    }
    match fate {
        Fate::Added(code, people) => {
            report.added += n;
            let (zh, en) =
                (code.clone().unwrap_or_else(|| "新户".into()), code.unwrap_or_else(|| "New".into()));
            report.shows(first.number, format!("{zh}：{people} 人"), format!("{en}: {people} people"));
        }
        Fate::Grown(code, lines) => {
            report.changed += lines;
            report.known += n - lines;
            report.shows(
                first.number,
                format!("{code}：补充 {lines} 行"),
                format!("{code}: {lines} rows completed"),
            );
        }
        Fate::Known => report.known += n,
        Fate::Refused(reasons) => {
            let wrong: Vec<u32> = family
                .lines
                .iter()
                .zip(&reasons)
                .filter(|(_, r)| !r.is_empty())
                .map(|(l, _)| rows[l.row].number)
                .collect();
            for (line, mut why) in family.lines.iter().zip(reasons) {
                if why.is_empty() {
                    let at = wrong.first().copied().unwrap_or(first.number);
                    why.push(Say::new(
                        format!("同一户第 {at} 行有误，整户退回。"),
                        format!("Row {at} of the same household is wrong; it is refused whole."),
                    ));
                }
                report.refused.push(&rows[line.row], why);
            }
        }
    }
}

struct Job {
    site: SharedSite,
    scope: Scope,
    families: Vec<Family>,
    dry_run: bool,
    around: Around,
}

impl Job {
    fn run(&self, tx: &mut dyn Tx) -> Result<Vec<Fate>> {
        let directory = Directory::read(tx)?;
        let act = Act { actor: self.scope.actor.clone(), at: self.site.now() };
        // No code that is made here may be one that stands further down in the file.
        let given = self.families.iter().filter_map(|f| f.code.as_deref()).map(plain).collect();
        let mut seen = Seen { given, ..Seen::default() };
        let mut out = Vec::with_capacity(self.families.len());
        for family in &self.families {
            out.push(self.one(tx, &directory, &act, family, &mut seen)?);
        }
        Ok(out)
    }

    fn one<'f>(
        &'f self,
        tx: &mut dyn Tx,
        directory: &Directory,
        act: &Act,
        family: &'f Family,
        seen: &mut Seen<'f>,
    ) -> Result<Fate> {
        let mut reasons: Vec<Vec<Say>> = family.lines.iter().map(|l| l.faults.clone()).collect();
        let grid = match grid(&self.site, directory, family) {
            Ok(unit) if access::may(&self.scope, Verb::Import, Noun::Household, &unit.path) => Some(unit),
            Ok(_) => {
                reasons[0].push(Say::new("这个网格不在您的范围内。", "This grid is out of your reach."));
                None
            }
            Err(say) => {
                reasons[0].push(say);
                None
            }
        };
        for (i, line) in family.lines.iter().enumerate() {
            let Some(idno) = line.new.who.idno.as_deref() else { continue };
            if !seen.numbers.insert(idno) {
                reasons[i].push(Say::new(
                    "这个身份证号在本表里出现了两次。",
                    "This identity number stands in the file twice.",
                ));
            }
        }
        if let (Some(grid), Some(name)) = (grid, family.lines[0].new.who.name.as_deref()) {
            let head = &family.lines[0].new.who;
            let phone = head.phone.as_deref().unwrap_or("");
            if head.idno.is_none() && family.code.is_none() && !seen.heads.insert((grid.id, name, phone)) {
                reasons[0].push(Say::new(
                    "本表里同一网格有两户户主同名，又没有身份证号可以分清，请补上身份证号或户编号。",
                    "Two heads of one grid have the same name in the file: give their identity numbers or the households' codes.",
                ));
            }
        }
        let (Some(grid), true) = (grid, reasons.iter().all(Vec::is_empty)) else {
            return Ok(Fate::Refused(reasons));
        };
        let known = match known(tx, &self.site, grid, family, seen)? {
            Ok(known) => known,
            Err((line, say)) => {
                reasons[line].push(say);
                return Ok(Fate::Refused(reasons));
            }
        };
        match known {
            Some(id) => {
                let home = households::get(tx, id)?.ok_or(Error::NotFound)?;
                let growth = Growth::of(tx, &self.site, act, home, family, seen)?;
                if !growth.objections.iter().all(Vec::is_empty) {
                    return Ok(Fate::Refused(growth.objections));
                }
                growth.note(seen);
                Ok(match growth.changed() {
                    0 => Fate::Known,
                    changed => {
                        if !self.dry_run {
                            let write = &mut |tx: &mut dyn Tx| growth.write(tx, &self.site, act);
                            (self.around)(tx, &self.site, id, write)?;
                        }
                        Fate::Grown(growth.home.code, changed)
                    }
                })
            }
            None => {
                let from = family.from.unwrap_or_else(|| self.site.today()).max(grid.from);
                let (people, tags) = self.with_marks(act, family, from);
                let new = NewHousehold {
                    id: None,
                    unit: grid.id,
                    code: family.code.clone(),
                    place: grid.lon.zip(grid.lat),
                    persons: family.persons,
                    from,
                    basis: family.basis.clone(),
                    people,
                    tags,
                };
                let code = match self.dry_run {
                    true => objections(tx, &self.site, &new, act).map(|()| None),
                    false => add_beside(tx, &self.site, &new, act, &seen.given).map(|home| {
                        seen.added.insert(home.id);
                        Some(home.code)
                    }),
                };
                match code {
                    Ok(code) => {
                        seen.codes.extend(family.code.as_deref().map(plain));
                        Ok(Fate::Added(code, family.lines.len()))
                    }
                    Err(Error::Invalid(faults)) => {
                        reasons[0].extend(faults.into_iter().map(|f| f.say));
                        Ok(Fate::Refused(reasons))
                    }
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// The people of a new household with ids of their own, and the marks on it and on them, each once.
    fn with_marks(&self, act: &Act, family: &Family, from: Date) -> (Vec<NewMember>, Vec<NewTag>) {
        let (mut people, mut tags) = (Vec::new(), Vec::<NewTag>::new());
        for line in &family.lines {
            let mut member = line.new.clone();
            let person = PersonId::new(act.at, &*self.site.chance);
            member.who.id = Some(person);
            for mark in &line.marks {
                let tag = mark.tag(Some(person), member.from.unwrap_or(from), &family.basis);
                if !tags.iter().any(|t| (&t.tag, t.person) == (&tag.tag, tag.person)) {
                    tags.push(tag);
                }
            }
            people.push(member);
        }
        (people, tags)
    }
}
