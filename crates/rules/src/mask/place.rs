//! House numbers: road and village stay, what leads to a door goes.

use super::{Kind, Sheet, ends, starts};

/// Parts of an address, longest first where one begins with another.
const UNITS: [&str; 14] =
    ["号楼", "号院", "号房", "号", "栋", "幢", "座", "单元", "室", "楼", "层", "户", "门", "排"];

/// What a bare `12号` has to follow to be a house.
const ROADS: [&str; 40] = [
    "路",
    "街",
    "巷",
    "弄",
    "道",
    "胡同",
    "村",
    "组",
    "寨",
    "庄",
    "湾",
    "坪",
    "坝",
    "屯",
    "堡",
    "沟",
    "坡",
    "冲",
    "塘",
    "苑",
    "园",
    "城",
    "里",
    "坊",
    "府",
    "庭",
    "轩",
    "阁",
    "小区",
    "社区",
    "花园",
    "公寓",
    "大厦",
    "大院",
    "家属院",
    "宿舍",
    "新村",
    "段",
    "区",
    "广场",
];

/// What turns a house into something else: a line of the underground, a document, an order.
const NOT_A_HOUSE: [&str; 14] =
    ["线", "文", "令", "召", "机", "码", "公告", "通知", "井", "桥", "车", "泵", "变压器", "电梯"];

struct Part {
    end: usize,
    unit: &'static str,
    digits: usize,
}

fn numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百〇零甲乙丙丁".contains(c)
}

/// A number and its unit at `at`.
fn part(chars: &[char], at: usize) -> Option<Part> {
    let mut i = at + usize::from(chars.get(at) == Some(&'第'));
    let letters = chars[i..].iter().take(2).take_while(|c| c.is_ascii_alphabetic()).count();
    i += letters;
    let begin = i;
    while i < chars.len() && (numeral(chars[i]) || (i > begin && matches!(chars[i], '-' | '–' | '之'))) {
        i += 1;
    }
    let digits = i - begin;
    if digits == 0 && letters == 0 {
        return None;
    }
    i += chars[i..].iter().take(1).filter(|c| c.is_ascii_alphabetic() || **c == ' ').count();
    let len = starts(&chars[i..], &UNITS)?;
    let unit = UNITS.iter().find(|u| u.chars().count() == len && starts(&chars[i..], &[u]).is_some())?;
    let lettered = matches!(*unit, "座" | "栋" | "幢" | "单元" | "室");
    (digits > 0 || lettered).then_some(Part { end: i + len, unit, digits })
}

pub(super) fn house(sheet: &mut Sheet) {
    let mut at = 0;
    while at < sheet.chars.len() {
        let chars = &sheet.chars;
        // A number is looked at from its beginning.
        let inside = at > 0 && (numeral(chars[at - 1]) || chars[at - 1].is_ascii_alphanumeric());
        let Some(first) = part(chars, at).filter(|_| !inside) else {
            at += 1;
            continue;
        };
        let mut parts = vec![first];
        let mut end = parts[0].end;
        loop {
            let skip = chars[end..].iter().take(1).filter(|c| matches!(c, ' ' | '-' | ',' | '、')).count();
            match part(chars, end + skip) {
                Some(next) => {
                    end = next.end;
                    parts.push(next);
                }
                None => break,
            }
        }
        let after = &chars[end..];
        let road = ends(&chars[..at], &ROADS).is_some();
        let unit = |u: &str| parts.iter().any(|p| p.unit == u);
        let days = parts.iter().all(|p| p.unit == "号");
        let other = starts(after, &NOT_A_HOUSE).is_some();
        let is_house = match parts.as_slice() {
            _ if days => road && !other,
            [one] => match one.unit {
                "号楼" | "号院" | "号房" | "单元" => true,
                "栋" | "幢" => starts(after, &["房", "楼", "建", "高层"]).is_none(),
                "室" => {
                    one.digits >= 3
                        || (road && starts(after, &["一厅", "1厅", "2厅", "两厅", "二厅"]).is_none())
                }
                "楼" | "层" | "户" | "门" | "座" | "排" => false,
                _ => road && !other,
            },
            _ => !(unit("户") && parts.iter().all(|p| matches!(p.unit, "户" | "层" | "楼" | "排"))),
        };
        if is_house {
            // A room without its word: 3栋2单元501.
            let room = after
                .iter()
                .skip(usize::from(matches!(after.first(), Some(' ' | '-'))))
                .take_while(|c| c.is_ascii_digit())
                .count();
            let gap = usize::from(matches!(after.first(), Some(' ' | '-')));
            let measure = starts(
                &after[(gap + room).min(after.len())..],
                &["年", "元", "米", "人", "月", "户", "天", "个", "块", "平"],
            );
            if (3..=4).contains(&room) && measure.is_none() {
                end += gap + room;
            }
            sheet.seal(Kind::House, at..end);
        }
        at = end;
    }
}
