//! The rest of a case: what was said, all its clocks, supervision, attempts, similar and earlier cases,
//! the row it came from.

use super::Sheet;
use super::file::item;
use super::line::grade;
use super::why::certificate;
use crate::acts::judge;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::pages::public::questions;
use crate::pages::spot::degrees;
use crate::pages::work::people::pseudonym;
use crate::spoken::leaves_out;
use kernel::Locale;
use maud::{Markup, html};
use rules::deadline::Certificate;
use web::charts::pick_map;
use web::components::{Column, Definition, Row, Table, Tone, card, definitions, disclosure, file_list, pill};
use web::format;

/// What the person said, with their files and the answers to the class's questions.
pub(super) fn asked(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let own: Vec<_> = s.files.iter().filter(|f| first_entry(s, f.at)).map(|f| item(s, f)).collect();
    let said = answers(s);
    card(
        Some(eye.t("诉求人说", "What the person said")),
        html! {
            p.lines { (row.body) }
            @if leaves_out(&row.body) || leaves_out(&row.title) {
                p.hint {
                    (eye.t("〔〕里是系统隐去的姓名、号码或门牌。", "Names, numbers and doors stand hidden in 〔〕. "))
                    @if s.may_look { a href={ "/requests/" (row.number) "/identity" } { (eye.t("确有需要，登记后查看原文", "See the words themselves, on record")) } }
                }
            }
            @if !said.is_empty() {
                dl.facts { @for (q, a) in &said { div { dt { (q) } dd { (a) } } } }
            }
            @if !own.is_empty() { (file_list(&own)) }
            (spot(s))
            @for (i, j) in s.case.joined.iter().enumerate() {
                @if !j.words.is_empty() {
                    p.lines { b { (pseudonym(i + 1, eye.locale())) } " " span.quiet { (eye.day(j.joined_at)) } br; (j.words) }
                }
            }
            @if let Some(answer) = row.answer.as_deref().filter(|_| row.answered_at.is_some()) {
                h3 { (eye.t("现在的答复", "The answer as it stands")) @if row.unsolvable { " " (pill(Tone::Soon, eye.t("不能解决", "cannot be solved"))) } }
                p.lines { (answer) }
            }
            (words(s))
        },
    )
}

/// The point that was set on the map.
fn spot(s: &Sheet) -> Markup {
    let (eye, Some(point)) = (&s.eye, s.case.row.point) else { return html! {} };
    let (lon, lat) = degrees(point);
    let said = match eye.locale() {
        Locale::Zh => format!("东经 {lon:.5}，北纬 {lat:.5}"),
        Locale::En => format!("{lat:.5} N, {lon:.5} E"),
    };
    let body = html! {
        @if let Some(grid) = &s.grid { (pick_map(&eye.look, &grid.drawn(), Some((lon, lat)), None)) }
        p.hint { (said) }
    };
    disclosure(eye.t("在地图上的位置", "The spot on the map"), body)
}

fn first_entry(s: &Sheet, at: kernel::Timestamp) -> bool {
    s.entries.first().is_some_and(|e| e.at == at)
}

/// The answers to the class's own questions, in the words of the form.
fn answers(s: &Sheet) -> Vec<(String, String)> {
    let (eye, row) = (&s.eye, &s.case.row);
    let Some(form) = eye.ctx.site.pack.form_of(&row.class) else { return Vec::new() };
    questions::said(eye.locale(), form, &row.answers)
}

/// What was said of the answers.
fn words(s: &Sheet) -> Markup {
    let eye = &s.eye;
    let locale = eye.locale();
    html! {
        @if !s.words.is_empty() {
            h3 { (eye.t("诉求人的评价", "What the person said of it")) }
            ul {
                @for w in &s.words {
                    li {
                        (pseudonym(whose(s, w.person), locale)) " " b { (w.word.name().to(locale)) }
                        @if let Some(g) = w.satisfaction { " · " (g.name().to(locale)) }
                        " " span.quiet { (eye.moment(w.at)) @if w.account.is_some() { " " (eye.t("回访：", "called by ")) (eye.officer(w.account)) } }
                        @if !w.note.is_empty() { p.lines { (w.note) } }
                    }
                }
            }
        }
    }
}

fn whose(s: &Sheet, person: Option<kernel::PersonId>) -> usize {
    s.case.joined.iter().position(|j| Some(j.person) == person).map_or(0, |i| i + 1)
}

/// What is looked at now and then, folded.
pub(super) fn rest(s: &Sheet) -> Markup {
    let eye = &s.eye;
    html! {
        @if !s.alike.is_empty() {
            (card(Some(eye.t("同类同地的在办事项", "Open cases of the same class and place")), list(s, &s.alike)))
        }
        @if !s.earlier.is_empty() {
            (card(Some(eye.t("同一人的其他诉求", "Other cases of the same person")), list(s, &s.earlier)))
        }
        section.card {
            @if !s.case.clocks.is_empty() { (disclosure(eye.t("全部时限", "All time limits"), clocks(s))) }
            @if !s.supervisions.is_empty() { (disclosure(eye.t("督办", "Supervision"), supervision(s))) }
            @if !s.case.attempts.is_empty() { (disclosure(eye.t("没联系上的回访", "Attempts to call"), attempts(s))) }
            @if s.original.is_some() { (disclosure(eye.t("导入前的原始行", "The row it was imported from"), original(s))) }
            (disclosure(eye.t("公开和凭证", "Publishing and proof"), proof(s)))
        }
    }
}

fn list(s: &Sheet, all: &[Request]) -> Markup {
    let eye = &s.eye;
    let rows = all.iter().map(|r| {
        Row::new(vec![
            eye.due(r),
            html! { (r.title) },
            html! { span.nowrap { (r.number) } },
            eye.state(r),
            html! { (eye.day(r.received_at)) },
        ])
        .href(format!("/requests/{}", r.number))
    });
    Table::new(&eye.look, eye.t("诉求", "Requests"))
        .column(Column::new(eye.t("到期", "Due")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("编号", "Number")).bare())
        .column(Column::new(eye.t("状态", "State")).bare())
        .column(Column::new(eye.t("受理", "Received")))
        .rows(rows)
        .render()
}

fn clocks(s: &Sheet) -> Markup {
    let eye = &s.eye;
    let locale = eye.locale();
    let rows = s.case.clocks.iter().map(|c| {
        let run = if c.run > 1 { format!(" ({})", c.run) } else { String::new() };
        let state = match (c.stopped_at, c.paused_at) {
            (Some(_), _) if c.is_late(eye.ctx.at) => pill(Tone::Late, eye.t("超时", "late")),
            (Some(_), _) => pill(Tone::Ok, eye.t("按时", "in time")),
            (None, Some(_)) => pill(Tone::Plain, eye.t("停走", "resting")),
            (None, None) if c.is_late(eye.ctx.at) => pill(Tone::Late, &format::time_left(locale, eye.ctx.at, c.due_at)),
            (None, None) => pill(Tone::Info, &format::time_left(locale, eye.ctx.at, c.due_at)),
        };
        Row::new(vec![
            html! { (c.kind.name().to(locale)) (run) },
            html! { (eye.moment(c.started_at)) },
            html! { (eye.moment(c.due_at)) },
            html! { @if let Some(at) = c.stopped_at { (eye.moment(at)) } @else { "—" } },
            state,
            html! { a href={ "/requests/" (s.case.row.number) "/why/" (c.kind.key()) } { (eye.t("为什么", "Why")) } },
        ])
    });
    Table::new(&eye.look, eye.t("时限", "Time limits"))
        .column(Column::new(eye.t("时限", "Limit")).primary())
        .column(Column::new(eye.t("开始", "Started")))
        .column(Column::new(eye.t("到期", "Due")))
        .column(Column::new(eye.t("停止", "Stopped")))
        .column(Column::new(eye.t("结果", "Outcome")))
        .column(Column::new(eye.t("依据", "Why")))
        .rows(rows)
        .render()
}

fn supervision(s: &Sheet) -> Markup {
    let eye = &s.eye;
    html! {
        ul {
            @for o in &s.supervisions {
                li {
                    b { (grade(s, Some(o.grade))) } " "
                    @match (o.issued_at, o.dismissed_at) {
                        (Some(at), _) => { (pill(Tone::Late, eye.t("已发", "issued"))) " " span.quiet { (eye.moment(at)) " " (eye.officer(o.issued_by)) } },
                        (None, Some(at)) => { (pill(Tone::Plain, eye.t("未采纳", "not taken up"))) " " span.quiet { (eye.moment(at)) } },
                        (None, None) => { (pill(Tone::Soon, eye.t("系统建议", "proposed"))) " " span.quiet { (eye.moment(o.proposed_at)) } },
                    }
                    @if let Some(why) = pack::Trigger::from_key(&o.why) { " " span.quiet { (why.name().to(eye.locale())) } }
                    @if !o.words.is_empty() { p.lines { (o.words) } }
                    @if let Some(reply) = &o.reply {
                        p { @match o.replied_at {
                            Some(at) if at > reply.due => { (pill(Tone::Late, eye.t("迟了才说明", "explained late"))) " " span.quiet { (eye.moment(at)) } },
                            Some(at) => { (pill(Tone::Ok, eye.t("已说明", "explained"))) " " span.quiet { (eye.moment(at)) } },
                            None if s.case.row.is_live() && reply.due < s.eye.ctx.at => { (pill(Tone::Late, eye.t("逾期未说明", "not explained in time"))) },
                            None => { (pill(Tone::Plain, eye.t("还没说明", "not explained yet"))) },
                        } }
                        (disclosure(&reply_by(eye, reply), certificate(eye, reply)))
                    }
                }
            }
        }
    }
}

fn reply_by(eye: &Eye, reply: &Certificate) -> String {
    let due = eye.moment(reply.due);
    match eye.locale() {
        Locale::Zh => format!("承办单位在 {due} 前书面说明，为什么是这一天"),
        Locale::En => format!("The unit explains in writing by {due}; why that day"),
    }
}

fn attempts(s: &Sheet) -> Markup {
    let eye = &s.eye;
    html! {
        ul {
            @for a in &s.case.attempts {
                @let outcome = judge::outcome(&a.outcome, eye.locale());
                li { (eye.moment(a.at)) " " b { (outcome) } " " span.quiet { (eye.officer(Some(a.account))) "· " (eye.unit(a.unit)) } @if !a.note.is_empty() { " " (a.note) } }
            }
        }
    }
}

fn original(s: &Sheet) -> Markup {
    let eye = &s.eye;
    let Some((file, row)) = &s.original else { return html! {} };
    html! {
        p.hint { @match eye.locale() { Locale::Zh => { "《" (file) "》第 " (row) " 行" }, Locale::En => { (file) ", row " (row) } } }
        @if s.case.row.person.is_some() {
            // The row holds what somebody wrote of a person: it is shown together with who that is.
            p { (eye.t("这一行里有诉求人的信息，和身份信息一起查看，会留下记录。", "The row says who the person is: it is shown with the identity, on record.")) }
            @if s.may_know { p { a href={ "/requests/" (s.case.row.number) "/identity" } { (eye.t("查看", "See it")) } } }
        } @else { (cells(&s.cells)) }
    }
}

/// The cells of a row that say something, each with its heading.
pub(super) fn cells(cells: &[(String, String)]) -> Markup {
    html! { dl.facts { @for (name, text) in cells { @if !text.is_empty() { div { dt { (name) } dd { (text) } } } } } }
}

/// How long who asked is kept, and the hold by law.
fn keeping(s: &Sheet) -> Markup {
    let (eye, number) = (&s.eye, &s.case.row.number);
    let may = s.case.may(&eye.ctx, access::Verb::Hold);
    html! {
        @match (&s.hold, s.forget_at) {
            (Some(hold), _) => { (pill(Tone::Soon, eye.t("依法保留", "Held by law"))) " " (hold.reason) },
            (None, Some(at)) => { (eye.t("身份保存到 ", "Who asked is kept until ")) (eye.day(at)) },
            (None, None) if s.case.row.is_live() => { (eye.t("办结以后起算", "Counted from the end")) },
            (None, None) => { "—" },
        }
        @if may { " " a href={ "/requests/" (number) "/hold" } { @if s.hold.is_some() { (eye.t("解除", "End the hold")) } @else { (eye.t("依法保留", "Hold it by law")) } } }
    }
}

fn proof(s: &Sheet) -> Markup {
    let (eye, row) = (&s.eye, &s.case.row);
    let facts: Vec<Definition> = vec![
        (eye.t("身份保存", "Who asked"), keeping(s)),
        (eye.t("公开", "Publishing"), html! { (row.public_state.name().to(eye.locale())) }),
        (eye.t("公开标题", "Public title"), html! { (row.public_title) }),
        (eye.t("规则包", "Rules"), html! { (row.pack) }),
        (
            eye.t("记录", "Record"),
            html! {
                (row.seq) " " code { (hex::encode(row.head.get(..8).unwrap_or_default())) } " "
                a href={ "/requests/" (row.number) "/record" } { (eye.t("逐条核对", "Check each event")) }
            },
        ),
    ];
    definitions(&facts)
}
