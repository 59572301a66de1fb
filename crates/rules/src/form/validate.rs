//! From what was sent to clean answers.

use super::{
    Answer, Answers, Choice, CleanAnswers, Comparison, Condition, Decimal, Form, Kind, Question, Stop,
};
use crate::chars::half_width;
use kernel::{FieldError, Say};

/// What an answer is compared as; numbers, dates and the rest by how they are written.
fn holds(condition: &Condition, clean: &CleanAnswers) -> bool {
    let answer = clean.get(&condition.question);
    let same = |want: &String| match answer {
        Some(Answer::Text(v) | Answer::One(v)) => v == want,
        Some(Answer::Integer(n)) => want.parse() == Ok(*n),
        Some(Answer::Decimal(d)) => {
            Decimal::parse(want).is_some_and(|w| w.partial_cmp(d) == Some(std::cmp::Ordering::Equal))
        }
        Some(Answer::Date(d)) => want.parse().is_ok_and(|w: kernel::Date| w == *d),
        Some(Answer::Time(t)) => want.parse() == Ok(*t),
        Some(Answer::YesNo(v)) => want == if *v { "yes" } else { "no" },
        Some(Answer::Many(_)) | None => false,
    };
    match &condition.is {
        Comparison::Equals(want) => same(want),
        Comparison::NotEquals(want) => !same(want),
        Comparison::Includes(want) => matches!(answer, Some(Answer::Many(v)) if v.contains(want)),
        Comparison::Answered(want) => answer.is_some() == *want,
    }
}

/// Checks `answers` against `form`: clean answers, or everything that is wrong, each beside its field.
///
/// Unknown fields and answers to questions that are not shown are dropped. The stops of the form are not looked
/// at: ask [`stopped`].
pub fn validate(form: &Form, answers: &Answers) -> Result<CleanAnswers, Vec<FieldError>> {
    let (clean, faults) = read(form, answers);
    if faults.is_empty() { Ok(clean) } else { Err(faults) }
}

/// The stop that the answers so far lead to; faulty answers count as none.
pub fn stopped<'a>(form: &'a Form, answers: &Answers) -> Option<&'a Stop> {
    let (clean, _) = read(form, answers);
    form.stops.iter().find(|stop| stop.when.iter().all(|c| holds(c, &clean)))
}

/// The names of the questions that the answers so far hide: for a page that is shown again.
pub fn hidden<'a>(form: &'a Form, answers: &Answers) -> Vec<&'a str> {
    let (clean, _) = read(form, answers);
    // A question looks at earlier ones only, so the answers to later ones do not matter.
    form.questions
        .iter()
        .filter(|q| !q.show_if.iter().all(|c| holds(c, &clean)))
        .map(|q| q.name.as_str())
        .collect()
}

fn read(form: &Form, answers: &Answers) -> (CleanAnswers, Vec<FieldError>) {
    let mut clean = CleanAnswers::new();
    let mut faults = Vec::new();
    for question in &form.questions {
        if !question.show_if.iter().all(|c| holds(c, &clean)) {
            continue;
        }
        let sent: Vec<&str> = answers
            .get(&question.name)
            .map(|values| values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect())
            .unwrap_or_default();
        if sent.is_empty() {
            if question.required {
                faults.push(FieldError { field: question.name.clone(), say: missing(&question.kind) });
            }
            continue;
        }
        match answer(question, &sent) {
            Ok(answer) => {
                others(question, &answer, answers, &mut clean, &mut faults);
                clean.insert(question.name.clone(), answer);
            }
            Err(say) => faults.push(FieldError { field: question.name.clone(), say }),
        }
    }
    (clean, faults)
}

/// The texts that go with chosen options ("other: …").
fn others(
    q: &Question,
    answer: &Answer,
    sent: &Answers,
    clean: &mut CleanAnswers,
    faults: &mut Vec<FieldError>,
) {
    let (Kind::One { options } | Kind::Many { options, .. }) = &q.kind else { return };
    let chosen = |c: &&Choice| match answer {
        Answer::One(v) => *v == c.value,
        Answer::Many(v) => v.contains(&c.value),
        _ => false,
    };
    for choice in options.iter().filter(|c| c.text).filter(chosen) {
        let field = format!("{}_{}", q.name, choice.value);
        let text = sent.get(&field).and_then(|v| v.first()).map(|v| v.trim()).unwrap_or_default();
        if text.is_empty() {
            faults
                .push(FieldError { field, say: Say::new("请写明是什么。", "Please say what it is.") });
        } else {
            match within(text, 1, 200) {
                Ok(()) => drop(clean.insert(field, Answer::Text(text.to_owned()))),
                Err(say) => faults.push(FieldError { field, say }),
            }
        }
    }
}

fn missing(kind: &Kind) -> Say {
    match kind {
        Kind::One { .. } | Kind::Many { .. } | Kind::YesNo => Say::new("请选择。", "Please choose."),
        _ => Say::new("请填写。", "Please fill this in."),
    }
}

fn within(text: &str, min: usize, max: usize) -> Result<(), Say> {
    match text.chars().count() {
        n if n > max => Err(Say::new(
            format!("最多 {max} 个字，现在有 {n} 个。"),
            format!("At most {max} characters; there are {n}."),
        )),
        n if n < min => Err(Say::new(
            format!("至少 {min} 个字，现在有 {n} 个。"),
            format!("At least {min} characters; there are {n}."),
        )),
        _ => Ok(()),
    }
}

fn between<T: PartialOrd + std::fmt::Display>(
    value: &T,
    min: &Option<T>,
    max: &Option<T>,
) -> Result<(), Say> {
    if let Some(min) = min.as_ref().filter(|m| value < m) {
        return Err(Say::new(format!("不能小于 {min}。"), format!("Not below {min}.")));
    }
    if let Some(max) = max.as_ref().filter(|m| value > m) {
        return Err(Say::new(format!("不能大于 {max}。"), format!("Not above {max}.")));
    }
    Ok(())
}

fn answer(question: &Question, sent: &[&str]) -> Result<Answer, Say> {
    let many = matches!(question.kind, Kind::Many { .. });
    let [first, rest @ ..] = sent else { return Err(missing(&question.kind)) };
    if !many && !rest.is_empty() {
        return Err(Say::new("只能填一项。", "One answer only."));
    }
    // A line break in a one-line field comes from pasting; signs are typed full width.
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    let narrow = half_width(first);
    match &question.kind {
        Kind::Text { min, max } => within(&line, *min, *max).map(|()| Answer::Text(line)),
        Kind::Place { max } => within(&line, 0, *max).map(|()| Answer::Text(line)),
        Kind::LongText { min, max } => {
            let text = first.replace("\r\n", "\n").replace('\r', "\n");
            within(&text, *min, *max).map(|()| Answer::Text(text))
        }
        Kind::Integer { min, max } => {
            let n = narrow
                .trim()
                .parse::<i64>()
                .map_err(|_| Say::new("请填整数。", "Please give a whole number."))?;
            between(&n, min, max).map(|()| Answer::Integer(n))
        }
        Kind::Decimal { min, max, places } => {
            let fault = || {
                Say::new(
                    format!("请填数字，最多 {places} 位小数。"),
                    format!("Please give a number with at most {places} decimal places."),
                )
            };
            let d = Decimal::parse(narrow.trim()).and_then(|d| d.with_places(*places)).ok_or_else(fault)?;
            between(&d, min, max).map(|()| Answer::Decimal(d))
        }
        Kind::Date { min, max } => {
            let read = crate::time_text::parse(first, None)?;
            if read.timed {
                return Err(Say::new("只填日期，不填钟点。", "The date only, without a time."));
            }
            let date = read.when.date();
            between(&date, min, max).map(|()| Answer::Date(date))
        }
        Kind::Time => narrow
            .trim()
            .parse()
            .map(Answer::Time)
            .map_err(|_| Say::new("请填钟点，如 08:30。", "Please give a time of day, such as 08:30.")),
        Kind::YesNo => match *first {
            "yes" => Ok(Answer::YesNo(true)),
            "no" => Ok(Answer::YesNo(false)),
            _ => Err(missing(&question.kind)),
        },
        Kind::One { options } => match options.iter().find(|c| c.value == *first) {
            Some(choice) => Ok(Answer::One(choice.value.clone())),
            None => Err(no_such_option()),
        },
        Kind::Many { options, min, max, exclusive } => chosen(options, *min, *max, exclusive, sent),
    }
}

fn no_such_option() -> Say {
    Say::new("没有这个选项，请重新选择。", "There is no such option; please choose again.")
}

fn chosen(
    options: &[Choice],
    min: usize,
    max: usize,
    exclusive: &[String],
    sent: &[&str],
) -> Result<Answer, Say> {
    if sent.iter().any(|v| options.iter().all(|c| c.value != *v)) {
        return Err(no_such_option());
    }
    let picked: Vec<&Choice> = options.iter().filter(|c| sent.contains(&c.value.as_str())).collect();
    if let Some(alone) = picked.iter().find(|c| exclusive.contains(&c.value)) {
        if picked.len() > 1 {
            return Err(Say::new(
                format!("选了“{}”就不能再选别的。", alone.label.zh),
                format!("“{}” stands alone: choose nothing beside it.", alone.label.en),
            ));
        }
    } else if picked.len() < min {
        return Err(Say::new(format!("至少选 {min} 项。"), format!("Choose at least {min}.")));
    } else if picked.len() > max {
        return Err(Say::new(format!("最多选 {max} 项。"), format!("Choose at most {max}.")));
    }
    Ok(Answer::Many(picked.into_iter().map(|c| c.value.clone()).collect()))
}
