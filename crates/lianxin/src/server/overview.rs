//! `GET /admin/health`: how the site runs, for whoever has to keep it running.

use crate::disk;
use crate::jobs::{self, Job};
use crate::server::here::Here;
use crate::store::{self, JobRun};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::State;
use axum::response::IntoResponse;
use kernel::{Locale, MINUTE, Result, Timestamp};
use maud::{Markup, html};
use notify::Unsent;
use web::components::{Column, Row, Table, Tile, Tone, card, definitions, pill, tiles};
use web::{Look, Page, PageResult, format};

/// From how old on a message that nobody has taken is one to look after, in milliseconds.
const UNSENT_AFTER: i64 = 15 * MINUTE;

/// What the page shows.
struct Known {
    now: Timestamp,
    jobs: Vec<JobRun>,
    waiting: Unsent,
    late: Unsent,
    undeliverable: i64,
    bytes: i64,
    leads: bool,
    reaches_nobody: bool,
    since: Option<Timestamp>,
    queue: (usize, usize),
    free: Option<u64>,
}

/// `GET /admin/health`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    staff.demand(Verb::View, Noun::Health, "")?;
    let known = look_at(&site).await?;
    let look = &staff.look;
    let faults = faults(look, &site, &known);
    let page = Page::new(look, look.t("运行状况", "How the site runs"))
        .at("/admin/health")
        .lede(verdict(look, &faults))
        .main(html! { @if !faults.is_empty() { (card(Some(look.t("请处理", "To be looked after")), list(&faults))) } })
        .main(numbers(look, &known))
        .main(card(Some(look.t("自动任务", "What runs by itself")), jobs_table(look, &site, &known)))
        .aside(card(Some(look.t("版本", "Versions")), versions(look, &site, &known)));
    Ok(page.into_response())
}

async fn look_at(site: &SharedSite) -> Result<Known> {
    let (now, here) = (site.now(), site.kept.get::<Here>());
    let read = move |tx: &mut dyn db::Tx| {
        Ok((
            store::job_runs(tx)?,
            notify::unsent(tx, now.plus(1))?,
            notify::unsent(tx, now.plus(-UNSENT_AFTER))?,
            notify::undeliverable_count(tx, "/")?,
            store::bytes(tx)?,
        ))
    };
    let (jobs, waiting, late, undeliverable, bytes) = site.db.read(read).await?;
    let (leads, reaches_nobody) = (here.leads(), here.reaches_nobody());
    let (since, queue) = (here.since(), site.db.waiting());
    let free = disk::free(&site.dir);
    Ok(Known { now, jobs, waiting, late, undeliverable, bytes, leads, reaches_nobody, since, queue, free })
}

/// Everything that somebody should see to.
fn faults(look: &Look, site: &SharedSite, known: &Known) -> Vec<String> {
    let mut out = Vec::new();
    let zh = look.locale == Locale::Zh;
    if let Some(free) = known.free.filter(|free| disk::is_short(*free)) {
        let free = format::size(free);
        out.push(if zh {
            format!("数据目录所在磁盘只剩 {free}。请尽快腾出空间：写满以后就不能登记。")
        } else {
            format!("{free} are left on the disk of the data directory. Make room: on a full disk nothing can be registered.")
        });
    }
    if let Some(oldest) = known.late.oldest {
        let (n, since) = (known.late.count, format::span(look.locale, known.now.0 - oldest.0));
        out.push(if zh {
            format!("{n} 条消息还没有发出，最早的已等 {since}。请检查消息通道。")
        } else {
            format!("{n} messages have not gone out, the oldest for {since}. Look after the gateways.")
        });
    }
    for (job, run) in jobs::ALL.iter().filter_map(|j| Some((j, run_of(j, known)?))) {
        let name = look.t(job.zh, job.en);
        if !run.fault.is_empty() {
            out.push(if zh {
                format!("“{name}”上一次没有完成：{}", run.fault)
            } else {
                format!("“{name}” failed last time: {}", run.fault)
            });
        } else if is_late(job, run, known.now) {
            let since = format::span(look.locale, known.now.0 - run.began_at.0);
            out.push(if zh {
                format!("“{name}”已有 {since} 没有运行。")
            } else {
                format!("“{name}” has not run for {since}.")
            });
        }
    }
    if !site.demo && known.reaches_nobody {
        out.push(
            look.t(
                "没有设置消息通道：消息只写进 outbox 目录，谁也收不到。在 lianxin.toml 里写 [[gateway]]。",
                "No gateway is set up: messages are written to the outbox directory and reach nobody. Write a [[gateway]] into lianxin.toml.",
            )
            .to_owned(),
        );
    }
    if !site.demo && !site.settings.https {
        out.push(
            look.t(
                "网址不是 https：前面放好带 TLS 的反向代理后，在 lianxin.toml 写 https = true。",
                "Pages are not served over https: put a proxy with TLS in front and set https = true in lianxin.toml.",
            )
            .to_owned(),
        );
    }
    out
}

fn run_of<'k>(job: &Job, known: &'k Known) -> Option<&'k JobRun> {
    known.jobs.iter().find(|r| r.name == job.name)
}

/// Whether a job should have had another round long ago.
pub(super) fn is_late(job: &Job, run: &JobRun, now: Timestamp) -> bool {
    let rest = job.first.max(job.every).as_millis() as i64;
    now.0 - run.began_at.0 > rest + rest / 4 + 5 * MINUTE
}

fn verdict(look: &Look, faults: &[String]) -> Markup {
    match faults.len() {
        0 => html! { (pill(Tone::Ok, look.t("一切正常", "All is well"))) },
        1 => html! { (pill(Tone::Late, look.t("有一件事要处理", "One thing to look after"))) },
        n => html! { (pill(Tone::Late, &match look.locale {
            Locale::Zh => format!("有 {n} 件事要处理"),
            Locale::En => format!("{n} things to look after"),
        })) },
    }
}

fn list(faults: &[String]) -> Markup {
    html! { ul { @for f in faults { li { (f) } } } }
}

fn numbers(look: &Look, known: &Known) -> Markup {
    let tone = |bad: bool| if bad { Tone::Late } else { Tone::Plain };
    let oldest = known.waiting.oldest.map(|at| format::span(look.locale, (known.now.0 - at.0).max(0)));
    let queue = known.queue.0 + known.queue.1;
    tiles(&[
        Tile {
            label: look.t("待发消息", "Messages to go out").into(),
            value: format::number(known.waiting.count),
            note: match oldest {
                Some(span) => format!("{} {span}", look.t("最早的已等", "the oldest waits for")),
                None => look.t("都已发出", "all gone").into(),
            },
            tone: tone(known.late.count > 0),
            ..Tile::default()
        },
        Tile {
            label: look.t("送不到的消息", "Messages that do not arrive").into(),
            value: format::number(known.undeliverable),
            note: look.t("等窗口人员补告知", "wait for a clerk to tell the person").into(),
            href: Some("/outbox?state=permanent-failure".into()),
            tone: tone(false),
        },
        Tile {
            label: look.t("数据库", "Database").into(),
            value: format::size(known.bytes.max(0) as u64),
            note: match queue {
                0 => look.t("没有排队", "nobody waits").into(),
                n => format!("{n} {}", look.t("件排队", "wait for it")),
            },
            ..Tile::default()
        },
        Tile {
            label: look.t("磁盘剩余", "Room on the disk").into(),
            value: known.free.map_or("—".into(), format::size),
            note: look.t("数据目录所在的磁盘", "where the data directory is").into(),
            tone: tone(known.free.is_some_and(disk::is_short)),
            ..Tile::default()
        },
    ])
}

fn jobs_table(look: &Look, site: &SharedSite, known: &Known) -> Markup {
    let said = |at: Timestamp| format::moment_near(look.locale, site.zone, at, known.now);
    let rows = jobs::ALL.iter().map(|job| {
        let run = run_of(job, known);
        let state = match run {
            None => pill(Tone::Plain, look.t("还没轮到", "Not yet")),
            Some(r) if !r.fault.is_empty() => pill(Tone::Late, look.t("失败", "Failed")),
            Some(r) if is_late(job, r, known.now) => pill(Tone::Late, look.t("没有按时运行", "Late")),
            Some(_) => pill(Tone::Ok, look.t("正常", "Well")),
        };
        Row::new(vec![
            html! { (look.t(job.zh, job.en)) },
            html! { (run.and_then(|r| r.good_at).map_or("—".to_owned(), said)) },
            html! { (run.map_or("—".to_owned(), |r| took(look, r.took_ms))) },
            html! { (format::span(look.locale, job.every.as_millis() as i64)) },
            state,
        ])
    });
    html! {
        (Table::new(look, look.t("自动任务", "Jobs"))
            .column(Column::new(look.t("任务", "Job")).primary())
            .column(Column::new(look.t("上次完成", "Last done")))
            .column(Column::new(look.t("用时", "It took")).number())
            .column(Column::new(look.t("间隔", "Every")).seldom())
            .column(Column::new(look.t("状态", "State")))
            .rows(rows)
            .render())
        p.hint {
            @if known.leads { (look.t("由本进程运行。", "This process runs them.")) }
            @else { (look.t("由另一个进程运行；它停下时，本进程接手。", "Another process runs them; this one takes over when it stops.")) }
        }
    }
}

fn took(look: &Look, ms: i64) -> String {
    match ms {
        ms if ms < 1000 => format!("{ms} {}", look.t("毫秒", "ms")),
        ms => format::span(look.locale, ms),
    }
}

fn versions(look: &Look, site: &SharedSite, known: &Known) -> Markup {
    let started =
        known.since.map_or("—".to_owned(), |at| format::moment_near(look.locale, site.zone, at, known.now));
    html! {
        (definitions(&[
            (look.t("程序", "Program"), html! { "Lianxin " (env!("CARGO_PKG_VERSION")) }),
            (look.t("规则包", "Pack"), html! { (site.pack.name.to(look.locale)) " " (site.pack.version) }),
            (look.t("数据库", "Database"), html! { (site.db.engine().to_string()) }),
            (look.t("启动时间", "Started"), html! { (started) }),
        ]))
        p.hint {
            (look.t("机器可读：", "For machines: ")) code { "/healthz" } " · " code { "/metrics" }
        }
    }
}
