//! What is written is what is read, and nothing that comes in brings the reader down.

use kernel::{Date, Error, Locale, Say, Text};
use proptest::prelude::*;
use sheets::{
    Column, CsvOut, Format, Kind, Map, REASON, Recogniser, Refusals, Table, Typed, Value, Workbook,
    open_bytes, request_headings,
};

fn table(rows: Vec<Vec<String>>, width: usize) -> Table {
    let columns = (0..width).map(|i| Column::new(format!("列{i}"), format!("C{i}"), 0, Kind::Text)).collect();
    let rows = rows.into_iter().map(|r| r.into_iter().map(Value::Text).collect()).collect();
    Table { title: Text::new("表", "Table"), columns, rows }
}

/// Every row of the first sheet by its number, as texts.
fn grid(book: &Workbook, width: usize, height: usize) -> Vec<Vec<String>> {
    let mut out = vec![vec![String::new(); width]; height];
    for row in book.sheets[0].rows.iter() {
        for (column, cell) in &row.cells {
            out[row.number as usize - 1][*column as usize] = cell.text.clone();
        }
    }
    out.remove(0);
    out
}

/// Any text, and often the kind that makes trouble.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        3 => "[一-龥，。\n]{0,12}",
        2 => "['=+@,;\t\"\r\n -]{0,6}",
        1 => "(_x00[0-9a-fA-F]{2}_|_x|\u{feff}|\u{fffe}|\u{1}|\u{85}){0,4}",
        1 => Just(String::new()),
    ]
}

fn tables() -> impl Strategy<Value = (usize, Vec<Vec<String>>)> {
    (1usize..5)
        .prop_flat_map(|w| (Just(w), prop::collection::vec(prop::collection::vec(text(), w..=w), 0..8)))
}

proptest! {
    #[test]
    fn csv_gives_back_the_same_texts((width, rows) in tables()) {
        let bytes = table(rows.clone(), width).to_csv(Locale::Zh).unwrap();
        let book = open_bytes(&bytes, "t.csv").unwrap();
        prop_assert_eq!(grid(&book, width, rows.len() + 1), rows);
    }

    #[test]
    fn other_delimiters_give_back_the_same_texts((width, rows) in tables(), tab in any::<bool>()) {
        let made = table(rows.clone(), width);
        let mark = if tab { b'\t' } else { b';' };
        let mut out = CsvOut::with_delimiter(Vec::new(), &made.columns, Locale::Zh, mark).unwrap();
        for row in &made.rows {
            out.row(row).unwrap();
        }
        let book = open_bytes(&out.finish().unwrap(), "t.csv").unwrap();
        prop_assert_eq!(grid(&book, width, rows.len() + 1), rows);
    }

    #[test]
    fn xlsx_gives_back_the_same_texts_and_the_same_bytes((width, rows) in tables()) {
        let made = table(rows.clone(), width);
        let bytes = made.to_xlsx(Locale::Zh).unwrap();
        prop_assert_eq!(&bytes, &made.to_xlsx(Locale::Zh).unwrap());
        let book = open_bytes(&bytes, "t.xlsx").unwrap();
        prop_assert_eq!(grid(&book, width, rows.len() + 1), rows);
    }

    #[test]
    fn any_bytes_end_in_an_answer(head in 0usize..5, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let heads: [&[u8]; 5] = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"];
        let all = [heads[head], &bytes].concat();
        read_all(&all);
    }

    #[test]
    fn any_text_ends_in_an_answer(text in "(编号|姓名|内容|[,;\t\"\n|/（）合计：1-9]){0,60}") {
        read_all(text.as_bytes());
    }

    #[test]
    fn a_damaged_file_ends_in_an_answer(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = table(vec![vec!["甲".into(), "乙".into()]], 2).to_xlsx(Locale::Zh).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = to }
        read_all(&bytes);
    }
}

/// Reads as far as it goes; whatever it is, every row with text is either a row or told as left out.
fn read_all(bytes: &[u8]) {
    let Ok(book) = open_bytes(bytes, "any") else { return };
    let Ok(reading) = book.read(&Recogniser::new(request_headings()), None) else { return };
    let rows: Vec<u32> = reading.rows().map(|r| r.number).collect();
    let text = |c: &sheets::Cell| c.text.chars().any(|c| c.is_alphanumeric());
    let sheet = book.sheets.iter().find(|s| s.name == reading.sheet).unwrap();
    for row in sheet.rows.iter().filter(|r| r.cells.iter().any(|(_, c)| text(c))) {
        let told = reading.skipped.iter().any(|s| s.number == row.number);
        assert!(told != rows.contains(&row.number), "row {}", row.number);
    }
    for row in reading.rows() {
        assert!(!row.original().is_empty());
    }
    assert!(Map::parse(&reading.headings.to_map()).is_ok(), "{}", reading.headings.to_map());
}

fn open_text(text: &str) -> Workbook {
    open_bytes(text.as_bytes(), "t.csv").unwrap()
}

const LEDGER: &str = "某乡诉求台账,,,,\n编号,诉求人,,诉求内容,来源\n,姓名,联系电话,,\n1,王五,'+86 138,\"路灯\n不亮\",电话\n\n2,,139,停水,\n合计,,,2,\n填表人：张三,,,,\n";

#[test]
fn a_ledger_with_everything_around_it() {
    let known = Recogniser::new(request_headings());
    let map =
        Map::parse("[defaults]\nchannel = 'window'\nasker = '匿名'\n[values.channel]\n'电话' = 'hotline'")
            .unwrap();
    let reading = open_text(LEDGER).read(&known, Some(&map)).unwrap();
    assert_eq!(reading.heading_rows, (2, 3));
    let skipped: Vec<(u32, &str)> = reading.skipped.iter().map(|s| (s.number, s.why.zh.as_ref())).collect();
    assert_eq!(
        skipped,
        [(1, "标题行上方的文字"), (2, "标题行"), (3, "标题行"), (7, "合计行"), (8, "表尾签注")]
    );
    let rows: Vec<_> = reading.rows().collect();
    assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), [4, 6]);
    assert_eq!(
        (rows[0].get("asker"), rows[0].get("phone"), rows[0].get("channel")),
        ("王五", "+86 138", "hotline")
    );
    assert_eq!((rows[1].get("asker"), rows[1].raw("asker"), rows[1].get("channel")), ("匿名", "", "window"));
    assert_eq!(rows[0].original()[1], ("诉求人/姓名".to_owned(), "王五".to_owned()));
    assert_eq!(rows[0].original()[3].1, "路灯\n不亮");
}

#[test]
fn refused_rows_can_be_corrected_and_read_again() {
    let known = Recogniser::new(request_headings());
    let first = open_text(LEDGER);
    let as_xlsx = {
        // The same ledger as it would come in a workbook, with an empty column before it.
        let mut book = first.clone();
        book.format = Format::Xlsx;
        book
    };
    for book in [first, as_xlsx] {
        let map = Map::parse("body = '#D'").unwrap();
        let reading = book.read(&known, Some(&map)).unwrap();
        let mut refusals = Refusals::new(&reading);
        for row in reading.rows() {
            refusals.push(&row, vec![Say::new("缺一", "one missing"), Say::new("缺二", "two missing")]);
        }
        assert_eq!((refusals.len(), refusals.ending()), (2, reading.format.ending()));
        let bytes = refusals.to_bytes(Locale::Zh).unwrap();
        assert_eq!(bytes, refusals.to_bytes(Locale::Zh).unwrap());
        let again = open_bytes(&bytes, "r").unwrap();
        assert_eq!(again.format.ending(), reading.format.ending());
        assert_eq!(again.sheets[0].rows[0].text(0), REASON);
        assert_eq!(again.sheets[0].rows[1].text(0), "第 4 行：缺一；缺二");
        let second = again.read(&known, Some(&map)).unwrap();
        let pairs = |r: &sheets::Reading| r.rows().map(|row| row.original()).collect::<Vec<_>>();
        assert_eq!(pairs(&second), pairs(&reading));
        for field in ["number", "asker", "phone", "body", "channel"] {
            let get = |r: &sheets::Reading| r.rows().map(|row| row.get(field).to_owned()).collect::<Vec<_>>();
            assert_eq!(get(&second), get(&reading), "{field}");
        }
        // Refused a second time, it is the same file again but for the row numbers.
        let mut third = Refusals::new(&second);
        second.rows().for_each(|row| third.push(&row, vec![Say::new("x", "x")]));
        let last =
            open_bytes(&third.to_bytes(Locale::En).unwrap(), "r").unwrap().read(&known, Some(&map)).unwrap();
        assert_eq!(pairs(&last), pairs(&reading));
    }
}

#[test]
fn numbers_and_dates_are_real_ones() {
    let day = Date::new(2019, 2, 28).unwrap();
    let columns = vec![
        Column::new("编号", "No", 0, Kind::Number),
        Column::new("受理时间", "Received", 0, Kind::DateTime),
        Column::new("日期", "Day", 0, Kind::Date),
        Column::new("率", "Share", 0, Kind::Percent),
        Column::new("长号", "Long", 0, Kind::Number),
    ];
    let at = day.at(11, 25, 5, 0);
    let row =
        vec![Value::Int(188_006), at.into(), day.into(), 0.953.into(), Value::Int(520_329_198_001_011_234)];
    let table = Table { title: Text::new("表", "T"), columns, rows: vec![row] };
    let book = open_bytes(&table.to_xlsx(Locale::Zh).unwrap(), "t").unwrap();
    let cells: Vec<_> = book.sheets[0].rows[1].cells.iter().map(|(_, c)| c.clone()).collect();
    let texts: Vec<&str> = cells.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["188006", "2019-02-28 11:25:05", "2019-02-28", "95.3%", "520329198001011234"]);
    assert_eq!(cells[1].date(), Some(at));
    assert_eq!(cells[0].typed, Typed::Number(188_006.0));
    assert_eq!(cells[4].typed, Typed::Text);
    let csv = String::from_utf8(table.to_csv(Locale::En).unwrap()).unwrap();
    assert_eq!(csv.lines().nth(1), Some("188006,2019-02-28 11:25:05,2019-02-28,95.3%,520329198001011234"));
}

#[test]
fn the_best_sheet_is_found_and_a_named_one_is_taken() {
    let mut book = open_text("甲项,乙项\n1,2\n");
    book.sheets[0].name = "说明".into();
    let mut ledger = open_text("编号,姓名,诉求内容\n1,王五,路灯\n").sheets.remove(0);
    ledger.name = "台账".into();
    book.sheets.push(ledger);
    let known = Recogniser::new(request_headings());
    assert_eq!(book.read(&known, None).unwrap().sheet, "台账");
    let map = Map::parse("sheet = '说明'").unwrap();
    assert_eq!(book.read(&known, Some(&map)).unwrap().sheet, "说明");
    let none = Map::parse("sheet = '没有'").unwrap();
    assert!(matches!(book.read(&known, Some(&none)), Err(Error::Invalid(_))));
    book.sheets[1].visible = false;
    assert_eq!(book.read(&known, None).unwrap().sheet, "说明");
}

#[test]
fn what_cannot_be_read_says_why() {
    for (bytes, code) in [
        (&b""[..], "sheet-empty"),
        (b" \n\n", "sheet-empty"),
        (b"PK\x03\x04broken", "sheet-unreadable"),
        (b"\xd0\xcf\x11\xe0broken", "sheet-unreadable"),
        (b"<html><body>", "sheet-unreadable"),
    ] {
        match open_bytes(bytes, "x") {
            Err(Error::Refused { code: got, .. }) => assert_eq!(got, code),
            // Spaces are text; then there is no heading.
            Ok(book) => {
                let refused = book.read(&Recogniser::new(request_headings()), None).unwrap_err();
                assert!(matches!(refused, Error::Refused { code: "heading-not-found", .. }));
            }
            Err(e) => panic!("{e}"),
        }
    }
    assert!(matches!(sheets::open("no/such/file.xlsx"), Err(Error::NotFound)));
    // Something else under the name of a workbook: said with that name, and not that it has no heading.
    for bytes in [&b"garbage\n"[..], b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"%PDF-1.7 x"] {
        let said = open_bytes(bytes, "g.xlsx").unwrap_err().say();
        assert!(
            said.zh.contains("“g.xlsx”不是 Excel 文件") && said.en.contains("not an Excel file"),
            "{said:?}"
        );
        assert!(!said.zh.contains("EOCD") && !said.en.contains("EOCD"), "{said:?}");
    }
    // Text of several columns is a table, and old systems do call it .xls.
    assert_eq!(open_bytes(b"a\tb\n1\t2\n", "old.xls").unwrap().sheets[0].rows.len(), 2);
}

/// An OpenDocument sheet as small as it can be.
fn ods(body: &str) -> Vec<u8> {
    use std::io::Write;
    let mut pack = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="台账">{body}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", r#"<manifest:manifest xmlns:manifest="m"></manifest:manifest>"#),
        ("content.xml", &content),
    ] {
        pack.start_file(name, plain).unwrap();
        pack.write_all(text.as_bytes()).unwrap();
    }
    pack.finish().unwrap().into_inner()
}

#[test]
fn open_documents_are_read_too() {
    let text = |t: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>"#)
    };
    let number = r#"<table:table-cell office:value-type="float" office:value="188006"><text:p>188006</text:p></table:table-cell>"#;
    let date = r#"<table:table-cell office:value-type="date" office:date-value="2019-02-28T11:25:05"><text:p>19-2-28</text:p></table:table-cell>"#;
    let body = format!(
        r#"<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row><table:table-row>{}{}{}</table:table-row><table:table-row>{number}{}{date}</table:table-row>"#,
        text("受理编号"),
        text("姓名"),
        text("受理时间"),
        text("王五"),
    );
    let book = open_bytes(&ods(&body), "t.ods").unwrap();
    assert_eq!(book.format, Format::Ods);
    let reading = book.read(&Recogniser::new(request_headings()), None).unwrap();
    let row = reading.rows().next().unwrap();
    assert_eq!((row.number, row.get("number"), row.get("asker")), (4, "188006", "王五"));
    assert_eq!(row.get("received_at"), "2019-02-28 11:25:05");
    assert!(row.cell("received_at").unwrap().date().is_some());
}
