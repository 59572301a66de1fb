//! `/proof/check`: a receipt is checked by the reader's own browser. Nothing is sent; the page can be saved
//! as one file that needs no server.

use access::{SharedSite, Visitor};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use journal::tree;
use kernel::Result;
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use web::components::{button_link, card};
use web::page::Crumb;
use web::{Look, Page, PageResult};

const SCRIPT: &str = include_str!("../../assets/check.js");
const STYLE: &str = include_str!("../../assets/check.css");
const FRAME: &str = include_str!("../../assets/check.html");

/// The key that signs now, as it is published; empty before the first head.
async fn key(site: &SharedSite) -> Result<String> {
    let keys = site.db.read(tree::keys).await?;
    Ok(keys.last().map(|(key, _)| key.to_string()).unwrap_or_default())
}

fn title(look: &Look) -> &str {
    look.t("核对回执", "Check a receipt")
}

fn lede(look: &Look) -> &str {
    look.t(
        "核对在这台设备上进行，什么也不上传。",
        "All of it happens on this device; nothing is sent anywhere.",
    )
}

/// The fields and the place for what was found: the same on the site and in the file.
fn fields(look: &Look, key: &str) -> Markup {
    html! {
        div.field {
            label for="file" { (look.t("回执文件", "The receipt")) }
            input.file id="file" type="file" accept=".json,application/json";
        }
        div.field {
            label for="text" { (look.t("或者把文件内容粘贴在这里", "Or paste what stands in it")) }
            textarea id="text" rows="4" spellcheck="false" autocomplete="off" {}
        }
        div.field {
            label for="key" { (look.t("签名公钥", "The public key")) }
            p.hint { (look.t("请和公示的对一对；不一样就换成公示的那一把。", "Compare it with the one that is published; put that one here where they differ.")) }
            input id="key" value=(key) spellcheck="false" autocomplete="off";
        }
        button.btn.main id="go" type="button" { (look.t("核对", "Check")) }
    }
}

/// `GET /proof/check`
pub(super) async fn show(State(site): State<SharedSite>, visitor: Visitor) -> PageResult {
    let (look, key) = (&visitor.look, key(&site).await?);
    let label = look.t("核对", "Check the record").to_owned();
    let page = Page::new(look, title(look))
        .at("/proof")
        .narrow()
        .crumbs(vec![Crumb { href: "/proof".into(), label }])
        .lede(html! { (lede(look)) })
        .main(html! { section.card id="found" hidden aria-live="polite" {} })
        .main(card(None, fields(look, &key)))
        .main(html! {
            noscript { p { (look.t(
                "核对要用到脚本。浏览器关掉了脚本的话，可以用命令：",
                "Checking needs a script. Where scripts are off, use the command: ")) code { "lianxin verify-receipt FILE --key KEY" } } }
            p { (button_link(look.t("保存核对页", "Save this page as a file"), "/proof/check.html")) }
            p.hint { (look.t("存下来的一份不用网络，也不用本平台，任何时候都能核对。", "The saved one needs neither network nor this site, now or in years.")) }
            script src={ "/proof/check.js?" (version()) } defer {}
        });
    Ok(page.into_response())
}

/// Changes with the script, so that an old one is not kept.
fn version() -> String {
    Sha256::digest(SCRIPT).iter().take(4).map(|b| format!("{b:02x}")).collect()
}

/// `GET /proof/check.js`
pub(super) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, SCRIPT).into_response()
}

/// `GET /proof/check.html`: everything in one file, which may run nothing but itself and reach nothing.
pub(super) async fn file(State(site): State<SharedSite>, visitor: Visitor) -> PageResult {
    let (look, key) = (&visitor.look, key(&site).await?);
    let body = html! {
        h1 { (title(look)) }
        p { (lede(look)) " " (look.t("本文件不会连接任何网站。", "This file connects to no site at all.")) }
        section.card id="found" hidden aria-live="polite" {}
        section.card { (fields(look, &key)) }
        p.hint { (site.pack.site.name.to(look.locale)) " · " (site.pack.site.url) }
    };
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let page = FRAME
        .replace("@lang@", look.locale.tag())
        .replace("@title@", title(look))
        .replace("@styled@", &hash(STYLE))
        .replace("@scripted@", &hash(SCRIPT))
        .replace("@style@", STYLE)
        .replace("@script@", SCRIPT)
        .replace("@body@", &body.into_string());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"lianxin-check.html\""),
    ];
    Ok((headers, page).into_response())
}
