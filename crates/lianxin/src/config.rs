//! `DIR/lianxin.toml`: what the operator of a site sets.

use crate::outcome::file_error;
use access::Settings as AccessSettings;
use kernel::{DAY, Error, HOUR, MINUTE, Result, Role};
use notify::{GatewaySettings, Policy};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file in the site's directory.
pub const CONFIG_FILE: &str = "lianxin.toml";

/// The settings of a site.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The pack: a built-in one, or a directory, seen from the site's directory.
    pub pack: String,
    /// Where to listen.
    #[serde(default = "listen")]
    pub listen: String,
    /// The database; `lianxin.db` in the site's directory where left out.
    #[serde(default)]
    pub database: Option<String>,
    /// PostgreSQL schema.
    #[serde(default)]
    pub schema: Option<String>,
    /// The file with the master keys, seen from the site's directory; `vault.key` in it where left out.
    #[serde(default)]
    pub vault_key: Option<String>,
    /// Pages are served over https.
    #[serde(default)]
    pub https: bool,
    /// A proxy of ours stands in front and names the visitor's address.
    #[serde(default)]
    pub behind_proxy: bool,
    /// A demonstration, where one click signs in.
    #[serde(default)]
    pub demo: bool,
    /// What `/metrics` asks for; without it only this machine may read it.
    #[serde(default)]
    pub metrics_token: String,
    /// Sessions and locks.
    #[serde(default)]
    pub session: Session,
    /// How much of the machine a visitor may take.
    #[serde(default)]
    pub limits: Limits,
    /// Sealing of the record.
    #[serde(default)]
    pub seal: Seal,
    /// Identity providers by which staff may sign in.
    #[serde(default)]
    pub oidc: Vec<crate::oidc::OidcSettings>,
    /// Ways to reach people.
    #[serde(default)]
    pub gateway: Vec<GatewaySettings>,
    /// How often and how long to try.
    #[serde(default)]
    pub delivery: Policy,
}

/// Sessions and locks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Session {
    /// A session without a request for so many minutes ends.
    pub idle_minutes: i64,
    /// A session ends after so many hours whatever happens.
    pub hours: i64,
    /// Wrong passwords for one login until it locks.
    pub lock_after: i64,
    /// For how many minutes.
    pub lock_minutes: i64,
    /// For how many days sign-ins are kept on record.
    pub history_days: i64,
    /// Roles whose holders have to have a second factor, with the days of grace from taking up the post.
    pub second_factor: BTreeMap<String, i64>,
}

/// How much of the machine a visitor may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// The largest form with its files, in MiB.
    pub body_mib: usize,
    /// An answer takes at most so many seconds.
    pub seconds: u64,
    /// When told to stop, requests under way have so many seconds.
    pub stop_seconds: u64,
    /// Jobs that may wait for the database.
    pub queue: usize,
    /// Requests that a program may send in by one key in a minute; 0: as many as it likes.
    pub key_per_minute: u32,
    /// Requests that programs may send in from one address in a minute; 0: as many as they like.
    pub address_per_minute: u32,
}

/// Sealing of the record.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seal {
    /// A head is signed after so many minutes where anything is new.
    pub minutes: i64,
}

impl Default for Seal {
    fn default() -> Self {
        Seal { minutes: AccessSettings::default().seal_every / MINUTE }
    }
}

impl Default for Session {
    fn default() -> Self {
        // Administrators change rules and accounts, auditors read every name, supervisors those of an area.
        let second_factor = [(Role::Admin, 0), (Role::Auditor, 14), (Role::Supervisor, 14)];
        Session {
            idle_minutes: 30,
            hours: 8,
            lock_after: 5,
            lock_minutes: 15,
            history_days: 180,
            second_factor: second_factor.map(|(role, days)| (role.key().to_owned(), days)).into(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let AccessSettings { key_rate, address_rate, .. } = AccessSettings::default();
        Limits {
            body_mib: 32,
            seconds: 60,
            stop_seconds: 20,
            queue: 2048,
            key_per_minute: key_rate,
            address_per_minute: address_rate,
        }
    }
}

fn listen() -> String {
    "127.0.0.1:8080".to_owned()
}

impl Config {
    /// Reads `dir/lianxin.toml`.
    ///
    /// Errors: refused where it is missing (`no-site`) or says something unknown (`settings`), with
    /// its line.
    pub fn read(dir: &Path) -> Result<Config> {
        let path = dir.join(CONFIG_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let dir = dir.display();
                return Err(Error::refused(
                    "no-site",
                    format!("{dir} 里没有站点。先建一个：lianxin init --pack county --dir {dir}"),
                    format!("there is no site in {dir}. Make one: lianxin init --pack county --dir {dir}"),
                ));
            }
            Err(e) => return Err(file_error(&path, &e)),
        };
        Config::parse(&text).map_err(|what| {
            let path = path.display();
            Error::refused("settings", format!("{path} 有误：{what}"), format!("{path}: {what}"))
        })
    }

    /// Reads the text of the file; the error says what is wrong and where, in English.
    pub fn parse(text: &str) -> std::result::Result<Config, String> {
        let config: Config = toml::from_str(text).map_err(|e| e.to_string().trim().to_owned())?;
        for (at, one) in config.oidc.iter().enumerate() {
            one.provider()?;
            if config.oidc[..at].iter().any(|o| o.id == one.id || o.issuer == one.issuer) {
                return Err(format!("[[oidc]] \"{}\" or its issuer stands there twice", one.id));
            }
        }
        match config.session.second_factor.keys().find(|key| Role::from_key(key).is_none()) {
            Some(key) => Err(format!("[session.second-factor]: there is no role \"{key}\"")),
            None => Ok(config),
        }
    }

    /// What `access` is told.
    pub fn access(&self) -> AccessSettings {
        AccessSettings {
            https: self.https,
            behind_proxy: self.behind_proxy,
            idle: self.session.idle_minutes.max(1) * MINUTE,
            lifetime: self.session.hours.max(1) * HOUR,
            lock_after: self.session.lock_after.max(1),
            lock_for: self.session.lock_minutes.max(1) * MINUTE,
            history_for: self.session.history_days.max(1) * DAY,
            second_factor: self.second_factor(),
            key_rate: self.limits.key_per_minute,
            address_rate: self.limits.address_per_minute,
            seal_every: self.seal.minutes.clamp(1, 24 * 60) * MINUTE,
            ..AccessSettings::default()
        }
    }

    /// Whose posts demand a second factor. On a demonstration one click signs in, so nobody's do.
    fn second_factor(&self) -> Vec<(Role, i64)> {
        let all = self.session.second_factor.iter().filter(|_| !self.demo);
        all.filter_map(|(key, days)| Some((Role::from_key(key)?, *days))).collect()
    }

    /// What `notify` is told. A demonstration never reaches anybody: it writes files only.
    pub fn delivery(&self) -> notify::Settings {
        let gateway = if self.demo { Vec::new() } else { self.gateway.clone() };
        notify::Settings { gateway, delivery: self.delivery.clone() }
    }
}

/// What a new site's file is made of.
#[derive(Clone, Debug)]
pub struct NewConfig<'a> {
    /// The pack as it is to stand there.
    pub pack: &'a str,
    /// The database, where it is not the file of the site.
    pub database: Option<&'a str>,
    /// PostgreSQL schema.
    pub schema: Option<&'a str>,
    /// Whether it is a demonstration.
    pub demo: bool,
}

/// The text of a new `lianxin.toml`, with everything that can be set.
pub fn template(new: &NewConfig) -> String {
    let given = |key: &str, value: Option<&str>, sample: &str| match value {
        Some(value) => format!("{key} = {}", quoted(value)),
        None => format!("# {key} = \"{sample}\""),
    };
    include_str!("../data/lianxin.toml")
        .replace("@pack@", &quoted(new.pack))
        .replace("@database@", &given("database", new.database, "postgres://lianxin@localhost/lianxin"))
        .replace("@schema@", &given("schema", new.schema, "lianxin"))
        .replace(
            "@demo@",
            if new.demo {
                "\n# A demonstration: anybody may step into any role. 试用站点\ndemo = true\n"
            } else {
                ""
            },
        )
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(demo: bool) -> String {
        template(&NewConfig { pack: "a \"b\"", database: None, schema: None, demo })
    }

    #[test]
    fn a_new_file_reads_back_and_shows_the_defaults() {
        let c = Config::parse(&new(false)).unwrap();
        assert_eq!(
            (c.pack.as_str(), c.listen.as_str(), c.demo, c.database.is_none()),
            ("a \"b\"", "127.0.0.1:8080", false, true)
        );
        assert!(Config::parse(&new(true)).unwrap().demo);
        let text = template(&NewConfig {
            pack: "county",
            database: Some("postgres://x/y"),
            schema: Some("s"),
            demo: false,
        });
        let c = Config::parse(&text).unwrap();
        assert_eq!((c.database.as_deref(), c.schema.as_deref()), (Some("postgres://x/y"), Some("s")));
    }

    #[test]
    fn what_the_comments_propose_is_understood() {
        // Every line that is commented out as a setting is one that works.
        let text: String = new(false)
            .lines()
            .map(|l| match l.strip_prefix("# ") {
                Some(rest) if rest.starts_with('[') || rest.contains(" = ") => format!("{rest}\n"),
                _ => format!("{l}\n"),
            })
            .collect();
        let c = Config::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert!(
            !c.gateway.is_empty()
                && c.limits.body_mib == 32
                && c.session.hours == 8
                && c.limits.key_per_minute == 600
                && c.access().second_factor.contains(&(Role::Admin, 0))
                && c.seal.minutes == 5,
            "{c:?}"
        );
    }

    #[test]
    fn a_typing_error_is_named_with_its_line() {
        let said = Config::parse("pack = \"county\"\nlissten = \"x\"\n").unwrap_err();
        assert!(said.contains("lissten") && said.contains("line 2"), "{said}");
    }

    #[test]
    fn whose_posts_demand_a_second_factor_is_set_and_a_demonstration_demands_none() {
        let sorted = |text: &str| {
            let mut all = Config::parse(text).unwrap().access().second_factor;
            all.sort_by_key(|(role, _)| role.key());
            all
        };
        let plain = sorted("pack = \"county\"");
        assert_eq!(plain, [(Role::Admin, 0), (Role::Auditor, 14), (Role::Supervisor, 14)]);
        assert_eq!(sorted("pack = \"county\"\ndemo = true"), []);
        // What is written there counts in place of the defaults.
        assert_eq!(sorted("pack = \"county\"\n[session.second-factor]\nclerk = 30"), [(Role::Clerk, 30)]);
        assert_eq!(sorted("pack = \"county\"\n[session.second-factor]"), []);
        let said = Config::parse("pack = \"county\"\n[session.second-factor]\nmayor = 1").unwrap_err();
        assert!(said.contains("mayor"), "{said}");
    }

    #[test]
    fn a_demonstration_sends_nothing_out() {
        let mut c = Config::parse("pack = \"county\"\ndemo = true\n[[gateway]]\nkind = \"file\"\n").unwrap();
        assert!(c.delivery().gateway.is_empty());
        c.demo = false;
        assert_eq!(c.delivery().gateway.len(), 1);
    }
}
