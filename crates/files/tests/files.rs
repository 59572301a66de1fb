//! From the bytes somebody hands in to the bytes sent back, on a disk of its own and both engines.

use access::Keyring;
use db::{Db, Stmt, testing};
use files::{
    Audience, Evidence, Kind, Limits, NewAttachment, Prepared, Store, Swept, Variant, Whose, attach, respond,
    sweep,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use kernel::{
    AccountId, Actor, AttachmentId, DAY, Error, Locale, PersonId, Result, Seeded, Timestamp, UnitId, Uuid,
};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

const T0: Timestamp = Timestamp(1_760_000_000_000);

fn place(dir: &Path) -> Store {
    Store::new(dir, Arc::new(Seeded::new(21)))
}

fn keys() -> Keyring {
    Keyring::from_bytes([3; 32])
}

fn set_up(db: &Db) {
    db.migrate(&[journal::MIGRATIONS, access::MIGRATIONS, files::MIGRATIONS].concat()).unwrap();
}

/// What is in the file, as somebody who may would get it.
fn opened(db: &Db, store: &Store, a: &files::Attachment, variant: Variant) -> Result<Option<Vec<u8>>> {
    let wanted = a.clone();
    match db.read_now(move |tx| files::open(tx, &keys(), &wanted))? {
        Some(opened) => store.open(a, &opened.key, variant),
        None => Ok(None),
    }
}

fn name(db: &Db, a: &files::Attachment) -> Option<String> {
    let wanted = a.clone();
    db.read_now(move |tx| files::open(tx, &keys(), &wanted)).unwrap().map(|o| o.name)
}

fn uuid(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

fn clerk() -> Actor {
    Actor::Staff { account: AccountId(uuid(200)), unit: UnitId(uuid(201)) }
}

/// A picture of four colours, so that turning it shows.
fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([250, 10, 10]),
        (false, true) => Rgb([10, 250, 10]),
        (true, false) => Rgb([10, 10, 250]),
        (false, false) => Rgb([240, 240, 240]),
    })
    .into()
}

fn encode(p: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    p.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// A JPEG as a telephone writes it: orientation, and the place in a GPS directory.
fn jpeg_with_exif(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(2u16.to_le_bytes());
    // Orientation, one SHORT.
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    // The GPS directory at 38.
    tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    tiff.extend([0; 4]);
    assert_eq!(tiff.len(), 38);
    tiff.extend(1u16.to_le_bytes());
    // GPSMapDatum, ASCII, at 56.
    tiff.extend([0x12, 0x00, 2, 0, 14, 0, 0, 0, 56, 0, 0, 0]);
    tiff.extend([0; 4]);
    tiff.extend(b"HERE-WE-LIVE-1");
    let mut segment = vec![0xFF, 0xE1];
    segment.extend((tiff.len() as u16 + 8).to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    let comment = b"\xFF\xFE\x00\x0Cmy-telepho";
    let plain = encode(&picture(width, height), ImageFormat::Jpeg);
    let mut out = plain[..2].to_vec();
    out.extend(segment);
    out.extend(comment);
    out.extend(&plain[2..]);
    out
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn kept(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for d in std::fs::read_dir(dir.join("files")).into_iter().flatten() {
        for f in std::fs::read_dir(d.unwrap().path()).unwrap() {
            names.push(f.unwrap().file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    names
}

fn new(n: u8, owner: u8) -> NewAttachment<'static> {
    NewAttachment {
        id: AttachmentId(uuid(n)),
        owner_kind: "request",
        owner: uuid(owner),
        evidence: Evidence::None,
        audience: Audience::Inside,
        whose: Whose::Person(Some(PersonId(uuid(77)))),
        by: &Actor::Resident,
        at: T0,
    }
}

fn attached(db: &Db, new: NewAttachment<'static>, file: &Prepared) -> Result<files::Attachment> {
    let file = file.clone();
    db.write_now(move |tx| attach(tx, &keys(), &new, &file))
}

fn say(r: Result<Prepared>) -> String {
    match r {
        Err(Error::Invalid(f)) if f[0].field == "files" => f[0].say.en.to_string(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn every_statement_is_understood() {
    testing::each_engine(|db| {
        set_up(db);
        db.prepare_all(files::STATEMENTS).unwrap();
    });
}

#[test]
fn a_photo_loses_place_and_device_and_stands_upright() {
    let dir = tempfile::tempdir().unwrap();
    let store = place(dir.path());
    let raw = jpeg_with_exif(400, 300, 6);
    assert!(contains(&raw, b"HERE-WE-LIVE") && contains(&raw, b"Exif") && contains(&raw, b"my-telepho"));
    testing::each_engine(|db| {
        set_up(db);
        let p = store.prepare(&raw, "IMG_0001.JPG", &Limits::default(), T0).unwrap();
        assert_eq!(
            (p.kind, p.opened.name.as_str(), p.pixels),
            (Kind::Jpeg, "IMG_0001.jpg", Some((300, 400)))
        );
        let a = attached(db, new(1, 9), &p).unwrap();
        for variant in [Variant::Full, Variant::Thumb] {
            let bytes = opened(db, &store, &a, variant).unwrap().unwrap();
            for secret in [&b"HERE-WE-LIVE"[..], b"Exif", b"my-telepho"] {
                assert!(!contains(&bytes, secret), "{variant:?}");
            }
            let shown = image::load_from_memory(&bytes).unwrap().to_rgb8();
            assert!(shown.width() < shown.height());
            // Orientation 6: turned a quarter to the right, so that blue comes to the upper left.
            let Rgb([r, _, b]) = *shown.get_pixel(shown.width() / 8, shown.height() / 8);
            assert!(b > 200 && r < 60, "{variant:?}: red {r}, blue {b}");
        }
    });
}

#[test]
fn png_and_webp_are_made_anew_too() {
    let dir = tempfile::tempdir().unwrap();
    let store = place(dir.path());
    let l = Limits::default();
    let mut png = encode(&picture(40, 30), ImageFormat::Png);
    png.extend(b"trailing-secret");
    let p = store.prepare(&png, "a.png", &l, T0).unwrap();
    assert_eq!((p.kind, p.pixels), (Kind::Png, Some((40, 30))));
    testing::each_engine(|db| {
        set_up(db);
        let a = attached(db, new(1, 9), &p).unwrap();
        for variant in [Variant::Full, Variant::Thumb] {
            assert!(!contains(&opened(db, &store, &a, variant).unwrap().unwrap(), b"trailing-secret"));
        }
    });
    let webp = encode(&picture(40, 30), ImageFormat::WebP);
    let p = store.prepare(&webp, "b.webp", &l, T0).unwrap();
    assert_eq!((p.kind, p.opened.name.as_str()), (Kind::Jpeg, "b.jpg"));
    let clear: DynamicImage = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])).into();
    let p = store.prepare(&encode(&clear, ImageFormat::WebP), "c.webp", &l, T0).unwrap();
    assert_eq!((p.kind, p.opened.name.as_str()), (Kind::Png, "c.png"));
}

#[test]
fn large_pictures_are_scaled_and_small_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = place(dir.path());
    let l = Limits { max_side: 200, ..Limits::default() };
    let large = store.prepare(&encode(&picture(400, 100), ImageFormat::Jpeg), "a.jpg", &l, T0).unwrap();
    assert_eq!(large.pixels, Some((200, 50)));
    let at_limit = store.prepare(&encode(&picture(200, 100), ImageFormat::Jpeg), "b.jpg", &l, T0).unwrap();
    assert_eq!(at_limit.pixels, Some((200, 100)));
}

#[test]
fn what_is_refused_is_named_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = place(dir.path());
    let l = Limits::default();
    let take = |bytes: &[u8], name: &str, l: &Limits| say(store.prepare(bytes, name, l, T0));
    assert!(take(b"MZ\x90\0", "photo.jpg", &l).contains("\"photo.jpg\" was not uploaded"));
    assert!(take(b"", "a.txt", &l).contains("empty"));
    let small = Limits { max_bytes: 10, ..l };
    assert!(take(b"eleven byte", "a.txt", &small).contains("more than"));
    let jpeg = encode(&picture(40, 30), ImageFormat::Jpeg);
    assert!(take(&jpeg[..20], "half.jpg", &l).contains("damaged"));
    assert!(take(b"\x89PNG\r\n\x1a\nnonsense", "a.png", &l).contains("damaged"));
    let few = Limits { max_pixels: 1199, ..l };
    assert!(take(&jpeg, "a.jpg", &few).contains("40×30 pixels"));
    assert_eq!(kept(dir.path()), Vec::<String>::new());
    assert!(store.prepare(&jpeg, "a.jpg", &Limits { max_pixels: 1200, ..l }, T0).is_ok());
}

/// A few hundred bytes that would unfold into ten gigabytes.
#[test]
fn a_bomb_is_refused_by_its_header() {
    let dir = tempfile::tempdir().unwrap();
    let store = place(dir.path());
    let mut png = encode(&picture(4, 4), ImageFormat::Png);
    png[16..20].copy_from_slice(&50_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&50_000u32.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let said = say(store.prepare(&png, "bomb.png", &Limits::default(), T0));
    assert!(said.contains("50000×50000 pixels"), "{said}");
    let mut jpeg = encode(&picture(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    let said = say(store.prepare(&jpeg, "bomb.jpg", &Limits::default(), T0));
    assert!(said.contains("65535×65535") || said.contains("damaged"), "{said}");
}

fn crc(bytes: &[u8]) -> u32 {
    let mut c = u32::MAX;
    for b in bytes {
        c ^= u32::from(*b);
        for _ in 0..8 {
            c = if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 };
        }
    }
    !c
}

#[test]
fn the_same_bytes_twice_are_two_files_with_keys_of_their_own() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let jpeg = encode(&picture(40, 30), ImageFormat::Jpeg);
        let one = store.prepare(&jpeg, "一.jpg", &Limits::default(), T0).unwrap();
        let two = store.prepare(&jpeg, "二.jpg", &Limits::default(), T0).unwrap();
        assert!(one.print == two.print && one.blob != two.blob && one.opened.key != two.opened.key);
        assert_eq!(kept(dir.path()).len(), 4, "two pictures, each with its small one");
        attached(db, new(1, 9), &one).unwrap();
        attached(db, new(2, 8), &two).unwrap();
        let a = attached(db, new(3, 9), &two).unwrap();
        assert_eq!((a.seq, name(db, &a).as_deref()), (2, Some("二.jpg")));
        let again = attached(db, new(3, 9), &one).unwrap();
        assert_eq!(again, a, "the same id again changes nothing");
        assert_eq!(name(db, &again).as_deref(), Some("二.jpg"), "nor its name");
        assert!(matches!(attached(db, new(3, 7), &one), Err(Error::Internal(_))), "nor moves it elsewhere");
        let names = db.read_now(|tx| {
            let mut all = files::list(tx, "request", uuid(9))?;
            assert!(all.iter().all(|a| a.name.is_none()), "no name is opened unasked");
            files::name_all(tx, &keys(), &mut all, |a| a.seq > 1)?;
            Ok(all)
        });
        let names: Vec<_> = names.unwrap().iter().map(|a| a.called(Locale::En)).collect();
        assert_eq!(names, ["attachment-1.jpg", "二.jpg"]);
        assert_eq!(db.read_now(|tx| files::count(tx, "request", uuid(9))).unwrap(), 2);
        assert_eq!(db.read_now(|tx| files::count(tx, "record", uuid(9))).unwrap(), 0);
    });
}

/// Every byte that is written down: the files of a directory, and the database with its log.
fn written(db: &Db, dirs: &[&Path]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut left: Vec<_> = dirs.iter().map(|d| d.to_path_buf()).collect();
    while let Some(dir) = left.pop() {
        for f in std::fs::read_dir(dir).unwrap() {
            let path = f.unwrap().path();
            out.extend_from_slice(path.file_name().unwrap().as_encoded_bytes());
            match path.is_dir() {
                true => left.push(path),
                false => out.extend(std::fs::read(path).unwrap()),
            }
        }
    }
    for table in ["attachments", "sealed_texts", "journal"] {
        let all = Stmt::dynamic("dump", format!("SELECT * FROM {table}"));
        for row in &db.read_now(move |tx| tx.query(&all, &[])).unwrap() {
            out.extend(format!("{row:?}").into_bytes());
            for value in row.values() {
                match value {
                    db::Value::Text(t) => out.extend_from_slice(t.as_bytes()),
                    db::Value::Bytes(b) => out.extend_from_slice(b),
                    _ => {}
                }
            }
        }
    }
    out
}

/// Words enough that each piece of the file has them.
fn letter() -> String {
    (0..20_000).fold(String::new(), |text, n| text + &format!("慕容秋水的第{n}封信。\n"))
}

#[test]
fn nothing_of_a_file_nor_its_name_is_written_down_in_clear() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let (text, jpeg) = (letter(), jpeg_with_exif(400, 300, 1));
        assert!(text.len() > 6 * (64 << 10), "several pieces");
        let l = Limits::default();
        let one = store.prepare(text.as_bytes(), "慕容秋水.txt", &l, T0).unwrap();
        let two = store.prepare(&jpeg, "身份证正面.jpg", &l, T0).unwrap();
        let one = attached(db, new(1, 9), &one).unwrap();
        let two = attached(db, new(2, 9), &two).unwrap();
        let all = written(db, &[dir.path()]);
        assert!(all.len() > text.len(), "the file is there");
        let full = opened(db, &store, &two, Variant::Full).unwrap().unwrap();
        let thumb = opened(db, &store, &two, Variant::Thumb).unwrap().unwrap();
        assert_eq!(opened(db, &store, &one, Variant::Full).unwrap().unwrap(), text.as_bytes());
        let traces: [&[u8]; 7] = [
            "慕容".as_bytes(),
            "封信".as_bytes(),
            "身份证".as_bytes(),
            b"JFIF",
            &[0xFF, 0xD8, 0xFF, 0xE0],
            &full[full.len() / 2..][..16],
            &thumb[thumb.len() / 2..][..16],
        ];
        for trace in traces {
            assert!(!contains(&all, trace), "{trace:?} stands in clear");
        }
    });
}

#[test]
fn a_forgotten_file_opens_for_nobody_and_is_taken_off_the_disk() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let l = Limits::default();
        let photo = store.prepare(&encode(&picture(40, 30), ImageFormat::Jpeg), "a.jpg", &l, T0).unwrap();
        let stays = store.prepare(b"of the house", "b.txt", &l, T0).unwrap();
        let a = attached(db, new(1, 9), &photo).unwrap();
        let b = attached(db, NewAttachment { whose: Whose::House, ..new(2, 9) }, &stays).unwrap();
        assert!(a.of_person() && !b.of_person());
        let gone = a.clone();
        db.write_now(move |tx| files::forget(tx, &gone, &clerk(), T0)).unwrap();
        assert_eq!(opened(db, &store, &a, Variant::Full).unwrap(), None, "also for who held the row before");
        assert_eq!(name(db, &a), None);
        assert_eq!(kept(dir.path()).len(), 3);
        files::purge(&store, db, "request", uuid(9)).unwrap();
        files::purge(&store, db, "request", uuid(9)).unwrap();
        assert_eq!(kept(dir.path()).len(), 1, "twice does no harm");
        assert_eq!(opened(db, &store, &b, Variant::Full).unwrap().unwrap(), b"of the house");
        // Where the program died before, the daily sweep takes it.
        let c = attached(db, new(3, 9), &store.prepare(b"c", "c.txt", &l, T0).unwrap()).unwrap();
        db.write_now(move |tx| files::forget(tx, &c, &clerk(), T0)).unwrap();
        assert_eq!(sweep(&store, db, T0.plus(DAY)).unwrap().removed, 1);
    });
}

#[test]
fn a_row_reads_back_as_it_was_written_and_can_be_taken_back() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let text = store.prepare("修好了。".as_bytes(), "说明.md", &Limits::default(), T0).unwrap();
        let by = clerk();
        let p = text.clone();
        db.write_now(move |tx| {
            let full =
                NewAttachment { evidence: Evidence::After, audience: Audience::Person, by: &by, ..new(1, 9) };
            attach(tx, &keys(), &full, &p)
        })
        .unwrap();
        let id = AttachmentId(uuid(1));
        let a = db.read_now(move |tx| files::get(tx, id)).unwrap().unwrap();
        assert_eq!((a.evidence, a.audience, &a.by, a.at), (Evidence::After, Audience::Person, &clerk(), T0));
        assert_eq!((name(db, &a).as_deref(), a.size, a.pixels, a.thumb), (Some("说明.txt"), 12, None, false));
        assert_eq!(a.mime, "text/plain; charset=utf-8");
        assert_eq!(opened(db, &store, &a, Variant::Full).unwrap().unwrap(), "修好了。".as_bytes());
        assert_eq!(opened(db, &store, &a, Variant::Thumb).unwrap(), None);

        assert!(db.write_now(move |tx| files::set_audience(tx, id, Audience::Public)).unwrap());
        assert!(db.write_now(move |tx| files::remove(tx, id, &clerk(), T0)).unwrap());
        assert!(!db.write_now(move |tx| files::remove(tx, id, &clerk(), T0)).unwrap());
        assert!(!db.write_now(move |tx| files::set_audience(tx, id, Audience::Inside)).unwrap());
        let a = db.read_now(move |tx| files::get(tx, id)).unwrap().unwrap();
        assert_eq!((a.removed_at, a.audience), (Some(T0), Audience::Public));
        assert_eq!(opened(db, &store, &a, Variant::Full).unwrap(), None);
        assert_eq!(db.read_now(|tx| files::list(tx, "request", uuid(9))).unwrap(), []);
        // What comes after keeps its own place.
        assert_eq!(attached(db, new(2, 9), &text).unwrap().seq, 2);
    });
}

#[test]
fn a_file_changed_or_lost_on_disk_is_refused_and_says_what_to_do() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let p = store
            .prepare(&encode(&picture(400, 300), ImageFormat::Png), "a.png", &Limits::default(), T0)
            .unwrap();
        let a = attached(db, new(1, 9), &p).unwrap();
        let hex = hex::encode(p.blob);
        let path = dir.path().join("files").join(&hex[..2]).join(&hex[2..]);
        let refused = |variant| match opened(db, &store, &a, variant) {
            Err(Error::Refused { code: "file-damaged", say }) => {
                assert!(say.zh.contains("备份") && say.en.contains("from a copy"), "{say:?}");
            }
            other => panic!("{variant:?}: {other:?}"),
        };
        for (variant, path) in [(Variant::Full, path.clone()), (Variant::Thumb, path.with_extension("thumb"))]
        {
            let whole = std::fs::read(&path).unwrap();
            for at in [0, whole.len() / 2, whole.len() - 1] {
                let mut bent = whole.clone();
                bent[at] ^= 0x10;
                std::fs::write(&path, &bent).unwrap();
                refused(variant);
            }
            std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
            refused(variant);
            std::fs::remove_file(&path).unwrap();
            refused(variant);
            std::fs::write(&path, &whole).unwrap();
            assert!(opened(db, &store, &a, variant).unwrap().is_some());
        }
        // The small picture in place of the large one is not taken for it.
        std::fs::copy(path.with_extension("thumb"), &path).unwrap();
        refused(Variant::Full);
    });
}

#[test]
fn only_what_no_row_needs_is_swept_and_only_a_day_later() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        assert_eq!(sweep(&store, db, T0).unwrap(), Swept::default(), "no directory yet");
        let l = Limits::default();
        let jpeg = encode(&picture(40, 30), ImageFormat::Jpeg);
        let used = store.prepare(&jpeg, "a.jpg", &l, T0).unwrap();
        attached(db, new(1, 9), &used).unwrap();
        store.prepare(b"nobody wants me", "b.txt", &l, T0).unwrap();
        let back = store.prepare(b"taken back", "c.txt", &l, T0).unwrap();
        attached(db, new(2, 9), &back).unwrap();
        db.write_now(|tx| files::remove(tx, AttachmentId(uuid(2)), &clerk(), T0)).unwrap();

        assert_eq!(sweep(&store, db, T0.plus(DAY - 1)).unwrap().removed, 0);
        let day = sweep(&store, db, T0.plus(DAY)).unwrap();
        assert_eq!((day.seen, day.removed, day.bytes), (4, 1, 15 + 40), "closed, it is a little longer");
        assert_eq!(sweep(&store, db, T0.plus(30 * DAY - 1)).unwrap().removed, 0, "it may be brought back");
        assert_eq!(sweep(&store, db, T0.plus(30 * DAY)).unwrap().removed, 1);
        let a = db.read_now(|tx| files::get(tx, AttachmentId(uuid(1)))).unwrap().unwrap();
        for v in [Variant::Full, Variant::Thumb] {
            assert!(opened(db, &store, &a, v).unwrap().is_some(), "{v:?} is still there");
        }
    });
}

#[test]
fn what_is_sent_back_stays_a_file() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = place(dir.path());
        set_up(db);
        let l = Limits::default();
        let page = store.prepare(b"<script>alert(1)</script>", "x.html", &l, T0).unwrap();
        let photo =
            store.prepare(&encode(&picture(9, 9), ImageFormat::Jpeg), "照片\u{202E}.jpg", &l, T0).unwrap();
        let page = attached(db, new(1, 9), &page).unwrap();
        let photo = attached(db, new(2, 9), &photo).unwrap();
        let called = |a: &files::Attachment| name(db, a).expect("a name");
        let header = |r: &axum::response::Response, n: &str| r.headers()[n].to_str().unwrap().to_owned();
        let r = respond(&page, &called(&page), Vec::new(), Variant::Full, false);
        assert_eq!(header(&r, "content-type"), "text/plain; charset=utf-8");
        assert!(header(&r, "content-disposition").starts_with("attachment; filename=\"x.txt\""));
        assert_eq!(header(&r, "x-content-type-options"), "nosniff");
        assert!(header(&r, "content-security-policy").contains("sandbox"));
        assert!(header(&r, "cache-control").starts_with("private"));
        let r = respond(&photo, &called(&photo), Vec::new(), Variant::Full, false);
        let way = header(&r, "content-disposition");
        assert_eq!(way, "inline; filename=\"__.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg");
        let saved = respond(&photo, &called(&photo), Vec::new(), Variant::Full, true);
        assert!(header(&saved, "content-disposition").starts_with("attachment"));
        assert_eq!(
            header(&respond(&photo, &called(&photo), Vec::new(), Variant::Thumb, false), "content-type"),
            "image/jpeg"
        );
    });
}
