//! The meter: what came in lately, until it is written.

use super::{Figures, by_route, store};
use access::Site;
use kernel::{Date, MINUTE, Result, Timestamp};
use rules::calendar::monday_of;
use std::collections::HashMap;
use std::sync::Mutex;
use web::form::Fields;

/// So long after the last time it is written, with the next form that comes in. What came since is lost at a stop.
const EVERY: i64 = MINUTE;

#[derive(Default)]
struct Held {
    sums: HashMap<(Date, &'static str, &'static str), Figures>,
    written: Option<Timestamp>,
}

/// What came in lately, of one process. Held in `site.kept`.
#[derive(Default)]
pub struct Meter(Mutex<Held>);

impl Meter {
    /// Notes forms that were sent to a route by somebody of a role, and taken. Says whether it is time to [`Meter::write`].
    pub fn note(&self, site: &Site, role: &'static str, route: &str, came: &[Fields]) -> bool {
        let Some(form) = by_route(route) else { return false };
        let now = site.now();
        let key = (monday_of(site.zone.date(now)), role, form.route.as_str());
        let mut held = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let sum = held.sums.entry(key).or_default();
        *sum = came.iter().map(|fields| Figures::of(form, fields)).fold(*sum, Figures::and);
        let first = *held.written.get_or_insert(now);
        let due = !(0..EVERY).contains(&(now.0 - first.0));
        if due {
            held.written = Some(now);
        }
        due
    }

    /// Writes what was noted since the last time. What cannot be written is held for the next.
    ///
    /// Errors: those of the database.
    pub async fn write(&self, site: &Site) -> Result<()> {
        let sums = std::mem::take(&mut self.0.lock().unwrap_or_else(|e| e.into_inner()).sums);
        let lines: Vec<_> = sums.iter().map(|(k, f)| (*k, *f)).collect();
        let done = site
            .db
            .write(move |tx| {
                lines.iter().try_for_each(|((week, role, route), f)| store::add(tx, *week, role, route, *f))
            })
            .await;
        if done.is_err() {
            let mut held = self.0.lock().unwrap_or_else(|e| e.into_inner());
            for (key, figures) in sums {
                let sum = held.sums.entry(key).or_default();
                *sum = sum.and(figures);
            }
        }
        done
    }
}
