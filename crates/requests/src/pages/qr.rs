//! The code on a receipt that a telephone reads: the address of the case's page, with its number and
//! nothing else. The query code stands beside it in print and is asked for by the page.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use web::Look;

/// Light around the code, in modules: readers need it to find the corners.
const EDGE: usize = 4;

/// The code for the page of the case with this number on the site at `url`; nothing where the address is
/// too long for one.
pub(crate) fn of_case(look: &Look, url: &str, number: &str) -> Markup {
    let address = format!("{}/r/{number}", url.trim_end_matches('/'));
    let Ok(code) = QrCode::with_error_correction_level(&address, EcLevel::M) else { return html! {} };
    let size = code.width() + 2 * EDGE;
    html! {
        // Dark on light by night as well: not every telephone reads it the other way round.
        svg.qr viewBox={ "0 0 " (size) " " (size) } width="116" height="116" role="img"
            aria-label=(look.t("二维码：用手机扫，打开这一件的网页", "QR code: opens this case on a telephone")) {
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
