//! Whoever sits at a desk, and the form in front of them.

use super::{DESKS, HOTLINE, ticket};
use crate::ctx::Ctx;
use crate::intake::{self, Open};
use crate::pages::eye::Eye;
use crate::pages::public::attach::{self, Sent};
use crate::uploads::Upload;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::Request;
use kernel::{Actor, Locale, Result, Role, UnitId};
use pack::ChannelKind;
use web::{FormState, Look, Values};

/// Which desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Screen {
    /// A service window.
    Window,
    /// The hotline.
    Hotline,
    /// A villagers' meeting.
    Meeting,
}

impl Screen {
    /// The address of its form.
    pub(super) fn path(self) -> &'static str {
        match self {
            Screen::Window => "/intake",
            Screen::Hotline => "/hotline",
            Screen::Meeting => "/meeting",
        }
    }

    /// The screen that a form came from.
    pub(super) fn of(values: &Values) -> Screen {
        if values.one("screen") == "hotline" { Screen::Hotline } else { Screen::Window }
    }

    /// Its word, as a form carries it.
    pub(super) fn key(self) -> &'static str {
        self.path().trim_start_matches('/')
    }

    fn roles(self) -> &'static [Role] {
        match self {
            Screen::Hotline => HOTLINE,
            Screen::Window | Screen::Meeting => DESKS,
        }
    }

    /// The channel that people come by, unless said otherwise.
    fn channel(self) -> ChannelKind {
        match self {
            Screen::Window => ChannelKind::Window,
            Screen::Hotline => ChannelKind::Phone,
            Screen::Meeting => ChannelKind::Meeting,
        }
    }
}

/// A desk with its form.
pub(super) struct Desk {
    pub(super) look: Look,
    pub(super) ctx: Ctx,
    pub(super) eye: Eye,
    pub(super) screen: Screen,
    /// The unit for which it takes in: the first to receive.
    pub(super) unit: UnitId,
    /// Every unit for which whoever sits here may take in.
    pub(super) units: Vec<UnitId>,
    pub(super) state: FormState,
    pub(super) files: Vec<Upload>,
}

impl Desk {
    /// The desk of a member of staff. Whoever holds several posts acts from the one chosen in the form, or
    /// from the one that comes first among those that take in.
    ///
    /// Errors: forbidden to those without a post that takes in.
    pub(super) fn open(site: &SharedSite, staff: &Staff, screen: Screen, values: Values) -> Result<Desk> {
        staff.need(screen.roles())?;
        let dir = register::directory(site);
        let mut units: Vec<UnitId> = Vec::new();
        for role in screen.roles() {
            for grant in staff.scope.grants_of(*role) {
                let may = access::may(&staff.scope, Verb::Register, Noun::Request, dir.path(grant.unit));
                if may && !units.contains(&grant.unit) {
                    units.push(grant.unit);
                }
            }
        }
        let asked = values.parsed::<UnitId>("desk").filter(|u| units.contains(u));
        let unit = asked.or(units.first().copied()).ok_or(kernel::Error::NotFound)?;
        let mut scope = staff.scope.clone();
        if let Some(account) = scope.account() {
            scope.actor = Actor::Staff { account, unit };
        }
        let ctx = Ctx::new(site, scope);
        let eye = Eye::new(&staff.look, &ctx);
        let state = FormState::new(values);
        Ok(Desk { look: staff.look.clone(), ctx, eye, screen, unit, units, state, files: Vec::new() })
    }

    /// The desk with what its form sent, files included.
    pub(super) async fn sent(
        site: &SharedSite,
        staff: &Staff,
        screen: Option<Screen>,
        request: Request,
    ) -> Result<Desk> {
        let ctx = Ctx::new(site, staff.scope.clone());
        let Sent { values, files, faults } = attach::read(&ctx, request, |v| v.one("id").to_owned()).await;
        let screen = screen.unwrap_or_else(|| Screen::of(&values));
        let mut desk = Desk::open(site, staff, screen, values)?;
        let again = ticket::again(&desk.ctx, desk.value("id"));
        desk.state.values.set("id", again);
        desk.files = files;
        desk.state.errors = faults;
        Ok(desk)
    }

    /// Fills in what a form starts with.
    pub(super) fn fresh(mut self) -> Desk {
        let told = if self.screen == Screen::Hotline { "call" } else { "in-person" };
        let then = if self.may("").send { "send" } else { "leave" };
        let (id, other) = (ticket::fresh(&self.ctx), ticket::fresh(&self.ctx));
        let channel = self.channel();
        let place = self.area().map(|u| u.to_string()).unwrap_or_default();
        let v = &mut self.state.values;
        for (name, value) in [
            ("id", id),
            ("joiner", other),
            ("channel", channel),
            ("told", told.into()),
            ("then", then.into()),
        ] {
            v.set(name, value);
        }
        if self.screen != Screen::Hotline {
            v.set("place", place);
        }
        self
    }

    pub(super) fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.look.t(zh, en)
    }

    pub(super) fn locale(&self) -> Locale {
        self.look.locale
    }

    /// What was entered in a field.
    pub(super) fn value(&self, name: &str) -> &str {
        self.state.values.one(name)
    }

    /// What may be done at once with a case of this class.
    pub(super) fn may(&self, class: &str) -> Open {
        intake::open(&self.ctx, self.unit, class)
    }

    /// The channel of this desk.
    pub(super) fn channel(&self) -> String {
        let kind = self.screen.channel();
        let found = self.ctx.site.pack.channels.iter().find(|c| c.kind == kind);
        found.map_or("window", |c| c.id.as_str()).to_owned()
    }

    /// The area this desk serves, where it is smaller than the whole site: most people ask about it.
    pub(super) fn area(&self) -> Option<UnitId> {
        let (dir, pack) = (&self.ctx.dir, &self.ctx.site.pack);
        let office = |u: &register::Unit| pack.unit_kind(&u.kind).is_some_and(|k| k.office);
        let own = dir.get(self.unit)?;
        let area = if office(own) { dir.parent(own.id)? } else { own };
        area.parent.is_some().then_some(area.id)
    }
}
