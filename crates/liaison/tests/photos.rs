//! Pictures with a visit over HTTP, on both engines: never needed, checked as all files are, sealed, seen by whoever is
//! paired and by others on record, and gone when they are taken out.

mod common;
#[path = "common/paired.rs"]
mod paired;

use common::MIGRATIONS;
use kernel::{AttachmentId, DAY, HouseholdId, RecordId, RequestId, Role, Uuid};
use liaison::visits::{self, uploads};
use liaison::work::{self, Help};
use paired::{Home, home, picture};
use requests::acts::shield::{self, Put};
use requests::shield::Subject;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Client, each_world};

db::statements! {
    PIECES = "SELECT data FROM visit_upload_pieces";
    ROWS = "SELECT COUNT(*) FROM visit_upload_pieces";
    UPLOADS = "SELECT COUNT(*) FROM visit_uploads";
}

/// One that comes in several pieces.
fn noisy(seed: u8) -> Vec<u8> {
    let (mut out, mut seed) = (std::io::Cursor::new(Vec::new()), u32::from(seed));
    let picture = image::RgbImage::from_fn(600, 450, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    });
    picture.write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    let plain = out.into_inner();
    assert!(plain.len() > 3 * uploads::PIECE_LEAST && plain.len() < uploads::PIECE_MOST, "{}", plain.len());
    plain
}

impl Home {
    /// Whether there is more to sweep.
    fn swept(&self) -> bool {
        let now = self.world.site.now();
        self.world.site.db.write_now(move |tx| uploads::sweep(tx, now)).expect("swept")
    }

    /// A correction by whoever was there.
    async fn correct(&self, wrong: RecordId) -> RecordId {
        let ctx = self.world.staff(self.world.unit("9010101"), Role::Officer);
        assert_eq!(ctx.account(), Some(self.me));
        let site = &self.world.site;
        let right = visits::Visit {
            id: RecordId::new(site.now().plus(1), &*site.chance),
            household: HouseholdId(self.home.id.0),
            on: site.today(),
            device_at: None,
            seen_at: None,
            answers: vec![visits::Said {
                question: "family".into(),
                choices: vec![],
                text: "没有变化".into(),
            }],
            promises: Vec::new(),
            promised: Vec::new(),
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: Some(wrong),
        };
        let id = right.id;
        ctx.write(move |tx, ctx| visits::confirm(tx, ctx, &right, None)).await.expect("corrected");
        id
    }

    fn request_id(&self) -> RequestId {
        RequestId::new(self.world.site.now(), &*self.world.site.chance)
    }

    /// A request turns out to be about the village that the lead heads, and about the grid below it.
    async fn shield(&self, need: RequestId) {
        let subject = Subject { unit: Some(self.world.unit("90101")), name: String::new() };
        let put = Put { on: need.into(), subject, reason: "反映的是村里。".into() };
        let triage = self.world.staff(self.world.unit("901-township-hall"), Role::Triage);
        triage.write(move |tx, ctx| shield::put(tx, ctx, &put)).await.expect("shielded");
    }

    async fn lift(&self, need: RequestId) {
        let supervisor = self.world.staff(self.world.unit("9-county-centre"), Role::Supervisor);
        let lifted =
            supervisor.write(move |tx, ctx| shield::lift(tx, ctx, need.into(), "与村里无关。")).await;
        lifted.expect("lifted");
    }

    fn rows(&self, of: &'static db::Stmt) -> i64 {
        self.world.site.db.read_now(move |tx| tx.scalar(of, &[])).expect("counted")
    }

    /// Whoever opened a picture, as the household's page tells it.
    fn looks(&self) -> usize {
        let id = self.home.id.0;
        let events = self.world.site.db.read_now(move |tx| journal::events(tx, id)).expect("events");
        events.iter().filter(|e| e.kind == "household-look").count()
    }

    /// The files on the disk.
    fn on_disk(&self) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        let mut open = vec![self.world.site.dir.join("files")];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                match entry.path() {
                    path if path.is_dir() => open.push(path),
                    path => out.push(std::fs::read(path).expect("a file")),
                }
            }
        }
        out
    }
}

/// A phone with a session and the token it was given.
struct Phone {
    client: Client,
    csrf: String,
}

impl Phone {
    async fn new(mut client: Client) -> Phone {
        let mine = client.get("/api/liaison/mine").await.expect(200);
        let mine: Value = serde_json::from_str(&mine.body).expect("JSON");
        Phone { csrf: mine["csrf"].as_str().expect("a token").to_owned(), client }
    }

    /// A visit that is on record.
    async fn visit(&mut self, h: &Home) -> RecordId {
        self.told(h, json!([]), json!([])).await
    }

    /// A visit at which this was answered and asked for.
    async fn told(&mut self, h: &Home, answers: Value, needs: Value) -> RecordId {
        let site = &h.world.site;
        let id = RecordId::new(site.now(), &*site.chance);
        let visit = json!({ "id": id, "household": h.home.id, "on": site.today().to_string(), "device_at": site.now().0,
            "answers": answers, "needs": needs });
        let body = json!({ "sent_at": site.now().0, "visits": [visit] }).to_string();
        let answer = self.client.json("/api/liaison/visits", &self.csrf, body).await.expect(200);
        assert!(answer.body.contains("\"taken\""), "{}", answer.body);
        id
    }

    async fn have(&mut self, id: AttachmentId) -> Value {
        let answer = self.client.get(&format!("/api/liaison/photos/{id}")).await.expect(200);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    /// The bytes of a picture from one place to another; `sum` where it is not that of the picture.
    async fn piece(&mut self, of: &Shot, (from, to): (usize, usize), sum: Option<[u8; 32]>) -> Value {
        let sum = sum.unwrap_or_else(|| Sha256::digest(&of.bytes).into());
        let headers = [
            ("x-visit", of.visit.to_string()),
            ("x-size", of.bytes.len().to_string()),
            ("x-sum", hex::encode(sum)),
            ("x-from", from.to_string()),
        ];
        let path = format!("/api/liaison/photos/{}", of.id);
        let body = of.bytes[from..to].to_vec();
        let answer = self.client.bytes(&path, &self.csrf, &headers, body).await.expect(200);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    async fn all(&mut self, of: &Shot) -> Value {
        self.piece(of, (0, of.bytes.len()), None).await
    }
}

/// A picture that a phone has.
#[derive(Clone)]
struct Shot {
    id: AttachmentId,
    visit: RecordId,
    bytes: Vec<u8>,
}

fn shot(h: &Home, visit: RecordId, bytes: Vec<u8>) -> Shot {
    Shot { id: AttachmentId::new(h.world.site.now(), &*h.world.site.chance), visit, bytes }
}

fn said(answer: &Value) -> (&str, &str) {
    (answer["outcome"].as_str().unwrap_or(""), answer["code"].as_str().unwrap_or(""))
}

/// The addresses of the pictures on a page.
fn addresses(page: &Answer) -> Vec<String> {
    let links = page.attributes("a[href^='/visits/photos/']", "href");
    links.into_iter().filter(|l| !l.ends_with("/removal")).collect()
}

#[tokio::test]
async fn pictures_stand_with_the_visit_for_whoever_is_paired_and_for_others_on_record() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let said = [("answers.family.text", "添了个孙女")];
        let (one, two) = (picture(10), picture(200));
        let files = [("files", "新房.jpg", one.as_slice()), ("files", "IMG_2.jpg", two.as_slice())];
        let done = me.fill(&form, "/visits/new", &said, &files).await.expect(200);
        assert!(done.text().contains("2 张照片"), "{}", done.text());
        // Sent once more it is the same visit, and no picture is there twice.
        me.fill(&form, "/visits/new", &said, &files).await.expect(200);
        let all = h.visits();
        assert_eq!((all.len(), h.kept(&all[0])), (1, 2));

        // Small ones on the page, the whole one behind each; nothing of the camera is in it, and no name on the page.
        let page = me.get(&h.page()).await.expect(200);
        let theirs = addresses(&page);
        assert_eq!(theirs.len(), 2, "{}", page.body);
        assert!(page.body.contains("?small=true") && !page.body.contains("新房"));
        let shown = me.get(&theirs[0]).await.expect(200);
        assert_eq!(shown.headers["content-type"], "image/jpeg");
        assert!(!shown.body.contains("GPS") && !shown.body.contains("Exif"));
        assert!(me.get(&format!("{}?small=true", theirs[0])).await.expect(200).body.len() < shown.body.len());
        for bytes in h.on_disk() {
            assert!(!bytes.starts_with(&[0xFF, 0xD8]), "it lies sealed");
        }
        assert_eq!(h.looks(), 0, "the pairing is the need that was stated");

        // The lead reads the words, sees that there are pictures, and opens them on record, once a day.
        let mut lead = h.staff(Role::Lead, "90101").await;
        let page = lead.get(&h.page()).await.expect(200);
        assert!(page.text().contains("添了个孙女") && page.text().contains("照片 2 张"), "{}", page.text());
        assert!(!page.body.contains("?small=true"));
        assert_eq!(addresses(&page), theirs);
        for _ in 0..2 {
            lead.get(&theirs[1]).await.expect(200);
        }
        assert_eq!(h.looks(), 1);
        let told = me.get(&format!("/households/{}", h.home.code)).await.expect(200);
        assert!(told.text().contains("打开走访的照片"), "{}", told.text());
        let mut auditor = h.staff(Role::Auditor, "9-county-centre").await;
        auditor.get(&theirs[0]).await.expect(200);
        assert_eq!(h.looks(), 2);

        // Whoever may not read the words does not find them; neither does the card of the family show any.
        for (role, unit) in [
            (Role::Officer, "902-township-affairs"),
            (Role::Lead, "902-township-affairs"),
            (Role::Liaison, "90101"),
            (Role::Clerk, "901-township-hall"),
            (Role::Admin, "9-county-centre"),
        ] {
            let mut stranger = h.staff(role, unit).await;
            for small in ["", "?small=true"] {
                let tried = stranger.get(&format!("{}{small}", theirs[0])).await;
                assert_eq!(tried.status, 404, "{role:?} {unit}");
            }
            let removal = format!("{}/removal", theirs[0]);
            let token = stranger.get("/find").await.form("/find").remove("_csrf").expect("a token");
            assert_eq!(stranger.post(&removal, &[("_csrf", &token)]).await.status, 404, "{role:?}");
        }
        let card = me.get(&format!("/card/{}", h.home.card)).await.expect(200);
        assert!(!card.body.contains("/visits/photos/"));
        assert_eq!(h.looks(), 2);

        // The pairing ends: what was taken then is closed to whoever took it.
        h.parted("2026-01-02");
        me.get(&theirs[0]).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_picture_that_is_refused_loses_nothing_else_and_one_taken_out_is_gone() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let good = picture(60);
        let said = [("answers.family.text", "屋顶漏雨")];
        // A paper, something broken, and one more than the pack allows.
        for (files, why) in [
            (
                vec![("files", "a.jpg", good.as_slice()), ("files", "说明.txt", b"no picture".as_slice())],
                "不是照片",
            ),
            (vec![("files", "a.jpg", good.as_slice()), ("files", "b.jpg", &good[..300])], "打不开"),
            (vec![("files", "a.jpg", good.as_slice()); 4], "最多 3 张"),
        ] {
            let back = me.fill(&form, "/visits/new", &said, &files).await.expect(422);
            assert!(back.text().contains(why), "{why}: {}", back.text());
            // What was typed is there, and so are the pictures that were good.
            assert_eq!(back.form("/visits/new")["answers.family.text"], "屋顶漏雨", "{why}");
            assert!(!back.attributes("input[name=kept][checked]", "value").is_empty(), "{why}");
            assert!(h.visits().is_empty());
        }
        // A fault elsewhere keeps the picture as well; it opens in no other visit's form.
        let early = [said[0], ("on", "2026-12-24")];
        let back = me.fill(&form, "/visits/new", &early, &[("files", "a.jpg", &good)]).await.expect(422);
        let token = back.form("/visits/new")["kept"].clone();
        let other = me.get(&h.form()).await.expect(200);
        let mut fields: Vec<(String, String)> = other.fields("/visits/new");
        fields.push(("kept".into(), token));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let stolen = me.post("/visits/new", &fields).await.expect(422);
        assert!(stolen.text().contains("请重新选择"), "{}", stolen.text());
        me.fill(&back, "/visits/new", &[("on", "2026-11-17")], &[]).await.expect(200);
        let all = h.visits();
        assert_eq!((all.len(), h.kept(&all[0])), (1, 1));

        // None is ever needed.
        let form = me.get(&h.form()).await.expect(200);
        me.fill(&form, "/visits/new", &[], &[]).await.expect(200);
        let all = h.visits();
        assert_eq!((all.len(), all.iter().map(|v| h.kept(v)).sum::<usize>()), (2, 1));

        // Taken out, it is gone for everybody and from the disk.
        let page = me.get(&h.page()).await.expect(200);
        let theirs = addresses(&page);
        let before = h.on_disk().len();
        let gone = me.fill(&page, &format!("{}/removal", theirs[0]), &[], &[]).await.expect(200);
        assert!(gone.text().contains("照片已去掉") && addresses(&gone).is_empty(), "{}", gone.text());
        assert!(gone.text().contains("已经随诉求转去的，诉求里还有"), "copies stand: {}", gone.text());
        assert_eq!(h.on_disk().len(), before - 2, "the picture and the small one");
        me.get(&theirs[0]).await.expect(404);
        h.staff(Role::Lead, "90101").await.get(&theirs[0]).await.expect(404);
    })
    .await;
}

/// The files of a request.
fn with_request(h: &Home, id: Uuid) -> Vec<files::Attachment> {
    h.world.site.db.read_now(move |tx| files::list(tx, "request", id)).expect("files")
}

#[tokio::test]
async fn a_need_takes_the_pictures_along_where_the_visitor_says_that_they_belong_to_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let ids = form.form("/visits/new");
        let id = |n: usize| ids[&format!("n{n}.id")].parse::<Uuid>().expect("an id");
        let said = [
            ("n0.text", "屋顶漏雨，想修一修"),
            ("n0.consent", "yes"),
            ("n0.photos", "yes"),
            ("n1.text", "想学养蜂"),
            ("n1.consent", "yes"),
        ];
        let files = [("files", "屋顶.jpg", &picture(10)[..]), ("files", "梁.jpg", &picture(200)[..])];
        for _ in 0..2 {
            me.fill(&form, "/visits/new", &said, &files).await.expect(200);
        }
        let (visit, got) = (h.visits().remove(0), with_request(&h, id(0)));
        assert_eq!((h.kept(&visit), got.len(), with_request(&h, id(1)).len()), (2, 2, 0));
        assert!(
            got.iter().all(|f| matches!(f.whose, files::Whose::Person(Some(_)))),
            "they are the family's"
        );

        // Both are apart: what is taken out of the visit stays with the request.
        for _ in 0..2 {
            let page = me.get(&h.page()).await.expect(200);
            let one = addresses(&page).remove(0);
            me.fill(&page, &format!("{one}/removal"), &[], &[]).await.expect(200);
        }
        assert_eq!(h.kept(&visit), 0);
        let left = with_request(&h, id(0));
        assert!(left.len() == 2 && left.iter().all(|f| f.removed_at.is_none()), "{left:?}");
        let store = files::Store::new(&h.world.site.dir, h.world.site.chance.clone());
        for file in left {
            let (site, asked) = (h.world.site.clone(), file.clone());
            let opened = h.world.site.db.read_now(move |tx| files::open(tx, &site.keyring, &asked));
            let opened = opened.expect("a look").expect("its key is there");
            let bytes = store.open(&file, &opened.key, files::Variant::Thumb).expect("it opens");
            assert!(bytes.is_some_and(|b| b.starts_with(&[0xFF, 0xD8])));
        }
    })
    .await;
}

#[tokio::test]
async fn a_picture_ticked_for_a_need_after_it_was_registered_is_said_not_to_have_gone_along() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let need: Uuid = form.form("/visits/new")["n0.id"].parse().expect("an id");
        let said = [("n0.text", "屋顶漏雨，想修一修"), ("n0.consent", "yes"), ("n0.photos", "yes")];
        let (one, two) = (picture(10), picture(200));
        let (first, both) =
            ([("files", "a.jpg", &one[..])], [("files", "a.jpg", &one[..]), ("files", "b.jpg", &two[..])]);
        for _ in 0..2 {
            let done = me.fill(&form, "/visits/new", &said, &first).await.expect(200);
            assert!(!done.text().contains("没有随诉求交上去"), "it did: {}", done.text());
        }
        let done = me.fill(&form, "/visits/new", &said, &both).await.expect(200);
        assert!(done.text().contains("有 1 张照片没有随诉求交上去"), "{}", done.text());
        let visit = h.visits().remove(0);
        assert_eq!((h.kept(&visit), with_request(&h, need).len()), (2, 1));
        // Nobody who asks for nothing of the kind is told of it.
        let done = me.fill(&form, "/visits/new", &said[..2], &both).await.expect(200);
        assert!(!done.text().contains("没有随诉求交上去"), "{}", done.text());
    })
    .await;
}

#[tokio::test]
async fn where_a_picture_cannot_be_copied_for_a_need_everything_typed_comes_back() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let said = [
            ("answers.family.text", "添了个孙女"),
            ("n0.text", "屋顶漏雨，想修一修"),
            ("n0.consent", "yes"),
            ("n0.photos", "yes"),
        ];
        // Taken in by a try that fails for something else, and gone from the disk by the next.
        let one = picture(10);
        let files = [("files", "a.jpg", &one[..]), ("files", "b.jpg", &one[..300])];
        let back = me.fill(&form, "/visits/new", &said, &files).await.expect(422);
        let whole = h.world.site.dir.join("files");
        std::fs::rename(&whole, whole.with_extension("away")).expect("it is moved");
        let back = me.fill(&back, "/visits/new", &said, &[]).await.expect(422);
        let fields = back.form("/visits/new");
        assert_eq!((&fields["answers.family.text"][..], &fields["n0.text"][..]), (said[0].1, said[1].1));
        assert!(back.text().contains("写的都还在下面"), "{}", back.text());
        assert!(h.visits().is_empty());
        std::fs::remove_dir_all(&whole).ok();
        std::fs::rename(whole.with_extension("away"), &whole).expect("it is back");
        me.fill(&back, "/visits/new", &said, &[]).await.expect(200);
        assert_eq!(h.kept(&h.visits()[0]), 1);
    })
    .await;
}

#[tokio::test]
async fn a_correction_shows_the_pictures_of_what_it_corrects() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        me.fill(&form, "/visits/new", &[], &[("files", "a.jpg", &picture(1))]).await.expect(200);
        let wrong = h.visits().remove(0);
        h.correct(wrong.id).await;
        let now = h.visits();
        assert_eq!((now.len(), now[0].corrects, h.kept(&now[0])), (1, Some(wrong.id), 1));
        assert_eq!(addresses(&me.get(&h.page()).await.expect(200)).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_picture_comes_in_pieces_goes_on_where_it_broke_off_and_is_one() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let visit = phone.visit(&h).await;
        let one = shot(&h, visit, noisy(30));
        let (all, third) = (one.bytes.len(), one.bytes.len() / 3);
        assert_eq!(phone.have(one.id).await["have"], 0);
        let more = phone.piece(&one, (0, third), None).await;
        assert_eq!((said(&more), more["have"].as_u64()), (("more", ""), Some(third as u64)));
        // What is half there is not to be read on the disk, and stands with no visit.
        let pieces: Vec<Vec<u8>> =
            h.world.site.db.read_now(|tx| tx.query_map(&PIECES, &[], |r| r.get(0))).expect("pieces");
        assert!(pieces.len() == 1 && !pieces[0].windows(4).any(|w| w == b"JFIF" || w == b"Exif"));
        assert_eq!(h.kept(&h.visits()[0]), 0);

        // Another session, as after the phone was switched off; the same piece again, and one out of turn, do no harm.
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(phone.have(one.id).await, json!({ "have": third, "done": false }));
        assert_eq!(phone.piece(&one, (0, third), None).await["have"], third);
        assert_eq!(phone.piece(&one, (2 * third, all), None).await["have"], third);
        phone.piece(&one, (third, 2 * third), None).await;
        let taken = phone.piece(&one, (2 * third, all), None).await;
        assert_eq!(said(&taken), ("taken", ""));
        assert_eq!(h.kept(&h.visits()[0]), 1);
        assert_eq!(phone.have(one.id).await, json!({ "have": all, "done": true }));
        // Sent again it is the same; another under its id is not taken, nor is it for another visit.
        assert_eq!(said(&phone.all(&one).await).0, "again");
        let other = Shot { bytes: noisy(31), ..one.clone() };
        assert_eq!(said(&phone.all(&other).await), ("refused", "photo-differs"));
        let second = phone.visit(&h).await;
        let elsewhere = Shot { visit: second, ..one.clone() };
        assert_eq!(said(&phone.all(&elsewhere).await), ("refused", "photo-differs"));
        assert_eq!(h.visits().iter().map(|v| h.kept(v)).sum::<usize>(), 1);

        // It is shown like every other.
        let shown = phone.client.get(&h.page()).await.expect(200);
        let theirs = addresses(&shown);
        let picture = phone.client.get(&theirs[0]).await.expect(200);
        assert!(!picture.body.contains("GPS"), "nothing of the camera is left");
        let pieces: Vec<Vec<u8>> =
            h.world.site.db.read_now(|tx| tx.query_map(&PIECES, &[], |r| r.get(0))).expect("pieces");
        assert!(pieces.is_empty(), "nothing is left of its pieces");
        let faults = h.world.site.db.read_now(|tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, records::ENDS, &mut report)?;
            Ok(format!("{:?}", report.faults))
        });
        assert_eq!(faults.expect("checked"), "[]");
    })
    .await;
}

#[tokio::test]
async fn what_a_phone_sends_is_refused_with_the_reason_and_what_is_half_there_is_bounded() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let visit = phone.visit(&h).await;
        // Not a picture, a broken one, too large a one, one that was changed on its way.
        let paper = shot(&h, visit, b"no picture at all".to_vec());
        let answer = phone.all(&paper).await;
        assert_eq!(said(&answer), ("refused", "no-picture"));
        assert!(answer["reason"]["zh"].as_str().is_some_and(|t| !t.is_empty()));
        assert_eq!(phone.have(paper.id).await["have"], 0, "nothing of it is kept");
        let broken = shot(&h, visit, picture(1)[..300].to_vec());
        assert_eq!(said(&phone.all(&broken).await), ("refused", "no-picture"));
        let large = shot(&h, visit, vec![1; uploads::PICTURE_MOST as usize + 1]);
        assert_eq!(said(&phone.piece(&large, (0, 9), None).await), ("refused", "photo-large"));
        let good = shot(&h, visit, picture(2));
        let size = good.bytes.len();
        let changed = phone.piece(&good, (0, size), Some([7; 32])).await;
        assert_eq!(said(&changed), ("retry", "photo-damaged"));
        assert_eq!(said(&phone.all(&good).await), ("taken", ""), "the phone begins anew");
        for n in 3..5 {
            assert_eq!(said(&phone.all(&shot(&h, visit, picture(n))).await).0, "taken");
        }
        assert_eq!(said(&phone.all(&shot(&h, visit, picture(9))).await), ("refused", "photo-many"));

        // Of a visit that is somebody else's, or none at all.
        let second = phone.visit(&h).await;
        let mut other = Phone::new(h.staff(Role::Officer, "902-township-affairs").await).await;
        let theirs = shot(&h, second, noisy(4));
        assert_eq!(said(&other.all(&theirs).await), ("refused", "not-yours"));
        phone.piece(&theirs, (0, uploads::PIECE_LEAST), None).await;
        assert_eq!(other.have(theirs.id).await["have"], 0, "nobody else learns how far it is");
        assert_eq!(said(&other.all(&theirs).await), ("refused", "not-yours"));
        let nowhere = shot(&h, RecordId(Uuid::nil()), picture(4));
        assert_eq!(said(&phone.all(&nowhere).await), ("refused", "not-yours"));

        // So many may be half there, and for a day.
        for n in 1..uploads::OPEN_MOST {
            let half = shot(&h, second, vec![n as u8; uploads::PIECE_LEAST + 9]);
            assert_eq!(said(&phone.piece(&half, (0, uploads::PIECE_LEAST), None).await).0, "more");
        }
        let one_more = shot(&h, second, picture(90));
        assert_eq!(said(&phone.piece(&one_more, (0, 99), None).await), ("retry", "photo-waiting"));
        h.world.clock.advance(DAY + 1);
        assert!(!h.swept());
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(phone.have(theirs.id).await["have"], 0);
        assert_eq!(said(&phone.all(&one_more).await).0, "taken");
        // Long afterwards nothing is added any more.
        h.world.clock.advance(40 * DAY);
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(said(&phone.all(&shot(&h, second, picture(5))).await), ("refused", "photo-late"));
        // Without the token nothing is written.
        let late = shot(&h, second, picture(6));
        let path = format!("/api/liaison/photos/{}", late.id);
        assert_eq!(phone.client.bytes(&path, "wrong", &[], vec![1]).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_piece_has_a_least_size_so_that_no_picture_has_many_rows() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let visit = phone.visit(&h).await;
        let one = shot(&h, visit, noisy(50));
        // One byte after the other would be a row for each.
        let tried = phone.piece(&one, (0, 1), None).await;
        assert_eq!(said(&tried), ("refused", "photo-piece"));
        assert!(tried["reason"]["zh"].as_str().is_some_and(|t| t.contains("64 KB")), "{tried}");
        assert_eq!((h.rows(&UPLOADS), h.rows(&ROWS)), (0, 0), "nothing is begun by it");
        let least = uploads::PIECE_LEAST;
        let mut at = 0;
        while at + least < one.bytes.len() {
            assert_eq!(said(&phone.piece(&one, (at, at + least), None).await).0, "more");
            at += least;
            assert_eq!(said(&phone.piece(&one, (at, at + 1), None).await), ("refused", "photo-piece"));
        }
        assert_eq!(h.rows(&ROWS), (one.bytes.len() / least) as i64);
        // The last one may be shorter.
        assert_eq!(said(&phone.piece(&one, (at, one.bytes.len()), None).await).0, "taken");
    })
    .await;
}

#[tokio::test]
async fn a_correction_and_what_comes_late_to_the_visit_it_corrects_share_the_number_of_pictures() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let wrong = phone.visit(&h).await;
        assert_eq!(said(&phone.all(&shot(&h, wrong, picture(1))).await).0, "taken");
        let right = h.correct(wrong).await;
        assert_eq!(said(&phone.all(&shot(&h, right, picture(2))).await).0, "taken");
        // The phone had them for the visit as it was first.
        assert_eq!(said(&phone.all(&shot(&h, wrong, picture(3))).await).0, "taken");
        for visit in [wrong, right] {
            let tried = phone.all(&shot(&h, visit, picture(4))).await;
            assert_eq!(said(&tried), ("refused", "photo-many"));
        }
        assert_eq!(h.kept(&h.visits()[0]), 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_long_ago_leaves_no_row_and_is_still_the_same() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let visit = phone.visit(&h).await;
        let one = shot(&h, visit, picture(1));
        assert_eq!(said(&phone.all(&one).await).0, "taken");
        h.world.clock.advance(uploads::KNOWN - 2);
        assert!(!h.swept());
        assert_eq!(h.rows(&UPLOADS), 1);
        h.world.clock.advance(4);
        assert!(!h.swept());
        assert_eq!(h.rows(&UPLOADS), 0);
        // A phone that never heard the answer: nothing is asked of it, and nothing is there twice.
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(said(&phone.all(&one).await).0, "again");
        assert_eq!((h.kept(&h.visits()[0]), h.rows(&UPLOADS)), (1, 0));
        let other = phone.visit(&h).await;
        assert_eq!(said(&phone.all(&Shot { visit: other, ..one }).await), ("refused", "photo-differs"));
    })
    .await;
}

#[tokio::test]
async fn a_picture_chosen_for_a_visit_on_record_is_added_or_kept_with_what_to_do() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut me = h.me().await;
        let form = me.get(&h.form()).await.expect(200);
        let said = [("answers.family.text", "添了个孙女")];
        let all: Vec<Vec<u8>> = (0..5).map(|n| picture(40 * n)).collect();
        let with = |some: &[usize]| -> Vec<(&str, &str, &[u8])> {
            some.iter().map(|n| ("files", "a.jpg", all[*n].as_slice())).collect()
        };
        me.fill(&form, "/visits/new", &said, &with(&[0])).await.expect(200);
        // Back, another picture, and sent again: the visit is the same, and has both.
        let done = me.fill(&form, "/visits/new", &said, &with(&[0, 1])).await.expect(200);
        assert!(
            done.text().contains("已经记过") && done.text().contains("补放了 1 张照片"),
            "{}",
            done.text()
        );
        let done = me.fill(&form, "/visits/new", &said, &with(&[1])).await.expect(200);
        assert!(done.text().contains("没有重复放"), "{}", done.text());
        let visit = h.visits().remove(0);
        assert_eq!((h.visits().len(), h.kept(&visit)), (1, 2));

        // More than fit: none is put there, and those chosen are still chosen.
        let back = me.fill(&form, "/visits/new", &said, &with(&[2, 3])).await.expect(422);
        for words in ["走访本身已经记好", "最多放 3 张", "先在走访记录里去掉一张"] {
            assert!(back.text().contains(words), "{words}: {}", back.text());
        }
        assert_eq!(back.attributes("input[name=kept][checked]", "value").len(), 2);
        assert_eq!(h.kept(&visit), 2);
        // Other words: what is on record stays, and so does the choice.
        let other = [("answers.family.text", "添了两个孙女")];
        let back = me.fill(&form, "/visits/new", &other, &with(&[2])).await.expect(422);
        assert!(back.text().contains("照片也没有放进去，还留在下面"), "{}", back.text());
        assert_eq!(back.attributes("input[name=kept][checked]", "value").len(), 1);
        me.fill(&back, "/visits/new", &said, &[]).await.expect(200);
        assert_eq!(h.kept(&visit), 3);

        // One that was taken out does not come back with the form; nothing is added long afterwards.
        let page = me.get(&h.page()).await.expect(200);
        let first = addresses(&page).remove(0);
        me.fill(&page, &format!("{first}/removal"), &[], &[]).await.expect(200);
        me.fill(&form, "/visits/new", &said, &with(&[0])).await.expect(200);
        assert_eq!(h.kept(&visit), 2);
        h.world.clock.advance(40 * DAY);
        let mut me = h.me().await;
        let now = me.get(&h.form()).await.expect(200);
        let (id, on) = (visit.id.to_string(), visit.on.to_string());
        let late = [said[0], ("id", id.as_str()), ("on", on.as_str())];
        let back = me.fill(&now, "/visits/new", &late, &with(&[4])).await.expect(422);
        assert!(back.text().contains("不再补照片"), "{}", back.text());
        assert_eq!((h.visits().len(), h.kept(&visit)), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn pictures_of_a_visit_are_kept_from_those_whom_a_shield_keeps_its_request_from() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let need = h.request_id();
        let asked = json!([{ "id": need, "text": "说好的补助一直没有", "consent": true }]);
        let id = phone.told(&h, json!([]), asked).await;
        assert_eq!(said(&phone.all(&shot(&h, id, picture(1))).await).0, "taken");
        // A correction has one more: it is the same visit.
        let right = h.correct(id).await;
        assert_eq!(said(&phone.all(&shot(&h, right, picture(2))).await).0, "taken");
        let theirs = addresses(&phone.client.get(&h.page()).await.expect(200));
        assert_eq!(theirs.len(), 2);

        let seen = async |open: bool| {
            for (role, unit, shut) in [
                (Role::Officer, "9010101", true),
                (Role::Lead, "90101", true),
                (Role::Auditor, "9-county-centre", false),
            ] {
                let mut who = h.staff(role, unit).await;
                let page = who.get(&h.page()).await.expect(200);
                let sees = open || !shut;
                assert_eq!(addresses(&page).len(), if sees { 2 } else { 0 }, "{role:?}: {}", page.text());
                let hint = page.text().contains("照片 2 张") || page.body.contains("/visits/photos/");
                assert_eq!(hint, sees, "{role:?}: {}", page.text());
                for address in &theirs {
                    for small in ["", "?small=true"] {
                        let status = who.get(&format!("{address}{small}")).await.status;
                        assert_eq!(status, if sees { 200 } else { 404 }, "{role:?} {address}{small}");
                    }
                }
            }
        };
        seen(true).await;
        h.shield(need).await;
        seen(false).await;
        // Nor do they take them out.
        let mut me = h.me().await;
        let token = me.get("/find").await.form("/find").remove("_csrf").expect("a token");
        assert_eq!(me.post(&format!("{}/removal", theirs[0]), &[("_csrf", &token)]).await.status, 404);
        h.lift(need).await;
        seen(true).await;
    })
    .await;
}

/// How many needs the file of a diary names, behind the rating.
fn needs_counted(file: &str) -> u32 {
    let cell = |row: &str| {
        row.split(',').nth(8).expect("a column").split('；').filter(|n| !n.is_empty()).count() as u32
    };
    file.lines().skip(1).map(cell).sum()
}

#[tokio::test]
async fn words_of_a_visit_and_the_number_of_its_needs_are_kept_from_those_whom_a_shield_keeps_its_request_from()
 {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        // Of one need the class says which words are about it, of the other nothing does.
        let (aid, other) = (h.request_id(), h.request_id());
        let one = |question: &str, choices: &[&str], text: &str| json!({ "question": question, "choices": choices, "text": text });
        let answers = json!([one("family", &["people"], "添了个孙女"), one("difficulties", &["living"], "补助叫人扣下了")]);
        let need = json!([{ "id": aid, "class": "06.02.01", "text": "临时救助没有发到手", "consent": true }]);
        let first = phone.told(&h, answers, need).await;
        let answers = json!([one("family", &[], "老人住院没人来问")]);
        phone.told(&h, answers, json!([{ "id": other, "text": "开会不通知", "consent": true }])).await;
        phone.told(&h, json!([one("prosper", &["farm"], "养了两头猪")]), json!([])).await;
        let help = Help {
            id: RecordId::new(h.world.site.now(), &*h.world.site.chance),
            household: h.home.id,
            kind: "liaison".into(),
            on: h.world.site.today(),
            item: None,
            effect: h.world.site.pack.work.effects[0].id.clone(),
            text: String::new(),
            visit: Some(first),
            corrects: None,
        };
        // One more with words of its own.
        let told = Help {
            id: RecordId::new(h.world.site.now().plus(1), &*h.world.site.chance),
            item: Some(h.world.site.pack.work.items().next().expect("an item").id.clone()),
            text: "陪她去问补助的下落".into(),
            ..help.clone()
        };
        for help in [help, told] {
            let officer = h.world.staff(h.world.unit("9010101"), Role::Officer);
            officer.write(move |tx, ctx| work::help(tx, ctx, &help)).await.expect("help");
        }
        let day = h.world.site.today();
        h.world.clock.advance(DAY);

        let seen = async |needs: u32| {
            let open = needs == 2;
            for (role, unit, of, shut) in [
                (Role::Officer, "9010101", "", true),
                (Role::Lead, "90101", "90101", true),
                (Role::Auditor, "9-county-centre", "901", false),
            ] {
                let mut who = h.staff(role, unit).await;
                let (page, diary) = (h.page(), format!("/visits/diary?unit={of}"));
                let plan = format!("/plans/{}?kind=liaison&year={}", h.home.code, day.year());
                let sees = open || !shut;
                for (path, all, note) in [
                    (page.clone(), true, true),
                    (format!("{page}?as_of={day}"), true, true),
                    (diary.clone(), true, true),
                    (format!("{diary}&as_of={day}"), true, true),
                    (format!("{diary}&format=csv"), true, false),
                    (format!("{diary}&as_of={day}&format=csv"), true, false),
                    (plan.clone(), false, false),
                    (format!("{plan}&format=csv"), false, false),
                ] {
                    let shown = who.get(&path).await.expect(200).body;
                    let at = format!("{role:?} {path} {open}: {shown}");
                    assert!(shown.contains("家里人口有变化，添了个孙女"), "what is about something else stands: {at}");
                    assert_eq!(shown.contains("补助叫人扣下了"), sees, "{at}");
                    assert_eq!(shown.contains("实际困难"), sees, "{at}");
                    if path.starts_with("/plans") {
                        // Whoever wrote it knows it.
                        let own = role == Role::Officer;
                        assert_eq!(shown.contains("陪她去问补助的下落"), sees || own, "{at}");
                    }
                    if all {
                        assert!(shown.contains("种植养殖，养了两头猪"), "{at}");
                        assert_eq!(shown.contains("老人住院没人来问"), sees, "{at}");
                        assert_eq!(shown.contains("没有新情况可看"), !sees, "{at}");
                    }
                    // Whoever reads this cannot tell by it whether something is kept from them.
                    assert_eq!(shown.contains("有些话只给经办的人看"), note, "{at}");
                    if path.ends_with("csv") && all {
                        assert_eq!(needs_counted(&shown), needs, "{at}");
                    }
                }
            }
            // What a visit says stands on no phone and on no card, signed in or not.
            let mut phone = Phone::new(h.me().await).await;
            let card = format!("/card/{}", h.home.card);
            let nobody = Client::new(access::frame(liaison::routes(), h.world.site.clone()));
            for (mut who, path) in [(h.me().await, "/api/liaison/mine"), (h.me().await, &card), (nobody, &card)] {
                let shown = who.get(path).await.expect(200).body;
                for words in ["添了个孙女", "补助叫人扣下了", "老人住院没人来问"] {
                    assert!(!shown.contains(words), "{path}: {shown}");
                }
            }
            let mine = phone.client.get("/api/liaison/mine").await.expect(200).body;
            assert_eq!(mine.contains("临时救助没有发到手"), open, "{mine}");
            // Nor is it offered where help is noted.
            let form = phone.client.get(&format!("/plans/{}/help?kind=liaison", h.home.code)).await.expect(200);
            assert_eq!(form.body.contains("补助叫人扣下了"), open, "{}", form.body);
            assert!(form.body.contains("添了个孙女"), "{}", form.body);
        };
        seen(2).await;
        h.shield(aid).await;
        h.shield(other).await;
        seen(0).await;
        h.lift(aid).await;
        h.lift(other).await;
        seen(2).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_promised_and_what_came_up_again_are_kept_from_those_whom_a_shield_keeps_the_need_from() {
    each_world("county", MIGRATIONS, |world| async move {
        let h = home(world);
        let mut phone = Phone::new(h.me().await).await;
        let site = h.world.site.clone();
        let due = site.zone.date(site.now().plus(5 * DAY)).to_string();
        let (first, second, later) = (h.request_id(), h.request_id(), h.request_id());
        let (promise, other) = (h.request_id(), h.request_id());
        let class = "06.02.01";
        let visit = |at: kernel::Timestamp, more: Value| {
            let mut visit = json!({ "id": RecordId::new(at, &*site.chance), "household": h.home.id,
                "on": site.zone.date(at).to_string(), "device_at": at.0, "answers": [] });
            for (name, value) in more.as_object().expect("fields") {
                visit[name] = value.clone();
            }
            json!({ "sent_at": at.0, "visits": [visit] }).to_string()
        };
        let sends = [
            json!({ "needs": [{ "id": first, "class": class, "text": "救助没有发到手", "consent": true }],
                "promised": [{ "id": promise, "text": "替您问清是谁扣下的", "due": due }] }),
            json!({ "needs": [{ "id": second, "class": class, "text": "再办一次救助", "consent": true }],
                "promises": [{ "id": promise, "outcome": "later", "due": due, "text": "经办的人不在" }],
                "promised": [{ "id": other, "text": "带一份高龄补贴的表", "due": due }] }),
            json!({ "needs": [{ "id": later, "text": "组里开会不通知", "consent": true }],
                "promises": [{ "id": promise, "outcome": "later", "due": due, "text": "组里不肯说" },
                    { "id": other, "outcome": "later", "due": due, "text": "表格用完了" }] }),
        ];
        for more in sends {
            let body = visit(site.now(), more);
            let answer = phone.client.json("/api/liaison/visits", &phone.csrf, body).await.expect(200);
            assert!(answer.body.contains("\"taken\""), "{}", answer.body);
            h.world.clock.advance(kernel::MINUTE);
        }

        let seen = async |open: bool| {
            for (role, unit, shut) in [(Role::Lead, "90101", true), (Role::Auditor, "9-county-centre", false)]
            {
                let mut who = h.staff(role, unit).await;
                let sees = open || !shut;
                for path in [
                    h.page(),
                    "/visits/promises?unit=90101".to_owned(),
                    "/visits/promises?unit=90101&format=csv".to_owned(),
                    format!("/plans/{}?kind=liaison", h.home.code),
                    format!("/card/{}", h.home.card),
                ] {
                    let shown = who.get(&path).await.expect(200).body;
                    let at = format!("{role:?} {path} {open}: {shown}");
                    if path.starts_with("/plans") {
                        assert!(sees || !shown.contains("替您问清是谁扣下的"), "{at}");
                    } else {
                        assert_eq!(shown.contains("替您问清是谁扣下的"), sees, "{at}");
                        assert!(
                            shown.contains("带一份高龄补贴的表"),
                            "what was promised beside stands: {at}"
                        );
                    }
                    if path == h.page() {
                        assert_eq!(shown.contains("经办的人不在"), sees, "{at}");
                        assert_eq!(shown.contains("表格用完了"), sees, "{at}");
                        // No list knows of the need before, whoever reads.
                        assert_eq!(shown.contains("又提起"), open, "{at}");
                    }
                }
                let needs = who.get("/visits/needs?unit=90101&only=again").await.expect(200).body;
                assert_eq!(needs.contains("再办一次救助"), open, "{role:?} {open}: {needs}");
            }
            // What one promised oneself one knows, and is asked for.
            let mine = phone.client.clone().get("/api/liaison/mine").await.expect(200).body;
            assert!(mine.contains("替您问清是谁扣下的"), "{mine}");
            let nobody = Client::new(access::frame(liaison::routes(), h.world.site.clone()));
            let card = nobody.clone().get(&format!("/card/{}", h.home.card)).await.expect(200).body;
            assert!(card.contains("替您问清是谁扣下的"), "the family reads what it was promised: {card}");
        };
        seen(true).await;
        h.shield(first).await;
        h.shield(later).await;
        seen(false).await;
        h.lift(first).await;
        h.lift(later).await;
        seen(true).await;
    })
    .await;
}
