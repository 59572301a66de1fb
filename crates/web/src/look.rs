//! How this reader wants pages: language, large print, theme, and what frames every page.

use crate::components::FlashKind;
use crate::errors::WebError;
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use kernel::Locale;
use std::borrow::Cow;
use std::sync::Arc;

/// The cookie that keeps the language, `zh` or `en`.
pub const LANG_COOKIE: &str = "lx_lang";
/// The cookie that keeps large print, `1` or `0`.
pub const ELDER_COOKIE: &str = "lx_elder";
/// The cookie that keeps the theme, `auto`, `light` or `dark`.
pub const THEME_COOKIE: &str = "lx_theme";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device has it.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    pub fn key(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
    /// The theme with this word; anything else is [`Theme::Auto`].
    pub fn from_key(key: &str) -> Theme {
        match key {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
}

/// What waits is counted so far: a number above it is shown as "99+".
pub const COUNTED: u64 = 99;

/// One entry of the main navigation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// The word shown.
    pub label: String,
    /// Whether the reader is there now.
    pub current: bool,
    /// How many things wait there, counted up to [`COUNTED`].
    pub count: Option<u64>,
}

/// The person signed in, as the header shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChip {
    /// Their name.
    pub name: String,
    /// Their role and unit, in the reader's language.
    pub role: String,
}

/// What this site is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteName {
    /// On a phone and in the title of every page.
    pub short: String,
    /// In full, in the footer.
    pub name: String,
}

/// What frames every page of this reader: filled once per request, so that a handler need not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chrome {
    /// What the site is called.
    pub site: SiteName,
    /// The main navigation.
    pub nav: Vec<NavItem>,
    /// Who is signed in; none on public pages.
    pub user: Option<UserChip>,
    /// Whether the search box of the staff is shown.
    pub search: bool,
}

/// How this reader wants pages. Build it with [`Look::from_request_parts`], or take it as an
/// argument of a handler: it is an extractor, and prefers what a middleware laid in the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The language.
    pub locale: Locale,
    /// Large print: text from 18 points, targets from 60 pixels.
    pub elder: bool,
    /// Light or dark.
    pub theme: Theme,
    /// Path and query of this page without `lang`, to come back to.
    pub path: String,
    /// The token that forms carry; empty until `access` fills it in.
    pub csrf: String,
    /// What frames every page; empty until somebody fills it in.
    pub chrome: Arc<Chrome>,
    /// What the step before has to say, shown once: see [`crate::shell::redirect_with`].
    pub notice: Option<(FlashKind, String)>,
}

impl Look {
    /// A plain look in one language, for tests and for pages made outside a request.
    pub fn new(locale: Locale) -> Self {
        Look { locale, path: "/".into(), ..Look::default() }
    }

    /// Reads `?lang=`, then the cookies, then `Accept-Language`; Chinese where nothing decides.
    pub fn from_request_parts(parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or("");
        let locale = query_lang(query)
            .or_else(|| cookie(&parts.headers, LANG_COOKIE).and_then(|v| locale_of(&v)))
            .or_else(|| parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(accepted))
            .unwrap_or_default();
        // Nested routers shorten the URI; the reader came by the whole of it.
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|o| &o.0);
        let path = original.unwrap_or(&parts.uri).path();
        Look {
            locale,
            elder: cookie(&parts.headers, ELDER_COOKIE).as_deref() == Some("1"),
            theme: cookie(&parts.headers, THEME_COOKIE).map(|v| Theme::from_key(&v)).unwrap_or_default(),
            path: local_path(&without_lang(path, query)).to_owned(),
            csrf: String::new(),
            chrome: Arc::default(),
            notice: cookie(&parts.headers, crate::shell::NOTICE_COOKIE)
                .and_then(|v| crate::shell::read_notice(&v)),
        }
    }

    /// The one of the two texts that this reader reads.
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.locale.t(zh, en)
    }

    /// The same look inside another frame.
    pub fn with_chrome(mut self, chrome: Chrome) -> Self {
        self.chrome = Arc::new(chrome);
        self
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Look {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        Ok(parts.extensions.get::<Look>().cloned().unwrap_or_else(|| Look::from_request_parts(parts)))
    }
}

/// The value of a cookie of the request, percent-decoded; the first one where several have the name.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| cookie::Cookie::split_parse_encoded(v.to_owned()))
        .filter_map(Result::ok)
        .find(|c| c.name() == name)
        .map(|c| c.value().to_owned())
}

/// The path when it leads to this site and nowhere else, otherwise `/`: for addresses that came in
/// with a request and are to be gone to.
pub fn local_path(path: &str) -> &str {
    let fine = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| (0x21..0x7f).contains(&b));
    if fine { path } else { "/" }
}

/// The language that `?lang=` asks for.
pub fn query_lang(query: &str) -> Option<Locale> {
    form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == "lang").and_then(|(_, v)| locale_of(&v))
}

/// The language with this word.
pub fn locale_of(word: &str) -> Option<Locale> {
    match word {
        "zh" => Some(Locale::Zh),
        "en" => Some(Locale::En),
        _ => None,
    }
}

fn without_lang<'a>(path: &'a str, query: &str) -> Cow<'a, str> {
    let rest: Vec<&str> =
        query.split('&').filter(|p| !p.is_empty() && *p != "lang" && !p.starts_with("lang=")).collect();
    if rest.is_empty() { Cow::Borrowed(path) } else { Cow::Owned(format!("{path}?{}", rest.join("&"))) }
}

/// The one of our languages that stands highest in `Accept-Language`; the earlier of two equals.
fn accepted(value: &str) -> Option<Locale> {
    let mut best: Option<(u32, Locale)> = None;
    for part in value.split(',') {
        let mut bits = part.split(';');
        let tag = bits.next().unwrap_or("").trim().to_ascii_lowercase();
        let locale = match tag.split('-').next() {
            Some("zh") => Locale::Zh,
            Some("en") => Locale::En,
            _ => continue,
        };
        let q = bits.find_map(|b| b.trim().strip_prefix("q=")).map_or(Some(1000), thousandths).unwrap_or(0);
        if q > 0 && best.is_none_or(|(b, _)| q > b) {
            best = Some((q, locale));
        }
    }
    best.map(|(_, l)| l)
}

fn thousandths(q: &str) -> Option<u32> {
    q.trim().parse::<f32>().ok().filter(|v| (0.0..=1.0).contains(v)).map(|v| (v * 1000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(uri: &str, headers: &[(&str, &str)]) -> Look {
        let mut b = http::Request::builder().uri(uri);
        for (k, v) in headers {
            b = b.header(*k, *v);
        }
        Look::from_request_parts(&b.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn chinese_unless_something_says_otherwise() {
        assert_eq!(look("/", &[]).locale, Locale::Zh);
        assert_eq!(look("/", &[("accept-language", "de, fr;q=0.5")]).locale, Locale::Zh);
        assert_eq!(look("/", &[("accept-language", "en-GB,zh;q=0.9")]).locale, Locale::En);
        assert_eq!(look("/", &[("accept-language", "en;q=0.3,zh-CN;q=0.9")]).locale, Locale::Zh);
        assert_eq!(look("/", &[("accept-language", "en"), ("cookie", "lx_lang=zh")]).locale, Locale::Zh);
        assert_eq!(look("/?lang=en", &[("cookie", "lx_lang=zh")]).locale, Locale::En);
        assert_eq!(look("/?lang=xx", &[("cookie", "lx_lang=en")]).locale, Locale::En);
    }

    #[test]
    fn cookies_set_print_and_theme() {
        let l = look("/a?x=1&lang=en&y=2", &[("cookie", "a=b; lx_elder=1; lx_theme=dark")]);
        assert!(l.elder);
        assert_eq!((l.theme, l.path.as_str()), (Theme::Dark, "/a?x=1&y=2"));
        assert_eq!(look("/", &[("cookie", "lx_theme=%3Cscript")]).theme, Theme::Auto);
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for bad in ["//evil.example", "https://evil.example", "/\\evil", "", "a", "/a\nb", "/a b"] {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
        assert_eq!(local_path("/requests/1?x=%20"), "/requests/1?x=%20");
    }
}
