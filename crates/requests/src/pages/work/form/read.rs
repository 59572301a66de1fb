//! Reading what several forms have in common.

use crate::ctx::Ctx;
use kernel::{Error, Result, UnitId};
use rules::case::{Kind, Urgency};
use web::Values;
use web::form::combo_answer;

/// The unit that was chosen, or typed where there is no script.
///
/// Errors: [`Error::Invalid`] at the field, where no unit or more than one fits.
pub(crate) fn unit_of(ctx: &Ctx, v: &Values, name: &str) -> Result<UnitId> {
    let given = combo_answer(v, name);
    // A plain list sends the value alone.
    let chosen = if given.typed.is_empty() { v.one(name) } else { &given.value };
    if let Some(unit) = chosen.parse().ok().and_then(|id: UnitId| ctx.dir.get(id)) {
        let names = [unit.name.zh.as_str(), unit.name.en.as_str()];
        if given.typed.is_empty() || names.contains(&given.typed.as_str()) {
            return Ok(unit.id);
        }
    }
    let found = ctx.dir.search(&given.typed, ctx.today(), 2);
    match found.as_slice() {
        [] if given.typed.is_empty() => Err(Error::field(name, "请选择单位。", "Please choose the unit.")),
        [] => Err(Error::field(
            name,
            format!("没有找到“{}”，请换个写法。", given.typed),
            format!("No unit is called \"{}\".", given.typed),
        )),
        [one] => Ok(one.id),
        [first, second] if first.name.zh == given.typed && second.name.zh != given.typed => Ok(first.id),
        _ => Err(Error::field(
            name,
            format!("有几个单位都叫“{}”，请加上乡镇或村名。", given.typed),
            format!("Several units fit \"{}\": add the township or village.", given.typed),
        )),
    }
}

/// The unit, where one was given at all.
pub(crate) fn unit_if(ctx: &Ctx, v: &Values, name: &str) -> Result<Option<UnitId>> {
    let given = combo_answer(v, name);
    if given.typed.is_empty() && v.opt(name).is_none() { Ok(None) } else { unit_of(ctx, v, name).map(Some) }
}

/// The class that was chosen, or typed where there is no script.
///
/// Errors: [`Error::Invalid`] at the field, where no class fits.
pub(crate) fn class_of(ctx: &Ctx, v: &Values) -> Result<String> {
    let given = combo_answer(v, "class");
    let pack = &ctx.site.pack;
    let chosen = if given.typed.is_empty() { v.one("class") } else { &given.value };
    if let Some(class) = pack.class(chosen).filter(|c| c.is_leaf()) {
        return Ok(class.code.clone());
    }
    match pack.find_classes(&given.typed, 1).as_slice() {
        [best] => Ok(best.code.clone()),
        _ => Err(Error::field("class", "请选到第三级分类。", "Please choose a class of the third level.")),
    }
}

/// What kind of need.
pub(crate) fn kind_of(v: &Values) -> Result<Kind> {
    Kind::from_key(v.one("kind"))
        .ok_or_else(|| Error::field("kind", "请选择诉求性质。", "Please choose what kind of need."))
}

/// How soon.
pub(crate) fn urgency_of(v: &Values) -> Result<Urgency> {
    Urgency::from_key(v.one("urgency"))
        .ok_or_else(|| Error::field("urgency", "请选择缓急。", "Please choose how urgent it is."))
}
