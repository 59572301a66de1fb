//! The codes on a receipt that a telephone reads. One is the address of the case's page, with its number and
//! nothing else: the query code stands beside it in print and is asked for by the page. The other leads to the
//! proof that the case is on record.

use journal::Hash;
use maud::{Markup, html};
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

/// The seal code of a case, as it is printed, with a code that leads to its proof.
pub(crate) fn of_seal(look: &Look, url: &str, leaf: &Hash) -> Markup {
    let url = url.trim_end_matches('/');
    let address = format!("{url}/proof/leaf?code={}", hex::encode(leaf));
    html! {
        div.keyed.sealed {
            div {
                b { (look.t("封存码", "Seal code")) }
                p { code.hash { (proof::grouped(leaf)) } }
                p.hint { (look.t(
                    &format!("扫码或到 {url}/proof 核对：登记过，就抹不掉。"),
                    &format!("Scan it, or check at {url}/proof: what is registered cannot be made undone."),
                )) }
            }
            (web::qr(&address, 116, look.t("二维码：核对封存码", "QR code: checks the seal code")))
        }
    }
}
