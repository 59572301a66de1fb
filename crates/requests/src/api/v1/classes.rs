//! `GET /api/v1/classes`: what can be asked for, under which limits, with which questions.

use super::Answer;
use super::keyed::Keyed;
use super::problem::Problem;
use crate::api::text::Words;
use access::SharedSite;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use kernel::{Error, Text};
use pack::{LimitRule, Pack};
use rules::case::ClockKind;
use rules::form::{Choice, Comparison, Kind, Question};
use serde::Serialize;
use utoipa::ToSchema;

/// Every class on its three levels.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ClassList {
    /// In the order of their codes.
    classes: Vec<Class>,
}

/// A class of request.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Class {
    /// Its code: `01`, `01.04` or `01.04.01`.
    code: String,
    /// The code right above; null on the first level.
    parent: Option<String>,
    /// What people call it.
    name: Words,
    /// What the public ledger calls it.
    public_name: Words,
    /// Words by which it is found while typing, in Chinese.
    words: Vec<String>,
    /// Whether a request can be of this class: only the third level takes requests.
    takes_requests: bool,
    /// What a request of this class usually is.
    kind: &'static str,
    /// How soon, unless somebody says otherwise.
    urgency: &'static str,
    /// Whether a place is asked: `required`, `optional`, `none`.
    place: &'static str,
    /// Whether somebody has to call on the person, so that an address is needed.
    visit: bool,
    /// Whether it asks questions of its own.
    asks: bool,
    /// What happens before the public sees it: `auto`, `look` (a moderator looks first), `never`.
    publication: &'static str,
    /// What to know before asking.
    note: Option<Words>,
    /// Whom to call first, where this is an emergency.
    emergency: Option<Emergency>,
    /// Within which time the answer is due.
    answer_within: Option<LimitWords>,
}

/// No matter for a deadline but for an emergency number.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Emergency {
    /// What to say to the person.
    text: Words,
    /// Numbers to call.
    call: Vec<String>,
    /// Whether the matter can still be sent as a request afterwards.
    may_go_on: bool,
}

/// How long somebody has.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct LimitWords {
    /// For programs: `5wd` working days, `15d` calendar days, `24h` hours, `30m` minutes, `4wh` office hours.
    #[schema(pattern = "^[0-9]+(wd|d|h|m|wh)$")]
    limit: String,
    /// In words.
    words: Words,
}

/// A class with its limits and questions.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ClassDetail {
    /// The class.
    class: Class,
    /// The names from the first level down to it.
    path: Vec<Words>,
    /// What has to be shown before a case is signed off.
    evidence: Vec<Words>,
    /// The limits of its clocks as a rule, each with its source.
    limits: Vec<ClassLimit>,
    /// The questions it asks, in their order.
    questions: Vec<QuestionView>,
}

/// A limit of one clock of a class.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ClassLimit {
    /// The clock: `answer`, `acceptance`, …
    clock: &'static str,
    /// What people call it.
    name: Words,
    /// The rule's key and version, as certificates name them.
    rule: String,
    /// The rule's version.
    version: String,
    /// How long.
    limit: LimitWords,
    /// What it rests on.
    citation: Words,
}

/// A question of a class.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub(in crate::api) struct QuestionView {
    /// Its name, under which the answer is sent.
    name: String,
    /// What is asked.
    label: Words,
    /// A line of help.
    help: Option<Words>,
    /// `text`, `long_text`, `integer`, `decimal`, `date`, `time`, `one`, `many`, `yes_no` or `place`.
    kind: &'static str,
    /// Whether it must be answered where it is shown.
    required: bool,
    /// What can be chosen, for `one` and `many`.
    options: Vec<OptionView>,
    /// Shown only where all of these hold.
    show_if: Vec<ConditionView>,
}

/// Something to choose.
#[derive(Serialize, ToSchema)]
#[schema(as = Choice)]
pub(in crate::api) struct OptionView {
    /// What is sent.
    value: String,
    /// What is shown.
    label: Words,
    /// Whether a text goes with it, sent as `{question}_{value}`.
    text: bool,
}

/// A comparison with the answer to an earlier question.
#[derive(Serialize, ToSchema)]
#[schema(as = Condition)]
pub(in crate::api) struct ConditionView {
    /// The earlier question.
    question: String,
    /// `equals`, `not_equals`, `includes` or `answered`.
    is: &'static str,
    /// What it is compared with.
    value: String,
}

/// `GET /api/v1/classes`
pub(super) async fn list(State(site): State<SharedSite>, _: Keyed) -> Answer<ClassList> {
    let pack = &site.pack;
    Ok(Json(ClassList { classes: pack.classes.iter().map(|c| class(pack, c)).collect() }))
}

/// `GET /api/v1/classes/{code}`
pub(super) async fn show(
    State(site): State<SharedSite>,
    _: Keyed,
    code: Result<Path<String>, PathRejection>,
) -> Answer<ClassDetail> {
    let pack = &site.pack;
    let found = code.ok().and_then(|Path(code)| pack.class(&code)).ok_or(Problem::Of(Error::NotFound))?;
    let limits = if found.is_leaf() { limits(pack, found) } else { Vec::new() };
    let form = pack.form_of(&found.code).filter(|_| found.is_leaf());
    Ok(Json(ClassDetail {
        path: pack.class_path(&found.code).into_iter().map(Words::from).collect(),
        evidence: found.evidence.iter().map(|e| e.name().into()).collect(),
        limits,
        questions: form.map(|f| f.questions.iter().map(question).collect()).unwrap_or_default(),
        class: class(pack, found),
    }))
}

fn class(pack: &Pack, c: &pack::Class) -> Class {
    let limit = pack.limit(&c.code, c.kind, c.urgency, ClockKind::Answer).filter(|_| c.is_leaf());
    Class {
        code: c.code.clone(),
        parent: c.parent().map(str::to_owned),
        name: Words::from(&c.name),
        public_name: Words::from(&c.public_name),
        words: c.words.clone(),
        takes_requests: c.is_leaf() && c.stop.as_ref().is_none_or(|s| s.may_go_on),
        kind: c.kind.key(),
        urgency: c.urgency.key(),
        place: c.place.key(),
        visit: c.visit,
        asks: c.is_leaf() && pack.form_of(&c.code).is_some(),
        publication: c.moderation.key(),
        note: c.note.as_ref().map(Words::from),
        emergency: c.stop.as_ref().map(|s| Emergency {
            text: Words::from(&s.text),
            call: s.call.clone(),
            may_go_on: s.may_go_on,
        }),
        answer_within: limit.map(limit_words),
    }
}

fn limit_words(rule: &LimitRule) -> LimitWords {
    LimitWords { limit: rule.limit.to_string(), words: rule.limit.say().into() }
}

fn limits(pack: &Pack, c: &pack::Class) -> Vec<ClassLimit> {
    let used = pack.track(&c.track).map(|t| t.clocks_used()).unwrap_or_default();
    let one = |clock: ClockKind| {
        let rule = pack.limit(&c.code, c.kind, c.urgency, clock)?;
        Some(ClassLimit {
            clock: clock.key(),
            name: clock.name().into(),
            rule: rule.id.clone(),
            version: rule.version.clone(),
            limit: limit_words(rule),
            citation: Words::from(&rule.citation),
        })
    };
    used.into_iter().filter_map(one).collect()
}

fn question(q: &Question) -> QuestionView {
    let yes_no = [("yes", Text::new("是", "Yes")), ("no", Text::new("不是", "No"))];
    let options = match &q.kind {
        Kind::One { options } | Kind::Many { options, .. } => options.iter().map(option).collect(),
        Kind::YesNo => yes_no
            .iter()
            .map(|(value, label)| OptionView { value: (*value).to_owned(), label: label.into(), text: false })
            .collect(),
        _ => Vec::new(),
    };
    QuestionView {
        name: q.name.clone(),
        label: Words::from(&q.label),
        help: q.help.as_ref().map(Words::from),
        kind: kind_key(&q.kind),
        required: q.required,
        options,
        show_if: q.show_if.iter().map(condition).collect(),
    }
}

fn option(o: &Choice) -> OptionView {
    OptionView { value: o.value.clone(), label: Words::from(&o.label), text: o.text }
}

fn kind_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text { .. } => "text",
        Kind::LongText { .. } => "long_text",
        Kind::Integer { .. } => "integer",
        Kind::Decimal { .. } => "decimal",
        Kind::Date { .. } => "date",
        Kind::Time => "time",
        Kind::One { .. } => "one",
        Kind::Many { .. } => "many",
        Kind::YesNo => "yes_no",
        Kind::Place { .. } => "place",
    }
}

fn condition(c: &rules::form::Condition) -> ConditionView {
    let (is, value) = match &c.is {
        Comparison::Equals(v) => ("equals", v.clone()),
        Comparison::NotEquals(v) => ("not_equals", v.clone()),
        Comparison::Includes(v) => ("includes", v.clone()),
        Comparison::Answered(v) => ("answered", if *v { "yes" } else { "no" }.to_owned()),
    };
    ConditionView { question: c.question.clone(), is, value }
}
