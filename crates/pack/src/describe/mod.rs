//! The page "rules in force" 现行规则, as data: everything a reader may want to know, in both languages.

mod liaison;
mod rows;
mod visit;
mod work;

pub use rows::{ClassRow, EdgeRow, LimitRow, NoticeRow, RulesPage, StepRow, SupervisionRow, TrackPage};

use crate::{Class, LimitRule, Pack};
use kernel::{Role, Say, Text};
use rules::case::{ClockKind, Edge, Evidence, Kind, Need, Party, State, TrackStep, Urgency};
use rules::deadline::{Arrival, Closes};

/// The page for a pack.
pub fn describe(pack: &Pack) -> RulesPage {
    RulesPage {
        name: pack.name.clone(),
        version: pack.version.clone(),
        valid_from: pack.valid_from.to_string(),
        about: pack.about.clone(),
        counting: counting(pack),
        classes: pack.classes.iter().map(|c| class_row(pack, c)).collect(),
        limits: pack.limits.iter().map(|l| limit_row(pack, l)).collect(),
        tracks: pack.tracks.iter().map(|t| track_page(pack, t)).collect(),
        notices: pack
            .templates
            .iter()
            .map(|t| NoticeRow {
                id: t.id.clone(),
                notice: t.notice.map(|n| n.name()),
                to: t.to.name(),
                subject: t.subject.clone(),
                body: t.body.clone(),
                version: t.version.clone(),
            })
            .collect(),
        grounds: pack
            .grounds
            .iter()
            .map(|g| (g.text.clone(), g.right_way.clone(), sourced(&g.citation, g.tag)))
            .collect(),
        supervision: pack
            .supervision
            .iter()
            .map(|g| SupervisionRow {
                name: g.name.clone(),
                text: g.text.clone(),
                when: g.when.iter().map(|w| with_number(w.trigger.name(), w.at)).collect(),
                who: list(g.who.iter().map(|p| p.name())),
                limit: g.limit.say(),
                citation: g.citation.clone(),
            })
            .collect(),
        identity: identity(pack),
        other: [other(pack), visit::visit(pack), liaison::liaison(pack), work::work(pack)].concat(),
    }
}

/// What has to be shown before a request of this class is signed off, in words; empty where nothing is.
pub fn evidence(class: &Class) -> Say {
    list(class.evidence.iter().map(|e: &Evidence| e.name()))
}

/// Words joined for a sentence; empty where there are none.
fn list(words: impl Iterator<Item = Say>) -> Say {
    let words: Vec<Say> = words.collect();
    let join = |pick: fn(&Say) -> &str, comma: &str| words.iter().map(pick).collect::<Vec<_>>().join(comma);
    Say::new(join(|s| &s.zh, "、"), join(|s| &s.en, ", "))
}

fn with_number(what: Say, n: u32) -> Say {
    Say::new(format!("{} ≥ {n}", what.zh), format!("{} ≥ {n}", what.en))
}

fn sourced(citation: &Text, tag: crate::Tag) -> Say {
    let tag = tag.name();
    Say::new(format!("{}（{}）", citation.zh, tag.zh), format!("{} ({})", citation.en, tag.en))
}

fn counting(pack: &Pack) -> Vec<Say> {
    let office = pack.counting.office;
    let years: Vec<i16> = pack.calendar().years.keys().copied().collect();
    let (first, last) = (years.first().copied().unwrap_or(0), years.last().copied().unwrap_or(0));
    let mut out = vec![
        Say::new(
            format!(
                "工作日按国务院放假通知算，调休上班的周末算工作日；已公布 {first} 至 {last} 年，没公布的年份期限标为“暂定”。"
            ),
            format!(
                "Working days follow the official holiday notices, make-up days included; published for {first} to {last}. A date in a year not yet published is marked provisional."
            ),
        ),
        Say::new(
            "开始的当天不算；按日历日算的，最后一天是休息日就顺延到下一个工作日（民法典第二百零一条、第二百零三条）。按小时算的不间断。",
            "The day of the start does not count. A limit in calendar days that ends on a rest day moves on to the next working day (Civil Code, arts. 201, 203). Hours run without interruption.",
        ),
        Say::new(
            format!("办公时间 {}–{}。", office.from, office.to),
            format!("Office hours {}–{}.", office.from, office.to),
        ),
    ];
    out.push(match pack.counting.closes {
        Closes::Midnight => Say::new("最后一天到 24 点为止。", "The last day ends at midnight."),
        Closes::Office => Say::new("最后一天到下班为止。", "The last day ends when offices close."),
    });
    out.push(match pack.counting.arrival {
        Arrival::AsItHappened => Say::new(
            "下班后、休息日收到的，当天就算收到。",
            "What arrives after hours or on a rest day has arrived that day.",
        ),
        Arrival::NextOpening => Say::new(
            "下班后、休息日收到的，下一个上班时算收到。",
            "What arrives after hours or on a rest day has arrived at the next opening.",
        ),
    });
    out.push(Say::new(
        format!("时限用到 {}% 提醒一次，到期当天再提醒一次。", pack.warn_percent),
        format!("A first signal comes at {} % of a limit, another on the day it is due.", pack.warn_percent),
    ));
    out
}

fn class_row(pack: &Pack, class: &Class) -> ClassRow {
    let answer = pack.limit(&class.code, class.kind, class.urgency, ClockKind::Answer).map(|l| l.limit.say());
    ClassRow {
        code: class.code.clone(),
        depth: class.depth(),
        name: class.name.clone(),
        handler: pack.unit_kind(&class.handler).map(|k| k.name.clone()).unwrap_or_default(),
        answer: answer.unwrap_or_else(|| Say::new("", "")),
        evidence: evidence(class),
        note: class.note.clone(),
        call: class.stop.as_ref().map(|s| s.call.clone()).unwrap_or_default(),
        moderation: class.moderation.name(),
    }
}

fn limit_row(pack: &Pack, rule: &LimitRule) -> LimitRow {
    let mut when = Vec::new();
    when.extend(rule.urgency.map(|u: Urgency| u.name()));
    when.extend(rule.kind.map(|k: Kind| k.name()));
    if let Some(track) = rule.track.as_deref().and_then(|t| pack.track(t)) {
        when.push(Say::new(format!("“{}”流程", track.name.zh), format!("track \"{}\"", track.name.en)));
    }
    if rule.by_class {
        let n =
            pack.classes.iter().filter(|c| c.is_leaf() && c.limits.values().any(|id| *id == rule.id)).count();
        when.push(Say::new(format!("点名的 {n} 个分类"), format!("{n} classes that name it")));
    }
    LimitRow {
        id: rule.id.clone(),
        version: rule.version.clone(),
        clock: rule.clock.name(),
        applies: if when.is_empty() { Say::new("一般", "As a rule") } else { list(when.into_iter()) },
        limit: rule.limit.say(),
        citation: rule.citation.clone(),
        tag: rule.tag.name(),
        valid_from: rule.valid_from.to_string(),
    }
}

fn track_page(pack: &Pack, track: &rules::case::Track) -> TrackPage {
    let clock = |c: ClockKind| match track.clocks.get(&c) {
        Some(limit) => {
            let (name, limit) = (c.name(), limit.say());
            Say::new(format!("{}：{}", name.zh, limit.zh), format!("{}: {}", name.en, limit.en))
        }
        None => c.name(),
    };
    let step = |s: &TrackStep| StepRow {
        state: s.state.name(),
        owner: s.owner.map(|p| party(pack, p)),
        clock: s.clock.map(clock),
        edges: s.edges.iter().map(|e| edge_row(pack, s.state, e)).collect(),
    };
    TrackPage {
        id: track.id.clone(),
        name: track.name.clone(),
        steps: track.steps.iter().map(step).collect(),
    }
}

/// A part, by the name that the place gives to the role that plays it.
fn party(pack: &Pack, party: Party) -> Say {
    match party {
        Party::Triage => pack.role_name(Role::Triage),
        Party::Lead => pack.role_name(Role::Lead),
        Party::Supervisor => pack.role_name(Role::Supervisor),
        other => other.name(),
    }
}

fn edge_row(pack: &Pack, from: State, edge: &Edge) -> EdgeRow {
    let (verb, when) = (edge.verb.name(), edge.when.name());
    EdgeRow {
        verb: if when.zh.is_empty() {
            verb
        } else {
            Say::new(format!("{}（{}）", verb.zh, when.zh), format!("{} ({})", verb.en, when.en))
        },
        to: edge.target(from).name(),
        who: list(edge.who.iter().map(|p| party(pack, *p))),
        needs: list(edge.needs.iter().map(|n: &Need| n.name())),
        notices: list(edge.notices.iter().map(|n| n.name())),
        starts: list(edge.starts.iter().map(|c| c.name())),
        stops: list(edge.stops.iter().map(|c| c.name())),
    }
}

/// Who asked: sealed, looked at for a purpose only, kept for so long.
fn identity(pack: &Pack) -> Vec<Say> {
    let purposes = list(pack.purposes.iter().map(|p| Say::new(p.text.zh.clone(), p.text.en.clone())));
    let source = sourced(&pack.keeping.citation, pack.keeping.tag);
    let days = pack.keeping.days;
    let mut out = vec![
        Say::new(
            "姓名、电话、住址和证件号加密另存，办件人看不到。要看须说明用途，每一次都留记录，并列在诉求人自己的网页上。",
            "Name, telephone, address and identity number are kept apart, encrypted; handlers do not see them. A look needs a purpose, and each stands on record and on the person's own page.",
        ),
        Say::new(
            format!("可以看的用途：{}。", purposes.zh),
            format!("Purposes for which one may look: {}.", purposes.en),
        ),
        Say::new(
            format!("办结 {days} 天后，身份自动销毁，统计保留。{}", source.zh),
            format!(
                "{days} days after the end the identity is destroyed by itself; the statistics stay. {}",
                source.en
            ),
        ),
    ];
    let own = |c: &&Class| c.is_leaf() && c.keep_days.is_some_and(|own| own != days);
    out.extend(pack.classes.iter().filter(own).map(|c| {
        let own = c.keep_days.unwrap_or(days);
        Say::new(
            format!("“{}”保存 {own} 天。", c.name.zh),
            format!("“{}” is kept for {own} days.", c.name.en),
        )
    }));
    out.extend(pack.mediation.as_ref().map(|m| {
        let (years, source) = (m.keep_years, sourced(&m.keep_citation, m.keep_tag));
        Say::new(
            format!("调解卷宗保存 {years} 年，本人要求删除身份的也保存到那时。{}", source.zh),
            format!(
                "The file of a mediation is kept for {years} years, also where somebody asks to be forgotten. {}",
                source.en
            ),
        )
    }));
    out
}

fn other(pack: &Pack) -> Vec<Say> {
    let (ext, call) = (&pack.extension, &pack.call_back);
    let who = list(ext.who.iter().map(|p| party(pack, *p)));
    let cap = ext.cap.say();
    let source = sourced(&ext.citation, ext.tag);
    let satisfied: Vec<&Text> = pack.satisfaction.iter().filter(|g| g.satisfied).map(|g| &g.name).collect();
    let join = |pick: fn(&Text) -> &str, comma: &str| {
        satisfied.iter().map(|t| pick(t)).collect::<Vec<_>>().join(comma)
    };
    vec![
        Say::new(
            format!(
                "延期：由{}批准，最多 {} 次，每次不超过 {}{}，并向诉求人说明。{}",
                who.zh,
                ext.times,
                cap.zh,
                if ext.before_due { "，到期前提出" } else { "" },
                source.zh
            ),
            format!(
                "Extension: by {}, at most {} time(s), each no more than {}{}, and explained to the person. {}",
                who.en,
                ext.times,
                cap.en,
                if ext.before_due { ", before the limit has run out" } else { "" },
                source.en
            ),
        ),
        Say::new(
            format!("停钟：只有等诉求人补充时才停，最多 {} 次。退单、上报、协办都不停。", pack.pause.times),
            format!(
                "Waiting: the clock rests only while the person is asked for something, at most {} times. Returning, escalating or asking for help never stop it.",
                pack.pause.times
            ),
        ),
        Say::new(
            format!(
                "回访：答复后 {} 天没有评价的，由非承办单位的人回访；{} 天内至少在 {} 个不同的日子联系过，满 {} 天仍没有消息的按“未评价”处理，要第二人签字才能销号。",
                call.after_days, call.window_days, call.attempt_days, call.lapse_days
            ),
            format!(
                "Call-back: {} days after an answer without a judgement somebody of another unit calls. After attempts on at least {} different days within {} days, and no word for {} days, it counts as not judged, and a second signature is needed to close it.",
                call.after_days, call.attempt_days, call.window_days, call.lapse_days
            ),
        ),
        lot(&call.lot),
        Say::new(
            format!("解决率和满意率分开算；{}计为满意。", join(|t| &t.zh, "、")),
            format!("Solved and satisfied are counted apart; satisfied are: {}.", join(|t| &t.en, ", ")),
        ),
        Say::new(
            format!("不能解决的另外要有：{}。", list(pack.unsolvable_evidence.iter().map(|e| e.name())).zh),
            format!(
                "What cannot be solved needs: {}.",
                list(pack.unsolvable_evidence.iter().map(|e| e.name())).en
            ),
        ),
        Say::new(
            format!(
                "公开：{}少于 {} 件的不排名、不算比率。",
                pack.public_ledger.intro.zh, pack.public_ledger.least_for_rates
            ),
            format!(
                "Publication: {} Fewer than {} cases are neither ranked nor given a rate.",
                pack.public_ledger.intro.en, pack.public_ledger.least_for_rates
            ),
        ),
    ]
}

/// Which words are asked again by lot.
fn lot(rule: &rules::lot::Rule) -> Say {
    let (zh, en) = match rule.every {
        rules::lot::Every::Week => ("每周", "Each week"),
        rules::lot::Every::Month => ("每月", "Each month"),
    };
    let rules::lot::Rule { percent, least, fast_percent, spotless_cases, spotless_percent, .. } = rule;
    Say::new(
        format!(
            "抽签回访：{zh}从每个单位销号的、本人自己说“解决了”的里面抽 {percent}%，至少 {least} 件；用时不到时限 {fast_percent}% 的一律问；销号 {spotless_cases} 件以上而没有一件差评的单位抽 {spotless_percent}%。种子事先公布指纹，事后人人可以重算。"
        ),
        format!(
            "Call-back by lot: {} {percent} % of what each unit closed and its people themselves called solved, at least {least}; always what took less than {fast_percent} % of its time; {spotless_percent} % of a unit that closed {spotless_cases} or more without one complaint. The hash of the seed is published before, and anybody can compute the draw.",
            en
        ),
    )
}
