//! The map file: what a person says about the columns.
//!
//! ```toml
//! title = "留言主题"            # field = heading; ["一种写法", "另一种"] takes the first there is; "#C" is column C
//! sheet = "台账"               # which sheet; otherwise the best one is found
//! heading_row = 3             # the (last) row of the heading; otherwise it is found
//! ignore = ["内部备注", "#F"]   # columns that must not be used
//! date_order = "dmy"          # how to read 02/03/2019; "ymd" unless told
//!
//! [defaults]
//! channel = "window"          # where the cell is empty or there is no such column
//!
//! [values.channel]
//! "电话" = "hotline"           # what a cell says = what is taken
//! ```

use crate::normal::normal;
use crate::recognise::Headings;
use kernel::{Error, Result};
use std::collections::BTreeMap;

/// The order in which a date written with numbers only is read. It is for the caller, who reads dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Year, month, day.
    #[default]
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// A map file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// Field to headings, of which the first that the sheet has is used.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Field to what stands in for an empty cell.
    pub defaults: BTreeMap<String, String>,
    /// Field to what a cell says to what is taken.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// The sheet's name.
    pub sheet: Option<String>,
    /// The last row of the heading as the spreadsheet program numbers it.
    pub heading_row: Option<u32>,
    /// Headings that must not be used.
    pub ignore: Vec<String>,
    /// How dates are written.
    pub date_order: DateOrder,
}

impl Map {
    /// Reads a map file. Refused, naming the line or the entry, where it is not one.
    pub fn parse(text: &str) -> Result<Map> {
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            Error::field("map", format!("对照表写法有误：{e}"), format!("The map file has a fault: {e}"))
        })?;
        let mut map = Map::default();
        for (key, value) in table {
            let done = match key.as_str() {
                "defaults" => strings(&value).map(|v| map.defaults = v),
                "values" => value.as_table().and_then(|t| {
                    t.iter()
                        .map(|(k, v)| Some((k.clone(), strings(v)?)))
                        .collect::<Option<_>>()
                        .map(|v| map.values = v)
                }),
                "sheet" => value.as_str().map(|v| map.sheet = Some(v.to_owned())),
                "heading_row" => value
                    .as_integer()
                    .and_then(|v| u32::try_from(v).ok())
                    .filter(|v| *v > 0)
                    .map(|v| map.heading_row = Some(v)),
                "ignore" => list(&value).map(|v| map.ignore = v),
                "date_order" => match value.as_str() {
                    Some("ymd") => Some(DateOrder::Ymd),
                    Some("dmy") => Some(DateOrder::Dmy),
                    Some("mdy") => Some(DateOrder::Mdy),
                    _ => None,
                }
                .map(|v| map.date_order = v),
                _ => list(&value).filter(|l| !l.is_empty()).map(|v| {
                    map.fields.insert(key.clone(), v);
                }),
            };
            done.ok_or_else(|| {
                Error::field(
                    "map",
                    format!("对照表里“{key}”的写法不对。"),
                    format!("The entry “{key}” in the map file is not of the right kind."),
                )
            })?;
        }
        Ok(map)
    }

    /// Whether a column must not be used: by its heading, or by its letters as in `#C`.
    pub(crate) fn ignores(&self, heading: &str, letters: &str) -> bool {
        self.ignore.iter().any(|i| match i.strip_prefix('#') {
            Some(column) => column.eq_ignore_ascii_case(letters),
            None => normal(i) == normal(heading),
        })
    }

    /// What is taken for a cell that says `text`: as written, or but for spaces and width.
    pub fn value<'a>(&'a self, field: &str, text: &'a str) -> &'a str {
        let Some(values) = self.values.get(field) else { return text };
        values
            .get(text)
            .or_else(|| values.iter().find(|(k, _)| normal(k) == normal(text)).map(|(_, v)| v))
            .map_or(text, String::as_str)
    }
}

impl Headings {
    /// What was recognised, as a map file to check, correct and use.
    pub fn to_map(&self) -> String {
        let mut out = String::from(
            "# 由标题识别得出，请核对。没有把握的写在注释里，去掉 # 就会采用。\n\
             # Recognised from the headings; please check. What is not sure is in comments: take away the # to use it.\n\n",
        );
        let name = |at: usize| {
            let heading = &self.columns[at];
            let unique =
                self.columns.iter().filter(|h| normal(&h.text) == normal(&heading.text)).count() == 1;
            let text = if unique && !normal(&heading.text).is_empty() && !heading.text.starts_with('#') {
                heading.text.clone()
            } else {
                format!("#{}", crate::open::letters(heading.column))
            };
            toml::Value::String(text).to_string()
        };
        let one_line = |text: String| text.replace("\\\n", " ").replace(['\n', '\r'], " ");
        for (at, heading) in self.columns.iter().enumerate() {
            if let Some(m) = &heading.field {
                out.push_str(&format!("{} = {}  # {}%\n", m.field, name(at), m.confidence));
            }
        }
        for (at, heading) in self.columns.iter().enumerate() {
            if heading.field.is_some() || heading.ignored {
                continue;
            }
            match &heading.suggestion {
                Some(m) => {
                    out.push_str(&one_line(format!("# {} = {}  # {}%?", m.field, name(at), m.confidence)))
                }
                None => out.push_str(&one_line(format!("# ? = {}", name(at)))),
            }
            out.push('\n');
        }
        out.push_str("\n[defaults]\n# channel = \"\"\n\n# [values.channel]\n# \"电话\" = \"hotline\"\n");
        out
    }
}

fn list(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(one) => Some(vec![one.clone()]),
        toml::Value::Array(many) => many.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn strings(value: &toml::Value) -> Option<BTreeMap<String, String>> {
    value.as_table()?.iter().map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Recogniser, request_headings};

    #[test]
    fn everything_a_map_may_say() {
        let map = Map::parse(
            "title = '主题'\nbody = ['甲', '乙']\nsheet = 'S'\nheading_row = 3\nignore = ['丙']\ndate_order = 'dmy'\n\
             [defaults]\nchannel = 'window'\n[values.channel]\n'电 话' = 'hotline'",
        )
        .unwrap();
        assert_eq!(map.fields["body"], ["甲", "乙"]);
        assert_eq!(
            (map.sheet.as_deref(), map.heading_row, map.date_order),
            (Some("S"), Some(3), DateOrder::Dmy)
        );
        assert!(map.ignores("丙 ", "A") && !map.ignores("丁", "A"));
        let by_letter = Map { ignore: vec!["#c".into()], ..Map::default() };
        assert!(by_letter.ignores("丁", "C") && !by_letter.ignores("丁", "D"));
        assert_eq!(map.value("channel", "电话"), "hotline");
        assert_eq!(map.value("channel", "来信"), "来信");
        assert_eq!(map.defaults["channel"], "window");
    }

    #[test]
    fn faults_are_named() {
        for text in [
            "title = 3",
            "title = []",
            "x",
            "heading_row = 0",
            "date_order = 'y'",
            "[values]\na = 1",
            "defaults = 1",
        ] {
            assert!(matches!(Map::parse(text), Err(Error::Invalid(_))), "{text}");
        }
    }

    #[test]
    fn the_proposal_can_be_read_again_and_says_the_same() {
        let texts: Vec<(u32, String)> =
            ["编号", "甲", "甲", "诉求\n内容", "答复意见附件", "", "#x", "退回原因"]
                .iter()
                .zip(0..)
                .map(|(t, i)| (i, (*t).to_owned()))
                .collect();
        let known = Recogniser::new(request_headings());
        let found = known.headings(&texts, None).unwrap();
        let proposal = found.to_map();
        assert!(proposal.contains("# answer = "), "{proposal}");
        let again = known.headings(&texts, Some(&Map::parse(&proposal).unwrap())).unwrap();
        for field in known.fields() {
            assert_eq!(found.of(field).map(|h| h.column), again.of(field).map(|h| h.column), "{field}");
        }
        let all: String = proposal.replace("# ? = ", "remark = ");
        assert!(all.contains("\"#B\"") && all.contains("\"#F\"") && all.contains("\"#G\""), "{all}");
    }
}
