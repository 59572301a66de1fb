//! 微心愿: a wish goes on the wall with leave and after a look; somebody of any unit takes it up, gives it back where
//! they cannot, another makes it come true; and only who made it says so.

use super::steps::{answered, says};
use crate::house::{Does, House, OFFICE, each_house};
use crate::pages::faults;
use kernel::Role;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{Evidence, State};
use testkit::Client;

const WHO: &str = "龙玉珍";
const SAID: &str = "冬天冷，想要一床厚棉被。";
const TITLE: &str = "想要一床厚棉被";

async fn wished(house: &House, leave: &str) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "17.05.02".into();
    new.title = TITLE.into();
    new.body = SAID.into();
    new.answers.insert("consent".into(), vec![leave.into()]);
    new.place = Some(house.world.unit("9010101"));
    new.place_text = "老槐树旁边第二家".into();
    new.person.name = Some(WHO.into());
    new.person.phone = Some("13800006666".into());
    new.person.address = Some("柳树村一组 12 号".into());
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// A moderator looks and puts it on the wall.
async fn on_the_wall(house: &House, number: &str) {
    let mut moderator = house.staff(Role::Moderator, "9-county-centre").await;
    moderator.act(number, "moderation", &[("show", "yes"), ("title", TITLE), ("body", SAID)]).await;
}

fn taking_up(number: &str) -> String {
    format!("/wishes/{number}/taking-up")
}

/// A wish that somebody of another township has taken up: its number, and who it is.
pub async fn taken_up(house: &House) -> (String, Client) {
    let number = wished(house, "yes").await.number;
    on_the_wall(house, &number).await;
    let mut liaison = house.staff(Role::Liaison, "902-township-hall").await;
    let wall = liaison.get("/wishes").await.expect(200);
    liaison.fill(&wall, &taking_up(&number), &[], &[]).await.expect(200);
    (number, liaison)
}

async fn reads_in_both(house: &House, client: &Client, path: &str) {
    let site = &house.world.site;
    let dir = register::directory(site);
    let mut known: Vec<String> = dir.iter().map(|u| u.name.zh.clone()).collect();
    known.extend([SAID.to_owned(), TITLE.to_owned()]);
    let accounts = site.db.read_now(access::accounts::all_names).expect("names");
    let names: Vec<String> = accounts.into_iter().map(|(_, n)| n).collect();
    for english in [false, true] {
        let mut client = if english { client.clone().english() } else { client.clone() };
        let answer = client.get(path).await.expect(200);
        let found = faults(&answer, english, &known.join("\n"), &names);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

#[tokio::test]
async fn a_wish_is_taken_up_given_back_and_comes_true_when_its_person_says_so() {
    each_house("county", |house| async move {
        let got = wished(&house, "yes").await;
        let number = got.number.clone();
        let mut nobody = house.visitor();
        assert!(!nobody.get("/wishes").await.expect(200).text().contains(TITLE), "not before a look");
        on_the_wall(&house, &number).await;
        let wall = nobody.get("/wishes").await.expect(200);
        assert!(wall.text().contains(TITLE) && wall.text().contains("东山镇"), "{}", wall.text());
        for hidden in [WHO, "一组", "老槐树", "1380000"] {
            assert!(!wall.body.contains(hidden), "{hidden} stands on the wall");
        }
        assert!(!wall.has_form(&taking_up(&number)), "whoever is not signed in takes nothing up");

        // Two of different units press at once: one gets it, the other is told.
        let mut liaison = house.staff(Role::Liaison, "902-township-hall").await;
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let (a, b) = (liaison.get("/wishes").await.expect(200), officer.get("/wishes").await.expect(200));
        reads_in_both(&house, &liaison, "/wishes").await;
        officer.get(&format!("/requests/{number}")).await.expect(404);
        let mine = liaison.fill(&a, &taking_up(&number), &[], &[]).await.expect(200);
        assert_eq!(mine.path, format!("/requests/{number}"), "{}", mine.text());
        let late = officer.fill(&b, &taking_up(&number), &[], &[]).await.expect(200);
        assert!(late.text().contains("刚刚有人认领了"), "{}", late.text());
        assert!(!late.text().contains(TITLE), "it is off the wall");
        officer.get(&format!("/requests/{number}")).await.expect(404);
        let case = house.case(&number).await;
        assert_eq!((case.row.state, case.row.unit), (State::InHand, house.world.unit("902-township-hall")));
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("认领了心愿"), "{}", page.text());

        // She cannot do it after all: with the reason it is open to others again, and the promised date stays.
        let due = case.row.answer_due;
        house.minutes_pass(60);
        let empty = liaison.try_act(&number, "giving-back", &[("reason", "")]).await;
        assert_eq!(empty.status, 422);
        let page = format!("/requests/{number}/giving-back");
        reads_in_both(&house, &liaison, &page).await;
        let gone =
            liaison.submit(&page, &page, &[("reason", "要外出学习两个月，怕耽误。")]).await.expect(200);
        assert!(gone.text().contains("别人可以再认领"), "{}", gone.text());
        assert!(nobody.get("/wishes").await.expect(200).text().contains(TITLE));
        let case = house.case(&number).await;
        assert_eq!(case.row.answer_due, due);
        assert!(!case.facts.evidence.contains(&Evidence::Contact), "nobody has spoken with her by then");

        // The officer takes it up now, gets in touch, brings the quilt, and needs no photo.
        let wall = officer.get("/wishes").await.expect(200);
        officer.fill(&wall, &taking_up(&number), &[], &[]).await.expect(200);
        assert!(!house.case(&number).await.facts.evidence.contains(&Evidence::Contact));
        officer.act(&number, "contact", &[("text", "问清了床的大小。"), ("audience", "inside")]).await;
        assert!(house.case(&number).await.facts.evidence.contains(&Evidence::Contact));
        answered(&mut officer, &number, "棉被送到了，铺好了。").await;

        // Only she says whether it came true; until then nobody strikes it off.
        let mut lead = house.staff(Role::Lead, OFFICE).await;
        let early = lead.try_act(&number, "closure", &[]).await;
        assert!(early.status == 422 || early.status == 409, "{} {}", early.status, early.text());
        says(&mut me, &number, "no", "2", "被子短了一截").await;
        answered(&mut officer, &number, "换了一床长的。").await;
        says(&mut me, &number, "yes", "5", "").await;
        house.deliver().await;
        lead.act(&number, "closure", &[]).await;
        assert_eq!(house.case(&number).await.row.state, State::Closed);
        let wall = nobody.get("/wishes").await.expect(200);
        assert!(wall.text().contains("最近实现的") && wall.text().contains(TITLE), "{}", wall.text());
        assert!(!wall.body.contains(WHO) && !wall.text().contains("名次"), "{}", wall.text());
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn without_leave_no_wish_is_shown_and_the_village_sees_to_it() {
    each_house("county", |house| async move {
        // Nothing but what has the class of a wish, which asks for leave, is one.
        let ctx = house.world.public();
        let mut new = NewRequest::new(&ctx, "web");
        new.class = crate::house::LOOKED_AT.into();
        new.kind = Some(rules::case::Kind::Wish);
        new.body = SAID.into();
        let refused = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.err();
        let at = |e: &kernel::Error| match e {
            kernel::Error::Invalid(all) => all.iter().map(|f| f.field.clone()).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(refused.as_ref().map(at), Some(vec!["kind".to_owned()]), "{refused:?}");

        let got = wished(&house, "no").await;
        let number = got.number.clone();
        let mut moderator = house.staff(Role::Moderator, "9-county-centre").await;
        let shown = [("show", "yes"), ("title", TITLE), ("body", SAID)];
        let refused = moderator.try_act(&number, "moderation", &shown).await;
        assert!(refused.status == 422 && refused.text().contains("没有同意公开"), "{}", refused.text());
        let mut nobody = house.visitor();
        assert!(!nobody.get("/wishes").await.expect(200).text().contains(TITLE));
        // Nobody takes up what is not on the wall, even who may see the case.
        let mut liaison = house.staff(Role::Liaison, "90101").await;
        let token = liaison.get("/find").await.form("/find")[web::form::CSRF_FIELD].clone();
        let tried = liaison.post(&taking_up(&number), &[(web::form::CSRF_FIELD, &token)]).await;
        assert_eq!(tried.status, 404, "{}", tried.text());
        let mut desk = house.staff(Role::Triage, "901-township-hall").await;
        let village = house.unit("90101");
        desk.act(&number, "assignment", &[("unit", &village.0), ("unit_label", &village.1)]).await;
        assert_eq!(house.case(&number).await.row.state, State::Assigned);
        house.books_are_right();
    })
    .await;
}
