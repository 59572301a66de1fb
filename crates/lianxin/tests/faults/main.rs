//! The program is killed under load, and the database is taken away from it, again and again: nothing that
//! was acknowledged is lost, nothing is half-written, a write repeated is one write, and the record holds.
//!
//! `LIANXIN_FAULT_RUNS` says how often on each engine; what was run for docs/reliability.md says so there.

mod full;

use db::{Db, Stmt};
use kernel::Chance;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// Who writes at once.
const WRITERS: u64 = 6;

/// How often on each engine.
fn runs() -> u64 {
    std::env::var("LIANXIN_FAULT_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(4)
}

/// A site of its own on one engine.
struct Place {
    dir: tempfile::TempDir,
    /// The arguments that name it.
    args: Vec<String>,
    /// How to look at its tables beside the program.
    beside: db::Config,
    /// How its connections are called on PostgreSQL, and where.
    postgres: Option<(String, String)>,
    key: String,
    class: String,
    _schema: Option<db::testing::Fresh>,
}

fn lianxin(args: &[&str], place: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianxin"));
    command.args(args).args(place).env_remove("LIANXIN_DATABASE").env_remove("LIANXIN_DIR");
    command.env("LIANXIN_LANG", "en").stdin(Stdio::null());
    command
}

impl Place {
    /// A site in a temporary directory; none on PostgreSQL where there is none.
    fn make(on_postgres: bool) -> Option<Place> {
        Place::within(&std::env::temp_dir(), on_postgres)
    }

    fn within(parent: &Path, on_postgres: bool) -> Option<Place> {
        let dir = tempfile::tempdir_in(parent).expect("a directory");
        let site = dir.path().join("site");
        let mut args = vec!["--dir".to_owned(), site.display().to_string()];
        let mut beside = db::Config::new(site.join("lianxin.db").display().to_string());
        let (mut schema, mut postgres) = (None, None);
        if on_postgres {
            let fresh = db::testing::postgres()?;
            let own = fresh.config().schema.clone().expect("a schema of its own");
            let url = fresh.config().url.clone();
            let named = format!("{url}{}application_name={own}", if url.contains('?') { '&' } else { '?' });
            args.extend(["--database".into(), named, "--schema".into(), own.clone()]);
            beside = fresh.config().clone();
            postgres = Some((own, url));
            schema = Some(fresh);
        }
        beside.readers = 1;
        let mut place =
            Place { dir, args, beside, postgres, key: String::new(), class: String::new(), _schema: schema };
        place.shell(&["demo", "--prepare", "--requests", "30", "--seed", "3"]);
        let settings = site.join("lianxin.toml");
        let text = std::fs::read_to_string(&settings).expect("settings");
        let limits = "\n[limits]\nkey-per-minute = 0\naddress-per-minute = 0\n";
        std::fs::write(&settings, text + limits).expect("settings are written");
        let said = place.shell(&["key", "add", "load", "--contact", "nobody"]);
        place.key = said.split_whitespace().next_back().expect("a key").to_owned();
        let pack = pack::load("county").expect("a pack");
        let plain = |c: &&pack::Class| {
            c.is_leaf()
                && c.stop.is_none()
                && c.form.is_none()
                && !c.visit
                && c.place == pack::PlaceNeed::Optional
        };
        place.class = pack.classes.iter().find(plain).expect("a plain class").code.clone();
        Some(place)
    }

    /// Runs a command on it that has to end well.
    #[track_caller]
    fn shell(&self, args: &[&str]) -> String {
        let out = lianxin(args, &self.args).output().expect("the program runs");
        let (said, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "{args:?}: {said}{err}");
        said.into_owned()
    }

    fn serve(&self) -> Server {
        let mut child = lianxin(&["serve", "--listen", "127.0.0.1:0"], &self.args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            assert!(out.read_line(&mut line).expect("its words") > 0, "it ended before it listened");
        }
        let address = line.split_once("http://").expect("an address").1.trim().to_owned();
        // What else it prints must not fill the pipe.
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Server { child, address }
    }

    fn count(&self, db: &Db, sql: &str) -> i64 {
        let stmt = Stmt::dynamic("count", sql.to_owned());
        db.read_now(move |tx| tx.query_one(&stmt, &[])?.get(0)).expect("a count")
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// `SIGKILL`: nothing can be tidied up.
    fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }
}

/// A request that somebody sends until it is acknowledged: the same words under the same key.
#[derive(Clone, Debug)]
struct Sent {
    once: String,
    body: String,
}

/// Sends it; what came back, where something did.
fn send(address: &str, key: &str, sent: &Sent) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /api/v1/requests HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Api-Key: {key}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\r\n",
        sent.once,
        sent.body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(sent.body.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let status = text.split(' ').nth(1)?.parse().ok()?;
    let (_, body) = text.split_once("\r\n\r\n")?;
    // An answer that was cut is none.
    (body.contains("\"number\"") || status >= 400).then(|| (status, body.to_owned()))
}

fn number(body: &str) -> String {
    let rest = body.split_once("\"number\":\"").unwrap_or_else(|| panic!("no number: {body}")).1;
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// What is under way and what was acknowledged, over all runs.
#[derive(Default)]
struct Book {
    /// Sent and not acknowledged: to be sent again.
    open: Vec<Sent>,
    /// Acknowledged: by key, the number that was told.
    told: BTreeMap<String, (Sent, String)>,
    /// How many were told that there is no room left.
    full: u64,
}

/// Writes until the server is gone or `enough` says stop: what is open first, then new ones.
fn writer(
    (run, me): (u64, u64),
    (address, key, class): (&str, &str, &str),
    book: &Mutex<Book>,
    acks: &Sender<()>,
    until_gone: bool,
) {
    for n in 0.. {
        let again = book.lock().unwrap().open.pop();
        if again.is_none() && !until_gone {
            return;
        }
        let sent = again.unwrap_or_else(|| Sent {
            once: format!("run-{run}-{me}-{n}"),
            body: format!(
                "{{\"class\":\"{class}\",\"description\":\"第{run}轮第{me}个来电的第{n}件：村口路灯不亮\",\
                 \"person\":{{\"name\":\"试用人\",\"phone\":\"1380000{run:02}{me}{:01}\"}}}}",
                n % 10
            ),
        });
        match send(address, key, &sent) {
            Some((200 | 201, body)) => {
                let number = number(&body);
                book.lock().unwrap().told.insert(sent.once.clone(), (sent, number));
                if acks.send(()).is_err() {
                    return;
                }
            }
            // Asked to come again: that is an answer, and nothing was written.
            Some((503 | 429, _)) => book.lock().unwrap().open.push(sent),
            Some((507, body)) => {
                assert!(body.contains("storage-full") && body.contains("nothing was written"), "{body}");
                let mut book = book.lock().unwrap();
                book.full += 1;
                book.open.push(sent);
            }
            // The connection broke at the commit: whoever has a key may look by sending it again.
            Some((_, body)) if body.contains("fate-unknown") => book.lock().unwrap().open.push(sent),
            Some((status, body)) => panic!("{status}: {body}"),
            None => {
                book.lock().unwrap().open.push(sent);
                return;
            }
        }
    }
}

/// Lets them write on `server` until `strike` has done what it does after so many answers.
fn under_load(
    place: &Place,
    book: &Arc<Mutex<Book>>,
    run: u64,
    server: Server,
    strike: impl FnOnce(Server, &Receiver<()>),
) {
    let (acks, answers) = channel();
    let address = server.address.clone();
    std::thread::scope(|scope| {
        for me in 0..WRITERS {
            let (acks, address) = (acks.clone(), address.clone());
            scope.spawn(move || writer((run, me), (&address, &place.key, &place.class), book, &acks, true));
        }
        strike(server, &answers);
        drop(answers);
    });
}

/// Everything that was told is there, once; numbers run on; record, dates and counters hold.
fn holds(place: &Place, book: &Mutex<Book>) {
    let server = place.serve();
    // Whatever nobody was told of is sent again, and so is everything that was acknowledged.
    let (acks, answers) = channel();
    writer((0, 0), (&server.address, &place.key, &place.class), book, &acks, false);
    drop(answers);
    let told = std::mem::take(&mut book.lock().unwrap().told);
    for (once, (sent, number_told)) in &told {
        let (status, body) = send(&server.address, &place.key, sent).expect("it answers");
        assert_eq!((status, number(&body)), (200, number_told.clone()), "{once}");
    }
    server.kill();

    let db = Db::open(&place.beside).expect("the tables are read");
    let count = |sql: &str| place.count(&db, sql);
    let numbers: std::collections::BTreeSet<&String> = told.values().map(|(_, n)| n).collect();
    assert_eq!(numbers.len(), told.len(), "no number is told twice");
    let written =
        count("SELECT CAST(COUNT(*) AS BIGINT) FROM requests WHERE source = '' AND body LIKE '第%轮第%'");
    assert_eq!(written, told.len() as i64, "each is one case");
    let given = count("SELECT CAST(SUM(last) AS BIGINT) FROM request_series");
    assert_eq!(given, count("SELECT CAST(COUNT(*) AS BIGINT) FROM requests"), "no number is left out");
    let halves = "SELECT CAST(COUNT(*) AS BIGINT) FROM requests r WHERE \
        NOT EXISTS (SELECT 1 FROM request_entries e WHERE e.request = r.id AND e.seq = r.seq) \
        OR NOT EXISTS (SELECT 1 FROM request_notices n WHERE n.request = r.id) \
        OR NOT EXISTS (SELECT 1 FROM request_reach x WHERE x.request = r.id)";
    assert_eq!(count(halves), 0, "nothing is half-written");
    // Each owes one message that it was accepted, and proof of it counts once.
    let twice = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT about FROM messages WHERE template = 'accepted' \
        AND about IN (SELECT id FROM requests WHERE body LIKE '第%轮第%') GROUP BY about HAVING COUNT(*) <> 1) t";
    assert_eq!(count(twice), 0, "each is told once");
    let proofs = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT message_id FROM message_states \
        WHERE state = 'delivered' GROUP BY message_id HAVING COUNT(*) > 1) t";
    assert_eq!(count(proofs), 0, "each proof of delivery counts once");
    drop(db);
    for check in [["journal", "verify"], ["deadline", "verify"]] {
        place.shell(&check);
    }
    place.shell(&["recount"]);
    book.lock().unwrap().told = told;
}

/// After how many answers it happens: anywhere in the first few dozen.
fn after() -> usize {
    1 + usize::from(byte()) % 60
}

fn byte() -> u8 {
    let mut byte = [0u8; 1];
    kernel::SystemChance.fill(&mut byte);
    byte[0]
}

fn killed(on_postgres: bool) {
    let Some(place) = Place::make(on_postgres) else {
        return testkit::skip("postgres", "killed under load", "LIANXIN_TEST_PG is not set");
    };
    let book = Arc::new(Mutex::new(Book::default()));
    for run in 1..=runs() {
        let server = place.serve();
        under_load(&place, &book, run, server, |server, answers| {
            answers.iter().take(after()).for_each(drop);
            server.kill();
        });
    }
    assert!(Path::new(place.dir.path()).exists() && !book.lock().unwrap().told.is_empty());
    holds(&place, &book);
}

#[test]
fn killed_under_load_on_sqlite_nothing_is_lost_or_halved() {
    killed(false);
}

#[test]
fn killed_under_load_on_postgres_nothing_is_lost_or_halved() {
    killed(true);
}

#[test]
fn postgres_is_taken_away_under_load_and_the_program_goes_on() {
    let Some(place) = Place::make(true) else {
        return testkit::skip("postgres", "taken away under load", "LIANXIN_TEST_PG is not set");
    };
    let (name, url) = place.postgres.clone().expect("it is on PostgreSQL");
    let other = Db::open(&db::Config::new(url)).expect("the server");
    let book = Arc::new(Mutex::new(Book::default()));
    let server = place.serve();
    let cut = Stmt::dynamic(
        "cut",
        format!(
            "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
             WHERE application_name = '{name}'"
        ),
    );
    under_load(&place, &book, 1, server, |server, answers| {
        for _ in 0..runs() * 3 {
            // Each of them may have had an answer on its way when the connections were cut; one more than
            // that came over a new one.
            answers.try_iter().for_each(drop);
            answers.iter().take(WRITERS as usize + after()).for_each(drop);
            let cut = cut.clone();
            let gone: i64 = other.read_now(move |tx| tx.query_one(&cut, &[])?.get(0)).expect("they are cut");
            assert!(gone > 0, "there were connections to cut");
        }
        // It has come back each time, or no answer would have followed.
        answers.iter().take(20).for_each(drop);
        server.kill();
    });
    holds(&place, &book);
}
