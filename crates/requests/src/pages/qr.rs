//! The code on a receipt that a telephone reads: the address of the case's page, with its number and
//! nothing else. The query code stands beside it in print and is asked for by the page.

use maud::Markup;
use web::Look;

/// The code for the page of the case with this number on the site at `url`; nothing where the address is
/// too long for one.
pub(crate) fn of_case(look: &Look, url: &str, number: &str) -> Markup {
    let address = format!("{}/r/{number}", url.trim_end_matches('/'));
    web::qr(
        &address,
        116,
        look.t("二维码：用手机扫，打开这一件的网页", "QR code: opens this case on a telephone"),
    )
}
