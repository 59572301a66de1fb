//! How a command ends when it does not succeed.

use kernel::{Error, Locale, Say};
use std::process::ExitCode;

/// How a command ends.
pub(crate) type Outcome = Result<(), Failure>;

/// Why it did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was called wrongly: 2.
    Usage(Say),
    /// It was refused, or nothing was found: 1.
    Refused(Error),
    /// Everything has been said on standard output already: 1.
    Told,
}

impl Failure {
    /// Called wrongly.
    pub(crate) fn usage(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Failure::Usage(Say::new(zh.into(), en.into()))
    }

    /// Refused.
    pub(crate) fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Failure::Refused(Error::refused(code, zh, en))
    }

    /// Says it on standard error, Chinese first where the reader's language is not known, and gives the code to
    /// end with.
    pub(crate) fn tell(self, locale: Option<Locale>) -> ExitCode {
        match self {
            Failure::Usage(say) => {
                eprintln!("{}", text(&say, locale));
                ExitCode::from(2)
            }
            Failure::Refused(error) => {
                for say in lines(&error) {
                    eprintln!("{}", text(&say, locale));
                }
                ExitCode::FAILURE
            }
            Failure::Told => ExitCode::FAILURE,
        }
    }
}

fn text(say: &Say, locale: Option<Locale>) -> String {
    match locale {
        Some(locale) => say.to(locale).to_owned(),
        None => format!("{}\n{}", say.zh, say.en),
    }
}

/// What to say; on the shell a fault of ours says what it was, for there is no log to look in.
fn lines(error: &Error) -> Vec<Say> {
    match error {
        Error::Internal(what) => {
            vec![Say::new(format!("出错：{what}"), format!("failed: {what}"))]
        }
        Error::Invalid(fields) => fields
            .iter()
            .map(|f| Say::new(format!("{}：{}", f.field, f.say.zh), format!("{}: {}", f.field, f.say.en)))
            .collect(),
        other => vec![other.say()],
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

/// A file that could not be read or written.
pub(crate) fn file_error(path: &std::path::Path, error: &std::io::Error) -> Error {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::refused("no-file", format!("没有这个文件：{path}"), format!("no such file: {path}"))
        }
        _ => Error::refused("file", format!("读写 {path} 出错：{error}"), format!("{path}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_form_is_said() {
        let error = Error::Invalid(vec![
            kernel::FieldError { field: "login".into(), say: Say::new("甲", "a") },
            kernel::FieldError { field: "name".into(), say: Say::new("乙", "b") },
        ]);
        let said: Vec<_> = lines(&error).into_iter().map(|s| s.en.into_owned()).collect();
        assert_eq!(said, ["login: a", "name: b"]);
        assert!(lines(&Error::internal("disk"))[0].zh.contains("disk"));
        assert_eq!(lines(&Error::NotFound)[0], Error::NotFound.say());
        let say = Say::new("甲", "a");
        assert_eq!(text(&say, Some(Locale::En)), "a");
        assert_eq!(text(&say, Some(Locale::Zh)), "甲");
        assert_eq!(text(&say, None), "甲\na");
    }
}
