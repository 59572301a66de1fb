//! What a visit from a telephone had to be asked for, in the names of the page's form: for whoever counts that.

use super::Visit;
use web::form::Fields;

impl Visit {
    /// Each field that was filled in, and how many characters it holds.
    pub(crate) fn asked(&self) -> Fields {
        let mut out = vec![("on".to_owned(), 10)];
        let mut put = |name: String, text: &str| {
            let signs = text.trim().chars().count();
            if signs > 0 {
                out.push((name, signs));
            }
        };
        for said in &self.answers {
            let name = format!("answers.{}", said.question);
            said.choices.iter().for_each(|choice| put(name.clone(), choice));
            put(format!("{name}.text"), &said.text);
        }
        for kept in &self.promises {
            let name = format!("promises.{}", kept.id);
            put(name.clone(), kept.outcome.key());
            put(format!("{name}.text"), &kept.text);
            put(format!("{name}.due"), &kept.due.map(|d| d.to_string()).unwrap_or_default());
        }
        for helped in &self.helped {
            put(format!("h.{}.{}", helped.kind, helped.item), &helped.effect);
        }
        for (n, promised) in self.promised.iter().enumerate() {
            put(format!("promised.{n}"), &promised.text);
            put(format!("promised.{n}.due"), &promised.due.to_string());
        }
        for (n, need) in self.needs.iter().enumerate() {
            let mut part = |part: &str, text: &str| put(format!("n{n}.{part}"), text);
            part("text", &need.text);
            part("class_label", &need.class);
            part("consent", if need.consent { "yes" } else { "" });
            part("then", need.then.key());
            part("answer", &need.answer);
        }
        out
    }
}
