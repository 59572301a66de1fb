//! The ledger 台账 as a file: the same cases in the same order, columns and words as on the page.
//!
//! Rows go from the database to the file one by one, so that a hundred thousand of them need no memory.
//! A file holds no names, telephone numbers or addresses of people: those are kept apart from cases, and
//! free text that a column shows is masked. What is taken out is written into the journal (stream kind
//! `export`): who, whose ledger, under which conditions, how many rows.
//!
//! `as_of` gives the ledger as it was known at the end of a day: what was registered later is not in it, however
//! early it was received, and each row says what stood there then. Texts are those of today, for what was
//! forgotten since is forgotten for past days as well. The same file taken out twice is the same bytes.

mod asked;
mod book;
mod column;
mod days;

pub(crate) use asked::evening;
pub use asked::{ALONE, Asked, CONDITIONS, NAMES, NONE};
pub use book::{Book, MINE, open, open_for, shelf};
pub use column::Column;
pub(crate) use column::{days_used, supervision};

pub use crate::store::ledger::{Cursor, Filter, Reach, Sort, Standing};

use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::{ledger, own, streams};
use access::Verb;
use db::Tx;
use kernel::{Error, Locale, Result, Text, Uuid};
use serde_json::json;
use sheets::{CsvOut, Value, XlsxOut};
use std::collections::HashMap;
use std::io::{Seek, Write};
use web::Look;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with commas, UTF-8 with a byte order mark.
    Csv,
    /// Excel.
    Xlsx,
}

impl Format {
    /// The end of the file's name, and the word on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }
    /// The format with this word.
    pub fn from_key(key: &str) -> Option<Format> {
        [Format::Csv, Format::Xlsx].into_iter().find(|f| f.key() == key)
    }
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What is to be taken out.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Whose ledger.
    pub book: Book,
    /// Which cases, in what order, in which columns.
    pub asked: Asked,
    /// In which language.
    pub locale: Locale,
    /// As what.
    pub format: Format,
}

impl Spec {
    /// What an address or a saved view asks for, for somebody who may take it out.
    ///
    /// Errors: those of [`open`] with [`Verb::Export`], and of [`Asked::sound`].
    pub fn new(ctx: &Ctx, asked: Asked, format: Format, locale: Locale) -> Result<Spec> {
        let book = open_for(ctx, Verb::Export, &asked)?;
        asked.sound()?;
        Ok(Spec { book, asked, locale, format })
    }

    /// The name of the file: `台账-东山镇-2026-11-17.xlsx`.
    pub fn file_name(&self, ctx: &Ctx) -> String {
        let day = self.asked.then(ctx).today();
        let what = self.locale.t("台账", "Ledger");
        let name: String = self
            .book
            .name(ctx, self.locale)
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        format!("{what}-{name}-{day}.{}", self.format.key())
    }
}

/// Writes the ledger to `writer`, and says how many rows. For a snapshot: `db.snapshot`.
///
/// Errors: those of the database and of the writer.
pub fn export<W: Write + Seek + Send>(tx: &mut dyn Tx, ctx: &Ctx, spec: &Spec, writer: W) -> Result<u64> {
    let ctx = &spec.asked.then(ctx);
    let names: HashMap<_, _> = access::accounts::all_names(tx)?.into_iter().collect();
    let eye = Eye::new(&Look::new(spec.locale), ctx).with_names(names);
    let columns = spec.asked.columns();
    let heads: Vec<sheets::Column> = columns.iter().map(|c| c.sheet()).collect();
    let cells = |r: &Request| -> Vec<Value> { columns.iter().map(|c| c.value(&eye, r)).collect() };
    let (reach, filter, sort) = (spec.book.reach, spec.asked.filter(ctx), spec.asked.sort());
    let mut rows = 0;
    match spec.format {
        Format::Csv => {
            let mut out = CsvOut::new(std::io::BufWriter::new(writer), &heads, spec.locale)?;
            ledger::each(tx, reach, &filter, sort, ctx.at, &mut |r| {
                rows += 1;
                out.row(&cells(&r))
            })?;
            out.finish()?.into_inner().map_err(Error::internal)?.flush().map_err(Error::internal)?;
        }
        Format::Xlsx => {
            let title = Text::new(spec.book.name(ctx, Locale::Zh), spec.book.name(ctx, Locale::En));
            let mut out = XlsxOut::new(&title, &heads, spec.locale)?;
            ledger::each(tx, reach, &filter, sort, ctx.at, &mut |r| {
                rows += 1;
                out.row(&cells(&r))
            })?;
            out.finish_to(writer)?;
        }
    }
    Ok(rows)
}

/// The stream of the journal that tells what was taken out of the site.
pub const STREAM: Uuid = Uuid::from_u128(0x6c78_6578_706f_7274_0000_0000_0000_0001);

/// Writes into the journal that the ledger was taken out. The words looked for are not told: people
/// search for people.
///
/// Errors: those of the journal.
pub fn tell(tx: &mut dyn Tx, ctx: &Ctx, spec: &Spec, rows: u64) -> Result<()> {
    let asked = if spec.asked.get("q").is_empty() { spec.asked.clone() } else { spec.asked.with("q", "*") };
    let payload = json!({
        "what": "ledger",
        "unit": spec.book.code,
        "filter": asked.of_book(&spec.book).query(),
        "as_of": spec.asked.as_of().map(|d| d.to_string()),
        "format": spec.format.key(),
        "rows": rows,
    });
    let actor = match access::acting(&ctx.scope, Verb::Export, access::Noun::Ledger, target(ctx, spec)) {
        Ok(actor) => actor,
        Err(_) => ctx.scope.actor.clone(),
    };
    let event = journal::NewEvent {
        stream_kind: "export",
        stream: STREAM,
        at: ctx.at,
        actor: &actor,
        kind: "exported",
        payload,
    };
    streams::append(tx, &event)
}

fn target<'c>(ctx: &'c Ctx, spec: &Spec) -> access::Target<'c> {
    match spec.book.unit {
        Some(unit) => access::Target::at(ctx.path(unit)),
        None => access::Target::default().officer(ctx.account()),
    }
}

/// The ledger in a temporary file, told to the journal. Blocks: for the shell.
///
/// Errors: those of [`export`] and [`tell`]; nothing is handed over that the journal does not tell.
pub fn to_file(ctx: &Ctx, spec: &Spec) -> Result<(std::fs::File, u64)> {
    let (mine, what) = (ctx.clone(), spec.clone());
    let got = ctx.site.db.snapshot_now(move |tx| fresh(tx, &mine, &what))?;
    let (mine, what, rows) = (ctx.clone(), spec.clone(), got.1);
    ctx.site.db.write_now(move |tx| tell(tx, &mine, &what, rows))?;
    Ok(got)
}

/// [`to_file`] for a page.
pub(crate) async fn to_file_async(ctx: &Ctx, spec: &Spec) -> Result<(std::fs::File, u64)> {
    let (mine, what) = (ctx.clone(), spec.clone());
    let got = ctx.site.db.snapshot(move |tx| fresh(tx, &mine, &what)).await?;
    let (what, rows) = (spec.clone(), got.1);
    ctx.write(move |tx, ctx| tell(tx, ctx, &what, rows)).await?;
    Ok(got)
}

/// A file of its own for each run: a snapshot may be taken again.
fn fresh(tx: &mut dyn Tx, ctx: &Ctx, spec: &Spec) -> Result<(std::fs::File, u64)> {
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    let rows = export(tx, ctx, spec, &mut file)?;
    file.rewind().map_err(Error::internal)?;
    Ok((file, rows))
}

/// A view that everybody has.
pub struct BuiltIn {
    /// Its word on the command line.
    pub key: &'static str,
    /// What it is called.
    pub name: kernel::Say,
    /// What it asks.
    pub query: &'static str,
}

/// The views that everybody has.
pub fn built_in() -> [BuiltIn; 7] {
    let view = |key, zh: &'static str, en: &'static str, query| BuiltIn {
        key,
        name: kernel::Say::new(zh, en),
        query,
    };
    [
        view("all", "全部", "All", ""),
        view("live", "未办结", "Open", "standing=live&sort=due"),
        view("today", "今天到期", "Due today", "standing=today&sort=due"),
        view("overdue", "逾期", "Overdue", "standing=overdue&sort=due"),
        view("answered", "待评价", "To be judged", "standing=answered"),
        view("rework", "重办", "Reworked now", "standing=rework&sort=due"),
        view("supervised", "督办", "Supervised", "standing=live&supervised=yes&sort=due"),
    ]
}

/// The view of this name, for the shell: one that everybody has or the pack names, by its word or name, or one
/// that exactly one member of staff keeps.
///
/// Errors: refused (`view-unknown`, `view-ambiguous`).
pub fn view(tx: &mut dyn Tx, pack: &pack::Pack, name: &str) -> Result<Asked> {
    let fits = |v: &BuiltIn| v.key == name || v.name.zh == name || v.name.en.eq_ignore_ascii_case(name);
    if let Some(found) = built_in().into_iter().find(fits) {
        return Ok(Asked::parse(found.query));
    }
    let said =
        |v: &&pack::LedgerView| v.id == name || v.name.zh == name || v.name.en.eq_ignore_ascii_case(name);
    if let Some(found) = pack.views.iter().find(said) {
        return Ok(Asked::default().with("view", &found.id).with("sort", "due"));
    }
    match own::views_named(tx, name)?.as_slice() {
        [(_, query)] => Ok(Asked::parse(query)),
        [] => Err(Error::refused(
            "view-unknown",
            format!("没有叫“{name}”的视图。"),
            format!("There is no view called \"{name}\"."),
        )),
        many => Err(Error::refused(
            "view-ambiguous",
            format!("有 {} 个人各有一个叫“{name}”的视图，请先改名。", many.len()),
            format!("{} people each keep a view called \"{name}\": rename one first.", many.len()),
        )),
    }
}
