//! A look at who asked: for a purpose of the pack, at chosen fields, on record where the person reads it.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::{Audience, Entry};
use crate::spoken::{self, Asked, Slot};
use crate::step;
use crate::store::{clocks, mediation};
use crate::uploads;
use access::attempts::{self, Keys};
use access::identity::{self, Known};
use access::{Noun, Settings, Target, Verb, vault};
use db::Tx;
use files::Attachment;
use kernel::{AttachmentId, Error, HOUR, Locale, PersonId, Result};
use serde_json::json;

/// How many looks one account may take in an hour, over all cases.
pub const LOOKS: i64 = 60;

/// How many files of those who asked one account may open in an hour, over all cases.
pub const FILES: i64 = 300;

/// What stands for purpose and field where a file was opened.
const FILE: &str = "file";

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $zh:literal, $en:literal;)+) => {
        /// What can be looked at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field { $($(#[$doc])* $name,)+ }

        impl Field {
            /// Every one, in the order of the form.
            pub const ALL: &'static [Field] = &[$(Field::$name,)+];
            /// The word in forms and entries.
            pub fn key(self) -> &'static str {
                match self { $(Field::$name => $key,)+ }
            }
            /// What people call it.
            pub fn name(self, locale: Locale) -> &'static str {
                match self { $(Field::$name => locale.t($zh, $en),)+ }
            }
            /// The one with this word.
            pub fn from_key(key: &str) -> Option<Field> {
                match key { $($key => Some(Field::$name),)+ _ => None }
            }
        }
    };
}

fields! {
    /// Their name.
    Name = "name", "姓名", "Name";
    /// Their telephone number.
    Phone = "phone", "电话", "Telephone";
    /// Where they live.
    Address = "address", "住址", "Address";
    /// Their identity number.
    Idno = "idno", "证件号", "Identity number";
    /// What they wrote, with the names and numbers in it; the spreadsheet's row as well.
    Words = "words", "原文（未隐去姓名和号码）", "Their words, names and numbers included";
}

/// A look.
#[derive(Clone, Debug)]
pub struct Look {
    /// The case, by its number.
    pub number: String,
    /// A purpose of the pack, by its key.
    pub purpose: String,
    /// A sentence more, where the purpose asks for one.
    pub why: String,
    /// What to look at.
    pub fields: Vec<Field>,
}

/// What a look shows.
pub struct Seen {
    /// The people, with the fields asked for; nobody for who was erased.
    pub people: Vec<Option<identity::Person>>,
    /// What was asked, as it was written.
    pub asked: Option<Asked>,
    /// What was written later, as it was written.
    pub others: Vec<(Slot, String)>,
    /// The row it was imported from.
    pub row: Vec<(String, String)>,
}

/// Whether the reader may look at who asked, if there is anybody.
pub fn may(ctx: &Ctx, case: &Case) -> bool {
    demand(ctx, case).is_ok()
}

/// The same, saying who may.
pub(crate) fn demand(ctx: &Ctx, case: &Case) -> Result<()> {
    let also = [ctx.path(case.row.first_unit)];
    let target = Target::at(ctx.path(case.row.unit)).officer(case.row.officer).also(&also);
    access::demand(&ctx.scope, Verb::ViewIdentity, Noun::Identity, target)
}

/// What there is to be looked at.
pub fn there(tx: &mut dyn Tx, case: &Case) -> Result<Vec<Field>> {
    let mut known: Vec<Known> = Vec::new();
    for person in case.people() {
        known.extend(identity::known(tx, person)?);
    }
    let words = vault::texts::any(tx, case.row.id.0)?;
    // Parties to a dispute are there as well, also once who asked is forgotten.
    let mut parties = mediation::parties(tx, case.row.id)?;
    // Once they are forgotten nothing is left of them but that there was somebody.
    parties.retain(|p| !p.shown.is_empty());
    let gave = |f: &Field| parties.iter().any(|p| p.gave.split(' ').any(|field| field == f.key()));
    let has = |f: &Field| match f {
        Field::Name => !parties.is_empty() || known.iter().any(|k| k.name),
        Field::Phone => gave(f) || known.iter().any(|k| k.phone),
        Field::Address => gave(f) || known.iter().any(|k| k.address),
        Field::Idno => gave(f) || known.iter().any(|k| k.idno),
        Field::Words => words,
    };
    Ok(Field::ALL.iter().copied().filter(has).collect())
}

/// Looks, after it is on record. Give what comes back to nobody but whoever asked.
///
/// Errors: [`Error::Invalid`] without purpose, sentence or field; refused (`looks`) for whoever has looked too
/// often; what the permission table says.
pub fn look(tx: &mut dyn Tx, ctx: &Ctx, input: &Look) -> Result<Seen> {
    let mut case = Case::find_number(tx, ctx, &input.number)?;
    demand(ctx, &case)?;
    let body = purpose(ctx, input)?;
    if input.fields.is_empty() {
        return Err(Error::field("see", "请选择要看什么。", "Please choose what to look at."));
    }
    throttle(tx, ctx, "look", LOOKS)?;
    let ctx = &case.acting(ctx, Verb::ViewIdentity, Noun::Identity);
    let all: Vec<PersonId> = case.people().collect();
    let fields: Vec<&str> = input.fields.iter().map(|f| f.key()).collect();
    let data = json!({ "purpose": input.purpose, "people": all.len(), "fields": fields });
    step::note(tx, ctx, &mut case, "look", Audience::Person, &body, data)?;
    let sees = |f: Field| input.fields.contains(&f);
    let mut seen = Seen { people: Vec::new(), asked: None, others: Vec::new(), row: Vec::new() };
    for person in all {
        let found = identity::get(tx, &ctx.site.keyring, person)?;
        seen.people.push(found.map(|p| identity::Person {
            name: p.name.filter(|_| sees(Field::Name)),
            phone: p.phone.filter(|_| sees(Field::Phone)),
            address: p.address.filter(|_| sees(Field::Address)),
            idno: p.idno.filter(|_| sees(Field::Idno)),
            ..p
        }));
    }
    if sees(Field::Words) {
        seen.asked = spoken::asked(tx, ctx, case.row.id)?;
        seen.others = spoken::others(tx, ctx, case.row.id)?;
        // Of the parties of a mediation no more than what the record says was looked at.
        for (slot, text) in &mut seen.others {
            if matches!(slot, spoken::Slot::Party(_)) {
                *text = crate::acts::mediation::as_far_as(text, &sees)?;
            }
        }
        seen.row = spoken::row(tx, ctx, case.row.id)?.unwrap_or_default();
    }
    Ok(seen)
}

/// The purpose in words, as the person reads it on their own page.
fn purpose(ctx: &Ctx, input: &Look) -> Result<String> {
    let chosen = ctx.site.pack.purposes.iter().find(|p| p.id == input.purpose);
    let Some(purpose) = chosen else {
        return Err(Error::field("purpose", "请选择查看的目的。", "Please say what for."));
    };
    let why: String = input.why.trim().chars().take(200).collect();
    match why.is_empty() {
        // It stands where others read it, so it names nobody.
        false => Ok(format!("{}：{}", purpose.text.zh, rules::mask::mask(&why).text)),
        true if purpose.explain => {
            Err(Error::field("why", "这个目的要写明具体事由。", "This purpose needs a sentence."))
        }
        true => Ok(purpose.text.zh.clone()),
    }
}

/// The file `id` of the case, to be opened by staff in full. What came from whoever asked may show them: that
/// it is opened is put on record, once a day for each account and file, where the person reads it.
///
/// Errors: not found; refused (`looks`) for whoever has opened too many.
pub fn file(tx: &mut dyn Tx, ctx: &Ctx, number: &str, id: AttachmentId) -> Result<()> {
    let mut case = Case::find_number(tx, ctx, number)?;
    let file = uploads::one(tx, &case, id)?;
    if file_on_record(tx, ctx, &case, &file)? {
        return Ok(());
    }
    throttle(tx, ctx, "file", FILES)?;
    let ctx = &case.acting(ctx, Verb::View, Noun::Request);
    let data = json!({ "purpose": FILE, "people": 1, "fields": [FILE], "file": file.seq });
    step::note(tx, ctx, &mut case, "look", Audience::Person, "办理时打开附件", data)
}

/// Whether nothing is to be written down where this account opens the file now.
///
/// Errors: those of the database.
pub fn file_on_record(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, file: &Attachment) -> Result<bool> {
    if !file.of_person() {
        return Ok(true);
    }
    let (zone, me) = (ctx.site.zone, ctx.account());
    let same = |e: &Entry| {
        e.verb == "look"
            && e.account == me
            && opened(&e.data) == Some(file.seq)
            && zone.date(e.at) == zone.date(ctx.at)
    };
    Ok(clocks::entries(tx, case.row.id)?.iter().any(same))
}

/// Which file the look with this data opened, by its place among those of the case.
pub fn opened(data: &serde_json::Value) -> Option<i64> {
    data.get("file").and_then(serde_json::Value::as_i64)
}

/// Nobody reads through the people of a whole ledger or register: so many looks of this `kind` in an hour, wherever.
///
/// Errors: refused (`looks`) beyond `most`; sign-in needed; those of the database.
pub fn throttle(tx: &mut dyn Tx, ctx: &Ctx, kind: &str, most: i64) -> Result<()> {
    let Some(account) = ctx.account() else { return Err(Error::SignIn) };
    let who = format!("{kind} {account}");
    let keys = Keys::new(&ctx.site.secret, &who, &who);
    if let Some(until) = attempts::locked_until(tx, &keys, ctx.at)? {
        let at = ctx.site.zone.civil(until);
        let (h, m) = (at.hour(), at.minute());
        return Err(Error::refused(
            "looks",
            format!("一小时内查看身份或附件已达 {most} 次，请在 {h:02}:{m:02} 以后再试。"),
            format!("{most} looks in an hour are the most: try again after {h:02}:{m:02}."),
        ));
    }
    let settings =
        Settings { lock_after: most, address_limit: most, lock_for: HOUR, ..ctx.site.settings.clone() };
    attempts::failed(tx, &keys, &settings, ctx.at)
}
