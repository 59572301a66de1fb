//! The form of a visit: promises first, then what was learnt, then what is needed. Nothing new needs no tap.

use super::mine::{due, last};
use crate::pages::work::at_visit;
use crate::visits::{Answer, MyHousehold, Said, Then};
use crate::work::KnownPlan;
use maud::{Markup, html};
use pack::{VisitChoice, VisitQuestion, VisitRule};
use requests::Ctx;
use requests::uploads::{Upload, received};
use web::components::{card, disclosure};
use web::form::{
    Choice, Combo, Field, FormOptions, FormState, checkboxes, combobox, date_field, error_summary,
    file_field, hidden, radios, text_field, textarea,
};
use web::{Look, form};

/// So many needs can be noted in one form; more go with the next.
pub(super) const NEEDS: usize = 3;
/// So many promises can be made in one form.
pub(super) const PROMISES: usize = 2;

/// The whole form.
pub(super) fn view(
    look: &Look,
    ctx: &Ctx,
    state: &FormState,
    home: &MyHousehold,
    plans: &[KnownPlan],
    photos: &[Upload],
) -> Markup {
    let rule = &ctx.site.pack.visit;
    form::form_with(
        look,
        FormOptions { action: "/visits/new", files: rule.photos > 0, ..FormOptions::default() },
        html! {
            (error_summary(look, state))
            (hidden("id", state.value("id")))
            (hidden("household", &home.id.to_string()))
            @if !home.promises.is_empty() { (promises(look, ctx, state, home)) }
            (learnt(look, state, &questions(rule, &home.tags, &[])))
            (at_visit::view(look, ctx, state, plans))
            section.card {
                h2 { (look.t("要办的事", "What is needed")) }
                (need(look, ctx, state, home, 0))
                @for n in 1..NEEDS {
                    @let open = state.values.opt(&format!("n{n}.text")).is_some();
                    @if open { (need(look, ctx, state, home, n)) }
                    @else { (disclosure(look.t("还有一件", "One more"), need(look, ctx, state, home, n))) }
                }
            }
            section.card {
                h2 { (look.t("答应下来的事", "What is promised")) }
                p.hint { (look.t("写了就要有日期；下次来先说这件。", "With a date; at the next visit it comes first.")) }
                (promised(look, state, 0))
                (disclosure(look.t("还有一件", "One more"), promised(look, state, 1)))
            }
            @if rule.photos > 0 { (pictures(look, ctx, state, photos, &html! {}, true)) }
            (day(look, state))
            div.actions { (form::submit(look.t("记好了", "Done"))) }
        },
    )
}

/// What pictures that travel with the form are bound to: the visit with this id.
pub(super) fn bind(id: &str) -> String {
    format!("visit {id}")
}

/// A question with the words to tap.
pub(super) type Asked<'a> = (&'a VisitQuestion, Vec<&'a VisitChoice>);

/// What is asked where a household bears these tags, and what was answered before, whichever it bears now.
pub(super) fn questions<'a>(rule: &'a VisitRule, tags: &[String], before: &[Said]) -> Vec<Asked<'a>> {
    let mut out = Vec::new();
    for q in &rule.questions {
        let said = before.iter().find(|s| s.question == q.id);
        if said.is_none() && !rule.asked(tags).any(|asked| asked.id == q.id) {
            continue;
        }
        let chosen = |c: &VisitChoice| said.is_some_and(|s| s.choices.contains(&c.id));
        let offered = |c: &VisitChoice| q.offered(tags).any(|offered| offered.id == c.id);
        out.push((q, q.choices.iter().filter(|c| chosen(c) || offered(c)).collect()));
    }
    out
}

/// What was learnt.
pub(super) fn learnt(look: &Look, state: &FormState, questions: &[Asked]) -> Markup {
    html! {
        section.card {
            h2 { (look.t("听到了什么", "What was learnt")) }
            p.hint { (look.t("没有新情况的不用点，也不用写。", "Where there is nothing new, leave it as it is.")) }
            @for question in questions { (asked(look, state, question)) }
        }
    }
}

/// The day of the visit.
pub(super) fn day(look: &Look, state: &FormState) -> Markup {
    html! {
        section.card {
            (date_field(look, state, Field::new("on", look.t("哪天去的", "On which day")).required()))
        }
    }
}

/// Room for pictures; those that came with an earlier try are there still. What stands with the visit already comes first.
pub(super) fn pictures(
    look: &Look,
    ctx: &Ctx,
    state: &FormState,
    photos: &[Upload],
    there: &Markup,
    room: bool,
) -> Markup {
    let most = ctx.site.pack.visit.photos;
    let hint = look.t(
        &format!("没有也行，最多 {most} 张。拍到人先问一声；拍摄地点等信息会自动去掉。"),
        &format!(
            "None is fine; at most {most}. Ask whoever is in it first. Where and how it was taken is removed."
        ),
    )
    .to_owned();
    html! {
        section.card {
            h2 { (look.t("照片", "Pictures")) }
            (there)
            (received(look, ctx, &bind(state.value("id")), photos))
            @if room { (file_field(look, state, Field::new("files", look.t("照片（不是必须的）", "Pictures, only if wanted")).hint(&hint),
                "image/jpeg,image/png,image/webp", most > 1)) }
        }
    }
}

/// Who lives there and how to reach them: above the form.
pub(super) fn about(look: &Look, ctx: &Ctx, home: &MyHousehold) -> Markup {
    card(
        None,
        html! {
            p { (home.place.to(look.locale)) @if !home.address.is_empty() { " · " (home.address) } }
            ul.plain {
                @for p in &home.people {
                    li { (p.name) " " span.quiet { (p.relation.to(look.locale)) }
                        @if !p.phone.is_empty() { " " a href={ "tel:" (p.phone) } { (p.phone) } } }
                }
            }
            p.hint { (last(look, ctx.today(), home.last)) }
        },
    )
}

/// What was promised before: each has to be answered.
pub(super) fn promises(look: &Look, ctx: &Ctx, state: &FormState, home: &MyHousehold) -> Markup {
    html! {
        section.card {
            h2 { (look.t("先说上次答应的", "First, what was promised")) }
            @for p in &home.promises {
                @let name = format!("promises.{}", p.id);
                @let choices: Vec<Choice> = Answer::ALL.iter().map(|a| Choice::new(a.key(), a.name().to(look.locale))).collect();
                div.stack {
                    (radios(look, state, Field::new(&name, &p.text).required(), &choices))
                    p.hint { (due(look, ctx.today(), p.due)) }
                    div.row-of {
                        (date_field(look, state, Field::new(&format!("{name}.due"), look.t("改到哪天（只在还没做到时填）", "Until (only if not yet)")).at_times()))
                        (text_field(look, state, Field::new(&format!("{name}.text"), look.t("为什么（只在没做到时填）", "Why (only if not kept)")).max(200).at_times()
                            .hint(look.t("还没有、做不到的要写，家里人会看到。", "Where it was not kept; the family reads it."))))
                    }
                }
            }
        }
    }
}

/// One question: words to tap in a row, and a line to write in that is out of the way until it is wanted.
fn asked(look: &Look, state: &FormState, (question, choices): &Asked) -> Markup {
    let name = format!("answers.{}", question.id);
    let said = format!("{name}.text");
    let chosen = state.values.all(&name);
    let words = text_field(look, state, Field::new(&said, look.t("说的话", "In words")).max(500));
    let open = state.values.opt(&said).is_some() || state.error(&name, look.locale).is_some();
    html! {
        fieldset.field.picks {
            legend { (question.name.to(look.locale)) }
            p.hint { (question.ask.to(look.locale)) }
            @if let Some(wrong) = state.error(&name, look.locale) { p.error id={ "f-" (name) } { (wrong) } }
            div.chips {
                @for c in choices {
                    label.chip {
                        input type="checkbox" name=(name) value=(c.id) checked[chosen.contains(&c.id)];
                        (c.name.to(look.locale))
                    }
                }
            }
            @if open || question.choices.is_empty() { (words) }
            @else { (disclosure(look.t("写几句", "In words"), words)) }
        }
    }
}

/// Classes that the words to tap here usually mean, each with its word.
fn proposed(look: &Look, ctx: &Ctx, home: &MyHousehold) -> Vec<Choice> {
    let (pack, mut out) = (&ctx.site.pack, Vec::<Choice>::new());
    for question in pack.visit.asked(&home.tags) {
        for choice in question.offered(&home.tags) {
            for class in choice.propose.iter().filter_map(|code| pack.class(code)) {
                if out.iter().all(|c| c.value != class.code) {
                    let name = class.name.to(look.locale);
                    let word = choice.name.to(look.locale);
                    out.push(Choice::new(
                        class.code.as_str(),
                        look.t(&format!("{word}：{name}"), &format!("{word}: {name}")),
                    ));
                }
            }
        }
    }
    out
}

fn need(look: &Look, ctx: &Ctx, state: &FormState, home: &MyHousehold, n: usize) -> Markup {
    let (photos, proposed) = (ctx.site.pack.visit.photos > 0, proposed(look, ctx, home));
    let f = |part: &str| format!("n{n}.{part}");
    let then: Vec<Choice> =
        Then::ALL.iter().map(|t| Choice::new(t.key(), t.name().to(look.locale))).collect();
    let class = f("class");
    html! {
        div.stack {
            (hidden(&f("id"), state.value(&f("id"))))
            (textarea(look, state, Field::new(&f("text"), look.t("什么事", "What is it about")).max(requests::register::BODY_MAX).private(), 2))
            (combobox(look, state, Field::new(&class, look.t("哪一类", "Class"))
                .hint(look.t("打几个字就能找到；说不准的空着，由中心来分。", "Type a few letters; where nobody can say, the centre finds it.")),
                Combo::Source { src: "/classes/search", label: "" }))
            @if !proposed.is_empty() {
                (form::select(look, state, Field::new(&f("often"), look.t("常听到的（上面空着时用它）", "Often heard (used where the class is left)")).at_times(), &proposed))
            }
            @if home.people.len() > 1 {
                @let people: Vec<Choice> = home.people.iter().map(|p| Choice::new(p.id.to_string(), p.name.as_str())).collect();
                (form::select(look, state, Field::new(&f("person"), look.t("谁提的", "Who asks")), &people))
            }
            (checkboxes(look, state, Field::new(&f("consent"), look.t("本人同意登记", "They agree")).hint(look.t(
                "登记以后有编号，办到哪里、谁在办都会告诉他们。", "It gets a number, and they are told who handles it.")),
                &[Choice::new("yes", look.t("问过了，同意", "Asked, and they agree"))]))
            @if photos {
                (checkboxes(look, state, Field::new(&f("photos"), look.t("照片", "Pictures")),
                    &[Choice::new("yes", look.t("下面的照片和这件事有关，一起交上去", "Those below belong to it: send them along"))]))
            }
            (radios(look, state, Field::new(&f("then"), look.t("怎么办", "What now")), &then))
            (disclosure(look.t("当场办好的，写一句", "Settled on the spot: a line"), html! {
                (text_field(look, state, Field::new(&f("answer"), look.t("怎么办好的", "How it was settled")).max(500)))
                (radios(look, state, Field::new(&f("solved"), look.t("家里人说解决了没有", "Solved, they say")),
                    &[Choice::new("yes", look.t("解决了", "Yes")), Choice::new("no", look.t("没有", "No"))]))
                (web::components::grade_choice(look, state, Field::new(&f("grade"), look.t("满意不满意", "How satisfied"))))
            }))
        }
    }
}

fn promised(look: &Look, state: &FormState, n: usize) -> Markup {
    let (text, due, id) = (format!("promised.{n}"), format!("promised.{n}.due"), format!("promised.{n}.id"));
    html! {
        div.stack {
            (hidden(&id, state.value(&id)))
            (text_field(look, state, Field::new(&text, look.t("答应什么", "What")).max(200)))
            (date_field(look, state, Field::new(&due, look.t("哪天以前", "By when"))))
        }
    }
}
