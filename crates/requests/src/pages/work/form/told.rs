//! The act in place of a message: which notice, who was told and how.

use super::arrange::LONG;
use super::bench::Bench;
use crate::acts::{self, On};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::NoticeRow;
use crate::notices;
use crate::pages::work::people::pseudonym;
use kernel::{Error, PersonId, Result};
use maud::{Markup, html};
use rules::case::Notice;
use web::form::{Choice, Field, checkboxes, radios, textarea};
use web::{FormState, Values};

/// What the form starts with: the notice and the person of the message that it is about.
pub(super) fn start(b: &Bench, message: &str) -> Values {
    let mut v = Values::default();
    let about = |n: &&NoticeRow| n.message.is_some_and(|m| m.to_string() == message);
    if let Some(n) = b.case.notices.iter().find(about) {
        v.set("notice", n.notice.key());
        v.push("who", b.case.place_of(n.person).to_string());
    }
    v
}

pub(super) fn fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let owed: Vec<(Notice, Vec<Option<PersonId>>)> = Notice::ALL
        .iter()
        .map(|n| (*n, notices::owed(&b.case, *n)))
        .filter(|(_, whom)| !whom.is_empty())
        .collect();
    let which: Vec<Choice> =
        owed.iter().map(|(n, _)| Choice::new(n.key(), n.name().to(eye.locale()))).collect();
    let how: Vec<Choice> =
        notify::Act::ALL.iter().map(|a| Choice::new(a.key(), a.say().to(eye.locale()))).collect();
    html! {
        (radios(&eye.look, s, Field::new("notice", eye.t("哪一次告知", "Which notice")).required(), &which))
        @if owed.iter().any(|(_, whom)| whom.len() > 1) {
            (checkboxes(&eye.look, s, Field::new("who", eye.t("告知了谁", "Who was told")).required()
                .hint(eye.t("没有勾选的，还欠着。", "To those left out it is owed as before.")), &people(b, &owed)))
        }
        (radios(&eye.look, s, Field::new("how", eye.t("怎么告知的", "How")).required(), &how))
        (textarea(&eye.look, s, Field::new("note", eye.t("告知了谁，对方怎么说", "Who was told, and what they said")).required().max(LONG).key("1"), 3))
    }
}

/// Those who are owed a notice, by how the case calls them, each with what is owed.
fn people(b: &Bench, owed: &[(Notice, Vec<Option<PersonId>>)]) -> Vec<Choice> {
    let (eye, case) = (&b.eye, &b.case);
    let first = std::iter::once((case.row.person, eye.t("先提的人", "asked first").to_owned()));
    let joined = case.joined.iter().map(|j| {
        let day = eye.day(j.joined_at);
        (Some(j.person), say!(eye.look, "{day} 联名", "joined on {day}"))
    });
    first
        .chain(joined)
        .enumerate()
        .filter_map(|(at, (person, since))| {
            let open = owed.iter().filter(|(_, whom)| whom.contains(&person));
            let names: Vec<String> = open.map(|(n, _)| n.name().to(eye.locale()).to_owned()).collect();
            let what = names.join(eye.t("、", ", "));
            let label = format!("{} · {since}", pseudonym(at, eye.locale()));
            (!names.is_empty()).then(|| {
                Choice::new(at.to_string(), label).hint(say!(eye.look, "还欠：{what}", "still owed: {what}"))
            })
        })
        .collect()
}

pub(super) async fn act(ctx: &Ctx, on: On, case: &Case, v: &Values) -> Result<Case> {
    let notice = Notice::from_key(v.one("notice"))
        .ok_or_else(|| Error::field("notice", "请选择哪一次告知。", "Please choose the notice."))?;
    let how = notify::Act::from_key(v.one("how"))
        .ok_or_else(|| Error::field("how", "请选择怎么告知的。", "Please say how."))?;
    let note = v.one("note").to_owned();
    if note.is_empty() {
        return Err(Error::field(
            "note",
            "请写明告知了谁、对方怎么说。",
            "Say who was told and what they said.",
        ));
    }
    let whom = whom(case, notice, v);
    ctx.write(move |tx, ctx| {
        let mut case = acts::open(tx, ctx, on)?;
        notices::record_act(tx, ctx, &mut case, notice, &whom, how.key(), &note)?;
        Ok(case)
    })
    .await
}

/// Who was told; where it is owed to one person alone, that needs no saying.
fn whom(case: &Case, notice: Notice, v: &Values) -> Vec<Option<PersonId>> {
    let places = v.all("who");
    let chosen = places.iter().filter_map(|at| match at.parse::<usize>().ok()? {
        0 => Some(case.row.person),
        n => case.joined.get(n - 1).map(|j| Some(j.person)),
    });
    let chosen: Vec<Option<PersonId>> = chosen.collect();
    let owed = notices::owed(case, notice);
    if chosen.is_empty() && owed.len() == 1 { owed } else { chosen }
}
