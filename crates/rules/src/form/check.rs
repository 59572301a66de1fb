//! Whether a form can work, asked before it applies.

use super::{Choice, Comparison, Condition, Form, Kind, Question};
use kernel::Say;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The question, or `stop` with its place in the form from 1.
    pub at: String,
    /// A stable word for programs and tests, such as `duplicate-name`.
    pub code: &'static str,
    /// For whoever writes the pack.
    pub say: Say,
}

/// The most characters any text may have.
const MOST: usize = 20_000;

/// Everything that is wrong with `form`, in its order; empty when it can be used.
pub fn check(form: &Form) -> Vec<Fault> {
    let mut checker = Checker { faults: Vec::new() };
    let mut earlier: BTreeMap<&str, &Question> = BTreeMap::new();
    let mut fields: BTreeSet<String> = BTreeSet::new();
    let mut unreachable: BTreeSet<&str> = BTreeSet::new();
    for q in &form.questions {
        if !good_name(&q.name) {
            checker.fault(
                &q.name,
                "bad-name",
                "名称只能用小写字母、数字和下划线，以字母开头。",
                "A name has small letters, digits and _, and begins with a letter.",
            );
        }
        let others = choices(q).iter().filter(|c| c.text).map(|c| format!("{}_{}", q.name, c.value));
        for field in std::iter::once(q.name.clone()).chain(others) {
            if !fields.insert(field) {
                checker.fault(&q.name, "duplicate-name", "这个名称已经用过。", "This name is taken.");
            }
        }
        if q.label.zh.trim().is_empty() {
            checker.fault(&q.name, "no-label", "没有写要问什么。", "It does not say what is asked.");
        }
        checker.kind(q);
        let known = checker.conditions(&q.name, &q.show_if, &earlier, form);
        let dead = |c: &&Condition| {
            unreachable.contains(c.question.as_str())
                && matches!(
                    c.is,
                    Comparison::Equals(_) | Comparison::Includes(_) | Comparison::Answered(true)
                )
        };
        if known && (contradict(&q.show_if, &earlier) || q.show_if.iter().any(|c| dead(&c))) {
            unreachable.insert(&q.name);
            checker.fault(
                &q.name,
                "unreachable",
                "显示条件永远不会成立。",
                "It is never shown: its conditions cannot all hold.",
            );
        }
        earlier.insert(&q.name, q);
    }
    for (i, stop) in form.stops.iter().enumerate() {
        let at = format!("stop {}", i + 1);
        if stop.when.is_empty() {
            checker.fault(
                &at,
                "always-stops",
                "没有条件，表单谁也填不了。",
                "Without a condition nobody can send the form.",
            );
        }
        let known = checker.conditions(&at, &stop.when, &earlier, form);
        if known && contradict(&stop.when, &earlier) {
            checker.fault(&at, "unreachable", "条件永远不会成立。", "Its conditions cannot all hold.");
        }
    }
    checker.faults
}

fn good_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn choices(q: &Question) -> &[Choice] {
    match &q.kind {
        Kind::One { options } | Kind::Many { options, .. } => options,
        _ => &[],
    }
}

/// Whether conditions on one question exclude each other.
fn contradict(conditions: &[Condition], earlier: &BTreeMap<&str, &Question>) -> bool {
    use Comparison::{Answered, Equals, Includes, NotEquals};
    let clash = |a: &Comparison, b: &Comparison| match (a, b) {
        (Equals(x), Equals(y)) => x != y,
        (Equals(x), NotEquals(y)) => x == y,
        (Equals(_) | Includes(_), Answered(false)) | (Answered(true), Answered(false)) => true,
        _ => false,
    };
    let pairs = conditions.iter().flat_map(|a| conditions.iter().map(move |b| (a, b)));
    let pair = pairs.filter(|(a, b)| a.question == b.question).any(|(a, b)| clash(&a.is, &b.is));
    // More choices demanded than may be made.
    let too_many = conditions.iter().any(|c| {
        let Some(Kind::Many { max, exclusive, .. }) = earlier.get(c.question.as_str()).map(|q| &q.kind)
        else {
            return false;
        };
        let wanted: BTreeSet<&String> = conditions
            .iter()
            .filter(|o| o.question == c.question)
            .filter_map(|o| if let Includes(v) = &o.is { Some(v) } else { None })
            .collect();
        wanted.len() > *max || (wanted.len() > 1 && wanted.iter().any(|v| exclusive.contains(v)))
    });
    // Every option excluded, and an answer demanded.
    let none_left = conditions.iter().any(|c| {
        let Some(Kind::One { options }) = earlier.get(c.question.as_str()).map(|q| &q.kind) else {
            return false;
        };
        let mine = || conditions.iter().filter(|o| o.question == c.question).map(|o| &o.is);
        let not = |v: &String| mine().any(|is| matches!(is, NotEquals(x) if x == v));
        mine().any(|is| matches!(is, Answered(true))) && options.iter().all(|o| not(&o.value))
    });
    pair || too_many || none_left
}

struct Checker {
    faults: Vec<Fault>,
}

impl Checker {
    fn fault(&mut self, at: &str, code: &'static str, zh: &'static str, en: &'static str) {
        self.faults.push(Fault { at: at.to_owned(), code, say: Say::new(zh, en) });
    }

    fn kind(&mut self, q: &Question) {
        let turned = match &q.kind {
            Kind::Text { min, max } | Kind::LongText { min, max } => min > max,
            Kind::Integer { min: Some(min), max: Some(max) } => min > max,
            Kind::Decimal { min: Some(min), max: Some(max), .. } => min > max,
            Kind::Date { min: Some(min), max: Some(max) } => min > max,
            Kind::Many { min, max, .. } => min > max,
            _ => false,
        };
        if turned {
            self.fault(&q.name, "min-above-max", "最小值大于最大值。", "The least is above the greatest.");
        }
        match &q.kind {
            Kind::Text { max, .. } | Kind::LongText { max, .. } | Kind::Place { max }
                if *max == 0 || *max > MOST =>
            {
                self.fault(
                    &q.name,
                    "bad-length",
                    "字数上限应在 1 到 20000 之间。",
                    "The most characters are 1 to 20,000.",
                );
            }
            Kind::Decimal { places, .. } if !(1..=6).contains(places) => {
                self.fault(&q.name, "bad-places", "小数位数应在 1 到 6 之间。", "Decimal places are 1 to 6.");
            }
            Kind::Many { max: 0, .. } => {
                self.fault(
                    &q.name,
                    "min-above-max",
                    "最多 0 项，等于不能选。",
                    "At most 0: nothing can be chosen.",
                );
            }
            Kind::Many { options, min, max, exclusive } => {
                if *max > options.len() {
                    self.fault(
                        &q.name,
                        "too-few-options",
                        "最多可选的项数超过了选项数。",
                        "More may be chosen than there are.",
                    );
                }
                let free = options.iter().filter(|c| !exclusive.contains(&c.value)).count();
                if *min > free {
                    self.fault(
                        &q.name,
                        "too-few-options",
                        "至少要选的项数超过了可同时选的选项数。",
                        "More must be chosen than can be together.",
                    );
                }
                if exclusive.iter().any(|e| options.iter().all(|c| c.value != *e)) {
                    self.fault(
                        &q.name,
                        "unknown-option",
                        "单独选的选项不在选项里。",
                        "An exclusive option is not among the options.",
                    );
                }
            }
            _ => {}
        }
        if matches!(q.kind, Kind::One { .. } | Kind::Many { .. }) {
            let options = choices(q);
            let values: BTreeSet<&str> = options.iter().map(|c| c.value.as_str()).collect();
            if options.len() < 2 {
                self.fault(
                    &q.name,
                    "too-few-options",
                    "至少要有两个选项。",
                    "There must be two options at least.",
                );
            }
            if values.len() != options.len() {
                self.fault(&q.name, "duplicate-option", "选项重复。", "An option is given twice.");
            }
            if values.iter().any(|v| v.is_empty() || v.trim() != *v) {
                self.fault(
                    &q.name,
                    "bad-option",
                    "选项的值不能为空，前后不能有空格。",
                    "An option's value is not empty and has no spaces around.",
                );
            }
        }
    }

    /// Whether all conditions look at earlier questions in a way that fits them.
    fn conditions(
        &mut self,
        at: &str,
        list: &[Condition],
        earlier: &BTreeMap<&str, &Question>,
        form: &Form,
    ) -> bool {
        let before = self.faults.len();
        for c in list {
            let Some(q) = earlier.get(c.question.as_str()) else {
                if form.questions.iter().any(|q| q.name == c.question) {
                    self.fault(
                        at,
                        "later-question",
                        "条件看的是自己或后面的问题。",
                        "A condition looks at a later question, or at itself.",
                    );
                } else {
                    self.fault(
                        at,
                        "unknown-question",
                        "条件看的问题不存在。",
                        "A condition looks at a question that does not exist.",
                    );
                }
                continue;
            };
            let many = matches!(q.kind, Kind::Many { .. });
            let (fits, value) = match &c.is {
                Comparison::Equals(v) | Comparison::NotEquals(v) => (!many, Some(v)),
                Comparison::Includes(v) => (many, Some(v)),
                Comparison::Answered(_) => (true, None),
            };
            if !fits {
                self.fault(
                    at,
                    "wrong-comparison",
                    "多选题用 includes，其他题用 equals。",
                    "Where several are chosen, compare with includes; elsewhere with equals.",
                );
            } else if value.is_some_and(|v| !possible(q, v)) {
                self.fault(
                    at,
                    "unknown-option",
                    "条件里的值不可能是那个问题的答案。",
                    "The value cannot be an answer to that question.",
                );
            }
        }
        self.faults.len() == before
    }
}

fn possible(q: &Question, value: &str) -> bool {
    match &q.kind {
        Kind::One { options } | Kind::Many { options, .. } => options.iter().any(|c| c.value == value),
        Kind::YesNo => matches!(value, "yes" | "no"),
        Kind::Integer { .. } => value.parse::<i64>().is_ok(),
        Kind::Decimal { .. } => super::Decimal::parse(value).is_some(),
        Kind::Date { .. } => value.parse::<kernel::Date>().is_ok(),
        Kind::Time => value.parse::<crate::deadline::DayTime>().is_ok(),
        Kind::Text { .. } | Kind::LongText { .. } | Kind::Place { .. } => true,
    }
}
