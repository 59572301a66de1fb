//! SQL: where it may stand, and what it may say.

use super::source::Source;
use super::{Checkout, Finding};

/// Files in which the only SQL of the house stands.
fn is_store(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    name == "store.rs" || name.ends_with("_store.rs") || parts.any(|part| part == "store")
}

/// The door to the engines speaks to each in its own way.
fn is_door(path: &str) -> bool {
    path.starts_with("crates/db/")
}

/// The first words that make a string a statement, and what must follow somewhere in it.
const STATEMENTS: [(&str, &str); 10] = [
    ("SELECT ", ""),
    ("INSERT INTO ", ""),
    ("INSERT OR ", ""),
    ("UPDATE ", " SET "),
    ("DELETE FROM ", ""),
    ("WITH ", " AS "),
    ("CREATE ", " "),
    ("ALTER TABLE ", ""),
    ("DROP ", " "),
    ("PRAGMA ", ""),
];

fn is_statement(text: &str) -> bool {
    let flat = flat(text);
    STATEMENTS.iter().any(|(head, part)| flat.strip_prefix(head).is_some_and(|tail| tail.contains(part)))
}

/// One line, single spaces, line continuations taken out.
fn flat(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "\\" && *word != "\\n\\").collect();
    words.join(" ") + " "
}

/// No statement in other files. Test code may look into the tables, and tamper with them.
pub fn outside_stores(checkout: &Checkout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &checkout.sources {
        if is_store(&source.path) || is_door(&source.path) || source.path.starts_with("xtask/") {
            continue;
        }
        for literal in source.literals.iter().filter(|literal| !source.in_test(literal.line)) {
            if is_statement(&literal.text) {
                let start: String = flat(&literal.text).chars().take(40).collect();
                let what = format!("SQL outside a store file: “{}…”", start.trim());
                let remedy = "move it to store.rs, store/*.rs or *_store.rs of the slice";
                findings.push(Finding::at(&source.path, literal.line, what, remedy));
            }
        }
    }
    findings
}

/// What the engines do not share: the words, and what to write instead.
const FORBIDDEN: [(&str, &str); 17] = [
    ("now()", "hand the instant in from kernel::Clock"),
    ("current_timestamp", "hand the instant in from kernel::Clock"),
    ("current_date", "hand the date in from kernel::Clock"),
    ("datetime('now", "hand the instant in from kernel::Clock"),
    ("::", "write CAST(… AS …)"),
    (" ilike ", "keep a folded column and use LIKE"),
    ("array[", "use rows, or a list of parameters"),
    (" any(", "use IN with a list of parameters, or rows"),
    ("->", "keep what is searched in columns of its own"),
    ("#>", "keep what is searched in columns of its own"),
    ("@>", "keep what is searched in columns of its own"),
    ("jsonb", "use TEXT"),
    ("autoincrement", "ids are UUIDv7 made by whoever creates the thing"),
    ("serial", "ids are UUIDv7 made by whoever creates the thing"),
    ("insert or ", "use ON CONFLICT"),
    ("random()", "hand the number in from kernel::Chance"),
    ("gen_random_uuid", "hand the id in, made with kernel::Chance"),
];

/// SQL text without comments and literals, in lower case, lines kept.
fn bare(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| {
            let mut out = String::new();
            let mut quoted = false;
            // Runs of characters between quotes; the quotes stay, so that a call keeps its shape.
            for (index, part) in line.split('\'').enumerate() {
                if index > 0 {
                    out.push('\'');
                    quoted = !quoted;
                }
                if quoted {
                    out.push_str(if part == "now" { part } else { "" });
                } else if let Some((code, _)) = part.split_once("--") {
                    out.push_str(code);
                    break;
                } else {
                    out.push_str(part);
                }
            }
            out.to_lowercase()
        })
        .collect()
}

fn forbidden_in(path: &str, first_line: usize, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in bare(text).iter().enumerate() {
        for (word, remedy) in FORBIDDEN {
            if has(line, word) {
                let what = format!("“{}” is not understood alike by both engines", word.trim());
                findings.push(Finding::at(path, first_line + index, what, remedy));
            }
        }
    }
    findings
}

/// Whether the line has the word; where it begins or ends with a letter, not as part of a longer one.
fn has(line: &str, word: &str) -> bool {
    let word_char = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(word_char);
        let after = line[at + word.len()..].chars().next().is_some_and(word_char);
        !(before && word.starts_with(word_char) || after && word.ends_with(word_char))
    })
}

/// Only the common subset, in migrations and in the statements of store files.
pub fn common_subset(checkout: &Checkout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in checkout.texts.iter().filter(|file| file.path.ends_with(".sql")) {
        findings.extend(forbidden_in(&file.path, 1, &file.text));
    }
    for source in checkout.sources.iter().filter(|source| is_store(&source.path) && !is_door(&source.path)) {
        findings.extend(in_store(source));
    }
    findings
}

fn in_store(source: &Source) -> Vec<Finding> {
    let statements = source.literals.iter().filter(|literal| !source.in_test(literal.line));
    // A statement put together from parts has parts that are none by themselves, so take every
    // literal that has a word of SQL in upper case.
    const WORDS: [&str; 8] = ["SELECT ", "WHERE ", "FROM ", "SET ", "VALUES", " AND ", "ORDER BY", "INSERT "];
    statements
        .filter(|literal| {
            let flat = format!(" {}", flat(&literal.text));
            WORDS.iter().any(|word| flat.contains(word))
        })
        .flat_map(|literal| forbidden_in(&source.path, literal.line, &literal.text))
        .collect()
}

/// Column types that only one engine has, or that mean something else on the other.
const TYPES: [&str; 22] = [
    "INTEGER",
    "INT",
    "INT4",
    "INT8",
    "SMALLINT",
    "BLOB",
    "BOOLEAN",
    "BOOL",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "DATETIME",
    "VARCHAR",
    "CHAR",
    "UUID",
    "JSON",
    "JSONB",
    "SERIAL",
    "BIGSERIAL",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "NUMERIC",
];

/// Columns are BIGINT, TEXT or BYTEA.
pub fn column_types(checkout: &Checkout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in checkout.texts.iter().filter(|file| file.path.ends_with(".sql")) {
        for (index, line) in file.text.lines().enumerate() {
            let code = line.split("--").next().unwrap_or_default();
            let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            for word in words.filter(|word| TYPES.contains(word)) {
                let what = format!("a column of type {word}");
                let remedy = "use BIGINT (also for instants and yes/no), TEXT (also for dates) or BYTEA";
                findings.push(Finding::at(&file.path, index + 1, what, remedy));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn a_statement_outside_a_store_is_found() {
        let bad = "fn a(tx: &mut dyn Tx) {\n  tx.query(\"SELECT id FROM unit\", &[]);\n  \
            tx.query(\"\\\n    UPDATE unit \\\n    SET name = $1\", &[]);\n  tx.query(r#\"WITH x AS (SELECT 1) SELECT * FROM x\"#, &[]);\n}\n\
            #[cfg(test)]\nmod tests {\n  const T: &str = \"DELETE FROM journal\";\n}\n";
        let checkout = Checkout::of(&[("crates/requests/src/queries.rs", bad)]);
        let file = "crates/requests/src/queries.rs";
        assert_eq!(
            spots(&outside_stores(&checkout)),
            [format!("{file}:2"), format!("{file}:3"), format!("{file}:6")]
        );
    }

    #[test]
    fn stores_the_door_and_plain_words_are_free() {
        let sql = "const A: &str = \"INSERT INTO a (b) VALUES ($1)\";";
        let words = "const A: [&str; 3] = [\"Select a unit\", \"UPDATE\", \"WITH CARE\"];";
        let checkout = Checkout::of(&[
            ("crates/requests/src/store.rs", sql),
            ("crates/requests/src/store/cases.rs", sql),
            ("crates/requests/src/ledger_store.rs", sql),
            ("crates/db/src/migrate.rs", sql),
            ("crates/requests/src/pages/form.rs", words),
        ]);
        assert_eq!(outside_stores(&checkout), []);
    }

    #[test]
    fn what_only_one_engine_understands_is_found() {
        let store = "const A: &str = \"SELECT x\\\n FROM a WHERE b::text ILIKE $1 AND at < now()\";\n\
            const B: &str = \" AND c->>'k' = $2\";\nconst C: fn() = Date::today;\n";
        let migration = "CREATE TABLE a (\n  id INTEGER PRIMARY KEY AUTOINCREMENT, -- now()\n  note TEXT DEFAULT 'a::b',\n  x BYTEA\n);\n";
        let checkout = Checkout::of(&[
            ("crates/requests/src/store.rs", store),
            ("crates/requests/migrations/0001_a.sql", migration),
        ]);
        let found = common_subset(&checkout);
        let words: Vec<_> = found.iter().map(|f| f.what.split(['“', '”']).nth(1).unwrap()).collect();
        assert_eq!(words, ["autoincrement", "now()", "::", "ilike", "->"]);
        assert_eq!(found[0].line, 2);
        assert_eq!(found[1].line, 2);
        assert_eq!(spots(&column_types(&checkout)), ["crates/requests/migrations/0001_a.sql:2"]);
    }

    #[test]
    fn the_common_subset_passes() {
        let store = "const A: &str = \"SELECT CAST(SUM(n) AS BIGINT) FROM serial_numbers WHERE unknown() = $1 AND many(x)\";";
        let migration = "CREATE TABLE a (id BYTEA PRIMARY KEY, at BIGINT NOT NULL, day TEXT); -- INTEGER\n";
        let checkout =
            Checkout::of(&[("crates/a/src/store.rs", store), ("crates/a/migrations/0001_a.sql", migration)]);
        assert_eq!(common_subset(&checkout), []);
        assert_eq!(column_types(&checkout), []);
    }
}
