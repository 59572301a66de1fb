//! `user`: accounts from the shell, for the first administrator and for who is locked out.

use super::{by_shell, say};
use crate::cli::{UserAdd, UserCommand, Where};
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::terminal::table;
use access::accounts::{self, NewAccount, NewPost};
use access::{Site, factor, password, seats, session};
use kernel::{AccountId, Error, Locale, PostId, Result, SessionId};

/// How many accounts are read at once.
const PAGE: i64 = 500;

/// Does it.
pub(super) fn run(args: &UserCommand, locale: Locale) -> Outcome {
    match args {
        UserCommand::Add(args) => add(args, locale),
        UserCommand::Reset { login, place } => reset(login, place, locale),
        UserCommand::ResetFactor { login, place } => reset_factor(login, place, locale),
        UserCommand::List { search, place } => list(search.as_deref().unwrap_or(""), place, locale),
    }
}

fn add(args: &UserAdd, locale: Locale) -> Outcome {
    let opened = open::open(&args.place)?;
    let site = &*opened.site;
    let (made, hash) = made_password(site)?;
    let id = AccountId::new(site.now(), &*site.chance);
    let new = NewAccount {
        login: args.login.clone(),
        name: args.name.clone(),
        phone: args.phone.clone(),
        email: args.email.clone(),
        pass_hash: hash,
        must_change: true,
    };
    let act = by_shell(site);
    let (role, title, named) = (args.role, args.title.clone(), args.unit.clone());
    let (post, today) = (PostId::new(site.now(), &*site.chance), site.today());
    site.db.write_now(move |tx| {
        accounts::add_in(tx, id, &new, &act)?;
        let Some(role) = role else { return Ok(()) };
        let unit = match &named {
            Some(name) => seats::named(tx, name)?.map(|s| s.unit).ok_or_else(|| {
                Error::field(
                    "unit",
                    format!("没有（或不止一个）叫“{name}”的单位，请写编码。"),
                    format!("no unit, or more than one, is called \"{name}\": give its code."),
                )
            })?,
            None => register::units::all(tx)?.first().map(|u| u.id).ok_or_else(|| {
                Error::field("unit", "还没有单位，请先导入。", "there are no units yet: import them first.")
            })?,
        };
        let post_of = NewPost {
            account: id,
            unit,
            role,
            title: title.clone(),
            from: today,
            to: None,
            basis: String::new(),
        };
        accounts::add_post_in(tx, post, &post_of, &act)
    })?;
    say(&match locale {
        Locale::Zh => format!("已建账号 {}。首次登录的密码（只显示这一次）：{made}\n", args.login),
        Locale::En => format!(
            "Account {} is made. Password for the first sign-in, shown this once: {made}\n",
            args.login
        ),
    })?;
    Ok(())
}

fn reset(login: &str, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let site = &*opened.site;
    let (made, hash) = made_password(site)?;
    let (login, secret, act) = (login.trim().to_lowercase(), site.secret.clone(), by_shell(site));
    let wanted = login.clone();
    let found = site.db.write_now(move |tx| {
        let Some(account) = accounts::by_login(tx, &wanted)? else { return Ok(false) };
        accounts::reset_in(tx, &secret, account.id, &hash, &act).map(|()| true)
    })?;
    if !found {
        return Err(no_account(&login));
    }
    say(&match locale {
        Locale::Zh => {
            format!("{login} 的新密码（只显示这一次）：{made}\n已登录的都已退出，首次登录须改密码。\n")
        }
        Locale::En => format!(
            "New password of {login}, shown this once: {made}\nTheir sessions have ended; it has to be changed at the next sign-in.\n"
        ),
    })?;
    Ok(())
}

fn reset_factor(login: &str, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let site = &*opened.site;
    let (login, act) = (login.trim().to_lowercase(), by_shell(site));
    let (wanted, id) = (login.clone(), SessionId::new(site.now(), &*site.chance));
    let found = site.db.write_now(move |tx| {
        let Some(account) = accounts::by_login(tx, &wanted)? else { return Ok(false) };
        factor::reset_in(tx, id, account.id, &act).map(|()| true)
    })?;
    if !found {
        return Err(no_account(&login));
    }
    say(&match locale {
        Locale::Zh => format!("{login} 的两步登录已取消，所有设备已退出。本人下次登录时会看到提示。\n"),
        Locale::En => format!(
            "The second factor of {login} is gone and every device signed out. They are told at the next sign-in.\n"
        ),
    })?;
    Ok(())
}

fn no_account(login: &str) -> Failure {
    Failure::refused(
        "no-account",
        format!("没有登录名为“{login}”的账号。"),
        format!("there is no account \"{login}\"."),
    )
}

fn made_password(site: &Site) -> Result<(String, String)> {
    let made = password::make(&*site.chance);
    let hash = password::hash(site.settings.hashing, &*site.chance, &made)?;
    Ok((made, hash))
}

fn list(search: &str, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let (search, today) = (search.to_owned(), opened.site.today());
    let rows = opened.site.db.read_now(move |tx| {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let page = accounts::page(tx, &search, &after, PAGE)?;
            for a in &page.accounts {
                let posts = session::posts_on(tx, a.id, today)?;
                let held = posts
                    .iter()
                    .map(|p| format!("{} · {}", p.role.name().to(locale), p.unit_name.to(locale)))
                    .collect::<Vec<_>>()
                    .join(locale.t("；", "; "));
                let state = match a.disabled_at {
                    Some(_) => locale.t("已停用", "disabled"),
                    None => "",
                };
                rows.push(vec![a.login.clone(), a.name.clone(), held, state.to_owned()]);
            }
            match page.next {
                Some(next) => after = next,
                None => return Ok(rows),
            }
        }
    })?;
    if rows.is_empty() {
        return Err(Failure::refused("no-account", "没有找到账号。", "no account was found."));
    }
    let head = [
        locale.t("登录名", "Login"),
        locale.t("姓名", "Name"),
        locale.t("岗位", "Posts"),
        locale.t("状态", "State"),
    ];
    Ok(say(&table(&head, &rows))?)
}
