//! The doors for other programs, as programs use them, on both engines.

use access::accounts::Act;
use access::keys::{self, NewKey};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use kernel::{Actor, Chance, DAY, MINUTE, Role};
use pack::{Moderation, PlaceNeed};
use requests::acts::moderate;
use serde_json::{Value, json};
use testkit::{World, each_world};
use tower::ServiceExt;

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

const NAME: &str = "欧阳试用";
const PHONE: &str = "13800001234";
const FORM: &str = "application/x-www-form-urlencoded";
/// The smallest PNG there is: one pixel.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31,
    21, 196, 137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 240, 31, 0, 5, 0, 1, 255, 137,
    153, 61, 29, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

struct Said {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
    fn kind(&self) -> &str {
        self.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("")
    }
    #[track_caller]
    fn expect(self, status: u16) -> Said {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
    /// The standard's error in JSON.
    #[track_caller]
    fn refused(self, status: u16) -> String {
        let said = self.expect(status).json();
        assert_eq!(said[0]["code"], json!(status));
        said[0]["description"].as_str().expect("a description").to_owned()
    }
    /// A problem of the JSON API.
    #[track_caller]
    fn problem(self, status: u16) -> Value {
        assert_eq!(self.kind(), "application/problem+json", "{}", self.body);
        let said = self.expect(status).json();
        assert_eq!(said["status"], json!(status));
        assert!(said["detail"].is_string() && said["detail_zh"].is_string());
        said
    }
}

/// A program, with the key it shows in the header.
struct Program {
    router: Router,
    key: String,
}

impl Program {
    fn new(world: &World, name: &str) -> Program {
        let site = &world.site;
        let key = keys::make(&*site.chance);
        let id = kernel::KeyId::new(site.now(), &*site.chance);
        let new = NewKey { name: name.to_owned(), contact: "test".to_owned() };
        let act = Act { actor: Actor::System, at: site.now() };
        let kept = key.clone();
        site.db.write_now(move |tx| keys::hand_out_in(tx, id, &new, &kept, &act)).expect("a key");
        Program { router: access::frame(requests::api::routes(), site.clone()), key }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Said {
        let mut request = Request::builder().method(method).uri(path).header("host", "lx.test:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("a body");
        let body = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        assert!(!body.contains(NAME) && !body.contains(PHONE), "{path} tells who asked: {body}");
        Said { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Said {
        self.send("GET", path, &[], "").await
    }

    /// A request to Open311, with the key in the body.
    async fn post311(&self, fields: &[(&str, &str)]) -> Said {
        let mut body: Vec<(&str, &str)> = vec![("api_key", &self.key)];
        body.extend_from_slice(fields);
        self.send("POST", "/open311/v2/requests.json", &[("content-type", FORM)], form(&body)).await
    }

    async fn v1(&self, path: &str) -> Said {
        self.send("GET", &format!("/api/v1{path}"), &[("x-api-key", &self.key)], "").await
    }

    async fn create(&self, body: &Value, once: &str) -> Said {
        let mut headers = vec![("x-api-key", self.key.as_str()), ("content-type", "application/json")];
        if !once.is_empty() {
            headers.push(("idempotency-key", once));
        }
        self.send("POST", "/api/v1/requests", &headers, body.to_string()).await
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    body.finish()
}

/// The first class that can be asked for and fits.
fn class(world: &World, fits: impl Fn(&pack::Class) -> bool) -> String {
    let pack = &world.site.pack;
    let found = pack.classes.iter().find(|c| c.is_leaf() && c.stop.is_none() && !c.visit && fits(c));
    found.expect("a class").code.clone()
}

fn plain(world: &World, moderation: Moderation) -> String {
    class(world, |c| c.form.is_none() && c.moderation == moderation && c.place == PlaceNeed::Optional)
}

fn number(said: &Said) -> String {
    said.json()[0]["service_request_id"].as_str().expect("a number").to_owned()
}

#[tokio::test]
async fn open311_says_the_same_in_both_forms() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let code = plain(&world, Moderation::Auto);
        let body = format!("联系人:{NAME},电话 {PHONE},北门路灯三天不亮。<b>");
        let fields = [
            ("service_code", code.as_str()),
            ("description", &body),
            ("address_string", "东山镇柳树村"),
            ("first_name", NAME),
            ("phone", PHONE),
            ("email", "a@example.org"),
            ("lat", "27.2249"),
            ("long", "107.8871"),
            ("jurisdiction_id", "anything"),
        ];
        let made = app.post311(&fields).await.expect(201);
        assert_eq!(made.kind(), "application/json; charset=utf-8");
        let first = number(&made);
        assert!(made.json()[0]["service_notice"].is_string() && made.json()[0]["account_id"].is_null());
        world.clock.advance(DAY);
        let later = app.post311(&[("service_code", &code), ("description", "井盖缺失")]).await.expect(201);
        let second = number(&later);

        // Readable at once, by anybody, without a key, and masked.
        let one = app.get(&format!("/open311/v2/requests/{first}.json?jurisdiction_id=x")).await.expect(200);
        let one = &one.json()[0];
        assert_eq!(one["service_request_id"], json!(first));
        assert_eq!(
            (one["status"].as_str(), one["service_code"].as_str()),
            (Some("open"), Some(code.as_str()))
        );
        assert!(one["description"].as_str().unwrap().contains("北门路灯三天不亮"), "{one}");
        assert_eq!(one["address"], json!("东山镇 › 柳树村"), "no finer than the village");
        assert_eq!(
            (one["lat"].as_f64(), one["long"].as_f64()),
            (Some(27.22), Some(107.89)),
            "about a kilometre"
        );
        assert_eq!(one["requested_datetime"], json!("2026-11-17T09:30:00+08:00"));
        let due = one["expected_datetime"].as_str().unwrap();
        assert!(due.ends_with("+08:00") && due > "2026-11-17T09:30:00+08:00", "{due}");

        // The same list, in the same order, in both forms.
        let listed = app.get("/open311/v2/requests.json").await.expect(200).json();
        let ids: Vec<&str> =
            listed.as_array().unwrap().iter().map(|r| r["service_request_id"].as_str().unwrap()).collect();
        assert_eq!(ids, [second.as_str(), first.as_str()]);
        let xml = app.get("/open311/v2/requests.xml").await.expect(200);
        assert_eq!(xml.kind(), "text/xml; charset=utf-8");
        let found: Vec<&str> = xml
            .body
            .split("<service_request_id>")
            .skip(1)
            .filter_map(|part| part.split_once('<').map(|(id, _)| id))
            .collect();
        assert_eq!(found, ids);
        assert!(xml.body.contains("<service_requests><request>") && xml.body.contains("&lt;b&gt;"));

        // Filters.
        for (query, wanted) in [
            (format!("service_request_id={first},{second}"), vec![&second, &first]),
            (format!("service_request_id={first}"), vec![&first]),
            (format!("service_code={code}"), vec![&second, &first]),
            ("service_code=no-such".to_owned(), vec![]),
            ("status=open".to_owned(), vec![&second, &first]),
            ("status=closed".to_owned(), vec![]),
            ("start_date=2026-11-18T00:00:00%2B08:00".to_owned(), vec![&second]),
            ("end_date=2026-11-17T01:30:00Z".to_owned(), vec![&first]),
            ("page_size=1".to_owned(), vec![&second]),
            ("page_size=1&page=2".to_owned(), vec![&first]),
        ] {
            let said = app.get(&format!("/open311/v2/requests.json?{query}")).await.expect(200).json();
            let got: Vec<&Value> =
                said.as_array().unwrap().iter().map(|r| &r["service_request_id"]).collect();
            assert_eq!(got, wanted, "{query}");
        }
        // What is older is found by its number, and no longer in a list of its own accord.
        world.clock.advance(100 * DAY);
        assert_eq!(app.get("/open311/v2/requests.json").await.json(), json!([]));
        let old = app.get(&format!("/open311/v2/requests.json?service_request_id={first}")).await.json();
        assert_eq!(old[0]["service_request_id"], json!(first));
        let token = app.get(&format!("/open311/v2/tokens/{first}.json")).await.expect(200).json();
        assert_eq!(token, json!([{ "service_request_id": first, "token": first }]));
    })
    .await;
}

#[tokio::test]
async fn open311_discovery_services_and_questions() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let found = app.get("/open311/discovery.json").await.expect(200).json();
        let endpoint = &found["endpoints"][0];
        assert_eq!(endpoint["url"], json!("http://lx.test:8080/open311/v2"), "the address that was used");
        assert_eq!(endpoint["formats"], json!(["application/json", "text/xml"]));
        let xml = app.get("/open311/discovery.xml").await.expect(200).body;
        assert!(xml.contains("<endpoints><endpoint>") && xml.contains("<format>text/xml</format>"), "{xml}");

        let services = app.get("/open311/v2/services.json").await.expect(200).json();
        let services = services.as_array().unwrap();
        assert!(services.len() > 100);
        assert!(services.iter().all(|s| s["type"] == json!("realtime") && s["metadata"].is_boolean()));
        let asking = services.iter().find(|s| s["metadata"] == json!(true)).unwrap();
        let code = asking["service_code"].as_str().unwrap();
        let definition = app.get(&format!("/open311/v2/services/{code}.json")).await.expect(200).json();
        assert_eq!(definition["service_code"], json!(code));
        let attributes = definition["attributes"].as_array().unwrap();
        assert!(attributes.iter().any(|a| a["required"] == json!(true) && a["values"][0]["key"].is_string()));
        let xml = app.get(&format!("/open311/v2/services/{code}.xml")).await.expect(200).body;
        assert!(xml.contains("<service_definition><service_code>") && xml.contains("<values><value><key>"));
        let english =
            app.send("GET", "/open311/v2/services.json", &[("accept-language", "en")], "").await.json();
        assert_ne!(english[0]["service_name"], services[0]["service_name"]);

        // Answers to required questions are asked for, and kept.
        let fields = [("service_code", code), ("description", "停水了"), ("address_string", "柳树村")];
        let text = app.post311(&fields).await.refused(400);
        let required: Vec<&Value> = attributes.iter().filter(|a| a["required"] == json!(true)).collect();
        assert!(text.contains(required[0]["code"].as_str().unwrap()), "{text}");
        let names: Vec<String> =
            required.iter().map(|a| format!("attribute[{}]", a["code"].as_str().unwrap())).collect();
        let mut all = fields.to_vec();
        for (name, a) in names.iter().zip(&required) {
            all.push((name, a["values"][0]["key"].as_str().unwrap_or("3")));
        }
        app.post311(&all).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn open311_refuses_in_the_words_of_the_standard() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let code = plain(&world, Moderation::Auto);
        let fields = [("service_code", code.as_str()), ("description", "路灯不亮")];
        let path = "/open311/v2/requests.json";
        let kind = [("content-type", FORM)];
        app.send("POST", path, &kind, form(&fields)).await.refused(403);
        let mut wrong = vec![("api_key", "no-such-key")];
        wrong.extend(fields);
        app.send("POST", path, &kind, form(&wrong)).await.refused(403);
        let xml = app.send("POST", "/open311/v2/requests.xml", &kind, form(&wrong)).await.expect(403);
        assert!(xml.body.contains("<errors><error><code>403</code><description>"), "{}", xml.body);
        assert_eq!(xml.kind(), "text/xml; charset=utf-8");
        app.send("POST", path, &[("content-type", "application/json")], "{}").await.refused(415);

        app.post311(&[("description", "路灯不亮")]).await.refused(400);
        app.post311(&[("service_code", "no-such"), ("description", "x")]).await.refused(404);
        let text = app.post311(&[("service_code", &code)]).await.refused(400);
        assert!(text.starts_with("description:"), "{text}");
        for more in [
            ("lat", "27.2"),
            ("phone", "12"),
            ("address_string", "长".repeat(201).as_str()),
            ("description", "长".repeat(8001).as_str()),
        ] {
            let mut all = vec![("service_code", code.as_str()), more];
            if more.0 != "description" {
                all.push(("description", "路灯不亮"));
            }
            app.post311(&all).await.refused(400);
        }
        for (path, status) in [
            ("requests/no-such.json", 404),
            ("requests/LX-2026-99999.json", 404),
            ("requests/LX-2026-00001", 404),
            ("requests/%FF.json", 404),
            ("services/no-such.json", 404),
            ("tokens/LX-2026-99999.json", 404),
            ("requests.json?start_date=yesterday", 400),
            ("requests.json?status=done", 400),
            ("requests.json?page=0", 400),
            ("requests.json?page_size=1001", 400),
            ("requests.json?page=20000&page_size=1000", 400),
        ] {
            app.get(&format!("/open311/v2/{path}")).await.refused(status);
        }
        let xml = app.get("/open311/v2/requests/no-such.xml").await.expect(404);
        assert!(xml.body.contains("<code>404</code>"));
        let other = app.send("DELETE", path, &[], "").await.expect(405);
        assert!(other.headers.contains_key("allow"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_published_stays_with_whoever_sent_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let (app, other) = (Program::new(&world, "市民手机端"), Program::new(&world, "别的系统"));
        let look = plain(&world, Moderation::Look);
        let never = class(&world, |c| c.moderation == Moderation::Never && c.form.is_none());
        let words = "村里的水沟堵了";
        let fields = |code| [("service_code", code), ("description", words), ("address_string", "柳树村")];
        let waiting = number(&app.post311(&fields(look.as_str())).await.expect(201));
        let kept = number(&app.post311(&fields(never.as_str())).await.expect(201));

        // Anybody learns that it waits, and nothing of what it says or where it is.
        let bare = app.get(&format!("/open311/v2/requests/{waiting}.json")).await.expect(200).json();
        assert_eq!(bare[0]["status"], json!("open"));
        assert_eq!(bare[0]["description"], bare[0]["service_name"]);
        assert!(bare[0]["address"].is_null() && bare[0]["lat"].is_null());
        app.get(&format!("/open311/v2/requests/{kept}.json")).await.refused(404);
        assert_eq!(app.get("/open311/v2/requests.json").await.json(), json!([]));

        // Its own key reads both, another key neither.
        let key = format!("?api_key={}", app.key);
        let hers = app.v1(&format!("/requests/{kept}")).await.expect(200).json();
        assert_eq!((hers["own"].as_bool(), hers["published"].as_bool()), (Some(true), Some(false)));
        let own = app.get(&format!("/open311/v2/requests/{kept}.json{key}")).await.expect(200).json();
        assert_eq!(own[0]["description"], json!(words));
        let listed = app.get(&format!("/open311/v2/requests.json{key}")).await.json();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        other.v1(&format!("/requests/{kept}")).await.problem(404);
        other.v1(&format!("/requests/{kept}/deadline")).await.problem(404);
        assert_eq!(other.v1("/requests").await.json()["requests"], json!([]));

        // A moderator publishes one of them.
        let site = world.site.clone();
        let seat = seat(&world, Role::Moderator);
        let id = {
            let wanted = waiting.clone();
            let ctx = requests::Ctx::system(&site);
            ctx.read(move |tx, ctx| requests::case::Case::find_number(tx, ctx, &wanted)).await.unwrap().row.id
        };
        let input = moderate::Moderate {
            on: id.into(),
            show: true,
            title: "水沟堵了".into(),
            body: format!("水沟堵了,{PHONE}"),
            reason: String::new(),
        };
        seat.write(move |tx, ctx| moderate::moderate(tx, ctx, &input)).await.expect("it is published");
        let shown = other.get("/open311/v2/requests.json").await.json();
        assert_eq!(shown[0]["service_request_id"], json!(waiting));
        assert!(shown[0]["description"].as_str().unwrap().starts_with("水沟堵了"));
        assert_eq!(shown.as_array().unwrap().len(), 1);
    })
    .await;
}

/// Somebody with this role at the top of the county.
fn seat(world: &World, role: Role) -> requests::Ctx {
    let pack = &world.site.pack;
    let kinds = pack.unit_kinds.iter().filter(|k| k.posts.contains(&role));
    let dir = register::directory(&world.site);
    let unit = kinds
        .filter_map(|k| dir.iter().find(|u| u.kind == k.id && u.depth() <= 1).map(|u| u.id))
        .next()
        .expect("a unit with this post");
    world.staff(unit, role)
}

#[tokio::test]
async fn a_repeated_request_is_one_case_and_a_picture_comes_with_it() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let code = plain(&world, Moderation::Auto);
        let part = |name: &str, value: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut body = Vec::new();
        for (name, value) in [
            ("api_key", app.key.as_str()),
            ("service_code", &code),
            ("description", "路灯不亮"),
            ("first_name", NAME),
            ("phone", PHONE),
        ] {
            body.extend(part(name, value).into_bytes());
        }
        body.extend(b"--XX\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
        body.extend(PNG);
        body.extend(b"\r\n--XX--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=XX"), ("idempotency-key", "once-1")];
        let path = "/open311/v2/requests.json";
        let first = number(&app.send("POST", path, &headers, body.clone()).await.expect(201));
        let again = number(&app.send("POST", path, &headers, body).await.expect(201));
        assert_eq!(first, again);

        let ctx = requests::Ctx::system(&world.site);
        let (case, files, events) = world
            .site
            .db
            .read_now(move |tx| {
                let case = requests::case::Case::find_number(tx, &ctx, &first)?;
                let files = files::list(tx, "request", case.row.id.0)?;
                let events = journal::events(tx, case.row.id.0)?;
                Ok((case, files, events))
            })
            .unwrap();
        assert_eq!((files.len(), files[0].mime.as_str()), (1, "image/png"));
        // The journal names the key, and nobody who asked.
        let told = format!("{events:?}");
        assert!(told.contains("市民手机端"), "{told}");
        assert!(!told.contains(NAME) && !told.contains(PHONE), "{told}");
        assert_eq!(case.row.channel, "open311");
        let person = case.row.person.expect("somebody asked");
        let keys = world.site.keyring.clone();
        let person = world.site.db.read_now(move |tx| access::identity::get(tx, &keys, person));
        let person = person.unwrap().unwrap();
        assert_eq!(person.name.as_deref(), Some(NAME));
    })
    .await;
}

#[tokio::test]
async fn the_json_api_takes_in_and_shows() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "村务平台");
        let code = plain(&world, Moderation::Auto);
        let new = json!({
            "class": code, "description": format!("我叫{NAME},手机{PHONE}。水管\u{0}破了"), "place": "9010101",
            "lat": 27.5, "long": 107.5, "urgency": "urgent",
            "person": { "name": NAME, "phone": PHONE, "address": "柳树村一组5号", "language": "en" },
        });
        let made = app.create(&new, "k1").await.expect(201);
        let location = made.headers["location"].to_str().unwrap().to_owned();
        let receipt = made.json();
        let number = receipt["number"].as_str().unwrap();
        assert_eq!(location, format!("/api/v1/requests/{number}"));
        assert_eq!(receipt["query_code"].as_str().unwrap().len(), 6);
        assert_eq!(receipt["page"], json!(format!("http://lx.test:8080/r/{number}")));
        let again = app.create(&new, "k1").await.expect(200).json();
        assert_eq!(again, receipt, "the same receipt");
        let changed = json!({ "class": code, "description": "另一件事" });
        assert_eq!(app.create(&changed, "k1").await.problem(409)["code"], json!("conflict"));
        let other = Program::new(&world, "别的系统").create(&new, "k1").await.expect(201).json();
        assert_ne!(other["number"], receipt["number"], "keys are told apart by program");

        let case = app.v1(&format!("/requests/{number}")).await.expect(200).json();
        assert_eq!(case["status"], json!("open"));
        assert_eq!((case["own"].as_bool(), case["published"].as_bool()), (Some(true), Some(true)));
        assert!(case["description"].as_str().unwrap().ends_with("水管破了"), "{case}");
        assert_eq!(case["place"]["name"]["zh"], json!("东山镇 › 柳树村"));
        assert!(case.get("query_code").is_none() && !case.to_string().contains("5号"));

        // Why that date.
        let why = app.v1(&format!("/requests/{number}/deadline")).await.expect(200).json();
        let promise = &why["promises"][0];
        assert_eq!((promise["clock"].as_str(), promise["due_at"].as_str()), (Some("answer"), case["due_at"].as_str()));
        let certificate = &promise["certificate"];
        assert!(certificate["citation"]["zh"].as_str().is_some_and(|c| !c.is_empty()));
        assert!(!certificate["days"].as_array().unwrap().is_empty());

        // Pages of a list.
        for _ in 0..2 {
            world.clock.advance(60_000);
            app.create(&new, "").await.expect(201);
        }
        let page = app.v1("/requests?limit=2&own=true").await.expect(200).json();
        let next = page["next"].as_str().expect("it goes on");
        assert_eq!(page["requests"].as_array().unwrap().len(), 2);
        let rest = app.v1(&format!("/requests?limit=2&own=true&cursor={next}")).await.expect(200).json();
        assert_eq!(rest["requests"][0]["number"], json!(number));
        assert!(rest["next"].is_null());
        for (query, n) in [
            ("", 4),
            ("place=90101", 4),
            ("place=90102", 0),
            ("status=closed", 0),
            ("from=2026-11-18", 0),
            ("to=2026-11-17&class=01&anything=x", if code.starts_with("01") { 4 } else { 0 }),
        ] {
            let got = app.v1(&format!("/requests?{query}")).await.expect(200).json();
            assert_eq!(got["requests"].as_array().unwrap().len(), n, "{query}");
        }

        // A point alone says where as well: the village around it, and nothing where it lies in none.
        for (long, place) in [(107.15, json!("东山镇 › 石桥村")), (109.0, Value::Null)] {
            let new = json!({ "class": code, "description": "井盖不见了", "lat": 27.05, "long": long });
            let made = app.create(&new, "").await.expect(201).json();
            let number = made["number"].as_str().expect("a number").to_owned();
            let case = app.v1(&format!("/requests/{number}")).await.expect(200).json();
            assert_eq!(case["place"]["name"]["zh"], place);
        }
    })
    .await;
}

#[tokio::test]
async fn the_json_api_tells_classes_rules_and_days() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "村务平台");
        let classes = app.v1("/classes").await.expect(200).json();
        assert_eq!(classes["classes"].as_array().unwrap().len(), world.site.pack.classes.len());
        let asking = class(&world, |c| c.form.is_some());
        let one = app.v1(&format!("/classes/{asking}")).await.expect(200).json();
        assert!(one["questions"][0]["label"]["en"].is_string() && one["class"]["asks"] == json!(true));
        assert!(one["limits"].as_array().unwrap().iter().any(|l| l["clock"] == json!("answer")));
        app.v1("/classes/99.99.99").await.problem(404);
        app.v1("/classes/%00").await.problem(404);
        app.v1("/classes/%FF").await.problem(404);

        let rules = app.v1("/rules").await.expect(200).json();
        assert_eq!(rules["limits"].as_array().unwrap().len(), world.site.pack.limits.len());
        assert!(rules["limits"].as_array().unwrap().iter().all(|l| l["citation"]["zh"] != json!("")));

        let days = app.v1("/calendar?from=2026-02-13&to=2026-02-17").await.expect(200).json();
        let kinds: Vec<&str> =
            days["days"].as_array().unwrap().iter().map(|d| d["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["workday", "make_up", "holiday", "holiday", "holiday"]);
        assert!(days["years"][0]["notice"].as_str().unwrap().contains("2026"));
        let edge = app.v1("/calendar?from=9999-12-30&to=9999-12-31").await.expect(200).json();
        assert_eq!(edge["days"].as_array().unwrap().len(), 2);
        for bad in [
            "",
            "from=2026-01-01",
            "from=2026-01-02&to=2026-01-01",
            "from=2026-01-01&to=2027-01-02",
            "from=x&to=y",
            "from=2026-01-01&from=2026-01-01&to=2026-01-01",
            "from=-009999-01-01&to=9999-12-31",
        ] {
            app.v1(&format!("/calendar?{bad}")).await.problem(400);
        }
    })
    .await;
}

#[tokio::test]
async fn the_json_api_refuses_what_does_not_fit() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "村务平台");
        let code = plain(&world, Moderation::Auto);
        // No key, a wrong key, a revoked key: at every address.
        // What stands in the sealed journal is for everybody.
        let keyed =
            |r: &&access::RouteRule| r.path.starts_with("/api/v1/") && r.access == access::Access::Key;
        for rule in requests::api::ROUTES.iter().filter(keyed) {
            let path = rule.path.replace("{code}", &code).replace("{number}", "LX-2026-00001");
            for key in ["", "no-such-key", "\u{e9}"] {
                let headers = [("x-api-key", key), ("content-type", "application/json")];
                let headers = if key.is_empty() { &headers[1..] } else { &headers[..] };
                let said = app.send(rule.method, &path, headers, "{}").await;
                assert!(said.headers.contains_key("www-authenticate"), "{path}");
                assert_eq!(said.problem(401)["code"], json!("key"));
            }
            let said = app.send("TRACE", &path, &[], "").await;
            assert!(said.headers["allow"].to_str().unwrap().contains(rule.method), "{path}");
            said.problem(405);
        }
        app.v1("/requests/LX-2026-99999").await.problem(404);
        app.v1("/requests/%00").await.problem(404);
        for bad in [
            "limit=0",
            "limit=201",
            "limit=x",
            "limit=",
            "cursor=99999999999999999999",
            "status=done",
            "own=1",
            "class=99",
            "place=nowhere",
            "place=9010101",
            "from=2026-02-30",
            "limit=1&limit=2",
        ] {
            app.v1(&format!("/requests?{bad}")).await.problem(400);
        }

        let headers = |kind| [("x-api-key", app.key.as_str()), ("content-type", kind)];
        let path = "/api/v1/requests";
        app.send("POST", path, &headers("text/plain"), "{}").await.problem(415);
        app.send("POST", path, &[("x-api-key", app.key.as_str())], "{}").await.problem(415);
        let json = headers("application/json; charset=utf-8");
        for bad in ["", "{", "\u{0}", "{\"class\": \"\\ud800\"}", "{\"lat\": 1e999}"] {
            app.send("POST", path, &json, bad).await.problem(400);
        }
        app.send("POST", path, &json, vec![b' '; 200 << 10]).await.problem(413);
        for bad in [
            json!([]),
            json!({ "class": code }),
            json!({ "class": code, "description": 7 }),
            json!({ "class": code, "description": "x", "unknown": 1 }),
            json!({ "class": "", "description": "x" }),
            json!({ "class": "01", "description": "x" }),
            json!({ "class": "01\u{0}", "description": "x" }),
            json!({ "class": code, "description": " \u{0} " }),
            json!({ "class": code, "description": "x", "kind": "other" }),
            json!({ "class": code, "description": "x", "place": "nowhere" }),
            json!({ "class": code, "description": "x", "lat": 1.0 }),
            json!({ "class": code, "description": "x", "lat": 1e300, "long": 1.0 }),
            json!({ "class": code, "description": "x", "lat": 99999999999999999999_f64, "long": 1 }),
            json!({ "class": code, "description": "x", "title": "长".repeat(61) }),
            json!({ "class": code, "description": "x", "person": { "phone": "1" } }),
            json!({ "class": code, "description": "x", "person": { "name": "长".repeat(201) } }),
            json!({ "class": code, "description": "x", "person": { "language": "fr" } }),
        ] {
            let said = app.create(&bad, "").await.problem(422);
            assert!(!said["errors"].as_array().unwrap().is_empty(), "{bad}");
        }
        let good = json!({ "class": code, "description": "x" });
        app.create(&good, &"k".repeat(201)).await.problem(400);
        app.create(&good, &"k".repeat(200)).await.expect(201);
        // Nothing of all that was refused is there.
        assert_eq!(app.v1("/requests?own=true").await.json()["requests"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_description_and_its_page() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "村务平台");
        let document = app.get("/api/openapi.json").await.expect(200).json();
        assert_eq!(document["openapi"], json!("3.1.0"));
        assert_eq!(document["servers"][0]["url"], json!("http://lx.test:8080"));
        for (language, word) in [("zh-CN", "密钥"), ("en", "Keys")] {
            let page = app.send("GET", "/api", &[("accept-language", language)], "").await.expect(200).body;
            assert!(page.contains(word) && page.contains("/api/v1/calendar"), "{language}");
        }
    })
    .await;
}

/// Takes a case to its answer, which names the person.
#[tokio::test]
async fn whoever_sends_too_much_waits_and_others_do_not() {
    each_world("county", MIGRATIONS, |mut world| async move {
        let site = std::sync::Arc::get_mut(&mut world.site).expect("nobody else holds it yet");
        site.settings.key_rate = 3;
        site.settings.address_rate = 5;
        site.settings.behind_proxy = true;
        let code = plain(&world, Moderation::Auto);
        let (one, other) = (Program::new(&world, "one"), Program::new(&world, "other"));
        let body = json!({ "class": code, "description": "路灯不亮" }).to_string();
        let post = async |who: &Program, key: &str, from: &str| {
            let headers =
                [("x-api-key", key), ("content-type", "application/json"), ("x-forwarded-for", from)];
            who.send("POST", "/api/v1/requests", &headers, body.clone()).await
        };
        for _ in 0..3 {
            post(&one, &one.key, "192.0.2.1").await.expect(201);
        }
        let over = post(&one, &one.key, "192.0.2.2").await;
        assert_eq!(over.headers["retry-after"], "20");
        assert_eq!(over.problem(429)["code"], "too-many");
        // The other interface counts the same key, and says it in its own words.
        let fields = [("api_key", one.key.as_str()), ("service_code", &code), ("description", "路灯不亮")];
        let headers = [("content-type", FORM), ("x-forwarded-for", "192.0.2.3")];
        let over = one.send("POST", "/open311/v2/requests.json", &headers, form(&fields)).await;
        assert_eq!(over.headers["retry-after"], "20");
        over.refused(429);
        // Another key from another place goes on, and reading is not counted.
        post(&other, &other.key, "192.0.2.4").await.expect(201);
        one.v1("/requests").await.expect(200);
        // From one address keys that do not exist count as well.
        for _ in 0..5 {
            post(&other, "no-such-key", "192.0.2.9").await.problem(401);
        }
        post(&other, &other.key, "192.0.2.9").await.problem(429);
        let headers = [("content-type", FORM), ("x-forwarded-for", "192.0.2.9")];
        other.send("POST", "/open311/v2/requests.xml", &headers, form(&fields)).await.expect(429);
        // It comes back by itself.
        world.clock.advance(MINUTE);
        post(&one, &one.key, "192.0.2.1").await.expect(201);
        post(&other, &other.key, "192.0.2.9").await.expect(201);
    })
    .await;
}

async fn answered(world: &World, number: &str, text: &str) {
    use requests::acts::{answer, assign, progress, take, triage};
    use rules::case::{Kind, Urgency};
    let ctx = requests::Ctx::system(&world.site);
    let wanted = number.to_owned();
    let case = ctx.read(move |tx, ctx| requests::case::Case::find_number(tx, ctx, &wanted)).await.unwrap();
    let (id, class) = (case.row.id, case.row.class.clone());
    let works = world.office("901", "township-construction");
    let desk = world.staff(case.row.unit, Role::Triage);
    let sorted = triage::Triage {
        on: id.into(),
        class,
        kind: Kind::Help,
        urgency: Urgency::Ordinary,
        unit: works,
        note: String::new(),
    };
    desk.write(move |tx, ctx| triage::triage(tx, ctx, &sorted)).await.expect("it is triaged");
    let sent = assign::Assign { on: id.into(), unit: works, note: String::new() };
    desk.write(move |tx, ctx| assign::assign(tx, ctx, &sent)).await.expect("it is assigned");
    let lead = world.staff(works, Role::Lead);
    lead.write(move |tx, ctx| take::accept(tx, ctx, id.into())).await.expect("it is accepted");
    let named =
        take::Name { on: id.into(), officer: world.account(works, Role::Officer), note: String::new() };
    lead.write(move |tx, ctx| take::name(tx, ctx, &named)).await.expect("the officer is named");
    let officer = world.staff(works, Role::Officer);
    let spoken = progress::Note {
        on: id.into(),
        text: "已电话联系。".into(),
        audience: requests::model::Audience::Inside,
        files: vec![],
    };
    officer.write(move |tx, ctx| progress::contact(tx, ctx, &spoken)).await.expect("the contact is noted");
    let reply = answer::Answer { on: id.into(), text: text.to_owned(), unsolvable: false, files: vec![] };
    officer.write(move |tx, ctx| answer::answer(tx, ctx, &reply)).await.expect("it is answered");
}

#[tokio::test]
async fn the_answer_is_told_without_the_name_of_whoever_asked() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let code = plain(&world, Moderation::Auto);
        let fields = [
            ("service_code", code.as_str()),
            ("description", "路灯不亮"),
            ("address_string", "东山镇柳树村"),
            ("first_name", NAME),
            ("phone", PHONE),
        ];
        let number = number(&app.post311(&fields).await.expect(201));
        world.clock.advance(3_600_000);
        answered(&world, &number, &format!("{NAME}您好,路灯已经修好。")).await;
        // Every answer is looked through for the name and the telephone number.
        let one = app.get(&format!("/open311/v2/requests/{number}.json")).await.expect(200).json();
        assert!(one[0]["status_notes"].as_str().unwrap().contains("路灯已经修好"), "{one}");
        assert_eq!(one[0]["status"], json!("open"), "answered is not yet signed off");
        assert_ne!(one[0]["updated_datetime"], one[0]["requested_datetime"]);
        app.get(&format!("/open311/v2/requests/{number}.xml")).await.expect(200);
        app.get("/open311/v2/requests.json").await.expect(200);
        let case = app.v1(&format!("/requests/{number}")).await.expect(200).json();
        assert!(case["answer"].as_str().unwrap().contains("路灯已经修好") && case["answered_at"].is_string());
        let listed = app.v1("/requests").await.expect(200).json();
        assert!(
            listed["requests"][0]["answer"].is_null() && listed["requests"][0]["answered_at"].is_string()
        );
        let why = app.v1(&format!("/requests/{number}/deadline")).await.expect(200).json();
        assert!(why["promises"][0]["stopped_at"].is_string() && why["promises"][0]["late"] == json!(false));
    })
    .await;
}

/// One to eight random changes: a byte flipped, put in, taken out; a stretch doubled; the end cut off.
fn damaged(body: &[u8], chance: &kernel::Seeded) -> Vec<u8> {
    let mut out = body.to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(out.len() as u64 + 1) as usize;
        let some = chance.below(256) as u8;
        match chance.below(6) {
            0 | 1 if at < out.len() => out[at] ^= 1 << (some % 8),
            2 => out.insert(at, some),
            3 if at < out.len() => drop(out.remove(at)),
            4 => {
                let stretch = out[at..(at + some as usize).min(out.len())].to_vec();
                out.splice(at..at, stretch);
            }
            5 if some < 32 => out.truncate(at),
            _ => out.extend_from_slice(&[b'&', b'=', b'%', some]),
        }
    }
    out
}

#[tokio::test]
async fn whatever_programs_send_is_taken_whole_or_refused_with_a_reason() {
    each_world("county", MIGRATIONS, |world| async move {
        let app = Program::new(&world, "市民手机端");
        let code = plain(&world, Moderation::Auto);
        let fields = [
            ("api_key", app.key.as_str()),
            ("service_code", code.as_str()),
            ("description", "路灯不亮，已经三天了"),
            ("lat", "27.71"),
            ("long", "106.92"),
            ("first_name", NAME),
            ("phone", PHONE),
        ];
        let mut parts = Vec::new();
        for (name, value) in fields {
            parts.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        parts.extend(b"--x\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n");
        parts.extend(PNG);
        parts.extend(b"\r\n--x--\r\n");
        let json = json!({ "class": code, "description": "路灯不亮", "person": { "name": NAME, "phone": PHONE } });
        let ways = [
            ("/open311/v2/requests.json", FORM, form(&fields).into_bytes()),
            ("/open311/v2/requests.xml", "multipart/form-data; boundary=x", parts),
            ("/api/v1/requests", "application/json", json.to_string().into_bytes()),
        ];
        let count = || {
            let all = db::Stmt::new("all", "SELECT CAST(COUNT(*) AS BIGINT) FROM requests");
            world.site.db.read_now(move |tx| tx.query_one(&all, &[])?.get::<i64>(0)).expect("counted")
        };
        let chance = kernel::Seeded::new(311);
        let (mut taken, mut refused) = (0, 0);
        for n in 0..600 {
            let (path, kind, body) = &ways[n % ways.len()];
            let headers = [("content-type", *kind), ("x-api-key", app.key.as_str())];
            let said = app.send("POST", path, &headers, damaged(body, &chance)).await;
            match said.status.as_u16() {
                200 | 201 => taken += 1,
                400 | 403 | 404 | 409 | 413 | 415 | 422 => {
                    refused += 1;
                    assert!(!said.body.is_empty(), "{path}: a refusal without a word");
                }
                other => panic!("{other} at {path}: {}", said.body),
            }
            assert_eq!(count(), taken, "what was told is what is there");
        }
        assert!(taken > 50 && refused > 50, "{taken} taken, {refused} refused");
    })
    .await;
}
