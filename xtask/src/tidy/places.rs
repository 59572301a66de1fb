//! Behaviour of one place is data of its pack: no place is named in code.
//!
//! The names are those of the packs' folders and those in `xtask/place-names.txt`, one a line;
//! a line `!name` says that a pack's name is no place.

use super::{Checkout, Finding};

/// Rust sources, comments and strings included. Tests tell the story of a place, so they may name it.
pub fn check(checkout: &Checkout) -> Vec<Finding> {
    let names = names(&checkout.places, &checkout.paths);
    let mut findings = Vec::new();
    for source in &checkout.sources {
        for (index, line) in source.text.lines().enumerate() {
            if source.in_test(index + 1) {
                continue;
            }
            for name in names.iter().filter(|name| mentions(line, name)) {
                let what = format!("the place {name} is named in code");
                let remedy = "put what is special about it into its pack";
                findings.push(Finding::at(&source.path, index + 1, what, remedy));
            }
        }
    }
    findings
}

fn names(list: &str, paths: &[String]) -> Vec<String> {
    let lines = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (no_places, mut names): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('!'));
    let packs = paths.iter().filter_map(|path| {
        let mut parts = path.split('/').skip_while(|part| *part != "packs").skip(1);
        let pack = parts.next()?;
        parts.next().map(|_| pack)
    });
    names.extend(packs.filter(|pack| !no_places.iter().any(|name| &name[1..] == *pack)));
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(str::to_lowercase).collect()
}

/// Latin names as whole words in any case, Chinese ones anywhere.
fn mentions(line: &str, name: &str) -> bool {
    if !name.is_ascii() {
        return line.contains(name);
    }
    let line = line.to_ascii_lowercase();
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        ![before, after].iter().any(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn names_of_packs_and_of_the_list_are_found_outside_tests() {
        let code = "const A: &str = \"甲城市\";\n// as in Beitown\nfn beitown_rule() {}\nlet county = \"beitowner\";\n\
            #[cfg(test)]\nmod tests {\n  const P: &str = \"beitown\";\n}\n";
        let mut checkout = Checkout::of(&[
            ("crates/rules/src/a.rs", code),
            ("crates/lianxin/tests/beitown.rs", "// beitown"),
            ("crates/pack/packs/beitown/pack.toml", ""),
            ("crates/pack/packs/county/pack.toml", ""),
            ("crates/pack/packs/README.md", ""),
        ]);
        checkout.places = "# places\n甲城市\n!county\n".to_owned();
        let file = "crates/rules/src/a.rs";
        assert_eq!(spots(&check(&checkout)), [format!("{file}:1"), format!("{file}:2"), format!("{file}:3")]);
    }
}
