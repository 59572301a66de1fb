//! The forms by which items and parties come into the file.

use super::File;
use crate::acts::mediation::{self as acts, Side};
use maud::{Markup, html};
use rules::mediation::{FileItem, Performed, Source};
use web::FormState;
use web::components::{actions, attachments, card, disclosure, grade_choice};
use web::form::{
    Choice, Field, FormOptions, date_field, error_summary, form, form_with, hidden, select, submit,
    text_field, textarea,
};

/// The form by which an item comes into the file.
pub(super) fn item(f: &File, s: &FormState) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let items: Vec<Choice> =
        FileItem::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let action = format!("/requests/{}/file", row.number);
    let options = FormOptions { action: &action, files: true, ..FormOptions::default() };
    card(
        Some(eye.t("材料入卷", "Put an item in")),
        form_with(
            &eye.look,
            options,
            html! {
                (error_summary(&eye.look, s))
                (hidden("seq", &row.seq.to_string()))
                (select(&eye.look, s, Field::new("item", eye.t("材料", "Item")).required(), &items))
                (date_field(&eye.look, s, Field::new("date", eye.t("材料上的日期", "The day on it")).required()))
                (date_field(&eye.look, s, Field::new("perform_by", eye.t("履行期限", "To be performed by")).hint(eye.t("调解协议书要填", "for an agreement"))))
                (textarea(&eye.look, s, Field::new("words", eye.t("主要内容", "What it says")).max(2_000)
                    .hint(eye.t("姓名和号码会自动隐去，原文加密保存", "Names and numbers are hidden; the words themselves lie sealed")), 3))
                (taken_in(f, s))
                (visited(f, s))
                (attachments(&eye.look, s, "files"))
                (actions(submit(eye.t("入卷", "Put it in"))))
            },
        ),
    )
}

/// The form by which a party is noted.
pub(super) fn party(f: &File, s: &FormState) -> Markup {
    let (eye, row) = (&f.eye, &f.case.row);
    let sides: Vec<Choice> =
        Side::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let body = form(
        &eye.look,
        &format!("/requests/{}/parties", row.number),
        html! {
            (error_summary(&eye.look, s))
            (hidden("seq", &row.seq.to_string()))
            (select(&eye.look, s, Field::new("side", eye.t("哪一方", "Side")).required(), &sides))
            (text_field(&eye.look, s, Field::new("name", eye.t("姓名", "Name")).required().private().max(acts::NAME_MAX)))
            (text_field(&eye.look, s, Field::new("phone", eye.t("电话", "Telephone")).private().max(20)))
            (text_field(&eye.look, s, Field::new("address", eye.t("住址", "Address")).private().max(100)))
            (text_field(&eye.look, s, Field::new("idno", eye.t("身份证号", "Identity number")).private().max(20)))
            (disclosure(eye.t("申请书上还要写的", "What an application asks besides"), html! {
                (text_field(&eye.look, s, Field::new("sex", eye.t("性别", "Sex")).private().max(10)))
                (text_field(&eye.look, s, Field::new("age", eye.t("年龄", "Age")).kind("number").private().max(3)))
                (text_field(&eye.look, s, Field::new("work", eye.t("职业", "Work")).private().max(40)))
            }))
            p.hint { (eye.t("页面上只显示姓。要看全部，登记目的后在“查看身份”的原文里看。", "Pages show the family name alone. The rest is read by a recorded look.")) }
            (actions(submit(eye.t("登记当事人", "Note the party"))))
        },
    );
    card(None, if s.errors.is_empty() { disclosure(eye.t("登记当事人", "Note a party"), body) } else { body })
}

/// What the register of acceptance asks; folded away, for it is one item of many.
fn taken_in(f: &File, s: &FormState) -> Markup {
    let eye = &f.eye;
    let sources: Vec<Choice> =
        Source::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let fields = select(
        &eye.look,
        s,
        Field::new("source", eye.t("案件来源", "Where the dispute came from")),
        &sources,
    );
    folded(s, &["source"], eye.t("受理登记表要填的", "For the register of acceptance"), fields)
}

/// What the record of a return visit asks.
fn visited(f: &File, s: &FormState) -> Markup {
    let eye = &f.eye;
    let parties: Vec<Choice> = f
        .parties
        .iter()
        .map(|p| Choice::new(p.no.to_string(), format!("{} {}", p.side.name().to(eye.locale()), p.shown)))
        .collect();
    let performed: Vec<Choice> =
        Performed::ALL.iter().map(|i| Choice::new(i.key(), i.name().to(eye.locale()))).collect();
    let fields = html! {
        (select(&eye.look, s, Field::new("visited", eye.t("受访人", "Who was visited")), &parties))
        (select(&eye.look, s, Field::new("performed", eye.t("履行情况", "How far it is performed")), &performed))
        (grade_choice(&eye.look, s, Field::new("satisfied", eye.t("对调解满意不满意", "Satisfied with the mediation?"))))
    };
    let names = ["visited", "performed", "satisfied"];
    folded(s, &names, eye.t("回访记录要填的", "For the record of a return visit"), fields)
}

/// Folded away, but where something in it is wrong.
fn folded(s: &FormState, names: &[&str], title: &str, fields: Markup) -> Markup {
    if s.errors.iter().any(|e| names.contains(&e.field.as_str())) {
        fields
    } else {
        disclosure(title, fields)
    }
}
