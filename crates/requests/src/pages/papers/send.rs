//! What the page of papers sends: taking in, handing on, confirming, calling back, and a step that is done.

use super::desk::{Papers, Which, page};
use crate::acts::papers::{self, HandOver, TakeIn};
use crate::acts::{On, affair};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::work::unit_of;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, Result};
use rules::papers::{Goal, PaperForm};
use web::components::FlashKind;
use web::{FormBody, FormState, PageResult, Values, redirect_with};

/// The case of a form, as far as the page had seen it.
async fn on(ctx: &Ctx, number: &str, values: &Values) -> Result<On> {
    let number = number.to_owned();
    let id = ctx.read(move |tx, ctx| Ok(Case::find_number(tx, ctx, &number)?.row.id)).await?;
    Ok(On { id, seq: values.parsed("seq") })
}

/// Back to where something follows, or to the page with everything that was entered.
async fn answer(
    ctx: &Ctx,
    staff: &Staff,
    number: &str,
    which: Which,
    values: Values,
    done: Result<(String, &'static str, &'static str)>,
) -> PageResult {
    match done {
        Ok((to, zh, en)) => Ok(redirect_with(&to, FlashKind::Ok, staff.look.t(zh, en))),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let papers = Papers::load(ctx, &staff.look, number).await?;
            Ok(page(&papers, Some((which, state))).into_response())
        }
    }
}

/// Does what leads back to the page of papers.
async fn stay<T: Send + 'static>(
    ctx: &Ctx,
    staff: &Staff,
    number: &str,
    values: Values,
    act: impl Fn(&mut dyn Tx, &Ctx, On) -> Result<T> + Send + Sync + 'static,
    (zh, en): (&'static str, &'static str),
) -> PageResult {
    let on = on(ctx, number, &values).await?;
    let done = ctx.write(move |tx, ctx| act(tx, ctx, on)).await;
    let done = done.map(|_| (format!("/requests/{number}/papers"), zh, en));
    answer(ctx, staff, number, Which::Other, values, done).await
}

/// `POST /requests/{number}/papers`.
pub(super) async fn take_in(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let on = on(&ctx, &number, &values).await?;
    let input = TakeIn { on, papers: handed_in(&values) };
    let done = ctx.write(move |tx, ctx| papers::take_in(tx, ctx, &input)).await.map(|(_, slip)| {
        let to = format!("/requests/{number}/papers/{slip}");
        (to, "收下了。请打印交接单交给本人。", "Taken. Please print the slip for the person.")
    });
    answer(&ctx, &staff, &number, Which::TakeIn, values, done).await
}

/// The papers that were ticked, and the one that was chosen besides.
fn handed_in(values: &Values) -> Vec<(String, PaperForm)> {
    let ticked = values.all("paper").iter().filter_map(|v| v.split_once(':'));
    let more = values.opt("more").map(|key| (key, values.opt("more_form").unwrap_or("original")));
    ticked.chain(more).filter_map(|(key, form)| Some((key.to_owned(), PaperForm::from_key(form)?))).collect()
}

/// `POST /requests/{number}/papers/hand-over`.
pub(super) async fn hand_over(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let on = on(&ctx, &number, &values).await?;
    let to = match values.one("to") {
        "person" => Ok(Goal::Person),
        "unit" => unit_of(&ctx, &values, "unit").map(Goal::Unit),
        _ => Err(Error::field("to", "请选择交给谁。", "Please say to whom they go.")),
    };
    let numbers: Vec<i64> = values.all("paper").iter().filter_map(|n| n.parse().ok()).collect();
    let done = match to {
        Err(error) => Err(error),
        Ok(to) => {
            let input = HandOver { on, papers: numbers, to };
            ctx.write(move |tx, ctx| papers::hand_over(tx, ctx, &input)).await.map(|(_, slip)| {
                let to = format!("/requests/{number}/papers/{slip}");
                (to, "交接单开好了，等对方签收。", "The slip is made; the other side confirms.")
            })
        }
    };
    answer(&ctx, &staff, &number, Which::HandOver, values, done).await
}

/// `POST /requests/{number}/papers/{slip}/receipt`.
pub(super) async fn receipt(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((number, slip)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let slip: i64 = slip.parse().map_err(|_| Error::NotFound)?;
    let signed = values.one("signed") == "yes";
    let act = move |tx: &mut dyn Tx, ctx: &Ctx, on: On| papers::confirm(tx, ctx, on, slip, signed);
    stay(&ctx, &staff, &number, values, act, ("签收了。", "Confirmed.")).await
}

/// `POST /requests/{number}/papers/{slip}/recall`.
pub(super) async fn recall(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((number, slip)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let slip: i64 = slip.parse().map_err(|_| Error::NotFound)?;
    let act = move |tx: &mut dyn Tx, ctx: &Ctx, on: On| papers::recall(tx, ctx, on, slip);
    let said = ("收回了，还在原来的人手里。", "Called back: they are where they were.");
    stay(&ctx, &staff, &number, values, act, said).await
}

/// `POST /requests/{number}/steps`.
pub(super) async fn step(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let step = values.one("step").to_owned();
    let act = move |tx: &mut dyn Tx, ctx: &Ctx, on: On| affair::done(tx, ctx, on, &step);
    let said = ("记下了，本人在自己的页面上看得到。", "Noted; the person sees it on their page.");
    stay(&ctx, &staff, &number, values, act, said).await
}
