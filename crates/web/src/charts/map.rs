//! Maps of areas, shaded by a number.

use super::bars::linked;
use super::chart_with_table;
use super::sheet::Sheet;
use crate::format::number;
use crate::look::Look;
use maud::{Markup, html};

/// An area and its number.
#[derive(Clone, Debug, Default)]
pub struct MapArea {
    /// A stable name, such as the unit's code.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its number; none where there is none to tell, which is not nought.
    pub value: Option<i64>,
    /// Where the area leads.
    pub href: Option<String>,
    /// The list behind its number, for the table.
    pub list: Option<String>,
    /// Its outlines as longitude and latitude in degrees; holes are rings as well.
    pub rings: Vec<Vec<(f64, f64)>>,
}

const SHADES: i64 = 5;

/// The largest number of the areas.
pub fn largest(areas: &[MapArea]) -> i64 {
    areas.iter().filter_map(|a| a.value).max().unwrap_or(0)
}

/// Bounds of the shades: five equal steps up to the largest number.
fn bounds(most: i64) -> i64 {
    (most.max(1) + SHADES - 1) / SHADES
}

fn shade(value: Option<i64>, step: i64) -> String {
    match value {
        None => "q-none".into(),
        Some(v) => format!("q{}", ((v.max(1) - 1) / step).min(SHADES - 1)),
    }
}

fn said(look: &Look, a: &MapArea) -> String {
    match a.value {
        Some(v) => format!("{} {}", a.label, number(v)),
        None => format!("{} {}", a.label, look.t("没有数据", "no data")),
    }
}

fn legend(look: &Look, areas: &[MapArea], most: i64) -> Markup {
    let step = bounds(most);
    html! {
        ul.legend {
            @for q in 0..SHADES {
                @let (from, to) = (if q == 0 { 0 } else { q * step + 1 }, (q + 1) * step);
                @if q == 0 || from <= most {
                    li {
                        svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true" { rect class={ "q" (q) } width="10" height="10" rx="2" {} }
                        @if from == to { (number(to)) } @else { (number(from)) "–" (number(to)) }
                    }
                }
            }
            @if areas.iter().any(|a| a.value.is_none()) {
                li {
                    svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true" { rect.q-none width="10" height="10" rx="2" {} }
                    (look.t("没有数据", "No data"))
                }
            }
        }
    }
}

fn with_table(look: &Look, title: &str, body: Markup, areas: &[MapArea]) -> Markup {
    let mut sorted: Vec<&MapArea> = areas.iter().collect();
    sorted.sort_by_key(|a| std::cmp::Reverse(a.value));
    let value = |a: &MapArea| a.value.map_or(html! { "—" }, |n| linked(n, a.list.as_deref()));
    let rows: Vec<Vec<Markup>> = sorted.iter().map(|a| vec![html! { (a.label) }, value(a)]).collect();
    chart_with_table(look, title, body, &[look.t("地方", "Place"), look.t("数量", "Number")], &rows)
}

/// As wide as it is drawn; the page scales it.
const WIDTH: f64 = 1000.0;

/// A map of areas. Areas without an outline stand below it as tiles; where none has one, all do. The shades reach up to
/// `most`, usually the [`largest`] of the areas; maps to be compared share one.
pub fn choropleth(look: &Look, title: &str, areas: &[MapArea], most: i64) -> Markup {
    let rings = || areas.iter().flat_map(|a| &a.rings);
    let Some(sheet) = Sheet::over(rings, WIDTH) else { return tile_map(look, title, areas, most) };
    let step = bounds(most);
    let (drawn, bare): (Vec<&MapArea>, Vec<&MapArea>) = areas.iter().partition(|a| !a.rings.is_empty());
    let body = html! {
        svg.map viewBox={ "0 0 1000 " (format!("{:.0}", sheet.height)) } role="group" aria-label=(title) {
            @for a in &drawn {
                @let shape = html! { path id={ "area-" (a.id) } d=(sheet.path(&a.rings)) fill-rule="evenodd" { title { (said(look, a)) } } };
                @match &a.href {
                    Some(h) => a class=(shade(a.value, step)) href=(h) aria-label=(said(look, a)) { (shape) },
                    None => g class=(shade(a.value, step)) role="img" aria-label=(said(look, a)) { (shape) },
                }
            }
            g.names aria-hidden="true" { @for a in &drawn {
                @if let Some((x, y, w)) = sheet.middle(&a.rings) {
                    // Only where the name fits: a character is about 26 wide on this sheet.
                    @let need = a.label.chars().count() as f64 * if a.label.is_ascii() { 15.0 } else { 27.0 };
                    @if w > need {
                        // On a phone the names are larger, and fewer fit.
                        text class={ (shade(a.value, step)) @if w > need * 1.7 { " wide" } } x=(format!("{x:.0}")) y=(format!("{y:.0}")) {
                            (a.label)
                            @if let Some(v) = a.value { tspan x=(format!("{x:.0}")) dy="1.2em" { (number(v)) } }
                        }
                    }
                }
            } }
        }
        @if !bare.is_empty() { (tiles(look, &bare, step)) }
        (legend(look, areas, most))
    };
    with_table(look, title, body, areas)
}

/// Areas as tiles of one size, in the order given: where there are no outlines. `most` as for [`choropleth`].
pub fn tile_map(look: &Look, title: &str, areas: &[MapArea], most: i64) -> Markup {
    let all: Vec<&MapArea> = areas.iter().collect();
    with_table(look, title, html! { (tiles(look, &all, bounds(most))) (legend(look, areas, most)) }, areas)
}

fn tiles(look: &Look, areas: &[&MapArea], step: i64) -> Markup {
    html! {
        ul.tilemap { @for a in areas {
            li class=(shade(a.value, step)) {
                @let inner = html! { span { (a.label) } b { (a.value.map_or("—".into(), number)) } };
                @match &a.href {
                    Some(h) => a href=(h) title=(said(look, a)) { (inner) },
                    None => div { (inner) },
                }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;

    #[test]
    fn shades_cover_what_there_is() {
        assert_eq!(shade(None, 3), "q-none");
        assert_eq!(
            (shade(Some(0), 3), shade(Some(3), 3), shade(Some(4), 3)),
            ("q0".into(), "q0".into(), "q1".into())
        );
        assert_eq!((shade(Some(15), 3), shade(Some(99), 3)), ("q4".into(), "q4".into()));
    }

    #[test]
    fn a_map_without_outlines_is_made_of_tiles() {
        let a = MapArea { id: "a".into(), label: "甲".into(), value: Some(3), ..MapArea::default() };
        let look = Look::new(Locale::Zh);
        assert!(choropleth(&look, "图", std::slice::from_ref(&a), 3).into_string().contains("tilemap"));
        let ring = vec![(107.0, 27.0), (107.1, 27.0), (107.1, 27.1), (f64::NAN, 1.0)];
        let drawn = MapArea { rings: vec![ring], ..a };
        let svg = choropleth(&look, "图", &[drawn], 9).into_string();
        assert!(svg.contains("M4.0") && !svg.contains("NaN") && svg.contains("甲 3"));
        // Shaded as one that reaches to nine, with its number under its name.
        assert!(svg.contains("q1") && svg.contains("7–8") && svg.contains(">3</tspan>"), "{svg}");
    }
}
