//! The settings of delivery, as they stand in the site's TOML.
//!
//! ```toml
//! [delivery]
//! give-up-after-h = 72
//!
//! [[gateway]]
//! kind = "sms"                 # file | sms | smtp | webhook
//! order = 1                    # the lowest is tried first
//! for = ["sms"]
//! url = "https://sms.example.org"
//! key-env = "LIANXIN_SMS_KEY"  # or key = "…"
//! template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
//! ```

use crate::gateway::{FileGateway, Gateways, NotifyV2, Smtp, SmtpTls, Webhook};
use crate::model::{Channel, Policy};
use kernel::{Error, Result, Zone};
use serde::Deserialize;
use std::path::Path;

/// Delivery as it is set up for a site. Nothing set: the `file` gateway for everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The gateways.
    pub gateway: Vec<GatewaySettings>,
    /// How often and how long to try.
    pub delivery: Policy,
}

/// What sort of gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Lines of a file, for trying out.
    File,
    /// Text messages over HTTP in the shape of GOV.UK Notify v2.
    Sms,
    /// A mail server.
    Smtp,
    /// Another program, by Standard Webhooks.
    Webhook,
}

/// One gateway.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GatewaySettings {
    /// What sort.
    pub kind: Kind,
    /// Its name in lists; the kind where none is given.
    pub name: Option<String>,
    /// The lowest is tried first.
    #[serde(default)]
    pub order: i64,
    /// What it is used for; the usual for its kind where nothing is given.
    #[serde(default, rename = "for")]
    pub channels: Vec<Channel>,
    /// Where (sms, webhook).
    #[serde(default)]
    pub url: String,
    /// The secret: the API key, the signing secret, the password.
    #[serde(default)]
    pub key: String,
    /// The environment variable that holds the secret instead.
    #[serde(default)]
    pub key_env: String,
    /// The far side's template (sms).
    #[serde(default)]
    pub template: String,
    /// The template's one placeholder (sms).
    #[serde(default = "placeholder")]
    pub placeholder: String,
    /// The mail server's name (smtp).
    #[serde(default)]
    pub host: String,
    /// Its port (smtp); the usual one for `tls` where none is given.
    pub port: Option<u16>,
    /// How the connection is protected (smtp).
    pub tls: Option<SmtpTls>,
    /// Whose log-in (smtp).
    #[serde(default)]
    pub user: String,
    /// The sender's mailbox (smtp).
    #[serde(default)]
    pub from: String,
    /// When to give up waiting for an answer, in seconds.
    #[serde(default = "timeout")]
    pub timeout_s: u64,
}

impl std::fmt::Debug for GatewaySettings {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatewaySettings")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

fn placeholder() -> String {
    "body".to_owned()
}

fn timeout() -> u64 {
    20
}

impl Settings {
    /// Builds the gateways. `dir` is the site's directory, for the `file` gateway.
    ///
    /// Errors: `gateway-settings`, naming the gateway and what is wrong with it.
    pub fn gateways(&self, dir: &Path, zone: Zone) -> Result<Gateways> {
        let mut ordered: Vec<&GatewaySettings> = self.gateway.iter().collect();
        ordered.sort_by_key(|g| g.order);
        let mut out = Gateways::new();
        for g in ordered {
            out = g.add_to(out, dir, zone)?;
        }
        if out.slots.is_empty() {
            out = out.with(FileGateway::new("file", dir, zone), Channel::ALL);
        }
        Ok(out)
    }
}

impl GatewaySettings {
    fn add_to(&self, out: Gateways, dir: &Path, zone: Zone) -> Result<Gateways> {
        let usual: &[Channel] = match self.kind {
            Kind::File => Channel::ALL,
            Kind::Sms => &[Channel::Sms],
            Kind::Smtp => &[Channel::Email],
            Kind::Webhook => &[Channel::Webhook],
        };
        let channels = if self.channels.is_empty() { usual } else { &self.channels };
        let kind = match self.kind {
            Kind::File => "file",
            Kind::Sms => "sms",
            Kind::Smtp => "smtp",
            Kind::Webhook => "webhook",
        };
        let name = self.name.clone().unwrap_or_else(|| kind.to_owned());
        if out.named(&name).is_some() {
            return Err(wrong(&name, "两个通道不能同名", "two gateways have this name"));
        }
        let carries = match self.kind {
            Kind::File | Kind::Webhook => Channel::ALL,
            Kind::Sms => &[Channel::Sms],
            Kind::Smtp => &[Channel::Email],
        };
        if let Some(c) = channels.iter().find(|c| !carries.contains(c)) {
            return Err(wrong(
                &name,
                &format!("这种通道不能发{}", c.say().zh),
                &format!("this kind does not carry {}", c.key()),
            ));
        }
        match self.kind {
            Kind::File => Ok(out.with(FileGateway::new(name, dir, zone), channels)),
            Kind::Sms => {
                let key = self.secret(&name)?;
                self.url_given(&name)?;
                if self.template.is_empty() {
                    return Err(wrong(&name, "缺少 template（短信模板编号）", "template is missing"));
                }
                let (template, holder) = (self.template.clone(), self.placeholder.clone());
                let gateway = NotifyV2::new(&*name, &self.url, &key, template, holder, self.timeout_s)
                    .ok_or_else(|| {
                        wrong(
                            &name,
                            "密钥格式不对，应为“名称-服务编号-密钥”",
                            "the key is not in the form name-service-secret",
                        )
                    })?;
                Ok(out.with(gateway, channels))
            }
            Kind::Smtp => {
                let tls = self.tls.unwrap_or(SmtpTls::StartTls);
                let port = self.port.unwrap_or(match tls {
                    SmtpTls::Tls => 465,
                    SmtpTls::StartTls => 587,
                    SmtpTls::None => 25,
                });
                if self.host.is_empty() {
                    return Err(wrong(&name, "缺少 host（邮件服务器）", "host is missing"));
                }
                let login =
                    if self.user.is_empty() { None } else { Some((self.user.clone(), self.secret(&name)?)) };
                let gateway = Smtp::new(&*name, &self.host, port, tls, login, &self.from, self.timeout_s)
                    .map_err(|e| wrong(&name, &e, &e))?;
                Ok(out.with(gateway, channels))
            }
            Kind::Webhook => {
                let secret = self.secret(&name)?;
                self.url_given(&name)?;
                let gateway = Webhook::new(&*name, &*self.url, &secret, self.timeout_s).ok_or_else(|| {
                    wrong(&name, "密钥应为 whsec_ 开头的 base64", "the secret is not whsec_ and base64")
                })?;
                Ok(out.with(gateway, channels))
            }
        }
    }

    fn url_given(&self, name: &str) -> Result<()> {
        if self.url.starts_with("https://") || self.url.starts_with("http://") {
            return Ok(());
        }
        Err(wrong(name, "缺少 url（http:// 或 https:// 开头）", "url is missing or not http:// or https://"))
    }

    fn secret(&self, name: &str) -> Result<String> {
        if !self.key.is_empty() {
            return Ok(self.key.clone());
        }
        match std::env::var(&self.key_env) {
            Ok(key) if !self.key_env.is_empty() && !key.is_empty() => Ok(key),
            _ => Err(wrong(
                name,
                "缺少密钥：写 key，或用 key-env 指明环境变量",
                "no secret: give key, or name an environment variable with key-env",
            )),
        }
    }
}

fn wrong(name: &str, zh: &str, en: &str) -> Error {
    Error::refused(
        "gateway-settings",
        format!("发送通道“{name}”设置有误：{zh}。"),
        format!("The gateway \"{name}\" is not set up right: {en}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(toml: &str) -> std::result::Result<Vec<String>, String> {
        let s: Settings = toml::from_str(toml).map_err(|e| e.to_string())?;
        s.gateways(Path::new("/nowhere"), Zone::CHINA).map(|g| g.names()).map_err(|e| e.to_string())
    }

    #[test]
    fn settings_become_gateways_in_their_order() {
        let key = format!("k-{0}-{0}", "0".repeat(36));
        let toml = format!(
            r#"
            [delivery]
            give-up-after-h = 24
            [[gateway]]
            kind = "file"
            order = 9
            [[gateway]]
            kind = "smtp"
            order = 2
            host = "mail.example.org"
            from = "连心 <lx@example.org>"
            [[gateway]]
            kind = "webhook"
            name = "bridge"
            order = 3
            for = ["sms", "webhook"]
            url = "https://bridge.example.org/in"
            key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            [[gateway]]
            kind = "sms"
            order = 1
            url = "https://sms.example.org"
            key = "{key}"
            template = "t"
        "#
        );
        assert_eq!(names(&toml).unwrap(), ["sms", "smtp", "bridge", "file"]);
        assert_eq!(names("").unwrap(), ["file"]);
        let s: Settings = toml::from_str(&toml).unwrap();
        assert_eq!((s.delivery.give_up_after_h, s.delivery.batch), (24, Policy::default().batch));
        assert!(!format!("{s:?}").contains("whsec_"), "secrets do not reach a log");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("kind = \"pigeon\"", "pigeon"),
            ("kind = \"file\"\ncolour = 1", "colour"),
            ("kind = \"file\"\nfor = [\"fax\"]", "fax"),
            ("kind = \"smtp\"", "host is missing"),
            ("kind = \"smtp\"\nhost = \"x\"\nfrom = \"nobody\"", "from"),
            ("kind = \"smtp\"\nhost = \"x\"\nfor = [\"sms\"]", "does not carry sms"),
            ("kind = \"sms\"\nurl = \"https://x\"\ntemplate = \"t\"", "no secret"),
            ("kind = \"sms\"\nurl = \"https://x\"\ntemplate = \"t\"\nkey = \"k\"", "name-service-secret"),
            ("kind = \"sms\"\nurl = \"https://x\"\nkey = \"k\"", "template"),
            ("kind = \"webhook\"\nkey = \"k\"", "url"),
            ("kind = \"webhook\"\nurl = \"https://x\"\nkey = \"!\"", "whsec_"),
            ("kind = \"file\"\n[[gateway]]\nkind = \"file\"", "two gateways"),
        ];
        for (toml, wanted) in cases {
            let said = names(&format!("[[gateway]]\n{toml}")).unwrap_err();
            assert!(said.contains(wanted), "{toml}: {said}");
        }
    }
}
