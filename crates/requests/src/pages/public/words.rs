//! The words of the public pages about a case: so that the person's page and the public one say alike.

use crate::ctx::Ctx;
use crate::model::{Entry, Request};
use crate::pages::eye::Eye;
use crate::pages::papers;
use kernel::{Locale, Timestamp, UnitId};
use rules::case::{State, Verb};
use web::components::{Step, StepState};
use web::{Look, format};

/// A text for everybody: masked once more, whatever was masked before.
pub(super) fn masked(text: &str) -> String {
    rules::mask::mask(text).text
}

/// The names of the people who asked, so that no text shown to others holds them.
pub(super) fn names(
    tx: &mut dyn db::Tx,
    ctx: &Ctx,
    row: &Request,
    joined: &[crate::store::people::Joined],
) -> kernel::Result<Vec<String>> {
    let all = row.person.into_iter().chain(joined.iter().map(|j| j.person));
    access::identity::names(tx, &ctx.site.keyring, all)
}

/// A text for others, without these names.
pub(super) fn hidden(text: &str, names: &[String]) -> String {
    crate::register::for_all(text, names.iter())
}

/// What an entry says happened, to somebody outside. Nothing for what is no business of theirs.
pub(super) fn happened(eye: &Eye, e: &Entry) -> Option<String> {
    let t = |zh: &str, en: &str| eye.t(zh, en).to_owned();
    let unit = e.unit.map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    if let Some(verb) = Verb::from_key(&e.verb) {
        return Some(match verb {
            Verb::Triage => t("中心分清了类别和承办单位", "The centre settled the class and the unit"),
            Verb::Assign => t("交给承办单位", "Sent to the unit that answers"),
            Verb::Recall => {
                t("收回交办，由中心重新确定承办单位", "Taken back from that unit; the centre decides anew")
            }
            Verb::Settle => t("当场办结", "Settled on the spot"),
            Verb::Refuse => t("不予受理", "Not accepted"),
            Verb::Merge => t("和同一件事合并办理", "Joined to another case about the same matter"),
            Verb::Accept => say!(eye.look, "{unit}签收", "{unit} signed for it"),
            Verb::Return => say!(
                eye.look,
                "{unit}退回，由中心重新确定承办单位",
                "{unit} sent it back; the centre decides anew"
            ),
            Verb::Arbitrate => t("裁定了承办单位", "It was ruled which unit answers"),
            Verb::Name => t("确定了责任人", "One officer answers for it"),
            Verb::Contact => t("承办人联系了诉求人", "The officer got in touch"),
            Verb::Progress => t("办理进展", "Progress"),
            Verb::Pause => t("等诉求人补充，计时暂停", "Waiting for the person; the clock rests"),
            Verb::Resume => t("恢复办理，继续计时", "Work goes on, and so does the clock"),
            Verb::Extend => t("延长了办理时间", "More time was given"),
            Verb::Escalate => t("上报上一级", "Passed up"),
            Verb::Refer => t("提请领导小组研究", "Put before the leading group"),
            Verb::Decide => t("领导小组作出决定", "The leading group decided"),
            Verb::Answer => say!(eye.look, "{unit}答复", "{unit} answered"),
            Verb::Decline => say!(eye.look, "{unit}答复：不能解决", "{unit} answered: it cannot be solved"),
            Verb::Judge => judged(eye.locale(), e),
            Verb::Lapse => t("评价期已过，没有收到评价", "The time to judge ended without a word"),
            Verb::Rule => match e.data.get("upheld").and_then(serde_json::Value::as_bool) {
                Some(true) => say!(eye.look, "{unit}复核：维持答复", "{unit} reviewed it: the answer stands"),
                Some(false) => {
                    say!(eye.look, "{unit}复核：退回重新办理", "{unit} reviewed it: it is worked on again")
                }
                None => t("上级复核结果", "A superior's ruling"),
            },
            Verb::Close => t("销号", "Signed off"),
            Verb::Withdraw => t("诉求人撤回", "Taken back by the person"),
            Verb::Reopen => t("重新启动办理", "Opened again"),
            Verb::Supervise => t("上级督办", "Under supervision"),
            Verb::TakeUp => say!(eye.look, "{unit}认领了心愿", "{unit} took the wish up"),
            Verb::GiveBack => t("退回，等别人认领", "Given back; open to others again"),
            Verb::AskHelp | Verb::Report | Verb::Attempt | Verb::Correct => return None,
        });
    }
    Some(match e.verb.as_str() {
        "register" => t("收到诉求，已登记", "Received and registered"),
        "supplement" => t("诉求人补充", "The person added to it"),
        "relay" => say!(eye.look, "{unit}给您发来消息", "A message from {unit}"),
        "forget" => t("身份信息已删除", "Who you are was erased"),
        "file-item" => {
            let item =
                e.data.get("item").and_then(|i| i.as_str()).and_then(rules::mediation::FileItem::from_key)?;
            let (zh, en) = (item.name().zh, item.name().en.to_lowercase());
            eye.t(&format!("材料入卷：{zh}"), &format!("Put into the file: {en}")).to_owned()
        }
        "papers-in" | "papers-offered" | "papers-received" | "papers-recalled" | "affair-step" => {
            let about = papers::about(eye, e);
            match (e.verb.as_str(), e.who.as_str()) {
                ("papers-in", _) => {
                    say!(eye.look, "{unit}收下材料：{about}", "{unit} took papers in: {about}")
                }
                ("papers-offered", _) => say!(eye.look, "移交材料：{about}", "Papers go on: {about}"),
                ("papers-received", "person") => {
                    say!(eye.look, "本人收到材料：{about}", "The person has the papers: {about}")
                }
                ("papers-received", _) if e.data.get("how").is_some_and(|h| h == "signed") => {
                    say!(eye.look, "本人签收材料：{about}", "The person signed for the papers: {about}")
                }
                ("papers-received", _) => {
                    say!(eye.look, "{unit}签收材料：{about}", "{unit} has the papers: {about}")
                }
                ("papers-recalled", _) => {
                    say!(eye.look, "收回交接单：{about}", "A slip was called back: {about}")
                }
                _ => say!(eye.look, "办好一步：{about}", "A step is done: {about}"),
            }
        }
        "note" => say!(eye.look, "{unit}留言", "A word from {unit}"),
        _ => return None,
    })
}

fn judged(locale: Locale, e: &Entry) -> String {
    let word = e.data.get("word").and_then(|w| w.as_str()).and_then(rules::case::Word::from_key);
    let grade = e.data.get("satisfaction").and_then(|g| g.as_i64());
    let mut out = match word {
        Some(w) => format!("{}{}", locale.t("评价：", "Judged: "), w.name().to(locale)),
        None => locale.t("已评价", "Judged").to_owned(),
    };
    if let Some(g) = grade.and_then(crate::model::Satisfaction::from_grade) {
        out.push_str(locale.t("，", ", "));
        out.push_str(g.name().to(locale));
    }
    out
}

/// When something first happened, for the steps.
fn first(entries: &[Entry], states: &[State]) -> Option<Timestamp> {
    entries.iter().find(|e| states.contains(&e.state)).map(|e| e.at)
}

/// The way of a case in five steps, with the days on which it came so far.
pub(super) fn way(eye: &Eye, row: &Request, entries: &[Entry]) -> Vec<Step> {
    use State::*;
    let day = |at: Option<Timestamp>| at.map(|a| eye.day(a)).unwrap_or_default();
    let at = match row.state {
        Registered | Triaged | NotAccepted => 1,
        Assigned | Accepted | InHand | Paused | Returned | Arbitration | Referred | Rework => 2,
        // Answered: the word is the person's now; after a second no it is the superior's.
        Answered | Review => 4,
        Judged | Closed | Unsolvable | Withdrawn | Merged => 5,
    };
    let sent = first(entries, &[Assigned, Accepted, InHand, Answered]);
    let judged = entries.iter().rfind(|e| e.verb == "judge").map(|e| e.at);
    let names = [
        (eye.t("登记", "Registered"), day(Some(row.received_at))),
        (eye.t("交办", "Sent out"), day(sent)),
        (eye.t("办理", "In hand"), String::new()),
        (eye.t("答复", "Answered"), day(row.answered_at)),
        match row.state {
            Review => (eye.t("上级复核", "Reviewed"), String::new()),
            _ => (eye.t("评价", "Judged"), day(judged)),
        },
    ];
    let stopped = matches!(row.state, Withdrawn | NotAccepted | Merged);
    let reached =
        if stopped { entries.iter().map(|e| e.state).filter(|s| !s.is_end()).map(rank).max() } else { None };
    let at = reached.map_or(at, |r| r.min(4));
    let mut out: Vec<Step> = Vec::new();
    for (i, (label, sub)) in names.into_iter().enumerate() {
        let state = match () {
            () if i < at => StepState::Done,
            () if i == at && stopped => StepState::Stopped,
            () if i == at => StepState::Now,
            () => StepState::Next,
        };
        if stopped && i > at {
            break;
        }
        let (label, sub) = match state {
            StepState::Stopped => (row.state.name().to(eye.locale()).to_owned(), day(row.ended_at)),
            // What is still to come has no day, also where it came once before.
            StepState::Next => (label.to_owned(), String::new()),
            _ => (label.to_owned(), sub),
        };
        out.push(Step { label, sub, state });
    }
    out
}

fn rank(state: State) -> usize {
    use State::*;
    match state {
        Registered | Triaged => 1,
        Answered => 3,
        Judged => 4,
        _ => 2,
    }
}

/// How long the answer took, or how long it has been waited for.
pub(super) fn days_used(look: &Look, row: &Request, now: Timestamp) -> String {
    match row.answered_at {
        Some(at) => format::span(look.locale, at.0 - row.received_at.0),
        None if row.state.is_end() => "—".to_owned(),
        None => match (now.0 - row.received_at.0) / kernel::DAY {
            0 => look.t("不到 1 天", "less than a day").to_owned(),
            n => say!(look, "已 {n} 天", "{n} d so far"),
        },
    }
}

/// The place as far as everybody may read it: the second of the levels that people choose from.
pub(super) fn rough_place(eye: &Eye, place: Option<UnitId>) -> String {
    let Some(place) = place else { return eye.t("没有写明", "Not given").to_owned() };
    let dir = &eye.ctx.dir;
    let levels = super::place::levels(&eye.ctx);
    let at = levels.iter().take(2).rev().find_map(|l| dir.at_level(place, &l.id));
    match at {
        Some(unit) => dir.full_name(unit.id, eye.locale()),
        None => dir.root().map(|r| r.name(eye.locale()).to_owned()).unwrap_or_default(),
    }
}
