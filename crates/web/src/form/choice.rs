//! Fields in which one chooses.

use super::{Field, FormState, Values, describe, described_by};
use crate::look::Look;
use maud::{Markup, html};

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// A line that explains it; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice without an explanation.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Choice { value: value.into(), label: label.into(), hint: String::new() }
    }
    /// With an explanation.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

fn label(look: &Look, f: &Field) -> Markup {
    html! {
        (f.label)
        @if !f.required && !f.at_times { span.optional { (look.t("选填", "optional")) } }
        @if !f.key.is_empty() { kbd { (f.key) } }
    }
}

fn opt(s: &str) -> Option<&str> {
    Some(s).filter(|s| !s.is_empty())
}

/// A list that opens. Give it no more than people can read; for more there is [`combobox`].
pub fn select(look: &Look, state: &FormState, f: Field, choices: &[Choice]) -> Markup {
    html! { div.field.bad[state.error(f.name, look.locale).is_some()] {
        label for=(f.id()) { (label(look, &f)) }
        (describe(look, state, &f))
        (bare_select(look, state, &f, choices, false))
    } }
}

fn bare_select(look: &Look, state: &FormState, f: &Field, choices: &[Choice], filter: bool) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    let now = state.value(f.name);
    html! {
        select id=(f.id()) name=(f.name) required[f.required] data-filter[filter] data-private[f.private] data-key=[opt(f.key)]
            aria-describedby=[described_by(state, f, look)] aria-invalid=[bad.then_some("true")] {
            @if !choices.iter().any(|c| c.value.is_empty()) {
                option value="" selected[now.is_empty()] { (look.t("请选择", "Please choose")) }
            }
            @for c in choices {
                option value=(c.value) selected[c.value == now] data-hint=[opt(&c.hint)] { (c.label) }
            }
        }
    }
}

/// One of a few, all in sight.
pub fn radios(look: &Look, state: &FormState, f: Field, choices: &[Choice]) -> Markup {
    boxes(look, state, f, choices, "radio")
}

/// Any number of a few, all in sight.
pub fn checkboxes(look: &Look, state: &FormState, f: Field, choices: &[Choice]) -> Markup {
    boxes(look, state, f, choices, "checkbox")
}

fn boxes(look: &Look, state: &FormState, f: Field, choices: &[Choice], kind: &str) -> Markup {
    let id = f.id();
    let chosen = state.values.all(f.name);
    let bad = state.error(f.name, look.locale).is_some();
    html! {
        fieldset.field.bad[bad] aria-describedby=[described_by(state, &f, look)] {
            legend { (label(look, &f)) }
            (describe(look, state, &f))
            div.options {
                @for (i, c) in choices.iter().enumerate() {
                    // The first one has the field's own id, so that the error summary leads to it.
                    @let own = if i == 0 { id.clone() } else { format!("{id}-{i}") };
                    label.option for=(own) {
                        input type=(kind) id=(own) name=(f.name) value=(c.value) checked[chosen.contains(&c.value)]
                            required[f.required && kind == "radio"];
                        span { (c.label) @if !c.hint.is_empty() { small { (c.hint) } } }
                    }
                }
            }
        }
    }
}

/// Where the choices of a [`combobox`] come from.
#[derive(Clone, Copy, Debug)]
pub enum Combo<'a> {
    /// All of them, in the page: a plain list without a script.
    Choices(&'a [Choice]),
    /// An address that answers `?q=` with JSON `[{value,label,hint}]`. Without a script it is a text
    /// field, and the server looks up what was typed. `label` is shown for the present value.
    Source {
        /// The address.
        src: &'a str,
        /// What the present value is called.
        label: &'a str,
    },
}

/// A field that finds one of many while one types.
///
/// With [`Combo::Source`] two fields arrive: `name` with the value and `name_label` with what was
/// typed; read them with [`combo_answer`].
pub fn combobox(look: &Look, state: &FormState, f: Field, from: Combo) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    html! { div.field.bad[bad] {
        label for=(f.id()) { (label(look, &f)) }
        (describe(look, state, &f))
        @match from {
            Combo::Choices(choices) => (bare_select(look, state, &f, choices, true)),
            Combo::Source { src, label } => {
                @let typed = state.value(&format!("{}_label", f.name));
                @let shown = if typed.is_empty() { label } else { typed };
                div.combo {
                    input id=(f.id()) name={ (f.name) "_label" } type="text" value=[opt(shown)] autocomplete="off"
                        data-filter data-src=(src) required[f.required] data-private[f.private] data-key=[opt(f.key)]
                        placeholder=[opt(f.placeholder)]
                        aria-describedby=[described_by(state, &f, look)] aria-invalid=[bad.then_some("true")];
                    input type="hidden" name=(f.name) value=(state.value(f.name)) data-for=(shown);
                }
            }
        }
    } }
}

/// What came from a [`combobox`] with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComboAnswer {
    /// The value that was chosen; empty where none was.
    pub value: String,
    /// What stands in the field. Without a script it can differ from the value's label: then this counts.
    pub typed: String,
}

/// The answer of a [`combobox`] with a source.
pub fn combo_answer(values: &Values, name: &str) -> ComboAnswer {
    let typed = values.one(&format!("{name}_label")).to_owned();
    let value = if typed.is_empty() { String::new() } else { values.one(name).to_owned() };
    ComboAnswer { value, typed }
}
