//! Several processes on one database: one runs the jobs, another takes over.

use crate::house::House;
use access::{SharedSite, Site};
use db::Db;
use lianxin::capability;
use lianxin::config::Config;
use lianxin::jobs::Jobs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use testkit::World;

/// The same site in another process: a door of its own to the database, a directory of its own.
fn beside(world: &World, db: Db, dir: &Path) -> SharedSite {
    let site = &world.site;
    let mut other =
        Site::new(db, site.pack.clone(), dir.to_owned(), site.secret.clone(), site.keyring.clone());
    other.clock = site.clock.clone();
    Arc::new(other)
}

/// How many messages the `file` gateway of a process has written.
fn sent(site: &Site) -> usize {
    let Ok(files) = std::fs::read_dir(site.dir.join("outbox")) else { return 0 };
    let lines = |f: std::fs::DirEntry| std::fs::read_to_string(f.path()).unwrap_or_default().lines().count();
    files.flatten().map(lines).sum()
}

/// Waits until no message is unsent.
async fn emptied(site: &SharedSite) {
    let later = site.now().plus(1);
    while site.db.read(move |tx| notify::unsent(tx, later)).await.expect("read").count > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_runs_the_jobs_and_another_takes_over() {
    for fresh in db::testing::engines() {
        eprintln!("on {}", fresh.engine());
        let config = fresh.config().clone();
        let house = House::open(World::build(fresh, "county", &[&capability::migrations()]));
        let one = house.world.site.clone();
        let place = tempfile::tempdir().expect("a directory");
        let two = beside(&house.world, Db::open(&config).expect("a second door"), place.path());
        let settings = Config::parse("pack = \"county\"\n[delivery]\nrest-ms = 5\n").expect("settings");
        let beat = Duration::from_millis(5);

        let first = Jobs::start_with(&one, &settings, beat).expect("jobs");
        first.leads().wait_for(|leads| *leads).await.expect("it leads");
        let second = Jobs::start_with(&two, &settings, beat).expect("jobs");
        house.asked().await;
        emptied(&one).await;
        assert!(sent(&one) > 0);
        assert!(!*second.leads().borrow(), "there is one leader");
        assert_eq!(sent(&two), 0, "the other sends nothing");

        let mut leads = second.leads();
        let before = sent(&one);
        first.stop().await;
        leads.wait_for(|leads| *leads).await.expect("it takes over");
        house.asked().await;
        emptied(&two).await;
        assert!(sent(&two) > 0);
        assert_eq!(sent(&one), before, "who has stopped sends nothing");
        second.stop().await;
        assert!(!*leads.borrow());
        two.db.close();
    }
}
