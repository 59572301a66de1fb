//! Answers to a class's own questions.

use super::super::Dice;
use kernel::Date;
use rules::form::{Form, Kind, validate};
use std::collections::BTreeMap;

/// Answers that the form takes; none where it would not take what chance gives.
pub(super) fn answers(form: &Form, dice: &Dice, on: Date) -> serde_json::Value {
    let mut raw: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for q in &form.questions {
        if !q.required && dice.percent(40) {
            continue;
        }
        let given = match &q.kind {
            Kind::One { options, .. } => {
                options.get(dice.below(options.len())).map(|o| vec![o.value.clone()])
            }
            Kind::Many { options, .. } => {
                options.get(dice.below(options.len())).map(|o| vec![o.value.clone()])
            }
            Kind::YesNo => Some(vec![if dice.percent(25) { "yes" } else { "no" }.to_owned()]),
            Kind::Integer { .. } => Some(vec![dice.from_to(1, 9).to_string()]),
            Kind::Decimal { .. } => Some(vec![dice.from_to(2, 90).to_string()]),
            Kind::Date { .. } => {
                let back = jiff::Span::new().days(dice.from_to(1, 20));
                on.checked_sub(back).ok().map(|d| vec![d.to_string()])
            }
            // Texts and places stand in the request's own words.
            _ if q.required => Some(vec!["见正文".to_owned()]),
            _ => None,
        };
        if let Some(given) = given {
            raw.insert(q.name.clone(), given);
        }
    }
    let empty = || serde_json::Value::Object(Default::default());
    match validate(form, &raw) {
        Ok(clean) => serde_json::to_value(clean).unwrap_or_else(|_| empty()),
        Err(_) => empty(),
    }
}
