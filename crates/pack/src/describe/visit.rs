//! What a visit asks, as sentences.

use super::sourced;
use crate::{Pack, VisitQuestion};
use kernel::Say;

/// What is asked at the door, what a phone keeps, and what is never asked for.
pub(super) fn visit(pack: &Pack) -> Vec<Say> {
    let rule = &pack.visit;
    let all = |pick: fn(&VisitQuestion) -> &str, comma: &str| {
        rule.questions.iter().map(pick).collect::<Vec<_>>().join(comma)
    };
    let source = sourced(&rule.citation, rule.tag);
    let keep = sourced(&rule.keep_citation, rule.keep_tag);
    vec![
        Say::new(
            format!("{}问：{}。没有新情况不用填。{}", rule.name.zh, all(|q| &q.name.zh, "、"), source.zh),
            format!(
                "{} asks for: {}. Where there is nothing new, nothing is filled in. {}",
                rule.name.en,
                all(|q| &q.name.en, ", "),
                source.en
            ),
        ),
        Say::new(
            format!(
                "干部手机上只存自己联系的户，最多存 {} 天；照片自愿，最多 {} 张；不打卡，不定位，不排名。",
                rule.keep_days, rule.photos
            ),
            format!(
                "A visitor's phone keeps their own households only, for at most {} days. Pictures are optional, at most {}. No check-in, no location, no ranking.",
                rule.keep_days, rule.photos
            ),
        ),
        Say::new(
            format!(
                "走访的原话和照片保存 {0} 年，到期自动删去；计划、帮扶、检查里写的话和家里人的评价，过了那一年再保存 {0} 年。哪天走访、办了什么、答应过几件事不删。由走访登记的诉求还没办结或者依法保留的，答应的事还没交代的，等它了结再删。{1}",
                rule.keep_years, keep.zh
            ),
            format!(
                "What was said at a visit and its pictures are kept for {0} years and then forgotten; what was written in plans, of help and in checks, and what the family said of the year, for {0} years after that year. That there was a visit, what was done and how many promises there were stands. While a request that came of a visit is open or held by law, or a promise made there is open, its words are kept. {1}",
                rule.keep_years, keep.en
            ),
        ),
        Say::new(
            "由走访登记的诉求要回避谁，走访里和它有关的话、和走访放在一起的照片，就不给谁看。",
            "From whomever a request that came of a visit is kept, its pictures and the words that are about it are kept as well.",
        ),
        Say::new(
            format!("同一户同一类的事 {} 个月内再提，算“又提起”，台账上单独列出。", rule.again_months),
            format!(
                "A need of the same class from the same household within {} months counts as one that came up again, and the ledger lists it apart.",
                rule.again_months
            ),
        ),
    ]
}
