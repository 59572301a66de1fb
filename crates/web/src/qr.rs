//! Codes that a telephone reads, drawn as SVG.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Light around the code, in modules: readers need it to find the corners.
const EDGE: usize = 4;

/// The code that says `text`, `pixels` wide; `label` is what it is for. Nothing where the text is too long
/// for one.
pub fn qr(text: &str, pixels: u32, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let size = code.width() + 2 * EDGE;
    html! {
        // Dark on light by night as well: not every telephone reads it the other way round.
        svg.qr viewBox={ "0 0 " (size) " " (size) } width=(pixels) height=(pixels) role="img" aria-label=(label) {
            rect width=(size) height=(size) fill="#fff" {}
            path fill="#000" d=(dark(&code)) {}
        }
    }
}

/// The dark modules, each run in a row as one bar.
fn dark(code: &QrCode) -> String {
    let mut d = String::new();
    for y in 0..code.width() {
        let mut x = 0;
        while x < code.width() {
            let run = (x..code.width()).take_while(|x| code[(*x, y)] == Color::Dark).count();
            if run > 0 {
                d.push_str(&format!("M{} {}h{run}v1h-{run}z", x + EDGE, y + EDGE));
            }
            x += run.max(1);
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_cover_the_dark_modules_and_no_others() {
        let code = QrCode::new("https://lx.example/r/LX-2026-00001").expect("it fits");
        let mut drawn = vec![vec![false; code.width() + 2 * EDGE]; code.width() + 2 * EDGE];
        for bar in dark(&code).split('M').filter(|b| !b.is_empty()) {
            let (at, run) = bar.split_once('h').expect("a bar");
            let (x, y) = at.split_once(' ').expect("its place");
            let run: usize = run.split('v').next().expect("its length").parse().expect("a number");
            let (x, y): (usize, usize) = (x.parse().expect("x"), y.parse().expect("y"));
            (x..x + run).for_each(|x| drawn[y][x] = true);
        }
        for y in 0..code.width() {
            for x in 0..code.width() {
                assert_eq!(drawn[y + EDGE][x + EDGE], code[(x, y)] == Color::Dark, "{x} {y}");
            }
        }
    }
}
