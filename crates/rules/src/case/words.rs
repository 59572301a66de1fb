//! The closed vocabulary of the case machine: every word has a key for files and a name for people.

/// Declares an enum whose every variant has a key (files, database, API) and a name in both languages.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word in files, tables and the API.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)+ }
            }

            /// The word with this key.
            pub fn from_key(key: &str) -> Option<$name> {
                match key { $($key => Some($name::$variant),)+ _ => None }
            }

            /// What people call it.
            pub fn name(self) -> kernel::Say {
                match self { $($name::$variant => kernel::Say::new($zh, $en),)+ }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
                s.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
                let key = <String as serde::Deserialize>::deserialize(d)?;
                $name::from_key(&key).ok_or_else(|| {
                    let known: Vec<&str> = $name::ALL.iter().map(|w| w.key()).collect();
                    serde::de::Error::custom(format!(
                        "\"{key}\" is not a {}; known: {}", stringify!($name), known.join(", ")
                    ))
                })
            }
        }
    };
}

vocabulary! {
    /// Where a case stands.
    State {
        /// Taken in; a centre has to find the unit that answers.
        Registered = "registered", "待分流", "Awaiting triage";
        /// Class, course and unit are settled; it has to be sent out.
        Triaged = "triaged", "待交办", "Awaiting dispatch";
        /// Sent to a unit that has to sign for it.
        Assigned = "assigned", "待签收", "Awaiting acceptance";
        /// Signed for; the lead has to name the officer.
        Accepted = "accepted", "待定责任人", "Awaiting an officer";
        /// The officer works on it.
        InHand = "in-hand", "办理中", "In hand";
        /// Waiting for the person; the only state in which the answer clock rests.
        Paused = "paused", "等诉求人", "Waiting for the person";
        /// Sent back once; the centre that sent it decides anew.
        Returned = "returned", "退单待定", "Returned";
        /// Sent back twice; the arbiter rules.
        Arbitration = "arbitration", "退单裁定", "In arbitration";
        /// A major matter before the leading group.
        Referred = "referred", "提请领导小组", "Before the leading group";
        /// Answered; the person has the word.
        Answered = "answered", "已答复待评价", "Answered, awaiting judgement";
        /// The person said no: it is worked on again under its own clock.
        Rework = "rework", "重办中", "Being reworked";
        /// The person said no again: a superior reviews.
        Review = "review", "上级复核", "Under review";
        /// The person has judged, or the attempts to ask are recorded; it may be signed off.
        Judged = "judged", "待销号", "Awaiting sign-off";
        /// Signed off as solved or explained.
        Closed = "closed", "已销号", "Closed";
        /// Ended with the reason why it cannot be solved; counted apart.
        Unsolvable = "unsolvable", "不能解决", "Cannot be solved";
        /// Taken back by the person.
        Withdrawn = "withdrawn", "已撤回", "Withdrawn";
        /// Not a matter for this platform: the ground and the right way are told.
        NotAccepted = "not-accepted", "不予受理", "Not accepted";
        /// Joined to another case about the same matter.
        Merged = "merged", "已并案", "Merged";
    }
}

impl State {
    /// Whether nothing more is owed.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            State::Closed | State::Unsolvable | State::Withdrawn | State::NotAccepted | State::Merged
        )
    }
    /// Whether a unit still owes the person an answer.
    pub fn owes_answer(self) -> bool {
        !self.is_end() && !matches!(self, State::Answered | State::Judged)
    }
}

vocabulary! {
    /// What may be done to a case.
    Verb {
        /// Settle class, course and unit.
        Triage = "triage", "分流", "Triage";
        /// Send it to the unit that answers.
        Assign = "assign", "交办", "Assign";
        /// Take it back from the unit it was sent to by mistake, before any unit has signed for it.
        Recall = "recall", "收回交办", "Take the dispatch back";
        /// Settled while the person was there.
        Settle = "settle", "当场办结", "Settle on the spot";
        /// Refuse it with the ground and the right way.
        Refuse = "refuse", "不予受理", "Do not accept";
        /// Join it to an open case about the same matter.
        Merge = "merge", "并案", "Merge";
        /// Sign for it.
        Accept = "accept", "签收", "Accept";
        /// Send it back: not this unit's duty.
        Return = "return", "退单", "Return";
        /// Rule on a return.
        Arbitrate = "arbitrate", "裁定", "Rule on the return";
        /// Name the one officer who answers, or another one.
        Name = "name", "定责任人", "Name the officer";
        /// Record the first contact with the person.
        Contact = "contact", "联系诉求人", "Contact the person";
        /// Note what was done.
        Progress = "progress", "记进展", "Note progress";
        /// Ask another unit to help.
        AskHelp = "ask-help", "请协办", "Ask another unit to help";
        /// The helping unit reports.
        Report = "report", "协办反馈", "Report as helper";
        /// Rest the clock while waiting for the person.
        Pause = "pause", "等诉求人", "Wait for the person";
        /// The person has answered; the clock goes on.
        Resume = "resume", "恢复办理", "Resume";
        /// More time, by whom the rule names and up to its cap.
        Extend = "extend", "延期", "Extend";
        /// Pass it up: officer to unit, unit to county ledger.
        Escalate = "escalate", "上报", "Escalate";
        /// Put a major matter before the leading group.
        Refer = "refer", "提请领导小组", "Refer to the leading group";
        /// Record what the leading group decided.
        Decide = "decide", "记录决定", "Record the decision";
        /// Answer the person.
        Answer = "answer", "答复", "Answer";
        /// Answer that it cannot be solved, because.
        Decline = "decline", "答复不能解决", "Answer: cannot be solved";
        /// The person's word: solved or not, and how satisfied.
        Judge = "judge", "评价", "Judge";
        /// An attempt to reach the person for a judgement that failed.
        Attempt = "attempt", "回访未果", "Call-back failed";
        /// The time to judge is over and the attempts are recorded.
        Lapse = "lapse", "逾期未评", "No judgement given";
        /// A superior's ruling after a second no.
        Rule = "rule", "复核裁定", "Rule on the review";
        /// Sign it off.
        Close = "close", "销号", "Sign off";
        /// The person takes it back.
        Withdraw = "withdraw", "撤回", "Withdraw";
        /// A correcting entry: it was ended by mistake, or the matter is back.
        Reopen = "reopen", "重启", "Reopen";
        /// Correct class, place or wording without changing the state.
        Correct = "correct", "更正", "Correct";
        /// Supervise 督办, in one of three grades.
        Supervise = "supervise", "督办", "Supervise";
        /// Somebody takes it upon themselves: a wish.
        TakeUp = "take-up", "认领", "Take up";
        /// Whoever took it up cannot do it: it is open to others again.
        GiveBack = "give-back", "退回认领", "Give back";
    }
}

vocabulary! {
    /// The part somebody plays towards one case.
    Party {
        /// Who asked, or joined.
        Person = "person", "诉求人", "The person";
        /// The window clerk or operator.
        Clerk = "clerk", "窗口或接线员", "Clerk or operator";
        /// The centre that sends cases out.
        Triage = "triage", "分流中心", "Triage";
        /// The lead of the unit that handles it.
        Lead = "lead", "承办单位负责人", "Lead of the handling unit";
        /// The one officer who answers.
        Officer = "officer", "责任人", "The responsible officer";
        /// A helping unit.
        Helper = "helper", "协办单位", "Helping unit";
        /// The supervision of a centre above: arbiter of returns, reviewer.
        Supervisor = "supervisor", "督办员", "Supervisor";
        /// Someone of a unit other than the handling one, who calls back.
        Caller = "caller", "回访员（非承办单位）", "Caller of another unit";
        /// Whoever wants to take it up: of any unit, while it is shown to everybody.
        Taker = "taker", "认领人", "Whoever takes it up";
        /// The program, when a clock runs out.
        System = "system", "系统", "The system";
    }
}

vocabulary! {
    /// The clocks a case can have running.
    ClockKind {
        /// From registration until it is sent out.
        Dispatch = "dispatch", "交办时限", "Dispatch";
        /// From being sent until it is signed for.
        Acceptance = "acceptance", "签收时限", "Acceptance";
        /// From being sent until the person was contacted.
        Contact = "contact", "首次联系时限", "First contact";
        /// From registration until the answer; the one the person is promised.
        Answer = "answer", "答复时限", "Answer";
        /// From a no until the second answer.
        Rework = "rework", "重办时限", "Rework";
        /// From a return until it is decided.
        Return = "return", "退单处理时限", "Ruling on a return";
        /// From a second no until the superior's ruling.
        Review = "review", "复核时限", "Review";
        /// From referral until the leading group's decision is recorded.
        Decision = "decision", "研究决定时限", "Leading group's decision";
        /// From the answer until the person is called back.
        Evaluation = "evaluation", "评价时限", "Judgement";
        /// From a pause until it ends by itself.
        Pause = "pause", "等待时限", "Waiting";
        /// From judgement until sign-off.
        SignOff = "sign-off", "销号时限", "Sign-off";
    }
}

vocabulary! {
    /// The three notices the person is owed.
    Notice {
        /// It is registered, under this number.
        Accepted = "accepted", "受理告知", "Notice 1: accepted";
        /// Who handles it and by when.
        Handling = "handling", "承办告知", "Notice 2: who handles it and by when";
        /// The result, and a request to judge it.
        Result = "result", "结果告知", "Notice 3: the result, please judge";
    }
}

vocabulary! {
    /// What a step needs before it is taken.
    Need {
        /// A reason in words.
        Reason = "reason", "理由", "A reason";
        /// The ground, from the pack's list.
        Ground = "ground", "不予受理的依据", "The ground";
        /// The right way to go instead.
        RightWay = "right-way", "应走的途径", "The right way";
        /// The unit.
        Unit = "unit", "单位", "A unit";
        /// The officer.
        Officer = "officer", "责任人", "An officer";
        /// The item of the duty list the return rests on.
        DutyItem = "duty-item", "职责清单条目", "The item of the duty list";
        /// The other case.
        OtherCase = "other-case", "主案编号", "The other case";
        /// The leading group's decision: when, who, what.
        Decision = "decision", "会议决定", "The recorded decision";
        /// The text of the answer.
        AnswerText = "answer-text", "答复内容", "The answer";
        /// What the class demands as evidence.
        Evidence = "evidence", "办结凭据", "The evidence the class demands";
        /// Every helping unit has reported.
        HelpersReported = "helpers-reported", "协办单位均已反馈", "Reports of all helping units";
        /// All three notices met, by delivery or by a recorded act.
        AllNotices = "all-notices", "三次告知均已完成", "All three notices";
        /// The person's word, given or called for; or attempts on different days.
        PersonsWord = "persons-word", "诉求人评价，或回访记录", "The person's word, or recorded attempts";
        /// A second signature, where the person's word is missing or was no.
        SecondSignature = "second-signature", "第二人签字", "A second signature";
        /// Approval by the leading group, for a major matter.
        GroupApproval = "group-approval", "领导小组决定", "The leading group's decision";
        /// What was asked of the person.
        Question = "question", "要诉求人补充的内容", "What is asked of the person";
        /// Originals that were handed in are back with the person. No track writes it: no end is without it.
        PapersBack = "papers-back", "原件都交还本人", "All originals back with the person";
        /// The file of a mediation holds what is mandatory. No track writes it: no agreement is without it.
        FileWhole = "file-whole", "调解卷宗的必备材料", "The mandatory items of the mediation file";
    }
}

vocabulary! {
    /// Which of several edges with the same verb is taken.
    When {
        /// Always.
        Always = "always", "", "";
        /// The person says it is solved.
        Solved = "solved", "说解决了", "said solved";
        /// The person says it is not, for the first time.
        NotSolved = "not-solved", "说没解决", "said not solved";
        /// The person says it is not, after a rework.
        NotSolvedAgain = "not-solved-again", "重办后仍说没解决", "said not solved after rework";
        /// The first return.
        FirstReturn = "first-return", "第一次退单", "first return";
        /// A further return.
        SecondReturn = "second-return", "第二次退单", "second return";
        /// The ruling stands by the unit.
        Upheld = "upheld", "维持", "upheld";
        /// The ruling sends it back.
        SentBack = "sent-back", "退回", "sent back";
        /// The answer was that it cannot be solved.
        CannotBeSolved = "cannot-be-solved", "答复为不能解决", "answered: cannot be solved";
        /// The answer was a result.
        HasResult = "has-result", "答复有结果", "answered with a result";
        /// It has not been worked on a second time.
        FirstRound = "first-round", "还没有重办过", "not worked on again yet";
        /// It has been worked on a second time.
        LaterRound = "later-round", "重办过", "worked on again before";
    }
}

vocabulary! {
    /// How the person's word came, or did not.
    Word {
        /// Solved, by the person's own word.
        Solved = "solved", "解决了", "Solved";
        /// Not solved, by the person's own word.
        NotSolved = "not-solved", "没解决", "Not solved";
        /// Asked, and no reply came in the time given.
        NoReply = "no-reply", "未评价", "No reply";
        /// Attempts on different days reached nobody.
        NotReached = "not-reached", "没联系上", "Not reached";
    }
}

vocabulary! {
    /// What somebody asked for.
    Kind {
        /// 咨询
        Consultation = "consultation", "咨询", "Consultation";
        /// 求助
        Help = "help", "求助", "Help";
        /// 投诉
        Complaint = "complaint", "投诉", "Complaint";
        /// 举报
        Report = "report", "举报", "Report";
        /// 建议
        Suggestion = "suggestion", "建议", "Suggestion";
        /// 事务代办
        Affair = "affair", "事务代办", "Affair handled for someone";
        /// 民事调解
        Dispute = "dispute", "矛盾调解", "Dispute to mediate";
        /// 微心愿
        Wish = "wish", "微心愿", "Wish";
    }
}

vocabulary! {
    /// How soon.
    Urgency {
        /// The ordinary course.
        Ordinary = "ordinary", "一般", "Ordinary";
        /// Shortened limits.
        Urgent = "urgent", "紧急", "Urgent";
        /// Hours, not days.
        Emergency = "emergency", "特急", "Emergency";
    }
}

vocabulary! {
    /// Evidence a class may demand before sign-off.
    Evidence {
        /// A picture from before.
        Before = "before", "办理前照片", "Photo before";
        /// A picture from after.
        After = "after", "办理后照片", "Photo after";
        /// A document.
        Document = "document", "办结材料", "Document";
        /// A record of having spoken with the person.
        Contact = "contact", "联系记录", "Record of contact";
    }
}
