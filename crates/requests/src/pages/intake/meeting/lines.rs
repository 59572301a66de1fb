//! The lines of a sheet: as many as the form has, what stands in them, and what they ask for.

use super::super::desk::{Desk, Screen};
use super::super::{read, ticket};
use crate::intake::Spot;
use crate::meeting::{MOST, Need, said_of};
use access::identity::NewPerson;
use kernel::{Error, FieldError, RequestId, Result};
use maud::{Markup, html};
use rules::case::Word;
use web::Values;
use web::form::{Choice, Combo, Field, combo_answer, combobox, hidden, select, text_field, textarea};

/// How many lines a sheet starts with.
pub(super) const START: usize = 8;
/// How many are added at a time.
pub(super) const MORE: usize = 5;

/// How many lines the form has.
pub(super) fn count(v: &Values) -> usize {
    v.parsed::<usize>("rows").unwrap_or(START).clamp(1, MOST)
}

/// Gives every line its id: kept where it is good, so that a sheet sent twice is one.
pub(super) fn number(desk: &mut Desk, rows: usize) {
    let rows = rows.min(MOST);
    for n in 1..=rows {
        let field = format!("rid-{n}");
        let id = match desk.value(&field) {
            "" => ticket::fresh(&desk.ctx),
            known => ticket::again(&desk.ctx, known),
        };
        desk.state.values.set(field, id);
    }
    desk.state.values.set("rows", rows.to_string());
}

/// The lines that say something.
///
/// Errors: [`Error::Invalid`] with a fault for each line whose class is none of ours.
pub(super) fn read(desk: &Desk) -> Result<Vec<Need>> {
    let v = &desk.state.values;
    let (mut out, mut faults): (Vec<Need>, Vec<FieldError>) = (Vec::new(), Vec::new());
    for line in 1..=count(v) {
        let one = |name: &str| v.one(&format!("{name}-{line}"));
        let own = |name: &str| Some(one(name)).filter(|t| !t.is_empty()).map(str::to_owned);
        if ["what", "name", "phone", "answer"].into_iter().all(|f| one(f).is_empty()) {
            continue;
        }
        let field = format!("class-{line}");
        let given = combo_answer(v, &field);
        let class = match given.typed.is_empty() {
            true => Ok(String::new()),
            false => read::class_named(&desk.ctx, &field, &given.value, &given.typed).map(|c| c.code.clone()),
        };
        let class = match class {
            Err(Error::Invalid(more)) => {
                faults.extend(more.into_iter().map(|f| FieldError { say: said_of(&f.say, line), ..f }));
                String::new()
            }
            other => other?,
        };
        let word = (one("then") == "solved").then_some(Word::Solved);
        let spot = matches!(one("then"), "solved" | "answered").then(|| Spot {
            text: one("answer").to_owned(),
            word,
            satisfaction: None,
        });
        let person = NewPerson { name: own("name"), phone: own("phone"), ..NewPerson::default() };
        let id = RequestId(ticket::id_of(&desk.ctx, one("rid")));
        out.push(Need { line, id, what: one("what").to_owned(), class, person, spot });
    }
    if faults.is_empty() { Ok(out) } else { Err(Error::Invalid(faults)) }
}

/// All lines.
pub(super) fn fields(desk: &Desk) -> Markup {
    debug_assert!(desk.screen == Screen::Meeting);
    let settles = desk.may("").settle;
    html! {
        (hidden("rows", desk.value("rows")))
        @for n in 1..=count(&desk.state.values) { (line(desk, n, settles)) }
    }
}

fn line(desk: &Desk, n: usize, settles: bool) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let name = |field: &str| format!("{field}-{n}");
    let (rid, what, class, who, phone, then, answer) =
        (name("rid"), name("what"), name("class"), name("name"), name("phone"), name("then"), name("answer"));
    let code = desk.value(&class);
    let shown = if code.is_empty() { String::new() } else { desk.eye.class(code) };
    let from = Combo::Source { src: "/classes/search", label: &shown };
    let number =
        Field::new(&phone, desk.t("电话", "Telephone")).private().kind("tel").max(20).autocomplete("off");
    let choices = [
        Choice::new("", desk.t("登记，会后办", "Registered")),
        Choice::new("solved", desk.t("当场办结，本人认可", "Settled, the person agrees")),
        Choice::new("answered", desk.t("当场答复，还没问", "Answered, not asked yet")),
    ];
    html! {
        fieldset.line-of {
            legend { (both!(desk.locale(), "第 {n} 件", "Need {n}")) }
            (hidden(&rid, desk.value(&rid)))
            div.what { (textarea(look, state, Field::new(&what, desk.t("要办什么事", "What is needed")), 1)) }
            div.class { (combobox(look, state, Field::new(&class, desk.t("类别", "Class")), from)) }
            div.name { (text_field(look, state, Field::new(&who, desk.t("谁提的", "Whose")).private().max(40).autocomplete("off"))) }
            div.phone { (text_field(look, state, Field { inputmode: "tel", ..number })) }
            @if settles {
                div.then { (select(look, state, Field::new(&then, desk.t("怎么办的", "What happened")), &choices)) }
                div.answer { (text_field(look, state, Field::new(&answer, desk.t("当场答了什么", "What was answered")).max(400).autocomplete("off"))) }
            }
        }
    }
}
