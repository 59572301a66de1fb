//! Rows into households: whose row it is, and what each cell says.

use super::read::{day, filled, number};
use super::relations::relation;
use super::tags::{Mark, listed, marks};
use super::whose::plain;
use crate::households::{BASIS, NewMember, Relation};
use access::Site;
use access::identity::NewPerson;
use kernel::{Date, Say};
use rules::idcheck;
use sheets::{Map, Reading, Row, normal};

/// A row of the file.
pub(super) struct Line {
    /// Which row, counted among those that hold data.
    pub(super) row: usize,
    pub(super) new: NewMember,
    /// Marks of the household and of the person.
    pub(super) marks: Vec<Mark>,
    pub(super) faults: Vec<Say>,
    pub(super) warnings: Vec<Say>,
}

impl Line {
    fn is_head(&self) -> bool {
        self.new.relation == Relation::Head
    }

    /// Whether another row of the household is about the same person, by what both say.
    pub(super) fn is_same(&self, other: &Line) -> bool {
        let (one, other) = (&self.new.who, &other.new.who);
        let apart = one.idno.is_some() && other.idno.is_some() && one.idno != other.idno;
        one.name.is_some() && one.name == other.name && !apart
    }
}

/// The rows of one household, the head first.
pub(super) struct Family {
    pub(super) grid: String,
    pub(super) village: String,
    pub(super) code: Option<String>,
    /// The head as a column of its own names them.
    pub(super) head: Option<String>,
    pub(super) persons: Option<i64>,
    pub(super) from: Option<Date>,
    /// Degrees east and north.
    pub(super) place: Option<(f64, f64)>,
    pub(super) basis: String,
    pub(super) lines: Vec<Line>,
}

impl Family {
    fn has_head(&self) -> bool {
        self.lines.iter().any(Line::is_head)
    }
}

/// How a list is read: what its columns say, and what is said for all of its rows.
pub(super) struct Way<'w> {
    pub(super) site: &'w Site,
    pub(super) map: &'w Map,
    /// There is a column for what somebody is to the head.
    relations: bool,
    /// There is a column of names, and not of heads alone.
    names: bool,
    /// There is a column that names the head beside each of their people.
    heads: bool,
    /// Since when marks hold where no cell says it.
    marked: Option<Date>,
    /// On what rests what no cell gives a basis for.
    basis: &'w str,
}

impl<'w> Way<'w> {
    pub(super) fn new(
        site: &'w Site,
        reading: &'w Reading,
        marked: Option<Date>,
        basis: Option<&'w str>,
    ) -> Self {
        let has = |field| reading.headings.has(field);
        Way {
            site,
            map: reading.map(),
            relations: has("relation"),
            names: has("name"),
            heads: has("head") && has("name"),
            marked,
            basis: basis.unwrap_or("表格导入"),
        }
    }

    /// Whether each row is a household.
    pub(super) fn alone(&self) -> bool {
        !self.relations && !self.heads
    }
}

/// The households of a sheet, in its order. Without a column for relations or heads each row is a household. Otherwise
/// one begins with its head, with another code, or where another head is named; what is empty stood further up.
pub(super) fn gather(way: &Way<'_>, rows: &[Row<'_>]) -> Vec<Family> {
    let mut out: Vec<Family> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let code = filled(row, "code").map(|code| plain(&code));
        let named = filled(row, "head").filter(|_| way.heads);
        let last = out.last();
        // Whether two cells say the same; none where one of them says nothing.
        let codes = |f: &Family| f.code.as_ref().zip(code.as_ref()).map(|(a, b)| a == b);
        let heads = |f: &Family, name: &Option<String>| {
            f.head.as_ref().zip(name.as_ref()).map(|(a, b)| normal(a) == normal(b))
        };
        let other = last.is_none_or(|f| codes(f) == Some(false) || heads(f, &named) == Some(false));
        // The head as far as this row is of the household before.
        let head = named.clone().or_else(|| last.filter(|_| !other).and_then(|f| f.head.clone()));
        let mut line = line(way, at, row, head.as_deref());
        // The head may come behind their people, where something else says that it is one household.
        let joins = |f: &Family| {
            let signs = [codes(f), heads(f, &named), heads(f, &line.new.who.name)];
            !f.has_head() && signs.contains(&Some(true))
        };
        let begins = way.alone() || other || line.is_head() && !last.is_some_and(joins);
        let own = own(way, row, &mut line, begins);
        match out.last_mut().filter(|_| !begins) {
            Some(family) => {
                family.code = family.code.take().or(code);
                family.head = family.head.take().or(named);
                if let Some(own) = own {
                    family.persons = own.persons.or(family.persons);
                    family.from = own.from.or(family.from);
                    family.place = own.place.or(family.place);
                    family.basis = own.basis.unwrap_or_else(|| std::mem::take(&mut family.basis));
                }
                family.lines.push(line);
            }
            None => {
                let carried = |field: &str, before: Option<&String>| {
                    filled(row, field).or_else(|| before.cloned()).unwrap_or_default()
                };
                let last = out.last();
                // The grid's cell is merged over many households.
                let grid = carried("grid", last.map(|f| &f.grid));
                let village = carried("village", last.map(|f| &f.village));
                let own = own.unwrap_or_default();
                let basis = own.basis.unwrap_or_else(|| way.basis.to_owned());
                let (persons, from, place) = (own.persons, own.from, own.place);
                out.push(Family {
                    grid,
                    village,
                    code,
                    head,
                    persons,
                    from,
                    place,
                    basis,
                    lines: vec![line],
                });
            }
        }
    }
    out.iter_mut().for_each(head_first);
    out
}

/// What the row of a head says of the household.
#[derive(Default)]
struct Own {
    persons: Option<i64>,
    from: Option<Date>,
    /// Degrees east and north.
    place: Option<(f64, f64)>,
    basis: Option<String>,
}

/// The household's own cells: in its first row, and in that of its head.
fn own(way: &Way<'_>, row: &Row<'_>, line: &mut Line, begins: bool) -> Option<Own> {
    if !begins && !line.is_head() {
        return None;
    }
    let faults = &mut line.faults;
    let persons = number(row, "persons").map_err(|e| faults.push(e)).ok().flatten().map(|n| n as i64);
    let from = day(row, "from", way.map.date_order).map_err(|e| faults.push(e)).ok().flatten();
    let place = place(row).map_err(|e| faults.push(e)).ok().flatten();
    let basis = filled(row, "remark");
    if basis.as_ref().is_some_and(|b| b.chars().count() > BASIS) {
        faults.push(Say::new(
            format!("依据超过 {BASIS} 字。"),
            format!("The basis is longer than {BASIS} characters."),
        ));
    }
    Some(Own { persons, from, place, basis })
}

/// Where the household stands, where the list says it: both degrees or none.
fn place(row: &Row<'_>) -> std::result::Result<Option<(f64, f64)>, Say> {
    match (number(row, "longitude")?, number(row, "latitude")?) {
        (Some(lon), Some(lat)) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok(Some((lon, lat))),
        (Some(_), Some(_)) => Err(Say::new("经度或纬度超出范围。", "Longitude or latitude is out of range.")),
        (None, None) => Ok(None),
        _ => Err(Say::new("经度和纬度要一起填。", "Longitude and latitude go together.")),
    }
}

/// Puts the head in front; whoever has none is told so.
fn head_first(family: &mut Family) {
    if let Some(at) = family.lines.iter().position(Line::is_head) {
        family.lines[..=at].rotate_right(1);
        return;
    }
    family.lines[0].faults.push(match &family.head {
        Some(head) => Say::new(
            format!("户主“{head}”自己没有一行：请为户主加上一行，与户主关系填“户主”。"),
            format!("There is no row for the head \"{head}\": add one, with \"head\" as the relation."),
        ),
        None => Say::new("这一行前面没有户主。", "No head of household comes before this row."),
    });
}

fn line(way: &Way<'_>, at: usize, row: &Row<'_>, head: Option<&str>) -> Line {
    let (site, order) = (way.site, way.map.date_order);
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    let named = filled(row, if way.names { "name" } else { "head" });
    let word = row.get("relation");
    // Whoever is named as the head is the head, also where nothing else says so.
    let is_head = head.zip(named.as_deref()).is_some_and(|(head, n)| normal(n) == normal(head));
    let relation = match word {
        _ if way.alone() => Some(Relation::Head),
        "" if is_head => Some(Relation::Head),
        word => relation(word),
    };
    if relation.is_none() {
        faults.push(match word {
            "" if !way.relations => Say::new(
                "不是户主的人要写明与户主关系：请加上“与户主关系”一列。",
                "Whoever is not the head needs a relation to them: add a column for it.",
            ),
            "" => Say::new("与户主关系没有填写。", "The relation to the head is missing."),
            word => Say::new(
                format!("看不懂与户主关系“{word}”，可填户主、配偶、子、女、父母、孙辈等。"),
                format!(
                    "\"{word}\" is no relation known here: head, spouse, son, daughter, parent, grandchild …"
                ),
            ),
        });
    }
    let name = named.or_else(|| head.filter(|_| relation == Some(Relation::Head)).map(str::to_owned));
    match &name {
        None => faults.push(Say::new("姓名没有填写。", "The name is missing.")),
        Some(n) if n.chars().count() > 50 => {
            faults.push(Say::new("姓名超过 50 字。", "The name is longer than 50 characters."))
        }
        Some(_) => {}
    }
    let idno = filled(row, "id_number").and_then(|given| match idcheck::identity(&given) {
        Ok(known) => {
            warnings.extend(known.warnings.into_iter().map(|w| w.say));
            Some(known.number)
        }
        Err(wrong) => {
            faults.push(wrong.say);
            None
        }
    });
    let phone = filled(row, "phone");
    if let Some(Err(wrong)) = phone.as_deref().map(idcheck::phone) {
        faults.push(wrong.say);
    }
    let since = day(row, "since", order).map_err(|e| faults.push(e)).ok().flatten();
    if since.is_some_and(|d| d > site.today()) {
        faults.push(Say::new("日期不能晚于今天。", "The date cannot lie in the future."));
    }
    let mut marks = marks(site, row, order, &mut faults);
    for mark in listed(way, row, &mut faults) {
        if marks.iter().all(|m| m.tag != mark.tag) {
            marks.push(mark);
        }
    }
    for mark in &mut marks {
        mark.from = mark.from.or(way.marked);
    }
    let who = NewPerson { name, phone, idno, address: filled(row, "address"), ..NewPerson::default() };
    let new = NewMember { relation: relation.unwrap_or(Relation::Relative), who, from: since };
    Line { row: at, new, marks, faults, warnings }
}
