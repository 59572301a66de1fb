//! Pictures with a visit over HTTP, on both engines: never needed, checked as all files are, sealed, seen by whoever is
//! paired and by others on record, and gone when they are taken out.

mod common;

use access::accounts::Act;
use access::identity::NewPerson;
use common::MIGRATIONS;
use db::params;
use kernel::{AccountId, Actor, AttachmentId, DAY, Date, HouseholdId, RecordId, Role, Uuid};
use liaison::visits::{self, photos, uploads};
use records::{Listing, Record, Whose};
use register::households::{self, Household, NewHousehold, NewMember, Relation};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Client, World, each_world};

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, 'liaison', $2, $3, $4, '2026-01-01', 'test', $5)";
    PIECES = "SELECT data FROM visit_upload_pieces";
    UNPAIR = "UPDATE pairings SET to_date = '2026-01-02' WHERE household_id = $1";
}

/// What a camera writes into a picture.
const TRACE: &[u8] = b"Exif\0\0GPS 27.1234 N 107.5678 E";

/// A picture as a camera makes it: its place and its maker stand in it.
fn picture(colour: u8) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([x as u8, y as u8, colour]));
    picture.write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    let plain = out.into_inner();
    let length = (TRACE.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, TRACE, &plain[2..]].concat()
}

/// A household, somebody of another office who is paired with it, and everybody of the county.
struct Home {
    world: World,
    home: Household,
    me: AccountId,
}

fn home(world: World) -> Home {
    let (unit, me) = (world.unit("9010101"), world.account(world.unit("9010101"), Role::Officer));
    let (site, at) = (world.site.clone(), world.site.now());
    let made = world.site.db.write_now(move |tx| {
        let who = NewPerson { name: Some("梅长苏".into()), ..NewPerson::default() };
        let new = NewHousehold {
            id: None,
            unit,
            code: None,
            place: None,
            persons: None,
            from: Date::constant(2021, 3, 1),
            basis: "户口簿".into(),
            people: vec![NewMember { relation: Relation::Head, who, from: None }],
            tags: Vec::new(),
        };
        let made = households::add_in(tx, &site, &new, &Act { actor: Actor::System, at })?;
        let mut id = [0u8; 16];
        site.chance.fill(&mut id);
        tx.execute(&PAIR, &params![Uuid::from_bytes(id), me, made.id, made.path.as_str(), at])?;
        Ok(made)
    });
    Home { home: made.expect("a household"), world, me }
}

impl Home {
    async fn staff(&self, role: Role, unit: &str) -> Client {
        let routes = liaison::routes().merge(requests::routes()).merge(access::routes()).merge(web::router());
        let mut client = Client::new(access::frame(routes, self.world.site.clone()));
        let login = format!("{}.{unit}", role.key());
        let fields = [("login", login.as_str()), ("password", "lianxin-test")];
        let inside = client.submit("/sign-in", "/sign-in", &fields).await;
        assert_ne!(inside.path, "/sign-in", "{login}: {}", inside.text());
        client
    }

    async fn me(&self) -> Client {
        self.staff(Role::Officer, "9010101").await
    }

    fn form(&self) -> String {
        format!("/visits/new?household={}", self.home.id)
    }

    /// The page on which the visits of the household are read.
    fn page(&self) -> String {
        format!("/visits/households/{}", self.home.code)
    }

    fn visits(&self) -> Vec<Record> {
        let list = Listing::new(Whose::Household(self.home.id), visits::KIND, 9);
        self.world.site.db.read_now(move |tx| records::list(tx, &list)).expect("records")
    }

    fn kept(&self, visit: &Record) -> usize {
        let visit = visit.clone();
        self.world.site.db.read_now(move |tx| photos::of(tx, &visit, None)).expect("pictures").len()
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
        let site = &h.world.site;
        let id = RecordId::new(site.now(), &*site.chance);
        let visit = json!({ "id": id, "household": h.home.id, "on": site.today().to_string(), "device_at": site.now().0 });
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
        let path = format!(
            "/api/liaison/photos/{}?visit={}&size={}&sum={}&from={from}",
            of.id,
            of.visit,
            of.bytes.len(),
            hex::encode(sum)
        );
        let answer = self.client.bytes(&path, &self.csrf, of.bytes[from..to].to_vec()).await.expect(200);
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
        let id = h.home.id;
        h.world.site.db.write_now(move |tx| tx.execute(&UNPAIR, &params![id])).expect("ended");
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
        assert_eq!(h.on_disk().len(), before - 2, "the picture and the small one");
        me.get(&theirs[0]).await.expect(404);
        h.staff(Role::Lead, "90101").await.get(&theirs[0]).await.expect(404);
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
        let ctx = h.world.staff(h.world.unit("9010101"), Role::Officer);
        assert_eq!(ctx.account(), Some(h.me));
        let site = &h.world.site;
        let right = visits::Visit {
            id: RecordId::new(site.now().plus(1), &*site.chance),
            household: HouseholdId(h.home.id.0),
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
            corrects: Some(wrong.id),
        };
        ctx.write(move |tx, ctx| visits::confirm(tx, ctx, &right, None)).await.expect("corrected");
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
        let one = shot(&h, visit, picture(30));
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
        let other = Shot { bytes: picture(31), ..one.clone() };
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
        let theirs = shot(&h, second, picture(4));
        assert_eq!(said(&other.all(&theirs).await), ("refused", "not-yours"));
        phone.piece(&theirs, (0, 99), None).await;
        assert_eq!(other.have(theirs.id).await["have"], 0, "nobody else learns how far it is");
        assert_eq!(said(&other.all(&theirs).await), ("refused", "not-yours"));
        let nowhere = shot(&h, RecordId(Uuid::nil()), picture(4));
        assert_eq!(said(&phone.all(&nowhere).await), ("refused", "not-yours"));

        // So many may be half there, and for a day.
        for n in 1..uploads::OPEN_MOST {
            let half = shot(&h, second, picture(40 + n as u8));
            assert_eq!(said(&phone.piece(&half, (0, 99), None).await).0, "more");
        }
        let one_more = shot(&h, second, picture(90));
        assert_eq!(said(&phone.piece(&one_more, (0, 99), None).await), ("retry", "photo-waiting"));
        h.world.clock.advance(DAY + 1);
        let before = h.world.site.now().plus(-uploads::WAITS);
        let more = h.world.site.db.write_now(move |tx| uploads::sweep(tx, before)).expect("swept");
        assert!(!more);
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(phone.have(theirs.id).await["have"], 0);
        assert_eq!(said(&phone.all(&one_more).await).0, "taken");
        // Long afterwards nothing is added any more.
        h.world.clock.advance(40 * DAY);
        let mut phone = Phone::new(h.me().await).await;
        assert_eq!(said(&phone.all(&shot(&h, second, picture(5))).await), ("refused", "photo-late"));
        // Without the token nothing is written.
        let late = shot(&h, second, picture(6));
        let path = format!("/api/liaison/photos/{}?visit={second}&size=9&sum=&from=0", late.id);
        assert_eq!(phone.client.bytes(&path, "wrong", vec![1]).await.status, 403);
    })
    .await;
}
