//! The weekly digest 每周一条: one message on Monday to those who want one, and nothing else reminds anybody.

use crate::calendar::{Item, items};
use crate::store::duties as store;
use access::{SharedSite, Site, accounts};
use db::{Tx, params};
use kernel::{AccountId, Date, HOUR, Locale, MessageId, Result};
use notify::{NewMessage, Recipient};
use pack::{DutyOf, Pack};
use rules::calendar::monday_of;

/// So many in one transaction.
const AT_ONCE: i64 = 50;
/// Not before eight in the morning.
const FROM: i64 = 8 * HOUR;

/// Whether somebody wants it, from the next Monday on.
///
/// Errors: those of the database.
pub fn want(tx: &mut dyn Tx, site: &Site, account: AccountId, wanted: bool) -> Result<()> {
    let week = monday_of(site.today());
    tx.execute(&store::DIGEST_SET, &params![account, wanted, week]).map(drop)
}

/// Sends the digests that are due; true where there may be more.
///
/// Errors: those of the database.
pub async fn send(site: &SharedSite) -> Result<bool> {
    let (today, now) = (site.today(), site.now());
    if now.0 - site.zone.start_of(today).0 < FROM {
        return Ok(false);
    }
    let shared = site.clone();
    site.db
        .write(move |tx| {
            let week = monday_of(today);
            let next: Vec<AccountId> =
                tx.query_map(&store::DIGEST_NEXT, &params![week, AT_ONCE], |r| r.get(0))?;
            for account in &next {
                one(tx, &shared, *account, today)?;
                tx.execute(&store::DIGEST_SENT, &params![*account, week])?;
            }
            Ok(i64::try_from(next.len()).unwrap_or(0) == AT_ONCE)
        })
        .await
}

fn one(tx: &mut dyn Tx, site: &Site, account: AccountId, today: Date) -> Result<()> {
    let Some(known) = accounts::by_id(tx, account)?.filter(|a| a.disabled_at.is_none()) else {
        return Ok(());
    };
    let tell = crate::visits::needs_to_tell(tx, account, today)?;
    let words = words(&site.pack, &items(tx, &site.pack, account, today)?, tell, today);
    // Nothing to see is nothing to say.
    if words.is_empty() {
        return Ok(());
    }
    let short = &site.pack.site.short.zh;
    let body =
        format!("【{short}】本周提醒：{}。做了记一笔就算，不用回复；是哪几户，看“走访”。", words.join("；"));
    let path = tx_path(tx, account, today)?;
    let message = NewMessage {
        id: MessageId::new(site.now(), &*site.chance),
        about: Some(account.0),
        path: &path,
        purpose: "digest",
        to: Recipient::Account(known.id),
        channel_hint: None,
        template: "duty-digest",
        template_version: "1",
        locale: Locale::Zh,
        subject: format!("{short}：本周该走访的户"),
        body,
        at: site.now(),
    };
    notify::queue(tx, &message).map(drop)
}

/// What is still open, each in a few words: how many households until when, or the day on which to go out oneself; and how
/// many families wait to be told how their need ended.
fn words(pack: &Pack, items: &[Item], tell: i64, today: Date) -> Vec<String> {
    let said = |item: &Item| {
        let duty = pack.obligation(&item.obligation)?;
        let (name, left) = (&duty.name.zh, item.owed - item.met);
        let day = |d: Date| format!("{}月{}日", d.month(), d.day());
        match duty.of {
            DutyOf::Household => Some(format!("{name}还有 {left} 户（{}前）", day(item.by))),
            // A day that has gone by comes back with the next one.
            DutyOf::Holder if item.by < today => None,
            DutyOf::Holder => Some(format!("{name}{}", day(item.by))),
        }
    };
    let tell = (tell > 0).then(|| format!("有结果还没告诉家里人的事 {tell} 件"));
    items.iter().filter(|i| i.met < i.owed).filter_map(said).chain(tell).collect()
}

/// The unit whose clerk sees that a message cannot be delivered: that of the first post.
fn tx_path(tx: &mut dyn Tx, account: AccountId, today: Date) -> Result<String> {
    let Some(unit) = accounts::units_of(tx, account, today)?.into_iter().next() else {
        return Ok("/".into());
    };
    Ok(access::seats::get(tx, unit)?.map_or_else(|| "/".into(), |s| s.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::obligation::Period;

    fn d(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_to_go_out_is_no_household_and_not_told_once_it_is_over() {
        let pack = pack::load("zhucheng").unwrap();
        let item = |obligation: &str, owed, met, by: &str| Item {
            obligation: obligation.into(),
            period: Period { from: d("2026-11-01"), to: d("2026-12-01") },
            owed,
            met,
            by: d(by),
        };
        let own = pack.obligations.iter().find(|o| o.of == DutyOf::Holder).unwrap();
        let homes = pack.obligations.iter().find(|o| o.of == DutyOf::Household).unwrap();
        let items = [
            item(&homes.id, 30, 12, "2026-12-31"),
            item(&own.id, 1, 0, "2026-11-14"),
            item(&homes.id, 5, 5, "2026-11-30"),
        ];
        let (home, day) = (&homes.name.zh, &own.name.zh);
        let open = format!("{home}还有 18 户（12月31日前）");
        assert_eq!(words(&pack, &items, 0, d("2026-11-09")), [open.clone(), format!("{day}11月14日")]);
        assert_eq!(words(&pack, &items, 0, d("2026-11-16")), [open]);
        // Where nothing else is due either, families that wait for an answer are told of.
        assert_eq!(words(&pack, &[], 2, d("2026-11-16")), ["有结果还没告诉家里人的事 2 件"]);
    }
}
