//! Whatever people write comes out as text.

use kernel::{FieldError, Locale, Say};
use scraper::{Html, Selector};
use web::charts::*;
use web::components::*;
use web::form::*;
use web::{Look, Markup, Page, html};

const EVIL: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&";

fn everything(look: &Look) -> Vec<(&'static str, Markup)> {
    let evil = || EVIL.to_owned();
    let mut state = FormState::new([("a", EVIL), ("a_label", EVIL)].into_iter().collect());
    state.errors.push(FieldError { field: "a".into(), say: Say::new(evil(), evil()) });
    let f = || Field { placeholder: EVIL, autocomplete: EVIL, key: EVIL, ..Field::new("a", EVIL).hint(EVIL) };
    let choices = [Choice::new(EVIL, EVIL).hint(EVIL)];
    let area = MapArea {
        id: evil(),
        label: evil(),
        value: Some(1),
        href: Some(evil()),
        list: Some(evil()),
        rings: vec![vec![(1.0, 1.0), (2.0, 1.0), (1.5, 2.0)]],
    };
    let beside = web::charts::Beside { label: evil(), shown: evil(), made_of: evil(), href: Some(evil()) };
    let bars = [Bar {
        label: evil(),
        value: 1,
        shown: evil(),
        note: evil(),
        beside: vec![beside],
        href: Some(evil()),
        tone: Tone::Late,
    }];
    let chart = ColumnChart {
        title: evil(),
        series: vec![evil(), evil()],
        columns: vec![web::charts::Column {
            label: evil(),
            full: evil(),
            values: vec![1, 2],
            href: Some(evil()),
            lists: vec![Some(evil()), None],
        }],
        stacked: true,
    };
    let table = Table::new(look, EVIL)
        .captioned()
        .column(web::components::Column::new(EVIL).primary().sort(EVIL, Some(Order::Down)))
        .row(Row::new(vec![html! { (EVIL) }]).href(EVIL))
        .foot(vec![html! { (EVIL) }]);
    let file = FileItem { name: evil(), href: evil(), thumb: Some(evil()), note: evil(), bytes: 1 };
    let item =
        TimelineItem { when: evil(), iso: evil(), title: html! { (EVIL) }, body: None, mark: Mark::Heard };
    vec![
        ("text", text_field(look, &state, f())),
        ("area", textarea(look, &state, f().max(9), 2)),
        ("date", date_field(look, &state, f())),
        ("file", file_field(look, &state, f(), EVIL, true)),
        ("select", select(look, &state, f(), &choices)),
        ("radios", radios(look, &state, f(), &choices)),
        ("boxes", checkboxes(look, &state, f(), &choices)),
        ("combo", combobox(look, &state, f(), Combo::Source { src: EVIL, label: EVIL })),
        ("combo list", combobox(look, &state, f(), Combo::Choices(&choices))),
        ("grade", grade_choice(look, &state, f())),
        ("yes no", yes_no(look, &state, f(), EVIL, EVIL)),
        ("errors", error_summary(look, &state)),
        (
            "form",
            form_with(
                look,
                FormOptions { action: EVIL, draft: EVIL, class: EVIL, id: EVIL, ..FormOptions::default() },
                html! {},
            ),
        ),
        ("danger", button_danger(EVIL, EVIL)),
        ("pill", pill(Tone::Late, EVIL)),
        (
            "due",
            due_block(
                look,
                &Due { date: evil(), sub: evil(), detail: evil(), why: Some(evil()), tone: Tone::Ok },
            ),
        ),
        ("steps", steps(look, &[Step { label: evil(), sub: evil(), state: StepState::Stopped }])),
        ("timeline", timeline(&[item])),
        ("facts", definitions(&[Pair::text(EVIL, EVIL)])),
        (
            "tile",
            tiles(&[Tile { label: evil(), value: evil(), note: evil(), href: Some(evil()), tone: Tone::Ok }]),
        ),
        (
            "chips",
            chips(look, &[Chip { label: evil(), href: evil(), on: true, ..Chip::default() }], html! {}),
        ),
        ("tabs", tabs(EVIL, &[Tab { label: evil(), href: evil(), current: true, count: Some(1) }])),
        ("pager", pager(look, Some(EVIL), Some(EVIL), EVIL)),
        ("files", file_list(&[file])),
        ("empty", empty_state(EVIL, Some((EVIL, EVIL)))),
        ("fold", disclosure(EVIL, html! {})),
        ("flash", flash(&Flash::ok(EVIL))),
        ("key", key_hint(EVIL, EVIL, EVIL)),
        ("progress", progress(EVIL, 1, 2)),
        ("table", table.render()),
        ("bars", bar_list(EVIL, &bars, None)),
        ("columns", column_chart(look, &chart)),
        ("spark", sparkline(&[1, 2], EVIL)),
        ("map", choropleth(look, EVIL, std::slice::from_ref(&area), 3)),
        ("tiles", tile_map(look, EVIL, std::slice::from_ref(&area), 3)),
        ("page", Page::new(look, EVIL).lede(html! { (EVIL) }).render()),
    ]
}

#[test]
fn no_component_lets_markup_through() {
    let bad = Selector::parse("main script, body > script, img[onerror], [onerror]").unwrap();
    for locale in [Locale::Zh, Locale::En] {
        for (name, markup) in everything(&Look::new(locale)) {
            let text = markup.into_string();
            assert!(text.contains("&lt;script&gt;"), "{name}: the text is not there at all");
            assert!(!text.contains("<script>alert"), "{name}: {text}");
            assert_eq!(Html::parse_document(&text).select(&bad).count(), 0, "{name}: {text}");
        }
    }
}

#[test]
fn a_password_never_travels_back_and_values_are_kept() {
    let look = Look::new(Locale::Zh);
    let state = FormState::new([("p", "secret"), ("q", "\nkept")].into_iter().collect());
    assert!(
        !text_field(&look, &state, Field::new("p", "x").kind("password")).into_string().contains("secret")
    );
    let area = textarea(&look, &state, Field::new("q", "x"), 3).into_string();
    let html = Html::parse_fragment(&area);
    let value: String = html.select(&Selector::parse("textarea").unwrap()).next().unwrap().text().collect();
    assert_eq!(value, "\nkept");
}
