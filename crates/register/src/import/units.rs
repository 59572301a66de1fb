//! Units out of a spreadsheet.

use super::read::{day, filled, number};
use super::{Options, Progress, Report, text};
use crate::add::is_code;
use crate::{Directory, NewUnit, Unit, add_in, serves_above, store};
use access::accounts::Act;
use access::{Noun, Site, Verb, demand};
use db::params;
use kernel::{Date, Error, Result, Say, Scope, Text, UnitId};
use pack::Pack;
use sheets::{Row, Workbook, normal};
use std::collections::{HashMap, HashSet};

/// Imports units. Blocks; from async code run it on a blocking thread. Rows may stand in any order.
///
/// Errors: what the table refuses; a sheet without headings; the register changed meanwhile.
pub fn import_units(
    site: &Site,
    scope: &Scope,
    book: &Workbook,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Report> {
    demand(scope, Verb::Import, Noun::Unit, "")?;
    let known = sheets::Recogniser::new(sheets::unit_headings());
    let reading = book.read(&known, options.map.as_ref())?;
    if !reading.headings.has("name") {
        return Err(Error::refused(
            "no-name-column",
            "没有找到“名称”一列。",
            "There is no column with names of units.",
        ));
    }
    let directory = site.db.snapshot_now(Directory::read)?;
    let mut plan =
        Plan::new(&directory, site, reading.map().date_order, Report::new(&reading, options.dry_run));
    let rows: Vec<Row<'_>> = reading.rows().collect();
    let total = rows.len() as u64;
    // A unit can only go in after the one above it, so rows are gone through until nothing moves.
    let mut waiting: Vec<Row<'_>> = rows;
    loop {
        let before = waiting.len();
        waiting.retain(|row| !plan.take(row, false));
        progress(total - waiting.len() as u64, total);
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    for row in &waiting {
        plan.take(row, true);
    }
    plan.write(scope, directory.version())
}

/// A unit that a later row can hang below: one that is known, or one that will be.
#[derive(Clone)]
struct Above {
    id: UnitId,
    code: String,
    level: String,
    name: String,
}

struct Plan<'a> {
    pack: &'a Pack,
    directory: &'a Directory,
    site: &'a Site,
    today: Date,
    order: sheets::DateOrder,
    report: Report,
    add: Vec<(UnitId, NewUnit)>,
    complete: Vec<(Unit, Option<String>, Option<String>)>,
    /// New units, by code and by name.
    by_code: HashMap<String, Above>,
    by_name: HashMap<String, Vec<Above>>,
    names_below: HashMap<(UnitId, String), UnitId>,
    codes: HashSet<String>,
    has_root: bool,
}

impl<'a> Plan<'a> {
    fn new(directory: &'a Directory, site: &'a Site, order: sheets::DateOrder, report: Report) -> Self {
        let mut plan = Plan {
            pack: &site.pack,
            directory,
            site,
            today: site.today(),
            order,
            report,
            add: Vec::new(),
            complete: Vec::new(),
            by_code: HashMap::new(),
            by_name: HashMap::new(),
            names_below: HashMap::new(),
            codes: HashSet::new(),
            has_root: directory.root().is_some(),
        };
        for unit in directory.iter() {
            plan.remember(
                Above {
                    id: unit.id,
                    code: unit.code.clone(),
                    level: unit.level.clone(),
                    name: unit.name.zh.clone(),
                },
                unit.parent,
            );
        }
        plan
    }

    fn remember(&mut self, unit: Above, parent: Option<UnitId>) {
        self.codes.insert(unit.code.clone());
        if let Some(parent) = parent {
            self.names_below.insert((parent, normal(&unit.name)), unit.id);
        }
        self.by_name.entry(normal(&unit.name)).or_default().push(unit.clone());
        self.by_code.insert(unit.code.clone(), unit);
    }

    /// Takes a row; `false` where it has to wait for the one above it. The last time nothing waits.
    fn take(&mut self, row: &Row<'_>, last: bool) -> bool {
        let mut faults = Vec::new();
        let parent = match self.parent(row) {
            Parent::Found(above) => Some(above),
            Parent::Top => None,
            Parent::Wait if !last => return false,
            Parent::Wait => {
                let above = row.get("parent");
                faults.push(Say::new(
                    format!("没有找到上级单位“{above}”。"),
                    format!("There is no unit \"{above}\" to stand above it."),
                ));
                None
            }
            Parent::Several => {
                let above = row.get("parent");
                faults.push(Say::new(
                    format!("有几个单位都叫“{above}”，请写上级单位的编码。"),
                    format!("Several units are called \"{above}\": give the code of the one above."),
                ));
                None
            }
        };
        let name = row.get("name");
        if name.is_empty() || name.chars().count() > 100 {
            faults.push(Say::new(
                "名称没有填写，或超过 100 字。",
                "The name is missing, or longer than 100 characters.",
            ));
        }
        if row.cell("code").is_some_and(|c| c.is_cut()) {
            faults.push(Say::new(
                "编码被表格软件截短了，请把这一列设为文本再填。",
                "The spreadsheet program has cut the code: make the column text and fill it in again.",
            ));
        }
        if faults.is_empty() {
            match self.known(row, parent.as_ref(), name) {
                Known::New => self.plan_new(row, parent, name, &mut faults),
                Known::Same(unit) => self.plan_known(row, *unit),
                Known::Planned => self.report.known += 1,
                Known::Another(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            self.report.refused.push(row, faults);
        }
        true
    }

    fn parent(&self, row: &Row<'_>) -> Parent {
        let given = row.get("parent");
        if given.is_empty() {
            return Parent::Top;
        }
        if let Some(unit) = self.by_code.get(given) {
            return Parent::Found(unit.clone());
        }
        match self.by_name.get(&normal(given)).map(Vec::as_slice) {
            Some([one]) => Parent::Found(one.clone()),
            Some([_, ..]) => Parent::Several,
            _ => Parent::Wait,
        }
    }

    fn known(&self, row: &Row<'_>, parent: Option<&Above>, name: &str) -> Known {
        let code = row.get("code");
        if code.is_empty() {
            let id = parent.and_then(|p| self.names_below.get(&(p.id, normal(name))));
            return match id {
                Some(id) => {
                    self.directory.get(*id).map_or(Known::Planned, |u| Known::Same(Box::new(u.clone())))
                }
                None => Known::New,
            };
        }
        let Some(known) = self.by_code.get(code) else { return Known::New };
        if normal(&known.name) != normal(name) {
            return Known::Another(Say::new(
                format!("编码 {code} 已经是“{}”的。", known.name),
                format!("The code {code} belongs to \"{}\".", known.name),
            ));
        }
        match self.directory.get(known.id) {
            Some(unit) if unit.parent != parent.map(|p| p.id) => Known::Another(Say::new(
                "已有这个单位，但上级不同。",
                "This unit is known, but under another one.",
            )),
            Some(unit) => Known::Same(Box::new(unit.clone())),
            None => Known::Planned,
        }
    }

    fn plan_new(&mut self, row: &Row<'_>, parent: Option<Above>, name: &str, faults: &mut Vec<Say>) {
        if parent.is_none() && self.has_root {
            faults.push(Say::new("没有填写上级单位。", "The unit above is not given."));
        }
        let place = self.place(row, parent.as_ref(), faults);
        let given = row.get("code");
        let code = match (&parent, given) {
            (_, given) if !given.is_empty() => given.to_owned(),
            (Some(above), _) => self.next_code(above),
            (None, _) => {
                faults.push(Say::new("最上一级单位要有编码。", "The topmost unit needs a code."));
                String::new()
            }
        };
        if !given.is_empty() && !is_code(given) {
            faults.push(Say::new(
                "编码用字母、数字和 . - _，40 个以内。",
                "A code is up to 40 letters, digits, or . - _.",
            ));
        }
        let mut taken =
            |value: std::result::Result<Option<f64>, Say>| value.map_err(|e| faults.push(e)).ok().flatten();
        let (lon, lat) = (taken(number(row, "longitude")), taken(number(row, "latitude")));
        let off = |v: Option<f64>, most: f64| v.is_some_and(|v| !(-most..=most).contains(&v));
        if off(lon, 180.0) || off(lat, 90.0) {
            faults.push(Say::new("经度或纬度超出范围。", "Longitude or latitude is out of range."));
        }
        let from = day(row, "from", self.order).map_err(|e| faults.push(e)).ok().flatten();
        let Some((level, kind)) = place else { return };
        if !faults.is_empty() {
            return;
        }
        let id = UnitId::new(self.site.now(), &*self.site.chance);
        let above = parent.as_ref().map_or("", |p| p.name.as_str()).to_owned();
        self.report.added += 1;
        self.report.shows(
            row.number,
            format!("新增 {name}（{code}），上级 {above}"),
            format!("Add {name} ({code}) below {above}"),
        );
        let parent_id = parent.map(|p| p.id);
        self.has_root = true;
        self.remember(
            Above { id, code: code.clone(), level: level.clone(), name: name.to_owned() },
            parent_id,
        );
        let new = NewUnit {
            code,
            name: text(name),
            serves_above: serves_above(self.pack, &kind),
            level,
            kind,
            parent: parent_id,
            from: Some(from.unwrap_or(self.today)),
            basis: row.get("remark").to_owned(),
            phone: filled(row, "phone"),
            address: filled(row, "address"),
            lon,
            lat,
            geometry: None,
        };
        self.add.push((id, new));
    }

    /// Level and kind: as given, or as the name says, or what usually hangs below the unit above.
    fn place(
        &self,
        row: &Row<'_>,
        parent: Option<&Above>,
        faults: &mut Vec<Say>,
    ) -> Option<(String, String)> {
        let (level, kind, name) = (row.get("level"), row.get("kind"), normal(row.get("name")));
        let is = |t: &Text, id: &str, given: &str| {
            let given = normal(given);
            normal(&t.zh) == given || normal(&t.en) == given || normal(id) == given
        };
        let kinds = &self.pack.unit_kinds;
        let found = |k: &pack::UnitKind| Some((k.level.clone(), k.id.clone()));
        if !kind.is_empty() {
            if let Some(k) = kinds.iter().find(|k| is(&k.name, &k.id, kind)) {
                return found(k);
            }
            let names: Vec<&str> = kinds.iter().map(|k| k.name.zh.as_str()).collect();
            faults.push(Say::new(
                format!("没有“{kind}”这种单位，有：{}。", names.join("、")),
                format!("There is no kind of unit \"{kind}\"; there are: {}.", names.join(", ")),
            ));
            return None;
        }
        let level = self.pack.levels.iter().find(|l| !level.is_empty() && is(&l.name, &l.id, level));
        if level.is_none() && !row.get("level").is_empty() {
            let names: Vec<&str> = self.pack.levels.iter().map(|l| l.name.zh.as_str()).collect();
            faults.push(Say::new(
                format!("没有这个层级，有：{}。", names.join("、")),
                format!("There is no such level; there are: {}.", names.join(", ")),
            ));
            return None;
        }
        let above = parent.map(|p| p.level.as_str());
        let mut here =
            kinds.iter().filter(|k| k.parent.as_deref() == above && level.is_none_or(|l| l.id == k.level));
        let named = here.clone().find(|k| name.ends_with(&normal(&k.name.zh)));
        match named.or_else(|| here.find(|k| !k.office)) {
            Some(kind) => found(kind),
            None => {
                faults.push(Say::new("不清楚是哪种单位，请填写单位类型。", "Give the kind of unit."));
                None
            }
        }
    }

    /// The code of the unit above and two digits, the first that are free.
    fn next_code(&self, above: &Above) -> String {
        (1..).map(|n| format!("{}{n:02}", above.code)).find(|c| !self.codes.contains(c)).unwrap_or_default()
    }

    fn plan_known(&mut self, row: &Row<'_>, unit: Unit) {
        let gained = |given: Option<String>, has: &Option<String>| given.filter(|g| has.as_ref() != Some(g));
        let phone = gained(filled(row, "phone"), &unit.phone);
        let address = gained(filled(row, "address"), &unit.address);
        if phone.is_none() && address.is_none() {
            self.report.known += 1;
            return;
        }
        self.report.changed += 1;
        let name = unit.name.zh.clone();
        self.report.shows(
            row.number,
            format!("补充 {name} 的电话或地址"),
            format!("Complete telephone or address of {name}"),
        );
        self.complete.push((unit, phone, address));
    }

    fn write(self, scope: &Scope, version: i64) -> Result<Report> {
        let Plan { report, add, complete, site, .. } = self;
        if report.dry_run || (add.is_empty() && complete.is_empty()) {
            return Ok(report);
        }
        let act = Act { actor: scope.actor.clone(), at: site.now() };
        let complete: Vec<_> = complete
            .into_iter()
            .map(|(unit, phone, address)| {
                let ids: Vec<_> = (0..8).map(|_| UnitId::new(act.at, &*site.chance).0).collect();
                (unit.id, crate::Change { phone, address, ..crate::Change::default() }, ids)
            })
            .collect();
        site.db.write_now(move |tx| {
            let now: i64 = tx.scalar(&store::VERSION, &params![])?;
            if now != version {
                return Err(Error::Conflict(Say::new(
                    "导入期间单位有变动，没有写入任何内容，请再导入一次。",
                    "The units changed during the import; nothing was written. Import once more.",
                )));
            }
            for (id, new) in &add {
                add_in(tx, *id, new, &act)?;
            }
            for (id, change, ids) in &complete {
                crate::change_in(tx, *id, change, crate::Mode::Correct, ids, &act)?;
            }
            Ok(())
        })?;
        crate::load_now(site)?;
        Ok(report)
    }
}

enum Parent {
    Top,
    Found(Above),
    Wait,
    Several,
}

enum Known {
    New,
    Same(Box<Unit>),
    Planned,
    Another(Say),
}
