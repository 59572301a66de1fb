//! Whom a complaint is about: the unit, found by typing, and the person in words. The same on the telephone, at
//! the window and on the hotline.

use crate::ctx::Ctx;
use crate::pages::intake::named_unit;
use crate::shield::{NAME_MAX, Subject};
use kernel::{Result, UnitId};
use maud::{Markup, html};
use pack::SubjectNeed;
use web::form::{Combo, Field, combobox, text_field};
use web::{FormState, Look, Values};

/// The names of the fields, as a part of a page that follows them is told.
pub(crate) const FIELDS: [&str; 3] = ["subject", "subject_label", "subject_name"];

/// The fields, with what becomes of them said above.
pub(crate) fn fields(look: &Look, state: &FormState, ctx: &Ctx, need: SubjectNeed) -> Markup {
    html! {
        section.part {
            h2 { (look.t("反映的是谁", "Whom it is about")) }
            p.hint { (look.t(
                "这件会避开被反映的单位：它和它的人，还有同院的单位，都查不到、数不到，由不相干的上级办。",
                "It is kept from that unit: it, its people and those in its house can neither find nor count it. An uninvolved superior decides.")) }
            (unit(look, state, ctx))
            @if need != SubjectNeed::Unit { (person(look, state, need == SubjectNeed::Person)) }
        }
    }
}

/// The unit.
pub(crate) fn unit(look: &Look, state: &FormState, ctx: &Ctx) -> Markup {
    let now: Option<UnitId> = state.values.parsed("subject");
    let shown = now.and_then(|u| ctx.dir.get(u)).map(|u| u.name(look.locale)).unwrap_or_default();
    let hint = look
        .t("打单位或村的名字，比如“便民服务中心”“柳树村”。", "Type the name of the office or the village.");
    let field = Field::new("subject", look.t("哪个单位", "Which unit")).required().hint(hint);
    combobox(look, state, field, Combo::Source { src: "/subjects/search", label: shown })
}

/// The person, in words.
pub(crate) fn person(look: &Look, state: &FormState, required: bool) -> Markup {
    let hint = look.t(
        "知道就写，比如“窗口的李某”。名字加密保存，只有查办的人看得到。",
        "If you know. The name is kept sealed; only those who look into it see it.",
    );
    let field = Field::new("subject_name", look.t("哪个人", "Which person"));
    let field = field.private().autocomplete("off").max(NAME_MAX).hint(hint);
    text_field(look, state, Field { required, ..field })
}

/// What was said.
///
/// Errors: at the field, where no unit or more than one fits what was typed.
pub(crate) fn read(ctx: &Ctx, v: &Values) -> Result<Subject> {
    let unit = named_unit(ctx, v, "subject", "单位", "unit")?;
    Ok(Subject { unit, name: v.one("subject_name").trim().to_owned() })
}
