//! The frame of every page: header, navigation, title, content, footer.

use crate::assets;
use crate::components::{Flash, Icon, count, flash, icon};
use crate::form::csrf_field;
use crate::look::{Chrome, Look, NavItem, SiteName, Theme, UserChip};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A link in the path that leads to a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: String,
}

/// A page in the making. Navigation, user and site come from the look's [`Chrome`] unless set here.
///
/// The title is the page's `h1`, unless [`Page::own_heading`] says that the content brings its own.
#[derive(Clone, Debug)]
pub struct Page {
    look: Look,
    title: String,
    chrome: Chrome,
    lede: Option<Markup>,
    tools: Option<Markup>,
    main: Markup,
    aside: Option<Markup>,
    footer: Option<Markup>,
    crumbs: Vec<Crumb>,
    notices: Vec<Flash>,
    narrow: bool,
    lead: Option<Markup>,
    own_heading: bool,
    manifest: &'static str,
    status: StatusCode,
}

impl Page {
    /// A page with this title, for this reader.
    pub fn new(look: &Look, title: impl Into<String>) -> Self {
        Page {
            chrome: (*look.chrome).clone(),
            look: look.clone(),
            title: title.into(),
            lede: None,
            tools: None,
            main: PreEscaped(String::new()),
            aside: None,
            footer: None,
            crumbs: Vec::new(),
            notices: look.notice.iter().map(|(kind, text)| Flash::new(*kind, text)).collect(),
            narrow: false,
            lead: None,
            own_heading: false,
            manifest: "/manifest.webmanifest",
            status: StatusCode::OK,
        }
    }
    /// The main navigation, instead of the look's.
    pub fn nav(mut self, nav: Vec<NavItem>) -> Self {
        self.chrome.nav = nav;
        self
    }
    /// Marks the entry of the navigation that leads to `href` as the current one.
    pub fn at(mut self, href: &str) -> Self {
        self.chrome.nav.iter_mut().for_each(|n| n.current = n.href == href);
        self
    }
    /// Who is signed in, instead of the look's.
    pub fn user(mut self, user: Option<UserChip>) -> Self {
        self.chrome.search = self.chrome.search || user.is_some();
        self.chrome.user = user;
        self
    }
    /// What the site is called, instead of the look's.
    pub fn site(mut self, site: SiteName) -> Self {
        self.chrome.site = site;
        self
    }
    /// Shows or hides the search box of the staff.
    pub fn search(mut self, shown: bool) -> Self {
        self.chrome.search = shown;
        self
    }
    /// A line or two under the title.
    pub fn lede(mut self, markup: Markup) -> Self {
        self.lede = Some(markup);
        self
    }
    /// Buttons or links across from the title.
    pub fn tools(mut self, markup: Markup) -> Self {
        self.tools = Some(markup);
        self
    }
    /// The content; called again, it is added below.
    pub fn main(mut self, markup: Markup) -> Self {
        self.main.0.push_str(&markup.0);
        self
    }
    /// What comes before the aside on a phone, and above the content on a desk: the head of a case,
    /// after which the aside says what is due.
    pub fn lead(mut self, markup: Markup) -> Self {
        self.lead = Some(markup);
        self
    }
    /// What stands beside the content on a desk and below it on a phone.
    pub fn aside(mut self, markup: Markup) -> Self {
        self.aside = Some(markup);
        self
    }
    /// Reading width, for public pages and for forms. A page with something beside its content takes the whole width.
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }
    /// The content brings its own `h1`.
    pub fn own_heading(mut self) -> Self {
        self.own_heading = true;
        self
    }
    /// What a phone that installs this page is told, instead of the site's own.
    pub fn manifest(mut self, href: &'static str) -> Self {
        self.manifest = href;
        self
    }
    /// A message above the content.
    pub fn notice(mut self, notice: Flash) -> Self {
        self.notices.push(notice);
        self
    }
    /// The way that leads here, outermost first, without this page.
    pub fn crumbs(mut self, crumbs: Vec<Crumb>) -> Self {
        self.crumbs = crumbs;
        self
    }
    /// Lines in the footer, before the switches.
    pub fn footer(mut self, markup: Markup) -> Self {
        self.footer = Some(markup);
        self
    }
    /// The status of the answer.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The whole document.
    pub fn render(&self) -> Markup {
        let look = &self.look;
        let site = self.site_name();
        html! {
            (DOCTYPE)
            html lang=(look.locale.tag()) data-theme=(look.theme.key()) data-elder[look.elder] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width,initial-scale=1";
                    title { (self.title) " · " (site) }
                    meta name="color-scheme" content="light dark";
                    meta name="theme-color" media="(prefers-color-scheme:light)" content="#f5f4f0";
                    meta name="theme-color" media="(prefers-color-scheme:dark)" content="#12161b";
                    link rel="icon" href=(assets::url("seal.svg")) type="image/svg+xml";
                    link rel="manifest" href=(self.manifest);
                    link rel="stylesheet" href=(assets::url("app.css"));
                    script type="module" src=(assets::url("app.js")) {}
                }
                body data-say=(script_words(look)) {
                    a.skip href="#main" { (look.t("跳到正文", "Skip to the content")) }
                    (self.header(site))
                    main #main tabindex="-1" .wrap .narrow[self.narrow && self.aside.is_none()] {
                        (self.heading())
                        @for n in &self.notices { (flash(n)) }
                        @match &self.aside {
                            Some(aside) => div.two.led[self.lead.is_some()] {
                                @if let Some(lead) = &self.lead { div.stack { (lead) } aside.stack { (aside) } div.stack { (self.main) } }
                                @else { div.stack { (self.main) } aside.stack { (aside) } }
                            },
                            None => div.stack { @if let Some(lead) = &self.lead { (lead) } (self.main) },
                        }
                    }
                    (self.foot())
                }
            }
        }
    }

    fn site_name(&self) -> &str {
        if self.chrome.site.short.is_empty() {
            self.look.t("连心", "Lianxin")
        } else {
            &self.chrome.site.short
        }
    }

    fn heading(&self) -> Markup {
        let look = &self.look;
        html! {
            @if !self.crumbs.is_empty() {
                nav.crumbs aria-label=(look.t("所在位置", "You are here")) {
                    ol { @for c in &self.crumbs { li { a href=(c.href) { (c.label) } } } }
                }
            }
            @if !self.own_heading {
                div.head {
                    div { h1 { (self.title) } @if let Some(l) = &self.lede { div.lede { (l) } } }
                    @if let Some(t) = &self.tools { div.tools { (t) } }
                }
            }
        }
    }

    fn header(&self, site: &str) -> Markup {
        let (look, chrome) = (&self.look, &self.chrome);
        html! {
            header.top {
                div.wrap.bar.long[is_long(&chrome.nav, look.elder)] {
                    a.brand href="/" {
                        span.seal aria-hidden="true" { "连心" }
                        span.site { (site) }
                    }
                    @if !chrome.nav.is_empty() {
                        // The list follows the empty disclosure: a phone shows it when that is open,
                        // a desk always does, and no script is needed.
                        details.menu {
                            summary { (icon(Icon::Menu)) span { (look.t("菜单", "Menu")) } }
                        }
                        nav.main aria-label=(look.t("主导航", "Main")) {
                            @for n in &chrome.nav {
                                a href=(n.href) aria-current=[n.current.then_some("page")] {
                                    (n.label)
                                    @if let Some(n) = n.count.filter(|c| *c > 0) { (count(n)) }
                                }
                            }
                        }
                    }
                    @if chrome.search {
                        form.search role="search" action="/search" method="get" {
                            (icon(Icon::Search))
                            input type="search" name="q" data-key="/" data-private autocomplete="off"
                                aria-label=(look.t("搜索", "Search"))
                                placeholder=(look.t("编号、事项、地点", "Number, matter, place"));
                            kbd { "/" }
                        }
                    }
                    @match &chrome.user {
                        Some(user) => (self.user_menu(user)),
                        None => div.switches {
                            (look_form(look, html! { (elder_button(look)) (language_button(look)) }))
                        },
                    }
                }
            }
        }
    }

    fn user_menu(&self, user: &UserChip) -> Markup {
        let look = &self.look;
        html! {
            details.who {
                summary {
                    span.avatar aria-hidden="true" { (user.name.chars().next().unwrap_or('·')) }
                    span.name { b { (user.name) } small { (user.role) } }
                }
                div.pop {
                    p { b { (user.name) } br; small { (user.role) } }
                    a href="/account" { (look.t("我的账号", "My account")) }
                    button type="button" data-keys hidden { (look.t("快捷键", "Keyboard shortcuts")) }
                    (look_form(look, html! { (elder_button(look)) (language_button(look)) (theme_buttons(look)) }))
                    form method="post" action="/sign-out" {
                        (csrf_field(look))
                        button { (look.t("退出登录", "Sign out")) }
                    }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        let (look, chrome) = (&self.look, &self.chrome);
        html! {
            footer.bottom {
                div.wrap {
                    div.about {
                        @if !chrome.site.name.is_empty() { b { (chrome.site.name) } }
                        @match &self.footer {
                            Some(f) => (f),
                            None => p { (look.t("一次填报，处处可查；没有办好，不算办结。",
                                "Entered once, found everywhere. Nothing is closed until it is solved.")) },
                        }
                        " "
                        p { a href="/api" { (look.t("数据接口", "For programs")) } }
                    }
                    (look_form(look, html! { (theme_buttons(look)) (elder_button(look)) (language_button(look)) }))
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.render().into_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
        response
    }
}

/// The form around switches of taste: each button sends itself, and the reader comes back here.
fn look_form(look: &Look, buttons: Markup) -> Markup {
    html! {
        form.look method="post" action="/look" {
            (csrf_field(look))
            input type="hidden" name="back" value=(look.path);
            (buttons)
        }
    }
}

fn elder_button(look: &Look) -> Markup {
    html! {
        button name="elder" value=(if look.elder { "0" } else { "1" }) aria-pressed=(look.elder)
            aria-label=(look.t("大字版", "Large print")) {
            (look.t("大字", "Large"))
        }
    }
}

fn language_button(look: &Look) -> Markup {
    let other = look.locale.other();
    html! {
        button name="lang" value=(other.t("zh", "en")) lang=(other.tag()) { (other.t("中文", "English")) }
    }
}

fn theme_buttons(look: &Look) -> Markup {
    let themes = [
        (Theme::Auto, look.t("自动", "Auto")),
        (Theme::Light, look.t("浅色", "Light")),
        (Theme::Dark, look.t("深色", "Dark")),
    ];
    html! {
        span.themes role="group" aria-label=(look.t("颜色", "Colours")) {
            @for (theme, label) in themes {
                button name="theme" value=(theme.key()) aria-pressed=(look.theme == theme) { (label) }
            }
        }
    }
}

/// The few words that the script itself shows.
fn script_words(look: &Look) -> String {
    serde_json::json!({
        "keys": look.t("快捷键", "Keyboard shortcuts"),
        "on": look.t("使用单键快捷键", "Use single-key shortcuts"),
        "rows": look.t("下一行、上一行，回车打开", "Next row, row before; Enter opens it"),
        "help": look.t("显示这张表", "Show this list"),
        "alt": look.t("按住它再按键，正在填写时也有效", "Hold it with a key to use that key inside a field too"),
        "close": look.t("关闭", "Close"),
        "yes": look.t("确定", "Confirm"),
        "no": look.t("再想想", "Not yet"),
        "kept": look.t("已恢复上次没有提交的内容", "What you had not sent yet is back"),
        "drop": look.t("清空", "Clear it"),
        "none": look.t("没有匹配的", "No match"),
        "n": look.t("{} 项", "{} found"),
    })
    .to_string()
}

/// Whether the words of the navigation need a line of their own on a desk of 1,280 pixels, where some 660 are left for them:
/// the signs of our letters are about 8 pixels wide, those of Chinese twice that, large ones half as much again, and 20
/// lie between two words.
fn is_long(nav: &[NavItem], elder: bool) -> bool {
    let letter = if elder { 12 } else { 8 };
    let wide = |c: char| if c.is_ascii() { letter } else { 2 * letter };
    nav.iter().map(|n| 20 + n.label.chars().map(wide).sum::<usize>()).sum::<usize>() > 660
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nav(words: &str) -> Vec<NavItem> {
        let item = |label: &str| NavItem { label: label.to_owned(), ..NavItem::default() };
        words.split(", ").map(item).collect()
    }

    #[test]
    fn many_words_get_a_line_of_their_own() {
        let lead =
            "My work, My households, Take in, Queues, Ledger, Visits due, Dashboard, Households, Rules";
        assert!(is_long(&nav(lead), false));
        assert!(!is_long(&nav("My work, My households, Ledger, Visits due, Households, Rules"), false));
        let auditor = "我的事, 队列, 台账, 走访, 看板, 户, 单位, 账号, 密钥, 消息, 运行, 规则";
        assert!(!is_long(&nav(auditor), false), "twelve short words fit beside the search");
        assert!(is_long(&nav(auditor), true), "not in large print");
        let lead = "我的事, 我的户, 登记, 队列, 台账, 走访, 看板, 户, 规则";
        assert!(!is_long(&nav(lead), true));
    }
}
