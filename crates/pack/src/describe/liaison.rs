//! Who looks after whom and how often, as sentences.

use super::sourced;
use crate::Pack;
use crate::model::liaison::{DutyOf, ObligationRule, PairingKind};
use kernel::Say;

/// One sentence for each kind of pairing and each obligation.
pub(super) fn liaison(pack: &Pack) -> Vec<Say> {
    let kinds = pack.pairings.iter().map(|k| pairing(pack, k));
    kinds.chain(pack.obligations.iter().map(|o| obligation(pack, o))).collect()
}

fn pairing(pack: &Pack, kind: &PairingKind) -> Say {
    let source = sourced(&kind.citation, kind.tag);
    let least = |zh: bool| match (kind.least, zh) {
        (0, _) => String::new(),
        (n, true) => format!("、不少于 {n} 户"),
        (n, false) => format!(", and rather not fewer than {n}"),
    };
    let within = kind.within.as_deref().and_then(|l| pack.level(l));
    let (border_zh, border_en) = match within {
        Some(level) => {
            (format!("在同一个{}里", level.name.zh), format!("within one {}", level.name.en.to_lowercase()))
        }
        None => ("可以跨行政区域".to_owned(), "across administrative borders".to_owned()),
    };
    let (all_zh, all_en) = if kind.everyone {
        ("每户都要有人联系。", " No household is without one.")
    } else {
        ("", "")
    };
    Say::new(
        format!(
            "{}：{}每人不超过 {} 户{}，{border_zh}。{all_zh}{}",
            kind.name.zh,
            kind.holder.zh,
            kind.quota,
            least(true),
            source.zh
        ),
        format!(
            "{}: {} with at most {} households each{}, {border_en}.{all_en} {}",
            kind.name.en,
            kind.holder.en,
            kind.quota,
            least(false),
            source.en
        ),
    )
}

fn obligation(pack: &Pack, duty: &ObligationRule) -> Say {
    let source = sourced(&duty.citation, duty.source);
    let window = duty.window.say();
    let holder = pack.pairing(&duty.pairing).map(|k| k.holder.clone()).unwrap_or_default();
    let (record_zh, record_en) = match duty.record.as_str() {
        "plan" => ("看计划", "from the plans"),
        "help" => ("看帮扶纪实", "from records of help"),
        "check" => ("看检查纪实", "from records of checks"),
        _ => ("看走访纪实", "from records of visits"),
    };
    let (whom_zh, whom_en) = match duty.of {
        DutyOf::Household => ("每户", "each household"),
        DutyOf::Holder => ("每人下户", "each person goes out"),
    };
    let grace_zh = if duty.grace > 0 { format!("，宽限 {} 天", duty.grace) } else { String::new() };
    let grace_en = if duty.grace > 0 { format!(", {} days of grace", duty.grace) } else { String::new() };
    Say::new(
        format!(
            "{}（{}）：{}{whom_zh}至少 {} 次{grace_zh}。{record_zh}，不用另报。{}",
            duty.name.zh, holder.zh, window.zh, duty.times, source.zh
        ),
        format!(
            "{} ({}): {whom_en} at least {} time(s) {}{grace_en}. Judged {record_en}; nobody reports it. {}",
            duty.name.en, holder.en, duty.times, window.en, source.en
        ),
    )
}
