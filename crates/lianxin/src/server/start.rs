//! `GET /`: the first page. What a resident came for, one under the other; staff find the way to
//! their desk; a demonstration lets one step into every role.

use super::start_demo;
use crate::capability::has_page;
use access::{SharedSite, Staff, Visitor};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use pack::Pack;
use web::components::{Icon, card, icon, main_link};
use web::form::{Field, FormState, form_with, text_field};
use web::{Look, Page, PageResult};

/// The page.
pub(super) async fn show(State(site): State<SharedSite>, visitor: Visitor) -> PageResult {
    let roles = match site.demo {
        true => Some(start_demo::people(&site).await?),
        false => None,
    };
    Ok(page(&site, &visitor, roles.as_deref()).into_response())
}

fn page(site: &SharedSite, visitor: &Visitor, roles: Option<&[start_demo::RolePeople]>) -> Page {
    let (look, pack) = (&visitor.look, &*site.pack);
    let welcome = pack.site.welcome.to(look.locale);
    let mut page = Page::new(look, look.t("有事请说，件件有人答复", "Tell us what you need; somebody answers for it"))
        .narrow()
        .lede(html! {
            @if welcome.is_empty() {
                (look.t("不用注册。说一次就行，一个单位负责到底，到期之前给您答复。",
                    "No account needed. Say it once: one office answers for it to the end, by a date you can check."))
            } @else { (welcome) }
        });
    if let Some(account) = &visitor.account {
        page = page.main(html! {
            div.card {
                p { (look.t("您已登录：", "You are signed in: ")) b { (account.name) } }
                p.actions { (main_link(look.t("去我的工作台", "To my desk"), home(visitor))) }
            }
        });
    }
    page = page.main(ways_in(look, pack)).main(follow(look)).main(to_read(look)).main(channels(look, pack));
    if let Some(roles) = roles {
        page = page.main(start_demo::section(look, pack, roles));
    }
    page.main(complaints(look, pack)).footer(foot(look, visitor))
}

/// `GET /my`: to where the reader's posts have their work.
pub(super) async fn my(staff: Staff) -> Redirect {
    Redirect::to(home(&staff))
}

/// Where their work is: the first place that their navigation offers.
fn home(visitor: &Visitor) -> &str {
    visitor.look.chrome.nav.first().map_or("/account", |n| n.href.as_str())
}

/// Say it here, or by telephone.
fn ways_in(look: &Look, pack: &Pack) -> Markup {
    let hotline = pack.site.hotline.trim();
    html! {
        div.actions {
            @if has_page("/ask") { (main_link(look.t("我要反映", "Tell us"), "/ask")) }
            @if !hotline.is_empty() {
                a.btn href={ "tel:" (hotline) } {
                    (icon(Icon::Phone)) span { (look.t("拨打热线", "Call")) " " b { (hotline) } }
                }
            }
        }
    }
}

/// The other ways in, with their hours.
fn channels(look: &Look, pack: &Pack) -> Markup {
    let listed: Vec<_> =
        pack.channels.iter().filter(|c| c.public && c.kind != pack::ChannelKind::Web).collect();
    html! {
        @if !listed.is_empty() {
            section.card {
                h2 { (look.t("还可以这样找我们", "Other ways to reach us")) }
                dl.facts {
                    @for c in listed {
                        div {
                            dt { (c.name.to(look.locale)) }
                            dd {
                                (c.hours.to(look.locale))
                                @let contact = c.contact.to(look.locale);
                                @if !contact.is_empty() { br; span.hint { (contact) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where it stands, by number and code.
fn follow(look: &Look) -> Markup {
    let state = FormState::default();
    let fields = html! {
        (text_field(look, &state, Field::new("number", look.t("编号", "Number")).required().max(40)
            .hint(look.t("在回执或短信上。", "On your receipt or text message."))))
        (text_field(look, &state, Field::new("code", look.t("查询码", "Query code")).required().private().max(16)
            .hint(look.t("编号旁边的一组字母和数字，只有您知道。", "The letters and figures beside it, known to you alone."))))
        div.actions { button.btn { (look.t("查看进度", "See where it stands")) } }
    };
    html! {
        @if has_page("/find") {
            (card(Some(look.t("查进度", "Follow a case")), form_with(look,
                web::form::FormOptions { action: "/find", ..Default::default() }, fields)))
        }
    }
}

/// What everybody may read.
fn to_read(look: &Look) -> Markup {
    let pages = [
        (
            "/public",
            look.t("公开台账", "Public ledger"),
            look.t("大家反映了什么，办得怎么样。", "What people asked for and what came of it."),
        ),
        (
            "/wishes",
            look.t("心愿墙", "Wishes"),
            look.t(
                "等人认领的微心愿，不写姓名住址。",
                "Small wishes that somebody may take up, without names.",
            ),
        ),
        (
            "/rules",
            look.t("办事规则", "The rules"),
            look.t(
                "哪类事谁来办、几天答复，依据是什么。",
                "Who handles what, by when, and on what that rests.",
            ),
        ),
        (
            "/proof",
            look.t("核对记录", "Check the record"),
            look.t("记录有没有被改过，谁都可以核对。", "Anybody can check that nothing was changed."),
        ),
    ];
    html! {
        @if pages.iter().any(|p| has_page(p.0)) {
            div.tiles {
                @for (href, name, what) in pages.iter().filter(|p| has_page(p.0)) {
                    a.tile href=(href) { span { strong { (name) } } span.note { (what) } }
                }
            }
        }
    }
}

/// Where to complain about the platform itself.
fn complaints(look: &Look, pack: &Pack) -> Markup {
    let text = pack.site.complaints.to(look.locale);
    html! { @if !text.is_empty() { p.hint { (text) } } }
}

fn foot(look: &Look, visitor: &Visitor) -> Markup {
    html! {
        p { (look.t("一次填报，处处可查；没有办好，不算办结。", "Entered once, found everywhere. Nothing is closed until it is solved.")) }
        @if visitor.account.is_none() {
            p { a href="/sign-in" { (look.t("工作人员登录", "Staff sign-in")) } }
        }
    }
}
