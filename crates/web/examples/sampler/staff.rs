//! What the staff sees.

use super::parts::{case_line, case_steps};
use web::charts::{
    Bar, ColumnChart, MapArea, bar_list, choropleth, column_chart, largest, sparkline, tile_map,
};
use web::components::*;
use web::form::*;
use web::{Look, NavItem, Page, UserChip, html};

pub(crate) fn page(look: &Look, title: &str, at: &str) -> Page {
    let nav = [
        ("/work", look.t("我的事", "My work"), Some(7)),
        ("/requests", look.t("诉求", "Requests"), None),
        ("/ledger", look.t("台账", "Ledger"), None),
        ("/board", look.t("看板", "Dashboard"), None),
        ("/rules", look.t("规则", "Rules"), None),
    ];
    let nav = nav.map(|(href, label, count)| NavItem {
        href: href.into(),
        label: label.into(),
        count,
        current: false,
    });
    let user = UserChip {
        name: look.t("何秀兰", "He Xiulan").into(),
        role: look.t("构树镇 · 承办干部", "Goushu town · officer").into(),
    };
    Page::new(look, title).site(super::public::site(look)).user(Some(user)).nav(nav.to_vec()).at(at)
}

pub(crate) fn pages(look: &Look) -> Vec<(&'static str, Page)> {
    vec![("case", case(look)), ("ledger", ledger(look)), ("board", board(look)), ("operator", operator(look))]
}

fn case(look: &Look) -> Page {
    let title = look.t(
        "村口到小学一段路灯全灭，晚上孩子放学看不见路",
        "Street lamps out between the village gate and the school",
    );
    page(look, title, "/requests")
        .own_heading()
        .crumbs(vec![
            web::page::Crumb { href: "/ledger".into(), label: look.t("台账", "Ledger").into() },
            web::page::Crumb { href: "/ledger?u=1".into(), label: look.t("构树镇", "Goushu town").into() },
        ])
        .lead(html! {
            section.card {
                div.row-of { (pill(Tone::Info, look.t("办理中", "In hand"))) (pill(Tone::Soon, look.t("今天到期", "Due today"))) }
                h1 { (title) }
                (meta(&[html! { "QH-2026-011824" }, html! { (look.t("城乡建设 › 市政设施 › 路灯", "Public works › Streets › Lighting")) }, html! { (look.t("构树村 三组 · 学校路", "Goushu village, group 3, School Road")) }]))
                (case_steps(look))
            }
        })
        .main(html! {
            (card(Some(look.t("经过", "What happened")), case_line(look)))
        })
        .aside(html! {
            (card(None, due_block(look, &Due {
                tone: Tone::Soon,
                date: look.t("今天", "Today").into(),
                sub: look.t("17:30 前答复", "answer by 17:30").into(),
                detail: look.t("从 11月17日 起 5 个工作日；21、22 日是周末，不计。", "5 working days from 17 Nov; 21 and 22 are a weekend and do not count.").into(),
                why: Some("#".into()),
            })))
            (card(Some(look.t("现在可以", "What you can do now")), action_list(&[
                html! { a.btn.main href="#" data-key="a" { (look.t("答复诉求人", "Answer the person")) kbd { "a" } } },
                key_hint(look.t("记一笔进展", "Note progress"), "#", "n"),
                key_hint(look.t("请别的单位协办", "Ask another unit to help"), "#", "h"),
                key_hint(look.t("申请延期（还可延 3 天）", "Ask for more time (3 days left)"), "#", "e"),
                key_hint(look.t("上报县中心", "Escalate to the county"), "#", "u"),
            ])))
            (card(Some(look.t("谁负责", "Who answers for it")), definitions(&[
                Pair::text(look.t("首接单位", "First unit"), look.t("构树村服务站", "Goushu station")),
                Pair::text(look.t("责任人", "Officer"), look.t("周启明 · 分机 8021", "Zhou Qiming, ext. 8021")),
                Pair::text(look.t("协办", "Helping"), ""),
                Pair::text(look.t("办结凭据", "Evidence"), look.t("前后照片（缺“后”）", "photos before and after (after: missing)")),
            ])))
        })
}

fn ledger(look: &Look) -> Page {
    let chip = |zh, en, on| Chip {
        label: look.locale.t(zh, en).to_owned(),
        href: "#".into(),
        on,
        ..Chip::default()
    };
    let row = |due: web::Markup,
               no: &str,
               what: (&str, &str),
               place: (&str, &str),
               who: (&str, &str),
               state: web::Markup,
               took: i64,
               tone| {
        Row::new(vec![
            due,
            html! { span.nowrap { (no) } },
            html! { (look.locale.t(what.0, what.1)) },
            html! { (look.locale.t(place.0, place.1)) },
            html! { (look.locale.t(who.0, who.1)) },
            state,
            html! { (web::format::span(look.locale, took * kernel::DAY)) },
        ])
        .href("/requests/1")
        .tone(tone)
    };
    let table = Table::new(look, look.t("台账", "Ledger"))
        .column(Column::new(look.t("到期", "Due")).sort("#", Some(Order::Up)))
        .column(Column::new(look.t("编号", "Number")))
        .column(Column::new(look.t("事项", "Matter")).primary())
        .column(Column::new(look.t("地点", "Place")))
        .column(Column::new(look.t("责任人", "Officer")))
        .column(Column::new(look.t("状态", "State")))
        .column(Column::new(look.t("用时", "Taken")).number().seldom().sort("#", None))
        .row(row(
            pill(Tone::Late, look.t("逾期 2 天", "2 d overdue")),
            "QH-2026-011790",
            ("自来水浑浊，三天没好", "Tap water cloudy for three days"),
            ("河坝村 一组", "Heba, group 1"),
            ("陈思远", "Chen Siyuan"),
            html! { (look.t("办理中", "In hand")) },
            7,
            Tone::Late,
        ))
        .row(row(
            pill(Tone::Soon, look.t("今天", "Today")),
            "QH-2026-011824",
            (
                "村口到小学一段路灯全灭，晚上孩子放学看不见路",
                "Street lamps out between the village gate and the school",
            ),
            ("构树村 三组", "Goushu, group 3"),
            ("周启明", "Zhou Qiming"),
            html! { (look.t("办理中", "In hand")) },
            4,
            Tone::Soon,
        ))
        .row(row(
            html! { (look.t("11月25日", "25 Nov")) },
            "QH-2026-011836",
            ("低保年审材料代办", "Papers for the yearly allowance review"),
            ("河坝村 五组", "Heba, group 5"),
            ("何秀兰", "He Xiulan"),
            pill(Tone::Info, look.t("等诉求人补材料", "Waiting for papers")),
            3,
            Tone::Plain,
        ))
        .row(row(
            html! { "—" },
            "QH-2026-011702",
            ("田埂塌方阻断水渠", "Landslip blocks the irrigation ditch"),
            ("大坡村 二组", "Dapo, group 2"),
            ("吴成", "Wu Cheng"),
            pill(Tone::Ok, look.t("已答复，待评价", "Answered, to be judged")),
            9,
            Tone::Plain,
        ));
    page(look, look.t("台账 · 构树镇", "Ledger · Goushu town"), "/ledger")
        .lede(html! { (look.t("1,284 件，按到期先后", "1,284 cases, by when they are due")) })
        .tools(html! { (button_link(look.t("导出表格", "Export"), "#")) })
        .main(html! {
            (chips(look, &[chip("未办结 41", "Open 41", true), chip("近 90 天", "90 days", true), chip("类别", "Class", false), chip("单位", "Unit", false), chip("渠道", "Channel", false), chip("更多条件", "More", false)], html! { a href="#" { (look.t("存为常用", "Save this view")) } }))
            section.card { (table.render()) }
            (pager(look, None, Some("#"), look.t("第 1–50 件", "1–50")))
        })
}

fn board(look: &Look) -> Page {
    let months = ["12", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
    let en = ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"];
    let received = [212, 188, 96, 240, 255, 301, 288, 262, 244, 278, 296, 312];
    let chart = ColumnChart {
        title: look.t("每月受理与答复", "Received and answered by month").into(),
        series: vec![look.t("受理", "Received").into(), look.t("答复", "Answered").into()],
        columns: (0..12)
            .map(|i| web::charts::Column {
                label: look.locale.t(&format!("{}月", months[i]), en[i]).to_owned(),
                values: vec![received[i], received[i] - (i as i64 * 7) % 23],
                href: Some("#".into()),
                ..web::charts::Column::default()
            })
            .collect(),
        stacked: false,
    };
    let names = [
        ("构树镇", "Goushu"),
        ("大坡镇", "Dapo"),
        ("河坝乡", "Heba"),
        ("青石镇", "Qingshi"),
        ("松林镇", "Songlin"),
        ("龙井镇", "Longjing"),
        ("白泥镇", "Baini"),
        ("花山乡", "Huashan"),
        ("关兴镇", "Guanxing"),
    ];
    let areas: Vec<MapArea> = names
        .iter()
        .enumerate()
        .map(|(i, (zh, en))| {
            let (col, row) = ((i % 3) as f64, (i / 3) as f64);
            let p = |x: f64, y: f64| {
                (
                    107.0 + 0.1 * (x + 0.12 * (x * 7.0 + y * 3.0).sin()),
                    27.0 + 0.07 * (y + 0.14 * (x * 5.0 - y * 4.0).cos()),
                )
            };
            let mid = |a: f64, b: f64| (a + b) / 2.0;
            let c = [(col, row), (col + 1.0, row), (col + 1.0, row + 1.0), (col, row + 1.0)];
            let ring = (0..4)
                .flat_map(|k| {
                    let (a, b) = (c[k], c[(k + 1) % 4]);
                    [p(a.0, a.1), p(mid(a.0, b.0), mid(a.1, b.1))]
                })
                .collect();
            MapArea {
                id: format!("a{i}"),
                label: look.locale.t(zh, en).to_owned(),
                value: (i != 5).then_some(((i * 37) % 61) as i64),
                href: Some("#".into()),
                list: None,
                rings: vec![ring],
            }
        })
        .collect();
    let bar = |zh, en, value, note: &str, tone| Bar {
        label: look.locale.t(zh, en).to_owned(),
        value,
        note: note.into(),
        href: Some("#".into()),
        tone,
        ..Bar::default()
    };
    let t = |zh, en, value: &str, note: (&str, &str), tone| Tile {
        label: look.locale.t(zh, en).to_owned(),
        value: value.into(),
        note: look.locale.t(note.0, note.1).to_owned(),
        href: Some("#".into()),
        tone,
    };
    page(look, look.t("看板 · 全县", "Dashboard · the county"), "/board")
        .lede(html! { (look.t("2026年11月，每个数字都能点开。", "November 2026. Every number opens.")) })
        .main(html! {
            (tiles(&[
                t("本月受理", "Received this month", "312", ("比上月 +8 %", "+8 % on last month"), Tone::Plain),
                t("逾期未答复", "Overdue", "6", ("涉及 3 个单位", "in 3 units"), Tone::Late),
                t("按时答复", "On time", "94.1 %", ("288 / 306", "288 / 306"), Tone::Plain),
                t("说“解决了”", "Said “solved”", "81.3 %", ("174 / 214 个回答", "174 / 214 replies"), Tone::Plain),
                t("满意", "Satisfied", "88.8 %", ("190 / 214 个回答", "190 / 214 replies"), Tone::Plain),
                t("没联系上", "Not reached", "31", ("另计，不算满意", "counted apart"), Tone::Plain),
            ]))
            div.two {
                div.stack {
                    (card(None, column_chart(look, &chart)))
                    (card(None, choropleth(look, look.t("未办结的件数", "Open cases"), &areas, largest(&areas))))
                }
                div.stack {
                    (card(Some(look.t("按类别", "By class")), bar_list(look.t("按类别", "By class"), &[
                        bar("市政设施", "Streets", 118, "37.8 %", Tone::Plain), bar("供水供电", "Water, power", 74, "23.7 %", Tone::Plain),
                        bar("社会救助", "Social aid", 61, "19.6 %", Tone::Plain), bar("矛盾纠纷", "Disputes", 38, "12.2 %", Tone::Plain), bar("逾期", "Overdue", 6, "1.9 %", Tone::Late),
                    ], None)))
                    (card(Some(look.t("每日受理", "Received by day")), sparkline(&[4, 8, 12, 9, 3, 2, 14, 16, 11, 9, 12, 4, 1, 13, 15], look.t("近 15 天每日受理 1 到 16 件", "1 to 16 a day over 15 days"))))
                    (card(None, tile_map(look, look.t("各村未办结", "Open cases by village"), &areas[..6], largest(&areas))))
                }
            }
        })
}

fn operator(look: &Look) -> Page {
    let state = FormState::default();
    let src = Combo::Source { src: "/api/classes", label: "" };
    page(look, look.t("接听登记", "Register a call"), "/requests")
        .main(card(None, form_with(look, FormOptions { action: "#", enter_next: true, draft: "call", class: "wide", id: "call", ..FormOptions::default() }, html! {
            (text_field(look, &state, Field::new("phone", look.t("来电号码", "Caller's number")).kind("tel").private().required().key("t")))
            (text_field(look, &state, Field::new("name", look.t("称呼", "Name")).private()))
            div.full { (textarea(look, &state, Field::new("text", look.t("说了什么", "What they said")).required().max(2000), 3)) }
            (combobox(look, &state, Field::new("class", look.t("类别", "Class")).required().key("c"), src))
            (combobox(look, &state, Field::new("unit", look.t("交给谁办", "Who handles it")).required(), src))
            (date_field(look, &state, Field::new("day", look.t("希望哪天上门", "Day for a visit"))))
            (select(look, &state, Field::new("urgency", look.t("缓急", "Urgency")).required(), &[Choice::new("1", look.t("一般", "Ordinary")), Choice::new("2", look.t("急", "Urgent"))]))
            div.full { (checkboxes(look, &state, Field::new("tell", look.t("怎么告知", "How to tell them")), &[Choice::new("sms", look.t("短信", "Text message")), Choice::new("call", look.t("电话", "Telephone"))])) }
            (actions(html! { (submit(look.t("登记并交办", "Register and assign"))) (button(look.t("当场办结", "Settled on the spot"), "do", "spot")) }))
        })))
        .aside(html! {
            (card(Some(look.t("这个号码以前的事", "Earlier cases of this number")), html! {
                div data-live-src="/requests/similar" data-live-form="call" data-live-from="phone text" aria-live="polite" { p.hint { (look.t("边说边找，不用点。", "Found while you type.")) } }
            }))
        })
}
