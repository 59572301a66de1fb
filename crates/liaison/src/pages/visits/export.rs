//! A book as a table on the page, or as a file for a spreadsheet program.

use crate::pages::out::Out;
use axum::response::Response;
use kernel::{Locale, Result, Text};
use sheets::{Column, Kind, Value};
use std::collections::HashSet;
use web::Look;
use web::components::{self, Row, Table, Tone};

/// A book: what its columns are called, and its rows.
pub(in crate::pages) struct Sheet {
    /// What it is called.
    pub(in crate::pages) title: Text,
    /// Its columns; those marked are left out on a phone.
    pub(in crate::pages) columns: Vec<(Text, bool)>,
    /// Its rows, each with where it leads to.
    pub(in crate::pages) rows: Vec<(Vec<String>, Option<String>)>,
    /// Those of them that stand out, by their place in the list.
    pub(in crate::pages) marked: HashSet<usize>,
    /// What a file of it is called.
    name: &'static str,
}

impl Sheet {
    pub(in crate::pages) fn new(title: Text, columns: &[(&str, &str, bool)]) -> Sheet {
        let columns = columns.iter().map(|(zh, en, seldom)| (Text::new(*zh, *en), *seldom)).collect();
        Sheet { title, columns, rows: Vec::new(), marked: HashSet::new(), name: "visits" }
    }

    /// With another name for its files.
    pub(in crate::pages) fn named(self, name: &'static str) -> Sheet {
        Sheet { name, ..self }
    }

    /// As a table of a page.
    pub(in crate::pages) fn table(&self, look: &Look) -> Table {
        let mut table = Table::new(look, self.title.to(look.locale));
        for (n, (name, seldom)) in self.columns.iter().enumerate() {
            let column = components::Column::new(name.to(look.locale));
            let column = if n == 0 { column.primary() } else { column };
            table = table.column(if *seldom { column.seldom() } else { column });
        }
        table.rows(self.rows.iter().enumerate().map(|(n, (cells, href))| {
            let row = Row::new(cells.iter().map(|c| maud::html! { (c) }).collect());
            let row = if self.marked.contains(&n) { row.tone(Tone::Late) } else { row };
            match href {
                Some(href) => row.href(href.clone()),
                None => row,
            }
        }))
    }

    /// As a file: `csv` or `xlsx`.
    pub(in crate::pages) fn file(&self, format: &str, locale: Locale) -> Result<Response> {
        let mut out = self.begin(format, locale)?;
        for (row, _) in &self.rows {
            out.row(&cells(row))?;
        }
        let name = self.file_name(format);
        out.send(&name, &name)
    }

    /// What such a file is called.
    pub(in crate::pages) fn file_name(&self, format: &str) -> String {
        format!("{}.{format}", self.name)
    }

    /// The beginning of such a file, for rows that are too many to be kept.
    pub(in crate::pages) fn begin(&self, format: &str, locale: Locale) -> Result<Out> {
        let column = |name: &Text| Column { title: name.clone(), width: 16, kind: Kind::Text };
        let columns: Vec<Column> = self.columns.iter().map(|(name, _)| column(name)).collect();
        Out::new(format, &self.title, &columns, locale)
    }
}

/// A row of a file.
pub(in crate::pages) fn cells(row: &[String]) -> Vec<Value> {
    row.iter().map(|c| Value::Text(c.clone())).collect()
}
