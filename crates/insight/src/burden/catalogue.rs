//! Every form there is, and what it asks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Typed: a line, a number, a day.
    Line,
    /// Typed: several lines.
    Text,
    /// Chosen: one of some, or a box to tick.
    Choice,
    /// A photograph or a paper.
    File,
}

impl Kind {
    const ALL: [(Kind, &str); 4] =
        [(Kind::Line, "line"), (Kind::Text, "text"), (Kind::Choice, "choice"), (Kind::File, "file")];

    /// Its word in the list.
    pub fn key(self) -> &'static str {
        Kind::ALL.iter().find(|(k, _)| *k == self).map_or("", |(_, key)| key)
    }
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Its name, as [`named`] has it.
    pub name: String,
    /// How it is filled in.
    pub kind: Kind,
    /// It comes filled in with what is known.
    pub offered: bool,
    /// It is known, and asked all the same.
    pub known: bool,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The route it is sent to.
    pub route: String,
    /// What it is for, in Chinese and in English.
    pub title: (String, String),
    /// What it asks, in the order of names.
    pub fields: Vec<Asked>,
}

static FORMS: LazyLock<BTreeMap<String, Form>> = LazyLock::new(|| {
    let lines = include_str!("forms.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.filter_map(Form::read).map(|form| (form.route.clone(), form)).collect()
});

/// All forms, in the order of their routes.
pub fn all() -> impl Iterator<Item = &'static Form> {
    FORMS.values()
}

/// The form that is sent to this route. A telephone asks of a visit what the page does.
pub fn by_route(route: &str) -> Option<&'static Form> {
    FORMS.get(if route == "/api/liaison/visits" { "/visits/new" } else { route })
}

impl Form {
    /// A line of the list: route, Chinese and English title, then `name:kind` of each field, with `=` where it is
    /// offered and `!` where it is known and asked all the same. Parts are divided by tabs.
    pub fn read(line: &str) -> Option<Form> {
        let mut parts = line.split('\t');
        let (route, zh, en) = (parts.next()?, parts.next()?, parts.next()?);
        let fields = parts.map(Asked::read).collect::<Option<Vec<_>>>()?;
        Some(Form { route: route.to_owned(), title: (zh.to_owned(), en.to_owned()), fields })
    }

    /// The line that [`Form::read`] reads.
    pub fn line(&self) -> String {
        let mut out = vec![self.route.clone(), self.title.0.clone(), self.title.1.clone()];
        out.extend(self.fields.iter().map(Asked::word));
        out.join("\t")
    }

    /// The field of this name, as it came.
    pub fn field(&self, name: &str) -> Option<&Asked> {
        let name = named(name);
        self.fields.iter().find(|f| f.name == name)
    }
}

impl Asked {
    fn read(word: &str) -> Option<Asked> {
        let (name, rest) = word.rsplit_once(':')?;
        let kind = rest.trim_end_matches(['=', '!']);
        let (kind, _) = Kind::ALL.iter().find(|(_, key)| *key == kind)?;
        Some(Asked {
            name: name.to_owned(),
            kind: *kind,
            offered: rest.contains('='),
            known: rest.contains('!'),
        })
    }

    fn word(&self) -> String {
        let mark = match (self.offered, self.known) {
            (true, _) => "=",
            (false, true) => "!",
            _ => "",
        };
        format!("{}:{}{mark}", self.name, self.kind.key())
    }
}

/// Fields whose second part is a key of the pack.
const OF_THE_PACK: [&str; 3] = ["answers", "ask", "i"];

/// What a field is called whichever line or question it belongs to: `answers.difficulties.text` is `answers.*.text`,
/// `n2.class` is `n*.class`.
pub fn named(name: &str) -> String {
    let parts: Vec<&str> = name.split(['.', '-']).collect();
    let of_the_pack = OF_THE_PACK.contains(&parts[0]);
    let one = |(at, part): (usize, &&str)| match part.find(|c: char| c.is_ascii_digit()) {
        Some(digit) if at == 0 => format!("{}*", &part[..digit]),
        Some(_) => "*".to_owned(),
        None if at == 1 && of_the_pack => "*".to_owned(),
        None => (*part).to_owned(),
    };
    parts.iter().enumerate().map(one).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read_and_none_is_there_twice() {
        let text = include_str!("forms.txt");
        let lines: Vec<&str> = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
        assert_eq!(lines.len(), all().count());
        assert!(lines.len() > 40, "{}", lines.len());
        for line in lines {
            let form = Form::read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(form.line(), line);
        }
    }

    /// A button says what happens next; a list of forms has to say what each is for.
    #[test]
    fn forms_of_one_button_have_names_of_their_own() {
        let mut names: Vec<&str> = all().flat_map(|f| [f.title.0.as_str(), f.title.1.as_str()]).collect();
        names.sort_unstable();
        let twice: Vec<&str> = names.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
        assert!(twice.is_empty() && !names.contains(&""), "{twice:?}");
    }

    #[test]
    fn fields_of_one_kind_have_one_name() {
        for (came, name) in [
            ("body", "body"),
            ("answers.difficulties.text", "answers.*.text"),
            ("answers.family", "answers.*"),
            ("promised.0", "promised.*"),
            ("promised.0.due", "promised.*.due"),
            ("n2.class", "n*.class"),
            ("text-14", "text.*"),
            ("place_text", "place_text"),
        ] {
            assert_eq!(named(came), name);
        }
    }
}
