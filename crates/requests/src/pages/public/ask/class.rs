//! The second step: which class. Suggested from the words, found by other words, browsed, or left to
//! the centre.

use super::{Asking, UNKNOWN, carried, count, steps_form, stop_card};
use crate::pages::public::words;
use crate::register::BODY_MAX;
use maud::{Markup, html};
use pack::Class;
use rules::case::ClockKind;
use web::Page;
use web::components::{disclosure, sticky_bar};
use web::form::{Choice, Field, error_summary, radios, text_field, textarea};

pub(super) fn page(asking: &Asking, browse: Option<&str>) -> Page {
    let look = &asking.look;
    let found = found(asking, 5);
    // Words such as "着火" lead to a class that must not wait for a form.
    let stop = found.first().filter(|c| c.stop.is_some());
    let body = html! {
        (error_summary(look, &asking.state))
        (carried(asking, &["text", "class"]))
        (choice(asking, browse, &found))
        (sticky_bar(html! { button.btn.main type="submit" name="step" value="details" { (look.t("下一步", "Next")) } }))
        (elsewhere(asking, browse))
        (disclosure(look.t("您说的事（可以改）", "What you wrote (change it here)"), html! {
            (textarea(look, &asking.state, Field::new("text", look.t("什么事", "What it is about")).required().max(BODY_MAX), 4))
            button.btn type="submit" name="step" value="class" formnovalidate { (look.t("按改过的内容再找", "Look again")) }
        }))
    };
    Page::new(look, look.t("这是哪一类事", "Which kind of matter is it"))
        .at("/ask")
        .narrow()
        .lede(html! { (look.t("选得不准也没关系，中心会改。", "If it is not quite right, the centre will put it right.")) })
        .main(html! {
            @if let Some(class) = stop { (stop_card(asking, class)) }
            section.card { (count(look, 2)) (steps_form(asking, None, false, body)) }
        })
}

/// Classes that fit the words, or the other words typed to look for one.
fn found(asking: &Asking, most: usize) -> Vec<&Class> {
    let other = asking.state.values.one("q");
    let typed = if other.is_empty() { plain(asking.text()) } else { other.to_owned() };
    asking.ctx.site.pack.find_classes(&typed, most)
}

/// The text without names and numbers and the words that announce them: "my telephone is …" is no
/// matter of telephones.
fn plain(text: &str) -> String {
    let mut out = words::masked(text);
    while let (Some(a), Some(b)) = (out.find('〔'), out.find('〕')) {
        if a > b {
            break;
        }
        let head = out[..a].trim_end_matches(['：', ':', '是', '为', ' ']).to_owned();
        let told =
            ["联系电话", "电话号码", "手机号码", "手机号", "电话", "手机", "微信", "身份证号", "身份证"];
        let cut = told.iter().find_map(|w| head.strip_suffix(w)).unwrap_or(&head);
        out = format!("{cut} {}", &out[b + '〕'.len_utf8()..]);
    }
    out
}

/// The classes as choices; those of a branch where one is being browsed.
fn choice(asking: &Asking, browse: Option<&str>, found: &[&Class]) -> Markup {
    let (look, pack) = (&asking.look, &asking.ctx.site.pack);
    let mut all: Vec<&Class> = match browse {
        Some(code) => {
            pack.classes.iter().filter(|c| c.is_leaf() && c.code.starts_with(&format!("{code}."))).collect()
        }
        None => found.to_vec(),
    };
    let chosen = asking.class();
    if let Some(class) = chosen.filter(|c| all.iter().all(|a| a.code != c.code)) {
        all.insert(0, class);
    }
    let mut choices: Vec<Choice> = all.iter().map(|c| option(asking, c, browse.is_none())).collect();
    choices.push(
        Choice::new(UNKNOWN, look.t("不知道，请中心来定", "I do not know: let the centre decide")).hint(
            look.t(
                "中心会看您写的内容，分给该办的单位。",
                "They read what you wrote and send it to the right unit.",
            ),
        ),
    );
    let label = match browse.and_then(|code| pack.class(code)) {
        Some(class) => class.name.to(look.locale).to_owned(),
        None if all.is_empty() => look.t("没有找到相近的类别", "No class fits these words").to_owned(),
        None => look.t("最接近的是", "The closest").to_owned(),
    };
    radios(look, &asking.state, Field::new("class", &label).required(), &choices)
}

/// A class as a choice; with the whole way to it, or with the branch right above alone.
fn option(asking: &Asking, class: &Class, whole: bool) -> Choice {
    let (look, pack) = (&asking.look, &asking.ctx.site.pack);
    let mut hint = Vec::new();
    let path = pack.class_path(&class.code);
    let above = &path[..path.len().saturating_sub(1)];
    let above = if whole { above } else { &above[above.len().saturating_sub(1)..] };
    let above: Vec<&str> = above.iter().map(|t| t.to(look.locale)).collect();
    hint.push(above.join(" › "));
    if let Some(limit) = pack.limit(&class.code, class.kind, class.urgency, ClockKind::Answer) {
        let say = limit.limit.say();
        let limit = say.to(look.locale);
        hint.push(say!(look, "{limit}内答复", "answered within {limit}"));
    }
    Choice::new(&class.code, class.name.to(look.locale)).hint(hint.join(" · "))
}

/// Other words, and the branches to browse.
fn elsewhere(asking: &Asking, browse: Option<&str>) -> Markup {
    let (look, pack) = (&asking.look, &asking.ctx.site.pack);
    let body = html! {
        div.find {
            (text_field(look, &asking.state, Field::new("q", look.t("换个词找", "Other words")).max(40)))
            button.btn type="submit" name="step" value="class" formnovalidate { (look.t("找", "Find")) }
        }
        p.hint { (look.t("或者从这里往下找：", "Or look through these:")) }
        div.branches {
            @for c in pack.classes_below(None) {
                button.chip.on[browse == Some(c.code.as_str())] type="submit" name="step" value={ "browse:" (c.code) } formnovalidate {
                    (c.name.to(look.locale))
                }
            }
        }
    };
    html! {
        details.fold open[browse.is_some()] {
            summary { (web::components::icon(web::components::Icon::Forward)) span { (look.t("都不像？自己找", "None of these? Look for it")) } }
            div.stack { (body) }
        }
    }
}

/// The choices alone, for the page that follows what is typed. `quiet` leaves everything out where
/// nothing fits yet.
pub(super) fn suggestions(asking: &Asking, most: usize, quiet: bool) -> Markup {
    let look = &asking.look;
    let found = if asking.text().chars().count() < 3 { Vec::new() } else { found(asking, most) };
    if quiet && found.is_empty() {
        return html! {};
    }
    let choices: Vec<Choice> = found.iter().map(|c| option(asking, c, true)).collect();
    html! {
        @if let Some(class) = found.first().filter(|c| c.stop.is_some()) { (stop_card(asking, class)) }
        (radios(look, &asking.state, Field::new("class", look.t("是不是这类事？", "Is it one of these?"))
            .hint(look.t("选一个就少一步；不像就不选。", "Choose one to save a step, or none.")), &choices))
    }
}
