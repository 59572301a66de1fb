//! The county's tracks are sound, broken ones are refused with the way that shows it, and no walk
//! through the machine ends without what is owed.

use super::check::{CheckInput, Fault, FaultKind, check};
use super::*;
use crate::deadline::Limit;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

#[derive(serde::Deserialize)]
struct File {
    track: Vec<Track>,
}

static COUNTY: LazyLock<Vec<Track>> = LazyLock::new(|| {
    let file: File =
        toml::from_str(include_str!("../../../../packs/county/tracks.toml")).expect("tracks read");
    let mut tracks = file.track;
    for track in &mut tracks {
        for clock in track.clocks_used() {
            track.clocks.insert(clock, Limit::WorkingDays(5));
        }
    }
    tracks
});

const EVERYTHING: CheckInput = CheckInput { evidence: true, major: true };
const ORDINARY: CheckInput = CheckInput { evidence: true, major: false };

fn track(id: &str) -> Track {
    COUNTY.iter().find(|t| t.id == id).expect("a county track").clone()
}

/// The track with one state's edges changed.
fn changed(id: &str, state: State, change: impl Fn(&mut Vec<Edge>)) -> Track {
    let mut t = track(id);
    let step = t.steps.iter_mut().find(|s| s.state == state).expect("a step");
    change(&mut step.edges);
    t
}

fn without(need: Need, verb: Verb) -> impl Fn(&mut Vec<Edge>) {
    move |edges| edges.iter_mut().filter(|e| e.verb == verb).for_each(|e| e.needs.retain(|n| *n != need))
}

fn found(track: &Track, kind: FaultKind) -> Fault {
    found_for(track, kind, &ORDINARY)
}

fn found_for(track: &Track, kind: FaultKind, demand: &CheckInput) -> Fault {
    let faults = check(track, demand);
    faults
        .iter()
        .find(|f| f.kind == kind)
        .unwrap_or_else(|| panic!("{kind:?} expected among {faults:#?}"))
        .clone()
}

fn verbs(fault: &Fault) -> Vec<Verb> {
    fault.path.iter().map(|(_, v)| *v).collect()
}

#[test]
fn the_county_tracks_are_sound() {
    for t in COUNTY.iter() {
        let demand = if matches!(t.id.as_str(), "standard" | "major") { EVERYTHING } else { ORDINARY };
        let faults = check(t, &demand);
        assert!(faults.is_empty(), "{}: {:#?}", t.id, faults.iter().map(Fault::say).collect::<Vec<_>>());
    }
}

#[test]
fn a_result_that_nobody_tells_is_refused_with_the_way_there() {
    let t = changed("standard", State::Judged, without(Need::AllNotices, Verb::Close));
    let fault = found(&t, FaultKind::SkipsNotice(Notice::Result));
    assert_eq!(
        fault.path,
        vec![(State::Registered, Verb::Settle), (State::Answered, Verb::Judge), (State::Judged, Verb::Close),]
    );
    let say = fault.say();
    assert_eq!(say.zh, "从“待分流”经“当场办结、评价、销号”可以不发结果告知就到“已销号”。");
    assert!(
        say.en.starts_with("From \"Awaiting triage\" by \"Settle on the spot, Judge, Sign off\":"),
        "{}",
        say.en
    );
}

#[test]
fn a_notice_that_sign_off_demands_and_nothing_makes_due_is_refused() {
    let t = changed("standard", State::InHand, |e| e.iter_mut().for_each(|e| e.notices.clear()));
    let fault = found(&t, FaultKind::NoticeNeverDue(Notice::Result));
    assert_eq!(verbs(&fault), [Verb::Assign, Verb::Name, Verb::Answer, Verb::Judge, Verb::Close]);
    // One cause is told once: it does not show up as a dead end as well.
    assert!(check(&t, &ORDINARY).iter().all(|f| f.kind != FaultKind::DeadEnd));
}

#[test]
fn a_second_answer_is_told_anew() {
    let t = changed("standard", State::Rework, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Answer).for_each(|e| e.notices.clear());
    });
    let fault = found(&t, FaultKind::NoticeNeverDue(Notice::Result));
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Judge, Verb::Answer, Verb::Judge, Verb::Close]);
}

#[test]
fn an_end_without_evidence_is_refused_where_a_class_demands_it() {
    let mut t = changed("standard", State::Judged, without(Need::Evidence, Verb::Close));
    let fault = found(&t, FaultKind::SkipsEvidence);
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Judge, Verb::Close]);
    t.id = "unchanged".into();
    assert!(check(&t, &CheckInput::default()).is_empty());
}

#[test]
fn an_end_without_the_persons_word_is_refused() {
    let t = changed("standard", State::Answered, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Lapse).for_each(|e| e.needs.clear());
    });
    let fault = check(&t, &ORDINARY);
    // Sign-off itself still asks for the attempts, so the way is not open but shut.
    assert!(fault.iter().any(|f| f.kind == FaultKind::DeadEnd && f.state == State::Judged), "{fault:?}");
    let t = {
        let mut t = t;
        let judged = t.steps.iter_mut().find(|s| s.state == State::Judged).unwrap();
        without(Need::PersonsWord, Verb::Close)(&mut judged.edges);
        t
    };
    let fault = found(&t, FaultKind::SkipsAttempts);
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Lapse, Verb::Close]);
}

#[test]
fn an_officer_who_signs_off_without_a_yes_is_refused() {
    let t = changed("standard", State::Judged, without(Need::SecondSignature, Verb::Close));
    let fault = found(&t, FaultKind::OfficerCloses);
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Attempt, Verb::Lapse, Verb::Close]);
    let t = changed("standard", State::Judged, |e| {
        without(Need::SecondSignature, Verb::Close)(e);
        e.iter_mut().filter(|e| e.verb == Verb::Close).for_each(|e| e.who = vec![Party::Lead]);
    });
    assert_eq!(found(&t, FaultKind::SkipsSecondSignature).path.len(), 4);
}

#[test]
fn a_dead_end_is_refused_with_the_way_into_it() {
    let t = changed("standard", State::Review, |e| e.retain(|e| e.verb == Verb::Supervise));
    let fault = found(&t, FaultKind::DeadEnd);
    assert_eq!(fault.state, State::Review);
    assert_eq!(
        verbs(&fault),
        [Verb::Settle, Verb::Judge, Verb::Answer, Verb::Judge],
        "twice answered, twice denied"
    );
    assert_eq!(check(&t, &ORDINARY).iter().filter(|f| f.kind == FaultKind::DeadEnd).count(), 1);
}

#[test]
fn a_state_that_no_course_reaches_is_refused() {
    let t = changed("standard", State::InHand, |e| e.retain(|e| e.verb != Verb::Pause));
    assert_eq!(found(&t, FaultKind::Unreachable).state, State::Paused);
}

#[test]
fn a_step_without_owner_or_clock_is_refused() {
    let mut t = track("standard");
    t.steps[2].owner = None;
    t.steps[3].clock = None;
    assert_eq!(found(&t, FaultKind::NoOwner).state, t.steps[2].state);
    assert_eq!(found(&t, FaultKind::NoClock).state, t.steps[3].state);
    t.steps[2].owner = Some(Party::Caller);
    assert_eq!(found(&t, FaultKind::OwnerCannotAct).state, t.steps[2].state);
}

#[test]
fn a_clock_without_a_limit_or_one_that_was_not_started_is_refused() {
    let mut t = changed("standard", State::Answered, |e| {
        e.iter_mut().filter(|e| e.when == When::NotSolved).for_each(|e| e.starts.clear());
    });
    let fault = found(&t, FaultKind::ClockNotStarted(ClockKind::Rework));
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Judge]);
    assert_eq!(fault.state, State::Rework);
    t.clocks.remove(&ClockKind::Review);
    found(&t, FaultKind::ClockWithoutLimit(ClockKind::Review));
}

#[test]
fn a_return_that_stops_the_persons_clock_is_refused() {
    let t = changed("standard", State::Assigned, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Return).for_each(|e| e.stops.push(ClockKind::Answer));
    });
    assert_eq!(found(&t, FaultKind::PromiseStopped).verb, Some(Verb::Return));
}

#[test]
fn returns_that_never_reach_an_arbiter_are_refused() {
    let t = changed("standard", State::Assigned, |e| {
        e.retain(|e| e.when != When::SecondReturn);
        e.iter_mut().filter(|e| e.verb == Verb::Return).for_each(|e| e.when = When::Always);
    });
    let fault = found(&t, FaultKind::NoArbiter);
    assert_eq!(verbs(&fault), [Verb::Assign, Verb::Return, Verb::Assign, Verb::Return]);
    let t = changed("standard", State::Assigned, |e| e.retain(|e| e.when != When::SecondReturn));
    let fault = found(&t, FaultKind::CaseMissing(When::SecondReturn));
    assert_eq!(verbs(&fault), [Verb::Assign, Verb::Return, Verb::Assign, Verb::Return]);
}

#[test]
fn a_no_that_leads_nowhere_is_refused() {
    let t = changed("standard", State::Answered, |e| e.retain(|e| e.when != When::NotSolved));
    let fault = found(&t, FaultKind::CaseMissing(When::NotSolved));
    assert_eq!(verbs(&fault), [Verb::Settle, Verb::Judge]);
}

#[test]
fn whoever_handles_a_case_does_not_judge_it() {
    for verb in [Verb::Judge, Verb::Lapse, Verb::Attempt] {
        let t = changed("standard", State::Answered, |e| {
            e.iter_mut().filter(|e| e.verb == verb).for_each(|e| e.who.push(Party::Officer));
        });
        assert_eq!(found(&t, FaultKind::JudgesOwnCase).verb, Some(verb));
    }
}

#[test]
fn only_the_person_takes_a_case_back() {
    let t = changed("standard", State::InHand, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Withdraw).for_each(|e| e.who.push(Party::Officer));
    });
    assert_eq!(found(&t, FaultKind::WithdrawnByOther).state, State::InHand);
}

#[test]
fn a_refusal_names_ground_and_right_way() {
    let t = changed("standard", State::Triaged, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Refuse).for_each(|e| e.needs.clear());
    });
    found(&t, FaultKind::NoGround(Need::Ground));
    found(&t, FaultKind::NoGround(Need::RightWay));
}

#[test]
fn steps_outside_the_vocabulary_or_the_track_are_refused() {
    let t = changed("standard", State::InHand, |e| e[0].to = Some(State::Closed));
    assert_eq!(found(&t, FaultKind::NotLegal(State::Closed)).verb, Some(Verb::Contact));
    let mut t = track("standard");
    t.steps.retain(|s| s.state != State::Merged);
    found(&t, FaultKind::UnknownState(State::Merged));
    t.start = State::Merged;
    found(&t, FaultKind::UnknownState(State::Merged));
    t.steps.push(t.steps[0].clone());
    found(&t, FaultKind::TwiceDescribed);
}

#[test]
fn silence_does_not_keep_a_case_open_for_ever() {
    let t = changed("standard", State::Paused, |e| {
        e.iter_mut().filter(|e| e.verb == Verb::Resume).for_each(|e| e.who = vec![Party::Person]);
    });
    assert_eq!(found(&t, FaultKind::HangsOnPerson).state, State::Paused);
}

#[test]
fn a_major_matter_needs_the_decision_and_a_helper_is_waited_for() {
    let t = changed("major", State::InHand, without(Need::GroupApproval, Verb::Answer));
    let t2 = {
        let mut t = t.clone();
        let judged = t.steps.iter_mut().find(|s| s.state == State::Judged).unwrap();
        without(Need::GroupApproval, Verb::Close)(&mut judged.edges);
        t
    };
    // Sign-off still asks for it, but by then the leading group can no longer be asked.
    assert!(check(&t, &EVERYTHING).iter().any(|f| f.kind == FaultKind::DeadEnd));
    let fault = found_for(&t2, FaultKind::SkipsDecision, &EVERYTHING);
    assert_eq!(verbs(&fault), [Verb::Assign, Verb::Name, Verb::Answer, Verb::Judge, Verb::Close]);
    let mut t = changed("urgent", State::InHand, without(Need::HelpersReported, Verb::Answer));
    let judged = t.steps.iter_mut().find(|s| s.state == State::Judged).unwrap();
    without(Need::HelpersReported, Verb::Close)(&mut judged.edges);
    let fault = found(&t, FaultKind::ForgetsHelper);
    assert!(verbs(&fault).contains(&Verb::AskHelp));
}

#[test]
fn what_cannot_be_solved_does_not_end_as_solved() {
    let t = changed("standard", State::Judged, |e| {
        e.retain(|e| e.when != When::CannotBeSolved);
        e.iter_mut().filter(|e| e.verb == Verb::Close).for_each(|e| e.when = When::Always);
    });
    let fault = found(&t, FaultKind::WrongEnd);
    assert_eq!(fault.state, State::Closed);
    assert!(verbs(&fault).contains(&Verb::Decline));
}

#[test]
fn every_fault_has_a_sentence_in_both_languages() {
    let mut t = track("standard");
    t.steps.iter_mut().for_each(|s| {
        s.owner = None;
        s.clock = None;
        s.edges.iter_mut().for_each(|e| {
            e.needs.clear();
            e.notices.clear();
            e.who.push(Party::Officer);
        });
    });
    let faults = check(&t, &EVERYTHING);
    let codes: BTreeSet<&str> = faults.iter().map(|f| f.kind.code()).collect();
    assert!(codes.len() > 8, "{codes:?}");
    for f in faults {
        let say = f.say();
        assert!(say.zh.ends_with('。') && say.en.ends_with('.'), "{say:?}");
    }
}

// ---- the machine -----------------------------------------------------------------------------------

/// One thing tried in a walk.
#[derive(Clone, Debug)]
struct Try {
    verb: Verb,
    party: Party,
    have: BTreeSet<Need>,
    word: Option<Word>,
    upheld: Option<bool>,
    second: bool,
    /// What happens around it: deliveries, pictures, reports.
    meets: BTreeSet<Notice>,
    shows: BTreeSet<Evidence>,
    reports: bool,
    /// How many of the person's originals somebody else holds at that moment.
    out: u32,
}

fn subset<T: Copy + Ord + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = BTreeSet<T>> {
    proptest::sample::subsequence(all.to_vec(), 0..=all.len()).prop_map(|v| v.into_iter().collect())
}

fn pick<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all.to_vec())
}

fn tries() -> impl Strategy<Value = Try> {
    (
        pick(Verb::ALL),
        pick(Party::ALL),
        // Mostly everything is at hand, so that walks get far.
        prop_oneof![3 => Just(Need::ALL.iter().copied().collect()), 1 => subset(Need::ALL)],
        proptest::option::of(pick(Word::ALL)),
        proptest::option::of(any::<bool>()),
        any::<bool>(),
        subset(Notice::ALL),
        subset(Evidence::ALL),
        (any::<bool>(), prop_oneof![3 => Just(0u32), 1 => 1..3u32]),
    )
        .prop_map(|(verb, party, have, word, upheld, second, meets, shows, (reports, out))| Try {
            verb,
            party,
            have,
            word,
            upheld,
            second,
            meets,
            shows,
            reports,
            out,
        })
}

fn given(t: &Try) -> Given {
    Given { have: t.have.clone(), word: t.word, upheld: t.upheld, second: t.second }
}

/// What a slice writes down after an allowed step.
fn write_down(facts: &mut Facts, verb: Verb, given: &Given, step: &Step) {
    facts.state = step.to;
    for notice in &step.notices {
        facts.notices_met.remove(notice);
    }
    match verb {
        Verb::Answer | Verb::Decline | Verb::Settle => {
            facts.unsolvable = verb == Verb::Decline;
            facts.word = None;
            facts.attempt_days = 0;
        }
        Verb::Judge | Verb::Lapse => {
            facts.word = given.word;
            facts.reworks += u32::from(step.to == State::Rework);
        }
        Verb::Attempt => facts.attempt_days += 1,
        Verb::Return => facts.returns += 1,
        Verb::AskHelp => facts.helpers_open += 1,
        Verb::Report => facts.helpers_open = facts.helpers_open.saturating_sub(1),
        Verb::Decide => facts.decided = true,
        _ => {}
    }
    if step.to == State::Assigned && step.from != State::Assigned {
        facts.ruled = verb == Verb::Arbitrate;
    }
}

fn start(track: &Track, due: &BTreeSet<Evidence>, major: bool) -> Facts {
    Facts { evidence_due: due.clone(), major, ..Facts::new(track.start) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_walk_ends_without_what_is_owed(
        which in 0..6usize,
        due in subset(Evidence::ALL),
        major in any::<bool>(),
        tries in proptest::collection::vec(tries(), 1..120),
    ) {
        let track = &COUNTY[which];
        let mut facts = start(track, &due, major);
        for mut t in tries {
            // Mostly somebody does what they may, or the walk would seldom leave the first states.
            let may: Vec<(Party, Verb)> = track
                .edges(facts.state)
                .iter()
                .flat_map(|e| e.who.iter().map(|p| (*p, e.verb)))
                .filter(|(_, v)| *v != Verb::Withdraw && *v != Verb::Merge)
                .collect();
            if !may.is_empty() && t.verb.key().len() % 3 != 0 {
                let n = (t.verb as usize * 7 + t.party as usize * 3 + t.have.len()) % may.len();
                (t.party, t.verb) = may[n];
            }
            facts.notices_met.extend(t.meets.iter().copied());
            facts.evidence.extend(t.shows.iter().copied());
            if t.reports {
                facts.helpers_open = 0;
            }
            facts.originals_out = t.out;
            facts.file_missing = u32::from(t.out == 2);
            let g = given(&t);
            let was = facts.clone();
            let Ok(step) = advance(track, &facts, t.verb, &g, &[t.party]) else { continue };
            prop_assert!(legal::is_legal(step.from, t.verb, step.to));
            prop_assert!(track.step(step.to).is_some());
            prop_assert!(t.verb != Verb::Return || !was.ruled, "sent back against a ruling");
            prop_assert!(!step.to.is_end() || was.originals_out == 0, "it ends with an original out");
            prop_assert!(step.to != State::Closed || was.file_missing == 0, "agreed without its file");
            match step.to {
                State::Closed | State::Unsolvable => {
                    prop_assert!(Notice::ALL.iter().all(|n| was.notices_met.contains(n)));
                    prop_assert!(was.evidence.is_superset(&due));
                    prop_assert_eq!(was.helpers_open, 0);
                    prop_assert_eq!(was.unsolvable, step.to == State::Unsolvable);
                    match was.word {
                        Some(Word::Solved) => {}
                        Some(Word::NotSolved) => prop_assert!(g.second),
                        Some(_) => prop_assert!(g.second && was.attempt_days >= was.attempts_needed),
                        None => prop_assert!(false, "nobody asked the person"),
                    }
                }
                State::Withdrawn => prop_assert_eq!(t.party, Party::Person),
                State::NotAccepted => prop_assert!(
                    g.have.contains(&Need::Ground) && g.have.contains(&Need::RightWay)
                ),
                State::Judged if step.from == State::Answered => {
                    prop_assert!(matches!(t.party, Party::Person | Party::Caller | Party::System));
                }
                State::Answered if t.verb == Verb::Answer && track.id != "urgent" && major => {
                    if matches!(track.id.as_str(), "standard" | "major") {
                        prop_assert!(was.decided);
                    }
                }
                _ => {}
            }
            if step.stops.contains(&ClockKind::Answer) {
                prop_assert!(step.to == State::Answered || step.to.is_end());
            }
            write_down(&mut facts, t.verb, &g, &step);
        }
    }

    #[test]
    fn what_choices_offer_the_machine_allows_and_nothing_else(
        which in 0..6usize,
        state in pick(State::ALL),
        parties in subset(Party::ALL),
        due in subset(Evidence::ALL),
        met in subset(Notice::ALL),
        shown in subset(Evidence::ALL),
        (helpers_open, returns, reworks, attempt_days, originals_out, file_missing) in
            (0..2u32, 0..3u32, 0..3u32, 0..4u32, 0..2u32, 0..2u32),
        word in proptest::option::of(pick(Word::ALL)),
        (unsolvable, major, decided, second, ruled, signed) in any::<(bool, bool, bool, bool, bool, bool)>(),
    ) {
        let track = &COUNTY[which];
        let facts = Facts {
            notices_met: met, evidence_due: due, evidence: shown, helpers_open, returns, ruled, signed, reworks, word,
            unsolvable, attempt_days, major, decided, originals_out, file_missing, ..Facts::new(state)
        };
        // The system acts by itself and is offered nothing.
        let parties: Vec<Party> = parties.into_iter().filter(|p| *p != Party::System).collect();
        let offered = choices(track, &facts, &parties, second);
        for verb in Verb::ALL {
            let mut allowed = false;
            for word in [None, Some(Word::Solved), Some(Word::NotSolved), Some(Word::NoReply)] {
                for upheld in [None, Some(true), Some(false)] {
                    let have = Need::ALL.iter().copied().collect();
                    let g = Given { have, word, upheld, second };
                    allowed |= advance(track, &facts, *verb, &g, &parties).is_ok();
                }
            }
            let free = offered.iter().any(|c| c.verb == *verb && c.blocked_by.is_empty());
            prop_assert_eq!(free, allowed, "{:?} in {:?}", verb, state);
        }
    }

    #[test]
    fn nobody_but_the_person_withdraws_and_nobody_at_all_leaves_an_end_by_another_way(
        which in 0..6usize,
        state in pick(State::ALL),
        t in tries(),
    ) {
        let track = &COUNTY[which];
        let facts = Facts::new(state);
        let mut g = given(&t);
        g.have = Need::ALL.iter().copied().collect();
        if t.party != Party::Person {
            prop_assert!(advance(track, &facts, Verb::Withdraw, &g, &[t.party]).is_err());
        }
        if state.is_end() && t.verb != Verb::Reopen {
            prop_assert!(advance(track, &facts, t.verb, &g, Party::ALL).is_err());
        }
    }
}

#[test]
fn every_track_leads_from_the_first_word_to_sign_off_through_a_no() {
    let all: BTreeSet<Need> = Need::ALL.iter().copied().collect();
    for t in COUNTY.iter() {
        let mut facts = Facts::new(t.start);
        let yes = Given { have: all.clone(), word: Some(Word::Solved), ..Given::default() };
        let no = Given { word: Some(Word::NotSolved), ..yes.clone() };
        for (verb, party, given) in [
            (Verb::Assign, Party::Triage, &yes),
            (Verb::Name, Party::Lead, &yes),
            (Verb::Contact, Party::Officer, &yes),
            (Verb::Answer, Party::Officer, &yes),
            (Verb::Judge, Party::Person, &no),
            (Verb::Answer, Party::Officer, &yes),
            (Verb::Judge, Party::Caller, &yes),
            (Verb::Close, Party::Officer, &yes),
        ] {
            let step = advance(t, &facts, verb, given, &[party]);
            let step = step.unwrap_or_else(|r| panic!("{}: {} {}", t.id, verb.key(), r.say().zh));
            write_down(&mut facts, verb, given, &step);
            facts.notices_met.extend(step.notices);
            facts.notices_met.insert(Notice::Accepted);
        }
        assert_eq!(facts.state, State::Closed, "{}", t.id);
    }
}

#[test]
fn what_the_arbiter_gave_to_a_unit_it_cannot_send_back_and_the_next_one_can() {
    let given = Given { have: Need::ALL.iter().copied().collect(), ..Given::default() };
    for t in COUNTY.iter().filter(|t| t.step(State::Arbitration).is_some()) {
        let mut facts = Facts::new(t.start);
        let go = |facts: &mut Facts, verb: Verb, party: Party| {
            let step = advance(t, facts, verb, &given, &[party]);
            let step = step.unwrap_or_else(|r| panic!("{}: {} {}", t.id, verb.key(), r.say().zh));
            write_down(facts, verb, &given, &step);
        };
        go(&mut facts, Verb::Assign, Party::Triage);
        go(&mut facts, Verb::Return, Party::Lead);
        go(&mut facts, Verb::Assign, Party::Triage);
        go(&mut facts, Verb::Return, Party::Lead);
        assert_eq!(facts.state, State::Arbitration, "{}", t.id);
        go(&mut facts, Verb::Arbitrate, Party::Supervisor);
        for accepted in [false, true] {
            if accepted {
                // A short course names the officer straight away.
                if t.edges(State::Assigned).iter().all(|e| e.verb != Verb::Accept) {
                    continue;
                }
                go(&mut facts, Verb::Accept, Party::Lead);
            }
            let again = advance(t, &facts, Verb::Return, &given, &[Party::Lead]);
            assert_eq!(again, Err(Refusal::Ruled), "{}", t.id);
            let offered = choices(t, &facts, &[Party::Lead], false);
            assert!(!offered.is_empty() && offered.iter().all(|c| c.verb != Verb::Return), "{}", t.id);
        }
        // Passed on to another unit, it is that one's own question.
        if t.edges(facts.state).iter().any(|e| e.verb == Verb::Escalate) {
            go(&mut facts, Verb::Escalate, Party::Lead);
            go(&mut facts, Verb::Return, Party::Lead);
            assert_eq!(facts.state, State::Arbitration, "{}", t.id);
        }
    }
}

#[test]
fn a_refusal_says_what_is_in_the_way() {
    let t = track("standard");
    let facts = Facts::new(State::Registered);
    let no = Given::default();
    let close = advance(&t, &facts, Verb::Close, &no, &[Party::Officer]).unwrap_err();
    assert_eq!(close.code(), "not-in-this-state");
    let triage = advance(&t, &facts, Verb::Triage, &no, &[Party::Officer]).unwrap_err();
    assert_eq!(triage, Refusal::NotYours { verb: Verb::Triage, who: vec![Party::Clerk, Party::Triage] });
    let assign = advance(&t, &facts, Verb::Assign, &no, &[Party::Triage]).unwrap_err();
    assert_eq!(assign, Refusal::Missing { verb: Verb::Assign, needs: vec![Need::Unit] });
    assert_eq!(assign.say().zh, "还不能“交办”，缺：单位。");
    let mut answered = Facts::new(State::Answered);
    answered.attempt_days = 1;
    let silent = Given { word: Some(Word::NotReached), ..Given::default() };
    let lapse = advance(&t, &answered, Verb::Lapse, &silent, &[Party::Caller]).unwrap_err();
    assert_eq!(lapse, Refusal::Missing { verb: Verb::Lapse, needs: vec![Need::PersonsWord] });
    // A word brought along with the sign-off itself is nobody's word.
    let judged = Facts { notices_met: Notice::ALL.iter().copied().collect(), ..Facts::new(State::Judged) };
    let g = Given { word: Some(Word::Solved), second: true, ..Given::default() };
    let close = advance(&t, &judged, Verb::Close, &g, &[Party::Lead]).unwrap_err();
    assert_eq!(close, Refusal::Missing { verb: Verb::Close, needs: vec![Need::PersonsWord] });
}

#[test]
fn what_was_taken_back_by_mistake_begins_anew_by_the_persons_word_alone() {
    for t in COUNTY.iter().filter(|t| t.step(State::Withdrawn).is_some()) {
        let give = Given { have: [Need::Reason].into(), ..Given::default() };
        let mut facts = Facts::new(State::Withdrawn);
        let again = advance(t, &facts, Verb::Reopen, &give, &[Party::Person]).unwrap();
        assert_eq!((again.to, &again.starts), (State::Registered, &t.begin.starts), "{}", t.id);
        assert_eq!(again.notices, t.begin.notices, "{}", t.id);
        for other in [Party::Officer, Party::Lead, Party::Triage, Party::Supervisor] {
            assert_eq!(advance(t, &facts, Verb::Reopen, &give, &[other]).unwrap_err().code(), "not-yours");
        }
        facts.reworks = 1;
        let worked = advance(t, &facts, Verb::Reopen, &give, &[Party::Person]).unwrap();
        assert_eq!((worked.to, worked.starts), (State::Rework, vec![ClockKind::Rework]), "{}", t.id);
    }
}

#[test]
fn a_dispatch_is_taken_back_only_until_a_unit_has_signed_for_it() {
    for t in COUNTY.iter() {
        let give = Given { have: [Need::Reason].into(), ..Given::default() };
        let mut facts = Facts::new(State::Assigned);
        let back = advance(t, &facts, Verb::Recall, &give, &[Party::Triage]).unwrap();
        assert_eq!((back.to, back.starts), (State::Registered, vec![ClockKind::Dispatch]), "{}", t.id);
        assert!(!back.stops.contains(&ClockKind::Answer), "{}", t.id);
        let silent = advance(t, &facts, Verb::Recall, &Given::default(), &[Party::Triage]).unwrap_err();
        assert_eq!(silent, Refusal::Missing { verb: Verb::Recall, needs: vec![Need::Reason] });
        let lead = advance(t, &facts, Verb::Recall, &give, &[Party::Lead]).unwrap_err();
        assert_eq!(lead.code(), "not-yours");
        facts.signed = true;
        let late = advance(t, &facts, Verb::Recall, &give, &[Party::Triage]).unwrap_err();
        assert_eq!(late, Refusal::Signed, "{}", t.id);
        assert!(!choices(t, &facts, &[Party::Triage], true).iter().any(|c| c.verb == Verb::Recall));
    }
}
