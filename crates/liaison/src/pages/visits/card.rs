//! A household's page by the code of its card, for the family: no account, no names of theirs, nothing of others.

use super::books::or_gone;
use crate::pages::work::words::{self, item_name};
use crate::visits::{self, Card, PromiseState};
use crate::work::{self, WrapUp};
use access::attempts::{self, Keys};
use access::{Coming, Settings, SharedSite, Site, Visitor};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Error, MINUTE, Result, Timestamp};
use maud::{Markup, html};
use requests::Ctx;
use requests::led;
use requests::model::Satisfaction;
use web::components::{Tone, card, grade_choice, main_link, pill};
use web::form::{self, Field};
use web::{FormBody, FormState, Look, Page, PageResult, format};

/// Wrong codes from one address before the next wrong one is not looked at for a while: a village may share one address.
const WRONG: i64 = 20;
/// For so long.
const PAUSE: i64 = 5 * MINUTE;

/// Wrong codes are counted by address.
fn keys(site: &Site, address: &str) -> Keys {
    let from = format!("card from {address}");
    Keys::new(&site.secret, &from, &from)
}

/// There is no such card: what to do, and from when on another code is looked at where there were too many.
fn no_card(look: &Look, ctx: &Ctx, until: Option<Timestamp>) -> Response {
    let title = look.t("没有找到这张卡", "There is no such card");
    let hotline = &ctx.site.pack.site.hotline;
    let page = Page::new(look, title).narrow().main(card(None, html! {
        @if let Some(until) = until {
            @let at = ctx.site.zone.civil(until);
            @let at = format!("{:02}:{:02}", at.hour(), at.minute());
            p { b { (look.t(&format!("卡上的码输错太多次了，请在 {at} 以后再试。"),
                &format!("Too many wrong codes: try again after {at}."))) } }
            p { (look.t("码对的卡照样能打开。", "A card whose code is right still opens.")) }
        } @else {
            p { (look.t("网址里的码和哪张卡都对不上：请重新扫一次，或者对照卡片，一个字一个字地看。换了新卡的，旧卡打不开。",
                "The code in this address is that of no card: scan it once more, or compare it with the card letter by letter. An old card no longer opens.")) }
        }
        p { (look.t("看不清、打不开的，请打 ", "If it cannot be read, or does not open, call ")) a href={ "tel:" (hotline) } { (hotline) } }
    }));
    let status = if until.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::NOT_FOUND };
    page.status(status).into_response()
}

/// The card behind a code, or what is said where there is none; wrong codes are counted. A right one opens even then: it is
/// too long to be found by trying, so what the count holds back are those who try, not the families behind the same address.
async fn open(
    look: &Look,
    ctx: &Ctx,
    coming: &Coming,
    code: &str,
) -> Result<std::result::Result<Card, Response>> {
    let (code, keys) = (code.to_owned(), keys(&ctx.site, &coming.address));
    let known = keys.clone();
    // Read beside the writer: whoever holds a card may ask as often as they like.
    let (found, until) = ctx
        .read(move |tx, ctx| match visits::card(tx, ctx, &code)? {
            Some(card) => Ok((Some(card), None)),
            None => Ok((None, attempts::locked_until(tx, &known, ctx.at)?)),
        })
        .await?;
    if let Some(card) = found {
        return Ok(Ok(card));
    }
    if until.is_none() {
        ctx.write(move |tx, ctx| {
            let limit = Settings {
                lock_after: WRONG,
                address_limit: WRONG,
                lock_for: PAUSE,
                ..ctx.site.settings.clone()
            };
            attempts::failed(tx, &keys, &limit, ctx.at)
        })
        .await?;
    }
    Ok(Err(no_card(look, ctx, until)))
}

/// `GET /card/{card}`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    coming: Coming,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    let card = match open(&visitor.look, &ctx, &coming, &code).await? {
        Ok(card) => card,
        Err(none) => return Ok(none),
    };
    Ok(page(&visitor.look, &ctx, &card, &code, &FormState::default())?.into_response())
}

/// `POST /card/{card}/rating`
pub(super) async fn rate(
    State(site): State<SharedSite>,
    visitor: Visitor,
    coming: Coming,
    Path(code): Path<String>,
    _: HeaderMap,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    let card = match open(&visitor.look, &ctx, &coming, &code).await? {
        Ok(card) => card,
        Err(none) => return Ok(none),
    };
    let grade = Satisfaction::chosen(&values, "grade");
    let done = match grade {
        Some(grade) => {
            let code = code.clone();
            let words = values.one("words").to_owned();
            ctx.write(move |tx, ctx| visits::rate(tx, ctx, &code, grade, &words)).await
        }
        None => Err(Error::field("grade", "请选一个。", "Please choose one.")),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/card/{code}")).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let shown = page(&visitor.look, &ctx, &card, &code, &state)?;
            Ok(shown.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// `POST /card/{card}/word`
pub(super) async fn word(
    State(site): State<SharedSite>,
    visitor: Visitor,
    coming: Coming,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    let card = match open(&visitor.look, &ctx, &coming, &code).await? {
        Ok(card) => card,
        Err(none) => return Ok(none),
    };
    let (own, kind, text) = (code.clone(), values.one("kind").to_owned(), values.one("word").to_owned());
    match ctx.write(move |tx, ctx| work::say(tx, ctx, &own, &kind, &text)).await {
        Ok(()) => Ok(Redirect::to(&format!("/card/{code}")).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let shown = page(&visitor.look, &ctx, &card, &code, &state)?;
            Ok(shown.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn page(look: &Look, ctx: &Ctx, own: &Card, code: &str, state: &FormState) -> Result<Page> {
    let l = look.locale;
    let word = &visits::word(ctx, code)?;
    let site = &ctx.site.pack.site;
    let page = Page::new(look, look.t("我家的联系卡", "Our contact card"))
        .narrow()
        .lede(html! { p { (own.place.to(l)) " · " (own.household.code) } })
        .main(html! {
            h2 { (look.t("谁联系我家", "Who keeps in touch with us")) }
            @for contact in &own.contacts {
                (card(None, html! {
                    p { b { (contact.name) } @if let Some(unit) = contact.unit { " · " (ctx.dir.name(unit, l)) } }
                    @if let Some(kind) = ctx.site.pack.pairing(&contact.kind) { p.hint { (kind.holder.to(l)) } }
                    p { a.btn href={ "tel:" (contact.phone) } { (look.t("打电话 ", "Call ")) (contact.phone) } }
                }))
            }
            @if own.contacts.is_empty() {
                p { (look.t("现在没有固定的联系人，有事请打热线 ", "There is no contact now; call the hotline ")) a href={ "tel:" (site.hotline) } { (site.hotline) } }
            }
            // Whoever looks after the family and scans its card is at its door.
            @if own.contacts.iter().any(|c| Some(c.account) == ctx.account()) {
                div.actions { (main_link(look.t("记一次走访", "Note a visit"), &format!("/visits/new?household={}", own.household.id))) }
            }
            (ask(look, ctx, own, word))
            (needs(look, ctx, own))
            (promises(look, ctx, own))
            @for year in &own.plans { (plan(look, ctx, year, code, state)) }
            (rating(look, ctx, own, code, state))
            (card(Some(look.t("联系人没来、答应的事没做到", "Nobody comes, or a promise was not kept")), html! {
                @for (unit, phone) in superiors(ctx, own) {
                    p { (look.t("找联系人的上级：", "Call the unit above your contact: ")) b { (ctx.dir.full_name(unit, l)) } " " a href={ "tel:" (phone) } { (phone) } }
                }
                p { (site.complaints.to(l)) }
                p { a href={ "tel:" (site.hotline) } { (site.hotline) } }
            }))
            p.hint { (look.t("这一页不写家里人的姓名。卡上的码只有您家有，请收好。",
                "This page names nobody of the family. Only your card has this code: keep it well.")) }
            @let years = ctx.site.pack.visit.keep_years;
            p.hint { (look.t(&format!("走访时记下的话和拍的照片最多保存 {years} 年，到期自动删去。答应您家的事，没做到的一直留着，有了交代的跟着那次走访删；商量的计划、帮扶的记录，过了那一年再保存 {years} 年；登记的诉求和随它转去的照片，跟着诉求保存。联系您家的人能看，别人打开照片要留下记录。"),
                &format!("What was noted at visits and pictures taken then are kept for at most {years} years and then forgotten. What was promised to you stays while it is open, and goes with its visit once it was answered; plans and help are kept for {years} years after their year; your requests, and pictures passed on with them, are kept as requests are. Your contacts see them; whoever else opens a picture does so on record."))) }
        });
    Ok(page)
}

/// The units above those of the contacts, each once, with the number to call.
fn superiors(ctx: &Ctx, own: &Card) -> Vec<(kernel::UnitId, String)> {
    let mut out = Vec::new();
    for above in own.contacts.iter().filter_map(|c| visits::complaints_to(ctx, c.unit)) {
        if !out.contains(&above) {
            out.push(above);
        }
    }
    out
}

/// The usual form, with the household's grid and those above it chosen already, and the word by which the household is known
/// again. It is posted: what stands in an address can be passed on.
fn ask(look: &Look, ctx: &Ctx, own: &Card, word: &str) -> Markup {
    let root = ctx.dir.root().map(|r| r.level.as_str());
    let levels = ctx.site.pack.levels.iter().filter(|l| l.place && Some(l.id.as_str()) != root);
    form::form(
        look,
        "/ask",
        html! {
            (form::hidden("step", "start"))
            (form::hidden(led::FIELD, word))
            @for (n, level) in levels.enumerate() {
                @if let Some(unit) = ctx.dir.at_level(own.household.unit, &level.id) {
                    (form::hidden(&format!("at{n}"), &unit.code))
                }
            }
            div.actions { (form::submit(look.t("有事要办", "We need something"))) }
        },
    )
}

/// What the family asked for, and where it stands; its own page opens with number and query code.
fn needs(look: &Look, ctx: &Ctx, own: &Card) -> Markup {
    let l = look.locale;
    let day = |at: Timestamp| format::day_near(l, ctx.site.zone.date(at), ctx.today());
    html! {
        @if !own.needs.is_empty() {
            h2 { (look.t("我家要办的事", "What we asked for")) }
            ul.plain.stack { @for need in &own.needs { li { (card(None, html! {
                p { b { (need.title) } }
                p { a href={ "/r/" (need.number) } { (need.number) } " · " (pill(Tone::Plain, need.state.name().to(l)))
                    @if need.unsolvable { " " (pill(Tone::Plain, look.t("不能解决", "Cannot be solved"))) }
                    @if let Some(due) = need.due.filter(|_| need.answer.is_none() && need.ended_at.is_none()) { " · " (look.t("最迟答复 ", "answer due ")) (day(due)) } }
                @if let Some(told) = need.told_on { p.hint { (look.t("联系人来说过：", "Your contact told you: ")) (format::day_near(l, told, ctx.today())) } }
            })) } } }
            p.hint { (look.t("点编号看办到哪一步、结果是什么，要用回执上的查询码。只列最近的 20 件；走访时登记的和从这张卡上提的才在这里。",
                "Follow the number to see how far it is and what came of it: that takes the query code on the receipt. The latest 20 are listed, those noted at visits and those asked from this card.")) }
        }
    }
}

fn promises(look: &Look, ctx: &Ctx, own: &Card) -> Markup {
    html! {
        @if !own.promises.is_empty() {
            h2 { (look.t("答应我家的事", "What we were promised")) }
            ul.plain.stack { @for (text, due, state, why) in &own.promises {
                li { (card(None, html! {
                    p { (or_gone(text, look.locale)) }
                    p { @match state {
                        PromiseState::Kept => { (pill(Tone::Ok, look.t("做到了", "Kept"))) },
                        PromiseState::Cannot => { (pill(Tone::Plain, look.t("做不到", "Cannot be kept"))) },
                        PromiseState::Open => { (super::mine::due(look, ctx.today(), *due)) },
                    } @if !why.is_empty() { " " (why) } }
                })) }
            } }
        }
    }
}

/// What is planned with the family for this year, what was done, and room for a sentence of theirs.
fn plan(look: &Look, ctx: &Ctx, year: &WrapUp, code: &str, state: &FormState) -> Markup {
    let Some(known) = &year.plan else { return html! {} };
    html! {
        h2 { (look.t("今年和我家商量好的", "What was agreed with us for this year")) }
        (card(None, html! {
            p { b { (look.t("我家想达到的：", "What we wish to reach: ")) } (known.wish) }
        }))
        ul.plain.stack { @for line in &year.items { li { (card(None, html! {
            p { b { (item_name(look, ctx, &line.item)) } " " (words::state(look, line.state)) }
            p.hint { (words::until(look, line.item.by, year.year)) }
            @for help in &line.helps { p { (words::help_on_card(look, ctx, help)) } }
        })) } } }
        @for help in &year.beside { p { (words::help_on_card(look, ctx, help)) } }
        (card(Some(look.t("帮得怎么样，想说一句的话", "A sentence on how it went, if you like")), html! {
            @if let Some(word) = &year.word { p { (look.t("您说的是：", "You said: ")) b { (word.text) } } }
            @else {
                (form::form(look, &format!("/card/{code}/word"), html! {
                    (form::hidden("kind", &year.kind))
                    (form::text_field(look, state, Field::new("word", look.t("一句话", "In a sentence")).required().max(200).private()
                        .hint(look.t("会放进今年的总结里，一年说一次。", "It goes into this year's wrap-up; once a year."))))
                    div.actions { (form::submit(look.t("告诉他们", "Tell them"))) }
                }))
            }
        }))
    }
}

fn rating(look: &Look, ctx: &Ctx, own: &Card, code: &str, state: &FormState) -> Markup {
    let Some((_, on, rated)) = &own.last else { return html! {} };
    let day = format::day_near(look.locale, *on, ctx.today());
    html! {
        (card(Some(look.t(&format!("上次来：{day}"), &format!("The last visit: {day}"))), html! {
            @if let Some(said) = rated {
                p { (look.t("您评的是：", "You said: ")) b { (said.grade.name().to(look.locale)) } @if !said.words.is_empty() { " · " (said.words) } }
            } @else {
                (form::form(look, &format!("/card/{code}/rating"), html! {
                    (grade_choice(look, state, Field::new("grade", look.t("满意不满意", "How satisfied are you")).required()))
                    (form::text_field(look, state, Field::new("words", look.t("想说什么", "In your words")).max(visits::WORDS_MAX).private()
                        .hint(look.t("来的人和他们单位看得到；家里人的名字、号码会略去。", "Whoever was there and their unit read it; your family's names and numbers are left out."))))
                    div.actions { (form::submit(look.t("告诉他们", "Tell them"))) }
                }))
            }
        }))
    }
}
