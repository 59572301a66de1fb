//! Two worlds, alike to the last byte but that in one of them somebody complained: about an office of a township
//! and about a named member of staff. Whoever is concerned walks through every route of both, and reads the same.

use crate::house::{BODY, House, OFFICE, TELLTALE};
use crate::log;
use crate::walk::{Things, of_a_case, things};
use access::accounts::{self, Act, NewPost};
use http::Method;
use kernel::{Actor, PostId, Role, UnitId};
use lianxin::capability;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register_now};
use requests::shield::Subject;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Answer, Client, World};
use web::form::CSRF_FIELD;

/// Words of the complaint that stand nowhere else.
const SAID: &str = "窗口里的人把材料扔了出来";
/// The telephone number of whoever complained.
const FROM: &str = "13900005678";

/// Who walks: role and unit of the post they sign in by. The first of them are concerned by the first complaint,
/// and the county's supervisor by the second, which names them.
const CONCERNED: [(Role, &str); 9] = [
    (Role::Officer, OFFICE),
    (Role::Lead, OFFICE),
    (Role::Clerk, "901-township-hall"),
    (Role::Triage, "901-township-hall"),
    (Role::Supervisor, "901-township-hall"),
    // Of the whole site, with a post in that house besides.
    (Role::Auditor, "9-county-centre"),
    (Role::Moderator, "9-county-centre"),
    // Out of reach of both.
    (Role::Lead, "90101"),
    (Role::Admin, "9-county-centre"),
];

/// What everybody may check is complete: that there is one more number is no secret there; whose it is, is.
fn public_record(path: &str) -> bool {
    ["/public/numbers", "/public/{number}", "/proof", "/api/v1/journal"].iter().any(|p| path.starts_with(p))
}

/// Pages that differ from one look to the next: how large and how busy the program is, and a new secret.
fn never_twice_the_same(path: &str) -> bool {
    ["/metrics", "/healthz", "/admin/health", "/account/factor"].iter().any(|p| path.starts_with(p))
}

/// An answer without what differs from one request to the next: keys, ids and tokens, which are long and have
/// figures in them. Numbers of cases are shorter.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let figures = run.chars().filter(char::is_ascii_digit).count();
        // A token of a form has 43 signs, a challenge more than 60, and now and then hardly a figure among them.
        if (run.len() >= 20 && figures >= 2) || run.len() == 43 || run.len() > 60 {
            out.push('#');
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn told(answer: &Answer, csrf: &str) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", plain(value.to_str().unwrap_or("?"))))
        .filter(|h| !h.starts_with("date:") && !h.starts_with("x-request-id:"))
        .collect();
    headers.sort();
    format!("{}\n{}\n\n{}", answer.status, headers.join("\n"), plain(&answer.body.replace(csrf, "#")))
}

/// What the log says of one request, without what differs from one to the next: times, ids, how long it took. The
/// lines are those of its span; where this test has the process for itself, those of no request besides.
fn logged(since: usize, answer: &Answer) -> Vec<String> {
    let id = answer.headers.get("x-request-id").and_then(|v| v.to_str().ok()).unwrap_or("?");
    let alone = std::env::var_os("NEXTEST").is_some();
    let lines = log::since(since).into_iter();
    let own = lines.filter(|l| l.contains(id) || alone && !l.contains("request{id="));
    let quiet = own.filter(|l| {
        // Libraries tell of each row at their finest; of those what an operator would ever switch on is looked at.
        let ours =
            ["lianxin", "access", "requests", "insight", "notify", "files", "register", "proof", "journal"];
        ours.iter().any(|t| l.contains(&format!(" {t}::"))) || !l.contains("TRACE ")
    });
    quiet.map(|l| timeless(&l)).collect()
}

/// A line without its time, the levels that a slow answer raises, and numbers of milliseconds.
fn timeless(line: &str) -> String {
    let rest = line.split_once(' ').map_or(line, |(_, rest)| rest);
    let words = plain(rest.trim_start());
    let words: Vec<String> = words
        .split(' ')
        .map(|w| match (w.starts_with("ms="), w.starts_with("request{id=")) {
            (true, _) => "ms=#".to_owned(),
            (_, true) => "request".to_owned(),
            _ => w.to_owned(),
        })
        .collect();
    let text = words.join(" ");
    match text.contains(": answered ") {
        true => text.replacen("WARN", "DEBUG", 1).trim_start().to_owned(),
        false => text,
    }
}

/// A world with its people signed in, before anybody complained.
struct Side {
    house: House,
    things: Things,
    guests: Vec<(String, Client, String)>,
}

async fn side(fresh: db::testing::Fresh) -> Side {
    let house = House::open(World::build(fresh, "county", &[&capability::migrations()]));
    let things = things(&house).await;
    for (role, unit) in [(Role::Auditor, "901-township-hall"), (Role::Moderator, OFFICE)] {
        one_more_post(&house, role, unit);
    }
    let mut guests = vec![("nobody".to_owned(), house.visitor(), String::new())];
    for (role, unit) in CONCERNED {
        guests.push((format!("{} {unit}", role.key()), house.staff(role, unit).await, String::new()));
    }
    for (name, client, csrf) in &mut guests {
        let page = client.get("/find").await;
        *csrf = page.form("/find").get(CSRF_FIELD).cloned().unwrap_or_else(|| panic!("no token for {name}"));
    }
    Side { house, things, guests }
}

/// The one of the county's centre gets a post as officer in a unit as well.
fn one_more_post(house: &House, role: Role, unit: &str) {
    let site = &house.world.site;
    let account = house.world.account(house.world.unit("9-county-centre"), role);
    let unit: UnitId = house.unit(unit).0.parse().expect("an id");
    let (now, chance, from) = (site.now(), site.chance.clone(), site.today());
    site.db
        .write_now(move |tx| {
            let (title, basis) = (String::new(), "test".into());
            let post = NewPost { account, unit, role: Role::Officer, title, from, to: None, basis };
            accounts::add_post_in(
                tx,
                PostId::new(now, &*chance),
                &post,
                &Act { actor: Actor::System, at: now },
            )
        })
        .expect("a post");
}

/// Somebody complains about a unit, and names somebody of it where `whom` is not empty.
async fn complains(house: &House, class: &str, unit: &str, whom: &str) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.into();
    new.body = format!("{SAID}，还说爱上哪儿告上哪儿告。");
    new.place = Some(house.world.unit("90101"));
    new.person.phone = Some(FROM.into());
    new.person.name = Some("王小明".into());
    new.told = Told::OnPage;
    new.subject = Subject { unit: Some(house.world.unit(unit)), name: whom.into() };
    register_now(&ctx, &new).await.expect("it is registered")
}

/// What is asked besides the plain address: words of the complaint, its number, its class, its place, who asked.
fn questions(number: &str) -> Vec<String> {
    let asked = |pairs: &[(&str, &str)]| {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(pairs);
        format!("?{}", out.finish())
    };
    vec![
        String::new(),
        asked(&[("q", SAID), ("words", SAID), ("jurisdiction_id", "")]),
        asked(&[("q", number), ("words", number), ("number", number), ("service_request_id", number)]),
        asked(&[("q", FROM), ("phone", FROM), ("class", "13.02.02"), ("service_code", "13.02.02")]),
        asked(&[("standing", "live"), ("sort", "due"), ("unit", "9"), ("place", "901")]),
        asked(&[("unit", "901"), ("from", "2026-01"), ("to", "2026-12")]),
    ]
}

#[tokio::test]
async fn whoever_is_concerned_reads_the_same_as_if_nobody_had_complained() {
    two_worlds(0).await;
}

#[tokio::test]
async fn whoever_is_concerned_reads_the_same_on_a_server() {
    two_worlds(1).await;
}

/// Both worlds on the engine of this number: each takes its time.
async fn two_worlds(nth: usize) {
    for (a, b) in db::testing::engines().zip(db::testing::engines()).skip(nth).take(1) {
        let engine = a.engine();
        log::keep();
        let (mut with, mut without) = (side(a).await, side(b).await);
        let begins = log::mark();
        let first = complains(&with.house, "13.02.02", OFFICE, "").await;
        let named = format!("{}901-township-hall", Role::Supervisor.name().zh);
        let second = complains(&with.house, "13.02.01", "901-township-hall", &named).await;
        with.house.deliver().await;
        without.house.deliver().await;

        let mut problems: Vec<String> = Vec::new();
        let (mut tried, mut lines) = (0, 0);
        let numbers = [first.number.clone(), second.number.clone()];
        for (module, rule) in capability::rules() {
            let about_one = of_a_case(rule.path) || rule.path.contains("{number}");
            let pages = match rule.method {
                "GET" if about_one => vec![String::new()],
                "GET" => questions(&numbers[0]),
                // Parts of forms that look something up while one types.
                "POST" if looks_up(rule.path) => vec![String::new()],
                _ => continue,
            };
            // Of what is about one case, the complaints themselves are asked for, which nobody of them has.
            let cases: Vec<Option<&String>> = match about_one {
                true => numbers.iter().map(Some).collect(),
                false => vec![None],
            };
            if public_record(rule.path) || never_twice_the_same(rule.path) {
                continue;
            }
            for number in cases {
                let mut addresses = Vec::new();
                for side in [&mut with, &mut without] {
                    let own = side.things.case.row.number.clone();
                    if let Some(number) = number {
                        side.things.case.row.number.clone_from(number);
                    }
                    addresses.push(side.things.address(rule.path));
                    side.things.case.row.number = own;
                }
                for query in &pages {
                    for at in 0..with.guests.len() {
                        let (mut said, mut logs) = (Vec::new(), Vec::new());
                        for (side, address) in [&mut with, &mut without].into_iter().zip(&addresses) {
                            let (_, client, csrf) = &mut side.guests[at];
                            let mark = log::mark();
                            let answer = match rule.method {
                                "GET" => {
                                    client.raw(Method::GET, &format!("{address}{query}"), None, "").await
                                }
                                _ => {
                                    let body = live_form(csrf, &numbers[0]);
                                    let kind = "application/x-www-form-urlencoded";
                                    client.raw(Method::POST, address, Some(body), kind).await
                                }
                            };
                            logs.push(logged(mark, &answer));
                            said.push(answer);
                        }
                        tried += 1;
                        lines += logs[0].len();
                        if logs[0] != logs[1] {
                            let name = &with.guests[at].0;
                            let other = logs[0].iter().zip(&logs[1]).find(|(x, y)| x != y);
                            let (n, m) = (logs[0].len(), logs[1].len());
                            problems.push(format!(
                                "{engine} the log of {} {}{query} as {name}: {n} lines and {m}; {other:?}",
                                rule.method, rule.path
                            ));
                        }
                        let own = |side: &Side| side.guests[at].2.clone();
                        let (with_it, without_it) =
                            (told(&said[0], &own(&with)), told(&said[1], &own(&without)));
                        if with_it != without_it {
                            let name = &with.guests[at].0;
                            let diff = with_it
                                .lines()
                                .zip(without_it.lines())
                                .find(|(x, y)| x != y)
                                .map(|(x, y)| format!("{}\n  instead of {}", near(x, y), near(y, x)))
                                .unwrap_or_default();
                            problems.push(format!(
                                "{engine} {module} {} {}{query} as {name}:\n  {diff}",
                                rule.method, rule.path
                            ));
                        }
                        // What was asked may be said again; the case itself is on no page.
                        let body = &said[0].body;
                        if !query.contains("q=") && rule.method == "GET" && body.contains(SAID) {
                            problems.push(format!("{} reads of it on {}", with.guests[at].0, rule.path));
                        }
                    }
                }
            }
        }
        assert!(tried > 2000 && lines > 2000, "only {tried} answers and {lines} lines were compared");
        problems.extend(named_in_the_log(&with.house, begins, &[&first, &second]).await);
        assert!(problems.is_empty(), "{} of {tried}:\n{}", problems.len(), problems.join("\n"));

        // A line that names one would be found.
        tracing::debug!(number = %first.number, "a line that must not be");
        assert_eq!(named_in_the_log(&with.house, begins, &[&first]).await.len(), 1);

        // And the superior does find both: on the list, by number, and nowhere else.
        let mut triage = with.house.staff(Role::Triage, "9-county-centre").await;
        let list = triage.get("/shielded").await.expect(200);
        for number in &numbers {
            assert!(list.body.contains(number), "{number}");
            assert!(triage.get(&format!("/requests/{number}")).await.expect(200).body.contains(SAID));
            let ledger = triage.get("/requests").await.expect(200);
            assert!(!ledger.body.contains(number) && ledger.body.contains(TELLTALE), "{BODY}");
        }
        with.house.books_are_right();
    }
}

/// Lines of the log, at whatever level, that name one of these cases: by number, id, code, what it says, who asked,
/// or whom it is about.
async fn named_in_the_log(house: &House, since: usize, cases: &[&Registered]) -> Vec<String> {
    let (unit, name) = house.unit(OFFICE);
    let id: UnitId = unit.parse().expect("an id");
    let bytes = |id: kernel::Uuid| id.as_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>();
    let listed = |id: kernel::Uuid| format!("{:?}", id.as_bytes()).trim_matches(['[', ']']).to_owned();
    let mut traces = vec![SAID.to_owned(), FROM.to_owned(), unit, bytes(id.0), listed(id.0), name];
    for case in cases {
        let row = house.case(&case.number).await.row;
        let id = row.id.0;
        traces.extend([case.number.clone(), case.code.clone(), row.code, row.title, id.to_string()]);
        traces.extend([bytes(id), listed(id)]);
    }
    traces.retain(|t| !t.is_empty());
    let found = |line: &String| traces.iter().any(|t| line.contains(t.as_str()));
    let all = log::since(since);
    assert!(all.len() > 1000, "{} lines were kept", all.len());
    let mut out: Vec<String> = all.into_iter().filter(found).map(|l| l.chars().take(300).collect()).collect();
    out.truncate(20);
    out
}

/// Where two lines begin to differ, and a little more.
fn near(line: &str, other: &str) -> String {
    let same = line.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    line.chars().skip(same.saturating_sub(40)).take(160).collect()
}

/// Addresses that answer what somebody types and change nothing.
fn looks_up(path: &str) -> bool {
    [
        "/intake/suggestions",
        "/intake/class",
        "/intake/plan",
        "/intake/near",
        "/intake/caller",
        "/hotline/case",
        "/hotline/lookups",
        "/ask/similar",
        "/ask/map",
    ]
    .contains(&path)
}

/// Everything that could lead to the complaint, in the fields of those forms.
fn live_form(csrf: &str, number: &str) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.extend_pairs([
        (CSRF_FIELD, csrf),
        ("screen", "window"),
        ("body", SAID),
        ("text", SAID),
        ("class", "13.02.02"),
        ("class_label", "窗口态度差"),
        ("class_pick", "13.02.02"),
        ("place", ""),
        ("phone", FROM),
        ("lookup", number),
        ("number", number),
        ("at0", "901"),
        ("at1", "90101"),
    ]);
    out.finish()
}

/// What everybody may check tells that there is a number, and not whom it is about: two complaints that differ in
/// nothing else leave the same on every page of the public record.
#[tokio::test]
async fn the_public_record_does_not_tell_whom_a_complaint_is_about() {
    for (a, b) in db::testing::engines().zip(db::testing::engines()) {
        let mut said: Vec<BTreeMap<String, String>> = Vec::new();
        for (fresh, unit) in [(a, OFFICE), (b, "902-township-economy")] {
            let mut side = side(fresh).await;
            let done = complains(&side.house, "13.02.02", unit, "").await;
            side.house.swept("seal").await;
            let series = done.number.rsplit_once('-').expect("a series").0.to_owned();
            let mut pages = BTreeMap::new();
            let (_, nobody, _) = &mut side.guests[0];
            let addresses = [
                "/public/numbers".to_owned(),
                "/public/numbers/1".to_owned(),
                format!("/public/series/{series}"),
                format!("/public/{}", done.number),
                "/proof".to_owned(),
                "/public".to_owned(),
                "/open311/v2/requests.json".to_owned(),
            ];
            let mut names: BTreeSet<String> = BTreeSet::new();
            for address in addresses {
                let answer = nobody.get(&address).await.expect(200);
                assert!(!answer.body.contains(SAID), "{address}");
                names.insert(address.clone());
                pages.insert(address, plain(&answer.body));
            }
            let open311 =
                nobody.raw(Method::GET, &format!("/open311/v2/tokens/{}.json", done.number), None, "").await;
            assert_eq!(open311.status, 404);
            pages.insert("number".into(), done.number);
            said.push(pages);
        }
        for (address, first) in &said[0] {
            let second = &said[1][address];
            let place = first.lines().zip(second.lines()).find(|(x, y)| x != y);
            assert_eq!(first, second, "{address}: {:?}", place.map(|(x, y)| (near(x, y), near(y, x))));
        }
    }
}
