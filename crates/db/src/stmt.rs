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

    /// The same for so many rows at once; none for one row, and for what is no plain
    /// `INSERT … VALUES ($1, $2, …)` with its parameters there alone and in their order.
    pub(crate) fn repeated(&self, rows: usize) -> Option<Stmt> {
        let sql = self.text(Engine::Postgres);
        let (head, rest) = sql.split_once("VALUES (").filter(|_| rows > 1)?;
        let (list, tail) = rest.split_once(')')?;
        let width = list.split(',').enumerate().try_fold(0, |_, (at, marker)| {
            (marker.trim().strip_prefix('$') == Some(&(at + 1).to_string())).then_some(at + 1)
        })?;
        if head.contains('$') || tail.contains('$') {
            return None;
        }
        let row = |at: usize| {
            let markers: Vec<String> = (1..=width).map(|n| format!("${}", at * width + n)).collect();
            format!("({})", markers.join(", "))
        };
        let all: Vec<String> = (0..rows).map(row).collect();
        let sql = format!("{head}VALUES {}{tail}", all.join(", "));
        Some(Stmt { name: self.name.clone(), sql: Cow::Owned(sql), postgres: None })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_repeated_where_the_statement_is_plain() {
        let plain = Stmt::new("t", "INSERT INTO a (x, y) VALUES ($1, $2) ON CONFLICT (x) DO NOTHING");
        let two = plain.repeated(2).unwrap();
        assert_eq!(two.sql, "INSERT INTO a (x, y) VALUES ($1, $2), ($3, $4) ON CONFLICT (x) DO NOTHING");
        assert_eq!(plain.repeated(1), None);
        for other in [
            "INSERT INTO a (x, y) VALUES ($1, $1)",
            "INSERT INTO a (x, y) VALUES ($1, lower($2))",
            "INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET y = $2",
            "UPDATE a SET x = $1",
        ] {
            assert_eq!(Stmt::new("t", other).repeated(3), None, "{other}");
        }
    }
}
