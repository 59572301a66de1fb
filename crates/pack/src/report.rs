//! The answer of `pack check`: whether a pack is sound, in words.

use crate::{Pack, load};
use kernel::Locale;
use rules::case::Kind;

/// Checks a built-in pack or a directory and says in words how it stands. The flag is whether it is sound.
pub fn check_path(spec: &str, locale: Locale) -> (bool, String) {
    match load(spec) {
        Ok(pack) => (true, summary(&pack, locale)),
        Err(failure) => {
            let n = failure.problems.len();
            let mut out = match locale {
                Locale::Zh => format!("政策包 {spec} 有 {n} 处问题，不能使用：\n"),
                Locale::En => format!(
                    "Pack {spec} has {n} problem{}, so it cannot be used:\n",
                    if n == 1 { "" } else { "s" }
                ),
            };
            for p in &failure.problems {
                out.push_str(&format!("  {}\n    {}\n", p.place(), p.text.to(locale)));
            }
            (false, out)
        }
    }
}

fn summary(pack: &Pack, locale: Locale) -> String {
    let depth = |n| pack.classes.iter().filter(|c| c.depth() == n).count();
    let kinds =
        Kind::ALL.iter().filter(|k| pack.classes.iter().any(|c| c.is_leaf() && c.kind == **k)).count();
    let base = pack.extends.as_deref();
    let mut lines = vec![match locale {
        Locale::Zh => format!("政策包“{}”（{} {}）可以使用。", pack.name.zh, pack.id, pack.version),
        Locale::En => format!("Pack \"{}\" ({} {}) is sound.", pack.name.en, pack.id, pack.version),
    }];
    if let Some(base) = base {
        lines.push(match locale {
            Locale::Zh => format!("  扩展自 {base}"),
            Locale::En => format!("  extends {base}"),
        });
    }
    let seen = pack.limits.iter().filter(|l| l.tag == crate::Tag::Seen).count();
    lines.push(match locale {
        Locale::Zh => format!(
            "  分类 {}/{}/{} 个（三级），诉求种类 {kinds} 种\n  流程 {} 条，逐条走遍：无死路，不漏三次告知、凭据和诉求人的话\n  时限 {} 条，其中已核原文 {seen} 条\n  告知文字 {} 条，表单 {} 张，单位类别 {} 种，不予受理依据 {} 条",
            depth(1), depth(2), depth(3), pack.tracks.len(), pack.limits.len(), pack.templates.len(),
            pack.forms.len(), pack.unit_kinds.len(), pack.grounds.len(),
        ),
        Locale::En => format!(
            "  classes {}/{}/{} on three levels, {kinds} kinds of request\n  {} tracks, every course walked: no dead end, none skips the three notices, the evidence or the person's word\n  {} limits, the source of {seen} read in its own text\n  {} wordings, {} forms, {} kinds of unit, {} grounds for not accepting",
            depth(1), depth(2), depth(3), pack.tracks.len(), pack.limits.len(), pack.templates.len(),
            pack.forms.len(), pack.unit_kinds.len(), pack.grounds.len(),
        ),
    });
    lines.join("\n") + "\n"
}
