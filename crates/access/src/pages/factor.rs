//! My second factor: setting it up, new recovery codes, turning it off.

use super::sign_in::{Coming, password_of};
use crate::factor::{self, State as Has, totp};
use crate::passkey::{self, Here};
use crate::{SharedSite, Staff, accounts, password, session};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use kernel::{Error, Locale, MINUTE, Result};
use maud::{Markup, html};
use web::components::{Flash, FlashKind, Tone, card, main_link, pill};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// A sign-in is fresh for so long: until then nobody else is likely to sit at this desk.
const FRESH: i64 = 10 * MINUTE;

/// What was just done.
#[derive(serde::Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// What the page has to know.
struct Known {
    has: Has,
    /// Whether they signed in just now, so that the password is not asked for again.
    fresh: bool,
    /// The key that the telephone is about to learn.
    key: totp::Key,
    /// Where passkeys are asked for.
    here: Option<Here>,
}

async fn load(
    site: &SharedSite,
    staff: &Staff,
    headers: &HeaderMap,
    key: Option<totp::Key>,
) -> Result<Known> {
    let id = staff.account()?.id;
    let has = site.db.read(move |tx| factor::state(tx, id)).await?;
    let fresh = fresh(site, staff).await?;
    let key = key.unwrap_or_else(|| totp::Key::make(&*site.chance));
    Ok(Known { has, fresh, key, here: passkey::here(site, headers) })
}

/// Whether they signed in just now.
pub(super) async fn fresh(site: &SharedSite, staff: &Staff) -> Result<bool> {
    let (id, settings, now, mine) = (staff.account()?.id, site.settings.clone(), site.now(), staff.session);
    let sessions = site.db.read(move |tx| session::list(tx, id, &settings, now)).await?;
    let mine = sessions.into_iter().find(|s| Some(s.id) == mine);
    Ok(mine.is_some_and(|s| now.0 - s.created_at.0 < FRESH))
}

/// `GET /account/factor`
pub async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> PageResult {
    let known = load(&site, &staff, &headers, None).await?;
    let look = &staff.look;
    let mut page = page(&site, &staff, &known, &FormState::default())?;
    let said = match done.done.as_str() {
        "totp" => look.t("手机验证码设置好了。", "Codes from your telephone are set up."),
        "passkey" => look.t("通行密钥加好了。", "The passkey was added."),
        "key-off" => look.t("通行密钥已删除。", "The passkey was removed."),
        "off" => look.t("手机验证码已关闭。", "Codes from your telephone are turned off."),
        _ => "",
    };
    if !said.is_empty() {
        page = page.notice(Flash::ok(said));
    }
    Ok(page.into_response())
}

fn page(site: &SharedSite, staff: &Staff, known: &Known, state: &FormState) -> Result<Page> {
    let look = &staff.look;
    let mut page = Page::new(look, look.t("两步登录", "Two-step sign-in"))
        .narrow()
        .crumbs(vec![web::page::Crumb {
            href: "/account".into(),
            label: look.t("我的账号", "My account").into(),
        }])
        .lede(html! { (look.t(
            "密码之外，登录时再用手机或其他设备证明一次。别人就算知道密码，也进不来。",
            "Beside the password, a telephone or another device shows that it is you: a password alone lets nobody in.",
        )) });
    if let Some(notice) = demanded(site, staff)? {
        page = page.notice(notice);
    }
    page = page.main(form::error_summary(look, state));
    if known.has.any() {
        page = page.main(card(Some(look.t("已经设置", "Set up")), held(site, look, &known.has, state)));
    }
    page = match known.has.totp {
        None => page.main(card(
            Some(look.t("用手机验证码", "Codes from your telephone")),
            set_up_form(site, staff, known, state)?,
        )),
        Some(_) => page,
    };
    if let Some(here) = &known.here {
        let form = super::passkeys::add_form(site, staff, here, &known.has.passkeys, known.fresh)?;
        page = page.main(html! { div hidden { (card(Some(look.t("用通行密钥", "Passkeys")), form)) } });
    }
    Ok(page)
}

/// That their posts demand it, and by when.
fn demanded(site: &SharedSite, staff: &Staff) -> Result<Option<Flash>> {
    let (look, today) = (&staff.look, site.today());
    let Some(due) = staff.account()?.factor_due else { return Ok(None) };
    let text = if due <= today {
        look.t(
            "您的岗位能看到群众的身份信息或能改动规则，要先设置两步登录，才能继续。",
            "Your post shows who people are, or changes rules: set this up before you go on.",
        )
        .to_owned()
    } else {
        let day = format::day_near(look.locale, due, today);
        match look.locale {
            Locale::Zh => format!("您的岗位要求两步登录，请在{day}以前设置；从那天起不设置就不能继续使用。"),
            Locale::En => {
                format!("Your post demands this. Set it up before {day}; from then on nothing works without.")
            }
        }
    };
    Ok(Some(Flash::new(FlashKind::Warn, &text)))
}

fn set_up_form(site: &SharedSite, staff: &Staff, known: &Known, state: &FormState) -> Result<Markup> {
    let (look, account) = (&staff.look, staff.account()?);
    let address = known.key.address(site.pack.site.short.to(look.locale), &account.login);
    let sealed = site.secret.seal(&*site.chance, "totp-set-up", &account.id.bytes(), known.key.bytes())?;
    let code = Field {
        inputmode: "numeric",
        ..Field::new("first", look.t("手机上显示的 6 位数字", "The six digits shown"))
    };
    let later = account.factor_due.is_some_and(|due| due > site.today());
    let body = html! {
        ol.setup {
            li { (look.t(
                "在手机上装一个验证器应用，能读“TOTP”验证码的都可以。",
                "Install an authenticator on your telephone: any that reads “TOTP” codes.",
            )) }
            li {
                (look.t("用它扫这个二维码：", "Scan this code with it:"))
                p { (web::qr(&address, 180, look.t("二维码：验证器应用的密钥", "QR code: the key for the authenticator"))) }
                p { a.btn href=(address) { (look.t("在这台手机上打开", "Open on this telephone")) } }
                p.hint { (look.t("扫不了就手工输入密钥：", "Cannot scan? Type the key: ")) }
                p { code.key { (known.key.groups()) } }
            }
        }
        (form::hidden("key", &URL_SAFE_NO_PAD.encode(sealed)))
        (form::text_field(look, state, code.required().private().autocomplete("one-time-code").max(12)))
        @if !known.fresh { (password_field(look, state, "password")) }
        div.actions {
            (form::submit(look.t("确认并开启", "Confirm and turn on")))
            @if later { a.btn.quiet href="/" { (look.t("以后再设置", "Later")) } }
        }
    };
    Ok(form::form(look, "/account/factor", body))
}

/// The present password, for whoever has been signed in for a while.
pub(super) fn password_field(look: &Look, state: &FormState, name: &str) -> Markup {
    form::text_field(
        look,
        state,
        Field::new(name, look.t("现在的密码", "Present password"))
            .required()
            .private()
            .kind("password")
            .autocomplete("current-password")
            .hint(look.t(
                "登录已有一会儿，请再证明是您本人。",
                "You signed in a while ago: show that it is still you.",
            )),
    )
}

fn held(site: &SharedSite, look: &Look, has: &Has, state: &FormState) -> Markup {
    let (locale, zone, now) = (look.locale, site.zone, site.now());
    let left = match locale {
        Locale::Zh => format!("还有 {} 个", has.codes),
        Locale::En => format!("{} left", has.codes),
    };
    let few = if has.codes <= 3 { Tone::Soon } else { Tone::Ok };
    let label = if has.totp.is_some() {
        look.t("验证码或备用码", "A code or a recovery code")
    } else {
        look.t("备用码", "A recovery code")
    };
    let code = Field { inputmode: "numeric", ..Field::new("code", label) };
    html! {
        dl.facts {
            @if let Some(since) = has.totp {
                div { dt { (look.t("手机验证码", "Codes from your telephone")) } dd {
                    (pill(Tone::Ok, look.t("已开启", "On"))) " "
                    (format::moment_near(locale, zone, since, now)) (look.t("起", " on"))
                } }
            }
            @for key in &has.passkeys {
                div { dt { (look.t("通行密钥", "Passkey")) } dd {
                    (named(look, key)) " · " (format::moment_near(locale, zone, key.added_at, now)) (look.t(" 添加", " added"))
                    @if let Some(at) = key.used_at {
                        " · " (look.t("最近使用 ", "last used ")) (format::moment_near(locale, zone, at, now))
                    }
                } }
            }
            div { dt { (look.t("备用码", "Recovery codes")) } dd { (pill(few, &left)) } }
        }
        // One code, several things that it may be for.
        (form::form(look, "/account/factor/codes", html! {
            (form::text_field(look, state, code.required().private().autocomplete("one-time-code").max(20)
                .hint(look.t("改动以前再证明一次。", "Shown once more before anything is changed."))))
            div.actions {
                (form::button(look.t("换一批备用码", "New recovery codes"), "", ""))
                @if has.totp.is_some() {
                    button.btn.danger type="submit" formaction="/account/factor/removal" {
                        (look.t("关闭手机验证码", "Turn codes off"))
                    }
                }
                @for key in &has.passkeys {
                    button.btn.danger type="submit" formaction={ "/account/passkeys/" (key.id) "/removal" } {
                        (look.t("删除通行密钥：", "Remove passkey: ")) (named(look, key))
                    }
                }
            }
        }))
    }
}

fn named<'a>(look: &'a Look, key: &'a passkey::Info) -> &'a str {
    if key.name.is_empty() { look.t("未知设备", "unknown device") } else { &key.name }
}

/// The page that shows recovery codes: the only time that they are shown.
pub(super) fn codes_shown(look: &Look, login: &str, codes: &[String]) -> Page {
    Page::new(look, look.t("备用码", "Recovery codes"))
        .narrow()
        .lede(html! { (look.t(
            "手机丢了、没电了，用一个备用码代替验证码。每个只能用一次。",
            "When the telephone is lost or empty, one of these stands in for its code. Each is good once.",
        )) })
        .main(html! {
            section.card.hand.alone {
                p { b { (look.t("只显示这一次", "Shown this once")) }
                    (look.t("：请打印或抄下来，锁在抽屉里，不要存在同一部手机上。",
                        ": print or write them down and lock them away, not on the same telephone.")) }
                ol.codes { @for code in codes { li { code { (code) } } } }
                p.hint { (look.t("登录名：", "Sign-in name: ")) (login) }
            }
            p.actions {
                (main_link(look.t("已经收好，继续", "I have them: go on"), "/"))
                button.btn type="button" data-print data-key="p" hidden { (look.t("打印", "Print")) }
            }
        })
}

/// Whether the password has to be shown again, and was.
///
/// Errors: invalid at `field`.
pub(super) async fn still_them(site: &SharedSite, staff: &Staff, values: &Values, field: &str) -> Result<()> {
    if fresh(site, staff).await? {
        return Ok(());
    }
    let login = staff.account()?.login.clone();
    let stored = site.db.read(move |tx| accounts::for_sign_in(tx, &login)).await?;
    let stored = stored.map(|a| a.pass_hash);
    match password::fits_for(site, stored, password_of(values, field)).await? {
        true => Ok(()),
        false => Err(Error::field(field, "密码不对。", "The password is not right.")),
    }
}

/// `POST /account/factor`: the answer shows the recovery codes, so it is no redirect.
pub async fn set_up(
    State(site): State<SharedSite>,
    staff: Staff,
    headers: HeaderMap,
    FormBody(values): FormBody,
) -> PageResult {
    let id = staff.account()?.id;
    let sealed = URL_SAFE_NO_PAD.decode(values.one("key")).unwrap_or_default();
    let Some(key) = site.secret.unseal("totp-set-up", &id.bytes(), &sealed) else {
        return Ok(Redirect::to("/account/factor").into_response());
    };
    let key = totp::Key::from_bytes(key.to_vec());
    let shown = key.clone();
    let done = match still_them(&site, &staff, &values, "password").await {
        Ok(()) => factor::set_up(&site, &staff.scope, key, values.one("first")).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(codes) if codes.is_empty() => Ok(Redirect::to("/account/factor?done=totp").into_response()),
        Ok(codes) => Ok(codes_shown(&staff.look, &staff.account()?.login, &codes).into_response()),
        Err(error) => Ok(refused(&site, &staff, &headers, Some(shown), error).await?),
    }
}

/// The page again, with what was wrong; with the same key where the telephone has learnt it.
pub(super) async fn refused(
    site: &SharedSite,
    staff: &Staff,
    headers: &HeaderMap,
    key: Option<totp::Key>,
    error: Error,
) -> Result<Response> {
    let state = FormState::refused(Values::default(), error)?;
    let known = load(site, staff, headers, key).await?;
    Ok(page(site, staff, &known, &state)?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// `POST /account/factor/codes`: the answer shows the new ones.
pub async fn new_codes(
    State(site): State<SharedSite>,
    staff: Staff,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let login = staff.account()?.login.clone();
    match factor::new_codes(&site, &staff.scope, &login, &from, values.one("code")).await {
        Ok(codes) => Ok(codes_shown(&staff.look, &login, &codes).into_response()),
        Err(error) => Ok(refused(&site, &staff, &headers, None, error).await?),
    }
}

/// `POST /account/factor/removal`
pub async fn remove(
    State(site): State<SharedSite>,
    staff: Staff,
    headers: HeaderMap,
    from: Coming,
    FormBody(values): FormBody,
) -> PageResult {
    let login = staff.account()?.login.clone();
    match factor::remove_totp(&site, &staff.scope, &login, &from, values.one("code")).await {
        Ok(()) => Ok(Redirect::to("/account/factor?done=off").into_response()),
        Err(error) => Ok(refused(&site, &staff, &headers, None, error).await?),
    }
}
