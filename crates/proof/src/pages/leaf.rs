//! `/proof/leaf`: whether the record with this seal code stands in the tree, and where.

use super::{grouped, records};
use access::{SharedSite, Visitor};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use journal::tree::{self, Head, Leaf};
use maud::{Markup, html};
use web::components::{Tone, button_link, card, definitions, empty_state, pill};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// The fewest signs that are looked for: what a text message holds.
const LEAST: usize = 8;

/// What the address asks for.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    code: String,
}

/// The bytes of a code as people type it; none where it is none.
fn bytes(code: &str) -> Option<Vec<u8>> {
    let signs: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let fits = (LEAST..=64).contains(&signs.len()) && signs.len().is_multiple_of(2) && signs.is_ascii();
    let byte = |at: usize| u8::from_str_radix(signs.get(at..at + 2)?, 16).ok();
    (0..signs.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>().filter(|_| fits)
}

/// `GET /proof/leaf`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> PageResult {
    let look = &visitor.look;
    let label = look.t("核对", "Check the record").to_owned();
    let page = Page::new(look, look.t("查封存码", "A seal code"))
        .at("/proof")
        .narrow()
        .crumbs(vec![Crumb { href: "/proof".into(), label }]);
    let Some(code) = bytes(&asked.code) else {
        let text = look.t(
            "封存码是 8 位或 64 位的数字和 a–f 字母，在短信或回执上。",
            "A seal code has 8 or 64 signs, figures and the letters a to f; it stands in the message or on the receipt.",
        );
        let back = Some((look.t("返回", "Back"), "/proof"));
        let status = if asked.code.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        return Ok(page.status(status).main(empty_state(text, back)).into_response());
    };
    let found = site
        .db
        .read(move |tx| {
            let mut out = Vec::new();
            for leaf in tree::leaves_like(tx, &code, 5)? {
                let head = tree::head_at_least(tx, leaf.index + 1)?;
                out.push((leaf, head));
            }
            Ok(out)
        })
        .await?;
    if found.is_empty() {
        let text = look.t(
            "树里还没有这个封存码。刚登记的，过几分钟再查；过了一天还查不到，请拨热线说明，并保留短信或回执。",
            "No record with this code is in the tree yet. If it was registered just now, look again in some minutes; after a day, call the hotline and keep the message or slip.",
        );
        let back = Some((look.t("返回", "Back"), "/proof"));
        return Ok(page.main(empty_state(text, back)).into_response());
    }
    Ok(page
        .main(html! { @for (leaf, head) in &found { (one(look, &site, leaf, head.as_ref())) } })
        .into_response())
}

fn one(look: &Look, site: &SharedSite, leaf: &Leaf, head: Option<&Head>) -> Markup {
    let signed = match head {
        Some(head) => html! {
            (pill(Tone::Ok, look.t("已封存并签名", "Sealed and signed"))) " "
            (format::moment_year(look.locale, site.zone, head.at)) " · "
            a href={ "/proof/heads/" (head.n) } { "№ " (head.n) }
        },
        None => pill(Tone::Soon, look.t("等待签名", "Waits for the next signature")),
    };
    let place = match look.locale {
        kernel::Locale::Zh => format!("第 {} 条", format::number(leaf.index as i64 + 1)),
        kernel::Locale::En => format!("record {}", format::number(leaf.index as i64 + 1)),
    };
    let mut facts = vec![
        (look.t("封存", "Seal"), signed),
        (look.t("位置", "Place"), html! { (place) }),
        (look.t("封存码", "Seal code"), html! { code.hash { (grouped(&leaf.hash)) } }),
    ];
    if let Some(head) = head {
        facts.push((look.t("当时共有", "In all then"), html! { (records(look, head.size)) }));
    }
    let code: String = leaf.hash.iter().map(|b| format!("{b:02x}")).collect();
    card(
        Some(look.t("在树里", "It stands in the tree")),
        html! {
            (definitions(&facts))
            p.hint { (look.t("这里只说有没有这条记录，不说是谁、什么事。", "This tells that there is such a record, not whose it is or what about.")) }
            div.actions { (button_link(look.t("下载证明（JSON）", "The proof, as JSON"), &format!("/api/v1/journal/inclusion?leaf={code}"))) }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(bytes("1a2b 3C4d"), Some(vec![0x1a, 0x2b, 0x3c, 0x4d]));
        assert_eq!(bytes(&"ab".repeat(32)).map(|b| b.len()), Some(32));
        for bad in ["", "1a2b3c", "1a2b3c4", "1a2b3c4x", &"ab".repeat(33), "一二三四五六七八"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }
}
