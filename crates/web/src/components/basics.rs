//! Pills, cards, tiles, lists of facts, links that look like buttons.

use maud::{Markup, html};

/// How a word is coloured. The word itself always says the same: nothing is told by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// A state without urgency.
    #[default]
    Plain,
    /// Something in hand.
    Info,
    /// Done, well.
    Ok,
    /// Soon due.
    Soon,
    /// Overdue, or wrong.
    Late,
}

impl Tone {
    /// The class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Info => "info",
            Tone::Ok => "ok",
            Tone::Soon => "soon",
            Tone::Late => "late",
        }
    }
}

/// A state in a word.
pub fn pill(tone: Tone, label: &str) -> Markup {
    html! { span class={ "pill " (tone.class()) } { (label) } }
}

/// A card with a heading, where it has one.
pub fn card(title: Option<&str>, body: Markup) -> Markup {
    html! { section.card { @if let Some(t) = title { h2 { (t) } } (body) } }
}

/// A card with a heading and something across from it, such as a count or a link.
pub fn card_with(title: &str, tools: Markup, body: Markup) -> Markup {
    html! { section.card { div.cardhead { h2 { (title) } div.tools { (tools) } } (body) } }
}

/// A name and what it stands for.
pub type Definition<'a> = (&'a str, Markup);

/// A name and its text, for [`definitions`] without markup.
pub struct Pair;

impl Pair {
    /// A fact in plain text; `—` where there is none.
    pub fn text<'a>(name: &'a str, value: &str) -> Definition<'a> {
        (
            name,
            if value.is_empty() {
                html! { "—" }
            } else {
                html! { (value) }
            },
        )
    }
}

/// A list of facts.
pub fn definitions(items: &[Definition]) -> Markup {
    html! { dl.facts { @for (name, value) in items { div { dt { (name) } dd { (value) } } } } }
}

/// A number that leads to what it counts.
#[derive(Clone, Debug, Default)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// The number.
    pub value: String,
    /// What it is made of or compared with.
    pub note: String,
    /// The list behind it; none where the reader may not see one.
    pub href: Option<String>,
    /// Cinnabar only for what is overdue.
    pub tone: Tone,
}

/// One tile.
pub fn tile(t: &Tile) -> Markup {
    let inner = html! {
        span.label { (t.label) }
        b class=(t.tone.class()) { (t.value) }
        @if !t.note.is_empty() { span.note { (t.note) } }
    };
    html! {
        @match &t.href {
            Some(href) => a.tile href=(href) { (inner) },
            None => div.tile { (inner) },
        }
    }
}

/// Tiles side by side.
pub fn tiles(items: &[Tile]) -> Markup {
    html! { div.tiles { @for t in items { (tile(t)) } } }
}

/// A link that looks like a button.
pub fn button_link(label: &str, href: &str) -> Markup {
    html! { a.btn href=(href) { (label) } }
}

/// A link that looks like the main button of a page.
pub fn main_link(label: &str, href: &str) -> Markup {
    html! { a.btn.main href=(href) { (label) } }
}

/// What one can do now, one under the other; the first is the main one.
pub fn action_list(items: &[Markup]) -> Markup {
    html! { div.do { @for i in items { (i) } } }
}

/// The buttons that end a form, side by side.
pub fn actions(buttons: Markup) -> Markup {
    html! { div.actions { (buttons) } }
}

/// The same, held at the lower edge of a phone.
pub fn sticky_bar(buttons: Markup) -> Markup {
    html! { div.actions.sticky { (buttons) } }
}

/// Small facts in one line under a heading.
pub fn meta(items: &[Markup]) -> Markup {
    html! { p.meta { @for i in items { span { (i) } } } }
}

/// A key on the keyboard.
pub fn kbd(key: &str) -> Markup {
    html! { kbd { (key) } }
}

/// A link or button of an action list, with its key: `Enter`able, and found by the script.
pub fn key_hint(label: &str, href: &str, key: &str) -> Markup {
    html! { a.btn href=(href) data-key=(key) { span { (label) } kbd { (key) } } }
}
