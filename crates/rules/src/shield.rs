//! Who may not know of a complaint about a unit: the conflict set 利益冲突范围.
//!
//! ```text
//!            county ─ decides (its centre)
//!              │
//!      ┌───  township ───┐            one house: the township and its offices, whose kinds say so
//!   office A  office B   hall         subject office A: A and what is below it, and all of its house
//!                │                    subject township: everything below it
//!             village ─ point         subject village: the village and its points; the hall decides
//! ```
//!
//! The set is the unit, everything below it, and everything in the same house: the unit right above where the
//! subject sits with it, and whoever else sits there. A pairing is one more house: whoever looks after a household
//! together with somebody of the unit, or of what is below it, is in the set as well ([`takes_along`]). It ends
//! there: not in it is who shares a household only with one of those, or with somebody who only sits in the house.

/// Where a unit stands, as far as the set depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat<'a> {
    /// Codes from the root, each followed by `/`.
    pub path: &'a str,
    /// The path of the unit in whose house it sits: its own, or that of the nearest unit above that sits in
    /// nobody else's.
    pub house: &'a str,
}

/// Whether those who hold a post at `seat` must not know of a complaint about the unit at `subject`. What has
/// no path stands nowhere, and is shut out of everything.
pub fn shuts_out(subject: Seat<'_>, seat: Seat<'_>) -> bool {
    if subject.path.is_empty() || seat.path.is_empty() {
        return true;
    }
    seat.path.starts_with(subject.path) || seat.house == subject.house
}

/// Whether those who look after a household together with whoever holds a post at `seat` must not know of a complaint
/// about the unit at `subject` either.
pub fn takes_along(subject: Seat<'_>, seat: Seat<'_>) -> bool {
    !subject.path.is_empty() && seat.path.starts_with(subject.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A tree: each unit has one above it among those before it, and may sit in its house.
    fn tree() -> impl Strategy<Value = Vec<(usize, bool)>> {
        prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..24).prop_map(|all| {
            all.into_iter().enumerate().map(|(n, (up, in_house))| (up.index(n + 1), in_house)).collect()
        })
    }

    struct Units {
        up: Vec<Option<usize>>,
        in_house: Vec<bool>,
        path: Vec<String>,
        house: Vec<String>,
    }

    fn units(tree: &[(usize, bool)]) -> Units {
        let mut out = Units {
            up: vec![None],
            in_house: vec![false],
            path: vec!["/0/".into()],
            house: vec!["/0/".into()],
        };
        for (n, (up, in_house)) in tree.iter().enumerate() {
            let path = format!("{}{}/", out.path[*up], n + 1);
            let house = if *in_house { out.house[*up].clone() } else { path.clone() };
            out.up.push(Some(*up));
            out.in_house.push(*in_house);
            out.path.push(path);
            out.house.push(house);
        }
        out
    }

    /// The set by walking the tree by hand.
    fn by_hand(u: &Units, subject: usize, seat: usize) -> bool {
        let mut at = Some(seat);
        while let Some(n) = at {
            if n == subject {
                return true;
            }
            at = u.up[n];
        }
        let host = |mut n: usize| {
            while u.in_house[n] {
                n = u.up[n].unwrap();
            }
            n
        };
        host(subject) == host(seat)
    }

    proptest! {
        #[test]
        fn the_set_is_the_subtree_and_the_house(tree in tree()) {
            let u = units(&tree);
            let seat = |n: usize| Seat { path: &u.path[n], house: &u.house[n] };
            for subject in 0..u.path.len() {
                for other in 0..u.path.len() {
                    let out = shuts_out(seat(subject), seat(other));
                    prop_assert_eq!(out, by_hand(&u, subject, other));
                    // Nobody takes others along who is not shut out; the subject does; a mere neighbour does not.
                    let along = takes_along(seat(subject), seat(other));
                    prop_assert!(out || !along);
                    prop_assert_eq!(along, u.path[other].starts_with(&u.path[subject]));
                    // Whoever is below somebody shut out by being below, is shut out as well.
                    if out && u.path[other].starts_with(&u.path[subject]) {
                        for below in (0..u.path.len()).filter(|b| u.path[*b].starts_with(&u.path[other])) {
                            prop_assert!(shuts_out(seat(subject), seat(below)));
                        }
                    }
                }
                prop_assert!(shuts_out(seat(subject), seat(subject)));
            }
        }
    }

    #[test]
    fn an_office_takes_its_house_along_and_a_village_does_not() {
        let seat = |path, house| Seat { path, house };
        let town = seat("/9/901/", "/9/901/");
        let office = seat("/9/901/a/", "/9/901/");
        let hall = seat("/9/901/hall/", "/9/901/");
        let village = seat("/9/901/01/", "/9/901/01/");
        let point = seat("/9/901/01/p/", "/9/901/01/p/");
        let county = seat("/9/", "/9/");
        for (subject, shut, open) in [
            (office, vec![office, town, hall], vec![village, point, county]),
            (village, vec![village, point], vec![town, hall, county]),
            (town, vec![town, office, hall, village, point], vec![county]),
        ] {
            assert!(shut.iter().all(|s| shuts_out(subject, *s)), "{subject:?}");
            assert!(open.iter().all(|s| !shuts_out(subject, *s)), "{subject:?}");
        }
        // Who sits in the house is shut out, and takes nobody along.
        assert!(takes_along(office, office) && !takes_along(office, hall) && !takes_along(office, town));
        assert!(
            takes_along(town, village) && !takes_along(village, town) && !takes_along(seat("", ""), town)
        );
        // A path is no prefix of another's name.
        assert!(!shuts_out(seat("/9/90/", "/9/90/"), town));
        assert!(shuts_out(seat("", ""), county) && shuts_out(county, seat("", "")));
    }
}
