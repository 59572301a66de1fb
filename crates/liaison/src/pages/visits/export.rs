//! A book as a table on the page, or as a file for a spreadsheet program.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Locale, Result, Text};
use sheets::{Column, CsvOut, Kind, Value, XlsxOut};
use web::Look;
use web::components::{self, Row, Table};

/// A book: what its columns are called, and its rows.
pub(in crate::pages) struct Sheet {
    /// What it is called.
    pub(in crate::pages) title: Text,
    /// Its columns; those marked are left out on a phone.
    pub(in crate::pages) columns: Vec<(Text, bool)>,
    /// Its rows, each with where it leads to.
    pub(in crate::pages) rows: Vec<(Vec<String>, Option<String>)>,
    /// What a file of it is called.
    name: &'static str,
}

impl Sheet {
    pub(in crate::pages) fn new(title: Text, columns: &[(&str, &str, bool)]) -> Sheet {
        let columns = columns.iter().map(|(zh, en, seldom)| (Text::new(*zh, *en), *seldom)).collect();
        Sheet { title, columns, rows: Vec::new(), name: "visits" }
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
        table.rows(self.rows.iter().map(|(cells, href)| {
            let row = Row::new(cells.iter().map(|c| maud::html! { (c) }).collect());
            match href {
                Some(href) => row.href(href.clone()),
                None => row,
            }
        }))
    }

    /// As a file: `csv` or `xlsx`.
    pub(in crate::pages) fn file(&self, format: &str, locale: Locale) -> Result<Response> {
        let columns: Vec<Column> = self
            .columns
            .iter()
            .map(|(name, _)| Column { title: name.clone(), width: 16, kind: Kind::Text })
            .collect();
        let cells = |row: &[String]| row.iter().map(|c| Value::Text(c.clone())).collect::<Vec<_>>();
        let (bytes, media) = match format {
            "csv" => {
                let mut out = CsvOut::new(Vec::new(), &columns, locale)?;
                for (row, _) in &self.rows {
                    out.row(&cells(row))?;
                }
                (out.finish()?, "text/csv; charset=utf-8")
            }
            "xlsx" => {
                let mut out = XlsxOut::new(&self.title, &columns, locale)?;
                for (row, _) in &self.rows {
                    out.row(&cells(row))?;
                }
                (out.finish()?, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            }
            _ => return Err(Error::NotFound),
        };
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let way = format!("attachment; filename=\"{}.{format}\"", self.name);
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&way).map_err(Error::internal)?);
        Ok(response)
    }
}
