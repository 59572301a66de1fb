//! The public ledger is complete: numbers run on, a case that is not shown leaves its number and the reason,
//! and what was given in a day adds up with what its head has signed.

use crate::house::{Does, House, each_house};
use db::{Stmt, params};
use journal::tree::{self, Head};
use kernel::Role;
use pack::Moderation;
use requests::given;
use requests::notices::Told;
use requests::register::{NewRequest, register};

/// A case of a class that is published in this way, in one of the townships.
async fn asked(house: &House, moderation: Moderation, village: &str) -> String {
    let pack = &house.world.site.pack;
    let fits = |c: &&pack::Class| c.is_leaf() && c.moderation == moderation && c.stop.is_none() && !c.major;
    let class = pack.classes.iter().find(fits).expect("a class").code.clone();
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class;
    new.asked = false;
    new.body = "门口的路坏了。".into();
    new.place = Some(house.world.unit(village));
    new.told = Told::OnPage;
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").number
}

fn heads(house: &House) -> Vec<Head> {
    let mut heads = house.world.site.db.read_now(|tx| tree::heads(tx, None, 50, false)).expect("heads");
    heads.reverse();
    heads
}

#[tokio::test]
async fn every_number_is_accounted_for_and_a_case_taken_out_leaves_a_gap() {
    each_house("county", |house| async move {
        let reason = house.world.site.pack.public_ledger.reasons.first().expect("a reason").zh.clone();
        let mut nobody = house.visitor().english();
        assert!(nobody.get("/public/numbers").await.expect(200).text().contains("Nothing is sealed yet"));
        let shown = asked(&house, Moderation::Auto, "90101").await;
        asked(&house, Moderation::Look, "90101").await;
        asked(&house, Moderation::Never, "90101").await;
        let other = asked(&house, Moderation::Auto, "90201").await;
        let hidden = asked(&house, Moderation::Look, "90101").await;
        let mut moderator = house.staff(Role::Moderator, "9-county-centre").await;
        moderator.act(&hidden, "moderation", &[("show", "no"), ("reason", &reason)]).await;
        house.swept("seal").await;
        // Days go by, so that what is shown only after some days is shown.
        let days = i64::from(house.world.site.pack.public_ledger.after_days);
        house.minutes_pass((days + 1) * 24 * 60);
        let late = asked(&house, Moderation::Auto, "90101").await;
        house.swept("seal").await;
        house.minutes_pass(10);
        asked(&house, Moderation::Auto, "90201").await;
        house.swept("seal").await;

        // What is signed: the first head and that of the day say how far each series had come.
        let all = heads(&house);
        assert_eq!(all.len(), 3);
        let (a, b) =
            (shown.rsplit_once('-').expect("a series").0, other.rsplit_once('-').expect("a series").0);
        let told = |at: usize| given::told(&all[at]).expect("a head").into_iter().collect::<Vec<_>>();
        assert_eq!(told(0), [(a.to_owned(), 4), (b.to_owned(), 1)]);
        assert_eq!(told(1), [(a.to_owned(), 5), (b.to_owned(), 1)]);
        assert_eq!(told(2), [], "heads between days say nothing of it");
        let size = all[2].size;
        let now = house.world.site.db.read_now(move |tx| given::sealed(tx, size)).expect("counted");
        assert_eq!(now.into_iter().collect::<Vec<_>>(), [(a.to_owned(), 5), (b.to_owned(), 2)]);

        let list = nobody.get("/public/numbers").await.expect(200);
        for wanted in ["Before sealing began", "Up to", "2026"] {
            assert!(list.text().contains(wanted), "{wanted}: {}", list.text());
        }
        let first = nobody.get("/public/numbers/1").await.expect(200);
        let said = "5 given = 2 shown + 3 not shown.";
        assert!(first.text().contains("It adds up") && first.text().contains(said), "{}", first.text());
        let day = nobody.get("/public/numbers/2").await.expect(200);
        // What was asked today is shown some days later.
        let sum =
            if days > 0 { "1 given = 0 shown + 1 not shown." } else { "1 given = 1 shown + 0 not shown." };
        assert!(day.text().contains(sum), "{}", day.text());
        assert!(nobody.get("/public/numbers/3").await.expect(200).text().contains("It adds up"));
        nobody.get("/public/numbers/9").await.expect(404);
        nobody.get("/public/numbers/x").await.expect(404);

        // Every number of a series, those that are not shown with the reason and nothing else.
        let series = format!("/public/series/{a}");
        let page = nobody.get(&series).await.expect(200);
        for n in 1..=5 {
            assert!(page.text().contains(&format!("{a}-{n:05}")), "{n}: {}", page.text());
        }
        for why in ["waits for a moderator", "class not published", "hidden by a moderator"] {
            assert!(page.text().contains(why), "{why}: {}", page.text());
        }
        assert_eq!(page.body.matches("门口的路坏了").count(), if days > 0 { 1 } else { 2 });
        assert!(nobody.get(&format!("/public/{hidden}")).await.expect(200).text().contains(&reason));
        assert!(
            nobody
                .get(&format!("{series}?before=3"))
                .await
                .expect(200)
                .text()
                .contains(&format!("{a}-00002"))
        );
        nobody.get("/public/series/ZZ-2026").await.expect(404);
        nobody.get("/public/series/x").await.expect(404);

        // A case is taken out past the program: its number is missed by the day that gave it.
        let gone = Stmt::new("forger", "DELETE FROM requests WHERE number = $1");
        let taken = late.clone();
        house.world.site.db.write_now(move |tx| tx.execute(&gone, &params![taken.as_str()])).expect("forged");
        let day = nobody.get("/public/numbers/2").await.expect(200);
        assert!(day.text().contains("1 numbers have no case"), "{}", day.text());
        assert!(nobody.get("/public/numbers/1").await.expect(200).text().contains("It adds up"));
        assert!(nobody.get(&series).await.expect(200).text().contains("no case has this number"));
    })
    .await;
}
