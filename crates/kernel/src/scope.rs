//! What someone may reach, built once per request from the posts held today.

use crate::{AccountId, Actor, Date, UnitId};
use serde::{Deserialize, Serialize};

/// The part a post plays. What each may do stands in one table in `access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Window clerk 窗口: takes in, calls back for other units, records acts that replace a notice.
    Clerk,
    /// Hotline operator 接线员: takes in by telephone, dispatches, calls back.
    Operator,
    /// Handling officer 承办干部: answers for cases.
    Officer,
    /// Liaison officer 联户干部: a cadre, grid leader or member who keeps in touch with households.
    Liaison,
    /// Unit lead 单位负责人: names officers, extends, escalates, signs.
    Lead,
    /// Triage 分流 of a centre.
    Triage,
    /// Supervision 督办 of a centre: supervises, arbitrates returns, reviews.
    Supervisor,
    /// Moderator 公开审核: decides what the public ledger shows.
    Moderator,
    /// Auditor 审计: sees all, changes nothing.
    Auditor,
    /// Pack and account administrator 管理员: sees no case content.
    Admin,
}

impl Role {
    /// Every role, in the order in which pages list them.
    pub const ALL: [Role; 10] = [
        Role::Clerk,
        Role::Operator,
        Role::Officer,
        Role::Liaison,
        Role::Lead,
        Role::Triage,
        Role::Supervisor,
        Role::Moderator,
        Role::Auditor,
        Role::Admin,
    ];

    /// The word in files and tables.
    pub fn key(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Operator => "operator",
            Role::Officer => "officer",
            Role::Liaison => "liaison",
            Role::Lead => "lead",
            Role::Triage => "triage",
            Role::Supervisor => "supervisor",
            Role::Moderator => "moderator",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
        }
    }

    /// The role with this key.
    pub fn from_key(key: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.key() == key)
    }

    /// The role's name.
    pub fn name(self) -> crate::Say {
        use crate::Say;
        match self {
            Role::Clerk => Say::new("窗口人员", "Window clerk"),
            Role::Operator => Say::new("接线员", "Hotline operator"),
            Role::Officer => Say::new("承办干部", "Handling officer"),
            Role::Liaison => Say::new("联户干部", "Liaison officer"),
            Role::Lead => Say::new("单位负责人", "Unit lead"),
            Role::Triage => Say::new("分流员", "Triage"),
            Role::Supervisor => Say::new("督办员", "Supervisor"),
            Role::Moderator => Say::new("公开审核员", "Moderator"),
            Role::Auditor => Say::new("审计员", "Auditor"),
            Role::Admin => Say::new("系统管理员", "Administrator"),
        }
    }
}

/// One post held today: a role in a unit and over its subtree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The part played.
    pub role: Role,
    /// Where.
    pub unit: UnitId,
    /// The unit's path, `/`-separated codes from the root and ending in `/`: a unit is in the
    /// subtree when its path begins with this one.
    pub path: String,
}

/// Who asks and what they may reach. No query about cases compiles without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Who asks.
    pub actor: Actor,
    /// Their posts today; empty for the public.
    pub grants: Vec<Grant>,
    /// The day for which the posts were looked up.
    pub on: Date,
}

impl Scope {
    /// Someone without an account.
    pub fn public(on: Date) -> Self {
        Scope { actor: Actor::Resident, grants: Vec::new(), on }
    }

    /// The program itself.
    pub fn system(on: Date) -> Self {
        Scope { actor: Actor::System, grants: Vec::new(), on }
    }

    /// The account, where one is signed in.
    pub fn account(&self) -> Option<AccountId> {
        self.actor.account()
    }

    /// Whether any post has `role`.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.role == role)
    }

    /// The posts with `role`.
    pub fn grants_of(&self, role: Role) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| g.role == role)
    }

    /// Whether a post with one of `roles` stands in the unit at `path` or above it.
    pub fn covers(&self, roles: &[Role], path: &str) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role) && path.starts_with(&g.path))
    }

    /// Whether a post with one of `roles` stands in exactly `unit`.
    pub fn sits_in(&self, roles: &[Role], unit: UnitId) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role) && g.unit == unit)
    }
}

/// The first text behind every path that begins with `path`, so that a subtree is one range:
/// `path <= p < path_end(path)`, in the order of code points. Of the empty path everything is below.
pub fn path_end(path: &str) -> String {
    match path.strip_suffix('/') {
        // '0' comes right after '/'.
        Some(stem) => format!("{stem}0"),
        None => format!("{path}\u{10ffff}"),
    }
}

#[cfg(test)]
mod tests {
    use super::path_end;

    #[test]
    fn the_range_of_a_path_is_its_subtree_and_nothing_beside_it() {
        let within = |path: &str, other: &str| other >= path && other < path_end(path).as_str();
        assert!(within("/a/", "/a/") && within("/a/", "/a/b/"));
        assert!(within("/a/", "/a/镇/") && !within("/a/", "/a-b/") && !within("/a/", "/a0/"));
        assert!(!within("/a/", "/ab/") && !within("/a/", "/") && !within("/a/", "/b/"));
        assert!(within("", "/a/"));
    }
}
