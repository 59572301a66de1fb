//! The rules in force 现行规则, in plain words, made from the pack: so that what is shown is what is done.
//! Classes and courses are long: each branch and each course has a page of its own.

use access::{SharedSite, Visitor};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use kernel::{Error, Locale};
use maud::{Markup, html};
use pack::{ClassRow, RulesPage, TrackPage};
use web::components::{Column, Icon, Row, Table, card, definitions, icon};
use web::page::Crumb;
use web::{Look, Page, PageResult};

/// `GET /rules`; with `all=1` nothing of it is folded.
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let rules = pack::describe(&site.pack);
    let open = query.iter().any(|(k, v)| k == "all" && v == "1");
    Ok(view(&visitor.look, &rules, open).into_response())
}

/// `GET /rules/classes/{code}`: the classes below one of the first level.
pub(super) async fn branch(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> PageResult {
    let rules = pack::describe(&site.pack);
    let look = &visitor.look;
    let first = rules.classes.iter().find(|c| c.depth == 1 && c.code == code).ok_or(Error::NotFound)?;
    let name = first.name.to(look.locale);
    Ok(below(look, name).main(card(None, classes_of(look, &rules.classes, first))).into_response())
}

/// `GET /rules/courses/{id}`: one course, step by step.
pub(super) async fn one_course(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> PageResult {
    let rules = pack::describe(&site.pack);
    let look = &visitor.look;
    let track = rules.tracks.iter().find(|t| t.id == id).ok_or(Error::NotFound)?;
    Ok(below(look, track.name.to(look.locale)).main(card(None, course(look, track, false))).into_response())
}

fn below(look: &Look, title: &str) -> Page {
    let up = Crumb { href: "/rules".into(), label: look.t("现行规则", "Rules in force").to_owned() };
    Page::new(look, title).at("/rules").crumbs(vec![up])
}

fn view(look: &Look, rules: &RulesPage, open: bool) -> Page {
    let l = look.locale;
    let parts = [
        ("counting", "日子怎么数", "How days are counted"),
        ("classes", "分类、时限、谁来办", "Classes, limits, who handles them"),
        ("limits", "每条时限的出处", "Every limit with its source"),
        ("courses", "一步一步怎么办", "The course, step by step"),
        ("notices", "什么时候告知什么", "What you are told, and when"),
        ("grounds", "哪些不受理，该去哪里", "What is not accepted, and where to go"),
        ("supervision", "督办", "Supervision"),
        ("identity", "谁看得到您是谁，保存多久", "Who sees who you are, and for how long it is kept"),
    ];
    Page::new(look, format!("{} · {}", look.t("现行规则", "Rules in force"), rules.name.to(l)))
        .at("/rules")
        .lede(html! {
            (rules.about.to(l)) " "
            (look.t("版本", "Version")) " " (rules.version) " · "
            (look.t("自", "in force since")) " " (rules.valid_from) (look.t(" 起施行", ""))
        })
        .main(html! { nav.toc aria-label=(look.t("本页目录", "On this page")) { ul {
            @for (id, zh, en) in parts { li { a href={ "#" (id) } { (look.t(zh, en)) } } }
        } }
        @if !open { p.screen { a href="/rules?all=1" { (look.t("全部展开", "Unfold all")) } } } })
        .main(long(
            parts[0],
            look,
            open,
            html! {
                ul { @for s in &rules.counting { li { (s.to(l)) } } }
                ul { @for s in &rules.other { li { (s.to(l)) } } }
            },
        ))
        .main(section("classes", look.t(parts[1].1, parts[1].2), classes(look, &rules.classes, open)))
        .main(long(parts[2], look, open, limits(look, rules)))
        .main(section(
            "courses",
            look.t(parts[3].1, parts[3].2),
            html! {
                @if open {
                    @for track in &rules.tracks { h3 { (track.name.to(l)) } (course(look, track, true)) }
                } @else {
                    ul.plain { @for track in &rules.tracks {
                        li { a href={ "/rules/courses/" (track.id) } { (track.name.to(l)) } }
                    } }
                }
                p { a href="/access/why" { (look.t("谁可以做什么：权限表", "Who may do what: the table of permissions")) } }
            },
        ))
        .main(long(parts[4], look, open, notices(look, rules)))
        .main(long(parts[5], look, open, grounds(look, rules)))
        .main(section("supervision", look.t(parts[6].1, parts[6].2), supervision(look, rules)))
        .main(section(
            "identity",
            look.t(parts[7].1, parts[7].2),
            html! { ul { @for s in &rules.identity { li { (s.to(l)) } } } },
        ))
}

fn section(id: &str, title: &str, body: Markup) -> Markup {
    html! { div id=(id) { (card(Some(title), body)) } }
}

/// A part that fills several screens of a phone: folded, until it is opened, linked to or printed. What an address
/// points at lies inside, so that browsers unfold it of their own accord.
fn long((id, zh, en): (&str, &str, &str), look: &Look, open: bool, body: Markup) -> Markup {
    html! { section.card { details.fold.keep open[open] {
        summary { (icon(Icon::Forward)) h2 { (look.t(zh, en)) } }
        div id=(id) { (body) }
    } } }
}

/// The branches of the first level, each with how many classes it has; unfolded, with the classes.
fn classes(look: &Look, all: &[ClassRow], open: bool) -> Markup {
    let l = look.locale;
    if open {
        return html! { @for first in all.iter().filter(|c| c.depth == 1) {
            h3 { (first.name.to(l)) } (classes_of(look, all, first))
        } };
    }
    html! { ul.plain { @for first in all.iter().filter(|c| c.depth == 1) {
        @let n = leaves(all, first).count();
        li {
            a href={ "/rules/classes/" (first.code) } { (first.name.to(l)) }
            " " span.hint { (n) (look.t(" 类", if n == 1 { " class" } else { " classes" })) }
        }
    } } }
}

fn leaves<'a>(all: &'a [ClassRow], first: &ClassRow) -> impl Iterator<Item = &'a ClassRow> {
    let below = format!("{}.", first.code);
    all.iter().filter(move |c| c.depth == 3 && c.code.starts_with(&below))
}

fn classes_of(look: &Look, all: &[ClassRow], first: &ClassRow) -> Markup {
    let l = look.locale;
    let table = leaves(all, first).fold(
        Table::new(look, first.name.to(l))
            .column(Column::new(look.t("分类", "Class")).primary())
            .column(Column::new(look.t("谁来办", "Who")))
            .column(Column::new(look.t("答复时限", "Answer within")))
            .column(Column::new(look.t("办结凭据", "Evidence")))
            .column(Column::new(look.t("公开", "Published")).seldom()),
        |t, c| {
            t.row(Row::new(vec![
                html! {
                    (c.name.to(l))
                    @if let Some(note) = &c.note { br; small { (note.to(l)) } }
                    @if !c.call.is_empty() { br; strong { (look.t("请先拨打 ", "Call first: ")) (c.call.join(" ")) } }
                },
                html! { (c.handler.to(l)) },
                html! { (c.answer.to(l)) },
                html! { (c.evidence.to(l)) },
                html! { (c.moderation.to(l)) },
            ]))
        },
    );
    table.render()
}

fn limits(look: &Look, rules: &RulesPage) -> Markup {
    let l = look.locale;
    let table = rules.limits.iter().fold(
        Table::new(look, look.t("时限与出处", "Limits and sources"))
            .column(Column::new(look.t("时限", "Clock")).primary())
            .column(Column::new(look.t("适用", "Applies to")))
            .column(Column::new(look.t("多久", "How long")))
            .column(Column::new(look.t("出处", "Source")))
            .column(Column::new(look.t("核对情况", "Checked")).seldom()),
        |t, row| {
            t.row(Row::new(vec![
                html! { (row.clock.to(l)) },
                html! { (row.applies.to(l)) },
                html! { (row.limit.to(l)) },
                html! { (row.citation.to(l)) },
                html! { (row.tag.to(l)) },
            ]))
        },
    );
    table.render()
}

/// The steps of a course; below its own name where it is one of several on the page.
fn course(look: &Look, track: &TrackPage, below: bool) -> Markup {
    let l = look.locale;
    html! { @for step in &track.steps {
        @let head = html! {
            (step.state.to(l))
            @if let Some(owner) = &step.owner { " · " (look.t("由", "next: ")) (owner.to(l)) (look.t("来办", "")) }
            @if let Some(clock) = &step.clock { " · " (clock.to(l)) }
        };
        @if below { h4 { (head) } } @else { h3 { (head) } }
        ul { @for edge in &step.edges { li {
            strong { (edge.verb.to(l)) } " → " (edge.to.to(l)) " · " (edge.who.to(l))
            @if !edge.needs.zh.is_empty() { "; " (look.t("要有：", "needs: ")) (edge.needs.to(l)) }
            @if !edge.notices.zh.is_empty() { "; " (look.t("并告知：", "tells: ")) (edge.notices.to(l)) }
            @if !edge.starts.zh.is_empty() { "; " (look.t("开始计时：", "time begins: ")) (edge.starts.to(l)) }
            @if !edge.stops.zh.is_empty() { "; " (look.t("停止计时：", "time ends: ")) (edge.stops.to(l)) }
        } } }
    } }
}

fn notices(look: &Look, rules: &RulesPage) -> Markup {
    let l = look.locale;
    let table = rules.notices.iter().fold(
        Table::new(look, look.t("告知", "Notices"))
            .column(Column::new(look.t("什么时候", "When")).primary())
            .column(Column::new(look.t("告知谁", "To whom")))
            .column(Column::new(look.t("怎么说", "Wording"))),
        |t, n| t.row(Row::new(vec![html! {
            @match &n.notice { Some(notice) => strong { (notice.to(l)) }, None => (plain(l, n.subject.to(l))) }
        }, html! { (n.to.to(l)) }, html! { (plain(l, n.body.to(l))) }])),
    );
    table.render()
}

/// A wording with its placeholders as one would say them: `〔编号〕` for `{number}`.
fn plain(locale: Locale, text: &str) -> String {
    const WORDS: [(&str, &str, &str); 24] = [
        ("site", "平台", "site"),
        ("number", "编号", "number"),
        ("code", "查询码", "query code"),
        ("title", "事由", "matter"),
        ("unit", "单位", "unit"),
        ("officer", "责任人", "officer"),
        ("phone", "电话", "telephone"),
        ("due", "期限", "date"),
        ("url", "网址", "address"),
        ("answer", "答复", "answer"),
        ("reason", "理由", "reason"),
        ("hotline", "热线", "hotline"),
        ("ground", "依据", "ground"),
        ("clock", "时限名称", "name of the limit"),
        ("ruling", "复核结论", "ruling"),
        ("ending", "办结方式", "how it ended"),
        ("right_way", "应走的途径", "right way"),
        ("leaf", "封存码", "seal code"),
        ("question", "要补充的", "question"),
        ("grade", "评价或级别", "grade"),
        ("days", "天数", "days"),
        ("count", "件数", "count"),
        ("date", "日期", "date"),
        ("other", "另一件的编号", "other number"),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (name, zh, en)| {
        text.replace(&format!("{{{name}}}"), locale.t(&format!("〔{zh}〕"), &format!("[{en}]")))
    })
}

fn grounds(look: &Look, rules: &RulesPage) -> Markup {
    let l = look.locale;
    let table = rules.grounds.iter().fold(
        Table::new(look, look.t("不予受理", "Not accepted"))
            .column(Column::new(look.t("情形", "Ground")).primary())
            .column(Column::new(look.t("应走的途径", "The right way")))
            .column(Column::new(look.t("出处", "Source"))),
        |t, (ground, way, source)| {
            t.row(Row::new(vec![html! { (ground.to(l)) }, html! { (way.to(l)) }, html! { (source.to(l)) }]))
        },
    );
    table.render()
}

fn supervision(look: &Look, rules: &RulesPage) -> Markup {
    let l = look.locale;
    html! { @for g in &rules.supervision {
        h3 { (g.name.to(l)) }
        p { (g.text.to(l)) }
        (definitions(&[
            (look.t("谁签发", "Issued by"), html! { (g.who.to(l)) }),
            (look.t("多久回复", "Reply within"), html! { (g.limit.to(l)) }),
            (look.t("系统什么时候提议", "Proposed when"), html! { @if g.when.is_empty() { "—" } ul.plain { @for w in &g.when { li { (w.to(l)) } } } }),
            (look.t("出处", "Source"), html! { (g.citation.to(l)) }),
        ]))
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_points_at_lies_inside_of_what_is_folded() {
        let look = Look::new(Locale::En);
        let part =
            |open| long(("limits", "时限", "Limits"), &look, open, html! { "five days" }).into_string();
        let (folded, unfolded) = (part(false), part(true));
        assert!(folded.contains("<details class=\"fold keep\"><summary>"), "{folded}");
        assert!(folded.contains("<div id=\"limits\">five days</div></details>"), "{folded}");
        assert!(unfolded.contains("<details class=\"fold keep\" open><summary>"), "{unfolded}");
    }

    #[test]
    fn unfolded_it_is_one_page_with_every_class_and_every_step() {
        let rules = pack::describe(&pack::load_builtin("county").expect("a pack"));
        let look = Look::new(Locale::Zh);
        let page = view(&look, &rules, true).render().into_string();
        for class in rules.classes.iter().filter(|c| c.depth == 3) {
            assert!(page.contains(&class.name.zh), "{}", class.name.zh);
        }
        for step in rules.tracks.iter().flat_map(|t| &t.steps) {
            assert!(page.contains(&format!("<h4>{}", step.state.zh)), "{}", step.state.zh);
        }
        assert!(!page.contains("/rules/courses/") && !page.contains("<details class=\"fold keep\"><"));
    }

    #[test]
    fn every_placeholder_has_a_word() {
        for name in pack::PLACEHOLDERS {
            let text = format!("{{{name}}}");
            for locale in [Locale::Zh, Locale::En] {
                assert_ne!(plain(locale, &text), text);
            }
        }
    }
}
