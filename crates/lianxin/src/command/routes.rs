//! `routes`: every route with who may come to it, as a table to read.

use super::say;
use crate::capability;
use crate::outcome::Outcome;
use access::Access;
use kernel::Locale;
use std::fmt::Write;

/// Prints method, path, who may come, and the capability that answers.
pub(super) fn run(locale: Locale) -> Outcome {
    let title = locale.t("每个网址谁可以打开", "Every route, and who may come to it");
    Ok(say(&format!("# {title}\n\n{}", table(locale)))?)
}

/// The table as Markdown, in the order of the paths.
fn table(locale: Locale) -> String {
    let mut rules = capability::rules();
    rules.sort_by_key(|(_, r)| (r.path, r.method));
    let mut out = String::new();
    let head = locale.t("| 方法 | 路径 | 谁可以来 | 部分 |", "| Method | Path | Who may come | Part |");
    let _ = writeln!(out, "{head}\n|---|---|---|---|");
    for (part, rule) in rules {
        let _ =
            writeln!(out, "| {} | `{}` | {} | {part} |", rule.method, rule.path, who(locale, rule.access));
    }
    out
}

fn who(locale: Locale, access: Access) -> String {
    match access {
        Access::Public => locale.t("所有人", "everybody").to_owned(),
        Access::SignedIn => {
            locale.t("登录的工作人员，逐件判断", "staff signed in; then case by case").to_owned()
        }
        Access::Role(roles) => {
            let names: Vec<String> = roles.iter().map(|r| r.name().to(locale).to_owned()).collect();
            names.join(locale.t("、", ", "))
        }
        Access::Code => locale.t("出示查询码的人", "whoever shows the query code").to_owned(),
        Access::Key => locale.t("持密钥的程序", "programs with a key").to_owned(),
        Access::Demo => locale.t("试用站点上的所有人", "everybody, on a demonstration only").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_list_is_this_one() {
        let published = include_str!("../../../../docs/routes.md");
        let now = table(Locale::En);
        let missing: Vec<_> = now.lines().filter(|line| !published.lines().any(|p| p == *line)).collect();
        assert!(missing.is_empty(), "write docs/routes.md anew with `lianxin routes --lang en`: {missing:?}");
        assert_eq!(published.lines().count(), now.lines().count() + 2);
    }

    #[test]
    fn every_rule_has_its_line_in_both_languages() {
        for locale in [Locale::Zh, Locale::En] {
            let said = table(locale);
            assert_eq!(said.lines().count(), capability::rules().len() + 2);
        }
        assert!(table(Locale::En).contains("| GET | `/sign-in` | everybody | access |"));
    }
}
