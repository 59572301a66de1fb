//! The third step: what to know of the class, its own questions, where, pictures, who.

use super::take::Alike;
use super::{Asking, attach, card, carried, count, place, questions, spot, steps_form};
use crate::pages::eye::Eye;
use crate::pages::public::words;
use crate::pages::subject;
use crate::register::BODY_MAX;
use maud::{Markup, PreEscaped, html};
use pack::{Class, Moderation, PlaceNeed};
use rules::case::ClockKind;
use web::components::{Icon, Tone, definitions, disclosure, icon, pill, sticky_bar};
use web::form::{Field, error_summary, text_field, textarea};
use web::{Page, format};

pub(super) fn page(asking: &Asking, alike: &[Alike]) -> Page {
    let look = &asking.look;
    let class = asking.class();
    if let Some(stop) = class.filter(|_| must_stop(asking)) {
        return stopped(asking, stop);
    }
    let required = class.is_some_and(|c| c.place == PlaceNeed::Required);
    let own = [
        "text",
        "class",
        "seen",
        "place_text",
        "address",
        "name",
        "phone",
        "q_*",
        "at*",
        "kept",
        "subject*",
        card::APART,
    ];
    let body = html! {
        (error_summary(look, &asking.state))
        (carried(asking, &own))
        (web::form::hidden("class", asking.state.values.one("class")))
        // With a script the part below keeps it up to date.
        div data-live-src="/ask/similar" data-live-from={ "text class seen " (place::names(&asking.ctx).join(" ")) } { (similar(asking, alike)) }
        @if let Some(need) = class.and_then(|c| c.subject) {
            (subject::fields(look, &asking.state, &asking.ctx, need))
        }
        @if let Some(form) = class.and_then(|c| asking.ctx.site.pack.form_of(&c.code)) {
            @if let Some(stop) = rules::form::stopped(form, &questions::answers(&asking.state.values)) {
                (emergency(asking, stop.say.to(look.locale), &[]))
            }
            @let asked = asking.state.values.keys().any(|k| k.starts_with(questions::PREFIX));
            section.part {
                h2 { (look.t("几个小问题", "A few questions")) }
                (questions::fields(look, &asking.state, form, asked))
            }
        }
        @if class.is_none_or(|c| c.place != PlaceNeed::None) { (where_(asking, required)) }
        section.part {
            h2 { (look.t("有照片就更清楚", "Pictures help")) }
            (attach::field(look, &asking.state, &asking.ctx, asking.state.values.one("ask"), &asking.files, ""))
        }
        (who(asking))
        (card::part(asking))
        (disclosure(look.t("您说的事（可以改）", "What you wrote (change it here)"),
            textarea(look, &asking.state, Field::new("text", look.t("什么事", "What it is about")).required().max(BODY_MAX), 4)))
        (publicity(asking))
        (sticky_bar(html! { button.btn.main type="submit" name="step" value="send" { (look.t("提交", "Send")) } }))
    };
    Page::new(look, look.t("再补充几句", "A few particulars")).at("/ask").narrow().main(html! {
        (about(asking))
        section.card { (count(look, 3)) (steps_form(asking, Some("enter"), true, body)) }
    })
}

/// What to know of the class: who handles it, by when at the latest, what to bring.
fn about(asking: &Asking) -> Markup {
    let (look, ctx) = (&asking.look, &asking.ctx);
    let pack = &ctx.site.pack;
    let t = |zh, en| look.t(zh, en);
    let change = html! {
        // Of the form below, so that what stands in it comes along.
        button.btn.quiet type="submit" form="steps" name="step" value="class" formnovalidate { (t("换一类", "Another class")) }
    };
    let Some(class) = asking.class() else {
        return html! { section.card.about {
            div.cardhead { h2 { (t("由中心来定类别", "The centre finds the class")) } (change) }
            p { (t("中心会先看您写的内容，分给该办的单位，再告诉您由谁办、什么时候答复。",
                "The centre reads what you wrote, sends it to the right unit and tells you who answers and by when.")) }
        } };
    };
    let mut facts: Vec<(&str, Markup)> = Vec::new();
    if class.subject.is_some() {
        facts.push((
            t("谁来办", "Who handles it"),
            html! { (t("与被反映的单位不相干的上级", "A superior who is not involved")) },
        ));
    } else if let Some(kind) = pack.unit_kind(&class.handler) {
        facts.push((t("谁来办", "Who handles it"), html! { (kind.name.to(look.locale)) }));
    }
    if let Some(limit) = pack.limit(&class.code, class.kind, class.urgency, ClockKind::Answer) {
        let rule = rules::deadline::Rule {
            id: limit.id.clone(),
            version: limit.version.clone(),
            citation: limit.citation.clone(),
            limit: limit.limit,
            counting: pack.counting,
        };
        let due = rules::deadline::certify(&rule, ctx.at, &ctx.site.calendar);
        let say = limit.limit.say();
        let (day, limit) = (format::day_week(look.locale, due.due_day()), say.to(look.locale));
        facts.push((
            t("最迟答复", "Answered by"),
            html! {
                b { (day) } " " span.hint { (say!(look, "今天提交，{limit}", "if sent today: {limit}")) }
            },
        ));
    }
    let evidence = pack::evidence(class);
    if !class.evidence.is_empty() {
        facts.push((t("办结前要有", "Shown before sign-off"), html! { (evidence.to(look.locale)) }));
    }
    if let Some(note) = &class.note {
        facts.push((t("请留意", "Please note"), html! { (note.to(look.locale)) }));
    }
    let path = pack.class_path(&class.code);
    html! { section.card.about {
        div.cardhead { h2 { (class.name.to(look.locale)) } (change) }
        p.hint { (path.iter().take(2).map(|t| t.to(look.locale)).collect::<Vec<_>>().join(" › ")) }
        (definitions(&facts))
    } }
}

fn where_(asking: &Asking, required: bool) -> Markup {
    let look = &asking.look;
    let words = Field::new("place_text", look.t("具体位置", "The exact spot")).max(200).hint(look.t(
        "比如：小学门口往东 50 米、三组水井边。",
        "For example: 50 m east of the school gate, by the well of group 3.",
    ));
    html! {
        section.part {
            h2 { (look.t("在哪里", "Where")) }
            @if required { p.hint { (look.t("选到村就行，或者写清具体位置，两样有一样就可以。", "Choose as far as the village, or describe the spot: either will do.")) } }
            (place::fields(look, &asking.state, &asking.ctx, false))
            div.stack #spot data-live-src="/ask/map" data-live-from={ "map lon lat " (place::names(&asking.ctx).join(" ")) } {
                (spot::view(look, &asking.ctx, &asking.state.values, &asking.map))
            }
            (text_field(look, &asking.state, words))
        }
    }
}

fn who(asking: &Asking) -> Markup {
    let look = &asking.look;
    let visit = asking.class().is_some_and(|c| c.visit);
    let name = Field::new("name", look.t("怎么称呼您", "Your name"))
        .private()
        .autocomplete("name")
        .max(40)
        .hint(look.t("承办人联系您时用。", "So that the officer knows whom to ask for."));
    let phone = Field { inputmode: "tel", ..Field::new("phone", look.t("电话", "Telephone")) }
        .kind("tel")
        .private()
        .autocomplete("tel")
        .max(24)
        .hint(look.t(
            "用来发送受理、承办、结果三次告知，承办人也可能打给您。",
            "For the three notices (accepted, who handles it, the result); the officer may call, too.",
        ));
    html! {
        section.part {
            h2 { (look.t("怎么联系您", "How to reach you")) }
            p.hint { (look.t("都可以不填。不填就凭编号和查询码自己来查，一样办理。只有办理和回访的人能看到，不会公开。",
                "You may leave all of it out: then look it up with the number and code, and it is handled all the same. Only those who handle it or call back see this; it is never published.")) }
            (text_field(look, &asking.state, name))
            (text_field(look, &asking.state, phone))
            @if visit {
                (text_field(look, &asking.state, Field::new("address", look.t("上门地址", "Address for the visit"))
                    .private().autocomplete("street-address").max(120)
                    .hint(look.t("这类事要上门看。", "Somebody has to come and look."))))
            }
        }
    }
}

/// Whether others will read of it, said before it is sent.
fn publicity(asking: &Asking) -> Markup {
    let look = &asking.look;
    let ledger = &asking.ctx.site.pack.public_ledger;
    if !ledger.open {
        return html! {};
    }
    let how = asking.class().map_or(ledger.default, |c| c.moderation);
    html! {
        p.hint { (match how {
            Moderation::Never => look.t("这类事不公开。", "Matters of this class are never published."),
            Moderation::Look => look.t("审核后可能在公开台账上公开事由和进展；姓名、电话、门牌会遮去。",
                "After a look, the matter and its course may be published, with names, numbers and house numbers masked."),
            Moderation::Auto => look.t("事由和进展会在公开台账上公开；姓名、电话、门牌会自动遮去。",
                "The matter and its course are published, with names, numbers and house numbers masked."),
        }) }
    }
}

/// Open matters like this one, and the way to join them.
pub(super) fn similar(asking: &Asking, alike: &[Alike]) -> Markup {
    let look = &asking.look;
    let seen = asking.state.values.one("seen");
    let mut numbers: Vec<&str> = seen.split(' ').filter(|s| !s.is_empty()).collect();
    numbers.extend(alike.iter().map(|a| a.row.number.as_str()).filter(|n| !seen.contains(n)));
    let eye = Eye::new(look, &asking.ctx);
    html! {
        // Numbers the person has been shown; not offered in the way again.
        @if !numbers.is_empty() { (web::form::hidden("seen", &numbers.join(" "))) }
        @if !alike.is_empty() {
            section.alike role="status" {
                h2 { (look.t("是不是同一件事？", "Is it one of these?")) }
                p.hint { (look.t("加入后一样收到告知、一样评价，办得还更快。不是同一件，就接着往下填、再点提交。",
                    "Whoever joins gets the same notices and judges it all the same. If it is another matter, go on and send.")) }
                @for a in alike {
                    @let n = a.people;
                    div.one {
                        p { b { (words::masked(&a.row.public_title)) } }
                        p.meta {
                            span { (words::rough_place(&eye, a.row.place)) }
                            span { (say!(look, "已有 {n} 人", "{n} so far")) }
                            span { (pill(Tone::Info, a.row.state.name().to(look.locale))) }
                        }
                        button.btn type="submit" name="join" value=(a.row.number) formnovalidate {
                            (look.t("是这件，我也加入", "This one: I have it too"))
                        }
                    }
                }
            }
        }
    }
}

/// Whether the form has to stop here: an emergency of the class that was not put behind yet, or an
/// answer that calls for something else.
pub(super) fn must_stop(asking: &Asking) -> bool {
    let called = asking.state.values.one("called") == "1";
    let class = asking.class();
    let by_class = class.and_then(|c| c.stop.as_ref()).is_some_and(|s| !(s.may_go_on && called));
    let by_answer = matches!(asking.state.values.one("step"), "send" | "enter")
        && class
            .and_then(|c| asking.ctx.site.pack.form_of(&c.code))
            .is_some_and(|f| rules::form::stopped(f, &questions::answers(&asking.state.values)).is_some());
    by_class || by_answer
}

/// The page that says whom to call. It goes on only where the class lets it.
fn stopped(asking: &Asking, class: &Class) -> Page {
    let look = &asking.look;
    let answers = questions::answers(&asking.state.values);
    let by_answer = asking.ctx.site.pack.form_of(&class.code).and_then(|f| rules::form::stopped(f, &answers));
    let called = asking.state.values.one("called") == "1";
    let by_class = class.stop.as_ref().filter(|s| !(s.may_go_on && called));
    let may_go_on = by_class.is_some_and(|s| s.may_go_on);
    let back = html! {
        button.btn type="submit" name="step" value=(if by_class.is_some() { "class" } else { "details" }) formnovalidate {
            (if by_class.is_some() { look.t("不是这类事，回去改", "It is something else: go back") }
             else { look.t("选错了，回去改答案", "A slip: go back to the answers") })
        }
    };
    let body = html! {
        (carried(asking, &["called"]))
        @if may_go_on {
            (web::form::hidden("called", "1"))
            p { (look.t("危险已经过去，或者已经打过电话，还可以登记下来，由单位跟进。",
                "If the danger is over, or you have called, it can still be registered so that a unit follows it up.")) }
        } @else { (web::form::hidden("called", asking.state.values.one("called"))) }
        div.actions {
            @if may_go_on { button.btn type="submit" name="step" value="details" { (look.t("已经打过电话，继续登记", "I have called: go on")) } }
            (back)
        }
    };
    Page::new(look, look.t("先打电话，不要等", "Call first, do not wait")).at("/ask").narrow().main(html! {
        @match (by_class, by_answer) {
            (Some(stop), _) => (emergency(asking, stop.text.to(look.locale), &stop.call)),
            (None, Some(stop)) => (emergency(asking, stop.say.to(look.locale), &[])),
            _ => {}
        }
        section.card { (steps_form(asking, None, false, body)) }
    })
}

/// Whom to call for a class that cannot wait.
pub(in crate::pages::public) fn stop_card(asking: &Asking, class: &Class) -> Markup {
    match &class.stop {
        Some(stop) => emergency(asking, stop.text.to(asking.look.locale), &stop.call),
        None => html! {},
    }
}

fn emergency(asking: &Asking, text: &str, call: &[String]) -> Markup {
    let look = &asking.look;
    html! {
        section.stop role="alert" {
            p.say { (icon(Icon::Alert)) span { @if call.is_empty() { (dialled(text)) } @else { (text) } } }
            @if !call.is_empty() {
                div.calls { @for n in call {
                    a href={ "tel:" (n) } { (icon(Icon::Phone)) span.sr { (look.t("拨打", "Call ")) } b { (n) } }
                } }
            }
        }
    }
}

/// A text in which telephone numbers can be pressed.
fn dialled(text: &str) -> Markup {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        if (3..=12).contains(&digits.len()) {
            out.push_str(&html! { a href={ "tel:" (digits) } { (digits) } }.0);
        } else {
            out.push_str(digits);
        }
        digits.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            flush(&mut digits, &mut out);
            out.push_str(&html! { (c) }.0);
        }
    }
    flush(&mut digits, &mut out);
    PreEscaped(out)
}
