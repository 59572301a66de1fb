//! What a page says to the reader: messages, empty places, things folded away, questions.

use super::{Icon, icon};
use crate::look::Look;
use maud::{Markup, html};

/// What kind of message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlashKind {
    /// Good to know.
    #[default]
    Info,
    /// It was done.
    Ok,
    /// Mind this.
    Warn,
    /// It was not done.
    Error,
}

impl FlashKind {
    /// The word that stands for it.
    pub fn key(self) -> &'static str {
        match self {
            FlashKind::Info => "info",
            FlashKind::Ok => "ok",
            FlashKind::Warn => "warn",
            FlashKind::Error => "error",
        }
    }
    /// The kind with this word.
    pub fn from_key(key: &str) -> Option<FlashKind> {
        [FlashKind::Info, FlashKind::Ok, FlashKind::Warn, FlashKind::Error]
            .into_iter()
            .find(|k| k.key() == key)
    }
}

/// A message above the content.
#[derive(Clone, Debug)]
pub struct Flash {
    /// What kind.
    pub kind: FlashKind,
    /// What it says.
    pub text: Markup,
}

impl Flash {
    /// A message of this kind in plain text.
    pub fn new(kind: FlashKind, text: &str) -> Self {
        Flash { kind, text: html! { (text) } }
    }
    /// It was done.
    pub fn ok(text: &str) -> Self {
        Flash::new(FlashKind::Ok, text)
    }
}

/// The message as markup.
pub fn flash(f: &Flash) -> Markup {
    let (class, sign, role) = match f.kind {
        FlashKind::Info => ("info", Icon::Info, "status"),
        FlashKind::Ok => ("ok", Icon::Check, "status"),
        FlashKind::Warn => ("soon", Icon::Alert, "status"),
        FlashKind::Error => ("late", Icon::Alert, "alert"),
    };
    html! { div class={ "flash " (class) } role=(role) { (icon(sign)) div { (f.text) } } }
}

/// Nothing here: why, and what one can do, as a label and an address.
pub fn empty_state(text: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p { (text) }
            @if let Some((label, href)) = action { a.btn href=(href) { (label) } }
        }
    }
}

/// Something folded away until it is asked for.
pub fn disclosure(summary: &str, body: Markup) -> Markup {
    html! { details.fold { summary { (icon(Icon::Forward)) span { (summary) } } div { (body) } } }
}

/// A question on the page itself, for a step that has a page of its own without a script.
#[derive(Clone, Debug)]
pub struct Dialog<'a> {
    /// The id by which a button with `data-open` opens it.
    pub id: &'a str,
    /// Its heading.
    pub title: &'a str,
    /// What is in it, its form included.
    pub body: Markup,
}

/// A dialog, closed at first. Link to its content otherwise: it needs the script to open.
pub fn dialog(look: &Look, d: Dialog) -> Markup {
    html! {
        dialog id=(d.id) aria-labelledby={ (d.id) "-title" } {
            h2 id={ (d.id) "-title" } { (d.title) }
            (d.body)
            form method="dialog" { button.btn.quiet { (look.t("关闭", "Close")) } }
        }
    }
}
