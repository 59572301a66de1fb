use super::*;
use proptest::prelude::*;

fn area(path: &str, border: &str, at: (i32, i32)) -> Area {
    Area { path: path.into(), at: Some(at), border: border.into() }
}

fn home(area: u32, held: Option<u32>) -> Home {
    Home { area, held }
}

fn carer(area: u32, quota: u32) -> Carer {
    Carer { area, quota, anywhere: false }
}

/// Two townships side by side with two grids each, a kilometre apart.
fn four() -> Ways {
    Ways::new(&[
        area("c/a/1/", "c/a/", (1_000_000, 0)),
        area("c/a/2/", "c/a/", (1_010_000, 0)),
        area("c/b/1/", "c/b/", (1_020_000, 0)),
        area("c/b/2/", "c/b/", (1_030_000, 0)),
    ])
}

#[test]
fn exactly_the_quota_is_covered_one_less_leaves_room_and_one_more_leaves_one_without() {
    let ways = four();
    for (count, without) in [(29, 0), (30, 0), (31, 1)] {
        let homes = vec![home(0, None); count];
        let made = propose(&homes, &[carer(0, 30)], &ways);
        assert_eq!(made.uncovered.len(), without, "{count}");
        assert!(made.uncovered.iter().all(|(_, gap)| *gap == Gap::Full));
        assert_eq!(usize::try_from(made.added).expect("few"), count - without);
    }
}

#[test]
fn borders_hold_but_for_those_who_may_go_anywhere() {
    let ways = four();
    let homes = [home(0, None), home(2, None), home(3, None)];
    let made = propose(&homes, &[carer(0, 10)], &ways);
    assert_eq!(made.holder, [Some(0), None, None]);
    assert_eq!(made.uncovered, [(1, Gap::Nobody), (2, Gap::Nobody)]);
    let roaming = Carer { anywhere: true, ..carer(0, 1) };
    let made = propose(&homes, &[carer(0, 10), roaming], &ways);
    assert_eq!(made.holder, [Some(0), Some(1), None], "the nearer of the two");
    assert_eq!(made.uncovered, [(2, Gap::Full)]);
}

#[test]
fn who_may_go_anywhere_hands_over_where_others_have_room() {
    let ways = four();
    let roaming = Carer { anywhere: true, ..carer(0, 1) };
    let homes = [home(0, Some(1)), home(2, None)];
    let made = propose(&homes, &[carer(0, 1), roaming], &ways);
    assert_eq!(made.holder, [Some(0), Some(1)]);
    assert_eq!((made.moved, made.added, made.uncovered.len()), (1, 1, 0));
}

#[test]
fn who_has_too_many_gives_away_the_farthest_and_the_rest_stays() {
    let ways = four();
    let homes = [home(1, Some(0)), home(0, Some(0)), home(0, Some(0))];
    let made = propose(&homes, &[carer(0, 2), carer(1, 2)], &ways);
    assert_eq!(made.holder, [Some(1), Some(0), Some(0)]);
    assert_eq!((made.kept, made.moved, made.way), (2, 1, 0));
}

#[test]
fn neighbours_go_to_one_person_and_work_is_shared() {
    let ways = four();
    let homes: Vec<Home> = (0..40).map(|n| home(if n < 20 { 0 } else { 1 }, None)).collect();
    let made = propose(&homes, &[carer(0, 30), carer(0, 30)], &ways);
    assert!(made.holder[..20].iter().all(|h| *h == Some(0)));
    assert!(made.holder[20..].iter().all(|h| *h == Some(1)));
}

#[test]
fn without_positions_the_tree_of_units_says_what_is_near() {
    let plain = |path: &str| Area { path: path.into(), at: None, border: String::new() };
    let ways = Ways::new(&[plain("c/"), plain("c/a/"), plain("c/a/1/"), plain("c/b/1/")]);
    assert_eq!(ways.between(2, 2), 0);
    assert_eq!(ways.between(1, 2), 1000);
    assert_eq!(ways.between(2, 3), 4000);
    assert_eq!(ways.between(0, 3), 2000);
}

/// A small place: areas in two parts, people and households, some pairings.
#[derive(Clone, Debug)]
struct Small {
    areas: Vec<Area>,
    homes: Vec<Home>,
    carers: Vec<Carer>,
}

/// With `anywhere` all may go anywhere, or nobody; without it each as it comes.
fn small(anywhere: Option<bool>) -> impl Strategy<Value = Small> {
    let areas = proptest::collection::vec((0i32..40, 0i32..40, 0u8..2), 1..5);
    let carers = proptest::collection::vec((any::<u32>(), 0u32..3, any::<bool>()), 1..4);
    let homes = proptest::collection::vec((any::<u32>(), proptest::option::of(any::<u32>())), 1..7);
    (areas, carers, homes).prop_map(move |(areas, carers, homes)| {
        let count = place(areas.len());
        let people = place(carers.len());
        Small {
            areas: areas
                .iter()
                .map(|(x, y, part)| area("", ["a", "b"][usize::from(*part)], (x * 10_000, y * 10_000)))
                .collect(),
            carers: carers
                .iter()
                .map(|(a, quota, roams)| Carer {
                    area: a % count,
                    quota: *quota,
                    anywhere: anywhere.unwrap_or(*roams),
                })
                .collect(),
            homes: homes
                .iter()
                .map(|(a, held)| Home { area: a % count, held: held.map(|h| h % people) })
                .collect(),
        }
    })
}

/// Covered (the more the better, so negative), changes, way: the least of all there is.
fn by_trying_all(small: &Small, ways: &Ways) -> (i64, u32, u64) {
    fn go(
        small: &Small,
        ways: &Ways,
        n: usize,
        load: &mut [u32],
        so: (i64, u32, u64),
        best: &mut (i64, u32, u64),
    ) {
        let Some(home) = small.homes.get(n) else {
            *best = (*best).min(so);
            return;
        };
        let lost = u32::from(home.held.is_some());
        go(small, ways, n + 1, load, (so.0, so.1 + lost, so.2), best);
        for (c, carer) in small.carers.iter().enumerate() {
            let open = carer.anywhere || ways.border(carer.area) == ways.border(home.area);
            if open && load[c] < carer.quota {
                load[c] += 1;
                let change = u32::from(home.held != Some(place(c)));
                let way = ways.between(home.area, carer.area);
                go(small, ways, n + 1, load, (so.0 - 1, so.1 + change, so.2 + way), best);
                load[c] -= 1;
            }
        }
    }
    let mut best = (0, u32::MAX, u64::MAX);
    go(small, ways, 0, &mut vec![0; small.carers.len()], (0, 0, 0), &mut best);
    best
}

fn measured(small: &Small, ways: &Ways) -> (i64, u32, u64) {
    let made = propose(&small.homes, &small.carers, ways);
    let mut load = vec![0; small.carers.len()];
    for (home, holder) in small.homes.iter().zip(&made.holder) {
        if let Some(c) = holder {
            let carer = small.carers[at(*c)];
            assert!(
                carer.anywhere || ways.border(carer.area) == ways.border(home.area),
                "a border is crossed"
            );
            load[at(*c)] += 1;
        }
    }
    assert!(load.iter().zip(&small.carers).all(|(load, c)| *load <= c.quota), "above the quota");
    let covered = made.holder.iter().flatten().count();
    assert_eq!(covered + made.uncovered.len(), small.homes.len());
    assert_eq!(at(made.kept + made.moved + made.added), covered);
    (-i64::try_from(covered).expect("few"), made.moved + made.added + made.dropped, made.way)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn as_many_covered_with_as_few_changes_as_trying_all_of_them_finds(
        small in any::<bool>().prop_flat_map(|all| small(Some(all))),
    ) {
        let ways = Ways::new(&small.areas);
        let (covered, changes, _) = measured(&small, &ways);
        let best = by_trying_all(&small, &ways);
        prop_assert_eq!((covered, changes), (best.0, best.1));
        prop_assert_eq!(propose(&small.homes, &small.carers, &ways), propose(&small.homes, &small.carers, &ways));
    }

    #[test]
    fn as_many_covered_where_some_may_go_anywhere_and_others_not(small in small(None)) {
        let ways = Ways::new(&small.areas);
        prop_assert_eq!(measured(&small, &ways).0, by_trying_all(&small, &ways).0);
    }

    #[test]
    fn the_shortest_ways_that_trying_all_of_them_finds(mut small in small(Some(false))) {
        // Nobody has more than the quota, and there is room for all: then nothing is to be weighed but ways.
        for home in &mut small.homes {
            home.held = None;
        }
        let count = place(small.homes.len());
        small.carers.push(Carer { area: 0, quota: count, anywhere: false });
        small.areas.iter_mut().for_each(|a| a.border = String::new());
        let ways = Ways::new(&small.areas);
        prop_assert_eq!(measured(&small, &ways), by_trying_all(&small, &ways));
    }

    #[test]
    fn the_nearest_first_sends_as_many_and_not_much_farther(
        spots in proptest::collection::vec((0i32..200, 0i32..200, 1u32..9, any::<bool>()), 2..40),
    ) {
        let areas: Vec<Area> = spots.iter().map(|(x, y, ..)| area("", "", (x * 1000, y * 1000))).collect();
        let ways = Ways::new(&areas);
        let side = |left: bool| -> Vec<(u32, u32)> {
            let mine = spots.iter().enumerate().filter(|(_, s)| s.3 == left);
            mine.map(|(n, s)| (place(n), s.2)).collect()
        };
        let sum = |flows: &[flow::Flow]| {
            let many = flows.iter().map(|f| f.many).sum::<u32>();
            (many, flows.iter().map(|f| u64::from(f.many) * ways.between(f.from, f.to)).sum::<u64>())
        };
        let exact = sum(&flow::shortest(&side(true), &side(false), &ways));
        let near = sum(&flow::nearest_first(side(true), side(false), &ways));
        prop_assert_eq!(exact.0, near.0);
        prop_assert!(exact.1 <= near.1, "{} is longer than {}", exact.1, near.1);
    }
}
