//! A map on which one points. It is drawn at one width on every screen, so that a press says where it
//! was without a script: a transparent picture over the map sends the form with the place of the press.

use super::sheet::Sheet;
use crate::look::Look;
use maud::{Markup, html};

/// How wide it is, in CSS pixels: fits a card on the smallest telephone.
const WIDTH: f64 = 288.0;

/// The name of the picture that takes the press: `pick.x` and `pick.y` arrive.
pub const PICK: &str = "pick";

/// One transparent pixel.
const CLEAR: &str = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/// An area of the map.
#[derive(Clone, Debug, Default)]
pub struct PickArea {
    /// What it is called.
    pub label: String,
    /// Whether it is the one chosen.
    pub chosen: bool,
    /// Its outlines as longitude and latitude in degrees.
    pub rings: Vec<Vec<(f64, f64)>>,
}

/// The map with the point set so far, in degrees; nothing where no area has an outline. `press` is where
/// a press is sent, such as `/ask#where`; without it the map is only looked at.
pub fn pick_map(look: &Look, areas: &[PickArea], point: Option<(f64, f64)>, press: Option<&str>) -> Markup {
    let Some(sheet) = Sheet::over(|| areas.iter().flat_map(|a| &a.rings), WIDTH) else { return html! {} };
    let (w, h) = (WIDTH, sheet.height.round());
    let names = areas.iter().map(|a| a.label.as_str()).collect::<Vec<_>>().join(look.t("、", ", "));
    let said = format!("{}{names}", look.t("地图：", "Map: "));
    html! {
        div.pick {
            svg viewBox={ "0 0 " (w) " " (h) } width=(w) height=(h) role="img" aria-label=(said) {
                @for a in areas {
                    path.on[a.chosen] d=(sheet.path(&a.rings)) fill-rule="evenodd" {}
                }
                @for a in areas {
                    @if let Some((x, y, wide)) = sheet.middle(&a.rings) {
                        @let need = a.label.chars().count() as f64 * if a.label.is_ascii() { 6.5 } else { 12.5 };
                        @if areas.len() > 1 && wide > need { text.on[a.chosen] x=(format!("{x:.0}")) y=(format!("{y:.0}")) { (a.label) } }
                    }
                }
                @if let Some((x, y)) = point.map(|p| sheet.at(&p)) {
                    g.spot { circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="11" {} circle.dot cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="4.5" {} }
                }
            }
            @if let Some(to) = press {
                // The lists beside it choose the same, so the keyboard passes it over.
                input type="image" name=(PICK) src=(CLEAR) width=(w) height=(h) formaction=(to) formnovalidate
                    tabindex="-1" alt=(look.t("在图上点地方", "Point at the place on the map"));
            }
        }
    }
}

/// The point of the earth that was pressed on the map of these areas, in degrees.
pub fn picked(areas: &[PickArea], x: f64, y: f64) -> Option<(f64, f64)> {
    let sheet = Sheet::over(|| areas.iter().flat_map(|a| &a.rings), WIDTH)?;
    let on = (0.0..=WIDTH).contains(&x) && (0.0..=sheet.height + 1.0).contains(&y);
    on.then(|| sheet.back(x, y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;

    fn square(label: &str, west: f64, chosen: bool) -> PickArea {
        let ring = vec![(west, 27.0), (west + 0.1, 27.0), (west + 0.1, 27.1), (west, 27.1)];
        PickArea { label: label.into(), chosen, rings: vec![ring] }
    }

    #[test]
    fn a_press_is_the_point_that_is_drawn_there() {
        let areas = [square("甲村", 107.0, true), square("乙村", 107.1, false)];
        let sheet = Sheet::over(|| areas.iter().flat_map(|a| &a.rings), WIDTH).expect("a map");
        let (x, y) = sheet.at(&(107.15, 27.05));
        let (lon, lat) = picked(&areas, x.round(), y.round()).expect("on the map");
        assert!((lon - 107.15).abs() < 0.001 && (lat - 27.05).abs() < 0.001, "{lon} {lat}");
        assert_eq!(picked(&areas, 289.0, 4.0), None);
        assert_eq!(picked(&areas, -1.0, 4.0), None);
        assert_eq!(picked(&[], 4.0, 4.0), None);
    }

    #[test]
    fn the_map_says_its_areas_and_takes_a_press_only_where_it_may() {
        let look = Look::new(Locale::Zh);
        let areas = [square("甲村", 107.0, true), square("乙村", 107.1, false)];
        let live = pick_map(&look, &areas, Some((107.05, 27.05)), Some("/ask#where")).into_string();
        assert!(
            live.contains("地图：甲村、乙村")
                && live.contains("type=\"image\"")
                && live.contains("class=\"spot\"")
        );
        let still = pick_map(&look, &areas, None, None).into_string();
        assert!(!still.contains("<input") && !still.contains("spot"));
        assert_eq!(pick_map(&look, &[], None, None).into_string(), "");
    }
}
