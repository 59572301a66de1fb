//! Putting the files of a pack, and a pack and the one it extends, into one table.
//!
//! Tables are merged key by key, lists of keyed entries entry by entry; everything else is replaced.
//! Spans are kept, so that an error in the merged table still names its file and line.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// The fields that name an entry of a list, first match first.
const KEYS: [&str; 4] = ["id", "code", "state", "name"];

/// What names an entry of a list. An edge of a track has no name of its own: it is known by its verb, the
/// case it is for and where it leads (`judge:not-solved>rework`).
pub(crate) fn key_of(table: &DeTable<'_>) -> Option<String> {
    let text = |k: &str| table.get(k)?.get_ref().as_str();
    if let Some(verb) = text("verb") {
        let when = text("when").map(|w| format!(":{w}")).unwrap_or_default();
        let to = text("to").map(|t| format!(">{t}")).unwrap_or_default();
        return Some(format!("{verb}{when}{to}"));
    }
    KEYS.iter().find_map(|k| text(k)).map(str::to_owned)
}

/// Takes away what stands at `path` (`track/standard/step/in-hand/go/decline>answered`); false where
/// nothing does.
pub(crate) fn take_away(table: &mut DeTable<'_>, path: &str) -> bool {
    let (name, rest) = path.split_once('/').map_or((path, None), |(n, r)| (n, Some(r)));
    let Some(rest) = rest else { return table.remove(name).is_some() };
    match table.get_mut(name).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) => take_away(inner, rest),
        Some(DeValue::Array(items)) => take_from_list(items, rest),
        _ => false,
    }
}

fn take_from_list(items: &mut DeArray<'_>, path: &str) -> bool {
    let (name, rest) = path.split_once('/').map_or((path, None), |(n, r)| (n, Some(r)));
    let is_it = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
        DeValue::Table(t) => key_of(t).as_deref() == Some(name),
        _ => false,
    };
    match rest {
        None => {
            let before = items.len();
            let kept: Vec<_> = items.clone().into_iter().filter(|i| !is_it(i)).collect();
            *items = DeArray::new();
            kept.into_iter().for_each(|i| items.push(i));
            items.len() < before
        }
        Some(rest) => items.iter_mut().find(|i| is_it(i)).is_some_and(|i| match i.get_mut() {
            DeValue::Table(t) => take_away(t, rest),
            _ => false,
        }),
    }
}

/// Moves every span by `by`.
pub(crate) fn shift<'i>(table: DeTable<'i>, by: usize) -> DeTable<'i> {
    table
        .into_iter()
        .map(|(k, v)| {
            let span = k.span();
            (Spanned::new(span.start + by..span.end + by, k.into_inner()), shift_value(v, by))
        })
        .collect()
}

fn shift_value<'i>(value: Spanned<DeValue<'i>>, by: usize) -> Spanned<DeValue<'i>> {
    let span = value.span();
    let inner = match value.into_inner() {
        DeValue::Table(t) => DeValue::Table(shift(t, by)),
        DeValue::Array(items) => {
            let mut moved = DeArray::new();
            for item in items {
                moved.push(shift_value(item, by));
            }
            DeValue::Array(moved)
        }
        other => other,
    };
    Spanned::new(span.start + by..span.end + by, inner)
}

/// What to do where both sides give the same thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// The later one wins: a pack over the one it extends.
    Wins,
    /// It is a fault: two files of one pack.
    Fault,
}

/// A thing given twice: its path, and where it stands the second time.
pub(crate) struct Duplicate {
    pub(crate) path: String,
    pub(crate) offset: usize,
}

/// Lays `over` upon `base`.
pub(crate) fn merge<'i>(
    base: &mut DeTable<'i>,
    over: DeTable<'i>,
    twice: Twice,
    path: &str,
    out: &mut Vec<Duplicate>,
) {
    for (key, value) in over {
        let here =
            if path.is_empty() { key.get_ref().to_string() } else { format!("{path}/{}", key.get_ref()) };
        let name = key.get_ref().to_string();
        let Some(known) = base.remove(name.as_str()) else {
            base.insert(key, value);
            continue;
        };
        let span = value.span();
        let merged = match (known.into_inner(), value.into_inner()) {
            (DeValue::Table(mut b), DeValue::Table(o)) => {
                merge(&mut b, o, twice, &here, out);
                DeValue::Table(b)
            }
            (DeValue::Array(mut b), DeValue::Array(o)) if keyed(&b) && keyed(&o) => {
                merge_lists(&mut b, o, twice, &here, out);
                DeValue::Array(b)
            }
            (_, value) => {
                if twice == Twice::Fault {
                    out.push(Duplicate { path: here, offset: span.start });
                }
                value
            }
        };
        // The key moves along: it is what names the line of an entry, and the later file changed it.
        base.insert(key, Spanned::new(span, merged));
    }
}

fn keyed(items: &DeArray<'_>) -> bool {
    items.iter().all(|i| matches!(i.get_ref(), DeValue::Table(t) if key_of(t).is_some()))
}

fn merge_lists<'i>(
    base: &mut DeArray<'i>,
    over: DeArray<'i>,
    twice: Twice,
    path: &str,
    out: &mut Vec<Duplicate>,
) {
    for item in over {
        let span = item.span();
        let DeValue::Table(entry) = item.into_inner() else { continue };
        let key = key_of(&entry);
        let same = base.iter_mut().find(|b| match b.get_ref() {
            DeValue::Table(t) => key_of(t) == key,
            _ => false,
        });
        let here = format!("{path}/{}", key.as_deref().unwrap_or_default());
        match same {
            None => base.push(Spanned::new(span, DeValue::Table(entry))),
            Some(_) if twice == Twice::Fault => out.push(Duplicate { path: here, offset: span.start }),
            Some(known) => {
                let old = std::mem::replace(known, Spanned::new(span, DeValue::Boolean(false)));
                if let DeValue::Table(mut t) = old.into_inner() {
                    merge(&mut t, entry, twice, &here, out);
                    *known.get_mut() = DeValue::Table(t);
                }
            }
        }
    }
}

/// Entries of one list that carry the same key.
pub(crate) fn doubles(table: &DeTable<'_>, path: &str, out: &mut Vec<Duplicate>) {
    for (key, value) in table.iter() {
        let here =
            if path.is_empty() { key.get_ref().to_string() } else { format!("{path}/{}", key.get_ref()) };
        match value.get_ref() {
            DeValue::Table(t) => doubles(t, &here, out),
            DeValue::Array(items) if keyed(items) => {
                let mut seen = std::collections::BTreeSet::new();
                for item in items.iter() {
                    let DeValue::Table(t) = item.get_ref() else { continue };
                    let Some(name) = key_of(t) else { continue };
                    let here = format!("{here}/{name}");
                    if !seen.insert(name) {
                        out.push(Duplicate { path: here.clone(), offset: item.span().start });
                    }
                    doubles(t, &here, out);
                }
            }
            _ => {}
        }
    }
}
