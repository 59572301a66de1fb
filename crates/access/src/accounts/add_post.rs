//! Somebody takes up a post.

use super::{Act, tell};
use crate::{Noun, SharedSite, Verb, seats, store};
use db::{Tx, params};
use kernel::{AccountId, Date, Error, FieldError, PostId, Result, Role, Say, Scope, UnitId};

/// What a new post is made of.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// Who holds it.
    pub account: AccountId,
    /// In which unit.
    pub unit: UnitId,
    /// The part played.
    pub role: Role,
    /// What it is called here; empty where the role says it all.
    pub title: String,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests: the appointment, its number and date.
    pub basis: String,
}

/// Gives a post.
///
/// Errors: invalid fields; what the table refuses.
pub async fn add_post(site: &SharedSite, scope: &Scope, new: NewPost) -> Result<PostId> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let id = PostId::new(site.now(), &*site.chance);
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db.write(move |tx| add_post_in(tx, id, &new, &act)).await?;
    Ok(id)
}

/// The same inside a transaction, for imports and the shell.
///
/// Errors: invalid fields, an unknown unit or account, the same post held already in that time.
pub fn add_post_in(tx: &mut dyn Tx, id: PostId, new: &NewPost, act: &Act) -> Result<()> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, zh: &'static str, en: &'static str| {
        faults.push(FieldError { field: field.into(), say: Say::new(zh, en) });
    };
    if new.to.is_some_and(|to| to <= new.from) {
        fault("to", "结束日期要晚于开始日期。", "The end has to come after the beginning.");
    }
    if new.title.chars().count() > 60 {
        fault("title", "职务名称 60 字以内。", "A title has at most 60 characters.");
    }
    if seats::get(tx, new.unit)?.is_none() {
        fault("unit", "没有这个单位。", "There is no such unit.");
    }
    if super::by_id(tx, new.account)?.is_none() {
        return Err(Error::NotFound);
    }
    let same = params![new.account, new.unit, new.role.key(), new.from, new.to];
    if tx.exists(&store::POST_SAME, &same)? {
        fault("role", "这段时间已经担任这个岗位。", "They hold this post in that time already.");
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    tx.execute(
        &store::POST_INSERT,
        &params![
            id,
            new.account,
            new.unit,
            new.role.key(),
            new.title.trim(),
            new.from,
            new.to,
            new.basis.trim(),
            act.at
        ],
    )?;
    let payload = serde_json::json!({
        "post": id, "unit": new.unit, "role": new.role.key(), "from": new.from, "to": new.to,
    });
    tell(tx, act, new.account, "post-added", payload)
}
