//! The form of getting in touch without seeing the number.

use super::bench::Bench;
use crate::acts::On;
use crate::acts::judge::OUTCOMES;
use crate::acts::relay::{self, REACHED, Relay, Way};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::work::people::pseudonym;
use kernel::{Error, Result};
use maud::{Markup, html};
use web::form::{Choice, Field, radios, textarea};
use web::{FormState, Values};

const MESSAGE: &str = "message";

pub(crate) fn fields(b: &Bench, s: &FormState) -> Markup {
    let eye = &b.eye;
    let several = b.case.people().nth(1).is_some();
    let people: Vec<Choice> = (b.case.people().enumerate())
        .filter(|(_, p)| !b.case.has_left(Some(*p)))
        .map(|(i, _)| Choice::new(i.to_string(), pseudonym(i, eye.locale())))
        .collect();
    let sent =
        eye.t("短信发给诉求人，也显示在他的页面上", "By text message; it stands on their page as well");
    let mut ways = vec![Choice::new(MESSAGE, eye.t("发消息", "Send a message")).hint(sent)];
    ways.push(Choice::new(REACHED, eye.t("打了电话：联系上了", "Called: spoke with them")));
    ways.extend(OUTCOMES.iter().map(|(key, zh, en)| {
        Choice::new(*key, format!("{}{}", eye.t("打了电话：", "Called: "), eye.locale().t(zh, en)))
    }));
    let hint = eye.t(
        "消息最多 80 字，不写手机号、证件号等号码。通话写说了什么；没联系上的可以不写。",
        "A message has at most 80 characters and no telephone or identity numbers. Of a call: what was said; nothing is needed where nobody was reached.",
    );
    html! {
        p.hint { (eye.t("打电话请热线或总机转接，号码不会显示给您。不同日子都联系不上的，记下来也算联系凭据。",
            "Have the hotline put calls through: the number is not shown to you. Calls on different days that reach nobody count as evidence of contact.")) }
        @if several { (radios(&eye.look, s, Field::new("who", eye.t("找谁", "Whom")).required(), &people)) }
        (radios(&eye.look, s, Field::new("way", eye.t("怎么联系", "How")).required(), &ways))
        (textarea(&eye.look, s, Field::new("text", eye.t("内容", "What is said")).hint(hint).max(500).key("1"), 3))
    }
}

pub(crate) async fn send(ctx: &Ctx, on: On, v: &Values) -> Result<Case> {
    let way = match v.one("way") {
        "" => return Err(Error::field("way", "请选择怎么联系的。", "Please choose how.")),
        MESSAGE => Way::Message,
        outcome => Way::Call(outcome.to_owned()),
    };
    let who = v.parsed("who").unwrap_or(0);
    let input = Relay { on, who, way, text: v.one("text").to_owned() };
    ctx.write(move |tx, ctx| relay::relay(tx, ctx, &input)).await
}
