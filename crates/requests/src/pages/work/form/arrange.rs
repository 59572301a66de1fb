//! Forms of the centre and of the lead: class and unit, dispatch, refusal, merging, return, officer.

use super::bench::Bench;
use super::read::{class_of, kind_of, unit_of, urgency_of};
use crate::acts::{On, assign, merge, recall, refuse, returns, settle, take, triage};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::notices::Told;
use kernel::{AccountId, Error, Result, UnitId};
use maud::{Markup, html};
use rules::case::{Kind, Urgency, Word};
use web::components::{card, disclosure, empty_state, grade_choice, yes_no};
use web::form::{Choice, Combo, Field, combobox, radios, select, text_field, textarea};
use web::{FormState, Values};

/// The longest text that a form takes, in characters.
pub(crate) const LONG: usize = crate::register::BODY_MAX;

/// What a form about class and unit starts with: the case as it stands, and the proposal.
pub(crate) fn start(b: &Bench) -> Values {
    let row = &b.case.row;
    let mut v = start_unit(b);
    v.set("class", row.class.as_str());
    v.set("kind", row.kind.key());
    v.set("urgency", row.urgency.key());
    v.set("title", row.title.as_str());
    v.set("place", row.place.map(|p| p.to_string()).unwrap_or_default());
    v.set("place_text", row.place_text.as_str());
    v
}

/// The unit that is proposed.
pub(crate) fn start_unit(b: &Bench) -> Values {
    let mut v = Values::default();
    if let Some(unit) = b.proposed {
        v.set("unit", unit.to_string());
    }
    v
}

pub(crate) fn triage_fields(b: &Bench, s: &FormState) -> Markup {
    html! {
        div.full { (class_field(b, s)) }
        div.full { (unit_field(b, s, b.eye.t("该由哪个单位办", "Which unit should answer"))) }
        (kind_and_urgency(b, s))
        div.full { (note_field(b, s, b.eye.t("给单位的话", "A word to the unit"), false)) }
    }
}

pub(crate) async fn triage(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = triage::Triage {
        on,
        class: class_of(ctx, v)?,
        kind: kind_of(v)?,
        urgency: urgency_of(v)?,
        unit: unit_of(ctx, v, "unit")?,
        note: v.one("note").to_owned(),
    };
    ctx.write(move |tx, ctx| triage::triage(tx, ctx, &input)).await
}

pub(crate) fn assign_fields(b: &Bench, s: &FormState) -> Markup {
    html! {
        (unit_field(b, s, b.eye.t("承办单位", "Handling unit")))
        (note_field(b, s, b.eye.t("要求", "What it is asked to do"), false))
    }
}

pub(crate) async fn assign(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = assign::Assign { on, unit: unit_of(ctx, v, "unit")?, note: v.one("note").to_owned() };
    ctx.write(move |tx, ctx| assign::assign(tx, ctx, &input)).await
}

pub(crate) fn recall_fields(b: &Bench, s: &FormState) -> Markup {
    reason_field(b, s, b.eye.t("为什么收回", "Why it is taken back"))
}

pub(crate) async fn recall(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let why = v.one("reason").to_owned();
    ctx.write(move |tx, ctx| recall::recall(tx, ctx, on, &why)).await
}

pub(crate) fn settle_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    html! {
        (textarea(&eye.look, s, Field::new("answer", eye.t("当场怎么办的", "How it was settled")).required().max(LONG).key("1"), 4))
        (radios(&eye.look, s, Field::new("told", eye.t("怎么告知的", "How they were told")).required(), &[
            Choice::new("in-person", eye.t("当面", "In person")),
            Choice::new("call", eye.t("电话里", "On the telephone")),
        ]))
        (yes_no(&eye.look, s, Field::new("solved", eye.t("当场问：解决了没有", "Asked there: is it solved?")), eye.t("解决了", "Solved"), eye.t("没解决", "Not solved")))
        (grade_choice(&eye.look, s, Field::new("grade", eye.t("当场问：满意不满意", "Asked there: how satisfied?"))))
        p.hint { (eye.t("人已经走了就不填，以后回访。", "Leave both out where they had left; they are called back.")) }
    }
}

pub(crate) async fn settle(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let told = match v.one("told") {
        "in-person" => Told::InPerson,
        "call" => Told::OnPhone,
        _ => return Err(Error::field("told", "请选择怎么告知的。", "Please say how they were told.")),
    };
    let word = match v.one("solved") {
        "yes" => Some(Word::Solved),
        "no" => Some(Word::NotSolved),
        _ => None,
    };
    let input = settle::Settle {
        on,
        text: v.one("answer").to_owned(),
        word,
        satisfaction: crate::model::Satisfaction::chosen(v, "grade").filter(|_| word.is_some()),
        told,
    };
    ctx.write(move |tx, ctx| settle::settle(tx, ctx, &input)).await
}

pub(crate) fn refuse_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let grounds: Vec<Choice> = eye
        .ctx
        .site
        .pack
        .grounds
        .iter()
        .map(|g| Choice::new(&g.id, g.text.to(eye.locale())).hint(g.right_way.to(eye.locale())))
        .collect();
    html! {
        (radios(&eye.look, s, Field::new("ground", eye.t("依据和应走的途径", "The ground, and the right way")).required(), &grounds))
        (note_field(b, s, eye.t("另外要告诉诉求人的", "What else the person should know"), false))
    }
}

pub(crate) async fn refuse(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = refuse::Refuse { on, ground: v.one("ground").to_owned(), note: v.one("note").to_owned() };
    ctx.write(move |tx, ctx| refuse::refuse(tx, ctx, &input)).await
}

pub(crate) fn merge_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    html! {
        (text_field(&eye.look, s, Field::new("into", eye.t("并到哪一件（编号）", "Into which case (number)")).required().autocomplete("off")))
        (reason_field(b, s, eye.t("为什么是同一件事", "Why it is the same matter")))
    }
}

/// Open cases that could be meant.
pub(crate) fn alike(b: &Bench) -> Markup {
    let eye = &b.eye;
    card(
        Some(eye.t("同类同地的在办事项", "Open cases of the same class and place")),
        html! {
            @if b.alike.is_empty() {
                (empty_state(eye.t("没有找到。知道编号就直接填。", "None found. Enter the number if you know it."), None))
            } @else {
                ul.plain {
                    @for r in &b.alike {
                        li { a href={ "/requests/" (r.number) } { (r.number) } " " (r.title) " " (eye.state(r)) }
                    }
                }
            }
        },
    )
}

pub(crate) async fn merge(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = merge::Merge { on, into: v.one("into").to_owned(), reason: v.one("reason").to_owned() };
    ctx.write(move |tx, ctx| merge::merge(tx, ctx, &input)).await
}

pub(crate) async fn accept(ctx: &Ctx, on: On) -> Result<Case> {
    ctx.write(move |tx, ctx| take::accept(tx, ctx, on)).await
}

pub(crate) fn name_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let choices: Vec<Choice> =
        b.officers.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    html! {
        @if choices.is_empty() {
            (empty_state(eye.t("本单位今天没有在岗的承办干部，请管理员先设岗位。", "Nobody holds a post as officer in this unit today: ask the administrator for one."), None))
        } @else if choices.len() <= 8 {
            (radios(&eye.look, s, Field::new("officer", eye.t("责任人", "The officer")).required(), &choices))
        } @else {
            (select(&eye.look, s, Field::new("officer", eye.t("责任人", "The officer")).required(), &choices))
        }
        (note_field(b, s, eye.t("给责任人的话", "A word to them"), false))
    }
}

pub(crate) async fn name(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let officer: AccountId = v
        .parsed("officer")
        .ok_or_else(|| Error::field("officer", "请选择责任人。", "Please choose the officer."))?;
    let input = take::Name { on, officer, note: v.one("note").to_owned() };
    ctx.write(move |tx, ctx| take::name(tx, ctx, &input)).await
}

pub(crate) fn return_fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let kind = eye.ctx.dir.get(b.case.row.unit).map(|u| u.kind.clone()).unwrap_or_default();
    let pack = &eye.ctx.site.pack;
    let duties: Vec<Choice> = pack
        .unit_kind(&kind)
        .map(|k| k.duties.iter().map(|d| Choice::new(&d.id, d.text.to(eye.locale()))).collect())
        .unwrap_or_default();
    // What a unit does is seldom the reason why it does not do something: that its list is silent comes first.
    let none = Choice::new(returns::NOT_LISTED, eye.t("清单里没有这一项", "The list has no such item"));
    let items: Vec<Choice> = std::iter::once(none).chain(duties.iter().cloned()).collect();
    html! {
        @if !duties.is_empty() {
            (radios(&eye.look, s, Field::new("duty", eye.t("依据职责清单的哪一条", "Which item of the duty list")).required(), &items))
        }
        (reason_field(b, s, eye.t("为什么不归本单位办", "Why it is not this unit's duty")))
    }
}

pub(crate) async fn hand_back(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = returns::Return { on, duty: v.one("duty").to_owned(), reason: v.one("reason").to_owned() };
    ctx.write(move |tx, ctx| returns::hand_back(tx, ctx, &input)).await
}

pub(crate) fn ruling_fields(b: &Bench, s: &FormState) -> Markup {
    html! {
        (unit_field(b, s, b.eye.t("由哪个单位办", "Which unit answers")))
        (reason_field(b, s, b.eye.t("理由", "Reason")))
    }
}

pub(crate) async fn rule(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let input = returns::Ruling { on, unit: unit_of(ctx, v, "unit")?, reason: v.one("reason").to_owned() };
    ctx.write(move |tx, ctx| returns::rule(tx, ctx, &input)).await
}

// ---- fields that several forms have -----------------------------------------------------------------

pub(crate) fn class_field(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let now = s.value("class");
    let label = if now.is_empty() { String::new() } else { eye.class(now) };
    let hint = eye.t("打几个字就能找到，如“路灯”。", "Type a word or two, such as \"lamp\".");
    let from = Combo::Source { src: "/classes/search", label: &label };
    combobox(&eye.look, s, Field::new("class", eye.t("类别", "Class")).required().hint(hint).key("1"), from)
}

pub(crate) fn kind_and_urgency(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let kinds: Vec<Choice> = Kind::ALL
        .iter()
        .map(|k| Choice::new(k.key(), eye.ctx.site.pack.kind_name(*k).to(eye.locale())))
        .collect();
    let urgencies: Vec<Choice> =
        Urgency::ALL.iter().map(|u| Choice::new(u.key(), u.name().to(eye.locale()))).collect();
    html! {
        (select(&eye.look, s, Field::new("kind", eye.t("性质", "Kind")).required(), &kinds))
        (select(&eye.look, s, Field::new("urgency", eye.t("缓急", "Urgency")).required(), &urgencies))
    }
}

pub(crate) fn unit_field(b: &Bench, s: &FormState, label: &str) -> Markup {
    let eye = &b.eye;
    let now: Option<UnitId> = s.value("unit").parse().ok();
    let shown = now.map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let hint = match b.proposed {
        Some(p) if Some(p) == now => format!(
            "{}{}",
            eye.t("按类别和地点建议：", "Proposed by class and place: "),
            eye.ctx.dir.full_name(p, eye.locale())
        ),
        _ => String::new(),
    };
    let from = Combo::Source { src: "/units/search", label: &shown };
    html! {
        (combobox(&eye.look, s, Field::new("unit", label).required().hint(&hint).key("2"), from))
    }
}

/// A unit that need not be named.
pub(crate) fn other_unit_field(b: &Bench, s: &FormState, label: &str, hint: &str) -> Markup {
    let now: Option<UnitId> = s.value("unit").parse().ok();
    let shown = now.map(|u| b.eye.unit(u).to_owned()).unwrap_or_default();
    let from = Combo::Source { src: "/units/search", label: &shown };
    combobox(&b.eye.look, s, Field::new("unit", label).hint(hint).key("2"), from)
}

pub(crate) fn reason_field(b: &Bench, s: &FormState, label: &str) -> Markup {
    textarea(&b.eye.look, s, Field::new("reason", label).required().max(LONG).key("3"), 3)
}

pub(crate) fn note_field(b: &Bench, s: &FormState, label: &str, open: bool) -> Markup {
    let field = textarea(&b.eye.look, s, Field::new("note", label).max(LONG), 2);
    if open || !s.value("note").is_empty() { field } else { disclosure(label, field) }
}
