//! `import`: spreadsheets in, every row accounted for.

use super::say;
use crate::cli::{Import, What};
use crate::open::{self, Opened};
use crate::outcome::{Failure, Outcome, file_error};
use crate::progress::Bar;
use crate::terminal::table;
use kernel::{Locale, Result, Say, Scope};
use register::import::{FirstPassword, ForAll, import_accounts, import_outlines, import_units, unit_said};
use requests::Ctx;
use requests::import::{Options as RequestOptions, Progress, Unanswered, read_file, run_now};
use sheets::{Map, Workbook};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many rows and reasons a report shows.
const SHOWN: usize = 10;

/// Reads, checks, and writes unless only asked to check.
pub(super) fn run(args: &Import, locale: Locale) -> Outcome {
    let for_requests = args.history || args.year.is_some();
    if for_requests && args.what != What::Requests {
        return Err(Failure::usage(
            "--history 和 --year 只用于 import requests。",
            "--history and --year are for import requests only.",
        ));
    }
    let for_households = args.unit.is_some() || args.marked.is_some() || args.basis.is_some();
    if for_households && args.what != What::Households {
        return Err(Failure::usage(
            "--unit、--marked 和 --basis 只用于 import households。",
            "--unit, --marked and --basis are for import households only.",
        ));
    }
    if !args.file.is_file() {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(file_error(&args.file, &missing).into());
    }
    if args.what == What::Outlines && (args.map.is_some() || args.heading_row.is_some()) {
        return Err(Failure::usage(
            "--map 和 --heading-row 只用于表格，不用于 import outlines。",
            "--map and --heading-row are for spreadsheets, not for import outlines.",
        ));
    }
    let mut map = args.map.as_deref().map(read_map).transpose()?;
    if args.heading_row.is_some() {
        map.get_or_insert_default().heading_row = args.heading_row;
    }
    let opened = open::open(&args.place)?;
    match args.what {
        What::Units | What::Accounts | What::Households => register(args, &opened, map, locale),
        What::Requests => requests(args, &opened, map, locale),
        What::Outlines => outlines(args, &opened, locale),
    }
}

fn read_map(path: &Path) -> Result<Map> {
    let text = std::fs::read_to_string(path).map_err(|e| file_error(path, &e))?;
    Map::parse(&text)
}

// ---- units and accounts --------------------------------------------------------------

fn register(args: &Import, opened: &Opened, map: Option<Map>, locale: Locale) -> Outcome {
    let site = &*opened.site;
    let scope = Scope::system(site.today());
    let book: Workbook =
        Bar::during(locale.t("正在读表", "reading the file"), || sheets::open(&args.file))?;
    let unit = match &args.unit {
        None => None,
        Some(said) => Some(unit_said(site, &register::directory(site), said)?.id),
    };
    let all = ForAll { unit, marked: args.marked, basis: args.basis.clone() };
    let options = register::import::Options { map, dry_run: args.dry_run, all };
    let bar = Bar::new(0, locale.t("正在导入", "importing"));
    let progress = |done, total| bar.of(done, total);
    let report = match args.what {
        What::Units => import_units(site, &scope, &book, &options, &progress)?,
        What::Households => crate::imports::households(&opened.site, &scope, &book, &options, &progress)?,
        _ => import_accounts(site, &scope, &book, &options, &progress)?,
    };
    drop(bar);
    let mut out = heading(report.heading_rows, locale);
    out.push_str(&columns(&report.columns, locale));
    for note in &report.notes {
        out.push_str(&format!("  {}\n", note.to(locale)));
    }
    if args.dry_run {
        for (row, what) in report.preview.iter().take(SHOWN) {
            out.push_str(&format!("  {row}\t{}\n", what.to(locale)));
        }
    }
    out.push_str(&skipped(
        &report.skipped.iter().map(|s| (s.number, s.why.clone())).collect::<Vec<_>>(),
        locale,
    ));
    out.push_str(&format!("{}\n", report.say().to(locale)));
    say(&out)?;
    if !report.passwords.is_empty() && !args.dry_run {
        passwords(&args.file, &report.passwords, locale)?;
    }
    let stem = stem(&args.file);
    let refused = match report.refused.is_empty() {
        true => None,
        false => {
            reasons(
                &report.refused.rows.iter().map(|r| (r.number, r.reasons.clone())).collect::<Vec<_>>(),
                locale,
            )?;
            Some((format!("{stem}-refused.{}", report.refused.ending()), report.refused.to_bytes(locale)?))
        }
    };
    keep_refused(args, refused, locale)?;
    end(report.refused.is_empty())
}

/// First passwords go into a file of the owner's: on a terminal they would stay for everybody to read.
fn passwords(input: &Path, made: &[FirstPassword], locale: Locale) -> Result<()> {
    use std::io::Write;
    let path = input.with_file_name(format!("{}-passwords.csv", stem(input)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let columns = [("登录名", "Login"), ("姓名", "Name"), ("密码", "Password")]
        .map(|(zh, en)| sheets::Column::new(zh, en, 20, sheets::Kind::Text));
    let rows = made
        .iter()
        .map(|p| [&p.login, &p.name, &p.password].map(|t| sheets::Value::Text(t.clone())).to_vec());
    let mut csv = sheets::CsvOut::new(Vec::new(), &columns, locale)?;
    rows.into_iter().try_for_each(|r| csv.row(&r))?;
    let bytes = csv.finish()?;
    options
        .open(&path)
        .and_then(|mut f| f.write_all(&bytes).and_then(|()| f.sync_all()))
        .map_err(|e| file_error(&path, &e))?;
    let (n, path) = (made.len(), path.display());
    say(&match locale {
        Locale::Zh => format!("{n} 个新账号的初始密码写在 {path}，交到本人后请删除这个文件。\n"),
        Locale::En => format!(
            "The first passwords of {n} new accounts are in {path}; hand them over and delete the file.\n"
        ),
    })
}

// ---- outlines ------------------------------------------------------------------------

fn outlines(args: &Import, opened: &Opened, locale: Locale) -> Outcome {
    let site = &*opened.site;
    let text = std::fs::read_to_string(&args.file).map_err(|e| file_error(&args.file, &e))?;
    let take = || import_outlines(site, &Scope::system(site.today()), &text, args.dry_run);
    let report = Bar::during(locale.t("正在导入", "importing"), take)?;
    let mut out = String::new();
    for (n, name, why) in report.refused.iter().take(SHOWN) {
        let called =
            if name.is_empty() { String::new() } else { locale.t("（{}）", " ({})").replace("{}", name) };
        out.push_str(&match locale {
            Locale::Zh => format!("  第 {n} 个图形{called}退回：{}\n", why.zh),
            Locale::En => format!("  feature {n}{called} is refused: {}\n", why.en),
        });
    }
    if report.refused.len() > SHOWN {
        out.push_str("  …\n");
    }
    for note in &report.notes {
        out.push_str(&format!("  {}\n", note.to(locale)));
    }
    say(&format!("{out}{}\n", report.say().to(locale)))?;
    let rest = report.rest.map(|text| (format!("{}-refused.geojson", stem(&args.file)), text.into_bytes()));
    let whole = rest.is_none();
    keep_refused(args, rest, locale)?;
    end(whole)
}

// ---- requests ------------------------------------------------------------------------

fn requests(args: &Import, opened: &Opened, map: Option<Map>, locale: Locale) -> Outcome {
    let ctx = Ctx::system(&opened.site);
    let unanswered = if args.history { Unanswered::History } else { Unanswered::Open };
    let options = RequestOptions { map, unanswered, year: args.year };
    let read = || read_file(&ctx, &args.file, &options);
    let plan = Arc::new(Bar::during(locale.t("正在读表", "reading the file"), read)?);
    let preview = plan.preview(&ctx, SHOWN);
    let heads: Vec<_> = preview.headings.iter().map(|h| (h.text.clone(), h.field.clone())).collect();
    let mut out = columns(&heads, locale);
    for remark in &preview.remarks {
        out.push_str(&format!("  {}\n", remark.to(locale)));
    }
    for (title, counts) in [
        (locale.t("退回原因", "Reasons for refusing"), &preview.problems),
        (
            locale.t("没看懂、只留在原始行里的", "Not understood, kept in the original row only"),
            &preview.notes,
        ),
    ] {
        if !counts.is_empty() {
            let rows: Vec<_> =
                counts.iter().map(|c| vec![c.rows.to_string(), c.say.to(locale).to_owned()]).collect();
            out.push_str(&format!("{title}{}\n{}", locale.t("：", ":"), table(&["", ""], &rows)));
        }
    }
    if args.dry_run {
        let zone = opened.site.zone;
        let rows: Vec<_> = preview
            .sample
            .iter()
            .map(|s| {
                vec![
                    s.row.to_string(),
                    zone.date(s.received_at).to_string(),
                    s.class.clone(),
                    s.title.clone(),
                ]
            })
            .collect();
        out.push_str(&table(&["", "", "", ""], &rows));
    }
    out.push_str(&skipped(
        &preview.skipped.iter().map(|s| (s.number, s.why.clone())).collect::<Vec<_>>(),
        locale,
    ));
    say(&out)?;
    if args.dry_run {
        say(&would(&preview, locale))?;
        return end(preview.refused == 0);
    }
    let bar = Arc::new(Bar::new(preview.good as u64, locale.t("正在导入", "importing")));
    let shown = bar.clone();
    let progress: Progress = Arc::new(move |done, total| shown.of(done as u64, total as u64));
    let outcome = run_now(&ctx, &plan, &progress)?;
    drop(bar);
    say(&match locale {
        Locale::Zh => format!(
            "共 {} 行：新增 {}，以前导入过 {}，文件内重复 {}，退回 {}。\n",
            outcome.rows, outcome.taken, outcome.already, outcome.repeated, outcome.refused
        ),
        Locale::En => format!(
            "{} rows: {} taken in, {} there already, {} twice in the file, {} refused.\n",
            outcome.rows, outcome.taken, outcome.already, outcome.repeated, outcome.refused
        ),
    })?;
    keep_refused(args, plan.refusals_file(locale)?, locale)?;
    end(outcome.refused == 0)
}

fn would(p: &requests::import::Preview, locale: Locale) -> String {
    let open = p.good - p.history;
    match locale {
        Locale::Zh => format!(
            "共 {} 行：可导入 {}（历史件 {}，待办 {open}），有类别 {}（其中推定 {}），有地点 {}；文件内重复 {}，退回 {}。没有写入任何内容。\n",
            p.rows, p.good, p.history, p.classed, p.proposed, p.placed, p.repeated, p.refused
        ),
        Locale::En => format!(
            "{} rows: {} can be taken in ({} history, {open} open), {} with a class ({} of them proposed), {} with a place; {} twice in the file, {} refused. Nothing was written.\n",
            p.rows, p.good, p.history, p.classed, p.proposed, p.placed, p.repeated, p.refused
        ),
    }
}

// ---- for all -------------------------------------------------------------------------

fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    // Refused again, it is still the same list of refused rows.
    stem.strip_suffix("-refused").map(str::to_owned).unwrap_or(stem)
}

/// Where the heading was taken from: `--heading-row` says otherwise.
fn heading((first, last): (u32, u32), locale: Locale) -> String {
    let rows = if first == last { first.to_string() } else { format!("{first}–{last}") };
    match locale {
        Locale::Zh => format!("标题在第 {rows} 行。\n"),
        Locale::En => format!("The heading is row {rows}.\n"),
    }
}

fn columns(columns: &[(String, Option<String>)], locale: Locale) -> String {
    let kept = locale.t("（只留在原始行）", "(original row only)");
    let rows: Vec<_> = columns
        .iter()
        .map(|(text, field)| vec![text.clone(), field.clone().unwrap_or_else(|| kept.to_owned())])
        .collect();
    let head = [locale.t("列", "Column"), locale.t("用作", "Taken for")];
    table(&head, &rows)
}

fn skipped(rows: &[(u32, Say)], locale: Locale) -> String {
    rows.iter()
        .map(|(row, why)| match locale {
            Locale::Zh => format!("  第 {row} 行不是数据：{}\n", why.zh),
            Locale::En => format!("  row {row} is no data: {}\n", why.en),
        })
        .collect()
}

fn reasons(rows: &[(u32, Vec<Say>)], locale: Locale) -> Result<()> {
    let mut out = String::new();
    for (row, why) in rows.iter().take(SHOWN) {
        let why: Vec<&str> = why.iter().map(|w| w.to(locale)).collect();
        out.push_str(&match locale {
            Locale::Zh => format!("  第 {row} 行退回：{}\n", why.join("；")),
            Locale::En => format!("  row {row} is refused: {}\n", why.join("; ")),
        });
    }
    if rows.len() > SHOWN {
        out.push_str("  …\n");
    }
    say(&out)
}

/// Writes the refused rows beside the input, or into the site's directory where that folder cannot be
/// written; nothing where nothing is to be written.
fn keep_refused(args: &Import, refused: Option<(String, Vec<u8>)>, locale: Locale) -> Result<()> {
    let Some((name, bytes)) = refused.filter(|_| !args.dry_run) else { return Ok(()) };
    let mut path: PathBuf = args.file.with_file_name(&name);
    if std::fs::write(&path, &bytes).is_err() {
        path = args.place.dir.join(&name);
        std::fs::write(&path, &bytes).map_err(|e| file_error(&path, &e))?;
    }
    let path = path.display();
    say(&match locale {
        Locale::Zh => format!("退回的行和原因在 {path}，改好后可再导入。\n"),
        Locale::En => {
            format!("The refused rows with their reasons are in {path}: correct them and import that file.\n")
        }
    })
}

/// Refused where any row was; what was wrong has been said. A script that takes no notice of refused rows would
/// lose them.
fn end(whole: bool) -> Outcome {
    if whole { Ok(()) } else { Err(Failure::Told) }
}
