//! Weeks of the past, for a demonstration: the forms that its acts would have come with, counted as the meter counts.

use super::{Figures, by_route, store};
use access::Site;
use db::Tx;
use kernel::{Date, Result, Timestamp};
use rules::calendar::monday_of;
use std::collections::BTreeMap;
use web::form::Fields;

/// What came in during past weeks, until it is written.
#[derive(Clone, Debug, Default)]
pub struct Past(BTreeMap<(Date, &'static str, &'static str), Figures>);

impl Past {
    /// Notes a form that somebody of a role sent to a route at an instant. One that is on no list is not counted.
    pub fn note(&mut self, site: &Site, at: Timestamp, role: &'static str, route: &str, came: &Fields) {
        let Some(form) = by_route(route) else { return };
        let key = (monday_of(site.zone.date(at)), role, form.route.as_str());
        let sum = self.0.entry(key).or_default();
        *sum = sum.and(Figures::of(form, came));
    }

    /// Adds it to what is there.
    ///
    /// Errors: those of the database.
    pub fn write(&self, tx: &mut dyn Tx) -> Result<()> {
        self.0.iter().try_for_each(|((week, role, route), f)| store::add(tx, *week, role, route, *f))
    }
}
