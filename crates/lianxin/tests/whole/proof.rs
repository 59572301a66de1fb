//! The sealed record as those outside meet it: the receipt of a case, the public pages, the interface, the
//! command that needs no site.

use crate::house::{BODY, House, PHONE, WHO, each_house};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, header};
use journal::tree::merkle::{Frontier, proves_inclusion};
use journal::tree::note::{Checkpoint, PublicKey};
use journal::tree::receipt::Receipt;
use kernel::Role;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use testkit::{Answer, Client};

/// Whoever asked, with the query code shown.
async fn holder(house: &House, number: &str) -> Client {
    let code = house.case(number).await.row.code;
    let mut client = house.visitor();
    client.submit("/find", "/find", &[("number", number), ("code", &code)]).await.expect(200);
    client
}

fn receipt_of(answer: &Answer) -> Receipt {
    let kind = answer.headers.get(header::CONTENT_DISPOSITION).and_then(|v| v.to_str().ok()).unwrap_or("");
    assert!(kind.starts_with("attachment; filename=\"receipt-"), "{kind}");
    serde_json::from_str(&answer.body).expect("a receipt")
}

/// An answer in JSON.
fn json(answer: Answer) -> Value {
    serde_json::from_str(&answer.expect(200).body).expect("JSON")
}

/// The program's word on a file: its exit code and what it said.
fn told(dir: &Path, args: &[&str]) -> (i32, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_lianxin"))
        .current_dir(dir)
        .args(["verify-receipt", "--lang", "en"])
        .args(args)
        .output()
        .expect("the program runs");
    let words = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.code().unwrap_or(-1), words)
}

#[tokio::test]
async fn a_receipt_is_taken_home_and_checked_without_the_site() {
    each_house("county", |house| async move {
        let number = house.asked().await.number;
        let mut me = holder(&house, &number).await.english();
        let page = format!("/r/{number}");
        let file = format!("{page}/receipt");

        // Before the first head covers it the page says by when one will.
        let early = me.get(&page).await.expect(200);
        let by = web::format::clock(house.world.site.zone, house.world.site.now().plus(6 * kernel::MINUTE));
        assert!(early.text().contains("Not sealed yet") && early.text().contains(&by), "{}", early.text());
        let unsealed = receipt_of(&me.get(&file).await.expect(200));
        assert_eq!(unsealed.sealed, None);

        house.swept("seal").await;
        let page = me.get(&page).await.expect(200);
        assert!(page.text().contains("Sealed and signed"), "{}", page.text());
        let answer = me.get(&file).await.expect(200);
        let receipt = receipt_of(&answer);
        assert!(receipt.check(None).good());
        assert_eq!(receipt.text.as_ref().map(|t| t.words.as_str()), Some(BODY));
        assert!(!answer.body.contains(PHONE) && !answer.body.contains(WHO));
        let open = receipt_of(&me.get(&format!("{file}?words=no")).await.expect(200));
        assert!(open.text.is_none() && open.check(None).good());
        assert!(!serde_json::to_string(&open).expect("text").contains("扫雪"));

        // The seal code stands in the message, on the page and on the slip.
        let short = &receipt.leaf[..8];
        let first = house.case(&number).await.row.id;
        let messages = house.world.site.db.read_now(move |tx| notify::about(tx, first.0)).expect("messages");
        let sent = messages.iter().find(|m| m.template == "accepted").expect("a message");
        assert!(sent.body.contains(&format!("封存码{short}")), "{}", sent.body);
        assert!(page.text().contains(short), "{}", page.text());
        let slip = me.get(&format!("/r/{number}/slip")).await.expect(200);
        assert!(slip.body.matches("<svg class=\"qr\"").count() == 2, "{}", slip.body);
        let grouped = slip.text().split_whitespace().collect::<String>();
        assert!(grouped.contains(&receipt.leaf), "{grouped}");

        // Checked by the command, with the published key and the published heads.
        let dir = tempfile::tempdir().expect("a directory");
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("written");
        write("receipt.json", &answer.body);
        write("open.json", &serde_json::to_string(&open).expect("text"));
        write("unsealed.json", &serde_json::to_string(&unsealed).expect("text"));
        let mut changed = receipt.clone();
        changed.number = "LXA-2026-09999".into();
        write("changed.json", &serde_json::to_string(&changed).expect("text"));
        write("other.json", "{\"format\":\"x\"}");
        write("heads.txt", &house.visitor().get("/proof/heads.txt").await.expect(200).body);
        let key = receipt.sealed.as_ref().expect("sealed").key.clone();
        write("key.txt", &format!("{key}\n"));
        let other = "lx.example/journal+00000000+AAAA";
        for (code, args, words) in [
            (0, &["receipt.json"][..], "It holds"),
            (0, &["open.json", "--key", &key, "--heads", "heads.txt"], "one of those that you kept"),
            (0, &["receipt.json", "--key", "key.txt"], "the one you trust"),
            (1, &["changed.json", "--key", &key], "It does not hold"),
            (1, &["unsealed.json"], "Not sealed yet"),
            (1, &["other.json"], "neither a receipt"),
            (1, &["missing.json"], "cannot read"),
            (2, &["receipt.json", "--key", other], "no public key"),
            (2, &[], "required"),
        ] {
            let (got, said) = told(dir.path(), args);
            assert!(got == code && said.contains(words), "{args:?}: {got} {said}");
        }

        // Whoever joined takes a receipt without the other's words; nobody else takes any.
        let code = house.joined(&number, "李四", "13900001111").await;
        let mut joiner = house.visitor();
        joiner.submit("/find", "/find", &[("number", &number), ("code", &code)]).await.expect(200);
        let theirs = joiner.get(&file).await.expect(200);
        assert!(receipt_of(&theirs).check(None).good() && !theirs.body.contains("扫雪"));
        house.visitor().get(&file).await.expect(403);
        let messages = house.world.site.db.read_now(move |tx| notify::about(tx, first.0)).expect("messages");
        let said: Vec<_> = messages.iter().filter(|m| m.template == "accepted").collect();
        assert!(
            said.len() == 2 && said.iter().all(|m| m.body.contains(&format!("封存码{short}"))),
            "{said:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn anybody_can_recompute_what_was_signed() {
    each_house("county", |house| async move {
        let mut nobody = house.visitor().english();
        assert!(nobody.get("/proof").await.expect(200).text().contains("Nothing is sealed yet"));
        assert_eq!(nobody.get("/proof/heads.txt").await.expect(200).body, "");
        nobody.get("/proof/heads/1").await.expect(404);
        let number = house.asked().await.number;
        house.swept("seal").await;
        house.minutes_pass(24 * 60);
        house.asked().await;
        house.swept("seal").await;
        house.minutes_pass(10);
        house.asked().await;
        house.swept("seal").await;

        let found = json(nobody.get("/api/v1/journal/heads").await);
        let heads = found["heads"].as_array().expect("heads").clone();
        assert_eq!(heads.len(), 3);
        assert_eq!(
            heads[1]["day"],
            Value::from("2026-11-17"),
            "the first after midnight closes the day before"
        );
        let key: PublicKey =
            PublicKey::parse(found["keys"][0]["key"].as_str().expect("a key")).expect("a key");
        let one = json(nobody.get("/api/v1/journal/heads?limit=1").await);
        assert_eq!(one["next"], Value::from("3"));
        let rest = json(nobody.get("/api/v1/journal/heads?limit=500&before=3").await);
        assert_eq!(rest["heads"].as_array().map(Vec::len), Some(2));
        let daily = json(nobody.get("/api/v1/journal/heads?daily=true").await);
        assert_eq!(daily["heads"].as_array().map(Vec::len), Some(1));

        // Every root is the one over the leaves that are listed.
        let mut leaves: Vec<[u8; 32]> = Vec::new();
        let mut from = Some("0".to_owned());
        while let Some(at) = from {
            let page = json(nobody.get(&format!("/api/v1/journal/leaves?from={at}&limit=100")).await);
            for leaf in page["leaves"].as_array().expect("leaves") {
                let bytes = hex::decode(leaf.as_str().expect("text")).expect("hexadecimal");
                leaves.push(bytes.try_into().expect("32 bytes"));
            }
            from = page["next"].as_str().map(str::to_owned);
        }
        for head in &heads {
            let said = Checkpoint::open(head["note"].as_str().expect("a note"), &key).expect("signed");
            let mut tree = Frontier::default();
            leaves.iter().take(said.size as usize).for_each(|l| tree.push(*l));
            assert_eq!((tree.size(), tree.root()), (said.size, said.root));
            assert_eq!(head["root"], Value::from(hex::encode(said.root)));
        }

        // A leaf proves itself, by the interface and on a page that takes the short code.
        let id = house.case(&number).await.row.id;
        let leaf =
            house.world.site.db.read_now(move |tx| journal::first(tx, id.0)).expect("read").expect("it").hash;
        let asked = format!("/api/v1/journal/inclusion?leaf={}", hex::encode(leaf));
        let proof = json(nobody.get(&asked).await);
        let head = Checkpoint::open(proof["head"].as_str().expect("a head"), &key).expect("signed");
        assert_eq!(
            head.day.map(|d| d.to_string()),
            Some("2026-11-17".into()),
            "under the last head of a day"
        );
        let path: Vec<[u8; 32]> = proof["path"]
            .as_array()
            .expect("a path")
            .iter()
            .map(|p| {
                let bytes = STANDARD.decode(p.as_str().expect("text")).expect("base64");
                bytes.try_into().expect("32 bytes")
            })
            .collect();
        let index = proof["index"].as_u64().expect("a place");
        assert!(proves_inclusion(&leaf, index, head.size, &path, &head.root));
        let short = hex::encode(&leaf[..4]);
        let page = nobody.get(&format!("/proof/leaf?code={short}")).await.expect(200);
        assert!(
            page.text().contains("Sealed and signed") && page.body.contains(&hex::encode(leaf)),
            "{}",
            page.text()
        );
        assert!(!page.body.contains(&number), "whose it is is not told");
        assert!(
            nobody
                .get("/proof/leaf?code=00000000")
                .await
                .expect(200)
                .text()
                .contains("No record with this code")
        );
        nobody.get("/proof/leaf?code=xyz").await.expect(422);
        nobody.get(&format!("/api/v1/journal/inclusion?leaf={}", "0".repeat(64))).await.expect(404);
        for bad in [
            "inclusion",
            "inclusion?leaf=12",
            "consistency",
            "consistency?from=2&to=1",
            "heads?limit=0",
            "leaves?from=x",
        ] {
            nobody.raw(Method::GET, &format!("/api/v1/journal/{bad}"), None, "").await.expect(400);
        }

        let grown = nobody.get("/api/v1/journal/consistency?from=1&to=3").await.expect(200);
        let proof: journal::tree::receipt::Consistency = serde_json::from_str(&grown.body).expect("a proof");
        assert!(proof.check(Some(&key)).good());
        nobody.get("/api/v1/journal/consistency?from=1&to=9").await.expect(404);

        // The pages hold what they say, and the file that can be saved reaches nothing.
        let page = nobody.get("/proof").await.expect(200);
        assert!(page.text().contains(&key.to_string()) && page.text().contains("2026"), "{}", page.text());
        assert_eq!(
            nobody.get("/proof/heads/2").await.expect(200).body,
            heads[1]["note"].as_str().expect("a note")
        );
        let kept = journal::tree::note::split(&nobody.get("/proof/heads.txt").await.expect(200).body);
        assert_eq!(kept.len(), 2, "the head of the day, and the last of all");
        let check = nobody.get("/proof/check").await.expect(200);
        assert!(check.body.contains(&key.to_string()) && check.body.contains("/proof/check.js?"));
        let saved = nobody.get("/proof/check.html").await.expect(200);
        assert!(saved.body.contains("default-src 'none'") && !saved.body.contains("src="), "{}", saved.body);
        assert!(!saved.body.contains('@') || !saved.body.contains("@script"), "everything is filled in");
        // Whoever signs in finds it as well.
        let mut auditor = house.staff(Role::Auditor, "9-county-centre").await;
        auditor.get("/proof").await.expect(200);
    })
    .await;
}
