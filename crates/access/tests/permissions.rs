//! The permission table against expectations written down apart from it.

use access::{
    Limits, Noun, Reach, TABLE, Target, Verb, Who, Why, acting, demand, explain, limits, may, may_somewhere,
};
use kernel::{AccountId, Actor, Date, Error, Grant, Role, Scope, UnitId, Uuid};

const COUNTY: &str = "/52/";
const TOWN: &str = "/52/01/";
const OFFICE: &str = "/52/01/office/";
const VILLAGE: &str = "/52/01/03/";
const OTHER_TOWN: &str = "/52/010/";
const PLACES: [&str; 5] = [COUNTY, TOWN, OFFICE, VILLAGE, OTHER_TOWN];

fn unit(path: &str) -> UnitId {
    let n = PLACES.iter().position(|p| *p == path).unwrap() as u128;
    UnitId(Uuid::from_u128(n + 1))
}

fn me() -> AccountId {
    AccountId(Uuid::from_u128(99))
}

fn today() -> Date {
    Date::constant(2026, 3, 3)
}

fn post(role: Role, path: &str) -> Scope {
    posts(&[(role, path)])
}

fn posts(held: &[(Role, &str)]) -> Scope {
    let grants: Vec<Grant> = held
        .iter()
        .map(|(role, path)| Grant { role: *role, unit: unit(path), path: (*path).into() })
        .collect();
    let unit = grants.first().map_or(UnitId(Uuid::nil()), |g| g.unit);
    Scope { actor: Actor::Staff { account: me(), unit }, grants, on: today() }
}

/// What one row should answer, computed anew from the row's words: the oracle for the whole walk.
fn expected(scope: &Scope, verb: Verb, noun: Noun, path: &str, [mine, holder, paired]: [bool; 3]) -> bool {
    TABLE.iter().filter(|r| r.noun == noun && r.verbs.contains(&verb)).any(|row| {
        let grants: Vec<&Grant> = match row.who {
            Who::Anyone => {
                return matches!(row.reach, Reach::Public) || (row.reach == Reach::Holder && holder);
            }
            Who::Staff => scope.grants.iter().collect(),
            Who::Role(role) => scope.grants.iter().filter(|g| g.role == role).collect(),
        };
        grants.iter().any(|g| {
            let below = path.len() >= g.path.len() && path[..g.path.len()] == g.path;
            match row.reach {
                Reach::Public | Reach::Site => true,
                Reach::Holder => holder,
                Reach::Own => mine,
                Reach::Pairing => paired,
                Reach::Unit => path == g.path,
                Reach::Subtree => below,
                Reach::Above => below && path != g.path,
            }
        })
    })
}

#[test]
fn every_role_verb_and_noun_inside_and_outside_the_subtree() {
    let mut asked = 0;
    let mut allowed = 0;
    for role in Role::ALL {
        let scope = post(role, TOWN);
        for verb in Verb::ALL {
            for noun in Noun::ALL {
                for path in PLACES {
                    for bits in 0..8 {
                        let how @ [mine, holder, paired] = [bits & 1 > 0, bits & 2 > 0, bits & 4 > 0];
                        let officer = mine.then(me);
                        let target = Target { path, officer, holder, paired, ..Target::default() };
                        let want = expected(&scope, *verb, *noun, path, how);
                        let got = may(&scope, *verb, *noun, target);
                        assert_eq!(
                            got, want,
                            "{role:?} {verb:?} {noun:?} at {path} mine, holder, paired: {how:?}"
                        );
                        assert_eq!(explain(&scope, *verb, *noun, target).allowed(), want);
                        assert_eq!(demand(&scope, *verb, *noun, target).is_ok(), want);
                        asked += 1;
                        allowed += u32::from(want);
                    }
                }
            }
        }
    }
    assert_eq!(asked, 10 * Verb::ALL.len() as u32 * Noun::ALL.len() as u32 * 5 * 8);
    assert!(allowed * 4 < asked, "deny is the rule: {allowed} of {asked}");
}

/// The rows that matter most, said here in plain terms without looking at the table.
#[test]
fn the_key_answers() {
    use Noun as N;
    use Role::*;
    use Verb as V;
    let yes = true;
    let no = false;
    for (role, verb, noun, at, path, want) in [
        // A clerk takes in and calls back in their town, not in the next one.
        (Clerk, V::Register, N::Request, TOWN, VILLAGE, yes),
        (Clerk, V::CallBack, N::Request, TOWN, OFFICE, yes),
        (Clerk, V::CallBack, N::Request, TOWN, OTHER_TOWN, no),
        (Clerk, V::Triage, N::Request, TOWN, VILLAGE, no),
        (Clerk, V::Close, N::Request, TOWN, VILLAGE, no),
        (Clerk, V::Deliver, N::Outbox, TOWN, VILLAGE, yes),
        // An officer sees the unit's cases and answers only their own (own is asked below).
        (Officer, V::View, N::Request, OFFICE, OFFICE, yes),
        (Officer, V::View, N::Request, OFFICE, TOWN, no),
        (Officer, V::View, N::Request, TOWN, OFFICE, no),
        (Officer, V::Answer, N::Request, OFFICE, OFFICE, no),
        (Officer, V::ViewIdentity, N::Identity, OFFICE, OFFICE, no),
        (Officer, V::Extend, N::Request, OFFICE, OFFICE, no),
        // A lead leads what is below and reviews what is below, not themselves.
        (Lead, V::Name, N::Request, TOWN, OFFICE, yes),
        (Lead, V::Extend, N::Request, TOWN, TOWN, yes),
        (Lead, V::Review, N::Request, TOWN, OFFICE, yes),
        (Lead, V::Review, N::Request, TOWN, TOWN, no),
        (Lead, V::Supervise, N::Request, TOWN, OFFICE, no),
        (Lead, V::ViewIdentity, N::Identity, TOWN, OFFICE, no),
        // Triage needs no names.
        (Triage, V::Assign, N::Request, COUNTY, OFFICE, yes),
        (Triage, V::ViewIdentity, N::Identity, COUNTY, OFFICE, no),
        (Triage, V::Close, N::Request, COUNTY, OFFICE, no),
        (Supervisor, V::Arbitrate, N::Request, COUNTY, OFFICE, yes),
        (Supervisor, V::Decide, N::Request, COUNTY, OFFICE, yes),
        (Supervisor, V::Import, N::Request, COUNTY, OFFICE, yes),
        (Supervisor, V::Answer, N::Request, COUNTY, OFFICE, no),
        (Moderator, V::Moderate, N::Request, COUNTY, OFFICE, yes),
        (Moderator, V::ViewIdentity, N::Identity, COUNTY, OFFICE, no),
        (Moderator, V::Answer, N::Request, COUNTY, OFFICE, no),
        // The auditor sees all, anywhere, and changes nothing.
        (Auditor, V::View, N::Request, VILLAGE, OTHER_TOWN, yes),
        (Auditor, V::Export, N::Ledger, VILLAGE, COUNTY, yes),
        (Auditor, V::ViewAudit, N::Journal, VILLAGE, COUNTY, yes),
        (Auditor, V::Correct, N::Request, VILLAGE, VILLAGE, no),
        (Auditor, V::ManageAccounts, N::Account, VILLAGE, VILLAGE, no),
        // The administrator keeps accounts and sees no case.
        (Admin, V::ManageAccounts, N::Account, COUNTY, OTHER_TOWN, yes),
        (Admin, V::ManagePack, N::Pack, COUNTY, COUNTY, yes),
        (Admin, V::View, N::Request, COUNTY, COUNTY, no),
        (Admin, V::List, N::Ledger, COUNTY, COUNTY, no),
        (Admin, V::View, N::Dashboard, COUNTY, COUNTY, no),
        (Admin, V::ViewIdentity, N::Identity, COUNTY, COUNTY, no),
        (Admin, V::View, N::Outbox, COUNTY, COUNTY, no),
        (Admin, V::List, N::Outbox, COUNTY, COUNTY, yes),
        // A liaison officer keeps the register of their own grids and reads no diary of others.
        (Liaison, V::Manage, N::Household, TOWN, VILLAGE, yes),
        (Liaison, V::View, N::Household, TOWN, OTHER_TOWN, no),
        (Liaison, V::View, N::Visit, TOWN, VILLAGE, no),
        (Liaison, V::Manage, N::Pairing, TOWN, VILLAGE, no),
        (Liaison, V::Export, N::Household, TOWN, VILLAGE, no),
        (Lead, V::Manage, N::Pairing, TOWN, VILLAGE, yes),
        (Lead, V::Visit, N::Household, TOWN, VILLAGE, no),
        (Supervisor, V::Merge, N::Household, COUNTY, VILLAGE, yes),
        (Clerk, V::View, N::Household, TOWN, VILLAGE, no),
        // Whoever brings a list of households in need not look at one.
        (Admin, V::Import, N::Household, COUNTY, VILLAGE, yes),
        (Admin, V::View, N::Household, COUNTY, VILLAGE, no),
        (Admin, V::ViewIdentity, N::Household, COUNTY, VILLAGE, no),
        (Operator, V::Triage, N::Request, COUNTY, OTHER_TOWN, yes),
        (Operator, V::ManageAccounts, N::Account, COUNTY, COUNTY, no),
    ] {
        assert_eq!(
            may(&post(role, at), verb, noun, path),
            want,
            "{role:?} at {at}: {verb:?} {noun:?} of {path}"
        );
    }
}

#[test]
fn an_officer_acts_on_their_own_case_wherever_it_lies() {
    let scope = post(Role::Officer, OFFICE);
    let mine = Target::at(VILLAGE).officer(Some(me()));
    let theirs = Target::at(VILLAGE).officer(Some(AccountId(Uuid::from_u128(5))));
    for verb in [Verb::Work, Verb::Answer, Verb::Pause, Verb::Close, Verb::HandOver, Verb::Escalate] {
        assert!(may(&scope, verb, Noun::Request, mine), "{verb:?}");
        assert!(!may(&scope, verb, Noun::Request, theirs), "{verb:?}");
    }
    assert!(may(&scope, Verb::ViewIdentity, Noun::Identity, mine));
    // Whoever settles on the spot answers for it, also when it comes back.
    for role in [Role::Clerk, Role::Operator, Role::Triage] {
        let scope = post(role, TOWN);
        for verb in [Verb::Work, Verb::Answer, Verb::Close] {
            assert!(may(&scope, verb, Noun::Request, mine), "{role:?} {verb:?}");
            assert!(!may(&scope, verb, Noun::Request, theirs), "{role:?} {verb:?}");
        }
        assert!(may(&scope, Verb::ViewIdentity, Noun::Identity, mine), "{role:?}");
    }
    // Without an officer a case is nobody's own, not everybody's.
    assert!(!may(&scope, Verb::Answer, Noun::Request, VILLAGE));
}

#[test]
fn a_pairing_reaches_one_household_wherever_it_lies() {
    let paired = Target::at(OTHER_TOWN).paired(true);
    for role in [Role::Officer, Role::Liaison, Role::Lead, Role::Clerk] {
        let scope = post(role, OFFICE);
        for verb in [Verb::View, Verb::List, Verb::Visit, Verb::ViewIdentity, Verb::Print] {
            assert!(may(&scope, verb, Noun::Household, paired), "{role:?} {verb:?}");
            assert!(!may(&scope, verb, Noun::Household, OTHER_TOWN), "{role:?} {verb:?}");
        }
        assert!(may(&scope, Verb::Register, Noun::Request, paired), "{role:?} takes a need in there");
        assert!(may(&scope, Verb::View, Noun::Visit, paired), "{role:?}");
        assert!(!may(&scope, Verb::Manage, Noun::Household, paired), "{role:?}");
        assert!(!may(&scope, Verb::Merge, Noun::Household, paired), "{role:?}");
        assert_eq!(limits(&scope, Verb::List, Noun::Household).paired, Some(me()), "{role:?}");
        // Their own pairings and visits are theirs to read.
        let mine = Target::at(OTHER_TOWN).officer(Some(me()));
        assert!(
            may(&scope, Verb::View, Noun::Pairing, mine) && may(&scope, Verb::Correct, Noun::Visit, mine)
        );
    }
    // A pairing opens nothing to somebody without a post.
    assert!(!may(&posts(&[]), Verb::View, Noun::Household, paired));
    assert!(!may(&Scope::public(today()), Verb::View, Noun::Household, paired));
    assert_eq!(limits(&post(Role::Admin, COUNTY), Verb::List, Noun::Request).paired, None);
}

#[test]
fn the_person_alone_judges_withdraws_and_adds() {
    let nobody = Scope::public(today());
    for verb in [Verb::View, Verb::Judge, Verb::Withdraw, Verb::Supplement] {
        assert!(may(&nobody, verb, Noun::Request, Target::at(OFFICE).held()), "{verb:?}");
        assert!(!may(&nobody, verb, Noun::Request, OFFICE), "{verb:?}");
    }
    assert!(may(&nobody, Verb::Submit, Noun::Request, ""));
    for role in Role::ALL {
        for verb in [Verb::Judge, Verb::Withdraw, Verb::Supplement] {
            assert!(!may(&post(role, COUNTY), verb, Noun::Request, OFFICE), "{role:?} {verb:?}");
        }
    }
}

#[test]
fn the_auditor_holds_no_verb_that_changes() {
    for row in TABLE.iter().filter(|r| r.who == Who::Role(Role::Auditor)) {
        for verb in row.verbs {
            assert!(!verb.changes(), "{verb:?} on {:?}", row.noun);
        }
    }
    // And sees everything there is.
    for noun in Noun::ALL {
        assert!(may(&post(Role::Auditor, VILLAGE), Verb::View, *noun, OTHER_TOWN), "{noun:?}");
    }
}

#[test]
fn the_administrator_has_no_row_on_case_content() {
    for row in TABLE.iter().filter(|r| r.who == Who::Role(Role::Admin)) {
        assert!(
            !matches!(
                row.noun,
                Noun::Request | Noun::Identity | Noun::Ledger | Noun::Dashboard | Noun::Journal
            ),
            "{row:?}"
        );
        let household = matches!(row.noun, Noun::Household | Noun::Pairing | Noun::Visit);
        assert!(!household || row.verbs == [Verb::Import], "{row:?}");
    }
}

#[test]
fn no_row_is_doubled_and_none_is_empty() {
    for (i, a) in TABLE.iter().enumerate() {
        assert!(!a.verbs.is_empty(), "{a:?}");
        for b in &TABLE[i + 1..] {
            assert!(!(a.who == b.who && a.noun == b.noun && a.reach == b.reach), "{a:?} and {b:?}");
        }
    }
}

#[test]
fn without_a_post_today_there_is_nothing() {
    let idle = posts(&[]);
    for verb in Verb::ALL {
        for noun in Noun::ALL {
            let public = may(&Scope::public(today()), *verb, *noun, TOWN);
            assert_eq!(may(&idle, *verb, *noun, TOWN), public, "{verb:?} {noun:?}");
        }
    }
}

#[test]
fn a_unit_that_only_helps_may_look() {
    let scope = post(Role::Lead, OTHER_TOWN);
    let helped = Target::at(OFFICE).also(&[OTHER_TOWN]);
    assert!(may(&scope, Verb::View, Noun::Request, helped));
    assert!(!may(&scope, Verb::View, Noun::Request, OFFICE));
    // An empty path belongs to no unit and is below nobody.
    assert!(!may(&scope, Verb::View, Noun::Request, ""));
}

#[test]
fn what_may_not_be_seen_is_not_there() {
    let clerk = post(Role::Clerk, TOWN);
    assert!(matches!(demand(&clerk, Verb::View, Noun::Request, OTHER_TOWN), Err(Error::NotFound)));
    assert!(matches!(demand(&clerk, Verb::Close, Noun::Request, OTHER_TOWN), Err(Error::NotFound)));
    // Seen, but not theirs to do: the answer says whose it is.
    match demand(&clerk, Verb::Close, Noun::Request, VILLAGE) {
        Err(Error::Forbidden(say)) => {
            assert!(say.zh.contains("承办干部") && say.en.contains("Unit lead"), "{say:?}")
        }
        other => panic!("{other:?}"),
    }
    let admin = post(Role::Admin, COUNTY);
    assert!(matches!(demand(&admin, Verb::View, Noun::Request, VILLAGE), Err(Error::NotFound)));
    assert!(matches!(demand(&clerk, Verb::ManageAccounts, Noun::Account, ""), Err(Error::Forbidden(_))));
    let nobody = Scope::public(today());
    assert!(matches!(demand(&nobody, Verb::List, Noun::Unit, ""), Err(Error::SignIn)));
}

#[test]
fn why_names_the_row_and_the_post() {
    let scope = posts(&[(Role::Clerk, VILLAGE), (Role::Lead, TOWN)]);
    match explain(&scope, Verb::Extend, Noun::Request, OFFICE) {
        Why::Allowed { row, by: Some(by) } => {
            assert_eq!((row.who, row.reach), (Who::Role(Role::Lead), Reach::Subtree));
            assert_eq!(by.path, TOWN);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(explain(&scope, Verb::Extend, Noun::Request, OTHER_TOWN), Why::OutOfReach { .. }));
    assert!(matches!(explain(&scope, Verb::Moderate, Noun::Request, OFFICE), Why::NoRole { .. }));
    assert!(matches!(explain(&Scope::system(today()), Verb::Close, Noun::Request, OFFICE), Why::Program));
    for why in [
        explain(&scope, Verb::Extend, Noun::Request, OFFICE),
        explain(&scope, Verb::Extend, Noun::Request, OTHER_TOWN),
        explain(&scope, Verb::Moderate, Noun::Request, OFFICE),
        explain(&scope, Verb::Judge, Noun::Account, ""),
    ] {
        let say = why.say();
        assert!(!say.zh.is_empty() && !say.en.is_empty() && say.zh != say.en, "{say:?}");
    }
}

#[test]
fn whoever_acts_stands_in_the_unit_that_allows_it() {
    let scope = posts(&[(Role::Officer, VILLAGE), (Role::Lead, TOWN)]);
    let actor = acting(&scope, Verb::Extend, Noun::Request, OFFICE).unwrap();
    assert_eq!(actor, Actor::Staff { account: me(), unit: unit(TOWN) });
    let mine = Target::at(OTHER_TOWN).officer(Some(me()));
    assert_eq!(
        acting(&scope, Verb::Answer, Noun::Request, mine).unwrap(),
        Actor::Staff { account: me(), unit: unit(VILLAGE) }
    );
    assert!(acting(&scope, Verb::Moderate, Noun::Request, OFFICE).is_err());
    assert_eq!(acting(&Scope::system(today()), Verb::Close, Noun::Request, OFFICE).unwrap(), Actor::System);
}

#[test]
fn of_several_posts_the_nearest_acts() {
    // The earliest post is the one far above.
    let scope =
        posts(&[(Role::Lead, COUNTY), (Role::Lead, TOWN), (Role::Lead, OFFICE), (Role::Lead, VILLAGE)]);
    for (at, seat) in [(OFFICE, OFFICE), (TOWN, TOWN), (OTHER_TOWN, COUNTY)] {
        let actor = acting(&scope, Verb::Extend, Noun::Request, at).unwrap();
        assert_eq!(actor, Actor::Staff { account: me(), unit: unit(seat) }, "{at}");
    }
    // Whoever has a part in it stands farther than whoever handles it.
    let helped = Target::at(OFFICE).also(&[VILLAGE]);
    let actor = acting(&scope, Verb::Work, Noun::Request, helped).unwrap();
    assert_eq!(actor, Actor::Staff { account: me(), unit: unit(OFFICE) });
    let scope = posts(&[(Role::Officer, VILLAGE), (Role::Officer, OFFICE)]);
    let mine = Target::at(OFFICE).officer(Some(me()));
    let actor = acting(&scope, Verb::Answer, Noun::Request, mine).unwrap();
    assert_eq!(actor, Actor::Staff { account: me(), unit: unit(OFFICE) });
}

#[test]
fn limits_say_the_same_as_the_table() {
    let scope = posts(&[
        (Role::Officer, VILLAGE),
        (Role::Clerk, TOWN),
        (Role::Officer, OTHER_TOWN),
        (Role::Lead, OFFICE),
    ]);
    let l = limits(&scope, Verb::List, Noun::Request);
    // The office and the village lie below the town.
    assert_eq!(l.subtrees, vec![TOWN.to_owned()]);
    assert_eq!(l.units, vec![(unit(OTHER_TOWN), OTHER_TOWN.to_owned())]);
    assert_eq!(l.own, Some(me()));
    for path in PLACES {
        let inside = l.subtrees.iter().any(|s| path.starts_with(s)) || l.units.iter().any(|(_, p)| p == path);
        assert_eq!(inside, may(&scope, Verb::List, Noun::Request, path), "{path}");
    }
    assert!(limits(&post(Role::Auditor, VILLAGE), Verb::List, Noun::Request).everywhere);
    assert!(limits(&Scope::system(today()), Verb::List, Noun::Request).everywhere);
    assert_eq!(limits(&post(Role::Admin, COUNTY), Verb::List, Noun::Request), Limits::default());
    assert!(limits(&Scope::public(today()), Verb::List, Noun::Request).is_empty());
    assert!(may_somewhere(&scope, Verb::List, Noun::Request));
    assert!(!may_somewhere(&scope, Verb::ManageAccounts, Noun::Account));
    assert!(!may_somewhere(&Scope::public(today()), Verb::View, Noun::Request));
}

#[test]
fn every_step_of_the_case_machine_has_a_row() {
    for step in rules::case::Verb::ALL {
        let verb = Verb::of_case(*step);
        assert!(
            TABLE.iter().any(|r| r.noun == Noun::Request && r.verbs.contains(&verb)),
            "{step:?} needs {verb:?}, which nobody may"
        );
    }
}
