//! Text with delimiters, in whatever encoding it was saved.

use crate::cell::Cell;
use crate::csv_out::unguard;
use crate::open::{Format, Gather, Opened, Sheet, unreadable};
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};
use kernel::{Error, Say};

/// Reads a text file as one sheet.
pub(crate) fn read(bytes: &[u8]) -> Opened {
    let (mut text, encoding) = decode(bytes);
    let mut notes = Vec::new();
    let head: String = text.chars().take(2000).collect();
    if let Some(refused) = not_a_table(&head, bytes.starts_with(b"\xef\xbb\xbf")) {
        return Err(refused);
    }
    let lost = text.matches('\u{fffd}').count();
    if lost > 0 {
        notes.push(Say::new(
            format!("有 {lost} 个字认不出来（按 {encoding} 读），以 \u{fffd} 代替。"),
            format!("{lost} letters could not be read (as {encoding}) and stand as \u{fffd}."),
        ));
    }
    // Line ends of very old machines; and the last line is a line also without its end.
    if !text.contains('\n') && text.contains('\r') {
        text = text.replace('\r', "\n");
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let mut body = text.as_str();
    let mut delimiter = None;
    if let Some((first, rest)) = body.split_once('\n')
        && let Some(mark) = declared(first)
    {
        // The line with which a file tells its delimiter is not shown as a row.
        delimiter = Some(mark);
        body = rest;
    }
    let delimiter = delimiter.unwrap_or_else(|| sniff(body));
    if body.bytes().filter(|&b| b == b'"').count() % 2 == 1 {
        notes.push(Say::new(
            "文件里的引号不成对，请核对行数是否正确。",
            "The quotation marks in the file do not pair up; please check the number of rows.",
        ));
    }
    let rows = rows(body, delimiter)?;
    let sheet = Sheet { name: String::new(), visible: true, rows, merges: Vec::new() };
    Ok((Format::Csv { delimiter, encoding }, vec![sheet], notes))
}

fn rows(body: &str, delimiter: u8) -> kernel::Result<std::sync::Arc<Vec<crate::open::SheetRow>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body.as_bytes());
    let mut gather = Gather::default();
    let mut record = csv::StringRecord::new();
    let mut row = 0u32;
    let mut from = 0;
    loop {
        if !reader.read_record(&mut record).map_err(|e| unreadable(".csv", e))? {
            break;
        }
        // The reader passes over empty lines, the spreadsheet program shows them as rows: they are what
        // this record's text begins with. A record that ended in CR has left its LF to the next.
        let to = (reader.position().byte() as usize).min(body.len());
        let mut took = &body.as_bytes()[from..to];
        if from > 0 && body.as_bytes()[from - 1] == b'\r' {
            took = took.strip_prefix(b"\n").unwrap_or(took);
        }
        from = to;
        while let Some(rest) = [&b"\r\n"[..], b"\n", b"\r"].iter().find_map(|end| took.strip_prefix(*end)) {
            row = row.saturating_add(1);
            took = rest;
        }
        for (column, field) in record.iter().enumerate() {
            gather.push(row, column as u32, Cell::text(unguard(field)))?;
        }
        row = row.saturating_add(1);
    }
    Ok(gather.rows())
}

/// The text and the name of the encoding: by its mark; else UTF-16 by its noughts; else UTF-8 where it
/// is that; else GB18030, which contains GBK and GB2312.
fn decode(bytes: &[u8]) -> (String, &'static str) {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[skip..]);
        return (text.into_owned(), encoding.name());
    }
    let head = &bytes[..bytes.len().min(4096)];
    let noughts = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (noughts(0), noughts(1));
    // Chinese text has few of them, but every comma and line end has one, always on the same side.
    if even + odd > head.len() / 50 && (even == 0 || odd == 0 || even.max(odd) > 20 * even.min(odd)) {
        let encoding = if odd > even { UTF_16LE } else { UTF_16BE };
        return (encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding.name());
    }
    let (utf8, broken) = UTF_8.decode_without_bom_handling(bytes);
    if !broken {
        return (utf8.into_owned(), "UTF-8");
    }
    // Text of the one encoding often reads as nonsense of the other without a fault, but Chinese in
    // GB18030 is hardly ever UTF-8: where most of it is, it is UTF-8 with faults.
    let lost = utf8.matches('\u{fffd}').count();
    let good = utf8.chars().filter(|c| !c.is_ascii()).count() - lost;
    if good > 4 * lost {
        return (utf8.into_owned(), "UTF-8");
    }
    (GB18030.decode_without_bom_handling(bytes).0.into_owned(), "GB18030")
}

/// Pages and pictures that were renamed, which people do.
fn not_a_table(head: &str, marked: bool) -> Option<Error> {
    let start = head.trim_start().to_ascii_lowercase();
    let page = ["<html", "<!doctype", "<table", "<?xml", "<meta", "%pdf", "{\\rtf"]
        .iter()
        .any(|m| start.starts_with(m));
    let total = head.chars().count();
    let odd = head.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')).count();
    let lost = head.chars().filter(|&c| c == '\u{fffd}').count();
    // A file with the mark of UTF-8 is text, whatever else is in it.
    let noise = !marked && (odd * 20 > total || lost * 5 > total);
    (page || noise).then(|| {
        Error::refused(
            "sheet-unreadable",
            "这不是表格文件。请用电子表格软件打开，另存为 .xlsx 或 .csv 后再试。",
            "This is not a spreadsheet. Please open it in a spreadsheet program, save it as .xlsx or .csv and try again.",
        )
    })
}

/// `sep=;` in the first line.
fn declared(line: &str) -> Option<u8> {
    let line = line.trim().trim_matches('"');
    let mark = line.get(..4).filter(|s| s.eq_ignore_ascii_case("sep=")).map(|_| &line[4..])?;
    match mark {
        "," | ";" => mark.bytes().next(),
        "\t" | "" => Some(b'\t'), // the tab was trimmed away
        _ => None,
    }
}

/// The delimiter that gives most rows the same number of columns.
fn sniff(body: &str) -> u8 {
    const MARKS: [u8; 3] = [b',', b'\t', b';'];
    let mut counts: Vec<[usize; 3]> = Vec::new();
    let mut now = [0usize; 3];
    let (mut quoted, mut fresh, mut any) = (false, true, false);
    let bytes = body.as_bytes();
    for (i, &b) in bytes.iter().enumerate().take(1 << 18) {
        let next = bytes.get(i + 1).copied();
        match b {
            // A doubled mark inside closes and opens again, which comes to the same.
            b'"' if quoted => quoted = false,
            b'"' if fresh || (i > 0 && bytes[i - 1] == b'"' && any) => quoted = true,
            b'\n' if !quoted => {
                if any {
                    counts.push(now);
                }
                (now, fresh, any) = ([0; 3], true, false);
                if counts.len() >= 200 {
                    break;
                }
                continue;
            }
            _ if !quoted => {
                if let Some(at) = MARKS.iter().position(|&m| m == b) {
                    now[at] += 1;
                    (fresh, any) = (true, true);
                    continue;
                }
            }
            _ => {}
        }
        any |= b != b'\r' || next != Some(b'\n');
        fresh = false;
    }
    let mut best = (0usize, 0usize, b',');
    for (at, &mark) in MARKS.iter().enumerate() {
        let mut seen: Vec<usize> = counts.iter().map(|c| c[at]).filter(|&n| n > 0).collect();
        seen.sort_unstable();
        let mode =
            seen.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), run[0])).map(|run| (run.len(), run[0]));
        if let Some((rows, columns)) = mode
            && (rows, columns) > (best.0, best.1)
        {
            best = (rows, columns, mark);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(bytes: &[u8]) -> (Format, Vec<(u32, Vec<String>)>, usize) {
        let (format, sheets, notes) = read(bytes).unwrap();
        let rows = sheets[0]
            .rows
            .iter()
            .map(|r| (r.number, r.cells.iter().map(|(_, c)| c.text.clone()).collect()))
            .collect();
        (format, rows, notes.len())
    }

    const TEXT: &str = "编号,内容\r\n1,路灯不亮\r\n";

    #[test]
    fn the_usual_encodings_are_told_apart() {
        let utf16 = |le: bool, mark: bool| -> Vec<u8> {
            let mark = if mark { "\u{feff}" } else { "" };
            format!("{mark}{TEXT}")
                .encode_utf16()
                .flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() })
                .collect()
        };
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("UTF-8", TEXT.into()),
            ("UTF-8", format!("\u{feff}{TEXT}").into()),
            ("GB18030", GB18030.encode(TEXT).0.into_owned()),
            ("UTF-16LE", utf16(true, true)),
            ("UTF-16BE", utf16(false, true)),
            ("UTF-16LE", utf16(true, false)),
            ("UTF-16BE", utf16(false, false)),
        ];
        for (want, bytes) in cases {
            let (format, rows, notes) = grid(&bytes);
            assert_eq!(format, Format::Csv { delimiter: b',', encoding: want });
            assert_eq!(rows[1], (2, vec!["1".into(), "路灯不亮".into()]), "{want}");
            assert_eq!(notes, 0);
        }
    }

    #[test]
    fn one_broken_letter_does_not_turn_the_file_into_another_encoding() {
        let mut bytes = TEXT.repeat(20).into_bytes();
        bytes.extend_from_slice(b"2,\xe8\xb7\n");
        let (format, rows, notes) = grid(&bytes);
        assert!(matches!(format, Format::Csv { encoding: "UTF-8", .. }));
        assert_eq!(rows[0].1[0], "编号");
        assert_eq!(notes, 1);
    }

    #[test]
    fn delimiters_are_found_also_among_others() {
        for (text, want) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n3,5;x\n", b';'),
            ("a\tb\nx, y, z\t2\nx, y\t3\n", b'\t'),
            ("\"a;b;c\",d\n\"x;\"\"y;z\",e\n", b','),
            ("sep=;\na;b\n", b';'),
            ("one\ntwo\n", b','),
        ] {
            assert!(
                matches!(grid(text.as_bytes()).0, Format::Csv { delimiter, .. } if delimiter == want),
                "{text}"
            );
        }
    }

    #[test]
    fn rows_are_numbered_as_the_spreadsheet_program_shows_them() {
        let (_, rows, _) = grid(b"\na,b\n\n\n\"x\ny\",2\r\n\r\n,,\n3,4");
        let numbers: Vec<u32> = rows.iter().map(|r| r.0).collect();
        assert_eq!(numbers, [2, 5, 8]);
        assert_eq!(rows[1].1[0], "x\ny");
        let (_, old, _) = grid(b"a,b\r1,2\r");
        assert_eq!(old[1].0, 2);
    }

    #[test]
    fn pages_and_pictures_are_refused() {
        for bytes in
            [&b"<html><table></table></html>"[..], b"%PDF-1.7 x", &[0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3, 0x90]]
        {
            let refused = read(bytes).unwrap_err();
            assert!(matches!(refused, Error::Refused { code: "sheet-unreadable", .. }));
        }
    }
}
