//! Units and accounts out of spreadsheets, on both engines.

use access::testing::{self, small_pack};
use access::{SharedSite, accounts, session};
use db::Db;
use db::testing::each_engine;
use kernel::{Date, Error, Locale, Role, Scope};
use register::directory;
use register::import::{Options, Report, import_accounts, import_outlines, import_units};
use sheets::{Map, Workbook, open_bytes};
use std::sync::Arc;

fn open(db: &Db) -> SharedSite {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS].concat()).unwrap();
    Arc::new(testing::site(db, small_pack()).0)
}

fn book(csv: &str) -> Workbook {
    open_bytes(csv.as_bytes(), "表.csv").unwrap()
}

fn system(site: &SharedSite) -> Scope {
    Scope::system(site.today())
}

fn units(site: &SharedSite, csv: &str, dry_run: bool) -> Report {
    let options = Options { dry_run, ..Options::default() };
    import_units(site, &system(site), &book(csv), &options, &|_, _| {}).unwrap()
}

fn people(site: &SharedSite, csv: &str, options: &Options) -> Report {
    import_accounts(site, &system(site), &book(csv), options, &|_, _| {}).unwrap()
}

fn counts(r: &Report) -> (usize, usize, usize, usize) {
    assert_eq!(r.rows, r.added + r.changed + r.known + r.refused.len(), "every row is accounted for");
    (r.added, r.changed, r.known, r.refused.len())
}

fn reasons(r: &Report) -> Vec<String> {
    r.refused
        .rows
        .iter()
        .map(|x| x.reasons.iter().map(|s| s.zh.as_ref()).collect::<Vec<&str>>().join(" "))
        .collect()
}

/// Children stand before their parents, as they do in people's files.
const UNITS: &str = "\
单位名称,单位编码,上级单位,单位类型,联系电话\n\
河坝村,520101,构树镇,村,\n\
三组,,河坝村,,\n\
四组,,河坝村,组,\n\
构树镇,5201,52,乡镇,0851-2222333\n\
规建办,5201-gj,构树镇,乡镇办公室,8021\n\
测试县,52,,,\n\
县中心,52-c,测试县,县中心,\n";

#[test]
fn units_go_in_whole_in_any_order_and_never_twice() {
    each_engine(|db| {
        let site = open(db);
        let look = units(&site, UNITS, true);
        assert_eq!(counts(&look), (7, 0, 0, 0), "{:?}", reasons(&look));
        assert!(look.dry_run && look.preview.len() == 7 && look.say().zh.contains("将新增 7"));
        assert!(directory(&site).is_empty(), "looking changes nothing");
        let done = units(&site, UNITS, false);
        assert_eq!(counts(&done), (7, 0, 0, 0));
        let d = directory(&site);
        assert_eq!(d.by_code("520101").unwrap().path, "/52/5201/520101/");
        // Codes that were not given follow the unit above; level and kind too.
        let third = d.by_code("52010101").unwrap();
        assert_eq!(
            (third.name.zh.as_str(), third.level.as_str(), third.kind.as_str()),
            ("三组", "group", "group")
        );
        assert_eq!(d.by_code("52010102").unwrap().name.zh, "四组");
        assert_eq!(d.by_code("5201").unwrap().phone.as_deref(), Some("0851-2222333"));
        let again = units(&site, UNITS, false);
        assert_eq!(counts(&again), (0, 0, 7, 0));
        assert_eq!(directory(&site).len(), 7);
        let verified = site.db.snapshot_now(|tx| journal::verify(tx, &|_| {})).unwrap();
        assert!(verified.faults.is_empty());
    });
}

#[test]
fn rows_that_cannot_be_taken_say_why_and_the_rest_goes_in() {
    each_engine(|db| {
        let site = open(db);
        units(&site, UNITS, false);
        let csv = "\
单位名称,单位编码,上级单位,单位类型,联系电话,纬度\n\
大坡镇,5202,测试县,乡镇,,27.5\n\
河坝村,520201,大坡镇,村,,\n\
五组,,河坝村,,,\n\
孤村,520901,没有的镇,村,,\n\
别名,5201,测试县,乡镇,,\n\
怪单位,5203,测试县,衙门,,\n\
空格,52 04,测试县,乡镇,,\n\
构树镇,5201,测试县,,8888,\n\
北纬,5205,测试县,乡镇,,北\n\
极北,5206,测试县,乡镇,,97.5\n\
又一县,53,,,,\n";
        let r = units(&site, csv, false);
        assert_eq!(counts(&r), (2, 1, 0, 8));
        let why = reasons(&r);
        for (word, n) in [
            ("几个单位都叫“河坝村”", 1),
            ("没有找到上级单位“没有的镇”", 1),
            ("5201 已经是“构树镇”", 1),
            ("衙门", 1),
            ("编码用字母", 1),
            ("不是数字", 1),
            ("超出范围", 1),
            ("没有填写上级", 1),
        ] {
            assert_eq!(why.iter().filter(|w| w.contains(word)).count(), n, "{word}: {why:?}");
        }
        for row in &r.refused.rows {
            for say in &row.reasons {
                assert!(!say.en.is_empty() && say.en != say.zh);
            }
        }
        let d = directory(&site);
        assert_eq!(d.by_code("5201").unwrap().phone.as_deref(), Some("8888"));
        assert_eq!(d.by_code("5202").unwrap().lat, Some(27.5));
        assert!(d.by_code("520901").is_none());
        // The file of refusals, corrected, goes in.
        let file = String::from_utf8(r.refused.to_bytes(Locale::Zh).unwrap()).unwrap();
        assert!(file.contains("没有的镇") && file.contains("退回原因"));
        let corrected = file.replace("没有的镇", "大坡镇").replace("衙门", "乡镇");
        let second = import_units(
            &site,
            &system(&site),
            &open_bytes(corrected.as_bytes(), "x.csv").unwrap(),
            &Options::default(),
            &|_, _| {},
        )
        .unwrap();
        assert_eq!((second.added, second.refused.len()), (2, 6), "{:?}", reasons(&second));
    });
}

#[test]
fn a_sheet_without_names_is_refused_whole() {
    let db = db::testing::sqlite();
    let site = open(&db);
    let nothing = book("单位编码,联系电话,单位地址\n1,2,3\n4,5,6\n");
    let error = import_units(&site, &system(&site), &nothing, &Options::default(), &|_, _| {}).unwrap_err();
    assert!(matches!(error, Error::Refused { code: "no-name-column", .. }), "{error:?}");
    let nothing = book("姓名,手机号码\n甲,13800001234\n乙,13800001235\n");
    let error =
        import_accounts(&site, &system(&site), &nothing, &Options::default(), &|_, _| {}).unwrap_err();
    assert!(matches!(error, Error::Refused { code: "columns-missing", .. }), "{error:?}");
    let clerk = Scope::public(site.today());
    assert!(import_units(&site, &clerk, &book(UNITS), &Options::default(), &|_, _| {}).is_err());
}

const PEOPLE: &str = "\
姓名,登录名,所在单位,岗位,手机号码,任职日期,离任日期\n\
周启明,zhouqm,规建办,承办干部,13800001234,2026年1月5日,\n\
周启明,zhouqm,构树镇,unit lead,13800001234,2026-02-01,\n\
何秀兰,,520101,窗口人员,138 0000 1235,,\n";

#[test]
fn accounts_go_in_with_their_posts_and_never_twice() {
    each_engine(|db| {
        let site = open(db);
        units(&site, UNITS, false);
        let look = people(&site, PEOPLE, &Options { dry_run: true, ..Options::default() });
        assert_eq!(counts(&look), (2, 1, 0, 0), "{:?}", reasons(&look));
        assert!(look.passwords.is_empty());
        assert!(site.db.read_now(|tx| accounts::by_login(tx, "zhouqm")).unwrap().is_none());
        let done = people(&site, PEOPLE, &Options::default());
        assert_eq!(counts(&done), (2, 1, 0, 0));
        assert_eq!(done.passwords.len(), 2);
        let (zhou, he) = site
            .db
            .read_now(|tx| Ok((accounts::by_login(tx, "zhouqm")?, accounts::by_login(tx, "13800001235")?)))
            .unwrap();
        let (zhou, he) = (zhou.unwrap(), he.unwrap());
        assert!(zhou.must_change && he.name == "何秀兰");
        let posts = site.db.read_now(move |tx| session::posts_of(tx, zhou.id)).unwrap();
        let held: Vec<_> = posts.iter().map(|p| (p.role, p.path.as_str(), p.from)).collect();
        assert_eq!(
            held,
            [
                (Role::Lead, "/52/5201/", Date::constant(2026, 2, 1)),
                (Role::Officer, "/52/5201/5201-gj/", Date::constant(2026, 1, 5))
            ]
        );
        let shown = format!("{:?}", done.passwords[0]);
        assert!(!shown.contains(&done.passwords[0].password), "{shown}");
        let again = people(&site, PEOPLE, &Options::default());
        assert_eq!(counts(&again), (0, 0, 3, 0));
        assert!(again.passwords.is_empty());
    });
}

#[test]
fn people_that_cannot_be_taken_say_why() {
    each_engine(|db| {
        let site = open(db);
        units(&site, UNITS, false);
        people(&site, PEOPLE, &Options::default());
        let csv = "\
姓名,登录名,所在单位,岗位,手机号码,任职日期,离任日期\n\
吴成,wu,没有的站,承办干部,,,\n\
吴成,wu,规建办,镇长,,,\n\
吴成,,规建办,承办干部,,,\n\
别人,zhouqm,规建办,承办干部,,,\n\
吴成,wu,规建办,承办干部,,昨天,\n\
吴成,wu,规建办,承办干部,,2026-03-01,2026-02-01\n\
,wu,规建办,承办干部,,,\n\
陈思远,chen,规建办,镇长,,,\n";
        let r = people(&site, csv, &Options::default());
        assert_eq!(counts(&r), (0, 0, 0, 8));
        let why = reasons(&r);
        for (at, word) in [
            "没有找到单位",
            "不知道“镇长”",
            "至少填一个",
            "已经是“周启明”",
            "看不懂日期",
            "晚于任职",
            "姓名没有填写",
        ]
        .iter()
        .enumerate()
        {
            assert!(why[at].contains(word), "{word}: {}", why[at]);
        }
        // A map file says which title carries which role.
        let map = Map::parse("[values.role]\n\"镇长\" = \"lead\"\n").unwrap();
        let r = people(&site, csv, &Options { map: Some(map), ..Options::default() });
        assert_eq!(counts(&r), (2, 0, 0, 6), "{:?}", reasons(&r));
        // One refused row of a person does not keep their good ones out, and nothing is half there.
        let chen = site.db.read_now(|tx| accounts::by_login(tx, "chen")).unwrap().unwrap();
        let posts = site.db.read_now(move |tx| session::posts_of(tx, chen.id)).unwrap();
        assert_eq!((posts.len(), posts[0].role), (1, Role::Lead));
    });
}

/// A feature about a unit, with one square at (`west`, 27).
fn square(about: &str, west: f64) -> String {
    let east = west + 0.1;
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{{about}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":\
         [[[{west},27],[{east},27],[{east},27.1],[{west},27.1],[{west},27]]]}}}}"
    )
}

fn collection(features: &[String]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","))
}

#[test]
fn outlines_go_in_by_code_or_name_and_never_twice() {
    each_engine(|db| {
        let site = open(db);
        units(&site, UNITS, false);
        // A village alone is not reached on the map: it says what else it needs.
        let alone = collection(&[square("\"name\":\"河坝村\"", 106.05)]);
        let dry = import_outlines(&site, &system(&site), &alone, true).unwrap();
        assert!(
            dry.notes.len() == 1 && dry.notes[0].zh.contains("1 个上级单位还没有边界（构树镇）"),
            "{dry:?}"
        );
        let map = collection(&[square("\"编码\":\"5201\"", 106.0), square("\"name\":\"河坝村\"", 106.05)]);
        let dry = import_outlines(&site, &system(&site), &map, true).unwrap();
        assert_eq!((dry.features, dry.drawn, dry.known, dry.refused.len()), (2, 2, 0, 0));
        assert!(dry.notes.is_empty(), "{:?}", dry.notes);
        let dir = directory(&site);
        let (county, town) = (dir.by_code("52").unwrap().id, dir.by_code("5201").unwrap().id);
        let drawn = |unit| site.db.read_now(move |tx| register::outline::below(tx, unit)).unwrap();
        assert!(drawn(county).is_empty(), "a look writes nothing");

        let done = import_outlines(&site, &system(&site), &map, false).unwrap();
        assert_eq!((done.drawn, done.known), (2, 0));
        let [(id, rings)] = &drawn(county)[..] else { panic!("one town") };
        assert_eq!((*id, rings.len(), rings[0].len()), (town, 1, 5));
        assert!(register::outline::contains(rings, (106.05, 27.05)));
        assert!(!register::outline::contains(rings, (106.05, 27.15)));
        assert_eq!(drawn(town).len(), 1, "the village was found by its name");
        let again = import_outlines(&site, &system(&site), &map, false).unwrap();
        assert_eq!((again.drawn, again.known), (0, 2));
        let told = site.db.read_now(move |tx| journal::events(tx, town.0)).unwrap();
        assert_eq!(told.iter().filter(|e| e.kind == "unit-outlined").count(), 1);

        let stranger = import_outlines(&site, &Scope::public(site.today()), &map, false);
        assert!(stranger.is_err(), "{stranger:?}");
    });
}

#[test]
fn outlines_that_cannot_be_are_refused_each_with_its_reason() {
    each_engine(|db| {
        let site = open(db);
        units(&site, UNITS, false);
        let ring = |points: &str| {
            format!(
                "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"5201\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{points}]]}}}}"
            )
        };
        let many: Vec<String> = (0..5_001).map(|i| format!("[{},27]", 100.0 + f64::from(i) / 1e4)).collect();
        let bad = [
            (square("\"code\":\"999\"", 106.0), "没有编码为“999”的单位"),
            (square("\"name\":\"没有这个村\"", 106.0), "没有叫“没有这个村”的单位"),
            (square("", 106.0), "没有写是哪个单位"),
            (ring("[27,106],[27.1,106],[27.1,106.1],[27,106]"), "写反了"),
            (ring("[36500000,3000000],[36500100,3000000],[36500100,3000100],[36500000,3000000]"), "不是经纬度"),
            (ring("[106,27],[106.1,27],[106.1,27.1],[106,27.1]"), "没有闭合"),
            (ring("[\"x\",27]"), "坐标读不懂"),
            (ring(&format!("{},[100,27]", many.join(","))), "最多 5000 个"),
            (
                "{\"type\":\"Feature\",\"properties\":{\"code\":\"5201\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[106,27]}}"
                    .to_owned(),
                "点和线不是边界",
            ),
        ];
        let mut all: Vec<String> = bad.iter().map(|(f, _)| f.clone()).collect();
        all.push(square("\"code\":\"520101\"", 106.0));
        all.push(square("\"name\":\"测试县\"", 106.0));
        all.push(square("\"code\":\"52\"", 107.0));
        let done = import_outlines(&site, &system(&site), &collection(&all), false).unwrap();
        assert_eq!((done.features, done.drawn, done.refused.len()), (12, 1, 11));
        for ((n, _, why), (_, said)) in done.refused.iter().zip(&bad) {
            assert!(why.zh.contains(said), "feature {n}: {}", why.zh);
        }
        // Neither of two of one unit goes in, not even once the refused ones are imported as they are.
        for (n, _, why) in &done.refused[9..] {
            assert!(why.zh.contains("有 2 个图形"), "feature {n}: {}", why.zh);
        }
        // The file of what was refused has the reasons, and is imported once it is corrected.
        let rest = done.rest.unwrap();
        assert!(rest.contains("没有叫“没有这个村”的单位"), "{rest}");
        let corrected = rest.replace("没有这个村", "县中心");
        let then = import_outlines(&site, &system(&site), &corrected, false).unwrap();
        assert_eq!((then.drawn, then.refused.len()), (1, 10));

        for (text, code) in [
            ("{", "no-geojson"),
            ("{}", "no-features"),
            (
                "{\"type\":\"FeatureCollection\",\"crs\":{\"properties\":{\"name\":\"EPSG:4547\"}},\"features\":[{}]}",
                "other-coordinates",
            ),
        ] {
            let refused = import_outlines(&site, &system(&site), text, false);
            assert!(
                matches!(&refused, Err(Error::Refused { code: c, .. }) if *c == code),
                "{text}: {refused:?}"
            );
        }
    });
}
