//! The parts of the page: what is waited for, judging, the answer, who, what was said, what else can be
//! done.

use super::{Mine, departure, files_of};
use crate::pages::eye::Eye;
use crate::pages::public::{attach, questions, words};
use crate::register::BODY_MAX;
use maud::{Markup, html};
use rules::case::{ClockKind, State, Verb, Word};
use web::components::{
    Flash, FlashKind, Pair, actions, button_link, card, definitions, disclosure, flash, grade_choice, yes_no,
};
use web::form::{Field, FormOptions, FormState, error_summary, form_with, hidden, submit, textarea};

/// Which form came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Judge,
    Supplement,
    Reopen,
}

/// The forms of the page as they stand: one of them may have come back.
#[derive(Default)]
pub(super) struct Forms {
    back: Option<(Which, FormState)>,
    files: Vec<crate::uploads::Upload>,
}

impl Forms {
    pub(super) fn with(which: Which, state: FormState) -> Forms {
        Forms { back: Some((which, state)), files: Vec::new() }
    }

    pub(super) fn with_files(mut self, files: Vec<crate::uploads::Upload>) -> Forms {
        self.files = files;
        self
    }

    pub(super) fn refused(&self) -> bool {
        self.back.is_some()
    }

    fn of(&self, which: Which) -> FormState {
        self.back.as_ref().filter(|(w, _)| *w == which).map(|(_, s)| s.clone()).unwrap_or_default()
    }

    fn open(&self, which: Which) -> bool {
        self.back.as_ref().is_some_and(|(w, _)| *w == which)
    }
}

/// A key for one sending of a form, and the last event it was made after.
fn once(eye: &Eye, mine: &Mine, state: &FormState) -> Markup {
    let mut bytes = [0u8; 12];
    eye.ctx.site.chance.fill(&mut bytes);
    let key =
        Some(state.value("key")).filter(|k| !k.is_empty()).map_or_else(|| hex::encode(bytes), str::to_owned);
    html! { (hidden("key", &key)) (hidden("seq", &mine.case.row.seq.to_string())) }
}

/// The same for a form that has not been sent yet.
pub(super) fn once_fields(eye: &Eye, mine: &Mine) -> Markup {
    once(eye, mine, &FormState::default())
}

/// What the case waits for, where it waits for the person.
pub(super) fn waiting(eye: &Eye, mine: &Mine) -> Markup {
    if mine.case.row.state != State::Paused || mine.left {
        return html! {};
    }
    let asked = mine.entries.iter().rfind(|e| e.verb == "pause");
    let text = asked.map(|e| mine.readable(e)).unwrap_or_default();
    let body = html! {
        p { b { (eye.t("请您补充：", "Please add: ")) } span.lines { (text) } }
        p { a href="#add" { (eye.t("现在补充", "Add it now")) } }
    };
    flash(&Flash { kind: FlashKind::Warn, text: body })
}

/// What the superior ruled, who that was, what it means for the person's no, and where to go from there.
pub(super) fn ruled(eye: &Eye, mine: &Mine) -> Markup {
    let Some(ruling) = mine.ruling() else { return html! {} };
    let (look, site) = (&eye.look, &eye.ctx.site.pack.site);
    let unit = ruling.unit.map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let day = eye.day(ruling.at);
    let what = if Mine::is_upheld(ruling) {
        say!(look, "{day}，{unit}裁定：维持答复。", "On {day} {unit} ruled: the answer stands.")
    } else {
        say!(look, "{day}，{unit}裁定：退回重新办理。", "On {day} {unit} ruled: it is worked on again.")
    };
    let why = mine.readable(ruling);
    let body = html! {
        p { b { (what) } }
        @if !why.is_empty() { p.lines { (why) } }
        p { (eye.t("您说的“没有解决”照样计数，不会改成满意。", "Your word that it is not solved stands: it is never counted as satisfied.")) }
        @if Mine::is_upheld(ruling) {
            p.hint {
                (say!(look, "不同意这个裁定，可以打 {phone} 或到任何服务窗口投诉。", "If you do not agree, complain by calling {phone} or at any service window.", phone = site.hotline))
            }
        }
    };
    card(Some(eye.t("上级复核结果", "What the superior ruled")), body)
}

/// The person's word: asked where it is theirs to give, shown where it was given.
pub(super) fn judging(eye: &Eye, mine: &Mine, forms: &Forms) -> Markup {
    let look = &eye.look;
    let number = &mine.case.row.number;
    let given = mine.own_word(&eye.ctx);
    if !mine.may.contains(&Verb::Judge) && (!mine.is_late() || given.is_some()) {
        return html! {
            @if let Some(w) = given.filter(|w| matches!(w.word, Word::Solved | Word::NotSolved)) {
                (card(Some(eye.t("您的评价", "Your word")), html! {
                    p {
                        b { (w.word.name().to(look.locale)) }
                        @if let Some(s) = w.satisfaction { (eye.t("，", ", ")) (s.name().to(look.locale)) }
                        span.hint { " " (eye.moment(w.at)) }
                    }
                    @if !w.note.is_empty() { p.lines { (w.note) } }
                }))
            }
        };
    }
    let state = forms.of(Which::Judge);
    let pack = &eye.ctx.site.pack;
    let row = &mine.case.row;
    let rework = pack.limit(&row.class, row.kind, row.urgency, ClockKind::Rework).map(|l| l.limit.say());
    let rework = rework.map(|s| s.to(look.locale).to_owned()).unwrap_or_default();
    let no = if mine.is_late() {
        eye.t(
            "先提的人已经评过了；您说的也记下来，并转给责任人。",
            "The one who asked first has spoken; what you say is kept, too, and the officer is told.",
        )
        .to_owned()
    } else if row.reworks == 0 {
        say!(
            look,
            "选“没有解决”：退回重新办理，{rework}内再答复您；还不行，由上级复核。不会因此为难您。",
            "If you say no, it is worked on again and answered within {rework}; after a second no a superior reviews it. Saying no has no drawback for you."
        )
    } else {
        eye.t(
            "选“没有解决”：由上级复核，并告诉您结果。",
            "If you say no, a superior reviews it and tells you the outcome.",
        )
        .to_owned()
    };
    let action = format!("/r/{number}/judgement");
    let body = html! {
        (error_summary(look, &state))
        (once(eye, mine, &state))
        (yes_no(look, &state, Field::new("word", eye.t("您说的事解决了吗？", "Is what you asked for solved?")).required().hint(&no),
            eye.t("解决了", "Solved"), eye.t("没有解决", "Not solved")))
        (grade_choice(look, &state, Field::new("grade", eye.t("对办理的态度和速度满意吗？", "And how it was handled: are you satisfied?"))
            .hint(eye.t("和上面分开算，可以不选。", "Counted apart from the first question; you may leave it out."))))
        (textarea(look, &state, Field::new("note", eye.t("想说的话", "In your own words")).max(500), 3))
        (actions(submit(eye.t("提交评价", "Send"))))
    };
    html! {
        section.card #judge {
            h2 { (eye.t("请您评价", "Please judge it")) }
            @if given.is_some() { p.hint { (eye.t("您评过一次，再提交会代替上次的。", "You judged it before; sending again replaces that.")) } }
            (form_with(look, FormOptions { action: &action, ..FormOptions::default() }, body))
        }
    }
}

/// The answer in full.
pub(super) fn answer(eye: &Eye, mine: &Mine) -> Markup {
    let row = &mine.case.row;
    let Some(answer) = &row.answer else { return html! {} };
    let title = match row.state {
        State::NotAccepted => eye.t("不予受理的依据和正确途径", "Why it is not accepted, and the right way"),
        _ if row.unsolvable => eye.t("答复：不能解决，原因是", "Answer: it cannot be solved, because"),
        _ => eye.t("答复", "The answer"),
    };
    let text = if mine.joined.is_some() { mine.hidden(answer) } else { answer.clone() };
    card(Some(title), html! { p.lines.answer { (text) } })
}

/// Who answers for it.
pub(super) fn who(eye: &Eye, mine: &Mine) -> Markup {
    let (row, look) = (&mine.case.row, &eye.look);
    let site = &eye.ctx.site.pack.site;
    let phone = eye.ctx.dir.get(row.unit).and_then(|u| u.phone.clone());
    let call = |n: &str| html! { a href={ "tel:" (n) } { (n) } };
    let named = mine.entries.iter().any(|e| e.verb == "name" || e.verb == "settle");
    let mut facts = vec![(eye.t("承办单位", "Handling unit"), html! { (eye.unit(row.unit)) })];
    let officer = eye.officer(row.officer);
    let title = if named { eye.t("责任人", "Officer") } else { eye.t("目前负责", "Answers for now") };
    // What ended before anybody was named is nobody's any more.
    if named || !row.state.is_end() {
        facts.push((title, html! { (officer) }));
    }
    match &phone {
        Some(n) => facts.push((eye.t("单位电话", "Telephone"), call(n))),
        None => facts.push((eye.t("热线", "Hotline"), call(&site.hotline))),
    }
    if row.first_unit != row.unit {
        facts.push((
            eye.t("首接单位", "First received by"),
            html! {
                (eye.unit(row.first_unit)) " " span.hint { (eye.t("负责到底", "accountable to the end")) }
            },
        ));
    }
    let n = mine.case.joined.len() + 1;
    if n > 1 {
        facts.push((
            eye.t("反映人数", "People"),
            html! { (say!(look, "{n} 人有同一件事", "{n} have the same matter")) },
        ));
    }
    card(Some(eye.t("谁负责", "Who answers for it")), definitions(&facts))
}

/// What was asked, as it was written.
pub(super) fn said(eye: &Eye, mine: &Mine) -> Markup {
    let (row, look) = (&mine.case.row, &eye.look);
    let pack = &eye.ctx.site.pack;
    let answers = match pack.form_of(&row.class) {
        Some(form) if mine.joined.is_none() => questions::said(look.locale, form, &row.answers),
        _ => Vec::new(),
    };
    let place = if mine.joined.is_some() { words::rough_place(eye, row.place) } else { eye.place(row) };
    let (received, class) = (eye.moment(row.received_at), eye.class(&row.class));
    let mut facts = vec![
        Pair::text(eye.t("收到", "Received"), &received),
        Pair::text(eye.t("来自", "By way of"), eye.channel(&row.channel)),
        Pair::text(eye.t("类别", "Class"), &class),
    ];
    if !place.is_empty() {
        facts.push(Pair::text(eye.t("地点", "Place"), &place));
    }
    facts.extend(answers.iter().map(|(q, a)| Pair::text(q, a)));
    let own = mine.joined.and_then(|n| mine.case.joined.get(n - 1));
    let title = if own.is_some() {
        eye.t("这件诉求", "The matter")
    } else {
        eye.t("您反映的事", "What you asked for")
    };
    card(
        Some(title),
        html! {
            p.lines { (if own.is_some() { mine.hidden(&row.public_body) } else { row.body.clone() }) }
            @if let Some(j) = own.filter(|j| !j.words.is_empty()) {
                p { b { (eye.t("您补充说：", "You added: ")) } span.lines { (j.words) } }
            }
            (definitions(&facts))
            @if !mine.files.is_empty() { (files_of(eye.locale(), &format!("/r/{}", row.number), &mine.files)) }
        },
    )
}

/// What else can be done: add, have it opened again, take it back.
pub(super) fn more(eye: &Eye, mine: &Mine, forms: &Forms) -> Markup {
    let row = &mine.case.row;
    html! {
        @if !row.state.is_end() && !mine.left { (supplement(eye, mine, forms)) }
        @if mine.may.contains(&Verb::Reopen) { (reopening(eye, mine, forms)) }
        @if mine.may_leave { (departure::offer(eye, mine)) }
        @else if mine.may.contains(&Verb::Withdraw) {
            p { (button_link(eye.t("我要撤回", "Take it back"), &format!("/r/{}/withdrawal", row.number))) }
        }
    }
}

fn supplement(eye: &Eye, mine: &Mine, forms: &Forms) -> Markup {
    let (look, number) = (&eye.look, &mine.case.row.number);
    let state = forms.of(Which::Supplement);
    let action = format!("/r/{number}/supplement");
    let body = html! {
        (error_summary(look, &state))
        (once(eye, mine, &state))
        (textarea(look, &state, Field::new("text", eye.t("补充什么", "What to add")).required().max(BODY_MAX), 4))
        (attach::field(look, &state, &eye.ctx, number, &forms.files, ""))
        (actions(submit(eye.t("提交补充", "Send"))))
    };
    let body = form_with(
        look,
        FormOptions { action: &action, files: true, draft: "add", ..FormOptions::default() },
        body,
    );
    let title = eye.t("补充情况", "Add to it");
    html! {
        @if mine.case.row.state == State::Paused || forms.open(Which::Supplement) {
            section.card #add { h2 { (title) } (body) }
        } @else {
            section.card #add { (disclosure(title, body)) }
        }
    }
}

fn reopening(eye: &Eye, mine: &Mine, forms: &Forms) -> Markup {
    let (look, number) = (&eye.look, &mine.case.row.number);
    let state = forms.of(Which::Reopen);
    let action = format!("/r/{number}/reopening");
    let taken_back = mine.case.row.state == State::Withdrawn;
    let why = match taken_back {
        true => eye.t("撤回错了，或者还是要办？写一句就接着办：编号不变，写过的不用再写，办理时限从今天重新算。",
            "Taken back by mistake, or needed after all? Say so, and it goes on under its number; nothing has to be told twice, and its dates are counted from today."),
        false => eye.t("办结了，可问题又出现或者其实没有解决？写明情况，就重新办理，不用从头再说。",
            "It was ended, but the trouble is back or was never solved? Say how it is, and work starts again; nothing has to be told twice."),
    };
    let ask = match taken_back {
        true => eye.t("还要办", "Have it worked on after all"),
        false => eye.t("申请重新办理", "Have it worked on again"),
    };
    let body = html! {
        (error_summary(look, &state))
        (once(eye, mine, &state))
        p { (why) }
        (textarea(look, &state, Field::new("reason", eye.t("现在的情况", "How it is now")).required().max(BODY_MAX), 3))
        (actions(submit(ask)))
    };
    let body = form_with(look, FormOptions { action: &action, ..FormOptions::default() }, body);
    let title = match taken_back {
        true => eye.t("还要办？", "Needed after all?"),
        false => eye.t("问题还在？", "Still not right?"),
    };
    html! {
        @if forms.open(Which::Reopen) { section.card { h2 { (title) } (body) } }
        @else { section.card { (disclosure(title, body)) } }
    }
}
