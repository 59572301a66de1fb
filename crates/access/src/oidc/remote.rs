//! What is asked of the provider over HTTP: what it offers, its keys, and the token for a code.

use super::Provider;
use super::coming::Going;
use super::token::{self, Claims, Expected, Keys, Unfit};
use crate::Site;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Error, HOUR, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a provider offers is asked for anew after so long, in milliseconds.
const FRESH: i64 = HOUR;
/// One that did not answer is left alone for so long, in milliseconds: nobody keeps our threads waiting for it.
const REST: i64 = 5_000;
/// The longest answer that is read.
const LONGEST: u64 = 256 << 10;

/// What it offers (OpenID Connect Discovery 1.0, 3).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Offer {
    issuer: String,
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    pub end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// A provider as it was last met.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub offer: Offer,
    keys: Keys,
    at: Timestamp,
}

/// The providers that were met, and when one did not answer, by issuer.
#[derive(Default)]
struct Met(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    known: HashMap<String, Arc<Known>>,
    down: HashMap<String, Timestamp>,
}

/// Why it did not work: for the log, in English.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It cannot be reached.
    Down(String),
    /// What it says cannot be taken.
    Wrong(String),
}

impl From<Unfit> for Fault {
    fn from(why: Unfit) -> Fault {
        Fault::Wrong(format!("ID token: {why:?}"))
    }
}

impl Fault {
    /// What staff read.
    pub fn told(self, provider: &Provider) -> Error {
        let (zh, en) = (&provider.label.zh, &provider.label.en);
        match self {
            Fault::Down(why) => {
                tracing::warn!(provider = provider.id, why, "the identity provider cannot be reached");
                Error::refused(
                    "oidc-down",
                    format!("“{zh}”暂时连不上，请过一会儿再试，或用密码登录。"),
                    format!(
                        "\"{en}\" cannot be reached just now. Try again in a while, or use your password."
                    ),
                )
            }
            Fault::Wrong(why) => {
                tracing::warn!(provider = provider.id, why, "the identity provider's answer is refused");
                Error::refused(
                    "oidc-refused",
                    format!("“{zh}”的答复没有通过核对，没有登录。请再试一次；还不行，请联系管理员查看日志。"),
                    format!(
                        "What \"{en}\" answered did not pass our checks. Try again; if it goes on, ask your administrator to look at the log."
                    ),
                )
            }
        }
    }
}

/// Whether an address may be called: https, or http on this machine.
pub(crate) fn is_safe(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let here = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let named = uri.authority().is_some_and(|a| !a.as_str().contains('@'));
    named && (uri.scheme_str() == Some("https") || (here && uri.scheme_str() == Some("http")))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(5)))
        .http_status_as_error(false)
        // Who is asked stands in the settings; nobody is sent on to others.
        .max_redirects(0)
        .user_agent("lianxin")
        .build()
        .into()
}

fn read<T: DeserializeOwned>(
    what: &str,
    answer: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> std::result::Result<T, Fault> {
    let mut answer = answer.map_err(|e| Fault::Down(format!("{what}: {e}")))?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(LONGEST).read_to_string();
    let text = text.map_err(|e| Fault::Down(format!("{what}: {e}")))?;
    match status {
        200 => serde_json::from_str(&text).map_err(|e| Fault::Wrong(format!("{what}: {e}"))),
        500.. => Err(Fault::Down(format!("{what}: {status}"))),
        // The answer may hold what we sent, so only the word for the error is taken out of it.
        _ => {
            let said: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let word: String = said["error"].as_str().unwrap_or("").chars().take(60).collect();
            Err(Fault::Wrong(format!("{what}: {status} {word}")))
        }
    }
}

fn get<T: DeserializeOwned>(what: &str, url: &str) -> std::result::Result<T, Fault> {
    if !is_safe(url) {
        return Err(Fault::Wrong(format!("{what} is no https address")));
    }
    read(what, agent().get(url).header("accept", "application/json").call())
}

fn meet(provider: &Provider, now: Timestamp) -> std::result::Result<Known, Fault> {
    let issuer = provider.issuer.as_str();
    let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let offer: Offer = get("discovery", &at)?;
    if offer.issuer != issuer {
        return Err(Fault::Wrong("discovery names another issuer".to_owned()));
    }
    let ends = [&offer.authorization_endpoint, &offer.token_endpoint, &offer.jwks_uri];
    if !ends.into_iter().chain(&offer.end_session_endpoint).all(|url| is_safe(url)) {
        return Err(Fault::Wrong("discovery names an address that is not https".to_owned()));
    }
    let keys = get("keys", &offer.jwks_uri)?;
    Ok(Known { offer, keys, at: now })
}

/// The provider as it was met within the hour, or is now.
///
/// Errors: it cannot be reached, or is not what the settings say.
pub(crate) async fn known(site: &Site, provider: &Provider) -> std::result::Result<Arc<Known>, Fault> {
    let (met, now) = (site.kept.get::<Met>(), site.now());
    let issuer = &provider.issuer;
    let since = |at: Timestamp, most: i64| (at.0..at.0 + most).contains(&now.0);
    {
        let all = met.0.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(found) = all.known.get(issuer).filter(|k| since(k.at, FRESH)) {
            return Ok(found.clone());
        }
        if all.down.get(issuer).is_some_and(|at| since(*at, REST)) {
            return Err(Fault::Down("it did not answer a moment ago".to_owned()));
        }
    }
    let own = provider.clone();
    let done = blocking(move || meet(&own, now)).await;
    let mut all = met.0.lock().unwrap_or_else(|e| e.into_inner());
    match done {
        Ok(known) => {
            let known = Arc::new(known);
            all.down.remove(issuer);
            all.known.insert(issuer.clone(), known.clone());
            Ok(known)
        }
        Err(fault) => {
            all.down.insert(issuer.clone(), now);
            Err(fault)
        }
    }
}

fn forget(site: &Site, provider: &Provider) {
    let met = site.kept.get::<Met>();
    met.0.lock().unwrap_or_else(|e| e.into_inner()).known.remove(&provider.issuer);
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, Fault> + Send + 'static,
) -> std::result::Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(Fault::Down(e.to_string())))
}

#[derive(Deserialize)]
struct Granted {
    id_token: String,
    access_token: Option<String>,
}

/// Who signed in at the provider: the code is given for a token, and that is checked. Keys are asked for
/// again, once, where the token names one that is not known.
///
/// Errors: it cannot be reached, refuses, or its token does not count.
pub(crate) async fn claims(
    site: &Site,
    provider: &Provider,
    going: &Going,
    code: &str,
    back: &str,
) -> std::result::Result<Claims, Fault> {
    let known = known(site, provider).await?;
    let (own, body, to) = (provider.clone(), form(provider, &known.offer, going, code, back), known.clone());
    let granted: Granted = blocking(move || {
        let mut call = agent()
            .post(&to.offer.token_endpoint)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(basic) = basic(&own, &to.offer) {
            call = call.header("authorization", basic);
        }
        read("token", call.send(body.as_bytes()))
    })
    .await?;
    let expected = Expected {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        nonce: &going.nonce,
        access_token: granted.access_token.as_deref(),
        now: site.now(),
    };
    match token::verify(&granted.id_token, &known.keys, &expected) {
        Err(Unfit::UnknownKey) => {
            forget(site, provider);
            let again = self::known(site, provider).await?;
            Ok(token::verify(&granted.id_token, &again.keys, &expected)?)
        }
        other => Ok(other?),
    }
}

/// Text as it stands in a form or an address.
pub(crate) fn quoted(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Pairs as a form sends them.
pub(crate) fn pairs(all: &[(&str, &str)]) -> String {
    all.iter().map(|(k, v)| format!("{k}={}", quoted(v))).collect::<Vec<_>>().join("&")
}

/// Whether the secret goes into the form: only where the provider says so and takes it no other way.
fn in_form(offer: &Offer) -> bool {
    let ways = offer.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
    let takes = |way: &str| ways.iter().any(|w| w == way);
    takes("client_secret_post") && !takes("client_secret_basic")
}

fn basic(provider: &Provider, offer: &Offer) -> Option<String> {
    let secret = provider.client_secret.as_ref().filter(|_| !in_form(offer))?;
    let both = format!("{}:{}", quoted(&provider.client_id), quoted(secret));
    Some(format!("Basic {}", STANDARD.encode(both)))
}

fn form(provider: &Provider, offer: &Offer, going: &Going, code: &str, back: &str) -> String {
    let mut all = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back),
        ("code_verifier", going.verifier.as_str()),
    ];
    match &provider.client_secret {
        None => all.push(("client_id", &provider.client_id)),
        Some(secret) if in_form(offer) => {
            all.extend([("client_id", provider.client_id.as_str()), ("client_secret", secret.as_str())]);
        }
        Some(_) => {}
    }
    pairs(&all)
}

/// Where one signs out at the provider as well; none where it has no such place or is down.
pub(crate) async fn way_out(site: &Site, provider: &Provider, back: &str) -> Option<String> {
    let known = known(site, provider).await.ok()?;
    let end = known.offer.end_session_endpoint.as_ref()?;
    let sign = if end.contains('?') { '&' } else { '?' };
    let all = [("client_id", provider.client_id.as_str()), ("post_logout_redirect_uri", back)];
    Some(format!("{end}{sign}{}", pairs(&all)))
}

/// Where the browser is sent to sign in.
pub(crate) fn way_in(provider: &Provider, offer: &Offer, going: &Going, back: &str) -> String {
    let scope = [&["openid".to_owned()][..], &provider.scopes].concat().join(" ");
    let challenge = going.challenge();
    let all = [
        ("response_type", "code"),
        ("client_id", provider.client_id.as_str()),
        ("redirect_uri", back),
        ("scope", scope.as_str()),
        ("state", going.state.as_str()),
        ("nonce", going.nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let at = &offer.authorization_endpoint;
    let sign = if at.contains('?') { '&' } else { '?' };
    format!("{at}{sign}{}", pairs(&all))
}
