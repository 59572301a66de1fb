//! How a use case ends when it does not succeed: named, and rendered late in the reader's language.

use crate::{Locale, Say};

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// One thing wrong with what was entered, shown beside its field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong and what to do.
    pub say: Say,
}

/// Why a use case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing there that this reader may see. The same answer for both, on purpose.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, and somebody has to be.
    #[error("sign-in needed")]
    SignIn,
    /// Signed in, but the permission table says no.
    #[error("not allowed: {}", .0.en)]
    Forbidden(Say),
    /// What was entered has faults; nothing was written.
    #[error("invalid input: {}", .0.iter().map(|f| format!("{}: {}", f.field, f.say.en)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// A rule refuses the step; the text says which and what to do instead.
    #[error("refused ({code}): {}", .say.en)]
    Refused {
        /// A stable word for programs and tests, such as `evidence-missing`.
        code: &'static str,
        /// For the person.
        say: Say,
    },
    /// Somebody else changed it meanwhile; what was entered is kept for another look.
    #[error("conflict: {}", .0.en)]
    Conflict(Say),
    /// Too much at once: try again in a moment.
    #[error("busy")]
    Busy,
    /// This sender sent more than it may in so short a time.
    #[error("too many: {wait} s")]
    TooMany {
        /// After how many seconds the next is taken, at least 1.
        wait: u32,
    },
    /// The disk below the database or the files has no room left; nothing was written.
    #[error("no room left: {0}")]
    Full(String),
    /// A fault of ours or of the machine. The text is for the log only.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A refusal by a rule.
    pub fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Error::Refused { code, say: Say::new(zh.into(), en.into()) }
    }
    /// One faulty field.
    pub fn field(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldError { field: field.into(), say: Say::new(zh.into(), en.into()) }])
    }
    /// A fault of ours, with what went wrong.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Error::Internal(what.to_string())
    }
    /// A fault in reading or writing a file: told apart is a disk without room, which somebody has to
    /// see to and which goes away without any change to the program.
    pub fn file(what: impl std::fmt::Display, e: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match e.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full(format!("{what}: {e}")),
            _ => Error::Internal(format!("{what}: {e}")),
        }
    }
    /// What to tell the person.
    pub fn say(&self) -> Say {
        match self {
            Error::NotFound => Say::new("没有找到，或者您无权查看。", "Not found, or not yours to see."),
            Error::SignIn => Say::new("请先登录。", "Please sign in first."),
            Error::Forbidden(say) | Error::Refused { say, .. } | Error::Conflict(say) => say.clone(),
            Error::Invalid(fields) => match fields.as_slice() {
                [one] => one.say.clone(),
                many => Say::new(
                    format!("有 {} 处需要改正，填写的内容都保留着。", many.len()),
                    format!("{} things need correcting; what you entered is kept.", many.len()),
                ),
            },
            Error::Busy => {
                Say::new("现在人多，请稍等几秒再试。", "Busy just now: please try again in a few seconds.")
            }
            Error::TooMany { wait } => Say::new(
                format!("提交得太频繁，没有写入任何内容。请在 {wait} 秒以后再试。"),
                format!("Too many in too short a time; nothing was written. Try again after {wait} seconds."),
            ),
            Error::Full(_) => Say::new(
                "服务器的存储空间已满，这次没有写入任何内容。管理员腾出空间以后，请再提交一次。",
                "The server's disk is full; nothing was written. Please send it again once the administrator has made room.",
            ),
            Error::Internal(_) => Say::new(
                "系统出了问题，没有写入任何内容，请稍后再试。",
                "Something went wrong on our side; nothing was written. Please try again later.",
            ),
        }
    }
    /// [`Error::say`] in one language.
    pub fn text(&self, locale: Locale) -> String {
        self.say().to(locale).to_owned()
    }
}
