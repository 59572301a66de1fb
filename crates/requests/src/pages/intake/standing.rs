//! "Where does my case stand": told at the window or on the telephone, and added to on the person's behalf.

use super::desk::{Desk, Screen};
use crate::acts::person::{self, Supplement};
use crate::case::Case;
use crate::ctx::{Ctx, Holder};
use crate::model::{Audience, Entry};
use crate::staff;
use crate::store::clocks;
use access::{SharedSite, Staff, Verb};
use axum::extract::State;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, PersonId, Result};
use maud::{Markup, html};
use web::components::{FlashKind, definitions};
use web::form::{Field, FormState, csrf_field, hidden, textarea};
use web::{FormBody, PageResult, redirect_with};

/// What is told of a case.
pub(super) struct Standing {
    case: Case,
    officer: String,
    last: Option<Entry>,
    /// Whether it can be added to.
    open: bool,
}

impl Standing {
    /// How a case stands, for somebody who may look at it.
    pub(super) fn load(tx: &mut dyn Tx, ctx: &Ctx, number: &str) -> Result<Standing> {
        let case = Case::find_number(tx, ctx, number)?;
        let officer = staff::name_of(tx, case.row.officer)?;
        let told = |e: &Entry| e.audience != Audience::Inside && !e.body.is_empty();
        let last = clocks::entries(tx, case.row.id)?.into_iter().rfind(told);
        let open = case.row.is_live() && case.may(ctx, Verb::Register);
        Ok(Standing { case, officer, last, open })
    }
}

/// `POST /hotline/case`: by the number that the caller quotes.
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff, FormBody(v): FormBody) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Hotline, v)?;
    let found = look_up(&desk).await?;
    Ok(looked_up(&desk, found.as_ref()).into_response())
}

/// The case whose number stands in the field; none where it is none of ours.
pub(super) async fn look_up(desk: &Desk) -> Result<Option<Standing>> {
    let Ok(number) = desk.value("lookup").parse::<rules::number::RequestNumber>() else { return Ok(None) };
    let number = number.to_string();
    match desk.ctx.read(move |tx, ctx| Standing::load(tx, ctx, &number)).await {
        Err(Error::NotFound) => Ok(None),
        other => other.map(Some),
    }
}

/// The case that was looked up, or why there is none.
pub(super) fn looked_up(desk: &Desk, found: Option<&Standing>) -> Markup {
    html! {
        @match found {
            Some(standing) => { h3 { (standing.case.row.number) " " (standing.case.row.title) } (view(desk, standing, None)) },
            None if desk.value("lookup").is_empty() => {},
            None => p.hint { (desk.t("没有这个编号。请对方再念一遍。", "There is no such number. Ask for it once more.")) },
        }
    }
}

/// How a case stands, in the words one says on the telephone. `of` is whose case it is, where known.
pub(super) fn view(desk: &Desk, s: &Standing, of: Option<PersonId>) -> Markup {
    let (eye, row) = (&desk.eye, &s.case.row);
    let unit = eye.unit(row.unit);
    let phone = desk.ctx.dir.get(row.unit).and_then(|u| u.phone.as_deref()).unwrap_or("");
    html! {
        (definitions(&[
            (desk.t("到哪一步", "State"), eye.state(row)),
            (desk.t("什么时候答复", "Answer due"), eye.due(row)),
            (desk.t("谁在办", "Who"), html! { (unit) " " (s.officer) " " (phone) }),
        ]))
        @if let Some(answer) = &row.answer { p.note.lines { (answer) } }
        @else if let Some(entry) = &s.last { p.note.lines { (eye.moment(entry.at)) " " (entry.body) } }
        @if s.open { (add(desk, &row.number, of)) }
    }
}

fn add(desk: &Desk, number: &str, of: Option<PersonId>) -> Markup {
    let label = desk.t("替对方补充", "Add for them");
    let name = format!("text-{number}");
    html! {
        details.fold {
            summary { (label) }
            form method="post" action="/intake/supplements" {
                (csrf_field(&desk.look))
                (hidden("number", number))
                (hidden("screen", desk.screen.key()))
                @if let Some(of) = of { (hidden("person", &of.to_string())) }
                (textarea(&desk.look, &FormState::default(), Field::new(&name, desk.t("补充什么", "What they add")).required().max(crate::register::BODY_MAX), 2))
                button.btn type="submit" { (desk.t("记下", "Note it")) }
            }
        }
    }
}

/// `POST /intake/supplements`
pub(super) async fn supplement(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(v): FormBody,
) -> PageResult {
    let screen = Screen::of(&v);
    let desk = Desk::open(&site, &staff, screen, v)?;
    let number = desk.value("number").to_owned();
    let text = desk.value(&format!("text-{number}")).to_owned();
    let person: Option<PersonId> = desk.state.values.parsed("person");
    let wanted = number.clone();
    let done = desk
        .ctx
        .write(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &wanted)?;
            case.demand(ctx, Verb::Register)?;
            // The person is there and speaks for themselves; whoever sits at the desk only writes it down.
            let theirs = person.filter(|p| case.joined.iter().any(|j| j.person == *p)).or(case.row.person);
            let present = ctx.clone().held_by(Holder { request: case.row.id, person: theirs });
            let input = Supplement { on: case.row.id.into(), text: text.clone(), files: Vec::new() };
            person::supplement(tx, &present, &input)
        })
        .await;
    let (kind, said) = match done {
        Ok(_) => (
            FlashKind::Ok,
            both!(
                desk.locale(),
                "已补充到 {number}，承办人会收到。",
                "Added to {number}; the officer is told."
            ),
        ),
        Err(Error::Invalid(_) | Error::Refused { .. } | Error::Conflict(_))
            if desk.value(&format!("text-{number}")).is_empty() =>
        {
            (FlashKind::Warn, desk.t("没有写要补充什么。", "Nothing was written.").to_owned())
        }
        Err(Error::Refused { say, .. } | Error::Conflict(say)) => {
            (FlashKind::Warn, say.to(desk.locale()).to_owned())
        }
        Err(other) => return Err(other.into()),
    };
    Ok(redirect_with(screen.path(), kind, &said))
}
