//! Cases found by the last four digits of a telephone: for those who may see whose it is.

use super::search::case_page;
use crate::Ctx;
use crate::export::Book;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::groups;
use access::{Noun, Target, Verb, identity};
use db::Tx;
use kernel::Result;
use maud::{Markup, html};
use web::components::card_with;

/// How many are shown at most.
const MOST: i64 = 20;

/// The four digits, where that is what somebody typed.
pub(super) fn digits(q: &str) -> Option<String> {
    let digits: String = q
        .trim()
        .chars()
        .map(|c| match c {
            '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10).unwrap_or(c),
            c => c,
        })
        .collect();
    (digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The cases of this ledger whose person has such a number, where the reader may see who it is.
pub(super) fn find(tx: &mut dyn Tx, ctx: &Ctx, book: &Book, q: &str) -> Result<Vec<Request>> {
    let Some(digits) = digits(q) else { return Ok(Vec::new()) };
    if !access::may_somewhere(&ctx.scope, Verb::ViewIdentity, Noun::Identity) {
        return Ok(Vec::new());
    }
    let persons = identity::find_by_tail(tx, &ctx.site.secret, &digits)?;
    let mut found = groups::of_persons(tx, book.reach, &persons, ctx.at, MOST)?;
    found.retain(|r| may_know(ctx, r));
    Ok(found)
}

/// Whether the reader may see who asked.
fn may_know(ctx: &Ctx, r: &Request) -> bool {
    let also = [ctx.path(r.first_unit)];
    let target = Target::at(ctx.path(r.unit)).officer(r.officer).also(&also);
    access::may(&ctx.scope, Verb::ViewIdentity, Noun::Identity, target)
}

/// What was found, above the list.
pub(super) fn view(eye: &Eye, found: &[Request]) -> Markup {
    if found.is_empty() {
        return html! {};
    }
    let title = eye.t("电话后四位相符", "Telephone ends in these four digits");
    let note = html! { (found.len()) (eye.t(" 件", "")) };
    card_with(
        title,
        note,
        html! {
            ul.plain data-rows {
                @for r in found {
                    li { a href=(case_page(&r.number)) { (r.number) } " " (r.title) " · " (eye.day(r.received_at)) " " (eye.state(r)) }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn four_digits_and_nothing_else() {
        assert_eq!(digits(" 1234 ").as_deref(), Some("1234"));
        assert_eq!(digits("１２３４").as_deref(), Some("1234"));
        for not in ["123", "12345", "12a4", "", "路灯四个"] {
            assert_eq!(digits(not), None, "{not}");
        }
    }
}
