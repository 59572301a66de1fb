//! The questions of a class as attributes of a service, and answers on their way back.

use super::node::Node;
use crate::api::text::instant;
use kernel::{Locale, Zone};
use rules::form::{Choice, Form, Kind, Question};
use std::collections::BTreeMap;
use web::Values;

/// What stands before the name of a question in a field.
const HEAD: &str = "attribute[";

/// The attributes of a form, in its order.
pub(super) fn attributes(form: &Form, locale: Locale) -> Vec<Node> {
    let mut out = Vec::new();
    for question in &form.questions {
        let order = out.len() + 1;
        out.push(attribute(question, order, locale));
        if let Kind::One { options } | Kind::Many { options, .. } = &question.kind {
            for option in options.iter().filter(|o| o.text) {
                out.push(other(question, option, out.len() + 1, locale));
            }
        }
    }
    out
}

fn attribute(q: &Question, order: usize, locale: Locale) -> Node {
    let t = |zh: &'static str, en: &'static str| locale.t(zh, en);
    let choice = |key: &str, name: &str| Node::Map(vec![("key", key.into()), ("name", name.into())]);
    let (datatype, how, values) = match &q.kind {
        Kind::Text { .. } | Kind::Place { .. } => ("string", "", None),
        Kind::LongText { .. } => ("text", "", None),
        Kind::Integer { .. } => ("number", t("整数", "A whole number"), None),
        Kind::Decimal { .. } => ("number", "", None),
        Kind::Date { .. } => ("datetime", t("只用其中的日期", "Only its date is used"), None),
        Kind::Time => ("datetime", t("只用其中的时间", "Only its time of day is used"), None),
        Kind::YesNo => {
            let both = vec![choice("yes", t("是", "Yes")), choice("no", t("不是", "No"))];
            ("singlevaluelist", "", Some(both))
        }
        Kind::One { options } => ("singlevaluelist", "", Some(choices(options, locale))),
        Kind::Many { options, .. } => ("multivaluelist", "", Some(choices(options, locale))),
    };
    // A question that depends on an earlier answer is not required of everybody.
    let required = q.required && q.show_if.is_empty();
    let help = q.help.as_ref().map(|h| h.to(locale));
    let described: Vec<&str> = help.into_iter().chain([how]).filter(|s| !s.is_empty()).collect();
    let mut parts = vec![
        ("variable", true.into()),
        ("code", q.name.as_str().into()),
        ("datatype", datatype.into()),
        ("required", required.into()),
        ("datatype_description", described.join(" ").into()),
        ("order", Node::Int(order as i64)),
        ("description", q.label.to(locale).into()),
    ];
    parts.extend(values.map(|all| ("values", Node::List(all))));
    Node::Map(parts)
}

fn choices(options: &[Choice], locale: Locale) -> Vec<Node> {
    let one =
        |o: &Choice| Node::Map(vec![("key", o.value.as_str().into()), ("name", o.label.to(locale).into())]);
    options.iter().map(one).collect()
}

/// The line that goes with "other: …".
fn other(q: &Question, option: &Choice, order: usize, locale: Locale) -> Node {
    let (label, of) = (option.label.to(locale), q.label.to(locale));
    let said = match locale {
        Locale::Zh => format!("{of}：选“{label}”的话，请写明"),
        Locale::En => format!("{of}: if \"{label}\", please say what"),
    };
    Node::Map(vec![
        ("variable", true.into()),
        ("code", format!("{}_{}", q.name, option.value).into()),
        ("datatype", "string".into()),
        ("required", false.into()),
        ("datatype_description", "".into()),
        ("order", Node::Int(order as i64)),
        ("description", said.into()),
    ])
}

/// The answers among the fields of a request: `attribute[CODE]`, `attribute[CODE][]` for several.
pub(super) fn answers(form: &Form, values: &Values, zone: Zone) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (field, given) in values.iter() {
        let Some(name) = field.strip_prefix(HEAD).and_then(|rest| rest.split_once(']')).map(|(n, _)| n)
        else {
            continue;
        };
        let kind = form.questions.iter().find(|q| q.name == name).map(|q| &q.kind);
        let read = |text: &String| plain(crate::api::text::clean(text), kind, zone);
        out.entry(name.to_owned()).or_default().extend(given.iter().map(read));
    }
    out
}

/// An instant where the form asks for a day or an hour only.
fn plain(text: String, kind: Option<&Kind>, zone: Zone) -> String {
    let moment = || text.contains('T').then(|| instant(&text, zone)).flatten().map(|at| zone.civil(at));
    match kind {
        Some(Kind::Date { .. }) => moment().map_or(text, |m| m.date().to_string()),
        Some(Kind::Time) => moment().map_or(text, |m| format!("{:02}:{:02}", m.hour(), m.minute())),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Text;

    fn question(name: &str, kind: Kind) -> Question {
        let label = Text::new("问", "Question");
        Question { name: name.into(), label, help: None, kind, required: true, show_if: vec![] }
    }

    #[test]
    fn answers_come_back_under_the_names_of_the_questions() {
        let form = Form {
            questions: vec![
                question("since", Kind::Date { min: None, max: None }),
                question("at", Kind::Time),
                question("what", Kind::LongText { min: 0, max: 9 }),
            ],
            stops: vec![],
        };
        let fields = [
            ("attribute[since]", "2026-03-01T20:00:00Z"),
            ("attribute[at]", "2026-03-01T20:05:00Z"),
            ("attribute[what][]", "a"),
            ("attribute[what][]", "b"),
            ("attribute", "x"),
            ("description", "x"),
        ];
        let got = answers(&form, &fields.into_iter().collect(), Zone::CHINA);
        assert_eq!(got["since"], ["2026-03-02"], "the day it is here");
        assert_eq!(got["at"], ["04:05"]);
        assert_eq!(got["what"], ["a", "b"]);
        assert_eq!(got.len(), 3);
    }

    #[test]
    fn every_kind_has_a_datatype_of_the_standard() {
        let options = vec![Choice { value: "x".into(), label: Text::new("其他", "Other"), text: true }];
        let form = Form { questions: vec![question("q", Kind::One { options })], stops: vec![] };
        let all = Node::List(attributes(&form, Locale::En)).json();
        assert!(all.contains("singlevaluelist") && all.contains("\"code\":\"q_x\""), "{all}");
    }
}
