//! The weekly digest 每周一条: one message on Monday to those who want one, and nothing else reminds anybody.

use crate::calendar::items;
use crate::store::duties as store;
use access::{SharedSite, Site, accounts};
use db::{Tx, params};
use kernel::{AccountId, Date, HOUR, Locale, MessageId, Result};
use notify::{NewMessage, Recipient};
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
    let open: Vec<_> =
        items(tx, &site.pack, account, today)?.into_iter().filter(|i| i.met < i.owed).collect();
    // Nothing to see is nothing to say.
    if open.is_empty() {
        return Ok(());
    }
    let mut words = Vec::new();
    for item in &open {
        let Some(duty) = site.pack.obligation(&item.obligation) else { continue };
        let (left, by) = (item.owed - item.met, item.by);
        words.push(format!("{}还有 {left} 户（{} 月 {} 日前）", duty.name.zh, by.month(), by.day()));
    }
    let short = &site.pack.site.short.zh;
    let body = format!("【{short}】本周提醒：{}。记了纪实就算，不用回复。", words.join("，"));
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

/// The unit whose clerk sees that a message cannot be delivered: that of the first post.
fn tx_path(tx: &mut dyn Tx, account: AccountId, today: Date) -> Result<String> {
    let Some(unit) = accounts::units_of(tx, account, today)?.into_iter().next() else {
        return Ok("/".into());
    };
    Ok(access::seats::get(tx, unit)?.map_or_else(|| "/".into(), |s| s.path))
}
