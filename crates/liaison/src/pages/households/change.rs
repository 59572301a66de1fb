//! A household moves, has another head, grows or shrinks; or what was written is corrected; or it ends.

use super::list::grid_field;
use super::people::{called, there};
use super::reader::{beside, context, day, ended, folded, found, frame, home_page, own};
use crate::homes;
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{Error, Result};
use maud::{Markup, html};
use register::Mode;
use register::households::{Household, HouseholdChange, Member};
use requests::Ctx;
use web::components::{actions, card, disclosure};
use web::form::{
    Choice, Field, button_danger, date_field, error_summary, form as post, hidden, radios, select, submit,
    text_field,
};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// `GET /households/{code}/change`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let home = found(&ctx, &code, Verb::Manage).await?.home;
    let there = there(&ctx, &home).await?;
    Ok(view(&staff.look, &ctx, &home, &there, &FormState::default()).into_response())
}

/// What the form begins with.
fn fresh(ctx: &Ctx, home: &Household) -> FormState {
    let mut values = Values::default();
    values.set("how", "from");
    values.set("from", ctx.today().to_string());
    values.set("unit", ctx.dir.get(home.unit).map_or("", |u| u.code.as_str()));
    values.set("persons", home.persons.to_string());
    values.set("head", home.head.map(|p| p.to_string()).unwrap_or_default());
    if let Some((lon, lat)) = home.lon_e6.zip(home.lat_e6) {
        values.set("lon", degrees(lon as f64 / 1e6));
        values.set("lat", degrees(lat as f64 / 1e6));
    }
    FormState::new(values)
}

fn view(look: &Look, ctx: &Ctx, home: &Household, there: &[(Member, String)], s: &FormState) -> Page {
    let action = format!("{}/change", home_page(&home.code));
    let (end, s) = (own(s, "end", &FormState::default()), &own(s, "change", &fresh(ctx, home)));
    let how = [
        Choice::new("from", look.t("情况变了", "It has changed"))
            .hint(look.t("从某天起是新的样子，以前的保留", "From a day on; before, it was as written")),
        Choice::new("correct", look.t("写错了", "It was written wrong"))
            .hint(look.t("更正，错的那条也留着", "A correction; the wrong entry is kept as well")),
    ];
    let heads: Vec<Choice> =
        there.iter().map(|m| Choice::new(m.0.person.to_string(), called(look, m))).collect();
    let body = html! {
        (error_summary(look, s))
        (hidden("part", "change"))
        (radios(look, s, Field::new("how", look.t("怎么回事", "How is it meant")).required(), &how))
        (date_field(look, s, Field::new("from", look.t("从哪天起（更正不用填）", "From which day (not for a correction)"))))
        (grid_field(look, ctx, s))
        (text_field(look, s, Field::new("persons", look.t("人口", "Persons")).kind("number")))
        @if !heads.is_empty() { (select(look, s, Field::new("head", look.t("户主", "Head")), &heads)) }
        (spot(look, s))
        (text_field(look, s, Field::new("basis", look.t("依据", "Basis")).required().max(200)))
        (actions(html! { (submit(look.t("保存", "Save"))) a.btn.quiet href=(home_page(&home.code)) { (look.t("返回", "Back")) } }))
    };
    let ends = html! {
        (error_summary(look, &end))
        (hidden("part", "end"))
        (date_field(look, &end, Field::new("on", look.t("哪天起没有这一户", "First day without it")).required()))
        (text_field(look, &end, Field::new("why", look.t("依据（如迁走、并户）", "Basis (moved away, joined another)")).required().max(200)))
        (actions(button_danger(look.t("注销这一户", "End the household"), look.t("注销后历史仍在，确定吗？", "Its history stays. End it?"))))
    };
    frame(look, home, look.t("变更或更正", "Change or correct"))
        .main(card(None, post(look, &action, body)))
        .main(folded(
            look.t("这一户不在了", "The household is no longer there"),
            &end,
            post(look, &action, ends),
        ))
}

/// Degrees as they are shown and typed: to about ten centimetres.
fn degrees(d: f64) -> String {
    format!("{d:.6}")
}

/// Where the household stands: as it is known, typed, or where whoever is at its door stands now.
fn spot(look: &Look, s: &FormState) -> Markup {
    let failed = look.t("取不到位置，请填经纬度", "No position: give the degrees");
    let fields = html! {
        (text_field(look, s, Field::new("lat", look.t("纬度", "Latitude")).max(20)))
        (text_field(look, s, Field::new("lon", look.t("经度", "Longitude")).max(20)))
        input type="hidden" name="gps";
        button.btn.scripted type="button" data-locate=(failed) { (look.t("我就在这户门口", "I am at their door")) }
        button hidden type="submit" name="step" value="here" formnovalidate {}
    };
    let open =
        s.value("step") == "here" || s.errors.iter().any(|e| matches!(e.field.as_str(), "lon" | "lat"));
    if open {
        fields
    } else {
        disclosure(look.t("在地图上的位置", "Where it stands on the map"), fields)
    }
}

/// The place that was typed; none where nothing was.
fn place_of(values: &Values) -> Result<Option<(f64, f64)>> {
    let read = |field: &'static str| match values.opt(field) {
        None => Ok(None),
        Some(given) => given
            .trim()
            .parse::<f64>()
            .map(Some)
            .map_err(|_| Error::field(field, "填度数，如 27.712345。", "Give degrees, as in 27.712345.")),
    };
    match (read("lon")?, read("lat")?) {
        (Some(lon), Some(lat)) => Ok(Some((lon, lat))),
        (None, None) => Ok(None),
        (lon, _) => Err(Error::field(
            if lon.is_none() { "lon" } else { "lat" },
            "经度和纬度要一起填。",
            "Longitude and latitude go together.",
        )),
    }
}

/// The form with the position of the device in it; nothing is written yet.
fn stood(mut values: Values) -> FormState {
    let gps = values.one("gps").to_owned();
    let here = gps.split_once(',').and_then(|(lon, lat)| Some((lon.parse().ok()?, lat.parse().ok()?)));
    if let Some((lon, lat)) = here {
        values.set("lon", degrees(lon));
        values.set("lat", degrees(lat));
    }
    FormState::new(values)
}

/// `POST /households/{code}/change`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let home = found(&ctx, &code, Verb::Manage).await?.home;
    let there = there(&ctx, &home).await?;
    if values.one("step") == "here" {
        return Ok(view(&staff.look, &ctx, &home, &there, &stood(values)).into_response());
    }
    let done = act(&ctx, &home, &values).await;
    ended(done, &home.code.clone(), values, |s| view(&staff.look, &ctx, &home, &there, s))
}

async fn act(ctx: &Ctx, home: &Household, values: &Values) -> Result<()> {
    let (id, basis) = (home.id, values.one("basis").to_owned());
    if values.one("part") == "end" {
        let (on, why) = (day(values, "on")?, values.one("why").to_owned());
        let done = ctx.write(move |tx, ctx| homes::close(tx, ctx, id, on, &why)).await;
        return done.map_err(|e| beside(e, "basis", "why"));
    }
    let mode = match values.one("how") {
        "correct" => Mode::Correct,
        _ => Mode::From(day(values, "from")?),
    };
    let unit = match values.opt("unit") {
        None => None,
        Some(code) => {
            let grid = ctx.dir.by_code(code).filter(|u| u.level == ctx.site.pack.household.level);
            let wrong = || {
                Error::field(
                    "unit",
                    "没有这个网格，请核对编码。",
                    "There is no such grid; look at the code again.",
                )
            };
            Some(grid.ok_or_else(wrong)?.id)
        }
    };
    let change = HouseholdChange {
        grid: unit,
        persons: values.parsed("persons"),
        head: values.parsed("head"),
        place: place_of(values)?,
        basis,
    };
    ctx.write(move |tx, ctx| homes::change(tx, ctx, id, &change, mode)).await
}
