//! The fields that window and hotline share.

use super::class;
use super::desk::{Desk, Screen};
use super::plan::{self, Plan};
use crate::pages::public::attach;
use crate::pages::subject;
use kernel::UnitId;
use maud::{Markup, html};
use pack::ChannelKind;
use rules::case::{Kind, Urgency};
use web::components::{grade_choice, yes_no};
use web::form::{Choice, Combo, Field, combobox, hidden, select, text_field, textarea};

/// What parts of the page that follow the class are sent.
const CLASS: &str = "screen desk class class_label class_pick";

/// What is needed, with classes suggested while one writes.
pub(super) fn what(desk: &Desk) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let label = desk.t("要办什么事", "What is needed");
    html! {
        div.full { (textarea(look, state, Field::new("body", label).required().key("w"), 3)) }
        div.full data-live-src="/intake/suggestions" data-live-from="screen desk body class_pick" {
            (class::suggested(desk))
        }
    }
}

/// The class, found by typing, and what it asks.
pub(super) fn class(desk: &Desk) -> Markup {
    let now = desk.value("class");
    let shown = if now.is_empty() { String::new() } else { desk.eye.class(now) };
    let from = Combo::Source { src: "/classes/search", label: &shown };
    let hint =
        desk.t("打几个字就能找到；空着由分流来定。", "A word or two finds it; left empty, triage decides.");
    let field = Field::new("class", desk.t("类别", "Class")).hint(hint).key("k");
    html! {
        (combobox(&desk.look, &desk.state, field, from))
    }
}

/// What the class asks: a part that follows the class.
pub(super) fn questions(desk: &Desk) -> Markup {
    html! {
        div.full data-live-src="/intake/class" data-live-from={ (CLASS) " q_* idno " (subject::FIELDS.join(" ")) } { (class::fields(desk)) }
    }
}

/// Where: a unit found by typing.
pub(super) fn place(desk: &Desk) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let shown = unit_name(desk, "place");
    let from = Combo::Source { src: "/places/search", label: &shown };
    let hint = desk.t("村名、组名都行。", "A village, or a group in it.");
    combobox(look, state, Field::new("place", desk.t("地点", "Place")).hint(hint).key("l"), from)
}

/// Where exactly, in words.
pub(super) fn place_text(desk: &Desk) -> Markup {
    let field =
        Field::new("place_text", desk.t("具体位置", "Where exactly")).max(200).autocomplete("off").key("j");
    text_field(&desk.look, &desk.state, field)
}

fn unit_name(desk: &Desk, field: &str) -> String {
    let id: Option<UnitId> = desk.state.values.parsed(field);
    id.and_then(|u| desk.ctx.dir.get(u)).map(|u| u.name(desk.locale()).to_owned()).unwrap_or_default()
}

/// Kind and urgency, left to the class unless said.
pub(super) fn kind_and_urgency(desk: &Desk) -> Markup {
    let (look, state, locale) = (&desk.look, &desk.state, desk.locale());
    let own = || Choice::new("", desk.t("按类别", "As the class says"));
    let kinds: Vec<Choice> = std::iter::once(own())
        .chain(Kind::ALL.iter().map(|k| Choice::new(k.key(), desk.ctx.site.pack.kind_name(*k).to(locale))))
        .collect();
    let urgencies: Vec<Choice> = std::iter::once(own())
        .chain(Urgency::ALL.iter().map(|u| Choice::new(u.key(), u.name().to(locale))))
        .collect();
    html! {
        (select(look, state, Field::new("urgency", desk.t("缓急", "Urgency")).key("u"), &urgencies))
        (select(look, state, Field::new("kind", desk.t("性质", "Kind")).key("i"), &kinds))
    }
}

/// The telephone number, by which earlier cases are found.
pub(super) fn phone(desk: &Desk) -> Markup {
    let field = Field::new("phone", desk.t("电话", "Telephone")).private().kind("tel").autocomplete("off");
    text_field(&desk.look, &desk.state, Field { inputmode: "tel", ..field.max(20).key("p") })
}

/// Name.
pub(super) fn name(desk: &Desk) -> Markup {
    let field = Field::new("name", desk.t("姓名", "Name")).private().autocomplete("off").max(40).key("n");
    text_field(&desk.look, &desk.state, field)
}

/// Address.
pub(super) fn address(desk: &Desk) -> Markup {
    let field =
        Field::new("address", desk.t("住址", "Address")).private().autocomplete("off").max(120).key("a");
    text_field(&desk.look, &desk.state, field)
}

/// By which channel they came, and how they are told the number.
pub(super) fn channel_and_told(desk: &Desk) -> Markup {
    let (look, state, locale) = (&desk.look, &desk.state, desk.locale());
    let manned = |k: ChannelKind| {
        use ChannelKind::{Chat, Letter, Phone, Text, Visit, Window};
        matches!(k, Window | Phone | Text | Chat | Letter | Visit)
    };
    let channels: Vec<Choice> = desk
        .ctx
        .site
        .pack
        .channels
        .iter()
        .filter(|c| manned(c.kind))
        .map(|c| Choice::new(&c.id, c.name.to(locale)))
        .collect();
    html! {
        @if desk.screen == Screen::Window {
            (select(look, state, Field::new("channel", desk.t("怎么来的", "How they came")).required(), &channels))
        }
        (select(look, state, Field::new("told", desk.t("怎么告知", "How they are told")).required().key("g"), &told(desk)))
    }
}

fn told(desk: &Desk) -> Vec<Choice> {
    let (window, phone, message) = (
        Choice::new("in-person", desk.t("当面，给回执", "In person, with the slip")),
        Choice::new("call", desk.t("电话里告知", "On the telephone")),
        Choice::new("message", desk.t("发短信告知", "By message")),
    );
    match desk.screen {
        Screen::Hotline => vec![phone, message],
        _ => vec![window, phone, message],
    }
}

/// What happens at once: one choice, and the fields that belong to it.
pub(super) fn way(desk: &Desk, plan: &Plan) -> Markup {
    let follows = format!("{CLASS} place place_label kind urgency unit unit_label officer officer_of q_*");
    html! {
        (then(desk))
        div.full data-live-src="/intake/plan" data-live-from=(follows) { (plan::view(desk, plan)) }
        div.full.stack data-when="settle" { (settle(desk)) }
        div.full.pairs data-when="send" { (send(desk)) }
    }
}

fn then(desk: &Desk) -> Markup {
    let open = desk.may("");
    let now = desk.value("then");
    let choices = [
        (
            open.settle || open.major,
            "settle",
            "s",
            desk.t("当场办结", "Settle on the spot"),
            desk.t("现在就答复，当场问满意不满意", "Answered now, and judged now"),
        ),
        (
            open.send,
            "send",
            "r",
            desk.t("登记并交办", "Register and send"),
            desk.t("交给承办单位", "To the unit that answers"),
        ),
        (
            true,
            "leave",
            "t",
            desk.t("登记，交分流", "Register, leave to triage"),
            desk.t("由中心定单位", "The centre finds the unit"),
        ),
    ];
    let error = desk.state.error("then", desk.locale());
    html! {
        fieldset.field.full.bad[error.is_some()] {
            legend { (desk.t("接下来", "What happens now")) }
            @if let Some(e) = error { p.error { (e) } }
            div.options.ways {
                @for (i, (_, value, key, label, hint)) in choices.iter().filter(|c| c.0).enumerate() {
                    @let id = if i == 0 { "f-then".to_owned() } else { format!("f-then-{i}") };
                    label.option for=(id) {
                        input type="radio" id=(id) name="then" value=(value) checked[now == *value] data-key=(key) aria-label=(label);
                        span { (label) " " kbd { (key) } small { (hint) } }
                    }
                }
            }
        }
    }
}

fn settle(desk: &Desk) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let asked = Field::new("solved", desk.t("当场问：解决了没有", "Asked there: is it solved?"));
    let grade = Field::new("grade", desk.t("当场问：满意不满意", "Asked there: how satisfied?"));
    html! {
        (textarea(look, state, Field::new("answer", desk.t("当场怎么办的", "How it was settled")).key("h"), 2))
        (yes_no(look, state, asked, desk.t("解决了", "Solved"), desk.t("没解决", "Not solved")))
        (grade_choice(look, state, grade))
        p.hint { (desk.t("人走了、没问到就空着，以后由别的单位回访。", "Left without being asked? Leave both out: another unit will call.")) }
    }
}

fn send(desk: &Desk) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let shown = unit_name(desk, "unit");
    let from = Combo::Source { src: "/units/search", label: &shown };
    let hint = desk.t("空着就交给上面建议的单位。", "Left empty, the proposed unit gets it.");
    let note = Field::new("note", desk.t("给单位的话", "A word to the unit"))
        .hint(desk.t("承办人看得到。", "Whoever answers it reads this."));
    html! {
        (combobox(look, state, Field::new("unit", desk.t("换一个单位", "Another unit")).hint(hint).key("o"), from))
        (text_field(look, state, note.max(400).autocomplete("off").key("m")))
    }
}

/// Files.
pub(super) fn files(desk: &Desk) -> Markup {
    attach::field(&desk.look, &desk.state, &desk.ctx, desk.value("id"), &desk.files, "f")
}

/// What the form carries without showing it.
pub(super) fn carried(desk: &Desk) -> Markup {
    html! {
        @for name in ["id", "joiner"] { (hidden(name, desk.value(name))) }
        (hidden("screen", desk.screen.key()))
        // Without a script nothing follows what is typed: the page is shown once more before it is sent.
        noscript { (hidden("plain", "1")) }
        @if desk.value("seen") == "1" { (hidden("seen", "1")) }
        @if desk.screen == Screen::Hotline { (hidden("channel", desk.value("channel"))) }
        @if desk.units.len() == 1 { (hidden("desk", &desk.unit.to_string())) }
    }
}

/// For which unit one takes in, where one may for several.
pub(super) fn own_unit(desk: &Desk) -> Markup {
    let units: Vec<Choice> = desk
        .units
        .iter()
        .map(|u| Choice::new(u.to_string(), desk.ctx.dir.full_name(*u, desk.locale())))
        .collect();
    let mut state = desk.state.clone();
    state.values.set("desk", desk.unit.to_string());
    html! {
        @if units.len() > 1 {
            (select(&desk.look, &state, Field::new("desk", desk.t("以哪个单位受理", "Taken in for")).required(), &units))
        }
    }
}
