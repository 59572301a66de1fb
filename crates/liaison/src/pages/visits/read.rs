//! What the form of a visit sent, as the same input that a phone sends.

use super::form::{Asked, NEEDS, PROMISES};
use crate::visits::correct::Correction;
use crate::visits::{Answer, Kept, MyHousehold, Need, Promised, Said, Then, Visit};
use kernel::{Date, Error, FieldError, RecordId, RequestId, Result, Say, Uuid};
use pack::VisitQuestion;
use requests::Ctx;
use requests::model::Satisfaction;
use web::Values;
use web::form::combo_answer;

/// The fields of the form that a fault of the input belongs to.
pub(super) fn at_form(faults: Vec<FieldError>) -> Vec<FieldError> {
    let place = |field: String| match field.strip_prefix("needs.") {
        Some(rest) => match rest.split_once('.') {
            Some((n, part)) => format!("n{n}.{}", if part == "body" { "text" } else { part }),
            None => field,
        },
        None => field,
    };
    faults.into_iter().map(|f| FieldError { field: place(f.field), say: f.say }).collect()
}

/// What is said where there is no day.
const NO_DAY: (&str, &str) = ("请填哪天去的。", "Please give the day.");

/// What was answered to these questions.
fn answers<'a>(values: &Values, asked: impl Iterator<Item = &'a VisitQuestion>) -> Vec<Said> {
    let said = |q: &VisitQuestion| {
        let name = format!("answers.{}", q.id);
        Said {
            question: q.id.clone(),
            choices: values.all(&name).to_vec(),
            text: values.one(&format!("{name}.text")).to_owned(),
        }
    };
    asked.map(said).filter(|s| !s.choices.is_empty() || !s.text.is_empty()).collect()
}

/// What a visit is filled in with: its day and what was learnt.
pub(super) fn start(values: &mut Values, on: Date, said: &[Said]) {
    values.set("on", on.to_string());
    for said in said {
        let name = format!("answers.{}", said.question);
        values.set(format!("{name}.text"), said.text.as_str());
        said.choices.iter().for_each(|c| values.push(name.as_str(), c.as_str()));
    }
}

/// Reads the form that puts a visit right: day and what was learnt; the rest of it has gone its way.
///
/// Errors: as [`visit`].
pub(super) fn correction(ctx: &Ctx, values: &Values, of: &Correction, asked: &[Asked]) -> Result<Visit> {
    let on = values.parsed::<Date>("on").ok_or_else(|| Error::field("on", NO_DAY.0, NO_DAY.1))?;
    let mut answers = answers(values, asked.iter().map(|(question, _)| *question));
    of.as_said(&mut answers);
    Ok(Visit {
        id: values.parsed::<RecordId>("id").unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: of.visit.household,
        on,
        device_at: None,
        seen_at: None,
        answers,
        promises: Vec::new(),
        promised: Vec::new(),
        needs: Vec::new(),
        helped: Vec::new(),
        corrects: Some(of.visit.id),
    })
}

/// Reads the form.
///
/// Errors: [`Error::Invalid`] with what cannot be read; the rest is asked of the use case.
pub(super) fn visit(ctx: &Ctx, values: &Values, home: &MyHousehold) -> Result<Visit> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut fault = |field: String, zh: &'static str, en: &'static str| {
        faults.push(FieldError { field, say: Say::new(zh, en) });
    };
    let on = values.parsed::<Date>("on");
    if on.is_none() {
        fault("on".into(), NO_DAY.0, NO_DAY.1);
    }
    let mut promises = Vec::new();
    for p in &home.promises {
        let name = format!("promises.{}", p.id);
        if let Some(outcome) = Answer::from_key(values.one(&name)) {
            let due = values.parsed::<Date>(&format!("{name}.due"));
            promises.push(Kept {
                id: p.id,
                outcome,
                due,
                text: values.one(&format!("{name}.text")).to_owned(),
            });
        }
    }
    let mut needs = Vec::new();
    for n in 0..NEEDS {
        let f = |part: &str| format!("n{n}.{part}");
        let text = values.one(&f("text"));
        let class = combo_answer(values, &f("class"));
        let often = values.one(&f("often"));
        if text.is_empty() && class.typed.is_empty() && often.is_empty() {
            continue;
        }
        let pack = &ctx.site.pack;
        let found = match (class.value.as_str(), class.typed.as_str()) {
            ("", "") => Some(often.to_owned()),
            ("", typed) => pack.find_classes(typed, 1).first().map(|c| c.code.clone()),
            (value, _) => Some(value.to_owned()),
        };
        if found.is_none() {
            fault(
                f("class"),
                "没有找到这一类，请换个说法，或者空着。",
                "No such class: say it otherwise, or leave it.",
            );
        }
        let id =
            values.parsed::<RequestId>(&f("id")).unwrap_or_else(|| RequestId::new(ctx.at, &*ctx.site.chance));
        needs.push(Need {
            id,
            class: found.unwrap_or_default(),
            text: text.to_owned(),
            consent: values.one(&f("consent")) == "yes",
            person: values.parsed(&f("person")),
            then: Then::from_key(values.one(&f("then"))).unwrap_or(Then::Pass),
            answer: values.one(&f("answer")).to_owned(),
            solved: match values.one(&f("solved")) {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            grade: Satisfaction::chosen(values, &f("grade")).map(Satisfaction::grade),
        });
    }
    let mut promised = Vec::new();
    for n in 0..PROMISES {
        let name = format!("promised.{n}");
        let text = values.one(&name);
        if text.is_empty() {
            continue;
        }
        let id = values
            .parsed::<Uuid>(&format!("{name}.id"))
            .unwrap_or_else(|| RequestId::new(ctx.at, &*ctx.site.chance).0);
        match values.parsed::<Date>(&format!("{name}.due")) {
            Some(due) => promised.push(Promised { id, text: text.to_owned(), due }),
            None => fault(format!("{name}.due"), "哪天以前做到？", "By when?"),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let answers = answers(values, ctx.site.pack.visit.asked(&home.tags));
    Ok(Visit {
        id: values.parsed::<RecordId>("id").unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
        household: home.id,
        on: on.unwrap_or(ctx.today()),
        device_at: None,
        seen_at: None,
        answers,
        promises,
        promised,
        needs,
        helped: Vec::new(),
        corrects: None,
    })
}
