//! One visit: the form, and what is said when it is taken.

use super::form::{NEEDS, PROMISES};
use super::{form, mine, read};
use crate::pages::work::at_visit;
use crate::visits::{self, MyHousehold, Then, Visit};
use crate::work::KnownPlan;
use access::{SharedSite, Staff};
use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, HouseholdId, RecordId, RequestId, Result};
use maud::html;
use records::Taken;
use requests::Ctx;
use requests::uploads::{self, Sent, Upload, Wanted};
use std::sync::Arc;
use web::components::{button_link, card, definitions, main_link};
use web::form::Came;
use web::{FormState, Look, Page, PageResult, Values, format};

/// Which household.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    household: String,
}

async fn home(ctx: &Ctx, me: kernel::AccountId, id: &str) -> Result<MyHousehold> {
    let id: HouseholdId = id.parse().map_err(|_| Error::NotFound)?;
    mine::one(ctx, me, id).await?.ok_or(Error::NotFound)
}

/// `GET /visits/new?household=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let home = home(&ctx, staff.account()?.id, &asked.household).await?;
    let mut values = Values::default();
    let new = || RequestId::new(ctx.at, &*ctx.site.chance).to_string();
    values.set("id", RecordId::new(ctx.at, &*ctx.site.chance).to_string());
    values.set("on", ctx.today().to_string());
    for n in 0..NEEDS {
        values.set(format!("n{n}.id"), new());
        values.set(format!("n{n}.then"), "pass");
    }
    (0..PROMISES).for_each(|n| values.set(format!("promised.{n}.id"), new()));
    let plans = at_visit::plans(&ctx, &home).await?;
    at_visit::start(&ctx, &plans, &mut values);
    Ok(page(&staff.look, &ctx, &FormState::new(values), &home, &plans, &[]).into_response())
}

/// `POST /visits/new`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    came: Option<Extension<Came>>,
    request: Request,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let wanted = Wanted { most: usize::from(site.pack.visit.photos), pictures: true };
    let Sent { values, files, faults } =
        uploads::read_wanted(&ctx, request, wanted, |v| form::bind(v.one("id"))).await;
    if let Some(Extension(came)) = came {
        came.form(&values);
    }
    let home = home(&ctx, staff.account()?.id, values.one("household")).await?;
    let plans = at_visit::plans(&ctx, &home).await?;
    let helped = at_visit::read(&ctx, &values, &plans);
    let read =
        if faults.is_empty() { read::visit(&ctx, &values, &home) } else { Err(Error::Invalid(faults)) };
    let along = match &read {
        Ok(visit) => along(&ctx, &values, visit, &files).await,
        Err(_) => Ok(Vec::new()),
    };
    let settled: Vec<RequestId> = match &read {
        Ok(visit) => visit.needs.iter().filter(|n| n.then == Then::Settle).map(|n| n.id).collect(),
        Err(_) => Vec::new(),
    };
    let done = match read.and_then(|visit| Ok((visit, Arc::new(along.map_err(kept)?)))) {
        Ok((visit, along)) => {
            let (visit, photos) = (Visit { helped: helped.clone(), ..visit }, Arc::new(files.clone()));
            // The visit, its pictures and what it helped with stand on record together, or none of them does.
            ctx.write(move |tx, ctx| {
                let (done, put) = on_record(tx, ctx, &visit, &photos)?;
                let mut apart = 0;
                for (need, files) in along.iter() {
                    match done.taken {
                        Taken::New => uploads::along(tx, ctx, *need, files)?,
                        // The request has gone on its way meanwhile: nothing is slipped under it.
                        Taken::Again => apart = apart.max(uploads::without_copy(tx, ctx, *need, &photos)?),
                    }
                }
                Ok((done, Pictures { chosen: photos.len(), put, apart }))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok((done, pictures)) => {
            Ok(thanks(&staff.look, &ctx, &home, &done, &settled, &pictures).into_response())
        }
        Err(error) => {
            let error = match error {
                Error::Invalid(faults) => Error::Invalid(at_visit::at_form(read::at_form(faults), &helped)),
                other => given_back(other),
            };
            let state = FormState::refused(values, error)?;
            let shown = page(&staff.look, &ctx, &state, &home, &plans, &files)
                .status(axum::http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(shown.into_response())
        }
    }
}

/// The visit and its pictures stand on record together, or neither does; how many pictures were put there.
///
/// Errors: those of [`visits::confirm`] and of pictures, which say what became of the other.
pub(super) fn on_record(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    visit: &Visit,
    photos: &[Upload],
) -> Result<(visits::Confirmed, usize)> {
    let done = visits::confirm(tx, ctx, visit, None).map_err(|e| without(e, photos))?;
    let record = records::by_id(tx, visit.id)?.ok_or(Error::NotFound)?;
    let put = visits::photos::with_form(tx, ctx, &record, photos);
    let put = if done.taken == Taken::Again { put.map_err(beside)? } else { put? };
    Ok((done, put))
}

/// What was typed is not to be lost over a disk that is full.
pub(super) fn given_back(error: Error) -> Error {
    let Error::Full(what) = &error else { return error };
    tracing::error!(what, "a visit could not be written");
    let say = error.say();
    Error::refused("storage-full", say.zh, say.en)
}

/// What became of the pictures of a form.
struct Pictures {
    /// So many came with it.
    chosen: usize,
    /// Put with the visit now.
    put: usize,
    /// Not with a request with which they were to go: it was registered before without them.
    apart: usize,
}

/// A picture that could not be copied for a request ends nothing: what was typed goes back to whoever typed it, with what to do.
fn kept(error: Error) -> Error {
    tracing::error!(%error, "the pictures of a visit could not be copied for a request");
    Error::refused(
        "photo-copy",
        "照片没能随诉求一起交上去，这次什么都没有写入，写的都还在下面。请再交一次；还是不行，先去掉诉求里“照片”的勾，把走访记下。",
        "The pictures could not be sent along with the request and nothing was written: what you typed is still below. Send it \
         once more; if that fails as well, take away the tick at the request's pictures and note the visit.",
    )
}

/// Says of a visit that is on record with other words that its pictures are not there, and what to do.
fn without(error: Error, photos: &[Upload]) -> Error {
    match error {
        Error::Refused { code: code @ "record-differs", .. } if !photos.is_empty() => Error::refused(
            code,
            "这次走访已经记过，记下的内容和这里写的不一样。记下的不改动，照片也没有放进去，还留在下面。只补照片的，把内容改回原来的再交；内容有变的，到这一户的走访页上“更正”。",
            "This visit is on record with other words. What is on record stays, and the pictures were not put there: they are \
             still below. To add pictures only, put the words back and send it again; to change words, put the visit right on the \
             page of the household's visits.",
        ),
        other => other,
    }
}

/// Says of pictures that are not taken that the visit itself is on record.
fn beside(error: Error) -> Error {
    match error {
        Error::Refused { code, say } => Error::refused(
            code,
            format!("走访本身已经记好，不用再交。{}", say.zh),
            format!("The visit itself is on record and need not be sent again. {}", say.en),
        ),
        other => other,
    }
}

/// Copies of the pictures for each need to which the visitor says they belong: kept and forgotten with the request, whatever
/// becomes of those of the visit.
async fn along(
    ctx: &Ctx,
    values: &Values,
    visit: &Visit,
    photos: &[Upload],
) -> Result<Vec<(RequestId, Vec<Upload>)>> {
    let ticked = (0..NEEDS).filter(|n| values.one(&format!("n{n}.photos")) == "yes");
    let ids: Vec<RequestId> = ticked.filter_map(|n| values.parsed(&format!("n{n}.id"))).collect();
    let mut out = Vec::new();
    for need in visit.needs.iter().filter(|need| ids.contains(&need.id)) {
        out.push((need.id, uploads::copies(ctx, need.id, photos).await?));
    }
    Ok(out)
}

fn page(
    look: &Look,
    ctx: &Ctx,
    state: &FormState,
    home: &MyHousehold,
    plans: &[KnownPlan],
    photos: &[Upload],
) -> Page {
    let who = home.people.first().map_or(home.code.as_str(), |p| p.name.as_str());
    let name = ctx.site.pack.visit.name.to(look.locale);
    Page::new(look, format!("{name} · {who}"))
        .at("/visits")
        .narrow()
        .main(form::about(look, ctx, home))
        .main(form::view(look, ctx, state, home, plans, photos))
}

/// It is taken: numbers to be told at the door, what became of the pictures, and the way on.
fn thanks(
    look: &Look,
    ctx: &Ctx,
    home: &MyHousehold,
    done: &visits::Confirmed,
    settled: &[RequestId],
    pictures: &Pictures,
) -> Page {
    let again = done.taken == Taken::Again;
    let title = if again {
        look.t("这次走访已经记过了", "This visit was on record already")
    } else {
        look.t("记好了", "It is on record")
    };
    Page::new(look, title)
        .at("/visits")
        .narrow()
        .main(html! {
            @for need in &done.needs {
                @let due = need.due.map(|t| format::day_year(look.locale, ctx.site.zone.date(kernel::Timestamp(t))));
                @let mut told = vec![
                    (look.t("编号", "Number"), html! { b { (need.number) } }),
                    (look.t("查询码", "Query code"), html! { b { (need.code) } }),
                ];
                @if settled.contains(&need.id) {
                    (card(Some(look.t("当场办好了，编号留给家里人", "Settled on the spot; the number is for the family")), definitions(&told)))
                } @else {
                    @let () = told.push((look.t("答复期限", "Answer due"), html! { (due.as_deref().unwrap_or("—")) }));
                    (card(Some(look.t("请告诉家里人", "Please tell the family")), definitions(&told)))
                }
            }
            @if pictures.chosen > 0 {
                p { a href={ "/visits/households/" (home.code) } { @match (pictures.put, again) {
                    (0, _) => { (look.t("选的照片早已和走访放在一起，没有重复放。", "The pictures chosen stood with the visit already, and are not there twice.")) },
                    (n, false) => { (look.t(&format!("{n} 张照片和走访放在一起。"), &format!("{n} pictures stand with the visit."))) },
                    (n, true) => { (look.t(&format!("这次补放了 {n} 张照片。"), &format!("Pictures added to it now: {n}."))) },
                } } }
            }
            @if pictures.apart > 0 {
                p { b { (look.t(
                    &format!("有 {} 张照片没有随诉求交上去：诉求先前已经登记，后来勾选的照片只放在走访里。办理要用的，请直接联系承办人。", pictures.apart),
                    &format!("Not sent along with the request: {}. It was registered before, and pictures ticked later stand with the visit only. Where they are needed, talk to whoever handles it.", pictures.apart),
                )) } }
            }
            @if done.needs.is_empty() { p { (look.t("没有登记诉求。", "No request was registered.")) } }
            @if done.needs.iter().any(|n| !settled.contains(&n.id)) {
                p.hint { (look.t("办得怎么样，会出现在“办得怎么样了”里，到时请告诉家里人。",
                    "How it ends appears under \"What became of it\": please tell the family then.")) }
            }
            div.actions {
                (main_link(look.t("下一户", "Next household"), "/visits"))
                (button_link(look.t("办得怎么样了", "What became of it"), "/visits/after"))
            }
            p.quiet { (home.code) }
        })
}
