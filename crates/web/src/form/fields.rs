//! The form element, its buttons, and the fields one types into.

use super::{CSRF_FIELD, FormState};
use crate::look::Look;
use maud::{Markup, PreEscaped, html};

/// A field: its name, its words, and what a browser should know about it. Empty texts are left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    /// The name in the form.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// A line under the label.
    pub hint: &'a str,
    /// Whether it has to be filled in. Fields that need not be are marked so.
    pub required: bool,
    /// The `type` of the input; empty is `text`.
    pub kind: &'a str,
    /// What a browser may fill in: `name`, `tel`, `street-address`, `off` …
    pub autocomplete: &'a str,
    /// The keyboard of a phone: `numeric`, `tel` …
    pub inputmode: &'a str,
    /// The greatest length in characters.
    pub maxlength: Option<usize>,
    /// Asked for in some cases, which the label names: "optional" beside it would say otherwise.
    pub at_times: bool,
    /// About a person: never kept on the device.
    pub private: bool,
    /// The key that jumps here.
    pub key: &'a str,
    /// An example of what to write, in the empty field. Never the only instruction.
    pub placeholder: &'a str,
}

impl<'a> Field<'a> {
    /// A field with a name and a label.
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Field { name, label, ..Field::default() }
    }
    /// With a line under the label.
    pub fn hint(self, hint: &'a str) -> Self {
        Field { hint, ..self }
    }
    /// Has to be filled in.
    pub fn required(self) -> Self {
        Field { required: true, ..self }
    }
    /// Asked for in some cases, which the label names.
    pub fn at_times(self) -> Self {
        Field { at_times: true, ..self }
    }
    /// About a person: never kept on the device.
    pub fn private(self) -> Self {
        Field { private: true, ..self }
    }
    /// With a greatest length in characters.
    pub fn max(self, characters: usize) -> Self {
        Field { maxlength: Some(characters), ..self }
    }
    /// With another `type`, such as `tel`, `email`, `password`, `number`.
    pub fn kind(self, kind: &'a str) -> Self {
        Field { kind, ..self }
    }
    /// With what a browser may fill in.
    pub fn autocomplete(self, autocomplete: &'a str) -> Self {
        Field { autocomplete, ..self }
    }
    /// With a key that jumps here.
    pub fn key(self, key: &'a str) -> Self {
        Field { key, ..self }
    }
    pub(crate) fn id(&self) -> String {
        format!("f-{}", self.name)
    }
}

fn opt(s: &str) -> Option<&str> {
    Some(s).filter(|s| !s.is_empty())
}

/// The ids of the hint and the error of a field, for `aria-describedby`.
pub(crate) fn described_by(state: &FormState, f: &Field, look: &Look) -> Option<String> {
    let id = f.id();
    let hint = opt(f.hint).map(|_| format!("{id}-hint"));
    let error = state.error(f.name, look.locale).map(|_| format!("{id}-error"));
    match (hint, error) {
        (Some(h), Some(e)) => Some(format!("{h} {e}")),
        (h, e) => h.or(e),
    }
}

/// Hint and error of a field.
pub(crate) fn describe(look: &Look, state: &FormState, f: &Field) -> Markup {
    let id = f.id();
    html! {
        @if !f.hint.is_empty() { p.hint id={ (id) "-hint" } { (f.hint) } }
        @if let Some(e) = state.error(f.name, look.locale) {
            p.error id={ (id) "-error" } { span.sr { (look.t("错误：", "Error: ")) } (e) }
        }
    }
}

fn label(look: &Look, f: &Field) -> Markup {
    html! {
        label for=(f.id()) {
            (f.label)
            @if !f.required && !f.at_times { span.optional { (look.t("选填", "optional")) } }
            @if !f.key.is_empty() { kbd { (f.key) } }
        }
    }
}

fn wrap(look: &Look, state: &FormState, f: &Field, control: Markup) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    html! { div.field.bad[bad] { (label(look, f)) (describe(look, state, f)) (control) } }
}

fn input(look: &Look, state: &FormState, f: &Field, kind: &str) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    // A password never travels back.
    let value = opt(state.value(f.name)).filter(|_| kind != "password");
    html! {
        input id=(f.id()) name=(f.name) type=(kind) value=[value] required[f.required]
            autocomplete=[opt(f.autocomplete)] inputmode=[opt(f.inputmode)] maxlength=[f.maxlength] size=[f.maxlength.filter(|n| *n <= 24)]
            placeholder=[opt(f.placeholder)] data-key=[opt(f.key)] data-private[f.private]
            aria-describedby=[described_by(state, f, look)] aria-invalid=[bad.then_some("true")];
    }
}

/// A line of text.
pub fn text_field(look: &Look, state: &FormState, f: Field) -> Markup {
    let kind = opt(f.kind).unwrap_or("text");
    wrap(look, state, &f, input(look, state, &f, kind))
}

/// A day.
pub fn date_field(look: &Look, state: &FormState, f: Field) -> Markup {
    wrap(look, state, &f, input(look, state, &f, "date"))
}

/// Several lines of text; grows while one writes, and counts where there is a limit.
pub fn textarea(look: &Look, state: &FormState, f: Field, rows: u8) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    let control = html! {
        textarea id=(f.id()) name=(f.name) rows=(rows) required[f.required] maxlength=[f.maxlength]
            autocomplete=[opt(f.autocomplete)] placeholder=[opt(f.placeholder)] data-key=[opt(f.key)]
            data-private[f.private] data-grow
            aria-describedby=[described_by(state, &f, look)] aria-invalid=[bad.then_some("true")] {
            // A browser drops the first line break after the tag.
            "\n" (state.value(f.name))
        }
        @if let Some(max) = f.maxlength {
            p.tally data-count=(f.id()) aria-hidden="true" { (look.t("最多 ", "Up to ")) (max) (look.t(" 字", " characters")) }
        }
    };
    wrap(look, state, &f, control)
}

/// Files: `accept` as in HTML, for example `image/*,.pdf`.
pub fn file_field(look: &Look, state: &FormState, f: Field, accept: &str, multiple: bool) -> Markup {
    let bad = state.error(f.name, look.locale).is_some();
    let control = html! {
        input.file id=(f.id()) name=(f.name) type="file" accept=[opt(accept)] multiple[multiple] required[f.required]
            data-preview data-private data-key=[opt(f.key)] aria-describedby=[described_by(state, &f, look)] aria-invalid=[bad.then_some("true")];
    };
    wrap(look, state, &f, control)
}

/// A value that is sent along.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The token; nothing while the look has none.
pub fn csrf_field(look: &Look) -> Markup {
    html! { @if !look.csrf.is_empty() { (hidden(CSRF_FIELD, &look.csrf)) } }
}

/// A form that posts.
pub fn form(look: &Look, action: &str, body: Markup) -> Markup {
    form_with(look, FormOptions { action, ..FormOptions::default() }, body)
}

/// What else a form can be.
#[derive(Clone, Copy, Debug, Default)]
pub struct FormOptions<'a> {
    /// Where it goes.
    pub action: &'a str,
    /// Whether it brings files.
    pub files: bool,
    /// Keeps what was not sent yet on the device under this name.
    pub draft: &'a str,
    /// Enter goes to the next field; Ctrl and Enter send.
    pub enter_next: bool,
    /// Extra classes: `wide` for two columns on a desk, `inline` for one row.
    pub class: &'a str,
    /// The element's id.
    pub id: &'a str,
}

/// A form that posts, with options. The token comes first, so that it is found without reading files.
pub fn form_with(look: &Look, o: FormOptions, body: Markup) -> Markup {
    html! {
        form method="post" action=(o.action) enctype=[o.files.then_some("multipart/form-data")] id=[opt(o.id)]
            class=[opt(o.class)] data-draft=[opt(o.draft)] data-enter-next[o.enter_next] {
            (csrf_field(look)) (body)
        }
    }
}

/// Tells the script that the draft under this name was taken in: put it on the page that follows.
pub fn draft_done(name: &str) -> Markup {
    html! { span hidden data-draft-done=(name) {} }
}

/// All errors at the top of a form, each a link to its field; nothing where there are none.
pub fn error_summary(look: &Look, state: &FormState) -> Markup {
    if state.errors.is_empty() {
        return PreEscaped(String::new());
    }
    // Where no field is at fault there is nothing to correct.
    let title = match state.errors.iter().all(|e| e.field.is_empty()) {
        true => look.t("没有办成", "This could not be done"),
        false => look.t("还差一点，请改正下面几处", "Almost there: please correct this"),
    };
    html! {
        div.errors role="alert" tabindex="-1" data-focus {
            b { (title) }
            ul {
                @for e in &state.errors {
                    li {
                        @if e.field.is_empty() { (e.say.to(look.locale)) }
                        @else { a href={ "#f-" (e.field) } { (e.say.to(look.locale)) } }
                    }
                }
            }
        }
    }
}

/// The main action of a form. One to a page.
pub fn submit(label: &str) -> Markup {
    html! { button.btn.main type="submit" { (label) } }
}

/// A button with a name and a value, in a form with several ways on.
pub fn button(label: &str, name: &str, value: &str) -> Markup {
    html! { button.btn type="submit" name=[opt(name)] value=[opt(name).map(|_| value)] { (label) } }
}

/// A button without a frame, for what is seldom wanted.
pub fn button_quiet(label: &str) -> Markup {
    html! { button.btn.quiet type="submit" { (label) } }
}

/// A button for what cannot be taken back. With a script it asks `confirm` first; without one the
/// next page has to.
pub fn button_danger(label: &str, confirm: &str) -> Markup {
    html! { button.btn.danger type="submit" data-confirm=[opt(confirm)] { (label) } }
}
