//! Binary spreadsheets: .xlsx, .xls and .ods through calamine.

use crate::cell::{Cell, Typed};
use crate::open::{Format, Gather, Opened, Sheet, too_big, unreadable};
use crate::shown::{general, shown};
use calamine::{Data, Dimensions, ExcelDateTime, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsx};
use kernel::{DateTime, Error, Result};
use std::io::{Cursor, Read};

/// The most that a packed file may hold when unpacked, in bytes.
const MAX_UNPACKED: u64 = 768 << 20;
/// The most parts of a packed file.
const MAX_PARTS: usize = 20_000;

/// .xlsx or .ods: both are packed.
pub(crate) fn zipped(bytes: &[u8]) -> Opened {
    let kind = check_pack(bytes, MAX_UNPACKED)?;
    match kind {
        Pack::Ods => ods(bytes),
        Pack::Xlsx => xlsx(bytes),
    }
}

enum Pack {
    Xlsx,
    Ods,
}

/// Unpacks once into nothing, counting: a small file can hold terabytes, and the declared sizes can lie.
fn check_pack(bytes: &[u8], limit: u64) -> Result<Pack> {
    let broken = |e: &dyn std::fmt::Display| unreadable(".xlsx", e);
    let mut pack = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if pack.len() > MAX_PARTS {
        return Err(too_big());
    }
    let mut kind = None;
    let mut left = limit;
    for i in 0..pack.len() {
        let part = pack.by_index(i).map_err(|e| broken(&e))?;
        match part.name().map_err(|e| broken(&e))?.as_ref() {
            "content.xml" => kind = Some(Pack::Ods),
            "xl/workbook.bin" => {
                return Err(Error::refused(
                    "sheet-kind",
                    "这是 .xlsb 格式，这里读不了。请用电子表格软件打开，另存为 .xlsx 后再试。",
                    "Files of the kind .xlsb cannot be read here. Please open it in a spreadsheet program, save it as .xlsx and try again.",
                ));
            }
            name if name.ends_with("workbook.xml") => kind = Some(Pack::Xlsx),
            _ => {}
        }
        let took = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|e| broken(&e))?;
        left = left.checked_sub(took).ok_or_else(too_big)?;
    }
    Ok(kind.unwrap_or(Pack::Xlsx))
}

fn xlsx(bytes: &[u8]) -> Opened {
    let broken = |e: calamine::XlsxError| unreadable(".xlsx", e);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let list: Vec<(String, bool)> = listed(book.sheets_metadata());
    let mut gather = Gather::default();
    let mut sheets = Vec::new();
    for (name, visible) in list {
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut reader = book.worksheet_cells_reader(&name).map_err(broken)?;
        let codes: Vec<Option<String>> =
            reader.styles().iter().map(|s| s.number_format.as_ref().map(|n| n.format_code.clone())).collect();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(broken)? {
            let (row, column) = cell.get_position();
            let code = codes.get(style).and_then(|c| c.as_deref());
            if let Some(made) = made(cell.get_value().clone().into(), code) {
                gather.push(row, column, made)?;
            }
        }
        sheets.push(Sheet { name, visible, rows: gather.rows(), merges: areas(merges) });
    }
    Ok((Format::Xlsx, sheets, Vec::new()))
}

/// .xls, the format of Excel 97 to 2003.
pub(crate) fn old(bytes: &[u8]) -> Opened {
    let locked = |bytes: &[u8]| {
        // A newer file with a password is wrapped in the old container under this name.
        let mark: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(mark.len()).any(|w| w == mark)
    };
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsError::Password => password(),
        _ if locked(bytes) => password(),
        e => unreadable(".xls", e),
    })?;
    let mut gather = Gather::default();
    let mut sheets = Vec::new();
    for (name, visible) in listed(book.sheets_metadata()) {
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let range = book.worksheet_range(&name).map_err(|e| unreadable(".xls", e))?;
        take(&mut gather, &range)?;
        sheets.push(Sheet { name, visible, rows: gather.rows(), merges: areas(merges) });
    }
    Ok((Format::Xls, sheets, Vec::new()))
}

fn ods(bytes: &[u8]) -> Opened {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::OdsError::Password => password(),
        e => unreadable(".ods", e),
    })?;
    let mut gather = Gather::default();
    let mut sheets = Vec::new();
    for (name, visible) in listed(book.sheets_metadata()) {
        let range = book.worksheet_range(&name).map_err(|e| unreadable(".ods", e))?;
        take(&mut gather, &range)?;
        sheets.push(Sheet { name, visible, rows: gather.rows(), merges: Vec::new() });
    }
    Ok((Format::Ods, sheets, Vec::new()))
}

fn password() -> Error {
    Error::refused(
        "sheet-locked",
        "文件设有打开密码，请去掉密码后再导入。",
        "The file is locked with a password; please remove it and import again.",
    )
}

fn listed(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    sheets
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible == SheetVisible::Visible))
        .collect()
}

fn areas(merges: Vec<Dimensions>) -> Vec<(u32, u32, u32, u32)> {
    merges.iter().map(|m| (m.start.0, m.start.1, m.end.0, m.end.1)).collect()
}

fn take(gather: &mut Gather, range: &Range<Data>) -> Result<()> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    for (row, column, data) in range.used_cells() {
        if let Some(cell) = made(data.clone(), None) {
            gather.push(top + row as u32, left + column as u32, cell)?;
        }
    }
    Ok(())
}

/// One cell; `code` is its number format where the file tells it.
fn made(data: Data, code: Option<&str>) -> Option<Cell> {
    Some(match data {
        Data::Empty => return None,
        Data::String(text) => Cell { text, typed: Typed::Text },
        Data::Int(n) => Cell { text: n.to_string(), typed: Typed::Number(n as f64) },
        Data::Float(x) => Cell {
            text: code.and_then(|c| shown(x, c)).unwrap_or_else(|| general(x)),
            typed: Typed::Number(x),
        },
        Data::Bool(b) => Cell { text: if b { "TRUE" } else { "FALSE" }.into(), typed: Typed::Bool(b) },
        Data::DateTime(at) => dated(&at, code),
        Data::DateTimeIso(text) => match text.trim_end_matches('Z').parse::<DateTime>() {
            Ok(at) => Cell { text: written(at, text.contains('T')), typed: Typed::Date(at) },
            Err(_) => Cell::text(text),
        },
        Data::DurationIso(text) => Cell::text(span(&text).unwrap_or(text)),
        Data::Error(e) => Cell { text: e.to_string(), typed: Typed::Fault },
    })
}

fn dated(at: &ExcelDateTime, code: Option<&str>) -> Cell {
    let serial = at.as_f64();
    if at.is_duration() || (0.0..1.0).contains(&serial) {
        // A time of day, or hours worked: no date in it.
        let seconds = (serial * 86_400.0).round() as i64;
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        return Cell::text(format!("{h:02}:{:02}:{:02}", m.abs(), s.abs()));
    }
    let (y, mo, d, h, mi, s, ms) = at.to_ymd_hms_milli();
    let made =
        DateTime::new(y as i16, mo as i8, d as i8, h as i8, mi as i8, s as i8, i32::from(ms) * 1_000_000);
    match made {
        // With a format that shows no time, a date is a date.
        Ok(when) => {
            let timed = code.is_none_or(|c| c.contains(['h', 'H', 's', 'S', '时']));
            let midnight = h == 0 && mi == 0 && s == 0;
            Cell { text: written(when, timed && !midnight), typed: Typed::Date(when) }
        }
        // 29 February 1900, a day only this format knows.
        Err(_) => Cell { text: general(serial), typed: Typed::Number(serial) },
    }
}

fn written(at: DateTime, timed: bool) -> String {
    let day = at.date();
    if timed {
        format!("{day} {:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    } else {
        day.to_string()
    }
}

/// `PT11H25M05S` as `11:25:05`.
fn span(iso: &str) -> Option<String> {
    let rest = iso.strip_prefix("PT")?;
    let (h, rest) = rest.split_once('H')?;
    let (m, rest) = rest.split_once('M')?;
    let s = rest.strip_suffix('S')?.split('.').next()?;
    let part = |t: &str| t.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", part(h)?, part(m)?, part(s)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_shown_as_people_see_them() {
        use calamine::ExcelDateTimeType::{DateTime as D, TimeDelta};
        let at = |x, kind| Data::DateTime(ExcelDateTime::new(x, kind, false));
        for (data, code, want) in [
            (Data::Float(188006.0), None, "188006"),
            (Data::Float(7.0), Some("0000"), "0007"),
            (Data::Bool(true), None, "TRUE"),
            (at(43524.475752314815, D), Some("yyyy/m/d h:mm"), "2019-02-28 11:25:05"),
            (at(43524.475752314815, D), Some("yyyy/m/d"), "2019-02-28"),
            (at(43524.0, D), None, "2019-02-28"),
            (at(0.5, D), None, "12:00:00"),
            (at(1.5, TimeDelta), None, "36:00:00"),
            (Data::DateTimeIso("2019-02-28T11:25:05".into()), None, "2019-02-28 11:25:05"),
            (Data::DateTimeIso("2019-02-28".into()), None, "2019-02-28"),
            (Data::DurationIso("PT11H25M05S".into()), None, "11:25:05"),
            (Data::Error(calamine::CellErrorType::NA), None, "#N/A"),
        ] {
            assert_eq!(made(data.clone(), code).unwrap().text, want, "{data:?}");
        }
        assert_eq!(made(Data::Empty, None), None);
    }

    #[test]
    fn a_small_file_that_unpacks_without_end_is_refused() {
        use std::io::Write;
        let mut pack = zip::ZipWriter::new(Cursor::new(Vec::new()));
        pack.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        pack.write_all(&vec![0u8; 1 << 20]).unwrap();
        let bytes = pack.finish().unwrap().into_inner();
        assert!(bytes.len() < 10_000);
        assert!(check_pack(&bytes, 1 << 20).is_ok());
        let refused = check_pack(&bytes, (1 << 20) - 1).err();
        assert!(matches!(refused, Some(Error::Refused { code: "sheet-too-big", .. })));
    }
}
