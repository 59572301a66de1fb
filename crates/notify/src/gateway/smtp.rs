//! E-mail by SMTP.

use super::{Delivery, Gateway, Outgoing};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use std::time::{Duration, SystemTime};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// From the first byte, usually port 465.
    Tls,
    /// After a greeting in clear, usually port 587; refused where the server does not offer it.
    StartTls,
    /// Not at all: only for a server on this machine.
    None,
}

/// A mail server.
pub struct Smtp {
    name: String,
    from: Mailbox,
    transport: SmtpTransport,
}

impl Smtp {
    /// Through `host:port`. Errors name what is wrong with the settings.
    pub fn new(
        name: impl Into<String>,
        host: &str,
        port: u16,
        tls: SmtpTls,
        login: Option<(String, String)>,
        from: &str,
        timeout_s: u64,
    ) -> Result<Self, String> {
        let from: Mailbox = from.parse().map_err(|e| format!("from: {e}"))?;
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|e| format!("tls: {e}"));
        let tls = match tls {
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
            SmtpTls::StartTls => Tls::Required(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(timeout_s)));
        if let Some((user, password)) = login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { name: name.into(), from, transport: builder.build() })
    }

    fn message(&self, m: &Outgoing) -> Result<Message, String> {
        let to: Mailbox = m.to.parse().map_err(|_| "not a mailbox".to_owned())?;
        let date = SystemTime::UNIX_EPOCH + Duration::from_millis(m.at.0.max(0) as u64);
        // The same id at each repetition: a mail server or reader can drop the second one.
        let id = format!("<{}@{}>", m.id, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .date(date)
            .message_id(Some(id))
            .subject(m.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(m.body.clone())
            .map_err(|e| e.to_string())
    }
}

impl Gateway for Smtp {
    fn name(&self) -> &str {
        &self.name
    }

    fn send(&self, m: &Outgoing) -> Delivery {
        let message = match self.message(m) {
            Ok(message) => message,
            Err(why) => return Delivery::Refused(why),
        };
        match self.transport.send(&message) {
            Ok(response) => Delivery::Sent(response.message().next().unwrap_or_default().to_owned()),
            Err(e) => failure(&e),
        }
    }
}

fn failure(e: &lettre::transport::smtp::Error) -> Delivery {
    let code = e.status().map(u16::from);
    let said = match code {
        Some(code) => format!("{code} {e}"),
        None => e.to_string(),
    };
    match code {
        // About the mailbox (RFC 5321 §4.2.2); other permanent answers are about us: log-in, policy.
        Some(550 | 551 | 553) => Delivery::Refused(said),
        Some(450 | 452 | 552) => Delivery::NotReached(said),
        Some(_) => Delivery::Down(said),
        // Broken off or timed out while talking: the server may have taken it.
        None if e.is_timeout() => Delivery::Unclear(said),
        None => Delivery::Down(said),
    }
}
