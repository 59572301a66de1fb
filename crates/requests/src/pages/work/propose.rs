//! Which unit a class and a place suggest: a proposal, which a person takes with one key.

use crate::acts::refer;
use crate::case::Case;
use crate::ctx::Ctx;
use kernel::UnitId;
use pack::UnitKind;
use register::Directory;

/// The unit that handles the class at the place; where no place is known, the one at the top.
pub(crate) fn unit(ctx: &Ctx, class: &str, place: Option<UnitId>) -> Option<UnitId> {
    let (pack, dir) = (&ctx.site.pack, &ctx.dir);
    let class = pack.class(class)?;
    let root = dir.root()?.id;
    let of_kind = |at: UnitId, kind: &str| {
        let own = dir.get(at).filter(|u| u.kind == kind).map(|u| u.id);
        own.or_else(|| open_child(ctx, dir, at, kind))
    };
    let Some(place) = place.filter(|p| dir.get(*p).is_some()) else {
        return of_kind(root, &pack.handler_without_place(&class.handler)?.id);
    };
    // Where the place's own level lacks the kind, the kind to which it escalates answers.
    let mut kind: &UnitKind = pack.unit_kind(&class.handler)?;
    for _ in 0..pack.unit_kinds.len() {
        let rule = pack.handler_rule(&kind.id)?;
        if let Some(above) = dir.at_level(place, rule.ancestor) {
            let found = if rule.child { open_child(ctx, dir, above.id, &kind.id) } else { Some(above.id) };
            if found.is_some() {
                return found;
            }
        }
        kind = pack.unit_kind(kind.up.as_deref()?)?;
    }
    None
}

/// [`unit`] for a case at hand; of one that is kept from somebody, the nearest unit that it escalates to and that
/// is not involved.
pub(crate) fn for_case(ctx: &Ctx, case: &Case) -> Option<UnitId> {
    let found = unit(ctx, &case.row.class, case.row.place)?;
    let Some(shield) = &case.shield else { return Some(found) };
    // The way up is short, and a pack may lead it in a circle.
    let mut at = Some(found);
    for _ in 0..8 {
        match at {
            Some(unit) if shield.covers(ctx, unit) => at = refer::above(ctx, unit),
            other => return other,
        }
    }
    None
}

fn open_child(ctx: &Ctx, dir: &Directory, at: UnitId, kind: &str) -> Option<UnitId> {
    dir.children(at).find(|c| c.kind == kind && c.is_open(ctx.today())).map(|c| c.id)
}
