use super::*;
use proptest::prelude::*;

const LAMP: &str = r#"
[[question]]
name = "what"
label = { zh = "什么坏了", en = "What is broken" }
kind = "one"
required = true
options = [
  { value = "lamp", label = { zh = "路灯", en = "Lamp" } },
  { value = "wire", label = { zh = "电线", en = "Wire" } },
  { value = "other", label = { zh = "其他", en = "Other" }, text = true },
]

[[question]]
name = "count"
label = "几盏"
kind = "integer"
required = true
min = 1
max = 50
show_if = [{ question = "what", equals = "lamp" }]

[[question]]
name = "signs"
label = "有什么情况"
kind = "many"
min = 2
max = 3
exclusive = ["none"]
options = [
  { value = "flicker", label = "闪" },
  { value = "dark", label = "不亮" },
  { value = "noise", label = "响" },
  { value = "smoke", label = "冒烟" },
  { value = "none", label = "都没有" },
]

[[question]]
name = "danger"
label = "有人触电吗"
kind = "yes_no"
show_if = [{ question = "signs", includes = "smoke" }]

[[question]]
name = "depth"
label = "积水多深(米)"
kind = "decimal"
places = 2
min = "0.05"
max = 3
[[question]]
name = "since"
label = "哪天开始"
kind = "date"
min = "2020-01-01"
[[question]]
name = "at"
label = "几点"
kind = "time"
[[question]]
name = "where"
label = "在哪里"
kind = "place"
max = 10
[[question]]
name = "note"
label = "说明"
kind = "long_text"
min = 3
max = 6
[[question]]
name = "contact"
label = "称呼"
kind = "text"

[[stop]]
when = [{ question = "danger", equals = "yes" }]
say = { zh = "请马上拨打 120。", en = "Call 120 at once." }
"#;

fn lamp() -> Form {
    toml::from_str(LAMP).unwrap()
}

fn sent(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::new();
    for (k, v) in pairs {
        answers.entry((*k).to_owned()).or_default().push((*v).to_owned());
    }
    answers
}

fn fields(pairs: &[(&str, &str)]) -> Vec<String> {
    validate(&lamp(), &sent(pairs)).map_or_else(|e| e.into_iter().map(|f| f.field).collect(), |_| vec![])
}

#[test]
fn a_sound_form_has_no_faults_and_writes_what_it_reads() {
    let form = lamp();
    assert_eq!(check(&form), []);
    assert_eq!(toml::from_str::<Form>(&toml::to_string(&form).unwrap()).unwrap(), form);
    assert_eq!(form.questions.len(), 10);
}

#[test]
fn clean_answers_have_their_kinds() {
    let clean = validate(
        &lamp(),
        &sent(&[
            ("what", "lamp"),
            ("count", " ３ "),
            ("signs", "smoke"),
            ("signs", "dark"),
            ("danger", "no"),
            ("depth", "0.5"),
            ("since", "2026年5月9日"),
            ("at", "08:30"),
            ("where", "村口\n学校路"),
            ("note", "一\r\n二"),
            ("contact", ""),
            ("unasked", "x"),
        ]),
    )
    .unwrap();
    let json = serde_json::to_string(&clean).unwrap();
    assert_eq!(serde_json::from_str::<CleanAnswers>(&json).unwrap(), clean);
    assert_eq!(clean["count"], Answer::Integer(3));
    assert_eq!(clean["signs"], Answer::Many(vec!["dark".into(), "smoke".into()]), "in the form's order");
    assert_eq!(clean["depth"], Answer::Decimal(Decimal { units: 50, places: 2 }));
    assert_eq!(clean["where"], Answer::Text("村口 学校路".into()));
    assert_eq!(clean["note"], Answer::Text("一\n二".into()));
    assert!(!clean.contains_key("contact") && !clean.contains_key("unasked"));
}

#[test]
fn limits_at_one_less_the_limit_and_one_more() {
    for (name, value, ok) in [
        ("count", "0", false),
        ("count", "1", true),
        ("count", "50", true),
        ("count", "51", false),
        ("count", "1.0", false),
        ("depth", "0.04", false),
        ("depth", "0.05", true),
        ("depth", "3", true),
        ("depth", "3.01", false),
        ("depth", "1.005", false),
        ("depth", "1.500", true),
        ("since", "2019-12-31", false),
        ("since", "2020-01-01", true),
        ("since", "2020-01-01 08:00", false),
        ("at", "24:01", false),
        ("where", "一二三四五六七八九十", true),
        ("where", "一二三四五六七八九十一", false),
        ("note", "一二", false),
        ("note", "一二三", true),
        ("note", "一二三四五六", true),
        ("note", "一二三四五六七", false),
        ("signs", "none", true),
        ("signs", "dark", false),
        ("signs", "flying", false),
    ] {
        let mut pairs = vec![("what", "lamp"), (name, value)];
        if name != "count" {
            pairs.push(("count", "1"));
        }
        assert_eq!(fields(&pairs), if ok { vec![] } else { vec![name.to_owned()] }, "{name} = {value}");
    }
    let signs = |v: &[&'static str]| {
        let mut pairs = vec![("what", "wire")];
        pairs.extend(v.iter().map(|s| ("signs", *s)));
        fields(&pairs).is_empty()
    };
    assert!(signs(&["dark", "noise"]) && signs(&["dark", "noise", "flicker"]));
    assert!(!signs(&["dark", "noise", "flicker", "smoke"]) && !signs(&["dark", "none"]));
}

#[test]
fn what_is_not_shown_is_neither_asked_nor_kept() {
    let clean = validate(&lamp(), &sent(&[("what", "wire"), ("count", "999"), ("danger", "yes")])).unwrap();
    assert_eq!(clean.keys().collect::<Vec<_>>(), ["what"]);
    assert_eq!(hidden(&lamp(), &sent(&[("what", "wire")])), ["count", "danger"]);
    assert_eq!(hidden(&lamp(), &sent(&[("what", "lamp")])), ["danger"]);
    // Shown, so it must be answered.
    assert_eq!(fields(&[("what", "lamp")]), ["count"]);
    assert_eq!(fields(&[]), ["what"]);
}

#[test]
fn other_needs_its_text() {
    assert_eq!(fields(&[("what", "other")]), ["what_other"]);
    let clean = validate(&lamp(), &sent(&[("what", "other"), ("what_other", " 井盖 ")])).unwrap();
    assert_eq!(clean["what_other"], Answer::Text("井盖".into()));
    let clean = validate(&lamp(), &sent(&[("what", "wire"), ("what_other", "井盖")])).unwrap();
    assert!(!clean.contains_key("what_other"));
}

#[test]
fn an_emergency_stops_the_form() {
    let smoke = [("what", "wire"), ("signs", "smoke"), ("signs", "dark"), ("danger", "yes")];
    assert_eq!(stopped(&lamp(), &sent(&smoke)).map(|s| s.say.zh.as_str()), Some("请马上拨打 120。"));
    assert_eq!(stopped(&lamp(), &sent(&[("danger", "yes")])), None, "it was not asked");
}

#[test]
fn unsound_forms_are_refused_with_the_reason() {
    let one = r#"kind = "one"
options = [{ value = "a", label = "甲" }, { value = "b", label = "乙" }]"#;
    let q = |name: &str, rest: &str| format!("[[question]]\nname = \"{name}\"\nlabel = \"问\"\n{rest}\n");
    let show = |cond: &str| format!("kind = \"text\"\nshow_if = [{cond}]");
    for (code, text) in [
        ("duplicate-name", q("x", one) + &q("x", one)),
        ("bad-name", q("X", one)),
        ("bad-name", q("", one)),
        ("no-label", q("x", one).replace("问", " ")),
        ("later-question", q("x", &show("{ question = 'y', answered = true }")) + &q("y", one)),
        ("later-question", q("x", &show("{ question = 'x', answered = true }"))),
        ("unknown-question", q("x", &show("{ question = 'z', answered = true }"))),
        ("unknown-option", q("x", one) + &q("y", &show("{ question = 'x', equals = 'c' }"))),
        ("wrong-comparison", q("x", one) + &q("y", &show("{ question = 'x', includes = 'a' }"))),
        ("min-above-max", q("x", "kind = 'integer'\nmin = 2\nmax = 1")),
        ("min-above-max", q("x", "kind = 'decimal'\nmin = '1.1'\nmax = 1")),
        ("min-above-max", q("x", "kind = 'date'\nmin = '2026-01-02'\nmax = '2026-01-01'")),
        ("min-above-max", q("x", "kind = 'text'\nmin = 9\nmax = 8")),
        ("bad-length", q("x", "kind = 'text'\nmax = 20001")),
        ("bad-places", q("x", "kind = 'decimal'\nplaces = 7")),
        ("too-few-options", q("x", "kind = 'one'\noptions = [{ value = 'a', label = '甲' }]")),
        ("duplicate-option", q("x", &one.replace("\"b\"", "\"a\""))),
        ("bad-option", q("x", &one.replace("\"b\"", "\" b\""))),
        ("too-few-options", q("x", &one.replace("\"one\"", "\"many\"\nmax = 3"))),
        ("too-few-options", q("x", &one.replace("\"one\"", "\"many\"\nmin = 2\nexclusive = ['a']"))),
        ("unknown-option", q("x", &one.replace("\"one\"", "\"many\"\nexclusive = ['c']"))),
        (
            "unreachable",
            q("x", one)
                + &q("y", &show("{ question = 'x', equals = 'a' }, { question = 'x', equals = 'b' }")),
        ),
        (
            "unreachable",
            q("x", one)
                + &q("y", &show("{ question = 'x', equals = 'a' }, { question = 'x', answered = false }")),
        ),
        (
            "unreachable",
            q("x", one)
                + &q(
                    "y",
                    &show(
                        "{ question = 'x', not_equals = 'a' }, { question = 'x', not_equals = 'b' }, { question = 'x', answered = true }",
                    ),
                ),
        ),
        ("always-stops", q("x", one) + "[[stop]]\nwhen = []\nsay = '停'"),
        (
            "unknown-question",
            q("x", one) + "[[stop]]\nwhen = [{ question = 'z', answered = true }]\nsay = '停'",
        ),
    ] {
        let form: Form = toml::from_str(&text).unwrap_or_else(|e| panic!("{code}: {e}\n{text}"));
        let codes: Vec<_> = check(&form).into_iter().map(|f| f.code).collect();
        assert_eq!(codes, [code], "{text}");
    }
    // Whoever depends on a question that is never shown is never shown either.
    let text = q("x", one)
        + &q("y", &show("{ question = 'x', equals = 'a' }, { question = 'x', equals = 'b' }"))
        + &q("z", &show("{ question = 'y', answered = true }"));
    let faults = check(&toml::from_str(&text).unwrap());
    assert_eq!(
        faults.iter().map(|f| (f.at.as_str(), f.code)).collect::<Vec<_>>(),
        [("y", "unreachable"), ("z", "unreachable")]
    );
}

#[test]
fn a_key_that_does_not_fit_is_refused_when_read() {
    for (rest, word) in [
        ("kind = 'yes_no'\nmin = 1", "`min` does not fit"),
        ("kind = 'text'\nplaces = 2", "`places` does not fit"),
        ("kind = 'text'\noptions = [{ value = 'a', label = '甲' }]", "`options` does not fit"),
        ("kind = 'integer'\nmin = '1'", "whole number"),
        ("kind = 'date'\nmin = 1", "no date"),
        ("kind = 'text'\nmax = -1", "below 0"),
        ("kind = 'text'\nrequire = true", "unknown field"),
        ("kind = 'script'", "unknown variant"),
        ("kind = 'text'\nshow_if = [{ question = 'a', equals = 'b', answered = true }]", "exactly one"),
    ] {
        let err = toml::from_str::<Form>(&format!("[[question]]\nname='x'\nlabel='问'\n{rest}")).unwrap_err();
        assert!(err.to_string().contains(word), "{rest}: {err}");
    }
}

#[test]
fn decimals_are_exact() {
    for (text, shown) in [("0", "0"), ("-0.50", "-0.50"), ("12.345678", "12.345678"), ("007.1", "7.1")] {
        assert_eq!(Decimal::parse(text).unwrap().to_string(), shown);
    }
    for text in ["", "-", ".5", "1.", "1e3", "1,000", "1.2345678", "9223372036854775808", "一"] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
    let d = |t| Decimal::parse(t).unwrap();
    assert!(d("0.1") < d("0.11") && d("-2") < d("-1.9") && d("1.10").partial_cmp(&d("1.1")).unwrap().is_eq());
    assert_eq!(d("9000000000000000000").with_places(2), None);
}

proptest! {
    #[test]
    fn anything_may_be_sent(pairs in prop::collection::vec(
        ("what|count|signs|danger|depth|since|at|where|note|contact|what_other", prop_oneof![any::<String>(), "lamp|smoke|dark|yes|no|1|other|none"]), 0..12)
    ) {
        let form = lamp();
        let mut answers = Answers::new();
        for (k, v) in &pairs {
            answers.entry(k.clone()).or_default().push(v.clone());
        }
        match validate(&form, &answers) {
            Ok(clean) => {
                prop_assert!(clean.contains_key("what"));
                let hidden = hidden(&form, &answers);
                prop_assert!(clean.keys().all(|k| !hidden.contains(&k.as_str())));
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|f| !f.say.zh.is_empty() && !f.say.en.is_empty()));
            }
        }
    }
}
