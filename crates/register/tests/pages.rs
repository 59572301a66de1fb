//! The pages of the register over HTTP.

use access::testing::{self, PASSWORD, small_pack};
use access::{Access, SharedSite, frame};
use axum::Router;
use axum::body::{Body, to_bytes};
use db::Db;
use db::testing::each_engine_async;
use http::{Method, Request, StatusCode, header};
use kernel::{Role, Scope};
use register::import::{Options, import_units};
use std::sync::Arc;
use tower::ServiceExt;

const UNITS: &str = "\
单位名称,单位编码,上级单位,单位类型,联系电话\n\
测试县,52,,,\n\
县中心,52-c,测试县,县中心,\n\
构树镇,5201,测试县,,0851-2222333\n\
规建办,5201-gj,构树镇,乡镇办公室,\n\
河坝村,520101,构树镇,,\n\
大坡镇,5202,测试县,,\n\
河坝村,520201,5202,,\n";

async fn world(db: &Db) -> (SharedSite, Router, String) {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    let site: SharedSite = Arc::new(testing::site(db, small_pack()).0);
    let book = sheets::open_bytes(UNITS.as_bytes(), "u.csv").unwrap();
    import_units(&site, &Scope::system(site.today()), &book, &Options::default(), &|_, _| {}).unwrap();
    let town = register::directory(&site).by_code("5201").unwrap().id;
    testing::staff(&site, "chen", Role::Officer, town).unwrap();
    let router = frame(access::routes().merge(register::routes()), site.clone());
    let body =
        format!("login=chen&password={}", PASSWORD.bytes().map(|b| format!("%{b:02X}")).collect::<String>());
    let request = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let cookie =
        response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    (site, router, cookie)
}

async fn send(router: &Router, method: Method, path: &str, cookie: &str) -> (StatusCode, String, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let location = parts.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap()).to_owned();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, location, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get(router: &Router, path: &str, cookie: &str) -> (StatusCode, String) {
    let (status, _, body) = send(router, Method::GET, path, cookie).await;
    (status, body)
}

/// A query with Chinese words.
fn q(path: &str, words: &str) -> String {
    let words: String = words.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("{path}?q={words}")
}

#[tokio::test]
async fn staff_browse_units_and_others_are_sent_to_sign_in() {
    each_engine_async(async |db| {
        let (_, router, chen) = world(db).await;
        for rule in register::ROUTES {
            let path = rule.path.replace("{code}", "5201");
            let (status, location, _) = send(&router, Method::GET, &path, "").await;
            match rule.access {
                Access::Public => assert_eq!(status, StatusCode::OK, "{path}"),
                _ => assert!(location.starts_with("/sign-in?next="), "{path}: {status}"),
            }
            assert_eq!(get(&router, &path, &chen).await.0, StatusCode::OK, "{path}");
            let (wrong, _, _) = send(&router, Method::DELETE, &path, "").await;
            assert!(
                matches!(wrong, StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN),
                "{path}: {wrong}"
            );
        }
        let (_, tree) = get(&router, "/units", &chen).await;
        assert!(tree.contains("构树镇") && tree.contains("/units/5201") && tree.contains("0851-2222333"));
        let (_, found) = get(&router, &q("/units", "河坝 大坡"), &chen).await;
        assert!(found.contains("/units/520201") && !found.contains("/units/520101"));
        let (_, unit) = get(&router, "/units/5201", &chen).await;
        assert!(unit.contains("测试chen") && unit.contains("规建办") && unit.contains("承办干部"));
        assert_eq!(get(&router, "/units/404", &chen).await.0, StatusCode::NOT_FOUND);
        assert_eq!(get(&router, &q("/units", "没有"), &chen).await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_combobox_finds_units_for_staff_and_places_for_everybody() {
    let db = db::testing::sqlite();
    let (site, router, chen) = world(&db).await;
    let hits = async |path: String, cookie: &str| -> Vec<(String, String, String)> {
        let (_, body) = get(&router, &path, cookie).await;
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        let text = |v: &serde_json::Value, k: &str| v[k].as_str().unwrap().to_owned();
        json.as_array()
            .unwrap()
            .iter()
            .map(|v| (text(v, "value"), text(v, "label"), text(v, "hint")))
            .collect()
    };
    let found = hits(q("/units/search", "河坝"), &chen).await;
    assert_eq!(found.len(), 2);
    let first = register::directory(&site).by_code("520101").unwrap().id.to_string();
    assert_eq!(found[0], (first, "河坝村".into(), "构树镇".into()));
    assert_eq!(hits(q("/units/search", "规建"), &chen).await.len(), 1);
    // Offices and the county are no places where somebody lives.
    assert!(hits(q("/places/search", "规建"), "").await.is_empty());
    assert!(hits(q("/places/search", "测试县"), "").await.is_empty());
    assert_eq!(hits(q("/places/search", "河坝"), "").await.len(), 2);
    assert!(hits("/places/search".into(), "").await.is_empty());
}

#[tokio::test]
async fn pages_are_there_in_both_languages() {
    let db = db::testing::sqlite();
    let (_, router, chen) = world(&db).await;
    for path in ["/units", "/units?q=5", "/units/52", "/units/5201-gj"] {
        let join = if path.contains('?') { '&' } else { '?' };
        for (lang, tag, word) in [("zh", "zh-CN", "我的账号"), ("en", "en", "My account")] {
            let (status, body) = get(&router, &format!("{path}{join}lang={lang}"), &chen).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains(&format!("lang=\"{tag}\"")) && body.contains(word), "{path} {lang}");
            assert!(body.len() < 50_000, "{path}: {} bytes", body.len());
        }
    }
}

#[tokio::test]
async fn an_empty_register_says_so() {
    let db = db::testing::sqlite();
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    let site: SharedSite = Arc::new(testing::site(&db, small_pack()).0);
    assert!(register::directory(&site).root().is_none());
    assert_eq!(register::directory(&site).name(kernel::UnitId(kernel::Uuid::nil()), kernel::Locale::Zh), "—");
}
