//! `/proof`: what was sealed and signed, day by day, the public key, and how anybody can check it.

use super::{grouped, records, root_of};
use access::{SharedSite, Visitor};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use journal::tree::note::PublicKey;
use journal::tree::{self, Head};
use kernel::{Error, Timestamp};
use maud::{Markup, html};
use web::components::{Column, Row, Table, card, definitions, disclosure, empty_state, main_link, pager};
use web::{Look, Page, PageResult, format};

/// Days of a page.
const ROWS: usize = 30;
/// The most heads of days in the file: more than eight years.
const ALL: usize = 3_000;

/// What the address asks for.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    before: Option<i64>,
}

struct Found {
    latest: Option<Head>,
    days: Vec<Head>,
    older: bool,
    keys: Vec<(PublicKey, Timestamp)>,
}

/// `GET /proof`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> PageResult {
    let before = asked.before;
    let found = site
        .db
        .read(move |tx| {
            let mut days = tree::heads(tx, before, ROWS + 1, true)?;
            let older = days.len() > ROWS;
            days.truncate(ROWS);
            Ok(Found { latest: tree::latest(tx)?, days, older, keys: tree::keys(tx)? })
        })
        .await?;
    Ok(page(&visitor.look, &site, &asked, &found).into_response())
}

fn page(look: &Look, site: &SharedSite, asked: &Asked, found: &Found) -> Page {
    Page::new(look, look.t("记录有没有被改过，您可以自己核对", "Check for yourself that nothing was changed"))
        .at("/proof")
        .narrow()
        .lede(html! { (look.t(
            "每一步办理都记成一条，几分钟封存一次并签名。谁改一条、删一条、倒填一条，签名就对不上。",
            "Every step is written as a record, and every few minutes all of them are sealed and signed. Whoever changes, removes or back-dates one breaks the seal.")) })
        .main(ways(look))
        .main(latest(look, site, found))
        .main(keys(look, site, found))
        .main(days(look, site, asked, found))
        .main(how(look))
}

/// What one can do here.
fn ways(look: &Look) -> Markup {
    html! {
        div.actions {
            (main_link(look.t("核对我的回执", "Check my receipt"), "/proof/check"))
        }
        form.filters method="get" action="/proof/leaf" role="search" {
            div.field {
                label for="f-code" { (look.t("或者输入封存码", "Or enter a seal code")) }
                input id="f-code" name="code" maxlength="100" required autocomplete="off" spellcheck="false"
                    placeholder=(look.t("短信上的 8 位，或回执上的 64 位", "The 8 signs of the message, or all 64"));
            }
            button.btn { (look.t("查一查", "Look it up")) }
        }
        p { a href="/proof/lots" { (look.t("抽签回访：谁被再问一次，怎么抽的", "Call-backs by lot: who is asked again, and how it is drawn")) } }
    }
}

fn latest(look: &Look, site: &SharedSite, found: &Found) -> Markup {
    let body = match &found.latest {
        None => empty_state(look.t("还没有封存过。", "Nothing is sealed yet."), None),
        Some(head) => html! {
            (definitions(&[
                (look.t("时间", "When"), html! { (format::moment_year(look.locale, site.zone, head.at)) }),
                (look.t("已封存", "Sealed"), html! { (records(look, head.size)) }),
                (look.t("树头", "Head"), html! { "№ " (head.n) " · " a href={ "/proof/heads/" (head.n) } { (look.t("看签名原文", "the signed note")) } }),
                (look.t("根哈希", "Root"), html! { code.hash { (grouped(&root_of(head))) } }),
            ]))
            p.hint { (look.t(
                "把根哈希抄下来或拍下来：以后的记录只能接在它后面，谁也不能悄悄改掉它前面的。",
                "Write the root down or photograph it: later records can only follow it, and nobody can quietly change what came before.")) }
        },
    };
    card(Some(look.t("最近一次封存", "The last seal")), body)
}

fn keys(look: &Look, site: &SharedSite, found: &Found) -> Markup {
    let body = html! {
        @if found.keys.is_empty() { p { (look.t("还没有。", "None yet.")) } }
        @for (key, since) in found.keys.iter().rev() {
            p { code.hash { (key) } }
            p.hint { (look.t("启用：", "Since ")) (format::moment_year(look.locale, site.zone, *since)) }
        }
        p.hint { (look.t(
            "公钥也请从别处核对一次，比如公示栏、政府网站或印在回执上的。私钥只在平台手里，不在数据库里。",
            "Compare it with a copy from elsewhere: a notice board, another site, a printed slip. The private half is kept by the platform, outside of the database.")) }
    };
    card(Some(look.t("签名公钥", "The public key")), body)
}

fn days(look: &Look, site: &SharedSite, asked: &Asked, found: &Found) -> Markup {
    let empty = look.t(
        "每天零点以后，把前一天封存一次，列在这里。",
        "After midnight the day before is closed with a head of its own, listed here.",
    );
    let rows = found.days.iter().map(|h| {
        Row::new(vec![
            html! { span.nowrap { @if let Some(day) = h.day { (format::day_year(look.locale, day)) } } },
            html! { (records(look, h.size)) },
            html! { code { (grouped(&root_of(h)[..8])) " …" } },
            html! { (format::moment(look.locale, site.zone, h.at)) },
        ])
        .href(format!("/proof/heads/{}", h.n))
    });
    let older = found.days.last().filter(|_| found.older).map(|h| format!("/proof?before={}", h.n));
    let newest = asked.before.map(|_| "/proof".to_owned());
    html! {
        (Table::new(look, look.t("每天的封存", "The seal of each day"))
            .captioned()
            .column(Column::new(look.t("哪一天", "Day")).primary())
            .column(Column::new(look.t("累计", "In all")).bare())
            .column(Column::new(look.t("根哈希", "Root")))
            .column(Column::new(look.t("签于", "Signed")).seldom())
            .rows(rows)
            .empty(empty_state(empty, None))
            .render())
        (pager(look, newest.as_deref(), older.as_deref(), ""))
        p { a href="/proof/heads.txt" download { (look.t("下载每天的树头（可长期保存）", "Download the heads of all days, to keep")) } }
    }
}

fn how(look: &Look) -> Markup {
    let steps = html! {
        ol.plain {
            li { (look.t(
                "登记后在“查进度”里下载回执。回执里有您这件事的第一条记录和它在封存里的位置。",
                "After registering, download the receipt from the page of your case. It holds the first record of your matter and its place in the seal.")) }
            li { (look.t(
                "在核对页选中回执文件。核对在您的手机上进行，什么也不上传；把核对页存下来，没有网络也能用。",
                "Choose the file on the checking page. All of it happens on your device and nothing is sent; saved as a file, the page works without a network.")) }
            li { (look.t(
                "想更有把握，就留一份每天的树头。以后拿新的树头来比：新的必须包含旧的。",
                "To be surer, keep a copy of the daily heads. Later heads must contain the earlier ones, and that can be proved.")) }
        }
    };
    let details = html! {
        ul {
            li { (look.t("树按 RFC 6962，叶是每条记录的 SHA-256；树头是 C2SP 签名便笺（Ed25519）。", "The tree is that of RFC 6962; a leaf is the SHA-256 of a record; heads are C2SP signed notes (Ed25519).")) }
            li { (look.t("接口：", "Interface: ")) code { "/api/v1/journal/heads" } ", " code { "inclusion" } ", " code { "consistency" } ", " code { "leaves" } (look.t("，不用密钥，说明见 ", "; no key needed, described at ")) a href="/api" { "/api" } }
            li { (look.t("命令：", "Command: ")) code { "lianxin verify-receipt FILE --key KEY --heads heads.txt" } }
            li { (look.t("记录里没有姓名、电话和原话，只有加盐的指纹。", "Records hold no names, numbers or words of people, only salted fingerprints.")) }
        }
    };
    card(
        Some(look.t("怎么核对", "How to check")),
        html! { (steps) (disclosure(look.t("给懂技术的人", "For those who know the technique"), details)) },
    )
}

fn text(name: &str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (headers, body).into_response()
}

/// `GET /proof/heads/{head}`: a signed note as it was signed.
pub(super) async fn one(State(site): State<SharedSite>, Path(n): Path<String>) -> PageResult {
    let wanted: i64 = n.parse().map_err(|_| Error::NotFound)?;
    let head = site.db.read(move |tx| tree::head(tx, wanted)).await?.ok_or(Error::NotFound)?;
    Ok(text(&format!("head-{wanted}.txt"), head.note))
}

/// `GET /proof/heads.txt`: the heads of all days and the last one, oldest first.
pub(super) async fn all(State(site): State<SharedSite>) -> PageResult {
    let heads = site
        .db
        .read(|tx| {
            let mut all = tree::heads(tx, None, ALL, true)?;
            if let Some(last) = tree::latest(tx)?.filter(|l| all.first().is_none_or(|h| h.n < l.n)) {
                all.insert(0, last);
            }
            Ok(all)
        })
        .await?;
    let body: Vec<String> = heads.into_iter().rev().map(|h| h.note).collect();
    Ok(text("heads.txt", body.join("\n")))
}
