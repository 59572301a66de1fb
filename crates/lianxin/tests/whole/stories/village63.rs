//! A village of 63 members: "1234" pairing. In January the member makes a plan with the household, helps in March, the
//! secretary looks at the quarter and finds one item lagging; in December the wrap-up shows what became of all of it, as
//! it stood on any day, and the family reads its own part by its card.

use super::homes::{HEAD, HEAD_PHONE};
use crate::house::{House, each_house};
use access::accounts::Act;
use access::identity::NewPerson;
use kernel::{Actor, DAY, Date, PairingId, Role};
use liaison::pair::{NewPairing, pair};
use register::households::{self, Household, NewHousehold, NewMember, NewTag, Relation};

const GROUP: &str = "9010101";
const VILLAGE: &str = "90101";

/// A household in hardship that the member of the group is paired with by `kind`.
pub fn in_hardship(house: &House, kind: &'static str) -> Household {
    in_hardship_of(house, kind, Role::Liaison, GROUP)
}

/// The same with the holder of `role` in `unit`.
pub fn in_hardship_of(house: &House, kind: &'static str, role: Role, unit: &str) -> Household {
    let world = &house.world;
    let (site, at, grid) = (world.site.clone(), world.site.now(), world.unit(GROUP));
    let made = world.site.db.write_now(move |tx| {
        let who = NewPerson {
            name: Some(HEAD.into()),
            phone: Some(HEAD_PHONE.into()),
            address: Some("一组 3 号".into()),
            ..NewPerson::default()
        };
        let from = Date::constant(2021, 3, 1);
        let tag = NewTag {
            tag: "hardship".into(),
            person: None,
            from,
            to: None,
            basis: "民主评议".into(),
            note: None,
        };
        let new = NewHousehold {
            id: None,
            unit: grid,
            code: None,
            place: None,
            persons: Some(3),
            from,
            basis: "户口簿".into(),
            people: vec![NewMember { relation: Relation::Head, who, from: None }],
            tags: vec![tag],
        };
        households::add_in(tx, &site, &new, &Act { actor: Actor::System, at })
    });
    let made = made.expect("a household");
    let ctx = world.staff(world.office("9", "county-centre"), Role::Supervisor);
    let new = NewPairing {
        id: PairingId::new(at, &*world.site.chance),
        kind: kind.into(),
        account: world.account(world.unit(unit), role),
        household: made.id,
        from: world.site.today(),
        basis: "结对名册".into(),
    };
    world.site.db.write_now(move |tx| pair(tx, &ctx, &new)).expect("paired");
    made
}

/// Until the morning of a day.
pub async fn until(house: &House, day: &str) {
    let day: Date = day.parse().expect("a day");
    let days = (day - house.world.site.today()).get_days();
    assert!(days >= 0, "{day} is over");
    house.world.clock.advance(i64::from(days) * DAY);
    house.swept("duties").await;
}

#[tokio::test]
async fn a_plan_in_january_help_in_march_a_check_of_the_quarter_and_the_year_at_its_end() {
    each_house("village63", |house| async move {
        let home = in_hardship(&house, "pair");
        let page = format!("/plans/{}", home.code);

        // January: what the family wishes to reach, and what is done for it by when.
        until(&house, "2027-01-08").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        let mine = member.get("/duties").await.expect(200).text();
        assert!(mine.contains("年初商定计划"), "the plan is owed: {mine}");
        let form = member.get(&format!("{page}/plan")).await.expect(200);
        for words in ["一带", "两帮", "三任务", "四服务"] {
            assert!(form.text().contains(words), "{words} is offered");
        }
        let wish = format!("{HEAD}想把核桃园管好，多卖一点");
        let agreed = [
            ("wish", wish.as_str()),
            ("item", "skill"),
            ("i.skill.text", "请技术员教修枝"),
            ("i.skill.by", "3"),
            ("item", "errands"),
            ("i.errands.by", "2"),
            ("item", "care"),
        ];
        let planned = member.fill(&form, &format!("{page}/plan"), &agreed, &[]).await.expect(200);
        assert!(
            planned.text().contains("请技术员教修枝") && planned.text().contains("2月底前"),
            "{}",
            planned.text()
        );
        assert!(planned.text().contains(HEAD), "whoever is paired reads their words as they were said");
        // The same form sent once more with something else is refused: what is on record stays.
        let again =
            member.fill(&form, &format!("{page}/plan"), &[("wish", "x"), ("item", "care")], &[]).await;
        assert_eq!(again.status, 422, "{}", again.text());

        // March: help at a visit, tapped in the visit's own form; nothing is noted twice.
        until(&house, "2027-03-10").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        let form = member.get(&format!("/visits/new?household={}", home.id)).await.expect(200);
        assert!(form.text().contains("计划里的事"), "{}", form.text());
        let said = [("answers.prosper.text", "技术员来教了一上午"), ("h.pair.skill", "done")];
        member.fill(&form, "/visits/new", &said, &[]).await.expect(200);
        member.fill(&form, "/visits/new", &said, &[]).await.expect(200);
        let year = member.get(&page).await.expect(200).text();
        assert_eq!(
            year.matches("技术员来教了一上午").count(),
            1,
            "the visit says it, and says it once: {year}"
        );
        assert!(year.contains("办成了") && year.contains("落后"), "{year}");

        // The secretary looks at the quarter and finds one item lagging.
        until(&house, "2027-03-30").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        member.get(&format!("{page}/check")).await.expect(404);
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let unit = secretary.get(&format!("/plans/unit?unit={VILLAGE}")).await.expect(200);
        assert!(unit.text().contains("1 / 3") && unit.text().contains("落后 1"), "{}", unit.text());
        let open = secretary
            .get(&format!("/duties/unit?unit={VILLAGE}&obligation=pair-check-quarter"))
            .await
            .expect(200);
        assert!(open.text().contains("还要做"), "{}", open.text());
        let form = secretary.get(&format!("{page}/check")).await.expect(200);
        assert!(!form.text().contains(HEAD), "whoever checks reads no names");
        let ask = [("ask", "代办低保的材料下个月要交上去")];
        let checked = secretary.fill(&form, &format!("{page}/check"), &ask, &[]).await.expect(200);
        assert!(checked.text().contains("完成 1 项，落后 1 项"), "{}", checked.text());
        let list = "/duties/list?unit=90101&obligation=pair-check-quarter&period=2027-Q1&which=met";
        let met = secretary.get(list).await.expect(200).text();
        assert!(met.contains(&home.code), "one check counts for month, quarter and half-year: {met}");

        // The member sees what is asked, and does it. The plan is revised; what it said before is kept.
        until(&house, "2027-04-12").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        assert!(member.get(&page).await.expect(200).text().contains("代办低保的材料下个月要交上去"));
        let form = member.get(&format!("{page}/help?item=errands")).await.expect(200);
        let fields = [("item", "errands"), ("effect", "done"), ("text", "材料交到乡里了")];
        member.fill(&form, &format!("{page}/help"), &fields, &[]).await.expect(200);
        let form = member.get(&format!("{page}/plan")).await.expect(200);
        let fields = [
            ("wish", "把核桃园管好，再养两头牛"),
            ("item", "skill"),
            ("item", "errands"),
            ("item", "care"),
            ("item", "means"),
        ];
        let revised = member.fill(&form, &format!("{page}/plan"), &fields, &[]).await.expect(200).text();
        assert!(revised.contains("再养两头牛") && revised.contains("以前的计划"), "{revised}");
        assert!(revised.contains("共 4 项"), "{revised}");

        // The year's end. The family says a sentence by its card, without a sign-in.
        until(&house, "2027-12-28").await;
        let mut family = house.visitor();
        let card = format!("/card/{}", home.card);
        let own = family.get(&card).await.expect(200);
        assert!(own.text().contains("再养两头牛") && own.text().contains("材料交到乡里了"), "{}", own.text());
        assert!(!own.text().contains(HEAD), "the card names nobody of the family");
        let word = [("word", "核桃多卖了两千块，谢谢小李")];
        family.submit(&card, &format!("{card}/word"), &word).await.expect(200);
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let wrap = secretary.get(&format!("{page}?year=2027")).await.expect(200).text();
        for told in [
            "年初商定计划",
            "到现在该 1 期，做到 1",
            "每季度帮扶",
            "没做到",
            "核桃多卖了两千块",
            "技术员来教了一上午",
        ] {
            assert!(wrap.contains(told), "{told}: {wrap}");
        }
        assert!(!wrap.contains(HEAD) && wrap.contains("落后"), "{wrap}");
        // As it was known at the end of March: three items, one of them done, nothing of what came later.
        let march = secretary.get(&format!("{page}?year=2027&as_of=2027-03-31")).await.expect(200).text();
        assert!(
            march.contains("共 3 项") && !march.contains("材料交到乡里了") && !march.contains("再养两头牛"),
            "{march}"
        );
        let unit = format!("/plans/unit?unit={VILLAGE}&year=2027&as_of=2027-03-31");
        assert!(secretary.get(&unit).await.expect(200).text().contains("1 / 3"));
        // As files, for one pairing, one person and the unit.
        let file = secretary.get(&format!("{page}?year=2027&format=csv")).await.expect(200).body;
        assert!(file.contains("技术员来教了一上午") && file.contains("核桃多卖了两千块"), "{file}");
        let person = format!("/plans?person={}&year=2027&format=csv", house.account(Role::Liaison, GROUP));
        for path in [person, format!("{unit}&format=csv")] {
            let file = secretary.get(&path).await.expect(200).body;
            assert_eq!((file.lines().count(), file.contains(&home.code)), (2, true), "{path}: {file}");
        }
        // Beside the plans: visits of those owed, promises, needs, of the member and of the village.
        let member = format!("/plans?person={}&year=2027&only=year", house.account(Role::Liaison, GROUP));
        for path in [member, format!("/plans/unit?unit={VILLAGE}&year=2027&only=year")] {
            let year = secretary.get(&path).await.expect(200).text();
            assert!(
                year.contains("走访 1 次")
                    && year.contains("答应的事 0 件")
                    && year.contains("提出的事 0 件"),
                "{path}: {year}"
            );
        }
        assert!(!secretary.get(&format!("{page}?year=2027&format=xlsx")).await.expect(200).body.is_empty());

        // Others find nothing there.
        let mut stranger = house.staff(Role::Lead, "902-township-economy").await;
        for path in [page.clone(), format!("{page}/plan"), format!("{page}/help"), format!("{page}/check")] {
            stranger.get(&path).await.expect(404);
        }
        stranger.get(&format!("/plans/unit?unit={VILLAGE}")).await.expect(404);
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        let seen = auditor.get(&page).await.expect(200).text();
        assert!(!seen.contains(HEAD) && !seen.contains(HEAD_PHONE), "an auditor reads without names: {seen}");
        auditor.get(&format!("{page}/check")).await.expect(404);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn those_in_order_are_checked_by_one_button_and_ones_own_pairing_is_not() {
    each_house("village63", |house| async move {
        let homes = [in_hardship(&house, "pair"), in_hardship(&house, "pair")];
        let mut member = house.staff(Role::Liaison, GROUP).await;
        for home in &homes {
            let page = format!("/plans/{}/plan", home.code);
            let form = member.get(&page).await.expect(200);
            member.fill(&form, &page, &[("wish", "老人有人照应"), ("item", "care")], &[]).await.expect(200);
        }
        // A whole month later, so that its check is asked for.
        until(&house, "2026-12-03").await;
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let unit = format!("/plans/unit?unit={VILLAGE}");
        let met = "/duties/list?unit=90101&obligation=pair-check-month&period=2026-12&which=met";
        let before = secretary.get(met).await.expect(200).text();
        assert!(homes.iter().all(|h| !before.contains(&h.code)), "nobody has looked yet: {before}");
        let page = secretary.get(&unit).await.expect(200);
        let ids = homes.each_ref().map(|h| h.id.to_string());
        let fields = [("home", ids[0].as_str()), ("home", ids[1].as_str())];
        let done = secretary.fill(&page, "/plans/unit", &fields, &[]).await.expect(200);
        assert!(done.text().contains("检查记好了"), "{}", done.text());
        let met = secretary.get(met).await.expect(200).text();
        assert!(homes.iter().all(|h| met.contains(&h.code)), "both are checked: {met}");
        let mut member = house.staff(Role::Liaison, GROUP).await;
        // The member may neither check nor see the unit.
        member.get(&unit).await.expect(404);
        member.get("/plans/unit").await.expect(404);
        let mine = member.get("/plans").await.expect(200).text();
        assert!(homes.iter().all(|h| mine.contains(&h.code)) && mine.contains("检查："), "{mine}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn the_half_year_is_met_by_one_check_and_missed_without_one_when_its_grace_is_over() {
    each_house("village63", |house| async move {
        let homes = [in_hardship(&house, "pair"), in_hardship(&house, "pair")];
        let list = |which: &str| {
            format!("/duties/list?unit={VILLAGE}&obligation=pair-check-half&period=2027-H1&which={which}")
        };
        until(&house, "2027-02-20").await;
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let form = format!("/plans/{}/check", homes[0].code);
        let page = secretary.get(&form).await.expect(200);
        secretary.fill(&page, &form, &[("ask", "看看屋顶")], &[]).await.expect(200);
        // The last day of grace after June: the one checked in February is met, the other still open.
        until(&house, "2027-07-15").await;
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let met = secretary.get(&list("met")).await.expect(200).text();
        assert!(met.contains(&homes[0].code) && !met.contains(&homes[1].code), "{met}");
        let open = secretary.get(&list("open")).await.expect(200).text();
        assert!(open.contains(&homes[1].code) && !open.contains(&homes[0].code), "{open}");
        assert!(open.contains(&format!("{} 7月15日前 宽限期", homes[1].code)), "{open}");
        until(&house, "2027-07-16").await;
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let missed = secretary.get(&list("open")).await.expect(200).text();
        assert!(missed.contains(&homes[1].code) && !missed.contains(&homes[0].code), "{missed}");
        assert!(missed.contains(&format!("{} 没做到", homes[1].code)), "{missed}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn coverage_names_those_in_hardship_who_have_nobody_and_members_who_have_no_household() {
    each_house("village63", |house| async move {
        let [held, left] = [in_hardship(&house, "pair"), in_hardship(&house, "pair")];
        let plain = super::homes::home(&house, GROUP, Role::Liaison, GROUP);
        let ctx = house.world.staff(house.world.office("9", "county-centre"), Role::Supervisor);
        let id = left.id;
        let gone = ctx.write(move |tx, ctx| {
            let pairing = liaison::read::of_household(tx, id, ctx.today())?.remove(0);
            liaison::end::end(tx, ctx, pairing.id, ctx.today(), "搬走了")
        });
        gone.await.expect("it has ended");
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let page = secretary.get(&format!("/coverage?unit={VILLAGE}&kind=pair")).await.expect(200);
        assert!(
            page.body.contains("id=\"nobody\"") && page.body.contains("href=\"#nobody\""),
            "{}",
            page.text()
        );
        assert!(page.text().contains(&left.code), "{}", page.text());
        for other in [&held, &plain] {
            assert!(!page.text().contains(&other.code), "{}: {}", other.code, page.text());
        }
        // Every member is to have a household at the least: who has none is named, and first.
        let page = secretary.get(&format!("/coverage?unit={VILLAGE}&kind=liaison")).await.expect(200).text();
        assert!(page.contains("0 / 10 偏少"), "{page}");
        let paired = page.find("1 / 10").expect("whoever has one is there");
        assert!(page.find("0 / 10 偏少").expect("named") < paired, "{page}");
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_pairing_that_has_ended_loses_no_check_of_the_others() {
    each_house("village63", |house| async move {
        let homes = [in_hardship(&house, "pair"), in_hardship(&house, "pair")];
        let mut secretary = house.staff(Role::Lead, VILLAGE).await;
        let unit = format!("/plans/unit?unit={VILLAGE}");
        let page = secretary.get(&unit).await.expect(200);
        let form = format!("/plans/{}/check", homes[1].code);
        let alone = secretary.get(&form).await.expect(200);
        // While she reads, one of them ends.
        let ctx = house.world.staff(house.world.office("9", "county-centre"), Role::Supervisor);
        let id = homes[1].id;
        let gone = ctx.write(move |tx, ctx| {
            let pairing = liaison::read::of_household(tx, id, ctx.today())?.remove(0);
            liaison::end::end(tx, ctx, pairing.id, ctx.today(), "搬走了")
        });
        gone.await.expect("it has ended");
        let ids = homes.each_ref().map(|h| h.id.to_string());
        let fields = [("home", ids[0].as_str()), ("home", ids[1].as_str())];
        let done = secretary.fill(&page, "/plans/unit", &fields, &[]).await.expect(200);
        let text = done.text();
        assert!(text.contains("没有记") && text.contains(&homes[1].code), "the ended one is named: {text}");
        let checked = secretary.get(&format!("/plans/{}?kind=pair", homes[0].code)).await.expect(200).text();
        assert!(checked.contains("检查"), "the other is checked: {checked}");
        let id = homes[0].id;
        let read = move |tx: &mut dyn db::Tx| liaison::work::checks_of(tx, id, "pair", 2026, None);
        assert_eq!(house.world.site.db.read_now(read).expect("checks").len(), 1);
        // Of the one alone, what was typed stays.
        let kept = secretary.fill(&alone, &form, &[("ask", "把屋顶补上")], &[]).await.expect(422);
        assert!(kept.body.contains("把屋顶补上") && kept.text().contains("已经结束"), "{}", kept.text());
        house.books_are_right();
    })
    .await;
}

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, 'pair', $2, $3, $4, $5, 'test', $6)";
}

#[tokio::test]
async fn a_unit_of_many_pairings_has_its_year_its_pages_and_the_whole_file() {
    each_house("village63", |house| async move {
        const MANY: usize = 520;
        let world = &house.world;
        let (site, at, grid) = (world.site.clone(), world.site.now(), world.unit(GROUP));
        let account = world.account(grid, Role::Liaison);
        let made = world.site.db.write_now(move |tx| {
            let from = Date::constant(2021, 3, 1);
            for n in 0..MANY {
                let new = NewHousehold {
                    id: None,
                    unit: grid,
                    code: None,
                    place: None,
                    persons: Some(1),
                    from,
                    basis: "户口簿".into(),
                    people: Vec::new(),
                    tags: Vec::new(),
                };
                let home = households::add_in(tx, &site, &new, &Act { actor: Actor::System, at })?;
                let id = kernel::Uuid::from_u128(n as u128 + 1);
                let values = db::params![id, account, home.id, home.path.as_str(), from, at];
                tx.execute(&PAIR, &values)?;
            }
            Ok(())
        });
        made.expect("many");
        let mut lead = house.staff(Role::Lead, VILLAGE).await;
        let unit = format!("/plans/unit?unit={VILLAGE}");
        let year = lead.get(&format!("{unit}&only=year")).await.expect(200).text();
        assert!(year.contains("走访 0 次"), "the year is added up, however many they are: {year}");
        let mut seen = std::collections::BTreeSet::new();
        let mut next = Some(unit.clone());
        while let Some(page) = next {
            let shown = lead.get(&page).await.expect(200);
            for href in shown.attributes("main td a, main th a", "href") {
                seen.extend(
                    href.strip_prefix("/plans/")
                        .and_then(|h| h.split_once('?'))
                        .map(|(code, _)| code.to_owned())
                        .filter(|code| code != "unit"),
                );
            }
            next = shown.href("nav.pager a[rel=next]");
        }
        assert_eq!(seen.len(), MANY);
        let file = lead.get(&format!("{unit}&format=csv")).await.expect(200).body;
        assert_eq!(file.lines().count(), MANY + 1);
        assert!(seen.iter().all(|code| file.contains(code)), "every one of them, once");
        let book = lead.get(&format!("{unit}&format=xlsx")).await.expect(200);
        assert!(!book.body.is_empty());
    })
    .await;
}
