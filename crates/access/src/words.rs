//! The words of the permission table: what may be done, to what, and how far.

rules::vocabulary! {
    /// What somebody may do.
    Verb {
        /// Look at one.
        View = "view", "查看", "View";
        /// See them in lists.
        List = "list", "列表", "List";
        /// Ask for something, as anyone may.
        Submit = "submit", "提出", "Submit";
        /// Take in for somebody else: window, telephone, meeting.
        Register = "register", "受理登记", "Register";
        /// Settle while the person is there.
        Settle = "settle", "当场办结", "Settle on the spot";
        /// Settle class, course and unit.
        Triage = "triage", "分流", "Triage";
        /// Refuse with the ground and the right way.
        Refuse = "refuse", "不予受理", "Do not accept";
        /// Send to the unit that answers.
        Assign = "assign", "交办", "Assign";
        /// Sign for it.
        Accept = "accept", "签收", "Accept";
        /// Name the one officer who answers, or another one.
        Name = "name", "定责任人", "Name the officer";
        /// Contact the person, note progress, ask for help, report as a helper.
        Work = "work", "办理", "Work on";
        /// Answer the person.
        Answer = "answer", "答复", "Answer";
        /// Send it back: not this unit's duty.
        Return = "return", "退单", "Return";
        /// Rule on a return.
        Arbitrate = "arbitrate", "裁定退单", "Rule on a return";
        /// Give more time.
        Extend = "extend", "延期", "Extend";
        /// Wait for the person, and go on.
        Pause = "pause", "等诉求人", "Wait for the person";
        /// Pass it up.
        Escalate = "escalate", "上报", "Escalate";
        /// Put it before the leading group.
        Refer = "refer", "提请领导小组", "Refer";
        /// Record what the leading group decided.
        Decide = "decide", "记录决定", "Record the decision";
        /// Supervise 督办.
        Supervise = "supervise", "督办", "Supervise";
        /// Take a wish up that is shown to everybody, and give it back.
        TakeUp = "take-up", "认领", "Take up";
        /// Call the person back and record what they say.
        CallBack = "call-back", "回访", "Call back";
        /// A superior's ruling after a second no.
        Review = "review", "上级复核", "Review";
        /// Sign off.
        Close = "close", "销号", "Sign off";
        /// Join to another case.
        Merge = "merge", "并案", "Merge";
        /// A correcting entry.
        Correct = "correct", "更正", "Correct";
        /// Hand all one's cases over.
        HandOver = "hand-over", "移交", "Hand over";
        /// Decide what the public sees.
        Moderate = "moderate", "公开审核", "Moderate";
        /// The person's own word on the result.
        Judge = "judge", "评价", "Judge";
        /// The person takes it back.
        Withdraw = "withdraw", "撤回", "Withdraw";
        /// The person adds to it.
        Supplement = "supplement", "补充", "Add to";
        /// Visit a household and write down what was learnt.
        Visit = "visit", "走访", "Visit";
        /// Take out as a file.
        Export = "export", "导出", "Export";
        /// Print.
        Print = "print", "打印", "Print";
        /// Bring in from a file.
        Import = "import", "导入", "Import";
        /// Record the act that replaces a message.
        Deliver = "deliver", "补告知", "Record the replacing act";
        /// See who somebody is: name, telephone, address. Each look is recorded.
        ViewIdentity = "view-identity", "查看身份", "See the identity";
        /// Keep a case from being forgotten, for a reason of law.
        Hold = "hold", "依法保留", "Hold by law";
        /// Write and change.
        Manage = "manage", "维护", "Maintain";
        /// Make, change and close accounts and posts.
        ManageAccounts = "manage-accounts", "管理账号", "Manage accounts";
        /// Change the pack in force.
        ManagePack = "manage-pack", "管理规则包", "Manage the pack";
        /// Read who did what.
        ViewAudit = "view-audit", "查看操作记录", "Read the record of acts";
    }
}

rules::vocabulary! {
    /// What it is done to.
    Noun {
        /// A case and its course, without who asked.
        Request = "request", "诉求", "Request";
        /// Who asked.
        Identity = "identity", "诉求人身份", "Identity of who asked";
        /// The ledger inside the house.
        Ledger = "ledger", "台账", "Ledger";
        /// The masked ledger for everybody.
        PublicLedger = "public-ledger", "公开台账", "Public ledger";
        /// Counts over a subtree.
        Dashboard = "dashboard", "看板", "Dashboard";
        /// Messages to people.
        Outbox = "outbox", "告知", "Messages";
        /// Staff accounts and posts.
        Account = "account", "账号", "Account";
        /// Units, grids and places.
        Unit = "unit", "单位", "Unit";
        /// The policy pack.
        Pack = "pack", "规则包", "Pack";
        /// The page of the rules in force.
        Rules = "rules", "规则", "Rules in force";
        /// The record of every change.
        Journal = "journal", "操作记录", "Journal";
        /// Keys of other programs.
        Key = "key", "接口密钥", "Key for programs";
        /// How the program runs: jobs, messages unsent, sizes, versions. Nothing about cases.
        Health = "health", "运行状况", "How the site runs";
        /// Households of the register, with the dated facts about them.
        Household = "household", "户", "Household";
        /// Who keeps in touch with which household.
        Pairing = "pairing", "结对", "Pairing";
        /// Records of visits.
        Visit = "visit", "走访", "Visit";
        /// Answer templates.
        Template = "template", "答复模板", "Answer template";
    }
}

rules::vocabulary! {
    /// How far a row reaches.
    Reach {
        /// Cases in which I am the responsible officer.
        Own = "own", "本人承办", "Where I am the officer";
        /// Households with which I am paired today.
        Pairing = "pairing", "与我结对的户", "Households paired with me";
        /// My unit itself.
        Unit = "unit", "本单位", "My unit";
        /// My unit and all below it.
        Subtree = "subtree", "本单位及下级", "My unit and below";
        /// What lies below my unit, not my unit itself: a superior's reach.
        Above = "above", "下级单位", "Units below mine";
        /// The whole site.
        Site = "site", "全部", "The whole site";
        /// The one case whose query code was shown.
        Holder = "holder", "凭查询码", "With the query code";
        /// Everybody.
        Public = "public", "所有人", "Everybody";
    }
}

impl Verb {
    /// Whether doing it changes anything. An auditor holds none of these. A hold changes nothing: it keeps
    /// what there is.
    pub fn changes(self) -> bool {
        !matches!(
            self,
            Verb::View
                | Verb::List
                | Verb::Export
                | Verb::Print
                | Verb::ViewIdentity
                | Verb::ViewAudit
                | Verb::Hold
        )
    }

    /// The permission that a step of the case machine needs.
    pub fn of_case(step: rules::case::Verb) -> Verb {
        use rules::case::Verb as Step;
        match step {
            Step::Triage => Verb::Triage,
            Step::Assign | Step::Recall => Verb::Assign,
            Step::Settle => Verb::Settle,
            Step::Refuse => Verb::Refuse,
            Step::Merge => Verb::Merge,
            Step::Accept => Verb::Accept,
            Step::Return => Verb::Return,
            Step::Arbitrate => Verb::Arbitrate,
            Step::Name => Verb::Name,
            Step::Contact | Step::Progress | Step::AskHelp | Step::Report => Verb::Work,
            Step::Pause | Step::Resume => Verb::Pause,
            Step::Extend => Verb::Extend,
            Step::Escalate => Verb::Escalate,
            Step::Refer => Verb::Refer,
            Step::Decide => Verb::Decide,
            Step::Answer | Step::Decline => Verb::Answer,
            Step::Judge => Verb::Judge,
            Step::Attempt | Step::Lapse => Verb::CallBack,
            Step::Rule => Verb::Review,
            Step::Close => Verb::Close,
            Step::Withdraw => Verb::Withdraw,
            Step::Reopen | Step::Correct => Verb::Correct,
            Step::Supervise => Verb::Supervise,
            Step::TakeUp | Step::GiveBack => Verb::TakeUp,
        }
    }
}
