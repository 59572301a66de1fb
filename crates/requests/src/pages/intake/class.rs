//! What the class of a need asks for: suggestions while the need is being written, then the class's own
//! questions, what to know, and whom to call at once.

use super::desk::{Desk, Screen};
use super::read;
use crate::pages::public::questions;
use crate::pages::subject;
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use maud::{Markup, html};
use pack::{Class, Stop};
use rules::case::Kind;
use web::components::{Flash, FlashKind, Icon, flash, icon};
use web::form::{Field, hidden, text_field};
use web::{FormBody, PageResult};

/// How many classes are suggested.
const FEW: usize = 3;
/// The keys that take a suggestion, with Alt.
const KEYS: [&str; FEW] = ["z", "x", "c"];

/// `POST /intake/suggestions`
pub(super) async fn suggestions(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(v): FormBody,
) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Window, v)?;
    Ok(suggested(&desk).into_response())
}

/// `POST /intake/class`
pub(super) async fn about(State(site): State<SharedSite>, staff: Staff, FormBody(v): FormBody) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::of(&v), v)?;
    Ok(fields(&desk).into_response())
}

/// Classes that fit what is being written: taken with one key, and left where one is chosen by hand.
pub(super) fn suggested(desk: &Desk) -> Markup {
    let text: String = desk.value("body").chars().take(400).collect();
    let found = desk.ctx.site.pack.find_classes(&text, FEW);
    let picked = desk.value("class_pick");
    html! {
        @if !found.is_empty() && text.chars().count() > 1 {
            fieldset.field.picks {
                legend { (desk.t("按写的内容，像是", "By what is written, perhaps")) }
                div.chips {
                    @for (class, key) in found.iter().zip(KEYS) {
                        label.chip {
                            input type="radio" name="class_pick" value=(class.code) checked[picked == class.code]
                                data-key=(key) aria-label=(desk.eye.class(&class.code));
                            (class.name.to(desk.locale())) kbd { (key) }
                        }
                    }
                }
            }
        }
    }
}

/// The class chosen, as far as the form says one.
pub(super) fn chosen(desk: &Desk) -> Option<&Class> {
    read::class(&desk.ctx, &desk.state.values).ok().flatten()
}

/// What the class asks.
pub(super) fn fields(desk: &Desk) -> Markup {
    let Some(class) = chosen(desk) else { return html! {} };
    let (look, state) = (&desk.look, &desk.state);
    let form = desk.ctx.site.pack.form_of(&class.code);
    html! {
        div.stack {
            (hidden("asked", &class.code))
            p.hint { (desk.t("类别：", "Class: ")) b { (desk.eye.class(&class.code)) } }
            @if let Some(stop) = &class.stop { (call_at_once(desk, stop)) }
            @if let Some(note) = &class.note { (flash(&Flash::new(FlashKind::Info, note.to(desk.locale())))) }
            @if !class.evidence.is_empty() {
                p.hint { (desk.t("办结前要有：", "Shown before sign-off: ")) (pack::evidence(class).to(desk.locale())) }
            }
            @if class.visit {
                p.hint { (desk.t("这类事项要上门，地址要写清楚。", "This needs a visit: take the address down well.")) }
            }
            @if let Some(need) = class.subject { (subject::fields(look, state, &desk.ctx, need)) }
            @if let Some(form) = form { div.asked { (questions::fields(look, state, form, false)) } }
            @if class.kind == Kind::Affair {
                (text_field(look, state, Field::new("idno", desk.t("身份证号", "Identity number")).hint(desk.t("代办证照、补贴要用才填。", "Only where the papers need it.")).private().max(18).autocomplete("off")))
            }
        }
    }
}

/// Whom to connect first: this is no matter for a deadline.
pub(super) fn call_at_once(desk: &Desk, stop: &Stop) -> Markup {
    let say = match desk.screen {
        Screen::Hotline => desk.t("马上转接：", "Connect at once: "),
        _ => desk.t("马上打：", "Call at once: "),
    };
    html! {
        div.stop role="alert" {
            p.say { (icon(Icon::Alert)) span { (say) (stop.text.to(desk.locale())) } }
            div.calls { @for number in &stop.call { a href={ "tel:" (number) } { (icon(Icon::Phone)) (number) } } }
            p { @if stop.may_go_on {
                (desk.t("接通以后，事后的部分照常登记。", "Once that is done, the rest can be registered as usual."))
            } @else {
                b { (desk.t("这一类不登记。", "Nothing of this class is registered.")) }
            } }
        }
    }
}

/// Whether the class has something to say or to ask that has not been on the page yet.
pub(super) fn unseen(desk: &Desk) -> bool {
    let Some(class) = chosen(desk) else { return false };
    let says =
        class.stop.is_some() || class.subject.is_some() || desk.ctx.site.pack.form_of(&class.code).is_some();
    says && desk.value("asked") != class.code
}
