//! The dashboard 看板: what came in, what is open, how it ended, for a unit over everything below it.

use super::overview::overview;
use super::reader::{Lists, Reader};
use crate::figures::{self, Figures, Line};
use crate::past;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Locale, UnitId};
use maud::{Markup, html};
use requests::Ctx;
use requests::lots::CameOut;
use requests::tally::Counts;
use rules::share::{FEW, Share};
use web::charts::{Bar, Beside, Column, ColumnChart, bar_list, column_chart};
use web::components::{Column as Head, Row, Table, button_link, card, card_with, definitions, empty_state};
use web::format::{month, month_short, number, of, percent};
use web::{Page, PageResult};

/// `GET /dashboard?unit=CODE&from=2026-01&to=2026-11`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let reader = Reader::new(&site, staff, &query)?;
    if reader.is_refused() {
        return Ok(refused(&reader).into_response());
    }
    let (dir, unit, period, now) = (reader.dir.clone(), reader.unit.id, reader.period, site.now());
    let then = reader.as_of.map(|day| site.zone.start_of(day.tomorrow().unwrap_or(day)).plus(-1));
    let kept = site.kept.get::<crate::Kept>();
    let mut ctx = Ctx::new(&site, reader.visitor.scope.clone());
    let live = ctx.clone();
    ctx.at = then.unwrap_or(now);
    let read = move |tx: &mut dyn db::Tx| {
        // Counted apart, for those who may open them: in the counters anybody could read them off.
        let all = if then.is_some() { Vec::new() } else { requests::shield::visible(tx, &live)? };
        let below =
            |r: &requests::model::Request| live.dir.ancestors(r.first_unit).iter().any(|u| u.id == unit);
        let apart = all.iter().filter(|r| r.first_unit == unit || below(r));
        let apart = apart.filter(|r| period.holds(live.site.zone.date(r.received_at))).count();
        let figures = match then {
            None => figures::read(tx, &dir, unit, &period, &kept, now),
            Some(at) => past::read(tx, &ctx, unit, &period, at),
        };
        Ok((figures?, apart))
    };
    let (figures, apart) = site.db.snapshot(read).await?;
    Ok(view(&site, &reader, &figures, apart).into_response())
}

/// The months that were asked for cannot be shown: what to correct, and no figures of other months.
fn refused(r: &Reader) -> Page {
    let title = format!("{} · {}", r.look.t("看板", "Dashboard"), r.unit.name(r.look.locale));
    Page::new(&r.look, title)
        .at("/dashboard")
        .main(r.periods("/dashboard"))
        .main(r.other_days("/dashboard"))
        .status(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
}

fn view(site: &access::Site, r: &Reader, f: &Figures, apart: usize) -> Page {
    let look = &r.look;
    let title = format!("{} · {}", look.t("看板", "Dashboard"), r.unit.name(look.locale));
    let map = r.here("/dashboard/map", &r.unit.code, &r.period);
    let mut page = Page::new(look, title)
        .at("/dashboard")
        .crumbs(r.crumbs("/dashboard"))
        .lede(html! { (r.span()) })
        .tools(html! {
            @if r.visitor.may(Verb::View, Noun::Journal, &r.unit.path) {
                (button_link(look.t("要留意的办件", "Cases to look at"), &r.here("/dashboard/signs", &r.unit.code, &r.period)))
            }
            @if r.visitor.may(Verb::Export, Noun::Dashboard, &r.unit.path) {
                (button_link(look.t("报告", "Reports"), &format!("/reports?unit={}", r.unit.code)))
            }
            @if super::BURDENED.iter().any(|role| r.visitor.scope.has(*role)) {
                (button_link(look.t("填报工夫", "What forms cost"), "/burden"))
            }
            (button_link(look.t("网格地图", "Grid map"), &map))
        })
        .main(r.periods("/dashboard"))
        .main(r.years("/dashboard", &f.years))
        .main(r.other_days("/dashboard"));
    if apart > 0 {
        let text = match look.locale {
            Locale::Zh => format!("另有受保护的诉求 {apart} 件，不在下面的数里。"),
            Locale::En if apart == 1 => "One shielded case besides, in none of these figures.".to_owned(),
            Locale::En => format!("{apart} shielded cases besides, in none of these figures."),
        };
        page = page
            .main(html! { p.hint { (text) " " a href="/shielded" { (look.t("去看", "Open the list")) } } });
    }
    if f.total.received == 0 && f.open == 0 && f.lots.drawn() == 0 {
        let text = look.t(
            "这段时间没有受理诉求。换一段时间，或看上级单位。",
            "Nothing was received in this period. Choose another one, or the unit above.",
        );
        return page.main(empty_state(text, None));
    }
    page = page.main(overview(r, f)).main(drawn(r, f)).main(months(r, f));
    page.main(classes(site, r, f))
        .main(by_unit(r, look.t("按受理单位", "By accountable unit"), &f.units, "unit"))
        .main(by_unit(r, look.t("按地点", "By place"), &f.places, "place"))
}

/// A share in per cent; where there are too few for one, how many of how many; a dash of nothing.
pub(super) fn rate(n: i64, all: i64) -> String {
    match Share::new(n, all) {
        _ if all == 0 => "—".to_owned(),
        share if share.is_enough() => percent(n, all),
        _ => of(n, all),
    }
}

/// What a share is made of, and between which two the true one lies: `288 / 345 · 79–87 %`.
pub(super) fn made_of(n: i64, all: i64) -> String {
    match Share::new(n, all).interval() {
        Some((low, high)) => format!("{} · {}–{}\u{a0}%", of(n, all), (low + 5) / 10, (high + 5) / 10),
        None if all == 0 => of(n, all),
        // The share says it itself.
        None => String::new(),
    }
}

/// What those who were drawn by lot said when they were asked again: apart from what was said unasked.
fn drawn(r: &Reader, f: &Figures) -> Markup {
    let (look, l) = (&r.look, &f.lots);
    if l.drawn() == 0 {
        return html! {};
    }
    let linked = |n: i64, shown: String, result: CameOut| match r.drawn(result).filter(|_| n > 0) {
        Some(href) => html! { a href=(href) { (shown) } },
        None => html! { (shown) },
    };
    let plain = |n: i64, result| linked(n, number(n), result);
    let share = |n: i64, all: i64, result| html! { (linked(n, rate(n, all), result)) " " small { (made_of(n, all)) } };
    let facts = [
        (look.t("抽中", "Drawn"), plain(l.drawn(), CameOut::Any)),
        (look.t("确实解决了", "Solved indeed"), share(l.solved, l.solved + l.not_solved, CameOut::Solved)),
        (look.t("满意", "Satisfied"), share(l.satisfied, l.rated, CameOut::Satisfied)),
        (look.t("没联系上", "Not reached"), plain(l.not_reached, CameOut::NotReached)),
        (look.t("还没问", "Not asked"), plain(l.waiting(), CameOut::Waiting)),
    ];
    let told = look.t(
        "自己说“解决了”的，抽签由别的单位再问一次，结果另计，不并进上面的数。",
        "Some of those who said \"solved\" are drawn and asked again by another unit: counted apart from the figures above.",
    );
    let supervises =
        r.visitor.scope.has(kernel::Role::Supervisor) || r.visitor.scope.has(kernel::Role::Auditor);
    let more = html! { @if supervises { a href="/lots" { (look.t("各次抽签", "The draws")) } } @else { a href="/proof/lots" { (look.t("怎么抽的", "How it is drawn")) } } };
    card_with(
        look.t("抽签回访", "Call-backs by lot"),
        more,
        html! { (definitions(&facts)) p.quiet { (told) } },
    )
}

fn months(r: &Reader, f: &Figures) -> Markup {
    let look = &r.look;
    // More columns than this cannot be told apart: then a year is one.
    let by_year = f.months.len() > 36;
    let columns = f.months.chunk_by(|a, b| by_year && a.of.year() == b.of.year()).map(|part| {
        let (first, last) = (part[0].of, part[part.len() - 1].of.last_of_month());
        let mut counts = Counts::default();
        part.iter().for_each(|m| figures::add(&mut counts, &m.counts));
        let (from, to) = (first.to_string(), last.to_string());
        Column {
            label: if by_year { first.year().to_string() } else { month_short(look.locale, first) },
            full: if by_year { first.year().to_string() } else { month(look.locale, first) },
            values: vec![counts.received, counts.answered],
            href: r.list(&r.unit.code, &[("from", &from), ("to", &to)]),
            lists: vec![
                r.list(&r.unit.code, &[("from", &from), ("to", &to)]),
                r.list(&r.unit.code, &[("from", &from), ("to", &to), ("answered", "yes")]),
            ],
        }
    });
    let title = match by_year {
        true => look.t("每年受理与其中已答复", "Received each year, and answered of those"),
        false => look.t("每月受理与其中已答复", "Received each month, and answered of those"),
    };
    let chart = ColumnChart {
        title: title.to_owned(),
        series: vec![
            look.t("受理", "Received").to_owned(),
            look.t("其中已答复", "Answered of those").to_owned(),
        ],
        columns: columns.collect(),
        stacked: false,
    };
    // The chart bears its title itself.
    card(None, column_chart(look, &chart))
}

fn classes(site: &access::Site, r: &Reader, f: &Figures) -> Markup {
    let look = &r.look;
    let lists = r.received(&r.unit);
    let bars: Vec<Bar> = f
        .classes
        .iter()
        .map(|line| {
            let class = if line.of.is_empty() { "none" } else { &line.of };
            Bar {
                label: match site.pack.class(&line.of) {
                    Some(class) => class.name.to(look.locale).to_owned(),
                    None => look.t("待定分类", "Not classified yet").to_owned(),
                },
                value: line.counts.received,
                beside: shares(r, lists.as_ref(), &line.counts, class),
                href: lists.as_ref().map(|lists| lists.of(&[("class", class)])),
                ..Bar::default()
            }
        })
        .collect();
    let title = look.t("按分类", "By class");
    card(Some(title), bar_list(title, &bars, None))
}

/// What was answered of a class in time and what was said of it, each share with what it is made of.
fn shares(r: &Reader, lists: Option<&Lists>, c: &Counts, class: &str) -> Vec<Beside> {
    let share = |label: &str, n: i64, all: i64, more: (&str, &str)| Beside {
        label: label.to_owned(),
        shown: rate(n, all),
        // Where there are too few for a share, it says it itself.
        made_of: if Share::new(n, all).is_enough() { of(n, all) } else { String::new() },
        href: lists.filter(|_| n > 0).map(|lists| lists.of(&[("class", class), more])),
    };
    vec![
        share(r.look.t("按时", "on time"), c.on_time, c.answered, ("on_time", "yes")),
        share(r.look.t("解决", "solved"), c.solved, c.solved + c.not_solved, ("word", "solved")),
    ]
}

fn by_unit(r: &Reader, title: &str, lines: &[Line<UnitId>], param: &str) -> Markup {
    let look = &r.look;
    let mut table = Table::new(look, title)
        .column(
            Head::new(if param == "unit" { look.t("单位", "Unit") } else { look.t("地点", "Place") })
                .primary(),
        )
        .column(Head::new(look.t("受理", "Received")).number())
        .column(Head::new(look.t("已答复", "Answered")).number())
        .column(Head::new(look.t("按时", "On time")).number())
        .column(Head::new(look.t("说解决了", "Solved")).number())
        .column(Head::new(look.t("满意", "Satisfied")).number())
        .column(Head::new(look.t("没联系上", "Not reached")).number())
        .column(Head::new(look.t("没有回音", "No reply")).number())
        .column(Head::new(look.t("还没有评价", "Not judged yet")).number())
        .empty(empty_state(look.t("这段时间没有记录。", "Nothing in this period."), None));
    for line in lines {
        let (Some(unit), c) = (r.dir.get(line.of), &line.counts) else { continue };
        let said = c.solved + c.not_solved;
        let lists = if param == "unit" { r.received(unit) } else { r.lying_in(unit) };
        let linked = |n: i64, shown: String, more: &[(&str, &str)]| match lists.as_ref().filter(|_| n > 0) {
            Some(lists) => html! { a href=(lists.of(more)) { (shown) } },
            None => html! { (shown) },
        };
        let plain = |n: i64, more: &[(&str, &str)]| linked(n, number(n), more);
        let with_n = |n: i64, all: i64, more: &[(&str, &str)]| html! { (linked(n, rate(n, all), more)) " " small { (made_of(n, all)) } };
        table = table.row(Row::new(vec![
            html! { a href=(r.here("/dashboard", &unit.code, &r.period)) { (r.name(line.of)) } },
            plain(c.received, &[]),
            plain(c.answered, &[("answered", "yes")]),
            with_n(c.on_time, c.answered, &[("on_time", "yes")]),
            with_n(c.solved, said, &[("word", "solved")]),
            with_n(c.satisfied, c.rated, &[("satisfied", "yes")]),
            plain(c.not_reached, &[("word", "not-reached")]),
            plain(c.no_reply, &[("word", "no-reply")]),
            plain(c.answered - said - c.not_reached - c.no_reply, &[("word", "none")]),
        ]));
    }
    let told = match look.locale {
        Locale::Zh => format!(
            "按受理件数排列，不作排名。不到 {FEW} 件的不算比率；范围是 95% 置信区间，两个单位的范围有重叠，就分不出高低。"
        ),
        Locale::En => format!(
            "In order of what was received; this is no ranking. No share is told of fewer than {FEW}. The range holds the \
             true share with 95 % certainty: two units whose ranges overlap cannot be told apart."
        ),
    };
    card_with(title, html! {}, html! { (table.render()) p.quiet { (told) } })
}
