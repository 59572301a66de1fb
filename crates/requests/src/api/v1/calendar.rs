//! `GET /api/v1/calendar`: which days are worked, by which official notice.

use super::Answer;
use super::keyed::Keyed;
use super::problem::Problem;
use super::query::Query;
use access::SharedSite;
use axum::Json;
use axum::extract::State;
use kernel::Date;
use rules::calendar::{Calendar, DayKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The most days in one answer.
pub(in crate::api) const DAYS_MAX: usize = 366;

/// The days of the working-day calendar.
#[derive(Serialize, ToSchema)]
#[schema(as = Calendar)]
pub(in crate::api) struct CalendarDays {
    /// The calendar's name, as certificates give it.
    calendar: String,
    /// The state of its data, as certificates give it.
    version: String,
    /// Each day asked for.
    days: Vec<CalendarDay>,
    /// The years among them, with the official notice that each follows.
    years: Vec<CalendarYear>,
}

/// A day.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CalendarDay {
    /// The day.
    #[schema(format = Date)]
    date: String,
    /// `workday`, `make_up` (a weekend day that is worked), `weekend` or `holiday`.
    #[schema(pattern = "^(workday|make_up|weekend|holiday)$")]
    kind: &'static str,
    /// Whether offices work.
    works: bool,
    /// Whether its year has been published; where not, only weekends are known.
    published: bool,
}

/// A year.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CalendarYear {
    /// The year.
    year: i16,
    /// Whether it has been published.
    published: bool,
    /// The official notice.
    notice: Option<String>,
}

/// `GET /api/v1/calendar`
pub(super) async fn show(State(site): State<SharedSite>, _: Keyed, query: Query) -> Answer<CalendarDays> {
    let missing = |field: &str| Problem::bad(format!("缺少 {field}。"), format!("{field} is missing."));
    let from = query.date("from")?.ok_or_else(|| missing("from"))?;
    let to = query.date("to")?.ok_or_else(|| missing("to"))?;
    let days = (to - from).get_days();
    if !(0..DAYS_MAX as i32).contains(&days) {
        return Err(Problem::bad(
            format!("from 不能晚于 to，一次最多 {DAYS_MAX} 天。"),
            format!("from is not after to, and {DAYS_MAX} days at most."),
        ));
    }
    let calendar = &site.calendar;
    let all = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= to);
    Ok(Json(CalendarDays {
        calendar: calendar.id.clone(),
        version: calendar.version.clone(),
        days: all.map(|date| day(calendar, date)).collect(),
        years: (from.year()..=to.year())
            .map(|year| {
                let notice = calendar.years.get(&year).map(|y| y.notice.clone());
                CalendarYear { year, published: notice.is_some(), notice }
            })
            .collect(),
    }))
}

fn day(calendar: &Calendar, date: Date) -> CalendarDay {
    let kind = calendar.day(date);
    CalendarDay {
        date: date.to_string(),
        kind: match kind {
            DayKind::Workday => "workday",
            DayKind::MakeUp => "make_up",
            DayKind::Weekend => "weekend",
            DayKind::Holiday => "holiday",
        },
        works: kind.works(),
        published: calendar.published(date),
    }
}
