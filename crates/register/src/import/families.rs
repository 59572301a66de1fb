//! Rows into households: whose row it is, and what each cell says.

use super::read::{day, filled, number};
use super::tags::{Mark, marks};
use crate::households::{BASIS, NewMember, Relation};
use access::Site;
use access::identity::NewPerson;
use kernel::{Date, Say};
use rules::idcheck;
use sheets::{DateOrder, Row, normal};

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

/// The rows of one household, the head first.
pub(super) struct Family {
    pub(super) grid: String,
    pub(super) village: String,
    pub(super) code: Option<String>,
    pub(super) persons: Option<i64>,
    pub(super) from: Option<Date>,
    pub(super) basis: String,
    pub(super) lines: Vec<Line>,
}

/// The words of lists for what somebody is to the head.
const RELATIONS: &[(Relation, &[&str])] = &[
    (Relation::Head, &["户主", "本人", "本人或户主", "head", "02", "01"]),
    (
        Relation::Spouse,
        &[
            "配偶", "妻", "妻子", "夫", "丈夫", "爱人", "老婆", "老公", "spouse", "wife", "husband", "10",
            "11", "12",
        ],
    ),
    (
        Relation::Son,
        &[
            "子",
            "儿子",
            "长子",
            "次子",
            "三子",
            "四子",
            "五子",
            "独生子",
            "养子",
            "继子",
            "女婿",
            "son",
            "20",
            "21",
            "22",
            "23",
            "24",
            "28",
        ],
    ),
    (
        Relation::Daughter,
        &[
            "女",
            "女儿",
            "长女",
            "次女",
            "三女",
            "四女",
            "五女",
            "独生女",
            "养女",
            "继女",
            "儿媳",
            "媳妇",
            "daughter",
            "30",
            "31",
            "32",
            "33",
            "34",
            "38",
        ],
    ),
    (
        Relation::Grandchild,
        &[
            "孙",
            "孙子",
            "孙女",
            "外孙",
            "外孙子",
            "外孙女",
            "曾孙",
            "孙媳",
            "孙辈",
            "grandchild",
            "40",
            "41",
            "42",
            "43",
            "44",
        ],
    ),
    (
        Relation::Parent,
        &[
            "父", "母", "父亲", "母亲", "父母", "岳父", "岳母", "公公", "婆婆", "继父", "继母", "father",
            "mother", "parent", "50", "51", "52", "53", "54", "55", "56",
        ],
    ),
    (
        Relation::Grandparent,
        &[
            "祖父",
            "祖母",
            "爷爷",
            "奶奶",
            "外祖父",
            "外祖母",
            "外公",
            "外婆",
            "祖父母",
            "grandparent",
            "60",
            "61",
            "62",
            "63",
            "64",
        ],
    ),
    (
        Relation::Sibling,
        &[
            "兄",
            "弟",
            "姐",
            "妹",
            "哥哥",
            "弟弟",
            "姐姐",
            "妹妹",
            "兄弟姐妹",
            "sibling",
            "brother",
            "sister",
            "70",
            "71",
            "73",
            "75",
            "77",
        ],
    ),
    (
        Relation::Relative,
        &["其他", "其他亲属", "亲属", "侄子", "侄女", "侄", "外甥", "外甥女", "relative", "97"],
    ),
    (Relation::Other, &["非亲属", "租客", "寄住", "保姆", "other", "99"]),
];

/// What a word or a code of GB/T 4761 says; with `其他` wherever a place writes more than it knows.
pub(super) fn relation(word: &str) -> Option<Relation> {
    let word = normal(word);
    RELATIONS.iter().find(|(_, words)| words.iter().any(|w| normal(w) == word)).map(|(r, _)| *r)
}

/// The households of a sheet, in its order. Without a column for relations each row is a household.
pub(super) fn gather(site: &Site, rows: &[Row<'_>], order: DateOrder, relations: bool) -> Vec<Family> {
    let mut out: Vec<Family> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let mut line = line(site, at, row, order, relations);
        let code = filled(row, "code");
        let last = out.last();
        let other_code = code.is_some() && last.is_some_and(|f| f.code.is_some() && f.code != code);
        let begins = !relations || line.new.relation == Relation::Head || other_code;
        if !begins && last.is_some() {
            out.last_mut().into_iter().for_each(|f| {
                f.code = f.code.take().or_else(|| code.clone());
            });
            if let Some(family) = out.last_mut() {
                family.lines.push(line);
            }
            continue;
        }
        if line.new.relation != Relation::Head {
            line.faults.push(Say::new("这一行前面没有户主。", "No head of household comes before this row."));
        }
        let persons =
            number(row, "persons").map_err(|e| line.faults.push(e)).ok().flatten().map(|n| n as i64);
        let from = day(row, "from", order).map_err(|e| line.faults.push(e)).ok().flatten();
        let carried = |field: &str, before: Option<&String>| {
            filled(row, field).or_else(|| before.cloned()).unwrap_or_default()
        };
        // The grid's cell is merged over many households.
        let grid = carried("grid", last.map(|f| &f.grid));
        let village = carried("village", last.map(|f| &f.village));
        let basis = filled(row, "remark").unwrap_or_else(|| "表格导入".to_owned());
        if basis.chars().count() > BASIS {
            line.faults.push(Say::new(
                format!("依据超过 {BASIS} 字。"),
                format!("The basis is longer than {BASIS} characters."),
            ));
        }
        out.push(Family { grid, village, code, persons, from, basis, lines: vec![line] });
    }
    out
}

fn line(site: &Site, at: usize, row: &Row<'_>, order: DateOrder, relations: bool) -> Line {
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    let word = row.get("relation");
    let relation = match (relations, word) {
        (false, _) => Some(Relation::Head),
        (true, word) => relation(word),
    };
    if relation.is_none() {
        faults.push(match word {
            "" => Say::new("与户主关系没有填写。", "The relation to the head is missing."),
            word => Say::new(
                format!("看不懂与户主关系“{word}”，可填户主、配偶、子、女、父母、孙辈等。"),
                format!(
                    "\"{word}\" is no relation known here: head, spouse, son, daughter, parent, grandchild …"
                ),
            ),
        });
    }
    let name = filled(row, "name");
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
    let marks = marks(site, row, order, &mut faults);
    let who = NewPerson { name, phone, idno, address: filled(row, "address"), ..NewPerson::default() };
    let new = NewMember { relation: relation.unwrap_or(Relation::Relative), who, from: since };
    Line { row: at, new, marks, faults, warnings }
}
