//! The built-in packs are sound, and what is wrong with others is named with file, line and what to do.

use crate::*;
use kernel::Locale;
use proptest::prelude::*;
use rules::case::{ClockKind, Evidence, Kind, State, Urgency, Verb};
use rules::deadline::Limit;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static COUNTY: LazyLock<Pack> = LazyLock::new(|| builtin("county"));

fn builtin(name: &str) -> Pack {
    load_builtin(name).unwrap_or_else(|f| panic!("{name}:\n{f}"))
}

/// The problems of a pack that extends the county by `text`.
fn problems(text: &str) -> Vec<Problem> {
    let dir = tempfile::tempdir().expect("a directory");
    let head = "id = \"try\"\nname = { zh = \"试\", en = \"Try\" }\nversion = \"1\"\nextends = \"county\"\n";
    std::fs::write(dir.path().join("try.toml"), format!("{head}{text}")).expect("a file");
    match load_dir(dir.path()) {
        Ok(_) => Vec::new(),
        Err(f) => f.problems,
    }
}

/// The one problem, which has to stand in our file on `line` (counted below the four lines of the head).
fn one(text: &str, line: usize) -> String {
    let found = problems(text);
    let mine: Vec<_> = found.iter().filter(|p| p.file.ends_with("try.toml")).collect();
    assert!(mine.iter().any(|p| p.line == line + 4), "{text}: {found:#?}");
    mine.iter().map(|p| format!("{}\n{}\n", p.text.zh, p.text.en)).collect()
}

#[test]
fn every_built_in_pack_is_sound() {
    for name in builtin_names() {
        assert_eq!(builtin(name).id, name);
    }
}

#[test]
fn every_file_of_a_built_in_pack_is_in_the_program() {
    for (name, files) in BUILTIN {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name);
        let mut there: Vec<String> = std::fs::read_dir(&dir)
            .expect("the packs' directory")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|f| f.ends_with(".toml"))
            .collect();
        there.sort();
        assert_eq!(there, files.iter().map(|(f, _)| (*f).to_owned()).collect::<Vec<_>>(), "{name}");
        let from_dir = load_dir(&dir).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(from_dir.classes, builtin(name).classes);
    }
}

#[test]
fn the_county_has_classes_on_three_levels_and_forms_for_the_ones_that_ask() {
    let p = &*COUNTY;
    let depth = |n| p.classes.iter().filter(|c| c.depth() == n).count();
    assert!(depth(1) >= 14 && depth(2) >= 70 && depth(3) >= 260, "{} {} {}", depth(1), depth(2), depth(3));
    assert!(p.forms.len() >= 8);
    assert_eq!(p.classes_below(None).count(), depth(1));
    assert!(p.classes.iter().filter(|c| c.stop.is_some()).count() >= 8);
    let used: std::collections::BTreeSet<&str> = p.classes.iter().filter_map(|c| c.form.as_deref()).collect();
    assert_eq!(used.len(), p.forms.len(), "every form is asked somewhere: {used:?}");
    let tracks: std::collections::BTreeSet<&str> =
        p.classes.iter().filter(|c| c.is_leaf()).map(|c| c.track.as_str()).collect();
    assert_eq!(tracks.len(), p.tracks.len(), "every track is taken by some class: {tracks:?}");
    for kind in Kind::ALL {
        assert!(p.classes.iter().any(|c| c.is_leaf() && c.kind == *kind), "{kind:?}");
    }
    let names: Vec<&str> = p.class_path("01.04.01").iter().map(|t| t.zh.as_str()).collect();
    assert_eq!(names, ["城乡建设与公用设施", "路灯照明", "路灯不亮"]);
}

#[test]
fn a_class_inherits_what_it_does_not_say() {
    let lamp = COUNTY.class("01.04.01").unwrap();
    assert_eq!((lamp.kind, lamp.track.as_str(), lamp.urgency), (Kind::Help, "standard", Urgency::Ordinary));
    assert_eq!(lamp.handler, "township-construction");
    assert_eq!(lamp.evidence, [Evidence::Before, Evidence::After]);
    assert_eq!(lamp.form.as_deref(), Some("lamp"));
    // An empty key takes away what stands above.
    let violence = COUNTY.classes.iter().find(|c| c.name.zh == "家庭暴力").unwrap();
    assert_eq!(violence.form, None);
    assert!(COUNTY.form_of(&lamp.code).is_some_and(|f| f.questions.len() == 3));
    assert_eq!(COUNTY.evidence("01.04.01", true), [Evidence::Document, Evidence::Contact]);
}

#[test]
fn the_limit_that_fits_closest_applies() {
    let limit = |class: &str, kind, urgency, clock| {
        let rule = COUNTY.limit(class, kind, urgency, clock).unwrap();
        (rule.id.as_str(), rule.limit)
    };
    use ClockKind::{Answer, Dispatch};
    use Urgency::{Emergency, Ordinary, Urgent};
    let code =
        |zh: &str| COUNTY.classes.iter().find(|c| c.is_leaf() && c.name.zh == zh).unwrap().code.as_str();
    let road = code("道路硬化");
    assert_eq!(limit(road, Kind::Help, Ordinary, Answer), ("answer", Limit::WorkingDays(5)));
    assert_eq!(limit(road, Kind::Consultation, Ordinary, Answer).1, Limit::WorkingDays(2));
    assert_eq!(limit(road, Kind::Suggestion, Ordinary, Answer).1, Limit::WorkingDays(10));
    assert_eq!(limit(road, Kind::Complaint, Ordinary, Answer).1, Limit::WorkingDays(15));
    assert_eq!(limit(road, Kind::Complaint, Urgent, Answer).1, Limit::Hours(24));
    assert_eq!(limit(road, Kind::Complaint, Emergency, Answer).1, Limit::Hours(2));
    assert_eq!(limit(road, Kind::Help, Emergency, Dispatch).1, Limit::Hours(1));
    // What the class names goes before its kind and before haste, not before an emergency.
    assert_eq!(limit(code("拖欠工资"), Kind::Complaint, Urgent, Answer).0, "answer-complex");
    assert_eq!(limit(code("拖欠工资"), Kind::Complaint, Emergency, Answer).0, "answer-emergency");
    // The track goes before kind and haste.
    assert_eq!(limit(code("邻里纠纷"), Kind::Dispute, Urgent, Answer).1, Limit::CalendarDays(30));
    assert_eq!(limit(code("补偿标准异议"), Kind::Complaint, Ordinary, Answer).0, "answer-major");
    assert_eq!(COUNTY.track("major").unwrap().clocks[&Answer], Limit::CalendarDays(60));
    assert_eq!(COUNTY.track("standard").unwrap().clocks[&Answer], Limit::WorkingDays(5));
}

#[test]
fn a_class_is_found_by_what_people_say() {
    let first =
        |typed: &str| COUNTY.find_classes(typed, 5).first().map(|c| c.name.zh.clone()).unwrap_or_default();
    for (typed, name) in [
        ("路灯不亮", "路灯不亮"),
        ("我们村的路灯坏了三天都不亮", "路灯不亮"),
        ("老板欠薪半年不发工资", "拖欠工资"),
        ("01.04.02", "申请装路灯"),
        ("低保 申请", "低保申请"),
        ("pothole", "路面坑洼破损"),
        ("没信号", "手机没信号"),
        ("自来水浑浊，已经三天没有好", "水质浑浊有味"),
        ("村口到小学一段路灯全灭了", "路灯不亮"),
    ] {
        assert_eq!(first(typed), name, "{typed}");
    }
    assert!(COUNTY.find_classes("  ", 5).is_empty());
    assert!(COUNTY.find_classes("zzzz", 5).is_empty());
    assert!(COUNTY.find_classes("补贴", 3).len() <= 3);
}

#[test]
fn a_handler_is_looked_for_at_the_place_or_above() {
    let at = |kind: &str| COUNTY.handler_rule(kind).map(|r| (r.ancestor.to_owned(), r.child)).unwrap();
    assert_eq!(at("township-construction"), ("township".to_owned(), true));
    assert_eq!(at("county-water"), ("county".to_owned(), true));
    assert_eq!(at("village"), ("village".to_owned(), false));
    let alone = |kind: &str| COUNTY.handler_without_place(kind).map(|k| k.id.as_str());
    assert_eq!(alone("village"), Some("county-centre"));
    assert_eq!(alone("township-construction"), Some("county-housing"));
    assert_eq!(alone("county-water"), Some("county-water"));
    assert_eq!(alone("nobody"), None);
}

#[test]
fn a_template_is_filled_in_one_pass() {
    let values = BTreeMap::from([
        ("site", "连心".to_owned()),
        ("number", "LX1".to_owned()),
        ("title", "{code}".to_owned()),
    ]);
    let filled = COUNTY.template("accepted").unwrap().fill(Locale::Zh, &values);
    assert_eq!(filled.subject, "已受理：LX1");
    assert!(
        filled.body.starts_with("【连心】您反映的“{code}”已受理，编号LX1，查询码，封存码。"),
        "{}",
        filled.body
    );
    let english = COUNTY.template("accepted").unwrap().fill(Locale::En, &values);
    assert!(english.body.starts_with("[连心] Your request"));
}

#[test]
fn a_message_too_long_for_two_parts_of_an_sms_is_refused() {
    let body = "字".repeat(SMS_CHARS + 1);
    let text = format!("[[template]]\nid = \"closed\"\nbody = {{ zh = \"{body}\", en = \"x\" }}");
    assert!(one(&text, 3).contains("超过 140 个"));
}

#[test]
fn answers_for_a_class_come_first() {
    let ids: Vec<&str> = COUNTY.answers_for("03.02.01").iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids[0], "road-repaired");
    assert!(ids.contains(&"done") && !ids.contains(&"mediated"));
}

#[test]
fn zunyi_does_not_strike_off_what_is_not_solved() {
    let p = builtin("zunyi");
    for id in ["standard", "urgent", "major"] {
        let t = p.track(id).unwrap();
        assert!(t.step(State::Unsolvable).is_none());
        assert!(t.steps.iter().flat_map(|s| &s.edges).all(|e| e.verb != Verb::Decline));
        assert!(
            t.edges(State::Review)
                .iter()
                .filter(|e| e.verb == Verb::Rule)
                .all(|e| e.to == Some(State::Rework))
        );
    }
    assert!(p.track("mediation").unwrap().step(State::Unsolvable).is_some());
    let levels: Vec<&str> = p.levels.iter().filter(|l| l.place).map(|l| l.id.as_str()).collect();
    assert_eq!(levels, ["county", "township", "village", "group"]);
    assert!(p.views.iter().any(|v| v.daily && v.id == "feedback"));
    assert_eq!(
        p.limit("01.04.01", Kind::Help, Urgency::Ordinary, ClockKind::Dispatch).unwrap().limit,
        Limit::WorkingDays(1)
    );
    assert_eq!(p.templates.len(), COUNTY.templates.len());
}

#[test]
fn pingxiang_keeps_ordinary_matters_in_the_township_and_sends_major_ones_to_the_leading_group() {
    let p = builtin("pingxiang");
    let handler = |code: &str| p.class(code).unwrap().handler.as_str();
    assert_eq!(handler("01.01.01"), "township-construction");
    assert_eq!(handler("04.01.02"), "township-affairs");
    let road = p.class("03.01.01").unwrap();
    assert!(road.major && road.track == "major" && !COUNTY.class("03.01.01").unwrap().major);
    assert_eq!(road.name, COUNTY.class("03.01.01").unwrap().name);
    assert!(p.channel("groups").is_some() && p.channels.len() == COUNTY.channels.len() + 1);
    for (id, words) in
        [("accepted", "第1条"), ("handling", "第2条"), ("result", "第3条"), ("officer-assigned", "第2条")]
    {
        let t = p.template(id).unwrap();
        assert!(t.body.zh.contains(words));
        assert_eq!(t.subject, COUNTY.template(id).unwrap().subject);
    }
    assert_eq!((p.demo.villages, p.demo.groups, p.demo.households), (18, 79, 6556));
}

#[test]
fn a_fault_names_file_line_and_what_to_do() {
    for (text, line, words) in [
        ("[[class]]\ncode = \"03.02.01\"\ntrack = \"standart\"", 3, "是不是“standard”"),
        ("[[class]]\ncode = \"03.02.01\"\n\nhandler = \"nobody\"", 4, "no kind of unit \"nobody\""),
        ("[[class]]\ncode = \"03.02.01\"\nform = \"rode\"", 3, "Did you mean \"road\""),
        ("[[class]]\ncode = \"03.02.99\"\nname = \"只有中文\"", 3, "缺英文"),
        (
            "[[class]]\ncode = \"99.01.01\"\nname = { zh = \"孤儿\", en = \"Orphan\" }\nhandler = \"village\"\n",
            1,
            "“99.01”不存在",
        ),
        ("[[class]]\ncode = \"3.2\"\nname = { zh = \"坏\", en = \"Bad\" }", 1, "02.03.01"),
        ("[[class]]\ncode = \"03.02.01\"\nlimits = { answer = \"dispatch\" }", 3, "是交办时限，不是答复时限"),
        ("[[class]]\ncode = \"03.02.01\"\nlimits = { answer = \"nix\" }", 3, "没有叫“nix”的时限"),
        ("[[class]]\ncode = \"03.02.01\"\ncolour = \"red\"", 3, "colour"),
        ("[[class]]\ncode = \"03.02.01\"\nkind = \"wishes\"", 3, "is not a Kind"),
        ("[[limit]]\nid = \"answer\"\nlimit = \"5 days\"", 3, "5wd"),
        (
            "[[template]]\nid = \"accepted\"\nbody = { zh = \"{nummer}\", en = \"{number}\" }",
            3,
            "Did you mean \"number\"",
        ),
        ("[[template]]\nid = \"accepted\"\n\nsubject = { zh = \"{number\", en = \"x\" }", 4, "没有成对"),
        ("[[template]]\nid = \"accepted\"\nversion = \"2\"\nnotice = \"result\"", 0, "有且只有一条"),
        (
            "[[template]]\nid = \"greeting\"\nversion = \"1\"\nto = \"person\"\nsubject = { zh = \"好\", en = \"Hi\" }\nbody = { zh = \"好\", en = \"Hi\" }",
            1,
            "没有一处会发“greeting”",
        ),
        (
            "[[template]]\nid = \"closed\"\nbody = { zh = \"请看{url}（查询码{code}）\", en = \"Look: {url} (code {code})\" }",
            3,
            "空一格",
        ),
        ("[[supervision]]\nid = \"daily\"\nwho = [\"officer\"]", 3, "督办员"),
        ("[[unit_kind]]\nid = \"county-centre\"\nup = \"township-hall\"", 3, "绕回"),
        ("[call_back]\nlapse_days = 3", 2, "还在回访期内"),
        (
            "[call_back]\nlapse_days = 3\nwindow_days = 3\n[[limit]]\nid = \"evaluation\"\nlimit = \"4d\"",
            4,
            "应为 3 天",
        ),
        ("[role]\nboss = \"头\"", 2, "boss"),
        ("[household]\nlevel = \"grid\"", 2, "grid"),
        (
            "[[tag]]\nid = \"Rich!\"\nname = { zh = \"富\", en = \"Rich\" }\nneed = { zh = \"无\", en = \"None\" }",
            1,
            "30",
        ),
        (
            "[[tag]]\nid = \"ill\"\nname = { zh = \"病\", en = \"Ill\" }\nneed = { zh = \"无\", en = \"None\" }\nsensitive = true",
            1,
            "seen_by",
        ),
        ("[[obligation]]\nid = \"quarterly\"\nexcept = [\"hardshipp\"]", 3, "hardship"),
        ("warn_percent = 120", 1, "1 到 99"),
        ("[visit]\nkeep_days = 0", 2, "1 到 60"),
        ("[visit]\nchannel = \"window\"", 2, "no channel of home visits \"window\""),
        (
            "[[visit.question]]\nid = \"sixth\"\nname = { zh = \"第六问\", en = \"A sixth\" }\nask = { zh = \"还有吗\", en = \"More\" }",
            0,
            "1 到 5 项",
        ),
        (
            "[[visit.question]]\nid = \"family\"\nchoice = [{ id = \"x\", name = { zh = \"甲\", en = \"A\" }, class = \"99\" }]",
            3,
            "没有分类“99”",
        ),
        ("[[pairing]]\nid = \"liaison\"\nquota = 0", 3, "至少能联系 1 户"),
        ("[[pairing]]\nid = \"liaison\"\n\nwithin = \"moon\"", 1, "no level \"moon\""),
        ("[[obligation]]\nid = \"quarterly\"\nwindow = \"week\"", 3, "saturday-2"),
        ("[[obligation]]\nid = \"quarterly\"\npairing = \"kin\"", 3, "没有叫“kin”的结对类型"),
        ("[[obligation]]\nid = \"quarterly\"\n\nexempt = [\"awey\"]", 1, "是不是“away”"),
        ("[[obligation]]\nid = \"quarterly\"\ngrace = 28", 3, "最多 27 天"),
        ("[[obligation]]\nid = \"quarterly\"\ntimes = 0", 3, "between 1 and 28"),
        ("[[obligation]]\nid = \"hardship-monthly\"\nof = \"holder\"", 1, "不能再按户的标签"),
        (
            "[[affair]]\nid = \"certificate\"\npaper = [{ id = \"idcard\", form = \"copy\" }]",
            3,
            "是不是“id-card”",
        ),
        (
            "[[affair]]\nid = \"certificate\"\npaper = [{ id = \"id-card\", form = \"scan\" }]",
            3,
            "original, copy, handed-in",
        ),
        (
            "[[affair]]\nid = \"passport\"\nname = { zh = \"护照\", en = \"Passport\" }\ncitation = { zh = \"无\", en = \"None\" }\ntag = \"local\"",
            1,
            "没有写步骤",
        ),
        ("[[class]]\ncode = \"17.04.01\"\naffair = \"errands\"", 3, "是不是“errand”"),
        ("[[class]]\ncode = \"17.05.01\"\naffair = \"errand\"", 3, "只有事务代办"),
        ("[[class]]\ncode = \"17.05.01\"\nmoderation = \"auto\"", 1, "moderation = \"look\""),
        ("[[class]]\ncode = \"17.05.01\"\nform = \"\"", 1, "必答的是非题"),
        ("[[class]]\ncode = \"17.04.03\"\ntrack = \"wish\"", 1, "只有微心愿"),
        ("[mediation]\ntrack = \"mediaton\"", 2, "是不是“mediation”"),
        ("[mediation]\nmandatory = [\"record\"]", 2, "调解协议书"),
        ("[mediation]\nkeep_years = 0", 2, "1 到 200"),
        ("without = [\"level/moon\"]", 1, "level/moon"),
        ("[[track]]\nid = \"standard\"\nclocks = { answer = \"9wd\" }", 3, "注明出处"),
        ("[demo]\ntownships = 999", 1, "地名不够用"),
    ] {
        if line == 0 {
            assert!(
                problems(text).iter().any(|p| p.text.zh.contains(words)),
                "{text}: {:#?}",
                problems(text)
            );
        } else {
            let said = one(text, line);
            assert!(said.contains(words), "{text}: {said}");
        }
    }
}

#[test]
fn an_unsound_track_is_refused_with_the_way_that_shows_it() {
    let text = "[[track]]\nid = \"standard\"\nstep = [\n  { state = \"judged\", go = [{ verb = \"close\", to = \"closed\", when = \"has-result\", needs = [\"evidence\", \"persons-word\", \"second-signature\", \"group-approval\", \"helpers-reported\"] }] },\n]";
    let found = problems(text);
    let told = found
        .iter()
        .find(|p| p.text.zh.contains("可以不发结果告知就到“已销号”"))
        .unwrap_or_else(|| panic!("{found:#?}"));
    assert!(told.text.zh.starts_with("从“待分流”经“"));
    let text = "without = [\"track/standard/step/answered/go/judge:not-solved>rework\"]";
    assert!(problems(text).iter().any(|p| p.text.en.contains("has no way on where: said not solved")));
}

#[test]
fn a_sound_extension_of_a_few_lines_loads() {
    assert_eq!(
        problems(
            "valid_from = \"2027-01-01\"\nwithout = [\"channel/letter\"]\n[site]\nhotline = \"12349\"\n[role]\nclerk = { zh = \"帮办员\", en = \"Helper\" }"
        ),
        []
    );
}

#[test]
fn files_of_one_pack_do_not_contradict_each_other() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("a.toml"),
        "id = \"a\"\nname = { zh = \"甲\", en = \"A\" }\nversion = \"1\"\nextends = \"county\"\n",
    )
    .unwrap();
    std::fs::write(
        dir.path().join("b.toml"),
        "version = \"2\"\n[[class]]\ncode = \"01\"\nplace = \"none\"\n[[class]]\ncode = \"01\"\n",
    )
    .unwrap();
    let failure = load_dir(dir.path()).unwrap_err();
    let lines: Vec<_> = failure.problems.iter().map(|p| (p.file.ends_with("b.toml"), p.line)).collect();
    assert!(lines.contains(&(true, 1)) && lines.contains(&(true, 5)), "{failure}");
    std::fs::write(dir.path().join("b.toml"), "[[class]\n").unwrap();
    let failure = load_dir(dir.path()).unwrap_err();
    assert_eq!((failure.problems.len(), failure.problems[0].line), (1, 1), "{failure}");
}

#[test]
fn a_place_says_who_looks_after_whom_and_how_often() {
    let kind = COUNTY.pairing("liaison").expect("a kind");
    assert_eq!((kind.quota, kind.everyone, kind.within.as_deref()), (30, true, Some("township")));
    let quarterly = COUNTY.obligation("quarterly").expect("an obligation").rule(COUNTY.valid_from);
    assert_eq!((quarterly.times, quarterly.grace), (1, 0));
    assert_eq!(quarterly.except, COUNTY.obligation("hardship-monthly").expect("one").only);
    let kin = builtin("pingxiang");
    assert_eq!(kin.pairing("liaison").expect("a kind").quota, 10);
    let city = builtin("zhucheng");
    let quotas = city.pairings.iter().map(|k| (k.quota, k.everyone)).collect::<Vec<_>>();
    assert_eq!(quotas, [(30, true), (10, false), (8, false)]);
    assert_eq!(city.obligation("leaders-day").expect("one").window.say().zh, "每月第二个星期六");
    // Whoever looks after a household in hardship comes every month, for the others every quarter.
    let often = |id: &str| city.obligation(id).expect("an obligation");
    assert_eq!(often("city-unit-quarterly").except, often("city-unit-hardship-monthly").only);
    assert_eq!(
        often("city-leader-monthly").window.say().zh,
        often("city-unit-hardship-monthly").window.say().zh
    );
    let near = builtin("zhengan");
    assert_eq!(near.pairing("liaison").expect("a kind").within, None, "across borders");
    let told = crate::describe(&kin).other;
    assert!(told.iter().any(|s| s.zh.contains("每人不超过 10 户，在同一个村")), "{told:#?}");
    assert!(told.iter().any(|s| s.en.contains("every quarter") && s.en.contains("nobody reports it")));
}

#[test]
fn a_visit_asks_five_things_and_only_what_applies() {
    let rule = &COUNTY.visit;
    let asked = |tags: &[String]| rule.asked(tags).map(|q| q.id.clone()).collect::<Vec<_>>();
    assert_eq!(asked(&[]), ["family", "difficulties", "prosper", "disputes", "suggestions"]);
    let mut some = rule.clone();
    some.questions[1].only = vec!["hardship".into()];
    some.questions[0].choices[0].only = vec!["hardship".into()];
    let tags = ["hardship".to_owned()];
    assert_eq!((some.asked(&[]).count(), some.asked(&tags).count()), (4, 5));
    let offered = |tags: &[String]| some.questions[0].offered(tags).count();
    assert_eq!(offered(&[]) + 1, offered(&tags));
    // A place that puts it in its own words keeps the rest.
    let kin = builtin("pingxiang").visit;
    assert_eq!((kin.questions.len(), kin.questions[0].choices.len()), (5, 4));
    assert_ne!(kin.questions[0].ask, rule.questions[0].ask);
}

#[test]
fn a_pack_that_is_not_there_or_leads_back_to_itself_says_so() {
    for nowhere in ["/nowhere/at/all", "nope"] {
        let said = load(nowhere).unwrap_err().to_string();
        assert!(said.contains("没有叫") && said.contains("county") && !said.contains(":0"), "{said}");
    }
    assert!(load_builtin("nope").unwrap_err().to_string().contains("county"));
    let root = tempfile::tempdir().unwrap();
    for (name, base) in [("x", "y"), ("y", "x")] {
        let dir = root.path().join(name);
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(dir.join("pack.toml"), format!("id = \"{name}\"\nextends = \"{base}\"\n")).unwrap();
    }
    let failure = load_dir(&root.path().join("x")).unwrap_err();
    assert!(failure.problems[0].text.en.contains("leads back"), "{failure}");
    std::fs::create_dir(root.path().join("empty")).unwrap();
    assert!(load_dir(&root.path().join("empty")).unwrap_err().to_string().contains(".toml"));
    let error: kernel::Error = failure.into();
    assert!(matches!(error, kernel::Error::Refused { code: "pack-unsound", .. }));
}

#[test]
fn the_report_says_how_a_pack_stands() {
    let (sound, zh) = check_path("county", Locale::Zh);
    assert!(sound && zh.contains("可以使用") && zh.contains("无死路"), "{zh}");
    let (_, en) = check_path("zunyi", Locale::En);
    assert!(en.contains("extends county"), "{en}");
    let (sound, no) = check_path("/nowhere", Locale::En);
    assert!(!sound && no.contains("1 problem,"), "{no}");
}

#[test]
fn the_rules_page_is_complete_in_both_languages() {
    for name in builtin_names() {
        let pack = builtin(name);
        let page = describe(&pack);
        assert_eq!(page.classes.len(), pack.classes.len());
        assert_eq!(page.limits.len(), pack.limits.len());
        let kept = format!("办结 {} 天后", pack.keeping.days);
        assert!(page.identity.iter().any(|s| s.zh.contains(&kept)), "{:?}", page.identity);
        assert!(
            page.classes
                .iter()
                .filter(|c| c.depth == 3)
                .all(|c| !c.answer.zh.is_empty() && !c.handler.zh.is_empty())
        );
        let chinese = |t: &str| t.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let says = page.counting.iter().chain(&page.other).chain(&page.identity).cloned();
        let says = says
            .chain(page.limits.iter().flat_map(|l| [l.clock.clone(), l.applies.clone(), l.limit.clone()]));
        let rows = page.tracks.iter().flat_map(|t| &t.steps).flat_map(|s| &s.edges);
        for say in says.chain(rows.flat_map(|e| [e.verb.clone(), e.who.clone(), e.to.clone()])) {
            assert!(!say.zh.is_empty() && !say.en.is_empty() && !chinese(&say.en), "{say:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_clock_of_every_class_has_its_limit(n in 0..10_000usize, k in 0..8usize, u in 0..3usize) {
        let leaves: Vec<&Class> = COUNTY.classes.iter().filter(|c| c.is_leaf()).collect();
        let class = leaves[n % leaves.len()];
        let track = COUNTY.track(&class.track).unwrap();
        for clock in track.clocks_used() {
            let rule = COUNTY.limit(&class.code, Kind::ALL[k], Urgency::ALL[u], clock);
            prop_assert!(rule.is_some_and(|r| r.clock == clock));
        }
    }

    #[test]
    fn whatever_is_typed_a_search_answers(typed in "\\PC{0,40}", most in 0..20usize) {
        let found = COUNTY.find_classes(&typed, most);
        prop_assert!(found.len() <= most && found.iter().all(|c| c.is_leaf()));
    }

    #[test]
    fn filling_never_invents_a_placeholder(value in "\\PC{0,30}") {
        let values = BTreeMap::from([("title", value.clone())]);
        for t in &COUNTY.templates {
            let body = t.fill(Locale::Zh, &values).body;
            let there = !t.placeholders().contains(&"title") || body.contains(&value) || !t.body.zh.contains("{title");
            prop_assert!(there, "{}", body);
        }
    }

    #[test]
    fn a_broken_file_is_refused_and_never_a_panic(text in "\\PC{0,200}") {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.toml"), &text).unwrap();
        prop_assert!(load_dir(dir.path()).is_err());
    }
}

/// The files of the county, broken in one place.
fn broken(file: &str, at: usize, how: usize, noise: &str) -> Vec<(String, String)> {
    let files = crate::builtin::files("county").expect("a pack");
    let change = |name: &str, text: &str| {
        if name != file {
            return text.to_owned();
        }
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = at % lines.len();
        match how % 6 {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => lines[at] = noise.to_owned(),
            3 => lines.truncate(at),
            4 => lines[at] = lines[at].chars().rev().collect(),
            _ => {
                let middle = lines[at].char_indices().map(|(i, _)| i).nth(at % 7).unwrap_or(0);
                lines[at].insert_str(middle, noise);
            }
        }
        lines.join("\n")
    };
    files.iter().map(|(name, text)| ((*name).to_owned(), change(name, text))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_pack_is_read_or_told_with_its_place(
        which in 0..20usize, at in 0..400usize, how in 0..6usize, noise in "[\\[\\]{}=\"'#.,\\\\a-z0-9一-龥 ]{0,8}",
    ) {
        let names: Vec<&str> = crate::builtin::files("county").expect("a pack").iter().map(|(n, _)| *n).collect();
        let dir = tempfile::tempdir().expect("a directory");
        for (name, text) in broken(names[which % names.len()], at, how, &noise) {
            std::fs::write(dir.path().join(name), text).expect("a file");
        }
        if let Err(failure) = load_dir(dir.path()) {
            prop_assert!(!failure.problems.is_empty());
            for p in failure.problems {
                prop_assert!(!p.file.is_empty() && !p.text.zh.is_empty() && !p.text.en.is_empty());
            }
        }
    }
}

#[test]
fn a_word_of_a_visit_proposes_no_class_that_a_visit_cannot_register() {
    let question = |class: &str| {
        format!(
            "[[visit.question]]\nid = \"suggestions\"\nname = {{ zh = \"路\", en = \"Roads\" }}\n\
             ask = {{ zh = \"路好走吗？\", en = \"Is the road good?\" }}\n\
             choice = [{{ id = \"bad\", name = {{ zh = \"不好走\", en = \"Bad\" }}, propose = [\"{class}\"] }}]\n"
        )
    };
    assert!(problems(&question("03.02.01")).is_empty(), "{:#?}", problems(&question("03.02.01")));
    let pack = &*COUNTY;
    let about = pack.classes.iter().find(|c| c.is_leaf() && c.subject.is_some()).expect("one about a unit");
    for wrong in ["03.02", "99.99.99", about.code.as_str()] {
        let found = problems(&question(wrong));
        assert!(found.iter().any(|p| p.text.en.contains(wrong)), "{wrong}: {found:#?}");
    }
}
