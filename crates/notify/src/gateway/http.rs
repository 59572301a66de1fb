//! Calls over HTTP with time limits, and what their failures mean.

use super::Delivery;
use std::time::Duration;

/// The answer of the far side.
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
}

/// Why there is no answer.
pub(super) enum NoAnswer {
    /// The call never reached the far side.
    NotSent(String),
    /// It may have.
    Unclear(String),
}

impl NoAnswer {
    pub fn delivery(self) -> Delivery {
        match self {
            NoAnswer::NotSent(why) => Delivery::Down(why),
            NoAnswer::Unclear(why) => Delivery::Unclear(why),
        }
    }
}

/// A client that gives up after `seconds` and follows no redirection: a redirected message could
/// end up with somebody else.
pub(super) fn agent(seconds: u64) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(seconds)))
        .timeout_connect(Some(Duration::from_secs(seconds.min(5))))
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent("lianxin")
        .build()
        .into()
}

pub(super) fn post(
    agent: &ureq::Agent,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, NoAnswer> {
    let mut call = agent.post(url).header("content-type", "application/json");
    for (name, value) in headers {
        call = call.header(*name, *value);
    }
    answer(call.send(body))
}

pub(super) fn get(agent: &ureq::Agent, url: &str, headers: &[(&str, &str)]) -> Result<Answer, NoAnswer> {
    let mut call = agent.get(url);
    for (name, value) in headers {
        call = call.header(*name, *value);
    }
    answer(call.call())
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, NoAnswer> {
    let mut response = result.map_err(no_answer)?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(256 * 1024).read_to_string().map_err(no_answer)?;
    Ok(Answer { status, body })
}

fn no_answer(e: ureq::Error) -> NoAnswer {
    use std::io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound,
    };
    let said = e.to_string();
    let before_sending = match &e {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::Tls(_)
        | ureq::Error::TlsRequired
        | ureq::Error::Rustls(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => true,
        ureq::Error::Io(io) => matches!(
            io.kind(),
            ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable | NotFound
        ),
        _ => false,
    };
    if before_sending { NoAnswer::NotSent(said) } else { NoAnswer::Unclear(said) }
}
