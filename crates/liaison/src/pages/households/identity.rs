//! Who lives in a household, shown once for a purpose and put on record: for those whose post reaches it and who are
//! not paired with it.

use super::reader::{Found, context, found, frame, home_page, refused};
use access::identity::{self, Person};
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, Result};
use maud::html;
use register::households::{self, Relation};
use requests::Ctx;
use requests::acts::look::{LOOKS, throttle};
use web::components::{Flash, FlashKind, Pair, actions, card, definitions};
use web::form::{Choice, Field, error_summary, form as post, radios, submit, text_field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// `GET /households/{code}/identity`: asks what for.
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let known = found(&ctx, &code, Verb::ViewIdentity).await?;
    Ok(asking(&staff.look, &ctx, &known, &FormState::default()).into_response())
}

fn asking(look: &Look, ctx: &Ctx, known: &Found, s: &FormState) -> Page {
    let purposes: Vec<Choice> = ctx
        .site
        .pack
        .purposes
        .iter()
        .map(|p| {
            let choice = Choice::new(&p.id, p.text.to(look.locale));
            if p.explain { choice.hint(look.t("要写明事由", "needs a sentence")) } else { choice }
        })
        .collect();
    let code = &known.home.code;
    let body = html! {
        (error_summary(look, s))
        (radios(look, s, Field::new("purpose", look.t("为什么要看", "What for")).required(), &purposes))
        (text_field(look, s, Field::new("why", look.t("具体事由（不写姓名和号码）", "In a sentence, without names and numbers")).max(200)))
        (actions(html! {
            (submit(look.t("记录并查看", "Record it and show")))
            a.btn.quiet href=(home_page(code)) { (look.t("返回", "Back")) }
        }))
    };
    frame(look, &known.home, look.t("姓名和联系方式", "Names and numbers"))
        .lede(html! { p { (look.t("查看会记下来：谁、什么时候、为什么，这一户的页面上看得到。", "The look goes on record: who, when and what for stand on the household's page.")) } })
        .main(card(None, post(look, &format!("{}/identity", home_page(code)), body)))
}

/// `POST /households/{code}/identity`: shows it, after the look is on record.
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let known = found(&ctx, &code, Verb::ViewIdentity).await?;
    let sent = values.clone();
    match ctx.write(move |tx, ctx| reveal(tx, ctx, &code, &sent)).await {
        Ok(people) => {
            let mut response = shown(&staff.look, &known, &people).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            Ok(refused(state, |s| asking(&staff.look, &ctx, &known, s)))
        }
    }
}

type People = Vec<(Relation, Option<Person>)>;

fn reveal(tx: &mut dyn Tx, ctx: &Ctx, code: &str, values: &Values) -> Result<People> {
    let known = super::reader::find(tx, ctx, code, Verb::ViewIdentity)?;
    let purpose = ctx.site.pack.purposes.iter().find(|p| p.id == values.one("purpose"));
    let purpose =
        purpose.ok_or_else(|| Error::field("purpose", "请选择查看的目的。", "Please say what for."))?;
    let why: String = values.one("why").chars().take(200).collect();
    if purpose.explain && why.is_empty() {
        return Err(Error::field("why", "这个目的要写明具体事由。", "This purpose needs a sentence."));
    }
    // As many looks in an hour as over cases, and counted with them.
    throttle(tx, ctx, "look", LOOKS)?;
    let said = match why.as_str() {
        "" => purpose.text.zh.clone(),
        // Others read it, so it names nobody.
        why => format!("{}：{}", purpose.text.zh, rules::mask::mask(why).text),
    };
    // Where the family was written down twice, the look stands at both.
    for id in households::same(tx, known.home.id)? {
        if let Some(home) = households::get(tx, id)? {
            households::looked(tx, &ctx.site, &ctx.scope, &home, &purpose.id, &said)?;
        }
    }
    households::living(tx, known.home.id, ctx.today())?
        .into_iter()
        .map(|m| Ok((m.relation, identity::get(tx, &ctx.site.keyring, m.person)?)))
        .collect()
}

fn shown(look: &Look, known: &Found, people: &People) -> Page {
    let said = look.t(
        "这次查看已记录。离开此页后要再看，需重新记录。",
        "The look is on record. To see this again later it is recorded anew.",
    );
    frame(look, &known.home, look.t("姓名和联系方式", "Names and numbers"))
        .notice(Flash::new(FlashKind::Info, said))
        .main(html! {
            @for (relation, who) in people { @if let Some(p) = who {
                (card(Some(relation.name().to(look.locale)), definitions(&[
                    Pair::text(look.t("姓名", "Name"), p.name.as_deref().unwrap_or("")),
                    (look.t("电话", "Telephone"), html! { @match p.phone.as_deref() { Some(n) => a href={ "tel:" (n) } { (n) }, None => "—" } }),
                    Pair::text(look.t("住址", "Address"), p.address.as_deref().unwrap_or("")),
                    Pair::text(look.t("身份证号", "Identity number"), p.idno.as_deref().unwrap_or("")),
                ])))
            } }
            (actions(html! { a.btn.main href=(home_page(&known.home.code)) { (look.t("回到这一户", "Back to the household")) } }))
        })
}
