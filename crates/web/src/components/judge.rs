//! How people judge: solved or not, and satisfaction in five grades, asked apart.

use crate::form::{Field, FormState, describe, described_by, file_field};
use crate::look::Look;
use maud::{Markup, html};

/// Satisfaction, from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grade(u8);

impl Grade {
    /// Best first, as people are asked.
    pub const ALL: [Grade; 5] = [Grade(5), Grade(4), Grade(3), Grade(2), Grade(1)];

    /// The grade with this number.
    pub fn new(n: u8) -> Option<Grade> {
        (1..=5).contains(&n).then_some(Grade(n))
    }
    /// Its number, 5 is best.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// The word for a grade.
pub fn grade_name<'a>(look: &Look, grade: Grade) -> &'a str {
    match grade.0 {
        5 => look.t("非常满意", "Very satisfied"),
        4 => look.t("满意", "Satisfied"),
        3 => look.t("基本满意", "Fairly satisfied"),
        2 => look.t("不满意", "Dissatisfied"),
        _ => look.t("非常不满意", "Very dissatisfied"),
    }
}

fn mouth(grade: Grade) -> &'static str {
    match grade.0 {
        5 => "M7 13.500a5.200 5.200 0 0 0 10 0z",
        4 => "M7.500 14.200q4.500 4 9 0",
        3 => "M8 15.500h8",
        2 => "M7.500 16.500q4.500-3.500 9 0",
        _ => "M7 17.500a5.200 5.200 0 0 1 10 0z",
    }
}

fn face(grade: Grade) -> Markup {
    html! {
        svg.face viewBox="0 0 24 24" width="32" height="32" aria-hidden="true" focusable="false" {
            circle cx="12" cy="12" r="9.500" {}
            path d="M8.700 9v.800M15.300 9v.800" {}
            path d=(mouth(grade)) {}
        }
    }
}

/// Five grades, each a large target with its word.
pub fn grade_choice(look: &Look, state: &FormState, f: Field) -> Markup {
    let now = state.value(f.name);
    html! {
        fieldset.field.judge.bad[state.error(f.name, look.locale).is_some()] aria-describedby=[described_by(state, &f, look)] {
            legend { (f.label) }
            (describe(look, state, &f))
            div.grades {
                @for g in Grade::ALL {
                    @let id = if g.0 == 5 { format!("f-{}", f.name) } else { format!("f-{}-{}", f.name, g.0) };
                    label class={ "g" (g.0) } for=(id) {
                        input type="radio" id=(id) name=(f.name) value=(g.0) required[f.required] checked[now == g.0.to_string()];
                        (face(g)) span { (grade_name(look, g)) }
                    }
                }
            }
        }
    }
}

/// Yes or no, in words of the question: for example `解决了` and `没有解决`.
pub fn yes_no(look: &Look, state: &FormState, f: Field, yes: &str, no: &str) -> Markup {
    let now = state.value(f.name);
    let id = format!("f-{}", f.name);
    html! {
        fieldset.field.judge.bad[state.error(f.name, look.locale).is_some()] aria-describedby=[described_by(state, &f, look)] {
            legend { (f.label) }
            (describe(look, state, &f))
            div.yesno {
                label.yes for=(id) {
                    input type="radio" id=(id) name=(f.name) value="yes" required[f.required] checked[now == "yes"];
                    (super::icon(super::Icon::Check)) span { (yes) }
                }
                label.no for={ (id) "-no" } {
                    input type="radio" id={ (id) "-no" } name=(f.name) value="no" required[f.required] checked[now == "no"];
                    (super::icon(super::Icon::Cross)) span { (no) }
                }
            }
        }
    }
}

/// Photos and documents with a form.
pub fn attachments(look: &Look, state: &FormState, name: &str) -> Markup {
    let f = Field::new(name, look.t("照片或文件", "Photos or documents")).hint(look.t(
        "最多 9 个，每个不超过 10 MB。照片里的拍摄地点等信息会自动去掉。",
        "Up to 9, each at most 10 MB. Where and how a photo was taken is removed from it.",
    ));
    file_field(look, state, f, "image/jpeg,image/png,image/webp,application/pdf,.doc,.docx,.xls,.xlsx", true)
}
