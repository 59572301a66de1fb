//! Households and who lives in them out of a spreadsheet: one row a person, the head first, or one row a household.
//!
//! Lists are kept for reading: the cells of the household are merged over its people or empty below the head, so a row
//! without its own head belongs to the household before. A household goes in whole or not at all: one bad row sends all
//! of its rows back.

use super::families::{Family, Way, gather};
use super::grow::Growth;
use super::tags::household_columns;
use super::whose::{Seen, area, code_of, grid, is_serial, known};
use super::{ForAll, Options, Progress, Report};
use crate::households::{self, NewHousehold, NewMember, NewTag, add_beside, objections};
use crate::{Directory, Unit};
use access::accounts::Act;
use access::{Noun, SharedSite, Site, Verb};
use db::Tx;
use kernel::{Date, Error, HouseholdId, Locale, PersonId, Result, Say, Scope};
use sheets::{Reading, Row, Workbook};
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
    let all = options.all.checked(site)?;
    columns_missing(&reading, &all)?;
    let rows: Vec<Row<'_>> = reading.rows().collect();
    let way = Way::new(site, &reading, all.marked, all.basis.as_deref());
    let (families, alone) = (gather(&way, &rows), way.alone());
    let (site_of, scope) = (site.clone(), scope.clone());
    let job = Arc::new(Job { site: site_of, scope, families, all, dry_run: options.dry_run, around });
    let (total, work) = (job.families.len() as u64, job.clone());
    progress(0, total);
    // One transaction looks and writes, so that nothing comes between.
    let fates = match options.dry_run {
        true => site.db.snapshot_now(move |tx| work.run(tx))?,
        false => site.db.write_now(move |tx| work.run(tx))?,
    };
    progress(total, total);
    let mut report = Report::new(&reading, options.dry_run);
    report.notes.extend(remarks(&job.families, alone));
    for (family, fate) in job.families.iter().zip(fates) {
        tell(&mut report, &rows, family, fate);
    }
    Ok(report)
}

/// What a sheet of households has to have.
fn columns_missing(reading: &Reading, all: &ForAll) -> Result<()> {
    let has = |fields: &[&str]| fields.iter().any(|f| reading.headings.has(f));
    let mut missing = Vec::new();
    if !has(&["name", "head"]) {
        missing.push(("姓名", "name"));
    }
    // A village and its group name a grid as well.
    let placed = has(&["grid", "village"]) || all.unit.is_some();
    if !placed {
        missing.push(("网格", "grid"));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let (zh, en): (Vec<&str>, Vec<&str>) = missing.into_iter().unzip();
    let how = match placed {
        true => Say::new("", ""),
        false => Say::new(
            "表里没有网格一列的，可以说明整张表属于哪个村或网格。",
            " Where the sheet has none for the grid, say in which village or grid all of it is.",
        ),
    };
    Err(Error::refused(
        "columns-missing",
        format!(
            "要有姓名、网格两列，没有找到：{}。{}标题若没有认对，请指明标题在第几行。",
            zh.join("、"),
            how.zh
        ),
        format!(
            "Columns for name and grid are needed; not found: {}.{} Where the heading was taken wrongly, say which row holds it.",
            en.join(", "),
            how.en
        ),
    ))
}

/// What was taken otherwise than one might think.
fn remarks(families: &[Family], alone: bool) -> Vec<Say> {
    let mut out = Vec::new();
    let mut marks = families.iter().flat_map(|f| &f.lines).flat_map(|l| &l.marks);
    if alone && marks.any(|m| m.personal) {
        out.push(Say::new(
            "这张表一户一行：残疾、独居老人这类个人的标签记在户主名下；是家里别的人的，请为那个人另写一行，并写明与户主关系。",
            "The sheet has one row a household: marks of a person are put on its head. Where they are somebody else's, write a row for them, with their relation to the head.",
        ));
    }
    if families.iter().any(|f| f.code.as_deref().is_some_and(is_serial)) {
        out.push(Say::new(
            "户编号只有 4 位以内数字的，只用来分清哪些人是一户；系统另编户编号。",
            "Household numbers of up to four digits only tell which people are one household; codes are given by the register.",
        ));
    }
    let undated =
        families.iter().flat_map(|f| &f.lines).flat_map(|l| &l.marks).filter(|m| m.from.is_none()).count();
    if undated > 0 {
        out.push(Say::new(
            format!("有 {undated} 个标签没有写从哪天起：按本人、本户登记的日子算，新登记的户没写日期的从今天算。可以给全表统一说明。"),
            format!(
                "{undated} marks do not say since when they hold: they hold since the person or household was there, for new ones without a date since today. It can be said for all rows."
            ),
        ));
    }
    out
}

/// What becomes of a household of the file.
enum Fate {
    /// It is new, with its code, so many people and marks, in this grid; the code is none where it is only looked at.
    Added(Option<String>, usize, usize, Say),
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
        Fate::Added(code, people, marks, grid) => {
            report.added += n;
            let (zh, en) =
                (code.clone().unwrap_or_else(|| "新户".into()), code.unwrap_or_else(|| "New".into()));
            let marked = match marks {
                0 => Say::new("", ""),
                n => Say::new(format!("，{n} 个标签"), format!(", {n} marks")),
            };
            report.shows(
                first.number,
                format!("{zh}：{people} 人{}（{}）", marked.zh, grid.zh),
                format!("{en}: {people} people{} ({})", marked.en, grid.en),
            );
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
            // By themselves the rows have no merged cells above them.
            let code = family.code.as_deref().unwrap_or("");
            let head = family.head.as_deref().unwrap_or("");
            let above = [
                ("grid", family.grid.as_str()),
                ("village", &family.village),
                ("code", code),
                ("head", head),
            ];
            for (line, mut why) in family.lines.iter().zip(reasons) {
                if why.is_empty() {
                    let at = wrong.first().copied().unwrap_or(first.number);
                    why.push(Say::new(
                        format!("同一户第 {at} 行有误，整户退回。"),
                        format!("Row {at} of the same household is wrong; it is refused whole."),
                    ));
                }
                report.refused.push_filled(&rows[line.row], why, &above);
            }
        }
    }
}

struct Job {
    site: SharedSite,
    scope: Scope,
    families: Vec<Family>,
    all: ForAll,
    dry_run: bool,
    around: Around,
}

impl Job {
    fn run(&self, tx: &mut dyn Tx) -> Result<Vec<Fate>> {
        let directory = Directory::read(tx)?;
        let act = Act { actor: self.scope.actor.clone(), at: self.site.now() };
        // No code that is made here may be one that stands further down in the file.
        let given = self.families.iter().filter_map(|f| f.code.clone()).collect();
        let mut seen = Seen { given, ..Seen::default() };
        let mut out = Vec::with_capacity(self.families.len());
        let area = self.all.unit.map(|unit| area(&self.site, &directory, unit)).transpose()?;
        for family in &self.families {
            out.push(self.one(tx, &directory, &act, family, area, &mut seen)?);
        }
        Ok(out)
    }

    fn one<'f>(
        &'f self,
        tx: &mut dyn Tx,
        directory: &Directory,
        act: &Act,
        family: &'f Family,
        area: Option<&Unit>,
        seen: &mut Seen<'f>,
    ) -> Result<Fate> {
        let mut reasons: Vec<Vec<Say>> = family.lines.iter().map(|l| l.faults.clone()).collect();
        let grid = match grid(&self.site, directory, family, area) {
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
            let code = code_of(tx, family, grid)?;
            if head.idno.is_none() && code.is_none() && !seen.heads.insert((grid.id, name, phone)) {
                reasons[0].push(Say::new(
                    "本表里同一网格有两户户主同名，又没有身份证号可以分清，请补上身份证号或户编号。",
                    "Two heads of one grid have the same name in the file: give their identity numbers or the households' codes.",
                ));
            }
        }
        let (Some(grid), true) = (grid, reasons.iter().all(Vec::is_empty)) else {
            return Ok(Fate::Refused(reasons));
        };
        let code = code_of(tx, family, grid)?;
        let known = match known(tx, &self.site, grid, family, code, seen)? {
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
                let twice = |i: usize| family.lines[..i].iter().any(|l| l.is_same(&family.lines[i]));
                for i in (0..family.lines.len()).filter(|i| twice(*i)) {
                    reasons[i].push(Say::new(
                        "这一户里同一个姓名写了两行，又没有身份证号可以分清：是同一个人请删去一行，不是请补上身份证号。",
                        "The name stands twice in this household, without identity numbers to tell them apart: take one of the rows out, or give the numbers.",
                    ));
                }
                if !reasons.iter().all(Vec::is_empty) {
                    return Ok(Fate::Refused(reasons));
                }
                let from = family.from.unwrap_or_else(|| self.site.today()).max(grid.from);
                let (people, tags) = self.with_marks(act, family, from);
                let marks = tags.len();
                let new = NewHousehold {
                    id: None,
                    unit: grid.id,
                    code: code.map(str::to_owned),
                    place: family.place.or(grid.lon.zip(grid.lat)),
                    persons: family.persons,
                    from,
                    basis: family.basis.clone(),
                    people,
                    tags,
                };
                let made = match self.dry_run {
                    true => objections(tx, &self.site, &new, act).map(|()| None),
                    false => add_beside(tx, &self.site, &new, act, &seen.given).map(|home| {
                        seen.added.insert(home.id);
                        Some(home.code)
                    }),
                };
                match made {
                    Ok(made) => {
                        seen.codes.extend(code.map(str::to_owned));
                        let place = Say::new(grid.name.zh.clone(), grid.name(Locale::En).to_owned());
                        Ok(Fate::Added(made, family.lines.len(), marks, place))
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
