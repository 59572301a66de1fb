//! What a member of staff can do to a case, each a resource of its own below the case's address.

use crate::acts::sample;
use crate::case::{Case, Supervision};
use crate::ctx::Ctx;
use crate::model::PublicState;
use crate::supervision;
use access::{Access, RouteRule, rule};
use db::Tx;
use kernel::{Result, Say};
use rules::case::{Choice, Evidence, Need, Notice, State, Verb};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $key:literal, $zh:literal, $en:literal, $azh:literal, $aen:literal;)+) => {
        /// One thing to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Act { $($(#[$doc])* $name,)+ }

        impl Act {
            /// Every one.
            pub(crate) const ALL: &'static [Act] = &[$(Act::$name,)+];

            /// The last part of its address.
            pub(crate) fn slug(self) -> &'static str {
                match self { $(Act::$name => $slug,)+ }
            }

            /// Its address, as the router knows it.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Act::$name => concat!("/requests/{number}/", $slug),)+ }
            }

            /// Its key on the case page; `""` for what is seldom wanted.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Act::$name => $key,)+ }
            }

            /// What the button says.
            pub(crate) fn name(self) -> Say {
                match self { $(Act::$name => Say::new($zh, $en),)+ }
            }

            /// What follows from it, in a sentence.
            pub(crate) fn about(self) -> Say {
                match self { $(Act::$name => Say::new($azh, $aen),)+ }
            }
        }

        /// The rule of each act: who may is decided case by case.
        pub(crate) const RULES: &[RouteRule] = &[$(
            rule("GET", concat!("/requests/{number}/", $slug), Access::SignedIn),
            rule("POST", concat!("/requests/{number}/", $slug), Access::SignedIn),
        )+];
    };
}

acts! {
    /// Class, kind, urgency and unit are settled.
    Triage = "triage", "t", "分流", "Triage",
        "定类别、缓急和该办的单位。期限按新的类别重算，原来的期限凭证留着。",
        "Settle class, urgency and unit. Dates follow the new class; the former certificate is kept.";
    /// Sent to the unit that answers.
    Assignment = "assignment", "d", "交办", "Dispatch",
        "交给承办单位，由它签收并定责任人。首接单位仍然负责到底。",
        "Send it to the unit that signs for it and names an officer. The first unit stays accountable.";
    /// Taken back before anybody has signed for it.
    Recall = "recall", "", "收回交办", "Take it back",
        "送错了单位，对方还没签收的，可以收回重新交办。交办时限照原来的日子走，原承办单位会收到通知。",
        "It went to the wrong unit, which has not signed for it. The date for dispatch stands as it was; the unit is told.";
    /// Settled while the person is there.
    Settlement = "settlement", "", "当场办结", "Settle on the spot",
        "当着诉求人的面办好。三次告知都当面说清，记在案上。",
        "Done while the person is there. All three notices are given by word of mouth and put on record.";
    /// Not accepted.
    Refusal = "refusal", "", "不予受理", "Do not accept",
        "要说明依据和应走的途径，诉求人会收到通知。",
        "Name the ground and the right way to go; the person is told both.";
    /// Joined to another case.
    Merge = "merge", "m", "并案", "Merge",
        "并到同一件事的另一件里。诉求人保留编号和查询码，由那一件告知。",
        "Join it to another case about the same matter. The person keeps number and code.";
    /// Signed for.
    Acceptance = "acceptance", "s", "签收", "Sign for it",
        "签收后请尽快定责任人。",
        "After signing, name the officer soon.";
    /// The officer is named.
    Officer = "officer", "o", "定责任人", "Name the officer",
        "只有一位责任人。诉求人会收到告知：谁来办、什么时候办好。",
        "Exactly one officer answers. The person is told who handles it and by when.";
    /// Sent back.
    Return = "return", "r", "退单", "Send back",
        "只能依据职责清单退单。诉求人的期限照走。第二次退单直接由督办员裁定。",
        "A return rests on the duty list. The person's clock goes on. A second return goes to the arbiter.";
    /// A return is decided.
    Ruling = "ruling", "d", "决定退单", "Rule on the return",
        "定由哪个单位办。裁定的，单位不能再退。",
        "Say which unit answers. An arbiter's ruling binds.";
    /// The person was contacted.
    Contact = "contact", "c", "记联系情况", "Record the contact",
        "联系上诉求人后记一笔，首次联系的时限就停。",
        "Recording the first contact stops its clock.";
    /// Progress is noted.
    Progress = "progress", "n", "记一笔进展", "Note progress",
        "做了什么、看到什么。可以让诉求人在自己的页面看到。",
        "What was done or seen. The person may read it on their page.";
    /// A note.
    Note = "notes", "i", "写备注", "Write a note",
        "备注不改变办理状态。",
        "A note does not change where the case stands.";
    /// Another unit is asked to help.
    Help = "help", "h", "请别的单位协办", "Ask another unit to help",
        "协办单位向主办单位反馈。主办单位和责任人不变。",
        "The helping unit reports to the one that answers; that does not change.";
    /// The helping unit reports.
    HelpReport = "help-report", "b", "反馈协办情况", "Report as helper",
        "写给主办单位看。反馈后主办单位才能答复。",
        "For the handling unit. It can answer only after this report.";
    /// Waiting for the person.
    Pause = "pause", "w", "等诉求人补充", "Wait for the person",
        "只有等诉求人补充时期限才停走。到期自动恢复。",
        "The clock rests only while waiting for the person, and goes on by itself when that time is over.";
    /// Going on.
    Resumption = "resumption", "g", "恢复办理", "Go on",
        "期限接着走。",
        "The clock goes on.";
    /// A wish is given back.
    GiveBack = "giving-back", "", "退回认领", "Give it back",
        "办不成的写明理由退回，别人可以再认领。答复的日子不变。",
        "Say why it cannot be done by you; others can take it up again. The promised date stays.";
    /// More time.
    Extension = "extension", "e", "延期", "Extend",
        "在规则的上限内延长，理由会告诉诉求人。",
        "More time within the cap of the rule; the person is told the reason.";
    /// Passed up.
    Escalation = "escalation", "u", "上报", "Escalate",
        "交给上一级办。答复期限照走。",
        "Pass it to the unit above. The date of the answer stays.";
    /// Before the leading group.
    Referral = "referral", "l", "提请领导小组", "Refer to the leading group",
        "重大事项由领导小组研究，决定记在案上才能答复。",
        "A major matter is decided by the leading group; the decision is recorded before the answer.";
    /// What the leading group decided.
    Decision = "decision", "d", "记录会议决定", "Record the decision",
        "记下开会时间、参加的职务和决定；决定由别的单位办的，就交给它。",
        "When it met, who took part by post, and what it decided; where another unit is to do it, it goes there.";
    /// The answer.
    Answer = "answer", "a", "答复诉求人", "Answer the person",
        "诉求人会收到答复并请他评价：解决没有、满意不满意。",
        "The person receives the answer and is asked: solved or not, and how satisfied.";
    /// The person's word, by telephone.
    Judgement = "judgement", "v", "记回访结果", "Record their word",
        "按诉求人的原话记。说“没解决”的，第一次转重办，再次转上级复核。",
        "Write down their word. A first \"not solved\" opens a rework, a second one a review.";
    /// A call that reached nobody.
    Attempt = "attempt", "q", "没联系上", "Nobody reached",
        "记一次。不同日子都联系不上的，才可以不经评价销号。",
        "Attempts on different days can take the place of the person's word.";
    /// The time to judge is over.
    Lapse = "lapse", "z", "按逾期未评转销号", "Go on without a word",
        "已按规定多日联系未果。单独计数，不算满意。",
        "Attempts on enough days are recorded. Counted apart, never as satisfied.";
    /// A word drawn by lot, asked again.
    Sample = "sample", "v", "记抽查回访", "Record the call-back by lot",
        "按诉求人的原话记。说“没解决”的，这件重启办理。",
        "Write down their word. A \"not solved\" opens the case again.";
    /// A call about it that reached nobody.
    SampleMissed = "sample-attempt", "q", "抽查没联系上", "Nobody reached",
        "记一次。几个不同日子都联系不上的，抽查就此结束，诉求人原来的话不变。",
        "After attempts on enough different days this ends, and the person's word stands as it was.";
    /// A superior's ruling.
    Review = "review", "y", "复核裁定", "Rule on the review",
        "维持，或退回再办一次。理由会告诉诉求人。“没解决”照样计数。",
        "Uphold it, or send it back once more. The person is told why. Their no stays in every count.";
    /// Signed off.
    Closure = "closure", "f", "销号", "Sign off",
        "三次告知、凭据、诉求人的话都要在。没有本人说“解决了”的，要第二人签字。",
        "Notices, evidence and the person's word must be there. Without their yes a second person signs.";
    /// Opened again.
    Reopening = "reopening", "", "重启", "Reopen",
        "办错了结的、并错了的，或事情又发生了。",
        "It was ended or merged by mistake, or the matter is back.";
    /// A correcting entry.
    Correction = "correction", "", "更正", "Correct",
        "改类别、地点或标题。原来的写法留在案上。",
        "Class, place or title. What stood there stays on record.";
    /// A supervision order.
    Supervision = "supervision", "", "督办", "Supervise",
        "发督办要求，承办单位要在时限内说明。",
        "An order to the handling unit, which has to reply within its time.";
    /// The unit explains itself.
    SupervisionReply = "supervision-reply", "", "答复督办", "Reply to the order",
        "写明办到哪一步、为什么、下一步。签发督办的人会收到。",
        "Say how far it is, why, and what is next. Whoever issued the order is told.";
    /// Deciding against a proposal of supervision.
    Dismissal = "supervision-dismissal", "", "不予督办", "Decide against supervision",
        "系统建议了督办，您认为不必，请写明理由。",
        "The program proposed supervision; say why none is needed.";
    /// What the public sees.
    Moderation = "moderation", "", "公开审核", "Moderate",
        "公开的文字里，姓名、号码、门牌会再自动遮一遍。",
        "Names, numbers and doors in what is published are masked once more.";
    /// In touch without seeing the number.
    Relay = "relay", "p", "发消息、记通话", "Send a message or record a call",
        "不用看号码：消息由平台发出，通话由热线或总机转接。都记在案上。",
        "You need not see the number: the platform sends, the hotline puts calls through. Both go on record.";
    /// The act that replaces a message.
    Told = "notice-act", "", "登记已另行告知", "Record the act that replaces a message",
        "短信没送到的，用电话、上门、当面或书面告知，记在这里才算完成。",
        "Where a message did not arrive: told by telephone, on a visit, in person or in writing.";
}

impl Act {
    /// The act by which a step of the machine is taken in a state.
    pub(crate) fn of(verb: Verb, state: State) -> Option<Act> {
        Some(match verb {
            Verb::Triage => Act::Triage,
            Verb::Assign if state == State::Returned => Act::Ruling,
            Verb::Assign => Act::Assignment,
            Verb::Recall => Act::Recall,
            Verb::Settle => Act::Settlement,
            Verb::Refuse => Act::Refusal,
            Verb::Merge => Act::Merge,
            Verb::Accept => Act::Acceptance,
            Verb::Return => Act::Return,
            Verb::Arbitrate => Act::Ruling,
            Verb::Name => Act::Officer,
            Verb::Contact => Act::Contact,
            Verb::Progress => Act::Progress,
            Verb::AskHelp => Act::Help,
            Verb::Report => Act::HelpReport,
            Verb::Pause => Act::Pause,
            Verb::Resume => Act::Resumption,
            Verb::Extend => Act::Extension,
            Verb::Escalate => Act::Escalation,
            Verb::Refer => Act::Referral,
            Verb::Decide => Act::Decision,
            Verb::Answer | Verb::Decline => Act::Answer,
            Verb::Judge => Act::Judgement,
            Verb::Attempt => Act::Attempt,
            Verb::Lapse => Act::Lapse,
            Verb::Rule => Act::Review,
            Verb::Close => Act::Closure,
            Verb::Reopen => Act::Reopening,
            Verb::Correct => Act::Correction,
            Verb::Supervise => Act::Supervision,
            Verb::GiveBack => Act::GiveBack,
            // Only the person takes a case back, on their own page; a wish is taken up from the wall.
            Verb::Withdraw | Verb::TakeUp => return None,
        })
    }

    /// The step of the machine that it takes in a state; none for entries that change nothing.
    pub(crate) fn verb(self, state: State) -> Option<Verb> {
        Verb::ALL.iter().copied().find(|v| Act::of(*v, state) == Some(self))
    }

    /// What somebody in charge of a state does first.
    fn leads(self, state: State) -> bool {
        matches!(
            (self, state),
            (Act::Assignment, State::Registered | State::Triaged)
                | (Act::Ruling, State::Returned | State::Arbitration)
                | (Act::Acceptance, State::Assigned)
                | (Act::Officer, State::Assigned | State::Accepted)
                | (Act::Answer, State::InHand | State::Rework)
                | (Act::Resumption, State::Paused)
                | (Act::Decision, State::Referred)
                | (Act::Judgement, State::Answered)
                | (Act::Review, State::Review)
                | (Act::Closure, State::Judged)
        )
    }

    /// What is offered in a fold of its own: exceptions, and what has no effect on the course.
    pub(crate) fn is_seldom(self) -> bool {
        matches!(
            self,
            Act::Refusal
                | Act::Merge
                | Act::Return
                | Act::Correction
                | Act::Supervision
                | Act::Dismissal
                | Act::Moderation
                | Act::Reopening
                | Act::Note
                | Act::Settlement
        )
    }
}

/// Something that whoever looks can do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What.
    pub(crate) act: Act,
    /// The step of the machine; the one that asks least where there are two.
    pub(crate) verb: Option<Verb>,
    /// What has to be there before.
    pub(crate) blocked_by: Vec<Need>,
    /// The first thing to do.
    pub(crate) main: bool,
}

/// What the machine offers. Photos and documents come with the answer, so they do not stand in its way;
/// a record of contact has to be there before.
pub(crate) fn choices(ctx: &Ctx, case: &Case) -> Result<Vec<Choice>> {
    let mut all = case.choices(ctx)?;
    let facts = &case.facts;
    let contact = Evidence::Contact;
    if !facts.evidence_due.contains(&contact) || facts.evidence.contains(&contact) {
        let answers = all.iter_mut().filter(|c| matches!(c.verb, Verb::Answer | Verb::Decline));
        answers.for_each(|c| c.blocked_by.retain(|n| *n != Need::Evidence));
    }
    Ok(all)
}

/// What whoever acts can do to the case now, the first thing first.
pub(crate) fn offers(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Vec<Offer>> {
    let state = case.row.state;
    let mut out: Vec<Offer> = Vec::new();
    for choice in choices(ctx, case)? {
        let Some(act) = Act::of(choice.verb, state) else { continue };
        let grades = &ctx.site.pack.supervision;
        if act == Act::Supervision && !grades.iter().any(|g| supervision::may_issue(ctx, case, g)) {
            continue;
        }
        match out.iter_mut().find(|o| o.act == act) {
            // Two steps under one button: it is open as soon as one of them is.
            Some(known) if choice.blocked_by.len() < known.blocked_by.len() => {
                known.verb = Some(choice.verb);
                known.blocked_by = choice.blocked_by;
            }
            Some(_) => {}
            None => out.push(plain(act, Some(choice.verb), choice.blocked_by)),
        }
    }
    if !case.parties(ctx).is_empty() || case.may(ctx, access::Verb::Work) {
        out.push(plain(Act::Note, None, Vec::new()));
    }
    if case.row.person.is_some()
        && case.row.is_live()
        && (!case.parties(ctx).is_empty() || case.may(ctx, access::Verb::Work))
    {
        out.push(plain(Act::Relay, None, Vec::new()));
    }
    if owes_told(case) && crate::notices::may_tell(ctx, case) {
        out.push(plain(Act::Told, None, Vec::new()));
    }
    if case.row.public_state != PublicState::Never && case.may(ctx, access::Verb::Moderate) {
        out.push(plain(Act::Moderation, None, Vec::new()));
    }
    if case.may(ctx, access::Verb::Work)
        && case.row.supervised > 0
        && supervision::of(tx, case.row.id)?.iter().any(Supervision::waits)
    {
        out.push(plain(Act::SupervisionReply, None, Vec::new()));
    }
    if case.may(ctx, access::Verb::Supervise)
        && supervision::of(tx, case.row.id)?.iter().any(|s| supervision::is_open_for(ctx, case, s))
    {
        out.push(plain(Act::Dismissal, None, Vec::new()));
    }
    if sample::waiting(tx, ctx, case)?.is_some() {
        out.push(plain(Act::Sample, None, Vec::new()));
        out.push(plain(Act::SampleMissed, None, Vec::new()));
    }
    // Whoever signs may name the officer with the same stroke, so naming stands first there.
    let first = out
        .iter()
        .enumerate()
        .filter(|(_, o)| o.act.leads(state))
        .min_by_key(|(_, o)| (o.blocked_by.len(), o.act != Act::Officer))
        .map(|(i, _)| i);
    if let Some(first) = first {
        let mut offer = out.remove(first);
        offer.main = true;
        out.insert(0, offer);
    }
    Ok(out)
}

fn plain(act: Act, verb: Option<Verb>, blocked_by: Vec<Need>) -> Offer {
    Offer { act, verb, blocked_by, main: false }
}

/// Whether a notice is owed that nothing has met, so that an act can be put on record for it.
pub(crate) fn owes_told(case: &Case) -> bool {
    let round = case.row.round();
    case.notices.iter().any(|n| !n.is_met() && (n.notice != Notice::Result || n.round == round))
}
