//! What a new request has to be, told all at once and beside each field.

use super::{BODY_MAX, NewRequest, TITLE_MAX};
use crate::ctx::Ctx;
use access::identity::{self, NewPerson};
use kernel::{Error, FieldError, Result, Say, UnitId};
use pack::{Class, PlaceNeed};
use rules::case::Kind;

pub(crate) fn named(p: &NewPerson) -> bool {
    [&p.name, &p.phone, &p.address, &p.idno]
        .into_iter()
        .any(|f| f.as_deref().is_some_and(|t| !t.trim().is_empty()))
}

/// Every fault of the input, each beside its field, before anything is written.
///
/// Errors: [`Error::Invalid`] with all of them.
pub(crate) fn check(ctx: &Ctx, new: &NewRequest) -> Result<()> {
    validate(ctx, new).map(drop)
}

pub(super) struct Valid<'a> {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) answers: serde_json::Value,
    pub(super) class: Option<&'a Class>,
    pub(super) first_unit: UnitId,
}

/// Every fault of the input at once, each beside its field.
pub(super) fn validate<'a>(ctx: &'a Ctx, new: &NewRequest) -> Result<Valid<'a>> {
    let mut faults: Vec<FieldError> = Vec::new();
    let mut fault = |field: &str, zh: String, en: String| {
        faults.push(FieldError { field: field.to_owned(), say: Say::new(zh, en) });
    };
    let pack = &ctx.site.pack;
    let body = new.body.trim().to_owned();
    if body.is_empty() {
        fault("body", "请说说要办什么事。".into(), "Please say what is needed.".into());
    } else if body.chars().count() > BODY_MAX {
        fault(
            "body",
            format!("内容太长，最多 {BODY_MAX} 字，可以把材料作为附件上传。"),
            format!("Too long: at most {BODY_MAX} characters. Longer material can be attached as a file."),
        );
    }
    let title = if new.title.trim().is_empty() { headline(&body) } else { new.title.trim().to_owned() };
    if title.chars().count() > TITLE_MAX {
        fault(
            "title",
            format!("标题最多 {TITLE_MAX} 字。"),
            format!("The title has at most {TITLE_MAX} characters."),
        );
    }
    let class = pack.class(&new.class);
    if !new.class.is_empty() && !class.is_some_and(Class::is_leaf) {
        fault("class", "请选到第三级分类。".into(), "Please choose a class of the third level.".into());
    }
    if let Some(stop) = class.and_then(|c| c.stop.as_ref()).filter(|s| !s.may_go_on) {
        fault("class", stop.text.zh.clone(), stop.text.en.clone());
    }
    let needs_place = class.is_some_and(|c| c.place == PlaceNeed::Required);
    if needs_place && new.place.is_none() && new.place_text.trim().is_empty() && new.point.is_none() {
        fault("place", "请告诉我们在哪里。".into(), "Please tell us where.".into());
    }
    if new.place.is_some_and(|p| ctx.dir.get(p).is_none()) {
        fault(
            "place",
            "没有这个地点，请重新选择。".into(),
            "There is no such place; please choose again.".into(),
        );
    }
    let phone = new.person.phone.as_deref().filter(|p| !p.trim().is_empty());
    if phone.is_some_and(|p| identity::normal_phone(p).is_none()) {
        fault("phone", "电话号码不完整，请检查。".into(), "The telephone number is not complete.".into());
    }
    if class.is_some_and(|c| c.visit)
        && new.person.address.as_deref().is_none_or(|a| a.trim().is_empty())
        && new.place_text.trim().is_empty()
        && new.place.is_none()
    {
        fault(
            "address",
            "这类事项要上门，请留下地址。".into(),
            "This needs a visit: please leave an address.".into(),
        );
    }
    let wish = |kind: Kind| kind == Kind::Wish;
    if new.kind.is_some_and(|kind| wish(kind) != class.is_some_and(|c| wish(c.kind))) {
        faults.push(FieldError {
            field: "kind".into(),
            say: Say::new(
                "微心愿要选心愿的分类，别的诉求不能当微心愿登记。",
                "A wish has a class of wishes, and nothing else is registered as one.",
            ),
        });
    }
    faults.extend(crate::shield::faults(ctx, class, new));
    let mut answers = serde_json::Value::Object(Default::default());
    if let Some(form) = pack.form_of(&new.class).filter(|_| new.asked) {
        match rules::form::validate(form, &new.answers) {
            Ok(clean) => answers = serde_json::to_value(clean).map_err(Error::internal)?,
            Err(more) => faults.extend(more),
        }
    }
    // A complaint is received by whoever decides on it, whichever desk it came to.
    let decides = new.decider.map(|(unit, _)| unit);
    let first_unit = decides.or(new.first_unit).or_else(|| receiving_unit(ctx, new.place));
    match first_unit {
        Some(first_unit) if faults.is_empty() => Ok(Valid { title, body, answers, class, first_unit }),
        None if faults.is_empty() => Err(Error::internal("the register has no unit to receive requests")),
        _ => Err(Error::Invalid(faults)),
    }
}

/// The unit that receives what comes in from outside: the nearest centre that serves the place, the
/// site's own centre where no place is known, the root where there is none.
pub(crate) fn receiving_unit(ctx: &Ctx, place: Option<UnitId>) -> Option<UnitId> {
    let is_centre = |kind: &str| ctx.site.pack.unit_kind(kind).is_some_and(|k| k.centre);
    let root = ctx.dir.root()?.id;
    let place = place.filter(|p| ctx.dir.get(*p).is_some()).unwrap_or(root);
    let mut around = vec![place];
    around.extend(ctx.dir.ancestors(place).iter().rev().map(|u| u.id));
    around
        .into_iter()
        .find_map(|at| {
            let own = ctx.dir.get(at).filter(|u| is_centre(&u.kind));
            own.or_else(|| ctx.dir.children(at).find(|c| is_centre(&c.kind))).map(|u| u.id)
        })
        .or(Some(root))
}

/// A text as everybody may read it: masked, and without the names that we know to be of people who
/// asked, which a program cannot tell from other words.
pub(crate) fn for_all<'n>(text: &str, names: impl Iterator<Item = &'n String>) -> String {
    let mut out = rules::mask::mask(text).text;
    for name in names.map(|n| n.trim()).filter(|n| n.chars().count() > 1) {
        out = out.replace(name, rules::mask::Kind::Name.label());
    }
    out
}

/// How people begin who say who they are before they say what they need.
const OPENINGS: [&str; 13] = [
    "我叫",
    "我是",
    "我姓",
    "本人",
    "姓名",
    "电话",
    "手机",
    "联系",
    "您好",
    "你好",
    "尊敬的",
    "领导",
    "Hello",
];

/// A headline from a text: its first sentence, without who speaks, cut where it is long.
pub fn headline(body: &str) -> String {
    let opens = |clause: &str| OPENINGS.iter().any(|o| clause.trim().starts_with(o));
    let sentences =
        || body.split(['\n', '。', '!', '?', '！', '？']).map(str::trim).filter(|s| !s.is_empty());
    // Cut at a comma only, so that what is kept stands as it was written.
    let said = sentences().find_map(|sentence| {
        let mut rest = sentence;
        while opens(rest) {
            rest = rest.split_once(['，', ',', '、', '；', '：']).map(|(_, after)| after.trim())?;
        }
        Some(rest).filter(|r| !r.is_empty())
    });
    let first = said.or_else(|| sentences().next()).unwrap_or("");
    let mut out: String = first.chars().take(TITLE_MAX - 1).collect();
    if first.chars().count() >= TITLE_MAX {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_says_what_not_who() {
        for (body, title) in [
            ("村口路灯全灭！请来修。", "村口路灯全灭"),
            ("我叫王小明，电话13800001234。母亲走不动，想请人代领补贴。", "母亲走不动，想请人代领补贴"),
            ("您好，我是一组的，家门口水管爆了，请快点。", "家门口水管爆了，请快点"),
            ("领导好！我姓李", "领导好"),
            ("  ", ""),
        ] {
            assert_eq!(headline(body), title, "{body}");
        }
        let long = "长".repeat(80);
        assert_eq!(headline(&long).chars().count(), TITLE_MAX);
    }
}
