//! Guessing of query codes is slowed down: counted by case number from one address, by address over all
//! cases, and by case number over all addresses, whether there is such a case or not. Counts are kept by
//! `access::attempts` under an HMAC; no number and no address is stored.

use access::attempts::{self, Keys};
use access::{Settings, Site};
use db::Tx;
use kernel::{Error, Result, Say, Timestamp, Zone};

/// Wrong codes for one number from all addresses together, in the window of the settings.
const OVER_ALL: i64 = 60;

/// Whose wrong codes are counted.
pub(super) struct Guess {
    here: Keys,
    everywhere: Keys,
    settings: Settings,
    over_all: Settings,
}

impl Guess {
    /// For a try at `number` from `address`.
    pub(super) fn new(site: &Site, number: &str, address: &str) -> Guess {
        let whole = format!("case {number}");
        let settings = site.settings.clone();
        let over_all = Settings { lock_after: OVER_ALL, address_limit: OVER_ALL, ..settings.clone() };
        Guess {
            here: Keys::new(
                &site.secret,
                &format!("case {number} from {address}"),
                &format!("cases {address}"),
            ),
            everywhere: Keys::new(&site.secret, &whole, &whole),
            settings,
            over_all,
        }
    }

    /// Until when a try is refused unseen.
    pub(super) fn locked(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<Option<Timestamp>> {
        let here = attempts::locked_until(tx, &self.here, now)?;
        Ok(here.max(attempts::locked_until(tx, &self.everywhere, now)?))
    }

    /// Counts a wrong code.
    pub(super) fn failed(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<()> {
        attempts::failed(tx, &self.here, &self.settings, now)?;
        attempts::failed(tx, &self.everywhere, &self.over_all, now)
    }
}

/// What to tell somebody who has to wait.
pub(super) fn wait(until: Timestamp, zone: Zone) -> Error {
    let at = zone.civil(until);
    let (h, m) = (at.hour(), at.minute());
    Error::Refused {
        code: "locked",
        say: Say::new(
            format!(
                "试错次数太多，请在 {h:02}:{m:02} 以后再试。查询码在回执或短信上；找不到了，可带身份证到窗口或打热线询问。"
            ),
            format!(
                "Too many wrong tries: try again after {h:02}:{m:02}. The code is on your receipt or text message; if it is lost, ask at a service window or on the hotline."
            ),
        ),
    }
}
