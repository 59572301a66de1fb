//! A visit is put right on its own page, over HTTP, on both engines: by whoever made it, by the act that the interface uses,
//! with everything filled in and nothing lost where it is refused.

mod common;
#[path = "common/paired.rs"]
mod paired;

use common::MIGRATIONS;
use kernel::{DAY, Date, RecordId, Role};
use liaison::visits;
use liaison::work::{self, Plan, PlanItem};
use paired::{Home, home, picture};
use requests::model::Satisfaction;
use testkit::{Answer, Client, each_world};

/// What the visitor wrote, with a name in it.
const SAID: &str = "梅长苏下个月外出打工";
/// The same as the desk reads it.
const SHOWN: &str = "〔姓名〕下个月外出打工";
/// What was promised and asked for at the visit.
const PROMISED: &str = "带一本册子来";
const NEED: &str = "屋顶漏雨，想修一修";

/// A visit with words, a promise, a need and a picture.
async fn noted(h: &Home, me: &mut Client) -> RecordId {
    let form = me.get(&h.form()).await.expect(200);
    let all = [
        ("answers.family", "away"),
        ("answers.family.text", SAID),
        ("promised.0", PROMISED),
        ("promised.0.due", "2026-11-30"),
        ("n0.text", NEED),
        ("n0.consent", "yes"),
    ];
    me.fill(&form, "/visits/new", &all, &[("files", "a.jpg", &picture(10))]).await.expect(200);
    h.visits().remove(0).id
}

fn form_of(visit: RecordId) -> String {
    format!("/visits/{visit}/correction")
}

/// The words themselves, where they lie sealed.
fn own_words(h: &Home, visit: RecordId) -> Option<String> {
    let keys = h.world.site.keyring.clone();
    h.world.site.db.read_now(move |tx| records::own_words(tx, &keys, visit)).expect("the vault")
}

/// What is said beside a field.
fn beside(page: &Answer, field: &str) -> String {
    page.find(&format!("[id='f-{field}-error'], p.error[id='f-{field}']")).unwrap_or_default()
}

#[tokio::test]
async fn whoever_made_a_visit_puts_it_right_with_what_was_noted_filled_in() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let visit = noted(&h, &mut me).await;
        let action = form_of(visit);
        let page = me.get(&h.page()).await.expect(200);
        assert_eq!(page.href("a[href$='/correction']").as_deref(), Some(&action[..]), "{}", page.text());

        // Who reads it and was not there is offered nothing, and finds nothing.
        let mut lead = h.staff(Role::Lead, "90101").await;
        let read = lead.get(&h.page()).await.expect(200);
        assert!(read.text().contains(SHOWN) && !read.body.contains("/correction"), "{}", read.text());
        for (role, unit) in [(Role::Lead, "90101"), (Role::Officer, "902-township-affairs")] {
            let mut stranger = h.staff(role, unit).await;
            stranger.get(&action).await.expect(404);
            let token = stranger.get("/find").await.form("/find").remove("_csrf").expect("a token");
            let tried = [("_csrf", &token[..]), ("on", "2026-11-17"), ("answers.family.text", "别人写的")];
            stranger.post(&action, &tried).await.expect(404);
        }
        assert_eq!(h.visits()[0].id, visit);

        // Filled in as it was said; what went its way is shown.
        let form = me.get(&action).await.expect(200);
        let fields = form.form(&action);
        assert_eq!(
            (&fields["on"][..], &fields["answers.family"][..], &fields["answers.family.text"][..]),
            ("2026-11-17", "away", SAID)
        );
        assert!(!fields.contains_key("promised.0") && !fields.contains_key("n0.text"));
        let shown = form.text();
        for there in [PROMISED, "屋顶漏雨", "已有 1 张", "更正不改动的"] {
            assert!(shown.contains(there), "{there}: {shown}");
        }

        // Another day, other words, one more picture; sent twice it is one correction.
        let right = [("on", "2026-11-16"), ("answers.family.text", "梅长苏已经外出打工")];
        let more = picture(200);
        for _ in 0..2 {
            let done = me.fill(&form, &action, &right, &[("files", "b.jpg", &more)]).await.expect(200);
            let text = done.text();
            assert_eq!(done.path, h.page());
            assert!(done.body.contains("更正好了") && text.contains("更正于 2026年11月17日"), "{text}");
            assert!(text.contains("〔姓名〕已经外出打工") && !text.contains(SHOWN), "{text}");
        }
        let all = h.visits();
        let now = &all[0];
        assert_eq!((all.len(), now.corrects, now.account, h.kept(now)), (1, Some(visit), h.me, 2));
        assert_eq!(now.on.to_string(), "2026-11-16");
        assert!(own_words(&h, now.id).is_some_and(|own| own.contains("梅长苏已经外出打工")));
        // Promise and need are those of the visit still, also in the diary.
        let home = h.home.id;
        let open = h.world.site.db.read_now(move |tx| visits::open_at(tx, home)).expect("promises");
        assert_eq!(open.iter().map(|p| &p.text[..]).collect::<Vec<_>>(), [PROMISED]);
        let count =
            |part: &str| now.data[part].as_array().map_or(now.data[part].as_u64(), |a| Some(a.len() as u64));
        assert_eq!((count("needs"), count("promised"), count("answered")), (Some(1), Some(1), Some(0)));

        // The old address leads to what stands now, which can be put right in turn and shows what went its way.
        let again = me.get(&action).await.expect(200);
        let next = form_of(now.id);
        assert_eq!((&again.path, &again.form(&next)["answers.family.text"][..]), (&next, right[1].1));
        assert!(again.text().contains(PROMISED) && again.text().contains("已有 2 张"), "{}", again.text());
        me.fill(&again, &next, &[("answers.family.text", "")], &[]).await.expect(200);
        let all = h.visits();
        assert_eq!((all.len(), all[0].corrects, own_words(&h, all[0].id)), (1, Some(now.id), None));
        let faults = h.world.site.db.read_now(|tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, records::ENDS, &mut report)?;
            Ok(format!("{:?}", report.faults))
        });
        assert_eq!(faults.expect("checked"), "[]");
    })
    .await;
}

#[tokio::test]
async fn a_correction_that_is_refused_comes_back_as_it_was_typed_with_the_fault_beside_its_field() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let visit = noted(&h, &mut me).await;
        let action = form_of(visit);
        let form = me.get(&action).await.expect(200);
        let long = "长".repeat(501);
        let good = picture(60);
        for (field, value, why) in [
            ("on", "2026-11-18", "今天以后"),
            ("on", "", "请填哪天去的"),
            ("on", "2026-01-15", "31 天以上"),
            ("answers.disputes.text", long.as_str(), "最多 500 字"),
        ] {
            let typed = [("answers.difficulties.text", "水管修好了"), (field, value)];
            let back = me.fill(&form, &action, &typed, &[("files", "a.jpg", &good)]).await.expect(422);
            let at = field.trim_end_matches(".text");
            assert!(beside(&back, at).contains(why), "{field}: {}", back.text());
            let fields = back.form(&action);
            assert_eq!((&fields["answers.difficulties.text"][..], &fields[field][..]), ("水管修好了", value));
            assert_eq!(back.attributes("input[name=kept][checked]", "value").len(), 1, "{field}");
        }
        // More pictures than a visit may have, counted with the one that stands.
        let three = [
            ("files", "a.jpg", &good[..]),
            ("files", "b.jpg", &picture(1)[..]),
            ("files", "c.jpg", &picture(2)[..]),
        ];
        let typed = [("answers.difficulties.text", "水管修好了")];
        let back = me.fill(&form, &action, &typed, &three).await.expect(422);
        assert!(back.text().contains("最多放 3 张"), "{}", back.text());
        assert_eq!(back.form(&action)["answers.difficulties.text"], "水管修好了");
        let all = h.visits();
        assert_eq!((all.len(), all[0].id, h.kept(&all[0])), (1, visit, 1), "nothing is written");

        // Too long ago there is no way offered; the form says what can still be put right.
        h.world.clock.advance(32 * DAY);
        let mut me = h.me().await;
        let page = me.get(&h.page()).await.expect(200);
        assert!(page.text().contains(SHOWN) && !page.body.contains("/correction"), "{}", page.text());
        let late = me.get(&action).await.expect(200);
        assert!(late.text().contains("只有当时把日子记错了"), "{}", late.text());
        let back = me.fill(&late, &action, &[], &[]).await.expect(422);
        assert!(beside(&back, "on").contains("31 天以上"), "{}", back.text());
    })
    .await;
}

#[tokio::test]
async fn what_was_put_right_from_elsewhere_meanwhile_is_told_and_what_was_typed_goes_to_what_stands() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let visit = noted(&h, &mut me).await;
        let action = form_of(visit);
        let (here, there) = (me.get(&action).await.expect(200), me.get(&action).await.expect(200));
        me.fill(&there, &action, &[("answers.family.text", "在别处改的")], &[]).await.expect(200);
        let now = h.visits().remove(0).id;
        // Another form, and the same one with other words.
        for form in [here, there] {
            let typed = [("answers.family.text", "在这里改的")];
            let back = me.fill(&form, &action, &typed, &[("files", "b.jpg", &picture(9))]).await.expect(422);
            assert!(
                back.text().contains("已经更正过") && back.text().contains("在别处改的"),
                "{}",
                back.text()
            );
            assert_eq!(back.form(&form_of(now))["answers.family.text"], "在这里改的");
            assert_eq!(h.visits()[0].id, now);
        }
        let form = me.get(&action).await.expect(200);
        let back = me.fill(&form, &form_of(now), &[("on", "2026-11-18")], &[]).await.expect(422);
        me.fill(&back, &form_of(now), &[("on", "2026-11-17"), ("answers.family.text", "在这里改的")], &[])
            .await
            .expect(200);
        let all = h.visits();
        assert_eq!((all.len(), all[0].corrects), (1, Some(now)));
        assert!(all[0].text.contains("在这里改的"));
    })
    .await;
}

#[tokio::test]
async fn after_a_pairing_the_words_are_shown_without_names_and_kept_as_they_were_said() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let visit = noted(&h, &mut me).await;
        h.world.clock.advance(DAY);
        let mut me = h.me().await;
        h.parted("2026-11-18");
        let action = form_of(visit);
        let form = me.get(&action).await.expect(200);
        assert_eq!(form.form(&action)["answers.family.text"], SHOWN);
        assert!(!form.body.contains("梅长苏") && !form.body.contains("/visits/photos/"), "{}", form.text());
        // On a day without a pairing nobody was there.
        let back = me.fill(&form, &action, &[("on", "2026-11-18")], &[]).await.expect(422);
        assert!(beside(&back, "on").contains("那一天您没有联系这一户"), "{}", back.text());
        // The page of the household's visits is no longer theirs: their own diary says what came of it.
        let said = [("on", "2026-11-17"), ("answers.disputes.text", "问了低保的事")];
        let done = me.fill(&back, &action, &said, &[]).await.expect(200);
        assert!(done.path == "/visits/diary" && done.text().contains("更正过"), "{}", done.text());
        let now = h.visits().remove(0);
        assert!(now.corrects == Some(visit) && now.text.contains(SHOWN) && now.text.contains("问了低保的事"));
        assert!(own_words(&h, now.id).is_some_and(|own| own.contains(SAID)));
    })
    .await;
}

#[tokio::test]
async fn a_visit_that_was_rated_and_put_right_is_not_rated_again() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let visit = noted(&h, &mut me).await;
        let (code, good) = (h.home.card.clone(), Satisfaction::from_grade(1).expect("a grade"));
        let rate = || {
            let (ctx, code) = (h.world.public(), code.clone());
            async move { ctx.write(move |tx, ctx| visits::rate(tx, ctx, &code, good, "")).await }
        };
        rate().await.expect("it is rated");
        let form = me.get(&form_of(visit)).await.expect(200);
        me.fill(&form, &form_of(visit), &[("answers.family.text", "已经外出打工")], &[]).await.expect(200);
        let again = rate().await;
        assert!(matches!(again, Err(kernel::Error::Refused { code: "rated", .. })), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn what_became_of_promises_and_help_is_shown_beside_the_form_and_stays() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        noted(&h, &mut me).await;
        let (site, home) = (h.world.site.clone(), h.home.id);
        let plan = Plan {
            id: RecordId::new(site.now(), &*site.chance),
            household: home,
            kind: "liaison".into(),
            year: 2026,
            on: site.today(),
            wish: "核桃多卖一点".into(),
            items: vec![PlanItem {
                item: "skill".into(),
                text: String::new(),
                by: Date::constant(2026, 12, 31),
            }],
            corrects: None,
        };
        let ctx = h.world.staff(h.world.unit("9010101"), Role::Officer);
        ctx.write(move |tx, ctx| work::plan(tx, ctx, &plan)).await.expect("a plan");
        let promise = site.db.read_now(move |tx| visits::open_at(tx, home)).expect("promises").remove(0).id;
        let (answer, why) = (format!("promises.{promise}"), format!("promises.{promise}.text"));
        let all = [
            (&answer[..], "cannot"),
            (&why[..], "册子停印了"),
            ("h.liaison.skill", "done"),
            ("answers.prosper.text", "教了修枝"),
        ];
        let form = me.get(&h.form()).await.expect(200);
        me.fill(&form, "/visits/new", &all, &[]).await.expect(200);
        let visit = h.visits().into_iter().find(|v| v.text.contains("教了修枝")).expect("the visit").id;

        let action = form_of(visit);
        let form = me.get(&action).await.expect(200);
        let stays = form.text();
        for there in [PROMISED, "做不到，因为", "册子停印了", "学技术"] {
            assert!(stays.contains(there), "{there}: {stays}");
        }
        assert!(!stays.contains("屋顶漏雨"), "that is another visit's: {stays}");
        me.fill(&form, &action, &[("answers.prosper.text", "教了嫁接")], &[]).await.expect(200);
        // The help is told in the words that were put right; the promise has its answer.
        let helps =
            site.db.read_now(move |tx| work::helps_of(tx, home, "liaison", 2026, None)).expect("help");
        assert!(helps.len() == 1 && helps[0].visit.as_ref().is_some_and(|v| v.text.contains("教了嫁接")));
        let open = site.db.read_now(move |tx| visits::open_at(tx, home)).expect("promises");
        assert!(open.is_empty(), "{open:?}");
    })
    .await;
}
