//! Words of a visit as everybody of the desk may read them: without numbers, addresses and the names of the family.

use super::Visit;
use access::{Keyring, identity};
use db::Tx;
use kernel::Result;
use pack::{VisitChoice, VisitRule};
use records::{Left, Record};
use register::households::{self, Household};
use rules::mask::Kind;
use serde_json::{Value, json};

/// What hides who lives there.
pub(crate) struct Hide {
    names: Vec<String>,
}

impl Hide {
    /// For everybody who lives or lived in a household, and in those that are one with it.
    pub(crate) fn of(tx: &mut dyn Tx, keys: &Keyring, household: &Household) -> Result<Hide> {
        let all = households::people(tx, household.kept.unwrap_or(household.id))?;
        let stand = all.iter().filter(|m| m.superseded_at.is_none());
        let names = identity::names(tx, keys, stand.map(|m| m.person))?;
        let names =
            names.into_iter().map(|n| n.trim().to_owned()).filter(|n| n.chars().count() > 1).collect();
        Ok(Hide { names })
    }

    /// For words that are known to name nobody.
    pub(crate) fn nobody() -> Hide {
        Hide { names: Vec::new() }
    }

    /// The names that are hidden.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// A text without them.
    pub(crate) fn out(&self, text: &str) -> String {
        let masked = rules::mask::mask(text.trim()).text;
        self.names.iter().fold(masked, |text, name| text.replace(name, Kind::Name.label()))
    }
}

/// What is kept of the answers: particulars, a line of text for lists, and the words themselves where something is hidden.
pub(super) struct Kept {
    pub(super) data: Value,
    pub(super) text: String,
    pub(super) own: Option<String>,
}

impl Kept {
    /// Needs and promises of the visit that this one corrects went their way with it: they are those of the visit still.
    pub(super) fn came_of(&mut self, wrong: &Record) {
        for part in ["needs", "promised", "answered"] {
            if let Some(there) = wrong.data.get(part) {
                self.data[part] = there.clone();
            }
        }
    }
}

/// What is left of a visit once its words are forgotten: what was tapped, and how many needs and promises there were.
pub(super) fn left(rule: &VisitRule, visit: &Record) -> Left {
    let mut data = visit.data.clone();
    let mut text = String::new();
    if let Some(Value::Array(answers)) = data.get_mut("answers") {
        for answer in answers.iter_mut() {
            answer["text"] = json!("");
        }
        let tapped = |a: &Value| a["choices"].as_array().is_some_and(|c| !c.is_empty());
        answers.retain(tapped);
        text = lines(rule, answers);
    }
    Left { text, data }
}

/// A visit without the answers to the questions by which needs of these classes are begun; without any answer where one of
/// the classes belongs to none that was answered: then nothing tells which of the words are about it.
pub(super) fn without(rule: &VisitRule, mut visit: Record, classes: &[&str]) -> Record {
    let begins = |class: &str, choice: &VisitChoice| {
        choice.propose.iter().any(|p| p == class)
            || choice.class.as_deref().is_some_and(|above| {
                class.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    };
    let about = |class: &str, answer: &Value| {
        let question = answer["question"].as_str().and_then(|q| rule.question(q));
        question.is_some_and(|q| q.choices.iter().any(|c| begins(class, c)))
    };
    if let Some(Value::Array(answers)) = visit.data.get_mut("answers") {
        if classes.iter().all(|class| answers.iter().any(|a| about(class, a))) {
            answers.retain(|a| !classes.iter().any(|class| about(class, a)));
        } else {
            answers.clear();
        }
        visit.text = lines(rule, answers);
    }
    visit
}

/// What was learnt, for lists: a part for each question, with what was tapped and the words.
fn lines(rule: &VisitRule, answers: &[Value]) -> String {
    let line = |answer: &Value| {
        let question = rule.question(answer["question"].as_str()?)?;
        let chosen = answer["choices"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut parts: Vec<&str> =
            chosen.filter_map(|c| question.choice(c)).map(|c| c.name.zh.as_str()).collect();
        parts.extend(answer["text"].as_str().filter(|t| !t.is_empty()));
        Some(format!("{}：{}", question.name.zh, parts.join("，")))
    };
    answers.iter().filter_map(line).collect::<Vec<_>>().join("；")
}

/// Hides who lives there in what was learnt.
pub(super) fn keep(rule: &VisitRule, visit: &Visit, hide: &Hide) -> Result<Kept> {
    let mut answers = Vec::new();
    let mut hidden = false;
    for said in visit.answers.iter().filter(|s| !s.choices.is_empty() || !s.text.trim().is_empty()) {
        let text = hide.out(&said.text);
        hidden |= text != said.text.trim();
        answers.push(json!({ "question": said.question, "choices": said.choices, "text": text }));
    }
    let own = match hidden {
        true => Some(serde_json::to_string(&visit.answers).map_err(kernel::Error::internal)?),
        false => None,
    };
    let needs: Vec<Value> = visit
        .needs
        .iter()
        .map(|n| json!({ "request": n.id, "class": n.class, "consent": n.consent }))
        .collect();
    let text = lines(rule, &answers);
    let data = json!({
        "answers": answers,
        "needs": needs,
        "promised": visit.promised.len(),
        "answered": visit.promises.len(),
    });
    Ok(Kept { data, text, own })
}
