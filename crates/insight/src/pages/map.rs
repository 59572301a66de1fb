//! The grid map: each area right below the unit, shaded by what came in from it.

use super::dashboard::rate;
use super::reader::Reader;
use crate::figures;
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::UnitId;
use maud::html;
use register::outline::Rings;
use requests::tally::Counts;
use std::collections::HashMap;
use web::charts::{MapArea, choropleth, largest, tile_map};
use web::components::{Chip, button_link, card, chips, empty_state};
use web::{Page, PageResult};

/// `GET /dashboard/map?unit=CODE&measure=received`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let mut reader = Reader::new(&site, staff, &query)?;
    reader.sound()?;
    // This page tells of now alone.
    reader.as_of = None;
    let measure = query.iter().find(|(k, _)| k == "measure").map_or("received", |(_, v)| v.as_str());
    let (dir, unit, (from, to)) = (reader.dir.clone(), reader.unit.id, reader.period.keys());
    let (counts, outlines) = site
        .db
        .snapshot(move |tx| {
            Ok((figures::areas(tx, &dir, unit, &from, &to)?, register::outline::below(tx, unit)?))
        })
        .await?;
    Ok(view(&reader, measure, &counts, &outlines).into_response())
}

fn view(r: &Reader, measure: &str, counts: &HashMap<UnitId, Counts>, outlines: &[(UnitId, Rings)]) -> Page {
    let look = &r.look;
    let measure = MEASURES.iter().find(|m| m.0 == measure).unwrap_or(&MEASURES[0]);
    let title = format!("{} · {}", look.t("网格地图", "Grid map"), r.unit.name(look.locale));
    let shapes: HashMap<UnitId, &Rings> = outlines.iter().map(|(id, rings)| (*id, rings)).collect();
    let areas: Vec<MapArea> = r
        .dir
        .children(r.unit.id)
        .filter(|u| shapes.contains_key(&u.id) || counts.contains_key(&u.id))
        .map(|u| MapArea {
            id: u.code.clone(),
            label: u.name(look.locale).to_owned(),
            value: counts.get(&u.id).map(measure.3),
            href: Some(r.here("/dashboard", &u.code, &r.period)),
            list: r.lying_in(u).map(|lists| lists.of(measure.4)),
            rings: shapes.get(&u.id).map(|r| (*r).clone()).unwrap_or_default(),
        })
        .collect();
    let choices: Vec<Chip> = MEASURES
        .iter()
        .map(|m| Chip {
            label: look.t(m.1, m.2).to_owned(),
            href: format!("{}&measure={}", r.here("/dashboard/map", &r.unit.code, &r.period), m.0),
            on: m.0 == measure.0,
            one_of: true,
        })
        .collect();
    let back = r.here("/dashboard", &r.unit.code, &r.period);
    let page = Page::new(look, title)
        .at("/dashboard")
        .crumbs(r.crumbs("/dashboard/map"))
        .lede(html! { (r.period.say(look.locale)) })
        .tools(html! { (button_link(look.t("回看板", "Back to the dashboard"), &back)) })
        .main(r.periods("/dashboard/map"))
        .main(chips(look, &choices, html! {}));
    if areas.is_empty() {
        let text = look.t("下面没有可画的片区。", "There is no area below to draw.");
        return page.main(empty_state(text, Some((look.t("回看板", "Back to the dashboard"), &back))));
    }
    let name = look.t(measure.1, measure.2);
    let most = largest(&areas);
    let drawn = areas.iter().all(|a| !a.rings.is_empty());
    let map = if drawn { choropleth(look, name, &areas, most) } else { tile_map(look, name, &areas, most) };
    let said: i64 = counts.values().map(|c| c.solved + c.not_solved).sum();
    let solved: i64 = counts.values().map(|c| c.solved).sum();
    // The map bears its title itself.
    page.main(card(
        None,
        html! {
            (map)
            p.quiet {
                (look.t("颜色只表示多少，不作排名。", "Shades tell how many, not who is better."))
                " " (look.t("全域说解决了：", "Said solved, all together: ")) (rate(solved, said))
            }
        },
    ))
}

/// Its word in an address, its name, the number, and what the ledger is asked for behind it.
type Measure =
    (&'static str, &'static str, &'static str, fn(&Counts) -> i64, &'static [(&'static str, &'static str)]);

const MEASURES: [Measure; 4] = [
    ("received", "受理", "Received", |c| c.received, &[]),
    ("unanswered", "未答复", "Not answered yet", |c| c.received - c.answered, &[("answered", "no")]),
    ("not-solved", "说没解决", "Said not solved", |c| c.not_solved, &[("word", "not-solved")]),
    ("reworked", "重办过", "Reworked", |c| c.reworked, &[("reworked", "yes")]),
];
