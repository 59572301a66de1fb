//! Statements: named once, prepared on both engines by a test.

use crate::Engine;
use std::borrow::Cow;

/// A named statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stmt {
    /// What messages call it: module and name.
    pub name: Cow<'static, str>,
    /// The text, in the subset that both engines read.
    pub sql: Cow<'static, str>,
    /// The text for PostgreSQL, where it must differ. The escape hatch: under 3 % of all.
    pub postgres: Option<Cow<'static, str>>,
}

impl Stmt {
    /// One text for both engines.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), sql: Cow::Borrowed(sql), postgres: None }
    }

    /// A text for each engine, where one cannot serve both.
    pub const fn of_two(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            sql: Cow::Borrowed(sqlite),
            postgres: Some(Cow::Borrowed(postgres)),
        }
    }

    /// A text composed while the program runs (a ledger's filters). Composed from our own pieces:
    /// whatever came from a person is a parameter.
    pub fn dynamic(name: &'static str, sql: impl Into<String>) -> Self {
        Self { name: Cow::Borrowed(name), sql: Cow::Owned(sql.into()), postgres: None }
    }

    /// [`Stmt::dynamic`] by its other name.
    pub fn new_dynamic(name: &'static str, sql: impl Into<String>) -> Self {
        Self::dynamic(name, sql)
    }

    /// The text for `engine`.
    pub fn text(&self, engine: Engine) -> &str {
        match (engine, &self.postgres) {
            (Engine::Postgres, Some(own)) => own,
            _ => &self.sql,
        }
    }
}

/// Defines statements and, beside them, `pub static STATEMENTS: &[&Stmt]` with all of them, so that
/// a test can prepare each on both engines.
///
/// ```
/// db::statements! {
///     /// One unit by its code.
///     pub(crate) BY_CODE = "SELECT id, name FROM unit WHERE code = $1";
///     pub(crate) ALL = concat!("SELECT id, name FROM unit", " ORDER BY path");
///     pub(crate) SIZE = sqlite "PRAGMA page_count" postgres "SELECT pg_database_size(current_database())";
/// }
/// # fn main() {
/// assert_eq!(STATEMENTS.len(), 3);
/// # }
/// ```
#[macro_export]
macro_rules! statements {
    ($(
        $(#[$meta:meta])*
        $vis:vis $name:ident =
            $($sql:literal)?
            $(concat!($($piece:tt)*))?
            $(sqlite $lite:literal postgres $pg:literal)?
        ;
    )+) => {
        $(
            $(#[$meta])*
            $vis static $name: $crate::Stmt = $crate::__statement!(
                concat!(module_path!(), "::", stringify!($name)),
                $($sql)? $(concat!($($piece)*))? $(sqlite $lite postgres $pg)?
            );
        )+
        /// Every statement of this module.
        pub static STATEMENTS: &[&$crate::Stmt] = &[$(&$name),+];
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __statement {
    ($name:expr, sqlite $lite:literal postgres $pg:literal) => {
        $crate::Stmt::of_two($name, $lite, $pg)
    };
    ($name:expr, $sql:expr) => {
        $crate::Stmt::new($name, $sql)
    };
}
