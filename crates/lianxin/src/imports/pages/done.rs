//! What became of a file.

use super::{page as frame, path};
use crate::imports::run::Outcome;
use crate::imports::{Import, What};
use kernel::Locale;
use maud::html;
use web::components::{Flash, Tile, Tone, button_link, card, main_link, tiles};
use web::form;
use web::{Look, Page, format};

/// The whole page; `passwords` where first passwords wait to be fetched.
pub(super) fn page(look: &Look, import: &Import, passwords: bool) -> Page {
    let none = Outcome::default();
    let o = import.outcome.as_ref().unwrap_or(&none);
    let tile = |label: &str, n: usize| Tile {
        label: label.into(),
        value: format::number(n as i64),
        ..Tile::default()
    };
    let mut all = vec![tile(look.t("已导入", "Taken in"), o.taken)];
    if o.changed > 0 {
        all.push(tile(look.t("补充原有的", "Completed"), o.changed));
    }
    all.push(tile(look.t("原已有", "There already"), o.already));
    if o.repeated > 0 {
        all.push(tile(look.t("表内重复", "Twice in the sheet"), o.repeated));
    }
    let late = if o.refused > 0 { Tone::Late } else { Tone::Plain };
    all.push(Tile { tone: late, ..tile(look.t("退回", "Refused"), o.refused) });
    let said = match look.locale {
        Locale::Zh => format!("共 {} 行，导入完成。", format::number(o.rows as i64)),
        Locale::En => format!("{} rows; the import is done.", format::number(o.rows as i64)),
    };
    let mut page = frame(look, import).narrow().notice(Flash::ok(&said)).main(tiles(&all));
    if passwords {
        let body = html! {
            p { (look.t("新账号的初始密码在一个文件里，只能下载一次。交到本人后请删除文件。",
                "The first passwords of new accounts are in a file that can be downloaded once. Hand them over, then delete it.")) }
            (form::form(look, &path(import, "/passwords"), html! { div.actions { (form::submit(look.t("下载初始密码", "Download the passwords"))) } }))
        };
        page = page.main(card(Some(look.t("初始密码", "First passwords")), body));
    }
    if o.refused > 0 {
        let body = html! {
            p { (look.t("按第一列写的原因改好，再上传改好的文件；已经导入的不会重复。",
                "Put right what the first column says and send that file in; what is in already is not taken twice.")) }
            p.actions { (button_link(look.t("下载退回的行", "Download the refused rows"), &path(import, "/refused"))) }
        };
        page = page.main(card(Some(look.t("退回的行", "Refused rows")), body));
    }
    let (label, href) = match import.what {
        What::Requests => (look.t("看台账", "To the ledger"), "/requests"),
        What::Units => (look.t("看单位", "To the units"), "/units"),
        What::Accounts => (look.t("看账号", "To the accounts"), "/admin/accounts"),
        // An administrator brings households in and sees none.
        What::Households => (look.t("回到导入", "Back to the imports"), "/imports"),
    };
    let again = format!("/imports/{}", import.what.key());
    page.main(html! { p.actions { (main_link(label, href)) (button_link(look.t("再导入一个文件", "Import another file"), &again)) } })
}
