//! The file of a people's mediation 人民调解卷宗: what belongs into it, in which order, and what is missing.
//!
//! The order is that of the file's contents as mediation committees keep it; a pack says which items are mandatory.
//! An oral agreement takes the place of a written one by its register entry (人民调解法 art. 28), an acceptance on the
//! committee's own initiative that of an application (art. 17).

use std::collections::BTreeSet;

crate::vocabulary! {
    /// What stands in the file, in the order of its contents.
    FileItem {
        /// Somebody asked for it.
        Application = "application", "调解申请书", "Application";
        /// The committee took it up.
        Acceptance = "acceptance", "受理登记表", "Register of acceptance";
        /// The parties were told.
        Rights = "rights", "权利义务告知书", "Notice of rights and duties";
        /// Who they are was seen.
        Identity = "identity", "当事人身份证明", "Proof of the parties' identity";
        /// Somebody acts for a party.
        Mandate = "mandate", "授权委托书", "Authorisation";
        /// What was asked and seen.
        Investigation = "investigation", "调查记录", "Investigation record";
        /// What shows it.
        Evidence = "evidence", "证据材料", "Evidence";
        /// How it was mediated.
        Record = "record", "调解记录", "Mediation record";
        /// In writing, with signatures and the day of performance.
        Agreement = "agreement", "调解协议书", "Written agreement";
        /// By word of mouth, with its register entry.
        Oral = "oral", "口头协议登记表", "Register of the oral agreement";
        /// It was done as agreed.
        Performance = "performance", "履行凭证", "Proof of performance";
        /// The parties were visited again.
        ReturnVisit = "return-visit", "回访记录", "Return visit";
        /// The court confirmed it.
        Confirmation = "confirmation", "司法确认材料", "Judicial confirmation";
        /// Anything about the file itself.
        FileNote = "file-note", "卷宗情况说明", "Note on the file";
    }
}

crate::vocabulary! {
    /// Where a dispute came from, as the register of acceptance asks.
    Source {
        /// A party asked for it.
        Party = "party", "当事人申请", "On a party's application";
        /// The committee took it up by itself.
        Initiative = "initiative", "主动调解", "On its own initiative";
        /// The police handed it over.
        Police = "police", "公安机关移交", "Handed over by the police";
        /// A court entrusted it.
        Court = "court", "人民法院委托", "Entrusted by a court";
        /// The authorities assigned it.
        Assigned = "assigned", "政府或有关部门指定", "Assigned by the authorities";
    }
}

crate::vocabulary! {
    /// How far an agreement was performed, as a return visit found it.
    Performed {
        /// As it was agreed.
        All = "all", "已经履行", "Performed";
        /// Some of it.
        Part = "part", "部分履行", "Performed in part";
        /// Nothing, and it is time.
        None = "none", "没有履行", "Not performed";
        /// Its day is still to come.
        NotDue = "not-due", "没到履行期限", "Not due yet";
    }
}

impl FileItem {
    /// What takes its place.
    pub fn instead(self) -> Option<FileItem> {
        Some(match self {
            FileItem::Application => FileItem::Acceptance,
            FileItem::Acceptance => FileItem::Application,
            FileItem::Agreement => FileItem::Oral,
            FileItem::Oral => FileItem::Agreement,
            _ => return None,
        })
    }

    /// Whether it says what was agreed.
    pub fn is_agreement(self) -> bool {
        matches!(self, FileItem::Agreement | FileItem::Oral)
    }
}

/// What has to be in the file and is not, in the order of its contents.
pub fn missing(filed: &BTreeSet<FileItem>, mandatory: &[FileItem]) -> Vec<FileItem> {
    let there = |item: &FileItem| filed.contains(item) || item.instead().is_some_and(|i| filed.contains(&i));
    let mut out: Vec<FileItem> = mandatory.iter().copied().filter(|i| !there(i)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// With which of these items, in the order in which they were filed, nothing mandatory was missing any more.
pub fn whole_with(filed: &[FileItem], mandatory: &[FileItem]) -> Option<usize> {
    (0..filed.len()).find(|at| missing(&filed[..=*at].iter().copied().collect(), mandatory).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use FileItem::*;

    const MANDATORY: [FileItem; 5] = [Application, Rights, Identity, Record, Agreement];

    fn of(items: &[FileItem]) -> BTreeSet<FileItem> {
        items.iter().copied().collect()
    }

    #[test]
    fn what_is_missing_is_named_in_the_order_of_the_file() {
        assert_eq!(missing(&of(&[]), &MANDATORY), MANDATORY);
        assert_eq!(missing(&of(&[Record, Application]), &MANDATORY), [Rights, Identity, Agreement]);
        assert_eq!(missing(&of(&MANDATORY), &MANDATORY), []);
        assert_eq!(missing(&of(&[]), &[Record, Rights, Record]), [Rights, Record]);
    }

    #[test]
    fn a_file_is_whole_with_the_item_that_came_last_of_what_it_must_hold() {
        let filed = [Record, Rights, Identity, Oral, Acceptance, ReturnVisit];
        assert_eq!(whole_with(&filed, &MANDATORY), Some(4));
        assert_eq!(whole_with(&filed[..4], &MANDATORY), None);
        assert_eq!(whole_with(&[], &[]), None, "nothing was filed");
    }

    #[test]
    fn an_oral_agreement_and_an_acceptance_take_the_place_of_the_written_ones() {
        assert_eq!(missing(&of(&[Acceptance, Rights, Identity, Record, Oral]), &MANDATORY), []);
        assert_eq!(missing(&of(&[Application]), &[Acceptance]), []);
        assert_eq!(
            missing(&of(&[Performance]), &[Record]),
            [Record],
            "nothing else takes the place of another"
        );
    }
}
