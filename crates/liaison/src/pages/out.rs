//! Files for a spreadsheet program, written row by row.

use axum::response::Response;
use kernel::{Error, Locale, Result, Text};
use sheets::{Column, CsvOut, Value, XlsxOut};
use std::io::{BufWriter, Seek};

/// A file in the making, on disk: however long it is it needs no memory.
pub(in crate::pages) enum Out {
    Csv(Box<CsvOut<BufWriter<std::fs::File>>>),
    Xlsx(Box<XlsxOut>),
}

impl Out {
    /// Begins a file, `csv` or `xlsx`, with its heading.
    ///
    /// Errors: not found for any other kind; those of the disk.
    pub(in crate::pages) fn new(
        ending: &str,
        title: &Text,
        columns: &[Column],
        locale: Locale,
    ) -> Result<Out> {
        Ok(match ending {
            "csv" => {
                let file = tempfile::tempfile().map_err(Error::internal)?;
                Out::Csv(Box::new(CsvOut::new(BufWriter::new(file), columns, locale)?))
            }
            "xlsx" => Out::Xlsx(Box::new(XlsxOut::new(title, columns, locale)?)),
            _ => return Err(Error::NotFound),
        })
    }

    /// One more row.
    pub(in crate::pages) fn row(&mut self, values: &[Value]) -> Result<()> {
        match self {
            Out::Csv(out) => out.row(values),
            Out::Xlsx(out) => out.row(values),
        }
    }

    /// The file as what a browser saves: `plain` is its name in ASCII for old clients, `name` the real one.
    pub(in crate::pages) fn send(self, plain: &str, name: &str) -> Result<Response> {
        let (mut file, media) = match self {
            Out::Csv(out) => {
                let file = out.finish()?.into_inner().map_err(Error::internal)?;
                (file, "text/csv; charset=utf-8")
            }
            Out::Xlsx(out) => {
                let mut file = tempfile::tempfile().map_err(Error::internal)?;
                out.finish_to(&mut file)?;
                (file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            }
        };
        file.rewind().map_err(Error::internal)?;
        requests::pages::send_file(file, plain, name, media)
    }
}
