//! A house to tell stories in: a small county with all capabilities behind one router, and those who come.

use access::accounts::Act;
use access::identity::NewPerson;
use access::keys::{self, NewKey};
use axum::Router;
use kernel::{Actor, KeyId, MINUTE, PersonId, RequestId, Role, UnitId};
use lianxin::config::Config;
use lianxin::{capability, jobs, server};
use requests::Ctx;
use requests::acts::join::{Join, join};
use requests::case::Case;
use requests::notices::Told;
use requests::register::{NewRequest, Registered, register};
use requests::tally::{By, Counts, slots};
use rules::case::Evidence;
use std::future::Future;
use std::sync::Arc;
use testkit::{Answer, Client, World, each_world};
use tower::ServiceExt;

/// What a case is about that is only there to be looked at.
pub const BODY: &str = "村口到小学一段路没有人扫雪，孩子上学摔跤。希望早上七点前扫出来。";
/// Words of it that tell it apart on any page.
pub const TELLTALE: &str = "没有人扫雪";
/// Who asked for it.
pub const WHO: &str = "王小明";
/// Their telephone number.
pub const PHONE: &str = "13800001234";
/// A class that needs nothing but a record of contact, handled by an office of the township, and shown to
/// the public only after a moderator's look.
pub const LOOKED_AT: &str = "17.03.01";
/// The office that handles it.
pub const OFFICE: &str = "901-township-economy";

/// The program over a small county.
pub struct House {
    /// The county: its site, its units and people, its clock.
    pub world: World,
    app: Router,
}

/// Tells a story in a house of `pack`, on each engine.
pub async fn each_house<F, R>(pack: &str, story: F)
where
    F: Fn(House) -> R,
    R: Future<Output = ()>,
{
    each_world(pack, &[&capability::migrations()], |world| story(House::open(world))).await;
}

/// An identity provider that staff may choose, and that never answers.
fn gov() -> access::oidc::Provider {
    access::oidc::Provider {
        id: "gov".into(),
        issuer: "http://127.0.0.1:1".into(),
        client_id: "lianxin".into(),
        client_secret: None,
        label: kernel::Text::new("统一身份认证", "the county sign-in"),
        claim: "preferred_username".into(),
        link: access::oidc::LinkBy::Administrator,
        create: false,
        roles: Vec::new(),
        second_factor: Vec::new(),
        scopes: Vec::new(),
    }
}

impl House {
    /// Puts the program over a county.
    pub fn open(mut world: World) -> House {
        let site = Arc::get_mut(&mut world.site).expect("nobody else holds the site yet");
        site.nav = Some(capability::navigation());
        site.held = Some(capability::held());
        // Hours go by in a story while nobody walks away from their desk.
        site.settings.idle = site.settings.lifetime;
        site.settings.oidc = vec![gov()];
        let app = server::app(world.site.clone(), &server::Guards::default(), Arc::default());
        House { world, app }
    }

    /// Somebody who comes for the first time.
    pub fn visitor(&self) -> Client {
        Client::new(self.app.clone())
    }

    /// Whoever holds `role` in the unit with this code, signed in by the form. Offices have the code of
    /// their place, a dash and their kind: `901-township-hall`.
    pub async fn staff(&self, role: Role, unit: &str) -> Client {
        let mut client = self.visitor();
        let login = format!("{}.{unit}", role.key());
        let fields = [("login", login.as_str()), ("password", "lianxin-test")];
        let home = client.submit("/sign-in", "/sign-in", &fields).await;
        assert!(home.path != "/sign-in" && home.status == 200, "{login} {}: {}", home.path, home.text());
        client
    }

    /// A unit by its code, offices as in [`House::staff`]: what a form calls it, and its name.
    pub fn unit(&self, code: &str) -> (String, String) {
        let dir = register::directory(&self.world.site);
        let unit = dir.by_code(code).unwrap_or_else(|| panic!("no unit {code}"));
        (unit.id.to_string(), unit.name.zh.clone())
    }

    /// The account that holds `role` in a unit, as a form calls it.
    pub fn account(&self, role: Role, unit: &str) -> String {
        let id: UnitId = self.unit(unit).0.parse().expect("an id");
        self.world.account(id, role).to_string()
    }

    /// Has one round of a job done, as the leader would.
    pub async fn swept(&self, job: &str) {
        let site = self.world.site.clone();
        let job = jobs::ALL.iter().find(|j| j.name == job).unwrap_or_else(|| panic!("no job {job}"));
        let settings = Config::parse("pack = \"county\"").expect("settings");
        let work = jobs::Work::new(&site, &settings).expect("what jobs work on");
        jobs::one_round(job, &work).await.expect("a round");
    }

    /// What watchers read, for whoever knows the word.
    pub async fn metrics(&self) -> String {
        let guards = server::Guards { metrics_token: "watchword".into(), ..server::Guards::default() };
        let app = server::app(self.world.site.clone(), &guards, Arc::default());
        let asked = http::Request::get("/metrics").header("authorization", "Bearer watchword");
        let answer = app.oneshot(asked.body(axum::body::Body::empty()).expect("a request")).await;
        let body =
            axum::body::to_bytes(answer.expect("an answer").into_body(), 1 << 20).await.expect("a body");
        String::from_utf8(body.to_vec()).expect("text")
    }

    /// A key handed out to another program.
    pub fn key(&self, name: &str) -> KeyId {
        let site = &self.world.site;
        let (id, at) = (KeyId::new(site.now(), &*site.chance), site.now());
        let new = NewKey { name: name.to_owned(), contact: "test".to_owned() };
        let act = Act { actor: Actor::System, at };
        let key = keys::make(&*site.chance);
        site.db.write_now(move |tx| keys::hand_out_in(tx, id, &new, &key, &act)).expect("a key");
        id
    }

    /// A class on `track` that needs a record of contact at most and asks nothing further, handled by an
    /// office whose kind begins with `handler`.
    pub fn class(&self, track: &str, handler: &str) -> String {
        let fits = |c: &&pack::Class| {
            c.is_leaf()
                && c.track == track
                && c.handler.starts_with(handler)
                && c.evidence.iter().all(|e| *e == Evidence::Contact)
                && c.stop.is_none()
                && c.form.is_none()
        };
        let found = self.world.site.pack.classes.iter().find(fits);
        found.unwrap_or_else(|| panic!("no {track} class for {handler}")).code.clone()
    }

    /// A class whose matters are major and which asks nothing further.
    pub fn major(&self) -> String {
        let fits = |c: &&pack::Class| {
            c.is_leaf() && c.major && c.track == "major" && c.stop.is_none() && c.form.is_none()
        };
        self.world.site.pack.classes.iter().find(fits).expect("a class of major matters").code.clone()
    }

    /// The case with this number, as the program itself sees it.
    pub async fn case(&self, number: &str) -> Case {
        let number = number.to_owned();
        let ctx = Ctx::system(&self.world.site);
        ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await.expect("the case is there")
    }

    /// A case taken in from the site, without the pages: for tests that are about something else. It is
    /// about [`BODY`], from [`WHO`].
    pub async fn asked(&self) -> Registered {
        let ctx = self.world.public();
        let mut new = NewRequest::new(&ctx, "web");
        new.class = LOOKED_AT.to_owned();
        new.body = BODY.to_owned();
        new.place = Some(self.world.unit("90101"));
        new.place_text = "学校路".into();
        new.person.name = Some(WHO.into());
        new.person.phone = Some(PHONE.into());
        new.person.address = Some("柳树村一组 8 号".into());
        new.told = Told::OnPage;
        ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered")
    }

    /// Somebody with the same matter, without the pages; gives back their query code.
    pub async fn joined(&self, number: &str, name: &str, phone: &str) -> String {
        let id = self.case(number).await.row.id;
        let ctx = Ctx::system(&self.world.site);
        let input = Join {
            id,
            key: PersonId::new(ctx.at, &*self.world.site.chance),
            person: NewPerson { name: Some(name.into()), phone: Some(phone.into()), ..NewPerson::default() },
            channel: "hotline".into(),
            words: "我家也是。".into(),
            told: Told::OnPhone,
        };
        ctx.write(move |tx, ctx| join(tx, ctx, &input)).await.expect("joined").code
    }

    /// Sends what is in the outbox.
    pub async fn deliver(&self) {
        self.world.deliver().await;
    }

    /// What was said about a case, message by message: to whom, which, and the words. What differs from
    /// one run to the next (codes) is named in braces.
    pub async fn messages(&self, number: &str) -> Vec<String> {
        let case = self.case(number).await;
        let id: RequestId = case.row.id;
        let mut all =
            self.world.site.db.read_now(move |tx| notify::about(tx, id.0)).expect("the outbox is read");
        let code = |plain: &str| plain.parse::<rules::number::QueryCode>().expect("a code").to_string();
        // Of one instant, by whom they are to and what they are: ids of the same millisecond have no order.
        let to_whom = |m: &notify::Message| match &m.to {
            notify::Recipient::Person(p) if Some(*p) != case.row.person => 0,
            _ => 1,
        };
        all.sort_by_key(|m| (m.created_at, to_whom(m), m.template.clone()));
        let leaf = self.world.site.db.read_now(move |tx| journal::first(tx, id.0)).expect("read");
        let leaf: String =
            leaf.expect("a first event").hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
        all.iter()
            .map(|m| {
                let to = match &m.to {
                    notify::Recipient::Person(p) if Some(*p) == case.row.person => "person".to_owned(),
                    notify::Recipient::Person(p) => {
                        let at = case.joined.iter().position(|j| j.person == *p).map_or(0, |at| at + 1);
                        format!("joined {at}")
                    }
                    notify::Recipient::Account(_) => "staff".to_owned(),
                    notify::Recipient::Address(_) => "address".to_owned(),
                };
                let mut body = m.body.replace(&code(&case.row.code), "{code}").replace(&leaf, "{leaf}");
                for (n, joined) in case.joined.iter().enumerate() {
                    body = body.replace(&code(&joined.code), &format!("{{code {}}}", n + 1));
                }
                format!("{to} <- {}: {body}", m.template)
            })
            .collect()
    }

    /// After every story: the record is whole, and the counters say what the cases say.
    pub fn books_are_right(&self) {
        let site = &self.world.site;
        let read = |tx: &mut dyn db::Tx| {
            let mut report = journal::verify(tx, &|_| {})?;
            journal::verify_ends(tx, &capability::ends(), &mut report)?;
            Ok(report)
        };
        let report = site.db.snapshot_now(read).expect("the journal is read");
        assert!(report.whole(), "{report:?}");
        let ctx = Ctx::system(site);
        let found = site.db.snapshot_now(move |tx| requests::recount(tx, &ctx)).expect("counted anew");
        assert_eq!(found, vec![]);
    }

    /// What the counters say of everything that the unit with this code and those below it received.
    pub async fn counts(&self, unit: &str) -> Counts {
        let unit = self.world.unit(unit);
        let ctx = Ctx::system(&self.world.site);
        let all = ctx.read(move |tx, _| slots(tx, unit, "2000-01", "2999-12", By::Total)).await;
        all.expect("the counters are read").first().map(|s| s.counts).unwrap_or_default()
    }

    /// So many minutes go by.
    pub fn minutes_pass(&self, minutes: i64) {
        self.world.clock.advance(minutes * MINUTE);
    }
}

/// What people do on pages, said shortly.
#[allow(async_fn_in_trait)] // For the tests of this file's neighbours alone.
pub trait Does {
    /// Does one thing to a case by its form, and comes back to a page.
    async fn act(&mut self, number: &str, act: &str, fields: &[(&str, &str)]) -> Answer;
    /// Tries the same, where the page may not even offer it: the first answer that is no form.
    async fn try_act(&mut self, number: &str, act: &str, fields: &[(&str, &str)]) -> Answer;
}

impl Does for Client {
    async fn act(&mut self, number: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let page = format!("/requests/{number}/{act}");
        self.submit(&page, &page, fields).await.expect(200)
    }

    async fn try_act(&mut self, number: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let page = format!("/requests/{number}/{act}");
        let shown = self.get(&page).await;
        if !shown.status.is_success() || !shown.has_form(&page) {
            return shown;
        }
        self.fill(&shown, &page, fields, &[]).await
    }
}

/// A picture, as small as one can be.
pub const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x08, 0xd7, 0x63,
    0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

/// Number and query code on a receipt.
pub fn receipt(page: &Answer) -> (String, String) {
    let of = |nth: u8| page.find(&format!(".keys > div:nth-child({nth}) dd"));
    match (of(1), of(2)) {
        (Some(number), Some(code)) => (number, code),
        _ => panic!("no receipt on {}: {}", page.path, page.text()),
    }
}
