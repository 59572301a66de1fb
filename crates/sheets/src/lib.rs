//! Spreadsheets in and out.
//!
//! In: [`open`] takes what people have (.xlsx, .xls, .ods, .csv in any of the usual encodings),
//! [`Workbook::read`] finds the sheet and the heading row and tells by a [`Recogniser`] which column
//! is which field; a [`Map`] file overrides it. [`Reading::rows`] hands over the rows with the numbers
//! that the spreadsheet program shows, and every row that is not handed over is listed with a reason.
//! What the caller refuses goes into [`Refusals`], a file that can be corrected and read again.
//!
//! ```text
//! bytes → Workbook → Reading { headings, skipped } → Row { number, get(field), original() }
//!                                                      └→ Refusals → bytes of the same kind of file
//! ```
//!
//! Out: [`CsvOut`] and [`XlsxOut`] take row after row and keep none; [`Table`] is for what is small.
//!
//! Dates that the file itself marks as dates arrive as [`Typed::Date`]; dates written as text stay
//! text, reading them is the caller's business.

mod cell;
mod column;
mod csv_out;
mod lists;
mod map;
mod normal;
mod open;
mod place;
mod reading;
mod recognise;
mod refuse;
mod shown;
mod table;
mod text;
mod xl;
mod xlsx_out;

pub use cell::{Cell, Typed};
pub use csv_out::CsvOut;
pub use lists::{List, account_headings, household_headings, request_headings, unit_headings};
pub use map::{DateOrder, Map};
pub use normal::normal;
pub use open::{Format, Sheet, SheetRow, Workbook, letters, open, open_bytes};
pub use reading::{ColumnLine, Reading, Row, Rows, Skipped};
pub use recognise::{Conflict, Heading, Headings, How, Match, Recogniser, SURE};
pub use refuse::{REASON, Refusals, Refused};
pub use table::{Column, Kind, Table, Value};
pub use xlsx_out::XlsxOut;
