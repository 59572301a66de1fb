//! `[[oidc]]` in `lianxin.toml`: identity providers by which staff may sign in.

use access::oidc::{LinkBy, Provider};
use kernel::{Error, Result, Role, Text};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// One of them, as the operator writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OidcSettings {
    /// Its name in addresses.
    pub id: String,
    /// Its issuer identifier.
    pub issuer: String,
    /// What this site is called there.
    pub client_id: String,
    /// The file with the secret, seen from the site's directory.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// The variable with the secret.
    #[serde(default)]
    pub client_secret_env: Option<String>,
    /// What staff call it, in Chinese.
    pub label_zh: String,
    /// The same in English.
    pub label_en: String,
    /// The claim that names the account.
    #[serde(default = "claim")]
    pub claim: String,
    /// How accounts are linked: `first-sign-in` or `administrator`.
    #[serde(default)]
    pub link: Link,
    /// Whether somebody unknown gets an account without posts.
    #[serde(default)]
    pub create: bool,
    /// The roles that may sign in by it; all where left out.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Values of `acr` or `amr` that stand for a second factor.
    #[serde(default)]
    pub second_factor: Vec<String>,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
}

/// How accounts are linked.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Where the claim is a sign-in name, at the first sign-in.
    FirstSignIn,
    /// By an administrator, on the account's page.
    #[default]
    Administrator,
}

fn claim() -> String {
    "preferred_username".to_owned()
}

fn scopes() -> Vec<String> {
    vec!["profile".to_owned()]
}

impl OidcSettings {
    /// What `access` is told, without the secret.
    ///
    /// Errors: what is wrong, in English.
    pub fn provider(&self) -> std::result::Result<Provider, String> {
        let role = |key: &String| Role::from_key(key).ok_or(format!("[[oidc]]: there is no role \"{key}\""));
        let provider = Provider {
            id: self.id.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: None,
            label: Text::new(self.label_zh.clone(), self.label_en.clone()),
            claim: self.claim.clone(),
            link: match self.link {
                Link::FirstSignIn => LinkBy::FirstSignIn,
                Link::Administrator => LinkBy::Administrator,
            },
            create: self.create,
            roles: self.roles.iter().map(role).collect::<std::result::Result<_, _>>()?,
            second_factor: self.second_factor.clone(),
            scopes: self.scopes.clone(),
        };
        match provider.fault() {
            Some(fault) => Err(format!("[[oidc]] {fault}")),
            None => Ok(provider),
        }
    }

    /// The same with the secret, read from where the settings say.
    ///
    /// Errors: refused (`oidc-secret`) where it is not there.
    pub fn open(&self, dir: &Path) -> Result<Provider> {
        let mut provider = self.provider().map_err(Error::internal)?;
        let missing = |what: String| {
            let id = &self.id;
            Error::refused(
                "oidc-secret",
                format!("身份系统“{id}”的密钥读不到：{what}"),
                format!("the secret of the identity provider \"{id}\" cannot be read: {what}"),
            )
        };
        let found = match (&self.client_secret_env, &self.client_secret_file) {
            (Some(name), _) => Some(std::env::var(name).map_err(|_| missing(name.clone()))?),
            (None, Some(file)) => {
                let path = dir.join(file);
                let text = std::fs::read_to_string(&path);
                Some(text.map_err(|e| missing(format!("{}: {e}", path.display())))?)
            }
            (None, None) => None,
        };
        provider.client_secret = found.map(|text| Zeroizing::new(text.trim().to_owned()));
        Ok(provider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const LEAST: &str = "pack = \"county\"\n[[oidc]]\nid = \"gov\"\nissuer = \"https://id.example.org\"\n\
                         client-id = \"lianxin\"\nlabel-zh = \"统一身份\"\nlabel-en = \"One ID\"\n";

    #[test]
    fn little_is_enough_and_nobody_is_let_in_by_it_unasked() {
        let config = Config::parse(LEAST).unwrap();
        let p = config.oidc[0].open(Path::new("/")).unwrap();
        assert_eq!(
            (p.link, p.create, p.claim.as_str()),
            (LinkBy::Administrator, false, "preferred_username")
        );
        assert!(p.second_factor.is_empty() && p.roles.is_empty() && p.client_secret.is_none());
    }

    #[test]
    fn the_secret_comes_from_a_file_and_is_not_printed() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::parse(&format!("{LEAST}client-secret-file = \"oidc.key\"\n")).unwrap();
        let said = config.oidc[0].open(dir.path()).unwrap_err().say();
        assert!(said.zh.contains("oidc.key") && said.en.contains("oidc.key"), "{said:?}");
        std::fs::write(dir.path().join("oidc.key"), "s3cret\n").unwrap();
        let p = config.oidc[0].open(dir.path()).unwrap();
        assert_eq!(p.client_secret.as_ref().map(|s| s.as_str()), Some("s3cret"));
        assert!(!format!("{p:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (from, to, part) in [
            ("https://id", "http://id", "https"),
            ("\"gov\"", "\"Gov Id\"", "small letters"),
            ("client-id = \"lianxin\"", "client-id = \"\"", "client-id"),
            ("client-id", "roles = [\"mayor\"]\nclient-id", "mayor"),
        ] {
            let said = Config::parse(&LEAST.replace(from, to)).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
        assert!(Config::parse(&LEAST.replace("https://id.example.org", "http://127.0.0.1:4000")).is_ok());
        let twice = format!("{LEAST}{}", LEAST.split_once('\n').unwrap().1);
        assert!(Config::parse(&twice).unwrap_err().contains("twice"));
    }
}
