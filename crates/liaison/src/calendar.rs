//! Duties as a calendar: one entry for each period, at a secret address that can be revoked.
//!
//! An entry names an obligation, its period, by when, and how many households of how many; never a household or a
//! person, since the address may be seen by others. A window is an event of its last day, as long as there is time, and so
//! is a day on which to go out of that day: a calendar that somebody subscribes to shows events and no to-dos. RFC 5545.

use crate::standing::{mine, my_own};
use crate::store::duties as store;
use access::Site;
use db::{Tx, params};
use kernel::{AccountId, Date, Locale, Result, Timestamp, Zone};
use pack::Pack;
use rules::obligation::{Period, Standing, Window};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How somebody has set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// There is an address.
    pub open: bool,
    /// They want the weekly digest.
    pub digest: bool,
}

/// How `account` has set it; none where never.
///
/// Errors: those of the database.
pub fn feed_of(tx: &mut dyn Tx, account: AccountId) -> Result<Option<Feed>> {
    let row = tx.query_opt(&store::FEED_OF, &params![account])?;
    row.map(|r| Ok(Feed { open: r.get::<Option<Vec<u8>>>(0)?.is_some(), digest: r.get::<i64>(1)? == 1 }))
        .transpose()
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A new secret for the address of `account`; the one before no longer works. It is shown once and kept as a hash.
///
/// Errors: those of the database.
pub fn open(tx: &mut dyn Tx, site: &Site, account: AccountId) -> Result<String> {
    let mut secret = [0u8; 24];
    site.chance.fill(&mut secret);
    let token = hex::encode(secret);
    tx.execute(&store::FEED_SET, &params![account, hash(&token), site.now()])?;
    Ok(token)
}

/// The address no longer works.
///
/// Errors: those of the database.
pub fn revoke(tx: &mut dyn Tx, site: &Site, account: AccountId) -> Result<()> {
    tx.execute(&store::FEED_SET, &params![account, None::<Vec<u8>>, site.now()]).map(drop)
}

/// Whose address it is; nobody's where it was revoked or the account is closed.
///
/// Errors: those of the database.
pub fn holder(tx: &mut dyn Tx, token: &str) -> Result<Option<AccountId>> {
    let Some(row) = tx.query_opt(&store::FEED_BY, &params![hash(token)])? else { return Ok(None) };
    let account: AccountId = row.get(0)?;
    let known = access::accounts::by_id(tx, account)?;
    Ok(known.filter(|a| a.disabled_at.is_none()).map(|a| a.id))
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The obligation's key.
    pub obligation: String,
    /// The period.
    pub period: Period,
    /// What is owed of how many households; 1 for a day on which to go out.
    pub owed: u32,
    /// Of how many it is done.
    pub met: u32,
    /// The last day.
    pub by: Date,
}

/// What stands in the calendar of `account` on `today`.
///
/// Errors: those of the database.
pub fn items(tx: &mut dyn Tx, pack: &Pack, account: AccountId, today: Date) -> Result<Vec<Item>> {
    let mut all: BTreeMap<(String, Period), Item> = BTreeMap::new();
    let homes = mine(tx, pack, account, today)?;
    let duties = homes.iter().flat_map(|h| &h.duties).filter(|d| d.standing.is_owed()).cloned();
    for duty in duties.chain(my_own(tx, pack, account, today)?) {
        let last = duty.period.to.yesterday().unwrap_or(duty.period.to);
        let by = match duty.standing {
            Standing::Due { by, .. } => by,
            _ => last,
        };
        let key = (duty.obligation.clone(), duty.period);
        let item = all.entry(key).or_insert(Item {
            obligation: duty.obligation,
            period: duty.period,
            owed: 0,
            met: 0,
            by: last,
        });
        item.owed += 1;
        item.met += u32::from(matches!(duty.standing, Standing::Met { .. }));
        item.by = item.by.max(by);
    }
    Ok(all.into_values().collect())
}

fn instant(at: Timestamp) -> String {
    let t = Zone(0).civil(at);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        t.year(),
        t.month(),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// One line, folded at 75 octets without cutting a character.
fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// The calendar as text.
pub fn render(site: &Site, account: AccountId, items: &[Item], locale: Locale) -> String {
    let mut out = String::new();
    let name = site.pack.site.short.to(locale);
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Lianxin//Duties//ZH");
    line(
        &mut out,
        &format!(
            "X-WR-CALNAME:{}",
            escaped(locale.t(&format!("{name}：该走访的户"), &format!("{name}: households to see")))
        ),
    );
    for item in items {
        let Some(duty) = site.pack.obligation(&item.obligation) else { continue };
        let period = duty.window.name(item.period);
        let of_day = matches!(duty.window, Window::Weekday { .. });
        let left = item.owed.saturating_sub(item.met);
        let (name, n) = (&duty.name, item.owed);
        let summary = match left {
            _ if of_day => name.to(locale).to_owned(),
            0 => locale
                .t(&format!("{}：{n} 户都做到了", name.zh), &format!("{}: all {n} households done", name.en))
                .to_owned(),
            _ => locale
                .t(&format!("{}：还差 {left} 户", name.zh), &format!("{}: {left} households left", name.en))
                .to_owned(),
        };
        line(&mut out, "BEGIN:VEVENT");
        let mut uid = String::new();
        let _ = write!(uid, "{}-{}-{account}", item.obligation, duty.window.key(item.period));
        line(&mut out, &format!("UID:{uid}"));
        line(&mut out, &format!("DTSTAMP:{}", instant(site.now())));
        line(&mut out, &format!("SUMMARY:{}", escaped(&summary)));
        if !of_day {
            let (by, met) = (item.by, item.met);
            let zh = format!(
                "{}：{n} 户中做到 {met} 户，还差 {left} 户，最晚 {}月{}日。",
                period.zh,
                by.month(),
                by.day()
            );
            let en = format!("{}: {met} of {n} households done, {left} left, by {by}.", period.en);
            line(&mut out, &format!("DESCRIPTION:{}", escaped(locale.t(&zh, &en))));
        }
        // RFC 5545: the end of an event is the day after its last.
        let on = if of_day { item.period.from } else { item.by };
        line(&mut out, &format!("DTSTART;VALUE=DATE:{}", day(on)));
        line(&mut out, &format!("DTEND;VALUE=DATE:{}", day(on.tomorrow().unwrap_or(on))));
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}
