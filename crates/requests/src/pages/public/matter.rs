//! `/public/{number}`: one matter as everybody may read it: masked text, course, answer, how many have
//! it. One that is not shown keeps its number and says why.

use super::{mine, words};
use crate::ctx::Ctx;
use crate::model::{Audience, Entry, PublicState, Request};
use crate::pages::eye::Eye;
use crate::store::{clocks, people, request};
use crate::uploads;
use access::{Noun, SharedSite, Verb, Visitor};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use files::Attachment;
use kernel::{DAY, Error, Result, Scope};
use maud::{Markup, html};
use rules::number::RequestNumber;
use web::components::{Mark, TimelineItem, card, definitions, empty_state, main_link, steps, timeline};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// A matter with what is told of it in public.
pub(super) struct Matter {
    pub(super) row: Request,
    pub(super) people: usize,
    entries: Vec<Entry>,
    files: Vec<Attachment>,
    names: Vec<String>,
}

impl Matter {
    /// A text of it for everybody.
    pub(super) fn text(&self, text: &str) -> String {
        words::hidden(text, &self.names)
    }
}

/// Loads it by its number, as it may be typed.
///
/// Errors: not found where there is none, or no public ledger.
pub(super) async fn load(ctx: &Ctx, number: &str) -> Result<Matter> {
    access::demand(&ctx.scope, Verb::View, Noun::PublicLedger, "/")?;
    if !ctx.site.pack.public_ledger.open {
        return Err(Error::NotFound);
    }
    let number = number.parse::<RequestNumber>().map_err(|_| Error::NotFound)?.to_string();
    ctx.read(move |tx, ctx| {
        let row = request::by_number(tx, &number)?.ok_or(Error::NotFound)?;
        let joined = people::joined(tx, row.id)?;
        Ok(Matter {
            people: joined.len() + 1,
            names: words::names(tx, ctx, &row, &joined)?,
            entries: clocks::entries(tx, row.id)?,
            files: uploads::of(tx, row.id)?
                .into_iter()
                .filter(|f| f.audience == files::Audience::Public)
                .collect(),
            row,
        })
    })
    .await
}

/// Whether everybody may read it today.
pub(super) fn is_shown(ctx: &Ctx, row: &Request) -> bool {
    row.public_state == PublicState::Shown && !early(ctx, row)
}

fn early(ctx: &Ctx, row: &Request) -> bool {
    row.received_at > ctx.at.plus(-i64::from(ctx.site.pack.public_ledger.after_days) * DAY)
}

/// `GET /public/{number}`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, Scope::public(site.today()));
    let matter = load(&ctx, &number).await?;
    let eye = Eye::new(&visitor.look, &ctx);
    let page = if is_shown(&ctx, &matter.row) { page(&eye, &matter) } else { hidden(&eye, &matter) };
    Ok(page.into_response())
}

/// `GET /public/{number}/files/{id}`: a file that everybody may see.
pub(super) async fn file(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path((number, id)): Path<(String, String)>,
    query: axum::extract::RawQuery,
) -> PageResult {
    let ctx = Ctx::new(&site, Scope::public(site.today()));
    let matter = load(&ctx, &number).await?;
    let shown = is_shown(&ctx, &matter.row);
    let found = matter.files.into_iter().find(|f| shown && f.id.to_string() == id).ok_or(Error::NotFound)?;
    Ok(mine::send_file(&visitor.look, &ctx, found, query.0.as_deref() == Some("thumb")).await?)
}

fn frame(eye: &Eye, title: &str) -> Page {
    let label = eye.t("公开台账", "Public ledger").to_owned();
    Page::new(&eye.look, title).at("/public").narrow().crumbs(vec![Crumb { href: "/public".into(), label }])
}

fn page(eye: &Eye, m: &Matter) -> Page {
    let (look, row) = (&eye.look, &m.row);
    let n = m.people;
    let facts = [
        (eye.t("编号", "Number"), html! { (row.number) }),
        (eye.t("类别", "Class"), html! { (public_class(eye, row)) }),
        (eye.t("地点", "Place"), html! { (words::rough_place(eye, row.place)) }),
        (eye.t("收到", "Received"), html! { (eye.day(row.received_at)) }),
        (eye.t("承办单位", "Handled by"), html! { (eye.unit(row.unit)) }),
        (eye.t("答复用时", "Time to answer"), html! { (words::days_used(look, row, eye.ctx.at)) }),
        (eye.t("反映人数", "People"), html! { (say!(look, "{n} 人", "{n}")) }),
    ];
    let title = m.text(&row.public_title);
    frame(eye, &title).own_heading().main(html! {
        section.card {
            div.row-of { (eye.state(row)) span.hint { (row.number) } }
            h1.matter { (title) }
            @let body = m.text(&row.public_body);
            // A short text is its own title.
            @if body.trim_end_matches(['。', '.', '！', '!']) != title { p.lines { (body) } }
            (steps(look, &words::way(eye, row, &m.entries)))
            (definitions(&facts))
            @if row.is_live() {
                div.actions { (main_link(eye.t("我也有这件事", "I have this too"), &format!("/public/{}/join", row.number))) }
            }
        }
        @if let Some(answer) = &row.answer {
            (card(Some(if row.unsolvable { eye.t("答复：不能解决，原因是", "Answer: it cannot be solved, because") } else { eye.t("答复", "The answer") }), html! {
                p.lines { (m.text(answer)) }
                @if let Some(at) = row.answered_at { p.hint { (eye.moment(at)) } }
            }))
        }
        @if !m.files.is_empty() { (card(Some(eye.t("照片和文件", "Pictures and documents")), mine::files_of(eye.locale(), &format!("/public/{}", row.number), &m.files))) }
        (card(Some(eye.t("办理过程", "Course")), course(eye, m)))
        p.hint { (eye.ctx.site.pack.public_ledger.intro.to(look.locale)) }
    })
}

/// What the class is called in public.
pub(super) fn public_class(eye: &Eye, row: &Request) -> String {
    match eye.ctx.site.pack.class(&row.class) {
        Some(c) => c.public_name.to(eye.locale()).to_owned(),
        None => eye.class_short(&row.class).to_owned(),
    }
}

/// Changes of state with days and units; words only where they are for everybody, masked once more.
fn course(eye: &Eye, m: &Matter) -> Markup {
    let mut items = Vec::new();
    for e in &m.entries {
        let public = e.audience == Audience::Public;
        let course = matches!(
            e.verb.as_str(),
            "register"
                | "assign"
                | "take-up"
                | "give-back"
                | "recall"
                | "accept"
                | "name"
                | "pause"
                | "resume"
                | "extend"
                | "return"
                | "arbitrate"
                | "refer"
                | "decide"
                | "answer"
                | "decline"
                | "settle"
                | "judge"
                | "lapse"
                | "rule"
                | "close"
                | "reopen"
                | "withdraw"
                | "refuse"
                | "merge"
                | "supervise"
        );
        // The word itself is public (it is counted); a note that goes with it is not.
        let Some(title) = words::happened(eye, e).filter(|_| course || public) else { continue };
        let text = m.text(&e.body);
        let answer = matches!(e.verb.as_str(), "answer" | "decline" | "settle");
        items.push(TimelineItem {
            when: eye.day(e.at),
            iso: format::iso(eye.ctx.site.zone, e.at),
            title: html! { (title) },
            // The latest answer stands above.
            body: (public && !answer && !text.is_empty()).then(|| html! { p.lines { (text) } }),
            mark: if answer {
                Mark::Told
            } else if e.who == "person" {
                Mark::Heard
            } else {
                Mark::Plain
            },
        });
    }
    timeline(&items)
}

/// A matter that is not shown: its number, and why.
fn hidden(eye: &Eye, m: &Matter) -> Page {
    let row = &m.row;
    let why = match row.public_state {
        PublicState::Never => {
            eye.t("这类事项依规不公开。", "Matters of this class are never published.").to_owned()
        }
        PublicState::Waiting => eye
            .t(
                "正在等待审核，审核后公开事由和进展。",
                "It waits for a moderator; after that the matter and its course are shown.",
            )
            .to_owned(),
        PublicState::Shown => {
            let days = eye.ctx.site.pack.public_ledger.after_days;
            say!(eye.look, "登记满 {days} 天后公开。", "It is shown {days} days after it was registered.")
        }
        PublicState::Hidden => {
            let reason = m.entries.iter().rfind(|e| e.verb == "moderate" && e.audience == Audience::Public);
            let reason = reason.map(|e| m.text(&e.body)).unwrap_or_default();
            say!(eye.look, "审核后不公开，理由：{reason}", "Not published; the reason given: {reason}")
        }
    };
    frame(eye, &row.number).main(html! {
        (empty_state(&why, None))
        p.hint { (eye.t("编号留在台账里，不会消失。如果这是您提的，凭查询码可以看到全部内容。",
            "The number stays. If you asked for this, the query code shows you all of it.")) }
        p.actions { a.btn href={ "/find?number=" (row.number) } { (eye.t("凭查询码查看", "See it with the query code")) } }
    })
}
