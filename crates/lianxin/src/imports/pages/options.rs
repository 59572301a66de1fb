//! How a sheet is read, and what is said for all of its rows: for what its headings do not say, or say wrongly.

use super::look::heading;
use super::start::unanswered;
use super::{Of, file, find, look, looked, path};
use crate::imports::choice::Choice;
use crate::imports::look::Seen;
use crate::imports::{Import, What};
use access::{SharedSite, Staff};
use axum::extract::{Path, State as Held};
use axum::response::{IntoResponse, Redirect};
use kernel::{Result, UnitId};
use maud::{Markup, html};
use register::import::unit_said;
use web::form::{self, Choice as Option_, Combo, Field};
use web::{FormBody, FormState, Look, PageResult, Values, WebError};

/// The form; `said` where what came from it could not be taken.
pub(super) fn form(
    site: &SharedSite,
    look: &Look,
    import: &Import,
    seen: &Seen,
    said: Option<&FormState>,
) -> Markup {
    let choice = &import.choice;
    let kept = FormState::new(values(choice, seen));
    let state = said.unwrap_or(&kept);
    let sheets: Vec<Option_> =
        seen.sheets.iter().filter(|s| !s.is_empty()).map(|s| Option_::new(s.clone(), s.clone())).collect();
    let orders = [
        Option_::new("ymd", look.t("年 月 日", "year month day")),
        Option_::new("dmy", look.t("日 月 年", "day month year")),
        Option_::new("mdy", look.t("月 日 年", "month day year")),
    ];
    let found = seen.heading.map(|rows| {
        let rows = heading(look, rows);
        look.t(&format!("现在读的是{rows}。"), &format!("It is read from {rows}. ")).to_owned()
    });
    let row_hint = found.unwrap_or_default()
        + look.t(
            "标题占两行的，填下面那一行；不填则自动找。",
            "Of a heading over two rows the lower one; found by itself where left empty.",
        );
    let year_hint = look.t("日期只写了“3月5日”的，算哪一年。", "Which year dates such as 5 March are in.");
    let body = html! {
        (form::error_summary(look, state))
        @if import.what == What::Requests { (unanswered(look, state)) }
        @if import.what == What::Households { (for_all(site, look, state)) }
        @if sheets.len() > 1 { (form::select(look, state, Field::new("sheet", look.t("工作表", "Sheet")).required(), &sheets)) }
        @else if let Some(sheet) = &choice.sheet { (form::hidden("sheet", sheet)) }
        (form::text_field(look, state, Field::new("heading_row", look.t("标题行的行号", "Row of the heading")).kind("number").hint(&row_hint)))
        (form::select(look, state, Field::new("date_order", look.t("02/03/2019 这样的日期", "Dates such as 02/03/2019")).required(), &orders))
        @if import.what == What::Requests {
            (form::text_field(look, state, Field::new("year", look.t("没写年份的日期", "Dates without a year")).kind("number").hint(year_hint)))
        }
        div.actions { (form::button(look.t("重新核对", "Look again"), "", "")) }
    };
    form::form(look, &path(import, "/options"), body)
}

/// What is said for every household of the sheet, where its own row does not say it.
fn for_all(site: &SharedSite, look: &Look, state: &FormState) -> Markup {
    let directory = register::directory(site);
    let chosen: Option<UnitId> = state.values.parsed("unit");
    let label = chosen.and_then(|u| directory.get(u)).map(|u| u.name(look.locale)).unwrap_or_default();
    let unit = Field::new("unit", look.t("整张表所属的村或网格", "Village or grid of the whole sheet")).hint(
        look.t(
            "表里没有网格一列时选；打几个字就能找到。",
            "Where the sheet has no column for it: a word or two finds it.",
        ),
    );
    let marked = Field::new("marked", look.t("标签从哪天起", "Marks hold since"))
        .hint(look.t("表里没写认定日期的标签用这一天。", "For marks whose row gives no day."));
    let basis = Field::new("basis", look.t("依据", "Basis")).max(200).hint(look.t(
        "表里没写依据的用这一条，如“2026 年 10 月村花名册”。",
        "For rows that give none, such as “village roster of October 2026”.",
    ));
    html! {
        (form::combobox(look, state, unit, Combo::Source { src: "/units/search", label }))
        (form::date_field(look, state, marked))
        (form::text_field(look, state, basis))
    }
}

fn values(choice: &Choice, seen: &Seen) -> Values {
    let mut values = Values::default();
    values.set("history", if choice.history { "1" } else { "0" });
    values.set("sheet", choice.sheet.clone().unwrap_or_else(|| seen.sheet.clone()));
    let row = choice.heading_row.map(|n| n.to_string()).unwrap_or_default();
    values.set("heading_row", row);
    values.set("date_order", if choice.date_order.is_empty() { "ymd" } else { &choice.date_order });
    values.set("year", choice.year.map(|y| y.to_string()).unwrap_or_default());
    values.set("unit", choice.unit.map(|u| u.to_string()).unwrap_or_default());
    values.set("marked", choice.marked.map(|d| d.to_string()).unwrap_or_default());
    values.set("basis", choice.basis.clone().unwrap_or_default());
    values
}

/// `POST /imports/{what}/{id}/options`
pub(super) async fn choose(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let mut import = find(&site, &staff, what, &id).await?;
    match read(&site, &import, &values) {
        Ok(choice) => {
            import.choice = choice;
            file::keep(&site, &import).await?;
            Ok(Redirect::to(&path(&import, "")).into_response())
        }
        Err(error) => {
            let state = FormState::refused(values, error).map_err(WebError::from)?;
            Ok(match looked(&site, &staff, &import).await? {
                Ok(seen) => look::page(&site, &staff.look, &import, &seen, Some(&state))
                    .status(http::StatusCode::UNPROCESSABLE_ENTITY)
                    .into_response(),
                Err(wait) => *wait,
            })
        }
    }
}

/// What was chosen, on top of what was chosen for columns.
///
/// Errors: at the fields that are said for all rows.
fn read(site: &SharedSite, import: &Import, values: &Values) -> Result<Choice> {
    let mut choice = import.choice.clone();
    choice.history = values.one("history") == "1";
    choice.year = values.parsed::<i16>("year").filter(|y| (1950..=2200).contains(y));
    let row = values.parsed::<u32>("heading_row").filter(|n| *n > 0);
    let sheet = values.opt("sheet").map(str::to_owned);
    if sheet != choice.sheet {
        // Another sheet has other columns.
        choice.columns.clear();
        choice.sheet = sheet;
    }
    choice.heading_row = row;
    choice.date_order = match values.one("date_order") {
        order @ ("dmy" | "mdy") => order.to_owned(),
        _ => String::new(),
    };
    if import.what == What::Households {
        choice.unit = unit(site, values)?;
        choice.marked = match values.opt("marked") {
            Some(day) => Some(
                day.parse().map_err(|_| kernel::Error::field("marked", "请填一个日期。", "Give a date."))?,
            ),
            None => None,
        };
        choice.basis = values.opt("basis").map(str::to_owned);
        choice.all().checked(site)?;
    }
    Ok(choice)
}

/// The unit that was chosen, or typed where no script could look it up.
fn unit(site: &SharedSite, values: &Values) -> Result<Option<UnitId>> {
    let answer = form::combo_answer(values, "unit");
    let directory = register::directory(site);
    let chosen = answer.value.parse().ok().and_then(|id: UnitId| directory.get(id));
    if let Some(unit) = chosen.filter(|u| [&u.name.zh, &u.name.en].iter().any(|n| **n == answer.typed)) {
        return Ok(Some(unit.id));
    }
    match answer.typed.trim() {
        "" => Ok(None),
        typed => unit_said(site, &directory, typed).map(|u| Some(u.id)),
    }
}
