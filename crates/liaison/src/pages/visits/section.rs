//! What was learnt, promised and asked at one household: a part of its page.

use super::books::{brought, forgotten, or_gone, partly, said};
use super::mine::due;
use super::photo::{called, href};
use crate::visits::{
    self, HeardNeed, KIND, NeedsOf, Promise, PromiseAnswer, PromiseState, Rating, correct, photos,
    visits_hidden,
};
use access::{Noun, SharedSite, Staff, Target, Verb, accounts};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use db::Tx;
use files::Attachment;
use kernel::{AccountId, Date, Error, HouseholdId, RecordId, Result, Timestamp};
use maud::{Markup, html};
use records::{Listing, Record, Whose};
use register::households;
use requests::Ctx;
use std::collections::{HashMap, HashSet};
use web::components::{FileItem, Tone, card, card_with, disclosure, file_list, pill};
use web::form::{button_danger, form as post};
use web::{Look, Page, PageResult, format};

/// Visits that are shown.
const MOST: usize = 20;

/// What the part shows.
pub(crate) struct Section {
    household: HouseholdId,
    visits: Vec<Record>,
    promises: Vec<(Promise, Vec<PromiseAnswer>)>,
    needs: Vec<HeardNeed>,
    names: HashMap<AccountId, String>,
    photos: HashMap<RecordId, Vec<Attachment>>,
    rated: HashMap<RecordId, Rating>,
    /// What was asked for at visits of which nothing else is to be said.
    asked: HashMap<RecordId, Vec<String>>,
    /// Of which visits whoever reads may take pictures out.
    takes_out: HashSet<RecordId>,
    /// Which visits whoever reads may put right.
    corrects: HashSet<RecordId>,
    /// Opens pictures without a pairing, on record.
    looks: bool,
    mine: bool,
    /// Whether plans are made by a pairing that joins whoever reads with it.
    planned: bool,
    code: String,
    past: bool,
}

/// Reads it; `known` as of an instant, now where left out. What was written where the household stands a second time is
/// among it. Whether the reader may see it is the caller's business.
///
/// Errors: those of the database.
pub(crate) fn read(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    household: HouseholdId,
    known: Option<Timestamp>,
) -> Result<Section> {
    let listing = Listing { known, ..Listing::new(Whose::Household(household), KIND, MOST) };
    let visits = records::list(tx, &listing)?;
    let visits = visits::readable(tx, ctx, visits)?;
    let at = known.unwrap_or(Timestamp(i64::MAX));
    let promises = visits::promises_of(tx, household, at)?;
    let promises = visits::promises_readable(tx, ctx, promises)?;
    let needs = visits::needs(tx, &NeedsOf::Household(household), at, MOST)?;
    let mut names = HashMap::new();
    for id in visits.iter().map(|v| v.account).chain(promises.iter().map(|(p, _)| p.account)) {
        if let std::collections::hash_map::Entry::Vacant(gap) = names.entry(id) {
            gap.insert(accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default());
        }
    }
    let kinds = match ctx.account() {
        Some(me) => crate::read::kinds_between(tx, me, household, ctx.today())?,
        None => Vec::new(),
    };
    let (mine, planned) = (!kinds.is_empty(), kinds.iter().any(|k| ctx.site.pack.work.is_for(k)));
    let home = households::get(tx, household)?.ok_or(Error::NotFound)?;
    let (mut pictures, mut takes_out, mut corrects) = (HashMap::new(), HashSet::new(), HashSet::new());
    let (mut rated, mut asked) = (HashMap::new(), HashMap::new());
    // Nothing tells whether their words are about what is kept from somebody.
    let hidden = visits_hidden(tx, ctx, HashSet::from([household]))?;
    for visit in &visits {
        if known.is_none() && correct::offered(tx, ctx, visit)? {
            corrects.insert(visit.id);
        }
        if let Some(mut said) = visits::rating(tx, visit, at)? {
            if hidden.contains(&visit.id) {
                said.words.clear();
            }
            rated.insert(visit.id, said);
        }
        if visit.text.is_empty() {
            asked.insert(visit.id, visits::needs_heard_at(tx, visit, at)?);
        }
        let found = photos::shown(tx, ctx, visit, known)?;
        if !found.is_empty() {
            pictures.insert(visit.id, found);
            if photos::may_take_out(ctx, &home, visit, mine) {
                takes_out.insert(visit.id);
            }
        }
    }
    Ok(Section {
        household,
        visits,
        promises,
        needs,
        names,
        photos: pictures,
        rated,
        asked,
        takes_out,
        corrects,
        looks: photos::may_look(ctx, &home),
        mine,
        planned,
        code: home.code,
        past: known.is_some(),
    })
}

/// The part of the page: what is promised and not done yet stands first.
pub(crate) fn view(look: &Look, ctx: &Ctx, section: &Section) -> Markup {
    let rule = &ctx.site.pack.visit;
    let (open, done): (Vec<_>, Vec<_>) =
        section.promises.iter().partition(|(p, _)| p.state == PromiseState::Open);
    let tools = html! {
        @if section.mine && !section.past {
            a.btn href={ "/visits/new?household=" (section.household) } { (look.t("记一次", "Note a visit")) }
            @if section.planned { a.btn href={ "/plans/" (section.code) } { (ctx.site.pack.work.name.to(look.locale)) } }
        }
    };
    html! {
        div #visits .stack {
            @if !open.is_empty() {
                (card(Some(look.t("答应了还没做到的", "Promised and not done yet")),
                    html! { ul.plain.stack { @for p in &open { li { (promise(look, ctx, section, p)) } } } }))
            }
            (card_with(rule.name.to(look.locale), tools, html! {
                @if section.visits.is_empty() { p.hint { (look.t("还没有走访记录。", "No visit on record.")) } }
                ul.plain.stack { @for v in &section.visits { li { (visit(look, ctx, section, v)) } } }
                @if !section.visits.is_empty() { p.hint { (partly(look.locale)) } p.hint { (look.t(&format!("走访记下的原话和照片保存 {} 年，到期自动删去，答应的事有了交代的跟着走访删；诉求和随它转去的照片跟着诉求保存。", rule.keep_years),
                    &format!("What was noted and the pictures are kept for {} years, and then forgotten, with promises that have been answered; needs, and pictures passed on with them, are kept as requests are.", rule.keep_years))) } }
                @if section.visits.len() == MOST { p.hint { (look.t("只列最近的 20 次。", "The latest 20 are listed.")) } }
                @if !section.needs.is_empty() { (disclosure(look.t("家里的诉求", "What the family needs"), heard(look, ctx, section))) }
                @if !done.is_empty() {
                    (disclosure(look.t("答应过、已有交代的", "Promises that were answered"),
                        html! { ul.plain.stack { @for p in &done { li { (promise(look, ctx, section, p)) } } } }))
                }
            }))
        }
    }
}

fn visit(look: &Look, ctx: &Ctx, section: &Section, v: &Record) -> Markup {
    let who = section.names.get(&v.account).map_or("", String::as_str);
    html! {
        b { (format::day_near(look.locale, v.on, ctx.today())) } " · " (who) " · " (ctx.dir.name(v.unit, look.locale))
        @if v.corrects.is_some() {
            " " (pill(Tone::Plain, look.t("更正过", "Corrected")))
            " " span.quiet { (look.t("更正于 ", "on ")) (format::moment_year(look.locale, ctx.site.zone, v.received_at)) }
        }
        div { @if v.forgotten_at.is_some() {
                @let left = said(ctx, &v.data, &v.text, look.locale);
                @if !left.is_empty() { (left) " " } span.quiet { (look.t("（", "(")) (forgotten(look.locale)) (look.t("）", ")")) } }
            @else if v.text.is_empty() {
                span.quiet { (brought(look.locale, v, section.asked.get(&v.id).map_or(&[], Vec::as_slice))) } }
            @else { (said(ctx, &v.data, &v.text, look.locale)) } }
        @if let Some(said) = section.rated.get(&v.id) {
            div { (look.t("家里人的评价：", "The family's rating: "))
                (pill(if said.grade.counts() { Tone::Plain } else { Tone::Late }, said.grade.name().to(look.locale)))
                @if !said.words.is_empty() { " " (said.words) } }
        }
        @if let Some(found) = section.photos.get(&v.id) { (pictures(look, section, v, found)) }
        @if let Some(at) = v.device_at {
            div.hint { (look.t("手机上记于 ", "noted on the phone ")) (format::moment_year(look.locale, ctx.site.zone, at))
                (look.t("，收到于 ", ", received ")) (format::moment_year(look.locale, ctx.site.zone, v.received_at))
                @if v.clock_was_wrong() { (look.t("（手机钟不准）", " (the phone's clock was off)")) } }
        }
        @if section.corrects.contains(&v.id) {
            p { a href={ "/visits/" (v.id) "/correction" } { (look.t("更正", "Put right"))
                span.sr { " " (format::day_near(look.locale, v.on, ctx.today())) } } }
        }
    }
}

/// Small ones, each leading to the whole.
pub(super) fn small(look: &Look, found: &[Attachment]) -> Markup {
    let item = |(n, f): (usize, &Attachment)| FileItem {
        name: called(look.locale, n + 1),
        href: href(f),
        bytes: f.size,
        thumb: f.thumb.then(|| format!("{}?small=true", href(f))),
        note: String::new(),
    };
    file_list(&found.iter().enumerate().map(item).collect::<Vec<_>>())
}

/// The pictures of a visit: small ones for whoever is paired; for others a way to each of them, which goes on record.
fn pictures(look: &Look, section: &Section, v: &Record, found: &[Attachment]) -> Markup {
    let name = |n: usize| called(look.locale, n + 1);
    let n = found.len();
    html! {
        @if section.mine {
            (small(look, found))
        } @else {
            p.hint {
                (look.t(&format!("照片 {n} 张"), &format!("Pictures: {n}")))
                @if section.looks {
                    (look.t("，打开会记下来：", "; to open one goes on record: "))
                    @for (n, f) in found.iter().enumerate() { a href=(href(f)) { (name(n)) } " " }
                }
            }
        }
        @if section.takes_out.contains(&v.id) && !section.past {
            (disclosure(look.t("去掉照片", "Take pictures out"), html! { p.hint { (look.t("去掉以后在走访里谁也打不开了，也找不回来；已经随诉求转去的，诉求里还有。", "Nobody can open it at the visit afterwards, and it does not come back; one that was passed on with a need stays there.")) } div.actions {
                @for (n, f) in found.iter().enumerate() {
                    @let label = look.t(&format!("去掉{}", name(n)), &format!("Take out {}", name(n))).to_owned();
                    (post(look, &format!("{}/removal", href(f)), button_danger(&label, look.t("去掉以后在走访里谁也打不开了。去掉吗？", "Nobody can open it at the visit afterwards. Take it out?"))))
                }
            } }))
        }
    }
}

fn promise(look: &Look, ctx: &Ctx, section: &Section, (p, said): &(Promise, Vec<PromiseAnswer>)) -> Markup {
    let who = section.names.get(&p.account).map_or("", String::as_str);
    let day = |d: Date| format::day_near(look.locale, d, ctx.today());
    html! {
        (or_gone(&p.text, look.locale)) " · " (who) " · "
        @match p.state {
            PromiseState::Kept => { (pill(Tone::Ok, look.t("做到了", "Kept"))) " " (p.ended_on.map(day).unwrap_or_default()) },
            PromiseState::Cannot => { (pill(Tone::Plain, look.t("做不到", "Cannot be kept"))) " " (p.ended_on.map(day).unwrap_or_default()) },
            // On a past day nothing is late by today.
            PromiseState::Open if section.past => { (look.t("答应的日子：", "promised for ")) (day(p.due)) },
            PromiseState::Open => { (due(look, ctx.today(), p.due)) },
        }
        @for s in said.iter().filter(|s| !s.text.is_empty()) { div.hint { (day(s.on)) " · " (s.text) } }
    }
}

fn heard(look: &Look, ctx: &Ctx, section: &Section) -> Markup {
    html! { ul.plain.stack { @for n in &section.needs { li {
        @match n.href(ctx) { Some(href) => { a href=(href) { (n.number) } }, None => { (n.number) } } " " (n.title) " · " (pill(Tone::Plain, n.state.name().to(look.locale))) " · " (ctx.dir.name(n.unit, look.locale))
        @if n.again { " " (pill(Tone::Soon, look.t("又提起", "Came up again"))) }
        @if n.from_card() { " " (pill(Tone::Plain, look.t("联系卡上提的", "From the card"))) }
        @if let Some(told) = n.told_on { " · " (look.t("告诉家里人：", "family told: ")) (format::day_near(look.locale, told, ctx.today())) }
    } } } }
}

/// `GET /visits/households/{code}?as_of=`: the part alone, for whoever is paired or reads the records of the place. Of
/// a household that is linked to another: that of the other one.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let as_of = asked.as_of.parse::<Date>().ok().filter(|d| *d < ctx.today());
    let known = as_of.map(|d| records::as_of(site.zone, d));
    let (home, section) = ctx
        .read(move |tx, ctx| {
            let home = households::by_code(tx, &code)?.ok_or(Error::NotFound)?;
            let home = households::kept(tx, home)?;
            let section = read(tx, ctx, home.id, known)?;
            let target = Target::at(&home.path).paired(section.mine);
            if !access::may(&ctx.scope, Verb::View, Noun::Visit, target) {
                return Err(Error::NotFound);
            }
            Ok((home, section))
        })
        .await?;
    let look = &staff.look;
    let place = ctx.dir.full_name(home.unit, look.locale);
    let page = Page::new(look, format!("{} · {}", ctx.site.pack.visit.name.to(look.locale), home.code))
        .at("/visits")
        .narrow()
        .lede(html! { p { (place) @if let Some(day) = as_of { " · " (look.t("截至 ", "as known on ")) (format::day_year(look.locale, day)) } } })
        .main(view(look, &ctx, &section));
    Ok(page.into_response())
}

/// As known on which day.
#[derive(serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    as_of: String,
}
