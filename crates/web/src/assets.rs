//! The one stylesheet, the one script, and the headers that keep everything else out.

use axum::extract::{Path, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const LIGHT: &str = include_str!("../assets/css/light.css");
const DARK: &str = include_str!("../assets/css/dark.css");

/// The colours come from two lists of custom properties, each needed in more than one place: dark
/// by the device's wish and by the reader's, light again on paper.
fn css_source() -> String {
    let parts = [
        include_str!("../assets/css/base.css"),
        include_str!("../assets/css/shell.css"),
        include_str!("../assets/css/controls.css"),
        include_str!("../assets/css/parts.css"),
        include_str!("../assets/css/data.css"),
        include_str!("../assets/css/public.css"),
        include_str!("../assets/css/desk.css"),
        include_str!("../assets/css/work.css"),
        include_str!("../assets/css/modes.css"),
    ];
    let mut css = format!(
        ":root{{{LIGHT}}}@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{DARK}}}}}\
         :root[data-theme=dark]{{{DARK}}}"
    );
    parts.iter().for_each(|p| css.push_str(p));
    css.push_str(&format!("@media print{{:root:root:root{{{LIGHT}}}}}"));
    squeeze(&css)
}

/// The script: every part is a block of its own, so that names do not meet.
fn js_source() -> String {
    [
        include_str!("../assets/js/tools.js"),
        include_str!("../assets/js/keys.js"),
        include_str!("../assets/js/forms.js"),
        include_str!("../assets/js/draft.js"),
        include_str!("../assets/js/combo.js"),
        include_str!("../assets/js/live.js"),
    ]
    .iter()
    .map(|part| tighten(part))
    .collect()
}

/// Takes comments and idle white space out of CSS. Our stylesheet has no strings that contain either.
fn squeeze(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, r)| r);
    }
    bare.push_str(rest);
    let mut out = String::with_capacity(bare.len());
    for word in bare.split_whitespace() {
        let tight = out.ends_with(['{', '}', ';', ',', ':', '>']) || word.starts_with(['{', '}', '>']);
        if !out.is_empty() && !tight {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace(";}", "}")
}

/// Takes whole-line comments, indentation and the white space around signs out of the script. Our
/// script has no regular expression with a space or a quote in it, and ends every statement.
fn tighten(js: &str) -> String {
    const SIGNS: &str = "{}()[],;:=<>?&|+-*!";
    let mut out = String::with_capacity(js.len());
    let mut quote: Option<char> = None;
    for line in js.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")) {
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match quote {
                Some(q) if c == q => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '`') => quote = Some(c),
                None if c == ' ' => {
                    let next = chars.peek().copied().unwrap_or(' ');
                    if out.ends_with(|p| SIGNS.contains(p)) || SIGNS.contains(next) {
                        continue;
                    }
                }
                None => {}
            }
            out.push(c);
        }
        // After these a statement goes on, so the line break says nothing.
        if !out.ends_with(['{', ',', ';', '(', '>', '&', '|', '?', ':']) {
            out.push('\n');
        }
    }
    out
}

struct Assets {
    css: String,
    js: String,
    hash: String,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let (css, js) = (css_source(), js_source());
    let digest = Sha256::new()
        .chain_update(&css)
        .chain_update(&js)
        .chain_update(PASSKEY_JS)
        .chain_update(POCKET_JS)
        .chain_update(ICON)
        .finalize();
    let hash = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    Assets { css, js, hash }
});

/// For the few pages that ask a device for a passkey: a script of its own, so that no other page carries it.
const PASSKEY_JS: &str = include_str!("../assets/js/passkey.js");

/// For the one page that works without network: the households and visits of whoever carries the phone, and pictures.
const POCKET_JS: &str =
    concat!(include_str!("../assets/js/pocket_photos.js"), include_str!("../assets/js/pocket.js"));

fn pocket_js() -> &'static str {
    static TIGHT: LazyLock<String> = LazyLock::new(|| tighten(POCKET_JS));
    &TIGHT
}

fn passkey_js() -> &'static str {
    static TIGHT: LazyLock<String> = LazyLock::new(|| tighten(PASSKEY_JS));
    &TIGHT
}

const ICON: &str = include_str!("../assets/seal.svg");

/// The address of an asset: `app.css`, `app.js`, `passkey.js`, `pocket.js` or `seal.svg`, under the hash of them all.
pub fn url(file: &str) -> String {
    format!("/assets/{}/{file}", ASSETS.hash)
}

/// The stylesheet as it is served.
pub fn css() -> &'static str {
    &ASSETS.css
}

/// The script as it is served.
pub fn js() -> &'static str {
    &ASSETS.js
}

/// Serves an asset. Under the hash of this build it may be kept for ever; a page of another build
/// gets what there is now, not to be kept.
pub(crate) async fn serve(Path((hash, file)): Path<(String, String)>) -> Response {
    let (kind, body) = match file.as_str() {
        "app.css" => ("text/css; charset=utf-8", css()),
        "app.js" => ("text/javascript; charset=utf-8", js()),
        "passkey.js" => ("text/javascript; charset=utf-8", passkey_js()),
        "pocket.js" => ("text/javascript; charset=utf-8", pocket_js()),
        "seal.svg" => ("image/svg+xml", ICON),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let keep = if hash == ASSETS.hash { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], body).into_response()
}

pub(crate) async fn icon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, ICON).into_response()
}

pub(crate) async fn manifest() -> Response {
    let body = serde_json::json!({
        "name": "连心", "short_name": "连心", "lang": "zh-CN", "start_url": "/", "display": "minimal-ui",
        "background_color": "#f5f4f0", "theme_color": "#f5f4f0",
        "icons": [{ "src": url("seal.svg"), "sizes": "any", "type": "image/svg+xml" }],
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, body.to_string()).into_response()
}

/// The content security policy of every answer: nothing but our own, and nothing inline.
pub const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

/// Puts the strict headers on every answer, and `no-store` where a handler chose nothing else:
/// service windows share their machines.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let https = request.uri().scheme_str() == Some("https")
        || request.headers().get("x-forwarded-proto").is_some_and(|v| v == "https");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezing_keeps_the_meaning() {
        assert_eq!(squeeze("/* a */ a > b ,\n c { x : 1px 2px; }\n"), "a>b ,c{x :1px 2px}");
        assert_eq!(squeeze("a:hover .b { margin: 0 -1px }"), "a:hover .b{margin:0 -1px}");
        assert_eq!(
            squeeze("@media (max-width:1px) and (x) { p :hover{} }"),
            "@media (max-width:1px) and (x){p :hover{}}"
        );
    }

    fn colour(tokens: &str, name: &str) -> [f64; 3] {
        let at = tokens.find(&format!("--{name}:")).unwrap_or_else(|| panic!("no --{name}"));
        let hex = &tokens[at..][tokens[at..].find('#').unwrap() + 1..][..6];
        [0, 2, 4].map(|i| f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0)
    }

    /// The contrast ratio of WCAG 2.2.
    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let light = |c: [f64; 3]| {
            let [r, g, b] = c.map(|v| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_and_edges_stand_out_by_day_and_by_night() {
        let words = [
            (
                "ink",
                &["ground", "paper", "sunk", "indigo-soft", "amber-soft", "cinnabar-soft", "pine-soft"][..],
            ),
            ("ink-2", &["ground", "paper", "sunk", "stone-soft"]),
            ("indigo", &["ground", "paper", "sunk", "indigo-soft"]),
            ("on-indigo", &["indigo", "indigo-deep"]),
            ("cinnabar", &["paper", "cinnabar-soft"]),
            ("pine", &["paper", "pine-soft"]),
            ("amber", &["paper", "amber-soft"]),
            ("q-ink", &["q0", "q1", "q2", "q-none"]),
            ("q-ink-dark", &["q4"]),
        ];
        let edges =
            [("edge", &["paper", "ground"][..]), ("c1", &["paper"]), ("c2", &["paper"]), ("c3", &["paper"])];
        for (when, tokens) in [("day", LIGHT), ("night", DARK)] {
            for (least, pairs) in [(4.5, &words[..]), (3.0, &edges[..])] {
                for (front, backs) in pairs {
                    for back in *backs {
                        let ratio = contrast(colour(tokens, front), colour(tokens, back));
                        assert!(ratio >= least, "by {when} --{front} on --{back}: {ratio:.2}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_script_and_the_sheet_stay_small() {
        assert!(js().len() < 11 * 1024, "script: {} bytes", js().len());
        assert!(passkey_js().len() < 3 * 1024, "passkeys: {} bytes", passkey_js().len());
        assert!(pocket_js().len() < 27 * 1024, "pocket book: {} bytes", pocket_js().len());
        assert!(css().len() < 48 * 1024, "sheet: {} bytes", css().len());
        assert!(!css().contains("http") && !css().contains("@import"));
    }
}
