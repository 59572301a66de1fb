//! The disk is full: whoever writes is told so, what was acknowledged stays, and as soon as there is room
//! again the same program goes on.

use super::*;
use std::path::PathBuf;

/// A small disk of its own for a site; gone at the end.
struct Disk(tempfile::TempDir);

impl Disk {
    /// A file system in memory; none where that is not allowed.
    fn of(mib: u32) -> Option<Disk> {
        let dir = tempfile::tempdir().expect("a directory");
        let size = format!("size={mib}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        mount.is_ok_and(|out| out.status.success()).then_some(Disk(dir))
    }

    /// Takes all the room there is but for `rest` bytes.
    fn fill(&self, rest: u64) {
        let mut file = std::fs::File::create(self.ballast()).expect("a file");
        let block = vec![1u8; 64 * 1024];
        while file.write_all(&block).is_ok() {}
        // What did not fit may have been written in part.
        let length = file.metadata().expect("a length").len();
        file.set_len(length.saturating_sub(rest)).expect("cut");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).expect("there is room");
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.0.path()).status());
    }
}

/// Lets everybody write until `enough` of them were told that there is no room, then has `room` made, and lets
/// them write on.
fn told_and_going_on(
    place: &Place,
    book: &Arc<Mutex<Book>>,
    run: u64,
    server: &Server,
    enough: u64,
    room: impl FnOnce() + Send,
) {
    let before = book.lock().unwrap().full;
    let (acks, answers) = channel();
    let over = std::sync::atomic::AtomicBool::new(false);
    let over = &over;
    std::thread::scope(|scope| {
        for me in 0..WRITERS {
            let (acks, address) = (acks.clone(), server.address.clone());
            scope.spawn(move || {
                writer((run, me), (&address, &place.key, &place.class), book, &acks, true);
                over.store(true, std::sync::atomic::Ordering::SeqCst);
            });
        }
        // Acknowledged ones come until the disk is full; then none comes, and they are told why.
        while book.lock().unwrap().full < before + enough {
            assert!(!over.load(std::sync::atomic::Ordering::SeqCst), "somebody ended");
            std::thread::yield_now();
        }
        room();
        answers.try_iter().for_each(drop);
        answers.iter().take(40).for_each(drop);
        drop(answers);
    });
}

#[test]
fn on_a_full_disk_writers_are_told_and_with_room_again_it_goes_on() {
    let Some(disk) = Disk::of(96) else {
        return testkit::skip("mount", "a full disk", "no file system can be mounted here");
    };
    let place = Place::within(disk.0.path(), false).expect("a site");
    let book = Arc::new(Mutex::new(Book::default()));
    let server = place.serve();
    for run in 1..=runs() {
        disk.fill(u64::from(byte()) * 2048);
        told_and_going_on(&place, &book, run, &server, 12, || disk.make_room());
    }
    server.kill();
    holds(&place, &book);
}

/// Makes the server say on some rows of some tables what it says when its disk is full: a registration in ten
/// gets through, as on a disk on which room comes and goes.
fn spoil(place: &Place) {
    let db = Db::open(&place.beside).expect("the server");
    let run = |sql: String| {
        db.write_now(move |tx| tx.execute(&Stmt::dynamic("spoil", sql.clone()), &[])).expect("done")
    };
    run("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF random() < 0.3 THEN \
         RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''could not extend file''; END IF; RETURN NEW; END'"
        .into());
    for table in TABLES {
        run(format!(
            "CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
        ));
    }
}

/// Where it happens: the first and the last of what a registration writes, and between.
const TABLES: [&str; 4] = ["requests", "request_entries", "messages", "journal"];

fn mend(place: &Place) {
    let db = Db::open(&place.beside).expect("the server");
    let drop = Stmt::new("mend", "DROP FUNCTION no_room() CASCADE");
    db.write_now(move |tx| tx.execute(&drop, &[])).expect("mended");
}

#[test]
fn when_postgres_has_no_room_writers_are_told_and_with_room_again_it_goes_on() {
    let Some(place) = Place::make(true) else {
        return testkit::skip("postgres", "a full disk", "LIANXIN_TEST_PG is not set");
    };
    let book = Arc::new(Mutex::new(Book::default()));
    let server = place.serve();
    for run in 1..=runs() {
        spoil(&place);
        told_and_going_on(&place, &book, run, &server, 12, || mend(&place));
    }
    server.kill();
    holds(&place, &book);
}
