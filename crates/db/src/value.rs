//! What goes into a statement and comes out of it.

use kernel::{Date, Timestamp, Uuid};
use std::borrow::Cow;

/// A value as both engines store it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// BIGINT: whole numbers, instants in milliseconds, and yes/no as 1/0.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT; civil dates as `YYYY-MM-DD`.
    Text(String),
    /// BYTEA: bytes and 16-byte ids.
    Bytes(Vec<u8>),
}

impl Value {
    /// The kind in words, for messages that must not show the value itself.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Int(_) => "a whole number",
            Value::Real(_) => "a fraction",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
        }
    }
}

macro_rules! from_small_int {
    ($($t:ty),+) => {$(
        impl From<$t> for Value {
            fn from(v: $t) -> Self {
                Value::Int(i64::from(v))
            }
        }
    )+};
}
from_small_int!(i8, i16, i32, i64, u8, u16, u32, bool);

impl From<usize> for Value {
    fn from(v: usize) -> Self {
        Value::Int(i64::try_from(v).unwrap_or(i64::MAX))
    }
}
impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Value::Real(v)
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::Text(v.to_owned())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Value::Text(v)
    }
}
impl From<&String> for Value {
    fn from(v: &String) -> Self {
        Value::Text(v.clone())
    }
}
impl From<Cow<'_, str>> for Value {
    fn from(v: Cow<'_, str>) -> Self {
        Value::Text(v.into_owned())
    }
}
impl From<Vec<u8>> for Value {
    fn from(v: Vec<u8>) -> Self {
        Value::Bytes(v)
    }
}
impl From<&Vec<u8>> for Value {
    fn from(v: &Vec<u8>) -> Self {
        Value::Bytes(v.clone())
    }
}
impl From<&[u8]> for Value {
    fn from(v: &[u8]) -> Self {
        Value::Bytes(v.to_vec())
    }
}
impl<const N: usize> From<[u8; N]> for Value {
    fn from(v: [u8; N]) -> Self {
        Value::Bytes(v.to_vec())
    }
}
impl<const N: usize> From<&[u8; N]> for Value {
    fn from(v: &[u8; N]) -> Self {
        Value::Bytes(v.to_vec())
    }
}
impl From<&Value> for Value {
    fn from(v: &Value) -> Self {
        v.clone()
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}
impl From<Timestamp> for Value {
    fn from(v: Timestamp) -> Self {
        Value::Int(v.0)
    }
}
impl From<Date> for Value {
    fn from(v: Date) -> Self {
        Value::Text(v.to_string())
    }
}
impl From<&Date> for Value {
    fn from(v: &Date) -> Self {
        Value::Text(v.to_string())
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// What a value must be to be read as this type, in words for a message.
    const WANTED: &'static str;
    /// The value as this type; `None` where it is not one.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! int_from_value {
    ($($t:ty),+) => {$(
        impl FromValue for $t {
            const WANTED: &'static str = concat!("a whole number (", stringify!($t), ")");
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Int(v) => <$t>::try_from(*v).ok(),
                    _ => None,
                }
            }
        }
    )+};
}
int_from_value!(i8, i16, i32, i64, u8, u16, u32, usize);

impl FromValue for Value {
    const WANTED: &'static str = "any value";
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}
impl FromValue for bool {
    const WANTED: &'static str = "0 or 1";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}
impl FromValue for f64 {
    const WANTED: &'static str = "a number";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(v) => Some(*v),
            Value::Int(v) => Some(*v as f64),
            _ => None,
        }
    }
}
impl FromValue for String {
    const WANTED: &'static str = "text";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(v) => Some(v.clone()),
            _ => None,
        }
    }
}
impl FromValue for Vec<u8> {
    const WANTED: &'static str = "bytes";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(v) => Some(v.clone()),
            _ => None,
        }
    }
}
impl<const N: usize> FromValue for [u8; N] {
    const WANTED: &'static str = "bytes of the right number";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(v) => v.as_slice().try_into().ok(),
            _ => None,
        }
    }
}
impl<T: FromValue> FromValue for Option<T> {
    const WANTED: &'static str = T::WANTED;
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}
impl FromValue for Timestamp {
    const WANTED: &'static str = "an instant in milliseconds";
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value).map(Timestamp)
    }
}
impl FromValue for Date {
    const WANTED: &'static str = "a date YYYY-MM-DD";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            // Any other form, such as that of a year before the first, is left to the parser of all forms.
            Value::Text(v) => date(v.as_bytes()).or_else(|| v.parse().ok()),
            _ => None,
        }
    }
}

/// As nearly all are written: whoever counts what is owed of a whole county reads a million of them.
fn date(text: &[u8]) -> Option<Date> {
    let number = |part: &[u8]| {
        part.iter().try_fold(0i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    };
    let [_, _, _, _, b'-', _, _, b'-', _, _] = text else { return None };
    let (month, day) = (number(&text[5..7])?, number(&text[8..])?);
    Date::new(number(&text[..4])?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

macro_rules! ids {
    ($($t:ident),+) => {$(
        impl From<kernel::$t> for Value {
            fn from(v: kernel::$t) -> Self {
                Value::Bytes(v.bytes())
            }
        }
        impl From<&kernel::$t> for Value {
            fn from(v: &kernel::$t) -> Self {
                Value::Bytes(v.bytes())
            }
        }
        impl FromValue for kernel::$t {
            const WANTED: &'static str = concat!("sixteen bytes (", stringify!($t), ")");
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Bytes(v) => kernel::$t::from_bytes(v),
                    _ => None,
                }
            }
        }
    )+};
}
ids!(
    RequestId,
    UnitId,
    AccountId,
    PostId,
    SessionId,
    PersonId,
    HouseholdId,
    PairingId,
    RecordId,
    AttachmentId,
    KeyId,
    MessageId
);

impl From<Uuid> for Value {
    fn from(v: Uuid) -> Self {
        Value::Bytes(v.as_bytes().to_vec())
    }
}
impl From<&Uuid> for Value {
    fn from(v: &Uuid) -> Self {
        Value::Bytes(v.as_bytes().to_vec())
    }
}
impl FromValue for Uuid {
    const WANTED: &'static str = "sixteen bytes (Uuid)";
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(v) => Uuid::from_slice(v).ok(),
            _ => None,
        }
    }
}

/// The parameters of a statement, `$1` first: `params![id, name, None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($v:expr),* $(,)?) => { [$($crate::Value::from($v)),*] };
}
