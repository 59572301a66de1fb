//! The questions of a class, as fields. Rows that show only upon an earlier answer are shown with the
//! condition said above them and left out by the next step once it does not hold; the rules drop what
//! was answered without being asked, so nothing depends on a script.

use kernel::Locale;
use maud::{Markup, html};
use rules::form::{Answers, Comparison, Condition, Form, Kind, Question};
use web::form::{Choice, Field, FormState, checkboxes, date_field, radios, text_field, textarea};
use web::{Look, Values};

/// What the names of these fields begin with, so that no question of a pack meets a field of the page.
pub(crate) const PREFIX: &str = "q_";

/// The answers among what a page sent.
pub(crate) fn answers(values: &Values) -> Answers {
    values.iter().filter_map(|(name, v)| Some((name.strip_prefix(PREFIX)?.to_owned(), v.clone()))).collect()
}

/// Whether a fault of the rules is beside one of the questions.
pub(crate) fn is_question(form: &Form, field: &str) -> bool {
    form.questions.iter().any(|q| {
        let of = |c: &rules::form::Choice| c.text && field == format!("{}_{}", q.name, c.value);
        q.name == field
            || matches!(&q.kind, Kind::One { options } | Kind::Many { options, .. } if options.iter().any(of))
    })
}

/// The fields. `asked` is whether the answers were sent before, so that hidden rows can be left out.
pub(crate) fn fields(look: &Look, state: &FormState, form: &Form, asked: bool) -> Markup {
    let sent = answers(&state.values);
    let hidden = if asked { rules::form::hidden(form, &sent) } else { Vec::new() };
    html! {
        @for q in form.questions.iter().filter(|q| !hidden.contains(&q.name.as_str())) {
            (question(look, state, form, q))
        }
    }
}

fn question(look: &Look, state: &FormState, form: &Form, q: &Question) -> Markup {
    let name = format!("{PREFIX}{}", q.name);
    let help = q.help.as_ref().map_or("", |h| h.to(look.locale));
    let only = q.show_if.iter().map(|c| condition(look.locale, form, c)).collect::<Vec<_>>();
    let hint = match (only.is_empty(), help.is_empty()) {
        (true, _) => help.to_owned(),
        (false, true) => only.join(look.t("；", "; ")),
        (false, false) => format!("{}{}{help}", only.join(look.t("；", "; ")), look.t("。", ". ")),
    };
    // A row that may not concern the reader must not stop the browser from sending.
    let required = q.required && q.show_if.is_empty();
    let field = Field { required, ..Field::new(&name, q.label.to(look.locale)).hint(&hint) };
    match &q.kind {
        Kind::Text { max, .. } | Kind::Place { max } => text_field(look, state, field.max(*max)),
        Kind::LongText { max, .. } => textarea(look, state, field.max(*max), 3),
        Kind::Integer { .. } => text_field(look, state, Field { inputmode: "numeric", ..field.max(12) }),
        Kind::Decimal { .. } => text_field(look, state, Field { inputmode: "decimal", ..field.max(16) }),
        Kind::Date { .. } => date_field(look, state, field),
        Kind::Time => text_field(look, state, field.kind("time").max(8)),
        Kind::YesNo => {
            let choices = [Choice::new("yes", look.t("是", "Yes")), Choice::new("no", look.t("不是", "No"))];
            radios(look, state, field, &choices)
        }
        Kind::One { options } => html! {
            (radios(look, state, field, &choices(look, options)))
            (texts(look, state, q, options))
        },
        Kind::Many { options, .. } => html! {
            (checkboxes(look, state, field, &choices(look, options)))
            (texts(look, state, q, options))
        },
    }
}

fn choices(look: &Look, options: &[rules::form::Choice]) -> Vec<Choice> {
    options.iter().map(|o| Choice::new(&o.value, o.label.to(look.locale))).collect()
}

/// The lines that go with "other: …".
fn texts(look: &Look, state: &FormState, q: &Question, options: &[rules::form::Choice]) -> Markup {
    html! {
        @for o in options.iter().filter(|o| o.text) {
            @let name = format!("{PREFIX}{}_{}", q.name, o.value);
            @let label = o.label.to(look.locale);
            @let text = say!(look, "选“{label}”的话，请写明", "If “{label}”, please say what");
            (text_field(look, state, Field::new(&name, &text).max(200)))
        }
    }
}

/// "Only if …", in words.
fn condition(locale: Locale, form: &Form, c: &Condition) -> String {
    let asked = form.questions.iter().find(|q| q.name == c.question);
    let label = asked.map_or(c.question.as_str(), |q| q.label.to(locale));
    let value = |v: &str| -> String {
        let kind = asked.map(|q| &q.kind);
        match kind {
            Some(Kind::One { options } | Kind::Many { options, .. }) => options
                .iter()
                .find(|o| o.value == v)
                .map_or_else(|| v.to_owned(), |o| o.label.to(locale).to_owned()),
            Some(Kind::YesNo) => locale.t(if v == "yes" { "是" } else { "不是" }, v).to_owned(),
            _ => v.to_owned(),
        }
    };
    match (&c.is, locale) {
        (Comparison::Equals(v) | Comparison::Includes(v), Locale::Zh) => {
            format!("“{label}”选了“{}”才填", value(v))
        }
        (Comparison::Equals(v) | Comparison::Includes(v), Locale::En) => {
            format!("Only if “{label}” is “{}”", value(v))
        }
        (Comparison::NotEquals(v), Locale::Zh) => format!("“{label}”不是“{}”才填", value(v)),
        (Comparison::NotEquals(v), Locale::En) => format!("Only if “{label}” is not “{}”", value(v)),
        (Comparison::Answered(true), Locale::Zh) => format!("填了“{label}”才填"),
        (Comparison::Answered(true), Locale::En) => format!("Only if you answered “{label}”"),
        (Comparison::Answered(false), Locale::Zh) => format!("没填“{label}”才填"),
        (Comparison::Answered(false), Locale::En) => format!("Only if you left “{label}” out"),
    }
}

/// The clean answers of a case, in words: for pages that show what was said.
pub(crate) fn said(locale: Locale, form: &Form, answers: &serde_json::Value) -> Vec<(String, String)> {
    let Ok(clean) = serde_json::from_value::<rules::form::CleanAnswers>(answers.clone()) else {
        return Vec::new();
    };
    let label = |q: &Question, v: &str| -> String {
        let (Kind::One { options } | Kind::Many { options, .. }) = &q.kind else { return v.to_owned() };
        let name = options.iter().find(|o| o.value == v).map_or(v, |o| o.label.to(locale));
        match clean.get(&format!("{}_{v}", q.name)) {
            Some(rules::form::Answer::Text(more)) => format!("{name}{}{more}", locale.t("：", ": ")),
            _ => name.to_owned(),
        }
    };
    form.questions
        .iter()
        .filter_map(|q| {
            use rules::form::Answer::*;
            let text = match clean.get(&q.name)? {
                Text(t) => t.clone(),
                Integer(n) => n.to_string(),
                Decimal(d) => d.to_string(),
                Date(d) => d.to_string(),
                Time(t) => t.to_string(),
                One(v) => label(q, v),
                Many(all) => all.iter().map(|v| label(q, v)).collect::<Vec<_>>().join(locale.t("、", ", ")),
                YesNo(v) => if *v { locale.t("是", "Yes") } else { locale.t("不是", "No") }.to_owned(),
            };
            Some((q.label.to(locale).to_owned(), text))
        })
        .collect()
}
