//! The walk over every route, as everybody who may come. What is expected follows from the rule of the
//! route and from the permission table; whatever is answered, nobody reads of a case that is not theirs.

use crate::house::{Does, House, OFFICE, PHONE, TELLTALE, WHO, each_house};
use crate::stories::homes::home;
use access::accounts::{self, Act, NewAccount, NewPost};
use access::{Access, Noun, RouteRule, Target, Verb};
use http::{Method, header};
use kernel::{AccountId, Actor, PostId, Role, Scope, UnitId};
use lianxin::capability;
use requests::case::Case;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use testkit::{Answer, Client};
use web::form::CSRF_FIELD;

const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody who tries every door.
struct Guest {
    name: String,
    client: Client,
    /// The form token of their session.
    csrf: String,
    /// Staff only.
    role: Option<Role>,
    scope: Scope,
    /// Showed the query code.
    holds_code: bool,
}

/// What the doors are tried with: a case in hand, with a file and messages.
pub struct Things {
    pub case: Case,
    file: String,
    message: String,
    account: String,
    key: String,
    meeting: String,
    asset: String,
    /// The code of a household whose head is the one who asked.
    household: String,
    /// The entry of that head.
    entry: String,
    nothing: String,
    /// A household that an officer of that office keeps in touch with.
    home: register::households::Household,
    /// A picture of a visit there.
    photo: String,
    /// That visit.
    visit: String,
    /// Good answers to everything that any form about a case asks.
    filled_in: String,
}

impl Things {
    /// A plan for the household, help and a check.
    pub fn planned(&self, house: &House) {
        crate::stories::homes::planned(house, &self.home, Role::Officer, OFFICE);
    }

    /// The address of a route, filled in.
    pub fn address(&self, path: &str) -> String {
        if path == "/visits/new" {
            return format!("{path}?household={}", self.home.id);
        }
        let mut out = String::new();
        for part in path.split('/').skip(1) {
            let value = match part {
                "{number}" => self.case.row.number.clone(),
                "{id}" if path.contains("/files/") => self.file.clone(),
                "{id}" if path.contains("/photos/") => self.photo.clone(),
                "{id}" if path.starts_with("/visits/") => self.visit.clone(),
                "{id}" if path.starts_with("/outbox/") => self.message.clone(),
                "{id}" if path.starts_with("/admin/accounts/") => self.account.clone(),
                "{id}" if path.starts_with("/admin/keys/") => self.key.clone(),
                "{id}" if path.starts_with("/meeting/") => self.meeting.clone(),
                "{id}" if path.starts_with("/imports/") || path.starts_with("/reports/") => {
                    self.nothing.clone()
                }
                "{id}" if path.starts_with("/people/") => self.account.clone(),
                "{id}" if path.starts_with("/rules") => "standard".into(),
                "{id}" | "{post}" | "{service_request_id}" | "{token}" | "{token_id}" => self.nothing.clone(),
                "{file}" if path.starts_with("/pairings/") => "list.csv".into(),
                "{hash}" => self.asset.split('/').nth(2).unwrap_or_default().to_owned(),
                "{file}" => self.asset.split('/').nth(3).unwrap_or_default().to_owned(),
                "{code}" if path.starts_with("/api") || path.starts_with("/open311") => {
                    self.case.row.class.clone()
                }
                "{code}" if path.starts_with("/households") => self.household.clone(),
                "{code}" if path.starts_with("/visits/") || path.starts_with("/plans/") => {
                    self.home.code.clone()
                }
                "{code}" if path.starts_with("/rules") => "01".into(),
                "{code}" => "901".into(),
                "{card}" => self.home.card.clone(),
                "{entry}" => self.entry.clone(),
                "{column}" => "0".into(),
                "{head}" => "1".into(),
                "{series}" => {
                    self.case.row.number.rsplit_once('-').map(|n| n.0.to_owned()).unwrap_or_default()
                }
                "{from}" => "2026-11-19".into(),
                "{clock}" => "answer".into(),
                "{slip}" => "1".into(),
                "{provider}" => "gov".into(),
                "{dimension}" => "class".into(),
                "{what}" => "class".into(),
                "{level}" => "1".into(),
                other if !other.contains('{') => other.to_owned(),
                other => panic!("the walk does not know what to put for {other} in {path}: teach it"),
            };
            let _ = write!(out, "/{value}");
        }
        out
    }
}

/// Whether a route is about one case, so that who may not see the case must not find it.
pub fn of_a_case(path: &str) -> bool {
    path.starts_with("/outbox/{id}") || path.starts_with("/meeting/{id}") || path.contains("/{number}")
}

/// A household in the first grid of all, with a mark on it.
fn a_household(house: &House) -> (String, String) {
    use register::households::{NewHousehold, NewMember, NewTag, Relation, add_in};
    let site = house.world.site.clone();
    let from = site.today();
    let who = access::identity::NewPerson {
        name: Some(WHO.into()),
        phone: Some(PHONE.into()),
        ..access::identity::NewPerson::default()
    };
    let tag =
        |id: &str| NewTag { tag: id.into(), person: None, from, to: None, basis: "test".into(), note: None };
    let new = NewHousehold {
        id: None,
        unit: house.world.unit("9010101"),
        code: None,
        place: None,
        persons: Some(3),
        from,
        basis: "test".into(),
        people: vec![NewMember { relation: Relation::Head, who, from: None }],
        tags: vec![tag("hardship"), tag("disabled")],
    };
    let act = access::accounts::Act { actor: kernel::Actor::System, at: site.now() };
    let at = site.clone();
    let made = site.db.write_now(move |tx| add_in(tx, &at, &new, &act)).expect("a household");
    let people = site.db.read_now(move |tx| register::households::members(tx, made.id)).expect("people");
    (made.code, people[0].id.to_string())
}

/// A case in hand at an office of the first township, with a file in it.
pub async fn things(house: &House) -> Things {
    let (number, other) = (house.asked().await.number, house.asked().await.number);
    let mut desk = house.staff(Role::Triage, "901-township-hall").await;
    let unit = house.unit(OFFICE);
    desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
    let mut lead = house.staff(Role::Lead, OFFICE).await;
    lead.act(&number, "officer", &[("officer", &house.account(Role::Officer, OFFICE))]).await;
    let mut officer = house.staff(Role::Officer, OFFICE).await;
    let page = format!("/requests/{number}/contact");
    let shown = officer.get(&page).await.expect(200);
    let said = [("text", "当面说清了。"), ("audience", "inside")];
    let shown =
        officer.fill(&shown, &page, &said, &[("files", "路口.txt", "雪".as_bytes())]).await.expect(200);
    let file = shown
        .body
        .split("/files/")
        .nth(1)
        .and_then(|s| s.split(['"', '?']).next())
        .expect("a file")
        .to_owned();
    // A meeting in the same township.
    let mut clerk = house.staff(Role::Clerk, "901-township-hall").await;
    let sheet = clerk.get("/meeting").await.expect(200);
    let place = house.unit("90101");
    let lines = [
        ("host", "村支书"),
        ("present", "12"),
        ("place", place.0.as_str()),
        ("place_label", place.1.as_str()),
        ("what-1", "会上也说了没有人扫雪。"),
    ];
    let held = clerk.fill(&sheet, "/meeting", &lines, &[]).await.expect(200);
    let meeting = held.path.strip_prefix("/meeting/").unwrap_or_else(|| panic!("{}", held.text())).to_owned();
    let case = house.case(&number).await;
    let id = case.row.id;
    let messages = house.world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
    let start = house.visitor().get("/").await.expect(200);
    let asset = start.body.split('"').find(|s| s.starts_with("/assets/")).expect("an asset").to_owned();
    let unit = house.unit("901-township-finance");
    let account = house.account(Role::Officer, OFFICE);
    let key = house.key("county-hub");
    let filled_in = [
        ("class", "17.04.01"),
        ("class_label", "代缴代领"),
        ("kind", "help"),
        ("urgency", "ordinary"),
        ("unit", unit.0.as_str()),
        ("unit_label", unit.1.as_str()),
        ("officer", account.as_str()),
        ("duty", "1"),
        ("ground", "emergency"),
        ("into", other.as_str()),
        ("end", "result"),
        ("answer", "x"),
        ("told", "in-person"),
        ("solved", "yes"),
        ("grade", "1"),
        ("outcome", "no-answer"),
        ("ruling", "back"),
        ("show", "yes"),
        ("title", "x"),
        ("body", "x"),
        ("met_on", "2026-11-17"),
        ("who", "0"),
        ("decision", "x"),
        ("question", "x"),
        ("by", "1"),
        ("notice", "handling"),
        ("how", "telephone"),
        ("purpose", "contact"),
        ("see", "phone"),
        ("audience", "inside"),
        ("reason", "x"),
        ("text", "x"),
        ("note", "x"),
        ("words", "x"),
        ("why", "x"),
        ("do", "send"),
        ("tag", "hardship"),
        ("basis", "x"),
        ("from", "2026-11-17"),
        ("q", "9010101-001"),
    ];
    let mut form = form_urlencoded::Serializer::new(String::new());
    let filled_in = form.extend_pairs(filled_in).finish();
    let (household, entry) = a_household(house);
    let home = home(house, "9010101", Role::Officer, OFFICE);
    let photo = crate::stories::homes::pictured(house, &home, Role::Officer, OFFICE);
    let at = home.id;
    let visit = house.world.site.db.read_now(move |tx| records::latest(tx, at, liaison::visits::KIND));
    Things {
        photo,
        visit: visit.expect("a look").expect("the visit").id.to_string(),
        home,
        filled_in,
        household,
        entry,
        case,
        file,
        message: messages.first().expect("a message").id.to_string(),
        account,
        key: key.to_string(),
        meeting,
        asset,
        nothing: "01890000-0000-7000-8000-000000000000".into(),
    }
}

/// Somebody with a post that no unit of the second township has by itself.
pub fn also_there(house: &House, role: Role, unit: &str) {
    let site = &house.world.site;
    let (now, chance, today) = (site.now(), site.chance.clone(), site.today());
    let hash =
        access::password::hash(access::password::Hashing::CHEAP, &*chance, "lianxin-test").expect("a hash");
    let unit_id: UnitId = house.unit(unit).0.parse().expect("an id");
    let login = format!("{}.{unit}", role.key());
    site.db
        .write_now(move |tx| {
            let act = Act { actor: Actor::System, at: now };
            let account = AccountId::new(now, &*chance);
            let new = NewAccount {
                login: login.clone(),
                name: login.clone(),
                pass_hash: hash.clone(),
                ..NewAccount::default()
            };
            accounts::add_in(tx, account, &new, &act)?;
            let post = NewPost {
                account,
                unit: unit_id,
                role,
                title: String::new(),
                from: today,
                to: None,
                basis: "test".into(),
            };
            accounts::add_post_in(tx, PostId::new(now, &*chance), &post, &act)
        })
        .expect("somebody more");
}

async fn guests(house: &House, things: &Things) -> Vec<Guest> {
    let today = house.world.site.today();
    let public = |name: &str, client| Guest {
        name: name.into(),
        client,
        csrf: String::new(),
        role: None,
        scope: Scope::public(today),
        holds_code: false,
    };
    let number = things.case.row.number.clone();
    let mut stranger = house.visitor();
    let wrong = stranger.submit("/find", "/find", &[("number", &number), ("code", "222222")]).await;
    assert_eq!(wrong.status, 422);
    let mut holder = house.visitor();
    holder
        .submit("/find", "/find", &[("number", &number), ("code", &things.case.row.code)])
        .await
        .expect(200);
    let mut out =
        vec![public("nobody", house.visitor()), public("stranger", stranger), public("who asked", holder)];
    out[2].holds_code = true;
    for role in [Role::Operator, Role::Moderator] {
        also_there(house, role, "902-township-hall");
    }
    let county = "9-county-centre";
    for (role, unit) in [
        (Role::Clerk, "901-township-hall"),
        (Role::Operator, county),
        (Role::Officer, OFFICE),
        (Role::Lead, OFFICE),
        (Role::Liaison, "901-township-hall"),
        (Role::Triage, "901-township-hall"),
        (Role::Supervisor, "901-township-hall"),
        (Role::Moderator, county),
        (Role::Auditor, county),
        (Role::Admin, county),
        (Role::Clerk, "902-township-hall"),
        (Role::Operator, "902-township-hall"),
        (Role::Officer, "902-township-economy"),
        (Role::Lead, "902-township-economy"),
        (Role::Liaison, "902-township-hall"),
        (Role::Triage, "902-township-hall"),
        (Role::Supervisor, "902-township-hall"),
        (Role::Moderator, "902-township-hall"),
    ] {
        let client = house.staff(role, unit).await;
        let place = unit.split('-').next().unwrap_or_default();
        let at: UnitId = house.unit(unit).0.parse().expect("an id");
        out.push(Guest {
            name: format!("{} {place}", role.key()),
            client,
            csrf: String::new(),
            role: Some(role),
            scope: house.world.staff(at, role).scope,
            holds_code: false,
        });
    }
    for guest in &mut out {
        let page = guest.client.get("/find").await;
        let token = page.form("/find").get(CSRF_FIELD).cloned();
        guest.csrf = token.unwrap_or_else(|| panic!("no form token for {}: {}", guest.name, page.body));
    }
    out
}

impl Guest {
    fn may(&self, house: &House, case: &Case, verb: Verb, noun: Noun) -> bool {
        let dir = register::directory(&house.world.site);
        let first = dir.path(case.row.first_unit);
        let also = [first];
        let target = Target::at(dir.path(case.row.unit)).also(&also).officer(case.row.officer);
        access::may(&self.scope, verb, noun, if self.holds_code { target.held() } else { target })
    }

    /// Whether they may read what the case is about.
    fn sees(&self, house: &House, case: &Case) -> bool {
        self.may(house, case, Verb::View, Noun::Request)
    }
}

/// What each act on a case needs by the permission table, said here apart from the pages; none for what the
/// part somebody plays decides alone.
fn needs(path: &str) -> Option<(Verb, Noun)> {
    let act = path.strip_prefix("/requests/{number}/")?;
    let verb = match act {
        "triage" => Verb::Triage,
        "assignment" | "recall" => Verb::Assign,
        "settlement" => Verb::Settle,
        "refusal" => Verb::Refuse,
        "merge" => Verb::Merge,
        "acceptance" => Verb::Accept,
        "officer" => Verb::Name,
        "return" => Verb::Return,
        // In arbitration it would be another; the case of the walk is not.
        "ruling" => Verb::Assign,
        "contact" | "progress" | "help" | "supervision-reply" => Verb::Work,
        "pause" | "resumption" => Verb::Pause,
        "extension" => Verb::Extend,
        "escalation" => Verb::Escalate,
        "referral" => Verb::Refer,
        "decision" => Verb::Decide,
        "answer" => Verb::Answer,
        "judgement" | "attempt" | "lapse" | "sample" | "sample-attempt" => Verb::CallBack,
        "review" => Verb::Review,
        "closure" => Verb::Close,
        "reopening" | "correction" => Verb::Correct,
        "supervision" | "supervision-dismissal" => Verb::Supervise,
        "moderation" => Verb::Moderate,
        "identity" => return Some((Verb::ViewIdentity, Noun::Identity)),
        "giving-back" => Verb::TakeUp,
        "hold" => Verb::Hold,
        "notes" | "relay" | "shield" | "help-report" | "notice-act" | "why/{clock}" | "record"
        | "files/{id}" => {
            return None;
        }
        // Papers and steps of affairs: who holds what decides, and the case of the walk is no affair.
        "papers"
        | "papers/hand-over"
        | "papers/{slip}"
        | "papers/{slip}/receipt"
        | "papers/{slip}/recall"
        | "steps"
        | "file"
        | "parties" => {
            return None;
        }
        other => panic!("the walk does not know what {other} needs: teach it"),
    };
    Some((verb, Noun::Request))
}

/// What may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// The page, or the file.
    Page,
    /// Led to sign in.
    SignIn,
    /// Not theirs: refused, or not even there.
    Refused,
    /// Not there.
    NotThere,
    /// A page, or that it is not theirs or not possible now: decided case by case, tested elsewhere.
    CaseByCase,
    /// Not by them: refused, whatever the state.
    NotTheirs,
}

impl Expect {
    fn fits(self, answer: &Answer) -> bool {
        let status = answer.status.as_u16();
        let to = answer.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("");
        let sign_in = to.starts_with("/sign-in") || status == 401;
        match self {
            Expect::Page => matches!(status, 200 | 204 | 303 | 304) && !sign_in,
            Expect::SignIn => sign_in,
            Expect::Refused => matches!(status, 403 | 404) || (status == 303 && to.starts_with("/find")),
            Expect::NotThere => status == 404,
            Expect::NotTheirs => matches!(status, 403 | 404 | 409),
            Expect::CaseByCase => matches!(status, 200 | 303 | 400 | 403 | 404 | 409 | 422) && !sign_in,
        }
    }
}

fn expect_get(house: &House, things: &Things, rule: &RouteRule, guest: &Guest) -> Expect {
    let sees = guest.sees(house, &things.case);
    let staff = guest.role.is_some();
    match rule.access {
        // The case of the walk waits for a moderator: everybody is told that, and nothing else of it.
        Access::Public if rule.path == "/public/{number}" => Expect::Page,
        Access::Public if rule.path.starts_with("/public/{number}") => Expect::NotThere,
        // A proof is of something that has to be named.
        Access::Public if rule.path.starts_with("/api/v1/journal/") => Expect::CaseByCase,
        // Only this machine may read it, which nobody here is.
        Access::Public if rule.path == "/metrics" => Expect::CaseByCase,
        Access::Public
            if rule.path.contains('{')
                && !["/assets/", "/rules/"].iter().any(|p| rule.path.starts_with(p)) =>
        {
            Expect::CaseByCase
        }
        Access::Public => Expect::Page,
        Access::Demo => Expect::NotThere,
        // A session says nothing at the doors for programs: only a key does.
        Access::Key => Expect::SignIn,
        // The file of the walk was put there by the officer, for those inside.
        Access::Code if rule.path.contains("/files/") => Expect::NotThere,
        // The case of the walk is no affair: there are no papers.
        Access::Code if guest.holds_code && rule.path.contains("/papers/") => Expect::NotThere,
        Access::Code if guest.holds_code => Expect::Page,
        Access::Code => Expect::Refused,
        _ if !staff => Expect::SignIn,
        Access::Role(roles) if !guest.role.is_some_and(|r| roles.contains(&r)) => Expect::Refused,
        _ if of_a_case(rule.path) && !sees => Expect::NotThere,
        // What is asked for here was sent in by nobody.
        Access::Role(_)
            if ["/imports/", "/reports/"].iter().any(|p| rule.path.starts_with(p))
                && rule.path.contains('{') =>
        {
            Expect::NotTheirs
        }
        Access::Role(_) if !of_a_case(rule.path) => Expect::Page,
        Access::SignedIn if rule.path == "/requests/{number}" => Expect::Page,
        _ => match needs(rule.path) {
            Some((verb, noun)) if !guest.may(house, &things.case, verb, noun) => Expect::NotTheirs,
            _ => Expect::CaseByCase,
        },
    }
}

/// Every problem is collected, so that one walk names them all.
#[derive(Default)]
struct Report {
    problems: Vec<String>,
    /// Route → guest → status.
    seen: BTreeMap<(String, String), Vec<(String, u16)>>,
}

impl Report {
    fn look(
        &mut self,
        house: &House,
        things: &Things,
        rule: &RouteRule,
        guest: &Guest,
        expect: Expect,
        answer: &Answer,
    ) {
        let status = answer.status.as_u16();
        let key = (rule.path.to_owned(), rule.method.to_owned());
        self.seen.entry(key).or_default().push((guest.name.clone(), status));
        let mut fault = |what: String| {
            self.problems.push(format!("{} {} as {}: {what}", rule.method, rule.path, guest.name));
        };
        if status >= 500 {
            fault(format!("{status}: {}", answer.text()));
        } else if rule.path.ends_with("/merge") && status == 422 {
            // The case to merge into is looked up first, and is not there for whoever may not see it.
        } else if !expect.fits(answer) {
            let to = answer.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("");
            let words: String = answer.text().chars().take(60).collect();
            fault(format!("{status} {to}, expected {expect:?}: {words}"));
        }
        if !guest.sees(house, &things.case) && answer.body.contains(TELLTALE) {
            fault("reads what the case is about".into());
        }
        // Who asked stands on no page; it is shown after a purpose is given, and the look is recorded.
        let looked =
            rule.method == "POST" && rule.path.ends_with("/identity") && expect == Expect::CaseByCase;
        if looked && status == 200 {
            return;
        }
        // The person's own copy holds all of it.
        if rule.path == "/r/{number}/copy" && guest.holds_code {
            return;
        }
        if answer.body.contains(PHONE) || answer.body.contains(WHO) && !guest.holds_code {
            fault("reads who asked".into());
        }
    }

    fn end(self, engine: &str, guests: &[Guest]) {
        assert!(!self.seen.is_empty(), "nothing was walked");
        let mut out = String::from("| method | path |");
        let names: Vec<String> = guests.iter().map(|g| g.name.clone()).collect();
        for name in &names {
            let _ = write!(out, " {name} |");
        }
        let _ = writeln!(out, "\n|---|---|{}", "---|".repeat(names.len()));
        for ((path, method), seen) in &self.seen {
            let _ = write!(out, "| {method} | `{path}` |");
            for name in &names {
                let status =
                    seen.iter().find(|(n, _)| n == name).map(|(_, s)| s.to_string()).unwrap_or_default();
                let _ = write!(out, " {status} |");
            }
            out.push('\n');
        }
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("walk-{engine}.md"));
        std::fs::write(&file, out).expect("the table is written");
        assert!(self.problems.is_empty(), "{} problems:\n{}", self.problems.len(), self.problems.join("\n"));
    }
}

/// What a person might type into an address: it finds the case for whoever may.
const ASKED: &str =
    "?q=%E6%89%AB%E9%9B%AA&words=%E6%89%AB%E9%9B%AA&phone=13800001234&class=17.03.01&jurisdiction_id=";

#[tokio::test]
async fn whoever_reads_reads_only_what_is_theirs() {
    each_house("county", |house| async move {
        let things = things(&house).await;
        things.planned(&house);
        let mut guests = guests(&house, &things).await;
        let mut report = Report::default();
        for (_, rule) in capability::rules().iter().filter(|(_, r)| r.method == "GET") {
            let address = things.address(rule.path);
            for guest in &mut guests {
                let expect = expect_get(&house, &things, rule, guest);
                let answer = guest.client.raw(Method::GET, &address, None, "").await;
                report.look(&house, &things, rule, guest, expect, &answer);
                if !of_a_case(rule.path) && guest.role.is_some() && expect == Expect::Page {
                    let found = guest.client.raw(Method::GET, &format!("{address}{ASKED}"), None, "").await;
                    if found.status.is_server_error() {
                        report.problems.push(format!("{address}{ASKED} as {}: {}", guest.name, found.status));
                    }
                    if !guest.sees(&house, &things.case) && found.body.contains(TELLTALE) {
                        report.problems.push(format!("{} finds the case at {address}{ASKED}", guest.name));
                    }
                }
            }
        }
        // The case can be found at all: otherwise nothing above says anything.
        let ledger = guests.iter_mut().find(|g| g.name == "lead 901").expect("the lead");
        assert!(
            ledger.client.get("/requests").await.expect(200).body.contains(TELLTALE),
            "the ledger shows it"
        );
        report.end(&house.world.site.db.engine().to_string(), &guests);
    })
    .await;
}

/// What an auditor sends about themselves alone, which is no change of what they audit.
fn own_affair(path: &str) -> bool {
    [
        "/account",
        "/sign-out",
        "/look",
        "/requests/views",
        "/templates",
        "/households/search",
        "/visits/near",
        "/sign-in",
        "/find",
        "/ask",
        "/public",
    ]
    .iter()
    .any(|p| path.starts_with(p))
}

#[tokio::test]
async fn whoever_writes_writes_only_what_is_theirs() {
    each_house("county", |house| async move {
        let mut things = things(&house).await;
        let mut guests = guests(&house, &things).await;
        let mut report = Report::default();
        for (_, rule) in capability::rules().iter().filter(|(_, r)| r.method == "POST") {
            let address = things.address(rule.path);
            for guest in &mut guests {
                let (role, sees) = (guest.role, guest.sees(&house, &things.case));
                let expect = match rule.access {
                    Access::Demo => Expect::NotThere,
                    Access::Key => continue,
                    // Not about this case: what they send about themselves is tested where it belongs.
                    Access::Public => continue,
                    Access::Code if guest.holds_code => continue,
                    Access::Code => Expect::Refused,
                    _ if role.is_none() => Expect::SignIn,
                    Access::Role(roles) if !role.is_some_and(|r| roles.contains(&r)) => Expect::Refused,
                    _ if of_a_case(rule.path) && !sees => Expect::NotThere,
                    _ if role == Some(Role::Auditor) && !own_affair(rule.path) => Expect::CaseByCase,
                    _ if !of_a_case(rule.path) => continue,
                    _ => Expect::CaseByCase,
                };
                // Whoever may do it sends a form that is long overtaken, so that nothing can happen to the case;
                // whoever may not sends a good one.
                let barred = needs(rule.path).is_some_and(|(v, n)| !guest.may(&house, &things.case, v, n));
                let expect = if expect == Expect::CaseByCase && barred { Expect::NotTheirs } else { expect };
                let seq = if barred || role == Some(Role::Auditor) { things.case.row.seq } else { 0 };
                let body = format!("{CSRF_FIELD}={}&seq={seq}&{}", guest.csrf, things.filled_in);
                let answer = guest.client.raw(Method::POST, &address, Some(body), FORM).await;
                report.look(&house, &things, rule, guest, expect, &answer);
                // A look at who asked is recorded, and so is a hold by law; they change nothing else.
                let recorded = ["/identity", "/hold"].iter().any(|end| rule.path.ends_with(end));
                let look = recorded && !barred && sees;
                let audited = rule.access != Access::Code && !own_affair(rule.path) && !look;
                if role == Some(Role::Auditor) && audited && answer.status.as_u16() < 400 {
                    report
                        .problems
                        .push(format!("{address}: the auditor changes something ({})", answer.status));
                }
                let now = house.case(&things.case.row.number).await;
                if look && now.row.seq == things.case.row.seq + 1 && now.row.state == things.case.row.state {
                    things.case = now;
                } else if now.row != things.case.row {
                    let entries = now.row.seq - things.case.row.seq;
                    report.problems.push(format!(
                        "{address} as {}: the case has changed ({entries} entries, now {:?})",
                        guest.name, now.row.state
                    ));
                    things.case = now;
                }
            }
        }
        report.end(&format!("posts-{}", house.world.site.db.engine()), &guests);
    })
    .await;
}

#[tokio::test]
async fn forms_without_their_token_and_wrong_verbs_are_refused() {
    each_house("county", |house| async move {
        let things = things(&house).await;
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        let mut admin = house.staff(Role::Admin, "9-county-centre").await;
        let mut nobody = house.visitor();
        let mut verbs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let rules = capability::rules();
        for (_, rule) in &rules {
            verbs.entry(rule.path).or_default().insert(rule.method);
        }
        let mut problems = Vec::new();
        for (path, known) in verbs {
            let address = things.address(path);
            for verb in ["GET", "POST", "PUT", "DELETE"].into_iter().filter(|v| !known.contains(v)) {
                let method: Method = verb.parse().expect("a method");
                let answer = nobody.raw(method, &address, None, "").await;
                if answer.status != 405 {
                    problems.push(format!("{verb} {path}: {}", answer.status));
                }
            }
            let exempt = access::guard::is_exempt(path);
            if known.contains("POST") && !exempt {
                for who in [&mut lead, &mut admin] {
                    let answer = who.raw(Method::POST, &address, Some("seq=0".into()), FORM).await;
                    if answer.status != 403 {
                        problems.push(format!("POST {path} without a token: {}", answer.status));
                    }
                }
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert_eq!(house.case(&things.case.row.number).await.row, things.case.row);
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_in_lands_on_a_page_of_theirs() {
    each_house("county", |house| async move {
        let mut problems = Vec::new();
        for role in Role::ALL {
            let mut client = house.staff(role, "9-county-centre").await;
            let start = client.get("/").await.expect(200);
            // What the navigation offers is there for them.
            let page = scraper::Html::parse_document(&start.body);
            let links = scraper::Selector::parse("nav a[href^='/']").expect("a selector");
            let all: BTreeSet<String> =
                page.select(&links).filter_map(|a| a.value().attr("href")).map(str::to_owned).collect();
            assert!(all.len() > 1, "{role:?} is offered {all:?}");
            for href in all {
                let found = client.get(&href).await;
                if !found.status.is_success() {
                    problems.push(format!("{role:?} is offered {href}: {} {}", found.status, found.text()));
                }
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    })
    .await;
}
