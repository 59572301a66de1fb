//! From the form to the use case: the number of the case-to-be, what is asked, and similar matters.

use super::{Asking, place, questions, spot};
use crate::ctx::Ctx;
use crate::led::{self, Tied};
use crate::model::Request;
use crate::notices::Told;
use crate::register::{NewRequest, Registered};
use crate::store::ledger::{self, Filter, Reach, Sort, Standing};
use crate::store::people;
use access::identity::NewPerson;
use db::Tx;
use kernel::{DAY, FieldError, RequestId, Result, UnitId};
use rules::similar::{Grams, score};

/// A form may stand open so long and still be the same case when sent twice.
const OPEN: i64 = DAY;

/// From this likeness on another matter is offered, in thousandths.
const ALIKE: u32 = 240;

/// How many open matters are compared, latest first.
const LOOKED_AT: i64 = 120;

/// A number for the case-to-be, signed: sorting goes by it, so nobody may make one up.
pub(super) fn seal(ctx: &Ctx) -> String {
    let id = RequestId::new(ctx.at, &*ctx.site.chance);
    format!("{id}.{}", mac(ctx, &id))
}

fn mac(ctx: &Ctx, id: &RequestId) -> String {
    hex::encode(&ctx.site.secret.mac("ask", &id.bytes())[..12])
}

/// The number, where it is ours and not too old.
pub(super) fn unseal(ctx: &Ctx, text: &str) -> Option<RequestId> {
    let (id, sign) = text.split_once('.')?;
    let id: RequestId = id.parse().ok()?;
    let made = (id.0.as_u128() >> 80) as i64;
    (mac(ctx, &id) == sign && (-1_000..OPEN).contains(&(ctx.at.0 - made))).then_some(id)
}

/// Faults of the answers to the class's own questions, beside their fields.
pub(super) fn question_faults(asking: &Asking) -> Vec<FieldError> {
    let Some(form) = asking.class().and_then(|c| asking.ctx.site.pack.form_of(&c.code)) else {
        return Vec::new();
    };
    let sent = questions::answers(&asking.state.values);
    let faults = rules::form::validate(form, &sent).err().unwrap_or_default();
    faults
        .into_iter()
        .map(|f| FieldError { field: format!("{}{}", questions::PREFIX, f.field), ..f })
        .collect()
}

/// Faults named by the use case, moved to the fields of this page.
pub(super) fn own_faults(asking: &Asking, faults: Vec<FieldError>) -> Vec<FieldError> {
    let form = asking.class().and_then(|c| asking.ctx.site.pack.form_of(&c.code));
    let mut out: Vec<FieldError> = Vec::new();
    for mut fault in faults {
        if form.is_some_and(|f| questions::is_question(f, &fault.field)) {
            fault.field = format!("{}{}", questions::PREFIX, fault.field);
        } else {
            fault.field = match fault.field.as_str() {
                "body" | "title" => "text".into(),
                "place" => "at0".into(),
                other => other.to_owned(),
            };
        }
        if !out.contains(&fault) {
            out.push(fault);
        }
    }
    out
}

/// Whom it is about, where the class asks.
pub(super) fn subject(asking: &Asking) -> Result<crate::shield::Subject> {
    match asking.class().and_then(|c| c.subject) {
        Some(_) => crate::pages::subject::read(&asking.ctx, &asking.state.values),
        None => Ok(Default::default()),
    }
}

/// Registers it. Whoever sent the same form before gets what that gave.
pub(super) async fn register(asking: &Asking) -> Result<Registered> {
    let (ctx, values) = (&asking.ctx, &asking.state.values);
    let own = |name: &str| values.opt(name).map(str::to_owned);
    let mut new = NewRequest::new(ctx, &channel(ctx));
    new.id = unseal(ctx, values.one("ask")).unwrap_or(new.id);
    new.class = asking.class().map(|c| c.code.clone()).unwrap_or_default();
    new.body = asking.text().to_owned();
    new.answers = questions::answers(values);
    new.point = spot::point(ctx, values).await?;
    new.place_text = values.one("place_text").chars().take(200).collect();
    let named = || ctx.dir.locate(&new.place_text, ctx.today()).map(|u| u.id);
    new.place = place::of(ctx, values).or_else(named);
    new.person = NewPerson {
        name: own("name"),
        phone: own("phone"),
        address: own("address"),
        locale: asking.look.locale,
        ..NewPerson::default()
    };
    new.subject = subject(asking)?;
    new.told = Told::OnPage;
    new.files = asking.files.clone();
    let Some(word) = asking.tied().map(str::to_owned) else {
        return crate::register::register_now(ctx, &new).await;
    };
    let class = new.class.clone();
    let tie = move |tx: &mut dyn Tx, ctx: &Ctx, request: RequestId| {
        led::tie(tx, ctx, &word, &Tied { request, class: class.clone() })
    };
    crate::register::register_and(ctx, &new, tie).await
}

/// What this very form gave when it was sent before.
pub(super) async fn done_before(asking: &Asking) -> Result<Option<Registered>> {
    let Some(id) = unseal(&asking.ctx, asking.state.values.one("ask")) else { return Ok(None) };
    let row = asking.ctx.read(move |tx, _| crate::store::request::by_id(tx, id)).await?;
    Ok(row.map(|r| Registered { id, number: r.number, code: r.code, due: r.answer_due }))
}

/// The pack's channel for this site's public pages.
pub(in crate::pages::public) fn channel(ctx: &Ctx) -> String {
    let web = ctx.site.pack.channels.iter().find(|c| c.kind == pack::ChannelKind::Web);
    web.map_or("web", |c| c.id.as_str()).to_owned()
}

/// An open matter like the one being asked for.
pub(super) struct Alike {
    pub(super) row: Request,
    /// How many people have it so far.
    pub(super) people: usize,
}

/// Open published matters of the same kind that speak of the same, at the same place where both say
/// where; the likest first, three at most.
pub(super) async fn alike(asking: &Asking) -> Result<Vec<Alike>> {
    let Some(class) = asking.class().map(|c| c.code.clone()) else { return Ok(Vec::new()) };
    let place = place::of(&asking.ctx, &asking.state.values);
    let mine = Grams::of("", asking.text());
    let after = i64::from(asking.ctx.site.pack.public_ledger.after_days) * DAY;
    if !asking.ctx.site.pack.public_ledger.open {
        return Ok(Vec::new());
    }
    asking
        .ctx
        .read(move |tx, ctx| {
            let above = class.rfind('.').map_or(class.as_str(), |at| &class[..at]).to_owned();
            let filter = Filter {
                standing: Standing::Live,
                class: Some(above),
                to: (after > 0).then(|| ctx.at.plus(-after)),
                ..Filter::default()
            };
            let rows = ledger::page(tx, Reach::Public, &filter, Sort::Received, None, ctx.at, LOOKED_AT)?;
            let mut scored: Vec<(u32, Request)> = rows
                .into_iter()
                .filter(|r| r.state.owes_answer() && near(ctx, place, r.place))
                .map(|r| (score(&mine, &Grams::of(&r.title, &r.body)), r))
                .filter(|(s, _)| *s >= ALIKE)
                .collect();
            scored.sort_by_key(|(s, _)| std::cmp::Reverse(*s));
            scored
                .into_iter()
                .take(3)
                .map(|(_, row)| Ok(Alike { people: people::joined(tx, row.id)?.len() + 1, row }))
                .collect()
        })
        .await
}

/// Whether two places lie in the same unit of the first level that people choose from. Where
/// neither says where, they may be the same.
fn near(ctx: &Ctx, mine: Option<UnitId>, theirs: Option<UnitId>) -> bool {
    let levels = place::levels(ctx);
    let Some(level) = levels.first() else { return true };
    let at = |unit: Option<UnitId>| unit.and_then(|p| ctx.dir.at_level(p, &level.id)).map(|u| u.id);
    match (at(mine), at(theirs)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => true,
        _ => false,
    }
}
