//! `/requests/{number}/file`: the file of a mediation in the order of its contents, with what is missing named, for
//! printing; and the forms by which items and parties are added.

use crate::acts::On;
use crate::acts::mediation::{self as acts, Filed, ItemRow, NewParty, PartyRow, Side, Who};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::attach;
use crate::pages::eye::{Eye, names};
use crate::store::mediation as store;
use access::{Access, RouteRule, SharedSite, Staff, rule};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::{Date, Error, Locale, Result};
use maud::{Markup, html};
use rules::mediation::FileItem;
use web::components::{
    Column, FlashKind, Row, Table, Tone, actions, attachments, card, definitions, disclosure, empty_state,
    pill,
};
use web::form::{
    Choice, Field, FormOptions, date_field, error_summary, form, form_with, hidden, select, submit,
    text_field, textarea,
};
use web::page::Crumb;
use web::{FormBody, FormState, Look, MultipartBody, Page, PageResult, Values, format, redirect_with};

/// Who may come where. What each may do is asked of the case.
pub(crate) const ROUTES: &[RouteRule] = &[
    rule("GET", "/requests/{number}/file", Access::SignedIn),
    rule("POST", "/requests/{number}/file", Access::SignedIn),
    rule("POST", "/requests/{number}/parties", Access::SignedIn),
];

/// The routes.
pub(crate) fn routes() -> Router<SharedSite> {
    Router::new()
        .route("/requests/{number}/file", get(show).post(file))
        .route("/requests/{number}/parties", post(party))
        .layer(DefaultBodyLimit::max(web::csrf::MAX_BODY))
}

struct File {
    eye: Eye,
    case: Case,
    items: Vec<ItemRow>,
    parties: Vec<PartyRow>,
}

async fn load(ctx: &Ctx, look: &Look, number: &str) -> Result<File> {
    let (number, look) = (number.to_owned(), look.clone());
    ctx.read(move |tx, ctx| {
        let case = Case::find_number(tx, ctx, &number)?;
        let items = store::items(tx, case.row.id)?;
        let parties = store::parties(tx, case.row.id)?;
        let known = names(tx, items.iter().map(|i| i.account).chain(case.row.officer))?;
        Ok(File { eye: Eye::new(&look, ctx).with_names(known), case, items, parties })
    })
    .await
}

/// `GET /requests/{number}/file`
async fn show(State(site): State<SharedSite>, staff: Staff, Path(number): Path<String>) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let file = load(&ctx, &staff.look, &number).await?;
    Ok(page(&file, &FormState::default(), &FormState::default()).into_response())
}

/// `POST /requests/{number}/file`
async fn file(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    body: MultipartBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let on = on(&ctx, &number, &body.values).await?;
    let values = body.values;
    let done = match read(&values) {
        Err(error) => Err(error),
        Ok((item, date)) => {
            let files = attach::take_in(&ctx, body.files, files::Audience::Inside).await?;
            let (perform_by, words) = (values.parsed("perform_by"), values.one("words").to_owned());
            let input = Filed { on, item, date, perform_by, words, files };
            ctx.write(move |tx, ctx| acts::file(tx, ctx, &input)).await
        }
    };
    match done {
        Ok(_) => Ok(redirect_with(
            &format!("/requests/{number}/file"),
            FlashKind::Ok,
            staff.look.t("已入卷。", "It is in the file."),
        )),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let file = load(&ctx, &staff.look, &number).await?;
            Ok(page(&file, &state, &FormState::default())
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response())
        }
    }
}

fn read(values: &Values) -> Result<(FileItem, Date)> {
    let item = FileItem::from_key(values.one("item"))
        .ok_or_else(|| Error::field("item", "请选择材料。", "Please choose the item."))?;
    let date =
        values.parsed("date").ok_or_else(|| Error::field("date", "请填写日期。", "Please give the day."))?;
    Ok((item, date))
}

/// `POST /requests/{number}/parties`
async fn party(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let on = on(&ctx, &number, &values).await?;
    let text = |name: &str| values.one(name).to_owned();
    let who = Who { name: text("name"), phone: text("phone"), address: text("address"), idno: text("idno") };
    let done = match Side::from_key(values.one("side")) {
        None => Err(Error::field("side", "请选择是哪一方。", "Please choose the side.")),
        Some(side) => {
            let input = NewParty { on, side, who };
            ctx.write(move |tx, ctx| acts::party(tx, ctx, &input)).await
        }
    };
    match done {
        Ok(_) => Ok(redirect_with(
            &format!("/requests/{number}/file"),
            FlashKind::Ok,
            staff.look.t("当事人已登记，身份加密保存。", "The party is noted; who it is lies sealed."),
        )),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let file = load(&ctx, &staff.look, &number).await?;
            Ok(page(&file, &FormState::default(), &state)
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response())
        }
    }
}

async fn on(ctx: &Ctx, number: &str, values: &Values) -> Result<On> {
    let number = number.to_owned();
    let id = ctx.read(move |tx, ctx| Ok(Case::find_number(tx, ctx, &number)?.row.id)).await?;
    Ok(On { id, seq: values.parsed("seq") })
}

fn page(f: &File, item: &FormState, party: &FormState) -> Page {
    let (eye, row) = (&f.eye, &f.case.row);
    let page =
        Page::new(&eye.look, eye.t("调解卷宗", "Mediation file")).at("/work").narrow().crumbs(vec![Crumb {
            href: format!("/requests/{}", row.number),
            label: format!("{} {}", row.number, row.title),
        }]);
    if eye.ctx.site.pack.mediation_on(&row.track).is_none() {
        let back = format!("/requests/{}", row.number);
        let none =
            eye.t("这件不走调解流程，没有调解卷宗。", "This case does not take the course of mediation.");
        return page.main(card(None, empty_state(none, Some((eye.t("返回", "Back"), &back)))));
    }
    let works = f.case.may(&eye.ctx, access::Verb::Work);
    page.main(cover(f)).main(card(Some(eye.t("卷内目录", "Contents")), contents(f))).main(html! {
        p.actions { button.btn type="button" data-print data-key="p" hidden { (eye.t("打印", "Print")) } }
        @if works { (add_item(f, item)) (add_party(f, party)) }
    })
}

/// What is still missing, and until when the court may be asked, for the page of the case as well.
pub(in crate::pages) fn standing(eye: &Eye, case: &Case, items: &[ItemRow]) -> Markup {
    let missing = acts::missing(&eye.ctx.site.pack, case);
    let named: Vec<String> = missing.iter().map(|i| i.name().to(eye.locale()).to_owned()).collect();
    html! {
        @if missing.is_empty() { p { (pill(Tone::Ok, eye.t("必备材料齐全", "All mandatory items are there"))) } }
        @else { p { (pill(Tone::Soon, eye.t("还缺", "Missing"))) " " (named.join(eye.t("、", ", "))) } }
        @if let Some(due) = items.iter().rev().find_map(|i| i.confirm.as_ref()) {
            @let confirmed = items.iter().any(|i| i.item == FileItem::Confirmation);
            p {
                @if confirmed { (eye.t("司法确认材料已入卷。", "The court's confirmation is in the file.")) }
                @else if due.due < eye.ctx.at { (eye.t("申请司法确认的期限已过：", "The time to ask the court is over: ")) (eye.day(due.due)) }
                @else { (eye.t("双方可以在 ", "Both may ask the court together to confirm it until ")) b { (eye.day(due.due)) } (eye.t(" 前共同申请司法确认。", ".")) }
            }
            p.hint { (due.citation.to(eye.locale())) }
        }
    }
}

/// Who a party is, as a recorded look shows it.
pub(in crate::pages) fn who(eye: &Eye, sealed: &str) -> Markup {
    let who: Who = serde_json::from_str(sealed).unwrap_or_default();
    let facts = [
        (eye.t("姓名", "Name"), who.name),
        (eye.t("电话", "Telephone"), who.phone),
        (eye.t("住址", "Address"), who.address),
        (eye.t("身份证号", "Identity number"), who.idno),
    ];
    html! { dl.facts { @for (name, text) in &facts { @if !text.is_empty() { div { dt { (name) } dd { (text) } } } } } }
}

fn cover(f: &File) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let zone = eye.ctx.site.zone;
    let day = |at| format::day_year(eye.locale(), zone.date(at));
    let until = row.ended_at.map(day).unwrap_or_else(|| eye.t("办理中", "open").to_owned());
    let facts = [
        (eye.t("卷号", "File"), html! { (row.number) }),
        (eye.t("纠纷", "Dispute"), html! { (eye.class(&row.class)) }),
        (eye.t("调解员", "Mediator"), html! { (eye.officer(row.officer)) " · " (eye.unit(row.unit)) }),
        (eye.t("调解日期", "Mediated"), html! { (day(row.received_at)) " — " (until) }),
        (
            eye.t("当事人", "Parties"),
            html! {
                @if f.parties.is_empty() { (eye.t("还没有登记", "none noted yet")) }
                @for p in &f.parties { div { (p.side.name().to(eye.locale())) " " b { (p.shown) } } }
            },
        ),
    ];
    card(
        Some(eye.t("人民调解卷宗", "File of a people's mediation")),
        html! { (definitions(&facts)) (standing(eye, &f.case, &f.items)) },
    )
}

/// Every item in the order of the contents: what there is, and what is missing.
fn contents(f: &File) -> Markup {
    let eye = &f.eye;
    let missing = acts::missing(&eye.ctx.site.pack, &f.case);
    let mut rows = Vec::new();
    for item in FileItem::ALL {
        let mut filed = f.items.iter().filter(|i| i.item == *item).peekable();
        let name = item.name();
        if filed.peek().is_none() {
            let lacks = missing.contains(item);
            // What another item stands for, and what nobody needs, is left out of a page that is to be printed.
            if lacks {
                rows.push(Row::new(vec![
                    html! { (name.to(eye.locale())) },
                    html! { (pill(Tone::Late, eye.t("缺", "missing"))) },
                    html! { "—" },
                ]));
            }
            continue;
        }
        for i in filed {
            rows.push(Row::new(vec![
                html! { (name.to(eye.locale())) },
                html! { (i.on.to_string()) " " span.quiet { (eye.officer(Some(i.account))) } },
                html! {
                    @if let Some(by) = i.perform_by { div { (eye.t("履行期限 ", "to be performed by ")) (by.to_string()) } }
                    @if !i.words.is_empty() { div.lines { (i.words) } }
                    @if i.files > 0 { div.quiet { (scans(eye, i.files)) } }
                },
            ]));
        }
    }
    Table::new(&eye.look, eye.t("卷内目录", "Contents"))
        .column(Column::new(eye.t("材料", "Item")).primary())
        .column(Column::new(eye.t("日期", "Day")))
        .column(Column::new(eye.t("内容", "What it says")))
        .rows(rows)
        .render()
}

fn scans(eye: &Eye, n: i64) -> String {
    match eye.locale() {
        Locale::Zh => format!("附扫描件 {n} 份"),
        Locale::En => format!("{n} scans"),
    }
}

fn add_item(f: &File, s: &FormState) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let items: Vec<Choice> =
        FileItem::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let action = format!("/requests/{}/file", row.number);
    let options = FormOptions { action: &action, files: true, ..FormOptions::default() };
    card(
        Some(eye.t("材料入卷", "Put an item in")),
        form_with(
            &eye.look,
            options,
            html! {
                (error_summary(&eye.look, s))
                (hidden("seq", &row.seq.to_string()))
                (select(&eye.look, s, Field::new("item", eye.t("材料", "Item")).required(), &items))
                (date_field(&eye.look, s, Field::new("date", eye.t("材料上的日期", "The day on it")).required()))
                (date_field(&eye.look, s, Field::new("perform_by", eye.t("履行期限", "To be performed by")).hint(eye.t("调解协议书要填", "for an agreement"))))
                (textarea(&eye.look, s, Field::new("words", eye.t("主要内容", "What it says")).max(2_000)
                    .hint(eye.t("姓名和号码会自动隐去，原文加密保存", "Names and numbers are hidden; the words themselves lie sealed")), 3))
                (attachments(&eye.look, s, "files"))
                (actions(submit(eye.t("入卷", "Put it in"))))
            },
        ),
    )
}

fn add_party(f: &File, s: &FormState) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let sides: Vec<Choice> =
        Side::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let body = form(
        &eye.look,
        &format!("/requests/{}/parties", row.number),
        html! {
            (error_summary(&eye.look, s))
            (hidden("seq", &row.seq.to_string()))
            (select(&eye.look, s, Field::new("side", eye.t("哪一方", "Side")).required(), &sides))
            (text_field(&eye.look, s, Field::new("name", eye.t("姓名", "Name")).required().private().max(acts::NAME_MAX)))
            (text_field(&eye.look, s, Field::new("phone", eye.t("电话", "Telephone")).private().max(20)))
            (text_field(&eye.look, s, Field::new("address", eye.t("住址", "Address")).private().max(100)))
            (text_field(&eye.look, s, Field::new("idno", eye.t("身份证号", "Identity number")).private().max(20)))
            p.hint { (eye.t("页面上只显示姓。要看全部，登记目的后在“查看身份”的原文里看。", "Pages show the family name alone. The rest is read by a recorded look.")) }
            (actions(submit(eye.t("登记当事人", "Note the party"))))
        },
    );
    card(None, if s.errors.is_empty() { disclosure(eye.t("登记当事人", "Note a party"), body) } else { body })
}
