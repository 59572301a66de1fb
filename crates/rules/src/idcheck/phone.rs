//! Telephone numbers as people type them.

use super::{Finding, tidy};

/// What sort of telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKind {
    /// Eleven digits that begin with 13 to 19: can receive text messages.
    Mobile,
    /// With an area code.
    Landline,
    /// Seven or eight digits without an area code.
    Local,
    /// A service number such as 12345, 400 or 800.
    Service,
    /// Beginning with `+` and another country's code.
    Abroad,
}

/// A telephone number as it is stored and dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Digits only, with `+` before a number abroad.
    pub number: String,
    /// What sort.
    pub kind: PhoneKind,
    /// The extension behind it.
    pub extension: Option<String>,
    /// What is unusual about it.
    pub warnings: Vec<Finding>,
}

/// Reads a telephone number; spaces, dashes, brackets, `+86` and full-width digits are taken as they come.
pub fn phone(text: &str) -> Result<Phone, Finding> {
    let shape = || {
        Finding::new(
            "shape",
            "电话号码不对：手机号 11 位，座机请加区号，如 0851-24620000。",
            "This is no telephone number: a mobile has 11 digits, a landline its area code, as in 0851-24620000.",
        )
    };
    let typed: String = tidy(text).chars().filter(|c| !matches!(c, '(' | ')')).collect();
    let (typed, extension) = match typed.split_once(['转', '#']) {
        Some((number, ext)) if (1..=6).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_digit()) => {
            (number.to_owned(), Some(ext.to_owned()))
        }
        Some(_) => return Err(shape()),
        None => (typed, None),
    };
    let home = ["+86", "0086"].iter().find_map(|p| typed.strip_prefix(p)).unwrap_or(&typed);
    let home = match home.strip_prefix("86") {
        Some(rest) if mobile(rest) => rest,
        _ => home,
    };
    let mut warnings = Vec::new();
    let digits = home.bytes().all(|b| b.is_ascii_digit());
    let (number, kind) = match home.strip_prefix('+') {
        Some(abroad) if (7..=15).contains(&abroad.len()) && abroad.bytes().all(|b| b.is_ascii_digit()) => {
            (home, PhoneKind::Abroad)
        }
        _ if !digits => return Err(shape()),
        _ if mobile(home) => (home, PhoneKind::Mobile),
        _ if home.len() == 12 && home.strip_prefix('0').is_some_and(mobile) => {
            (&home[1..], PhoneKind::Mobile)
        }
        _ if landline(home) => (home, PhoneKind::Landline),
        _ if home.len() == 10 && (home.starts_with("400") || home.starts_with("800")) => {
            (home, PhoneKind::Service)
        }
        _ if (3..=6).contains(&home.len()) && home.starts_with(['1', '9']) => (home, PhoneKind::Service),
        _ if (7..=8).contains(&home.len()) && home.starts_with(['2', '3', '4', '5', '6', '7', '8']) => {
            warnings.push(Finding::new(
                "area-code",
                "座机号没有区号，请核对。",
                "A landline without its area code; please check.",
            ));
            (home, PhoneKind::Local)
        }
        _ => return Err(shape()),
    };
    Ok(Phone { number: number.to_owned(), kind, extension, warnings })
}

fn mobile(digits: &str) -> bool {
    let b = digits.as_bytes();
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]) && b.iter().all(u8::is_ascii_digit)
}

/// Area codes 010 and 02x have three digits, all others four; seven or eight follow.
fn landline(digits: &str) -> bool {
    let area = match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return false,
    };
    (area + 7..=area + 8).contains(&digits.len()) && digits.as_bytes()[area] >= b'2'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        use PhoneKind::*;
        for (text, number, kind) in [
            ("13800138000", "13800138000", Mobile),
            ("１３８ ００１３-８０００", "13800138000", Mobile),
            ("+86 138 0013 8000", "13800138000", Mobile),
            ("008613800138000", "13800138000", Mobile),
            ("8613800138000", "13800138000", Mobile),
            ("013800138000", "13800138000", Mobile),
            ("0851-24620000", "085124620000", Landline),
            ("(010)62200000", "01062200000", Landline),
            ("0851-2462000", "08512462000", Landline),
            ("24620000", "24620000", Local),
            ("12345", "12345", Service),
            ("400-800-1234", "4008001234", Service),
            ("+852 2345 6789", "+85223456789", Abroad),
        ] {
            let it = phone(text).unwrap();
            assert_eq!((it.number.as_str(), it.kind), (number, kind), "{text}");
            assert_eq!(it.warnings.is_empty(), kind != Local);
        }
        assert_eq!(phone("0851-24620000转8021").unwrap().extension.as_deref(), Some("8021"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "1380013800",
            "138001380000",
            "12800138000",
            "0851-246200",
            "abc",
            "张三",
            "0851-24620000转",
            "00000000",
            "+8",
            "13800138000/13900139000",
        ] {
            assert_eq!(phone(text).unwrap_err().code, "shape", "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>(), digits in "[+0-9０-９ ()转-]{0,18}") {
            for t in [text, digits] {
                if let Ok(it) = phone(&t) {
                    prop_assert!(it.number.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit()));
                    prop_assert_eq!(phone(&it.number).map(|p| p.number), Ok(it.number));
                }
            }
        }
    }
}
