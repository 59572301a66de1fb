//! What a route says about who may come: read by the walk over all routes.

use kernel::Role;

/// Who may come to a route at all. What they see there is then decided case by case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Everybody with an account; others are sent to sign in.
    SignedIn,
    /// Holders of a post with one of these roles; other staff get "not allowed" or "not found".
    Role(&'static [Role]),
    /// Whoever shows the query code of the case.
    Code,
    /// Programs with a key.
    Key,
    /// Everybody, and only on a demonstration site; elsewhere it is not there.
    Demo,
}

/// One route of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteRule {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// As the router knows it, such as `/units/{code}`.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
}

/// One rule, short to write in a slice's list.
pub const fn rule(method: &'static str, path: &'static str, access: Access) -> RouteRule {
    RouteRule { method, path, access }
}
