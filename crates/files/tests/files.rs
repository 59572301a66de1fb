//! From the bytes somebody hands in to the bytes sent back, on a disk of its own and both engines.

use db::{Db, testing};
use files::{
    Audience, Evidence, Kind, Limits, NewAttachment, Prepared, Store, Swept, Variant, attach, respond, sweep,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use kernel::{AccountId, Actor, AttachmentId, DAY, Error, Result, Timestamp, UnitId, Uuid};
use std::io::Cursor;
use std::path::Path;

const T0: Timestamp = Timestamp(1_760_000_000_000);

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
        by: &Actor::Resident,
        at: T0,
    }
}

fn attached(db: &Db, new: NewAttachment<'static>, file: &Prepared) -> Result<files::Attachment> {
    let file = file.clone();
    db.write_now(move |tx| attach(tx, &new, &file))
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
        db.migrate(files::MIGRATIONS).unwrap();
        db.prepare_all(files::STATEMENTS).unwrap();
    });
}

#[test]
fn a_photo_loses_place_and_device_and_stands_upright() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path());
    let raw = jpeg_with_exif(400, 300, 6);
    assert!(contains(&raw, b"HERE-WE-LIVE") && contains(&raw, b"Exif") && contains(&raw, b"my-telepho"));
    testing::each_engine(|db| {
        db.migrate(files::MIGRATIONS).unwrap();
        let p = store.prepare(&raw, "IMG_0001.JPG", &Limits::default(), T0).unwrap();
        assert_eq!((p.kind, p.name.as_str(), p.pixels), (Kind::Jpeg, "IMG_0001.jpg", Some((300, 400))));
        let a = attached(db, new(1, 9), &p).unwrap();
        for variant in [Variant::Full, Variant::Thumb] {
            let bytes = store.open(&a, variant).unwrap().unwrap();
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
    let store = Store::new(dir.path());
    let l = Limits::default();
    let mut png = encode(&picture(40, 30), ImageFormat::Png);
    png.extend(b"trailing-secret");
    let p = store.prepare(&png, "a.png", &l, T0).unwrap();
    assert_eq!((p.kind, p.pixels), (Kind::Png, Some((40, 30))));
    let on_disk = std::fs::read_dir(dir.path().join("files").join(&hex::encode(p.sha256)[..2])).unwrap();
    for f in on_disk {
        assert!(!contains(&std::fs::read(f.unwrap().path()).unwrap(), b"trailing-secret"));
    }
    let webp = encode(&picture(40, 30), ImageFormat::WebP);
    let p = store.prepare(&webp, "b.webp", &l, T0).unwrap();
    assert_eq!((p.kind, p.name.as_str()), (Kind::Jpeg, "b.jpg"));
    let clear: DynamicImage = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])).into();
    let p = store.prepare(&encode(&clear, ImageFormat::WebP), "c.webp", &l, T0).unwrap();
    assert_eq!((p.kind, p.name.as_str()), (Kind::Png, "c.png"));
}

#[test]
fn large_pictures_are_scaled_and_small_ones_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path());
    let l = Limits { max_side: 200, ..Limits::default() };
    let large = store.prepare(&encode(&picture(400, 100), ImageFormat::Jpeg), "a.jpg", &l, T0).unwrap();
    assert_eq!(large.pixels, Some((200, 50)));
    let at_limit = store.prepare(&encode(&picture(200, 100), ImageFormat::Jpeg), "b.jpg", &l, T0).unwrap();
    assert_eq!(at_limit.pixels, Some((200, 100)));
}

#[test]
fn what_is_refused_is_named_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path());
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
    let store = Store::new(dir.path());
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
fn the_same_bytes_twice_lie_on_disk_once_and_both_rows_stand() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        db.migrate(files::MIGRATIONS).unwrap();
        let jpeg = encode(&picture(40, 30), ImageFormat::Jpeg);
        let one = store.prepare(&jpeg, "一.jpg", &Limits::default(), T0).unwrap();
        let two = store.prepare(&jpeg, "二.jpg", &Limits::default(), T0).unwrap();
        assert_eq!(one.sha256, two.sha256);
        assert_eq!(kept(dir.path()).len(), 2, "the picture and its small one");
        attached(db, new(1, 9), &one).unwrap();
        attached(db, new(2, 8), &two).unwrap();
        let a = attached(db, new(3, 9), &two).unwrap();
        assert_eq!((a.seq, a.name.as_str()), (2, "二.jpg"));
        let again = attached(db, new(3, 9), &one).unwrap();
        assert_eq!(again, a, "the same id again changes nothing");
        assert!(matches!(attached(db, new(3, 7), &one), Err(Error::Internal(_))), "nor moves it elsewhere");
        let names = db.read_now(|tx| files::list(tx, "request", uuid(9))).unwrap();
        assert_eq!(names.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["一.jpg", "二.jpg"]);
        assert_eq!(db.read_now(|tx| files::count(tx, "request", uuid(9))).unwrap(), 2);
        assert_eq!(db.read_now(|tx| files::count(tx, "record", uuid(9))).unwrap(), 0);
    });
}

#[test]
fn a_row_reads_back_as_it_was_written_and_can_be_taken_back() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        db.migrate(files::MIGRATIONS).unwrap();
        let text = store.prepare("修好了。".as_bytes(), "说明.md", &Limits::default(), T0).unwrap();
        let by = clerk();
        let p = text.clone();
        db.write_now(move |tx| {
            let full =
                NewAttachment { evidence: Evidence::After, audience: Audience::Person, by: &by, ..new(1, 9) };
            attach(tx, &full, &p)
        })
        .unwrap();
        let id = AttachmentId(uuid(1));
        let a = db.read_now(move |tx| files::get(tx, id)).unwrap().unwrap();
        assert_eq!((a.evidence, a.audience, &a.by, a.at), (Evidence::After, Audience::Person, &clerk(), T0));
        assert_eq!((a.name.as_str(), a.size, a.pixels, a.thumb), ("说明.txt", 12, None, false));
        assert_eq!(a.mime, "text/plain; charset=utf-8");
        assert_eq!(store.open(&a, Variant::Full).unwrap().unwrap(), "修好了。".as_bytes());
        assert_eq!(store.open(&a, Variant::Thumb).unwrap(), None);

        assert!(db.write_now(move |tx| files::set_audience(tx, id, Audience::Public)).unwrap());
        assert!(db.write_now(move |tx| files::remove(tx, id, &clerk(), T0)).unwrap());
        assert!(!db.write_now(move |tx| files::remove(tx, id, &clerk(), T0)).unwrap());
        assert!(!db.write_now(move |tx| files::set_audience(tx, id, Audience::Inside)).unwrap());
        let a = db.read_now(move |tx| files::get(tx, id)).unwrap().unwrap();
        assert_eq!((a.removed_at, a.audience), (Some(T0), Audience::Public));
        assert_eq!(store.open(&a, Variant::Full).unwrap(), None);
        assert_eq!(db.read_now(|tx| files::list(tx, "request", uuid(9))).unwrap(), []);
        // What comes after keeps its own place.
        assert_eq!(attached(db, new(2, 9), &text).unwrap().seq, 2);
    });
}

#[test]
fn a_file_changed_or_lost_on_disk_is_noticed() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        db.migrate(files::MIGRATIONS).unwrap();
        let p = store.prepare(b"as it was", "a.txt", &Limits::default(), T0).unwrap();
        let a = attached(db, new(1, 9), &p).unwrap();
        let hex = hex::encode(p.sha256);
        let path = dir.path().join("files").join(&hex[..2]).join(&hex[2..]);
        std::fs::write(&path, b"as it is!").unwrap();
        assert!(matches!(store.open(&a, Variant::Full), Err(Error::Internal(m)) if m.contains("changed")));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(store.open(&a, Variant::Full), Err(Error::Internal(_))));
    });
}

#[test]
fn only_what_no_row_needs_is_swept_and_only_a_day_later() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        db.migrate(files::MIGRATIONS).unwrap();
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
        assert_eq!((day.seen, day.removed, day.bytes), (4, 1, 15));
        // The same bytes again, long after, are safe for another day.
        let late = T0.plus(40 * DAY);
        store.prepare(b"taken back", "c.txt", &l, late).unwrap();
        assert_eq!(sweep(&store, db, late.plus(DAY - 1)).unwrap().removed, 0);
        assert_eq!(sweep(&store, db, late.plus(DAY)).unwrap().removed, 1);
        let a = db.read_now(|tx| files::get(tx, AttachmentId(uuid(1)))).unwrap().unwrap();
        for v in [Variant::Full, Variant::Thumb] {
            assert!(store.open(&a, v).unwrap().is_some(), "{v:?} is still there");
        }
    });
}

#[test]
fn what_is_sent_back_stays_a_file() {
    testing::each_engine(|db| {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        db.migrate(files::MIGRATIONS).unwrap();
        let l = Limits::default();
        let page = store.prepare(b"<script>alert(1)</script>", "x.html", &l, T0).unwrap();
        let photo =
            store.prepare(&encode(&picture(9, 9), ImageFormat::Jpeg), "照片\u{202E}.jpg", &l, T0).unwrap();
        let page = attached(db, new(1, 9), &page).unwrap();
        let photo = attached(db, new(2, 9), &photo).unwrap();
        let header = |r: &axum::response::Response, n: &str| r.headers()[n].to_str().unwrap().to_owned();
        let r = respond(&page, Vec::new(), Variant::Full, false);
        assert_eq!(header(&r, "content-type"), "text/plain; charset=utf-8");
        assert!(header(&r, "content-disposition").starts_with("attachment; filename=\"x.txt\""));
        assert_eq!(header(&r, "x-content-type-options"), "nosniff");
        assert!(header(&r, "content-security-policy").contains("sandbox"));
        assert!(header(&r, "cache-control").starts_with("private"));
        let r = respond(&photo, Vec::new(), Variant::Full, false);
        let way = header(&r, "content-disposition");
        assert_eq!(way, "inline; filename=\"__.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg");
        let saved = respond(&photo, Vec::new(), Variant::Full, true);
        assert!(header(&saved, "content-disposition").starts_with("attachment"));
        assert_eq!(header(&respond(&photo, Vec::new(), Variant::Thumb, false), "content-type"), "image/jpeg");
    });
}
