//! What people wrote, as they wrote it. A case keeps it without names and numbers, for staff as for
//! everybody; where that leaves something out, the words themselves are sealed in the vault under the case.
//! The person reads them on their own page, staff only by a look that goes on record.

mod late;

pub(crate) use late::{leave_out, registered};

use crate::acts::mediation;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::register::for_all;
use access::identity::{self, NewPerson};
use access::vault::texts;
use db::Tx;
use kernel::{Error, PersonId, RequestId, Result};
use rules::form::{Answer, CleanAnswers};
use rules::mask::Kind;
use serde::{Deserialize, Serialize};

/// The row of a spreadsheet, each heading with its cell.
const ROW: &str = "row";
/// Who a complaint is about.
const SUBJECT: &str = "subject";
/// What was asked.
const ASKED: &str = "asked";
/// What the journal is bound to.
const REGISTERED: &str = "registered";

/// What a case was registered with, in the words of whoever asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// In a few words.
    pub title: String,
    /// In their words.
    pub body: String,
    /// The place in words.
    pub place: String,
    /// Answers to the class's own questions, as the form keeps them.
    pub answers: serde_json::Value,
}

/// A text for the case, and the words themselves where it leaves something out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) text: String,
    pub(crate) own: Option<String>,
}

/// Hides numbers, addresses and names in what somebody wrote; `names` are known to be of people who asked.
pub(crate) fn hide<'n>(text: &str, names: impl Iterator<Item = &'n String>) -> Hidden {
    let shown = for_all(text, names);
    let own = (shown != text).then(|| text.to_owned());
    Hidden { text: shown, own }
}

impl Asked {
    /// The same without who asked: what the case keeps; and these words as a text to be sealed, where that
    /// leaves something out. Of the place and the answers house numbers stay, which lead to the matter.
    pub(crate) fn hide(self, person: &NewPerson) -> Result<(Asked, Option<String>)> {
        self.hide_also(person, &[])
    }

    /// The same, also without the names of `others` who may be named in it.
    pub(crate) fn hide_also(self, person: &NewPerson, others: &[String]) -> Result<(Asked, Option<String>)> {
        let known = Known { others, ..Known::of(person) };
        let shown = Asked {
            title: known.title(&self.title, person),
            body: known.out(for_all(&self.body, person.name.iter())),
            place: known.out(part(&self.place)),
            answers: known.answers(&self.answers)?,
        };
        let own =
            if shown == self { None } else { Some(serde_json::to_string(&self).map_err(Error::internal)?) };
        Ok((shown, own))
    }
}

/// A title without who asked, no longer than titles are.
pub(crate) fn title(title: &str, person: &NewPerson) -> String {
    Known::of(person).title(title, person)
}

/// What is known of who asked, to be found in their own words.
struct Known<'a> {
    name: Option<&'a str>,
    address: Option<&'a str>,
    /// Names of others.
    others: &'a [String],
}

impl<'a> Known<'a> {
    fn of(person: &'a NewPerson) -> Known<'a> {
        let said = |f: &'a Option<String>, least: usize| {
            f.as_deref().map(str::trim).filter(|t| t.chars().count() >= least)
        };
        Known { name: said(&person.name, 2), address: said(&person.address, 4), others: &[] }
    }

    fn title(&self, title: &str, person: &NewPerson) -> String {
        let shown = self.out(for_all(title, person.name.iter()));
        shown.chars().take(crate::register::TITLE_MAX).collect()
    }

    fn out(&self, mut text: String) -> String {
        if let Some(address) = self.address.filter(|a| text.contains(a)) {
            text = text.replace(address, Kind::House.label());
        }
        let others = self.others.iter().map(|n| n.trim()).filter(|n| n.chars().count() >= 2);
        for name in self.name.into_iter().chain(others) {
            if text.contains(name) {
                text = text.replace(name, Kind::Name.label());
            }
        }
        text
    }

    fn answers(&self, answers: &serde_json::Value) -> Result<serde_json::Value> {
        clean_answers(answers, |text| self.out(part(text)))
    }
}

/// Answers with every text in them as `text` makes of it.
pub(crate) fn clean_answers(
    answers: &serde_json::Value,
    text: impl Fn(&str) -> String,
) -> Result<serde_json::Value> {
    if answers.as_object().is_none_or(|o| o.is_empty()) {
        return Ok(answers.clone());
    }
    let mut clean: CleanAnswers = match serde_json::from_value(answers.clone()) {
        Ok(clean) => clean,
        // Not in the shape of a form: as it stands.
        Err(_) => return Ok(answers.clone()),
    };
    for answer in clean.values_mut() {
        if let Answer::Text(said) = answer {
            *said = text(said);
        }
    }
    serde_json::to_value(clean).map_err(Error::internal)
}

/// Hides what leads to a person, and leaves what leads to the matter: houses, meters, accounts of a household.
fn part(text: &str) -> String {
    let masked = rules::mask::mask(text);
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for found in masked.found {
        if matches!(found.kind, Kind::House | Kind::Number | Kind::Plate) {
            continue;
        }
        out.push_str(&text[done..found.range.start]);
        out.push_str(found.kind.label());
        done = found.range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// The names of everybody who has the matter, and of the parties to a dispute.
pub(crate) fn names(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Vec<String>> {
    let mut names = identity::names(tx, &ctx.site.keyring, case.people())?;
    names.extend(mediation::names(tx, ctx, case.row.id)?);
    Ok(names)
}

/// Whether a text was written with more in it than it shows.
pub(crate) fn leaves_out(text: &str) -> bool {
    text.contains('〔') && Kind::ALL.iter().any(|k| text.contains(k.label()))
}

/// Which of the texts of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// What was asked.
    Asked,
    /// The text as the case kept it when it was registered, where more was left out of it later.
    Registered,
    /// The row of a spreadsheet.
    Row,
    /// An entry, by the journal event it belongs to.
    Entry(i64),
    /// What somebody said when they joined.
    Joined(PersonId),
    /// What somebody said of an answer: round and person.
    Word(i64, Option<PersonId>),
    /// Who a complaint is about, by name.
    Subject,
    /// What an item of a mediation's file says, by its number.
    Item(i64),
    /// Who a party to a dispute is, by its number.
    Party(i64),
}

impl Slot {
    fn key(&self) -> String {
        let who = |p: &Option<PersonId>| p.map(|p| p.to_string()).unwrap_or_default();
        match self {
            Slot::Asked => ASKED.to_owned(),
            Slot::Registered => REGISTERED.to_owned(),
            Slot::Row => ROW.to_owned(),
            Slot::Entry(seq) => format!("entry {seq:06}"),
            Slot::Joined(person) => format!("joined {person}"),
            Slot::Word(round, person) => format!("word {round:03} {}", who(person)),
            Slot::Subject => SUBJECT.to_owned(),
            Slot::Item(no) => format!("item {no:06}"),
            Slot::Party(no) => format!("party {no:06}"),
        }
    }

    pub(crate) fn of(key: &str) -> Option<Slot> {
        let (what, rest) = key.split_once(' ').unwrap_or((key, ""));
        Some(match what {
            ASKED => Slot::Asked,
            REGISTERED => Slot::Registered,
            ROW => Slot::Row,
            SUBJECT => Slot::Subject,
            "entry" => Slot::Entry(rest.parse().ok()?),
            "item" => Slot::Item(rest.parse().ok()?),
            "party" => Slot::Party(rest.parse().ok()?),
            "joined" => Slot::Joined(rest.parse().ok()?),
            "word" => {
                let (round, person) = rest.split_once(' ')?;
                Slot::Word(round.parse().ok()?, person.parse().ok())
            }
            _ => return None,
        })
    }
}

/// Keeps the words themselves, where there are any.
pub(crate) fn keep(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, slot: &Slot, own: Option<&str>) -> Result<()> {
    match own {
        Some(text) => texts::keep(tx, &ctx.site.keyring, id.0, &slot.key(), text, ctx.at),
        None => Ok(()),
    }
}

/// What of a case lies sealed.
pub(crate) fn slots(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Slot>> {
    Ok(texts::slots(tx, id.0)?.iter().filter_map(|key| Slot::of(key)).collect())
}

/// Keeps the row that a case was imported from.
pub(crate) fn keep_row(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId, cells: &[(String, String)]) -> Result<()> {
    let text = serde_json::to_string(cells).map_err(Error::internal)?;
    keep(tx, ctx, id, &Slot::Row, Some(&text))
}

/// The row that a case was imported from: each heading with its cell.
pub(crate) fn row(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Option<Vec<(String, String)>>> {
    let text = texts::open(tx, &ctx.site.keyring, id.0, &Slot::Row.key())?;
    text.map(|t| serde_json::from_str(&t).map_err(Error::internal)).transpose()
}

/// What was asked, in the words of whoever asked, where the case leaves something out.
pub(crate) fn asked(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Option<Asked>> {
    let text = texts::open(tx, &ctx.site.keyring, id.0, &Slot::Asked.key())?;
    text.map(|t| serde_json::from_str(&t).map_err(Error::internal)).transpose()
}

/// All that people wrote of a case and the case leaves something out of, but what was asked and the row.
pub(crate) fn others(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Vec<(Slot, String)>> {
    let all = texts::all(tx, &ctx.site.keyring, id.0)?;
    Ok(all
        .into_iter()
        .filter_map(|(key, text)| Slot::of(&key).map(|slot| (slot, text)))
        .filter(|(slot, _)| !matches!(slot, Slot::Asked | Slot::Registered | Slot::Row))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn person() -> NewPerson {
        NewPerson {
            name: Some("梅长苏".into()),
            address: Some("清溪村老槐树旁边第二家".into()),
            ..NewPerson::default()
        }
    }

    #[test]
    fn what_was_asked_is_kept_without_who_asked() {
        let asked = Asked {
            title: "梅长苏家停水".into(),
            body: "我叫梅长苏，电话13800001234，家在清溪村老槐树旁边第二家，停水三天。".into(),
            place: "清溪村老槐树旁边第二家".into(),
            answers: json!({}),
        };
        let (shown, own) = asked.clone().hide(&person()).unwrap();
        let all = serde_json::to_string(&shown).unwrap();
        for part in ["梅长苏", "长苏", "1380000", "老槐树"] {
            assert!(!all.contains(part), "{part}: {all}");
        }
        assert!(shown.body.contains("停水三天"), "{all}");
        assert_eq!(serde_json::from_str::<Asked>(&own.unwrap()).unwrap(), asked);
        // Of others those whose names are given.
        let of_two = Asked {
            title: "萧景琰的补贴".into(), body: "萧景琰和林殊的补贴没有到".into(), ..asked
        };
        let (shown, own) = of_two.clone().hide_also(&person(), &["萧景琰".into(), "林".into()]).unwrap();
        assert_eq!((shown.title.contains("景琰"), shown.body.contains("景琰")), (false, false), "{shown:?}");
        assert!(shown.body.contains("林殊") && own.is_some(), "one sign is no name: {shown:?}");
        // Nothing to hide, nothing to keep.
        let plain = Asked {
            title: "路灯不亮".into(),
            body: "路灯不亮".into(),
            place: String::new(),
            answers: json!({}),
        };
        assert_eq!(plain.clone().hide(&person()).unwrap(), (plain, None));
    }

    #[test]
    fn the_place_of_the_matter_keeps_its_house_and_loses_people() {
        assert_eq!(part("幸福小区3栋2单元502室"), "幸福小区3栋2单元502室");
        assert!(!part("幸福小区3栋，联系人王先生13800001234").contains("1380000"));
    }

    #[test]
    fn slots_read_back() {
        let person = PersonId(kernel::Uuid::from_u128(5));
        for slot in [
            Slot::Asked,
            Slot::Registered,
            Slot::Row,
            Slot::Entry(12),
            Slot::Joined(person),
            Slot::Word(1, Some(person)),
            Slot::Word(0, None),
            Slot::Subject,
            Slot::Item(3),
            Slot::Party(2),
        ] {
            assert_eq!(Slot::of(&slot.key()), Some(slot));
        }
    }
}
