//! What can be imported, and sending a file in.

use super::{Of, may, title};
use crate::imports::choice::Choice;
use crate::imports::upload::{self, Part};
use crate::imports::{Import, State, What, fields, store};
use access::{SharedSite, Staff};
use axum::extract::{Multipart, State as Held};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, Result, Role, SessionId, Timestamp, Zone};
use maud::{Markup, html};
use pack::Pack;
use sha2::{Digest, Sha256};
use web::components::{Column, Row, Table, Tone, card, pill};
use web::form::{self, Choice as Option_, Field, FormOptions, Limits, read_multipart};
use web::page::Crumb;
use web::{FormState, Look, Page, PageResult, Upload, Values, WebError, format};

/// The largest sheet.
const FILE_MAX: usize = 30 << 20;

/// `GET /imports`
pub(super) async fn all(Held(site): Held<SharedSite>, staff: Staff) -> PageResult {
    let account = staff.account()?.id;
    let sent = site.db.read(move |tx| store::list(tx, account)).await?;
    if !What::ALL.iter().any(|what| what.may(&staff)) {
        staff.need(&[Role::Supervisor, Role::Admin])?;
    }
    let look = &staff.look;
    let kinds: Vec<What> = What::ALL.into_iter().filter(|w| w.may(&staff)).collect();
    let mut page = Page::new(look, look.t("导入表格", "Import spreadsheets")).narrow().at("/imports").lede(html! {
        (look.t("先看再导：每一行都有交代，同一份表格导入两次不会重复。", "Look first, then import: every row is accounted for, and the same sheet twice brings nothing in twice."))
    });
    page = page.main(html! {
        div.tiles { @for what in kinds {
            a.tile href={ "/imports/" (what.key()) } { span { strong { (title(look, what)) } } span.note { (about(look, what)) } }
        } }
    });
    if !sent.is_empty() {
        let table = recent(look, &sent, site.zone, site.now());
        page = page.main(card(Some(look.t("最近两天的文件", "Files of the last two days")), table));
    }
    Ok(page.into_response())
}

fn about<'a>(look: &Look, what: What) -> &'a str {
    match what {
        What::Requests => look.t(
            "以往的诉求台账，答复过的归档，没答复的接着办。",
            "Requests of an older ledger: answered ones become history, others go on.",
        ),
        What::Units => look.t("乡镇、村、站点、网格。", "Townships, villages, stations, grids."),
        What::Accounts => look.t("工作人员和他们的岗位。", "Staff and their posts."),
        What::Households => look.t(
            "花名册：一人一行，户主在前，或一户一行。",
            "Rosters: one row a person, the head first, or one row a household.",
        ),
    }
}

fn recent(look: &Look, sent: &[Import], zone: Zone, now: Timestamp) -> Markup {
    let rows = sent.iter().map(|i| {
        let state = match (i.state, &i.outcome) {
            (State::Done, _) => pill(Tone::Ok, look.t("已导入", "Imported")),
            (State::Running, _) => pill(Tone::Info, look.t("正在导入", "Being imported")),
            (State::Open, Some(o)) if o.failed.is_some() => pill(Tone::Late, look.t("没有成功", "Failed")),
            (State::Open, _) => pill(Tone::Soon, look.t("还没导入", "Not imported yet")),
        };
        Row::new(vec![
            html! { (i.name) },
            html! { (title(look, i.what)) },
            html! { (format::moment_near(look.locale, zone, i.created_at, now)) },
            state,
        ])
        .href(super::path(i, ""))
    });
    Table::new(look, look.t("最近的文件", "Recent files"))
        .column(Column::new(look.t("文件", "File")).primary())
        .column(Column::new(look.t("内容", "What")))
        .column(Column::new(look.t("上传时间", "Sent")))
        .column(Column::new(look.t("状态", "State")))
        .rows(rows)
        .render()
}

/// `GET /imports/requests`, `units`, `accounts`
pub(super) async fn form(Held(site): Held<SharedSite>, staff: Staff, Of(what): Of) -> PageResult {
    let look = &staff.look;
    Ok(match may(&site, &staff, what) {
        Ok(()) => form_page(look, &site.pack, what, &FormState::default()).into_response(),
        // Some hold the right post, for a part of the site only.
        Err(Error::Forbidden(_) | Error::NotFound) if what.may(&staff) => frame(look, what)
            .main(html! { div.card { p { (look.t(
                "旧台账里什么单位的事都有，只能由全县范围的督办人员导入。请把表格交给他们。",
                "An older ledger holds cases of every unit, so whoever supervises the whole county imports it. Please pass the sheet on to them."
            )) } } })
            .into_response(),
        Err(error) => return Err(error.into()),
    })
}

fn frame(look: &Look, what: What) -> Page {
    let crumb = Crumb { href: "/imports".into(), label: look.t("导入", "Import").into() };
    Page::new(look, title(look, what))
        .narrow()
        .at("/imports")
        .crumbs(vec![crumb])
        .lede(html! { (about(look, what)) })
}

fn form_page(look: &Look, pack: &Pack, what: What, state: &FormState) -> Page {
    let hint = look.t(".xlsx、.xls、.ods 或 .csv，30 MB 以内。上传后先核对，不会马上写入。", ".xlsx, .xls, .ods or .csv, at most 30 MB. You see what would happen first; nothing is written at once.");
    let body = html! {
        (form::error_summary(look, state))
        (form::file_field(look, state, Field::new("sheet", look.t("表格文件", "Spreadsheet")).required().hint(hint), ".xlsx,.xls,.ods,.csv", false))
        @if what == What::Requests { (unanswered(look, state)) }
        div.actions { (form::submit(look.t("上传并核对", "Send and look"))) }
    };
    let action = format!("/imports/{}", what.key());
    let options = FormOptions { action: &action, files: true, ..FormOptions::default() };
    frame(look, what).main(html! { div.card { (form::form_with(look, options, body)) } }).main(card(
        Some(look.t("表里要有哪些列", "Which columns the sheet needs")),
        columns(look, pack, what),
    ))
}

/// What becomes of requests without an answer.
pub(super) fn unanswered(look: &Look, state: &FormState) -> Markup {
    let mut shown = state.clone();
    if !shown.values.has("history") {
        shown.values.set("history", "0");
    }
    let choices = [
        Option_::new("0", look.t("接着办", "They go on")).hint(look.t(
            "成为待分流的诉求，按当时的时间算期限，多半已经逾期。",
            "They wait for triage, with the dates that applied then: most will be overdue.",
        )),
        Option_::new("1", look.t("早已了结，只归档", "They are over: history only")).hint(
            look.t("计入收到和办结，不计入已答复。", "Counted as received and ended, never as answered."),
        ),
    ];
    form::radios(
        look,
        &shown,
        Field::new("history", look.t("没有答复的行", "Rows without an answer")).required(),
        &choices,
    )
}

fn columns(look: &Look, pack: &Pack, what: What) -> Markup {
    let locale = look.locale;
    let label = |f: &str| fields::label(what, pack, f, locale);
    let needed: Vec<String> = fields::needed(what)
        .iter()
        .map(|group| group.iter().map(|f| label(f)).collect::<Vec<_>>().join(look.t("或", " or ")))
        .collect();
    let all = || fields::needed(what).iter().flat_map(|g| g.iter());
    // That a mark may have its day and its basis beside it is said once for all of them.
    let beside = |f: &str| f.starts_with("tag:") && f.matches(':').count() > 1;
    let list = fields::list(what, pack);
    let others: Vec<String> =
        list.iter().filter(|f| !all().any(|n| n == f) && !beside(f)).map(|f| label(f)).collect();
    let comma = look.t("、", ", ");
    html! {
        p { (look.t("一定要有：", "It must have: ")) b { (needed.join(comma)) } }
        p { (look.t("有就用上：", "Used where it is there: ")) (others.join(comma)) }
        @if list.iter().any(|f| beside(f)) {
            p.hint { (look.t("标签一栏填“是”，或填从哪天起（如 2024-03-01），日期后面可以写依据；也可以另有“某某日期”“某某依据”两列。",
                "Under a mark write \"yes\", or since when (2024-03-01) and behind it on what it rests; or have two more columns for day and basis.")) }
        }
        @if what == What::Households {
            p.hint { (look.t("整张表同属一个村或网格的，可以没有这一列，上传后选定。“标签或类别”一栏填上面的标签，几个用顿号或空格隔开。",
                "A sheet of one village or grid needs no column for it: choose it afterwards. One column may name several marks, with 、 or commas between.")) }
        }
        p.hint { (look.t("列名不必一样，常见的叫法都认得；认错了，上传后可以改。别的列原样留在原始行里。",
            "The headings need not be these: usual names are recognised, and what is wrong can be changed afterwards. Other columns stay in the original row.")) }
    }
}

/// `POST /imports/requests`, `units`, `accounts`
pub(super) async fn send(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    parts: std::result::Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> PageResult {
    may(&site, &staff, what)?;
    let limits = Limits { file: FILE_MAX, files: 1, ..Limits::default() };
    let read = match parts {
        Ok(parts) => read_multipart(parts, limits).await,
        Err(_) => Ok((Values::default(), Vec::new())),
    };
    let (values, kept) = match read {
        Ok((values, files)) => match keep(&site, &staff, what, &values, files).await {
            Ok(import) => (values, Ok(import)),
            Err(error) => (values, Err(error)),
        },
        Err(error) => (Values::default(), Err(error)),
    };
    match kept {
        Ok(import) => Ok(Redirect::to(&super::path(&import, "")).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error).map_err(WebError::from)?;
            let page = form_page(&staff.look, &site.pack, what, &state)
                .status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
    }
}

async fn keep(
    site: &SharedSite,
    staff: &Staff,
    what: What,
    values: &Values,
    files: Vec<Upload>,
) -> Result<Import> {
    let file = files
        .into_iter()
        .find(|f| f.field == "sheet" && !f.bytes.is_empty())
        .ok_or_else(|| Error::field("sheet", "请选择一个表格文件。", "Please choose a spreadsheet."))?;
    let account = staff.account()?.id;
    let sent = site.db.read(move |tx| store::list(tx, account)).await?;
    let before = sent.iter().find(|i| i.what == what && are_refused_of(&file.name, &i.name));
    let chosen = before.map(|i| i.choice.for_refused(&i.name)).unwrap_or_default();
    let choice = Choice { history: values.one("history") == "1", ..chosen };
    let import = Import {
        id: SessionId::new(site.now(), &*site.chance).0,
        what,
        account,
        name: if file.name.is_empty() { "sheet".to_owned() } else { file.name.clone() },
        size: file.bytes.len() as i64,
        sha256: Sha256::digest(&file.bytes).into(),
        choice,
        state: State::Open,
        created_at: site.now(),
        begun_at: None,
        outcome: None,
    };
    let (dir, id, bytes) = (site.dir.clone(), import.id, file.bytes.clone());
    let written = tokio::task::spawn_blocking(move || upload::write(&dir, id, Part::Sheet, &bytes)).await;
    written.map_err(Error::internal)??;
    let row = import.clone();
    site.db.write(move |tx| store::add(tx, &row)).await?;
    Ok(import)
}

/// Whether a file holds, by its name, the refused rows of another: that and `-refused`, behind which a browser may have
/// put a number.
fn are_refused_of(name: &str, other: &str) -> bool {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let (name, other) = (stem(name), stem(other));
    let other = other.split_once("-refused").map_or(other.as_str(), |(stem, _)| stem);
    name.split_once("-refused").is_some_and(|(stem, _)| stem == other)
}

#[cfg(test)]
mod tests {
    use super::are_refused_of;

    #[test]
    fn refused_rows_are_known_by_the_name_of_their_file() {
        assert!(are_refused_of("花名册-refused.xlsx", "花名册.xls"));
        assert!(are_refused_of("花名册-refused (1).xlsx", "花名册-refused.xlsx"));
        assert!(!are_refused_of("花名册.xlsx", "花名册.xlsx"));
        assert!(!are_refused_of("名册-refused.xlsx", "花名册.xlsx"));
    }
}
