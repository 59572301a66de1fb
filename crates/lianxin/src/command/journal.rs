//! `journal verify`: was anything in the record touched? `journal seal`: sign it now.

use super::say;
use crate::capability;
use crate::cli::{JournalCommand, Where};
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use ::journal::Report;
use ::journal::tree::{TreeFault, TreeReport, verify_tree};
use kernel::{Locale, Result};
use std::path::Path;
use std::sync::Arc;

/// What reading everything again showed.
struct Found {
    chains: Report,
    tree: TreeReport,
}

/// Does what the command line says.
pub(super) fn run(args: &JournalCommand, locale: Locale) -> Outcome {
    match args {
        JournalCommand::Verify(place) => verify(place, locale),
        JournalCommand::Seal(place) => seal(place, locale),
    }
}

/// One round of sealing.
fn seal(place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let bar = Bar::new(0, locale.t("已封存", "sealed"));
    let head = crate::seal::sealer(&opened.site).round(opened.site.now(), &|n| bar.at(n))?;
    drop(bar);
    say(&match (head, locale) {
        (Some(head), _) => head.note,
        (None, Locale::Zh) => "没有新内容，没有签新的树头。\n".to_owned(),
        (None, Locale::En) => "Nothing is new; no head was signed.\n".to_owned(),
    })?;
    Ok(())
}

/// Reads everything again.
fn verify(place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let keys = crate::seal::keeper(&place.dir).known()?;
    let anchors = proof::heads_kept(&place.dir)?;
    let bar = Arc::new(Bar::new(0, locale.t("已核对", "checked")));
    let shown = bar.clone();
    let found = opened.site.db.snapshot_now(move |tx| {
        let mut chains = ::journal::verify(tx, &|n| shown.at(n))?;
        ::journal::verify_ends(tx, &capability::ends(), &mut chains)?;
        let before = chains.events;
        let tree = verify_tree(tx, &keys, &anchors, &|n| shown.at(before + n))?;
        Ok(Found { chains, tree })
    })?;
    drop(bar);
    say(&words(&found, locale))?;
    let whole = found.chains.whole() && found.tree.whole();
    if !whole {
        return Err(Failure::Told);
    }
    keep_heads_apart(&place.dir, locale)?;
    Ok(())
}

/// A hint where the heads lie only beside the database.
fn keep_heads_apart(dir: &Path, locale: Locale) -> Result<()> {
    let path = dir.join(proof::HEADS_FILE);
    if !path.exists() {
        return Ok(());
    }
    let path = path.display();
    say(&match locale {
        Locale::Zh => {
            format!("请定期把 {path} 抄到别处保存：有了别处的一份，谁也不能把记录连同签名一起换掉。\n")
        }
        Locale::En => format!(
            "Copy {path} elsewhere now and then: with a copy elsewhere nobody can exchange record and heads together.\n"
        ),
    })
}

fn words(found: &Found, locale: Locale) -> String {
    let (chains, tree) = (&found.chains, &found.tree);
    let mut out = match (chains.whole(), locale) {
        (true, Locale::Zh) => {
            format!("完好：{} 条链、{} 个事件，逐一核对无误。\n", chains.streams, chains.events)
        }
        (true, Locale::En) => {
            format!("Whole: {} events in {} chains, every link holds.\n", chains.events, chains.streams)
        }
        (false, _) => touched(chains, locale),
    };
    out.push_str(&match (tree.whole(), locale) {
        (true, Locale::Zh) => format!(
            "完好：{} 片叶、{} 个签过名的树头，逐一重算无误；{} 个事件等待下一次封存。\n",
            tree.leaves, tree.heads, tree.waiting
        ),
        (true, Locale::En) => format!(
            "Whole: {} leaves under {} signed heads, all computed again; {} events wait for the next sealing.\n",
            tree.leaves, tree.heads, tree.waiting
        ),
        (false, _) => broken(tree, locale),
    });
    if !chains.whole() || !tree.whole() {
        out.push_str(locale.t(
            "怎么办：先停用站点，原样保留数据库；把最近的备份恢复到另一个目录，对它再核对一次，\n\
             比较上面列出的几条链；同时查清谁能绕过程序改数据库。\n",
            "What to do: stop the site and keep the database as it is; restore the last backup into another\n\
             directory, verify that too, and compare the chains named above; find out who can write to the\n\
             database past the program.\n",
        ));
    }
    out
}

/// The chains that do not hold.
fn touched(report: &Report, locale: Locale) -> String {
    let (events, streams) = (report.events, report.streams);
    let mut out = match locale {
        Locale::Zh => format!("{streams} 条链、{events} 个事件中，有 {} 条链被动过：\n", report.faulty),
        Locale::En => format!("Of {streams} chains with {events} events, {} were touched:\n", report.faulty),
    };
    for f in &report.faults {
        let what = f.kind.say();
        let name = if f.name.is_empty() { String::new() } else { format!(" {}", f.name) };
        out.push_str(&format!("  {}{name} {}  #{}  {}\n", f.stream_kind, f.stream, f.seq, what.to(locale)));
    }
    more(&mut out, report.faulty, report.faults.len(), locale);
    out
}

/// What does not hold of the tree: first the event that was written first, then all of it.
fn broken(tree: &TreeReport, locale: Locale) -> String {
    let mut out = match locale {
        Locale::Zh => format!("封存的树有 {} 处不对", tree.faulty),
        Locale::En => format!("The sealed tree does not hold in {} places", tree.faulty),
    };
    let leaf = |f: &&TreeFault| match f {
        TreeFault::Event { index, .. } => Some(*index),
        TreeFault::Leaf { from, .. } => Some(*from),
        _ => None,
    };
    let first = tree.faults.iter().filter(|f| leaf(f).is_some()).min_by_key(leaf);
    out.push_str(&match (first, locale) {
        (Some(f), Locale::Zh) => format!("；最早的一处：{}\n", f.say().zh),
        (Some(f), Locale::En) => format!("; the first: {}\n", f.say().en),
        (None, Locale::Zh) => "：\n".to_owned(),
        (None, Locale::En) => ":\n".to_owned(),
    });
    for f in &tree.faults {
        out.push_str(&format!("  {}\n", f.say().to(locale)));
    }
    more(&mut out, tree.faulty, tree.faults.len(), locale);
    out
}

fn more(out: &mut String, all: u64, named: usize, locale: Locale) {
    let more = all.saturating_sub(named as u64);
    if more > 0 {
        out.push_str(&match locale {
            Locale::Zh => format!("  ……另有 {more} 条\n"),
            Locale::En => format!("  … and {more} more\n"),
        });
    }
}
