//! 事务代办: an old woman's papers are handled for her. She sees at any time what is done, what comes next, and in whose
//! hands each of her papers is; nothing is struck off before the originals are back with her.

use super::steps::{answered, in_hand, says};
use crate::house::{Does, House, OFFICE, each_house};
use crate::pages::faults;
use kernel::Role;
use requests::acts::papers::{HandOver, TakeIn, confirm, hand_over, take_in};
use requests::acts::shield::{Put, put};
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use requests::shield::Subject;
use rules::case::State;
use rules::papers::{Goal, PaperForm};
use testkit::{Answer, Client};

const VILLAGE: &str = "90101";
const WINDOW: &str = "901-township-hall";
const WHO: &str = "田秀英";
const SAID: &str = "老年证旧了要换，腿脚不便，请人代办。";

/// She asks for it on the telephone of a neighbour, without the pages.
async fn asked(house: &House) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "17.04.02".into();
    new.body = SAID.into();
    new.place = Some(house.world.unit(VILLAGE));
    new.person.name = Some(WHO.into());
    new.person.phone = Some("13800007777".into());
    new.person.address = Some("柳树村一组 9 号".into());
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// Her own page, opened by number and code.
async fn her_page(house: &House, got: &Registered) -> Client {
    let mut me = house.visitor();
    me.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await.expect(200);
    me
}

/// Sent to the village, and given to an officer there.
pub async fn at_the_village(house: &House, number: &str) {
    let mut desk = house.staff(Role::Triage, WINDOW).await;
    let unit = house.unit(VILLAGE);
    desk.act(number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
    in_hand(house, number, VILLAGE).await;
}

/// An affair whose papers an officer of the village holds: its number, and the officer.
pub async fn with_papers(house: &House) -> (String, Client) {
    let number = asked(house).await.number;
    at_the_village(house, &number).await;
    let mut officer = house.staff(Role::Officer, VILLAGE).await;
    takes_in(&mut officer, &number, &["id-card:original"]).await;
    (number, officer)
}

/// Takes these papers in; the answer is the slip.
async fn takes_in(client: &mut Client, number: &str, papers: &[&str]) -> Answer {
    let page = format!("/requests/{number}/papers");
    let fields: Vec<(&str, &str)> = papers.iter().map(|p| ("paper", *p)).collect();
    client.submit(&page, &page, &fields).await.expect(200)
}

/// Offers papers to somebody; the answer is the slip.
async fn hands_over(client: &mut Client, number: &str, papers: &[&str], to: &[(&str, &str)]) -> Answer {
    let page = format!("/requests/{number}/papers");
    let mut fields: Vec<(&str, &str)> = papers.iter().map(|p| ("paper", *p)).collect();
    fields.extend(to);
    client.submit(&page, &format!("{page}/hand-over"), &fields).await.expect(200)
}

/// Presses the button of a slip on the page of papers.
async fn presses(client: &mut Client, number: &str, slip: u8, what: &str) -> Answer {
    let page = format!("/requests/{number}/papers");
    client.submit(&page, &format!("{page}/{slip}/{what}"), &[]).await
}

#[tokio::test]
async fn her_papers_go_from_hand_to_hand_and_come_back_before_anything_is_struck_off() {
    each_house("zhengan", |house| async move {
        let got = asked(&house).await;
        let number = got.number.clone();
        let mut me = her_page(&house, &got).await;
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            page.text().contains("要带的材料") && page.text().contains("身份证（原件）"),
            "{}",
            page.text()
        );
        assert!(page.text().contains("党群连心户"), "the pack says who comes: {}", page.text());
        at_the_village(&house, &number).await;

        // The liaison household calls, takes two originals and a form in, and leaves a slip.
        let mut liaison = house.staff(Role::Liaison, VILLAGE).await;
        let papers = ["id-card:original", "household-book:original", "application:handed-in"];
        let slip = takes_in(&mut liaison, &number, &papers).await;
        for said in [
            "材料交接单",
            "诉求人",
            "身份证（原件）",
            "户口簿（原件）",
            "申请表（交件不退）",
            "共 3 份",
            "签收人签字",
        ] {
            assert!(slip.text().contains(said), "{said}: {}", slip.text());
        }
        assert!(!slip.body.contains(WHO), "no name stands on it");
        let step = format!("/requests/{number}/papers");
        liaison.submit(&step, &format!("/requests/{number}/steps"), &[]).await.expect(200);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        let holder = format!("联户干部{VILLAGE}（柳树村）");
        assert!(page.text().contains(&holder), "she reads who has her papers: {}", page.text());
        assert!(page.text().contains("办好一步：收材料，开交接单"), "and what was done: {}", page.text());
        me.get(&format!("/r/{number}/papers/1")).await.expect(200);

        // On to the window. Until the window confirms, they count as hers who gives.
        let window = house.unit(WINDOW);
        let to = [("to", "unit"), ("unit", window.0.as_str()), ("unit_label", window.1.as_str())];
        hands_over(&mut liaison, &number, &["1", "2", "3"], &to).await;
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains(&holder) && page.text().contains("待签收"), "{}", page.text());
        assert_eq!(presses(&mut liaison, &number, 2, "recall").await.status, 200, "called back");
        hands_over(&mut liaison, &number, &["1", "2", "3"], &to).await;

        // Another township's window does not even see it; ours finds it on its list and counts the papers.
        let mut other = house.staff(Role::Clerk, "902-township-hall").await;
        other.get(&format!("/requests/{number}/papers")).await.expect(404);
        let mut clerk = house.staff(Role::Clerk, WINDOW).await;
        assert!(clerk.get("/work").await.expect(200).text().contains("等我签收 1 单"));
        assert!(clerk.get("/papers").await.expect(200).body.contains(&number));
        presses(&mut clerk, &number, 3, "receipt").await.expect(200);
        let mine = clerk.get("/papers").await.expect(200);
        assert!(mine.text().contains("身份证（原件）"), "{}", mine.text());
        assert!(
            !liaison.get("/papers").await.expect(200).text().contains("身份证（原件）"),
            "no longer hers"
        );

        // It is answered and she is content; but it cannot be struck off while the originals are out.
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        answered(&mut officer, &number, "新证办好了，随原件一起送到家。").await;
        says(&mut me, &number, "yes", "5", "").await;
        house.deliver().await;
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        let refused = lead.get(&format!("/requests/{number}/closure")).await;
        assert!(refused.text().contains("原件都交还本人"), "{}", refused.text());
        assert_eq!(house.case(&number).await.row.state, State::Judged);

        // The window gives the originals back; she says on her page that she has them.
        hands_over(&mut clerk, &number, &["1", "2"], &[("to", "person")]).await;
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("材料要交还给您"), "{}", page.text());
        let action = format!("/r/{number}/papers/4/receipt");
        me.fill(&page, &action, &[], &[]).await.expect(200);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("本人在网页上签收"), "{}", page.text());
        lead.act(&number, "closure", &[]).await;
        assert_eq!(house.case(&number).await.row.state, State::Closed);

        // What the journal keeps of all this are keys and numbers.
        let case = house.case(&number).await;
        let id = case.row.id.0;
        let events = house.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("the journal");
        let all: String = events.iter().map(|e| e.payload.to_string()).collect();
        assert!(all.contains("id-card:original") && !all.contains(WHO) && !all.contains("1380000"), "{all}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_an_affair_read_in_both_languages() {
    each_house("county", |house| async move {
        let got = asked(&house).await;
        let number = got.number.clone();
        at_the_village(&house, &number).await;
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        takes_in(&mut officer, &number, &["id-card:original", "photo:handed-in"]).await;
        let window = house.unit(WINDOW);
        let to = [("to", "unit"), ("unit", window.0.as_str()), ("unit_label", window.1.as_str())];
        hands_over(&mut officer, &number, &["1"], &to).await;
        let clerk = house.staff(Role::Clerk, WINDOW).await;
        let me = her_page(&house, &got).await;
        let site = &house.world.site;
        let dir = register::directory(site);
        let id = house.case(&number).await.row.id;
        let mut known: Vec<String> = dir.iter().map(|u| u.name.zh.clone()).collect();
        known.extend([SAID.into(), WHO.into(), "柳树村一组 9 号".into(), "电话里说清了。".into()]);
        let sent = site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
        known.extend(sent.into_iter().flat_map(|m| [m.subject, m.body]));
        let known = known.join("\n");
        let accounts = site.db.read_now(access::accounts::all_names).expect("names");
        let mut names: Vec<String> = accounts.into_iter().map(|(_, n)| n).collect();
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        let mut problems = Vec::new();
        for (client, path) in [
            (&officer, format!("/requests/{number}")),
            (&officer, format!("/requests/{number}/papers")),
            (&officer, "/papers".to_owned()),
            (&officer, "/work".to_owned()),
            (&clerk, format!("/requests/{number}/papers")),
            (&clerk, format!("/requests/{number}/papers/2")),
            (&clerk, "/papers".to_owned()),
            (&me, format!("/r/{number}")),
            (&me, format!("/r/{number}/papers/1")),
        ] {
            for english in [false, true] {
                let mut client = if english { client.clone().english() } else { client.clone() };
                let answer = client.get(&path).await.expect(200);
                let found = faults(&answer, english, &known, &names);
                problems.extend(found.into_iter().map(|f| format!("{path} (en: {english}): {f}")));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn who_has_no_telephone_signs_the_slip_and_two_windows_do_not_take_the_same_papers() {
    each_house("county", |house| async move {
        let got = asked(&house).await;
        let number = got.number.clone();
        at_the_village(&house, &number).await;
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        takes_in(&mut officer, &number, &["id-card:original"]).await;

        // Nobody takes a case back, or ends it in another way, while somebody else holds the card.
        let mut me = her_page(&house, &got).await;
        let asked = format!("/r/{number}/withdrawal");
        let kept = me.submit(&asked, &asked, &[]).await;
        assert_eq!(kept.status, 422);
        assert!(kept.text().contains("原件都交还本人"), "{}", kept.text());

        // Two clerks of one window: the second is told that it is done.
        let window = house.unit(WINDOW);
        let to = [("to", "unit"), ("unit", window.0.as_str()), ("unit_label", window.1.as_str())];
        hands_over(&mut officer, &number, &["1"], &to).await;
        let page = format!("/requests/{number}/papers");
        let action = format!("{page}/2/receipt");
        let mut first = house.staff(Role::Clerk, WINDOW).await;
        let mut second = house.staff(Role::Triage, WINDOW).await;
        let shown = second.get(&page).await.expect(200);
        first.submit(&page, &action, &[]).await.expect(200);
        let late = second.fill(&shown, &action, &[], &[]).await;
        assert_eq!(late.status, 422, "{}", late.text());
        assert_eq!(house.case(&number).await.facts.originals_out, 1);

        // The officer has no right over them any more; the window gives them back and the woman signs.
        let shown = officer.get(&page).await.expect(200);
        assert!(!shown.has_form(&format!("{page}/hand-over")), "the officer holds nothing");
        hands_over(&mut first, &number, &["1"], &[("to", "person")]).await;
        let shown = first.get(&page).await.expect(200);
        assert!(shown.text().contains("本人已在交接单上签字"), "{}", shown.text());
        let done = presses(&mut first, &number, 3, "receipt").await.expect(200);
        assert!(done.text().contains("本人在纸面上签收"), "{}", done.text());
        assert_eq!(house.case(&number).await.facts.originals_out, 0);
        me.submit(&asked, &asked, &[]).await.expect(200);
        assert_eq!(house.case(&number).await.row.state, State::Withdrawn);
        house.books_are_right();
    })
    .await;
}

/// The papers that a holder's page lists, as the numbers of their cases.
fn listed(page: &Answer) -> Vec<String> {
    page.attributes("main td a, main th a", "href")
        .iter()
        .filter_map(|a| Some(a.strip_prefix("/requests/")?.strip_suffix("/papers")?.to_owned()))
        .collect()
}

#[tokio::test]
async fn whoever_holds_many_papers_finds_originals_first_and_the_rest_page_by_page() {
    each_house("county", |house| async move {
        let village = house.world.unit(VILLAGE);
        let officer = house.world.staff(village, Role::Officer);
        let take = |papers: Vec<(&'static str, PaperForm)>| {
            let (house, officer) = (&house, officer.clone());
            async move {
                let got = asked(house).await;
                at_the_village(house, &got.number).await;
                let papers = papers.into_iter().map(|(key, form)| (key.to_owned(), form)).collect();
                let input = TakeIn { on: got.id.into(), papers };
                officer.write(move |tx, ctx| take_in(tx, ctx, &input)).await.expect("taken in");
                got
            }
        };
        // Two cases with nothing but copies, one of which ends; and the last with an original.
        let over = take(vec![("application", PaperForm::Copy); 40]).await;
        let first = take(vec![("photo", PaperForm::Copy); 40]).await;
        let second = take(vec![("photo", PaperForm::HandedIn); 20]).await;
        let last = take(vec![("id-card", PaperForm::Original)]).await;
        let mut me = her_page(&house, &over).await;
        let withdrawal = format!("/r/{}/withdrawal", over.number);
        me.submit(&withdrawal, &withdrawal, &[]).await.expect(200);

        let mut holder = house.staff(Role::Officer, VILLAGE).await;
        let page = holder.get("/papers").await.expect(200);
        assert!(page.text().contains("原件 1 份，其他 60 份"), "{}", page.text());
        let shown = listed(&page);
        assert_eq!((shown.len(), shown.first()), (50, Some(&last.number)), "the original first");
        let next = page.href("nav.pager a[rel=next]").expect("it goes on");
        let page = holder.get(&next).await.expect(200);
        let rest = listed(&page);
        assert_eq!(rest, vec![second.number.clone(); 11], "each once, the longest held first");
        assert!(page.href("nav.pager a[rel=next]").is_none(), "and no more");
        assert!(shown[1..].iter().all(|n| *n == first.number || *n == second.number));
        let work = holder.get("/work").await.expect(200).text();
        assert!(work.contains("在我手里原件 1 份，其他 60 份"), "{work}");
        house.books_are_right();
    })
    .await;
}

/// So many slips wait for the window, each of one paper.
async fn slips_wait(house: &House, papers: usize) {
    let (village, window) = (house.world.unit(VILLAGE), house.world.unit(WINDOW));
    let officer = house.world.staff(village, Role::Officer);
    let got = asked(house).await;
    at_the_village(house, &got.number).await;
    let papers = vec![("photo".to_owned(), PaperForm::HandedIn); papers];
    let on = requests::acts::On { id: got.id, seq: None };
    let input = TakeIn { on, papers: papers.clone() };
    officer.write(move |tx, ctx| take_in(tx, ctx, &input)).await.expect("taken in");
    for no in 1..=papers.len() as i64 {
        let over = HandOver { on, papers: vec![no], to: Goal::Unit(window) };
        officer.write(move |tx, ctx| hand_over(tx, ctx, &over)).await.expect("handed over");
    }
}

#[tokio::test]
async fn slips_that_wait_for_a_unit_go_on_page_by_page_and_none_is_left_out() {
    each_house("county", |house| async move {
        for _ in 0..3 {
            slips_wait(&house, 35).await;
        }
        let mut clerk = house.staff(Role::Clerk, WINDOW).await;
        let mut page = clerk.get("/papers").await.expect(200);
        assert!(page.text().contains("在我手里"));
        let mut sizes = vec![listed(&page).len()];
        while let Some(next) = page.href("nav.pager a[rel=next]") {
            page = clerk.get(&next).await.expect(200);
            assert!(!page.text().contains("您手里没有"), "the later pages are of slips alone");
            sizes.push(listed(&page).len());
        }
        assert_eq!(sizes, [50, 50, 5]);
    })
    .await;
}

#[tokio::test]
async fn a_lead_who_hands_on_for_somebody_does_not_confirm_it_as_well() {
    each_house("county", |house| async move {
        let got = asked(&house).await;
        let number = got.number.clone();
        at_the_village(&house, &number).await;
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        takes_in(&mut officer, &number, &["id-card:original"]).await;

        // The lead hands the card on for the officer, within the village.
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        let village = house.unit(VILLAGE);
        let to = [("to", "unit"), ("unit", village.0.as_str()), ("unit_label", village.1.as_str())];
        let slip = hands_over(&mut lead, &number, &["1"], &to).await;
        let said = format!("联户干部{VILLAGE}");
        assert!(slip.text().contains(&format!("由单位负责人{VILLAGE}代交")), "{}", slip.text());
        let page = format!("/requests/{number}/papers");
        let action = format!("{page}/2/receipt");
        let shown = lead.get(&page).await.expect(200);
        assert!(!shown.has_form(&action), "it is not offered: {}", shown.text());
        let on = requests::acts::On { id: got.id, seq: None };
        let ctx = house.world.staff(house.world.unit(VILLAGE), Role::Lead);
        let tried = ctx.write(move |tx, ctx| confirm(tx, ctx, on, 2, false).map(drop)).await.err();
        assert!(matches!(tried, Some(kernel::Error::Refused { code: "slip-own-hand", .. })), "{tried:?}");
        assert!(!officer.get(&page).await.expect(200).has_form(&action), "nor whoever held it");

        // Somebody else of the village counts it and has it.
        let mut liaison = house.staff(Role::Liaison, VILLAGE).await;
        presses(&mut liaison, &number, 2, "receipt").await.expect(200);
        let held = liaison.get(&page).await.expect(200);
        assert!(held.text().contains(&said), "{}", held.text());
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn originals_come_back_where_the_case_is_kept_from_holder_and_lead() {
    each_house("county", |house| async move {
        // The village has her card when it turns out that the matter is about the village itself.
        let got = asked(&house).await;
        let number = got.number.clone();
        at_the_village(&house, &number).await;
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        takes_in(&mut officer, &number, &["id-card:original"]).await;
        let shielded = |unit: &'static str, by: &'static str| {
            let subject = Subject { unit: Some(house.world.unit(unit)), name: String::new() };
            let input = Put { on: got.id.into(), subject, reason: "说的正是他们".into() };
            let ctx = house.world.staff(house.world.unit(by), Role::Supervisor);
            async move { ctx.write(move |tx, ctx| put(tx, ctx, &input).map(drop)).await }
        };
        shielded(VILLAGE, WINDOW).await.expect("it is kept from them");
        for role in [Role::Officer, Role::Lead] {
            let mut out = house.staff(role, VILLAGE).await;
            out.get(&format!("/requests/{number}/papers")).await.expect(404);
        }

        // The superior's lead gives it back for them, and she signs.
        let mut lead = house.staff(Role::Lead, WINDOW).await;
        hands_over(&mut lead, &number, &["1"], &[("to", "person")]).await;
        presses(&mut lead, &number, 2, "receipt").await.expect(200);
        assert_eq!(house.case(&number).await.facts.originals_out, 0);
        let mut me = her_page(&house, &got).await;
        let withdrawal = format!("/r/{number}/withdrawal");
        me.submit(&withdrawal, &withdrawal, &[]).await.expect(200);
        assert_eq!(house.case(&number).await.row.state, State::Withdrawn);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn the_next_superior_that_is_not_shut_out_and_whoever_has_the_case_may_give_an_original_back() {
    each_house("county", |house| async move {
        let about = |id: kernel::RequestId, unit: &'static str| {
            let subject = Subject { unit: Some(house.world.unit(unit)), name: String::new() };
            let input = Put { on: id.into(), subject, reason: "说的正是他们".into() };
            let ctx = house.world.staff(house.world.unit(WINDOW), Role::Supervisor);
            async move { ctx.write(move |tx, ctx| put(tx, ctx, &input).map(drop)).await }
        };
        // An office handles it, the village has the card, and it turns out to be about the village.
        let got = asked(&house).await;
        let number = got.number.clone();
        let mut desk = house.staff(Role::Triage, WINDOW).await;
        let unit = house.unit(OFFICE);
        desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
        in_hand(&house, &number, OFFICE).await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        takes_in(&mut officer, &number, &["id-card:original"]).await;
        let village = house.unit(VILLAGE);
        let to = [("to", "unit"), ("unit", village.0.as_str()), ("unit_label", village.1.as_str())];
        hands_over(&mut officer, &number, &["1"], &to).await;
        let mut liaison = house.staff(Role::Liaison, VILLAGE).await;
        presses(&mut liaison, &number, 2, "receipt").await.expect(200);
        about(got.id, VILLAGE).await.expect("it is kept from them");
        let mut above = house.staff(Role::Lead, WINDOW).await;
        hands_over(&mut above, &number, &["1"], &[("to", "person")]).await;
        presses(&mut above, &number, 3, "receipt").await.expect(200);
        assert_eq!(house.case(&number).await.facts.originals_out, 0);

        // The window has the card of a case of the village, and it is about the window.
        let got = asked(&house).await;
        let number = got.number.clone();
        at_the_village(&house, &number).await;
        let mut officer = house.staff(Role::Officer, VILLAGE).await;
        takes_in(&mut officer, &number, &["id-card:original"]).await;
        let window = house.unit(WINDOW);
        let to = [("to", "unit"), ("unit", window.0.as_str()), ("unit_label", window.1.as_str())];
        hands_over(&mut officer, &number, &["1"], &to).await;
        let mut clerk = house.staff(Role::Clerk, WINDOW).await;
        presses(&mut clerk, &number, 2, "receipt").await.expect(200);
        about(got.id, WINDOW).await.expect("it is kept from them");
        let mut shut_out = house.staff(Role::Lead, WINDOW).await;
        shut_out.get(&format!("/requests/{number}/papers")).await.expect(404);
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        hands_over(&mut lead, &number, &["1"], &[("to", "person")]).await;
        presses(&mut lead, &number, 3, "receipt").await.expect(200);
        assert_eq!(house.case(&number).await.facts.originals_out, 0);
        house.books_are_right();
    })
    .await;
}
