//! The sheet of a draw: a text with everything that is needed to compute it again.
//!
//! ```text
//! lianxin lot 1
//! origin lx.example/journal
//! days 2026-11-16 2026-11-22
//! rule percent=5 least=1 fast-percent=5 spotless-cases=10 spotless-percent=20
//! commitment <64 signs>            SHA-256 of the secret, published before the first day
//! secret <128 signs>               Ed25519 signature of the site's key over `label`
//! head 12 4711 <64 signs>          number, leaves and root of the first head after the last day
//! seed <64 signs>                  SHA-256(secret ‖ root)
//! unit 23 0 90101                  closed, of that with a complaint, the unit
//! case <64 signs> 3541 28800 90101 seal code, ms it took, ms there were, the unit
//! drawn <64 signs> lot             seal code, why: lot, fast, spotless
//! ```

use super::{Candidate, Drawn, Every, Hash, Rule, Standing, Why, commitment, draw, seed};
use kernel::{Date, Say};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The first line.
const FORMAT: &str = "lianxin lot 1";

/// Everything that a draw follows from, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What the tree is called.
    pub origin: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What the pack said. How often is not told: the days are.
    pub rule: Rule,
    /// What was published before the first day.
    pub commitment: Hash,
    /// What it was the hash of.
    pub secret: Vec<u8>,
    /// Number, leaves and root of the first head after the last day.
    pub head: (i64, u64, Hash),
    /// The seed.
    pub seed: Hash,
    /// What each unit closed.
    pub units: Vec<Standing>,
    /// What could be drawn.
    pub cases: Vec<Candidate>,
    /// What was.
    pub drawn: Vec<Drawn>,
}

/// What does not hold of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The secret is not the one that was bound.
    Commitment,
    /// The seed does not follow from secret and root.
    Seed,
    /// A case stands there twice.
    Twice,
    /// Others are drawn, or for other reasons.
    Drawn,
}

impl Fault {
    /// In words.
    pub fn say(self) -> Say {
        match self {
            Fault::Commitment => Say::new(
                "密文和事先公布的指纹对不上",
                "The secret is not the one that was published as a hash",
            ),
            Fault::Seed => Say::new(
                "种子不是由密文和树头算出来的",
                "The seed does not follow from the secret and the head",
            ),
            Fault::Twice => Say::new("同一件列了两次", "A case is listed twice"),
            Fault::Drawn => Say::new("重新抽一遍，结果不一样", "Drawing again gives another result"),
        }
    }
}

impl Sheet {
    /// What is signed to make the secret of a time.
    pub fn label(origin: &str, from: Date, to: Date) -> String {
        format!("{FORMAT}\norigin {origin}\ndays {from} {to}\n")
    }

    /// Computes the draw of this sheet anew, and puts it in.
    pub fn filled(mut self) -> Sheet {
        self.units.sort_by(|a, b| a.unit.cmp(&b.unit));
        self.cases.sort_by_key(|c| c.seal);
        self.seed = seed(&self.secret, &self.head.2);
        self.drawn = draw(&self.seed, &self.rule, &self.units, &self.cases);
        self
    }

    /// Computes everything anew, and says what does not hold.
    pub fn faults(&self) -> Vec<Fault> {
        let mut out = Vec::new();
        if commitment(&self.secret) != self.commitment {
            out.push(Fault::Commitment);
        }
        if seed(&self.secret, &self.head.2) != self.seed {
            out.push(Fault::Seed);
        }
        let seals: BTreeSet<Hash> = self.cases.iter().map(|c| c.seal).collect();
        if seals.len() != self.cases.len() {
            out.push(Fault::Twice);
        }
        if draw(&self.seed, &self.rule, &self.units, &self.cases) != self.drawn {
            out.push(Fault::Drawn);
        }
        out
    }

    /// As it is published: the same sheet is the same text.
    pub fn text(&self) -> String {
        let mut out = Self::label(&self.origin, self.from, self.to);
        let Rule { every: _, percent, least, fast_percent, spotless_cases, spotless_percent } = self.rule;
        let (n, size, root) = &self.head;
        let mut line = |text: std::fmt::Arguments<'_>| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{text}");
        };
        line(format_args!(
            "rule percent={percent} least={least} fast-percent={fast_percent} spotless-cases={spotless_cases} spotless-percent={spotless_percent}"
        ));
        line(format_args!("commitment {}", hex(&self.commitment)));
        line(format_args!("secret {}", hex(&self.secret)));
        line(format_args!("head {n} {size} {}", hex(root)));
        line(format_args!("seed {}", hex(&self.seed)));
        for u in &self.units {
            line(format_args!("unit {} {} {}", u.closed, u.bad, u.unit));
        }
        for c in &self.cases {
            line(format_args!("case {} {} {} {}", hex(&c.seal), c.took, c.had, c.unit));
        }
        for d in &self.drawn {
            line(format_args!("drawn {} {}", hex(&d.seal), d.why.key()));
        }
        out
    }

    /// Reads what [`Sheet::text`] wrote; none where it is no sheet.
    pub fn parse(text: &str) -> Option<Sheet> {
        let mut lines = text.lines();
        let mut next = |word: &str| lines.next()?.strip_prefix(word)?.strip_prefix(' ');
        (next("lianxin")? == "lot 1").then_some(())?;
        let origin = next("origin")?.to_owned();
        let (from, to) = next("days")?.split_once(' ')?;
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        let rule = rule(next("rule")?)?;
        let commitment = hash(next("commitment")?)?;
        let secret = bytes(next("secret")?)?;
        let mut head = next("head")?.split(' ');
        let head = (head.next()?.parse().ok()?, head.next()?.parse().ok()?, hash(head.next()?)?);
        let seed = hash(next("seed")?)?;
        let (units, cases, drawn) = (Vec::new(), Vec::new(), Vec::new());
        let mut out = Sheet { origin, from, to, rule, commitment, secret, head, seed, units, cases, drawn };
        for line in lines {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "unit" => {
                    let mut parts = rest.splitn(3, ' ');
                    let (closed, bad) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                    out.units.push(Standing { closed, bad, unit: parts.next()?.to_owned() });
                }
                "case" => {
                    let mut parts = rest.splitn(4, ' ');
                    let seal = hash(parts.next()?)?;
                    let (took, had) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                    out.cases.push(Candidate { seal, took, had, unit: parts.next()?.to_owned() });
                }
                "drawn" => {
                    let (seal, why) = rest.split_once(' ')?;
                    out.drawn.push(Drawn { seal: hash(seal)?, why: Why::from_key(why)? });
                }
                _ => return None,
            }
        }
        Some(out)
    }
}

fn rule(text: &str) -> Option<Rule> {
    let mut parts = text.split(' ');
    let mut next = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
    Some(Rule {
        every: Every::Week,
        percent: next("percent")?.parse().ok()?,
        least: next("least")?.parse().ok()?,
        fast_percent: next("fast-percent")?.parse().ok()?,
        spotless_cases: next("spotless-cases")?.parse().ok()?,
        spotless_percent: next("spotless-percent")?.parse().ok()?,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let fits = text.is_ascii() && text.len().is_multiple_of(2);
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if fits { (0..text.len()).step_by(2).map(byte).collect() } else { None }
}

fn hash(text: &str) -> Option<Hash> {
    bytes(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{RULE, case};
    use super::*;

    fn sheet() -> Sheet {
        let cases = (0..30).map(|n| case(n, if n % 3 == 0 { "901-a" } else { "b" }, i64::from(n) * 40));
        Sheet {
            origin: "lx.example/journal".into(),
            from: Date::constant(2026, 11, 16),
            to: Date::constant(2026, 11, 22),
            rule: RULE,
            commitment: commitment(&[9; 64]),
            secret: vec![9; 64],
            head: (12, 4711, [3; 32]),
            seed: [0; 32],
            units: vec![
                Standing { unit: "b".into(), closed: 20, bad: 0 },
                Standing { unit: "901-a".into(), closed: 12, bad: 1 },
            ],
            cases: cases.collect(),
            drawn: Vec::new(),
        }
        .filled()
    }

    #[test]
    fn a_sheet_reads_back_and_holds() {
        let sheet = sheet();
        assert!(sheet.faults().is_empty() && sheet.drawn.len() > 3, "{:?}", sheet.drawn);
        assert_eq!(Sheet::parse(&sheet.text()), Some(sheet));
        assert_eq!(Sheet::parse("lianxin lot 2\n"), None);
    }

    #[test]
    fn each_byte_that_is_changed_is_found() {
        let sheet = sheet();
        let text = sheet.text();
        let first = text.find("rule").unwrap();
        let (head, units) = (text.find("head").unwrap(), text.find("unit").unwrap());
        let mut unseen = Vec::new();
        for at in first..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            let Some(read) = String::from_utf8(changed).ok().and_then(|t| Sheet::parse(&t)) else { continue };
            if read.faults().is_empty() {
                unseen.push(at);
            }
        }
        // What the lot does not go by is not found by drawing again: number and size of the head, which the head
        // itself tells, and figures that leave fast fast and spotless spotless. The hash of the sheet binds those.
        let plain = |at: &usize| {
            let line = text[..*at].rfind('\n').map_or(0, |n| n + 1);
            let line = &text[line..];
            line.starts_with("head")
                || line.starts_with("unit")
                || line.starts_with("case")
                || line.starts_with("rule")
        };
        assert!(unseen.iter().all(plain), "{unseen:?} of {head} {units}");
        let seal = |at: &usize| {
            let start = text[..*at].rfind('\n').map_or(0, |n| n + 1);
            text[start..].starts_with("drawn") || (text[start..].starts_with("head") && at - start > 12)
        };
        assert!(!unseen.iter().any(seal), "a root or a result");
    }
}
