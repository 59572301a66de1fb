//! What waits for whoever is signed in, beside the entries of the navigation. Residents have none, and
//! nothing is counted for them.
//!
//! The numbers are a comfort, not a record: they are kept for a few seconds for each account, counted
//! anew after that account has sent something, and left out where they cannot be had.

use access::{SharedSite, Visitor};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method, header};
use kernel::{AccountId, Timestamp};
use requests::pages::Waiting;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use web::{Look, NavItem};

/// So long a number may be old, in milliseconds.
const KEEP: i64 = 10_000;

/// The numbers of those who were here lately.
#[derive(Default)]
struct Lately(Mutex<HashMap<AccountId, (Timestamp, Waiting)>>);

impl Lately {
    fn get(&self, who: AccountId, now: Timestamp) -> Option<Waiting> {
        let all = self.0.lock().unwrap_or_else(|e| e.into_inner());
        all.get(&who).filter(|(at, _)| (0..KEEP).contains(&(now.0 - at.0))).map(|(_, w)| *w)
    }

    fn set(&self, who: AccountId, now: Timestamp, waiting: Waiting) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).insert(who, (now, waiting));
    }

    fn forget(&self, who: AccountId) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).remove(&who);
    }
}

/// Lays the numbers into the navigation before a page is made.
pub(super) async fn tell(State(site): State<SharedSite>, mut request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().filter(|v| v.account.is_some()).cloned() else {
        return next.run(request).await;
    };
    let Some(who) = visitor.scope.account() else { return next.run(request).await };
    let lately = site.kept.get::<Lately>();
    if request.method() == Method::GET && wants_page(request.headers()) {
        let now = site.now();
        let mut known = lately.get(who, now);
        if known.is_none() {
            known = requests::pages::waiting(&site, &visitor.scope).await.ok();
            known.into_iter().for_each(|counted| lately.set(who, now, counted));
        }
        if let Some(waiting) = known {
            lay(&mut request, visitor, waiting);
        }
        return next.run(request).await;
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let response = next.run(request).await;
    if changes {
        lately.forget(who);
    }
    response
}

/// Whether a whole page is asked for, not a part of one.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|a| a.contains("text/html"))
}

/// Handlers take the look from the request or from the visitor in it: both get the numbers.
fn lay(request: &mut Request, mut visitor: Visitor, waiting: Waiting) {
    let mut chrome = (*visitor.look.chrome).clone();
    chrome.nav.iter_mut().for_each(|n| n.count = number(n, waiting));
    visitor.look.chrome = Arc::new(chrome);
    let extensions = request.extensions_mut();
    if let Some(look) = extensions.get_mut::<Look>() {
        look.chrome = visitor.look.chrome.clone();
    }
    extensions.insert(visitor);
}

fn number(entry: &NavItem, waiting: Waiting) -> Option<u64> {
    match entry.href.as_str() {
        "/work" => Some(waiting.desk),
        href if href.starts_with("/queues/") => Some(waiting.queues),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Uuid;

    #[test]
    fn a_number_is_kept_for_some_seconds_and_forgotten_on_demand() {
        let (lately, who) = (Lately::default(), AccountId(Uuid::from_u128(7)));
        let waiting = Waiting { desk: 3, queues: 100 };
        lately.set(who, Timestamp(1_000), waiting);
        assert_eq!(lately.get(who, Timestamp(1_000 + KEEP - 1)), Some(waiting));
        assert_eq!(lately.get(who, Timestamp(1_000 + KEEP)), None);
        // A clock that was set back does not keep a number for ever.
        assert_eq!(lately.get(who, Timestamp(999)), None);
        lately.forget(who);
        assert_eq!(lately.get(who, Timestamp(1_000)), None);
    }
}
