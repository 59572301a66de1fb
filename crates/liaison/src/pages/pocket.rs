//! The pocket book 随身本: my households and my visits on a phone that is without network.
//!
//! ```text
//!  with network                       without                              with network again
//!  a word of one's own ─▶ take along ─▶ open ─▶ visits, sealed on the phone ─▶ sent ─▶ taken, or refused with a reason
//! ```
//!
//! The page is the same for everybody and holds nothing about anybody: what is on it comes out of a store on the phone
//! that only the holder's word opens (`pocket.js`), and is filled from [`crate::visits::mine`]. The worker keeps the page
//! at hand; what is sent is the same [`crate::visits::Visit`] as a form sends.

use access::{Access, RouteRule, SharedSite, Visitor, rule};
use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use axum::routing::get;
use maud::{Markup, html};
use serde_json::json;
use std::collections::BTreeMap;
use web::components::disclosure;
use web::{Look, Page, PageResult, assets};

/// Who may come where: nothing on these pages is about anybody.
pub(super) static RULES: &[RouteRule] = &[
    rule("GET", BOOK, Access::Public),
    rule("GET", "/visits/sw.js", Access::Public),
    rule("GET", "/visits/app.webmanifest", Access::Public),
];

const BOOK: &str = "/visits/pocket";

/// The routes.
pub(super) fn routes() -> Router<SharedSite> {
    Router::new()
        .route(BOOK, get(show))
        .route("/visits/sw.js", get(worker))
        .route("/visits/app.webmanifest", get(manifest))
}

/// `GET /visits/sw.js`: what keeps the page at hand.
async fn worker() -> impl IntoResponse {
    let files = ["app.css", "app.js", "pocket.js", "seal.svg"].map(assets::url);
    let list: Vec<&str> = files.iter().map(String::as_str).chain([BOOK]).collect();
    let text = include_str!("../../assets/sw.js")
        .replace("HASH", &files[0])
        .replace("FILES_LIST", &json!(list).to_string());
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        // "My households" itself is one of its pages, not only what lies below.
        (HeaderName::from_static("service-worker-allowed"), "/visits"),
    ];
    (headers, text)
}

/// `GET /visits/app.webmanifest`: what a phone is told to put it on its first screen.
async fn manifest() -> impl IntoResponse {
    let body = json!({
        "name": "连心随身本", "short_name": "随身本", "lang": "zh-CN", "id": BOOK, "start_url": BOOK, "scope": "/visits",
        "display": "standalone", "background_color": "#f5f4f0", "theme_color": "#f5f4f0",
        "icons": [{ "src": assets::url("seal.svg"), "sizes": "any", "type": "image/svg+xml" }],
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], body.to_string())
}

/// `GET /visits/pocket`
async fn show(visitor: Visitor) -> PageResult {
    let look = &visitor.look;
    let t = |zh, en| look.t(zh, en);
    let page = Page::new(look, t("随身本", "Pocket book"))
        .nav(Vec::new())
        .user(None)
        .search(false)
        .narrow()
        .manifest("/visits/app.webmanifest")
        .lede(html! { p { (t(
            "没有信号也能记走访。只放您自己联系的户，用您定的口令锁在这部手机里。",
            "Notes visits without a signal. It holds your own households alone, locked on this phone by a word of yours.",
        )) } })
        .main(html! {
            noscript { div.flash.soon { span { (t(
                "随身本要用脚本。没有脚本时，请在有网络的地方用“我联系的户”。",
                "The pocket book needs scripts. Without them use \"My households\" where there is a network.",
            )) " " a href="/visits" { (t("我联系的户", "My households")) } } } }
            div #pocket.stack data-say=(words(look)) {
                div #told.flash.info role="status" aria-live="polite" hidden {}
                (new_book(look)) (locked(look)) (list(look)) (visit(look))
            }
            (templates(look))
            script type="module" src=(assets::url("pocket.js")) {}
        });
    Ok(page.into_response())
}

fn word_field(look: &Look, name: &str, id: &str, label: &str, fresh: bool) -> Markup {
    html! { div.field {
        label for=(id) { (label) }
        @if fresh && name == "word" { p.hint { (look.t("至少六个字符，记在心里；忘了就打不开，也没有人能代您打开。", "At least six characters, kept in mind: nobody can open it without.")) } }
        input id=(id) name=(name) type="password" required autocomplete=(if fresh { "new-password" } else { "current-password" }) data-focus[name == "word"];
    } }
}

fn new_book(look: &Look) -> Markup {
    html! { section data-view="new" hidden {
        form #make.card.stack {
            h2 { (look.t("带上我的户", "Take my households along")) }
            ol {
                li { (look.t("在有网络的地方登录，到这一页。", "Sign in where there is a network, and come to this page.")) }
                li { (look.t("定一个口令，点“带上”。", "Choose a word, and take them along.")) }
                li { (look.t("到了村里打开这一页，输口令就能记；有网络时自动上传。", "In the village open this page with the word; what you note is sent when there is a network.")) }
            }
            (word_field(look, "word", "w-new", look.t("口令", "Your word"), true))
            (word_field(look, "again", "w-again", look.t("再输一次", "Once more"), true))
            div.actions { button.btn.main type="submit" { (look.t("带上", "Take along")) } a.btn href="/sign-in?next=/visits/pocket" { (look.t("先登录", "Sign in first")) } }
        }
        (bring(look, "w-bring"))
    } }
}

fn locked(look: &Look) -> Markup {
    html! { section data-view="locked" hidden {
        form #open.card.stack {
            h2 { (look.t("打开随身本", "Open the pocket book")) }
            (word_field(look, "word", "w-open", look.t("口令", "Your word"), false))
            div.actions { button.btn.main type="submit" { (look.t("打开", "Open")) } }
        }
    } }
}

fn list(look: &Look) -> Markup {
    html! { section.stack data-view="list" hidden {
        p #until.hint tabindex="-1" data-focus {}
        div.card.stack {
            p { b #unsent {} }
            p #photos-left hidden {}
            p #may-go.soon hidden { (look.t("这个浏览器没有答应一直留着，快满或几天不用时可能会清掉：先上传；传不了的，存一份文件。",
                "This browser has not promised to keep it, and may clear it when room is short or after some days: send it, or save it to a file.")) }
            p #brought.late role="status" aria-live="polite" hidden {}
            div.actions {
                button #send.btn.main type="button" { (look.t("上传和更新", "Send and update")) }
                button #download.btn type="button" { (look.t("存成文件", "Save to a file")) }
                button #lock.btn.quiet type="button" { (look.t("锁上", "Lock")) }
            }
            p.hint { (look.t("浏览器清理空间前，或换手机时，先存成文件；文件也用您的口令锁着。", "Before the browser clears its room, or a change of phones: save to a file, which your word locks as well.")) }
        }
        div #made-part hidden { h2 { (look.t("记下的走访", "Visits noted")) } ul #made.plain.stack {} }
        div.field { label for="find" { (look.t("找一户", "Find a household")) } input #find type="search" autocomplete="off"; }
        p #none.empty hidden { (look.t("没有找到。", "None found.")) }
        ul #homes.plain.stack {}
        (disclosure(look.t("换手机、不用了", "Another phone, or no longer needed"), html! {
            (bring(look, "w-more"))
            div.actions { button #destroy.btn.danger type="button" { (look.t("清空这部手机上的随身本", "Destroy the book on this phone")) } }
        }))
    } }
}

fn bring(look: &Look, id: &str) -> Markup {
    let file = format!("{id}-file");
    disclosure(
        look.t("从文件放进来", "Bring in from a file"),
        html! { form.bring.stack {
            div.field { label for=(file) { (look.t("存下的文件", "The file")) } input.file id=(file) name="file" type="file" accept=".json" required; }
            (word_field(look, "word", id, look.t("那个文件的口令", "The word of that file"), false))
            div.actions { button.btn type="submit" { (look.t("放进来", "Bring in")) } }
        } },
    )
}

fn visit(look: &Look) -> Markup {
    let t = |zh, en| look.t(zh, en);
    html! { section data-view="visit" hidden {
        form #visit.stack novalidate {
            div { h2 #who tabindex="-1" data-focus {} p #where.quiet {} }
            div #faults.errors role="alert" tabindex="-1" hidden { b { (t("还差一点，请改正下面几处", "Almost there: please correct this")) } ul {} }
            section.card { h2 { (t("先说上次答应的", "First, what was promised")) } div #f-promises.stack {} }
            section.card { h2 { (t("听到了什么", "What was learnt")) } p.hint { (t("没有新情况的不用点，也不用写。", "Where there is nothing new, leave it as it is.")) } div #f-answers.stack {} }
            section.card { h2 { (t("计划里的事，这次帮了哪项", "Which items of the plan were helped")) } p.hint { (t("没帮到的不用点；点了就算一次帮扶，不用另记。", "Leave what was not; what is tapped counts as help and is not noted again.")) } div #f-helped.stack {} }
            section.card { h2 { (t("要办的事", "What is needed")) } div #f-needs.stack {} div.actions { button #more.btn type="button" { (t("记一件要办的事", "Note a need")) } } }
            section.card { h2 { (t("答应下来的事", "What is promised")) } div #f-promised.stack {}
                div.actions { button #promise.btn type="button" { (t("记一件答应的事", "Note a promise")) } } }
            section #photos-part.card hidden { h2 { (t("照片", "Pictures")) }
                p.hint { (t("没有也行。拍到人先问一声。照片在手机上缩小、锁好，走访上传以后再传。", "None is fine. Ask whoever is in it first. They are made small and locked on the phone, and sent after the visit.")) }
                ul #f-photos.plain.stack {}
                div #photo-field.field { label for="photo" { (t("拍照或选照片（不是必须的）", "Take or choose pictures, only if wanted")) }
                    input #photo.file type="file" accept="image/jpeg,image/png,image/webp" multiple; }
                p #photo-told.error role="status" aria-live="polite" hidden {} }
            section.card { div.field { label for="p-on" { (t("哪天去的", "On which day")) } input #p-on name="on" type="date" required; } }
            div.actions { button.btn.main type="submit" { (t("记好了", "Done")) } button #back.btn.quiet type="button" { (t("先放着", "Leave it for now")) } }
        }
    } }
}

/// What the script makes fields from, so that they look like all others.
fn templates(look: &Look) -> Markup {
    html! {
        template #t-line { div.field { label { (look.t("写一句", "In a line")) } input type="text" maxlength="500" autocomplete="off"; } }
        template #t-text { div.field { label { (look.t("写下来", "In words")) } textarea rows="2" maxlength="2000" {} } }
        template #t-date { div.field { label { (look.t("日期", "Day")) } input type="date"; } }
        template #t-class { div.field { label { (look.t("哪一类", "Class")) } select { option value="" { (look.t("说不准，由中心来分", "Nobody can say: the centre finds it")) } } } }
    }
}

/// What the script says: key, Chinese, English.
const WORDS: &[(&str, &str, &str)] = &[
    ("damaged", "有一条存坏了，打不开。", "One entry is damaged and cannot be opened."),
    (
        "over",
        "带出来的户已到期，已从手机上清掉；没上传的走访还在，有网络时上传。",
        "The households were kept as long as they may be and are gone from the phone; visits not sent yet are still here.",
    ),
    ("signIn", "去登录", "Sign in"),
    (
        "again",
        "请再登录一次；记下的都在，登录后回到这里自动上传。",
        "Please sign in again. All that was noted is here and is sent when you come back.",
    ),
    (
        "noNetwork",
        "现在没有网络。记下的都在手机里，有网络时再上传。",
        "There is no network. What was noted stays on the phone and is sent later.",
    ),
    (
        "trouble",
        "网站现在不便，过一会儿再传；记下的都在。",
        "The site is in trouble; send again later. Nothing is lost.",
    ),
    ("offline", "没有网络，照样可以记。", "No network: you can go on noting."),
    (
        "clock",
        "这部手机的时间不准，请校一下；记录上会同时写明手机时间和收到的时间。",
        "The clock of this phone is wrong; please set it. Records show both times.",
    ),
    ("left", "还有 {} 条没有传成，过一会儿再试。", "{} could not be sent; try again later."),
    ("allSent", "都传好了，户的情况也是新的。", "All is sent, and the households are up to date."),
    ("draft", "没写完", "Draft"),
    ("waiting", "等上传", "To be sent"),
    ("taken", "已收到", "Taken"),
    ("refused", "没收下", "Refused"),
    ("goOn", "接着写", "Go on"),
    ("note", "记一次", "Note a visit"),
    ("last", "上次去：{}", "Last seen: {}"),
    ("never", "还没有走访记录", "No visit on record"),
    ("promised", "答应过：", "Promised: "),
    ("by", "{} 前", "by {}"),
    ("keptUntil", "这些户在手机里放到 {} 为止。", "The phone keeps these households until {}."),
    (
        "noBook",
        "手机里现在没有户，有网络时点“上传和更新”。",
        "No households are on the phone; update where there is a network.",
    ),
    ("number", "编号 {}，查询码 {}（告诉家里人）", "Number {}, code {} (tell the family)"),
    ("mend", "改一改再传", "Mend and send again"),
    ("discard", "不要了", "Discard"),
    ("onceMore", "再传一次", "Send once more"),
    ("notKept", "没能记到手机里，再试一次。", "It could not be kept on the phone: try once more."),
    (
        "otherTab",
        "随身本还在另一个页面开着，请先把那个页面关掉。",
        "The book is open on another page: close that one first.",
    ),
    ("sure", "这条不要了？", "Discard this one?"),
    ("unsent", "有 {} 条还在手机里没有上传", "{} not sent yet"),
    ("nothingUnsent", "没有等上传的", "Nothing waits to be sent"),
    ("what", "什么事", "What is it about"),
    ("who", "谁提的", "Who asks"),
    ("consent", "本人同意登记", "They agree that it is registered"),
    ("agreed", "问过了，同意", "Asked, and they agree"),
    ("then", "怎么办", "What now"),
    ("pass", "登记转办", "Pass on"),
    ("settle", "当场办好", "Settled on the spot"),
    ("how", "当场怎么办好的", "How it was settled"),
    ("solved", "家里人说解决了没有", "Solved, they say"),
    ("yes", "解决了", "Yes"),
    ("no", "没有", "No"),
    ("kept", "已做到", "Kept"),
    ("later", "还没有，改到", "Not yet, until"),
    ("cannot", "做不到，因为", "Cannot, because"),
    ("until", "改到哪天", "Until"),
    ("why", "为什么", "Why"),
    ("inWords", "说的话", "In words"),
    ("whatPromised", "答应什么", "What"),
    ("byWhen", "哪天以前", "By when"),
    ("badDay", "日期要填，不能晚于今天", "A day, not after today"),
    ("answerIt", "上次答应的要有交代：{}", "Say what became of: {}"),
    ("needDay", "请填日期", "Please give a day"),
    ("needWhy", "请写为什么", "Please say why"),
    ("needConsent", "登记前要问过本人", "Ask them before it is registered"),
    ("needHow", "请写怎么办好的", "Please say how it was settled"),
    ("notThisTime", "这次没有", "Not this time"),
    ("sendingPhoto", "正在传照片：第 {} 张，共 {} 张……", "Sending pictures: {} of {} …"),
    ("photoNo", "照片{}", "Picture {}"),
    ("photoOut", "去掉", "Take out"),
    ("photoMost", "一次走访最多放 {} 张照片。", "At most {} pictures go with a visit."),
    ("photoBad", "这张打不开，换一张试试。", "This picture cannot be opened: try another one."),
    (
        "photoFull",
        "手机里放不下了：先上传，或者存成文件以后清一清。",
        "The phone has no room left: send what waits, or save to a file and make room.",
    ),
    ("photosTaken", "照片已收到 {} 张", "Pictures taken: {}"),
    ("photosHere", "照片 {} 张（{}），等上传", "Pictures: {} ({}), to be sent"),
    ("photoRefused", "照片没收下：", "A picture was not taken: "),
    ("photosLeft", "手机里还有 {} 张照片，共 {}", "{} pictures are still on the phone, {} in all"),
    ("saved", "文件存好了，用您的口令锁着。", "The file is saved, locked by your word."),
    ("short", "口令至少六个字符。", "At least six characters, please."),
    ("differ", "两次输的不一样。", "The two differ."),
    ("wrong", "口令不对。", "That is not the word."),
    ("notRead", "打不开：文件不对，或者口令不对。", "It cannot be opened: another file, or another word."),
    (
        "broughtBad",
        "文件里有 {} 条打不开，没有放进来；其余的都放进来了。原来的手机上要是还在，请再存一次。",
        "{} in the file could not be opened and were left out; all else is here. Where the old phone still has them, save once more.",
    ),
    ("noted", "记好了，放在手机里。", "Noted, and kept on the phone."),
    (
        "destroyUnsent",
        "还有 {} 条没有上传，清空就没有了。要清空吗？",
        "{} not sent yet would be lost. Destroy the book?",
    ),
    ("destroySure", "清空这部手机上的随身本？", "Destroy the book on this phone?"),
    (
        "cannotHere",
        "这个浏览器存不了随身本（要用 https 打开，不能是无痕窗口）。",
        "This browser cannot keep the book: open it over https, and not in a private window.",
    ),
];

fn words(look: &Look) -> String {
    let said: BTreeMap<&str, &str> = WORDS.iter().map(|(key, zh, en)| (*key, look.t(zh, en))).collect();
    json!(said).to_string()
}

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn the_script_finds_every_word_it_says() {
        let script = concat!(
            include_str!("../../../web/assets/js/pocket_photos.js"),
            include_str!("../../../web/assets/js/pocket.js")
        );
        let said = script.split("say.").skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            &rest[..end]
        });
        let mut used: Vec<&str> = said.collect();
        used.sort();
        used.dedup();
        let mut known: Vec<&str> = WORDS.iter().map(|w| w.0).collect();
        known.sort();
        assert!(used.len() > 40);
        assert_eq!(used, known);
    }
}
