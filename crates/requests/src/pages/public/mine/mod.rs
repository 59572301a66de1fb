//! `/r/{number}`: one's own case, opened by number and query code. Where it stands, who answers, by when
//! and why that day, what was done, every notice; and what the person may do now.

pub(super) mod acts;
pub(super) mod copy;
mod course;
pub(super) mod departure;
pub(super) mod erasure;
mod head;
mod looks;
pub(super) mod papers;
mod parts;
pub(super) mod receipt;
pub(super) mod slip;

use super::pass::{self, Held, Holding};
use super::words;
use crate::acts::affair::{self, Way};
use crate::case::{Case, SlipRow, WordRow};
use crate::ctx::Ctx;
use crate::model::{Audience, Entry};
use crate::pages::eye::{self, Eye};
use crate::spoken::{self, Slot};
use crate::store::{clocks, people};
use crate::uploads;
use access::{SharedSite, Visitor};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use db::Tx;
use files::{Attachment, Variant, Whose};
use kernel::{AccountId, Error, Result, Timestamp};
use maud::Markup;
use notify::Message;
use rules::case::Verb;
use std::collections::HashMap;
use web::components::{FileItem, file_list};
use web::{FormState, Look, PageResult};

/// A case as its person sees it.
pub(super) struct Mine {
    pub(super) case: Case,
    pub(super) entries: Vec<Entry>,
    pub(super) files: Vec<Attachment>,
    pub(super) messages: Vec<Message>,
    pub(super) words: Vec<WordRow>,
    /// Hand-overs of papers.
    pub(super) slips: Vec<SlipRow>,
    /// Until when both may ask the court to confirm what was agreed.
    pub(super) confirm: Option<rules::deadline::Certificate>,
    /// How far the affair is, where it is one.
    pub(super) way: Option<Way>,
    /// What the person may do now.
    pub(super) may: Vec<Verb>,
    /// The person's place among those who joined, from 1; nothing for the one who asked.
    pub(super) joined: Option<usize>,
    /// The person has left it to the others.
    pub(super) left: bool,
    /// The person may leave it to the others.
    pub(super) may_leave: bool,
    /// The number of the case it was joined to.
    pub(super) main: Option<String>,
    names: HashMap<AccountId, String>,
    /// Names of the others who asked: hidden from this one.
    others: Vec<String>,
    /// What somebody who may act would be told on a stale form.
    pub(super) now: Timestamp,
}

impl Mine {
    /// The query code of whoever looks.
    pub(super) fn code(&self) -> &str {
        match self.joined.and_then(|n| self.case.joined.get(n - 1)) {
            Some(j) => &j.code,
            None => &self.case.row.code,
        }
    }

    /// The person's own word in this round.
    pub(super) fn own_word(&self, ctx: &Ctx) -> Option<&WordRow> {
        let person = ctx.holder.as_ref().and_then(|h| h.person);
        let round = self.case.row.round();
        self.words.iter().rfind(|w| w.round == round && w.person == person)
    }

    /// The superior's ruling, while nothing was answered or begun anew after it.
    pub(super) fn ruling(&self) -> Option<&Entry> {
        let turns = ["rule", "answer", "decline", "settle", "reopen"];
        self.entries.iter().rfind(|e| turns.contains(&e.verb.as_str())).filter(|e| e.verb == "rule")
    }

    /// Whether a ruling stood by the unit.
    pub(super) fn is_upheld(ruling: &Entry) -> bool {
        ruling.data.get("upheld").and_then(serde_json::Value::as_bool) == Some(true)
    }

    /// Whether this person joined and the word of the one who asked is in: theirs is heard all the same.
    pub(super) fn is_late(&self) -> bool {
        use rules::case::State::{Closed, Judged, Unsolvable};
        self.joined.is_some() && !self.left && matches!(self.case.row.state, Judged | Closed | Unsolvable)
    }

    /// A text of an entry as this person may read it: what another person wrote only with names,
    /// numbers and addresses masked.
    pub(super) fn readable(&self, e: &Entry) -> String {
        let by = e.data.get("joined").and_then(serde_json::Value::as_u64).map(|n| n as usize);
        let own = e.who != "person" || by == self.joined;
        // Whoever joined reads what was said to somebody else.
        if own && (self.joined.is_none() || e.who == "person") {
            e.body.clone()
        } else {
            self.hidden(&e.body)
        }
    }

    /// A text that another person wrote, or that was written to one.
    pub(super) fn hidden(&self, text: &str) -> String {
        words::hidden(text, &self.others)
    }
}

/// Loads the case for whoever holds the pass.
pub(super) async fn load(held: &Held) -> Result<Mine> {
    let id = held.pass.request;
    held.ctx
        .read(move |tx, ctx| {
            let mut case = Case::find(tx, ctx, id)?;
            let may = case.choices(ctx)?.iter().map(|c| c.verb).collect();
            let person = ctx.holder.as_ref().and_then(|h| h.person);
            let (left, may_leave) = (case.has_left(person), case.may_be_left(ctx));
            let joined = case.joined.iter().position(|j| Some(j.person) == person).map(|at| at + 1);
            // Files that came from somebody show their home: nobody else gets them, whoever handed them in.
            let own = joined.is_none() && person == case.row.person;
            let mut files = uploads::of(tx, id)?;
            files.retain(|f| {
                let shown = match f.whose {
                    Whose::Person(p) => own || (p.is_some() && p == person),
                    Whose::House => true,
                };
                shown && f.audience != files::Audience::Inside
            });
            files::name_all(tx, &ctx.site.keyring, &mut files, |f| match f.whose {
                Whose::Person(whose) => whose == person,
                Whose::House => true,
            })?;
            let mine: Vec<_> =
                case.notices.iter().filter(|n| n.person == person).filter_map(|n| n.message).collect();
            let messages = notify::about(tx, id.0)?.into_iter().filter(|m| mine.contains(&m.id)).collect();
            let mut entries = clocks::entries(tx, id)?;
            let mut given = people::words(tx, id)?;
            own_words(tx, ctx, &mut case, joined, &mut entries, &mut given)?;
            let main = match case.row.merged_into {
                Some(main) => crate::store::request::by_id(tx, main)?.map(|r| r.number),
                None => None,
            };
            let slips = crate::store::papers::slips(tx, id)?;
            let named = crate::pages::papers::part::people(&case.papers, &slips);
            Ok(Mine {
                names: eye::names(tx, named.into_iter().chain(case.row.officer))?,
                way: affair::way(tx, ctx, &case)?,
                confirm: crate::store::mediation::items(tx, id)?.into_iter().rev().find_map(|i| i.confirm),
                slips,
                others: words::names(tx, ctx, &case.row, &case.joined)?,
                words: given,
                case,
                entries,
                files,
                messages,
                may,
                left,
                may_leave,
                joined,
                main,
                now: ctx.at,
            })
        })
        .await
}

/// What this person wrote, as they wrote it: for nobody else.
fn own_words(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    joined: Option<usize>,
    entries: &mut [Entry],
    given: &mut [WordRow],
) -> Result<()> {
    let person = ctx.holder.as_ref().and_then(|h| h.person);
    if joined.is_none()
        && let Some(asked) = spoken::asked(tx, ctx, case.row.id)?
    {
        case.row.title = asked.title;
        case.row.body = asked.body;
        case.row.place_text = asked.place;
        case.row.answers = asked.answers;
    }
    for (slot, text) in spoken::others(tx, ctx, case.row.id)? {
        match slot {
            Slot::Entry(seq) => {
                let by =
                    |e: &Entry| e.data.get("joined").and_then(serde_json::Value::as_u64).map(|n| n as usize);
                if let Some(e) =
                    entries.iter_mut().find(|e| e.seq == seq && e.who == "person" && by(e) == joined)
                {
                    e.body = text;
                }
            }
            Slot::Joined(who) if Some(who) == person => {
                if let Some(j) = case.joined.iter_mut().find(|j| j.person == who) {
                    j.words = text;
                }
            }
            Slot::Word(round, who) if who == person => {
                if let Some(w) = given.iter_mut().find(|w| w.round == round && w.person == who) {
                    w.note = text;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `GET /r/{number}`
pub(super) async fn show(Holding { look, held }: Holding, Path(number): Path<String>) -> PageResult {
    if held.number != number {
        return Ok(Redirect::to(&format!("/r/{}", held.number)).into_response());
    }
    page(&look, &held, parts::Forms::default()).await
}

/// The page, with forms as they came back.
async fn page(look: &Look, held: &Held, forms: parts::Forms) -> PageResult {
    let (mut mine, seal) = (load(held).await?, receipt::seal(held).await?);
    let eye = Eye::new(look, &held.ctx).with_names(std::mem::take(&mut mine.names));
    let status = if forms.refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(head::page(&eye, held, &mine, &seal, &forms).status(status).into_response())
}

/// A form that was refused goes back to the page with everything that was entered.
async fn again(look: &Look, held: &Held, which: parts::Which, state: FormState) -> PageResult {
    page(look, held, parts::Forms::with(which, state)).await
}

/// `GET /r/{number}/files/{id}`: one of the files that the person may see.
pub(super) async fn file(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((number, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let held = pass::open(&site, &headers, &number).await?.ok_or(Error::NotFound)?;
    let mine = load(&held).await?;
    let found = mine.files.into_iter().find(|f| f.id.to_string() == id).ok_or(Error::NotFound)?;
    Ok(send_file(&visitor.look, &held.ctx, found, query.as_deref() == Some("thumb")).await?)
}

/// Sends a file that the reader may have.
pub(super) async fn send_file(look: &Look, ctx: &Ctx, file: Attachment, small: bool) -> Result<Response> {
    let variant = if small { Variant::Thumb } else { Variant::Full };
    let name = file.called(look.locale);
    let bytes = crate::pages::attach::bytes(ctx, &file, variant).await?;
    Ok(files::respond(&file, &name, bytes, variant, false))
}

/// Files as a list below `base`.
pub(super) fn files_of(locale: kernel::Locale, base: &str, files: &[Attachment]) -> Markup {
    let items: Vec<FileItem> = files
        .iter()
        .map(|f| {
            let href = format!("{base}/files/{}", f.id);
            FileItem {
                name: f.called(locale),
                thumb: f.thumb.then(|| format!("{href}?thumb")),
                href,
                bytes: f.size,
                note: String::new(),
            }
        })
        .collect();
    file_list(&items)
}

/// `POST /r/{number}/leave`: this browser forgets the case.
pub(super) async fn leave(
    State(site): State<SharedSite>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> PageResult {
    let look = &visitor.look;
    let text =
        look.t("已退出，这台设备上看不到这件诉求了。", "Done: this device does not show the case any more.");
    let response = web::redirect_with("/find", web::components::FlashKind::Ok, text);
    Ok(match pass::open(&site, &headers, &number).await? {
        Some(held) => pass::give_back(&site, &headers, response, held.pass.request),
        None => response,
    })
}

/// Whether the person reads this entry's words. Papers and files are those of whoever asked first.
fn for_person(mine: &Mine, e: &Entry) -> bool {
    let theirs = ["papers-", "affair-step", "file-item"].iter().any(|v| e.verb.starts_with(v));
    e.audience != Audience::Inside && !(theirs && mine.joined.is_some())
}
