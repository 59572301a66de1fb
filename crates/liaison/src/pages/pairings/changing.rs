//! The forms to hand over and to end: whom one may give households to, and a look at what an end leaves behind.

use crate::pages::heads::head;
use crate::{Pairing, carers, read};
use access::{Noun, Verb};
use kernel::{AccountId, Error, HouseholdId, PairingId, Result, Text};
use maud::{Markup, html};
use pack::PairingKind;
use register::households;
use requests::Ctx;
use rules::mask::surname_only;
use std::collections::HashMap;
use web::components::card;
use web::form::{self, Choice, Combo, Field, Values};
use web::{FormState, Look};

/// People to choose from at once; of more one looks for a name or a unit.
const MOST: usize = 100;
/// People who are looked at for that, full ones among them.
const LOOKED: usize = 600;

/// Somebody who may take over.
pub(super) struct Taker {
    account: AccountId,
    name: String,
    unit: Text,
    load: i64,
    quota: u32,
}

/// Whoever may take over `open`, which is of `kind`, and has room, by name or unit where `who` is given; and whether there
/// are more.
///
/// Errors: those of the database.
pub(super) fn takers(
    tx: &mut dyn db::Tx,
    ctx: &Ctx,
    kind: &PairingKind,
    open: &Pairing,
    who: &str,
) -> Result<(Vec<Taker>, bool)> {
    let near = carers::candidates(tx, &ctx.dir, kind, &open.path, ctx.today())?;
    let full = |unit| ctx.dir.full_name(unit, kernel::Locale::Zh);
    let fits = |c: &carers::Candidate| who.is_empty() || c.name.contains(who) || full(c.unit).contains(who);
    let mut found = Vec::new();
    for (n, c) in near.into_iter().filter(|c| c.account != open.account && fits(c)).enumerate() {
        if found.len() == MOST || n == LOOKED {
            return Ok((found, true));
        }
        let load = read::load(tx, c.account, &kind.id)?;
        if load < i64::from(kind.quota) {
            let unit = ctx.dir.get(c.unit).map_or_else(Text::default, |u| u.name.clone());
            found.push(Taker { account: c.account, name: c.name, unit, load, quota: kind.quota });
        }
    }
    Ok((found, false))
}

/// What the households of `all` are called for whoever looks: the surname of the head with the code, where they may list
/// the household or it is their own.
///
/// Errors: those of the database and the vault.
pub(super) fn called(
    tx: &mut dyn db::Tx,
    ctx: &Ctx,
    own: bool,
    all: &[Pairing],
) -> Result<HashMap<HouseholdId, String>> {
    let mut names = HashMap::new();
    for p in all.iter().filter(|p| p.is_in_force(ctx.today())) {
        let Some(home) = households::get(tx, p.household)? else { continue };
        if own || access::may(&ctx.scope, Verb::List, Noun::Household, home.path.as_str()) {
            names.insert(p.household, surname_only(&head(tx, ctx, &home)?));
        }
    }
    Ok(names)
}

/// What the form is made of.
pub(super) struct Changing<'a> {
    pub action: &'a str,
    /// In the order of their places.
    pub open: &'a [&'a Pairing],
    /// What a household is called, and where it is.
    pub home: &'a dyn Fn(&Pairing) -> (String, String),
    pub takers: &'a [Taker],
    /// Not all who may take over are among them.
    pub more: bool,
    /// What was typed to find them.
    pub who: &'a str,
}

impl Changing<'_> {
    pub fn form(&self, look: &Look, state: &FormState) -> Markup {
        let homes: Vec<Choice> = self
            .open
            .iter()
            .map(|p| {
                let (name, place) = (self.home)(p);
                Choice::new(p.id.to_string(), name).hint(place)
            })
            .collect();
        let people: Vec<Choice> = self
            .takers
            .iter()
            .map(|t| {
                Choice::new(
                    t.account.to_string(),
                    format!("{} · {} · {} / {}", t.name, t.unit.to(look.locale), t.load, t.quota),
                )
            })
            .collect();
        let some = !people.is_empty();
        html! {
            @if some || !self.who.is_empty() { (self.finding(look)) }
            (form::form(look, self.action, html! {
                (form::error_summary(look, state))
                (form::hidden("who", self.who))
                (form::checkboxes(look, state, Field::new("pairing", look.t("哪些户", "Which households")), &homes))
                @if some {
                    (form::combobox(look, state, Field::new("to", look.t("交给谁", "To whom"))
                        .hint(look.t("只列还没到上限的人：姓名 · 单位 · 已联系几户 / 上限", "Those with room: name · unit · households / the most")), Combo::Choices(&people)))
                    @if self.more { p.hint { (look.t("没有列全，请在上面按姓名或单位找。", "Not all of them: look for a name or a unit above.")) } }
                }
                (form::date_field(look, state, Field::new("on", look.t("从哪天起", "From which day")).required()))
                (form::text_field(look, state, Field::new("basis", look.t("依据", "On what ground")).required().max(200)))
                div.actions {
                    @if some {
                        (form::button(look.t("交接选中的", "Hand over those chosen"), "do", "hand-over"))
                        (form::button(look.t("全部交接", "Hand over all"), "do", "hand-over-all"))
                    }
                    (form::button(look.t("结束选中的", "End those chosen"), "do", "end"))
                    (form::button(look.t("全部结束", "End all"), "do", "end-all"))
                }
            }))
        }
    }

    fn finding(&self, look: &Look) -> Markup {
        let mut typed = Values::default();
        typed.set("who", self.who);
        html! {
            // Back to where one typed, past the table above.
            form.search-line id="hand-over" method="get" action={ (self.action) "#hand-over" } role="search" {
                (form::text_field(look, &FormState::new(typed), Field::new("who", look.t("找接手的人", "Find who takes over")).max(40).autocomplete("off")
                    .hint(look.t("姓名或单位", "Name or unit"))))
                button.btn type="submit" { (look.t("找", "Find")) }
            }
            @if self.takers.is_empty() { p.hint { (look.t("没有找到还能接手的人。", "Nobody found who may take over.")) } }
        }
    }

    /// What an end leaves behind, before it is made: `chosen` with whether nobody else looks after the household.
    pub fn sure(&self, look: &Look, values: &Values, chosen: &[(&Pairing, bool)]) -> Markup {
        let alone: Vec<&Pairing> = chosen.iter().filter(|(_, alone)| *alone).map(|(p, _)| *p).collect();
        let (n, left) = (chosen.len(), alone.len());
        card(
            Some(look.t("确定结束？", "End these pairings?")),
            html! {
                p { (look.t(&format!("要结束 {n} 户的结对。"), &format!("{n} pairings are to end."))) " "
                    @if left > 0 { b { (look.t(&format!("其中 {left} 户以后没有人联系："), &format!("{left} households will have nobody:"))) } }
                    @else { (look.t("这些户还有别人联系。", "Somebody else looks after each of them.")) } }
                @if left > 0 { ul.plain { @for p in &alone {
                    @let (name, place) = (self.home)(p);
                    li { (name) " " span.quiet { (place) } }
                } } }
                (form::form(look, self.action, html! {
                    @for (p, _) in chosen { (form::hidden("pairing", &p.id.to_string())) }
                    (form::hidden("on", values.one("on"))) (form::hidden("basis", values.one("basis")))
                    (form::hidden("sure", "yes"))
                    div.actions {
                        (form::button(look.t("确定结束", "End them"), "do", "end"))
                        a.btn.quiet href=(self.action) { (look.t("返回", "Back")) }
                    }
                }))
            },
        )
    }
}

/// The pairings that were chosen: all that are in force where "all of them" was pressed.
///
/// Errors: invalid at `pairing` where none was.
pub(super) fn chosen(ctx: &Ctx, values: &Values, pairings: &[Pairing]) -> Result<Vec<PairingId>> {
    let all: Vec<PairingId> = if values.one("do").ends_with("-all") {
        pairings.iter().filter(|p| p.is_in_force(ctx.today())).map(|p| p.id).collect()
    } else {
        values.all("pairing").iter().filter_map(|p| p.parse().ok()).collect()
    };
    if all.is_empty() {
        return Err(Error::field("pairing", "请选至少一户。", "Choose one household at least."));
    }
    Ok(all)
}

/// Whose household nobody else looks after once these have ended.
///
/// Errors: those of the database.
pub(super) fn alone(tx: &mut dyn db::Tx, ctx: &Ctx, ending: &[PairingId], p: &Pairing) -> Result<bool> {
    let held = read::of_household(tx, p.household, ctx.today())?;
    Ok(held.iter().all(|h| ending.contains(&h.id)))
}
