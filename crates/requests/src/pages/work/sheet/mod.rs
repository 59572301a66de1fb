//! The page of a case for staff: where it stands, who answers by when and why, what was done, what
//! whoever looks can do now. Who asked is not on it; see [`person`].

mod compose;
mod file;
mod head;
pub(crate) mod hold;
mod line;
mod more;
mod papers;
mod person;
mod record;
pub(crate) mod shield;
mod side;
mod why;

pub(crate) use file::show as file;
pub(crate) use person::{form as identity_form, look as identity};
pub(crate) use record::show as record;
pub(crate) use why::show as why;

use super::act::{self, Offer};
use super::next;
use crate::acts::affair::{self, Way};
use crate::acts::look;
use crate::acts::mediation::ItemRow;
use crate::case::{Case, Supervision, WordRow};
use crate::ctx::Ctx;
use crate::model::{Entry, Request};
use crate::pages::eye::{Eye, names};
use crate::pages::papers::part;
use crate::pages::spot::Grid;
use crate::spoken;
use crate::store::keeping::{self, Hold};
use crate::store::{clocks, desk, duties, mediation, people, request};
use crate::uploads;
use access::identity;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use db::Tx;
use files::Attachment;
use kernel::{AccountId, PersonId, Result, Timestamp};
use maud::html;
use web::page::Crumb;
use web::{Look, Page, PageResult};

/// Everything the page shows.
pub(crate) struct Sheet {
    pub(crate) eye: Eye,
    pub(crate) case: Case,
    /// What whoever looks can do now, the first thing first.
    pub(crate) offers: Vec<Offer>,
    /// Who has to do something next.
    pub(crate) next: Option<String>,
    /// What happened, oldest first.
    pub(crate) entries: Vec<Entry>,
    pub(crate) words: Vec<WordRow>,
    pub(crate) supervisions: Vec<Supervision>,
    pub(crate) files: Vec<Attachment>,
    /// Messages about it, in the order in which they were queued.
    pub(crate) messages: Vec<notify::Message>,
    /// The number of the case it was merged into.
    pub(crate) into: Option<String>,
    /// Open cases of the same class and place.
    pub(crate) alike: Vec<Request>,
    /// Other cases of the same person, where the reader may know who that is.
    pub(crate) earlier: Vec<Request>,
    /// File and number of the row it was imported from.
    pub(crate) original: Option<(String, i64)>,
    /// That row, where nobody is named in it.
    pub(crate) cells: Vec<(String, String)>,
    /// The map around the point that the person set.
    pub(crate) grid: Option<Grid>,
    /// Whether the reader may ask who the person is.
    pub(crate) may_know: bool,
    /// The hold by law that stands.
    pub(crate) hold: Option<Hold>,
    /// When who asked is forgotten by itself.
    pub(crate) forget_at: Option<Timestamp>,
    /// Whether the reader may ask for the words themselves.
    pub(crate) may_look: bool,
    /// Where they live, where the class needs a visit.
    pub(crate) address: Option<String>,
    /// How far the affair is, where it is one.
    pub(crate) way: Option<Way>,
    /// What the file of a mediation holds.
    pub(crate) filed: Vec<ItemRow>,
}

impl Sheet {
    async fn load(ctx: &Ctx, look: &Look, number: &str) -> Result<Sheet> {
        let (number, look) = (number.to_owned(), look.clone());
        ctx.read(move |tx, ctx| Sheet::read(tx, ctx, &look, &number)).await
    }

    fn read(tx: &mut dyn Tx, ctx: &Ctx, look: &Look, number: &str) -> Result<Sheet> {
        let case = Case::find_number(tx, ctx, number)?;
        let id = case.row.id;
        let entries = clocks::entries(tx, id)?;
        let words = people::words(tx, id)?;
        let supervisions = duties::supervisions(tx, id)?;
        let into = match case.row.merged_into {
            // Not told to whoever could not open it.
            Some(main) => request::by_id(tx, main)?.filter(|r| !r.shielded).map(|r| r.number),
            None => None,
        };
        let may_know = case.row.person.is_some() && look::may(ctx, &case);
        // What the class needs: whoever has to go there sees where, and nothing else of the person.
        let visit = ctx.site.pack.class(&case.row.class).is_some_and(|c| c.visit);
        let address = match case.row.person.filter(|_| visit && may_know && case.row.is_live()) {
            Some(person) => identity::get(tx, &ctx.site.keyring, person)?.and_then(|p| p.address),
            None => None,
        };
        let earlier = if may_know { earlier(tx, ctx, &case)? } else { Vec::new() };
        let staff = entries
            .iter()
            .flat_map(|e| [e.account, line::named(e)])
            .chain(words.iter().map(|w| w.account))
            .chain(supervisions.iter().map(|s| s.issued_by))
            .chain(case.attempts.iter().map(|a| Some(a.account)))
            .chain([case.row.officer])
            .flatten()
            .chain(part::people(&case.papers, &[]));
        let grid = match case.row.point {
            Some(_) => Grid::read(tx, ctx, case.row.place, look.locale)?,
            None => None,
        };
        let known = names(tx, staff.collect::<Vec<AccountId>>())?;
        let mut files = uploads::of(tx, id)?;
        files::name_all(tx, &ctx.site.keyring, &mut files, |f| !f.of_person())?;
        Ok(Sheet {
            eye: Eye::new(look, ctx).with_names(known),
            offers: act::offers(tx, ctx, &case)?,
            next: next::who(tx, ctx, &case, look.locale)?,
            files,
            messages: notify::about(tx, id.0)?,
            alike: desk::alike(tx, ctx, &case.row)?,
            original: request::original(tx, id)?,
            cells: match case.row.person {
                None => spoken::row(tx, ctx, id)?.unwrap_or_default(),
                Some(_) => Vec::new(),
            },
            entries,
            words,
            supervisions,
            into,
            earlier,
            grid,
            may_know,
            hold: keeping::held(tx, id)?,
            forget_at: keeping::until(tx, id)?,
            may_look: look::may(ctx, &case),
            address,
            way: affair::way(tx, ctx, &case)?,
            filed: mediation::items(tx, id)?,
            case,
        })
    }
}

/// Other cases of whoever gave the same telephone number.
fn earlier(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Vec<Request>> {
    let Some(person) = case.row.person else { return Ok(Vec::new()) };
    let mut same: Vec<PersonId> = identity::same_phone(tx, person)?;
    same.truncate(20);
    desk::of_persons(tx, ctx, &same, case.row.id)
}

/// `GET /requests/{number}`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let sheet = Sheet::load(&ctx, &staff.look, &number).await?;
    Ok(page(&sheet).into_response())
}

pub(crate) fn page(s: &Sheet) -> Page {
    let (eye, row) = (&s.eye, &s.case.row);
    Page::new(&eye.look, &row.title)
        .at("/requests")
        .own_heading()
        .crumbs(vec![
            Crumb { href: "/work".into(), label: eye.t("我的事", "My work").into() },
            Crumb { href: "/requests".into(), label: eye.t("台账", "Ledger").into() },
        ])
        .lead(head::card(s))
        .main(html! {
            (more::asked(s))
            (papers::card(s))
            (mediation_card(s))
            (line::card(s))
            (more::rest(s))
        })
        .aside(html! {
            (side::due(s))
            (side::can(s))
            (shield::side(s))
            (side::answers(s))
            (side::notices(s))
        })
}

/// On the page of a mediation: what its file lacks, and until when the court may be asked.
fn mediation_card(s: &Sheet) -> maud::Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    if eye.ctx.site.pack.mediation_on(&row.track).is_none() {
        return html! {};
    }
    let href = format!("/requests/{}/file", row.number);
    web::components::card_with(
        eye.t("调解卷宗", "Mediation file"),
        html! { a href=(href) { (eye.t("打开卷宗", "Open the file")) } },
        crate::pages::mediation::standing(eye, &s.case, &s.filed),
    )
}
