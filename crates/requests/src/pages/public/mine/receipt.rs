//! `/r/{number}/receipt`: the receipt as a file that anybody can check, and what the page says of it.

use super::{Mine, load};
use crate::messages::seal_code;
use crate::pages::eye::Eye;
use crate::pages::public::pass::{Held, Holding};
use crate::spoken;
use axum::extract::RawQuery;
use axum::http::header;
use axum::response::IntoResponse;
use journal::Hash;
use journal::tree::note::Checkpoint;
use journal::tree::receipt::{self, Opening, Receipt};
use kernel::{Error, Result};
use maud::{Markup, html};
use web::components::{Tone, button_link, card, pill};
use web::{PageResult, format};

/// How the first record of the case stands in the tree.
pub(super) struct Seal {
    /// The hash of its leaf.
    pub(super) leaf: Hash,
    /// The head that covers it; none before it is sealed.
    head: Option<(u64, Checkpoint)>,
}

/// Looks up how the case stands in the tree.
pub(super) async fn seal(held: &Held) -> Result<Seal> {
    let id = held.pass.request;
    held.ctx
        .read(move |tx, _| {
            let first = journal::first(tx, id.0)?.ok_or(Error::NotFound)?;
            let head = match journal::tree::leaf_of(tx, id.0, 1)? {
                Some(leaf) => journal::tree::head_at_least(tx, leaf.index + 1)?.map(|h| (leaf.index, h)),
                None => None,
            };
            let head = head.map(|(index, h)| Ok::<_, Error>((index, h.checkpoint()?))).transpose()?;
            Ok(Seal { leaf: first.hash, head })
        })
        .await
}

/// `GET /r/{number}/receipt`; with `?words=no` without what the person said, to be shown to others.
pub(in crate::pages::public) async fn show(
    Holding { held, .. }: Holding,
    RawQuery(query): RawQuery,
) -> PageResult {
    let mine = load(&held).await?;
    // The words are those of whoever asked; whoever joined takes the rest.
    let with_words = mine.joined.is_none() && query.as_deref() != Some("words=no");
    let (id, number) = (held.pass.request, held.number.clone());
    let salt = mine.entries.iter().find(|e| e.verb == "register");
    let salt = salt.and_then(|e| e.data.get("salt")?.as_str().map(str::to_owned)).filter(|_| with_words);
    let opening = match salt {
        // Not as it was written, but as it was registered: the journal is bound to that.
        Some(salt) => {
            let words = held.ctx.read(move |tx, ctx| spoken::registered(tx, ctx, id)).await?;
            Some(Opening { salt, words })
        }
        None => None,
    };
    let made: Receipt = {
        let number = number.clone();
        // One moment: leaf, path and head have to be of the same tree.
        held.ctx.site.db.snapshot(move |tx| receipt::receipt(tx, &number, id.0, opening.clone())).await?
    };
    let body = serde_json::to_string_pretty(&made).map_err(Error::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"receipt-{number}.json\"")),
    ];
    Ok((headers, body).into_response())
}

/// What the case's page says of the receipt.
pub(super) fn section(eye: &Eye, mine: &Mine, seal: &Seal) -> Markup {
    let number = &mine.case.row.number;
    let file = format!("/r/{number}/receipt");
    card(
        Some(eye.t("回执与封存", "Receipt and seal")),
        html! {
            p { (standing(eye, mine, seal)) }
            p.hint { (eye.t("封存码", "Seal code")) " " code { (seal_code(seal.leaf)) } " … · "
                (eye.t("谁改动这件事的登记，封存码就对不上。", "If anybody changes how this was registered, the code no longer fits.")) }
            div.actions {
                (button_link(eye.t("下载回执", "Download the receipt"), &file))
                (button_link(eye.t("怎么核对", "How to check it"), "/proof/check"))
            }
            @if mine.joined.is_none() {
                p.hint { (eye.t("回执里有您说的话（隐去了姓名和号码）。要给别人看，", "It holds your words, without names and numbers. To show it to others, ")) a href={ (file) "?words=no" } download { (eye.t("下载不含原话的", "take one without them")) } (eye.t("。", ".")) }
            }
        },
    )
}

/// Sealed since when, or by when it will be.
fn standing(eye: &Eye, mine: &Mine, seal: &Seal) -> Markup {
    match &seal.head {
        Some((_, head)) => html! {
            (pill(Tone::Ok, eye.t("已封存", "Sealed"))) " "
            (say!(eye.look, "{when} 封存并签名。", "Sealed and signed {when}.", when = eye.moment(head.at)))
        },
        None => {
            let registered = mine.entries.first().map_or(mine.now, |e| e.at);
            // A round of the sealer comes each minute.
            let by = registered.plus(eye.ctx.site.settings.seal_every + kernel::MINUTE);
            html! {
                (pill(Tone::Soon, eye.t("待封存", "Not sealed yet"))) " "
                @if by > mine.now {
                    (say!(eye.look, "{when} 前封存，之后回执才能核对。", "It is sealed by {when}; the receipt can be checked from then on.",
                        when = format::clock(eye.ctx.site.zone, by)))
                } @else {
                    (eye.t("正在封存，请过几分钟再看。", "It is about to be sealed: look again in some minutes."))
                }
            }
        }
    }
}
