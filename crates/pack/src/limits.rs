//! Which limit applies.

use crate::{LimitRule, Pack};
use rules::case::{ClockKind, Kind, Urgency};

/// How closely a rule fits: emergency, class, track, urgency, kind; the greater wins.
type Fit = [bool; 5];

impl Pack {
    /// The limit of `clock` for a request of this class, kind and urgency: the one that fits closest.
    ///
    /// An emergency shortens every limit; then counts what the class names, then the track (thirty days of
    /// mediation are not cut to one because somebody is in a hurry), then urgency, then the kind. Among equals the later `valid_from` wins. `None` where the pack has no
    /// limit for the clock, which the check allows only for clocks that the class's track does not use.
    pub fn limit(&self, class: &str, kind: Kind, urgency: Urgency, clock: ClockKind) -> Option<&LimitRule> {
        let class = self.class(class);
        let named = class.and_then(|c| c.limits.get(&clock)).map(String::as_str);
        let track = class.map(|c| c.track.as_str());
        self.limits
            .iter()
            .filter(|r| r.clock == clock)
            .filter_map(|r| Some((fit(r, named, kind, urgency, track)?, r)))
            .max_by(|(a, x), (b, y)| a.cmp(b).then(x.valid_from.cmp(&y.valid_from)))
            .map(|(_, r)| r)
    }

    /// The limit rule with this key.
    pub fn limit_rule(&self, id: &str) -> Option<&LimitRule> {
        self.limits.iter().find(|r| r.id == id)
    }
}

fn fit(r: &LimitRule, named: Option<&str>, kind: Kind, urgency: Urgency, track: Option<&str>) -> Option<Fit> {
    let by_class = named == Some(r.id.as_str());
    if (r.by_class && !by_class)
        || r.kind.is_some_and(|k| k != kind)
        || r.urgency.is_some_and(|u| u != urgency)
        || r.track.as_deref().is_some_and(|t| Some(t) != track)
    {
        return None;
    }
    Some([
        r.urgency == Some(Urgency::Emergency),
        by_class,
        r.track.is_some(),
        r.urgency.is_some(),
        r.kind.is_some(),
    ])
}

/// Gives each track the ordinary limit of every clock it uses, from the rules: a track in a file
/// names clocks, never times, so that no time stands without its source.
pub(crate) fn wind_clocks(pack: &mut Pack) {
    for track in &mut pack.tracks {
        for clock in track.clocks_used() {
            let rule = pack
                .limits
                .iter()
                .filter(|r| r.clock == clock && !r.by_class && r.kind.is_none() && r.urgency.is_none())
                .filter(|r| r.track.as_deref().is_none_or(|t| t == track.id))
                .max_by_key(|r| (r.track.is_some(), r.valid_from));
            if let Some(rule) = rule {
                track.clocks.entry(clock).or_insert(rule.limit);
            }
        }
    }
}
