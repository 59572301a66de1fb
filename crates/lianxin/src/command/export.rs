//! `export`: the ledger as a file, as the site would hand it out.

use crate::cli::{Export, Exported, FileFormat};
use crate::open;
use crate::outcome::{Failure, Outcome, file_error};
use crate::progress::Bar;
use kernel::{Error, Locale, Result};
use requests::Ctx;
use requests::export::{Asked, Format, Spec, to_file, view};
use std::fs::{File, OpenOptions};
use std::path::Path;

/// Writes it.
pub(super) fn run(args: &Export, locale: Locale) -> Outcome {
    let Exported::Ledger = args.what;
    let standard = args.output == Path::new("-");
    if !standard && args.output.exists() {
        let name = args.output.display();
        return Err(Failure::refused(
            "file-exists",
            format!("{name} 已经存在，请换一个文件名。"),
            format!("{name} is there already: name another file."),
        ));
    }
    let opened = open::open(&args.place)?;
    let ctx = Ctx::system(&opened.site);
    let (name, pack) = (args.view.clone(), opened.site.clone());
    let mut asked: Asked = opened.site.db.read_now(move |tx| view(tx, &pack.pack, &name))?;
    if let Some(unit) = &args.unit {
        if ctx.dir.by_code(unit).is_none() {
            return Err(Failure::refused(
                "unit-unknown",
                format!("没有编码是“{unit}”的单位。"),
                format!("There is no unit with the code \"{unit}\"."),
            ));
        }
        asked = asked.with("unit", unit);
    }
    let format = match args.format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Xlsx => Format::Xlsx,
    };
    if let Some(day) = args.as_of {
        if day > opened.site.today() {
            return Err(Failure::refused(
                "day-to-come",
                format!("{day} 还没有到：截至日期不能晚于今天。"),
                format!("{day} is to come: what is known then, nobody knows today."),
            ));
        }
        asked = asked.with("as_of", &day.to_string());
    }
    let spec = Spec::new(&ctx, asked, format, locale)?;
    let bar = Bar::new(0, locale.t("正在导出", "exporting"));
    let (file, rows) = to_file(&ctx, &spec)?;
    drop(bar);
    if standard {
        copy(file, &mut std::io::stdout())?;
        return Ok(());
    }
    // With permissions of its own: a ledger is not for everybody on the machine.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = options.open(&args.output).map_err(|e| file_error(&args.output, &e))?;
    copy(file, &mut out)?;
    let name = args.output.display();
    super::say(&match locale {
        Locale::Zh => format!("已导出 {rows} 件到 {name}\n"),
        Locale::En => format!("{rows} cases are written to {name}\n"),
    })?;
    Ok(())
}

fn copy(mut from: File, to: &mut dyn std::io::Write) -> Result<()> {
    match std::io::copy(&mut from, to) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal(e)),
        _ => Ok(()),
    }
}
