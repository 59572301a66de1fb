//! Whose figures somebody looks at, over which months, and the links behind the numbers.

use crate::period::Period;
use access::{Noun, Staff, Verb, Visitor};
use form_urlencoded::Serializer;
use kernel::{Date, Error, FieldError, Result, UnitId};
use maud::{Markup, html};
use register::{Directory, Unit};
use requests::lots::CameOut;
use std::sync::Arc;
use web::form::{self, Field};
use web::{FormState, Look, Values};

/// The addresses of lists that differ only in what is asked of a case. A page has hundreds of them, and whether
/// its reader may see them is the same for all.
pub(super) struct Lists {
    before: String,
    after: String,
}

impl Lists {
    /// The list of the cases for which `more` holds.
    pub(super) fn of(&self, more: &[(&str, &str)]) -> String {
        let start = self.before.find('?').map_or(0, |at| at + 1);
        let mut query = Serializer::for_suffix(self.before.clone(), start);
        query.extend_pairs(more);
        let mut out = query.finish();
        if !self.after.is_empty() {
            out.push('&');
            out.push_str(&self.after);
        }
        out
    }
}

/// What the address asks for.
pub(super) struct Reader {
    pub(super) look: Look,
    pub(super) dir: Arc<Directory>,
    pub(super) unit: Unit,
    pub(super) period: Period,
    pub(super) visitor: Visitor,
    /// As of which day, where the address says one that is over.
    pub(super) as_of: Option<Date>,
    today: Date,
    /// What the address says of the months and the day, as it was typed.
    asked: [String; 3],
    /// What is wrong with it.
    faults: Vec<FieldError>,
}

impl Reader {
    /// The unit asked for, where this reader may see its figures; the topmost one they may see otherwise.
    pub(super) fn new(site: &access::Site, staff: Staff, query: &[(String, String)]) -> Result<Reader> {
        let Staff(visitor) = staff;
        let dir = register::directory(site);
        let one = |name: &str| query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
        let unit = match one("unit") {
            "" => topmost(&visitor, &dir).ok_or_else(|| forbidden(&visitor))?,
            code => {
                let unit = dir.by_code(code).ok_or(Error::NotFound)?;
                visitor.demand(Verb::View, Noun::Dashboard, &unit.path)?;
                unit.clone()
            }
        };
        let today = site.today();
        let asked = ["from", "to", "as_of"].map(|name| one(name).trim().to_owned());
        let mut faults = Vec::new();
        let period = Period::read(&asked[0], &asked[1], today).unwrap_or_else(|fault| {
            faults.push(fault);
            Period::last(13, today)
        });
        let day: Option<Date> = asked[2].parse().ok();
        if day.is_none() && !asked[2].is_empty() {
            let say = kernel::Say::new(
                format!("没有“{}”这一天。请写成 2026-11-22 这样。", asked[2]),
                format!("“{}” is no day. Please write it like 2026-11-22.", asked[2]),
            );
            faults.push(FieldError { field: "as_of".into(), say });
        }
        let as_of = day.filter(|day| *day < today);
        Ok(Reader { look: visitor.look.clone(), dir, unit, period, visitor, as_of, today, asked, faults })
    }

    /// Whether something that was asked for is refused: then no figures are shown, for those of another time
    /// are not what was asked for.
    pub(super) fn is_refused(&self) -> bool {
        !self.faults.is_empty()
    }

    /// For pages without the form in which it could be corrected.
    ///
    /// Errors: [`Error::Invalid`].
    pub(super) fn sound(&self) -> Result<()> {
        if self.is_refused() { Err(Error::Invalid(self.faults.clone())) } else { Ok(()) }
    }

    pub(super) fn name(&self, id: UnitId) -> String {
        self.dir.name(id, self.look.locale).to_owned()
    }

    /// The same page for another unit or period.
    pub(super) fn here(&self, path: &str, unit: &str, period: &Period) -> String {
        let (from, to) = period.keys();
        let mut query = Serializer::new(String::new());
        query.append_pair("unit", unit).append_pair("from", &from).append_pair("to", &to);
        if let Some(day) = self.as_of {
            query.append_pair("as_of", &day.to_string());
        }
        format!("{path}?{}", query.finish())
    }

    /// The list behind a number of the period: what the units at and below `unit` received first, as the
    /// counters have it, and `more`. None where this reader may not see a list.
    pub(super) fn list(&self, unit: &str, more: &[(&str, &str)]) -> Option<String> {
        let (from, to) = self.period.keys();
        let months = if more.iter().any(|(name, _)| *name == "from") { None } else { Some((&*from, &*to)) };
        Some(self.lists(self.dir.by_code(unit)?, &[("first", unit)], months)?.of(more))
    }

    /// The lists behind the numbers of the period about a unit: as [`Reader::list`], for whatever is asked.
    pub(super) fn received(&self, unit: &Unit) -> Option<Lists> {
        let (from, to) = self.period.keys();
        self.lists(unit, &[("first", &unit.code)], Some((&from, &to)))
    }

    /// The list behind what stands somewhere now: the ledger of the unit, of whatever month.
    pub(super) fn now(&self, standing: &str) -> Option<String> {
        Some(self.lists(&self.unit, &[("standing", standing)], None)?.of(&[]))
    }

    /// The lists behind the numbers of the period about a place. Others may have received it, so only whoever
    /// sees the ledger of all can see a list.
    pub(super) fn lying_in(&self, place: &Unit) -> Option<Lists> {
        // What lies in the unit itself and in none of the areas below it is named alone.
        let place = if place.id == self.unit.id { format!("{}!", place.code) } else { place.code.clone() };
        let (from, to) = self.period.keys();
        self.lists(self.dir.root()?, &[("place", &place), ("from", &from), ("to", &to)], None)
    }

    /// The list behind a number of call-backs by lot. Who is still to be asked is for supervision alone, or those
    /// who handled the case could speak with the person first.
    pub(super) fn drawn(&self, result: CameOut) -> Option<String> {
        let unit = &self.unit;
        let limits = access::limits(&self.visitor.scope, Verb::List, Noun::Ledger);
        let whole = limits.everywhere || limits.subtrees.iter().any(|s| unit.path.starts_with(s.as_str()));
        let may = whole && (result.is_over() || self.visitor.may(Verb::View, Noun::Journal, &unit.path));
        may.then(|| format!("{}&result={}", self.here("/lots/drawn", &unit.code, &self.period), result.key()))
    }

    fn lists(&self, of: &Unit, asked: &[(&str, &str)], months: Option<(&str, &str)>) -> Option<Lists> {
        if !self.visitor.may(Verb::List, Noun::Ledger, &of.path) {
            return None;
        }
        let mut before = Serializer::for_suffix(String::from("/requests?"), "/requests?".len());
        // Where it is what the unit received first, that says whose ledger as well.
        if !asked.contains(&("first", of.code.as_str())) {
            before.append_pair("unit", &of.code);
        }
        before.extend_pairs(asked);
        let mut after = Serializer::new(String::new());
        if let Some((from, to)) = months {
            after.append_pair("from", from).append_pair("to", to);
        }
        if let Some(day) = self.as_of {
            after.append_pair("as_of", &day.to_string());
        }
        Some(Lists { before: before.finish(), after: after.finish() })
    }

    /// Chips for the usual periods.
    pub(super) fn periods(&self, path: &str) -> Markup {
        let choice = |months: i32, zh: &'static str, en: &'static str| {
            let period = Period::last(months, self.today);
            web::components::Chip {
                label: self.look.t(zh, en).to_owned(),
                href: self.here(path, &self.unit.code, &period),
                on: period == self.period,
                one_of: true,
            }
        };
        let chips = [
            choice(1, "本月", "This month"),
            choice(3, "近三个月", "3 months"),
            choice(6, "近半年", "6 months"),
            choice(13, "近十三个月", "13 months"),
        ];
        web::components::chips(&self.look, &chips, html! {})
    }

    /// Chips for the years in which anything was received; nothing where there is one only.
    pub(super) fn years(&self, path: &str, years: &[i16]) -> Markup {
        if years.len() < 2 {
            return html! {};
        }
        let chips: Vec<_> = years
            .iter()
            .filter_map(|year| Some((*year, Period::year(*year)?)))
            .map(|(year, period)| web::components::Chip {
                label: year.to_string(),
                href: self.here(path, &self.unit.code, &period),
                on: period == self.period,
                one_of: true,
            })
            .collect();
        web::components::chips(&self.look, &chips, html! {})
    }

    /// A small form that asks for other months, and for the same as it was known on another day.
    pub(super) fn other_days(&self, path: &str) -> Markup {
        let (from, to) = self.period.keys();
        let mut values = Values::default();
        if self.is_refused() {
            ["from", "to", "as_of"]
                .into_iter()
                .zip(&self.asked)
                .for_each(|(name, v)| values.set(name, v.as_str()));
        } else {
            values.set("from", from.as_str());
            values.set("to", to.as_str());
            values.set("as_of", self.as_of.map(|d| d.to_string()).unwrap_or_default());
        }
        let state = FormState { values, errors: self.faults.clone() };
        let month = |name, label| {
            form::text_field(&self.look, &state, Field::new(name, label).kind("month").required())
        };
        let wrong = state.error("as_of", self.look.locale);
        let last = self.today.yesterday().unwrap_or(self.today).to_string();
        let t = |zh: &'static str, en: &'static str| self.look.t(zh, en);
        html! {
            form.filters.screen method="get" action=(path) {
                (form::hidden("unit", &self.unit.code))
                (month("from", t("从哪个月", "From month")))
                (month("to", t("到哪个月", "To month")))
                div.field {
                    label for="f-as_of" { (t("截至哪一天所知", "As known on")) }
                    @if let Some(e) = wrong { p.error id="f-as_of-error" { (e) } }
                    input id="f-as_of" type="date" name="as_of" max=(last) value=(state.value("as_of"))
                        aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| "f-as_of-error")];
                }
                div.actions {
                button.btn type="submit" { (t("查看", "Show")) }
                @if self.as_of.is_some() {
                    @let now = Serializer::new(String::new()).append_pair("unit", &self.unit.code).append_pair("from", &from).append_pair("to", &to).finish();
                    a.btn.quiet href={ (path) "?" (now) } { (t("看现在", "As it stands now")) }
                }
                }
            }
        }
    }

    /// The months, and as of which day where it is not now.
    pub(super) fn span(&self) -> String {
        let months = self.period.say(self.look.locale);
        let Some(day) = self.as_of.map(|d| web::format::day_year(self.look.locale, d)) else { return months };
        match self.look.locale {
            kernel::Locale::Zh => format!("{months} · 截至{day}所知，后来的变化不算"),
            kernel::Locale::En => format!("{months} · as known on {day}; what changed later does not count"),
        }
    }

    /// Who this unit is part of, and its parts, as links.
    pub(super) fn crumbs(&self, path: &str) -> Vec<web::page::Crumb> {
        self.dir
            .ancestors(self.unit.id)
            .into_iter()
            .filter(|u| self.visitor.may(Verb::View, Noun::Dashboard, &u.path))
            .map(|u| web::page::Crumb {
                href: self.here(path, &u.code, &self.period),
                label: u.name(self.look.locale).to_owned(),
            })
            .collect()
    }
}

/// The highest unit whose figures this reader may see.
fn topmost(visitor: &Visitor, dir: &Directory) -> Option<Unit> {
    let limits = access::limits(&visitor.scope, Verb::View, Noun::Dashboard);
    if limits.everywhere {
        return dir.root().cloned();
    }
    let paths = limits.subtrees.iter().chain(limits.units.iter().map(|(_, path)| path));
    paths.filter_map(|p| dir.by_path(p)).min_by_key(|u| u.depth()).cloned()
}

fn forbidden(visitor: &Visitor) -> Error {
    match visitor.demand(Verb::View, Noun::Dashboard, "") {
        Err(error) => error,
        Ok(()) => Error::NotFound,
    }
}
