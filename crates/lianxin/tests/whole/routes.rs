//! What the router really answers, read from the router itself, against the rules that the capabilities
//! write down for it.

use lianxin::capability;
use std::collections::{BTreeMap, BTreeSet};

/// Method and path of every route, read from the router's own description of itself. axum offers no list;
/// its `Debug` names each route's methods and path, and a sanity check below notices should that change.
pub fn of_the_router() -> BTreeSet<(String, String)> {
    let said = format!("{:#?}", capability::routes());
    let said = said.split("fallback_router:").next().unwrap_or_default();
    let mut methods: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    let mut id = String::new();
    let mut in_id = false;
    for line in said.lines().map(str::trim) {
        // `RouteId(` / `7,` / `): MethodRouter(` or `): "/path",`
        if line == "RouteId(" {
            in_id = true;
        } else if in_id && line.ends_with(',') {
            id = line.trim_end_matches(',').to_owned();
            in_id = false;
        } else if let Some(path) = line.strip_prefix("): \"") {
            paths.insert(id.clone(), path.trim_end_matches(',').trim_end_matches('"').to_owned());
        } else if let Some((name, rest)) = line.split_once(": ") {
            let verb = ["get", "delete", "patch", "post", "put"].contains(&name);
            if verb && !rest.starts_with("None") {
                methods.entry(id.clone()).or_default().push(name.to_uppercase());
            }
        }
    }
    let mut out = BTreeSet::new();
    for (id, path) in &paths {
        for method in methods.get(id).into_iter().flatten() {
            out.insert((method.clone(), path.clone()));
        }
    }
    out
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    let there = of_the_router();
    let sign_in = ("GET".to_owned(), "/sign-in".to_owned());
    assert!(there.len() > 60 && there.contains(&sign_in), "the router was not understood: {there:?}");
    let ruled: BTreeSet<(String, String)> =
        capability::rules().iter().map(|(_, r)| (r.method.to_owned(), r.path.to_owned())).collect();
    let without_rule: Vec<_> = there.difference(&ruled).collect();
    let without_route: Vec<_> = ruled.difference(&there).collect();
    assert!(without_rule.is_empty(), "no rule says who may come: {without_rule:?}");
    assert!(without_route.is_empty(), "ruled, and not there: {without_route:?}");
}
