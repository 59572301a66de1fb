//! What is open when a household changes hands, and the books that tell of it: whose they are, that they are whole, that
//! they are read as of a day. On both engines.

mod common;
#[path = "common/paired.rs"]
#[allow(dead_code)]
mod paired;

use common::MIGRATIONS;
use db::params;
use kernel::{AccountId, DAY, Error, MINUTE, RecordId, RequestId, Role, Uuid};
use liaison::visits::{self, Answer, Kept, Need, Promised, Then, Visit};
use liaison::{digest, homes, standing};
use paired::{Home, home};
use register::households::Household;
use requests::Ctx;
use testkit::{Client, each_world};

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 'test', $7)";
    ANSWERED = "UPDATE requests SET answer = '补齐材料，已通过。', answered_at = $1, ended_at = $1";
    MAIL = "SELECT body FROM messages WHERE purpose = 'digest'";
    NAMED = "UPDATE accounts SET phone = $2 WHERE id = $1";
}

const CLASS: &str = "17.04.01";

impl Home {
    fn officer(&self) -> Ctx {
        self.world.staff(self.world.unit("9010101"), Role::Officer)
    }

    fn promised(&self, text: &str) -> Promised {
        let site = &self.world.site;
        let due = site.zone.date(site.now().plus(10 * DAY));
        Promised { id: RequestId::new(site.now(), &*site.chance).0, text: text.into(), due }
    }

    fn needs(&self, text: &str, class: &str) -> Need {
        let site = &self.world.site;
        Need {
            id: RequestId::new(site.now(), &*site.chance),
            class: class.into(),
            text: text.into(),
            consent: true,
            person: None,
            then: Then::Pass,
            answer: String::new(),
            solved: None,
            grade: None,
        }
    }

    async fn visits_with(&self, promised: Vec<Promised>, kept: Vec<Kept>, needs: Vec<Need>) {
        self.sent(promised, kept, needs, None).await;
    }

    /// A visit from a telephone that knew of no promise yet.
    async fn unaware(&self, needs: Vec<Need>) {
        self.sent(Vec::new(), Vec::new(), needs, Some(self.world.site.now().0 - 30 * DAY)).await;
    }

    async fn sent(&self, promised: Vec<Promised>, kept: Vec<Kept>, needs: Vec<Need>, seen_at: Option<i64>) {
        let site = &self.world.site;
        let visit = Visit {
            id: RecordId::new(site.now(), &*site.chance),
            household: self.home.id,
            on: site.today(),
            device_at: None,
            seen_at,
            answers: Vec::new(),
            promises: kept,
            promised,
            needs,
            helped: Vec::new(),
            corrects: None,
        };
        let sent = self.officer().write(move |tx, ctx| visits::confirm(tx, ctx, &visit, None)).await;
        sent.expect("a visit");
        self.world.clock.advance(MINUTE);
    }

    /// Every request has its answer and has ended.
    fn answered(&self) {
        let at = self.world.site.now();
        self.world.site.db.write_now(move |tx| tx.execute(&ANSWERED, &params![at])).expect("answered");
        self.world.clock.advance(MINUTE);
    }

    /// From this day on somebody looks after the household.
    fn given(&self, who: AccountId, kind: &str, from: &str) {
        self.given_of(&self.home, who, kind, from);
    }

    fn given_of(&self, home: &Household, who: AccountId, kind: &str, from: &str) {
        let (home, at) = (home.clone(), self.world.site.now());
        let mut id = [0u8; 16];
        self.world.site.chance.fill(&mut id);
        let (kind, from) = (kind.to_owned(), from.to_owned());
        let values = params![Uuid::from_bytes(id), kind, who, home.id, home.path, from, at].to_vec();
        self.world.site.db.write_now(move |tx| tx.execute(&PAIR, &values)).expect("paired");
    }

    /// What waits on the desk of somebody: promises, families to be told.
    async fn waits(&self, who: &Ctx) -> (usize, usize) {
        let account = who.account().expect("an account");
        let found = who.read(move |tx, ctx| standing::waits(tx, ctx, account)).await.expect("a desk");
        (found.promises, found.tell)
    }
}

async fn text(who: &mut Client, path: &str) -> String {
    who.get(path).await.expect(200).text()
}

#[tokio::test]
async fn whoever_takes_a_household_over_owes_what_was_promised_and_tells_how_needs_ended() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let (promise, need) = (h.promised("修好水管"), h.needs("想请人代办养老认证", CLASS));
        let request = need.id;
        h.visits_with(vec![promise.clone()], Vec::new(), vec![need]).await;
        h.answered();
        let next = h.world.staff(h.world.unit("90101"), Role::Lead);
        assert_eq!((h.waits(&h.officer()).await, h.waits(&next).await), ((1, 1), (0, 0)));

        let today = h.world.site.today().to_string();
        h.parted(&today);
        // Nobody has it: whoever promised and heard keeps it.
        assert_eq!((h.waits(&h.officer()).await, h.waits(&next).await), ((1, 1), (0, 0)));
        h.given(next.account().expect("an account"), "liaison", &today);
        assert_eq!((h.waits(&h.officer()).await, h.waits(&next).await), ((0, 0), (1, 1)));

        let (mut old, mut new) = (h.me().await, h.staff(Role::Lead, "90101").await);
        let after = text(&mut new, "/visits/after").await;
        assert!(after.contains("养老认证") && after.contains("请告诉家里人 1"), "{after}");
        assert!(!text(&mut old, "/visits/after").await.contains("养老认证"));
        let owed = text(&mut new, "/visits/promises").await;
        assert!(owed.contains("修好水管"), "{owed}");
        assert!(!text(&mut old, "/visits/promises").await.contains("修好水管"));
        let tell = text(&mut new, "/visits/needs?only=tell").await;
        assert!(tell.contains("养老认证") && tell.contains("共 1 件"), "{tell}");
        assert!(!text(&mut old, "/visits/needs?only=tell").await.contains("养老认证"));
        // The book of what one heard oneself stays one's own.
        assert!(text(&mut old, "/visits/needs").await.contains("养老认证"));

        let book = next.write(|tx, ctx| visits::mine(tx, ctx)).await.expect("a book");
        let one = &book.households[0];
        assert_eq!((one.promises[0].id, one.needs.len()), (promise.id, 1));
        let gone = h.officer().write(|tx, ctx| visits::mine(tx, ctx)).await.expect("a book");
        assert!(gone.households.is_empty());

        let told = |ctx: Ctx| async move {
            ctx.write(move |tx, ctx| visits::told(tx, ctx, visits::Told { request })).await
        };
        assert!(matches!(told(h.officer()).await, Err(Error::NotFound)), "it is another's to tell");
        let done = new.get("/visits/after").await.expect(200);
        let done = new.fill(&done, "/visits/after", &[], &[]).await.expect(200);
        assert!(done.text().contains("告诉家里人："), "{}", done.text());
        told(next.clone()).await.expect("a second time changes nothing");
        assert_eq!(h.waits(&next).await, (1, 0));
    })
    .await;
}

#[tokio::test]
async fn of_a_family_that_was_written_down_twice_whoever_has_the_row_that_stands_owes_what_the_other_was_promised()
 {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let need = h.needs("想请人代办养老认证", CLASS);
        h.visits_with(vec![h.promised("修好水管")], Vec::new(), vec![need]).await;
        h.answered();
        let next = h.world.staff(h.world.unit("90101"), Role::Lead);
        let (site, unit, at) = (h.world.site.clone(), h.world.unit("9010101"), h.world.site.now());
        let made = h.world.site.db.write_now(move |tx| {
            let act = access::accounts::Act { actor: kernel::Actor::System, at };
            let new = common::household(unit, Vec::new(), Vec::new());
            register::households::add_in(tx, &site, &new, &act)
        });
        let kept = made.expect("the same family once more");
        h.given_of(&kept, next.account().expect("an account"), "liaison", "2026-01-01");
        assert_eq!((h.waits(&h.officer()).await, h.waits(&next).await), ((1, 1), (0, 0)));
        let (from, to) = (h.home.id, kept.id);
        let boss = h.world.staff(h.world.office("9", "county-centre"), Role::Supervisor);
        boss.write(move |tx, ctx| homes::link(tx, ctx, from, to, "入户核实")).await.expect("linked");
        assert_eq!((h.waits(&h.officer()).await, h.waits(&next).await), ((0, 0), (1, 1)));
    })
    .await;
}

#[tokio::test]
async fn the_desk_and_the_digest_count_families_that_wait_to_be_told() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let all = [h.needs("想请人代办养老认证", CLASS), h.needs("水表坏了没人修", "")];
        h.visits_with(Vec::new(), Vec::new(), all.to_vec()).await;
        assert!(h.waits(&h.officer()).await == (0, 0), "nothing to tell yet");
        h.answered();
        h.world.site.kept.get::<requests::pages::Beside>().ask(standing::waits);
        let desk = me.get("/work").await.expect(200);
        assert!(desk.text().contains("2 件事有结果了，还没告诉家里人"), "{}", desk.text());
        assert!(desk.body.contains("href=\"/visits/after\""), "{}", desk.body);

        let (site, account) = (h.world.site.clone(), h.me);
        site.db
            .write_now({
                let site = site.clone();
                move |tx| digest::want(tx, &site, account, true)
            })
            .expect("wanted");
        h.world.clock.advance(7 * DAY);
        digest::send(&h.world.site).await.expect("sent");
        let body: String = site.db.read_now(|tx| tx.scalar(&MAIL, &[])).expect("a message");
        assert!(body.contains("有结果还没告诉家里人的事 2 件"), "{body}");
    })
    .await;
}

#[tokio::test]
async fn books_go_on_page_by_page_and_their_files_are_whole() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        for _ in 0..2 {
            h.visits_with(Vec::new(), Vec::new(), vec![h.needs("想请人代办养老认证", CLASS)]).await;
        }
        let promised = (0..56).map(|n| h.promised(&format!("答应的第{n}件"))).collect();
        h.visits_with(promised, Vec::new(), Vec::new()).await;
        // Whatever came later hides nothing that a filter asks for.
        let numbers: Vec<usize> = (0..205).collect();
        for some in numbers.chunks(10) {
            let heard = some.iter().map(|n| h.needs(&format!("家里的第{n}件事要办"), "")).collect();
            h.unaware(heard).await;
        }
        let mut me = h.me().await;
        let again = text(&mut me, "/visits/needs?only=again").await;
        assert!(again.contains("养老认证") && again.contains("共 1 件"), "{again}");
        let first = me.get("/visits/needs").await.expect(200);
        assert!(first.text().contains("共 207 件"), "{}", first.text());
        for (path, rows) in [("/visits/needs", 207_usize), ("/visits/promises", 56)] {
            let (mut seen, mut at) = (0, Some(path.to_owned()));
            let mut pages = 0;
            while let Some(next) = at {
                let page = me.get(&next).await.expect(200);
                seen += page.body.matches("<tr").count() - 1;
                at = page.href("a[rel='next']");
                pages += 1;
            }
            assert_eq!((seen, pages), (rows, rows.div_ceil(50)), "{path}");
            let file = me.get(&format!("{path}?format=csv")).await.expect(200).body;
            assert_eq!(file.lines().count(), rows + 1, "{path}");
        }
        let classes = text(&mut me, "/visits/classes").await;
        assert!(classes.contains("205"), "{classes}");
    })
    .await;
}

#[tokio::test]
async fn ones_own_promises_and_duties_are_asked_for_as_of_a_day() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let promise = h.promised("修好水管");
        h.visits_with(vec![promise.clone()], Vec::new(), Vec::new()).await;
        let day = h.world.site.today().to_string();
        h.world.clock.advance(DAY);
        let kept = Kept { id: promise.id, outcome: Answer::Kept, due: None, text: String::new() };
        h.visits_with(Vec::new(), vec![kept], Vec::new()).await;
        let mut me = h.me().await;
        assert!(!text(&mut me, "/visits/promises").await.contains("修好水管"));
        let then = text(&mut me, &format!("/visits/promises?as_of={day}")).await;
        assert!(then.contains("修好水管"), "{then}");
        let file = me.get(&format!("/visits/promises?as_of={day}&format=csv")).await.expect(200).body;
        assert!(file.contains("修好水管"), "{file}");

        // Duties of a day, and the list of a day.
        h.world.clock.advance(DAY);
        let mut me = h.me().await;
        let now = me.get("/duties").await.expect(200);
        assert!(
            !now.text().contains("截至") && now.find("form[action='/duties'] input[name='on']").is_some()
        );
        let then = text(&mut me, &format!("/duties?on={day}")).await;
        assert!(then.contains("截至 2026"), "{then}");
        let before = text(&mut me, "/duties?on=2025-12-31").await;
        assert!(before.contains("还没有您联系的户"), "{before}");
        let mut boss = h.staff(Role::Supervisor, "901-township-hall").await;
        let page = boss.get(&format!("/coverage?unit=901&on={day}")).await.expect(200);
        assert!(page.text().contains("截至"), "{}", page.text());
        let list = page.href("a[href^='/pairings/list.xlsx']").expect("the list");
        assert!(list.contains(&format!("on={day}")), "{list}");
        let none = text(&mut boss, "/coverage?unit=901&on=2025-12-31").await;
        assert!(none.contains("有人联系 0"), "{none}");
    })
    .await;
}

#[tokio::test]
async fn a_lead_opens_the_books_of_one_person_and_nobody_else_does() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let need = h.needs("想请人代办养老认证", CLASS);
        h.visits_with(vec![h.promised("修好水管")], Vec::new(), vec![need]).await;
        let mut lead = h.staff(Role::Lead, "90101").await;
        let links = lead.get(&format!("/people/{}/pairings", h.me)).await.expect(200).body;
        let day = h.world.site.today();
        for (book, words) in [("diary", "养老认证"), ("needs", "养老认证"), ("promises", "修好水管")]
        {
            let path = format!("/visits/{book}?person={}", h.me);
            assert!(links.contains(&path), "{links}");
            let page = lead.get(&path).await.expect(200);
            assert!(page.text().contains(words), "{book}: {}", page.text());
            let file = lead.get(&format!("{path}&format=csv")).await.expect(200).body;
            assert!(file.contains(words), "{book}: {file}");
            let before = format!("{path}&as_of={}", day.yesterday().expect("a day"));
            assert!(!lead.get(&before).await.expect(200).body.contains(words), "{book}");
            for (role, unit) in
                [(Role::Lead, "90102"), (Role::Supervisor, "902-township-hall"), (Role::Officer, "90101")]
            {
                let mut other = h.staff(role, unit).await;
                other.get(&path).await.expect(404);
                other.get(&format!("{path}&format=csv")).await.expect(404);
            }
        }
        lead.get("/visits/diary?person=nobody").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_card_says_how_to_reach_whoever_comes_and_who_is_above_them() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let dir = register::directory(&h.world.site);
        let own = h.world.unit("9010101");
        let above = dir.parent(own).expect("a unit above");
        let hotline = &h.world.site.pack.site.hotline;
        let number = |of: kernel::UnitId| dir.get(of).and_then(|u| u.phone.as_ref()).unwrap_or(hotline);
        let phone = |phone: Option<&'static str>| {
            let me = h.me;
            h.world.site.db.write_now(move |tx| tx.execute(&NAMED, &params![me, phone])).expect("a number");
        };
        phone(None);
        let mut me = h.me().await;
        let page = me.get(&format!("/households/{}", h.home.code)).await.expect(200);
        let one = page.href("a[href*='/cards?household=']").expect("the card of this household");
        assert_eq!(one, format!("/people/{}/cards?household={}", h.me, h.home.code));
        let card = me.get(&one).await.expect(200);
        assert_eq!(card.body.matches("<svg class=\"qr\"").count(), 1);
        let said = card.text();
        assert!(said.contains(number(own).as_str()), "the number of their unit, or the hotline: {said}");
        let superior = above.name.zh.as_str();
        assert!(said.contains(&format!("{superior} {}", number(above.id))), "{said}");
        let none = me.get(&format!("/people/{}/cards?household=none", h.me)).await.expect(200);
        assert!(!none.body.contains("<svg class=\"qr\""));
        let routes = liaison::routes().merge(web::router());
        let mut family = Client::new(access::frame(routes, h.world.site.clone()));
        let shown = family.get(&format!("/card/{}", h.home.card)).await.expect(200);
        let shown = shown.text();
        assert!(shown.contains("找联系人的上级") && shown.contains(superior), "{shown}");
        phone(Some("0000-3333"));
        assert!(me.get(&one).await.expect(200).text().contains("0000-3333"));
    })
    .await;
}

#[tokio::test]
async fn ledgers_name_the_family_as_far_as_whoever_reads_may_and_say_what_was_promised() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let need = h.needs("想请人代办养老认证", CLASS);
        h.visits_with(vec![h.promised("修好水管")], Vec::new(), vec![need]).await;
        let mut lead = h.staff(Role::Lead, "90101").await;
        let diary = lead.get("/visits/diary?unit=90101&format=csv").await.expect(200).body;
        let surname = rules::mask::surname_only("梅长苏");
        assert!(diary.contains(&surname) && !diary.contains("梅长苏"), "{diary}");
        assert!(diary.contains("修好水管") && diary.contains("养老认证"), "{diary}");

        let list = "/pairings/list.csv?unit=90101&kind=liaison";
        let file = lead.get(list).await.expect(200).body;
        assert!(file.contains(&h.home.code) && file.contains(&surname), "{file}");
        assert!(!file.contains("梅长苏"), "{file}");
        let who = h.world.account(h.world.unit("90101"), Role::Lead);
        h.given(who, "help", "2026-01-01");
        let file = lead.get(list).await.expect(200).body;
        assert!(file.contains("梅长苏"), "whoever looks after the family knows it: {file}");
    })
    .await;
}
