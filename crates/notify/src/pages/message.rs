//! `GET /outbox/{id}`: one message, its course, and what a clerk does when it does not arrive.

use super::list::to_whom;
use super::{purpose_name, tone};
use crate::model::{APART, Act, Message, Passed, Replacement, State};
use crate::replace::NewReplacement;
use crate::store;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, State as Held};
use axum::response::IntoResponse;
use kernel::{Date, Error, MessageId, Result, Timestamp, Zone};
use maud::{Markup, html};
use web::components::{
    FlashKind, Mark, TimelineItem, button_link, card, definitions, disclosure, pill, timeline,
};
use web::form::{self, Choice, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format, redirect_with};

/// What the page shows.
struct Known {
    message: Message,
    history: Vec<Passed>,
    replacement: Option<Replacement>,
    by: Option<String>,
}

async fn load(site: &SharedSite, staff: &Staff, id: &str) -> Result<Known> {
    let id: MessageId = id.parse().map_err(|_| Error::NotFound)?;
    let known = site
        .db
        .read(move |tx| {
            let message = store::get(tx, id)?.ok_or(Error::NotFound)?;
            let replacement = store::replacement(tx, id)?;
            let by = match replacement.as_ref().and_then(|r| r.actor.account()) {
                Some(account) => access::accounts::by_id(tx, account)?.map(|a| a.name),
                None => None,
            };
            Ok(Known { message, history: store::history(tx, id)?, replacement, by })
        })
        .await?;
    if known.message.path == APART {
        return Err(Error::NotFound);
    }
    // Not found for whoever may not look: nobody learns of a case by asking for its messages.
    if !staff.may(Verb::View, Noun::Outbox, &known.message.path) {
        return Err(Error::NotFound);
    }
    Ok(known)
}

/// `GET /outbox/{id}`
pub async fn show(Held(site): Held<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let known = load(&site, &staff, &id).await?;
    Ok(page(&site, &staff, &known, &FormState::new(now_filled(&site))).into_response())
}

/// The form as it starts: told just now, by telephone.
fn now_filled(site: &SharedSite) -> Values {
    let now = site.zone.civil(site.now());
    let mut start = Values::default();
    start.set("act", Act::Telephone.key());
    start.set("acted_at", now.date().to_string());
    start.set("acted_time", format::clock(site.zone, site.now()));
    start
}

fn page(site: &SharedSite, staff: &Staff, known: &Known, state: &FormState) -> Page {
    let (look, m) = (&staff.look, &known.message);
    let locale = look.locale;
    let may_act = staff.may(Verb::Deliver, Noun::Outbox, &m.path);
    let mut page = Page::new(look, purpose_name(site, locale, &m.purpose))
        .at("/outbox")
        .crumbs(vec![web::page::Crumb { href: "/outbox".into(), label: look.t("告知", "Messages").into() }])
        .lede(html! {
            (pill(tone(m.state), m.state.say().to(locale)))
            @if let Some(reason) = m.failed_reason { " " (reason.say().to(locale)) }
        })
        .main(card(
            Some(look.t("内容", "The message")),
            html! {
                @if !m.subject.is_empty() { p lang=(m.locale.tag()) { b { (m.subject) } } }
                p lang=(m.locale.tag()) { (m.body) }
            },
        ))
        .aside(card(Some(look.t("情况", "How it stands")), facts(site, look, m)));
    if let Some(r) = &known.replacement {
        page = page.main(card(
            Some(look.t("另行告知", "Told in another way")),
            told(site, look, r, known.by.as_deref()),
        ));
    }
    if may_act && !m.state.told() {
        let title = look.t("已经另外告诉本人了", "They were told in another way");
        let form = replacement_form(look, m.id, state);
        // Nobody is asked to act while the program still tries; whoever has done so may say it.
        page = page.main(if m.state.open() && state.errors.is_empty() {
            disclosure(title, form)
        } else {
            card(Some(title), form)
        });
    }
    if may_act && matches!(m.state, State::PermanentFailure | State::Sent) {
        let action = format!("/outbox/{}/resending", m.id);
        page = page.main(card(Some(look.t("再发一次", "Send it again")), html! {
            p { (look.t("联系方式更正以后，可以重新发送。", "Once the telephone number is right, it can go out again.")) }
            (form::form(look, &action, form::button(look.t("重新发送", "Send again"), "", "")))
        }));
    }
    page.main(card(Some(look.t("经过", "What happened")), course(site, look, m, &known.history)))
}

fn facts(site: &SharedSite, look: &Look, m: &Message) -> Markup {
    let locale = look.locale;
    let when = |at: Option<Timestamp>| match at {
        Some(at) => html! { (format::moment_year(locale, site.zone, at)) },
        None => html! { "—" },
    };
    let mut all = vec![
        (look.t("发给", "To"), html! { (to_whom(look, &m.to)) }),
        (
            look.t("方式", "Way"),
            html! { (m.channel.map_or("—".to_owned(), |c| c.say().to(locale).to_owned())) },
        ),
        (
            look.t("文字", "Wording"),
            html! { code { (m.template) } " " (look.t("版本 ", "version ")) (m.template_version) },
        ),
        (look.t("发送次数", "Attempts"), html! { (m.attempts) }),
        (look.t("提交时间", "Queued"), when(Some(m.created_at))),
        (look.t("送达时间", "Delivered"), when(m.delivered_at)),
    ];
    if m.next_try_at.is_some() {
        all.push((look.t("下次尝试", "Next attempt"), when(m.next_try_at)));
    }
    html! {
        (definitions(&all))
        @if let Some(about) = m.about {
            p.actions { (button_link(look.t("看这一件", "Look at the case"), &format!("/requests/{about}"))) }
        }
    }
}

fn told(site: &SharedSite, look: &Look, r: &Replacement, by: Option<&str>) -> Markup {
    let at = |at| html! { (format::moment_year(look.locale, site.zone, at)) };
    html! {
        (definitions(&[
            (look.t("怎么告知", "How"), html! { (r.act.say().to(look.locale)) }),
            (look.t("什么时候", "When"), at(r.acted_at)),
            (look.t("谁登记的", "Recorded by"), html! { (by.unwrap_or("—")) }),
            (look.t("登记时间", "Recorded"), at(r.recorded_at)),
        ]))
        p { (r.note) }
    }
}

fn replacement_form(look: &Look, id: MessageId, state: &FormState) -> Markup {
    let acts: Vec<Choice> =
        Act::ALL.iter().map(|a| Choice::new(a.key(), a.say().to(look.locale).to_owned())).collect();
    let body = html! {
        (form::error_summary(look, state))
        (form::radios(look, state, Field::new("act", look.t("怎么告知的", "How")).required(), &acts))
        (form::date_field(look, state, Field::new("acted_at", look.t("哪一天", "On which day")).required()))
        (form::text_field(look, state, Field::new("acted_time", look.t("几点", "At what time")).kind("time").required()))
        (form::textarea(look, state, Field::new("note", look.t("告诉了谁，对方怎么说", "Who was told, and what they said"))
            .required().private().max(500), 3))
        div.actions { (form::submit(look.t("登记", "Record"))) }
    };
    form::form(look, &format!("/outbox/{id}/replacement"), body)
}

fn course(site: &SharedSite, look: &Look, m: &Message, history: &[Passed]) -> Markup {
    let item = |at: Timestamp, state: State, note: Option<Markup>| TimelineItem {
        when: format::moment(look.locale, site.zone, at),
        iso: format::iso(site.zone, at),
        title: html! { (state.say().to(look.locale)) },
        body: note,
        mark: match state {
            s if s.told() => Mark::Told,
            State::PermanentFailure => Mark::Alert,
            _ => Mark::Plain,
        },
    };
    let mut items = vec![item(m.created_at, State::Created, None)];
    items.extend(history.iter().map(|p| {
        let way = p.channel.map_or(String::new(), |c| c.say().to(look.locale).to_owned());
        let reason = crate::Reason::from_key(&p.detail).map(|r| r.say().to(look.locale).to_owned());
        let act = Act::from_key(&p.detail).map(|a| a.say().to(look.locale).to_owned());
        let detail = reason.or(act).unwrap_or_else(|| p.detail.clone());
        let words: Vec<&str> =
            [way.as_str(), &p.gateway, &detail].into_iter().filter(|w| !w.is_empty()).collect();
        item(p.at, p.state, (!words.is_empty()).then(|| html! { (words.join(" · ")) }))
    }));
    timeline(&items)
}

/// `POST /outbox/{id}/replacement`
pub async fn replace(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let known = load(&site, &staff, &id).await?;
    let actor = staff.act(Verb::Deliver, Noun::Outbox, &known.message.path)?;
    let (message, at) = (known.message.id, site.now());
    let done = match read(&values, site.zone) {
        Ok((act, acted_at)) => {
            let note = values.one("note").to_owned();
            site.db
                .write(move |tx| {
                    let new = NewReplacement { act, acted_at, actor: &actor, note: &note, at };
                    crate::replace::replace(tx, message, &new)
                })
                .await
                .map(drop)
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => {
            let said = staff.look.t("已登记，这条告知算完成了。", "Recorded: this message counts as told.");
            Ok(redirect_with(&format!("/outbox/{message}"), FlashKind::Ok, said))
        }
        // Told already, by this clerk's second click or by somebody else: there is no form any more.
        Err(error @ Error::Refused { .. }) => Err(error.into()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let page = page(&site, &staff, &known, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
    }
}

fn read(values: &Values, zone: Zone) -> Result<(Act, Timestamp)> {
    let act = Act::from_key(values.one("act"))
        .ok_or_else(|| Error::field("act", "请选择怎么告知的。", "Choose how they were told."))?;
    let day = values
        .parsed::<Date>("acted_at")
        .ok_or_else(|| Error::field("acted_at", "日期不对。", "This is no date."))?;
    let time = values.one("acted_time").split_once(':').and_then(|(h, m)| {
        let (h, m): (i8, i8) = (h.trim().parse().ok()?, m.trim().parse().ok()?);
        ((0..24).contains(&h) && (0..60).contains(&m)).then_some((h, m))
    });
    let (hour, minute) = time.ok_or_else(|| {
        Error::field("acted_time", "时间不对，例如 14:30。", "This is no time, such as 14:30.")
    })?;
    Ok((act, zone.instant(day.at(hour, minute, 0, 0))))
}

/// `POST /outbox/{id}/resending`
pub async fn resend(Held(site): Held<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    let known = load(&site, &staff, &id).await?;
    let actor = staff.act(Verb::Deliver, Noun::Outbox, &known.message.path)?;
    let (message, at) = (known.message.id, site.now());
    site.db.write(move |tx| crate::replace::resend(tx, message, &actor, at)).await?;
    let said = staff.look.t("已重新排队发送。", "It is in the queue again.");
    Ok(redirect_with(&format!("/outbox/{message}"), FlashKind::Ok, said))
}
