//! What can be wrong with a track, and how that is said.

use crate::case::words::{ClockKind, Need, Notice, State, Verb, When};
use kernel::Say;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The vocabulary has no such step.
    NotLegal(State),
    /// An edge leads to a state that the track does not use, or the track starts in one.
    UnknownState(State),
    /// A state is described twice.
    TwiceDescribed,
    /// A state that nobody has to act in.
    NoOwner,
    /// The owner of a state can do nothing in it.
    OwnerCannotAct,
    /// An edge that nobody may take.
    NobodyMay,
    /// A state without a clock.
    NoClock,
    /// A clock that is used and has no limit.
    ClockWithoutLimit(ClockKind),
    /// A state is entered and its clock does not run.
    ClockNotStarted(ClockKind),
    /// The clock of the promised answer is stopped although no answer was given.
    PromiseStopped,
    /// No course leads here.
    Unreachable,
    /// From here no end can be reached.
    DeadEnd,
    /// Only the person can lead on: whoever keeps silent keeps it open for ever.
    HangsOnPerson,
    /// An act is taken without what it always needs.
    NeedMissing(Need),
    /// Not accepted without the ground or the right way.
    NoGround(Need),
    /// Somebody other than the person may take it back.
    WithdrawnByOther,
    /// Whoever handles a case may judge it.
    JudgesOwnCase,
    /// A case of the conditions has no edge: what the person says would not be heard.
    CaseMissing(When),
    /// Returned again and again without an arbiter.
    NoArbiter,
    /// Ends without this notice.
    SkipsNotice(Notice),
    /// Sign-off demands a notice that nothing on this course makes due.
    NoticeNeverDue(Notice),
    /// Ends without the evidence.
    SkipsEvidence,
    /// Ends without the person's word and without attempts to ask for it.
    SkipsWord,
    /// Ends as not reached although nobody tried on different days.
    SkipsAttempts,
    /// Ends without the person's yes and without a second signature.
    SkipsSecondSignature,
    /// The officer may sign off alone without the person's yes.
    OfficerCloses,
    /// A major matter ends without the leading group's decision.
    SkipsDecision,
    /// Ends while a helping unit still owes its report.
    ForgetsHelper,
    /// What cannot be solved ends as solved, or the other way round.
    WrongEnd,
}

impl FaultKind {
    /// A stable word for programs and tests.
    pub fn code(self) -> &'static str {
        use FaultKind::*;
        match self {
            NotLegal(_) => "not-legal",
            UnknownState(_) => "unknown-state",
            TwiceDescribed => "twice-described",
            NoOwner => "no-owner",
            OwnerCannotAct => "owner-cannot-act",
            NobodyMay => "nobody-may",
            NoClock => "no-clock",
            ClockWithoutLimit(_) => "clock-without-limit",
            ClockNotStarted(_) => "clock-not-started",
            PromiseStopped => "promise-stopped",
            Unreachable => "unreachable",
            DeadEnd => "dead-end",
            HangsOnPerson => "hangs-on-person",
            NeedMissing(_) => "need-missing",
            NoGround(_) => "no-ground",
            WithdrawnByOther => "withdrawn-by-other",
            JudgesOwnCase => "judges-own-case",
            CaseMissing(_) => "case-missing",
            NoArbiter => "no-arbiter",
            SkipsNotice(_) => "skips-notice",
            NoticeNeverDue(_) => "notice-never-due",
            SkipsEvidence => "skips-evidence",
            SkipsWord => "skips-word",
            SkipsAttempts => "skips-attempts",
            SkipsSecondSignature => "skips-second-signature",
            OfficerCloses => "officer-closes",
            SkipsDecision => "skips-decision",
            ForgetsHelper => "forgets-helper",
            WrongEnd => "wrong-end",
        }
    }
}

/// One thing wrong with a track, with the shortest course that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The state it is about: where the course ends, or the step with the fault.
    pub state: State,
    /// The verb of the edge with the fault, where it is one edge.
    pub verb: Option<Verb>,
    /// The steps taken from the start: in which state, what was done. Empty for faults of one step alone.
    pub path: Vec<(State, Verb)>,
}

impl Fault {
    /// What is wrong, with the course that shows it.
    pub fn say(&self) -> Say {
        let (zh, en) = self.sentence();
        let Some((first, _)) = self.path.first() else { return Say::new(zh, en) };
        let verbs: Vec<Say> = self.path.iter().map(|(_, v)| v.name()).collect();
        let join =
            |pick: fn(&Say) -> &str, comma: &str| verbs.iter().map(pick).collect::<Vec<_>>().join(comma);
        Say::new(
            format!("从“{}”经“{}”{}", first.name().zh, join(|s| &s.zh, "、"), zh),
            format!("From \"{}\" by \"{}\": {}", first.name().en, join(|s| &s.en, ", "), en),
        )
    }

    fn sentence(&self) -> (String, String) {
        let (sz, se) = (self.state.name().zh, self.state.name().en);
        let (vz, ve) = self.verb.map_or(("".into(), "".into()), |v| (v.name().zh, v.name().en));
        use FaultKind::*;
        match self.kind {
            NotLegal(to) => (
                format!("“{sz}”时不可能“{vz}”到“{}”。可用的步骤见说明。", to.name().zh),
                format!("in \"{se}\", \"{ve}\" to \"{}\" is not a step there is.", to.name().en),
            ),
            UnknownState(to) => (
                format!("通向“{}”，但本流程没有这一步。请补上这一步，或改去别处。", to.name().zh),
                format!("it leads to \"{}\", which this track does not use. Add that step or lead elsewhere.", to.name().en),
            ),
            TwiceDescribed => {
                (format!("“{sz}”写了两次，请删去一处。"), format!("\"{se}\" is described twice: delete one."))
            }
            NoOwner => (
                format!("“{sz}”没有责任方，事情会停在这里。请写上 owner。"),
                format!("\"{se}\" has no owner, so that things stop there. Give it an owner."),
            ),
            OwnerCannotAct => (
                format!("“{sz}”的责任方在这一步什么也做不了。请换责任方，或给他一个可做的动作。"),
                format!("the owner of \"{se}\" can do nothing there. Change the owner, or give them something to do."),
            ),
            NobodyMay => (
                format!("“{sz}”时的“{vz}”没有人能做。请写上 who。"),
                format!("in \"{se}\" nobody may \"{ve}\". Say who."),
            ),
            NoClock => (
                format!("“{sz}”没有时限，可以无限期拖下去。请写上 clock。"),
                format!("\"{se}\" has no clock, so that it can last for ever. Give it a clock."),
            ),
            ClockWithoutLimit(c) => (
                format!("用了“{}”，却没有规定多长。请在时限表里补上。", c.name().zh),
                format!("the clock \"{}\" is used and has no limit. Add one to the limits.", c.name().en),
            ),
            ClockNotStarted(c) => (
                format!("进入“{sz}”时，“{}”没有在走。请在这一步或之前启动它。", c.name().zh),
                format!("\"{se}\" is entered while its clock \"{}\" does not run. Start it on this step or before.", c.name().en),
            ),
            PromiseStopped => (
                format!("“{vz}”停掉了对诉求人承诺的答复时限，而并没有答复。退单、上报、协办都不能停这个钟。"),
                format!("\"{ve}\" stops the promised answer's clock although nothing was answered. Returning, escalating and asking for help never stop it."),
            ),
            Unreachable => (
                format!("“{sz}”怎么也走不到。请删去这一步，或补上通向它的动作。"),
                format!("no course leads to \"{se}\". Delete the step, or add a way to it."),
            ),
            DeadEnd => (
                format!("到了“{sz}”就再也走不到办结，是死路。"),
                format!("\"{se}\" is reached, and from there no end can be: a dead end."),
            ),
            HangsOnPerson => (
                format!("在“{sz}”只有诉求人能往下走，诉求人不出声就永远挂着。请补上回访或到期处理。"),
                format!("in \"{se}\" only the person can lead on, so that silence keeps it open for ever. Add a call-back or what happens when the time is over."),
            ),
            NeedMissing(n) => (
                format!("“{sz}”时的“{vz}”没有要求“{}”。", n.name().zh),
                format!("in \"{se}\", \"{ve}\" does not ask for: {}.", n.name().en),
            ),
            NoGround(n) => (
                format!("可以不予受理而不说明“{}”。", n.name().zh),
                format!("it can be refused without this being named: {}.", n.name().en),
            ),
            WithdrawnByOther => (
                format!("“{sz}”时，诉求人以外的人也能“{vz}”。撤回只能由本人。"),
                format!("in \"{se}\" somebody other than the person may \"{ve}\". Only the person takes a case back."),
            ),
            JudgesOwnCase => (
                format!("“{sz}”时的“{vz}”交给了承办一方，等于自己评自己。"),
                format!("in \"{se}\", \"{ve}\" is given to those who handle the case: they would judge themselves."),
            ),
            CaseMissing(w) => (
                format!("“{sz}”时“{vz}”，如果是“{}”就没有去处。", w.name().zh),
                format!("in \"{se}\", \"{ve}\" has no way on where: {}.", w.name().en),
            ),
            NoArbiter => (
                "可以再次退单而不到裁定，单子会来回踢。第二次退单要直接送裁定。".into(),
                "it can be returned again without an arbiter and go back and forth. A second return goes to arbitration.".into(),
            ),
            SkipsNotice(n) => (
                format!("可以不发{}就到“{sz}”。", n.name().zh),
                format!("it can reach \"{se}\" without this notice having been met: {}.", n.name().en),
            ),
            NoticeNeverDue(n) => (
                format!("一路都没有安排{}，销号时却要求它，永远销不了。请在其中一步写上 notices。", n.name().zh),
                format!("nothing on the way makes this notice due, and sign-off demands it: {}. Add it to a step.", n.name().en),
            ),
            SkipsEvidence => (
                format!("可以没有办结凭据就到“{sz}”。"),
                format!("it can reach \"{se}\" without the evidence that the class demands."),
            ),
            SkipsWord => (
                format!("可以不问诉求人就到“{sz}”。"),
                format!("it can reach \"{se}\" without the person having been asked."),
            ),
            SkipsAttempts => (
                format!("可以没有回访记录就按“没联系上”到“{sz}”。"),
                format!("it can reach \"{se}\" as \"not reached\" without recorded attempts."),
            ),
            SkipsSecondSignature => (
                format!("诉求人没有说“解决了”，也没有第二人签字，就可以到“{sz}”。"),
                format!("it can reach \"{se}\" without the person's yes and without a second signature."),
            ),
            OfficerCloses => (
                format!("诉求人没有说“解决了”，责任人一个人就可以到“{sz}”。"),
                format!("the officer alone can bring it to \"{se}\" without the person's yes."),
            ),
            SkipsDecision => (
                format!("重大事项没有领导小组的决定也可以到“{sz}”。"),
                format!("a major matter can reach \"{se}\" without the leading group's decision."),
            ),
            ForgetsHelper => (
                format!("协办单位还没有反馈，也可以到“{sz}”。"),
                format!("it can reach \"{se}\" while a helping unit still owes its report."),
            ),
            WrongEnd => (
                format!("到“{sz}”与答复不符：不能解决的要单独结案，不能算作已解决。"),
                format!("it reaches \"{se}\" against what was answered: what cannot be solved has its own end and is not counted as solved."),
            ),
        }
    }
}
