//! The fields that a column can be used for, and what people call them.

use super::What;
use kernel::Locale;
use pack::Pack;
use sheets::{List, Recogniser, account_headings, household_headings, request_headings, unit_headings};

fn own(what: What) -> List {
    match what {
        What::Requests => request_headings(),
        What::Units => unit_headings(),
        What::Accounts => account_headings(),
        What::Households => household_headings(),
    }
}

/// The fields that a column can be used for; of households the marks of the pack as well.
pub(super) fn list(what: What, pack: &Pack) -> Vec<String> {
    let mut all: Vec<String> = own(what).iter().map(|(f, _)| (*f).to_owned()).collect();
    if what == What::Households {
        all.extend(register::import::tag_columns(pack).into_iter().map(|(f, _)| f));
    }
    all
}

/// Knows columns by the names people give them.
pub(super) fn recogniser(what: What, pack: &Pack) -> Recogniser {
    match what {
        What::Households => register::import::household_columns(pack),
        _ => Recogniser::new(own(what)),
    }
}

/// Those without which nothing can be taken in; of those in one group any one will do.
pub(super) fn needed(what: What) -> &'static [&'static [&'static str]] {
    match what {
        What::Requests => &[&["title", "body"], &["received_at"]],
        What::Units => &[&["name"]],
        What::Accounts => &[&["name"], &["unit"], &["role"]],
        What::Households => &[&["name", "head"], &["grid", "village"]],
    }
}

/// What people call a field.
pub(super) fn label(what: What, pack: &Pack, field: &str, locale: Locale) -> String {
    let Some(field) = field.strip_prefix("tag:") else { return plain(what, field, locale).to_owned() };
    let (id, part) = field.split_once(':').unwrap_or((field, ""));
    let name = pack.tag(id).map_or(id, |t| t.name.to(locale));
    match part {
        "from" => format!("{name}{}", locale.t("：从哪天起", ": since")),
        "basis" => format!("{name}{}", locale.t("：依据", ": basis")),
        _ => format!("{}{name}", locale.t("标签：", "Mark: ")),
    }
}

fn plain(what: What, field: &str, locale: Locale) -> &str {
    let (zh, en) = match (what, field) {
        (What::Units, "name") => ("单位名称", "Name of the unit"),
        (What::Units, "kind") => ("单位类型", "Kind of unit"),
        (What::Accounts, "name") => ("姓名", "Name"),
        (What::Accounts, "unit") => ("所在单位", "Unit"),
        (What::Accounts, "from") => ("任职日期", "In post from"),
        (What::Accounts, "to") => ("离任日期", "In post until"),
        (What::Households, "name") => ("姓名", "Name"),
        (What::Households, "code") => ("户编号", "The household's code"),
        (What::Households, "from") => ("立户日期", "Household since"),
        (What::Households, "remark") => ("依据", "Basis"),
        (What::Households, "head") => ("户主姓名", "Name of the head"),
        (_, "tags") => ("标签或类别", "Marks"),
        (_, "tags_from") => ("标签从哪天起", "Marks hold since"),
        (_, "tags_basis") => ("标签的依据", "Basis of the marks"),
        (_, "grid") => ("网格", "Grid"),
        (_, "relation") => ("与户主关系", "Relation to the head"),
        (_, "persons") => ("人口", "Persons"),
        (_, "since") => ("迁入日期", "Moved in"),
        (_, "number") => ("编号", "Number"),
        (_, "asker") => ("诉求人", "Who asked"),
        (_, "phone") => ("电话", "Telephone"),
        (_, "id_number") => ("证件号", "Identity number"),
        (_, "address") => ("地址", "Address"),
        (_, "kind") => ("诉求类型", "Kind of need"),
        (_, "title") => ("标题", "Title"),
        (_, "body") => ("内容", "Text"),
        (_, "class") => ("分类", "Class"),
        (_, "class1") => ("一级分类", "Class, first level"),
        (_, "class2") => ("二级分类", "Class, second level"),
        (_, "class3") => ("三级分类", "Class, third level"),
        (_, "place") => ("地点", "Place"),
        (_, "village") => ("村、社区", "Village or community"),
        (_, "channel") => ("渠道", "Channel"),
        (_, "received_at") => ("受理时间", "Received at"),
        (_, "answered_at") => ("答复时间", "Answered at"),
        (_, "answer") => ("答复", "Answer"),
        (_, "unit") => ("承办单位", "Handling unit"),
        (_, "officer") => ("承办人", "Officer"),
        (_, "state") => ("办理状态", "State"),
        (_, "satisfaction") => ("满意度", "Satisfaction"),
        (_, "solved") => ("是否解决", "Solved"),
        (_, "likes") => ("点赞数", "Votes for"),
        (_, "dislikes") => ("反对数", "Votes against"),
        (_, "remark") => ("备注", "Remark"),
        (_, "code") => ("编码", "Code"),
        (_, "short") => ("简称", "Short name"),
        (_, "parent") => ("上级单位", "Unit above"),
        (_, "level") => ("层级", "Level"),
        (_, "head") => ("负责人", "Person in charge"),
        (_, "villages") => ("村数", "Villages"),
        (_, "households") => ("户数", "Households"),
        (_, "members") => ("党员数", "Party members"),
        (_, "people") => ("人口", "People"),
        (_, "duties") => ("职责", "Duties"),
        (_, "latitude") => ("纬度", "Latitude"),
        (_, "longitude") => ("经度", "Longitude"),
        (_, "from") => ("成立日期", "Since"),
        (_, "to") => ("撤销日期", "Until"),
        (_, "login") => ("登录名", "Sign-in name"),
        (_, "role") => ("岗位", "Role"),
        (_, "email") => ("邮箱", "Email"),
        (_, other) => return other,
    };
    locale.t(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_in_both_languages() {
        let pack = pack::load("county").expect("a pack");
        for what in What::ALL {
            for locale in [Locale::Zh, Locale::En] {
                let all = list(what, &pack);
                let mut names: Vec<String> = all.iter().map(|f| label(what, &pack, f, locale)).collect();
                assert!(all.iter().all(|f| label(what, &pack, f, locale) != *f), "{what:?}");
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), all.len(), "{what:?} {locale:?}");
            }
            for field in needed(what).iter().flat_map(|group| group.iter()) {
                assert!(list(what, &pack).iter().any(|f| f == field), "{field}");
            }
        }
    }
}
