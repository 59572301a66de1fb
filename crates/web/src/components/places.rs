//! Getting about: tabs, filters, pages of a list, files.

use super::{Icon, icon};
use crate::format;
use crate::look::{COUNTED, Look};
use maud::{Markup, html};

/// One tab.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// Its word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the reader is there.
    pub current: bool,
    /// How many are behind it, counted up to [`COUNTED`].
    pub count: Option<u64>,
}

/// How many wait somewhere, beside its name.
pub fn count(n: u64) -> Markup {
    html! { " " span.count { (n.min(COUNTED)) @if n > COUNTED { "+" } } }
}

/// Tabs: links to neighbouring lists. `label` names the group for readers who listen.
pub fn tabs(label: &str, items: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for t in items {
                a href=(t.href) aria-current=[t.current.then_some("page")] {
                    (t.label) @if let Some(n) = t.count { (count(n)) }
                }
            }
        }
    }
}

/// One filter.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    /// Its word.
    pub label: String,
    /// The list with it put on, or taken off where it is on.
    pub href: String,
    /// Whether it is on.
    pub on: bool,
    /// One of several of which one is always on: it is changed for another, not taken off.
    pub one_of: bool,
}

/// Filters of a list, with something at the end such as an export link.
pub fn chips(look: &Look, items: &[Chip], trailing: Markup) -> Markup {
    html! {
        div.chips role="group" aria-label=(look.t("筛选", "Filters")) {
            @for c in items {
                a.chip.on[c.on] href=(c.href) aria-current=[(c.on && c.one_of).then_some("true")] {
                    (c.label)
                    @if c.on && !c.one_of { (icon(Icon::Cross)) span.sr { (look.t("（取消）", "(remove)")) } }
                }
            }
            @if !trailing.0.is_empty() { span.end { (trailing) } }
        }
    }
}

/// Pages of a list that goes on by its key: back, on, and a word between.
pub fn pager(look: &Look, prev: Option<&str>, next: Option<&str>, note: &str) -> Markup {
    html! {
        @if prev.is_some() || next.is_some() || !note.is_empty() {
            nav.pager aria-label=(look.t("翻页", "Pages")) {
                @if let Some(href) = prev {
                    a.btn href=(href) rel="prev" data-key="p" { (icon(Icon::Back)) (look.t("上一页", "Previous")) }
                }
                span.note { (note) }
                @if let Some(href) = next {
                    a.btn href=(href) rel="next" data-key="n" { (look.t("下一页", "Next")) (icon(Icon::Forward)) }
                }
            }
        }
    }
}

/// A file that can be looked at.
#[derive(Clone, Debug, Default)]
pub struct FileItem {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// A small picture of it; none for documents.
    pub thumb: Option<String>,
    /// What it shows or when it came; may be empty.
    pub note: String,
}

/// Files, pictures as pictures.
pub fn file_list(items: &[FileItem]) -> Markup {
    html! {
        ul.files {
            @for f in items {
                li { a href=(f.href) {
                    @match &f.thumb {
                        Some(src) => img src=(src) alt="" loading="lazy" width="96" height="72";,
                        None => span.doc { (icon(Icon::File)) },
                    }
                    span { b { (f.name) } small { (format::size(f.bytes)) @if !f.note.is_empty() { " · " (f.note) } } }
                } }
            }
        }
    }
}
