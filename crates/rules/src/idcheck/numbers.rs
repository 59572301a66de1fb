//! Identity numbers GB 11643, unified social credit codes GB 32100, organization codes GB 11714.

use super::{Finding, tidy};
use kernel::Date;

/// Male or female, as an identity number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男: the sequence is odd.
    Male,
    /// 女: the sequence is even.
    Female,
}

/// An identity number taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Eighteen characters; a number of the old form of fifteen is brought to the new one.
    pub number: String,
    /// The six digits of the division where it was first issued.
    pub division: String,
    /// The day of birth.
    pub birth: Date,
    /// Male or female.
    pub sex: Sex,
    /// What is unusual about it.
    pub warnings: Vec<Finding>,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character of the first seventeen digits.
fn check_character(digits: &str) -> char {
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

/// Seventeen digits of an identity number with the check character that belongs to them, for made-up people.
/// Nothing where they are not seventeen digits.
pub fn with_check(seventeen: &str) -> Option<String> {
    let digits = seventeen.len() == 17 && seventeen.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("{seventeen}{}", check_character(seventeen)))
}

/// Reads an identity number (GB 11643), 18 characters or the old 15 digits; spaces, dashes and full-width
/// characters are taken as they come.
pub fn identity(text: &str) -> Result<Identity, Finding> {
    let shape = || {
        Finding::new(
            "shape",
            "身份证号应为 18 位，请核对。",
            "An identity number has 18 characters; please check.",
        )
    };
    let typed = tidy(text);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mut warnings = Vec::new();
    let number = match typed.len() {
        18 if typed.is_ascii() && digits(&typed[..17]) && (digits(&typed[17..]) || typed.ends_with('X')) => {
            typed
        }
        15 if digits(&typed) => {
            warnings.push(Finding::new(
                "old-form",
                "这是 15 位的旧号码，已按规则换成 18 位，请核对。",
                "This is an old number of 15 digits; it was brought to 18, please check.",
            ));
            let seventeen = format!("{}19{}", &typed[..6], &typed[6..]);
            let check = check_character(&seventeen);
            format!("{seventeen}{check}")
        }
        _ => return Err(shape()),
    };
    if number.starts_with('0') {
        return Err(shape());
    }
    let part = |from: usize, to: usize| number[from..to].parse::<i16>().unwrap_or(0);
    let birth = Date::new(part(6, 10), part(10, 12) as i8, part(12, 14) as i8)
        .ok()
        .filter(|d| d.year() >= 1850)
        .ok_or_else(|| {
            Finding::new(
                "birth",
                "身份证号里的出生日期不对，请核对。",
                "The date of birth in the number cannot be right; please check.",
            )
        })?;
    if !number.ends_with(check_character(&number[..17])) {
        return Err(Finding::new(
            "check-digit",
            "身份证号的校验位不对，可能有一位填错了，请核对。",
            "The check digit does not fit: one character may be wrong, please check.",
        ));
    }
    let sex = if part(16, 17) % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok(Identity { division: number[..6].to_owned(), number, birth, sex, warnings })
}

/// A unified social credit code taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditCode {
    /// Eighteen characters.
    pub code: String,
    /// Who registers: the first character, such as `1` 机构编制, `5` 民政, `9` 市场监管.
    pub registrar: char,
    /// The six digits of the division.
    pub division: String,
    /// The nine characters of the organization code.
    pub organization: String,
    /// What is unusual about it.
    pub warnings: Vec<Finding>,
}

const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn credit_value(b: u8) -> Option<u32> {
    CREDIT_ALPHABET.iter().position(|a| *a == b).map(|p| p as u32)
}

/// Reads a unified social credit code (GB 32100). A check character that does not fit is a warning only: real
/// codes of the early years fail it.
pub fn credit_code(text: &str) -> Result<CreditCode, Finding> {
    let code = tidy(text);
    let values: Option<Vec<u32>> = code.bytes().map(credit_value).collect();
    let values = values.filter(|v| v.len() == 18 && code[2..8].bytes().all(|b| b.is_ascii_digit())).ok_or_else(|| {
        Finding::new(
            "shape",
            "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z），请核对。",
            "A unified social credit code has 18 digits and capitals (without I, O, S, V, Z); please check.",
        )
    })?;
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    let mut warnings = Vec::new();
    if values[17] != (31 - sum % 31) % 31 {
        warnings.push(Finding::new(
            "check-digit",
            "统一社会信用代码的校验位不符，请再核对一遍；确认无误可以保留。",
            "The check character does not fit; please look again. If it is really so, keep it.",
        ));
    }
    Ok(CreditCode {
        registrar: code.chars().next().unwrap_or('9'),
        division: code[2..8].to_owned(),
        organization: code[8..17].to_owned(),
        code,
        warnings,
    })
}

/// Reads an organization code, eight characters and a check character, and gives it without its dash.
pub fn organization_code(text: &str) -> Result<String, Finding> {
    let code = tidy(text);
    let value = |b: u8| char::from(b).to_digit(36).unwrap_or(0);
    if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Err(Finding::new(
            "shape",
            "组织机构代码应为 9 位，请核对。",
            "An organization code has 9 characters; please check.",
        ));
    }
    let sum: u32 = code.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(b, w)| value(b) * w).sum();
    let check = char::from(b"0X987654321"[(sum % 11) as usize]);
    if code.ends_with(check) {
        Ok(code)
    } else {
        Err(Finding::new(
            "check-digit",
            "组织机构代码的校验位不对，请核对。",
            "The check character does not fit; please check.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn code<T: std::fmt::Debug>(r: Result<T, Finding>) -> &'static str {
        r.unwrap_err().code
    }

    #[test]
    fn identity_numbers() {
        let it = identity("11010519491231002X").unwrap();
        assert_eq!((it.birth, it.sex, it.division.as_str()), (date(1949, 12, 31), Sex::Female, "110105"));
        assert!(it.warnings.is_empty());
        let it = identity(" ４４０５２４ 1880-0101-0014 ").unwrap();
        assert_eq!(
            (it.number.as_str(), it.birth, it.sex),
            ("440524188001010014", date(1880, 1, 1), Sex::Male)
        );
        assert_eq!(identity("11010519491231002x").unwrap().number, "11010519491231002X");
        for (text, why) in [
            ("110105194912310021", "check-digit"),
            ("11010519491331002X", "birth"),
            ("11010519490230002X", "birth"),
            ("1101051949123100", "shape"),
            ("110105194912310021X", "shape"),
            ("X1010519491231002X", "shape"),
            ("010105194912310020", "shape"),
            ("十一零一", "shape"),
            ("路路路路路路", "shape"),
            ("", "shape"),
        ] {
            assert_eq!(code(identity(text)), why, "{text}");
        }
    }

    #[test]
    fn an_old_identity_number_is_brought_to_the_new_form() {
        let it = identity("110105491231002").unwrap();
        assert_eq!(it.number, "11010519491231002X");
        assert_eq!(it.warnings[0].code, "old-form");
    }

    #[test]
    fn credit_codes() {
        for text in ["91350100M000100Y43", "91512081MA62K0260E", "91512081 ma62k0260 e"] {
            assert_eq!(credit_code(text).unwrap().warnings, [], "{text}");
        }
        let it = credit_code("91350100M000100Y43").unwrap();
        assert_eq!(
            (it.registrar, it.division.as_str(), it.organization.as_str()),
            ('9', "350100", "M000100Y4")
        );
        // Only a warning, because real codes fail it.
        assert_eq!(credit_code("91350100M000100Y44").unwrap().warnings[0].code, "check-digit");
        for text in
            ["91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43", "9135A100M000100Y43", "", "码"]
        {
            assert_eq!(code(credit_code(text)), "shape", "{text}");
        }
    }

    #[test]
    fn organization_codes() {
        assert_eq!(organization_code("D2143569-X").unwrap(), "D2143569X");
        assert_eq!(code(organization_code("D21435691")), "check-digit");
        assert_eq!(code(organization_code("D2143569")), "shape");
        // The organization code inside a credit code has its own check character.
        assert_eq!(organization_code("M000100Y4").unwrap(), "M000100Y4");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(seed in 0u32..1000, at in 0usize..17, other in 1u8..10) {
            let head = format!("110105{:04}0{}1{}{:03}", 1900 + seed % 100, 1 + seed % 9, seed % 9, seed);
            let number = format!("{head}{}", check_character(&head));
            prop_assert!(identity(&number).is_ok(), "{number}");
            let mut bytes = number.into_bytes();
            bytes[at] = (bytes[at] - b'0' + other) % 10 + b'0';
            prop_assert!(identity(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>(), digits in "[0-9XxＸ０-９ -]{0,22}") {
            for t in [text, digits] {
                prop_assert!(identity(&t).map_or(true, |i| i.number.len() == 18));
                prop_assert!(credit_code(&t).map_or(true, |c| c.code.len() == 18));
                prop_assert!(organization_code(&t).map_or(true, |c| c.len() == 9));
            }
        }
    }
}
