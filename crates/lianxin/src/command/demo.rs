//! `demo`: from nothing to a running site with made-up people.

use super::serve::{log, serve};
use super::{by_shell, init, say};
use crate::cli::{Base, Demo, Where};
use crate::config::{CONFIG_FILE, Config, NewConfig, template};
use crate::demo::{self, Size};
use crate::open::{self, Opened};
use crate::outcome::{Failure, Outcome, file_error};
use crate::progress::Bar;
use crate::terminal::table;
use access::keys::{self, NewKey};
use kernel::{Error, KeyId, Result, Role};
use std::path::Path;
use std::sync::Arc;

/// Stands in the directory while the data is being made; one that is found was left by an attempt
/// that broke off, and what is there is thrown away.
const UNFINISHED: &str = "UNFINISHED";

/// Makes the data where there is none, and serves it.
pub(super) fn run(args: &Demo) -> Outcome {
    log();
    let there = args.dir.join(CONFIG_FILE).exists();
    let (mut opened, password) = if there { (again(args)?, None) } else { first(args)? };
    if args.prepare {
        opened.site.db.close();
        return Ok(());
    }
    let listen = args.listen.clone().unwrap_or_else(|| opened.config.listen.clone());
    call_itself(&mut opened, &listen);
    let people = accounts(&opened)?;
    let key = key(&opened)?;
    let dir = args.dir.display().to_string();
    serve(opened, &listen, move |address| {
        say(&format!("\n连心试用站点 Lianxin demonstration\n  http://{address}\n  数据 data: {dir}\n\n"))?;
        say(&people)?;
        say(&match &password {
            Some(made) => format!(
                "\n  所有账号的密码 password of every account: {made}\n  \
                （只显示这一次；在首页点一下就能进入任何角色 shown this once; on the start page one click steps into any role）\n\n"
            ),
            None => "\n  在首页点一下就能进入任何角色 On the start page one click steps into any role.\n\n"
                .to_owned(),
        })?;
        say(&format!(
            "  Open311 key: {key}\n （接口试用密钥，每次启动换新的 for programs, new at each start: http://{address}/api）\n\n"
        ))?;
        if !address.ip().is_loopback() {
            say(
                "  注意：能打开这个网址的人都能扮演任何角色。\n  Mind: whoever reaches this address can act in every role.\n\n",
            )?;
        }
        say("  按 ctrl-c 停止 stop with ctrl-c\n")
    })?;
    Ok(())
}

/// Slips and messages name the address where the demonstration really is, not the one in the pack.
fn call_itself(opened: &mut Opened, listen: &str) {
    if let Some(site) = Arc::get_mut(&mut opened.site).filter(|_| !listen.ends_with(":0")) {
        Arc::make_mut(&mut site.pack).site.url = format!("http://{listen}");
    }
}

fn again(args: &Demo) -> std::result::Result<Opened, Failure> {
    let place = Where { dir: args.dir.clone(), base: args.base.clone() };
    let opened = open::open(&place)?;
    let keys = opened.site.keyring.clone();
    opened.site.db.read_now(move |tx| keys.check(tx))?;
    if !opened.config.demo {
        let dir = args.dir.display();
        return Err(Failure::refused(
            "no-demo",
            format!("{dir} 里是正式站点，不能当试用站点启动。用 lianxin serve --dir {dir}。"),
            format!("{dir} holds a site in earnest, not a demonstration. Use lianxin serve --dir {dir}."),
        ));
    }
    Ok(opened)
}

fn first(args: &Demo) -> std::result::Result<(Opened, Option<String>), Failure> {
    let dir = &args.dir;
    let marker = dir.join(UNFINISHED);
    if marker.exists() {
        init::clear(dir);
    }
    open::new_dir(dir)?;
    std::fs::write(&marker, "").map_err(|e| file_error(&marker, &e))?;
    let (config, text, password) = fill(args)?;
    init::write_config(dir, &text)?;
    std::fs::remove_file(&marker).map_err(|e| file_error(&marker, &e))?;
    Ok((open::open_with(dir, &args.base, config)?, Some(password)))
}

/// Makes the world in a database that does not wait for the disk until it is whole.
fn fill(args: &Demo) -> Result<(Config, String, String)> {
    let dir: &Path = &args.dir;
    let spec = init::pack_from(dir, &args.pack)?;
    let Base { database, schema } = &args.base;
    let text = template(&NewConfig {
        pack: &spec,
        database: database.as_deref(),
        schema: schema.as_deref(),
        demo: true,
    });
    let config = Config::parse(&text).map_err(Error::internal)?;
    let pack = open::load_pack(dir, &spec)?;
    let db = open::open_database(dir, &args.base, &config, true)?;
    let site = Arc::new(open::assemble(dir, db, pack, &config)?);
    for sub in ["files", "outbox"] {
        let path = dir.join(sub);
        std::fs::create_dir_all(&path).map_err(|e| file_error(&path, &e))?;
    }
    let all = &site.pack.demo;
    let size = Size {
        requests: args.requests.unwrap_or(all.requests),
        households: args.households.unwrap_or(all.households.min(demo::SOME_HOUSEHOLDS)),
        seed: args.seed,
    };
    let password = demo::make(&site, &size)?;
    let bar = Bar::new(0, "封存 sealing");
    let aside = site.db.write_now(|tx| db::put_aside(tx, &["journal_leaves"]))?;
    crate::seal::sealer(&site).round(site.now(), &|n| bar.at(n))?;
    site.db.write_now(move |tx| aside.put_back(tx))?;
    drop(bar);
    Bar::during("抽签和报告 draws and reports", || {
        demo::draws(&site, &crate::seal::keeper(dir))?;
        demo::report(&site)
    })?;
    site.db.close();
    Ok((config, text, password))
}

/// The accounts offered on the start page, as a table.
fn accounts(opened: &Opened) -> Result<String> {
    let today = opened.site.today();
    let people = opened.site.db.read_now(move |tx| demo::personas(tx, today))?;
    let rows: Vec<Vec<String>> = Role::ALL
        .iter()
        .flat_map(|role| people.iter().filter(move |p| p.role == *role))
        .map(|p| {
            let role = p.role.name();
            vec![format!("{} {}", role.zh, role.en), p.login.clone(), p.name.clone(), p.unit.zh.clone()]
        })
        .collect();
    Ok(table(&["角色 Role", "登录名 Login", "姓名 Name", "单位 Unit"], &rows))
}

/// A key for programs. Keys are kept as hashes, so each start hands out a new one in place of the last.
fn key(opened: &Opened) -> Result<String> {
    const NAME: &str = "demo";
    let site = &opened.site;
    let key = keys::make(&*site.chance);
    let (id, act, kept) = (KeyId::new(site.now(), &*site.chance), by_shell(site), key.clone());
    let new = NewKey { name: NAME.to_owned(), contact: "demo".to_owned() };
    site.db.write_now(move |tx| {
        for old in keys::list(tx)?.iter().filter(|k| k.name == NAME && k.revoked_at.is_none()) {
            keys::revoke_in(tx, old.id, &act)?;
        }
        keys::hand_out_in(tx, id, &new, &kept, &act)
    })?;
    Ok(key)
}
