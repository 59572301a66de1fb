//! What residents see.

use web::components::*;
use web::form::*;
use web::{Look, NavItem, Page, SiteName, html};

pub(crate) fn site(look: &Look) -> SiteName {
    SiteName {
        short: look.t("青禾县群众服务", "Qinghe Services").into(),
        name: look.t("青禾县党群服务中心", "Qinghe County Service Centre").into(),
    }
}

fn page(look: &Look, title: &str, at: &str) -> Page {
    let nav = [
        ("/", look.t("首页", "Home")),
        ("/ask", look.t("我要反映", "Tell us")),
        ("/case", look.t("查进度", "Follow a case")),
        ("/open", look.t("公开台账", "Public ledger")),
        ("/rules", look.t("办事规则", "The rules")),
    ];
    let nav =
        nav.map(|(href, label)| NavItem { href: href.into(), label: label.into(), ..NavItem::default() });
    Page::new(look, title).site(site(look)).nav(nav.to_vec()).at(at)
}

pub(crate) fn pages(look: &Look) -> Vec<(&'static str, Page)> {
    vec![("home", home(look)), ("ask", ask(look)), ("mycase", my_case(look)), ("judge", judge(look))]
}

fn home(look: &Look) -> Page {
    let state = FormState::default();
    page(look, look.t("有事请说，件件有人答复", "Tell us what you need; somebody answers for it"), "/")
        .narrow()
        .lede(html! { (look.t("不用注册。说一次就行，一个单位负责到底，到期之前给您答复。",
            "No account needed. Say it once: one office answers for it to the end, by a date you can check.")) })
        .main(html! {
            (actions(html! {
                (main_link(look.t("我要反映", "Tell us"), "/ask"))
                (button_link(look.t("拨打 12345", "Call 12345"), "tel:12345"))
            }))
            (card(Some(look.t("查进度", "Follow a case")), form(look, "/case", html! {
                (text_field(look, &state, Field::new("code", look.t("查询码", "Query code")).required().max(9)
                    .hint(look.t("在回执或短信上，六位字母和数字，例如 7K4M-2P。", "On your receipt or text message: six letters and figures, such as 7K4M-2P."))))
                (submit(look.t("查看", "Look it up")))
            })))
            section {
                h2 { (look.t("近 90 天", "The last 90 days")) }
                (tiles(&[
                    Tile { label: look.t("收到", "Received").into(), value: "1,284".into(), href: Some("/open".into()), ..Tile::default() },
                    Tile { label: look.t("按时答复", "Answered on time").into(), value: "94.1 %".into(), note: "1,102 / 1,171".into(), ..Tile::default() },
                    Tile { label: look.t("说“解决了”", "Said “solved”").into(), value: "81.3 %".into(), note: "740 / 910".into(), ..Tile::default() },
                ]))
            }
        })
}

fn ask(look: &Look) -> Page {
    let values =
        [("text", "村口到小学的路灯坏了三盏"), ("kind", "help"), ("phone", "138")].into_iter().collect();
    let error = kernel::Error::Invalid(vec![
        kernel::FieldError {
            field: "phone".into(),
            say: kernel::Say::new("手机号应为 11 位数字。", "A mobile number has 11 figures."),
        },
        kernel::FieldError {
            field: "class".into(),
            say: kernel::Say::new("请选择类别。", "Please choose a class."),
        },
    ]);
    let state = FormState::refused(values, error).unwrap_or_default();
    let kinds = [
        Choice::new("help", look.t("求助", "Help")).hint(look.t("要人来办的事", "Something to be done")),
        Choice::new("advice", look.t("咨询", "Question"))
            .hint(look.t("想问清楚的事", "Something to be explained")),
        Choice::new("complaint", look.t("投诉", "Complaint"))
            .hint(look.t("对办理不满意", "About how you were treated")),
    ];
    let classes = [
        Choice::new("light", look.t("路灯", "Street lighting"))
            .hint(look.t("城乡建设 › 市政设施", "Public works › Streets")),
        Choice::new("water", look.t("自来水", "Tap water"))
            .hint(look.t("城乡建设 › 供水", "Public works › Water")),
    ];
    page(look, look.t("我要反映", "Tell us"), "/ask").narrow().main(card(None, form_with(
        look,
        FormOptions { action: "/ask", files: true, draft: "ask", ..FormOptions::default() },
        html! {
            (error_summary(look, &state))
            (textarea(look, &state, Field::new("text", look.t("什么事", "What is it about")).required().max(1000)
                .hint(look.t("什么地方、什么情况、希望怎么办。", "Where, what happened, and what you would like done.")), 4))
            (radios(look, &state, Field::new("kind", look.t("属于哪一种", "What kind")).required(), &kinds))
            (combobox(look, &state, Field::new("class", look.t("类别", "Class")).required(), Combo::Choices(&classes)))
            (attachments(look, &state, "files"))
            (text_field(look, &state, Field::new("name", look.t("怎么称呼您", "Your name")).private().autocomplete("name")))
            (text_field(look, &state, Field { inputmode: "numeric", ..Field::new("phone", look.t("手机号", "Mobile number")).kind("tel").private().autocomplete("tel")
                .hint(look.t("只用来告诉您进度，承办人看不到。", "Only to tell you how it goes; the officer does not see it.")) }))
            (sticky_bar(html! { (submit(look.t("提交", "Send"))) }))
        },
    )))
}

fn my_case(look: &Look) -> Page {
    page(look, look.t("村口到小学一段路灯全灭", "Street lamps out between the village gate and the school"), "/case")
        .narrow()
        .own_heading()
        .notice(Flash::ok(look.t("收到您的补充，已转给承办人。", "Thank you: the officer has what you added.")))
        .main(html! {
            section.card {
                div.row-of { (pill(Tone::Info, look.t("办理中", "In hand"))) span.hint { "QH-2026-011824" } }
                h1 { (look.t("村口到小学一段路灯全灭", "Street lamps out between the village gate and the school")) }
                (due_block(look, &Due {
                    tone: Tone::Soon,
                    date: look.t("11月24日", "24 Nov").into(),
                    sub: look.t("前给您答复", "is the day by which you are answered").into(),
                    detail: look.t("镇规建办周启明负责。5 个工作日，周末不算。", "Zhou Qiming of the building office answers for it. 5 working days; weekends do not count.").into(),
                    why: Some("#why".into()),
                }))
                (super::parts::case_steps(look))
            }
            (card(Some(look.t("办理经过", "What was done")), super::parts::case_line(look)))
            (disclosure(look.t("谁看过我的信息", "Who looked at my details"), html! { p { (look.t("11月20日，镇规建办因上门查看了您的地址。", "20 Nov: the building office looked at your address for a visit.")) } }))
            (sticky_bar(html! { (main_link(look.t("补充情况", "Add to it"), "#")) (button_link(look.t("我要撤回", "Withdraw"), "#")) }))
        })
}

fn judge(look: &Look) -> Page {
    let state = FormState::new([("solved", "yes"), ("grade", "4")].into_iter().collect());
    page(look, look.t("这件事办得怎么样", "How was it done"), "/case").narrow().main(card(None, form(look, "/judge", html! {
        (yes_no(look, &state, Field::new("solved", look.t("您说的事解决了吗？", "Is what you asked for solved?")).required(),
            look.t("解决了", "Solved"), look.t("没有解决", "Not solved")))
        (grade_choice(look, &state, Field::new("grade", look.t("您对办理满意吗？", "How satisfied are you with how it was done?")).required()))
        (textarea(look, &state, Field::new("words", look.t("想说的话", "In your words")).max(500), 3))
        (actions(html! { (submit(look.t("提交评价", "Send"))) }))
    })))
}
