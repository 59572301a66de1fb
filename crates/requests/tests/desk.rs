//! The desk of the staff over HTTP: the loop taken by the pages alone, as people take it.

use kernel::{DAY, HOUR, Role};
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use rules::case::Evidence;
use testkit::{Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

fn site(world: &World) -> axum::Router {
    let routes = requests::routes().merge(access::routes()).merge(register::routes()).merge(web::router());
    access::frame(routes, world.site.clone())
}

/// Somebody of the staff, signed in.
async fn staff(world: &World, role: Role, code: &str) -> Client {
    let mut client = Client::new(site(world));
    let login = format!("{}.{code}", role.key());
    let home =
        client.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;
    assert_ne!(home.path, "/sign-in", "{login}: {}", home.text());
    client
}

/// A class whose sign-off needs a record of contact at most, handled by the township's works office.
fn plain_class(world: &World) -> String {
    let fits = |c: &&pack::Class| {
        c.is_leaf()
            && c.track == "standard"
            && c.handler == "township-construction"
            && c.evidence.iter().all(|e| *e == Evidence::Contact)
            && c.stop.is_none()
            && !c.major
    };
    let any = |c: &&pack::Class| {
        c.is_leaf() && c.track == "standard" && c.evidence.iter().all(|e| *e == Evidence::Contact) && !c.major
    };
    let classes = &world.site.pack.classes;
    classes.iter().find(fits).or_else(|| classes.iter().find(any)).expect("a plain class").code.clone()
}

async fn asked(world: &World, class: &str) -> Registered {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.to_owned();
    new.body = "村口到小学一段路灯全灭,晚上孩子放学看不见路。".into();
    new.place = Some(world.unit("90101"));
    new.place_text = "学校路".into();
    new.person.name = Some("试用人".into());
    new.person.phone = Some("13800001234".into());
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
}

#[tokio::test]
async fn a_case_goes_its_way_through_the_pages() {
    each_world("county", MIGRATIONS, |world| async move {
        let class = plain_class(&world);
        let got = asked(&world, &class).await;
        let number = &got.number;
        let case = format!("/requests/{number}");

        // The township's triage finds it at the top of the queue, with class and unit proposed, and sends it.
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        let queue = desk.get("/queues/triage").await.expect(200);
        assert!(queue.text().contains(number), "{}", queue.text());
        let works = world.office("901", "township-construction");
        let send = format!("/queues/triage/{number}");
        let sent = desk
            .fill(
                &queue,
                &send,
                &[("unit", &works.to_string()), ("unit_label", "乡镇规划建设办公室"), ("do", "send")],
                &[],
            )
            .await;
        let sent = if sent.status == 422 {
            let name =
                register::directory(&world.site).get(works).map(|u| u.name.zh.clone()).unwrap_or_default();
            desk.fill(
                &queue,
                &send,
                &[("unit", &works.to_string()), ("unit_label", &name), ("do", "send")],
                &[],
            )
            .await
        } else {
            sent
        };
        let sent = sent.expect(200);
        assert_eq!(sent.path, "/queues/triage");
        assert!(sent.text().contains("已交办。下一步"), "{}", sent.text());

        // The lead sees it on the desk, signs and names the officer in one form.
        let mut lead = staff(&world, Role::Lead, "901-township-construction").await;
        let work = lead.get("/work").await.expect(200);
        assert!(work.text().contains(number) && work.text().contains("等我以负责人处理"), "{}", work.text());
        let officer = world.account(works, Role::Officer);
        let page = format!("{case}/officer");
        let named = lead.submit(&page, &page, &[("officer", &officer.to_string())]).await.expect(200);
        assert!(named.text().contains("已定责任人") && named.text().contains("办理中"), "{}", named.text());

        // The officer records the contact, then answers; blanks of a wording are refused beside the field.
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let shown = officer.get(&case).await.expect(200);
        assert!(
            !shown.body.contains("13800001234") && !shown.body.contains("试用人"),
            "who asked is not on the page"
        );
        let page = format!("{case}/contact");
        officer
            .submit(&page, &page, &[("text", "电话里说清了地点。"), ("audience", "person")])
            .await
            .expect(200);
        world.clock.advance(3 * HOUR);
        let mut officer = staff(&world, Role::Officer, "901-township-construction").await;
        let page = format!("{case}/answer");
        let refused = officer.submit(&page, &page, &[("text", "已于____修好。")]).await.expect(422);
        assert!(refused.text().contains("还有空白"), "{}", refused.text());
        assert!(refused.body.contains("已于____修好。"), "what was entered is kept");
        let done =
            officer.fill(&refused, &page, &[("text", "已更换控制箱，路灯全部恢复。")], &[]).await.expect(200);
        assert!(done.text().contains("已答复，并请诉求人评价。下一步：诉求人"), "{}", done.text());

        // Three days later the hotline calls; the unit itself may not.
        world.deliver().await;
        world.clock.advance(4 * DAY);
        let mut lead = staff(&world, Role::Lead, "901-township-construction").await;
        let own = lead.get(&format!("{case}/judgement")).await;
        assert!(matches!(own.status.as_u16(), 403 | 409), "{}", own.status);
        let mut caller = staff(&world, Role::Operator, "9-county-centre").await;
        let queue = caller.get("/queues/callback").await.expect(200);
        assert!(queue.text().contains(number), "{}", queue.text());
        let call = caller.get(&format!("/queues/callback/{number}")).await.expect(200);
        let word = format!("{case}/judgement");
        let heard = caller
            .fill(&call, &word, &[("solved", "yes"), ("grade", "5"), ("note", "修得快。")], &[])
            .await
            .expect(200);
        assert_eq!(heard.path, "/queues/callback");

        // Sign-off by the lead, from the queue; afterwards the page says that it has ended.
        let mut lead = staff(&world, Role::Lead, "901-township-construction").await;
        assert!(lead.get("/queues/signoff").await.expect(200).text().contains(number));
        let page = format!("{case}/closure");
        let closed = lead.submit(&page, &page, &[]).await.expect(200);
        assert!(closed.text().contains("已销号") && closed.text().contains("非常满意"), "{}", closed.text());
    })
    .await;
}

#[tokio::test]
async fn every_page_of_a_case_reads_in_both_languages() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain_class(&world)).await;
        let case = format!("/requests/{}", got.number);
        for (role, unit) in [
            (Role::Triage, "901-township-hall"),
            (Role::Supervisor, "9-county-centre"),
            (Role::Auditor, "9-county-centre"),
            (Role::Operator, "9-county-centre"),
        ] {
            let holds =
                world.site.pack.unit_kinds.iter().any(|k| unit.ends_with(&k.id) && k.posts.contains(&role));
            if !holds {
                continue;
            }
            let mut zh = staff(&world, role, unit).await;
            let mut en = staff(&world, role, unit).await.english();
            for path in ["/work", &case, &format!("{case}/why/answer"), "/account"] {
                let (zh, en) = (zh.get(path).await.expect(200), en.get(path).await.expect(200));
                assert!(zh.body.contains("lang=\"zh-CN\"") && en.body.contains("lang=\"en\""), "{path}");
                assert!(zh.body.len() < 50_000, "{path} has {} bytes", zh.body.len());
            }
        }
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await.english();
        for act in ["triage", "assignment", "refusal", "merge", "notes", "correction", "settlement"] {
            let page = desk.get(&format!("{case}/{act}")).await.expect(200);
            assert!(page.has_form(&format!("{case}/{act}")), "{act}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_case_is_only_there_for_those_it_concerns() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain_class(&world)).await;
        let case = format!("/requests/{}", got.number);
        // Nobody: sign in first, and come back.
        let mut nobody = Client::new(site(&world));
        assert!(nobody.get(&case).await.path.starts_with("/sign-in"), "nobody is sent to sign in");
        // Another township: not there, whatever is asked.
        let mut other = staff(&world, Role::Lead, "902-township-construction").await;
        for path in
            [case.clone(), format!("{case}/answer"), format!("{case}/why/answer"), format!("{case}/identity")]
        {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(other.get("/requests/XX-2026-999999").await.status, 404);
        // The triage of the place sees the case and not who asked.
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        desk.get(&case).await.expect(200);
        let who = desk.get(&format!("{case}/identity")).await;
        assert!(matches!(who.status.as_u16(), 403 | 404), "{}", who.status);
        // A step of the officer's is refused with who may, and a wrong verb is no page.
        let answer = desk.get(&format!("{case}/answer")).await;
        assert!(matches!(answer.status.as_u16(), 403 | 409), "{}", answer.status);
        assert_eq!(desk.get(&format!("/queues/triage/{}", got.number)).await.status, 405);
        // The queue of supervision is not for triage.
        assert_eq!(desk.get("/queues/review").await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn looking_at_who_asked_is_put_on_record() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain_class(&world)).await;
        let case = format!("/requests/{}", got.number);
        let page = format!("{case}/identity");
        let mut clerk = staff(&world, Role::Clerk, "901-township-hall").await;
        let unsaid = clerk.submit(&page, &page, &[]).await;
        assert_eq!(unsaid.status, 422, "without a purpose nothing is shown");
        assert!(!unsaid.body.contains("13800001234"));
        let shown = clerk.submit(&page, &page, &[("purpose", "contact")]).await.expect(200);
        assert!(shown.body.contains("13800001234") && shown.body.contains("试用人"));
        assert_eq!(shown.headers.get("cache-control").and_then(|v| v.to_str().ok()), Some("no-store"));
        let line = clerk.get(&case).await.expect(200);
        assert!(
            line.text().contains("查看了诉求人信息") && line.text().contains("为办理此事与您联系"),
            "{}",
            line.text()
        );
    })
    .await;
}

#[tokio::test]
async fn a_form_that_was_overtaken_is_kept_and_refused_kindly() {
    each_world("county", MIGRATIONS, |world| async move {
        let got = asked(&world, &plain_class(&world)).await;
        let page = format!("/requests/{}/notes", got.number);
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        let old = desk.get(&page).await.expect(200);
        desk.submit(&page, &page, &[("text", "先写一条。")]).await.expect(200);
        let late = desk.fill(&old, &page, &[("text", "后写的一条。")], &[]).await.expect(422);
        assert!(late.text().contains("新的变化") && late.body.contains("后写的一条。"), "{}", late.text());
        let sent = desk.fill(&late, &page, &[("text", "后写的一条。")], &[]).await.expect(200);
        assert!(sent.text().contains("备注已写好"), "{}", sent.text());
    })
    .await;
}

/// The numbers in a list, in its order.
fn listed(page: &testkit::Answer) -> Vec<String> {
    let number = |href: &String| href.split_once("at=").map(|(_, n)| n.to_owned());
    page.attributes("main ul.queue a", "href").iter().filter_map(number).collect()
}

#[tokio::test]
async fn a_queue_is_turned_forwards_and_back() {
    each_world("county", MIGRATIONS, |world| async move {
        let class = plain_class(&world);
        let mut all = Vec::new();
        for _ in 0..51 {
            all.push(asked(&world, &class).await.number);
            world.clock.advance(60_000);
        }
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        let first = desk.get("/queues/triage").await.expect(200);
        assert_eq!(listed(&first), all[..50]);
        let next = first.href("a[rel=next]").expect("it goes on");
        assert!(first.href("a[rel=prev]").is_none());
        let second = desk.get(&next).await.expect(200);
        assert_eq!(listed(&second), all[50..]);
        assert!(second.text().contains(&all[50]), "the case in front is of this page");
        // A case of a later page can be put in front there.
        let at = second.href("main ul.queue a").expect("a case");
        assert!(
            desk.get(&at)
                .await
                .expect(200)
                .find(&format!("form[action='/queues/triage/{}']", all[50]))
                .is_some()
        );
        let back = second.href("a[rel=prev]").expect("a way back");
        let again = desk.get(&back).await.expect(200);
        assert_eq!(listed(&again), all[..50]);
        assert!(again.href("a[rel=prev]").is_none() && again.href("a[rel=next]").is_some());
    })
    .await;
}

#[tokio::test]
async fn the_record_of_a_case_is_checked_event_by_event() {
    each_world("county", MIGRATIONS, |world| async move {
        let class = plain_class(&world);
        let got = asked(&world, &class).await;
        let record = format!("/requests/{}/record", got.number);
        let mut desk = staff(&world, Role::Triage, "901-township-hall").await;
        desk.submit(
            &format!("/requests/{}", got.number),
            &format!("/requests/{}/notes", got.number),
            &[("text", "看过了。")],
        )
        .await
        .expect(200);
        let mut auditor = staff(&world, Role::Auditor, "9-county-centre").await;
        let page = auditor.get(&format!("/requests/{}", got.number)).await.expect(200);
        assert_eq!(page.href(&format!("a[href='{record}']")).as_deref(), Some(record.as_str()));
        let page = auditor.get(&record).await.expect(200);
        assert!(page.text().contains("完整：2 条") && page.text().contains("受理登记"), "{}", page.text());
        assert!(
            !page.text().contains("看过了") && !page.text().contains("试用人"),
            "nobody's words are in it"
        );
        // Whoever may not see the case sees no record of it either.
        let mut stranger = staff(&world, Role::Officer, "902-township-construction").await;
        stranger.get(&record).await.expect(404);

        // Past the program, the first event is changed: the page names it.
        let id = got.id.0;
        let kind = db::Stmt::dynamic(
            "test",
            "UPDATE journal SET kind = 'close' WHERE stream = $1 AND seq = 1".to_owned(),
        );
        world.site.db.write_now(move |tx| tx.execute(&kind, &db::params![id])).expect("tampered");
        let page = auditor.get(&record).await.expect(200);
        assert!(
            page.find(".flash.late").is_some_and(|said| said.contains("第 1 条对不上")),
            "{}",
            page.text()
        );
        // Cut off at its end: what the case's own row keeps tells.
        let undo = db::Stmt::dynamic(
            "test",
            "UPDATE journal SET kind = 'register' WHERE stream = $1 AND seq = 1".to_owned(),
        );
        let cut = db::Stmt::dynamic("test", "DELETE FROM journal WHERE stream = $1 AND seq = 2".to_owned());
        world
            .site
            .db
            .write_now(move |tx| {
                tx.execute(&undo, &db::params![id])?;
                tx.execute(&cut, &db::params![id])
            })
            .expect("tampered");
        let page = auditor.get(&record).await.expect(200);
        assert!(
            page.find(".flash.late").is_some_and(|said| said.contains("第 2 条对不上")),
            "{}",
            page.text()
        );
    })
    .await;
}
