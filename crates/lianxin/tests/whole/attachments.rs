//! What people hand in: in clear nowhere, on record where staff open it, gone with who asked.

use crate::house::{House, LOOKED_AT, OFFICE, each_house};
use crate::privacy::{dump, files, holds};
use crate::stories::steps::{dispatched, in_hand};
use access::identity::NewPerson;
use access::vault::{self, Rotation};
use kernel::Role;
use requests::acts::person::{Supplement, supplement};
use requests::ctx::Holder;
use requests::register::{NewRequest, Registered, register};
use requests::uploads::Upload;

/// In the letter and in the names of both files.
const TRACES: [&str; 4] = ["司徒清风", "司徒", "清风", "身份证正面"];
const LETTER: &str = "我是司徒清风，这是我的信。";

/// A photo of sixty by forty, as bytes.
fn photo() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(60, 40, |x, y| image::Rgb([x as u8 * 4, y as u8 * 6, 90]));
    picture.write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    out.into_inner()
}

fn uploads(house: &House) -> Vec<Upload> {
    let site = &house.world.site;
    let store = ::files::Store::new(&site.dir, site.chance.clone());
    let take = |bytes: &[u8], name: &str| {
        let file = store.prepare(bytes, name, &::files::Limits::default(), site.now()).expect("taken in");
        Upload::new(&house.world.public(), file)
    };
    vec![take(&photo(), "身份证正面.jpg"), take(LETTER.as_bytes(), "司徒清风的信.txt")]
}

/// A case with two files of the person's, in the hands of an officer.
async fn handed_in(house: &House) -> Registered {
    let ctx = house.world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.class = LOOKED_AT.to_owned();
    new.title = "门口没有人扫雪".into();
    new.body = "门口没有人扫雪，摔跤了。".into();
    new.place = Some(house.world.unit("90101"));
    new.person = NewPerson {
        name: Some("司徒清风".into()),
        phone: Some("13712349876".into()),
        ..NewPerson::default()
    };
    new.files = uploads(house);
    let got = ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("registered");
    dispatched(house, &got.number).await;
    in_hand(house, &got.number, OFFICE).await;
    got
}

/// The addresses of the case's files on a page, in their order, each once.
fn addresses(page: &testkit::Answer, base: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for rest in page.body.split(&format!("{base}/files/")).skip(1) {
        let id = rest.split(['"', '?']).next().unwrap_or_default();
        let address = format!("{base}/files/{id}");
        if !out.contains(&address) {
            out.push(address);
        }
    }
    out
}

/// Everything that is written down: tables, raw files with their log and names, a copy of the database.
fn written(house: &House) -> Vec<(String, Vec<u8>)> {
    let mut all = dump(house);
    all.extend(house.world.database_dir().map(files).unwrap_or_default());
    all.extend(files(&house.world.site.dir));
    if house.world.database_dir().is_some() {
        let to = tempfile::tempdir().expect("a directory");
        house.world.site.db.backup_to(&to.path().join("copy.db")).expect("a backup");
        all.extend(files(to.path()));
    }
    all
}

fn nothing_of_them(house: &House) {
    let all = written(house);
    for (place, bytes) in &all {
        for trace in TRACES {
            assert!(!holds(bytes, trace.as_bytes()) && !place.contains(trace), "{place} holds {trace}");
        }
        if place.contains("/files/") {
            assert!(!holds(bytes, b"JFIF") && !holds(bytes, &[0xFF, 0xD8, 0xFF]), "{place} is a picture");
        }
    }
}

#[tokio::test]
async fn what_people_hand_in_stands_nowhere_in_clear_and_who_opens_it_is_told_to_them() {
    each_house("county", |house| async move {
        let got = handed_in(&house).await;
        nothing_of_them(&house);
        let case = format!("/requests/{}", got.number);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let sheet = officer.get(&case).await.expect(200);
        // The officer sees that there are two, and not what they were called.
        for trace in TRACES {
            assert!(!sheet.body.contains(trace), "{trace}");
        }
        assert!(sheet.text().contains("附件1.jpg") && sheet.text().contains("附件2.txt"), "{}", sheet.text());
        let theirs = addresses(&sheet, &case);
        assert_eq!(theirs.len(), 2);
        let looks = || async {
            let id = got.id.0;
            let events = house.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("events");
            let looks = events.into_iter().filter(|e| e.kind == "look");
            looks.map(|e| e.payload["data"]["file"].as_i64().expect("which")).collect::<Vec<_>>()
        };
        // A small picture is none; a file opened twice on one day is on record once, each by itself. An act on a
        // page from before still goes through: a look changes nothing of what it showed.
        let action = format!("{case}/contact");
        let form = officer.get(&action).await.expect(200);
        officer.get(&format!("{}?small=true", theirs[0])).await.expect(200);
        assert_eq!(looks().await, Vec::<i64>::new());
        for _ in 0..2 {
            officer.get(&theirs[0]).await.expect(200);
        }
        let letter = officer.get(&theirs[1]).await.expect(200);
        assert_eq!(letter.body, LETTER);
        assert_eq!(looks().await, [1, 2]);
        let said = [("text", "看过照片了。"), ("audience", "inside")];
        officer.fill(&form, &action, &said, &[]).await.expect(200);
        house.minutes_pass(24 * 60);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        officer.get(&theirs[1]).await.expect(200);
        assert_eq!(looks().await, [1, 2, 2], "another day");
        // Who may not see the case gets none of it, and is on no record.
        let mut stranger = house.staff(Role::Officer, "902-township-finance").await;
        stranger.get(&theirs[0]).await.expect(404);
        assert_eq!(looks().await.len(), 3);
        // The person reads it on their own page, by the names they know; opening their own is no look.
        let mut person = house.visitor();
        let found = person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await;
        let own = found.expect(200);
        assert!(
            own.text().contains("办理时打开附件") && own.text().contains("身份证正面.jpg"),
            "{}",
            own.text()
        );
        for address in addresses(&own, &format!("/r/{}", got.number)) {
            person.get(&address).await.expect(200);
        }
        assert_eq!(looks().await.len(), 3);
        // The public sees no file.
        let public = house.visitor().get(&format!("/public/{}", got.number)).await;
        assert!(addresses(&public, &format!("/public/{}", got.number)).is_empty());
        nothing_of_them(&house);
        house.books_are_right();
    })
    .await;
}

#[tokio::test]
async fn a_file_opens_after_a_rotation_and_for_nobody_after_erasure() {
    each_house("county", |house| async move {
        let got = handed_in(&house).await;
        let case = format!("/requests/{}", got.number);
        let mut officer = house.staff(Role::Officer, OFFICE).await;
        let theirs = addresses(&officer.get(&case).await.expect(200), &case);
        // Another master key: the files are among what is wrapped anew.
        let site = house.world.site.clone();
        let keys = site.keyring.clone();
        vault::begin(&keys).expect("a new key");
        let (own, at) = (keys.clone(), site.now());
        let left = site.db.write_now(move |tx| vault::left(tx, &own, at)).expect("how many");
        assert!(left >= 3, "the person and two files at least: {left}");
        let mut from = Rotation::default();
        loop {
            let (own, so_far) = (keys.clone(), from.clone());
            let (n, next) = site.db.write_now(move |tx| vault::step(tx, &own, &so_far, 100)).expect("a step");
            from = next;
            if n == 0 {
                break;
            }
        }
        let own = keys.clone();
        assert_eq!(site.db.read_now(move |tx| vault::finish(tx, &own)).expect("the end"), 0);
        assert_eq!(officer.get(&theirs[1]).await.expect(200).body, LETTER);
        // A changed byte on the disk is said, and nothing of the file is given out.
        let on_disk: Vec<_> = files(&site.dir.join("files"));
        assert_eq!(on_disk.len(), 3, "a photo, its small picture, a letter");
        for (path, bytes) in &on_disk {
            let mut bent = bytes.clone();
            *bent.last_mut().expect("bytes") ^= 1;
            std::fs::write(path, bent).expect("written");
        }
        let said = officer.get(&theirs[1]).await;
        assert!(said.status == 409 && said.text().contains("从备份恢复"), "{} {}", said.status, said.text());
        assert_eq!(officer.get(&format!("{}?small=true", theirs[0])).await.status, 409);
        for (path, bytes) in &on_disk {
            std::fs::write(path, bytes).expect("written");
        }
        // Taken back and forgotten: the key is destroyed, the bytes are gone, the staff's own file stays.
        let (id, person) = (got.id, house.case(&got.number).await.row.person);
        let ctx = house.world.public().held_by(Holder { request: id, person });
        let more = Supplement { on: id.into(), text: "还有一张。".into(), files: uploads(&house) };
        ctx.write(move |tx, ctx| supplement(tx, ctx, &more).map(drop)).await.expect("added");
        let note = format!("{case}/contact");
        let form = officer.get(&note).await.expect(200);
        let told = [("text", "说清了。"), ("audience", "inside")];
        officer.fill(&form, &note, &told, &[("files", "现场.txt", "雪".as_bytes())]).await.expect(200);
        assert_eq!(files(&site.dir.join("files")).len(), 7);
        ctx.write(move |tx, ctx| requests::acts::person::withdraw(tx, ctx, id.into(), "不用了").map(drop))
            .await
            .expect("taken back");
        let mut person = house.visitor();
        person.submit("/find", "/find", &[("number", &got.number), ("code", &got.code)]).await.expect(200);
        let page = format!("/r/{}/erasure", got.number);
        person.submit(&page, &page, &[]).await.expect(200);
        assert_eq!(files(&site.dir.join("files")).len(), 1, "only what staff made");
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        for address in &theirs {
            auditor.get(address).await.expect(404);
        }
        let left = addresses(&auditor.get(&case).await.expect(200), &case);
        assert_eq!(left.len(), 1);
        assert_eq!(auditor.get(&left[0]).await.expect(200).body, "雪");
        nothing_of_them(&house);
        house.books_are_right();
    })
    .await;
}
