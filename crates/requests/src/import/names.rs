//! What the words of a cell mean here: channels, kinds, units, yes and no.

use crate::ctx::Ctx;
use crate::model::Satisfaction;
use kernel::{Text, UnitId};
use pack::ChannelKind;
use rules::case::{Kind, Word};

fn is(name: &Text, text: &str) -> bool {
    name.zh == text || name.en.eq_ignore_ascii_case(text)
}

/// The channel of this key or name.
pub(super) fn channel<'c>(ctx: &'c Ctx, text: &str) -> Option<&'c str> {
    let found =
        |c: &&pack::Channel| c.id.eq_ignore_ascii_case(text) || is(&c.name, text) || c.kind.name().zh == text;
    ctx.site.pack.channels.iter().find(found).map(|c| c.id.as_str())
}

/// The channel of spreadsheets.
pub(super) fn import_channel(ctx: &Ctx) -> &str {
    let found = ctx.site.pack.channels.iter().find(|c| c.kind == ChannelKind::Import);
    found.map_or("import", |c| c.id.as_str())
}

/// The kind of this key or name, also with `类` behind it.
pub(super) fn kind(text: &str) -> Option<Kind> {
    let bare = text.strip_suffix('类').unwrap_or(text);
    Kind::ALL.iter().copied().find(|k| {
        let name = k.name();
        k.key().eq_ignore_ascii_case(text) || name.zh == bare || name.en.eq_ignore_ascii_case(text)
    })
}

/// The one unit of this code or name.
pub(super) fn unit(ctx: &Ctx, text: &str) -> Option<UnitId> {
    if let Some(unit) = ctx.dir.by_code(text) {
        return Some(unit.id);
    }
    let mut named = ctx.dir.iter().filter(|u| is(&u.name, text) && u.is_open(ctx.today()));
    let first = named.next()?;
    named.next().is_none().then_some(first.id)
}

/// Whether it was solved, by the ledger's column for it.
pub(super) fn solved(text: &str) -> Option<Word> {
    match text.trim().to_lowercase().as_str() {
        "是" | "已解决" | "解决" | "解决了" | "y" | "yes" | "true" | "1" | "solved" => {
            Some(Word::Solved)
        }
        "否" | "未解决" | "没解决" | "没有解决" | "n" | "no" | "false" | "0" | "not solved" => {
            Some(Word::NotSolved)
        }
        _ => None,
    }
}

/// The grade of satisfaction, by name.
pub(super) fn satisfaction(text: &str) -> Option<Satisfaction> {
    Satisfaction::ALL.iter().copied().find(|s| {
        let name = s.name();
        name.zh == text.trim() || name.en.eq_ignore_ascii_case(text.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ledgers() {
        assert_eq!(kind("投诉类"), Some(Kind::Complaint));
        assert_eq!(kind("consultation"), Some(Kind::Consultation));
        assert_eq!(kind("其他"), None);
        assert_eq!(solved(" 是 "), Some(Word::Solved));
        assert_eq!(solved("未解决"), Some(Word::NotSolved));
        assert_eq!(solved("部分解决"), None);
        assert_eq!(satisfaction("基本满意"), Some(Satisfaction::Fair));
        assert_eq!(satisfaction("满意度高"), None);
    }
}
