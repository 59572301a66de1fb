//! Households out of the spreadsheets that people have, on both engines.

use access::testing::{self, small_pack, start};
use access::{SharedSite, accounts::Act};
use db::Db;
use db::testing::each_engine;
use kernel::{Actor, Date, Locale, Scope, Text, UnitId};
use register::households as hh;
use register::import::{ForAll, Options, Report, import_households, unit_said};
use register::{NewUnit, add_in as add_unit};
use std::sync::Arc;

fn open(db: &Db) -> SharedSite {
    open_with(db, small_pack())
}

fn open_with(db: &Db, pack: pack::Pack) -> SharedSite {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    let site = Arc::new(testing::site(db, pack).0);
    let level = site.pack.household.level.clone();
    let act = Act { actor: Actor::System, at: start() };
    let units = [
        ("52", "测试县", "", "county"),
        ("01", "河坝村", "52", "village"),
        ("0101", "一组", "01", &level),
        ("0102", "二组", "01", &level),
        ("02", "坡上村", "52", "village"),
        ("0201", "一组", "02", &level),
    ]
    .map(|(a, b, c, d)| [a, b, c, d].map(str::to_owned));
    let at = site.clone();
    site.db
        .write_now(move |tx| {
            for [code, name, parent, level] in &units {
                let parent = register::units::by_code(tx, parent)?.map(|u| u.id);
                let new = NewUnit {
                    code: code.clone(),
                    name: Text::new(name.clone(), name.clone()),
                    level: level.clone(),
                    kind: "village".into(),
                    parent,
                    from: Some(Date::constant(2020, 1, 1)),
                    ..NewUnit::default()
                };
                add_unit(tx, UnitId::new(act.at, &*at.chance), &new, &act)?;
            }
            Ok(())
        })
        .unwrap();
    register::load_now(&site).unwrap();
    site
}

/// Nothing hangs on a household here.
fn alone(
    tx: &mut dyn db::Tx,
    _: &access::Site,
    _: kernel::HouseholdId,
    change: &mut dyn FnMut(&mut dyn db::Tx) -> kernel::Result<()>,
) -> kernel::Result<()> {
    change(tx)
}

fn import(site: &SharedSite, csv: &str, dry_run: bool) -> Report {
    import_all(site, csv, &ForAll::default(), dry_run).unwrap()
}

fn import_all(site: &SharedSite, csv: &str, all: &ForAll, dry_run: bool) -> kernel::Result<Report> {
    let book = sheets::open_bytes(csv.as_bytes(), "户.csv").unwrap();
    let scope = Scope::system(site.today());
    let options = Options { dry_run, all: all.clone(), ..Options::default() };
    import_households(site, &scope, &book, &options, alone, &|_, _| {})
}

fn count(site: &SharedSite) -> i64 {
    let today = site.today();
    site.db.read_now(move |tx| hh::count(tx, "", today)).unwrap()
}

fn counts(r: &Report) -> [usize; 5] {
    [r.rows, r.added, r.changed, r.known, r.refused.len()]
}

/// The household's cells are empty below the head; digits are full width; one number is of the old form.
const PLAIN: &str = "\
所属村,村民组,姓名,与户主关系,身份证号,联系电话,家庭住址,家庭人口
河坝村,一组,王德贵,户主,１１０１０５１９４９１２３１００２Ｘ,１３８０００１２３４５,一组12号,3
,,李秀英,妻,440524188001010014,,,
,,王建国,长子,110105491231003,,,
坡上村,一组,陈大勇,户主,,13900001111,,2
,,陈小芳,女儿,,,,
";

#[test]
fn a_roster_goes_in_whole_and_the_same_file_twice_changes_nothing() {
    each_engine(|db| {
        let site = open(db);
        let looked = import(&site, PLAIN, true);
        assert_eq!(
            (counts(&looked), count(&site)),
            ([5, 5, 0, 0, 0], 0),
            "{:?}",
            looked.refused.to_bytes(Locale::Zh)
        );
        let done = import(&site, PLAIN, false);
        assert_eq!((counts(&done), count(&site)), ([5, 5, 0, 0, 0], 2));
        assert!(
            done.notes.iter().any(|n| n.zh.contains("第 4 行") && n.zh.contains("15 位")),
            "{:?}",
            done.notes
        );
        let again = import(&site, PLAIN, false);
        assert_eq!((counts(&again), count(&site)), ([5, 0, 0, 5, 0], 2));
        let today = site.today();
        let secret = site.secret.clone();
        site.db
            .read_now(move |tx| {
                let (id, _) = hh::find(tx, &secret, hh::By::Idno("11010519491231002X"), today)?[0];
                let home = hh::get(tx, id)?.unwrap();
                assert_eq!(
                    (home.path.as_str(), home.persons, home.basis.as_str()),
                    ("/52/01/0101/", 3, "表格导入")
                );
                let all = hh::members(tx, id)?;
                let mut relations: Vec<_> = all.iter().map(|m| m.relation).collect();
                relations.sort();
                use hh::Relation::*;
                assert_eq!(relations, [Head, Spouse, Son]);
                // The old number of fifteen digits is found by the new one.
                assert_eq!(hh::find(tx, &secret, hh::By::Idno("110105491231003"), today)?.len(), 1);
                Ok(())
            })
            .unwrap();
        // Somebody more in a household that is known already.
        let more = PLAIN.to_owned() + ",,陈小苗,孙女,,,,\n";
        let grown = import(&site, &more, false);
        assert_eq!((counts(&grown), count(&site)), ([6, 0, 1, 5, 0], 2));
        assert_eq!(counts(&import(&site, &more, false)), [6, 0, 0, 6, 0]);
    });
}

#[test]
fn a_household_with_one_bad_row_comes_back_whole_and_can_be_corrected() {
    each_engine(|db| {
        let site = open(db);
        let bad = "\
村民组,姓名,与户主关系,身份证号
0101,王德贵,户主,110105194912310021
,李秀英,妻,
0102,张三,户主,
,张四,干爹,
0101,赵六,户主,440524188001010014
一组,孙七,户主,
,孙八,子,440524188001010014
";
        let report = import(&site, bad, false);
        assert_eq!((counts(&report), count(&site)), ([7, 1, 0, 0, 6], 1));
        let file = String::from_utf8(report.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        for said in [
            "校验位不对",
            "同一户第 2 行有误",
            "看不懂与户主关系“干爹”",
            "有几个网格都叫“一组”",
            "出现了两次",
        ] {
            assert!(file.contains(said), "{said} in {file}");
        }
        assert!(!file.contains("赵六"), "what went in does not come back: {file}");
        // The file that came back, with its faults mended, goes in.
        let mended = file
            .replace("110105194912310021", "11010519491231002X")
            .replace("干爹", "其他亲属")
            .replace("一组", "0201")
            .replace("440524188001010014", "");
        let report = import(&site, &mended, false);
        assert_eq!(
            (counts(&report), count(&site)),
            ([6, 6, 0, 0, 0], 4),
            "{:?}",
            report.refused.to_bytes(Locale::Zh).map(String::from_utf8)
        );
    });
}

#[test]
fn somebody_of_another_household_and_heads_that_cannot_be_told_apart_are_refused() {
    each_engine(|db| {
        let site = open(db);
        import(&site, PLAIN, false);
        let clash = "网格,户主姓名,身份证号\n0102,王建国,110105491231003\n0102,李四,\n0102,李四,\n";
        let report = import(&site, clash, false);
        assert_eq!((counts(&report), count(&site)), ([3, 1, 0, 0, 2], 3));
        let file = String::from_utf8(report.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        assert!(file.contains("已登记在另一户（0101-001）") && file.contains("户主同名"), "{file}");
        // Nor does a code lead into a grid that the row does not name.
        let elsewhere = "网格,户编号,户主姓名\n0102,0101-001,王小二\n";
        let report = import(&site, elsewhere, false);
        assert_eq!((counts(&report), count(&site)), ([1, 0, 0, 0, 1], 3));
        let file = String::from_utf8(report.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        assert!(file.contains("登记在别的网格"), "{file}");
    });
}

#[test]
fn a_sheet_without_names_is_refused_whole() {
    each_engine(|db| {
        let site = open(db);
        let book = sheets::open_bytes("网格,电话\n0101,1\n".as_bytes(), "x.csv").unwrap();
        let refused = import_households(
            &site,
            &Scope::system(site.today()),
            &book,
            &Options::default(),
            alone,
            &|_, _| {},
        );
        let said = refused.expect_err("a name is missing").say().zh;
        assert!(said.contains("没有找到：姓名。"), "in the words of whoever keeps the list: {said}");
        let nobody = Scope::public(site.today());
        let book = sheets::open_bytes(PLAIN.as_bytes(), "x.csv").unwrap();
        assert!(import_households(&site, &nobody, &book, &Options::default(), alone, &|_, _| {}).is_err());
    });
}

/// A mark is ticked, dated, dated with what it rests on, or has columns of its own for both.
const MARKED: &str = "\
网格,姓名,与户主关系,困难户,困难户依据,是否残疾,立户日期
0101,王德贵,户主,２０２３年４月１日（民政名册）,,否,2020-05-01
,李秀英,妻,,,2022-03-05,
0102,陈大勇,户主,是,村民大会,,2021-01-01
0201,赵六,户主,困难户,,×,2021-01-01
";

fn marks(site: &SharedSite, code: &'static str) -> Vec<(String, bool, String, String)> {
    let today = site.today();
    let read = move |tx: &mut dyn db::Tx| {
        let home = hh::by_code(tx, code)?.expect("a household");
        hh::tags(tx, home.id, today)
    };
    let all = site.db.read_now(read).unwrap();
    let mut all: Vec<_> = all
        .into_iter()
        .map(|f| (f.tag().unwrap().to_owned(), f.person.is_some(), f.from.to_string(), f.basis))
        .collect();
    all.sort();
    all
}

#[test]
fn marks_come_with_their_days_and_what_they_rest_on() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let names: Vec<(String, String)> =
            site.pack.tags.iter().map(|t| (t.id.clone(), t.name.zh.clone())).collect();
        assert!(
            names.iter().any(|(_, zh)| zh == "困难户") && names.iter().any(|(_, zh)| zh == "残疾"),
            "{names:?}"
        );
        let id = |zh: &str| names.iter().find(|(_, n)| n == zh).unwrap().0.clone();
        let report = import(&site, MARKED, false);
        assert_eq!(
            counts(&report),
            [4, 4, 0, 0, 0],
            "{:?}",
            report.refused.to_bytes(Locale::Zh).map(String::from_utf8)
        );
        let day = |s: &str| s.to_owned();
        assert_eq!(
            marks(&site, "0101-001"),
            [
                (id("残疾"), true, day("2022-03-05"), "表格导入".to_owned()),
                (id("困难户"), false, day("2023-04-01"), "民政名册".to_owned()),
            ]
        );
        assert_eq!(
            marks(&site, "0102-001"),
            [(id("困难户"), false, day("2021-01-01"), "村民大会".to_owned())]
        );
        assert_eq!(
            marks(&site, "0201-001"),
            [(id("困难户"), false, day("2021-01-01"), "表格导入".to_owned())]
        );
        assert_eq!(counts(&import(&site, MARKED, false)), [4, 0, 0, 4, 0], "the same file twice");
        // A mark more on what is there, and what cannot be read comes back with its reason.
        let more = "网格,户主姓名,困难户\n0201,赵六,是\n0102,陈大勇,大概\n0101,王德贵,2199-01-01\n";
        let report = import(&site, more, false);
        assert_eq!(counts(&report), [3, 0, 0, 1, 2]);
        let file = String::from_utf8(report.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        assert!(file.contains("“困难户”一栏的“大概”看不懂") && file.contains("不能晚于今天"), "{file}");
        let more = "网格,户主姓名,残疾\n0201,赵六,2024-01-01\n";
        assert_eq!(counts(&import(&site, more, false)), [1, 0, 1, 0, 0]);
        assert_eq!(marks(&site, "0201-001").len(), 2);
        let more = "网格,户主姓名,困难户,困难户认定时间\n0102,孙九,低保证,2023年4月\n";
        assert_eq!(counts(&import(&site, more, false)), [1, 1, 0, 0, 0]);
        let own = [(id("困难户"), false, day("2023-04-01"), "低保证".to_owned())];
        assert_eq!(marks(&site, "0102-002"), own);
    });
}

#[test]
fn a_basis_that_is_too_long_and_a_second_head_send_their_own_household_back_and_no_other() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        assert_eq!(counts(&import(&site, MARKED, false)), [4, 4, 0, 0, 0]);
        let long = "会".repeat(201);
        // Of what is there: a mark whose basis is too long, another head, and one that is right.
        let more = format!(
            "网格,姓名,与户主关系,户编号,残疾,残疾依据,依据\n\
             0102,陈大勇,户主,0102-001,是,{long},\n\
             0101,钱七,户主,0101-001,,,\n\
             0201,赵六,户主,0201-001,是,残疾证,\n\
             0201,周八,户主,,,,{long}\n"
        );
        for dry_run in [true, false] {
            let report = import(&site, &more, dry_run);
            assert_eq!(counts(&report), [4, 0, 1, 0, 3], "{dry_run}");
            let file = String::from_utf8(report.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
            for said in ["“残疾”的依据超过 200 字", "已有户主", "依据超过 200 字"] {
                assert!(file.contains(said), "{said}: {file}");
            }
        }
        assert_eq!(marks(&site, "0201-001").len(), 2, "the one that is right is in");
        assert_eq!(marks(&site, "0102-001").len(), 1, "and nothing of the others");
    });
}

#[test]
fn what_hangs_on_a_household_changes_in_the_same_transaction() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        import(&site, MARKED, false);
        // The counters of one cannot be put right: then its mark is not there either.
        let broken: register::import::Around = |tx, _, _, change| {
            change(tx)?;
            Err(kernel::Error::internal("the counters"))
        };
        let more = "网格,户主姓名,残疾\n0201,赵六,2024-01-01\n";
        let book = sheets::open_bytes(more.as_bytes(), "户.csv").unwrap();
        let scope = Scope::system(site.today());
        let failed = import_households(&site, &scope, &book, &Options::default(), broken, &|_, _| {});
        assert!(failed.is_err());
        assert_eq!(marks(&site, "0201-001").len(), 1, "nothing was written");
        assert_eq!(counts(&import(&site, more, false)), [1, 0, 1, 0, 0]);
    });
}

/// Looked at and imported; both say the same.
fn both(site: &SharedSite, csv: &str) -> ([usize; 5], String) {
    let (looked, done) = (import(site, csv, true), import(site, csv, false));
    let file = |r: &Report| String::from_utf8(r.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
    assert_eq!((counts(&looked), file(&looked)), (counts(&done), file(&done)));
    (counts(&done), file(&done))
}

/// Links the household with the first code to the one with the second.
fn link(site: &SharedSite, other: &'static str, kept: &'static str) {
    let at = site.clone();
    let act = Act { actor: Actor::System, at: site.now() };
    site.db
        .write_now(move |tx| {
            let read = |tx: &mut dyn db::Tx, code| hh::by_code(tx, code).map(|h| h.expect("a household"));
            let (other, kept) = (read(tx, other)?, read(tx, kept)?);
            hh::link_in(tx, &at, &other, &kept, "入户核实", &act)
        })
        .unwrap();
}

/// How many entries stand at the very row with this code.
fn entered(site: &SharedSite, code: &'static str) -> usize {
    let read = move |tx: &mut dyn db::Tx| {
        let home = hh::by_code(tx, code)?.expect("a household");
        hh::members(tx, home.id)
    };
    site.db.read_now(read).unwrap().len()
}

#[test]
fn a_list_that_names_a_linked_row_means_the_household_that_stands_for_it() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let twice = "网格,姓名,与户主关系,身份证号,残疾\n\
            0101,王德贵,户主,11010519491231002X,\n,李秀英,妻,440524188001010014,\n\
            0101,李秀英,户主,,是\n,王建国,子,,\n0102,陈大勇,户主,,\n";
        assert_eq!(both(&site, twice).0, [5, 5, 0, 0, 0]);
        link(&site, "0101-002", "0101-001");
        // Somebody who was entered at the linked row alone, its head, and its code.
        let people = "网格,姓名,与户主关系\n0101,王德贵,户主\n,王建国,子\n";
        assert_eq!(both(&site, people).0, [2, 0, 0, 2, 0]);
        assert_eq!(both(&site, "网格,户主姓名\n0101,李秀英\n").0, [1, 0, 0, 1, 0]);
        let more = "网格,户编号,姓名,与户主关系\n0101,0101-002,李秀英,户主\n,,王小苗,孙女\n";
        assert_eq!(both(&site, more).0, [2, 0, 1, 1, 0]);
        assert_eq!((entered(&site, "0101-001"), entered(&site, "0101-002")), (3, 2), "the kept one grows");
        assert_eq!(both(&site, more).0, [2, 0, 0, 2, 0]);
        // A mark stands where its person was entered, and is not put on again.
        let marked = "网格,姓名,与户主关系,残疾\n0101,王德贵,户主,\n,王建国,子,是\n";
        assert_eq!(both(&site, marked).0, [2, 0, 1, 1, 0]);
        assert_eq!(both(&site, marked).0, [2, 0, 0, 2, 0]);
        assert_eq!(marks(&site, "0101-002").len(), 2, "the son's, and that of the head of the linked row");
        // Linked to a household of another grid: it is entered there.
        link(&site, "0102-001", "0101-001");
        let (n, file) = both(&site, "网格,户主姓名\n0102,陈大勇\n");
        assert_eq!(n, [1, 0, 0, 0, 1]);
        assert!(file.contains("已并入别的网格的 0101-001"), "{file}");
        assert_eq!(count(&site), 1);
    });
}

#[test]
fn a_mark_of_somebody_who_was_entered_twice_is_not_put_on_again() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let one = "网格,姓名,与户主关系,联系电话,残疾\n0101,王德贵,户主,13800012345,\n";
        let other = "网格,姓名,与户主关系,联系电话,残疾\n0102,王德贵,户主,13800012345,是\n";
        assert_eq!((both(&site, one).0, both(&site, other).0), ([1, 1, 0, 0, 0], [1, 1, 0, 0, 0]));
        link(&site, "0102-001", "0101-001");
        assert_eq!(both(&site, "网格,姓名,与户主关系,残疾\n0101,王德贵,户主,是\n").0, [1, 0, 0, 1, 0]);
    });
}

#[test]
fn a_household_is_found_by_its_head_among_however_many_of_that_name() {
    each_engine(|db| {
        let site = open(db);
        let many: String = (0..101).map(|n| format!("0102,张伟,13{n:09}\n")).collect();
        let many = format!("网格,户主姓名,联系电话\n{many}");
        assert_eq!(both(&site, &many).0, [101, 101, 0, 0, 0], "of two telephones each is another");
        assert_eq!(both(&site, "网格,户主姓名\n0101,张伟\n").0, [1, 1, 0, 0, 0]);
        assert_eq!(both(&site, "网格,户主姓名\n0101,张伟\n").0, [1, 0, 0, 1, 0]);
    });
}

#[test]
fn a_household_that_stands_in_the_file_twice_is_looked_at_as_it_is_imported() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let (n, file) =
            both(&site, "网格,户编号,户主姓名\n0101,A-1,王德贵\n0101,A-1,李秀英\n0101,A/2,赵六\n");
        assert_eq!(n, [3, 1, 0, 0, 2]);
        assert!(file.contains("在本表里出现了两次") && file.contains("户编号用字母"), "{file}");
        // One that is known may come twice with what it bears, and brings people in at one place only.
        let marked = "网格,户编号,姓名,与户主关系,困难户,残疾\n\
            0101,A-1,王德贵,户主,是,\n0101,,王小苗,孙女,,是\n\
            0101,A-1,王德贵,户主,是,是\n0101,,王小苗,孙女,,\n";
        let (n, file) = both(&site, marked);
        assert_eq!(n, [4, 0, 2, 0, 2]);
        assert!(file.contains("本表前面已有这一户（A-1）"), "{file}");
        let marked = "网格,户编号,户主姓名,困难户,残疾\n0101,A-1,王德贵,是,\n0101,A-1,王德贵,,是\n0101,A-1,王德贵,,是\n";
        assert_eq!(both(&site, marked).0, [3, 0, 1, 2, 0]);
    });
}

/// Ends the household with this code today.
fn close(site: &SharedSite, code: &'static str) {
    let (at, on) = (site.clone(), site.today());
    let act = Act { actor: Actor::System, at: site.now() };
    site.db
        .write_now(move |tx| {
            let home = hh::by_code(tx, code)?.expect("a household");
            hh::close_in(tx, &at, &home, on, "迁走", &act)
        })
        .unwrap();
}

#[test]
fn a_family_that_comes_back_is_entered_anew_and_not_at_the_household_that_has_ended() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let list = "网格,姓名,与户主关系,身份证号,残疾,立户日期\n0101,王德贵,户主,11010519491231002X,,2021-01-01\n\
            0102,陈大勇,户主,,,2021-01-01\n0102,赵六,户主,,,2021-01-01\n";
        assert_eq!(both(&site, list).0, [3, 3, 0, 0, 0]);
        link(&site, "0102-002", "0102-001");
        close(&site, "0101-001");
        close(&site, "0102-001");
        assert_eq!(count(&site), 0);
        let back = "网格,姓名,与户主关系,身份证号,残疾\n0101,王德贵,户主,11010519491231002X,是\n,李秀英,妻,,\n\
            0102,陈大勇,户主,,\n0102,赵六,户主,,\n";
        assert_eq!(both(&site, back).0, [4, 4, 0, 0, 0]);
        assert_eq!((count(&site), entered(&site, "0101-001"), marks(&site, "0101-001").len()), (3, 1, 0));
        assert_eq!(both(&site, back).0, [4, 0, 0, 4, 0], "and known from then on");
        // Its code means the one that has ended, also that of a row that is linked to it.
        let coded = "网格,户编号,户主姓名\n0101,0101-001,王德贵\n0102,0102-002,赵六\n";
        let (n, file) = both(&site, coded);
        assert_eq!(n, [2, 0, 0, 0, 2]);
        assert!(file.contains("户编号 0101-001 的那一户已于") && file.contains("户编号 0102-001"), "{file}");
    });
}

#[test]
fn a_head_of_the_same_name_with_another_telephone_or_code_is_another() {
    each_engine(|db| {
        let site = open(db);
        let list = "网格,户编号,姓名,与户主关系,联系电话\n";
        let first = format!("{list}0101,,张伟,户主,13800000001\n");
        assert_eq!(both(&site, &first).0, [1, 1, 0, 0, 0]);
        let other = format!("{list}0101,,张伟,户主,13800000002\n,,李秀英,妻,\n");
        assert_eq!(both(&site, &other).0, [2, 2, 0, 0, 0], "nobody is entered at the namesake's");
        assert_eq!((entered(&site, "0101-001"), entered(&site, "0101-002")), (1, 2));
        assert_eq!(both(&site, &format!("{first}{}", &other[list.len()..])).0, [3, 0, 0, 3, 0]);
        // A code that the register does not have is that of another one; without either it is not guessed.
        assert_eq!(both(&site, &format!("{list}0101,A-9,张伟,户主,\n")).0, [1, 1, 0, 0, 0]);
        let (n, file) = both(&site, &format!("{list}0101,,张伟,户主,\n"));
        assert_eq!(n, [1, 0, 0, 0, 1]);
        assert!(file.contains("分不清是哪一户"), "{file}");
        // Where one of both has no telephone the name is enough, unless somebody has that very one.
        assert_eq!(both(&site, &format!("{list}0101,,张伟,户主,13800000003\n")).0, [1, 0, 0, 1, 0]);
        assert_eq!(both(&site, &first).0, [1, 0, 0, 1, 0]);
        assert_eq!(count(&site), 3);
    });
}

#[test]
fn a_code_that_stands_further_down_is_given_to_nobody_else() {
    each_engine(|db| {
        let site = open(db);
        let list = "网格,户编号,户主姓名\n0101,,王德贵\n0101,0101-001,王德贵\n";
        assert_eq!(both(&site, list).0, [2, 2, 0, 0, 0]);
        assert_eq!((count(&site), entered(&site, "0101-002")), (2, 1));
    });
}

/// All rows are in the unit with this code.
fn within(site: &SharedSite, code: &str) -> ForAll {
    let unit = unit_said(site, &register::directory(site), code).expect("a unit").id;
    ForAll { unit: Some(unit), ..ForAll::default() }
}

/// Looked at and imported with what is said for all rows; both say the same.
fn both_all(site: &SharedSite, csv: &str, all: &ForAll) -> ([usize; 5], String) {
    let (looked, done) =
        (import_all(site, csv, all, true).unwrap(), import_all(site, csv, all, false).unwrap());
    let file = |r: &Report| String::from_utf8(r.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
    assert_eq!((counts(&looked), file(&looked)), (counts(&done), file(&done)));
    (counts(&done), file(&done))
}

#[test]
fn all_rows_of_a_roster_can_be_said_to_be_of_one_unit() {
    each_engine(|db| {
        let site = open(db);
        // Without a column for it the sheet says nowhere where the households are.
        let plain = "姓名,与户主关系\n王德贵,户主\n李秀英,妻\n陈大勇,户主\n";
        let refused = import_all(&site, plain, &ForAll::default(), true).expect_err("where?").say().zh;
        assert!(
            refused.contains("没有找到：网格。") && refused.contains("整张表属于哪个村或网格"),
            "{refused}"
        );
        // A grid, or a village with one grid.
        assert_eq!(both_all(&site, plain, &within(&site, "0101")).0, [3, 3, 0, 0, 0]);
        assert_eq!(both_all(&site, plain, &within(&site, "0101")).0, [3, 0, 0, 3, 0], "and not twice");
        assert_eq!(both_all(&site, plain, &within(&site, "坡上村")).0, [3, 3, 0, 0, 0]);
        assert_eq!((count(&site), entered(&site, "0101-001"), entered(&site, "0201-001")), (4, 2, 2));
        // Of a village with several the row says which, by name or number, and no row leads out of it.
        let groups = "组别,户主姓名\n1,赵一\n第二组,赵二\n二组,赵三\n,赵四\n三组,赵五\n0201,赵六\n";
        let (n, file) = both_all(&site, groups, &within(&site, "河坝村"));
        assert_eq!(n, [6, 4, 0, 0, 2], "{file}");
        assert!(
            file.contains("“河坝村”里没有网格“三组”") && file.contains("“河坝村”里没有网格“0201”"),
            "{file}"
        );
        let (n, file) = both_all(&site, "户主姓名\n赵七\n", &within(&site, "01"));
        assert_eq!(n, [1, 0, 0, 0, 1]);
        assert!(file.contains("“河坝村”有几个网格，请写明是哪一个"), "{file}");
        let (n, file) = both_all(&site, "所属村,户主姓名\n坡上村,赵七\n", &within(&site, "0101"));
        assert_eq!(n, [1, 0, 0, 0, 1], "{file}");
    });
}

#[test]
fn the_unit_for_all_rows_is_found_by_name_or_code_and_holds_grids() {
    each_engine(|db| {
        let site = open(db);
        let directory = register::directory(&site);
        let said = |text: &str| unit_said(&site, &directory, text);
        assert_eq!(said("河坝").unwrap().code, "01");
        assert_eq!(said(" ０２０１ ").unwrap().code, "0201");
        assert_eq!(said("坡上村 一组").unwrap().code, "0201");
        let many = said("一组").expect_err("two of them").say().zh;
        assert!(many.contains("河坝村 › 一组、坡上村 › 一组"), "{many}");
        assert!(said("没有村").is_err() && said("").is_err());
        // What is stated for all rows is looked at before any of them.
        let csv = "户主姓名\n赵一\n";
        let long = ForAll { basis: Some("会".repeat(201)), ..within(&site, "0101") };
        let late = ForAll { marked: Some(Date::constant(2199, 1, 1)), ..within(&site, "0101") };
        for (all, field) in [(long, "basis"), (late, "marked")] {
            let refused = import_all(&site, csv, &all, false).expect_err("not so");
            assert!(matches!(&refused, kernel::Error::Invalid(f) if f[0].field == field), "{refused:?}");
        }
        assert_eq!(count(&site), 0);
    });
}

#[test]
fn one_column_names_marks_with_their_day_and_basis_or_those_said_for_all_rows() {
    each_engine(|db| {
        let site = open_with(db, pack::load("county").unwrap());
        let tag = |zh: &str| site.pack.tags.iter().find(|t| t.name.zh == zh).unwrap().id.clone();
        let list = "网格,姓名,与户主关系,类别,认定日期,认定依据,立户日期\n\
            0101,王德贵,户主,困难户、 低保户,2023年4月,民政名册,2020-01-01\n\
            ,李秀英,妻,残疾；退役军人,,,\n\
            0102,陈大勇,户主,困难户　disabled,,,2020-01-01\n\
            0102,赵六,户主,无,,,2020-01-01\n";
        let all = ForAll {
            marked: Some(Date::constant(2024, 6, 1)),
            basis: Some(" 二〇二四年名册 ".into()),
            unit: None,
        };
        assert_eq!(both_all(&site, list, &all).0, [4, 4, 0, 0, 0]);
        let fact = |zh: &str, personal, from: &str, basis: &str| {
            (tag(zh), personal, from.to_owned(), basis.to_owned())
        };
        let mut first = [
            fact("困难户", false, "2023-04-01", "民政名册"),
            fact("低保户", false, "2023-04-01", "民政名册"),
            fact("残疾", true, "2024-06-01", "二〇二四年名册"),
            fact("退役军人", true, "2024-06-01", "二〇二四年名册"),
        ];
        first.sort();
        assert_eq!(marks(&site, "0101-001"), first);
        let mut second = [
            fact("困难户", false, "2024-06-01", "二〇二四年名册"),
            fact("残疾", true, "2024-06-01", "二〇二四年名册"),
        ];
        second.sort();
        assert_eq!(marks(&site, "0102-001"), second);
        assert!(marks(&site, "0102-002").is_empty());
        assert_eq!(both_all(&site, list, &all).0, [4, 0, 0, 4, 0], "the same file twice");
        // What is no mark of the pack sends the household back with those that are; corrected it goes in.
        let more =
            "网格,户主姓名,标签,标签日期\n0101,孙七,五保户、困难户,2023-01-01\n0101,周八,低保户,2199-01-01\n";
        let (n, file) = both_all(&site, more, &all);
        assert_eq!(n, [2, 0, 0, 0, 2]);
        assert!(file.contains("没有“五保户”这个标签。可填：困难户、低保户、独居老人"), "{file}");
        assert!(file.contains("“低保户”的日期不能晚于今天"), "{file}");
        let mended = file.replace("五保户、", "").replace("2199", "2023");
        assert_eq!(both_all(&site, &mended, &all).0, [2, 2, 0, 0, 0]);
        // A map file can say what a word means.
        let words = "网格,户主姓名,标签\n0101,吴九,五保户 残疾\n";
        let map = sheets::Map::parse("[values.tags]\n'五保户' = 'low-income'").unwrap();
        let book = sheets::open_bytes(words.as_bytes(), "户.csv").unwrap();
        let options = Options { map: Some(map), ..Options::default() };
        let scope = Scope::system(site.today());
        let report = import_households(&site, &scope, &book, &options, alone, &|_, _| {}).unwrap();
        assert_eq!(counts(&report), [1, 1, 0, 0, 0]);
        assert!(report.notes.iter().any(|n| n.zh.contains("一户一行")), "{:?}", report.notes);
        assert!(
            report.notes.iter().any(|n| n.zh.contains("有 2 个标签没有写从哪天起")),
            "{:?}",
            report.notes
        );
        assert_eq!(marks(&site, "0101-004").len(), 2);
    });
}

#[test]
fn people_are_grouped_by_code_or_head_wherever_the_head_stands() {
    each_engine(|db| {
        let site = open(db);
        // The head is named in each row, once for all, and comes last; one column says it without relations for heads.
        let named = "网格,户主,姓名,与户主关系,身份证号\n\
            0101,王德贵,李秀英,妻,440524188001010014\n0101,王德贵,王建国,长子,\n0101,王德贵,王德贵,,11010519491231002X\n\
            0101,陈大勇,陈大勇,户主,\n,,陈小芳,女儿,\n\
            0101,赵六,,户主,\n,赵六,孙秀,配偶,\n";
        assert_eq!(both(&site, named).0, [7, 7, 0, 0, 0]);
        assert_eq!((count(&site), entered(&site, "0101-001"), entered(&site, "0101-003")), (3, 3, 2));
        assert_eq!(both(&site, named).0, [7, 0, 0, 7, 0]);
        // The code stands in each row; its digits are full width, and the head comes second.
        let coded = "网格,户编号,姓名,与户主关系\n\
            0102,Ｂ－１,周小,长子\n0102,B-1,周大,户主\n0102,B-2,吴一,户主\n,,吴二,户主之妻\n";
        assert_eq!(both(&site, coded).0, [4, 4, 0, 0, 0]);
        assert_eq!((entered(&site, "B-1"), entered(&site, "B-2")), (2, 2));
        assert_eq!(both(&site, coded).0, [4, 0, 0, 4, 0]);
        // A row without a name is nobody, least of all the head once more.
        let (n, file) =
            both(&site, "网格,户主,姓名,与户主关系,联系电话\n0102,蒋一,蒋一,户主,\n,,,,13800001111\n");
        assert_eq!(n, [2, 0, 0, 0, 2]);
        assert!(file.contains("姓名没有填写") && file.contains("与户主关系没有填写"), "{file}");
        // Nobody becomes a household of their own where relations are missing, and nobody is guessed.
        let (n, file) = both(&site, "网格,户主,姓名\n0101,郑一,郑一\n,郑一,郑二\n0101,冯一,冯二\n");
        assert_eq!(n, [3, 0, 0, 0, 3]);
        assert!(
            file.contains("不是户主的人要写明与户主关系") && file.contains("户主“冯一”自己没有一行"),
            "{file}"
        );
        assert_eq!(count(&site), 5);
    });
}

#[test]
fn running_numbers_group_the_people_of_a_list_and_are_no_codes() {
    each_engine(|db| {
        let site = open(db);
        // Every village counts from 1, and here every group does.
        let first = "网格,户编号,姓名,与户主关系\n\
            0101,１,王德贵,户主\n0101,1,李秀英,妻\n0101,2,陈大勇,户主\n0102,1,赵六,户主\n0102,2,孙七,户主\n";
        let other = "网格,户编号,姓名,与户主关系\n0201,1,周八,户主\n0201,1,吴九,妻\n";
        assert_eq!(both(&site, first).0, [5, 5, 0, 0, 0]);
        assert_eq!(both(&site, other).0, [2, 2, 0, 0, 0]);
        assert_eq!((count(&site), entered(&site, "0101-001"), entered(&site, "0201-001")), (5, 2, 2));
        assert_eq!(both(&site, first).0, [5, 0, 0, 5, 0]);
        let report = import(&site, other, true);
        assert!(report.notes.iter().any(|n| n.zh.contains("只用来分清哪些人是一户")), "{:?}", report.notes);
    });
}

#[test]
fn rows_that_come_back_keep_what_stood_in_a_merged_cell_above_them() {
    each_engine(|db| {
        let site = open(db);
        // The grid is written once over its households, and the one that is wrong is not the first of either.
        let merged = "网格,户编号,姓名,与户主关系,联系电话\n\
            0101,A-1,王德贵,户主,\n,A-2,陈大勇,户主,12\n,,陈小芳,女儿,\n\
            0102,B-1,赵六,户主,\n,B-2,孙七,户主,12\n";
        let (n, file) = both(&site, merged);
        assert_eq!(n, [5, 2, 0, 0, 3]);
        let mended = file.replace(",12", ",13800001111");
        assert_eq!(both(&site, &mended).0, [3, 3, 0, 0, 0], "{file}");
        let path = |code: &'static str| {
            site.db.read_now(move |tx| Ok(hh::by_code(tx, code)?.expect("there").path)).unwrap()
        };
        assert_eq!((path("A-2"), path("B-2")), ("/52/01/0101/".to_owned(), "/52/01/0102/".to_owned()));
        assert_eq!(entered(&site, "A-2"), 2);
    });
}

#[test]
fn somebody_who_stands_in_a_new_household_twice_is_not_entered_twice() {
    each_engine(|db| {
        let site = open(db);
        let twice = "网格,姓名,与户主关系,身份证号\n0101,王德贵,户主,\n,王建国,长子,\n,王建国,次子,\n0101,陈大勇,户主,\n";
        let (n, file) = both(&site, twice);
        assert_eq!((n, count(&site)), ([4, 1, 0, 0, 3], 1));
        assert!(file.contains("同一个姓名写了两行"), "{file}");
        // With numbers they are two.
        let two = "网格,姓名,与户主关系,身份证号\n0102,赵六,户主,\n,赵小,长子,11010519491231002X\n,赵小,次子,440524188001010014\n";
        assert_eq!(both(&site, two).0, [3, 3, 0, 0, 0]);
        assert_eq!((entered(&site, "0102-001"), both(&site, two).0), (3, [3, 0, 0, 3, 0]));
    });
}

#[test]
fn a_household_stands_where_the_list_says_and_otherwise_where_its_grid_does() {
    each_engine(|db| {
        let site = open(db);
        let text = "所属村,村民组,姓名,与户主关系,身份证号,经度,纬度\n\
            河坝村,一组,王德贵,户主,,106.812345,27.654321\n\
            ,,李秀英,妻,,,\n\
            坡上村,一组,陈大勇,户主,,,\n\
            坡上村,一组,赵一,户主,,106.8,\n\
            坡上村,一组,钱二,户主,,27.6,106.8\n";
        let done = import(&site, text, false);
        assert_eq!(counts(&done), [5, 3, 0, 0, 2], "{:?}", done.refused.to_bytes(Locale::Zh));
        let refused = String::from_utf8(done.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        assert!(
            refused.contains("经度和纬度要一起填") && refused.contains("经度或纬度超出范围"),
            "{refused}"
        );
        let sql = "SELECT lon_e6, lat_e6 FROM households ORDER BY lon_e6 IS NULL";
        let rows = site
            .db
            .read_now(move |tx| {
                tx.query_map(&db::Stmt::dynamic("places", sql), &[], |r| {
                    Ok((r.get::<Option<i64>>(0)?, r.get::<Option<i64>>(1)?))
                })
            })
            .unwrap();
        assert_eq!(rows, [(Some(106_812_345), Some(27_654_321)), (None, None)]);
    });
}
