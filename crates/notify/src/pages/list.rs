//! `GET /outbox`: messages in my reach, by state and purpose, newest first.

use super::{purpose_name, tone};
use crate::model::{Message, Recipient, State};
use crate::store::{self, Filter};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State as Held};
use axum::response::IntoResponse;
use kernel::{MessageId, Result};
use maud::{Markup, html};
use web::components::{Column, Row, Tab, Table, empty_state, pager, pill, tabs};
use web::{Look, Page, PageResult, format};

/// Messages on one page.
const PAGE: usize = 50;

/// What to list.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    before: String,
}

impl Asked {
    fn link(&self, state: &str, purpose: &str, before: &str) -> String {
        let query: String = [("state", state), ("purpose", purpose), ("before", before)]
            .iter()
            .filter(|(_, v)| !v.is_empty())
            // Keys and ids only: nothing in them needs escaping once they were recognised.
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
            .join("&");
        if query.is_empty() { "/outbox".to_owned() } else { format!("/outbox?{query}") }
    }
}

/// `GET /outbox`
pub async fn show(Held(site): Held<SharedSite>, staff: Staff, Query(mut asked): Query<Asked>) -> PageResult {
    let limits = access::limits(&staff.scope, Verb::List, Noun::Outbox);
    if limits.is_empty() {
        staff.demand(Verb::List, Noun::Outbox, "")?;
    }
    let state = State::from_key(&asked.state);
    asked.state = state.map_or("", State::key).to_owned();
    let before: Option<MessageId> = asked.before.parse().ok();
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    asked.purpose.retain(known);
    let filter = Filter {
        state,
        purpose: Some(asked.purpose.clone()).filter(|p| !p.is_empty()),
        paths: limits.subtrees.iter().cloned().chain(limits.units.iter().map(|u| u.1.clone())).collect(),
        before,
        limit: PAGE + 1,
    };
    let mut found = site.db.read(move |tx| store::list(tx, &filter)).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let look = &staff.look;
    let states = states(look, &asked);
    let next =
        more.then(|| found.last().map(|m| asked.link(&asked.state, &asked.purpose, &m.id.to_string())));
    let first = before.map(|_| asked.link(&asked.state, &asked.purpose, ""));
    let mut page = Page::new(look, look.t("告知", "Messages"))
        .at("/outbox")
        .lede(html! { (look.t("发给诉求人和干部的每一条消息，到了哪一步。",
        "Every message to people and staff, and how far it has come.")) })
        .main(states);
    if !asked.purpose.is_empty() {
        let chip = web::components::Chip {
            label: purpose_name(&site, look.locale, &asked.purpose),
            href: asked.link(&asked.state, "", ""),
            on: true,
            ..Default::default()
        };
        page = page.main(web::components::chips(look, &[chip], html! {}));
    }
    let table = table(&site, &staff, &asked, &found)?;
    Ok(page.main(table).main(pager(look, first.as_deref(), next.flatten().as_deref(), "")).into_response())
}

fn states(look: &Look, asked: &Asked) -> Markup {
    let tab = |key: &str, label: &str| Tab {
        label: label.to_owned(),
        href: asked.link(key, &asked.purpose, ""),
        current: asked.state == key,
        count: None,
    };
    let mut items = vec![tab("", look.t("全部", "All"))];
    // What waits for somebody comes first.
    let order = [
        State::PermanentFailure,
        State::Created,
        State::Sending,
        State::TemporaryFailure,
        State::TechnicalFailure,
        State::Sent,
        State::Delivered,
        State::Replaced,
        State::CalledOff,
    ];
    items.extend(order.iter().map(|s| tab(s.key(), s.say().to(look.locale))));
    tabs(look.t("状态", "State"), &items)
}

fn table(site: &SharedSite, staff: &Staff, asked: &Asked, found: &[Message]) -> Result<Markup> {
    let look = &staff.look;
    let now = site.now();
    let rows = found.iter().map(|m| {
        let row = Row::new(vec![
            html! { (format::moment_near(look.locale, site.zone, m.created_at, now)) },
            html! { (purpose_name(site, look.locale, &m.purpose)) },
            html! { (to_whom(look, &m.to)) },
            pill(tone(m.state), m.state.say().to(look.locale)),
            html! { (m.channel.map_or("—".to_owned(), |c| c.say().to(look.locale).to_owned())) },
            html! { @match m.failed_reason {
                Some(r) => (r.say().to(look.locale)),
                None => "—",
            } },
        ]);
        if staff.may(Verb::View, Noun::Outbox, &m.path) { row.href(format!("/outbox/{}", m.id)) } else { row }
    });
    let nothing = match asked.state.as_str() {
        "permanent-failure" => look.t("没有送不到的消息。", "Every message has found its way."),
        _ => look.t("没有符合的消息。", "No message fits."),
    };
    Ok(Table::new(look, look.t("消息", "Messages"))
        .column(Column::new(look.t("时间", "Time")))
        .column(Column::new(look.t("事由", "About")).primary())
        .column(Column::new(look.t("发给", "To")))
        .column(Column::new(look.t("状态", "State")))
        .column(Column::new(look.t("方式", "Way")))
        .column(Column::new(look.t("原因", "Reason")).seldom())
        .rows(rows)
        .empty(empty_state(nothing, None))
        .render())
}

/// Whom it goes to, by kind: a name does not belong into a list of messages.
pub(super) fn to_whom<'a>(look: &Look, to: &Recipient) -> &'a str {
    match to {
        Recipient::Person(_) => look.t("诉求人", "The person who asked"),
        Recipient::Account(_) => look.t("工作人员", "Staff"),
        Recipient::Address(_) => look.t("指定地址", "A given address"),
    }
}
