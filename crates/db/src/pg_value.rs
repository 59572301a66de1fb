//! Values to and from PostgreSQL's binary formats, by the type that the server says a parameter or
//! column has.

use crate::Value;
use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use std::error::Error;

type Fallible<T> = Result<T, Box<dyn Error + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Fallible<IsNull> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (Value::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Value::Int(v), &Type::INT2) => i16::try_from(*v)?.to_sql(ty, out),
            (Value::Int(v), &Type::FLOAT8) => (*v as f64).to_sql(ty, out),
            (Value::Int(v), &Type::FLOAT4) => (*v as f32).to_sql(ty, out),
            (Value::Int(v), &Type::NUMERIC) => {
                numeric_of(*v, out);
                Ok(IsNull::No)
            }
            (Value::Int(v @ (0 | 1)), &Type::BOOL) => (*v == 1).to_sql(ty, out),
            (Value::Real(v), &Type::FLOAT8) => v.to_sql(ty, out),
            (Value::Real(v), &Type::FLOAT4) => (*v as f32).to_sql(ty, out),
            (Value::Text(v), &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN) => {
                v.to_sql(ty, out)
            }
            (Value::Bytes(v), &Type::BYTEA) => v.to_sql(ty, out),
            _ => Err(format!("wanted {ty}, was given {}", self.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // `to_sql` looks at type and value together.
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Fallible<Self> {
        Ok(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::OID => Value::Int(u32::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Value::Real(f32::from_sql(ty, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::VOID => Value::Null,
            _ => Value::Text(<&str>::from_sql(ty, raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Fallible<Self> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        let plain = [Type::INT8, Type::INT4, Type::INT2, Type::OID, Type::BOOL, Type::FLOAT8, Type::FLOAT4];
        plain.contains(ty)
            || [Type::NUMERIC, Type::BYTEA, Type::VOID].contains(ty)
            || <&str as FromSql>::accepts(ty)
    }
}

/// A NUMERIC: a whole number where it is one and fits, otherwise the nearest fraction.
///
/// The format: counts and exponent as 16-bit numbers (digits, weight of the first, sign, scale),
/// then digits to the base 10,000.
fn numeric(raw: &[u8]) -> Fallible<Value> {
    let part = |i: usize| -> Fallible<i16> {
        let two = raw.get(2 * i..2 * i + 2).ok_or("a NUMERIC that ends too early")?;
        Ok(i16::from_be_bytes([two[0], two[1]]))
    };
    let (digits, weight, sign) = (part(0)?, i32::from(part(1)?), part(2)? as u16);
    let negative = match sign {
        0 => false,
        0x4000 => true,
        0xC000 => return Ok(Value::Real(f64::NAN)),
        0xD000 => return Ok(Value::Real(f64::INFINITY)),
        0xF000 => return Ok(Value::Real(f64::NEG_INFINITY)),
        _ => return Err("a NUMERIC with an unknown sign".into()),
    };
    let mut whole: Option<i128> = Some(0);
    let mut text = String::from(if negative { "-0" } else { "0" });
    for i in 0..i32::from(digits) {
        let digit = part(4 + i as usize)?;
        text.push_str(&format!("{digit:04}"));
        whole = match whole {
            Some(w) if weight - i >= 0 => w.checked_mul(10_000).and_then(|w| w.checked_add(digit.into())),
            Some(w) if digit == 0 => Some(w),
            _ => None,
        };
    }
    // Trailing zero digits of a whole number are not sent.
    for _ in i32::from(digits)..=weight {
        whole = whole.and_then(|w| w.checked_mul(10_000));
    }
    let signed = whole.map(|w| if negative { -w } else { w });
    if let Some(v) = signed.and_then(|w| i64::try_from(w).ok()) {
        return Ok(Value::Int(v));
    }
    let exponent = 4 * (weight + 1 - i32::from(digits));
    Ok(Value::Real(format!("{text}e{exponent}").parse()?))
}

/// A whole number in the format of [`numeric`].
fn numeric_of(v: i64, out: &mut BytesMut) {
    let mut rest = v.unsigned_abs();
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push((rest % 10_000) as i16);
        rest /= 10_000;
    }
    let count = digits.len() as i16;
    let sign: i16 = if v < 0 { 0x4000 } else { 0 };
    for part in [count, (count - 1).max(0), sign, 0] {
        out.extend_from_slice(&part.to_be_bytes());
    }
    for digit in digits.iter().rev() {
        out.extend_from_slice(&digit.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_survive_numeric() {
        for v in [0, 1, -1, 9_999, 10_000, -100_000_000, 40_000_001, i64::MAX, i64::MIN] {
            let mut out = BytesMut::new();
            numeric_of(v, &mut out);
            assert_eq!(numeric(&out).unwrap(), Value::Int(v));
        }
    }

    #[test]
    fn fractions_and_great_numbers_become_the_nearest() {
        let made = |parts: &[i16]| -> Vec<u8> { parts.iter().flat_map(|p| p.to_be_bytes()).collect() };
        assert_eq!(numeric(&made(&[2, 0, 0, 1, 12, 5000])).unwrap(), Value::Real(12.5));
        assert_eq!(numeric(&made(&[1, -1, 0x4000, 4, 25])).unwrap(), Value::Real(-0.0025));
        assert_eq!(numeric(&made(&[2, 0, 0, 2, 7, 0])).unwrap(), Value::Int(7));
        assert_eq!(numeric(&made(&[1, 5, 0, 0, 1])).unwrap(), Value::Real(1e20));
        assert!(numeric(&made(&[2, 0, 0, 1, 12])).is_err());
    }
}
