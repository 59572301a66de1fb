//! The program as it is called: help, exit codes, a site from its making to its copy.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn lianxin(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianxin"));
    command.args(args).env_remove("LIANXIN_DATABASE").env_remove("LIANXIN_DIR").env("LIANXIN_LANG", "en");
    command
}

fn run(args: &[&str]) -> Output {
    lianxin(args).output().expect("the program runs")
}

#[track_caller]
fn done(args: &[&str]) -> String {
    let out = run(args);
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[track_caller]
fn fails(code: i32, args: &[&str]) -> String {
    let out = run(args);
    assert_eq!(out.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&out.stdout));
    String::from_utf8(out.stderr).unwrap()
}

/// A place for a site's data on each engine there is; PostgreSQL where a server is named for tests.
/// The schema goes when the place does.
fn engines() -> Vec<(Option<db::testing::Fresh>, Vec<String>)> {
    let mut out = vec![(None, Vec::new())];
    if let Some(fresh) = db::testing::postgres() {
        let (url, schema) = (fresh.config().url.clone(), fresh.config().schema.clone().unwrap_or_default());
        out.push((Some(fresh), vec!["--database".into(), url, "--schema".into(), schema]));
    }
    out
}

/// A running server; it is told to stop when it goes, and a test that wants to see how asks itself.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(args: &[&str]) -> Server {
        let mut child = lianxin(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        let address = loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("it ended before it listened: {seen}{err}");
            }
            seen.push_str(&line);
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim().to_owned();
            }
        };
        // What else it prints must not fill the pipe.
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Server { child, address }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("it takes connections")
    }

    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        answer(stream)
    }

    fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    fn ends_well(mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already where the test went well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    (status, text)
}

fn path(dir: &Path) -> String {
    dir.display().to_string()
}

#[test]
fn a_benchmark_begins_only_where_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let home = path(dir.path());
    let said = fails(1, &["bench", "--sizes", "1000000000000", "--registrations", "0", "--dir", &home]);
    assert!(said.contains("14336000.0 GB") && said.contains("--sizes"), "{said}");
    let said = fails(2, &["bench", "--database", "lianxin.db", "--dir", &home]);
    assert!(said.contains("postgres://user@host/name"), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_small_benchmark_runs_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let home = path(dir.path());
    let said = done(&[
        "bench",
        "--sizes",
        "300",
        "--registrations",
        "200",
        "--calls",
        "3",
        "--households",
        "300",
        "--dir",
        &home,
    ]);
    for row in ["standing of", "bare engine", "over HTTP", "case", "dashboard", "MB"] {
        assert!(said.contains(row), "{row}: {said}");
    }
}

#[test]
fn help_is_complete_and_shows_examples() {
    insta::assert_snapshot!("help", done(&["--help"]));
    for command in [
        "demo",
        "init",
        "serve",
        "import",
        "export",
        "pack",
        "journal",
        "verify-receipt",
        "deadline",
        "recount",
        "backup",
        "restore",
        "user",
        "key",
        "vault",
    ] {
        let help = done(&[command, "--help"]);
        assert!(help.contains("Usage: lianxin"), "{command}: {help}");
        let has_chinese = help.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(has_chinese, "{command}: {help}");
    }
}

#[test]
fn calling_it_wrongly_ends_with_two_and_a_refusal_with_one() {
    fails(2, &["frobnicate"]);
    fails(2, &["serve", "--dirr", "x"]);
    fails(2, &["calendar", "--from", "2026-02-01", "--to", "2026-01-01"]);
    let dir = tempfile::tempdir().unwrap();
    let nowhere = path(&dir.path().join("nowhere"));
    let said = fails(1, &["serve", "--dir", &nowhere]);
    assert!(said.contains("no site") && !said.contains("没有站点") && !said.contains("panicked"), "{said}");
    // Where nothing says which language the reader speaks, it is said in both.
    let mut unknown = lianxin(&["serve", "--dir", &nowhere]);
    unknown.env_remove("LIANXIN_LANG").env_remove("LC_MESSAGES").env("LC_ALL", "C");
    let said = String::from_utf8(unknown.output().expect("the program runs").stderr).unwrap();
    assert!(said.contains("没有站点") && said.contains("no site"), "{said}");
    let said = fails(1, &["pack", "check", &nowhere]);
    assert!(!said.contains("panicked"), "{said}");
    assert!(run(&["pack", "check", "county"]).status.success());
}

#[test]
fn promised_dates_and_counters_are_counted_anew() {
    let temp = tempfile::tempdir().unwrap();
    let dir = path(&temp.path().join("site"));
    done(&["demo", "--prepare", "--requests", "60", "--seed", "3", "--dir", &dir]);
    let verify = ["deadline", "verify", "--dir", &dir];
    let recount = ["recount", "--dir", &dir];
    let said = done(&verify);
    assert!(said.starts_with("Right:") && !said.contains("Right: 0 "), "{said}");
    assert!(done(&recount).starts_with("The same"));

    // Somebody gives one promise another day and one counter another number, past the program.
    let forger = db::Db::open(&db::Config::new(path(&temp.path().join("site/lianxin.db")))).unwrap();
    for sql in [
        "UPDATE request_clocks SET due_at = due_at + 86400000 WHERE kind = 'answer' AND request = \
         (SELECT request FROM request_clocks WHERE kind = 'answer' ORDER BY request LIMIT 1)",
        "UPDATE request_tally SET received = received + 7 WHERE dim = 'unit' AND month = \
         (SELECT month FROM request_tally WHERE dim = 'unit' ORDER BY month LIMIT 1)",
        "INSERT INTO household_alikes (kept_id, other_id, why, path) \
         SELECT MIN(id), MAX(id), 0, '/' FROM households",
    ] {
        let forged = db::Stmt::new("forger", sql);
        forger.write_now(move |tx| tx.execute(&forged, &[])).unwrap();
    }
    forger.close();
    let out = run(&verify);
    let told = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(
        told.contains("1 do not hold") && told.contains("stored") && told.contains("certified"),
        "{told}"
    );
    let out = run(&recount);
    let told = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{told}");
    assert!(told.contains("counters differ") && told.contains("What to do"), "{told}");
    assert_eq!(told.matches("households that may be one").count(), 1, "{told}");
}

#[test]
fn a_changed_pack_is_tried_on_a_past_month() {
    let temp = tempfile::tempdir().unwrap();
    let dir = path(&temp.path().join("site"));
    done(&["demo", "--prepare", "--requests", "200", "--seed", "5", "--dir", &dir]);
    let what_if = |pack: &str| {
        done(&["pack", "what-if", pack, "--from", "2020-01-01", "--to", "2099-12-31", "--dir", &dir])
    };
    assert!(what_if("county").contains("Nothing would have differed"));

    // Dispatch within two hours instead of a day, sending out asks for a reason, and nobody is told who
    // handles it: that is no sound pack, so it is not tried.
    let pack = |more: &str| {
        let own = temp.path().join("our-pack");
        std::fs::create_dir_all(&own).unwrap();
        let head = "id = \"our-pack\"\nname = { zh = \"试改\", en = \"A trial\" }\nversion = \"2\"\n\
            valid_from = \"2026-01-01\"\nextends = \"county\"\n\
            [[limit]]\nid = \"dispatch\"\nversion = \"2\"\nlimit = \"2h\"\n\
            [[track]]\nid = \"standard\"\n[[track.step]]\nstate = \"registered\"\ngo = [\n\
            { verb = \"assign\", to = \"assigned\", who = [\"triage\", \"clerk\"], needs = [\"unit\", \"reason\"], \
            starts = [\"acceptance\", \"contact\"], stops = [\"dispatch\"] },\n]\n";
        std::fs::write(own.join("pack.toml"), format!("{head}{more}")).unwrap();
        path(&own)
    };
    let said = what_if(&pack(""));
    let line =
        |about: &str| said.lines().find(|l| l.contains(about)).unwrap_or_else(|| panic!("{about}: {said}"));
    assert!(line("Dispatch: would fall earlier").contains("such as LX"));
    assert!(line("Dispatch: was in time, would have been late").contains("times"));
    assert!(line("would also ask for").contains("such as LX"));
    assert!(!said.contains("would fall later") && !said.contains("would not be possible"), "{said}");

    let untold = pack(
        "[[track.step]]\nstate = \"assigned\"\ngo = [\n\
         { verb = \"name\", to = \"in-hand\", who = [\"lead\"], needs = [\"officer\"], stops = [\"acceptance\"], notices = [] },\n]\n",
    );
    let refused = fails(1, &["pack", "what-if", &untold, "--dir", &dir]);
    assert!(refused.contains("nothing on the way makes this notice due"), "{refused}");
    let wrong = ["pack", "what-if", "county", "--from", "2026-02-01", "--to", "2026-01-01", "--dir", &dir];
    fails(2, &wrong);
}

#[test]
fn the_calendar_prints_days() {
    let out = done(&["calendar", "--from", "2026-02-13", "--to", "2026-02-17"]);
    assert_eq!(out, "date,workday\n2026-02-13,1\n2026-02-14,1\n2026-02-15,0\n2026-02-16,0\n2026-02-17,0\n");
}

#[test]
fn a_site_is_made_given_people_copied_and_brought_back() {
    for (_schema, engine) in engines() {
        let on_postgres = !engine.is_empty();
        let temp = tempfile::tempdir().unwrap();
        let dir = path(&temp.path().join("site"));
        let mut init = vec!["init", "--pack", "county", "--dir", &dir];
        init.extend(engine.iter().map(String::as_str));
        let said = done(&init);
        assert!(said.contains("user add"), "{said}");
        assert!(fails(1, &init).contains("not empty"));
        let other = temp.path().join("other");
        let said = fails(1, &["init", "--pack", "nope", "--dir", &path(&other)]);
        assert!(
            said.contains("no pack and no directory called \"nope\"") && said.contains("county"),
            "{said}"
        );
        assert!(!said.contains("政策包") && !said.contains(":0"), "in one language, and of no line: {said}");
        assert!(!other.exists(), "nothing is left behind");

        // From here on the settings say where the data is.
        let said = done(&["user", "add", "admin", "--name", "管理员", "--role", "admin", "--dir", &dir]);
        let password = said.split(' ').next_back().unwrap().trim();
        assert_eq!(password.len(), 19, "{said}");
        assert!(fails(1, &["user", "add", "admin", "--name", "x", "--dir", &dir]).contains("taken"));
        let listed = done(&["user", "list", "--dir", &dir]);
        assert!(listed.contains("admin") && listed.contains("Administrator"), "{listed}");
        assert!(done(&["user", "reset", "ADMIN", "--dir", &dir]).contains("New password"));
        assert!(fails(1, &["user", "reset", "nobody", "--dir", &dir]).contains("nobody"));
        assert!(fails(1, &["user", "reset-factor", "nobody", "--dir", &dir]).contains("nobody"));
        assert!(fails(1, &["user", "reset-factor", "admin", "--dir", &dir]).contains("no second factor"));

        let add = ["key", "add", "county hub", "--contact", "Li 0851", "--dir", &dir];
        let said = done(&add);
        assert_eq!(said.trim().split(' ').next_back().map(str::len), Some(43), "{said}");
        let listed = done(&["key", "list", "--dir", &dir]);
        assert!(listed.contains("county hub") && listed.contains("Li 0851"), "{listed}");
        done(&add);
        let revoke = ["key", "revoke", "county hub", "--dir", &dir];
        assert!(fails(1, &revoke).contains("2 keys in force"));
        let id = listed.lines().nth(1).and_then(|l| l.split_whitespace().next()).unwrap().to_owned();
        assert!(done(&["key", "revoke", &id, "--dir", &dir]).contains("revoked"));
        assert!(done(&revoke).contains("revoked") && fails(1, &revoke).contains("no key in force"));
        assert!(fails(1, &["key", "list", "--dir", &dir]).contains("there is no key"));
        assert_eq!(done(&["key", "list", "--all", "--dir", &dir]).lines().count(), 3);
        assert!(fails(1, &["key", "add", "x", "--contact", "", "--dir", &dir]).contains("name"));

        let units = temp.path().join("units.csv");
        std::fs::write(&units, "编码,名称,层级,类别,上级\n52990001,青溪镇,township,township,529900\n,没有上级的村,village,village,九九\n").unwrap();
        let units = path(&units);
        // A row that is refused makes it end so: a script would lose it otherwise.
        let partly = |args: &[&str]| {
            let out = run(args);
            assert_eq!(out.status.code(), Some(1), "{args:?}");
            String::from_utf8(out.stdout).unwrap()
        };
        let dry = partly(&["import", "units", &units, "--dir", &dir, "--dry-run"]);
        assert!(dry.contains("would be") || dry.contains("rows:"), "{dry}");
        let said = partly(&["import", "units", &units, "--dir", &dir]);
        assert!(said.contains("1 added") && said.contains("refused"), "{said}");
        let refused = std::fs::read_to_string(temp.path().join("units-refused.csv")).unwrap();
        assert!(refused.contains("没有上级的村") && !refused.contains("青溪镇"), "{refused}");

        // A village's roster: it names no grid, and its heading is not the row that looks most like one.
        let groups = temp.path().join("groups.csv");
        std::fs::write(&groups, "编码,名称,层级,类别,上级\n52990001001,河边村,village,village,52990001\n5299000100101,一组,group,group,52990001001\n").unwrap();
        done(&["import", "units", &path(&groups), "--dir", &dir]);
        // Its outline is drawn; one of a village that is not there comes back.
        let map = temp.path().join("map.geojson");
        let square =
            "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[106,27],[107,27],[107,28],[106,27]]]}";
        let feature =
            |name: &str| format!("{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name}\"}},{square}}}");
        let text = |name: &str| {
            format!(
                "{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}",
                feature("河边村"),
                feature(name)
            )
        };
        std::fs::write(&map, text("河西村")).unwrap();
        let outlines = ["import", "outlines", &path(&map), "--dir", &dir];
        let said = partly(&[&outlines[..], &["--dry-run"]].concat());
        assert!(said.contains("1 would be drawn; nothing was written"), "{said}");
        let said = partly(&outlines);
        assert!(said.contains("feature 2 (河西村) is refused: There is no unit called"), "{said}");
        let refused = temp.path().join("map-refused.geojson");
        let text = std::fs::read_to_string(&refused).unwrap().replace("河西村", "一组");
        std::fs::write(&refused, text).unwrap();
        assert!(done(&["import", "outlines", &path(&refused), "--dir", &dir]).contains("1 drawn"));
        assert!(fails(2, &[&outlines[..], &["--heading-row", "2"]].concat()).contains("--heading-row"));

        let roster = temp.path().join("roster.csv");
        std::fs::write(&roster, "示例,,,\n姓名,与户主关系,身份证号,联系电话\n正式名单,,,\n姓名,与户主关系,标签,甲\n赵一,户主,困难户,\n赵二,妻,五保户,\n钱一,户主,,\n").unwrap();
        let roster = path(&roster);
        let import = ["import", "households", &roster, "--dir", &dir];
        assert!(fails(1, &import).contains("not found: grid"));
        let all = ["--unit", "河边村", "--marked", "2026-01-01", "--basis", "名册", "--heading-row", "4"];
        let dry = partly(&[&import[..], &all, &["--dry-run"]].concat());
        assert!(dry.contains("The heading is row 4.") && dry.contains("1 would be added"), "{dry}");
        let said = partly(&[&import[..], &all].concat());
        assert!(
            said.contains("There is no mark \"五保户\". Marks are: In hardship") && said.contains("1 added"),
            "{said}"
        );
        // What came back is corrected and imported as the first file was.
        let refused = temp.path().join("roster-refused.csv");
        let text = std::fs::read_to_string(&refused).unwrap().replace("五保户", "残疾");
        std::fs::write(&refused, text).unwrap();
        let refused = path(&refused);
        let said = done(&[&["import", "households", &refused, "--dir", &dir], &all[..]].concat());
        assert!(said.contains("The heading is row 1.") && said.contains("2 added"), "{said}");
        let said = fails(1, &["import", "households", &roster, "--dir", &dir, "--unit", "nowhere"]);
        assert!(said.contains("There is no village or grid called \"nowhere\""), "{said}");
        assert!(
            fails(2, &["import", "units", &roster, "--dir", &dir, "--unit", "河边村"]).contains("--unit")
        );

        let report = done(&["journal", "verify", "--dir", &dir]);
        assert!(report.starts_with("Whole:"), "{report}");
        // `init` made the key and signed a first head.
        let secret = std::fs::read_to_string(temp.path().join("site/seal.key")).unwrap();
        assert!(secret.starts_with("PRIVATE+KEY+"));
        assert!(report.contains("under 1 signed heads") && report.contains("seal.heads"), "{report}");

        // Somebody takes the beginning of an account's history out, past the program.
        let mut base = db::Config::new(match engine.get(1) {
            Some(url) => url.clone(),
            None => path(&temp.path().join("site/lianxin.db")),
        });
        base.schema = engine.get(3).cloned();
        let forger = db::Db::open(&base).unwrap();
        let cut = db::Stmt::new(
            "forger",
            "DELETE FROM journal WHERE stream = (SELECT id FROM accounts WHERE login = 'admin') RETURNING stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash",
        );
        let gone = forger.write_now(move |tx| tx.query(&cut, &[])).unwrap();
        let out = run(&["journal", "verify", "--dir", &dir]);
        let told = String::from_utf8(out.stdout).unwrap();
        assert_eq!(out.status.code(), Some(1), "{told}");
        assert!(told.contains("account admin") && told.contains("all after it were removed"), "{told}");
        assert!(told.contains("What to do: stop the site"), "{told}");
        let back = db::Stmt::new(
            "forger",
            "INSERT INTO journal (stream, seq, stream_kind, at, actor, kind, payload, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        );
        let rows: Vec<Vec<db::Value>> =
            gone.iter().map(|r| (0..9).map(|i| r.get(i).unwrap()).collect()).collect();
        forger.write_now(move |tx| tx.insert_many(&back, &rows)).unwrap();
        forger.close();
        assert!(done(&["journal", "verify", "--dir", &dir]).starts_with("Whole:"));

        let ledger = path(&temp.path().join("ledger.csv"));
        let out = ["export", "ledger", "--dir", &dir, "--format", "csv", "-o", &ledger];
        assert!(done(&out).contains("0 cases"));
        assert!(fails(1, &out).contains("there already"));

        // An event that is sealed is taken out, and a head with it: the copy beside the database tells.
        let forger = db::Db::open(&base).unwrap();
        let gone = db::Stmt::new("forger", "DELETE FROM journal_heads");
        forger.write_now(move |tx| tx.execute(&gone, &[])).unwrap();
        let out = run(&["journal", "verify", "--dir", &dir]);
        let told = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && told.contains("is missing"), "{told}");
        let back = db::Stmt::new(
            "forger",
            "INSERT INTO journal_heads (n, size, at, day, mark, note) VALUES (1, $1, $2, NULL, $3, $4)",
        );
        let note = std::fs::read_to_string(temp.path().join("site/seal.heads")).unwrap();
        let head = journal::tree::note::Checkpoint::parse(&note).unwrap();
        let note = note.trim_end().to_owned() + "\n";
        let row = db::params![head.size as i64, head.at, head.mark, note];
        forger.write_now(move |tx| tx.execute(&back, &row)).unwrap();
        forger.close();
        assert!(done(&["journal", "verify", "--dir", &dir]).starts_with("Whole:"));

        let copy = path(&temp.path().join("copy"));
        let said = done(&["backup", &copy, "--dir", &dir]);
        assert_eq!(said.contains("pg_dump"), on_postgres, "{said}");
        let back = path(&temp.path().join("back"));
        done(&["restore", &copy, "--dir", &back]);
        if !on_postgres {
            assert_eq!(done(&["user", "list", "--dir", &back]), done(&["user", "list", "--dir", &dir]));
            assert!(done(&["journal", "verify", "--dir", &back]).contains("1 signed heads"));
            std::fs::write(Path::new(&copy).join("lianxin.toml"), "pack = \"county\"\ndemo = true\n")
                .unwrap();
            let other = path(&temp.path().join("other"));
            assert!(fails(1, &["restore", &copy, "--dir", &other]).contains("lianxin.toml"));
        }
    }
}

/// People under their own headings, and a year of cases: in by a map file, out by unit, view and day.
#[test]
fn people_and_a_past_come_in_by_a_map_file_and_go_out_by_unit_view_and_day() {
    for (_schema, engine) in engines() {
        let temp = tempfile::tempdir().unwrap();
        let dir = path(&temp.path().join("site"));
        let mut init = vec!["init", "--pack", "county", "--dir", &dir];
        init.extend(engine.iter().map(String::as_str));
        done(&init);
        let file = |name: &str, text: &str| {
            let at = temp.path().join(name);
            std::fs::write(&at, text).unwrap();
            path(&at)
        };
        let units = "编码,名称,层级,类别,上级\n52990001,青溪镇,township,township,529900\n52990002,白石镇,township,township,529900\n";
        done(&["import", "units", &file("units.csv", units), "--dir", &dir]);

        // Nothing in the headings says what they are, and a title is no role: the map file says both.
        let people = file(
            "people.csv",
            "工号,谁,在哪里,干什么,写信给\nqx01,周明,青溪镇,一把手,zhou@town.example.org\nbs01,吴芳,白石镇,一把手,wu at town\n",
        );
        let import = ["import", "accounts", &people, "--dir", &dir];
        assert!(fails(1, &import).contains("not found:"), "without a map nobody can tell");
        let map = file(
            "columns.toml",
            "login = \"工号\"\nname = \"谁\"\nunit = \"在哪里\"\nrole = \"干什么\"\nemail = \"写信给\"\n[values.role]\n\"一把手\" = \"lead\"\n",
        );
        let import = [&import[..], &["--map", &map]].concat();
        let out = run(&[&import[..], &["--dry-run"]].concat());
        let dry = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && dry.contains("1 would be added"), "{dry}");
        let out = run(&import);
        let said = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && said.contains("1 added"), "{said}");
        assert!(said.contains("This is no e-mail address"), "{said}");
        let listed = done(&["user", "list", "--dir", &dir]);
        assert!(listed.contains("qx01") && !listed.contains("bs01"), "{listed}");
        // What came back is corrected and goes in with the same map; what is there is not touched.
        let refused = temp.path().join("people-refused.csv");
        let text = std::fs::read_to_string(&refused).unwrap().replace("wu at town", "wu@town.example.org");
        std::fs::write(&refused, text).unwrap();
        let again = ["import", "accounts", &path(&refused), "--dir", &dir, "--map", &map];
        assert!(done(&again).contains("1 added"));
        assert!(
            fails(1, &[&import[..5], &["--map", &path(&temp.path().join("none.toml"))]].concat())
                .contains("none.toml")
        );

        // A ledger of last year: one answered, one that was not, both over.
        let past = "编号,诉求人,联系电话,标题,诉求内容,受理时间,答复意见,答复时间,承办单位,所属村\n\
            1,张三,13800001234,路灯不亮,村口路灯坏了,2025-03-03 9:00,已换灯泡,2025-03-04 10:00,青溪镇,青溪镇\n\
            2,李四,13800005678,水渠堵了,水渠堵了半年,2025-04-07 9:00,,,白石镇,白石镇\n\
            3,王五,,,,,,,,\n";
        let past = file("past.csv", past);
        let import = ["import", "requests", &past, "--dir", &dir, "--history"];
        let out = run(&[&import[..], &["--dry-run"]].concat());
        let dry = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && dry.contains('2'), "{dry}");
        let export = ["export", "ledger", "--dir", &dir, "--format", "csv", "-o", "-"];
        assert_eq!(done(&export).lines().count(), 1, "a look wrote nothing");
        let out = run(&import);
        assert_eq!(out.status.code(), Some(1), "one row came back");
        let refused = std::fs::read_to_string(temp.path().join("past-refused.csv")).unwrap();
        assert!(refused.contains("王五") && !refused.contains("李四"), "{refused}");
        run(&import);
        let all = done(&export);
        assert_eq!(all.lines().count(), 3, "the same file twice changes nothing: {all}");
        assert!(!all.contains("张三") && !all.contains("13800001234"), "{all}");

        // One that came by the map of the shell and stays open.
        let open = "标题,诉求内容,受理时间,所属村\n桥塌了,村口小桥塌了,2026-01-05 9:00,青溪镇\n";
        done(&["import", "requests", &file("open.csv", open), "--dir", &dir]);
        let by = |more: &[&str]| done(&[&export[..], more].concat());
        assert_eq!(by(&["--view", "live"]).lines().count(), 2);
        assert!(by(&["--view", "live"]).contains("桥塌了"));
        // The pack has views of its own, by key or by name.
        for view in ["open", "在办"] {
            assert!(by(&["--view", view]).contains("桥塌了"), "{view}");
        }
        assert!(by(&["--unit", "52990002"]).contains("水渠堵了"));
        assert!(!by(&["--unit", "52990002"]).contains("路灯不亮"));
        assert_eq!(by(&["--as-of", "2025-03-31"]).lines().count(), 1, "on that day nobody here knew of them");
        assert!(fails(1, &[&export[..], &["--view", "nope"]].concat()).contains("nope"));
        assert!(fails(1, &[&export[..], &["--unit", "nope"]].concat()).contains("nope"));
        assert!(fails(1, &[&export[..], &["--as-of", "2999-01-01"]].concat()).contains("to come"));
        let book = path(&temp.path().join("book.xlsx"));
        let xlsx = ["export", "ledger", "--dir", &dir, "--format", "xlsx", "--view", "all", "-o", &book];
        assert!(done(&xlsx).contains("3 cases"));
        assert!(std::fs::read(&book).unwrap().starts_with(b"PK"));
    }
}

#[test]
fn a_demonstration_is_made_served_and_found_again() {
    let temp = tempfile::tempdir().unwrap();
    let dir = path(&temp.path().join("demo"));
    let start = ["demo", "--dir", &dir, "--requests", "60", "--listen", "127.0.0.1:0"];
    let server = Server::start(&start);
    let (status, health) = server.get("/healthz");
    assert_eq!(status, 200);
    assert!(health.contains("\"database\":\"ok\"") && health.contains("\"pack\":\"county\""), "{health}");
    let (status, page) = server.get("/?lang=en");
    assert_eq!(status, 200);
    for wanted in ["step into a role", "/demo/enter", "clerk1", "12345", "Staff sign-in"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(page.contains("content-security-policy") && page.contains("x-request-id"), "{page}");
    let (status, numbers) = server.get("/metrics");
    assert!(status == 200 && numbers.contains("lianxin_http_requests_total{status=\"2xx\"}"), "{numbers}");
    let (status, page) = server.get("/nowhere");
    assert!(status == 404 && page.contains("<html"), "{page}");
    let (status, fault) = server.get("/api/nowhere");
    assert!(status == 404 && fault.contains("application/problem+json"), "{fault}");
    assert!(server.get("/robots.txt").1.contains("Disallow: /"));
    assert!(server.get("/manifest.webmanifest").1.contains("start_url"));
    server.tell_to_stop();
    server.ends_well();

    let before = std::fs::metadata(Path::new(&dir).join("secret.key")).unwrap().modified().unwrap();
    let users = done(&["user", "list", "--dir", &dir]);
    let server = Server::start(&start);
    assert_eq!(server.get("/healthz").0, 200);
    server.tell_to_stop();
    server.ends_well();
    let after = std::fs::metadata(Path::new(&dir).join("secret.key")).unwrap().modified().unwrap();
    assert_eq!(before, after, "the second start uses what is there");
    assert_eq!(done(&["user", "list", "--dir", &dir]), users);
    assert!(done(&["journal", "verify", "--dir", &dir]).starts_with("Whole:"));

    // A site in earnest is no demonstration.
    let earnest = path(&temp.path().join("earnest"));
    done(&["init", "--pack", "county", "--dir", &earnest]);
    assert!(fails(1, &["demo", "--dir", &earnest]).contains("in earnest"));
}

#[test]
fn an_attempt_that_broke_off_is_begun_anew() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("UNFINISHED"), "").unwrap();
    std::fs::write(dir.join("lianxin.db"), "half of a database").unwrap();
    done(&["demo", "--dir", &path(&dir), "--requests", "20", "--prepare"]);
    assert!(!dir.join("UNFINISHED").exists() && dir.join("lianxin.toml").exists());
    // What somebody else keeps there is not touched.
    let other = temp.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), "mine").unwrap();
    assert!(fails(1, &["demo", "--dir", &path(&other), "--prepare"]).contains("not empty"));
    assert!(other.join("letter.txt").exists());
}

#[test]
fn told_to_stop_it_answers_what_is_under_way() {
    let temp = tempfile::tempdir().unwrap();
    let dir = path(&temp.path().join("demo"));
    let server = Server::start(&["demo", "--dir", &dir, "--requests", "20", "--listen", "127.0.0.1:0"]);
    // A request whose last line is still missing when the signal comes.
    let mut under_way = server.connect();
    write!(under_way, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").unwrap();
    under_way.flush().unwrap();
    assert_eq!(server.get("/healthz").0, 200, "the first line has arrived before this answer");
    server.tell_to_stop();
    let mut child = server;
    // No new connection is taken once it has heard; until then one is answered as ever.
    while let Ok(stream) = TcpStream::connect(&child.address) {
        drop(stream);
        std::thread::yield_now();
    }
    write!(under_way, "\r\n").unwrap();
    let (status, _) = answer(under_way);
    assert_eq!(status, 200);
    let status = child.child.wait().unwrap();
    assert!(status.success(), "{status:?}");
}

/// A case with a letter that somebody handed in: its number, its query code and the file.
fn handed_in(dir: &str) -> (String, String, kernel::AttachmentId) {
    use requests::register::{NewRequest, register};
    let place = lianxin::cli::Where { dir: dir.into(), base: lianxin::cli::Base::default() };
    let opened = lianxin::open::open(&place).unwrap();
    let site = opened.site.clone();
    let ctx = requests::Ctx::new(&site, kernel::Scope::public(site.today()));
    let village = register::directory(&site).iter().find(|u| u.level == "village").map(|u| u.id);
    let store = files::Store::new(&site.dir, site.chance.clone());
    let letter = store.prepare(LETTER.as_bytes(), "信.txt", &files::Limits::default(), site.now()).unwrap();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = "17.03.01".into();
    new.body = "门口没有人扫雪。".into();
    new.place = village;
    new.person.phone = Some("13700001111".into());
    new.files = vec![requests::uploads::Upload::new(&ctx, letter)];
    let (done, file) = site
        .db
        .write_now(move |tx| {
            let done = register(tx, &ctx, &new)?;
            let file = files::list(tx, "request", done.id.0)?.pop().expect("a file").id;
            Ok((done, file))
        })
        .unwrap();
    site.db.close();
    (done.number, done.code, file)
}

const LETTER: &str = "这是我的信，请看。";

/// What the person gets who opens their file on the page of their case: status and body.
fn opened_by_its_owner(dir: &str, number: &str, code: &str, file: kernel::AttachmentId) -> (u16, String) {
    let place = lianxin::cli::Where { dir: dir.into(), base: lianxin::cli::Base::default() };
    let site = lianxin::open::open(&place).unwrap().site;
    let guards = lianxin::server::Guards::default();
    let app = lianxin::server::app(site.clone(), &guards, std::sync::Arc::default());
    let shown = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut me = testkit::Client::new(app);
        me.submit("/find", "/find", &[("number", number), ("code", code)]).await;
        me.get(&format!("/r/{number}/files/{file}")).await
    });
    site.db.close();
    (shown.status.as_u16(), shown.body)
}

/// The database of a site, as somebody reaches it past the program.
fn past_the_program(dir: &Path, engine: &[String]) -> db::Db {
    let mut base = db::Config::new(match engine.get(1) {
        Some(url) => url.clone(),
        None => path(&dir.join("lianxin.db")),
    });
    base.schema = engine.get(3).cloned();
    db::Db::open(&base).unwrap()
}

fn changed(db: &db::Db, sql: &'static str, values: Vec<db::Value>) {
    let stmt = db::Stmt::new("forger", sql);
    assert_eq!(db.write_now(move |tx| tx.execute(&stmt, &values)).unwrap(), 1, "{sql}");
}

fn one(db: &db::Db, sql: &'static str) -> Vec<db::Value> {
    let stmt = db::Stmt::new("read", sql);
    db.read_now(move |tx| Ok(tx.query_one(&stmt, &[])?.values().to_vec())).unwrap()
}

/// A site with cases is looked over from the shell: what is sealed, and the report that was issued; first as it is,
/// then with a row damaged past the program. Then it is brought back from a copy, with its keys and without.
fn looked_over_and_brought_back(nth: usize) {
    // One engine at a time: making a site takes its time.
    if let Some((_schema, engine)) = engines().into_iter().nth(nth) {
        let temp = tempfile::tempdir().unwrap();
        let home = temp.path().join("demo");
        let dir = path(&home);
        let mut make = vec!["demo", "--prepare", "--dir", &dir, "--requests", "60"];
        make.extend(engine.iter().map(String::as_str));
        done(&make);
        let (number, code, file) = handed_in(&dir);
        assert_eq!(opened_by_its_owner(&dir, &number, &code, file), (200, LETTER.to_owned()));
        let told = |args: &[&str]| {
            let out = run(args);
            (
                out.status.code(),
                String::from_utf8(out.stdout).unwrap(),
                String::from_utf8(out.stderr).unwrap(),
            )
        };

        // Everything opens; a sample is as large as it is asked for.
        let check = ["vault", "check", "--dir", &dir];
        let said = done(&check);
        assert!(said.contains("is in force") && said.contains("and all open"), "{said}");
        let said = done(&[&check[..], &["--sample", "7"]].concat());
        assert!(said.contains("; 7 were tried, and all open"), "{said}");
        // One row of somebody, and the key of the letter, are damaged: both are named, and nobody's name is.
        let base = past_the_program(&home, &engine);
        let person = one(&base, "SELECT id, wrapped_key FROM persons WHERE key_id <> '' ORDER BY id LIMIT 1");
        let set = "UPDATE persons SET wrapped_key = $2 WHERE id = $1";
        changed(&base, set, vec![person[0].clone(), db::Value::Bytes(vec![9; 72])]);
        let slot = format!("file {file}");
        let key = {
            let stmt = db::Stmt::new("read", "SELECT owner, wrapped_key FROM sealed_texts WHERE slot = $1");
            let slot = slot.clone();
            let read =
                move |tx: &mut dyn db::Tx| Ok(tx.query_one(&stmt, &db::params![&slot])?.values().to_vec());
            base.read_now(read).unwrap()
        };
        let set_text = "UPDATE sealed_texts SET wrapped_key = $3 WHERE owner = $1 AND slot = $2";
        let slot_value = db::Value::Text(slot.clone());
        changed(&base, set_text, vec![key[0].clone(), slot_value.clone(), db::Value::Bytes(vec![9; 72])]);
        let (status, said, _) = told(&check);
        let db::Value::Bytes(id) = &person[0] else { panic!("{person:?}") };
        let id = kernel::Uuid::from_slice(id).unwrap();
        assert_eq!(status, Some(1), "{said}");
        for words in ["and 2 of them do not open", &format!("person {id}"), &format!("file {file}")] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(!said.contains("信.txt") && !said.contains("13700001111"), "{said}");
        changed(&base, set, person);
        changed(&base, set_text, vec![key[0].clone(), slot_value.clone(), key[1].clone()]);
        assert!(done(&check).contains("and all open"));

        // The report of last month: there, the same when computed again, and not with another text or hash.
        let (list, verify) = (["report", "list", "--dir", &dir], ["report", "verify", "--dir", &dir]);
        let said = done(&list);
        assert!(said.contains("version 1") && said.contains("1 in all"), "{said}");
        assert!(done(&verify).contains("the same when computed again"));
        let kept = one(&base, "SELECT content, hash FROM reports");
        let db::Value::Text(content) = &kept[0] else { panic!("{kept:?}") };
        let forged = content.replacen("\"received\":", "\"received\":1", 1);
        assert_ne!(&forged, content);
        let hash = <sha2::Sha256 as sha2::Digest>::digest(forged.as_bytes()).to_vec();
        let put = "UPDATE reports SET content = $1, hash = $2";
        let (text, fits) = (db::Value::Text(forged), db::Value::Bytes(hash));
        for (row, words) in [
            (vec![text.clone(), kept[1].clone()], "it does not have its hash"),
            (vec![kept[0].clone(), fits.clone()], "it does not have its hash"),
            (vec![text, fits], "the journal does not tell of it"),
        ] {
            changed(&base, put, row);
            let (status, said, _) = told(&verify);
            assert!(status == Some(1) && said.contains(words), "{words}: {said}");
        }
        changed(&base, put, kept);
        assert!(done(&verify).contains("the same when computed again"));
        base.close();

        // A copy, brought back elsewhere. Without the master key it says so, and so does what needs a name.
        let (copy, back) = (path(&temp.path().join("copy")), temp.path().join("back"));
        done(&["backup", &copy, "--dir", &dir]);
        let again = path(&back);
        let said = done(&["restore", &copy, "--dir", &again]);
        assert!(said.contains("put vault.key"), "{said}");
        let (status, _, said) = told(&["vault", "check", "--dir", &again]);
        assert!(status == Some(1) && said.contains("vault.key") && said.contains("cannot be read"), "{said}");
        let (status, _, said) = told(&["serve", "--dir", &again, "--listen", "127.0.0.1:0"]);
        assert!(status == Some(1) && said.contains("vault.key"), "{said}");
        let (status, body) = opened_by_its_owner(&again, &number, &code, file);
        assert!(status >= 400 && !body.contains(LETTER), "{status} {body}");
        assert!(done(&["journal", "verify", "--dir", &again]).starts_with("Whole:"));
        // With it everything opens, the letter byte for byte.
        std::fs::copy(home.join("vault.key"), back.join("vault.key")).unwrap();
        assert!(done(&["vault", "check", "--dir", &again]).contains("and all open"));
        assert_eq!(opened_by_its_owner(&again, &number, &code, file), (200, LETTER.to_owned()));
        // Without the letter's own key the rest opens, and the letter is gone for good.
        let base = past_the_program(&back, &engine);
        changed(
            &base,
            "DELETE FROM sealed_texts WHERE owner = $1 AND slot = $2",
            vec![key[0].clone(), slot_value],
        );
        base.close();
        let (status, body) = opened_by_its_owner(&again, &number, &code, file);
        assert!(matches!(status, 404 | 410) && !body.contains(LETTER), "{status} {body}");
        assert!(done(&["vault", "check", "--dir", &again]).contains("and all open"));
    }
}

#[test]
fn a_site_with_cases_is_looked_over_and_brought_back_with_its_files() {
    looked_over_and_brought_back(0);
}

#[test]
fn a_site_with_cases_on_a_server_is_looked_over_and_brought_back_with_its_files() {
    looked_over_and_brought_back(1);
}
