//! What a use case is given besides its input: the site, the units, who acts, and when.

use access::SharedSite;
use db::Tx;
use kernel::{AccountId, Actor, Error, PersonId, Result, Scope, Timestamp, UnitId};
use register::Directory;
use std::sync::Arc;

/// Who acts on which site, and when. Cheap to clone; every write gets its own.
#[derive(Clone)]
pub struct Ctx {
    /// The site.
    pub site: SharedSite,
    /// The units as they stand.
    pub dir: Arc<Directory>,
    /// Who acts, and how far they reach today.
    pub scope: Scope,
    /// When: one instant for everything the act writes.
    pub at: Timestamp,
    /// The query code shown for the case, where a person acts by it.
    pub holder: Option<Holder>,
}

/// A person who showed the query code of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The case.
    pub request: kernel::RequestId,
    /// Who; none where nobody was named.
    pub person: Option<PersonId>,
}

impl Ctx {
    /// For a member of staff or the public, now.
    pub fn new(site: &SharedSite, scope: Scope) -> Ctx {
        let dir = register::directory(site);
        Ctx { site: site.clone(), dir, scope, at: site.clock.now(), holder: None }
    }

    /// For the program itself, now.
    pub fn system(site: &SharedSite) -> Ctx {
        let today = site.zone.date(site.clock.now());
        Ctx::new(site, Scope::system(today))
    }

    /// The same, for somebody who showed the query code.
    pub fn held_by(mut self, holder: Holder) -> Ctx {
        self.holder = Some(holder);
        self
    }

    /// Runs a use case in one transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl Fn(&mut dyn Tx, &Ctx) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let ctx = self.clone();
        self.site.db.write(move |tx| job(tx, &ctx)).await
    }

    /// Reads.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl Fn(&mut dyn Tx, &Ctx) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let ctx = self.clone();
        self.site.db.read(move |tx| job(tx, &ctx)).await
    }

    /// The unit that everything counts for.
    ///
    /// Errors: internal on a site without units.
    pub(crate) fn topmost(&self) -> Result<UnitId> {
        self.dir.root().map(|u| u.id).ok_or_else(|| Error::internal("there is no unit yet"))
    }

    /// The account that acts, where one is signed in.
    pub fn account(&self) -> Option<AccountId> {
        self.scope.account()
    }

    /// The same, acting for this unit.
    pub(crate) fn seated(&self, unit: UnitId) -> Ctx {
        let mut ctx = self.clone();
        if let Actor::Staff { unit: seat, .. } = &mut ctx.scope.actor {
            *seat = unit;
        }
        ctx
    }

    /// The unit for which a member of staff acts.
    pub fn unit(&self) -> Option<UnitId> {
        match self.scope.actor {
            Actor::Staff { unit, .. } => Some(unit),
            _ => None,
        }
    }

    /// The path of a unit; empty for one that is not there, which nobody reaches.
    pub fn path(&self, unit: UnitId) -> &str {
        self.dir.path(unit)
    }

    /// The civil date on which it happens.
    pub fn today(&self) -> kernel::Date {
        self.site.zone.date(self.at)
    }
}
