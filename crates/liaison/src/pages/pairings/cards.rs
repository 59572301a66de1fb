//! Contact cards 联系服务卡: who I am, what for, how to reach me, whom to complain to, and the code of the household's
//! own page. Sheets of A4 with eight cards, or one.

use crate::read;
use crate::visits::{complaints_to, phone_of};
use access::{Noun, SharedSite, Staff, Verb, accounts};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Error, UnitId};
use maud::{Markup, html};
use pack::PairingKind;
use register::households::{self, Household};
use requests::Ctx;
use web::components::{button_link, empty_state};
use web::{Look, Page, PageResult};

/// A card and whom it is for.
struct Card {
    home: Household,
    kind: PairingKind,
}

/// `GET /people/{id}/cards?household=CODE`: all of somebody's cards, or one.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let account: AccountId = id.parse().map_err(|_| Error::NotFound)?;
    let own = staff.account()?.id == account;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let only = query.iter().find(|(k, _)| k == "household").map(|(_, v)| v.clone());
    let (person, at, cards) = ctx
        .read(move |tx, ctx| {
            let person = accounts::by_id(tx, account)?.ok_or(Error::NotFound)?;
            let mut cards = Vec::new();
            for p in read::of_account(tx, account, ctx.today())? {
                if !own && !access::may(&ctx.scope, Verb::Print, Noun::Pairing, &p.path) {
                    continue;
                }
                let home = households::get(tx, p.household)?;
                let kind = ctx.site.pack.pairing(&p.kind).cloned();
                if let Some((home, kind)) =
                    home.zip(kind).filter(|(h, _)| only.as_ref().is_none_or(|c| *c == h.code))
                {
                    cards.push(Card { home, kind });
                }
            }
            cards.sort_by(|a, b| a.home.code.cmp(&b.home.code));
            if !own && cards.is_empty() {
                return Err(Error::NotFound);
            }
            let at = accounts::units_of(tx, account, ctx.today())?.first().copied();
            Ok((person, at, cards))
        })
        .await?;
    let look = &staff.look;
    let back = format!("/people/{account}/pairings");
    let page = Page::new(look, look.t("联系服务卡", "Contact cards"))
        .at("/duties")
        .lede(html! { (look.t("用 A4 纸打印，沿线剪开，每户一张。卡上没有户主姓名；扫码看得到谁联系、答应了什么、怎么找人。",
            "Print on A4 and cut along the lines, one for each household. No family's name stands on it; the code leads to who looks after them and what was promised.")) })
        .tools(html! { (button_link(look.t("回结对", "Back"), &back)) });
    if cards.is_empty() {
        let text = look.t("还没有联系的户，没有卡可打。", "No household yet, so no card to print.");
        return Ok(page.main(empty_state(text, None)).into_response());
    }
    let body = html! { div.slips { @for card in &cards { (one(look, &ctx, &person, at, card)) } } };
    Ok(page.main(body).into_response())
}

/// One card of somebody whose unit is `at`.
fn one(look: &Look, ctx: &Ctx, person: &accounts::Account, at: Option<UnitId>, card: &Card) -> Markup {
    let info = &ctx.site.pack.site;
    let phone = phone_of(ctx, person.phone.as_deref(), at);
    let url = format!("{}/card/{}", info.url.trim_end_matches('/'), card.home.card);
    let unit = ctx.dir.get(card.home.unit).map_or_else(String::new, |u| ctx.dir.full_name(u.id, look.locale));
    html! {
        section {
            (web::qr(&url, 84, look.t("这一户的页面", "The household's page")))
            p.from { (info.short.to(look.locale)) " · " (look.t("联系服务卡", "Contact card")) }
            p { b { (person.name) } " " (card.kind.holder.to(look.locale)) }
            p { b { (phone) } @if let Some(at) = at { " " (ctx.dir.name(at, look.locale)) } }
            p { (card.kind.about.to(look.locale)) }
            p.from { (look.t("办得不好或没人管，请打", "If nobody helps, call")) " "
                @match complaints_to(ctx, at) {
                    Some((above, phone)) => { (ctx.dir.name(above, look.locale)) " " (phone) },
                    None => (info.hotline),
                } }
            p.from { (card.home.code) " · " (unit) }
        }
    }
}
