//! What our forms ask, read off every page: the list the meter counts by is true, and nothing known is asked again.

use crate::house::{Does, House, OFFICE, each_house};
use crate::pages::{cases, readers};
use crate::stories::{affairs, mediation, wishes};
use crate::walk::{Things, of_a_case, things};
use access::accounts::{Contact, set_contact};
use http::Method;
use insight::burden::{Asked, Figures, Form, Kind, all, by_route, named};
use kernel::Role;
use lianxin::capability;
use scraper::{ElementRef, Html, Selector};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{Answer, Client, World};

/// Facts that we have of whoever or whatever a page is about, by the names of fields.
const FACTS: [&str; 13] = [
    "name",
    "phone",
    "email",
    "address",
    "place",
    "place_text",
    "head",
    "persons",
    "class",
    "class_label",
    "number",
    "household",
    "login",
];

/// What a resident of a test tells us: of a class that asks more than others.
const RUDE: &str = "便民服务中心窗口的人把我的材料扔了出来，还说爱上哪儿告上哪儿告。";

/// Known and asked all the same: the route, the field, and why.
const ALL_THE_SAME: [(&str, &str, &str); 9] = [
    ("/households/{code}/people/{entry}", "name", "left empty it stays; shown only after a recorded look"),
    ("/households/{code}/people/{entry}", "phone", "left empty it stays; shown only after a recorded look"),
    ("/households/{code}/people/{entry}", "address", "left empty it stays; shown only after a recorded look"),
    ("/households/{code}/people", "name", "somebody who is new there"),
    ("/households/{code}/people", "phone", "somebody who is new there"),
    ("/households/{code}/people", "address", "only where it is not that of the household"),
    ("/requests/{number}/parties", "name", "the other side of a dispute; who asked lies sealed"),
    ("/requests/{number}/parties", "phone", "the other side of a dispute; who asked lies sealed"),
    ("/requests/{number}/parties", "address", "the other side of a dispute; who asked lies sealed"),
];

fn all_of<'a>(of: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    of.select(&Selector::parse(css).expect("a selector")).collect()
}

/// What an element says, without the keys that are shown with it.
fn text(of: ElementRef<'_>) -> String {
    let shown = |t: &scraper::node::Text| t.to_string();
    let kept = of
        .descendants()
        .filter(|n| !n.ancestors().filter_map(ElementRef::wrap).any(|e| e.value().name() == "kbd"));
    kept.filter_map(|n| n.value().as_text().map(shown))
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The route that a form of a page is sent to.
fn route(action: &str, posts: &[&'static str]) -> Option<&'static str> {
    let path = action.split(['?', '#']).next().unwrap_or("");
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&&str| {
        let own: Vec<&str> = route.split('/').collect();
        own.len() == parts.len() && own.iter().zip(&parts).all(|(o, p)| o == p || o.starts_with('{'))
    };
    // The one with the fewest parameters, as the router takes it.
    posts.iter().filter(fits).min_by_key(|r| r.matches('{').count()).copied()
}

/// One field as it stands on a page; none of what nobody fills in.
fn field(e: ElementRef<'_>) -> Option<Asked> {
    let of = e.value();
    let (name, shape) = (of.attr("name")?, of.attr("type").unwrap_or("text"));
    let kind = match of.name() {
        "textarea" => Kind::Text,
        "select" => Kind::Choice,
        "button" => return None,
        _ => match shape {
            "hidden" | "submit" | "button" | "image" | "reset" => return None,
            "radio" | "checkbox" => Kind::Choice,
            "file" => Kind::File,
            _ => Kind::Line,
        },
    };
    let offered = match kind {
        Kind::Text => !text(e).is_empty(),
        Kind::Choice if of.name() == "select" => all_of(e, "option[selected]")
            .iter()
            .any(|o| o.value().attr("value").is_none_or(|v| !v.is_empty())),
        Kind::Choice => of.attr("checked").is_some(),
        Kind::Line => of.attr("value").is_some_and(|v| !v.is_empty()),
        Kind::File => false,
    };
    Some(Asked { name: named(name), kind, offered, known: false })
}

/// A form of a page, and what it asks.
struct Found {
    route: &'static str,
    fields: Vec<Asked>,
}

fn forms(page: &Html, posts: &[&'static str], at: &str) -> Vec<Found> {
    let mut out = Vec::new();
    for form in all_of(page.root_element(), "form[method=post]") {
        let of = form.value();
        let Some(route) = route(of.attr("action").unwrap_or(at), posts) else { continue };
        let mut inside = all_of(form, "input, textarea, select");
        if let Some(id) = of.attr("id") {
            let css = ["input", "textarea", "select"].map(|e| format!("{e}[form='{id}']")).join(", ");
            inside.extend(all_of(page.root_element(), &css));
        }
        out.push(Found { route, fields: inside.into_iter().filter_map(field).collect() });
    }
    out
}

fn heading(page: &Html) -> String {
    all_of(page.root_element(), "h1").first().map(|h| text(*h)).unwrap_or_default()
}

/// Adds what a page asks to what is known of its route: offered is what every page offers.
fn put(into: &mut Vec<Asked>, fields: Vec<Asked>) {
    for field in fields {
        match into.iter_mut().find(|f| f.name == field.name) {
            // One box of several that is ticked is enough.
            Some(f) if f.kind == Kind::Choice => f.offered |= field.offered,
            Some(f) => f.offered &= field.offered,
            None => into.push(field),
        }
    }
}

/// Adds the forms of a page, with its heading in both languages.
fn add(out: &mut BTreeMap<&'static str, Form>, zh: (String, Vec<Found>), en: String, about_something: bool) {
    for mut form in zh.1 {
        form.fields.retain(|f| !f.name.starts_with('_'));
        if form.fields.is_empty() {
            continue;
        }
        for f in &mut form.fields {
            let fact = FACTS.contains(&f.name.as_str()) && matches!(f.kind, Kind::Line | Kind::Text);
            f.known = about_something && fact && !f.offered;
        }
        // What it is for is said in the list; a new form has the heading of its page.
        let title = all().find(|f| f.route == form.route).map(|f| f.title.clone());
        let title = title.unwrap_or_else(|| (zh.0.clone(), en.clone()));
        let route = form.route.to_owned();
        let of = out.entry(form.route).or_insert_with(|| Form { route, title, fields: Vec::new() });
        put(&mut of.fields, form.fields);
    }
}

/// Whoever may fill something in, with something to fill it in about.
async fn people(house: &House, things: &Things) -> Vec<(&'static str, Client)> {
    let mut out = readers(house, things).await;
    out.push(("liaison", house.staff(Role::Liaison, "90101").await));
    out
}

/// Pages whose forms only some cases bring, each with somebody who may fill them in: papers of an affair, a wish that was
/// taken up, the file of a mediation.
async fn seldom(house: &House) -> Vec<(Client, String)> {
    let (affair, officer) = affairs::with_papers(house).await;
    let (wish, taker) = wishes::taken_up(house).await;
    let (dispute, _, mediator) = mediation::at_the_mediator(house).await;
    vec![
        (officer, format!("/requests/{affair}/papers")),
        (taker, format!("/requests/{wish}/giving-back")),
        (mediator, format!("/requests/{dispute}/file")),
    ]
}

/// Every form of every page, by its route.
async fn read_off(house: &House) -> BTreeMap<&'static str, Form> {
    house.swept("seal").await;
    house.swept("lots").await;
    house.minutes_pass(2 * 24 * 60);
    let things = things(house).await;
    let cases = cases(house, &things).await;
    let mut people = people(house, &things).await;
    // How somebody is reached is known of them, and comes filled in.
    let office = house.world.unit(OFFICE);
    let reached = Contact { phone: "0851-24620000".into(), email: "works@town.example.org".into() };
    let (account, ctx) =
        (house.world.account(office, Role::Officer), house.world.staff(office, Role::Officer));
    set_contact(&house.world.site, &ctx.scope, account, reached).await.expect("their own");
    let rules = capability::rules();
    let posts: Vec<&'static str> = rules
        .iter()
        .filter(|(_, r)| r.method == "POST" && !r.path.starts_with("/sign-in"))
        .map(|(_, r)| r.path)
        .collect();
    let mut out: BTreeMap<&'static str, Form> = BTreeMap::new();
    for (_, rule) in rules.iter().filter(|(_, r)| r.method == "GET") {
        let mut addresses = vec![things.address(rule.path)];
        if of_a_case(rule.path) {
            let usual = &things.case.row.number;
            addresses.extend(cases.values().map(|n| things.address(rule.path).replace(usual, n)));
        }
        let known = rule.path.contains('{');
        let mut seen: BTreeSet<&'static str> = BTreeSet::new();
        // A page with a form of its own has it for the first who is shown it, on the first case that offers it.
        let own = posts.contains(&rule.path);
        for address in addresses {
            for (_, client) in &mut people {
                if own && seen.contains(rule.path) {
                    break;
                }
                let answer: Answer = client.raw(Method::GET, &address, None, "").await;
                if answer.status != 200 || !answer.body.contains("<form") {
                    continue;
                }
                let page = Html::parse_document(&answer.body);
                let found = forms(&page, &posts, &address);
                if found.iter().all(|f| seen.contains(f.route)) {
                    continue;
                }
                let english = client.clone().english().raw(Method::GET, &address, None, "").await;
                let english = Html::parse_document(&english.body);
                seen.extend(found.iter().map(|f| f.route));
                add(&mut out, (heading(&page), found), heading(&english), known);
            }
        }
    }
    for (mut client, address) in seldom(house).await {
        let page = Html::parse_document(&client.get(&address).await.expect(200).body);
        let english = Html::parse_document(&client.english().get(&address).await.expect(200).body);
        let found = forms(&page, &posts, &address);
        add(&mut out, (heading(&page), found), heading(&english), true);
    }
    // The second step of telling us something, which no address leads to.
    let (mut zh, mut en) = (house.visitor(), house.visitor().english());
    let mut steps = Vec::new();
    for client in [&mut zh, &mut en] {
        let first = client.submit("/ask", "/ask", &[("text", RUDE), ("step", "text")]).await.expect(200);
        let chosen = [("class", "13.02.02"), ("step", "details")];
        let page = Html::parse_document(&client.fill(&first, "/ask", &chosen, &[]).await.expect(200).body);
        steps.push((heading(&page), forms(&page, &posts, "/ask")));
    }
    let english = steps.pop().expect("English");
    add(&mut out, steps.pop().expect("Chinese"), english.0, false);
    out.values_mut().for_each(|form| form.fields.sort());
    out
}

#[tokio::test]
async fn the_list_of_forms_is_what_the_pages_ask_and_nothing_known_is_asked_again() {
    let fresh = db::testing::engines().next().expect("an engine");
    let house = House::open(World::build(fresh, "county", &[&capability::migrations()]));
    let found = read_off(&house).await;
    let known: Vec<String> = found
        .values()
        .flat_map(|form| form.fields.iter().filter(|f| f.known).map(move |f| (form, f)))
        .filter(|(form, f)| {
            !ALL_THE_SAME.iter().any(|(route, name, _)| form.route == *route && f.name == *name)
        })
        .map(|(form, f)| format!("{} asks for {}, which is known: offer it", form.route, f.name))
        .collect();
    let list: String = found.values().map(|form| format!("{}\n", form.line())).collect();
    if let Some(file) = std::env::var_os("LIANXIN_WRITE_FORMS") {
        std::fs::write(file, format!("{}\n{list}", HEAD.trim())).expect("the list is written");
    }
    assert!(known.is_empty(), "{}", known.join("\n"));
    let kept: String = all().map(|form| format!("{}\n", form.line())).collect();
    let differ: Vec<String> = list
        .lines()
        .filter(|l| !kept.contains(*l))
        .map(|l| format!("+ {l}"))
        .chain(kept.lines().filter(|l| !list.contains(*l)).map(|l| format!("- {l}")))
        .collect();
    assert!(
        differ.is_empty(),
        "forms have changed: run this test with LIANXIN_WRITE_FORMS=crates/insight/src/burden/forms.txt\n{}",
        differ.join("\n")
    );
}

/// What stands at the top of the list.
const HEAD: &str = "
# Every form: route, what it is for in Chinese and in English, fields. The fields are read off the pages by the test `whole
# burden`, which also writes them; the names are ours and stay, a new form has the heading of its page until it is given one.
# line, text: typed; choice; file; `=`: comes filled in; `!`: known and asked all the same.
";

#[tokio::test]
async fn what_a_week_cost_is_counted_by_role_and_nobody_is_named() {
    each_house("county", |house| async move {
        let things = things(&house).await;
        let number = things.case.row.number.clone();
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let note = "去现场看过了，明天来人。";
        officer.act(&number, "progress", &[("text", note), ("audience", "inside")]).await;
        // What is refused is not counted until it is taken.
        officer.try_act(&number, "answer", &[("text", "")]).await.expect(422);

        let mut boss = house.staff(Role::Supervisor, "9-county-centre").await;
        let file = boss.get("/burden.csv").await.expect(200).body;
        let line = file
            .lines()
            .find(|l| l.contains("承办干部") && l.contains("进展"))
            .unwrap_or_else(|| panic!("{file}"));
        let cells: Vec<&str> = line.split(',').collect();
        // One form: what was done, and for whom; the words were typed.
        assert_eq!(cells[3..7], ["1", "2", "1", &note.chars().count().to_string()], "{line}");
        assert!(!file.contains("/answer"), "{file}");
        let page = boss.get("/burden").await.expect(200);
        assert!(page.text().contains("承办干部") && !page.body.contains(&number), "{}", page.text());
        let last = boss.get("/burden?week=2026-11-02").await.expect(200);
        assert!(last.text().contains("这一周还没有人填表"), "{}", last.text());
        // What each asks is known before anybody has filled it in, and by what it is for.
        for shown in [&last, &boss.get("/burden?forms=all").await.expect(200)] {
            let visit = by_route("/visits/new").expect("the form of a visit");
            let asked = Figures::asked(visit);
            let said = format!("记一次走访 · {} 问 · 手填 {}", asked.questions, asked.typed);
            assert!(shown.text().contains(&said), "{said}: {}", shown.text());
            assert!(!shown.text().contains("记好了"), "{}", shown.text());
        }
        assert!(!page.text().contains("记一次走访"), "the week tells of what came in");
        // By role alone: whoever is not asked to answer for others does not read it.
        officer.get("/burden").await.expect(403);
    })
    .await;
}
