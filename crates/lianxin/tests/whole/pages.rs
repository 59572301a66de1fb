//! Every page, in both languages, with something on it: whole, small, without a missing word, and without
//! Chinese on an English page but for what people wrote themselves.

use crate::house::{BODY, Does, House, LOOKED_AT, OFFICE, each_house};
use crate::imports::settled;
use crate::walk::{Things, of_a_case, things};
use http::header;
use kernel::{DAY, Role, UnitId};
use lianxin::capability;
use requests::acts::{answer, assign, close, helpers, judge, pause, refer, returns, supervise, take};
use requests::ctx::Holder;
use requests::notices::{owed, record_act};
use requests::register::{NewRequest, register};
use rules::case::{ClockKind, Notice, Word};
use scraper::{ElementRef, Html, Node, Selector};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Answer, Client};

/// The largest page, before pictures.
const MOST: usize = 50 * 1024;

/// What people of these tests wrote, beside the names of units and accounts.
const WROTE: [&str; 16] = [
    "王某",
    crate::stories::homes::HEAD,
    crate::stories::homes::WISH,
    crate::stories::homes::HELPED,
    crate::stories::homes::ASKED,
    "赵某",
    "一组 3 号",
    BODY,
    "会上也说了没有人扫雪。",
    "当面说清了。",
    "路口.txt",
    "请发一张照片。",
    "试点用的答复。",
    "试点用的理由。",
    "村支书",
    "柳树村一组 8 号 学校路 王小明",
];

/// Cases in every state that offers something to do, by a word for it.
pub(crate) async fn cases(house: &House, first: &Things) -> BTreeMap<&'static str, String> {
    let world = &house.world;
    let mut out = BTreeMap::from([("in hand", first.case.row.number.clone())]);
    let hall = world.office("901", "township-hall");
    let unit: UnitId = house.unit(OFFICE).0.parse().expect("an id");
    let reason = || "试点用的理由。".to_owned();
    let states = [
        "registered",
        "assigned",
        "returned",
        "arbitration",
        "paused",
        "referred",
        "helped",
        "answered",
        "tried",
        "review",
        "judged",
        "closed",
        // Whose person can be called: of each unit one at least is drawn by lot to be asked again.
        "drawn",
        "overdue",
    ];
    for state in states {
        let ctx = world.public();
        let mut new = NewRequest::new(&ctx, "web");
        new.class = LOOKED_AT.into();
        new.body = BODY.into();
        new.place = Some(world.unit("90101"));
        new.place_text = "学校路".into();
        new.person.name = Some("王小明".into());
        new.person.phone = (state == "drawn").then(|| "13800001234".into());
        let got = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("registered");
        out.insert(state, got.number.clone());
        let id = got.id;
        let (desk, lead, officer) = (
            world.staff(hall, Role::Triage),
            world.staff(unit, Role::Lead),
            world.staff(unit, Role::Officer),
        );
        let account = world.account(unit, Role::Officer);
        let holder =
            world.public().held_by(Holder { request: id, person: house.case(&got.number).await.row.person });
        let send = assign::Assign { on: id.into(), unit, note: String::new() };
        let back = returns::Return { on: id.into(), duty: "1".into(), reason: reason() };
        let again = returns::Ruling { on: id.into(), unit, reason: reason() };
        let name = take::Name { on: id.into(), officer: account, note: String::new() };
        let reply =
            answer::Answer {
                on: id.into(), text: "试点用的答复。".into(), unsolvable: false, files: vec![]
            };
        let word = |word| judge::Judge {
            on: id.into(),
            word,
            satisfaction: None,
            note: String::new(),
            person: None,
        };
        let (yes, no) = (word(Word::Solved), word(Word::NotSolved));
        let asked = pause::Pause { on: id.into(), question: "请发一张照片。".into() };
        let group = refer::Refer { on: id.into(), question: "试点用的理由。".into() };
        let missed = judge::Missed { on: id.into(), outcome: "no-answer".into(), note: String::new() };
        let help = helpers::AskHelp {
            on: id.into(),
            unit: world.office("901", "township-finance"),
            question: "试点用的理由。".into(),
        };
        if state == "registered" {
            continue;
        }
        desk.write(move |tx, ctx| assign::assign(tx, ctx, &send)).await.expect("assigned");
        if matches!(state, "returned" | "arbitration") {
            let (first, second) = (back.clone(), back);
            lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &first)).await.expect("returned");
            if state == "arbitration" {
                desk.write(move |tx, ctx| returns::rule(tx, ctx, &again)).await.expect("sent again");
                lead.write(move |tx, ctx| returns::hand_back(tx, ctx, &second))
                    .await
                    .expect("returned again");
            }
            continue;
        }
        if matches!(state, "assigned" | "overdue") {
            continue;
        }
        lead.write(move |tx, ctx| take::name(tx, ctx, &name)).await.expect("named");
        let spoken = requests::acts::progress::Note {
            on: id.into(),
            text: "当面说清了。".into(),
            audience: requests::model::Audience::Inside,
            files: vec![],
        };
        officer
            .write(move |tx, ctx| requests::acts::progress::contact(tx, ctx, &spoken))
            .await
            .expect("contact");
        match state {
            "paused" => {
                officer.write(move |tx, ctx| pause::pause(tx, ctx, &asked).map(drop)).await.expect("paused")
            }
            "referred" => {
                lead.write(move |tx, ctx| refer::refer(tx, ctx, &group).map(drop)).await.expect("referred")
            }
            "helped" => {
                officer.write(move |tx, ctx| helpers::ask(tx, ctx, &help).map(drop)).await.expect("asked")
            }
            _ => officer
                .write(move |tx, ctx| answer::answer(tx, ctx, &reply).map(drop))
                .await
                .expect("answered"),
        }
        match state {
            "tried" => {
                let county = world.staff(world.office("9", "county-centre"), Role::Operator);
                for day in 0..i64::from(world.site.pack.call_back.attempt_days) {
                    let mut caller = county.clone();
                    caller.at = caller.at.plus(day * DAY - 3 * DAY);
                    let missed = missed.clone();
                    caller.write(move |tx, ctx| judge::missed(tx, ctx, &missed)).await.expect("tried");
                }
            }
            "review" => {
                let (first, second) = (no.clone(), no.clone());
                let again = answer::Answer {
                    on: id.into(),
                    text: "试点用的答复。".into(),
                    unsolvable: false,
                    files: vec![],
                };
                holder.write(move |tx, ctx| judge::judge(tx, ctx, &first)).await.expect("no");
                officer.write(move |tx, ctx| answer::answer(tx, ctx, &again)).await.expect("answered again");
                holder.write(move |tx, ctx| judge::judge(tx, ctx, &second)).await.expect("no again");
            }
            "judged" | "closed" | "drawn" => {
                let yes = yes.clone();
                holder.write(move |tx, ctx| judge::judge(tx, ctx, &yes)).await.expect("yes");
                if state != "judged" {
                    let told = move |tx: &mut dyn db::Tx, ctx: &requests::Ctx| {
                        let mut case = requests::case::Case::find(tx, ctx, id)?;
                        for notice in Notice::ALL {
                            let whom = owed(&case, *notice);
                            if !whom.is_empty() {
                                record_act(tx, ctx, &mut case, *notice, &whom, "visit", "当面说清了。")?;
                            }
                        }
                        Ok(())
                    };
                    lead.write(told).await.expect("told");
                    lead.write(move |tx, ctx| close::close(tx, ctx, id.into(), "")).await.expect("closed");
                }
            }
            _ => {}
        }
    }
    // One that nobody signed for in time, with a proposal of supervision.
    let late = house.case(&out["overdue"]).await;
    let due = late.open_clock(ClockKind::Acceptance).expect("it has to be signed for").due_at;
    let now = world.clock.clone();
    let before = world.site.now();
    now.set(due.plus(2 * DAY));
    requests::jobs::look(&world.site).await.expect("a look");
    now.set(before);
    // And an order of the next grade, to be replied to.
    let order = supervise::Supervise { on: late.row.id.into(), grade: 2, words: "请说明情况。".into() };
    let county = world.staff(world.office("9", "county-centre"), Role::Supervisor);
    county.write(move |tx, ctx| supervise::issue(tx, ctx, &order)).await.expect("it is issued");
    out
}

pub(crate) async fn readers(house: &House, case: &Things) -> Vec<(&'static str, Client)> {
    let mut holder = house.visitor();
    let number = &case.case.row.number;
    holder.submit("/find", "/find", &[("number", number), ("code", &case.case.row.code)]).await.expect(200);
    let county = "9-county-centre";
    let mut out = vec![("nobody", house.visitor()), ("who asked", holder)];
    for (name, role, unit) in [
        ("supervisor", Role::Supervisor, county),
        ("operator", Role::Operator, county),
        ("lead", Role::Lead, OFFICE),
        ("officer", Role::Officer, OFFICE),
        ("triage", Role::Triage, "901-township-hall"),
        ("clerk", Role::Clerk, "901-township-hall"),
        ("helper", Role::Officer, "901-township-finance"),
        ("moderator", Role::Moderator, county),
        ("admin", Role::Admin, county),
        ("auditor", Role::Auditor, county),
    ] {
        out.push((name, house.staff(role, unit).await));
    }
    out
}

/// A report of the county, issued by its supervisor; its id.
async fn report(house: &House) -> String {
    let world = &house.world;
    let month = world.site.today().first_of_month();
    let input = insight::reports::Issue {
        unit: world.unit("9"),
        period: insight::Period { from: month, to: month },
        as_of: world.site.today().yesterday().expect("a day"),
        replaces: None,
        note: String::new(),
    };
    let id = kernel::RequestId::new(world.site.now(), &*world.site.chance).0;
    let boss = world.staff(world.office("9", "county-centre"), Role::Supervisor);
    let issued = boss.write(move |tx, ctx| insight::reports::issue(tx, ctx, id, &input)).await;
    issued.expect("a report").to_string()
}

/// A spreadsheet of each kind, sent in and read, with a row that is refused: its route and its id.
async fn sheets(readers: &mut [(&'static str, Client)]) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for (route, who, text) in [
        (
            "/imports/requests/{id}",
            "supervisor",
            "number,title,received at\n1,a,2020-01-01\n2,b,soon\ntotal,,\n",
        ),
        ("/imports/units/{id}", "admin", "code,name,level,kind,parent\n,a,village,village,nowhere\n"),
        ("/imports/accounts/{id}", "admin", "name,login,unit,role\na,b,nowhere,clerk\n"),
        ("/imports/households/{id}", "admin", "grid,name,relation\n9010101,a,head\nnowhere,b,head\n"),
    ] {
        let client = &mut readers.iter_mut().find(|(name, _)| *name == who).expect("a reader").1;
        let form = route.trim_end_matches("/{id}");
        let page = client.get(form).await.expect(200);
        let files = [("sheet", "sheet.csv", text.as_bytes())];
        let seen = client.fill(&page, form, &[], &files).await.expect(200);
        let seen = settled(client, seen).await;
        out.push((route, seen.path.rsplit('/').next().expect("an id").to_owned()));
    }
    out
}

fn is_page(answer: &Answer) -> bool {
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    kind.starts_with("text/html")
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// What a reader of the page reads: texts and spoken names, without what is marked as Chinese.
fn words(page: &Html) -> Vec<String> {
    let mut out = Vec::new();
    for node in page.tree.nodes() {
        let marked = node.ancestors().filter_map(ElementRef::wrap).any(|e| {
            let name = e.value().name();
            let lang = e.value().attr("lang").is_some_and(|l| l.starts_with("zh")) && name != "html";
            // Seals and faces are pictures made of signs: nobody reads them out.
            let silent = e.value().attr("aria-hidden") == Some("true");
            lang || silent || matches!(name, "script" | "style" | "template" | "noscript")
        });
        match node.value() {
            Node::Text(text) if !marked => out.push(text.to_string()),
            Node::Element(e) if !marked && !e.attr("lang").is_some_and(|l| l.starts_with("zh")) => {
                for name in ["aria-label", "title", "placeholder", "alt"] {
                    out.extend(e.attr(name).map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    out
}

/// Everything that is wrong with a page.
pub(crate) fn faults(answer: &Answer, english: bool, known: &str, names: &[String]) -> Vec<String> {
    // The page for programmers writes addresses with their parameters.
    let braces = answer.path == "/api";
    let mut out = Vec::new();
    let page = Html::parse_document(&answer.body);
    let all = |css: &str| page.select(&Selector::parse(css).expect("a selector")).count();
    let lang = if english { "en" } else { "zh-CN" };
    if all(&format!("html[lang='{lang}']")) != 1 {
        out.push(format!("<html lang> is not {lang}"));
    }
    if all("h1") != 1 {
        out.push(format!("{} h1", all("h1")));
    }
    if answer.find("title").is_none_or(|t| t.trim().is_empty()) {
        out.push("no title".into());
    }
    // But for the one file that is made to be saved, and runs by its own policy.
    if all("[style], style, script:not([src])") > 0 && answer.path != "/proof/check.html" {
        out.push("style or script inside the page".into());
    }
    let on = |e: ElementRef<'_>| e.value().attrs().any(|(n, _)| n.starts_with("on"));
    if page.select(&Selector::parse("*").expect("a selector")).any(on) {
        out.push("an event handler inside the page".into());
    }
    if answer.body.len() > MOST {
        out.push(format!("{} bytes, more than {MOST}", answer.body.len()));
    }
    for text in words(&page) {
        let brace = text.split('{').skip(1).filter_map(|t| t.split_once('}')).map(|(name, _)| name);
        for name in brace
            .filter(|n| !braces && !n.is_empty() && n.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        {
            out.push(format!("a word is missing: {{{name}}}"));
        }
        if !english {
            continue;
        }
        let text = names.iter().fold(text, |text, name| text.replace(name, "|"));
        let runs = text.split(|c: char| !is_chinese(c)).filter(|r| !r.is_empty());
        for run in runs.filter(|r| !known.contains(r)) {
            let line: String = text.trim().chars().take(60).collect();
            out.push(format!("Chinese on an English page: {run} in “{line}”"));
        }
    }
    out.sort();
    out.dedup();
    out
}

#[tokio::test]
async fn every_page_reads_in_both_languages() {
    each_house("county", |house| async move {
        // The first days that are drawn of; what is closed in them is drawn when they are over.
        house.swept("seal").await;
        house.swept("lots").await;
        house.minutes_pass(2 * 24 * 60);
        let things = things(&house).await;
        things.planned(&house);
        let cases = cases(&house, &things).await;
        house.minutes_pass(4 * 24 * 60);
        // Heads are signed over it, so that there is something to show of them.
        house.swept("seal").await;
        house.swept("lots").await;
        let mut readers = readers(&house, &things).await;
        let sheets = sheets(&mut readers).await;
        let report = report(&house).await;
        let dir = register::directory(&house.world.site);
        let mut known: Vec<String> = dir.iter().map(|u| u.name.zh.clone()).collect();
        known.extend(WROTE.iter().map(|s| (*s).to_owned()));
        // Messages are in the language of whom they are to.
        for number in cases.values() {
            let id = house.case(number).await.row.id;
            let sent = house.world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
            known.extend(sent.into_iter().flat_map(|m| [m.subject, m.body]));
        }
        let known = known.join("\n");
        let mut names: Vec<String> = house
            .world
            .site
            .db
            .read_now(access::accounts::all_names)
            .expect("names")
            .into_iter()
            .map(|(_, n)| n)
            .collect();
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        let mut problems = BTreeSet::new();
        let mut pages = 0;
        for (_, rule) in capability::rules().iter().filter(|(_, r)| r.method == "GET") {
            let mut addresses = vec![things.address(rule.path)];
            if of_a_case(rule.path) {
                let usual = &things.case.row.number;
                addresses.extend(cases.values().map(|n| things.address(rule.path).replace(usual, n)));
            }
            for (what, id) in sheets.iter().filter(|(what, _)| rule.path.starts_with(what)) {
                addresses = vec![rule.path.replace(what, &format!("{}{id}", what.trim_end_matches("{id}")))];
                addresses[0] = addresses[0].replace("{column}", "0");
            }
            if rule.path.starts_with("/reports/{id}") {
                addresses = vec![rule.path.replace("{id}", &report)];
            }
            // The first reader who is shown it, on the first case that offers it.
            let mut found = None;
            'found: for address in &addresses {
                for (at, (_, client)) in readers.iter_mut().enumerate() {
                    let answer = client.raw(http::Method::GET, address, None, "").await;
                    // These lead on: to where one's own work is, to the ledger with what was asked for.
                    let leads = matches!(rule.path, "/my" | "/search") && answer.status == 303;
                    if answer.status == 200 || leads {
                        found = Some((at, address.clone(), is_page(&answer)));
                        break 'found;
                    }
                }
            }
            // Numbers for a program, what a moderator has not published, what the person did not attach, a form
            // that is opened for one wording, and the ways to an identity provider and back.
            let seldom = [
                // Shown in `pairings.rs`: they need a proposal, and an address that was made.
                "/proposals/{id}",
                "/duties/calendar/{token}",
                // Shown in `stories/wishes.rs`: it needs a wish that was taken up.
                "/requests/{number}/giving-back",
                // Shown in `stories/affairs.rs`: they need a slip.
                "/requests/{number}/papers/{slip}",
                "/r/{number}/papers/{slip}",
                "/metrics",
                "/proof/lots/{from}/draw.txt",
                "/public/{number}/",
                "/r/{number}/files/{id}",
                "/sign-in/callback/",
                "/sign-in/with/",
                "/templates/change",
            ];
            let Some((at, address, page)) = found else {
                let programs = rule.path.starts_with("/api") || rule.path.starts_with("/open311");
                if !programs && !seldom.iter().any(|s| rule.path.starts_with(s)) {
                    problems.insert(format!("{}: nobody is shown it on any case", rule.path));
                }
                continue;
            };
            if !page {
                continue;
            }
            pages += 1;
            let (name, client) = &readers[at];
            for english in [false, true] {
                let mut client = if english { client.clone().english() } else { client.clone() };
                let answer = client.raw(http::Method::GET, &address, None, "").await;
                for fault in faults(&answer, english, &known, &names) {
                    let which = if english { "en" } else { "zh" };
                    problems.insert(format!("{} as {name} ({which}): {fault}", rule.path));
                }
            }
        }
        assert!(pages > 60, "{pages} pages only");
        let all: Vec<String> = problems.into_iter().collect();
        assert!(all.is_empty(), "{} problems on {pages} pages:\n{}", all.len(), all.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_reads_in_both_languages() {
    each_house("county", |house| async move {
        let things = things(&house).await;
        let number = &things.case.row.number;
        let dir = register::directory(&house.world.site);
        let known: Vec<String> = dir.iter().map(|u| u.name.zh.clone()).chain([BODY.to_owned()]).collect();
        let known = known.join("\n");
        let names: Vec<String> = house
            .world
            .site
            .db
            .read_now(access::accounts::all_names)
            .expect("names")
            .into_iter()
            .map(|(_, n)| n)
            .collect();
        let mut clerk = house.staff(Role::Clerk, "902-township-hall").await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        let mut problems = Vec::new();
        for english in [false, true] {
            let pick = |client: &Client| if english { client.clone().english() } else { client.clone() };
            let mut all = vec![
                pick(&clerk).get("/nowhere").await.expect(404),
                pick(&clerk).get(&format!("/requests/{number}")).await.expect(404),
                pick(&clerk).get("/admin/accounts").await.expect(403),
                pick(&officer).get(&format!("/requests/{number}/closure")).await,
                pick(&house.visitor()).get(&format!("/r/{number}")).await.expect(403),
            ];
            all.push(pick(&lead).try_act(number, "extension", &[("reason", "")]).await.expect(422));
            for answer in &all {
                let which = if english { "en" } else { "zh" };
                let found = faults(answer, english, &known, &names);
                problems.extend(
                    found.into_iter().map(|f| format!("{} {} ({which}): {f}", answer.path, answer.status)),
                );
            }
        }
        let _ = (&mut clerk, &mut officer, &mut lead);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    })
    .await;
}
