//! Who has to do something next, and by when: said on the case page and after every act.

use super::act::Act;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::staff;
use db::Tx;
use kernel::{Locale, Result, Timestamp};
use rules::case::{Party, State};
use web::format;

/// Who has to do something next, in the reader's words; none where the case has ended.
pub(crate) fn who(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, locale: Locale) -> Result<Option<String>> {
    let Some(owner) = case.track(ctx)?.step(case.row.state).and_then(|s| s.owner) else { return Ok(None) };
    let unit = ctx.dir.name(case.row.unit, locale);
    let first = ctx.dir.name(case.row.first_unit, locale);
    Ok(Some(match (owner, locale) {
        (Party::Person, _) => locale.t("诉求人", "the person").to_owned(),
        (Party::Officer, _) => format!("{} {}", unit, staff::name_of(tx, case.row.officer)?),
        (Party::Lead, Locale::Zh) => format!("{unit}负责人"),
        (Party::Lead, Locale::En) => format!("the lead of {unit}"),
        (Party::Triage, Locale::Zh) => format!("{first}分流"),
        (Party::Triage, Locale::En) => format!("triage at {first}"),
        (Party::Supervisor, _) => locale.t("督办员", "the supervisor").to_owned(),
        (party, _) => party.name().to(locale).to_owned(),
    }))
}

/// A day and an hour as one would say it: `11月24日 17:30`, and the day alone where it ends with it.
pub(crate) fn by_when(ctx: &Ctx, locale: Locale, at: Timestamp) -> String {
    let zone = ctx.site.zone;
    let day = format::day_near(locale, zone.date(at), ctx.today());
    match format::clock(zone, at).as_str() {
        "23:59" | "00:00" => day,
        hour => format!("{day} {hour}"),
    }
}

/// What to say after an act: what happened, who is next and by when.
pub(crate) fn said(tx: &mut dyn Tx, ctx: &Ctx, act: Act, case: &Case, locale: Locale) -> Result<String> {
    let done = done(act, case);
    let done = done.to(locale);
    if matches!(case.row.state, State::Merged) {
        return Ok(done.to_owned());
    }
    let Some(who) = who(tx, ctx, case, locale)? else {
        let state = case.row.state.name();
        return Ok(match locale {
            Locale::Zh => format!("{done}这件已了结：{}。", state.zh),
            Locale::En => format!("{done} The case has ended: {}.", state.en.to_lowercase()),
        });
    };
    let due = case.row.step_due.or(case.row.answer_due).map(|at| by_when(ctx, locale, at));
    Ok(match (locale, due) {
        (Locale::Zh, Some(due)) => format!("{done}下一步：{who}，{due} 前。"),
        (Locale::Zh, None) => format!("{done}下一步：{who}。"),
        (Locale::En, Some(due)) => format!("{done} Next: {who}, by {due}."),
        (Locale::En, None) => format!("{done} Next: {who}."),
    })
}

fn done(act: Act, case: &Case) -> kernel::Say {
    use kernel::Say;
    let say = |zh: &'static str, en: &'static str| Say::new(zh, en);
    match act {
        Act::Triage => say("已分流。", "Triage is done."),
        Act::Assignment | Act::Ruling => say("已交办。", "It is sent to the unit."),
        Act::Recall => say("已收回，请重新交办。", "Taken back; it awaits a new dispatch."),
        Act::Settlement => say("已当场办结并记录。", "Settled on the spot and put on record."),
        Act::Refusal => say(
            "已不予受理，依据和途径已告知诉求人。",
            "Not accepted; the person is told why and where to go.",
        ),
        Act::Merge => say("已并案。", "It is merged."),
        Act::Acceptance => say("已签收。", "It is signed for."),
        Act::Officer => say("已定责任人，并告知诉求人。", "The officer is named and the person is told."),
        Act::Return if case.row.state == State::Arbitration && case.row.returns > 2 => say(
            "已退单。这件退过不止一次，直接由督办员裁定。",
            "Sent back. It was sent back before, so the arbiter rules.",
        ),
        Act::Return if case.row.state == State::Arbitration => say(
            "已退单。这是第二次，直接由督办员裁定。",
            "Sent back. It is the second time, so the arbiter rules.",
        ),
        Act::Return => say("已退单，诉求人的期限照走。", "Sent back; the person's clock goes on."),
        Act::Contact => say("联系情况已记录。", "The contact is recorded."),
        Act::Progress => say("进展已记录。", "Progress is noted."),
        Act::Note => say("备注已写好。", "The note is written."),
        Act::Help => say("已请对方协办。", "The other unit is asked."),
        Act::HelpReport => say("已反馈给主办单位。", "Reported to the handling unit."),
        Act::Pause => say("已请诉求人补充，答复期限停走。", "The person is asked; the answer clock rests."),
        Act::Resumption => say("已恢复办理。", "It goes on."),
        Act::Extension => say("已延期，并告知诉求人。", "Extended; the person is told."),
        Act::Escalation => say("已上报。", "It is passed up."),
        Act::GiveBack => say("已退回，别人可以再认领。", "Given back; others can take it up."),
        Act::Referral => say("已提请领导小组。", "It is before the leading group."),
        Act::Decision if case.row.state == State::Assigned => {
            say("会议决定已记录，已交办。", "The decision is recorded, and it is sent to the unit.")
        }
        Act::Decision => say("会议决定已记录。", "The decision is recorded."),
        Act::SupervisionReply => say("已答复督办。", "The order is replied to."),
        Act::Answer => say("已答复，并请诉求人评价。", "Answered; the person is asked to judge."),
        Act::Judgement => say("诉求人的话已记下。", "The person's word is written down."),
        Act::Attempt => say("已记一次没联系上。", "The attempt is recorded."),
        Act::Sample if case.row.is_live() => {
            say("诉求人说没有解决，这件已重启。", "They say it is not solved, so it is open again.")
        }
        Act::Sample => say("抽查回访已记下。", "The call-back by lot is recorded."),
        Act::SampleMissed => say("已记一次没联系上。", "The attempt is recorded."),
        Act::Lapse => say("已按逾期未评处理。", "It goes on without a word."),
        Act::Review => say("已裁定，并告知诉求人。", "The ruling is made and the person is told."),
        Act::Closure => say("已销号。", "It is signed off."),
        Act::Reopening => say("已重启。", "It is open again."),
        Act::Correction => {
            say("已更正，原来的写法留在案上。", "Corrected; what stood there stays on record.")
        }
        Act::Supervision => say("已发督办。", "The order is issued."),
        Act::Dismissal => say("已记录不予督办的理由。", "The reason against supervision is recorded."),
        Act::Moderation => say("公开审核已完成。", "The decision on publishing is made."),
        Act::Relay => say("已发出，或已记下。", "It is sent, or put on record."),
        Act::Told => say("已登记另行告知。", "The act is recorded in place of the message."),
    }
}
