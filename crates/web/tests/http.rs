//! The shell over HTTP: headers, switches, errors, form tokens.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};
use kernel::{Error, Say};
use std::sync::Arc;
use tower::ServiceExt;
use web::components::FlashKind;
use web::{ApiError, Chrome, FormBody, Look, Page, PageResult, SiteName, html};

async fn complete(mut request: Request, next: Next) -> Response {
    if let Some(look) = request.extensions_mut().get_mut::<Look>() {
        look.csrf = "right".into();
        look.chrome = Arc::new(Chrome {
            site: SiteName { short: "甲县".into(), name: String::new() },
            ..Chrome::default()
        });
    }
    next.run(request).await
}

fn fail(error: Error) -> axum::routing::MethodRouter {
    let error = Arc::new(std::sync::Mutex::new(Some(error)));
    get(move || {
        let error = error.lock().unwrap().take().unwrap_or(Error::NotFound);
        async move { Err::<Response, web::WebError>(error.into()) as PageResult }
    })
}

fn app() -> Router {
    let pages =
        Router::new()
            .route(
                "/hello",
                get(|look: Look| async move {
                    Page::new(&look, look.t("你好", "Hello")).main(html! { p { "x" } })
                }),
            )
            .route(
                "/send",
                post(|FormBody(v): FormBody| async move {
                    web::redirect_with("/hello", FlashKind::Ok, v.one("text"))
                }),
            )
            .route("/missing", fail(Error::NotFound))
            .route("/signin", fail(Error::SignIn))
            .route("/forbidden", fail(Error::Forbidden(Say::new("不行", "No"))))
            .route("/invalid", fail(Error::field("a", "甲不对", "A is wrong")))
            .route("/refused", fail(Error::refused("x", "还缺照片", "A photo is missing")))
            .route("/conflict", fail(Error::Conflict(Say::new("改过了", "It changed"))))
            .route("/busy", fail(Error::Busy))
            .route("/internal", fail(Error::internal("password=hunter2")))
            .route(
                "/api",
                get(|| async { ApiError(Error::field("a", "甲不对", "A is wrong")).into_response() }),
            )
            .merge(web::router())
            .layer(from_fn(web::csrf::guard))
            .layer(from_fn(web::shell::errors))
            .layer(from_fn(complete));
    pages.layer(from_fn(web::shell::shell)).layer(from_fn(web::assets::security_headers))
}

async fn ask(request: Request) -> (StatusCode, HeaderMap, String) {
    let response = app().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

fn at(path: &str) -> Request {
    Request::builder().uri(path).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty()).unwrap()
}

fn form(path: &str, body: &str) -> Request {
    let kind = "application/x-www-form-urlencoded";
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    for path in
        ["/hello", "/missing", "/internal", "/nowhere", &web::assets::url("app.css"), "/manifest.webmanifest"]
    {
        let (_, headers, _) = ask(at(path)).await;
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], web::assets::CSP, "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin", "{path}");
        assert!(
            headers.contains_key("permissions-policy") && !headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
    assert!(web::assets::CSP.starts_with("default-src 'none'") && !web::assets::CSP.contains("unsafe"));
    let (_, headers, _) = ask(at("/hello")).await;
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let https =
        Request::builder().uri("/hello").header("x-forwarded-proto", "https").body(Body::empty()).unwrap();
    assert!(ask(https).await.1.contains_key(header::STRICT_TRANSPORT_SECURITY));
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_their_hash_only() {
    for (file, kind) in
        [("app.css", "text/css"), ("app.js", "text/javascript"), ("seal.svg", "image/svg+xml")]
    {
        let (status, headers, body) = ask(at(&web::assets::url(file))).await;
        assert_eq!(status, 200);
        assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable") && !body.is_empty());
        assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind));
        let (status, headers, _) = ask(at(&format!("/assets/old/{file}"))).await;
        assert_eq!((status, &headers[header::CACHE_CONTROL]), (StatusCode::OK, &"no-cache".parse().unwrap()));
    }
    assert_eq!(ask(at("/assets/old/passwd")).await.0, 404);
}

#[tokio::test]
async fn errors_are_told_in_the_readers_language_and_frame() {
    let cases = [
        ("/missing", 404, "Page not found"),
        ("/forbidden", 403, "No"),
        ("/invalid", 422, "A is wrong"),
        ("/refused", 409, "A photo is missing"),
        ("/conflict", 409, "It changed"),
        ("/busy", 503, "Nothing was written"),
        ("/internal", 500, "Incident"),
    ];
    for (path, status, said) in cases {
        let (got, headers, body) = ask(at(path)).await;
        assert_eq!(got.as_u16(), status, "{path}");
        assert!(
            body.contains(said) && body.contains("lang=\"en\"") && body.contains("甲县"),
            "{path}: {body}"
        );
        assert!(!body.contains("hunter2"), "what goes to the log stays there");
        assert_eq!(headers.contains_key(header::RETRY_AFTER), path == "/busy");
    }
    let (status, headers, _) = ask(at("/signin?x=1")).await;
    assert_eq!(
        (status.as_u16(), headers[header::LOCATION].to_str().unwrap()),
        (303, "/sign-in?next=%2Fsignin%3Fx%3D1")
    );
}

#[tokio::test]
async fn programs_get_problem_documents() {
    let (status, headers, body) = ask(at("/api")).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::UNPROCESSABLE_ENTITY, &"application/problem+json".parse().unwrap())
    );
    let v: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&v["code"], &v["errors"][0]["field"], &v["errors"][0]["detail_zh"]),
        (&"invalid".into(), &"a".into(), &"甲不对".into())
    );
}

#[tokio::test]
async fn switches_are_kept_and_lead_back() {
    let (status, headers, _) =
        ask(form("/look", "_csrf=right&lang=en&elder=1&theme=dark&back=%2Fhello%3Fa%3D1")).await;
    assert_eq!((status.as_u16(), headers[header::LOCATION].to_str().unwrap()), (303, "/hello?a=1"));
    let set: Vec<&str> = headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap()).collect();
    for want in ["lx_lang=en", "lx_elder=1", "lx_theme=dark"] {
        assert!(
            set.iter().any(|s| s.starts_with(want) && s.contains("HttpOnly") && s.contains("SameSite=Lax")),
            "{want} in {set:?}"
        );
    }
    let (_, headers, _) = ask(form("/look", "_csrf=right&lang=xx&back=%2F%2Fevil.example")).await;
    assert_eq!(headers[header::LOCATION], "/");
    assert!(!headers.contains_key(header::SET_COOKIE));
    let (_, headers, body) = ask(Request::builder().uri("/hello?lang=en").body(Body::empty()).unwrap()).await;
    assert!(
        body.contains("Hello") && headers[header::SET_COOKIE].to_str().unwrap().starts_with("lx_lang=en")
    );
}

#[tokio::test]
async fn a_form_without_the_token_is_refused() {
    for body in ["text=x", "_csrf=&text=x", "_csrf=wrong&text=x"] {
        assert_eq!(ask(form("/send", body)).await.0, 403, "{body}");
    }
    assert_eq!(ask(form("/send", "_csrf=right&text=x")).await.0, 303);
    let multipart = |token: &str| {
        let body =
            format!("--X\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--X--\r\n");
        Request::post("/look")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(ask(multipart("wrong")).await.0, 403);
    assert_eq!(ask(multipart("right")).await.0, 303);
}

#[tokio::test]
async fn a_message_is_shown_once_after_a_redirect() {
    let (_, headers, _) = ask(form("/send", "_csrf=right&text=%E5%B7%B2%E7%99%BB%E8%AE%B0%3Cb%3E")).await;
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let next = Request::builder().uri("/hello").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let (_, headers, body) = ask(next).await;
    assert!(body.contains("已登记&lt;b&gt;") && body.contains("flash ok"));
    let cleared = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cleared.starts_with("lx_notice=;") && cleared.contains("Max-Age=0"));
    assert!(!ask(at("/hello")).await.2.contains("class=\"flash"));
}
