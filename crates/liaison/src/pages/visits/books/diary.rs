//! The visit diary 民情日记: who was where on which day, and what was learnt.

use super::{Asked, DIARY, Desk, Names, Sheet};
use crate::visits::{KIND, needs_counted, readable};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use db::Tx;
use kernel::{Locale, Result};
use records::{Cursor, Listing, Record, Whose};
use requests::Ctx;
use web::{PageResult, format};

/// `GET /visits/diary`
pub(in crate::pages::visits) async fn diary(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, asked)?;
    let own = desk.clone();
    let (sheet, next) = desk.ctx.read(move |tx, _| diary_of(tx, &own)).await?;
    let next = next.map(|at| desk.asked.href(DIARY, &[("after", &at)]));
    Ok(desk.answer(DIARY, &sheet, next, &[])?)
}

fn diary_of(tx: &mut dyn Tx, desk: &Desk) -> Result<(Sheet, Option<String>)> {
    let whose = match &desk.unit {
        Some(path) => Whose::Unit(path.clone()),
        None => Whose::Account(desk.me),
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
    let all = records::list(tx, &listing)?;
    let all = readable(tx, &desk.ctx, all)?;
    let next = all.last().filter(|_| all.len() == desk.most).map(|r| format!("{}.{}", r.on, r.id.ord()));
    let mut names = Names::default();
    let (l, zone) = (desk.look.locale, desk.ctx.site.zone);
    let mut sheet = Sheet::new(
        desk.ctx.site.pack.visit.diary.clone(),
        &[
            ("走访时间", "Day", false),
            ("户编号", "Household", false),
            ("地点", "Place", false),
            ("走访人", "Visitor", false),
            ("单位", "Unit", true),
            ("情况", "What was learnt", false),
            ("登记诉求", "Needs", true),
            ("答应的事", "Promises", true),
            ("手机上记的时间", "Noted on the phone", true),
            ("收到时间", "Received", true),
            ("更正", "Correction", true),
        ],
    );
    for r in all {
        let promised = r.data.get("promised").and_then(serde_json::Value::as_i64).unwrap_or_default();
        let wrong = if r.clock_was_wrong() {
            desk.look.t("（手机钟不准）", " (clock of the phone was off)")
        } else {
            ""
        };
        let phone =
            r.device_at.map(|at| format!("{}{wrong}", format::moment_year(l, zone, at))).unwrap_or_default();
        let text = match learnt(&desk.ctx, &r, l) {
            text if text.is_empty() => nothing(l).to_owned(),
            text => text,
        };
        sheet.rows.push((
            vec![
                format::day_year(l, r.on),
                names.home(tx, r.household)?,
                desk.place(&r.path),
                names.staff(tx, r.account)?,
                desk.unit_name(r.unit),
                text,
                needs_counted(tx, &r)?.to_string(),
                promised.to_string(),
                phone,
                format::moment_year(l, zone, r.received_at),
                if r.corrects.is_some() {
                    desk.look.t("更正过", "Corrected").to_owned()
                } else {
                    String::new()
                },
            ],
            Some(format!("/visits/households/{}", names.home(tx, r.household)?)),
        ));
    }
    Ok((sheet, next))
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
