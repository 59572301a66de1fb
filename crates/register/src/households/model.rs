//! What a household is.

use access::identity::NewPerson;
use db::Row;
use kernel::{AccountId, Date, HouseholdId, PersonId, Result, Timestamp, UnitId, Uuid};

rules::vocabulary! {
    /// What somebody is to the head of their household: GB/T 4761, first digits.
    Relation {
        /// The head's own entry in lists that count from oneself.
        Oneself = "01", "本人", "Oneself";
        /// The head of the household.
        Head = "02", "户主", "Head";
        /// Wife or husband.
        Spouse = "10", "配偶", "Spouse";
        /// Son.
        Son = "20", "子", "Son";
        /// Daughter.
        Daughter = "30", "女", "Daughter";
        /// Grandchild.
        Grandchild = "40", "孙辈", "Grandchild";
        /// Father or mother, also of the spouse.
        Parent = "50", "父母", "Parent";
        /// Grandparent.
        Grandparent = "60", "祖父母", "Grandparent";
        /// Brother or sister.
        Sibling = "70", "兄弟姐妹", "Brother or sister";
        /// Other relatives.
        Relative = "97", "其他亲属", "Other relative";
        /// Whoever lives there and is no relative.
        Other = "99", "非亲属", "Not related";
    }
}

/// A household as it stands, today or on the day that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Household {
    /// Its id.
    pub id: HouseholdId,
    /// Its grid today; of a row that was asked for a past day, see [`crate::households::standing`].
    pub unit: UnitId,
    /// The path of its grid.
    pub path: String,
    /// Its code, which no other household has and which stays when it moves.
    pub code: String,
    /// What the QR on its card says: drawn, not to be guessed. Whoever shows it holds the card.
    pub card: String,
    /// The person at its head.
    pub head: Option<PersonId>,
    /// How many live there.
    pub persons: i64,
    /// Millionths of a degree east.
    pub lon_e6: Option<i64>,
    /// Millionths of a degree north.
    pub lat_e6: Option<i64>,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Linked as a duplicate: the household that stands for it.
    pub kept: Option<HouseholdId>,
}

impl Household {
    pub(crate) fn from_row(row: &Row) -> Result<Household> {
        Ok(Household {
            id: row.get(0)?,
            unit: row.get(1)?,
            path: row.get(2)?,
            code: row.get(3)?,
            card: row.get(4)?,
            head: row.get(5)?,
            persons: row.get(6)?,
            lon_e6: row.get(7)?,
            lat_e6: row.get(8)?,
            from: row.get(9)?,
            to: row.get(10)?,
            basis: row.get(11)?,
            recorded_at: row.get(12)?,
            kept: row.get(13)?,
        })
    }

    /// Whether it is there on a day.
    pub fn is_open(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| to > on)
    }
}

/// Somebody who belongs to a household.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// What they are to the head.
    pub relation: Relation,
    /// Who they are; the id is made here where there is none.
    pub who: NewPerson,
    /// From this day on; that of the household where it is not known.
    pub from: Option<Date>,
}

/// A mark of the pack on a household or one of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTag {
    /// Its id in the pack.
    pub tag: String,
    /// On whom, where it is a mark of one person.
    pub person: Option<PersonId>,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// What else is to be known; kept sealed.
    pub note: Option<String>,
}

/// A new household.
#[derive(Clone, Debug)]
pub struct NewHousehold {
    /// Its id, where whoever sends it made one: the same id again changes nothing.
    pub id: Option<HouseholdId>,
    /// Its grid.
    pub unit: UnitId,
    /// Its code, where it has one already; otherwise the next of the grid.
    pub code: Option<String>,
    /// Degrees east and north.
    pub place: Option<(f64, f64)>,
    /// How many live there; as many as are named where it is not said.
    pub persons: Option<i64>,
    /// From this day on.
    pub from: Date,
    /// On what it rests.
    pub basis: String,
    /// Who lives there; at most one of them is the head.
    pub people: Vec<NewMember>,
    /// Marks of the household itself.
    pub tags: Vec<NewTag>,
}

/// Somebody in a household, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id of the entry.
    pub id: Uuid,
    /// Which household.
    pub household: HouseholdId,
    /// Who: name and numbers are asked of [`access::identity`].
    pub person: PersonId,
    /// What they are to the head.
    pub relation: Relation,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// By whom, where a person did it.
    pub recorded_by: Option<AccountId>,
    /// When a correction took its place.
    pub superseded_at: Option<Timestamp>,
    pub(crate) keys: Keys,
}

/// Keyed hashes of name, telephone and identity number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) idno: Option<Vec<u8>>,
}

/// Whether two entries are of one person: by the identity number where both have one, otherwise by name and telephone.
pub(crate) fn same_person(a: &Member, b: &Member) -> bool {
    let same = |a: &Option<Vec<u8>>, b: &Option<Vec<u8>>| a.is_some() && a == b;
    match (&a.keys.idno, &b.keys.idno) {
        (Some(a), Some(b)) => a == b,
        _ => a.person == b.person || same(&a.keys.name, &b.keys.name) && same(&a.keys.phone, &b.keys.phone),
    }
}

impl Member {
    pub(crate) fn from_row(row: &Row) -> Result<Member> {
        let relation: String = row.get(3)?;
        Ok(Member {
            id: row.get(0)?,
            household: row.get(1)?,
            person: row.get(2)?,
            relation: Relation::from_key(&relation).unwrap_or(Relation::Relative),
            from: row.get(4)?,
            to: row.get(5)?,
            basis: row.get(6)?,
            recorded_at: row.get(7)?,
            recorded_by: row.get(8)?,
            superseded_at: row.get(9)?,
            keys: Keys { name: row.get(10)?, phone: row.get(11)?, idno: row.get(12)? },
        })
    }

    /// Whether two entries hold on some day together.
    pub(crate) fn overlaps(&self, other: &Member) -> bool {
        let before = |a: &Member, b: &Member| b.to.is_none_or(|to| a.from < to);
        before(self, other) && before(other, self)
    }

    /// Whether they belong to it on a day.
    pub fn is_there(&self, on: Date) -> bool {
        self.superseded_at.is_none() && self.from <= on && self.to.is_none_or(|to| to > on)
    }
}

/// One dated fact about a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id.
    pub id: Uuid,
    /// Of which household.
    pub household: HouseholdId,
    /// On whom, where it is about one person.
    pub person: Option<PersonId>,
    /// Which field: `grid`, `persons`, `head`, `place` or `tag:` and the id of a tag.
    pub field: String,
    /// What it was: the id of a grid or person, a number, `east,north` in millionths of a degree.
    pub value: Option<String>,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// By whom, where a person did it.
    pub recorded_by: Option<AccountId>,
    /// When a correction took its place.
    pub superseded_at: Option<Timestamp>,
}

impl Fact {
    pub(crate) fn from_row(row: &Row) -> Result<Fact> {
        Ok(Fact {
            id: row.get(0)?,
            person: row.get(1)?,
            field: row.get(2)?,
            value: row.get(3)?,
            from: row.get(4)?,
            to: row.get(5)?,
            basis: row.get(6)?,
            recorded_at: row.get(7)?,
            recorded_by: row.get(8)?,
            superseded_at: row.get(9)?,
            household: row.get(10)?,
        })
    }

    /// The id of the tag, where it is one.
    pub fn tag(&self) -> Option<&str> {
        self.field.strip_prefix("tag:")
    }
}

/// The field of a tag's facts.
pub(crate) fn tag_field(tag: &str) -> String {
    format!("tag:{tag}")
}
