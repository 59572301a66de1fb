//! What pages say of a past day whose judgement rests on what is known today.

use maud::{Markup, html};
use web::Look;

/// What was owed on a past day is judged by the records of today: nothing on a present one.
pub(in crate::pages) fn duties(look: &Look, past: bool) -> Markup {
    said(
        past,
        look.t(
            "该走访的、该做的，按今天已有的记录判断：那天以后才补记的，只要日子对得上也算做到。",
            "What was owed is judged by the records there are today: what was entered after that day counts as well where its own day fits.",
        ),
    )
}

/// The same of items of plans.
pub(in crate::pages) fn items(look: &Look, past: bool) -> Markup {
    said(
        past,
        look.t(
            "一项做完没有，以今天已有的最近一次帮扶为准；该走访的也按今天已有的记录判断。",
            "An item is done when the last help on record today says so; what was owed is judged by the records there are today as well.",
        ),
    )
}

fn said(past: bool, text: &str) -> Markup {
    html! { @if past { p.hint { (text) } } }
}
