//! What an `INSERT` says, read from its text: so that the rows of many become one statement.
//!
//! ```text
//! INSERT INTO t (k, n, w) VALUES ($1, $2, lower($3)) ON CONFLICT (k) DO UPDATE SET n = t.n + excluded.n
//! INSERT INTO t (k, n, w) SELECT r.p1, r.p2, lower(r.p3) FROM unnest(CAST($1 AS bytea[]), …) AS r(p1, p2, p3) ON …
//! ```
//!
//! One text serves any number of rows, each parameter being an array. PostgreSQL does not let one
//! statement change a row twice, so rows that meet in `ON CONFLICT … DO UPDATE` are first made one,
//! which is right for the two ways of updating that are understood here: the new value, and the sum.

use crate::Value;
use crate::pg_seen::key;
use postgres::types::Type;

/// An insert that may wait and be merged with others of the same text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Insert {
    pub(crate) table: String,
    /// The columns, as written.
    columns: String,
    /// What goes into them, as written.
    values: String,
    /// From `ON CONFLICT` on.
    tail: String,
    /// How many parameters a row has.
    pub(crate) width: usize,
    /// How two rows with one key become one; none where they need not.
    pub(crate) meet: Option<Meet>,
}

/// What `ON CONFLICT … DO UPDATE` does, in parameters from 0.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meet {
    key: Vec<usize>,
    set: Vec<(usize, Way)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `c = excluded.c`
    Takes,
    /// `c = t.c + excluded.c`
    Adds,
}

impl Insert {
    /// Reads an insert; none for whatever else a text may be, which is then run at once.
    pub(crate) fn read(sql: &str) -> Option<Insert> {
        // Outside of quotes white space says nothing; inside it would be lost here.
        if sql.split('\'').skip(1).step_by(2).any(|quoted| quoted.contains(char::is_whitespace)) {
            return None;
        }
        let text = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let (table, rest) = text.strip_prefix("INSERT INTO ")?.split_once(" (")?;
        let (columns, rest) = closed(rest)?;
        let (values, tail) = closed(rest.strip_prefix(" VALUES (")?)?;
        let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let other = ["SELECT", "RETURNING", "WHERE"].iter().any(|word| text.contains(word));
        if !plain(table) || other || tail.contains('$') || tail.starts_with(',') {
            return None;
        }
        let names: Vec<&str> = parts(columns);
        let given: Vec<&str> = parts(values);
        let width = (1..).take_while(|n| marked(values, *n)).count();
        if names.len() != given.len() || width == 0 || !names.iter().all(|n| plain(n)) {
            return None;
        }
        let meet = match tail.trim_start().strip_prefix("ON CONFLICT ").map(|t| t.split_once("DO ")) {
            None if tail.is_empty() => None,
            Some(Some((_, "NOTHING"))) => None,
            Some(Some((key, update))) => Some(Meet::read(table, &names, &given, key, update)?),
            _ => return None,
        };
        Some(Insert {
            table: table.to_owned(),
            columns: columns.to_owned(),
            values: values.to_owned(),
            tail: tail.to_owned(),
            width,
            meet,
        })
    }

    /// The text that takes any number of rows, for parameters of these types.
    pub(crate) fn of_many(&self, types: &[Type]) -> String {
        let mut values = self.values.clone();
        // From the last on, so that `$1` is not found in `$12`.
        for n in (1..=self.width).rev() {
            values = values.replace(&format!("${n}"), &format!("r.p{n}"));
        }
        let arrays: Vec<String> =
            types.iter().enumerate().map(|(i, ty)| format!("CAST(${} AS {}[])", i + 1, ty.name())).collect();
        let names: Vec<String> = (1..=self.width).map(|n| format!("p{n}")).collect();
        format!(
            "INSERT INTO {} ({}) SELECT {values} FROM unnest({}) AS r({}){}",
            self.table,
            self.columns,
            arrays.join(", "),
            names.join(", "),
            self.tail
        )
    }
}

impl Meet {
    fn read(table: &str, names: &[&str], given: &[&str], key: &str, update: &str) -> Option<Meet> {
        // The parameter that goes into a column as it is.
        let parameter = |column: &str| -> Option<usize> {
            let at = names.iter().position(|n| *n == column)?;
            given[at].strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
        };
        let (key, none) = closed(key.strip_prefix('(')?)?;
        if !none.trim().is_empty() {
            return None;
        }
        let key = parts(key).into_iter().map(parameter).collect::<Option<_>>()?;
        let set = parts(update.strip_prefix("UPDATE SET ")?).into_iter().map(|one| {
            let (column, to) = one.split_once(" = ")?;
            let way = if to == format!("excluded.{column}") {
                Way::Takes
            } else if to == format!("{table}.{column} + excluded.{column}") {
                Way::Adds
            } else {
                return None;
            };
            Some((parameter(column)?, way))
        });
        Some(Meet { key, set: set.collect::<Option<_>>()? })
    }

    /// By what two rows are known to meet; none where they cannot, as nothing equals `NULL`.
    pub(crate) fn key(&self, row: &[Value]) -> Option<Vec<u8>> {
        let values: Vec<Value> = self.key.iter().map(|at| row[*at].clone()).collect();
        (!values.contains(&Value::Null)).then(|| key(&values))
    }

    /// Makes `row` what it and then `next` would have left; false, and nothing done, where that cannot be
    /// told.
    pub(crate) fn join(&self, row: &mut [Value], next: &[Value]) -> bool {
        let sum = |at: usize, way: Way| match (way, &row[at], &next[at]) {
            (Way::Takes, _, new) => Some(new.clone()),
            (Way::Adds, Value::Int(a), Value::Int(b)) => a.checked_add(*b).map(Value::Int),
            _ => None,
        };
        let Some(new) = self.set.iter().map(|(at, way)| sum(*at, *way)).collect::<Option<Vec<_>>>() else {
            return false;
        };
        for ((at, _), value) in self.set.iter().zip(new) {
            row[*at] = value;
        }
        true
    }
}

/// Whether a statement's text speaks of a table.
pub(crate) fn speaks_of(sql: &str, table: &str) -> bool {
    let letter = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let (sql, name) = (sql.as_bytes(), table.as_bytes());
    let first = name.first().map(u8::to_ascii_lowercase);
    (0..(sql.len() + 1).saturating_sub(name.len())).any(|at| {
        Some(sql[at].to_ascii_lowercase()) == first
            && sql[at..at + name.len()].eq_ignore_ascii_case(name)
            && !letter(sql[..at].last())
            && !letter(sql.get(at + name.len()))
    })
}

/// The table that a statement writes to; none where that cannot be told.
pub(crate) fn target(sql: &str) -> Option<&str> {
    let sql = sql.trim_start();
    let verbs = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let rest = verbs.iter().find_map(|verb| sql.strip_prefix(verb))?.trim_start();
    let name = rest.split(|c: char| c.is_whitespace() || c == '(').next()?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then_some(name)
}

/// Whether parameter `n` stands in a text.
fn marked(text: &str, n: usize) -> bool {
    let mark = format!("${n}");
    text.match_indices(&mark)
        .any(|(at, _)| !text[at + mark.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// What stands before the bracket that closes one opened before the text, and what after it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut deep = 0i32;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => deep += 1,
            ')' if !quoted && deep == 0 => return Some((&text[..at], &text[at + 1..])),
            ')' if !quoted => deep -= 1,
            _ => {}
        }
    }
    None
}

/// The parts between the commas that stand in no bracket and no quotes.
fn parts(text: &str) -> Vec<&str> {
    let (mut deep, mut quoted, mut from) = (0i32, false, 0);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => deep += 1,
            ')' if !quoted => deep -= 1,
            ',' if !quoted && deep == 0 => {
                out.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[from..].trim());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    #[test]
    fn an_insert_takes_any_number_of_rows() {
        let sql = "INSERT INTO a (x, y,\n z) VALUES ($1, 'new', to_tsvector('simple', $2)) ON CONFLICT (x) DO NOTHING";
        assert_eq!(
            Insert::read(sql).unwrap().of_many(&[Type::BYTEA, Type::TEXT]),
            "INSERT INTO a (x, y, z) SELECT r.p1, 'new', to_tsvector('simple', r.p2) \
             FROM unnest(CAST($1 AS bytea[]), CAST($2 AS text[])) AS r(p1, p2) ON CONFLICT (x) DO NOTHING"
        );
        let names: Vec<String> = (1..=12).map(|n| format!("c{n}")).collect();
        let marks: Vec<String> = (1..=12).map(|n| format!("${n}")).collect();
        let wide = format!("INSERT INTO a ({}) VALUES ({})", names.join(", "), marks.join(", "));
        let many = Insert::read(&wide).unwrap().of_many(&vec![Type::INT8; 12]);
        assert!(many.contains("SELECT r.p1, r.p2,") && many.contains("r.p11, r.p12 FROM"), "{many}");
    }

    #[test]
    fn what_cannot_wait_is_not_read() {
        for sql in [
            "UPDATE a SET x = $1",
            "INSERT INTO a (x) VALUES ($1) RETURNING x",
            "INSERT INTO a (x) VALUES ((SELECT MAX(x) FROM a))",
            "INSERT INTO a (x) SELECT $1",
            "INSERT INTO a VALUES ($1)",
            "INSERT INTO a (x) VALUES (1)",
            "INSERT INTO a (x) VALUES ($1), ($2)",
            "INSERT INTO a (x) VALUES (concat($1, 'two  words'))",
            "INSERT INTO a (x, n) VALUES ($1, $2) ON CONFLICT (x) DO UPDATE SET n = $3",
            "INSERT INTO a (x, n) VALUES ($1, $2) ON CONFLICT (x) DO UPDATE SET n = excluded.n * 2",
            "INSERT INTO a (x, n) VALUES ($1, $2) ON CONFLICT (x) DO UPDATE SET n = a.n + 1",
            "INSERT INTO a (x, n) VALUES ($1, $2) ON CONFLICT (x) DO UPDATE SET n = excluded.n WHERE a.n > 1",
            "INSERT INTO a (x, n) VALUES (lower($1), $2) ON CONFLICT (x) DO UPDATE SET n = excluded.n",
            "INSERT INTO a (x, n) VALUES ($1, $2) ON CONFLICT DO UPDATE SET n = excluded.n",
        ] {
            assert_eq!(Insert::read(sql), None, "{sql}");
        }
    }

    #[test]
    fn rows_that_meet_become_what_both_would_have_left() {
        let sql = "INSERT INTO a (k, once, last, n) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (k) DO UPDATE SET last = excluded.last, n = a.n + excluded.n";
        let meet = Insert::read(sql).unwrap().meet.unwrap();
        let mut row = params!["k", "first", "old", 3];
        let next = params!["k", "second", "new", 4];
        assert_eq!(meet.key(&row), meet.key(&next));
        assert_ne!(meet.key(&row), meet.key(&params!["l", "", "", 0]));
        assert_eq!(meet.key(&params![Value::Null, "", "", 0]), None);
        assert!(meet.join(&mut row, &next));
        assert_eq!(row, params!["k", "first", "new", 7]);
        assert!(!meet.join(&mut row, &params!["k", "", "newer", i64::MAX]));
        assert_eq!(row, params!["k", "first", "new", 7]);
    }

    #[test]
    fn a_table_is_found_by_its_whole_name() {
        assert!(speaks_of("SELECT 1 FROM thing t", "thing"));
        assert!(speaks_of("select 1 from THING", "thing"));
        assert!(speaks_of("UPDATE \"thing\" SET x = 1", "thing"));
        assert!(!speaks_of("SELECT 1 FROM things JOIN my_thing", "thing"));
        assert!(!speaks_of("x", "thing"));
        for sql in [
            "INSERT INTO thing (id) VALUES ($1)",
            "UPDATE thing SET n = 1",
            " DELETE FROM thing\n WHERE n = 1",
        ] {
            assert_eq!(target(sql), Some("thing"), "{sql}");
        }
        for sql in
            ["SELECT 1", "WITH t AS (SELECT 1) UPDATE thing SET n = 1", "UPDATE \"thing\" SET n = 1", ""]
        {
            assert_eq!(target(sql), None, "{sql}");
        }
    }
}
