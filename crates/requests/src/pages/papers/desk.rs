//! `/requests/{number}/papers`: everything about the papers of a case on one page. What waits for whoever looks stands
//! first, then where everything is, then taking in and handing on.

use super::{called, part};
use crate::acts::affair::{self, Way};
use crate::acts::papers::{may_handle, stands_in, stands_in_for};
use crate::case::{Case, PaperRow, SlipRow};
use crate::ctx::Ctx;
use crate::pages::eye::{Eye, names};
use crate::store::papers as store;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{Result, UnitId};
use maud::{Markup, html};
use pack::Affair;
use rules::papers::{Goal, Hand, PaperForm, SlipEnd};
use std::collections::BTreeSet;
use web::components::{actions, card, disclosure, empty_state};
use web::form::{
    Choice, Combo, Field, button_quiet, checkboxes, combobox, error_summary, form, hidden, radios, select,
    submit,
};
use web::page::Crumb;
use web::{FormState, Look, Page, PageResult};

/// What the page shows.
pub(super) struct Papers {
    pub(super) eye: Eye,
    pub(super) case: Case,
    slips: Vec<SlipRow>,
    way: Option<Way>,
    /// For whose people whoever looks gives papers away.
    stands: BTreeSet<UnitId>,
}

impl Papers {
    /// Reads the papers of a case that whoever asks may look at.
    pub(super) async fn load(ctx: &Ctx, look: &Look, number: &str) -> Result<Papers> {
        let (number, look) = (number.to_owned(), look.clone());
        ctx.read(move |tx, ctx| {
            let case = Case::find_number(tx, ctx, &number)?;
            let slips = store::slips(tx, case.row.id)?;
            let way = affair::way(tx, ctx, &case)?;
            let known = names(tx, part::people(&case.papers, &slips))?;
            let stands = stands_in_for(tx, ctx, &case)?;
            Ok(Papers { eye: Eye::new(&look, ctx).with_names(known), case, slips, way, stands })
        })
        .await
    }

    fn own(&self) -> &'static str {
        self.eye.look.locale.t("诉求人", "the person")
    }

    fn affair(&self) -> Option<&Affair> {
        self.eye.ctx.site.pack.affair_of(&self.case.row.class)
    }

    /// Whether whoever looks gives away what this hand holds.
    fn gives(&self, hand: Hand) -> bool {
        let me = self.eye.ctx.account();
        matches!(hand, Hand::Staff(holder, _) if me.is_some_and(|me| stands_in(&self.stands, hand, me) == holder))
    }
}

/// `GET /requests/{number}/papers`.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let papers = Papers::load(&ctx, &staff.look, &number).await?;
    Ok(page(&papers, None).into_response())
}

/// Which form of the page came back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    TakeIn,
    HandOver,
    Other,
}

/// The page, with a form as it came back.
pub(super) fn page(p: &Papers, back: Option<(Which, FormState)>) -> Page {
    let (eye, row) = (&p.eye, &p.case.row);
    let state = |which: Which| match &back {
        Some((w, state)) if *w == which => state.clone(),
        _ => FormState::default(),
    };
    let handles = may_handle(&eye.ctx, &p.case);
    let page = Page::new(&eye.look, eye.t("材料和步骤", "Papers and steps"))
        .at("/work")
        .narrow()
        .crumbs(vec![Crumb {
            href: format!("/requests/{}", row.number),
            label: format!("{} {}", row.number, row.title),
        }])
        .status(if back.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK })
        .main(error_summary(&eye.look, &state(Which::Other)))
        .main(html! { @if handles { @for s in &p.slips { (waiting(p, s)) } } });
    let Some(affair) = p.affair() else {
        return page.main(card(
            None,
            empty_state(
                eye.t(
                    "这类事项不是代办，没有材料清单。",
                    "Cases of this class are no affairs and have no list of papers.",
                ),
                Some((eye.t("返回", "Back"), &format!("/requests/{}", row.number))),
            ),
        ));
    };
    page.main(steps(p, affair))
        .main(card(Some(eye.t("材料在谁手里", "Who holds which paper")), html! {
            @if p.case.papers.is_empty() { (empty_state(eye.t("还没有收材料。", "No paper was handed in yet."), None)) }
            @else { (part::out(eye, &p.case)) (part::holders(eye, &p.case.papers, p.own())) }
        }))
        .main(html! {
            @if handles { (hand_over(p, &state(Which::HandOver))) }
            @if handles && row.is_live() { (take_in(p, affair, &state(Which::TakeIn))) }
            @if !p.slips.is_empty() {
                (card(Some(eye.t("交接单", "Slips")), part::slips(eye, &p.slips, &format!("/requests/{}", row.number), p.own())))
            }
        })
}

/// How far the affair is, and the step that can be noted now.
fn steps(p: &Papers, affair: &Affair) -> Markup {
    let (eye, row) = (&p.eye, &p.case.row);
    let Some(way) = &p.way else { return html! {} };
    let next = way.next.as_ref().filter(|_| affair::may_note(&eye.ctx, &p.case));
    let action = format!("/requests/{}/steps", row.number);
    card(
        Some(affair.name.to(eye.locale())),
        html! {
            (part::way(eye, affair, way, !row.is_live()))
            @if let Some((next, _)) = next {
                (form(&eye.look, &action, html! {
                    (hidden("seq", &row.seq.to_string()))
                    (hidden("step", &next.id))
                    (actions(submit(&match eye.locale() {
                        kernel::Locale::Zh => format!("办好了：{}", next.what.zh),
                        kernel::Locale::En => format!("Done: {}", next.what.en),
                    })))
                }))
            }
        },
    )
}

/// A slip that waits for whoever looks: to confirm, or, given by them, to be signed for or called back.
fn waiting(p: &Papers, s: &SlipRow) -> Markup {
    let (eye, row) = (&p.eye, &p.case.row);
    if s.slip.end != SlipEnd::Open {
        return html! {};
    }
    let sits = |unit: UnitId| eye.ctx.scope.grants.iter().any(|g| g.unit == unit);
    let gives = p.gives(s.slip.from);
    let me = eye.ctx.account();
    let mine = matches!(s.slip.to, Goal::Unit(unit) if sits(unit))
        && Some(s.slip.by) != me
        && !matches!(s.slip.from, Hand::Staff(giver, _) if Some(giver) == me);
    if !mine && !gives {
        return html! {};
    }
    let base = format!("/requests/{}/papers/{}", row.number, s.slip.no);
    let (from, to) = part::ends(eye, s, p.own());
    let post = |what: &str, body: Markup| {
        form(&eye.look, &format!("{base}/{what}"), html! { (hidden("seq", &row.seq.to_string())) (body) })
    };
    let title = match eye.locale() {
        kernel::Locale::Zh => format!("{from} → {to}，待签收"),
        kernel::Locale::En => format!("{from} → {to}, not confirmed yet"),
    };
    let papers: Vec<&PaperRow> = p.case.papers.iter().filter(|x| s.slip.papers.contains(&x.no)).collect();
    card(
        Some(&title),
        html! {
            ul.plain { @for x in &papers { li { (called(eye, &x.paper, x.form)) } } }
            div.actions {
                @if mine { (post("receipt", submit(eye.t("点清了，签收", "Counted: I have them")))) }
                @if gives && s.slip.to == Goal::Person {
                    (post("receipt", html! {
                        (hidden("signed", "yes"))
                        (submit(eye.t("本人已在交接单上签字", "The person has signed the slip")))
                    }))
                }
                a.btn href=(base) { (eye.t("打印交接单", "Print the slip")) }
                @if gives { (post("recall", button_quiet(eye.t("收回，不交了", "Call it back")))) }
            }
        },
    )
}

/// What whoever looks holds, to be handed on or given back.
fn hand_over(p: &Papers, s: &FormState) -> Markup {
    let (eye, row) = (&p.eye, &p.case.row);
    let held: Vec<Choice> = p
        .case
        .papers
        .iter()
        .filter(|x| x.bound.is_none() && p.gives(x.holder))
        .map(|x| Choice::new(x.no.to_string(), called(eye, &x.paper, x.form)))
        .collect();
    if held.is_empty() {
        return html! {};
    }
    let to = [
        Choice::new("person", eye.t("交还本人", "Back to the person")).hint(eye.t(
            "当面点清，本人在交接单上签字，或在自己的页面上签收",
            "Counted together; they sign the slip, or confirm on their own page",
        )),
        Choice::new("unit", eye.t("移交给单位或窗口", "On to a unit or window")).hint(
            eye.t("对方签收以前，还算在您手里", "They stay in your hands until the other side confirms"),
        ),
    ];
    let shown: Option<UnitId> = s.value("unit").parse().ok();
    let shown = shown.map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let combo = Combo::Source { src: "/units/search", label: &shown };
    card(
        Some(eye.t("移交、交还", "Hand on or give back")),
        form(
            &eye.look,
            &format!("/requests/{}/papers/hand-over", row.number),
            html! {
                (error_summary(&eye.look, s))
                (hidden("seq", &row.seq.to_string()))
                (checkboxes(&eye.look, s, Field::new("paper", eye.t("哪几份", "Which papers")).required(), &held))
                (radios(&eye.look, s, Field::new("to", eye.t("交给谁", "To whom")).required(), &to))
                (combobox(&eye.look, s, Field::new("unit", eye.t("单位或窗口", "Unit or window")).hint(eye.t("移交时填", "where they go on")), combo))
                (actions(submit(eye.t("开交接单", "Make the slip"))))
            },
        ),
    )
}

/// What the person hands in now.
fn take_in(p: &Papers, affair: &Affair, s: &FormState) -> Markup {
    let (eye, row) = (&p.eye, &p.case.row);
    let listed: Vec<Choice> = affair
        .papers
        .iter()
        .map(|x| {
            let choice = Choice::new(format!("{}:{}", x.id, x.form.key()), called(eye, &x.id, x.form));
            match &x.when {
                Some(when) => choice.hint(when.to(eye.locale())),
                None => choice,
            }
        })
        .collect();
    let kinds = &eye.ctx.site.pack.papers;
    let others: Vec<Choice> =
        kinds.iter().map(|k| Choice::new(k.id.as_str(), k.name.to(eye.locale()))).collect();
    let forms: Vec<Choice> =
        PaperForm::ALL.iter().map(|f| Choice::new(f.key(), f.name().to(eye.locale()))).collect();
    card(
        Some(eye.t("收材料", "Take papers in")),
        form(
            &eye.look,
            &format!("/requests/{}/papers", row.number),
            html! {
                (error_summary(&eye.look, s))
                (hidden("seq", &row.seq.to_string()))
                (checkboxes(&eye.look, s, Field::new("paper", eye.t("本人交来了哪些", "What the person hands in"))
                    .required().hint(eye.t("证件上写的什么不登记", "What stands on a paper is not noted")), &listed))
                (disclosure(eye.t("清单以外的材料", "A paper that is not on the list"), html! {
                    (select(&eye.look, s, Field::new("more", eye.t("材料", "Paper")), &others))
                    (select(&eye.look, s, Field::new("more_form", eye.t("形式", "Form")), &forms))
                }))
                (actions(submit(eye.t("收下，开交接单", "Take them and make the slip"))))
            },
        ),
    )
}
