//! Sessions: a random token in a cookie, its hash in the database.
//!
//! ```text
//! sign-in ──▶ new token, always (whatever cookie came with it is dropped)
//!    each request: hash ─▶ row, account not disabled, not idle too long, not past its end
//!                  last_seen written when five minutes old
//! sign-out, new password, disabling ──▶ rows gone
//! ```

use crate::site::{Settings, Site};
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Tx, params};
use kernel::{AccountId, Chance, Date, MINUTE, PostId, Result, Role, SessionId, Text, Timestamp, UnitId};
use sha2::{Digest, Sha256};

/// `last_seen` is written when it is older than this.
pub const TOUCH_AFTER: i64 = 5 * MINUTE;

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// What the cookie holds: 32 random bytes, known to nobody but the browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn make(chance: &dyn Chance) -> Self {
        let mut bytes = [0u8; 32];
        chance.fill(&mut bytes);
        Token(URL_SAFE_NO_PAD.encode(bytes))
    }
    /// From a cookie; none for what cannot be one.
    pub fn from_cookie(value: &str) -> Option<Self> {
        let fine = value.len() == 43 && URL_SAFE_NO_PAD.decode(value).is_ok();
        fine.then(|| Token(value.to_owned()))
    }
    /// For the cookie.
    pub fn value(&self) -> &str {
        &self.0
    }
    /// For the database.
    pub fn hash(&self) -> Vec<u8> {
        sha256(self.0.as_bytes())
    }
}

/// By what somebody came in, where it was not ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Via {
    /// The identity provider's issuer; empty after a password or a passkey.
    pub provider: String,
    /// Whether it asked for a second factor itself.
    pub vouched: bool,
}

/// A post held on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostInfo {
    /// Its id.
    pub id: PostId,
    /// The part played.
    pub role: Role,
    /// What the post is called here; empty where the role says it all.
    pub title: String,
    /// In which unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: Text,
    /// Its path.
    pub path: String,
    /// The path of the area it serves: that of the unit above it for a centre, its own otherwise.
    pub serves: String,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
}

/// A session found by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last written down as used.
    pub last_seen: Timestamp,
    /// Whose it is.
    pub account: AccountId,
    /// Their sign-in name.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Whether they have to choose a password first.
    pub must_change: bool,
    /// Whether they have a second factor, or showed one to the identity provider.
    pub secured: bool,
    /// The posts they hold on the day asked for, earliest first.
    pub posts: Vec<PostInfo>,
}

/// Finds a live session and the posts held on `on`.
pub fn find(
    tx: &mut dyn Tx,
    token_hash: &[u8],
    settings: &Settings,
    now: Timestamp,
    on: Date,
) -> Result<Option<Found>> {
    let row = tx.query_opt(&store::SESSION_FIND, &params![token_hash, now, now.plus(-settings.idle)])?;
    let Some(row) = row else { return Ok(None) };
    let account: AccountId = row.get(3)?;
    Ok(Some(Found {
        id: row.get(0)?,
        created_at: row.get(1)?,
        last_seen: row.get(2)?,
        account,
        login: row.get(4)?,
        name: row.get(5)?,
        must_change: row.get(6)?,
        secured: row.get(7)?,
        posts: posts_on(tx, account, on)?,
    }))
}

/// The posts that an account holds on a day, earliest first.
pub fn posts_on(tx: &mut dyn Tx, account: AccountId, on: Date) -> Result<Vec<PostInfo>> {
    tx.query_map(&store::POSTS_OF_ON, &params![account, on], post)
}

/// Every post that an account holds, held or will hold, latest first.
pub fn posts_of(tx: &mut dyn Tx, account: AccountId) -> Result<Vec<PostInfo>> {
    tx.query_map(&store::POSTS_OF, &params![account], post)
}

fn post(row: &db::Row) -> Result<PostInfo> {
    let role: String = row.get(1)?;
    Ok(PostInfo {
        id: row.get(0)?,
        role: Role::from_key(&role)
            .ok_or_else(|| kernel::Error::internal(format!("a post with the role {role}")))?,
        title: row.get(2)?,
        unit: row.get(3)?,
        unit_name: Text::new(row.get::<String>(4)?, row.get::<String>(5)?),
        path: row.get(6)?,
        serves: row.get(7)?,
        from: row.get(8)?,
        to: row.get(9)?,
    })
}

/// Opens a session and sweeps those that are over.
#[allow(clippy::too_many_arguments)] // One caller; a struct for it would only move the list.
pub fn open(
    tx: &mut dyn Tx,
    id: SessionId,
    token: &Token,
    account: AccountId,
    settings: &Settings,
    now: Timestamp,
    agent: &str,
    via: &Via,
) -> Result<()> {
    tx.execute(&store::SESSIONS_SWEEP, &params![now])?;
    let (until, provider) = (now.plus(settings.lifetime), via.provider.as_str());
    let values = params![token.hash(), id, account, now, until, agent, provider, via.vouched];
    tx.execute(&store::SESSION_INSERT, &values).map(|_| ())
}

/// By which identity provider a session was opened; empty where by none.
pub fn provider(tx: &mut dyn Tx, token: &Token) -> Result<String> {
    let row = tx.query_opt(&store::SESSION_PROVIDER, &params![token.hash()])?;
    row.map_or_else(|| Ok(String::new()), |r| r.get(0))
}

/// Ends a session.
pub fn end(tx: &mut dyn Tx, token: &Token) -> Result<()> {
    tx.execute(&store::SESSION_END, &params![token.hash()]).map(|_| ())
}

/// Ends one of an account's sessions; whether there was one.
pub fn revoke(tx: &mut dyn Tx, account: AccountId, id: SessionId) -> Result<bool> {
    Ok(tx.execute(&store::SESSION_REVOKE, &params![id, account])? > 0)
}

/// Ends all of an account's sessions, but for `keep`, and sign-ins that are half done.
pub fn revoke_all(tx: &mut dyn Tx, account: AccountId, keep: Option<SessionId>) -> Result<()> {
    tx.execute(&store::STEPS_REVOKE, &params![account])?;
    match keep {
        Some(keep) => tx.execute(&store::SESSIONS_REVOKE_OTHERS, &params![account, keep])?,
        None => tx.execute(&store::SESSIONS_REVOKE_ALL, &params![account])?,
    };
    Ok(())
}

/// One of somebody's sessions, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub last_seen: Timestamp,
    /// Browser and device, in short.
    pub agent: String,
}

/// An account's live sessions, the last used first.
pub fn list(
    tx: &mut dyn Tx,
    account: AccountId,
    settings: &Settings,
    now: Timestamp,
) -> Result<Vec<SessionInfo>> {
    tx.query_map(&store::SESSIONS_OF, &params![account, now, now.plus(-settings.idle)], |r| {
        Ok(SessionInfo { id: r.get(0)?, created_at: r.get(1)?, last_seen: r.get(2)?, agent: r.get(3)? })
    })
}

/// Writes down that a session was used, where that is worth it.
pub(crate) async fn touch(site: &Site, token: &Token, last_seen: Timestamp) -> Result<()> {
    let now = site.now();
    if now.0 - last_seen.0 < TOUCH_AFTER {
        return Ok(());
    }
    let hash = token.hash();
    site.db
        .write(move |tx| tx.execute(&store::SESSION_TOUCH, &params![hash.as_slice(), now]).map(|_| ()))
        .await
}

/// The cookie's name: with the prefix that ties it to this host where pages go over https.
pub fn cookie_name(settings: &Settings) -> &'static str {
    if settings.https { "__Host-lx" } else { "lx" }
}

/// The `Set-Cookie` value that hands the token out: gone when the browser closes.
pub fn set_cookie(settings: &Settings, token: &Token) -> String {
    let secure = if settings.https { "; Secure" } else { "" };
    format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(settings), token.value())
}

/// The `Set-Cookie` value that takes it back.
pub fn clear_cookie(settings: &Settings) -> String {
    let secure = if settings.https { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age=0", cookie_name(settings))
}

/// Browser and device in short from `User-Agent`: enough to recognise one's own telephone, no more.
pub fn short_agent(agent: &str) -> String {
    let has = |s: &str| agent.contains(s);
    let browser = [
        ("MicroMessenger", "WeChat"),
        ("DingTalk", "DingTalk"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let device = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let pick = |list: &[(&str, &'static str)]| list.iter().find(|(k, _)| has(k)).map(|(_, v)| *v);
    match (pick(&browser), pick(&device)) {
        (Some(b), Some(d)) => format!("{b} · {d}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn cookies_are_locked_down() {
        let token = Token::make(&Seeded::new(1));
        assert!(Token::from_cookie(token.value()) == Some(token.clone()));
        let plain = set_cookie(&Settings::default(), &token);
        assert!(plain.starts_with("lx=") && plain.contains("HttpOnly") && !plain.contains("Secure"));
        let https = Settings { https: true, ..Settings::default() };
        let safe = set_cookie(&https, &token);
        assert!(safe.starts_with("__Host-lx=") && safe.contains("; Secure") && safe.contains("Path=/;"));
        assert!(clear_cookie(&https).contains("Max-Age=0"));
        assert!(Token::from_cookie("x").is_none());
        assert!(Token::from_cookie(&"!".repeat(43)).is_none());
    }

    #[test]
    fn the_token_itself_is_not_what_is_stored() {
        let token = Token::make(&Seeded::new(2));
        assert_ne!(token.hash(), token.value().as_bytes());
        assert_eq!(token.hash().len(), 32);
    }

    #[test]
    fn browsers_are_named_in_short() {
        let wechat = "Mozilla/5.0 (Linux; Android 13) AppleWebKit Chrome/116 MicroMessenger/8.0";
        assert_eq!(short_agent(wechat), "WeChat · Android");
        assert_eq!(short_agent("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Edg/120"), "Edge · Windows");
        assert_eq!(short_agent("curl/8"), "");
    }
}
