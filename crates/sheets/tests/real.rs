//! The real files, where they are at hand.

use sheets::{Recogniser, open, request_headings};
use std::path::PathBuf;

fn data(name: &str) -> Option<PathBuf> {
    match std::env::var_os("LIANXIN_DATA") {
        Some(dir) => Some(PathBuf::from(dir).join(name)),
        None => {
            println!("skipped: LIANXIN_DATA is not set");
            None
        }
    }
}

/// Heading, field, and how many rows of it are filled.
fn check(name: &str, rows: usize, last: u32, fields: &[(&str, &str)]) {
    let Some(path) = data(name) else { return };
    let started = std::time::Instant::now();
    let book = open(&path).unwrap();
    let reading = book.read(&Recogniser::new(request_headings()), None).unwrap();
    println!("{name}: {} rows in {} ms", reading.len(), started.elapsed().as_millis());
    assert_eq!(reading.len(), rows);
    assert!(reading.skipped.iter().all(|s| s.number == 1), "{:?}", reading.skipped);
    assert!(reading.notes.is_empty(), "{:?}", reading.notes);
    assert_eq!(reading.headings.unmatched().count(), 0);
    for (text, field) in fields {
        let heading = reading.headings.of(field).unwrap_or_else(|| panic!("{field}"));
        assert_eq!((heading.text.as_str(), heading.field.as_ref().unwrap().confidence), (*text, 100));
        assert!(reading.rows().all(|r| !r.get(field).is_empty()), "{field}");
    }
    assert_eq!(reading.headings.columns.len(), fields.len());
    assert_eq!(reading.rows().last().unwrap().number, last);
    assert!(reading.rows().all(|r| r.get("number").bytes().all(|b| b.is_ascii_digit())));
    let numbers: std::collections::HashSet<&str> = reading.rows().map(|r| r.get("number")).collect();
    assert_eq!(numbers.len(), rows);
    // The original row holds exactly what the cells hold.
    for row in reading.rows().take(50) {
        let original = row.original();
        assert_eq!(original.len(), fields.len());
        assert!(original.iter().any(|(h, t)| h == "留言详情" && t.contains(row.get("body"))));
    }
}

#[test]
fn requests_2019() {
    check(
        "requests-2019.xlsx",
        4326,
        4327,
        &[
            ("留言编号", "number"),
            ("留言用户", "asker"),
            ("留言主题", "title"),
            ("留言时间", "received_at"),
            ("留言详情", "body"),
            ("反对数", "dislikes"),
            ("点赞数", "likes"),
        ],
    );
    let Some(path) = data("requests-2019.xlsx") else { return };
    let reading = open(path).unwrap().read(&Recogniser::new(request_headings()), None).unwrap();
    assert_eq!(reading.rows().map(|r| r.cell("body").unwrap().text.chars().count()).max(), Some(6999));
    assert!(reading.rows().all(|r| r.cell("likes").unwrap().number().is_some()));
}

#[test]
fn answered_requests() {
    check(
        "answered-requests.xlsx",
        2816,
        2817,
        &[
            ("留言编号", "number"),
            ("留言用户", "asker"),
            ("留言主题", "title"),
            ("留言时间", "received_at"),
            ("留言详情", "body"),
            ("答复意见", "answer"),
            ("答复时间", "answered_at"),
        ],
    );
}

#[test]
fn categories() {
    let Some(path) = data("categories.xlsx") else { return };
    let reading = open(path).unwrap().read(&Recogniser::new(request_headings()), None).unwrap();
    assert_eq!(reading.len(), 517);
    assert!(reading.headings.missing(&["class1", "class2", "class3"]).is_empty());
}
