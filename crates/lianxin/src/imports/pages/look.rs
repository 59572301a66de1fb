//! The page that shows what would happen, before anything is written.

use super::{options, page as frame, path};
use crate::imports::look::{Outlook, REFUSED, Seen};
use crate::imports::{Import, What, fields};
use access::SharedSite;
use kernel::{Locale, Say};
use maud::{Markup, html};
use pack::Pack;
use sheets::ColumnLine;
use web::components::{
    Column, Flash, FlashKind, Row, Table, Tile, Tone, card, card_with, disclosure, pill, tiles,
};
use web::{FormState, Look, Page, form, format};

/// The whole page; `said` where what was said about the sheet could not be taken.
pub(super) fn page(
    site: &SharedSite,
    look: &Look,
    import: &Import,
    seen: &Seen,
    said: Option<&FormState>,
) -> Page {
    let mut page = frame(look, import);
    if let Some(name) = &import.choice.like {
        let zh = format!("这是“{name}”退回的行，沿用了对那张表的设定。");
        let en = format!("These are the refused rows of “{name}”: what was chosen for it is chosen here.");
        page = page.notice(Flash::new(FlashKind::Info, look.t(&zh, &en)));
    }
    if let Some(why) = import.outcome.as_ref().and_then(|o| o.failed.as_ref()) {
        let said =
            format!("{}{}", look.t("没有导入任何一行：", "Nothing was imported: "), why.to(look.locale));
        page = page.notice(Flash::new(FlashKind::Error, &said));
    }
    match &seen.outlook {
        Ok(outlook) => {
            page = page
                .lede(html! { (sentence(look, outlook)) })
                .main(counts(look, outlook))
                .main(card(None, action(look, import, outlook)))
                .main(columns(look, &site.pack, import, seen));
            if outlook.refused > 0 {
                page = page.main(refused(look, import, outlook));
            }
            if !outlook.notes.is_empty() {
                let title =
                    look.t("没看懂、只留在原始行里的", "Not understood, kept in the original row only");
                page = page.main(card(Some(title), tally(look, &outlook.notes)));
            }
            if !outlook.sample.is_empty() {
                page = page.main(card(
                    Some(look.t("导入后是这样", "How they would come in")),
                    sample(look, import.what, outlook, site),
                ));
            }
            page = page.main(remarks(look, outlook));
        }
        Err(why) => {
            page = page.notice(Flash::new(FlashKind::Error, why.to(look.locale)));
            page = page.main(columns(look, &site.pack, import, seen));
        }
    }
    page.main(top(look, seen))
        .aside(card(
            Some(look.t("怎么读这张表", "How the sheet is read")),
            options::form(site, look, import, seen, said),
        ))
        .main(html! { (form::form(look, &path(import, "/removal"), form::button_quiet(look.t("不导入，删除这个文件", "Do not import it; delete the file")))) })
}

fn sentence(look: &Look, o: &Outlook) -> String {
    match look.locale {
        Locale::Zh => {
            format!("共 {} 行，还没有写入任何内容。核对无误后再导入。", format::number(o.rows as i64))
        }
        Locale::En => format!(
            "{} rows. Nothing has been written yet: look it over, then import.",
            format::number(o.rows as i64)
        ),
    }
}

fn tile(label: &str, n: usize, note: &str, tone: Tone) -> Tile {
    Tile { label: label.into(), value: format::number(n as i64), note: note.into(), tone, href: None }
}

/// The rows by what becomes of them.
pub(super) fn counts(look: &Look, o: &Outlook) -> Markup {
    let mut all = vec![tile(look.t("可以导入", "To be taken in"), o.fresh, "", Tone::Plain)];
    if o.changed > 0 {
        all.push(tile(look.t("补充原有的", "Complete what is there"), o.changed, "", Tone::Plain));
    }
    if o.already > 0 {
        all.push(tile(look.t("已有，不重复导入", "There already"), o.already, "", Tone::Plain));
    }
    if o.repeated > 0 {
        all.push(tile(
            look.t("表内重复", "Twice in the sheet"),
            o.repeated,
            look.t("只取一次", "taken once"),
            Tone::Plain,
        ));
    }
    let (tone, note) = match o.refused {
        0 => (Tone::Plain, ""),
        _ => (Tone::Late, look.t("原因见下", "for the reasons below")),
    };
    all.push(tile(look.t("退回", "Refused"), o.refused, note, tone));
    tiles(&all)
}

fn action(look: &Look, import: &Import, o: &Outlook) -> Markup {
    let n = o.fresh + o.changed;
    if n == 0 {
        return html! { p { (look.t("没有新的行可以导入。", "There is no new row to be taken in.")) } };
    }
    let open = (o.fresh + o.already).saturating_sub(o.history);
    let number = |n: usize| format::number(n as i64);
    let label = match look.locale {
        Locale::Zh => format!("导入 {} 行", number(n)),
        Locale::En => format!("Import {} rows", number(n)),
    };
    html! {
        @if import.what == What::Requests {
            p { @match look.locale {
                Locale::Zh => { (number(o.history)) " 行归档为历史件，" (number(open)) " 行成为待分流的诉求。" },
                Locale::En => { (number(o.history)) " rows become history, " (number(open)) " become requests that wait for triage." },
            } }
        }
        p.hint { (look.t("要么全部写入，要么一行也不写。", "All of them are written, or none.")) }
        (form::form(look, &path(import, "/run"), html! { div.actions { (form::submit(&label)) } }))
    }
}

fn columns(look: &Look, pack: &Pack, import: &Import, seen: &Seen) -> Markup {
    if seen.columns.is_empty() {
        return html! {};
    }
    let said = |l: &ColumnLine| import.choice.columns.get(&l.column).is_some_and(String::is_empty);
    let used = |l: &ColumnLine| match &l.field {
        None if said(l) => html! { span.hint { (look.t("不用", "not used")) } },
        Some(field) => html! { b { (fields::label(import.what, pack, field, look.locale)) } },
        None => match &l.suggestion {
            Some(field) => html! {
                (pill(Tone::Soon, &format!("{}{}", look.t("可能是", "perhaps "), fields::label(import.what, pack, field, look.locale))))
            },
            None => html! { span.hint { (look.t("只留在原始行", "original row only")) } },
        },
    };
    let rows = seen.columns.iter().map(|l| {
        let example = if l.example.is_empty() { "—" } else { &l.example };
        Row::new(vec![
            html! { (l.label) },
            html! { (example) },
            used(l),
            html! { a href=(path(import, &format!("/columns/{}", l.column)))
                aria-label={ (look.t("更改这一列：", "Change this column: ")) (l.label) } { (look.t("更改", "Change")) } },
        ])
    });
    let table = Table::new(look, look.t("各列用作什么", "What each column is taken for"))
        .column(Column::new(look.t("表里的列", "Column")).primary())
        .column(Column::new(look.t("例子", "Example")))
        .column(Column::new(look.t("用作", "Taken for")))
        .column(Column::new(""))
        .rows(rows)
        .render();
    card_with(
        look.t("各列用作什么", "What each column is taken for"),
        html! { (missing(look, pack, import, seen)) },
        table,
    )
}

/// What has to be there and is not.
fn missing(look: &Look, pack: &Pack, import: &Import, seen: &Seen) -> Markup {
    // Where all rows are in one unit none has to say it.
    let (what, placed) = (import.what, import.choice.unit.is_some());
    let has = |f: &&str| seen.columns.iter().any(|l| l.field.as_deref() == Some(*f));
    let gone: Vec<String> = fields::needed(what)
        .iter()
        .filter(|group| !group.iter().any(&has))
        .filter(|group| !(placed && group.contains(&"grid")))
        .map(|group| {
            group
                .iter()
                .map(|f| fields::label(what, pack, f, look.locale))
                .collect::<Vec<_>>()
                .join(look.t("或", " or "))
        })
        .collect();
    html! { @for g in gone { (pill(Tone::Late, &format!("{}{g}", look.t("缺：", "missing: ")))) " " } }
}

/// The first rows as they stand, and which of them is taken for the heading.
fn top(look: &Look, seen: &Seen) -> Markup {
    if seen.top.is_empty() {
        return html! {};
    }
    let is_heading = |row: u32| seen.heading.is_some_and(|(first, last)| (first..=last).contains(&row));
    let title = match seen.heading {
        Some(rows) => format!("{}{}", look.t("标题：", "The heading: "), heading(look, rows)),
        None => look.t("没有找到标题行", "No heading was found").to_owned(),
    };
    let rows = html! {
        p.hint { (look.t("标题认错了的，把它的行号填到“怎么读这张表”里。", "Where another row is the heading, give its number under “How the sheet is read”.")) }
        ul.plain { @for (row, text) in &seen.top { li {
            (row) " " @if is_heading(*row) { (pill(Tone::Info, look.t("标题", "heading"))) " " } (text)
        } } }
    };
    if seen.heading.is_some() { disclosure(&title, rows) } else { card(Some(&title), rows) }
}

/// Which rows the heading is in.
pub(super) fn heading(look: &Look, (first, last): (u32, u32)) -> String {
    let rows = if first == last { first.to_string() } else { format!("{first}–{last}") };
    match look.locale {
        Locale::Zh => format!("第 {rows} 行"),
        Locale::En => format!("row {rows}"),
    }
}

/// Reasons, and how often.
fn tally(look: &Look, counts: &[(Say, usize)]) -> Markup {
    html! { ul { @for (say, n) in counts { li { (say.to(look.locale)) " " span.hint { (format::number(*n as i64)) (look.t(" 行", " rows")) } } } } }
}

fn refused(look: &Look, import: &Import, o: &Outlook) -> Markup {
    let rows = o.refusals.iter().map(|(row, why)| {
        let why: Vec<&str> = why.iter().map(|w| w.to(look.locale)).collect();
        Row::new(vec![html! { (row) }, html! { (why.join(" ")) }])
    });
    let table = Table::new(look, look.t("退回的行", "Refused rows"))
        .column(Column::new(look.t("行号", "Row")).primary())
        .column(Column::new(look.t("原因", "Reasons")))
        .rows(rows)
        .render();
    let link = html! { a href=(path(import, "/refused")) download { (look.t("下载退回的行", "Download the refused rows")) } };
    card_with(
        look.t("退回的行", "Refused rows"),
        link,
        html! {
            p.hint { (look.t("下载后按第一列的原因改好，再上传那个文件即可；其余的行不受影响。",
                "Download them, put right what the first column says, and send that file in; the other rows are not affected.")) }
            @if !o.problems.is_empty() { (tally(look, &o.problems)) }
            (table)
            @if o.refused > REFUSED { p.hint { @match look.locale {
                Locale::Zh => { "这里只列前 " (REFUSED) " 行，全部 " (o.refused) " 行在下载的文件里。" },
                Locale::En => { "The first " (REFUSED) " are shown; the file has all " (o.refused) "." },
            } } }
        },
    )
}

fn sample(look: &Look, what: What, o: &Outlook, site: &SharedSite) -> Markup {
    let (requests, zone) = (what == What::Requests, site.zone);
    let class_of = |code: &str| site.pack.class(code).map(|c| c.name.to(look.locale).to_owned());
    let mut table = Table::new(look, look.t("头几行", "The first rows"))
        .column(Column::new(look.t("行号", "Row")).number())
        .column(
            Column::new(if requests { look.t("标题", "Title") } else { look.t("内容", "What") }).primary(),
        );
    if requests {
        table = table
            .column(Column::new(look.t("受理时间", "Received")))
            .column(Column::new(look.t("分类", "Class")))
            .column(Column::new(look.t("地点", "Place")));
    }
    let rows = o.sample.iter().map(|l| {
        let mut cells = vec![html! { (l.row) }, html! { (l.text.to(look.locale)) }];
        if requests {
            let class = class_of(&l.class).unwrap_or_else(|| look.t("待分流", "for triage").to_owned());
            let received =
                l.received_at.map(|at| format::moment_year(look.locale, zone, at)).unwrap_or_default();
            let place = if l.place.is_empty() { "—" } else { &l.place };
            cells.extend([html! { (received) }, html! { (class) }, html! { (place) }]);
        }
        Row::new(cells)
    });
    table.rows(rows).render()
}

fn remarks(look: &Look, o: &Outlook) -> Markup {
    html! {
        @if !o.remarks.is_empty() { div.card {
            ul { @for r in o.remarks.iter().take(REFUSED) { li { (r.to(look.locale)) } } }
            @if o.remarks.len() > REFUSED { p.hint { (look.t("还有 ", "and ")) (o.remarks.len() - REFUSED) (look.t(" 条类似的。", " more.")) } }
        } }
        @if !o.skipped.is_empty() {
            @let title = format!("{} ({})", look.t("不是数据的行", "Rows that are no data"), o.skipped.len());
            (disclosure(&title, html! { ul { @for (row, why) in o.skipped.iter().take(REFUSED) {
                li { (look.t("第 ", "Row ")) (row) (look.t(" 行：", ": ")) (why.to(look.locale)) }
            } } }))
        }
    }
}
