//! Yuqing: four tiers of service; members without office have posts, and whoever has one plans with a household in
//! hardship, by the five classes of the village's station. Somebody else takes over in the middle of the year: the plan
//! goes along, and who checks at the half-year sees both.

use super::village63::{in_hardship, until};
use crate::house::each_house;
use kernel::{PairingId, Role};
use liaison::hand_over::{HandOver, hand_over};

const GROUP: &str = "9010101";

#[tokio::test]
async fn a_member_with_a_post_plans_by_five_classes_and_the_plan_goes_along_when_it_changes_hands() {
    each_house("yuqing", |house| async move {
        // The network has its four tiers, and stations with five classes of service.
        let pack = house.world.site.pack.clone();
        let tiers: Vec<&str> = pack.levels.iter().filter(|l| l.place).map(|l| l.id.as_str()).collect();
        assert!(["county", "township", "village", "point"].iter().all(|t| tiers.contains(t)), "{tiers:?}");
        let classes: Vec<&str> = pack.work.groups.iter().map(|g| g.name.zh.as_str()).collect();
        assert_eq!(classes, ["事务代办", "公益事业", "咨询服务", "民事调解", "经济发展"]);

        let home = in_hardship(&house, "post");
        let page = format!("/plans/{}", home.code);
        until(&house, "2027-01-20").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        let form = member.get(&format!("{page}/plan")).await.expect(200);
        let agreed = [
            ("wish", "孩子把高中念完"),
            ("item", "school"),
            ("i.school.by", "9"),
            ("item", "allowance"),
            ("i.allowance.by", "4"),
        ];
        member.fill(&form, &format!("{page}/plan"), &agreed, &[]).await.expect(200);
        until(&house, "2027-03-05").await;
        let mut member = house.staff(Role::Liaison, GROUP).await;
        let form = member.get(&format!("{page}/help?item=allowance")).await.expect(200);
        let fields = [("item", "allowance"), ("effect", "going"), ("text", "申请表交到村服务站了")];
        member.fill(&form, &format!("{page}/help"), &fields, &[]).await.expect(200);

        // In May another member of the village takes over: the plan goes along.
        until(&house, "2027-05-10").await;
        let world = &house.world;
        let (ctx, id) = (world.staff(world.office("9", "county-centre"), Role::Supervisor), home.id);
        let to = world.account(world.unit("90101"), Role::Liaison);
        let (today, new) = (world.site.today(), PairingId::new(world.site.now(), &*world.site.chance));
        let done = world.site.db.write_now(move |tx| {
            let held = liaison::read::of_household(tx, id, today)?;
            let pairing = held.iter().find(|p| p.kind == "post").expect("the pairing").id;
            hand_over(tx, &ctx, &HandOver { pairing, id: new, to, on: today, basis: "外出务工".into() })
        });
        done.expect("handed over");
        let mut before = house.staff(Role::Liaison, GROUP).await;
        before.get(&format!("{page}/help")).await.expect(404);
        let mut member = house.staff(Role::Liaison, "90101").await;
        let mine = member.get("/plans").await.expect(200).text();
        assert!(mine.contains(&home.code) && mine.contains("落后"), "{mine}");
        let form = member.get(&format!("{page}/help?item=allowance")).await.expect(200);
        let fields = [("item", "allowance"), ("effect", "done"), ("text", "补助到账了")];
        member.fill(&form, &format!("{page}/help"), &fields, &[]).await.expect(200);
        // Whoever took over may revise it as well.
        let form = member.get(&format!("{page}/plan")).await.expect(200);
        let fields = [("wish", "孩子考上大学"), ("item", "school"), ("item", "allowance")];
        let revised = member.fill(&form, &format!("{page}/plan"), &fields, &[]).await.expect(200).text();
        assert!(revised.contains("孩子考上大学") && revised.contains("孩子把高中念完"), "{revised}");

        // At the half-year the station's lead looks at it: help of both stands there, in both languages.
        until(&house, "2027-06-28").await;
        let mut lead = house.staff(Role::Lead, "90101").await;
        let form = lead.get(&format!("{page}/check")).await.expect(200);
        assert!(
            form.text().contains("补助到账了") && form.text().contains("申请表交到村服务站了"),
            "{}",
            form.text()
        );
        lead.fill(&form, &format!("{page}/check"), &[("word", "接手后跟得紧")], &[]).await.expect(200);
        let half = "/duties/list?unit=901&obligation=post-check&period=2027-H1&which=met";
        let mut above = house.staff(Role::Supervisor, "901-township-hall").await;
        assert!(above.get(half).await.expect(200).text().contains(&home.code));
        let unit = above.get("/plans/unit?unit=901").await.expect(200).text();
        assert!(unit.contains("柳树村") && unit.contains("1 / 2"), "{unit}");
        let english = above.clone().english().get(&page).await.expect(200).text();
        assert!(english.contains("Allowances") && english.contains("接手后跟得紧"), "{english}");
        house.books_are_right();
    })
    .await;
}
