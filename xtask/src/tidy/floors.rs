//! A floor may use only floors below it.

use super::{Checkout, Finding};

/// The house from the ground up. Crates of one floor do not know each other.
const FLOORS: [(&str, u8); 23] = [
    ("kernel", 1),
    ("rules", 2),
    ("db", 2),
    ("web", 2),
    ("sheets", 2),
    ("pack", 3),
    ("journal", 3),
    ("access", 4),
    ("register", 5),
    ("notify", 5),
    ("files", 5),
    ("proof", 5),
    ("requests", 6),
    ("records", 6),
    ("notices", 6),
    ("ballots", 6),
    ("liaison", 7),
    ("procedures", 7),
    ("scorecards", 7),
    ("insight", 7),
    ("lianxin", 8),
    // Beside the house: they may use what is in it, and only tests may use them.
    ("testkit", 9),
    ("xtask", 9),
];

/// Who may use whom although the floors say no: user, used, and why.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

/// Reads every manifest.
pub fn check(checkout: &Checkout) -> Vec<Finding> {
    let manifests = checkout.texts.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.flat_map(|file| manifest(&file.path, &file.text)).collect()
}

fn manifest(path: &str, text: &str) -> Vec<Finding> {
    let Ok(table) = text.parse::<toml::Table>() else {
        return vec![Finding::at(path, 1, "this is not TOML", "mend it")];
    };
    let name = table.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    let Some(name) = name else {
        return vec![Finding::at(path, 1, "the package has no name", "give it one")];
    };
    let Some(own) = floor(name) else {
        let what = format!("{name} stands on no floor");
        return vec![Finding::at(path, 1, what, "give it one in xtask/src/tidy/floors.rs")];
    };
    let mut findings = Vec::new();
    for (kind, used) in dependencies(&table) {
        let Some(theirs) = floor(&used) else { continue };
        let allowed = match (kind.as_str(), used.as_str()) {
            (_, "xtask") => false,
            ("dev-dependencies", "testkit") => true,
            _ => theirs < own || EXCEPTIONS.iter().any(|(a, b, _)| *a == name && *b == used),
        };
        if !allowed {
            let line = line_of(text, &kind, &used);
            let what = format!("{name} (floor {own}) uses {used} (floor {theirs})");
            let remedy = "move what is shared to a lower floor, or hand it in from above as a trait or value";
            findings.push(Finding::at(path, line, what, remedy));
        }
    }
    findings
}

/// Every dependency with the kind of table it stands in, those for one target included.
fn dependencies(table: &toml::Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut take = |table: &toml::Table| {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            for (key, value) in table.get(kind).and_then(|value| value.as_table()).into_iter().flatten() {
                let renamed = value.get("package").and_then(|package| package.as_str());
                found.push((kind.to_owned(), renamed.unwrap_or(key).to_owned()));
            }
        }
    };
    take(table);
    for target in table.get("target").and_then(|value| value.as_table()).into_iter().flatten() {
        if let Some(table) = target.1.as_table() {
            take(table);
        }
    }
    found
}

fn line_of(text: &str, kind: &str, used: &str) -> usize {
    let mut in_table = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            in_table = line.contains(kind) && (kind != "dependencies" || !line.contains("-dependencies"));
        }
        let key = line.split(['.', '=', ' ', ']']).next().unwrap_or_default();
        if in_table && (key == used || line.contains(&format!("\"{used}\""))) {
            return index + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_below_are_open() {
        let good = "[package]\nname = \"notify\"\n[dependencies]\naccess.workspace = true\nserde = \"1\"\n\
            [dev-dependencies]\ntestkit.workspace = true\n";
        assert_eq!(manifest("crates/notify/Cargo.toml", good), []);
    }

    #[test]
    fn the_own_floor_and_those_above_are_shut() {
        let bad = "[package]\nname = \"notify\"\n[dependencies]\nkernel.workspace = true\nfiles = { path = \"x\" }\n\
            testkit.workspace = true\n[dev-dependencies]\nrequests.workspace = true\nxtask = { path = \"y\" }\n\
            [target.'cfg(unix)'.dependencies]\nq = { package = \"insight\", path = \"z\" }\n";
        let found = manifest("crates/notify/Cargo.toml", bad);
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [5, 6, 8, 9, 11]);
        assert!(found[0].what.contains("notify (floor 5) uses files (floor 5)"));
    }

    #[test]
    fn a_crate_that_nobody_placed_is_told() {
        let found = manifest("crates/attic/Cargo.toml", "[package]\nname = \"attic\"\n");
        assert!(found[0].what.contains("stands on no floor"));
    }

    #[test]
    fn every_exception_is_needed() {
        for (user, used, why) in EXCEPTIONS {
            assert!(floor(used) >= floor(user) && !why.is_empty(), "{user} may use {used} anyway");
        }
    }
}
