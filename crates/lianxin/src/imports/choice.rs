//! What a person says about a file: which column is what, and how it is to be read.

use kernel::{Date, Error, Result, UnitId};
use register::import::ForAll;
use serde::{Deserialize, Serialize};
use sheets::{DateOrder, Map, letters};
use std::collections::BTreeMap;

/// What was chosen; where nothing was, the headings say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    /// Column (from 0) to field; an empty one: not used.
    pub(super) columns: BTreeMap<u32, String>,
    /// Which sheet.
    pub(super) sheet: Option<String>,
    /// The last row of the heading.
    pub(super) heading_row: Option<u32>,
    /// `ymd`, `dmy` or `mdy`; empty is `ymd`.
    pub(super) date_order: String,
    /// The year of dates that are written without one.
    pub(super) year: Option<i16>,
    /// Requests without an answer are over, and stay history.
    pub(super) history: bool,
    /// What is said for all rows of households: the unit they are in …
    pub(super) unit: Option<UnitId>,
    /// … since when their marks hold …
    pub(super) marked: Option<Date>,
    /// … and on what both rest.
    pub(super) basis: Option<String>,
    /// The file whose refused rows these are, where what was chosen for it is chosen for them.
    pub(super) like: Option<String>,
}

impl Choice {
    /// What is chosen for the refused rows of a file for which this was: their columns are the same, their heading is
    /// that of our file.
    pub(super) fn for_refused(&self, name: &str) -> Choice {
        Choice { sheet: None, heading_row: None, like: Some(name.to_owned()), ..self.clone() }
    }

    /// What is said for all rows of households.
    pub(super) fn all(&self) -> ForAll {
        ForAll { unit: self.unit, marked: self.marked, basis: self.basis.clone() }
    }

    /// Uses a column for a field, or for none. Whatever column was chosen for the field before is free.
    pub(super) fn set(&mut self, column: u32, field: &str) {
        if !field.is_empty() {
            self.columns.retain(|_, f| f != field);
        }
        self.columns.insert(column, field.to_owned());
    }

    /// The same as a map file would say it; none where nothing was chosen.
    pub(super) fn map(&self) -> Option<Map> {
        let mut map = Map {
            sheet: self.sheet.clone(),
            heading_row: self.heading_row,
            date_order: match self.date_order.as_str() {
                "dmy" => DateOrder::Dmy,
                "mdy" => DateOrder::Mdy,
                _ => DateOrder::Ymd,
            },
            ..Map::default()
        };
        for (column, field) in &self.columns {
            let named = format!("#{}", letters(*column));
            match field.as_str() {
                "" => map.ignore.push(named),
                field => drop(map.fields.insert(field.to_owned(), vec![named])),
            }
        }
        (map != Map::default()).then_some(map)
    }

    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub(super) fn from_json(text: &str) -> Result<Choice> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_what_a_map_says() {
        let mut choice = Choice::default();
        assert_eq!(choice.map(), None);
        choice.set(2, "title");
        choice.set(27, "title");
        choice.set(3, "");
        choice.heading_row = Some(4);
        let map = choice.map().unwrap();
        assert_eq!(map.fields["title"], ["#AB"], "the last word counts");
        assert_eq!((map.ignore, map.heading_row), (vec!["#D".to_owned()], Some(4)));
        assert_eq!(Choice::from_json(&choice.to_json().unwrap()).unwrap(), choice);
        assert_eq!(Choice::from_json("{}").unwrap(), Choice::default());
        choice.basis = Some("花名册".into());
        let refused = choice.for_refused("a.xlsx");
        assert_eq!((refused.heading_row, &refused.columns), (None, &choice.columns));
        assert_eq!(refused.all(), choice.all());
    }
}
