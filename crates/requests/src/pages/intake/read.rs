//! From a form to the use case: every fault at once, each beside its field.

use super::desk::{Desk, Screen};
use super::ticket;
use crate::ctx::Ctx;
use crate::intake::{Intake, Send, Spot, Then, not_open};
use crate::model::Satisfaction;
use crate::notices::Told;
use crate::pages::public::questions;
use crate::pages::subject;
use crate::pages::work::propose;
use crate::register::{self, NewRequest};
use access::identity::NewPerson;
use kernel::{Error, FieldError, RequestId, Result, UnitId};
use pack::Class;
use rules::case::{Kind, Urgency, Word};
use web::Values;
use web::form::combo_answer;

/// Gathers faults and goes on.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    /// The value, or its default with the fault kept. Other errors end it.
    fn take<T: Default>(&mut self, result: Result<T>) -> Result<T> {
        match result {
            Err(Error::Invalid(faults)) => {
                self.0.extend(faults);
                Ok(T::default())
            }
            other => other,
        }
    }
}

/// What the form says.
///
/// Errors: [`Error::Invalid`] with every fault, beside the fields of the form.
pub(super) fn intake(desk: &Desk) -> Result<Intake> {
    let v = &desk.state.values;
    let mut faults = Faults(desk.state.errors.clone());
    let mut new = request(desk, &mut faults)?;
    new.id = RequestId(ticket::id_of(&desk.ctx, v.one("id")));
    faults.take(register::check(&desk.ctx, &new))?;
    // What is about a unit is settled or sent by whoever decides on it, not at the desk.
    let shielded = new.subject.unit.is_some();
    let then = match v.one("then") {
        _ if shielded => Then::Leave,
        "settle" => Then::Settle(faults.take(spot(desk, &new.class).map(Some))?.unwrap_or(NOTHING)),
        "send" => match faults.take(send(desk, &new).map(Some))? {
            Some(send) => Then::Send(send),
            None => Then::Leave,
        },
        _ => Then::Leave,
    };
    let form = desk.ctx.site.pack.form_of(&new.class);
    let mut all: Vec<FieldError> = Vec::new();
    for mut fault in faults.0 {
        if form.is_some_and(|f| questions::is_question(f, &fault.field)) {
            fault.field = format!("{}{}", questions::PREFIX, fault.field);
        }
        if fault.field == "title" {
            fault.field = "body".into();
        }
        if !all.contains(&fault) {
            all.push(fault);
        }
    }
    if all.is_empty() { Ok(Intake { new, then }) } else { Err(Error::Invalid(all)) }
}

const NOTHING: Spot = Spot { text: String::new(), word: None, satisfaction: None };

fn request(desk: &Desk, faults: &mut Faults) -> Result<NewRequest> {
    let (ctx, v) = (&desk.ctx, &desk.state.values);
    let mut new = NewRequest::new(ctx, &channel(desk));
    new.class = faults.take(class(ctx, v))?.map(|c| c.code.clone()).unwrap_or_default();
    new.kind = Kind::from_key(v.one("kind"));
    new.urgency = Urgency::from_key(v.one("urgency"));
    new.body = v.one("body").to_owned();
    new.answers = questions::answers(v);
    new.place = faults.take(place(ctx, v))?;
    new.place_text = v.one("place_text").chars().take(200).collect();
    new.person = person(desk);
    if ctx.site.pack.class(&new.class).is_some_and(|c| c.subject.is_some()) {
        new.subject = faults.take(subject::read(ctx, v))?;
    }
    new.first_unit = Some(desk.unit);
    new.told = told(v);
    new.files = desk.files.clone();
    Ok(new)
}

/// Who asks, as far as they said.
pub(super) fn person(desk: &Desk) -> NewPerson {
    let v = &desk.state.values;
    let own = |name: &str| v.opt(name).map(str::to_owned);
    NewPerson {
        name: own("name"),
        phone: own("phone"),
        address: own("address"),
        // Taken down only where the class deals with papers; see the field.
        idno: own("idno"),
        ..NewPerson::default()
    }
}

/// How they were told.
pub(super) fn told(v: &Values) -> Told {
    match v.one("told") {
        "in-person" => Told::InPerson,
        "call" => Told::OnPhone,
        _ => Told::No,
    }
}

/// The channel chosen; that of the desk where none of the pack's was.
pub(super) fn channel(desk: &Desk) -> String {
    let given = desk.value("channel");
    match desk.ctx.site.pack.channel(given) {
        Some(c) if desk.screen == Screen::Window => c.id.clone(),
        _ => desk.channel(),
    }
}

/// The class: what was chosen, what was typed, or the suggestion that was taken; none where nothing was.
///
/// Errors: at the field, where nothing fits what was typed.
pub(super) fn class<'c>(ctx: &'c Ctx, v: &Values) -> Result<Option<&'c Class>> {
    let given = combo_answer(v, "class");
    if given.typed.is_empty() {
        let picked = [v.one("class_pick"), v.one("class")];
        return Ok(picked.iter().find_map(|code| leaf(ctx, code)));
    }
    class_named(ctx, "class", &given.value, &given.typed).map(Some)
}

/// The class that a field names.
///
/// Errors: at the field, where nothing fits what was typed.
pub(super) fn class_named<'c>(ctx: &'c Ctx, field: &str, value: &str, typed: &str) -> Result<&'c Class> {
    let pack = &ctx.site.pack;
    let named = |c: &&Class| {
        let path = pack.class_path(&c.code);
        let full =
            |en: bool| path.iter().map(|t| if en { &*t.en } else { &*t.zh }).collect::<Vec<_>>().join(" › ");
        c.is_leaf()
            && (typed == c.name.zh || typed == c.name.en || typed == full(false) || typed == full(true))
    };
    leaf(ctx, value)
        .or_else(|| pack.classes.iter().find(named))
        .or_else(|| pack.find_classes(typed, 1).into_iter().next())
        .ok_or_else(|| {
            Error::field(
                field,
                format!("没有找到“{typed}”这一类，换个词试试，或者空着由分流来定。"),
                format!("No class fits \"{typed}\": try another word, or leave it to triage."),
            )
        })
}

fn leaf<'c>(ctx: &'c Ctx, code: &str) -> Option<&'c Class> {
    ctx.site.pack.class(code).filter(|c| c.is_leaf())
}

/// The place that was chosen or typed; none where nothing was.
///
/// Errors: at the field, where no unit or more than one fits.
pub(super) fn place(ctx: &Ctx, v: &Values) -> Result<Option<UnitId>> {
    named_unit(ctx, v, "place", "地点", "place")
}

/// The unit in a field, chosen or typed; none where nothing was.
pub(crate) fn named_unit(ctx: &Ctx, v: &Values, name: &str, zh: &str, en: &str) -> Result<Option<UnitId>> {
    let given = combo_answer(v, name);
    // A form that was opened with a value and sent without a script carries the value's name.
    let value = if v.has(&format!("{name}_label")) { &given.value } else { v.one(name) };
    if let Some(unit) = value.parse().ok().and_then(|id: UnitId| ctx.dir.get(id)) {
        let is =
            |u: &::register::Unit| [u.name.zh.as_str(), u.name.en.as_str()].contains(&given.typed.as_str());
        if given.typed.is_empty() || is(unit) {
            return Ok(Some(unit.id));
        }
    }
    if given.typed.is_empty() {
        return Ok(None);
    }
    let typed = &given.typed;
    let found = ctx.dir.search(typed, ctx.today(), 2);
    match found.as_slice() {
        [one] => Ok(Some(one.id)),
        [first, second] if first.name.zh == *typed && second.name.zh != *typed => Ok(Some(first.id)),
        [] => match ctx.dir.locate(typed, ctx.today()) {
            Some(unit) => Ok(Some(unit.id)),
            None => Err(Error::field(
                name,
                format!("没有找到“{typed}”这个{zh}，换个写法试试。"),
                format!("There is no {en} called \"{typed}\": try another spelling."),
            )),
        },
        _ => Err(Error::field(
            name,
            format!("有几个都叫“{typed}”，请加上乡镇或村名。"),
            format!("Several are called \"{typed}\": add the township or village."),
        )),
    }
}

fn spot(desk: &Desk, class: &str) -> Result<Spot> {
    let v = &desk.state.values;
    let open = desk.may(class);
    if open.major {
        return Err(not_open(
            "这是重大事项，要领导小组研究，不能当场办结，请登记。",
            "A major matter needs the leading group's decision: register it.",
        ));
    }
    if !open.settle {
        return Err(not_open(
            "您的岗位不能当场办结这一类，请登记。",
            "Your post cannot settle this on the spot: register it.",
        ));
    }
    let mut faults = Faults::default();
    faults.take(crate::acts::text(
        "answer",
        v.one("answer"),
        "请写明当场怎么办的。",
        "Please say how it was settled.",
    ))?;
    if v.one("solved") == "no" {
        faults.0.extend(match not_solved() {
            Error::Invalid(all) => all,
            other => return Err(other),
        });
    }
    if !faults.0.is_empty() {
        return Err(Error::Invalid(faults.0));
    }
    let word = (v.one("solved") == "yes").then_some(Word::Solved);
    let satisfaction = Satisfaction::chosen(v, "grade");
    Ok(Spot { text: v.one("answer").to_owned(), word, satisfaction: satisfaction.filter(|_| word.is_some()) })
}

fn not_solved() -> Error {
    Error::field(
        "solved",
        "没解决就不算当场办结：请改选登记，交给该办的单位。",
        "Not solved is not settled: register it for the unit that can.",
    )
}

fn send(desk: &Desk, new: &NewRequest) -> Result<Send> {
    if !desk.may(&new.class).send {
        return Err(not_open(
            "您的岗位不能直接交办，请选交分流。",
            "Your post cannot send it to a unit: leave it to triage.",
        ));
    }
    let v = &desk.state.values;
    let unit = unit(desk, &new.class, new.place)?.ok_or_else(|| {
        Error::field(
            "unit",
            "请选择承办单位；拿不准就选交分流。",
            "Please choose the unit that answers, or leave it to triage.",
        )
    })?;
    let officer = v.parsed("officer").filter(|_| v.one("officer_of") == unit.to_string());
    Ok(Send { unit, officer, note: v.one("note").to_owned() })
}

/// The unit that answers: what was chosen, otherwise what class and place suggest.
pub(super) fn unit(desk: &Desk, class: &str, place: Option<UnitId>) -> Result<Option<UnitId>> {
    let chosen = named_unit(&desk.ctx, &desk.state.values, "unit", "单位", "unit")?;
    Ok(chosen.or_else(|| propose::unit(&desk.ctx, class, place)))
}
