//! The months of a dashboard: history can be chosen, and what cannot be shown is said at its field.

use kernel::{DAY, Locale, Role};
use requests::notices::Told;
use requests::register::{NewRequest, register};
use testkit::{Client, World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
    insight::MIGRATIONS,
];

async fn asked(world: &World, words: &str) {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.body = words.into();
    new.place = Some(world.unit("90101"));
    new.told = Told::OnPage;
    new.person.locale = Locale::Zh;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered");
}

#[tokio::test]
async fn history_can_be_chosen_and_months_that_are_none_are_refused() {
    each_world("county", MIGRATIONS, |world| async move {
        asked(&world, "村口的涵洞堵了，一下雨就淹路。").await;
        let first = world.site.today().year();
        world.clock.advance(370 * DAY);
        asked(&world, "小学门口没有斑马线。").await;
        let last = world.site.today().year();

        let routes = insight::routes()
            .merge(requests::routes())
            .merge(access::routes())
            .merge(register::routes())
            .merge(web::router());
        let mut auditor = Client::new(access::frame(routes, world.site.clone()));
        let login = format!("{}.9-county-centre", Role::Auditor.key());
        auditor.submit("/sign-in", "/sign-in", &[("login", &login), ("password", "lianxin-test")]).await;

        // Each year in which anything came in is a choice.
        let page = auditor.get("/dashboard").await.expect(200);
        for year in [first, last] {
            let choice = format!("from={year}-01&to={year}-12");
            let href = page.attributes("main .chips a", "href").into_iter().find(|h| h.contains(&choice));
            let of_year = auditor.get(&href.expect("a choice of the year")).await.expect(200);
            assert_eq!(of_year.find("a.tile b").as_deref(), Some("1"), "{year}: {}", of_year.text());
        }
        // A long time is shown by year, and its numbers open their lists.
        let long = auditor.get(&format!("/dashboard?from=2009-01&to={last}-12")).await.expect(200);
        assert_eq!(long.find("a.tile b").as_deref(), Some("2"), "{}", long.text());
        let columns = long.attributes("a.col", "href");
        assert_eq!(columns.len(), (last - 2009 + 1) as usize);
        assert!(columns[0].contains("from=2009-01-01&to=2009-12-31"), "{}", columns[0]);
        assert_eq!(
            long.attributes("input[type=month]", "value"),
            ["2009-01".to_owned(), format!("{last}-12")]
        );
        // What is refused is said at its field, with what was typed, and no figures of other months stand there.
        for (query, field, typed) in [
            ("from=2026-13", "from", "2026-13"),
            ("from=2026-05&to=2026-01", "to", "2026-01"),
            ("from=1800-01", "from", "1800-01"),
            ("as_of=2026-02-30", "as_of", "2026-02-30"),
        ] {
            let page = auditor.get(&format!("/dashboard?{query}")).await.expect(422);
            assert_eq!(page.attributes(".error", "id"), [format!("f-{field}-error")], "{query}");
            assert_eq!(page.attributes(&format!("#f-{field}"), "value"), [typed], "{query}");
            assert!(page.find("a.tile").is_none(), "{query}: {}", page.text());
            for path in ["/dashboard/map", "/dashboard/signs"] {
                auditor.get(&format!("{path}?{query}")).await.expect(422);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_counted_is_kept_and_what_is_overdue_followed_as_it_would_be_counted() {
    each_world("county", MIGRATIONS, |world| async move {
        let (first, dir) = (world.site.now(), register::directory(&world.site));
        for days in [0, 3, 11] {
            world.clock.advance(days * DAY);
            asked(&world, &format!("过了 {days} 天再反映：河边的护栏松了。")).await;
        }
        let period = insight::Period::last(13, world.site.today());
        // Days go by and nothing else, so what was counted before is followed; then a row changes.
        let (followed, mut seen) = (std::sync::Arc::new(insight::Kept::default()), Vec::new());
        for day in 0..60 {
            if day == 40 {
                asked(&world, "桥头的路灯不亮。").await;
            }
            let (dir, followed, now) = (dir.clone(), followed.clone(), first.plus(day * DAY));
            let read = move |tx: &mut dyn db::Tx| {
                let root = dir.root().expect("a county").id;
                let of = |tx: &mut dyn db::Tx, kept: &insight::Kept| {
                    insight::figures::read(tx, &dir, root, &period, kept, now)
                };
                Ok((of(tx, &followed)?, of(tx, &insight::Kept::default())?))
            };
            let (known, anew) = world.site.db.snapshot(read).await.expect("the figures");
            assert_eq!(known, anew, "after {day} days");
            seen.push((known.total.received, known.overdue));
        }
        seen.dedup();
        assert_eq!(seen, [(3, 0), (3, 1), (3, 2), (3, 3), (4, 4)]);
    })
    .await;
}
