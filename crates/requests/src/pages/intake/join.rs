//! Joining an open matter instead of registering it again, with what the form says so far.

use super::desk::{Desk, Screen};
use super::{read, receipt, ticket, window};
use crate::acts::join::{Join, join};
use crate::register::named;
use crate::store::request;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Request, State};
use kernel::{Error, PersonId, Result};
use web::{FormState, PageResult};

/// `POST /intake/joinings`
pub(super) async fn submit(State(site): State<SharedSite>, staff: Staff, request: Request) -> PageResult {
    let mut desk = Desk::sent(&site, &staff, None, request).await?;
    match go(&desk).await {
        Ok((number, key)) => Ok(receipt::redirect(&desk, &number, Some(key))),
        Err(error) => {
            let values = std::mem::take(&mut desk.state.values);
            desk.state = FormState::refused(values, error)?;
            match desk.screen {
                Screen::Hotline => super::hotline::refused(&desk).await,
                _ => window::refused(&desk).await,
            }
        }
    }
}

async fn go(desk: &Desk) -> Result<(String, PersonId)> {
    let v = &desk.state.values;
    access::demand(&desk.ctx.scope, Verb::Register, Noun::Request, desk.ctx.path(desk.unit))?;
    let person = read::person(desk);
    if !named(&person) {
        return Err(Error::field(
            "phone",
            "并入要留下电话或姓名，好单独告知。",
            "To join, leave a telephone number or a name: each is told on their own.",
        ));
    }
    let phone = person.phone.as_deref();
    if phone.is_some_and(|p| access::identity::normal_phone(p).is_none()) {
        return Err(Error::field(
            "phone",
            "电话号码不完整，请检查。",
            "The telephone number is not complete.",
        ));
    }
    let number = v.one("into").to_owned();
    let key = PersonId(ticket::id_of(&desk.ctx, v.one("joiner")));
    let (channel, words, told) = (read::channel(desk), v.one("body").to_owned(), read::told(v));
    let done = desk
        .ctx
        .write(move |tx, ctx| {
            // Who may join it is asked by the act: staff who see it, and anyone where it is published.
            let id = request::by_number(tx, &number)?.ok_or(Error::NotFound)?.id;
            let input = Join {
                id,
                key,
                person: person.clone(),
                channel: channel.clone(),
                words: words.clone(),
                told,
            };
            join(tx, ctx, &input)
        })
        .await?;
    Ok((done.number, key))
}
