//! 民事调解: two neighbours and a ditch. The mediator keeps the file in its order; nothing is closed as agreed while a
//! mandatory item is missing; who the parties are is read by nobody without a recorded look.

use super::steps::{answered, in_hand, says};
use crate::house::{Does, House, PICTURE, each_house};
use crate::pages::faults;
use kernel::{DAY, Error, Role};
use requests::acts::correct::{Correct, correct};
use requests::acts::person::{Supplement, supplement};
use requests::ctx::Holder;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::{Kind, State, Urgency};
use testkit::{Answer, Client};

const PEACE: &str = "901-township-peace";
const SAID: &str = "两家为水沟的走向吵了一个月，想请人调解。";
const OTHER: &str = "司马长河";

async fn asked(house: &House, said: &str) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "16.01.02".into();
    new.body = said.into();
    new.answers.insert("parties".into(), vec!["2".into()]);
    new.answers.insert("violence".into(), vec!["no".into()]);
    new.place = Some(house.world.unit("90101"));
    new.person.name = Some("欧阳春".into());
    new.person.phone = Some("13800005555".into());
    new.person.address = Some("柳树村一组 5 号".into());
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

/// A dispute in the hands of a mediator: its number, the receipt, and the mediator.
pub async fn at_the_mediator(house: &House) -> (String, Registered, Client) {
    with_the_mediator(house, SAID).await
}

/// The same of a dispute that was told in these words.
async fn with_the_mediator(house: &House, said: &str) -> (String, Registered, Client) {
    let got = asked(house, said).await;
    let number = got.number.clone();
    let mut desk = house.staff(Role::Triage, "901-township-hall").await;
    let unit = house.unit(PEACE);
    desk.act(&number, "assignment", &[("unit", &unit.0), ("unit_label", &unit.1)]).await;
    in_hand(house, &number, PEACE).await;
    (number, got, house.staff(Role::Officer, PEACE).await)
}

async fn files(client: &mut Client, number: &str, fields: &[(&str, &str)]) -> Answer {
    let page = format!("/requests/{number}/file");
    client.submit(&page, &page, fields).await
}

async fn party(client: &mut Client, number: &str, side: &str, name: &str) -> Answer {
    let page = format!("/requests/{number}/file");
    let mut fields =
        vec![("side", side), ("name", name), ("phone", "13800004444"), ("address", "柳树村一组 6 号")];
    fields.extend([("sex", "男"), ("age", "52"), ("work", "石匠")]);
    client.submit(&page, &format!("/requests/{number}/parties"), &fields).await.expect(200)
}

#[tokio::test]
async fn the_ditch_is_agreed_upon_and_the_file_is_whole_before_it_is_closed() {
    each_house("county", |house| async move {
        let (number, got, mut mediator) = at_the_mediator(&house).await;
        party(&mut mediator, &number, "applicant", "欧阳春").await;
        let file = party(&mut mediator, &number, "respondent", OTHER).await;
        assert!(file.text().contains("被申请人 司马某"), "{}", file.text());
        assert!(!file.body.contains(OTHER) && !file.body.contains("13800004444"), "who it is lies sealed");

        // The file is filled in the order in which things come; a written agreement names its day.
        for item in ["rights", "application", "identity"] {
            files(&mut mediator, &number, &[("item", item), ("date", "2026-11-17")]).await.expect(200);
        }
        // It cannot be made another kind of case, which would need no file.
        let other = Correct {
            on: got.id.into(),
            class: "17.03.01".into(),
            kind: Kind::Suggestion,
            urgency: Urgency::Ordinary,
            title: "水沟".into(),
            place: None,
            place_text: String::new(),
            reason: "分错了".into(),
        };
        let peace = house.world.staff(house.unit(PEACE).0.parse().expect("an id"), Role::Officer);
        let refused = peace.write(move |tx, ctx| correct(tx, ctx, &other).map(drop)).await.err();
        assert!(matches!(refused, Some(Error::Refused { code: "file-begun", .. })), "{refused:?}");
        let said = format!("{OTHER}同意水沟改走东边，欧阳春出砖。");
        let record = [("item", "record"), ("date", "2026-11-17"), ("words", said.as_str())];
        let file = files(&mut mediator, &number, &record).await.expect(200);
        assert!(file.text().contains("水沟改走东边") && !file.body.contains(OTHER), "{}", file.text());
        assert!(file.text().contains("调解协议书 缺"), "what is missing is named: {}", file.text());
        answered(&mut mediator, &number, "双方谈好了：水沟改走东边。").await;
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        says(&mut me, &number, "yes", "5", "").await;
        house.deliver().await;
        let mut lead = house.staff(Role::Lead, PEACE).await;
        let refused = lead.get(&format!("/requests/{number}/closure")).await;
        assert!(refused.text().contains("调解卷宗的必备材料"), "{}", refused.text());
        let agreement = [("item", "agreement"), ("date", "2026-11-17"), ("words", "水沟改道，十天内完工。")];
        let day = files(&mut mediator, &number, &agreement).await;
        assert!(day.status == 422 && day.text().contains("写明履行期限"), "{}", day.text());
        let agreement = [&agreement[..], &[("perform_by", "2026-11-27")]].concat();
        let file = files(&mut mediator, &number, &agreement).await.expect(200);
        assert!(file.text().contains("必备材料齐全"), "{}", file.text());
        // Its front and its back, as a committee writes them.
        for line in [
            "卷名 欧阳某与司马某 · ",
            &format!("卷号 （2026）人调字第 {number} 号"),
            "立卷日期 2026年11月17日",
            "保管期限 自了结起 30 年",
            "本卷共有材料 5 件",
        ] {
            assert!(file.text().contains(line), "{line}: {}", file.text());
        }
        // Thirty days from the 17th end on the 17th of December.
        assert!(file.text().contains("12月17日"), "the court's clock: {}", file.text());
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            page.text().contains("12月17日") && page.text().contains("共同向人民法院申请"),
            "{}",
            page.text()
        );

        // In the order of its contents, whatever came first.
        let at = |what: &str| file.text().find(what).unwrap_or_else(|| panic!("{what}: {}", file.text()));
        assert!(at("调解申请书") < at("权利义务告知书") && at("当事人身份证明") < at("调解协议书"));
        lead.act(&number, "closure", &[]).await;
        assert_eq!(house.case(&number).await.row.state, State::Closed);

        // Performance and the return visit come afterwards; by then many days have gone.
        house.world.clock.advance(12 * DAY);
        let mut mediator = house.staff(Role::Officer, PEACE).await;
        files(&mut mediator, &number, &[("item", "performance"), ("date", "2026-11-28")]).await.expect(200);
        let visit = [("item", "return-visit"), ("date", "2026-11-29"), ("words", "两家都说好了，水沟通了。")];
        let asks = files(&mut mediator, &number, &visit).await.expect(422);
        assert!(asks.text().contains("请选择履行情况"), "{}", asks.text());
        let visit = [&visit[..], &[("visited", "2"), ("performed", "all"), ("satisfied", "5")]].concat();
        let file = files(&mut mediator, &number, &visit).await.expect(200);
        for line in ["受访人：被申请人 司马某", "履行情况：已经履行", "满意程度：非常满意"]
        {
            assert!(file.text().contains(line), "{line}: {}", file.text());
        }
        assert!(file.text().contains("立卷日期 2026年11月17日"), "it was whole that day: {}", file.text());

        // Only a recorded look reads who they are, and no more of them than it asks for.
        let look = format!("/requests/{number}/identity");
        let words = [("purpose", "contact"), ("see", "words")];
        let seen = mediator.submit(&look, &look, &words).await.expect(200);
        assert!(seen.text().contains("欧阳某") && !seen.text().contains("13800004444"), "{}", seen.text());
        assert!(!seen.text().contains("石匠"), "{}", seen.text());
        let all = [words.as_slice(), &[("see", "name"), ("see", "phone")]].concat();
        let seen = mediator.submit(&look, &look, &all).await.expect(200);
        assert!(seen.text().contains(OTHER) && seen.text().contains("13800004444"), "{}", seen.text());
        assert!(seen.text().contains("石匠") && seen.text().contains("52"), "{}", seen.text());
        let case = house.case(&number).await;
        let id = case.row.id.0;
        let events = house.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("the journal");
        let all: String = events.iter().map(|e| e.payload.to_string()).collect();
        assert!(all.contains("return-visit") && !all.contains(OTHER) && !all.contains("1380000"), "{all}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_party_that_does_not_want_it_ends_it_and_the_other_ways_are_named() {
    each_house("county", |house| async move {
        let (number, got, mut mediator) = at_the_mediator(&house).await;
        // More time only where all agree.
        let mut lead = house.staff(Role::Lead, PEACE).await;
        let more = [("by", "3"), ("reason", "等对方从外地回来。")];
        let refused = lead.try_act(&number, "extension", &more).await;
        assert!(refused.status == 422 && refused.text().contains("各方都同意"), "{}", refused.text());
        lead.act(&number, "extension", &[&more[..], &[("agreed", "yes")]].concat()).await;
        files(&mut mediator, &number, &[("item", "rights"), ("date", "2026-11-17")]).await.expect(200);
        let page = format!("/requests/{number}/answer");
        let shown = lead.get(&page).await.expect(200);
        let said = [("end", "unsolvable"), ("text", "对方明确表示不愿意调解，调解终止。")];
        lead.fill(&shown, &page, &said, &[("document", "终止.png", PICTURE)]).await.expect(200);
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        let page = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(page.text().contains("向人民法院起诉"), "the other ways are named: {}", page.text());
        says(&mut me, &number, "yes", "4", "").await;
        house.deliver().await;
        lead.act(&number, "closure", &[]).await;
        assert_eq!(
            house.case(&number).await.row.state,
            State::Unsolvable,
            "no agreement, and not counted as one"
        );
        house.books_are_right();
    })
    .await;
}

/// What a recorded look of the mediator reads of the parties and of what was written.
async fn looked(mediator: &mut Client, number: &str) -> Answer {
    let look = format!("/requests/{number}/identity");
    let all = [("purpose", "contact"), ("see", "words"), ("see", "name"), ("see", "phone")];
    mediator.submit(&look, &look, &all).await.expect(200)
}

#[tokio::test]
async fn words_that_were_filed_first_lose_the_name_of_a_party_that_is_noted_later() {
    each_house("county", |house| async move {
        let (number, _, mut mediator) = at_the_mediator(&house).await;
        let said = format!("{OTHER}说水沟是他家先挖的。");
        let record = [("item", "record"), ("date", "2026-11-17"), ("words", said.as_str())];
        files(&mut mediator, &number, &record).await.expect(200);
        let file = party(&mut mediator, &number, "respondent", OTHER).await;
        assert!(file.text().contains("说水沟是他家先挖的") && !file.body.contains(OTHER), "{}", file.text());
        let seen = looked(&mut mediator, &number).await;
        assert!(seen.text().contains(&said), "the words themselves are sealed now: {}", seen.text());
        // What was left out before stays sealed as it was written, with the name of a second party.
        let more = "司马长河（13900007777）和诸葛小山一起挖的。";
        let record = [("item", "record"), ("date", "2026-11-17"), ("words", more)];
        files(&mut mediator, &number, &record).await.expect(200);
        let file = party(&mut mediator, &number, "third", "诸葛小山").await;
        assert!(!file.body.contains("诸葛小山") && file.text().contains("一起挖的"), "{}", file.text());
        assert!(looked(&mut mediator, &number).await.text().contains(more));
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_request_loses_the_name_of_a_party_that_is_noted_after_it_came_in() {
    each_house("county", |house| async move {
        let said = format!("{OTHER}家的水沟冲了我家的地，{OTHER}不肯改，想请人调解。");
        let (number, got, mut mediator) = with_the_mediator(&house, &said).await;
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        let person = house.case(&number).await.row.person;
        let ctx = house.world.public().held_by(Holder { request: got.id, person });
        let adds = |text: String| {
            let input = Supplement { on: got.id.into(), text, files: Vec::new() };
            ctx.write(move |tx, ctx| supplement(tx, ctx, &input).map(drop))
        };
        adds(format!("昨天{OTHER}又来了。")).await.expect("added");
        let case = format!("/requests/{number}");
        assert!(
            mediator.get(&case).await.expect(200).body.contains(OTHER),
            "nobody knows yet that it is a name"
        );

        party(&mut mediator, &number, "respondent", OTHER).await;
        adds(format!("今天{OTHER}没有来。")).await.expect("added");
        let page = mediator.get(&case).await.expect(200);
        assert!(
            page.text().contains("家的水沟冲了我家的地") && !page.body.contains(OTHER),
            "{}",
            page.text()
        );
        assert!(page.text().contains("没有来") && page.text().contains("又来了"), "{}", page.text());
        let row = house.case(&number).await.row;
        for text in [&row.title, &row.body, &row.public_title, &row.public_body] {
            assert!(!text.contains(OTHER), "{text}");
        }
        let found = mediator.get(&format!("/requests?q={OTHER}")).await.expect(200);
        assert!(!found.body.contains(&number), "{}", found.text());
        // Whoever wrote it reads their own words, staff by a look; the journal is bound to what was registered.
        let mine = me.get(&format!("/r/{number}")).await.expect(200);
        assert!(
            mine.text().contains(&said) && mine.text().contains(&format!("昨天{OTHER}")),
            "{}",
            mine.text()
        );
        let seen = looked(&mut mediator, &number).await;
        assert!(
            seen.text().contains(&said) && seen.text().contains(&format!("昨天{OTHER}")),
            "{}",
            seen.text()
        );
        house.swept("seal").await;
        let receipt = me.get(&format!("/r/{number}/receipt")).await.expect(200);
        let receipt: journal::tree::receipt::Receipt =
            serde_json::from_str(&receipt.body).expect("a receipt");
        assert!(receipt.text.is_some() && receipt.check(None).good(), "{:?}", receipt.check(None));
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn only_what_a_party_gave_is_offered_to_be_looked_at() {
    each_house("county", |house| async move {
        let (number, _, mut mediator) = at_the_mediator(&house).await;
        let look = format!("/requests/{number}/identity");
        let offers = |page: &Answer, field: &str| page.body.contains(&format!("value=\"{field}\""));
        let page = mediator.get(&look).await.expect(200);
        assert!(offers(&page, "phone") && !offers(&page, "idno"), "{}", page.text());
        party(&mut mediator, &number, "respondent", OTHER).await;
        let page = mediator.get(&look).await.expect(200);
        assert!(offers(&page, "name") && offers(&page, "address"), "{}", page.text());
        assert!(!offers(&page, "idno"), "nobody gave one: {}", page.text());
    })
    .await;
}

#[tokio::test]
async fn the_file_outlives_who_asked_for_as_long_as_the_pack_says() {
    each_house("county", |house| async move {
        let (number, got, mut mediator) = at_the_mediator(&house).await;
        party(&mut mediator, &number, "respondent", OTHER).await;
        let said = format!("{OTHER}不同意。");
        let record = [("item", "record"), ("date", "2026-11-17"), ("words", said.as_str())];
        files(&mut mediator, &number, &record).await.expect(200);
        let mut me = house.visitor();
        me.submit("/find", "/find", &[("number", &number), ("code", &got.code)]).await.expect(200);
        let withdrawal = format!("/r/{number}/withdrawal");
        me.submit(&withdrawal, &withdrawal, &[]).await.expect(200);

        // Who asked may be forgotten; why the file stays, and until when, is said before and after.
        let page = format!("/r/{number}/erasure");
        let asks = me.get(&page).await.expect(200);
        assert!(
            asks.text().contains("调解卷宗") && asks.text().contains("保存到2056年11月17日"),
            "{}",
            asks.text()
        );
        me.submit(&page, &page, &[]).await.expect(200);
        let gone = me.get(&page).await.expect(200);
        assert!(
            gone.text().contains("没有您的身份信息了") && gone.text().contains("2056年"),
            "{}",
            gone.text()
        );
        let person = got_person(&house, &number).await;
        assert!(person.is_some_and(|k| k.erased_at.is_some()));
        let seen = looked(&mut mediator, &number).await;
        assert!(seen.text().contains(OTHER) && seen.text().contains(&said), "{}", seen.text());

        // So it is after the years of the class; after those of the file nothing is left of it.
        years_pass(&house, 4).await;
        let mut mediator = house.staff(Role::Officer, PEACE).await;
        assert!(looked(&mut mediator, &number).await.text().contains(OTHER));
        years_pass(&house, 26).await;
        let id = got.id.0;
        let left = house.world.site.db.read_now(move |tx| access::vault::texts::slots(tx, id)).expect("read");
        assert!(left.iter().all(|s| !s.starts_with("item") && !s.starts_with("party")), "{left:?}");
        house.books_are_right();
    })
    .await;
}

/// So many years go by, the last days of them evenly: only then is anybody forgotten.
async fn years_pass(house: &House, years: i64) {
    house.world.clock.advance(years * 366 * DAY);
    for _ in 0..10 {
        house.world.clock.advance(DAY);
        house.swept("forget").await;
    }
}

/// What is known of who asked, without a look inside.
async fn got_person(house: &House, number: &str) -> Option<access::identity::Known> {
    let id = house.case(number).await.row.person?;
    house.world.site.db.read_now(move |tx| access::identity::known(tx, id)).expect("read")
}

#[tokio::test]
async fn the_file_reads_in_both_languages() {
    each_house("county", |house| async move {
        let (number, _, mut mediator) = at_the_mediator(&house).await;
        party(&mut mediator, &number, "respondent", OTHER).await;
        let oral = [("item", "oral"), ("date", "2026-11-17"), ("words", "当场说好，当场改了。")];
        files(&mut mediator, &number, &oral).await.expect(200);
        let taken = [("item", "acceptance"), ("date", "2026-11-17")];
        let asks = files(&mut mediator, &number, &taken).await.expect(422);
        assert!(asks.text().contains("请选择案件来源"), "{}", asks.text());
        let taken = [&taken[..], &[("source", "police")]].concat();
        let file = files(&mut mediator, &number, &taken).await.expect(200);
        assert!(file.text().contains("案件来源：公安机关移交"), "{}", file.text());
        let visit = [("item", "return-visit"), ("date", "2026-11-17"), ("words", "当场说好，当场改了。")];
        let visit = [&visit[..], &[("performed", "part"), ("satisfied", "4")]].concat();
        files(&mut mediator, &number, &visit).await.expect(200);
        let site = &house.world.site;
        let dir = register::directory(site);
        let id = house.case(&number).await.row.id;
        let mut known: Vec<String> = dir.iter().map(|u| u.name.zh.clone()).collect();
        known.extend(
            [SAID, "柳树村一组 5 号", "电话里说清了。", "当场说好，当场改了。", "司马某"].map(str::to_owned),
        );
        let sent = site.db.read_now(move |tx| notify::about(tx, id.0)).expect("messages");
        known.extend(sent.into_iter().flat_map(|m| [m.subject, m.body]));
        let accounts = site.db.read_now(access::accounts::all_names).expect("names");
        let mut names: Vec<String> = accounts.into_iter().map(|(_, n)| n).collect();
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        for path in [format!("/requests/{number}"), format!("/requests/{number}/file")] {
            for english in [false, true] {
                let mut client = if english { mediator.clone().english() } else { mediator.clone() };
                let answer = client.get(&path).await.expect(200);
                let found = faults(&answer, english, &known.join("\n"), &names);
                assert!(found.is_empty(), "{path}: {found:?}");
            }
        }
    })
    .await;
}
