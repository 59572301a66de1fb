//! The visit diary 民情日记: who was where on which day, and what was learnt.

use super::{Asked, DIARY, Desk, Names, Part, Sheet};
use crate::visits::{
    self, KIND, Rating, Ratings, RatingsOf, needs_heard_at, promised_at, readable, visits_hidden,
};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use db::Tx;
use kernel::{Locale, Result};
use records::{Cursor, Listing, Record, Whose};
use requests::Ctx;
use requests::model::Satisfaction;
use web::components::Chip;
use web::{PageResult, format};

/// Only visits that the family rated.
const RATED: &str = "rated";

/// `GET /visits/diary`
pub(in crate::pages::visits) async fn diary(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    Desk::open(&site, &staff, asked).await?.serve(DIARY, diary_of).await
}

fn diary_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Part> {
    let whose = match &desk.unit {
        Some(path) => Whose::Unit(path.clone()),
        None => Whose::Account(desk.of),
    };
    let after = desk
        .asked
        .after
        .split_once('.')
        .and_then(|(day, ord)| Some(Cursor { on: day.parse().ok()?, ord: ord.parse().ok()? }));
    let known = Some(desk.known).filter(|k| k.0 != i64::MAX);
    let listing = Listing {
        from: Some(desk.from),
        to: Some(desk.to),
        known,
        after,
        ..Listing::new(whose, KIND, desk.most)
    };
    let asked = Ratings {
        of: match &desk.unit {
            Some(path) => RatingsOf::Unit(path.clone()),
            None => RatingsOf::Account(desk.of),
        },
        from: desk.from,
        to: desk.to,
        known: desk.known,
    };
    let counts = visits::graded(tx, &asked)?;
    let one = desk.asked.only.parse().ok().and_then(Satisfaction::from_grade);
    let only_rated = one.is_some() || desk.asked.only == RATED;
    // Those that were rated come the worst first.
    let (all, next) = match only_rated {
        true => visits::rated(tx, &asked, one, &desk.asked.after, desk.most)?,
        false => {
            let all = records::list(tx, &listing)?;
            let last = all.last().filter(|_| all.len() == desk.most);
            let next = last.map(|r| format!("{}.{}", r.on, r.id.ord()));
            (all, next)
        }
    };
    let all = readable(tx, &desk.ctx, all)?;
    let hidden = visits_hidden(tx, &desk.ctx, all.iter().map(|r| r.household).collect())?;
    let mut names = Names::default();
    let (l, zone) = (desk.look.locale, desk.ctx.site.zone);
    let mut sheet = Sheet::new(
        desk.ctx.site.pack.visit.diary.clone(),
        &[
            ("走访时间", "Day", false),
            ("户编号", "Household", false),
            ("户主", "Head", false),
            ("地点", "Place", false),
            ("走访人", "Visitor", false),
            ("单位", "Unit", true),
            ("情况", "What was learnt", false),
            ("家里人的评价", "The family's rating", false),
            ("登记诉求", "Needs", true),
            ("答应的事", "Promises", true),
            ("手机上记的时间", "Noted on the phone", true),
            ("收到时间", "Received", true),
            ("更正", "Correction", true),
        ],
    );
    for r in all {
        let (code, head) = names.home(tx, &desk.ctx, r.household)?;
        let needs = needs_heard_at(tx, &r, desk.known)?;
        // What one promised oneself one knows; of the others nothing where a need of the visit is kept from whoever reads.
        let promised = match hidden.contains(&r.id) && desk.ctx.account() != Some(r.account) {
            true => Vec::new(),
            false => promised_at(tx, &r, desk.known)?,
        };
        let promised: Vec<&str> = promised.iter().map(|text| or_gone(text, l)).collect();
        let semicolon = l.t("；", "; ");
        let wrong = if r.clock_was_wrong() {
            desk.look.t("（手机钟不准）", " (clock of the phone was off)")
        } else {
            ""
        };
        let phone =
            r.device_at.map(|at| format!("{}{wrong}", format::moment_year(l, zone, at))).unwrap_or_default();
        let text = match learnt(&desk.ctx, &r, l) {
            text if text.is_empty() => brought(l, &r, &needs),
            text => text,
        };
        let rated = visits::rating(tx, &r, desk.known)?;
        if rated.as_ref().is_some_and(|said| !said.grade.counts()) {
            sheet.marked.insert(sheet.rows.len());
        }
        sheet.rows.push((
            vec![
                format::day_year(l, r.on),
                code.clone(),
                head,
                desk.place(&r.path),
                names.staff(tx, r.account)?,
                desk.unit_name(r.unit),
                text,
                rated.map(|said| in_words(&said, hidden.contains(&r.id), l)).unwrap_or_default(),
                needs.join(semicolon),
                promised.join(semicolon),
                phone,
                format::moment_year(l, zone, r.received_at),
                if r.corrects.is_some() {
                    desk.look.t("更正过", "Corrected").to_owned()
                } else {
                    String::new()
                },
            ],
            Some(format!("/visits/households/{code}")),
        ));
    }
    Ok(Part { sheet, next, all: None, filters: filters(desk, &counts) })
}

/// A rating as a cell; without its words where they may be about what is kept from whoever reads.
fn in_words(said: &Rating, hidden: bool, l: Locale) -> String {
    let grade = said.grade.name().to(l).to_owned();
    match said.words.as_str() {
        words if hidden || words.is_empty() => grade,
        words => format!("{grade} · {words}"),
    }
}

/// How families rated the visits of these days: each grade with its number, and the visits behind it.
fn filters(desk: &Desk, counts: &[(Satisfaction, i64)]) -> Vec<Chip> {
    let chip = |value: &str, label: String| {
        let on = desk.asked.only == value;
        let href = desk.asked.href(DIARY, &[("only", if on { "" } else { value })]);
        Chip { label, href, on, one_of: false }
    };
    let n: i64 = counts.iter().map(|(_, n)| n).sum();
    let mut out = Vec::new();
    if n > 0 {
        let label = desk.look.t("家里人评过", "Rated by the family");
        out.push(chip(RATED, format!("{label} {}", format::number(n))));
    }
    for (grade, n) in counts {
        let name = grade.name();
        let label = format!("{} {}", name.to(desk.look.locale), format::number(*n));
        out.push(chip(grade.key(), label));
    }
    out
}

/// What a visit brought of which nothing was tapped or written: its needs by their titles, where there are any to be told,
/// and how many promises.
pub(in crate::pages) fn brought(locale: Locale, visit: &Record, needs: &[String]) -> String {
    let mut parts = Vec::new();
    if !needs.is_empty() {
        let titles = needs.join(locale.t("；", "; "));
        parts.push(format!("{}{titles}", locale.t("登记诉求：", "needs noted: ")));
    }
    match visit.data["promised"].as_u64().unwrap_or(0) {
        0 => {}
        n => parts.push(locale.t(&format!("答应了 {n} 件事"), &format!("promises made: {n}")).to_owned()),
    }
    match parts.is_empty() {
        true => nothing(locale).to_owned(),
        false => parts.join(locale.t("，", ", ")),
    }
}

/// What is said of a visit whose time is over.
pub(in crate::pages) fn forgotten(locale: Locale) -> &'static str {
    locale.t(
        "原话和照片已到保存期限，删去了",
        "what was said and the pictures were kept as long as they may be, and are gone",
    )
}

/// What somebody wrote of a promise or in a plan, which is never empty; or that its time is over.
pub(in crate::pages) fn or_gone(text: &str, locale: Locale) -> &str {
    match text {
        "" => locale
            .t("原话已到保存期限，删去了", "what was written was kept as long as it may be, and is gone"),
        text => text,
    }
}

/// What stands where there are no words to read: there were none, or they are kept from whoever reads. Which of the two
/// nobody can tell.
pub(in crate::pages) fn nothing(locale: Locale) -> &'static str {
    locale.t("没有新情况可看", "Nothing new to read")
}

/// What everybody reads beside the words of visits, whether any are kept from them or not.
pub(in crate::pages) fn partly(locale: Locale) -> &'static str {
    locale.t(
        "有些话只给经办的人看，这里不一定是全部。",
        "Some words are kept to those who handle the matter: these may not be all of them.",
    )
}

/// What was learnt at a visit, and that the rest was forgotten where it was; empty where nothing was.
pub(in crate::pages) fn learnt(ctx: &Ctx, visit: &Record, locale: Locale) -> String {
    let left =
        if visit.text.is_empty() { String::new() } else { said(ctx, &visit.data, &visit.text, locale) };
    match (visit.forgotten_at.is_some(), left.is_empty()) {
        (false, _) => left,
        (true, true) => forgotten(locale).to_owned(),
        (true, false) => {
            format!("{left}{}{}{}", locale.t("（", " ("), forgotten(locale), locale.t("）", ")"))
        }
    }
}

/// What was learnt in the reader's language: the words of the pack from the particulars, the family's as they are.
pub(in crate::pages) fn said(ctx: &Ctx, data: &serde_json::Value, text: &str, locale: Locale) -> String {
    if locale == Locale::Zh {
        return text.to_owned();
    }
    let rule = &ctx.site.pack.visit;
    let answers = data.get("answers").and_then(|a| a.as_array()).cloned().unwrap_or_default();
    let lines: Vec<String> = answers
        .iter()
        .filter_map(|a| {
            let question = rule.question(a.get("question")?.as_str()?)?;
            let chosen = a.get("choices")?.as_array()?.iter().filter_map(|c| question.choice(c.as_str()?));
            let mut parts: Vec<String> = chosen.map(|c| c.name.to(locale).to_owned()).collect();
            parts.extend(a.get("text").and_then(|t| t.as_str()).filter(|t| !t.is_empty()).map(str::to_owned));
            Some(format!("{}: {}", question.name.to(locale), parts.join(", ")))
        })
        .collect();
    lines.join("; ")
}
