//! Where, by pointing: each press on the grid map chooses the area pressed and shows it larger, until the
//! spot itself is pressed. Every press is a sending of the form, so it works without a script, and nothing
//! of it stands in an address. The device's own position is asked for only when the person says so.

use super::place;
use crate::ctx::Ctx;
use crate::model::Point;
use crate::pages::spot::{self, Grid};
use db::Tx;
use kernel::{Locale, Result, UnitId};
use maud::{Markup, html};
use register::outline::{Degrees, any_below};
use web::charts::{PICK, pick_map, picked};
use web::form::hidden;
use web::{Look, Values};

/// Where a press goes: the page comes back at the part with the map.
const HERE: &str = "/ask#spot";

/// The map as the page shows it.
#[derive(Clone, Debug, Default)]
pub(super) enum Map {
    /// No unit has an outline.
    #[default]
    None,
    /// There is one, not asked for yet.
    Folded,
    /// In sight.
    Open {
        grid: Grid,
        /// The point set so far.
        point: Option<Degrees>,
    },
}

/// Takes what the map and its buttons sent into the values of the form, and reads the map to show next.
pub(super) async fn follow(ctx: &Ctx, values: &mut Values, locale: Locale) -> Result<Map> {
    let sent = values.clone();
    let (next, map) = ctx
        .read(move |tx, ctx| {
            let mut values = sent.clone();
            step(tx, ctx, &mut values, locale)?;
            let map = read(tx, ctx, &values, locale)?;
            Ok((values, map))
        })
        .await?;
    *values = next;
    Ok(map)
}

/// The map to show with these values.
pub(super) fn read(tx: &mut dyn Tx, ctx: &Ctx, values: &Values, locale: Locale) -> Result<Map> {
    if values.one("map") != "1" {
        let root = ctx.dir.root().map(|r| r.id);
        let there = root.map(|r| any_below(tx, r)).transpose()?.unwrap_or(false);
        return Ok(if there { Map::Folded } else { Map::None });
    }
    let place = place::of(ctx, values);
    Ok(match Grid::read(tx, ctx, place, locale)? {
        Some(grid) => Map::Open { grid, point: valid(tx, ctx, values)? },
        None => Map::None,
    })
}

/// The point that goes with the case; nothing where none was set, or the place was chosen anew since.
pub(super) async fn point(ctx: &Ctx, values: &Values) -> Result<Option<Point>> {
    let values = values.clone();
    ctx.read(move |tx, ctx| Ok(valid(tx, ctx, &values)?.map(spot::stored))).await
}

fn valid(tx: &mut dyn Tx, ctx: &Ctx, values: &Values) -> Result<Option<Degrees>> {
    let given = values.parsed("lon").zip(values.parsed("lat"));
    let Some(point) = given.map(|(lon_e6, lat_e6)| spot::degrees(Point { lon_e6, lat_e6 })) else {
        return Ok(None);
    };
    let fits = match place::of(ctx, values) {
        Some(place) => spot::fits(tx, ctx, place, point)?,
        None => false,
    };
    Ok(fits.then_some(point))
}

fn step(tx: &mut dyn Tx, ctx: &Ctx, values: &mut Values, locale: Locale) -> Result<()> {
    let press = values.parsed(&format!("{PICK}.x")).zip(values.parsed(&format!("{PICK}.y")));
    if let Some((x, y)) = press {
        return pressed(tx, ctx, values, (x, y), locale);
    }
    match values.one("step") {
        "map" => values.set("map", "1"),
        "here" => here(tx, ctx, values)?,
        "no-point" => forget(values),
        "up" => {
            let above = place::of(ctx, values).and_then(|p| ctx.dir.parent(p)).map(|u| u.id);
            forget(values);
            place::set(ctx, values, above);
        }
        _ => {}
    }
    Ok(())
}

fn pressed(tx: &mut dyn Tx, ctx: &Ctx, values: &mut Values, at: (f64, f64), locale: Locale) -> Result<()> {
    // What was drawn when it was pressed; the lists may say something else by now.
    let drawn = ctx.dir.by_code(values.one("drawn")).map(|u| u.id);
    let Some(grid) = Grid::read(tx, ctx, drawn, locale)? else { return Ok(()) };
    let point = picked(&grid.drawn(), at.0, at.1);
    match point.and_then(|p| grid.at(p).map(|unit| (p, unit))) {
        // On the map of everything a finger covers whole villages: that is a choice, no spot.
        Some((_, unit)) if ctx.dir.root().is_some_and(|r| r.id == grid.of) => {
            forget(values);
            place::set(ctx, values, Some(unit));
        }
        Some((point, unit)) => put(ctx, values, point, unit),
        None => values.set("missed", "press"),
    }
    Ok(())
}

/// The position of the device.
fn here(tx: &mut dyn Tx, ctx: &Ctx, values: &mut Values) -> Result<()> {
    values.set("map", "1");
    let gps = values.one("gps").split_once(',').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let inside = match gps {
        Some(point) => spot::unit_at(tx, ctx, point)?.map(|unit| (point, unit)),
        None => None,
    };
    match inside {
        Some((point, unit)) => put(ctx, values, point, unit),
        None => values.set("missed", "here"),
    }
    Ok(())
}

fn put(ctx: &Ctx, values: &mut Values, point: Degrees, unit: UnitId) {
    let stored = spot::stored(point);
    values.set("lon", stored.lon_e6.to_string());
    values.set("lat", stored.lat_e6.to_string());
    // A press on the spot inside what is chosen already leaves the choice.
    let now = place::of(ctx, values);
    if now.is_none_or(|p| !ctx.path(p).starts_with(ctx.path(unit))) {
        place::set(ctx, values, Some(unit));
    }
}

fn forget(values: &mut Values) {
    values.0.remove("lon");
    values.0.remove("lat");
}

/// The map, or the button that brings it.
pub(super) fn view(look: &Look, ctx: &Ctx, values: &Values, map: &Map) -> Markup {
    let button = |value: &str, label: &str| {
        html! { button.btn type="submit" name="step" value=(value) formaction=(HERE) formnovalidate { (label) } }
    };
    let position = html! {
        button.btn.scripted type="button" data-locate=(look.t("取不到位置，请在图上点，或者从上面选", "No position: point on the map, or choose above")) {
            (look.t("用我现在的位置", "Use my position"))
        }
        input type="hidden" name="gps";
        button hidden type="submit" name="step" value="here" formaction=(HERE) formnovalidate {}
    };
    html! {
        @match map {
            Map::None => {},
            Map::Folded => div.actions { (button("map", look.t("在地图上指", "Point on a map"))) (position) },
            Map::Open { grid, point } => {
                @let zoomed = ctx.dir.root().is_some_and(|r| r.id != grid.of);
                (hidden("map", "1"))
                (hidden("drawn", ctx.dir.get(grid.of).map_or("", |u| u.code.as_str())))
                @match values.one("missed") {
                    "press" => p role="status" { span.late { (look.t("点在图外了，请再点一次。", "That was outside the map: press again.")) } },
                    "here" => p role="status" { span.late { (look.t("您现在的位置不在这里，请在图上点，或者从上面选。", "You are not in this area: point on the map, or choose above.")) } },
                    _ => p.hint role="status" { (said(look, ctx, grid, point.is_some())) },
                }
                (pick_map(look, &grid.drawn(), *point, Some(HERE)))
                div.actions {
                    @if zoomed { (button("up", look.t("看大一级的图", "A larger area"))) }
                    @if point.is_some() { (button("no-point", look.t("不要这个点", "Take the point away"))) }
                    (position)
                }
            },
        }
    }
}

fn said(look: &Look, ctx: &Ctx, grid: &Grid, set: bool) -> String {
    let name = ctx.dir.name(grid.of, look.locale);
    let root = ctx.dir.root().is_some_and(|r| r.id == grid.of);
    match (root, grid.areas.len() > 1, set) {
        (true, ..) => {
            look.t("点一下是哪个地方，图会放大。", "Press the area: the map then shows it larger.").to_owned()
        }
        (_, true, _) => say!(look, "这是{name}。再点一下在哪一片。", "This is {name}. Press the part of it."),
        (_, _, false) => say!(look, "这是{name}。点一下具体位置。", "This is {name}. Press the spot."),
        (_, _, true) => say!(
            look,
            "位置点好了（{name}）。不准就再点一下。",
            "The spot is set ({name}). Press again to move it."
        ),
    }
}
