//! Bars, columns and small lines.

use crate::components::Tone;
use crate::format::number;
use crate::look::Look;
use maud::{Markup, html};

/// A bar of a list.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// Its length.
    pub value: i64,
    /// What is written at its end; empty writes the value.
    pub shown: String,
    /// What the value is made of; may be empty.
    pub note: String,
    /// Smaller figures beside the value, each with its list.
    pub beside: Vec<Beside>,
    /// The list behind it.
    pub href: Option<String>,
    /// Its colour.
    pub tone: Tone,
}

/// A smaller figure beside the value of a bar.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What it counts.
    pub label: String,
    /// What it says: a share, say.
    pub shown: String,
    /// What that is made of; may be empty.
    pub made_of: String,
    /// The list behind it.
    pub href: Option<String>,
}

/// Bars one under the other, longest possible at `max` (the largest value where it is `None`).
/// The list is its own table: every value stands in words beside its bar.
pub fn bar_list(title: &str, bars: &[Bar], max: Option<i64>) -> Markup {
    let max = max.unwrap_or_else(|| bars.iter().map(|b| b.value).max().unwrap_or(0)).max(1);
    html! {
        table.bars {
            caption.sr { (title) }
            tbody { @for b in bars {
                tr {
                    th scope="row" { @match &b.href { Some(h) => a href=(h) { (b.label) }, None => (b.label) } }
                    td.len {
                        svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
                            rect class={ "b " (b.tone.class()) } width=(b.value.clamp(0, max) * 1000 / max) height="10" {}
                        }
                    }
                    td.n {
                        @if b.shown.is_empty() { (number(b.value)) } @else { (b.shown) }
                        @if !b.note.is_empty() { small { (b.note) } }
                        @for f in &b.beside { small.nowrap {
                            (f.label) " "
                            @match &f.href { Some(h) => a href=(h) { (f.shown) }, None => (f.shown) }
                            @if !f.made_of.is_empty() { " " (f.made_of) }
                        } " " }
                    }
                }
            } }
        }
    }
}

/// A column, or a group of them: one value per series.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// What stands under it.
    pub label: String,
    /// What it is in full, for the table.
    pub full: String,
    /// One value per series.
    pub values: Vec<i64>,
    /// The list behind it.
    pub href: Option<String>,
    /// The list behind each value, for the table; empty where there are none.
    pub lists: Vec<Option<String>>,
}

/// Columns side by side over time.
#[derive(Clone, Debug, Default)]
pub struct ColumnChart {
    /// What it shows.
    pub title: String,
    /// The names of the series, at most four.
    pub series: Vec<String>,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// One on top of the other instead of side by side.
    pub stacked: bool,
}

/// A round number at or above `n`, always whole, so that the scale ends not far above the columns.
fn round_up(n: i64) -> i64 {
    const STEPS: [i64; 9] = [10, 12, 16, 20, 24, 30, 40, 60, 80];
    if n <= 10 {
        return if n <= 2 { n.max(1) } else { n + n % 2 };
    }
    let mut unit = 1i64;
    while let Some(next) = unit.checked_mul(10) {
        if let Some(step) = STEPS.iter().map(|s| s.saturating_mul(unit)).find(|s| *s >= n) {
            return step;
        }
        unit = next;
    }
    n
}

/// A column chart, with its legend and its table.
pub fn column_chart(look: &Look, chart: &ColumnChart) -> Markup {
    let tall = |c: &Column| {
        if chart.stacked { c.values.iter().sum() } else { c.values.iter().copied().max().unwrap_or(0) }
    };
    let top = round_up(chart.columns.iter().map(tall).max().unwrap_or(0).max(1));
    let many = chart.columns.len() > 7;
    let body = html! {
        div.columns.many[many] {
            div.scale aria-hidden="true" { span { (number(top)) } @if top % 2 == 0 { span { (number(top / 2)) } } @else { span {} } span { "0" } }
            div.plot { @for c in &chart.columns { (column(chart, c, top)) } }
        }
        (legend(&chart.series))
    };
    let head: Vec<&str> =
        std::iter::once(look.t("时间", "When")).chain(chart.series.iter().map(String::as_str)).collect();
    let rows: Vec<Vec<Markup>> = chart
        .columns
        .iter()
        .map(|c| {
            let name = if c.full.is_empty() { &c.label } else { &c.full };
            let list = |i: usize| c.lists.get(i).and_then(Option::as_deref);
            let values = c.values.iter().enumerate().map(|(i, v)| linked(*v, list(i)));
            std::iter::once(html! { (name) }).chain(values).collect()
        })
        .collect();
    chart_with_table(look, &chart.title, body, &head, &rows)
}

/// A number that leads to its list; nought leads nowhere.
pub(super) fn linked(n: i64, list: Option<&str>) -> Markup {
    match list.filter(|_| n > 0) {
        Some(href) => html! { a href=(href) { (number(n)) } },
        None => html! { (number(n)) },
    }
}

fn column(chart: &ColumnChart, c: &Column, top: i64) -> Markup {
    let n = chart.series.len().max(1) as i64;
    let said = chart.series.iter().zip(&c.values).map(|(s, v)| format!("{s} {}", number(*v)));
    let name = if c.full.is_empty() { &c.label } else { &c.full };
    let said = format!("{name}: {}", said.collect::<Vec<_>>().join(", "));
    let mut below = 0;
    let inner = html! {
        svg viewBox="0 0 100 1000" preserveAspectRatio="none" aria-hidden="true" {
            @for (i, v) in c.values.iter().enumerate() {
                @let h = v.clamp(&0, &top) * 1000 / top;
                @let (x, y, w) = if chart.stacked {
                    below += h;
                    (18, 1000 - below, 64)
                } else {
                    let w = 72 / n;
                    (14 + i as i64 * w, 1000 - h, w)
                };
                rect class={ "s" (i + 1) } x=(x) y=(y) width=(w) height=(h) {}
            }
        }
        span.x { (c.label) }
    };
    html! {
        @match &c.href {
            Some(h) => a.col href=(h) title=(said) aria-label=(said) { (inner) },
            None => div.col title=(said) { (inner) },
        }
    }
}

fn legend(series: &[String]) -> Markup {
    html! {
        @if series.len() > 1 {
            ul.legend { @for (i, s) in series.iter().enumerate() {
                li { svg viewBox="0 0 10 10" width="12" height="12" aria-hidden="true" { rect class={ "s" (i + 1) } width="10" height="10" rx="2" {} } (s) }
            } }
        }
    }
}

/// A small line without numbers, beside a number that has them. `said` tells it in words.
pub fn sparkline(values: &[i64], said: &str) -> Markup {
    let (lo, hi) =
        (values.iter().copied().min().unwrap_or(0).min(0), values.iter().copied().max().unwrap_or(0));
    let span = (hi - lo).max(1);
    let step = 100.0 / (values.len().max(2) - 1) as f64;
    let point = |(i, v): (usize, &i64)| {
        format!("{:.1},{:.1}", i as f64 * step, 28.0 - (v - lo) as f64 * 26.0 / span as f64)
    };
    let points: Vec<String> = values.iter().enumerate().map(point).collect();
    html! {
        svg.spark viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label=(said) {
            title { (said) }
            polygon points={ "0,30 " (points.join(" ")) " 100,30" } {}
            polyline points=(points.join(" ")) {}
        }
    }
}

/// A chart with its numbers folded away below it.
pub fn chart_with_table(
    look: &Look,
    title: &str,
    chart: Markup,
    head: &[&str],
    rows: &[Vec<Markup>],
) -> Markup {
    html! {
        figure.chart {
            figcaption { (title) }
            (chart)
            details.fold {
                summary { (crate::components::icon(crate::components::Icon::Forward)) span { (look.t("看数字", "Show the numbers")) } }
                div.tablewrap { table.numbers {
                    caption.sr { (title) }
                    thead { tr { @for (i, h) in head.iter().enumerate() { th scope="col" .n[i > 0] { (h) } } } }
                    tbody { @for r in rows { tr { @for (i, cell) in r.iter().enumerate() {
                        @if i == 0 { th scope="row" { (cell) } } @else { td.n { (cell) } }
                    } } } }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let cases =
            [(0, 1), (1, 1), (2, 2), (3, 4), (9, 10), (11, 12), (21, 24), (81, 100), (312, 400), (601, 800)];
        for (n, want) in cases {
            assert_eq!(round_up(n), want, "{n}");
        }
        assert!(round_up(i64::MAX) > 0);
    }
}
