//! The conditions of a ledger: as chips that can be taken away, and as a form folded under them.

use super::{choices, labels};
use crate::Ctx;
use crate::export::{Asked, Book, Column, NONE};
use crate::pages::eye::Eye;
use kernel::{DAY, Locale, Result};
use maud::{Markup, html};
use rules::case::{Kind, State, Urgency, Word};
use web::components::{Chip, disclosure};
use web::form::{self, Choice, Combo, Field};
use web::{FormState, Values};

/// What is set, each taken away by a click; then a few that are often wanted.
pub(super) fn chip_list(eye: &Eye, asked: &Asked) -> Vec<Chip> {
    let mut out: Vec<Chip> = labels::labels(eye, asked)
        .into_iter()
        .map(|l| {
            let less =
                if l.name == "from" { asked.without("from").without("to") } else { asked.without(l.name) };
            Chip { label: l.text, href: less.href(), on: true, ..Chip::default() }
        })
        .collect();
    let more =
        |label: &str, asked: Asked| Chip { label: label.to_owned(), href: asked.href(), ..Chip::default() };
    if asked.get("from").is_empty() && asked.get("to").is_empty() {
        let from = eye.ctx.site.zone.date(eye.ctx.at.plus(-89 * DAY));
        out.push(more(eye.t("近 90 天", "Last 90 days"), asked.with("from", &from.to_string())));
    }
    for (name, zh, en) in [("supervised", "督办中", "Supervised"), ("reworked", "重办过", "Reworked")] {
        if asked.get(name).is_empty() {
            out.push(more(eye.t(zh, en), asked.with(name, "yes")));
        }
    }
    if !asked.is_bare() {
        out.push(more(eye.t("取消全部", "Take all away"), asked.bare()));
    }
    out
}

/// The form with all conditions and the columns.
pub(super) fn fold(eye: &Eye, asked: &Asked, book: &Book) -> Markup {
    let look = &eye.look;
    let mut values = Values::default();
    for name in crate::export::NAMES {
        values.set(name, asked.get(name));
    }
    values.set("unit", &book.code);
    asked.columns().iter().for_each(|c| values.push("col", c.key()));
    let state = FormState { values, errors: asked.faults() };
    let field = Field::new;
    let unit_name = |code: &str| labels::unit(eye, code);
    let class = match asked.get("class") {
        "" => String::new(),
        code => eye.ctx.site.pack.class(code).map_or(code.to_owned(), |c| c.name.to(eye.locale()).to_owned()),
    };
    let officer = match asked.get("officer") {
        "" => String::new(),
        id => eye.officer(id.parse().ok()).to_owned(),
    };
    let find = |f, what: &str, label: &str| {
        let src = format!("/requests/choices/{what}");
        form::combobox(look, &state, f, Combo::Source { src: &src, label })
    };
    let pick = |f, list: Vec<Choice>| form::select(look, &state, f, &list);
    let body = html! {
        form.filter method="get" action="/requests" {
            (form::hidden("filter", "1"))
            @for kept in ["first", "unmoderated"] {
                @if !asked.get(kept).is_empty() { (form::hidden(kept, asked.get(kept))) }
            }
            (form::text_field(look, &state, field("q", eye.t("词语、编号、电话后四位", "Words, number, last 4 digits")).kind("search").private().key("f")))
            (find(field("unit", eye.t("哪个单位的台账", "Whose ledger")), "unit", &book.name(&eye.ctx, eye.locale())))
            (pick(field("standing", eye.t("办到哪一步", "Where it stands")), standings(eye.locale())))
            (form::date_field(look, &state, field("from", eye.t("受理日期从", "Received from"))))
            (form::date_field(look, &state, field("to", eye.t("到", "Up to and with"))))
            (form::date_field(look, &state, field("as_of", eye.t("截至哪一天所知", "As known on"))
                .hint(eye.t("留空就是现在。填了日期，就按那天结束时知道的算，后来的变化不算。", "Empty for now. With a day: as it was known when that day ended; what changed later does not count."))))
            (find(field("class", eye.t("类别", "Class")), "class", &class))
            (find(field("place", eye.t("地点", "Place")), "place", &unit_name(asked.get("place"))))
            (find(field("handling", eye.t("承办单位", "Handling unit")), "handling", &unit_name(asked.get("handling"))))
            (find(field("officer", eye.t("责任人", "Officer")), "officer", &officer))
            (pick(field("level", eye.t("承办层级", "Level of the unit")), levels(eye)))
            (pick(field("channel", eye.t("渠道", "Channel")), channels(eye)))
            (pick(field("kind", eye.t("类型", "Kind")), named(eye, Kind::ALL.iter().map(|k| (k.key(), k.name())))))
            (pick(field("urgency", eye.t("紧急程度", "Urgency")), named(eye, Urgency::ALL.iter().map(|k| (k.key(), k.name())))))
            (pick(field("word", eye.t("诉求人评价", "Person's word")), words(eye)))
            (pick(field("answered", eye.t("已答复", "Answered")), yes_no(eye)))
            (pick(field("on_time", eye.t("按时答复", "Answered on time")), yes_no(eye)))
            (pick(field("satisfied", eye.t("满意", "Satisfied")), yes_no(eye)))
            (pick(field("supervised", eye.t("督办中", "Supervised")), only_yes(eye)))
            (pick(field("reworked", eye.t("重办过", "Reworked")), only_yes(eye)))
            (pick(field("sort", eye.t("顺序", "Order")), vec![
                Choice::new("", eye.t("最近受理的在前", "Latest received first")),
                Choice::new("due", eye.t("先到期的在前", "Due first")),
            ]))
            (form::checkboxes(look, &state, field("col", eye.t("显示哪些列", "Columns")),
                &Column::ALL.iter().map(|c| Choice::new(c.key(), c.name().to(eye.locale()))).collect::<Vec<_>>()))
            div.actions { (form::submit(eye.t("查看", "Show"))) a.btn.quiet href=(asked.bare().href()) { (eye.t("取消全部条件", "Take all conditions away")) } }
        }
    };
    if !state.errors.is_empty() {
        // Not folded away: there is something to correct in it.
        return html! { section.card { (form::error_summary(look, &state)) (body) } };
    }
    disclosure(eye.t("全部条件和列", "All conditions and columns"), body)
}

fn any(eye: &Eye) -> Choice {
    Choice::new("", eye.t("不限", "Any"))
}

fn standings(locale: Locale) -> Vec<Choice> {
    let words = ["", "live", "overdue", "today", "week", "ended"];
    let states = State::ALL.iter().map(|s| s.key());
    words.into_iter().chain(states).map(|w| Choice::new(w, labels::standing(locale, w))).collect()
}

fn levels(eye: &Eye) -> Vec<Choice> {
    let levels = eye.ctx.site.pack.levels.iter().map(|l| Choice::new(&l.id, l.name.to(eye.locale())));
    std::iter::once(any(eye)).chain(levels).collect()
}

fn channels(eye: &Eye) -> Vec<Choice> {
    let channels = eye.ctx.site.pack.channels.iter().map(|c| Choice::new(&c.id, c.name.to(eye.locale())));
    std::iter::once(any(eye)).chain(channels).collect()
}

fn named(eye: &Eye, all: impl Iterator<Item = (&'static str, kernel::Say)>) -> Vec<Choice> {
    let all = all.map(|(key, name)| Choice::new(key, name.to(eye.locale())));
    std::iter::once(any(eye)).chain(all).collect()
}

fn words(eye: &Eye) -> Vec<Choice> {
    let mut out = named(eye, Word::ALL.iter().map(|k| (k.key(), k.name())));
    out.push(Choice::new(NONE, labels::missing(eye.locale(), "word")));
    out
}

fn yes_no(eye: &Eye) -> Vec<Choice> {
    vec![any(eye), Choice::new("yes", eye.t("是", "Yes")), Choice::new("no", eye.t("否", "No"))]
}

fn only_yes(eye: &Eye) -> Vec<Choice> {
    vec![any(eye), Choice::new("yes", eye.t("是", "Yes"))]
}

/// What the form sent. Without a script the fields that find one of many bring only what was typed; it
/// is looked up here, and what fits nothing is kept as it is, so that the list says so.
pub(super) async fn read(ctx: &Ctx, locale: Locale, values: &Values) -> Result<Asked> {
    let mut asked = Asked::read(values);
    let columns: Vec<Column> = values.all("col").iter().filter_map(|k| Column::from_key(k)).collect();
    asked = asked.with("cols", &Column::keys(&columns));
    for name in ["unit", "class", "place", "handling", "officer"] {
        let answer = form::combo_answer(values, name);
        if answer.typed.is_empty() {
            asked = asked.without(name);
            continue;
        }
        if label(ctx, locale, name, &answer.value).await? == answer.typed {
            continue;
        }
        let typed = answer.typed.as_str();
        let hits = match name {
            "class" => choices::classes(ctx, locale, typed),
            "officer" => choices::officers(ctx, typed).await?,
            "place" => choices::units(ctx, locale, typed, |u| choices::is_place(ctx, u)),
            _ => choices::units(ctx, locale, typed, |_| true),
        };
        let value = hits.first().map_or_else(|| typed.to_owned(), |h| h.value.clone());
        asked = asked.with(name, &value);
    }
    Ok(asked)
}

/// What the value of a field is called.
async fn label(ctx: &Ctx, locale: Locale, name: &str, value: &str) -> Result<String> {
    Ok(match name {
        _ if value.is_empty() => String::new(),
        "class" | "place" | "officer" if value == NONE => labels::missing(locale, name).to_owned(),
        "class" => ctx.site.pack.class(value).map(|c| c.name.to(locale).to_owned()).unwrap_or_default(),
        "officer" => match value.parse().ok() {
            Some(id) => ctx.read(move |tx, _| crate::staff::name_of(tx, Some(id))).await?,
            None => String::new(),
        },
        "unit" if value == crate::export::MINE => locale.t("我负责的", "Mine").to_owned(),
        _ => labels::unit(&Eye::new(&web::Look::new(locale), ctx), value),
    })
}
