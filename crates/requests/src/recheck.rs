//! Counting every deadline anew from its certificate, and asking what the rules of today would say.

use crate::clock;
use crate::ctx::Ctx;
use crate::store::clocks;
use db::Tx;
use kernel::{Result, Timestamp};
use rules::case::ClockKind;
use rules::deadline::{self, Certificate, Difference};

/// How many findings are named; the rest is counted.
const NAMED: usize = 200;

/// What was found at a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The certificate does not follow from what it says of itself.
    Broken(Difference),
    /// The date by which lists and signals go is not that of the certificate.
    Moved {
        /// As stored beside it.
        stored: Timestamp,
        /// As certified.
        certified: Timestamp,
    },
    /// The case is open, and under the rules and the calendar in force it would be due at another time.
    /// What was promised stays; whether to change it is for people to decide.
    Otherwise {
        /// As promised.
        promised: Timestamp,
        /// As it would be.
        would_be: Timestamp,
    },
}

impl Finding {
    /// Whether something is wrong with the record, and not only to be decided.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Finding::Otherwise { .. })
    }
}

/// A finding and where it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The case.
    pub number: String,
    /// Which clock.
    pub clock: ClockKind,
    /// Its run.
    pub run: i64,
    /// What.
    pub finding: Finding,
}

/// What a look at every deadline gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Certificates counted anew, those replaced by later ones among them.
    pub certificates: u64,
    /// Faults in the record.
    pub faults: u64,
    /// Open cases that would be due at another time under the rules in force.
    pub otherwise: u64,
    /// The first of both.
    pub found: Vec<Found>,
}

/// Counts every certificate anew; nothing is written. Reads all clocks, so it belongs in a snapshot.
/// `each` is told how many certificates have been looked at.
pub fn recheck(tx: &mut dyn Tx, ctx: &Ctx, each: &dyn Fn(u64)) -> Result<Checked> {
    let mut out = Checked::default();
    clocks::each_clock(tx, &mut |row, of| {
        let mut note = |finding: Finding| {
            match finding.is_fault() {
                true => out.faults += 1,
                false => out.otherwise += 1,
            }
            if out.found.len() < NAMED {
                out.found.push(Found { number: of.number.clone(), clock: row.kind, run: row.run, finding });
            }
        };
        for certificate in row.earlier.iter().chain([&row.certificate]) {
            if let Err(difference) = broken(certificate, ctx) {
                note(Finding::Broken(difference));
            }
        }
        let certified = row.certificate.due;
        if row.due_at != certified || row.warn_at != row.certificate.warn {
            note(Finding::Moved { stored: row.due_at, certified });
        }
        // What was taken over from an older ledger was promised there.
        if row.is_open() && !of.history {
            let rule = clock::rule_for(&ctx.site.pack, &of.class, of.kind, of.urgency, row.kind);
            let would = rule.map(|rule| deadline::under(&row.certificate, &rule, &ctx.site.calendar).due);
            if let Some(would_be) = would.filter(|due| *due != certified) {
                note(Finding::Otherwise { promised: certified, would_be });
            }
        }
        out.certificates += row.earlier.len() as u64 + 1;
        each(out.certificates);
        Ok(())
    })?;
    Ok(out)
}

/// A certificate by another version of the calendar may differ where a year was published since, and is
/// no fault: it was right when it was made.
fn broken(certificate: &Certificate, ctx: &Ctx) -> std::result::Result<(), Difference> {
    let calendar = &ctx.site.calendar;
    match deadline::recompute(certificate, calendar) {
        Err(_) if certificate.calendar != calendar.id => Ok(()),
        Err(_) if certificate.calendar_version != calendar.version && certificate.provisional => Ok(()),
        other => other,
    }
}
