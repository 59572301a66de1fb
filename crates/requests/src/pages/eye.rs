//! How a page says things about cases: one place for the words, so that every page says them alike.

use crate::ctx::Ctx;
use crate::model::Request;
use crate::staff;
use db::Tx;
use kernel::{AccountId, DAY, HOUR, Locale, Result, Timestamp, UnitId};
use maud::{Markup, html};
use rules::case::State;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use web::Look;
use web::components::{Tone, pill};
use web::format;

/// A reader and what their page needs to name things.
pub(crate) struct Eye {
    pub(crate) look: Look,
    pub(crate) ctx: Ctx,
    names: HashMap<AccountId, String>,
}

impl Eye {
    /// A reader of pages that name no staff.
    pub(crate) fn new(look: &Look, ctx: &Ctx) -> Eye {
        Eye { look: look.clone(), ctx: ctx.clone(), names: HashMap::new() }
    }

    /// The same, knowing the names of these accounts.
    pub(crate) fn with_names(mut self, names: HashMap<AccountId, String>) -> Eye {
        self.names = names;
        self
    }

    pub(crate) fn locale(&self) -> Locale {
        self.look.locale
    }

    pub(crate) fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.look.t(zh, en)
    }

    /// A unit's name; a dash for none.
    pub(crate) fn unit(&self, id: UnitId) -> &str {
        self.ctx.dir.name(id, self.look.locale)
    }

    /// A member of staff by name; a dash for nobody.
    pub(crate) fn officer(&self, id: Option<AccountId>) -> &str {
        id.and_then(|id| self.names.get(&id)).map_or("—", String::as_str)
    }

    /// The class in full: `城乡建设 › 市政设施 › 路灯`; "not classified yet" where there is none.
    pub(crate) fn class(&self, code: &str) -> String {
        let path = self.ctx.site.pack.class_path(code);
        if path.is_empty() {
            return self.t("待定分类", "Not classified yet").to_owned();
        }
        path.iter().map(|t| t.to(self.look.locale)).collect::<Vec<_>>().join(" › ")
    }

    /// The class's own name alone.
    pub(crate) fn class_short(&self, code: &str) -> &str {
        match self.ctx.site.pack.class(code) {
            Some(c) => c.name.to(self.look.locale),
            None => self.t("待定分类", "Not classified yet"),
        }
    }

    /// The channel's name.
    pub(crate) fn channel<'a>(&'a self, id: &'a str) -> &'a str {
        self.ctx.site.pack.channel(id).map_or(id, |c| c.name.to(self.look.locale))
    }

    /// Where it is: the place's names from below the root, then what was said of it.
    pub(crate) fn place(&self, row: &Request) -> String {
        let place = row.place.map(|p| self.ctx.dir.full_name(p, self.look.locale)).unwrap_or_default();
        match (place.is_empty(), row.place_text.is_empty()) {
            (false, false) => format!("{place} · {}", row.place_text),
            (false, true) => place,
            (true, _) => row.place_text.clone(),
        }
    }

    /// The state as a pill; more than its colour tells it.
    pub(crate) fn state(&self, row: &Request) -> Markup {
        pill(state_tone(row.state), row.state.name().to(self.look.locale))
    }

    /// When an answer is due, as a pill where it presses and as a date where it does not.
    pub(crate) fn due(&self, row: &Request) -> Markup {
        if row.state == State::Paused {
            return pill(Tone::Plain, self.t("等诉求人", "Waiting"));
        }
        let Some(due) = row.owed_by() else {
            return html! { span.quiet.none { "—" } };
        };
        let zone = self.ctx.site.zone;
        let (today, day) = (self.ctx.today(), zone.date(due));
        if due < self.ctx.at {
            // Whole days, below one whole hours: as the case's own page says it, in short.
            let late = self.ctx.at.0 - due.0;
            let unit = [DAY, HOUR].into_iter().find(|u| late >= *u).unwrap_or(1);
            pill(Tone::Late, &format::time_left(self.look.locale, due.plus(late - late % unit), due))
        } else if day == today {
            pill(Tone::Soon, self.t("今天", "Today"))
        } else {
            html! { time datetime=(format::iso(zone, due)) { (format::day_near(self.look.locale, day, today)) } }
        }
    }

    /// An instant, short.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        format::moment_near(self.look.locale, self.ctx.site.zone, at, self.ctx.at)
    }

    /// A day, short.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        format::day_near(self.look.locale, self.ctx.site.zone.date(at), self.ctx.today())
    }
}

/// The tone of a state.
pub(crate) fn state_tone(state: State) -> Tone {
    match state {
        State::Closed | State::Judged | State::Answered => Tone::Ok,
        State::Rework | State::Review | State::Arbitration | State::Returned | State::Unsolvable => {
            Tone::Soon
        }
        State::Withdrawn | State::NotAccepted | State::Merged | State::Paused => Tone::Plain,
        _ => Tone::Info,
    }
}

/// The names of these accounts.
pub(crate) fn names(
    tx: &mut dyn Tx,
    ids: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, String>> {
    let mut out = HashMap::new();
    for id in ids {
        if let Entry::Vacant(free) = out.entry(id) {
            free.insert(staff::name_of(tx, Some(id))?);
        }
    }
    Ok(out)
}
