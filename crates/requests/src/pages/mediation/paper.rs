//! The file as it is read and printed: its front, what is in it, its back.

use super::File;
use crate::acts::mediation::{self as acts, ItemRow, Side, Who};
use crate::case::Case;
use crate::pages::eye::Eye;
use kernel::Locale;
use maud::{Markup, html};
use rules::mediation::FileItem;
use web::components::{Column, Row, Table, Tone, card, definitions, pill};
use web::format;

/// What is still missing, and until when the court may be asked, for the page of the case as well.
pub(in crate::pages) fn standing(eye: &Eye, case: &Case, items: &[ItemRow]) -> Markup {
    let missing = acts::missing(&eye.ctx.site.pack, case);
    let named: Vec<String> = missing.iter().map(|i| i.name().to(eye.locale()).to_owned()).collect();
    html! {
        @if missing.is_empty() { p { (pill(Tone::Ok, eye.t("必备材料齐全", "All mandatory items are there"))) } }
        @else { p { (pill(Tone::Soon, eye.t("还缺", "Missing"))) " " (named.join(eye.t("、", ", "))) } }
        @if let Some(due) = items.iter().rev().find_map(|i| i.confirm.as_ref()) {
            @let confirmed = items.iter().any(|i| i.item == FileItem::Confirmation);
            p {
                @if confirmed { (eye.t("司法确认材料已入卷。", "The court's confirmation is in the file.")) }
                @else if due.due < eye.ctx.at { (eye.t("申请司法确认的期限已过：", "The time to ask the court is over: ")) (eye.day(due.due)) }
                @else { (eye.t("双方可以在 ", "Both may ask the court together to confirm it until ")) b { (eye.day(due.due)) } (eye.t(" 前共同申请司法确认。", ".")) }
            }
            p.hint { (due.citation.to(eye.locale())) }
        }
    }
}

/// Who a party is, as a recorded look shows it.
pub(in crate::pages) fn who(eye: &Eye, sealed: &str) -> Markup {
    let who: Who = serde_json::from_str(sealed).unwrap_or_default();
    let facts = [
        (eye.t("姓名", "Name"), who.name),
        (eye.t("电话", "Telephone"), who.phone),
        (eye.t("住址", "Address"), who.address),
        (eye.t("身份证号", "Identity number"), who.idno),
        (eye.t("性别", "Sex"), who.sex),
        (eye.t("年龄", "Age"), who.age),
        (eye.t("职业", "Work"), who.work),
    ];
    html! { dl.facts { @for (name, text) in &facts { @if !text.is_empty() { div { dt { (name) } dd { (text) } } } } } }
}

/// The front of the file, as mediation committees write it: what it is called, its number, who mediated from when to when,
/// who put it on file and when, how long it is kept, and remarks.
pub(super) fn cover(f: &File) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let zone = eye.ctx.site.zone;
    let day = |at| format::day_year(eye.locale(), zone.date(at));
    let until = row.ended_at.map(day).unwrap_or_else(|| eye.t("办理中", "open").to_owned());
    let mut facts = vec![
        (eye.t("卷名", "Name"), html! { (called(f)) }),
        (eye.t("卷号", "File"), html! { (number(f)) }),
        (eye.t("纠纷类型", "Dispute"), html! { (eye.class(&row.class)) }),
        (eye.t("人民调解员", "Mediator"), html! { (eye.officer(row.officer)) " · " (eye.unit(row.unit)) }),
        (eye.t("调解日期", "Mediated"), html! { (day(row.received_at)) " — " (until) }),
        (
            eye.t("当事人", "Parties"),
            html! {
                @if f.parties.is_empty() { (eye.t("还没有登记", "none noted yet")) }
                @for p in &f.parties { div { (p.side.name().to(eye.locale())) " " b { (p.shown) } } }
            },
        ),
    ];
    facts.extend(put_on_file(f));
    if let Some(rule) = eye.ctx.site.pack.mediation_on(&row.track) {
        facts.push((eye.t("保管期限", "Kept for"), html! { (years(eye, rule.keep_years)) }));
    }
    let notes = f.items.iter().filter(|i| i.item == FileItem::FileNote && !i.words.is_empty());
    let notes: Vec<&str> = notes.map(|i| i.words.as_str()).collect();
    if !notes.is_empty() {
        facts.push((eye.t("备注", "Remarks"), html! { span.lines { (notes.join("\n")) } }));
    }
    card(
        Some(eye.t("人民调解卷宗", "File of a people's mediation")),
        html! { (definitions(&facts)) (standing(eye, &f.case, &f.items)) },
    )
}

/// `欧阳某与司马某 · 邻里纠纷`: who against whom, and what about.
fn called(f: &File) -> String {
    let side = |side: Side| f.parties.iter().find(|p| p.side == side).map(|p| p.shown.as_str());
    let class = f.eye.class_short(&f.case.row.class);
    match (side(Side::Applicant), side(Side::Respondent)) {
        (Some(one), Some(other)) => {
            format!("{one}{}{other} · {class}", f.eye.t("与", " and "))
        }
        _ => class.to_owned(),
    }
}

/// `（2026）人调字第 LXA-2026-00002 号`: the number of the case is the number of its file, so that each leads to the other.
fn number(f: &File) -> String {
    let row = &f.case.row;
    let year = f.eye.ctx.site.zone.date(row.received_at).year();
    match f.eye.locale() {
        Locale::Zh => format!("（{year}）人调字第 {} 号", row.number),
        Locale::En => format!("({year}) people's mediation, no. {}", row.number),
    }
}

fn years(eye: &Eye, n: u16) -> String {
    match eye.locale() {
        Locale::Zh => format!("自了结起 {n} 年"),
        Locale::En => format!("{n} years from its end"),
    }
}

/// Who put the file together and when: whoever filed the item with which nothing mandatory was missing any more.
fn put_on_file(f: &File) -> Vec<(&str, Markup)> {
    let eye = &f.eye;
    let Some(rule) = eye.ctx.site.pack.mediation_on(&f.case.row.track) else { return Vec::new() };
    let filed: Vec<FileItem> = f.items.iter().map(|i| i.item).collect();
    let Some(last) = rules::mediation::whole_with(&filed, &rule.mandatory).map(|at| &f.items[at]) else {
        return Vec::new();
    };
    let day = eye.ctx.site.zone.date(last.at);
    vec![
        (eye.t("立卷人", "Put on file by"), html! { (eye.officer(Some(last.account))) }),
        (eye.t("立卷日期", "On file since"), html! { (format::day_year(eye.locale(), day)) }),
    ]
}

/// The back of the file: how much it holds, and who answers for that; signed on paper.
pub(super) fn back(f: &File) -> Markup {
    let eye = &f.eye;
    let scans: i64 = f.items.iter().map(|i| i.files).sum();
    let held = match eye.locale() {
        Locale::Zh => format!("本卷共有材料 {} 件，扫描件 {scans} 份。", f.items.len()),
        Locale::En => format!("This file holds {} items and {scans} scans.", f.items.len()),
    };
    let mut facts = put_on_file(f);
    facts.push((eye.t("检查人", "Looked over by"), html! { "＿＿＿＿＿＿" }));
    facts.push((eye.t("日期", "Day"), html! { "＿＿＿＿＿＿" }));
    card(Some(eye.t("封底", "Back")), html! { p { (held) } (definitions(&facts)) })
}

/// What the printed form of an item asks besides, a line each.
fn asked(f: &File, i: &ItemRow) -> Vec<String> {
    let eye = &f.eye;
    let line = |name: &str, said: &str| format!("{name}{}{said}", eye.t("：", ": "));
    let mut out = Vec::new();
    if let Some(source) = i.facts.source {
        out.push(line(eye.t("案件来源", "Came"), source.name().to(eye.locale())));
        out.push(line(eye.t("简要情况", "In short"), &f.case.row.title));
    }
    if let Some(performed) = i.facts.performed {
        if let Some(party) = f.parties.iter().find(|p| Some(p.no) == i.facts.visited) {
            let who = format!("{} {}", party.side.name().to(eye.locale()), party.shown);
            out.push(line(eye.t("受访人", "Visited"), &who));
        }
        out.push(line(eye.t("协议", "Agreement"), &number(f)));
        out.push(line(eye.t("履行情况", "Performance"), performed.name().to(eye.locale())));
        if let Some(satisfied) = i.facts.satisfied {
            out.push(line(eye.t("满意程度", "Satisfaction"), satisfied.name().to(eye.locale())));
        }
    }
    out
}

/// Every item in the order of the contents: what there is, and what is missing.
pub(super) fn contents(f: &File) -> Markup {
    let eye = &f.eye;
    let missing = acts::missing(&eye.ctx.site.pack, &f.case);
    let (mut rows, mut at) = (Vec::new(), 0);
    for item in FileItem::ALL {
        let mut filed = f.items.iter().filter(|i| i.item == *item).peekable();
        let name = item.name();
        if filed.peek().is_none() {
            let lacks = missing.contains(item);
            // What another item stands for, and what nobody needs, is left out of a page that is to be printed.
            if lacks {
                rows.push(Row::new(vec![
                    html! {},
                    html! { (name.to(eye.locale())) },
                    html! { (pill(Tone::Late, eye.t("缺", "missing"))) },
                    html! { "—" },
                ]));
            }
            continue;
        }
        for i in filed {
            at += 1;
            rows.push(Row::new(vec![
                html! { (at) },
                html! { (name.to(eye.locale())) },
                html! { (i.on.to_string()) " " span.quiet { (eye.officer(Some(i.account))) } },
                html! {
                    @if let Some(by) = i.perform_by { div { (eye.t("履行期限 ", "to be performed by ")) (by.to_string()) } }
                    @for line in asked(f, i) { div { (line) } }
                    @if !i.words.is_empty() { div.lines { (i.words) } }
                    @if i.files > 0 { div.quiet { (scans(eye, i.files)) } }
                },
            ]));
        }
    }
    Table::new(&eye.look, eye.t("卷内目录", "Contents"))
        .column(Column::new(eye.t("序号", "No.")))
        .column(Column::new(eye.t("材料", "Item")).primary())
        .column(Column::new(eye.t("日期", "Day")))
        .column(Column::new(eye.t("内容", "What it says")))
        .rows(rows)
        .render()
}

fn scans(eye: &Eye, n: i64) -> String {
    match eye.locale() {
        Locale::Zh => format!("附扫描件 {n} 份"),
        Locale::En => format!("{n} scans"),
    }
}
