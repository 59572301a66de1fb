//! A number as the spreadsheet program shows it.

/// A number without a format: whole numbers without a point, others with at most 15 digits.
pub(crate) fn general(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    let abs = x.abs();
    if !(1e-9..1e21).contains(&abs) {
        return format!("{x:E}");
    }
    if x.fract() == 0.0 {
        return format!("{x:.0}");
    }
    // 0.1 + 0.2 is shown as 0.3: fifteen significant digits.
    format!("{x:.14e}").parse::<f64>().unwrap_or(x).to_string()
}

/// Under a number format such as `000000`, `#,##0.00` or `0%`; `None` for a format that is not a plain
/// number format (fractions, exponents, words), where [`general`] is used instead.
pub(crate) fn shown(x: f64, code: &str) -> Option<String> {
    let sections = sections(code);
    let (section, own_sign) = match sections.as_slice() {
        [_, negative, ..] if x < 0.0 => (negative, true),
        [_, _, zero, ..] if x == 0.0 => (zero, false),
        [first, ..] => (first, false),
        [] => return None,
    };
    let shape = shape(section)?;
    let scaled = x.abs() * 100f64.powi(shape.percents);
    // The program rounds the decimal it shows, not the binary it keeps: 0.125 becomes 0.13.
    let nudged = if shape.decimals > 0 && scaled < 1e9 { scaled * (1.0 + 1e-15) } else { scaled };
    let plain = format!("{nudged:.*}", shape.decimals);
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut digits = if whole == "0" && shape.whole == 0 { String::new() } else { whole.to_owned() };
    while digits.len() < shape.whole {
        digits.insert(0, '0');
    }
    if shape.grouped {
        let mut at = digits.len();
        while at > 3 {
            at -= 3;
            digits.insert(at, ',');
        }
    }
    let mut rest = rest.to_owned();
    while rest.len() > shape.least && rest.ends_with('0') {
        rest.pop();
    }
    let negative = x < 0.0 && !own_sign && plain.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let sign = if negative { "-" } else { "" };
    let point = if shape.point { "." } else { "" };
    let out = format!("{sign}{}{digits}{point}{rest}{}", shape.before, shape.after);
    (digits.len() + rest.len() > 0).then(|| out.trim().to_owned())
}

struct Shape {
    before: String,
    after: String,
    whole: usize,
    decimals: usize,
    least: usize,
    point: bool,
    grouped: bool,
    percents: i32,
}

/// Splits at `;` outside quotes.
fn sections(code: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut escaped = false;
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                out.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

fn shape(section: &str) -> Option<Shape> {
    let mut s = Shape {
        before: String::new(),
        after: String::new(),
        whole: 0,
        decimals: 0,
        least: 0,
        point: false,
        grouped: false,
        percents: 0,
    };
    let mut seen = 0usize;
    let mut comma = false;
    let mut chars = section.chars();
    while let Some(c) = chars.next() {
        let mut literal = None;
        match c {
            '0' | '#' | '?' => {
                if !s.after.is_empty() || s.decimals > 20 || s.whole > 40 {
                    return None; // 000-0000: digits on both sides of a mark
                }
                s.grouped |= comma;
                seen += 1;
                match (s.point, c) {
                    (true, '0') => {
                        s.decimals += 1;
                        s.least = s.decimals;
                    }
                    (true, _) => s.decimals += 1,
                    (false, '0') => s.whole += 1,
                    (false, _) => {}
                }
            }
            ',' => comma = true,
            '.' if !s.point => {
                if comma && !s.grouped {
                    return None;
                }
                s.point = true;
                comma = false;
            }
            '%' => {
                s.percents += 1;
                literal = Some("%".to_owned());
            }
            '"' => literal = Some(chars.by_ref().take_while(|&c| c != '"').collect()),
            '\\' => literal = chars.next().map(String::from),
            '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect();
                literal = inside
                    .strip_prefix('$')
                    .map(|rest| rest.split('-').next().unwrap_or_default().to_owned());
            }
            ' ' | '-' | '+' | '(' | ')' | '$' | ':' => literal = Some(c.into()),
            c if !c.is_ascii() => literal = Some(c.into()),
            _ => return None,
        }
        if let Some(text) = literal {
            if seen == 0 { s.before.push_str(&text) } else { s.after.push_str(&text) }
        }
    }
    // A comma after the last digit divides by a thousand: rare, and not worth a wrong number.
    (seen > 0 && (!comma || s.grouped)).then_some(s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_no_point_and_sums_no_tail() {
        for (x, want) in [
            (188006.0, "188006"),
            (13800138000.0, "13800138000"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (-0.0, "0"),
            (1e300, "1E300"),
        ] {
            assert_eq!(general(x), want);
        }
    }

    #[test]
    fn formats_are_followed() {
        for (x, code, want) in [
            (12.0, "000000", Some("000012")),
            (1234567.0, "#,##0", Some("1,234,567")),
            (1234.5, "#,##0.00", Some("1,234.50")),
            (0.953, "0.0%", Some("95.3%")),
            (0.125, "0.00", Some("0.13")),
            (-5.0, "0;(0)", Some("(5)")),
            (-5.0, "0", Some("-5")),
            (3.0, "0\"件\"", Some("3件")),
            (1200.0, "[$￥-804]#,##0", Some("￥1,200")),
            (5.0, "General", None),
            (5.0, "G/通用格式", None),
            (5.0, "000-0000", None),
            (5.0, "# ?/?", None),
            (5.0, "@", None),
            (0.0, "#", None),
            (5.0, "", None),
        ] {
            assert_eq!(shown(x, code).as_deref(), want, "{x} {code}");
        }
    }
}
