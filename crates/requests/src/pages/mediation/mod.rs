//! `/requests/{number}/file`: the file of a mediation in the order of its contents, with what is missing named, for
//! printing; and the forms by which items and parties are added.

mod add;
mod paper;

pub(in crate::pages) use paper::{standing, who};

use crate::acts::On;
use crate::acts::mediation::{self as acts, Filed, ItemFacts, ItemRow, NewParty, PartyRow, Side, Who};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Satisfaction;
use crate::pages::attach;
use crate::pages::eye::{Eye, names};
use crate::store::mediation as store;
use access::{Access, RouteRule, SharedSite, Staff, rule};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::{Date, Error, Result};
use maud::html;
use rules::mediation::{FileItem, Performed, Source};
use web::components::{FlashKind, card, empty_state};
use web::page::Crumb;
use web::{FormBody, FormState, Look, MultipartBody, Page, PageResult, Values, redirect_with};

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
            let facts = ItemFacts {
                source: Source::from_key(values.one("source")),
                visited: values.parsed("visited"),
                performed: Performed::from_key(values.one("performed")),
                satisfied: Satisfaction::chosen(&values, "satisfied"),
            };
            let input = Filed { on, item, date, perform_by, words, facts, files };
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
    let who = Who {
        name: text("name"),
        phone: text("phone"),
        address: text("address"),
        idno: text("idno"),
        sex: text("sex"),
        age: text("age"),
        work: text("work"),
    };
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
    page.main(paper::cover(f))
        .main(card(Some(eye.t("卷内目录", "Contents")), paper::contents(f)))
        .main(paper::back(f))
        .main(html! { div.screen {
            p.actions { button.btn type="button" data-print data-key="p" hidden { (eye.t("打印", "Print")) } }
            @if works { (add::item(f, item)) (add::party(f, party)) }
        } })
}
