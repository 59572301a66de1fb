//! What a family asks from its card, over HTTP and on both engines: whose it is, who is told, and who never is.

mod common;
#[path = "common/paired.rs"]
#[allow(dead_code)]
mod paired;

use common::MIGRATIONS;
use db::params;
use kernel::{DAY, RequestId, Role, Timestamp};
use liaison::homes;
use liaison::visits::{self, HeardNeed, NeedsOf};
use paired::{Home, home};
use register::households::{self, Household};
use testkit::{Answer, Client, each_world};

db::statements! {
    CLOSE = "UPDATE households SET to_date = $2 WHERE id = $1";
    NEEDS = "SELECT COUNT(*) FROM visit_needs";
    OF_NOBODY = "SELECT COUNT(*) FROM visit_needs WHERE household IS NULL";
    SAID = "SELECT COUNT(*) FROM journal WHERE stream_kind = 'card-asked' AND payload LIKE $1";
    BY_NUMBER = "SELECT id FROM requests WHERE number = $1";
}

/// A class that is about nobody, and one that is about somebody.
const LAMP: &str = "01.04.02";
const WINDOW: &str = "13.02.02";

impl Home {
    fn visitor(&self) -> Client {
        let routes = liaison::routes().merge(requests::routes()).merge(access::routes()).merge(web::router());
        Client::new(access::frame(routes, self.world.site.clone()))
    }

    fn second(&self) -> Household {
        let (site, unit, at) = (self.world.site.clone(), self.world.unit("9010101"), self.world.site.now());
        let act = access::accounts::Act { actor: kernel::Actor::System, at };
        let new = common::household(unit, Vec::new(), Vec::new());
        self.world
            .site
            .db
            .write_now(move |tx| households::add_in(tx, &site, &new, &act))
            .expect("a household")
    }

    fn needs(&self, of: NeedsOf) -> Vec<HeardNeed> {
        let all = move |tx: &mut dyn db::Tx| visits::needs(tx, &of, Timestamp(i64::MAX), 9);
        self.world.site.db.read_now(all).expect("needs")
    }

    fn of_home(&self) -> Vec<HeardNeed> {
        self.needs(NeedsOf::Household(self.home.id))
    }

    fn mine(&self) -> Vec<HeardNeed> {
        self.needs(NeedsOf::Account(self.me, self.world.site.today()))
    }

    fn count(&self, of: &'static db::Stmt) -> i64 {
        self.world.site.db.read_now(move |tx| tx.scalar(of, &[])).expect("counted")
    }

    /// The request whose page was opened: its id and its number.
    fn asked(&self, page: &Answer) -> (RequestId, String) {
        let number = page.path.rsplit('/').next().expect("a number").to_owned();
        let wanted = number.clone();
        let found = self.world.site.db.read_now(move |tx| tx.scalar(&BY_NUMBER, &params![wanted.as_str()]));
        (found.expect("a request"), number)
    }
}

/// From the card to the last step of the form.
async fn to_the_last(who: &mut Client, card: &str, words: &str, class: &str) -> Answer {
    let card = who.get(&format!("/card/{card}")).await.expect(200);
    let start = who.fill(&card, "/ask", &[], &[]).await.expect(200);
    let classes = who.fill(&start, "/ask", &[("text", words), ("step", "text")], &[]).await.expect(200);
    who.fill(&classes, "/ask", &[("class", class), ("step", "details")], &[]).await.expect(200)
}

async fn sends(who: &mut Client, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let all = [&[("step", "send")], more].concat();
    let mut done = who.fill(page, "/ask", &all, &[]).await.expect(200);
    // Asked whether it is the same as another one, they say no.
    if done.path == "/ask" {
        done = who.fill(&done, "/ask", &all, &[]).await.expect(200);
    }
    assert!(done.path.starts_with("/r/"), "{}: {}", done.path, done.text());
    done
}

#[tokio::test]
async fn what_a_family_asks_from_its_card_is_a_need_of_its_household_and_of_no_other() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let other = h.second();
        let mut family = h.visitor();
        let last = to_the_last(&mut family, &h.home.card, "门口想申请装路灯", LAMP).await;
        assert!(last.text().contains("联系您家的人会看到编号"), "{}", last.text());
        let done = sends(&mut family, &last, &[]).await;
        let (id, number) = h.asked(&done);
        let all = h.of_home();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].request, all[0].record, all[0].account), (id, None, None));
        assert_eq!(h.mine().iter().map(|n| n.request).collect::<Vec<_>>(), [id]);
        assert!(h.needs(NeedsOf::Household(other.id)).is_empty());

        // The family finds it on its card, by its own page; another card has nothing of it.
        let card = h.visitor().get(&format!("/card/{}", h.home.card)).await.expect(200);
        assert!(card.text().contains("申请装路灯") && card.body.contains(&format!("/r/{number}")));
        let strange = h.visitor().get(&format!("/card/{}", other.card)).await.expect(200);
        assert!(!strange.body.contains(&number), "{}", strange.text());
        let asked = h.visitor().get(&format!("/r/{number}")).await;
        assert_eq!(asked.status, 403, "the card opens no case");

        // Whoever looks after it sees it; whoever does no longer sees nothing.
        let mut me = h.me().await;
        for path in ["/visits/after", "/visits/needs", "/visits/classes", &h.page()] {
            let page = me.get(path).await.expect(200);
            let there = page.text().contains("申请装路灯")
                || (path == "/visits/classes" && page.text().contains(" 1 "));
            assert!(there, "{path}: {}", page.text());
        }
        let mut lead = h.staff(Role::Lead, "90101").await;
        let ledger = lead.get("/visits/needs?unit=90101").await.expect(200).text();
        assert!(ledger.contains("申请装路灯") && ledger.contains("联系卡"), "{ledger}");
        // The journal says that it came from a card, not from which.
        let said = |what: &str| {
            let what = format!("%{what}%");
            h.world
                .site
                .db
                .read_now(move |tx| tx.scalar::<i64>(&SAID, &params![what.as_str()]))
                .expect("read")
        };
        assert_eq!((said(&id.to_string()), said(&h.home.id.to_string())), (1, 0));
        let today = h.world.site.today().to_string();
        h.parted(&today);
        assert!(h.mine().is_empty());
        assert_eq!(h.of_home().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_family_keeps_a_request_to_itself_and_one_about_somebody_is_told_to_no_contact() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut family = h.visitor();
        let last = to_the_last(&mut family, &h.home.card, "二组申请装路灯", LAMP).await;
        sends(&mut family, &last, &[("apart", "1")]).await;
        let last = to_the_last(
            &mut family,
            &h.home.card,
            "便民服务中心窗口的人把我的材料扔了出来，还说爱上哪儿告上哪儿告。",
            WINDOW,
        )
        .await;
        assert!(last.text().contains("这类事不告诉联系您家的人"), "{}", last.text());
        let hall = h.world.unit("901-township-hall");
        let name = requests::Ctx::system(&h.world.site).dir.name(hall, kernel::Locale::Zh).to_owned();
        sends(&mut family, &last, &[("subject", &hall.to_string()), ("subject_label", &name)]).await;
        assert_eq!(h.count(&NEEDS), 0);
        // One whose shield comes later is in no list from then on.
        let last = to_the_last(&mut family, &h.home.card, "五组申请装路灯", LAMP).await;
        let (id, number) = h.asked(&sends(&mut family, &last, &[]).await);
        assert_eq!((h.of_home().len(), h.mine().len()), (1, 1));
        let subject = requests::shield::Subject { unit: Some(h.world.unit("90101")), name: String::new() };
        let put =
            requests::acts::shield::Put { on: id.into(), subject, reason: "反映的是村里。".into() };
        let triage = h.world.staff(h.world.unit("901-township-hall"), Role::Triage);
        triage.write(move |tx, ctx| requests::acts::shield::put(tx, ctx, &put)).await.expect("shielded");
        assert_eq!((h.of_home().len(), h.mine().len()), (0, 0));
        let card = h.visitor().get(&format!("/card/{}", h.home.card)).await.expect(200);
        assert!(!card.body.contains(&number), "{}", card.text());
        let seen = h.me().await.get(&h.page()).await.expect(200);
        assert!(!seen.body.contains(&number), "{}", seen.text());
    })
    .await;
}

#[tokio::test]
async fn nobody_ties_a_request_to_a_household_whose_card_they_did_not_open_that_day() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut who = h.visitor();
        // Somebody makes a word up, or sends a code, an id, or half of a good word.
        let good = visits::word(&h.world.public(), &h.home.card).expect("a word");
        let half = good[..good.len() / 2].to_owned();
        for made_up in [h.home.card.as_str(), &h.home.id.to_string(), &half, "00"] {
            let plain = who.get("/ask").await.expect(200);
            assert!(plain.find("input[name='led']").is_none());
            let mut fields = plain.fields("/ask");
            fields.retain(|(name, _)| name != "text" && name != "step" && name != "place_text");
            fields.extend(
                [
                    ("text", "申请装路灯，一组"),
                    ("class", LAMP),
                    ("place_text", "井边"),
                    ("step", "send"),
                    ("led", made_up),
                ]
                .map(|(n, v)| (n.to_owned(), v.to_owned())),
            );
            let sent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let page = who.post("/ask", &sent).await.expect(422);
            assert!(page.text().contains("请重新扫卡"), "{}", page.text());
            // What was written is there still, and goes on without the household.
            assert!(page.find("input[name='led']").is_none());
            sends(&mut who, &page, &[]).await;
        }
        // No address leads into it: whoever opens one that another made would file their matter there.
        let led = who.get(&format!("/ask?led={good}")).await.expect(200);
        assert!(led.find("input[name='led']").is_none(), "{}", led.body);
        // A day later the word is none, and a card of a household that is no longer there opens nothing.
        let late = to_the_last(&mut who, &h.home.card, "申请装路灯，一组", LAMP).await;
        let also = to_the_last(&mut who, &h.home.card, "还要申请装路灯，三组", LAMP).await;
        h.world.clock.advance(DAY);
        let page = who.fill(&late, "/ask", &[("step", "send")], &[]).await.expect(422);
        assert!(page.text().contains("请重新扫卡"), "{}", page.text());
        sends(&mut who, &page, &[]).await;
        let (id, today) = (h.home.id, h.world.site.today());
        let fresh = to_the_last(&mut who, &h.home.card, "四组申请装路灯", LAMP).await;
        h.world.site.db.write_now(move |tx| tx.execute(&CLOSE, &params![id, today])).expect("closed");
        let page = who.fill(&fresh, "/ask", &[("step", "send")], &[]).await.expect(422);
        assert!(page.text().contains("请重新扫卡"), "{}", page.text());
        who.fill(&also, "/ask", &[("step", "send")], &[]).await.expect(422);
        assert_eq!(h.count(&NEEDS), 0);
    })
    .await;
}

#[tokio::test]
async fn either_card_of_a_family_that_was_written_down_twice_is_good() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let other = h.second();
        let mut family = h.visitor();
        // Once before the link, once after it, both from the other card.
        let last = to_the_last(&mut family, &other.card, "申请装路灯，一组", LAMP).await;
        sends(&mut family, &last, &[]).await;
        assert!(h.mine().is_empty());
        let (from, to) = (other.id, h.home.id);
        let boss = h.world.staff(h.world.office("9", "county-centre"), Role::Supervisor);
        boss.write(move |tx, ctx| homes::link(tx, ctx, from, to, "入户核实")).await.expect("linked");
        let last = to_the_last(&mut family, &other.card, "还要申请装路灯，三组", LAMP).await;
        sends(&mut family, &last, &[]).await;
        assert_eq!((h.of_home().len(), h.mine().len()), (2, 2));
        assert_eq!(h.of_home()[0].household, h.home.id);
        assert!(h.of_home()[0].again, "the same class came from the other row");
        for code in [&other.card, &h.home.card] {
            let card = h.visitor().get(&format!("/card/{code}")).await.expect(200).text();
            assert!(card.contains("装路灯，一组") && card.contains("装路灯，三组"), "{card}");
        }
    })
    .await;
}

#[tokio::test]
async fn with_whoever_asked_the_household_is_forgotten_and_the_figures_stand() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut family = h.visitor();
        let last = to_the_last(&mut family, &h.home.card, "申请装路灯，一组", LAMP).await;
        let done = sends(&mut family, &last, &[("name", "林殊")]).await;
        let (number, own) = (h.asked(&done).1, done.path.clone());
        let mut lead = h.staff(Role::Lead, "90101").await;
        let page = family.get(&format!("{own}/withdrawal")).await.expect(200);
        family.fill(&page, &format!("{own}/withdrawal"), &[], &[]).await.expect(200);
        assert_eq!(h.of_home().len(), 1);
        let page = family.get(&format!("{own}/erasure")).await.expect(200);
        family.fill(&page, &format!("{own}/erasure"), &[], &[]).await.expect(200);
        assert_eq!((h.of_home().len(), h.mine().len()), (0, 0));
        assert_eq!((h.count(&NEEDS), h.count(&OF_NOBODY)), (1, 1));
        let counted = lead.get("/visits/classes?unit=90101").await.expect(200).text();
        assert!(counted.contains(" 1 "), "{counted}");
        let ledger = lead.get("/visits/needs?unit=90101").await.expect(200);
        assert!(!ledger.body.contains(&number), "{}", ledger.text());
    })
    .await;
}
