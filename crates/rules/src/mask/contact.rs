//! Electronic mail, accounts of messengers, number plates.

use super::{Kind, Sheet, Words};

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

pub(super) fn email(sheet: &mut Sheet) {
    for at in 0..sheet.chars.len() {
        if sheet.chars[at] != '@' {
            continue;
        }
        let local = |c: &&char| word(**c) || matches!(c, '.' | '_' | '%' | '+' | '-');
        let domain = |c: &&char| word(**c) || matches!(c, '.' | '-');
        let before = sheet.chars[..at].iter().rev().take_while(local).count();
        let after: Vec<char> = sheet.chars[at + 1..].iter().take_while(domain).copied().collect();
        // The point at the end of a sentence is not part of it.
        let after = after.iter().rposition(|c| word(*c)).map_or(0, |last| last + 1);
        if before > 0 && sheet.chars[at + 1..at + 1 + after].contains(&'.') {
            sheet.seal(Kind::Email, at - before..at + 1 + after);
        }
    }
}

/// Words that announce an account, longest first where one begins with another.
static MESSENGERS: Words<16> = Words::new([
    "微信号",
    "微信",
    "weixin",
    "wechat",
    "wx",
    "vx",
    "v信",
    "qq群",
    "qq号",
    "qq",
    "q群",
    "抖音号",
    "快手号",
    "钉钉号",
    "支付宝",
    "微博",
]);

pub(super) fn account(sheet: &mut Sheet) {
    let mut i = 0;
    while i < sheet.chars.len() {
        let inside_word = word(sheet.chars[i]) && i > 0 && word(sheet.chars[i - 1]);
        let Some(len) = MESSENGERS.start(&sheet.chars[i..]).filter(|_| !inside_word) else {
            i += 1;
            continue;
        };
        let mut at = i + len;
        let link = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ':' | '号' | '码' | '是' | '为' | '同' | '加' | '账' | '帐' | '群' | '(' | ',' | '-'
                )
        };
        let limit = at + 5;
        while at < sheet.chars.len() && at < limit && link(sheet.chars[at]) {
            at += 1;
        }
        let id = sheet.chars[at..].iter().take_while(|c| word(**c) || matches!(c, '_' | '-')).count();
        let digits = sheet.chars[at..at + id].iter().filter(|c| c.is_ascii_digit()).count();
        // Ids have five characters at least; words such as "App" are shorter, and plain English words rarely meant.
        if id >= 5 && (digits > 0 || id >= 6) {
            sheet.seal(Kind::Account, at..at + id);
        }
        i = at.max(i + 1);
    }
}

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Province, letter, five or six letters and digits, the last perhaps a character of its own.
pub(super) fn plate(sheet: &mut Sheet) {
    for i in 0..sheet.chars.len() {
        let chars = &sheet.chars[i..];
        let [province, office, rest @ ..] = chars else { break };
        if !PROVINCES.contains(*province) || !office.is_ascii_alphabetic() {
            continue;
        }
        let gap = rest
            .iter()
            .take(2)
            .take_while(|c| c.is_whitespace() || matches!(c, '·' | '•' | '-' | '.' | '・'))
            .count();
        let body = rest[gap..].iter().take_while(|c| word(**c)).count();
        let special = rest.get(gap + body).is_some_and(|c| "学警港澳挂领试超".contains(*c));
        let digit = rest[gap..gap + body].iter().any(char::is_ascii_digit);
        if digit && ((5..=6).contains(&body) || (body == 4 && special)) {
            let end = i + 2 + gap + body + usize::from(special && body < 6);
            sheet.seal(Kind::Plate, i..end);
        }
    }
}
