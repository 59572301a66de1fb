//! Where: from the first level that people choose from down to the last, each list made from the choice
//! above it. With a script the lists follow the choice; without one a button asks for the next list.

use crate::ctx::Ctx;
use kernel::UnitId;
use maud::{Markup, html};
use register::Unit;
use web::form::{Choice, Field, FormState, select};
use web::{Look, Values};

/// The name of the field for a level, counted from the top.
fn name(level: usize) -> String {
    format!("at{level}")
}

/// The fields' names, for pages that carry them along.
pub(crate) fn names(ctx: &Ctx) -> Vec<String> {
    (0..levels(ctx).len()).map(name).collect()
}

/// The levels that people choose from, from the top down; the root itself is no choice.
pub(crate) fn levels(ctx: &Ctx) -> Vec<&pack::Level> {
    let root = ctx.dir.root().map(|r| r.level.as_str());
    ctx.site.pack.levels.iter().filter(|l| l.place && Some(l.id.as_str()) != root).collect()
}

/// Areas of a level at or below `above`, in the order of their paths.
pub(crate) fn areas<'c>(ctx: &'c Ctx, above: &Unit, level: &str) -> Vec<&'c Unit> {
    let office = |kind: &str| ctx.site.pack.unit_kind(kind).is_some_and(|k| k.office);
    let today = ctx.today();
    ctx.dir
        .subtree(&above.path)
        .filter(|u| u.level == level && u.is_open(today) && !office(&u.kind))
        .collect()
}

/// The chosen units from the top down, as far as they fit together.
fn chosen<'c>(ctx: &'c Ctx, values: &Values) -> Vec<&'c Unit> {
    let mut out: Vec<&Unit> = Vec::new();
    for (i, level) in levels(ctx).iter().enumerate() {
        let unit = ctx.dir.by_code(values.one(&name(i))).filter(|u| u.level == level.id);
        let fits = |u: &&Unit| out.last().is_none_or(|above| u.path.starts_with(&above.path));
        match unit.filter(fits) {
            Some(unit) => out.push(unit),
            None => break,
        }
    }
    out
}

/// Chooses a unit in the lists, or, for none, takes every choice away.
pub(crate) fn set(ctx: &Ctx, values: &mut Values, unit: Option<UnitId>) {
    for (i, level) in levels(ctx).iter().enumerate() {
        match unit.and_then(|u| ctx.dir.at_level(u, &level.id)) {
            Some(u) => values.set(name(i), u.code.as_str()),
            None => drop(values.0.remove(&name(i))),
        }
    }
}

/// The place that was chosen: the last of the lists that was filled in.
pub(crate) fn of(ctx: &Ctx, values: &Values) -> Option<UnitId> {
    chosen(ctx, values).last().map(|u| u.id)
}

/// The list of one level; nothing where the level above is not chosen yet or has none below it.
pub(crate) fn list(look: &Look, state: &FormState, ctx: &Ctx, level: usize, required: bool) -> Markup {
    let levels = levels(ctx);
    let picked = chosen(ctx, &state.values);
    let above = match level {
        0 => ctx.dir.root(),
        _ => picked.get(level - 1).copied(),
    };
    let (Some(above), Some(this)) = (above, levels.get(level)) else { return html! {} };
    let choices: Vec<Choice> =
        areas(ctx, above, &this.id).iter().map(|u| Choice::new(&u.code, u.name(look.locale))).collect();
    if choices.is_empty() {
        return html! {};
    }
    let name = name(level);
    // What was chosen under another unit above is no choice any more.
    let mut state = state.clone();
    if picked.len() <= level {
        state.values.0.remove(&name);
    }
    let field = Field { required: required && level == 0, ..Field::new(&name, this.name.to(look.locale)) };
    select(look, &state, field, &choices)
}

/// All lists, each in a part of the page that follows the choices above it.
pub(crate) fn fields(look: &Look, state: &FormState, ctx: &Ctx, required: bool) -> Markup {
    let n = levels(ctx).len();
    let picked = chosen(ctx, &state.values).len();
    html! {
        (list(look, state, ctx, 0, required))
        @for level in 1..n {
            @let follows = (0..level).map(name).collect::<Vec<_>>().join(" ");
            div data-live-src={ "/ask/places/" (level) } data-live-from=(follows) {
                (list(look, state, ctx, level, false))
            }
        }
        @if picked < n {
            button.btn.plainly type="submit" name="step" value="place" formnovalidate {
                (look.t("选好后点这里，再选下一级", "Choose, then press here for the next list"))
            }
        }
    }
}
