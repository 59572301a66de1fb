//! Who comes: extractors that hand a page its reader and what they may reach.

use crate::decide::{Target, Why, demand, explain, may};
use crate::session::{self, Found, PostInfo, Token};
use crate::site::{SharedSite, Site};
use crate::words::{Noun, Verb};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use kernel::{AccountId, Actor, Date, Error, Grant, Locale, Result, Role, Scope, SessionId, UnitId, Uuid};
use std::ops::Deref;
use std::sync::Arc;
use web::{Chrome, Look, SiteName, UserChip, WebError};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Their account.
    pub id: AccountId,
    /// Their sign-in name.
    pub login: String,
    /// Their name.
    pub name: String,
    /// The posts they hold today, earliest first.
    pub posts: Vec<PostInfo>,
    /// Whether they have to choose a password before anything else.
    pub must_change: bool,
    /// Whether they have a second factor.
    pub secured: bool,
    /// The day from which on their posts demand a second factor; none where they do not, or they have one.
    pub factor_due: Option<Date>,
}

/// Anyone who asks for a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// How they want pages; the form token, the site's name and the navigation are in it.
    pub look: Look,
    /// What they may reach today.
    pub scope: Scope,
    /// Who they are, when signed in.
    pub account: Option<AccountInfo>,
    /// Their session, when signed in.
    pub session: Option<SessionId>,
}

impl Visitor {
    /// Reads the session cookie; no cookie, no query.
    pub async fn load(site: &Site, parts: &Parts) -> Result<Visitor> {
        let look = match parts.extensions.get::<Look>() {
            Some(look) => look.clone(),
            None => Look::from_request_parts(parts),
        };
        let Some(token) = token_of(site, parts) else {
            return Ok(Visitor::nobody(site, look).with_token(site, web::csrf::visitor(&parts.headers)));
        };
        let (hash, settings) = (token.hash(), site.settings.clone());
        let (now, today) = (site.now(), site.today());
        match site.db.read(move |tx| session::find(tx, &hash, &settings, now, today)).await? {
            None => Ok(Visitor::nobody(site, look).with_token(site, web::csrf::visitor(&parts.headers))),
            Some(found) => {
                session::touch(site, &token, found.last_seen).await?;
                Ok(Visitor::staff(site, look, found).with_token(site, Some(token.hash())))
            }
        }
    }

    /// Somebody without an account.
    pub fn nobody(site: &Site, look: Look) -> Visitor {
        let scope = Scope::public(site.today());
        Visitor { look, scope, account: None, session: None }.framed(site)
    }

    fn staff(site: &Site, look: Look, found: Found) -> Visitor {
        let today = site.today();
        let factor_due = crate::factor::due(&site.settings, &found.posts).filter(|_| !found.secured);
        // Until the second factor is set up, nothing is theirs: no page can forget to ask.
        let overdue = factor_due.is_some_and(|due| due <= today);
        let scope = scope_of(found.account, if overdue { &[] } else { &found.posts }, today);
        let account = AccountInfo {
            id: found.account,
            login: found.login,
            name: found.name,
            posts: found.posts,
            must_change: found.must_change,
            secured: found.secured,
            factor_due,
        };
        Visitor { look, scope, account: Some(account), session: Some(found.id) }.framed(site)
    }

    /// The same visitor, whose forms carry the token for these bytes.
    pub(crate) fn with_token(mut self, site: &Site, bytes: Option<Vec<u8>>) -> Visitor {
        if let Some(bytes) = bytes {
            self.look.csrf = web::csrf::token(site.secret.bytes(), &bytes);
        }
        self
    }

    fn framed(mut self, site: &Site) -> Visitor {
        let locale = self.look.locale;
        let user =
            self.account.as_ref().map(|a| UserChip { name: a.name.clone(), role: role_line(a, locale) });
        let chrome = Chrome {
            site: site_name(site, locale),
            search: self.account.is_some() && crate::may_somewhere(&self.scope, Verb::List, Noun::Ledger),
            user,
            nav: Vec::new(),
        };
        self.look.chrome = Arc::new(chrome);
        if let Some(make) = &site.nav {
            let nav = make(&self);
            Arc::make_mut(&mut self.look.chrome).nav = nav;
        }
        self
    }

    /// The reader's language.
    pub fn locale(&self) -> Locale {
        self.look.locale
    }

    /// [`crate::may`] for this visitor.
    pub fn may<'a>(&self, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> bool {
        may(&self.scope, verb, noun, target)
    }

    /// [`crate::demand`] for this visitor.
    pub fn demand<'a>(&self, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> Result<()> {
        demand(&self.scope, verb, noun, target)
    }

    /// Whoever acts, in the unit of the post that allows it: what goes into the journal.
    ///
    /// Errors: those of [`crate::demand`].
    pub fn act<'a>(&self, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> Result<Actor> {
        acting(&self.scope, verb, noun, target)
    }
}

/// Whoever acts in `scope`, in the unit of the post by which the table allows it.
///
/// Errors: those of [`crate::demand`].
pub fn acting<'a>(scope: &Scope, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> Result<Actor> {
    let target = target.into();
    demand(scope, verb, noun, target)?;
    Ok(match (explain(scope, verb, noun, target), scope.account()) {
        (Why::Allowed { by: Some(by), .. }, Some(account)) => Actor::Staff { account, unit: by.unit },
        _ => scope.actor.clone(),
    })
}

/// The scope of an account that holds these posts today. Its actor stands in the earliest of them,
/// or in no unit where it holds none.
pub fn scope_of(account: AccountId, posts: &[PostInfo], today: kernel::Date) -> Scope {
    let unit = posts.first().map_or(UnitId(Uuid::nil()), |p| p.unit);
    let grants =
        posts.iter().map(|p| Grant { role: p.role, unit: p.unit, path: reach_of(p).to_owned() }).collect();
    Scope { actor: Actor::Staff { account, unit }, grants, on: today }
}

/// From where a post's reach is measured. Those who serve a centre reach what the centre serves;
/// whoever leads or handles reaches their own unit.
fn reach_of(post: &PostInfo) -> &str {
    match post.role {
        Role::Clerk | Role::Operator | Role::Triage | Role::Supervisor | Role::Moderator => &post.serves,
        Role::Officer | Role::Liaison | Role::Lead | Role::Auditor | Role::Admin => &post.path,
    }
}

fn role_line(account: &AccountInfo, locale: Locale) -> String {
    let Some(post) = account.posts.first() else {
        return locale.t("没有在任岗位", "No post today").to_owned();
    };
    let role = match post.title.as_str() {
        "" => post.role.name().to(locale).to_owned(),
        title => title.to_owned(),
    };
    let more = match account.posts.len() {
        0 | 1 => String::new(),
        n => format!(" +{}", n - 1),
    };
    format!("{role} · {}{more}", post.unit_name.to(locale))
}

fn site_name(site: &Site, locale: Locale) -> SiteName {
    SiteName {
        short: site.pack.site.short.to(locale).to_owned(),
        name: site.pack.site.name.to(locale).to_owned(),
    }
}

/// Marks a request whose session cookie says nothing: it came in by a door for programs.
#[derive(Clone, Copy)]
pub(crate) struct NoCookies;

pub(crate) fn token_of(site: &Site, parts: &Parts) -> Option<Token> {
    if parts.extensions.get::<NoCookies>().is_some() {
        return None;
    }
    let value = web::look::cookie(&parts.headers, session::cookie_name(&site.settings))?;
    Token::from_cookie(&value)
}

impl FromRequestParts<SharedSite> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &SharedSite) -> std::result::Result<Self, WebError> {
        if let Some(visitor) = parts.extensions.get::<Visitor>() {
            return Ok(visitor.clone());
        }
        Ok(Visitor::load(site, parts).await?)
    }
}

/// Somebody signed in; others are sent to `/sign-in` and come back.
#[derive(Clone, Debug)]
pub struct Staff(pub Visitor);

impl Staff {
    /// Who they are.
    pub fn account(&self) -> Result<&AccountInfo> {
        self.0.account.as_ref().ok_or(Error::SignIn)
    }

    /// Whether they hold a post with one of these roles today.
    ///
    /// Errors: forbidden, naming the roles, when they do not.
    pub fn need(&self, roles: &[Role]) -> Result<()> {
        if roles.iter().any(|r| self.0.scope.has(*r)) {
            return Ok(());
        }
        let zh: Vec<_> = roles.iter().map(|r| r.name().zh).collect();
        let en: Vec<_> = roles.iter().map(|r| r.name().en).collect();
        Err(Error::Forbidden(kernel::Say::new(
            format!("这一页给{}使用。", zh.join("、")),
            format!("This page is for: {}.", en.join(", ")),
        )))
    }
}

impl Deref for Staff {
    type Target = Visitor;
    fn deref(&self) -> &Visitor {
        &self.0
    }
}

/// Where somebody may go who has to choose a password, or set up a second factor, first.
const FIRST: [&str; 2] = ["/account", "/sign-out"];

impl FromRequestParts<SharedSite> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &SharedSite) -> std::result::Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, site).await.map_err(IntoResponse::into_response)?;
        let Some(account) = &visitor.account else {
            return Err(WebError::with(Error::SignIn, &visitor.look).into_response());
        };
        let path = parts.uri.path();
        if account.must_change && !FIRST.iter().any(|p| path.starts_with(p)) {
            return Err(Redirect::to("/account/password").into_response());
        }
        let overdue = account.factor_due.is_some_and(|due| due <= visitor.scope.on);
        if overdue && !FIRST.iter().any(|p| path.starts_with(p)) {
            return Err(Redirect::to("/account/factor").into_response());
        }
        Ok(Staff(visitor))
    }
}
