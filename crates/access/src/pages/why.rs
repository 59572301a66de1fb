//! The permission table, for everybody to read; for whoever is signed in, also why they can or
//! cannot do something.

use crate::{Noun, TABLE, Verb, Visitor, Who, explain};
use axum::extract::Query;
use axum::response::IntoResponse;
use kernel::Role;
use maud::{Markup, html};
use web::components::{Column, Flash, FlashKind, Row, Table, card, card_with};
use web::form::{self, Choice, Field};
use web::{FormState, Look, Page, PageResult, Values};

/// What is asked. A unit's path is no secret; a case's number is never asked for here.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    verb: String,
    #[serde(default)]
    noun: String,
    #[serde(default)]
    path: String,
}

/// `GET /access/why`
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> PageResult {
    let look = &visitor.look;
    let (verb, noun) = (Verb::from_key(&asked.verb), Noun::from_key(&asked.noun));
    let mut page = Page::new(look, look.t("谁能做什么", "Who may do what"))
        .at("/access/why")
        .lede(html! { (look.t(
            "全部权限都在这张表里，表里没有的一律不能做。范围从岗位所在单位算起，卸任当天失效。",
            "Every permission stands in this table; what is not in it nobody may do. Reach is measured from the unit of the post, and ends with it.",
        )) });
    if let (Some(verb), Some(noun)) = (verb, noun) {
        let why = explain(&visitor.scope, verb, noun, asked.path.as_str());
        let kind = if why.allowed() { FlashKind::Ok } else { FlashKind::Warn };
        let line = format!(
            "{} · {} — {}",
            verb.name().to(look.locale),
            noun.name().to(look.locale),
            why.say().to(look.locale)
        );
        page = page.notice(Flash::new(kind, &line));
    }
    if visitor.account.is_some() {
        page = page.main(card(Some(look.t("我能不能…", "May I …")), question(&visitor, &asked)));
    }
    for who in everyone() {
        let mine = matches!(who, Who::Role(role) if visitor.scope.has(role));
        let tools = html! { @if mine { (web::components::pill(web::components::Tone::Ok, look.t("您在任", "Your post"))) } };
        page = page.main(card_with(who.name().to(look.locale), tools, rows(look, who)));
    }
    Ok(page.into_response())
}

fn everyone() -> impl Iterator<Item = Who> {
    [Who::Anyone, Who::Staff].into_iter().chain(Role::ALL.into_iter().map(Who::Role))
}

fn rows(look: &Look, who: Who) -> Markup {
    let locale = look.locale;
    Table::new(look, who.name().to(locale))
        .column(Column::new(look.t("对象", "What")).primary())
        .column(Column::new(look.t("范围", "Reach")))
        .column(Column::new(look.t("可以", "May")))
        .rows(TABLE.iter().filter(|r| r.who == who).map(|r| {
            let verbs: Vec<_> = r.verbs.iter().map(|v| v.name().to(locale).to_owned()).collect();
            Row::new(vec![
                html! { (r.noun.name().to(locale)) },
                html! { (r.reach.name().to(locale)) },
                html! { (verbs.join(look.t("、", ", "))) },
            ])
        }))
        .render()
}

fn question(visitor: &Visitor, asked: &Asked) -> Markup {
    let look = &visitor.look;
    let choice = |key: &str, name: kernel::Say| Choice::new(key, name.to(look.locale));
    let verbs: Vec<_> = Verb::ALL.iter().map(|v| choice(v.key(), v.name())).collect();
    let nouns: Vec<_> = Noun::ALL.iter().map(|n| choice(n.key(), n.name())).collect();
    let mut values = Values::default();
    values.set("verb", asked.verb.as_str());
    values.set("noun", asked.noun.as_str());
    values.set("path", asked.path.as_str());
    let state = FormState::new(values);
    html! {
        form.inline method="get" action="/access/why" {
            (form::select(look, &state, Field::new("verb", look.t("做什么", "Do what")).required(), &verbs))
            (form::select(look, &state, Field::new("noun", look.t("对什么", "To what")).required(), &nouns))
            (form::text_field(look, &state, Field::new("path", look.t("单位路径", "Path of the unit"))
                .hint(look.t("例如 /520000/01/", "Such as /520000/01/"))))
            (form::button(look.t("看原因", "Show why"), "", ""))
        }
    }
}
