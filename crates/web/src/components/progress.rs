//! Where something stands: the date that counts, the steps, and what happened.

use super::Tone;
use crate::look::Look;
use maud::{Markup, html};

/// The date that counts, before any state.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// `Soon`, `Late`, `Ok`, or plain.
    pub tone: Tone,
    /// The day, large: `今天`, `11月24日`.
    pub date: String,
    /// What happens by then: `17:30 前答复`.
    pub sub: String,
    /// How the day came about.
    pub detail: String,
    /// Where it is explained day by day.
    pub why: Option<String>,
}

/// The date that counts.
pub fn due_block(look: &Look, d: &Due) -> Markup {
    html! {
        div class={ "due " (d.tone.class()) } {
            p.big { b { (d.date) } " " span { (d.sub) } }
            @if !d.detail.is_empty() || d.why.is_some() {
                p.why {
                    (d.detail)
                    @if let Some(href) = &d.why { " " a href=(href) { (look.t("为什么是这一天", "Why this day")) } }
                }
            }
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Where it stands.
    Now,
    /// Ahead.
    #[default]
    Next,
    /// It ended here, or waits.
    Stopped,
}

/// A step of the way.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Its name.
    pub label: String,
    /// When, or who; may be empty.
    pub sub: String,
    /// How far it is.
    pub state: StepState,
}

/// The way of a case, step by step: side by side where there is room.
pub fn steps(look: &Look, items: &[Step]) -> Markup {
    way(look, items, false)
}

/// The same with steps that need a sentence each: one under the other on every screen.
pub fn steps_down(look: &Look, items: &[Step]) -> Markup {
    way(look, items, true)
}

fn way(look: &Look, items: &[Step], down: bool) -> Markup {
    html! {
        ol.steps.down[down].row[!down] aria-label=(look.t("办理进度", "Progress")) {
            @for s in items {
                @let (class, said) = match s.state {
                    StepState::Done => ("done", look.t("已完成", "done")),
                    StepState::Now => ("now", look.t("正在进行", "now")),
                    StepState::Next => ("next", look.t("尚未开始", "to come")),
                    StepState::Stopped => ("stopped", look.t("停在这里", "stopped here")),
                };
                li class=(class) aria-current=[(s.state == StepState::Now).then_some("step")] {
                    b { (s.label) } span.sr { " " (said) " " }
                    @if !s.sub.is_empty() { span.sub { (s.sub) } }
                }
            }
        }
    }
}

/// How an entry of a timeline is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Something was done.
    #[default]
    Plain,
    /// Something was told to the person.
    Told,
    /// The person said something.
    Heard,
    /// Something went wrong or past its time.
    Alert,
}

/// An entry of a timeline.
#[derive(Clone, Debug)]
pub struct TimelineItem {
    /// When, as it is read.
    pub when: String,
    /// When, for programs: see [`crate::format::iso`].
    pub iso: String,
    /// What happened.
    pub title: Markup,
    /// What was said or attached.
    pub body: Option<Markup>,
    /// How it is marked.
    pub mark: Mark,
}

/// What happened, newest first or oldest first as given.
pub fn timeline(items: &[TimelineItem]) -> Markup {
    html! {
        ol.line {
            @for i in items {
                @let class = match i.mark {
                    Mark::Plain => "plain", Mark::Told => "told", Mark::Heard => "heard", Mark::Alert => "alert",
                };
                li class=(class) {
                    time datetime=(i.iso) { (i.when) }
                    div { p { (i.title) } @if let Some(b) = &i.body { div.note { (b) } } }
                }
            }
        }
    }
}

/// How much of something is done, in whole numbers; `label` says of what.
pub fn progress(label: &str, done: u64, of: u64) -> Markup {
    html! {
        div.progress {
            span { (label) } span.n { (done) " / " (of) }
            progress value=(done) max=(of.max(1)) aria-label=(label) {}
        }
    }
}
