//! `discovery`: where the endpoint is, and how to come by a key.

use super::form::Form;
use super::node::Node;
use crate::api::client::Base;
use crate::api::text::w3c;
use access::SharedSite;
use axum::extract::State;
use axum::response::Response;

/// `GET /open311/discovery.json`, `.xml`
pub(super) async fn show(State(site): State<SharedSite>, form: Form, Base(base): Base) -> Response {
    let (pack, t) = (&site.pack, |zh: &str, en: &str| form.locale.t(zh, en).to_owned());
    let changeset = w3c(site.zone, site.zone.start_of(pack.valid_from));
    let office = pack.site.office.to(form.locale);
    let endpoint = Node::Map(vec![
        ("specification", "http://wiki.open311.org/GeoReport_v2".into()),
        ("url", format!("{base}/open311/v2").into()),
        ("changeset", changeset.clone().into()),
        ("type", if site.demo { "test" } else { "production" }.into()),
        ("formats", Node::List(vec!["application/json".into(), "text/xml".into()])),
    ]);
    let found = Node::Map(vec![
        ("changeset", changeset.into()),
        ("contact", format!("{office} {}", pack.site.hotline).into()),
        (
            "key_service",
            format!(
                "{}{office} {}",
                t("密钥由平台管理员发放，请联系：", "Keys are handed out by the administrator: "),
                pack.site.hotline
            )
            .into(),
        ),
        ("endpoints", Node::List(vec![endpoint])),
    ]);
    form.give("discovery", Ok(found))
}
