//! `/api`: the interfaces for people who write programs.

use super::operations::OPERATIONS;
use crate::api::client::Base;
use access::{SharedSite, Site, Visitor};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kernel::Locale;
use maud::{Markup, html};
use web::components::{card, empty_state};
use web::{Look, Page};

/// `GET /api`
pub(super) async fn show(State(site): State<SharedSite>, visitor: Visitor, Base(base): Base) -> Response {
    let look = &visitor.look;
    let office = site.pack.site.office.to(look.locale);
    let intro = look.t(
        "别的系统可以替群众登记诉求、查进度、核对期限。读到的只有公开台账上有的；姓名、电话、住址从不外传。",
        "Other programs can take requests in, follow them and check every date. They read what the public ledger shows; names, telephone numbers and addresses never go out.",
    );
    Page::new(look, look.t("数据接口", "Interfaces for programs"))
        .narrow()
        .lede(html! { (intro) })
        .main(card(Some(look.t("密钥", "Keys")), html! {
            p {
                (look.t("密钥由平台管理员发放，请联系：", "The administrator hands keys out. Ask: "))
                (office) " " (site.pack.site.hotline)
            }
            @if let Some(limit) = limit(look, &site) { p { (limit) } }
        }))
        .main(card(Some(look.t("JSON 接口", "JSON")), html! {
            p {
                (look.t("密钥放在请求头 X-Api-Key。完整说明：", "The key goes into the header X-Api-Key. The whole description: "))
                a href="/api/openapi.json" { "OpenAPI 3.1" }
            }
            (operations(look))
        }))
        .main(card(Some("Open311 GeoReport v2"), open311(look, &base)))
        .into_response()
}

/// How much a program may send in; nothing where there is no limit.
fn limit(look: &Look, site: &Site) -> Option<String> {
    let most = match (site.settings.key_rate, site.settings.address_rate) {
        (0, most) | (most, 0) => most,
        (key, address) => key.min(address),
    };
    (most > 0).then(|| match look.locale {
        Locale::Zh => format!("一把密钥一分钟最多登记 {most} 件。超过时返回 429，按 Retry-After 的秒数等候再试。"),
        Locale::En => format!("A key takes in at most {most} a minute; more is answered with 429, and Retry-After says how many seconds to wait."),
    })
}

fn operations(look: &Look) -> Markup {
    if OPERATIONS.is_empty() {
        return empty_state(look.t("没有接口。", "There is none."), None);
    }
    html! {
        dl.facts {
            @for o in OPERATIONS {
                dt { code { (o.method) " " (o.path) } }
                dd { (look.t(o.zh, o.en)) }
            }
        }
    }
}

fn open311(look: &Look, base: &str) -> Markup {
    let rows = [
        ("services.json", "能提的诉求分类", "What can be asked for"),
        ("services/{code}.json", "一类诉求要问的问题", "The questions of one class"),
        (
            "requests.json",
            "公开的诉求，默认最近 90 天",
            "Published requests, of the last 90 days unless said otherwise",
        ),
        ("requests/{number}.json", "一件诉求", "One request"),
        ("tokens/{number}.json", "凭回执号换编号", "From a token to its number"),
    ];
    html! {
        p {
            (look.t("各地 311 系统通用的格式，.json 和 .xml 都可以。地址：", "The exchange format of many cities, as .json or .xml. Found at "))
            a href="/open311/discovery.json" { code { (base) "/open311/discovery.json" } }
        }
        dl.facts {
            @for (path, zh, en) in rows {
                dt { code { "GET /open311/v2/" (path) } }
                dd { (look.t(zh, en)) }
            }
            dt { code { "POST /open311/v2/requests.json" } }
            dd { (look.t("登记一件诉求，表单字段 api_key 放密钥", "Takes a request in; the key is the field api_key of the form")) }
        }
    }
}
