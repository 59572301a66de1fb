//! The real gateways against far sides on the loopback: a Notify v2 service, a mail server, a
//! webhook, the file.

mod rig;

use axum::extract::{Path, Query, State as Held};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use db::testing;
use hmac::Mac;
use kernel::{HOUR, Locale, MINUTE, MessageId, Zone};
use notify::gateway::{FileGateway, NotifyV2, Smtp, SmtpTls, Webhook};
use notify::{Channel, Delivery, Gateway, Gateways, NewMessage, Outgoing, Recipient, State};
use rig::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::sync::{Arc, Mutex};

fn outgoing(channel: Channel, to: &str) -> Outgoing {
    Outgoing {
        id: MessageId(uuid(1)),
        channel,
        to: to.to_owned(),
        subject: "受理通知".to_owned(),
        body: "您的诉求已受理。".to_owned(),
        locale: Locale::Zh,
        purpose: "accepted".to_owned(),
        template: "accepted".to_owned(),
        about: None,
        at: T0,
    }
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    at
}

/// An address at which nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Sends from a thread, as the worker does.
async fn send(gateway: &Arc<dyn Gateway>, m: Outgoing) -> Delivery {
    let gateway = gateway.clone();
    tokio::task::spawn_blocking(move || gateway.send(&m)).await.unwrap()
}

/// A service of the Notify v2 shape: checks the token, keeps what it is sent, answers as told.
#[derive(Default)]
struct Service {
    got: Mutex<Vec<Value>>,
    fail: Mutex<Option<(u16, Value)>>,
    status: Mutex<String>,
}

const ISSUER: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";

fn token_ok(headers: &HeaderMap) -> bool {
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let Some(token) = headers.get("authorization").and_then(|v| v.to_str().ok()) else { return false };
    let Some((signed, signature)) = token.strip_prefix("Bearer ").and_then(|t| t.rsplit_once('.')) else {
        return false;
    };
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let claims: Value =
        serde_json::from_slice(&engine.decode(signed.split('.').nth(1).unwrap()).unwrap()).unwrap();
    mac.verify_slice(&engine.decode(signature).unwrap()).is_ok() && claims["iss"] == ISSUER
}

fn notification(n: &Value, status: &str) -> Value {
    json!({ "id": format!("far-{}", n["reference"].as_str().unwrap()), "reference": n["reference"], "status": status })
}

fn service() -> (Router, Arc<Service>) {
    type S = Held<Arc<Service>>;
    let held = Arc::new(Service::default());
    *held.status.lock().unwrap() = "sending".to_owned();
    let app = Router::new()
        .route(
            "/v2/notifications/sms",
            post(async |Held(s): S, headers: HeaderMap, Json(body): Json<Value>| {
                if !token_ok(&headers) {
                    let said = json!({"status_code": 403, "errors": [{"error": "AuthError", "message": "Invalid token"}]});
                    return (StatusCode::FORBIDDEN, Json(said));
                }
                if let Some((code, said)) = s.fail.lock().unwrap().clone() {
                    return (StatusCode::from_u16(code).unwrap(), Json(said));
                }
                s.got.lock().unwrap().push(body.clone());
                (StatusCode::CREATED, Json(notification(&body, "created")))
            }),
        )
        .route(
            "/v2/notifications",
            get(async |Held(s): S, Query(q): Query<HashMap<String, String>>| {
                let status = s.status.lock().unwrap().clone();
                let got = s.got.lock().unwrap();
                let found: Vec<Value> = got
                    .iter()
                    .filter(|n| n["reference"] == q["reference"])
                    .map(|n| notification(n, &status))
                    .collect();
                Json(json!({ "notifications": found, "links": {} }))
            }),
        )
        .route(
            "/v2/notifications/{id}",
            get(async |Held(s): S, Path(id): Path<String>| {
                let status = s.status.lock().unwrap().clone();
                Json(json!({ "id": id, "status": status }))
            }),
        )
        .with_state(held.clone());
    (app, held)
}

fn notify_v2(url: &str) -> NotifyV2 {
    NotifyV2::new("sms", url, &format!("lianxin-{ISSUER}-{SECRET}"), "template-1", "body", 5).unwrap()
}

#[tokio::test]
async fn a_notify_service_takes_it_once_and_its_receipt_is_the_proof() {
    let (app, service) = service();
    let url = serve(app).await;
    testing::each_engine_async(async |db| {
        service.got.lock().unwrap().clear();
        *service.status.lock().unwrap() = "sending".to_owned();
        let rig = Rig::new(db, Gateways::new().with(notify_v2(&url), SMS));
        rig.book.put(50, Some("+8613800000000"), None);
        rig.queue(new(1, person(50))).await;
        rig.turn().await;
        assert_eq!(rig.state(1).await, State::Sending);
        {
            let got = service.got.lock().unwrap();
            assert_eq!(
                *got,
                [json!({"phone_number": "+8613800000000", "template_id": "template-1",
                    "personalisation": {"body": "您的诉求已受理 1"}, "reference": uuid(1).to_string()})]
            );
        }
        *service.status.lock().unwrap() = "delivered".to_owned();
        rig.after(MINUTE).await;
        let m = rig.get(1).await;
        assert_eq!(m.state, State::Delivered);
        assert!(m.proof.contains(&format!("far-{}", uuid(1))));
    })
    .await;
}

#[tokio::test]
async fn the_words_of_a_notify_service_lead_to_our_states() {
    let (app, service) = service();
    let gateway: Arc<dyn Gateway> = Arc::new(notify_v2(&serve(app).await));
    let error = |code: u16, kind: &str, message: &str| {
        Some((code, json!({"status_code": code, "errors": [{"error": kind, "message": message}]})))
    };
    let m = || outgoing(Channel::Sms, "13800000000");
    for (answer, want) in [
        (error(400, "ValidationError", "phone_number Not enough digits"), "Refused"),
        (error(400, "BadRequestError", "Missing personalisation: body"), "Down"),
        (error(403, "AuthError", "Invalid token: API key not found"), "Down"),
        (error(429, "RateLimitError", "Exceeded rate limit"), "Down"),
        (error(500, "Exception", "Internal server error"), "Down"),
        (error(504, "Gateway", "timeout"), "Unclear"),
        (None, "Accepted"),
    ] {
        let code = answer.as_ref().map(|a| a.0);
        *service.fail.lock().unwrap() = answer;
        let got = format!("{:?}", send(&gateway, m()).await);
        assert!(got.starts_with(want), "{code:?}: {got}");
    }
    for (status, want) in [
        ("created", "Pending"),
        ("sending", "Pending"),
        ("pending", "Pending"),
        ("sent", "Sent"),
        ("delivered", "Delivered"),
        ("temporary-failure", "NotReached"),
        ("permanent-failure", "Refused"),
        ("technical-failure", "Down"),
    ] {
        *service.status.lock().unwrap() = status.to_owned();
        let g = gateway.clone();
        let (standing, found) =
            tokio::task::spawn_blocking(move || (g.status("far-1", T0), g.find(MessageId(uuid(1)), T0)))
                .await
                .unwrap();
        assert!(format!("{standing:?}").starts_with(want), "{status}: {standing:?}");
        assert!(format!("{found:?}").starts_with("Known"), "{status}: {found:?}");
    }
    let g = gateway.clone();
    let unknown = tokio::task::spawn_blocking(move || g.find(MessageId(uuid(99)), T0)).await.unwrap();
    assert_eq!(unknown, notify::Found::NotThere);
}

#[tokio::test]
async fn a_service_that_is_gone_is_down_and_one_that_hangs_up_is_unclear() {
    let gone: Arc<dyn Gateway> = Arc::new(notify_v2(&nowhere()));
    assert!(matches!(send(&gone, outgoing(Channel::Sms, "1")).await, Delivery::Down(_)));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let rude = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        line
    });
    let hangs_up: Arc<dyn Gateway> = Arc::new(notify_v2(&url));
    let got = send(&hangs_up, outgoing(Channel::Sms, "1")).await;
    assert!(matches!(got, Delivery::Unclear(_)), "{got:?}");
    assert!(rude.join().unwrap().starts_with("POST /v2/notifications/sms"));
}

#[tokio::test]
async fn a_webhook_is_signed_and_says_what_came_of_it() {
    type Got = Arc<Mutex<Vec<(HeaderMap, String)>>>;
    let got: Got = Arc::default();
    let answer = Arc::new(Mutex::new(200u16));
    let app = Router::new().route(
        "/in",
        post({
            let (got, answer) = (got.clone(), answer.clone());
            async move |headers: HeaderMap, body: String| {
                got.lock().unwrap().push((headers, body));
                StatusCode::from_u16(*answer.lock().unwrap()).unwrap()
            }
        }),
    );
    let secret = base64::engine::general_purpose::STANDARD.encode([7u8; 24]);
    let url = format!("{}/in", serve(app).await);
    let hook: Arc<dyn Gateway> = Arc::new(Webhook::new("hook", url, &format!("whsec_{secret}"), 5).unwrap());
    let id = format!("msg_{}", uuid(1).simple());
    assert_eq!(send(&hook, outgoing(Channel::Webhook, "partner")).await, Delivery::Delivered(id.clone()));
    assert_eq!(send(&hook, outgoing(Channel::Sms, "13800000000")).await, Delivery::Sent(id.clone()));
    for (code, want) in [(500, "Down"), (410, "Down"), (302, "Down"), (504, "Unclear")] {
        *answer.lock().unwrap() = code;
        let d = format!("{:?}", send(&hook, outgoing(Channel::Webhook, "partner")).await);
        assert!(d.starts_with(want), "{code}: {d}");
    }
    let got = got.lock().unwrap();
    let (headers, body) = &got[0];
    let header = |n: &str| headers[n].to_str().unwrap().to_owned();
    assert_eq!((header("webhook-id"), header("webhook-timestamp")), (id.clone(), "1760000000".to_owned()));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&[7; 24]).unwrap();
    mac.update(format!("{id}.1760000000.{body}").as_bytes());
    let want = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{want}"));
    let v: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (v["type"].as_str(), v["timestamp"].as_str()),
        (Some("message.accepted"), Some("2025-10-09T08:53:20Z"))
    );
    assert_eq!(v["data"]["to"], "partner");
    assert_eq!(got[0].0["webhook-id"], got[1].0["webhook-id"], "a repetition can be known");
}

/// A mail server for one message: answers the recipient with `rcpt`, gives back what it heard.
fn mail_server(rcpt: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut out = stream.try_clone().unwrap();
        let mut heard = String::new();
        out.write_all(b"220 mail\r\n").unwrap();
        let mut data = false;
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { break };
            heard.push_str(&line);
            heard.push('\n');
            let answer = match line.get(..4).unwrap_or(&line) {
                "." if data => {
                    data = false;
                    "250 2.0.0 queued as 7F3"
                }
                _ if data => continue,
                "EHLO" => "250 mail",
                "RCPT" => rcpt,
                "DATA" => {
                    data = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if out.write_all(format!("{answer}\r\n").as_bytes()).is_err() || answer.starts_with("221") {
                break;
            }
        }
        heard
    });
    (port, thread)
}

fn smtp(port: u16) -> Smtp {
    Smtp::new("mail", "127.0.0.1", port, SmtpTls::None, None, "连心 <lx@example.org>", 5).unwrap()
}

#[tokio::test]
async fn a_mail_server_takes_it_under_the_messages_own_id() {
    let (port, server) = mail_server("250 ok");
    let mail: Arc<dyn Gateway> = Arc::new(smtp(port));
    let got = send(&mail, outgoing(Channel::Email, "li@example.org")).await;
    assert!(matches!(&got, Delivery::Sent(r) if r.contains("queued as 7F3")), "{got:?}");
    drop(mail);
    let heard = server.join().unwrap();
    assert!(heard.contains("RCPT TO:<li@example.org>"), "{heard}");
    assert!(heard.contains(&format!("Message-ID: <{}@example.org>", uuid(1))), "{heard}");
    assert!(heard.contains("Date: Thu, 09 Oct 2025 08:53:20 +0000"), "{heard}");
    assert!(heard.contains("text/plain"), "{heard}");
}

#[tokio::test]
async fn a_mail_servers_no_is_told_apart() {
    for (answer, want) in [
        ("550 5.1.1 no such user", "Refused"),
        ("553 5.1.3 bad mailbox", "Refused"),
        ("552 5.2.2 mailbox full", "NotReached"),
        ("450 4.2.0 try later", "NotReached"),
        ("554 5.7.1 your address is blocked", "Down"),
        ("421 4.3.2 shutting down", "Down"),
    ] {
        let (port, server) = mail_server(answer);
        let mail: Arc<dyn Gateway> = Arc::new(smtp(port));
        let got = format!("{:?}", send(&mail, outgoing(Channel::Email, "li@example.org")).await);
        assert!(got.starts_with(want), "{answer}: {got}");
        drop(mail);
        server.join().unwrap();
    }
    let nobody: Arc<dyn Gateway> = Arc::new(smtp(nowhere().rsplit(':').next().unwrap().parse().unwrap()));
    assert!(matches!(send(&nobody, outgoing(Channel::Email, "li@example.org")).await, Delivery::Down(_)));
    assert!(matches!(send(&nobody, outgoing(Channel::Email, "no mailbox")).await, Delivery::Refused(_)));
}

#[tokio::test]
async fn the_file_gateway_writes_a_line_a_message_by_day() {
    testing::each_engine_async(async |db| {
        let dir = tempfile::tempdir().unwrap();
        let settings = notify::Settings::default();
        let rig = Rig::new(db, settings.gateways(dir.path(), Zone::CHINA).unwrap());
        rig.book.put(50, Some("13800000000"), None);
        rig.queue(new(1, person(50))).await;
        let partner = Recipient::Address("partner".to_owned());
        rig.queue(NewMessage { channel_hint: Some(Channel::Webhook), ..new(2, partner) }).await;
        rig.turn().await;
        rig.queue(NewMessage { at: T0.plus(12 * HOUR), ..new(3, person(50)) }).await;
        rig.after(12 * HOUR).await;
        let read = |day: &str| {
            let text = std::fs::read_to_string(dir.path().join("outbox").join(day)).unwrap();
            text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect::<Vec<_>>()
        };
        let (first, second) = (read("2025-10-09.jsonl"), read("2025-10-10.jsonl"));
        assert_eq!((first.len(), second.len()), (2, 1));
        let one = first.iter().find(|l| l["id"] == uuid(1).to_string()).unwrap();
        assert_eq!((one["to"].as_str(), one["body"].as_str()), (Some("…00"), Some("您的诉求已受理 1")));
        for n in 1..=3 {
            assert_eq!(rig.state(n).await, State::Delivered);
        }
        let gateway: Arc<dyn Gateway> =
            Arc::new(FileGateway::new("f", &dir.path().join("outbox/2025-10-09.jsonl"), Zone::CHINA));
        assert!(
            matches!(send(&gateway, outgoing(Channel::Sms, "1")).await, Delivery::Down(_)),
            "no directory there"
        );
    })
    .await;
}
