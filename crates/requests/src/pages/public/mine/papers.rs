//! The person's papers on their own page: how far the affair is, who holds which paper, and their word that what
//! comes back has arrived.

use super::acts::{on, once};
use super::{Mine, load};
use crate::acts::papers;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::papers::{called, part, slip};
use crate::pages::public::pass::Holding;
use axum::extract::Path;
use axum::response::IntoResponse;
use kernel::Error;
use maud::{Markup, html};
use rules::papers::{Goal, SlipEnd};
use web::components::{FlashKind, actions, card, disclosure};
use web::form::{form, submit};
use web::{FormBody, PageResult, redirect_with};

/// The part of the page; nothing where the case is no affair, or for who joined.
pub(super) fn part_of(eye: &Eye, mine: &Mine) -> Markup {
    let Some((affair, way)) = eye.ctx.site.pack.affair_of(&mine.case.row.class).zip(mine.way.as_ref()) else {
        return html! {};
    };
    if mine.joined.is_some() {
        return html! {};
    }
    let own = eye.t("您自己", "you");
    let base = format!("/r/{}", mine.case.row.number);
    html! {
        (coming(eye, mine))
        (card(Some(affair.name.to(eye.locale())), html! {
            (part::way(eye, affair, way, !mine.case.row.is_live()))
            @if mine.case.papers.is_empty() {
                h3 { (eye.t("要带的材料", "Papers that it needs")) }
                (part::needed(eye, affair))
            } @else {
                h3 { (eye.t("材料在谁手里", "Who holds your papers")) }
                (part::holders(eye, &mine.case.papers, own))
                (disclosure(eye.t("全部交接单", "All slips"), part::slips(eye, &mine.slips, &base, own)))
            }
        }))
    }
}

/// Papers on their way back: the person says that they have them.
fn coming(eye: &Eye, mine: &Mine) -> Markup {
    let row = &mine.case.row;
    let open = mine.slips.iter().filter(|s| s.slip.end == SlipEnd::Open && s.slip.to == Goal::Person);
    html! {
        @for s in open {
            @let papers: Vec<_> = mine.case.papers.iter().filter(|p| s.slip.papers.contains(&p.no)).collect();
            section.card #papers {
                h2 { (eye.t("材料要交还给您", "Your papers come back")) }
                p { (eye.t("点清了再按。没有拿到，请不要按，打单位电话问。", "Press it once you have counted them. Not before you hold them: else call the unit.")) }
                ul.plain { @for p in &papers { li { (called(eye, &p.paper, p.form)) } } }
                (form(&eye.look, &format!("/r/{}/papers/{}/receipt", row.number, s.slip.no), html! {
                    (super::parts::once_fields(eye, mine))
                    (actions(submit(eye.t("我收到了", "I have them"))))
                }))
            }
        }
    }
}

/// `GET /r/{number}/papers/{slip}`.
pub(in crate::pages::public) async fn show(
    Holding { look, held }: Holding,
    Path((_, wanted)): Path<(String, String)>,
) -> PageResult {
    let mine = load(&held).await?;
    let wanted: i64 = wanted.parse().map_err(|_| Error::NotFound)?;
    if mine.joined.is_some() {
        return Err(Error::NotFound.into());
    }
    let case = mine.case;
    let sheet = held.ctx.read(move |tx, _: &Ctx| slip::read(tx, case.clone(), wanted)).await?;
    let eye = Eye::new(&look, &held.ctx).with_names(sheet.names.clone());
    let own = eye.t("本人", "you");
    Ok(slip::page(&eye, &sheet, &format!("/r/{}", held.number), own).into_response())
}

/// `POST /r/{number}/papers/{slip}/receipt`.
pub(in crate::pages::public) async fn receipt(
    Holding { look, held }: Holding,
    Path((_, slip)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let slip: i64 = slip.parse().map_err(|_| Error::NotFound)?;
    let on = on(&held, &values);
    once(&held, &values, move |tx, ctx| papers::confirm(tx, ctx, on, slip, false).map(drop)).await?;
    let text = look.t("记下了：材料已经回到您手里。", "Noted: your papers are back with you.");
    Ok(redirect_with(&format!("/r/{}", held.number), FlashKind::Ok, text))
}
