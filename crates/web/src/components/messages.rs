//! What a page says to the reader: messages, empty places, things folded away, questions.

use super::{Icon, icon};
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
    fold(false, html! { (summary) }, body)
}

/// The same with a summary of several parts; `open` from the beginning.
pub fn fold(open: bool, summary: Markup, body: Markup) -> Markup {
    html! { details.fold open[open] { summary { (icon(Icon::Forward)) span { (summary) } } div { (body) } } }
}
