//! The file of a mediation 人民调解卷宗 and the parties to the dispute. Who the parties are lies sealed with the case; what
//! is missing keeps it from being closed as agreed.

use super::look::Field;
use super::{On, open, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::spoken::{self, Slot};
use crate::step;
use crate::store::keeping;
use crate::store::mediation as store;
use crate::uploads;
use access::{Noun, Verb, identity};
use db::Tx;
use files::Whose;
use kernel::{Date, Error, RequestId, Result};
use pack::{MediationRule, Pack};
use rules::deadline::{Rule, certify};
use rules::mediation::FileItem;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use store::{ItemFacts, ItemRow, PartyRow, Side};

/// The longest name of a party, in characters.
pub const NAME_MAX: usize = 40;

/// An item for the file.
#[derive(Clone, Debug)]
pub struct Filed {
    /// Which case.
    pub on: On,
    /// Which item.
    pub item: FileItem,
    /// The day that stands on it.
    pub date: Date,
    /// Of a written agreement: by when it is performed.
    pub perform_by: Option<Date>,
    /// What it says, in a few words.
    pub words: String,
    /// What its printed form asks besides; what is none of its form's is left out.
    pub facts: ItemFacts,
    /// Scans of it.
    pub files: Vec<crate::uploads::Upload>,
}

/// A party to the dispute.
#[derive(Clone, Debug)]
pub struct NewParty {
    /// Which case.
    pub on: On,
    /// On which side.
    pub side: Side,
    /// Who it is.
    pub who: Who,
}

/// Who a party is: sealed, and opened only by a look that is recorded. Printed applications ask for the ethnic group as
/// well; nothing is decided by it, so it is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// Where they live.
    pub address: String,
    /// Their identity number.
    pub idno: String,
    /// Man or woman, where the mediator noted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sex: String,
    /// How old they are, where the mediator noted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub age: String,
    /// What they work as, where the mediator noted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub work: String,
}

/// A party as it lies sealed, without what is not to be seen.
pub(crate) fn as_far_as(sealed: &str, sees: &dyn Fn(Field) -> bool) -> Result<String> {
    let mut who: Who = serde_json::from_str(sealed).map_err(Error::internal)?;
    if !sees(Field::Name) {
        who.name = rules::mask::surname_only(&who.name);
        for more in [&mut who.sex, &mut who.age, &mut who.work] {
            more.clear();
        }
    }
    for (field, text) in
        [(Field::Phone, &mut who.phone), (Field::Address, &mut who.address), (Field::Idno, &mut who.idno)]
    {
        if !sees(field) {
            text.clear();
        }
    }
    serde_json::to_string(&who).map_err(Error::internal)
}

/// The rule of mediation for a case, where it is one.
fn rule<'p>(ctx: &'p Ctx, case: &Case) -> Result<&'p MediationRule> {
    ctx.site.pack.mediation_on(&case.row.track).ok_or_else(|| {
        Error::refused(
            "no-mediation",
            "这件不走调解流程，没有调解卷宗。",
            "This case does not take the course of mediation and has no such file.",
        )
    })
}

/// Files an item. After the end as well: performance and return visit come later.
///
/// Errors: [`Error::Invalid`] with the faulty field; refused where the case is no mediation.
pub fn file(tx: &mut dyn Tx, ctx: &Ctx, input: &Filed) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    case.demand(ctx, Verb::Work)?;
    let ctx = &case.acting(ctx, Verb::Work, Noun::Request);
    let rule = rule(ctx, &case)?;
    let (Some(account), Some(unit)) = (ctx.account(), ctx.unit()) else { return Err(Error::SignIn) };
    if input.date > ctx.today() {
        return Err(Error::field("date", "日期不能晚于今天。", "The day cannot be after today."));
    }
    let written = input.item == FileItem::Agreement;
    match input.perform_by {
        None if written => {
            return Err(Error::field(
                "perform_by",
                "书面协议要写明履行期限；当场履行的填当天。",
                "A written agreement says by when it is performed; where that was at once, that day.",
            ));
        }
        Some(by) if by < input.date => {
            return Err(Error::field(
                "perform_by",
                "履行期限不能早于协议日期。",
                "It cannot be performed before it was agreed.",
            ));
        }
        _ => {}
    }
    let tells = matches!(input.item, FileItem::Record | FileItem::ReturnVisit) || input.item.is_agreement();
    let words = match tells {
        true => text("words", &input.words, "请写下主要内容。", "Please write down what it says.")?,
        false => input.words.trim().to_owned(),
    };
    let facts = facts(input, &store::parties(tx, case.row.id)?)?;
    let all = store::items(tx, case.row.id)?;
    let no = all.len() as i64 + 1;
    let names = spoken::names(tx, ctx, &case)?;
    let hidden = spoken::hide(&words, names.iter());
    let confirm = input.item.is_agreement().then(|| {
        let rule = Rule {
            id: "judicial-confirmation".to_owned(),
            version: ctx.site.pack.version.clone(),
            citation: rule.confirm_citation.clone(),
            limit: rule.confirm_within,
            counting: ctx.site.pack.counting,
        };
        certify(&rule, ctx.site.zone.start_of(input.date), &ctx.site.calendar)
    });
    let row = ItemRow {
        no,
        item: input.item,
        on: input.date,
        perform_by: input.perform_by.filter(|_| input.item.is_agreement()),
        at: ctx.at,
        account,
        unit,
        words: hidden.text,
        files: input.files.len() as i64,
        confirm,
        facts,
    };
    store::file(tx, case.row.id, &row)?;
    spoken::keep(tx, ctx, case.row.id, &Slot::Item(no), hidden.own.as_deref())?;
    // Papers of people: opened by a recorded look, and gone with them when they are forgotten.
    uploads::attach(tx, ctx, case.row.id, Whose::Person(None), &input.files)?;
    if let Some(filed) = &mut case.filed {
        filed.insert(input.item);
    }
    forgotten_in_time(tx, ctx, &case)?;
    let data = json!({ "item": input.item.key(), "no": no, "files": input.files.len() });
    step::note(tx, ctx, &mut case, "file-item", Audience::Person, "", data)?;
    Ok(case)
}

/// What the printed form of an item has to say besides, and nothing that is none of its own.
fn facts(input: &Filed, parties: &[PartyRow]) -> Result<ItemFacts> {
    let given = input.facts;
    match input.item {
        FileItem::Acceptance if given.source.is_none() => {
            Err(Error::field("source", "请选择案件来源。", "Please say where the dispute came from."))
        }
        FileItem::Acceptance => Ok(ItemFacts { source: given.source, ..ItemFacts::default() }),
        FileItem::ReturnVisit if given.performed.is_none() => {
            Err(Error::field("performed", "请选择履行情况。", "Please say how far it was performed."))
        }
        FileItem::ReturnVisit => match given.visited.filter(|no| parties.iter().all(|p| p.no != *no)) {
            Some(_) => Err(Error::field("visited", "没有这位当事人。", "There is no such party.")),
            None => Ok(ItemFacts { source: None, ..given }),
        },
        _ => Ok(ItemFacts::default()),
    }
}

/// Notes a party. Only the family name is shown; the rest lies sealed with the case.
///
/// Errors: [`Error::Invalid`] with the faulty field; refused where the case is no mediation.
pub fn party(tx: &mut dyn Tx, ctx: &Ctx, input: &NewParty) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    case.demand(ctx, Verb::Work)?;
    let ctx = &case.acting(ctx, Verb::Work, Noun::Request);
    rule(ctx, &case)?;
    let Some(account) = ctx.account() else { return Err(Error::SignIn) };
    let who = clean(&input.who)?;
    let no = store::parties(tx, case.row.id)?.len() as i64 + 1;
    let shown = rules::mask::surname_only(&who.name);
    let given = [(Field::Phone, &who.phone), (Field::Address, &who.address), (Field::Idno, &who.idno)];
    let given = given.iter().filter(|(_, text)| !text.is_empty()).map(|(field, _)| field.key());
    let gave = given.collect::<Vec<_>>().join(" ");
    let row = PartyRow { no, side: input.side, shown, gave, at: ctx.at, account };
    store::party(tx, case.row.id, &row)?;
    let sealed = serde_json::to_string(&who).map_err(Error::internal)?;
    spoken::keep(tx, ctx, case.row.id, &Slot::Party(no), Some(&sealed))?;
    hide_filed(tx, ctx, &case, &who.name)?;
    spoken::leave_out(tx, ctx, &mut case, &who.name)?;
    forgotten_in_time(tx, ctx, &case)?;
    let data = json!({ "side": input.side.key(), "no": no });
    step::note(tx, ctx, &mut case, "party", Audience::Inside, "", data)?;
    Ok(case)
}

/// Leaves what was filed before a party was noted without their name; where it said more, that is sealed now. The
/// journal holds none of these words.
fn hide_filed(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, name: &String) -> Result<()> {
    let id = case.row.id;
    let sealed = spoken::slots(tx, id)?;
    for item in store::items(tx, id)? {
        let hidden = spoken::hide(&item.words, std::iter::once(name));
        let Some(own) = hidden.own else { continue };
        identity::tracelessly(tx, |tx| store::leave_words(tx, id, item.no, &hidden.text))?;
        let slot = Slot::Item(item.no);
        // What lies sealed already is what was written first.
        if !sealed.contains(&slot) {
            spoken::keep(tx, ctx, id, &slot, Some(&own))?;
        }
    }
    Ok(())
}

/// What is filed after the end is forgotten as well, also where those of the case were forgotten before.
fn forgotten_in_time(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    let id = case.row.id;
    if case.row.ended_at.is_none() || keeping::until(tx, id)?.is_some() {
        return Ok(());
    }
    let until = super::forget::file_until(tx, ctx, case)?;
    keeping::keep(tx, id, until)
}

fn clean(who: &Who) -> Result<Who> {
    let line = |t: &str, most: usize| t.trim().chars().take(most).collect::<String>();
    let name = line(&who.name, NAME_MAX);
    if name.is_empty() {
        return Err(Error::field("name", "请填写姓名。", "Please give the name."));
    }
    let idno = line(&who.idno, 20);
    if !idno.is_empty() {
        rules::idcheck::identity(&idno).map_err(|f| Error::Invalid(vec![f.on("idno")]))?;
    }
    let age = line(&who.age, 3);
    if !age.is_empty() && age.parse::<u8>().is_err() {
        return Err(Error::field("age", "年龄填数字。", "Give the age as a number."));
    }
    let (phone, address) = (line(&who.phone, 20), line(&who.address, 100));
    Ok(Who { name, phone, address, idno, sex: line(&who.sex, 10), age, work: line(&who.work, 40) })
}

/// The names of the parties, for the program itself: to find them in what is written.
pub(crate) fn names(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Vec<String>> {
    if store::parties(tx, id)?.is_empty() {
        return Ok(Vec::new());
    }
    let name = |(slot, text): (Slot, String)| match slot {
        Slot::Party(_) => Some(serde_json::from_str(&text).map(|who: Who| who.name).map_err(Error::internal)),
        _ => None,
    };
    spoken::others(tx, ctx, id)?.into_iter().filter_map(name).collect()
}

/// What the file of a case lacks, in the order of its contents; nothing where it is no mediation.
pub fn missing(pack: &Pack, case: &Case) -> Vec<FileItem> {
    match (pack.mediation_on(&case.row.track), &case.filed) {
        (Some(rule), Some(filed)) => rules::mediation::missing(filed, &rule.mandatory),
        _ => Vec::new(),
    }
}

/// An answer that a mediation failed, with the other ways that are left to the parties.
pub(crate) fn with_other_ways(pack: &Pack, track: &str, text: &str) -> String {
    match pack.mediation_on(track) {
        Some(rule) if !text.contains(&rule.other_ways.zh) => format!("{text}\n{}", rule.other_ways.zh),
        _ => text.to_owned(),
    }
}
