//! Where the PostgreSQL server is, and how to reach it.

use crate::Config;
use crate::fault::{Fault, Outcome};
use crate::pg_tls::Tls;
use crate::pg_tx::Link;
use kernel::{Error, Result};
use percent_encoding::percent_decode_str;
use postgres::config::{Host, SslMode};
use std::net::IpAddr;
use std::time::Duration;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Write,
    Read,
    Keep,
}

/// How to connect.
#[derive(Clone)]
pub(crate) struct Address {
    to: postgres::Config,
    tls: Tls,
    pub(crate) schema: Option<String>,
    bulk: bool,
}

impl Address {
    pub(crate) fn of(config: &Config) -> Result<Self> {
        let (url, asked) = split(&config.url);
        // The parser's message quotes no part of the address, which may hold a password.
        let mut to: postgres::Config = url
            .parse()
            .map_err(|e| Error::Internal(format!("the PostgreSQL address is not understood: {e}")))?;
        if to.get_connect_timeout().is_none() {
            to.connect_timeout(Duration::from_secs(5));
        }
        if to.get_application_name().is_none() {
            to.application_name("lianxin");
        }
        if let Some(name) = &config.schema
            && (name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        {
            return Err(Error::internal("a schema's name is made of letters, digits and _"));
        }
        let tls = match asked.mode.as_deref() {
            // Nothing said: a connection inside the machine needs none, another takes it where it can.
            None if to.get_hosts().iter().all(is_here) => Tls::Off,
            None => Tls::new(SslMode::Prefer, "prefer", asked.roots.as_deref())?,
            Some("disable") => Tls::Off,
            Some("prefer") => Tls::new(SslMode::Prefer, "prefer", asked.roots.as_deref())?,
            Some(mode @ ("require" | "verify-ca" | "verify-full")) => {
                Tls::new(SslMode::Require, mode, asked.roots.as_deref())?
            }
            Some(_) => {
                return Err(Error::internal(
                    "the PostgreSQL address: sslmode is disable, prefer, require, verify-ca or verify-full",
                ));
            }
        };
        to.ssl_mode(tls.mode());
        Ok(Self { to, tls, schema: config.schema.clone(), bulk: config.bulk })
    }

    /// Ends a connection over which nothing arrives for so long.
    pub(crate) fn give_up_after(&mut self, time: Duration) {
        self.to.tcp_user_timeout(time);
    }

    pub(crate) fn connect(&self, role: Role) -> Outcome<Link> {
        let fault = |e| Fault::postgres("connecting to PostgreSQL", &e);
        let mut client = match &self.tls {
            Tls::Off => self.to.connect(postgres::NoTls),
            Tls::On { how, .. } => self.to.connect(how.clone()),
        }
        .map_err(fault)?;
        let mut setup = String::from("SET TIME ZONE 'UTC'; SET jit = off;");
        if let Some(schema) = &self.schema {
            setup.push_str(&format!("SET search_path TO \"{schema}\";"));
        }
        setup.push_str(match role {
            // Others wait for whoever writes: a process that stands still may not keep them waiting for ever.
            Role::Write => {
                "SET default_transaction_isolation = 'serializable'; \
                 SET idle_in_transaction_session_timeout = '60s';"
            }
            Role::Read => "SET default_transaction_read_only = on;",
            Role::Keep => "",
        });
        if self.bulk {
            setup.push_str("SET synchronous_commit = off;");
        }
        client.batch_execute(&setup).map_err(fault)?;
        Ok(Link::new(client))
    }
}

/// What an address says about TLS, in the words of PostgreSQL's own programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// `sslmode`.
    mode: Option<String>,
    /// `sslrootcert`: a file with the certificates that are trusted.
    roots: Option<String>,
}

/// The address without what it says about TLS, which the client's own parser knows only half of.
fn split(url: &str) -> (String, Asked) {
    let mut asked = Asked::default();
    let Some((head, query)) = url.split_once('?') else { return (url.to_owned(), asked) };
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let value = |text: &str| Some(percent_decode_str(text).decode_utf8_lossy().into_owned());
        match pair.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = value(mode),
            Some(("sslrootcert", file)) => asked.roots = value(file),
            _ => kept.push(pair),
        }
    }
    let rest = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{head}{rest}"), asked)
}

/// Whether a server is on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mode: Option<&str>, roots: Option<&str>) -> Asked {
        Asked { mode: mode.map(str::to_owned), roots: roots.map(str::to_owned) }
    }

    #[test]
    fn what_an_address_says_about_tls_is_taken_out_of_it() {
        for (url, rest, wanted) in [
            ("postgres://a@h/d", "postgres://a@h/d", asked(None, None)),
            ("postgres://a@h/d?sslmode=require", "postgres://a@h/d", asked(Some("require"), None)),
            (
                "postgres://a@h/d?x=1&sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20.pem&y=2",
                "postgres://a@h/d?x=1&y=2",
                asked(Some("verify-full"), Some("/etc/ca .pem")),
            ),
        ] {
            assert_eq!(split(url), (rest.to_owned(), wanted));
        }
    }

    #[test]
    fn inside_the_machine_nothing_is_encrypted_unless_asked_for() {
        let mode = |url: &str| Address::of(&Config::new(url)).map(|a| a.tls.mode());
        assert_eq!(mode("postgres://a@127.0.0.1/d").unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://a@localhost/d").unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://a@%2Frun%2Fpostgresql/d").unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://a@db.example.org/d").unwrap(), SslMode::Prefer);
        assert_eq!(mode("postgres://a@db.example.org/d?sslmode=disable").unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://a@127.0.0.1/d?sslmode=verify-full").unwrap(), SslMode::Require);
        let said = mode("postgres://a:geheim@h/d?sslmode=always").unwrap_err().to_string();
        assert!(said.contains("verify-full") && !said.contains("geheim"), "{said}");
        let said = mode("postgres://a@h/d?sslmode=verify-ca&sslrootcert=/none.pem").unwrap_err().to_string();
        assert!(said.contains("/none.pem"), "{said}");
    }
}
