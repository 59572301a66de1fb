//! Asked from a family's card: what that means is said before it is sent, and the family may leave it.

use super::Asking;
use crate::ctx::Ctx;
use crate::led;
use kernel::Result;
use maud::{Markup, html};
use web::Values;
use web::form::{Choice, Field, checkboxes};

/// The field by which the family keeps a request to itself.
pub(super) const APART: &str = "apart";

/// Takes a word out that is good no more, or never was; whether there was one.
pub(super) async fn drop_stale(ctx: &Ctx, values: &mut Values) -> Result<bool> {
    let Some(word) = values.opt(led::FIELD).map(str::to_owned) else { return Ok(false) };
    if ctx.read(move |tx, ctx| led::known(tx, ctx, &word)).await? {
        return Ok(false);
    }
    values.0.remove(led::FIELD);
    Ok(true)
}

/// Says so: whoever goes on asks as anybody does.
pub(super) fn say_stale(asking: &mut Asking) {
    asking.fault(
        "",
        "联系卡打开太久了，或者卡换过了：这件和您家对不上了。内容都还在，接着提交也一样办理；要让联系您家的人知道，请重新扫卡。",
        "The card was opened too long ago, or has been replaced, so this is no longer joined to your household. Nothing you wrote is lost, and it is handled all the same; for your contacts to know of it, scan the card again.",
    );
}

/// Who knows of it, and the way to leave that.
pub(super) fn part(asking: &Asking) -> Markup {
    let look = &asking.look;
    if asking.state.values.opt(led::FIELD).is_none() {
        return html! {};
    }
    html! {
        section.part {
            h2 { (look.t("从我家的联系卡来的", "From our contact card")) }
            @if asking.class().is_some_and(|c| c.subject.is_some()) {
                p.hint { (look.t("这类事不告诉联系您家的人，也不列在您家的卡上。",
                    "Your contacts are not told of matters of this class, and your card does not list them.")) }
            } @else {
                p.hint { (look.t("联系您家的人会看到编号、事由和结果，好来告诉您；您家的卡上也会列出来，拿着卡的人都看得到。",
                    "Your contacts will see the number, what it is about and how it ends, so that they can tell you. Your card lists it as well, for whoever holds the card.")) }
                (checkboxes(look, &asking.state, Field::new(APART, look.t("要不要告诉他们", "Shall they know")),
                    &[Choice::new("1", look.t("这件不告诉，卡上也不列", "No: neither they nor the card"))]))
            }
        }
    }
}
