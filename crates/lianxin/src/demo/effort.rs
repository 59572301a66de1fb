//! What the forms of the demonstration's past cost: each act counts as the form by which it would have come, with the
//! fields that were filled in, as the meter counts those that come in from now on.

use super::World;
use access::SharedSite;
use insight::burden::Past;
use kernel::{AccountId, Actor, DAY, Locale, Result, Timestamp, UnitId};
use liaison::visits::Visit;
use pack::ChannelKind;
use register::Directory;
use requests::bulk::{Past as Case, PastStep, What};
use std::collections::HashMap;
use std::sync::Arc;
use web::form::Fields;

/// So far the meter looks back.
const WEEKS: i64 = 26;
/// Whoever holds no post, as the meter calls them.
const RESIDENT: &str = "resident";
/// How long a day is that is filled in.
const DAY_SIGNS: usize = 10;
/// How long the number of a request is.
const NUMBER_SIGNS: usize = 14;

/// The forms of the past, until they are written.
pub(super) struct Effort {
    site: SharedSite,
    dir: Arc<Directory>,
    since: Timestamp,
    roles: HashMap<AccountId, &'static str>,
    past: Past,
}

/// The fields of one form.
#[derive(Default)]
struct Filled(Fields);

impl Filled {
    /// A field that was typed; none where it was left empty.
    fn typed(mut self, name: &str, text: &str) -> Self {
        let signs = text.trim().chars().count();
        self.0.extend((signs > 0).then(|| (name.to_owned(), signs)));
        self
    }

    /// Fields of which one was chosen.
    fn chosen(mut self, names: &[&str]) -> Self {
        self.0.extend(names.iter().map(|name| ((*name).to_owned(), 1)));
        self
    }

    /// A field of a known length.
    fn long(mut self, name: &str, signs: usize) -> Self {
        self.0.push((name.to_owned(), signs));
        self
    }
}

impl Effort {
    pub(super) fn new(site: &SharedSite, world: &World) -> Effort {
        Effort {
            site: site.clone(),
            dir: register::directory(site),
            since: site.now().plus(-WEEKS * 7 * DAY),
            roles: world.posts.iter().map(|p| (p.account, p.role.key())).collect(),
            past: Past::default(),
        }
    }

    /// Writes what was noted.
    ///
    /// Errors: those of the database.
    pub(super) fn write(self) -> Result<()> {
        let past = self.past;
        self.site.db.write_now(move |tx| past.write(tx))
    }

    fn note(&mut self, at: Timestamp, actor: &Actor, route: &str, filled: &Filled) {
        let role = match actor {
            Actor::Staff { account, .. } => self.roles.get(account).copied(),
            Actor::Resident => Some(RESIDENT),
            _ => None,
        };
        if let Some(role) = role.filter(|_| at >= self.since) {
            self.past.note(&self.site, at, role, route, &filled.0);
        }
    }

    /// A visit, as its page or a telephone sends it.
    pub(super) fn visit(&mut self, at: Timestamp, actor: &Actor, visit: &Visit) {
        let mut form = Filled::default().long("on", DAY_SIGNS);
        for said in &visit.answers {
            let name = format!("answers.{}", said.question);
            form = said.choices.iter().fold(form, |form, _| form.chosen(&[&name]));
            form = form.typed(&format!("{name}.text"), &said.text);
        }
        for (n, promised) in visit.promised.iter().enumerate() {
            let name = format!("promised.{n}");
            form = form.typed(&name, &promised.text).long(&format!("{name}.due"), DAY_SIGNS);
        }
        for (n, need) in visit.needs.iter().enumerate() {
            let name = |of: &str| format!("n{n}.{of}");
            form = form.typed(&name("class_label"), self.class(&need.class)).typed(&name("text"), &need.text);
            form = form.chosen(&[&name("consent"), &name("then")]).typed(&name("answer"), &need.answer);
            if need.solved.is_some() {
                form = form.chosen(&[&name("solved"), &name("grade")]);
            }
        }
        self.note(at, actor, "/visits/new", &form);
    }

    /// A request, with everything that was done about it.
    pub(super) fn case(&mut self, case: &Case) {
        let mut steps = case.steps.as_slice();
        // What was heard at a door came with the visit, its answer there and then as well.
        if case.id.is_none() {
            steps = self.came_in(case);
        } else if let [PastStep { what: What::Settle { .. }, .. }, ..] = steps {
            steps = &[];
        }
        for step in steps {
            // What a person says of an answer on their own page is one press, and on no list.
            let own = step.actor == Actor::Resident;
            let form = self.step(&step.what).filter(|(route, _)| own != route.starts_with("/requests/"));
            if let Some((route, form)) = form {
                self.note(step.at, &step.actor, route, &form);
            }
        }
    }

    /// The form by which it came in; the steps that did not come with that.
    fn came_in<'c>(&mut self, case: &'c Case) -> &'c [PastStep] {
        let (text, person) = (|t: &Option<String>| t.clone().unwrap_or_default(), &case.person);
        let who = Filled::default()
            .typed("name", &text(&person.name))
            .typed("phone", &text(&person.phone))
            .typed("place_text", &case.place_text);
        let kind = self.site.pack.channel(&case.channel).map(|c| c.kind);
        let Actor::Staff { .. } = case.actor else {
            if kind == Some(ChannelKind::Web) {
                let words = Filled::default().typed("text", &case.body);
                self.note(case.received_at, &case.actor, "/ask", &words);
                self.note(case.received_at, &case.actor, "/ask", &who);
            }
            return &case.steps;
        };
        let mut form = who
            .typed("body", &case.body)
            .typed("class_label", self.class(&case.class))
            .typed("address", &text(&person.address))
            .chosen(&["kind", "then", "told"]);
        if let Some(unit) = case.place {
            form = form.typed("place_label", &self.unit(unit));
        }
        let mut rest = case.steps.as_slice();
        if let [PastStep { what: What::Settle { text, word, .. }, .. }, others @ ..] = rest {
            form = form.typed("answer", text);
            if word.is_some() {
                form = form.chosen(&["solved", "grade"]);
            }
            rest = others;
        }
        if kind == Some(ChannelKind::Phone) {
            self.note(case.received_at, &case.actor, "/hotline", &form);
        } else {
            self.note(case.received_at, &case.actor, "/intake", &form.chosen(&["channel"]));
        }
        rest
    }

    fn class(&self, code: &str) -> &str {
        self.site.pack.class(code).map_or("", |c| c.name.zh.as_str())
    }

    fn unit(&self, unit: UnitId) -> String {
        self.dir.name(unit, Locale::Zh).to_owned()
    }

    /// The form of a step; none for a press that asks nothing.
    fn step(&self, what: &What) -> Option<(&'static str, Filled)> {
        let form = Filled::default;
        Some(match what {
            What::Triage { class, unit, note, .. } => {
                let form =
                    form().typed("class_label", self.class(class)).typed("unit_label", &self.unit(*unit));
                ("/requests/{number}/triage", form.chosen(&["kind", "urgency"]).typed("note", note))
            }
            What::Assign { unit, note } => {
                let form = form().typed("unit_label", &self.unit(*unit)).typed("note", note);
                ("/requests/{number}/assignment", form)
            }
            What::Arbitrate { unit, reason } => {
                let form = form().typed("unit_label", &self.unit(*unit)).typed("reason", reason);
                ("/requests/{number}/ruling", form)
            }
            What::Name { note, .. } => {
                ("/requests/{number}/officer", form().chosen(&["officer"]).typed("note", note))
            }
            What::Contact { text, .. } => {
                ("/requests/{number}/contact", form().chosen(&["audience"]).typed("text", text))
            }
            What::Progress { text, .. } => {
                ("/requests/{number}/progress", form().chosen(&["audience"]).typed("text", text))
            }
            What::AskHelp { unit, question } => {
                let form = form().typed("unit_label", &self.unit(*unit)).typed("question", question);
                ("/requests/{number}/help", form)
            }
            What::Report { text, .. } => ("/requests/{number}/help-report", form().typed("text", text)),
            What::Pause { question } => ("/requests/{number}/pause", form().typed("question", question)),
            What::Resume { note } => ("/requests/{number}/resumption", form().typed("reason", note)),
            What::Extend { by, reason } => {
                let form = form().typed("by", &by.to_string()).typed("reason", reason);
                ("/requests/{number}/extension", form)
            }
            What::Escalate { reason, .. } => {
                ("/requests/{number}/escalation", form().typed("reason", reason))
            }
            What::Return { reason, .. } => {
                ("/requests/{number}/return", form().chosen(&["duty"]).typed("reason", reason))
            }
            What::Refer { question } => ("/requests/{number}/referral", form().typed("question", question)),
            What::Decide { who, decision, .. } => {
                let form = form().long("met_on", DAY_SIGNS).typed("who", who).typed("decision", decision);
                ("/requests/{number}/decision", form)
            }
            What::Answer { text, unsolvable: false, .. } => {
                ("/requests/{number}/answer", form().typed("text", text))
            }
            What::Settle { text, told, .. } => {
                let form = form().typed("answer", text).chosen(&["solved", "grade"]);
                ("/requests/{number}/settlement", form.long("told", told.key().len()))
            }
            What::Judge { note, satisfaction, .. } => {
                let form = form().chosen(&["solved"]).typed("note", note);
                let form = if satisfaction.is_some() { form.chosen(&["grade"]) } else { form };
                ("/requests/{number}/judgement", form)
            }
            What::Attempt { note, .. } => {
                ("/requests/{number}/attempt", form().chosen(&["outcome"]).typed("note", note))
            }
            What::Review { reason, .. } => {
                ("/requests/{number}/review", form().chosen(&["ruling"]).typed("reason", reason))
            }
            What::Close { note } => ("/requests/{number}/closure", form().typed("note", note)),
            What::Withdraw { reason } => ("/r/{number}/withdrawal", form().typed("reason", reason)),
            What::Refuse { note, .. } => {
                ("/requests/{number}/refusal", form().chosen(&["ground"]).typed("note", note))
            }
            What::Merge { reason, .. } => {
                ("/requests/{number}/merge", form().long("into", NUMBER_SIGNS).typed("reason", reason))
            }
            What::Supervise { words, .. } => {
                ("/requests/{number}/supervision", form().chosen(&["grade"]).typed("words", words))
            }
            What::Reopen { reason } => ("/requests/{number}/reopening", form().typed("reason", reason)),
            What::Note { text, .. } => {
                ("/requests/{number}/notes", form().chosen(&["audience"]).typed("text", text))
            }
            What::Supplement { text } => ("/r/{number}/supplement", form().typed("text", text)),
            What::Moderate { reason, .. } => {
                let form = form().chosen(&["show"]);
                let form = if reason.is_empty() { form } else { form.chosen(&["reason"]) };
                ("/requests/{number}/moderation", form)
            }
            What::Accept | What::Lapse | What::Answer { .. } => return None,
        })
    }
}
