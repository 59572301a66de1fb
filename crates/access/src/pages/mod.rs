//! The pages of access, and the rule of each route.

mod account;
mod accounts;
mod contact;
mod demo;
mod factor;
mod history;
mod key;
mod keys;
mod my_account;
mod oidc;
mod passkeys;
mod second;
mod sign_in;
mod why;

pub use sign_in::{Coming, address_of};

use crate::{Access, RouteRule, SharedSite, rule};
use axum::Router;
use axum::routing::{get, post};
use kernel::Role;

const ADMIN: Access = Access::Role(&[Role::Admin]);
const ACCOUNTS: Access = Access::Role(&[Role::Admin, Role::Auditor]);

/// Who may come where.
pub static ROUTES: &[RouteRule] = &[
    rule("GET", "/sign-in", Access::Public),
    rule("POST", "/sign-in", Access::Public),
    rule("GET", "/sign-in/second", Access::Public),
    rule("POST", "/sign-in/second", Access::Public),
    rule("POST", "/sign-in/second/passkey", Access::Public),
    rule("POST", "/sign-in/passkey", Access::Public),
    rule("GET", "/sign-in/with/{provider}", Access::Public),
    rule("GET", "/sign-in/callback/{provider}", Access::Public),
    rule("POST", "/sign-out", Access::Public),
    rule("GET", "/signed-out/{provider}", Access::Public),
    rule("POST", "/demo/enter", Access::Demo),
    rule("GET", "/access/why", Access::Public),
    rule("GET", "/account", Access::SignedIn),
    rule("GET", "/account/password", Access::SignedIn),
    rule("POST", "/account/password", Access::SignedIn),
    rule("GET", "/account/contact", Access::SignedIn),
    rule("POST", "/account/contact", Access::SignedIn),
    rule("POST", "/account/sessions/end", Access::SignedIn),
    rule("POST", "/account/sessions/{id}/end", Access::SignedIn),
    rule("GET", "/account/factor", Access::SignedIn),
    rule("POST", "/account/factor", Access::SignedIn),
    rule("POST", "/account/factor/codes", Access::SignedIn),
    rule("POST", "/account/factor/removal", Access::SignedIn),
    rule("POST", "/account/passkeys", Access::SignedIn),
    rule("POST", "/account/passkeys/{id}/removal", Access::SignedIn),
    rule("GET", "/admin/accounts", ACCOUNTS),
    rule("GET", "/admin/accounts/new", ADMIN),
    rule("POST", "/admin/accounts", ADMIN),
    rule("GET", "/admin/accounts/{id}", ACCOUNTS),
    rule("GET", "/admin/accounts/{id}/contact", ADMIN),
    rule("POST", "/admin/accounts/{id}/contact", ADMIN),
    rule("POST", "/admin/accounts/{id}/password", ADMIN),
    rule("POST", "/admin/accounts/{id}/factor-reset", ADMIN),
    rule("POST", "/admin/accounts/{id}/sessions/end", ADMIN),
    rule("POST", "/admin/accounts/{id}/links", ADMIN),
    rule("POST", "/admin/accounts/{id}/links/{provider}/end", ADMIN),
    rule("POST", "/admin/accounts/{id}/closure", ADMIN),
    rule("POST", "/admin/accounts/{id}/opening", ADMIN),
    rule("POST", "/admin/accounts/{id}/posts", ADMIN),
    rule("POST", "/admin/accounts/{id}/posts/{post}/end", ADMIN),
    rule("GET", "/admin/keys", ACCOUNTS),
    rule("GET", "/admin/keys/new", ADMIN),
    rule("POST", "/admin/keys", ADMIN),
    rule("GET", "/admin/keys/{id}", ACCOUNTS),
    rule("POST", "/admin/keys/{id}/revocation", ADMIN),
];

/// The routes.
pub fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/second", get(second::show).post(second::submit))
        .route("/sign-in/second/passkey", post(passkeys::second))
        .route("/sign-in/passkey", post(passkeys::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/demo/enter", post(demo::enter))
        .route("/access/why", get(why::show))
        .route("/account", get(my_account::show))
        .route("/account/contact", get(contact::mine).post(contact::set_mine))
        .route("/account/password", get(my_account::password_form).post(my_account::password))
        .route("/account/factor", get(factor::show).post(factor::set_up))
        .route("/account/factor/codes", post(factor::new_codes))
        .route("/account/factor/removal", post(factor::remove))
        .route("/account/passkeys", post(passkeys::add))
        .route("/account/passkeys/{id}/removal", post(passkeys::remove))
        .route("/account/sessions/end", post(my_account::end_others))
        .route("/account/sessions/{id}/end", post(my_account::end_session))
        .route("/admin/accounts", get(accounts::list).post(accounts::add))
        .route("/admin/accounts/new", get(accounts::form))
        .route("/sign-in/with/{provider}", get(oidc::start))
        .route("/sign-in/callback/{provider}", get(oidc::back))
        .route("/signed-out/{provider}", get(oidc::signed_out))
        .route("/admin/accounts/{id}/links", post(oidc::link))
        .route("/admin/accounts/{id}/links/{provider}/end", post(oidc::unlink))
        .route("/admin/accounts/{id}", get(account::show))
        .route("/admin/accounts/{id}/contact", get(contact::theirs).post(contact::set_theirs))
        .route("/admin/accounts/{id}/password", post(account::reset))
        .route("/admin/accounts/{id}/factor-reset", post(account::reset_factor))
        .route("/admin/accounts/{id}/sessions/end", post(account::end_sessions))
        .route("/admin/accounts/{id}/closure", post(account::close))
        .route("/admin/accounts/{id}/opening", post(account::open))
        .route("/admin/accounts/{id}/posts", post(account::add_post))
        .route("/admin/accounts/{id}/posts/{post}/end", post(account::end_post))
        .route("/admin/keys", get(keys::list).post(keys::hand_out))
        .route("/admin/keys/new", get(keys::form))
        .route("/admin/keys/{id}", get(key::show))
        .route("/admin/keys/{id}/revocation", post(key::revoke))
}

/// An id out of a path; what is none is not there.
fn id<T: std::str::FromStr>(text: &str) -> kernel::Result<T> {
    text.parse().map_err(|_| kernel::Error::NotFound)
}
