//! The pages of the outbox: in both languages, by role, for another's unit, with wrong input.

use access::{AccountInfo, SharedSite, Visitor, testing};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use db::Db;
use kernel::{AccountId, HOUR, Locale, MessageId, Role, Timestamp, Uuid};
use notify::{Act, NewMessage, Recipient, State};
use std::sync::Arc;
use tower::ServiceExt;

/// A site with messages in two townships: 1 cannot be delivered, 2 waits, 3 is another's.
struct Rig {
    site: SharedSite,
    accounts: Vec<(Role, AccountId)>,
}

fn id(n: u8) -> MessageId {
    MessageId(Uuid::from_bytes([n; 16]))
}

impl Rig {
    async fn new(db: &Db) -> Rig {
        for m in [journal::MIGRATIONS, access::MIGRATIONS, notify::MIGRATIONS] {
            db.migrate(m).unwrap();
        }
        let (site, _clock) = testing::site(db, testing::small_pack());
        let site = Arc::new(site);
        let (town, root) =
            (testing::seat(&site, "/c/t1/", "一镇").unwrap(), testing::seat(&site, "/c/", "县").unwrap());
        let mut accounts = Vec::new();
        for role in Role::ALL {
            let unit = if matches!(role, Role::Admin | Role::Auditor) { root } else { town };
            accounts.push((role, testing::staff(&site, role.key(), role, unit).unwrap()));
        }
        let at = site.now();
        for (n, path, to) in [
            (1, "/c/t1/", Recipient::Person(kernel::PersonId(Uuid::nil()))),
            (2, "/c/t1/v/", Recipient::Address("13800000000".to_owned())),
            (3, "/c/t2/", Recipient::Account(AccountId(Uuid::nil()))),
        ] {
            db.write(move |tx| {
                notify::queue(
                    tx,
                    &NewMessage {
                        id: id(n),
                        about: None,
                        path,
                        purpose: "accepted",
                        to: to.clone(),
                        channel_hint: None,
                        template: "accepted",
                        template_version: "trial-1",
                        locale: Locale::Zh,
                        subject: String::new(),
                        body: format!("诉求已受理-{n}-<b>"),
                        at,
                    },
                )
            })
            .await
            .unwrap();
        }
        let fail = db::Stmt::new(
            "test",
            "UPDATE messages SET state = 'permanent-failure', failed_reason = 'no-address', next_try_at = NULL
             WHERE body LIKE '%-1-%'",
        );
        db.write(move |tx| tx.execute(&fail, &[])).await.unwrap();
        Rig { site, accounts }
    }

    async fn visitor(&self, role: Role, locale: Locale) -> Visitor {
        let account = self.accounts.iter().find(|a| a.0 == role).unwrap().1;
        let posts = self.site.db.read(move |tx| access::session::posts_of(tx, account)).await.unwrap();
        let scope = access::scope_of(account, &posts, self.site.today());
        let info = AccountInfo {
            secured: false,
            factor_due: None,
            id: account,
            login: String::new(),
            name: "测试".into(),
            posts,
            must_change: false,
        };
        Visitor { look: web::Look::new(locale), scope, account: Some(info), session: None }
    }

    async fn ask(
        &self,
        visitor: Option<Visitor>,
        method: &str,
        path: &str,
        body: &str,
    ) -> (StatusCode, String, String) {
        let visitor = visitor.unwrap_or_else(|| Visitor::nobody(&self.site, web::Look::new(Locale::Zh)));
        let mut request = Request::builder().method(method).uri(path);
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(visitor);
        let answer = notify::routes().with_state(self.site.clone()).oneshot(request).await.unwrap();
        let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap(), to.unwrap_or_default())
    }

    async fn get(&self, role: Role, path: &str) -> (StatusCode, String) {
        let answer = self.ask(Some(self.visitor(role, Locale::Zh).await), "GET", path, "").await;
        (answer.0, answer.1)
    }

    async fn post(&self, role: Role, path: &str, body: &str) -> (StatusCode, String, String) {
        self.ask(Some(self.visitor(role, Locale::Zh).await), "POST", path, body).await
    }
}

fn url(n: u8) -> String {
    format!("/outbox/{}", id(n))
}

#[tokio::test]
async fn both_pages_are_rendered_in_both_languages() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        for (locale, state, title) in
            [(Locale::Zh, "无法送达", "告知"), (Locale::En, "cannot be delivered", "Messages")]
        {
            for path in ["/outbox", "/outbox?state=permanent-failure&purpose=accepted", &url(1)] {
                let visitor = rig.visitor(Role::Clerk, locale).await;
                let (status, body, _) = rig.ask(Some(visitor), "GET", path, "").await;
                assert_eq!(status, StatusCode::OK, "{path}");
                assert!(body.contains(state) && body.contains(title), "{path} {locale:?}");
                assert!(!body.contains("13800000000"), "{path}: no address on a page");
            }
        }
        let (_, body) = rig.get(Role::Clerk, &url(1)).await;
        assert!(body.contains("诉求已受理-1-&lt;b&gt;"), "the words, made harmless");
    })
    .await;
}

#[tokio::test]
async fn each_role_sees_its_reach_and_the_administrator_no_words() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        let seen = async |role| {
            let (status, body) = rig.get(role, "/outbox").await;
            (status, (1..=3).filter(|n| body.contains(&url(*n))).collect::<Vec<u8>>(), body)
        };
        for role in [Role::Clerk, Role::Operator, Role::Lead, Role::Supervisor] {
            let (status, ids, _) = seen(role).await;
            assert_eq!((status, ids), (StatusCode::OK, vec![1, 2]), "{role:?}");
            assert_eq!(rig.get(role, &url(3)).await.0, StatusCode::NOT_FOUND, "{role:?}: another's");
        }
        assert_eq!(seen(Role::Auditor).await.1, [1, 2, 3]);
        let (status, links, body) = seen(Role::Admin).await;
        assert_eq!((status, links), (StatusCode::OK, Vec::new()), "states, and no way to the words");
        assert!(body.contains("无法送达") && !body.contains("诉求已受理-"));
        assert_eq!(rig.get(Role::Admin, &url(1)).await.0, StatusCode::NOT_FOUND);
        for role in [Role::Officer, Role::Triage, Role::Moderator] {
            assert_eq!(seen(role).await.0, StatusCode::FORBIDDEN, "{role:?}");
            assert_eq!(rig.get(role, &url(1)).await.0, StatusCode::NOT_FOUND, "{role:?}");
        }
        for path in ["/outbox", &url(1)] {
            let (status, _, to) = rig.ask(None, "GET", path, "").await;
            assert!(status == StatusCode::SEE_OTHER && to.starts_with("/sign-in"), "{path}: {status} {to}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_a_verb_says_so() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        for path in ["/outbox/nonsense", &url(77)] {
            assert_eq!(rig.get(Role::Clerk, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(rig.post(Role::Clerk, &url(1), "").await.0, StatusCode::METHOD_NOT_ALLOWED);
        let (status, body) = rig.get(Role::Clerk, "/outbox?state=nonsense&before=nonsense").await;
        assert!(status == StatusCode::OK && body.contains(&url(1)), "an unknown filter filters nothing");
        let (status, body) = rig.get(Role::Clerk, "/outbox?state=delivered").await;
        assert!(status == StatusCode::OK && body.contains("没有符合的消息"));
    })
    .await;
}

#[tokio::test]
async fn a_clerk_records_that_the_person_was_told() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        let path = format!("{}/replacement", url(1));
        let (_, form) = rig.get(Role::Clerk, &url(1)).await;
        assert!(form.contains(&path) && form.contains("2026-03-03") && form.contains("10:00"));
        let sent =
            |note: &str, time: &str| format!("act=visit&acted_at=2026-03-03&acted_time={time}&note={note}");
        for (body, said) in [
            (sent("", "09:30"), "请写明告知了谁"),
            (sent("x", "11:00"), "时间不能晚于现在"),
            (sent("x", "25:00"), "时间不对"),
            (sent("x", "noon"), "时间不对"),
            ("act=pigeon&note=kept-words".to_owned(), "请选择怎么告知的"),
        ] {
            let (status, page, _) = rig.post(Role::Clerk, &path, &body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert!(page.contains(said), "{body}");
            assert!(!body.contains("kept-words") || page.contains("kept-words"), "what was entered is kept");
        }
        for role in [Role::Lead, Role::Auditor] {
            let (status, ..) = rig.post(role, &path, &sent("x", "09:30")).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} reads only");
        }
        assert_eq!(rig.post(Role::Admin, &path, &sent("x", "09:30")).await.0, StatusCode::NOT_FOUND);
        let other = format!("{}/replacement", url(3));
        assert_eq!(rig.post(Role::Clerk, &other, &sent("x", "09:30")).await.0, StatusCode::NOT_FOUND);

        let (status, _, to) = rig.post(Role::Clerk, &path, &sent("told", "09:30")).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, url(1).as_str()));
        let message = db.read(|tx| notify::get(tx, id(1))).await.unwrap().unwrap();
        assert_eq!(message.state, State::Replaced);
        let r = db.read(|tx| notify::replacement(tx, id(1))).await.unwrap().unwrap();
        let clerk = rig.accounts.iter().find(|a| a.0 == Role::Clerk).unwrap().1;
        assert_eq!((r.act, r.actor.account()), (Act::Visit, Some(clerk)));
        assert_eq!(r.acted_at, Timestamp(testing::start().0 - HOUR / 2));
        let (_, page) = rig.get(Role::Clerk, &url(1)).await;
        assert!(page.contains("上门告知") && page.contains("测试clerk") && !page.contains(&path));
        let (status, page, _) = rig.post(Role::Clerk, &path, &sent("again", "09:30")).await;
        assert!(status.is_client_error() && page.contains("不用再登记"), "{status}");
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_goes_out_again_and_another_does_not() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        let at = |n: u8| format!("{}/resending", url(n));
        assert_eq!(rig.post(Role::Auditor, &at(1), "").await.0, StatusCode::FORBIDDEN);
        assert_eq!(rig.post(Role::Clerk, &at(3), "").await.0, StatusCode::NOT_FOUND);
        let (status, page, _) = rig.post(Role::Clerk, &at(2), "").await;
        assert!(status.is_client_error() && page.contains("没有发送失败"), "{status}");
        assert_eq!(rig.post(Role::Clerk, &at(1), "").await.0, StatusCode::SEE_OTHER);
        let m = db.read(|tx| notify::get(tx, id(1))).await.unwrap().unwrap();
        assert_eq!((m.state, m.next_try_at), (State::Created, Some(testing::start())));
    })
    .await;
}

#[tokio::test]
async fn a_long_list_goes_on() {
    db::testing::each_engine_async(async |db| {
        let rig = Rig::new(db).await;
        let site = rig.site.clone();
        db.write(move |tx| {
            for n in 0..60 {
                let at = site.now().plus(n);
                let m = NewMessage {
                    id: MessageId::new(at, &*site.chance),
                    about: None,
                    path: "/c/t1/",
                    purpose: "result",
                    to: Recipient::Address("1".to_owned()),
                    channel_hint: None,
                    template: "result",
                    template_version: "trial-1",
                    locale: Locale::Zh,
                    subject: String::new(),
                    body: String::new(),
                    at,
                };
                notify::queue(tx, &m)?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let count = |page: &str| page.matches("href=\"/outbox/").count();
        let (_, first) = rig.get(Role::Clerk, "/outbox?purpose=result").await;
        assert_eq!(count(&first), 50);
        let next = first.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
        let next = next.split('"').next().unwrap().replace("&amp;", "&");
        assert!(next.contains("purpose=result&before="), "{next}");
        let (_, second) = rig.get(Role::Clerk, &next).await;
        assert_eq!(count(&second), 10);
        assert!(!second.contains("rel=\"next\"") && second.contains("rel=\"prev\""));
    })
    .await;
}
