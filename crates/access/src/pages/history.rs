//! The last sign-ins of an account, for its owner and for administrators.

use crate::history::{History, How};
use kernel::{Locale, Timestamp, Zone};
use maud::{Markup, html};
use web::components::{Column, Row, Table, Tone, pill};
use web::{Look, format};

/// The table; what failed since the last sign-in stands above it.
pub(super) fn table(look: &Look, history: &History, zone: Zone, now: Timestamp) -> Markup {
    let locale = look.locale;
    html! {
        @if let Some((n, at)) = history.failed {
            p { (pill(Tone::Soon, &failed(locale, n))) " " (look.t("上次登录以后，最近一次在", "since the last sign-in, the latest at "))
                (format::moment_near(locale, zone, at, now)) }
        }
        (Table::new(look, look.t("最近的登录", "Last sign-ins"))
            .column(Column::new(look.t("时间", "When")).primary())
            .column(Column::new(look.t("设备", "Device")))
            .column(Column::new(look.t("方式", "How")))
            .column(Column::new(look.t("此前失败", "Failed before")))
            .rows(history.last.iter().map(|s| {
                Row::new(vec![
                    html! { (format::moment_near(locale, zone, s.at, now)) },
                    html! { @if s.agent.is_empty() { "—" } @else { (s.agent) } },
                    html! {
                        @if s.how == How::Reset { (pill(Tone::Soon, s.how.name().to(locale))) } @else { (s.how.name().to(locale)) }
                        @if let Some(by) = &s.by { " · " (by) }
                    },
                    html! { @if s.failed > 0 { (pill(Tone::Soon, &failed(locale, s.failed))) } },
                ])
            }))
            .empty(html! { p { (look.t("还没有登录过。", "Never signed in.")) } })
            .render())
    }
}

fn failed(locale: Locale, n: i64) -> String {
    match locale {
        Locale::Zh => format!("{n} 次失败"),
        Locale::En if n == 1 => "1 failed try".to_owned(),
        Locale::En => format!("{n} failed tries"),
    }
}
